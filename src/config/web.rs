//! `[web]`: where the web chat listens.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::reader::{Key, Reader};
use super::{ConfigError, environment};

const ADDRESS: Key = Key::or_variable("web.address", environment::WEB_ADDR);
const ALLOW_PUBLIC: Key = Key::new("web.allow_public");
const OPEN: Key = Key::new("web.open");

/// Where the web chat listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebSettings {
    /// Port 0 takes a free one.
    pub address: SocketAddr,
    /// Without it only loopback addresses are accepted.
    pub allow_public: bool,
    /// Open the page in the browser at the start.
    pub open: bool,
}

impl Default for WebSettings {
    fn default() -> Self {
        Self {
            address: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080),
            allow_public: false,
            open: false,
        }
    }
}

impl WebSettings {
    pub(super) const KEYS: [&'static Key; 3] = [&ADDRESS, &ALLOW_PUBLIC, &OPEN];

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, ConfigError> {
        let defaults = Self::default();
        let allow_public = reader.flag(&ALLOW_PUBLIC)?.unwrap_or(defaults.allow_public);
        let address = match reader.text(&ADDRESS)? {
            None => defaults.address,
            Some(found) => match found.text.parse::<SocketAddr>() {
                Err(_) => {
                    return Err(found.bad("write an address and a port, as `127.0.0.1:8080`"));
                }
                Ok(address) if !allow_public && !address.ip().is_loopback() => {
                    return Err(found.bad(
                        "other machines could reach it: use `127.0.0.1`, or set \
                         `web.allow_public = true` behind a proxy that speaks https",
                    ));
                }
                Ok(address) => address,
            },
        };
        Ok(Self {
            address,
            allow_public,
            open: reader.flag(&OPEN)?.unwrap_or(defaults.open),
        })
    }

    pub(super) fn values(&self) -> [Option<toml::Value>; 3] {
        [
            Some(self.address.to_string().into()),
            Some(self.allow_public.into()),
            Some(self.open.into()),
        ]
    }
}
