//! Addresses of APIs, and the tokens sent to them.

use std::net::IpAddr;

use super::ConfigError;
use super::reader::{Key, Reader};

/// An address of an API without a slash at its end: https, or plain http on this machine itself, since a
/// token goes there.
pub(super) fn read_api_address(
    reader: &mut Reader<'_>,
    key: &Key,
) -> Result<Option<String>, ConfigError> {
    let Some(found) = reader.text(key)? else {
        return Ok(None);
    };
    let is_fine = found.text.starts_with("https://")
        || found
            .text
            .strip_prefix("http://")
            .is_some_and(|rest| is_loopback(rest.split('/').next().unwrap_or_default()));
    if is_fine {
        Ok(Some(found.text.trim_end_matches('/').to_owned()))
    } else {
        Err(found.bad("the token goes there: use https, or plain http on this machine only"))
    }
}

/// Whether a `host:port` is this machine itself.
fn is_loopback(authority: &str) -> bool {
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    host == "localhost"
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// Whether a text can be a token: no space and nothing that a terminal would interpret.
pub(super) fn is_secret_text(text: &str) -> bool {
    text.len() >= 5 && text.bytes().all(|byte| byte.is_ascii_graphic())
}
