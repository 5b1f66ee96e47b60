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
    if is_safe(&found.text, is_loopback) {
        Ok(Some(found.text.trim_end_matches('/').to_owned()))
    } else {
        Err(found.bad("the token goes there: use https, or plain http on this machine only"))
    }
}

/// Whether an address is https, or plain http at an IP address that is `near`. One with a name and a
/// password before the host is neither: it would be shown wherever the address is.
pub(super) fn is_safe(address: &str, near: impl Fn(IpAddr) -> bool) -> bool {
    let Some((scheme, rest)) = address.split_once("://") else {
        return false;
    };
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    let is_near = || host == "localhost" || host.parse().is_ok_and(&near);
    let is_known = match scheme {
        "https" => !host.is_empty(),
        "http" => is_near(),
        _ => false,
    };
    is_known && !authority.contains('@')
}

/// Whether an address is this machine itself.
fn is_loopback(address: IpAddr) -> bool {
    address.is_loopback()
}

/// Whether a text can be a token: no space and nothing that a terminal would interpret.
pub(super) fn is_secret_text(text: &str) -> bool {
    text.len() >= 5 && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::{is_loopback, is_safe};

    #[test]
    fn only_https_and_what_is_near_is_safe_and_nothing_with_a_password() {
        for (address, expected) in [
            ("https://api.example.org/v1", true),
            ("http://localhost:8080", true),
            ("http://127.0.0.1:8080/v1", true),
            ("http://[::1]:8080", true),
            ("http://api.example.org", false),
            ("http://192.168.0.7", false),
            ("http://localhost:x@evil.example/v1", false),
            ("https://name:password@api.example.org", false),
            ("https://", false),
            ("ftp://127.0.0.1", false),
            ("127.0.0.1:8080", false),
        ] {
            assert_eq!(is_safe(address, is_loopback), expected, "{address}");
        }
    }
}
