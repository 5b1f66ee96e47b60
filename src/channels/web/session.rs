//! The session cookie: whoever holds it holds the conversation.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::ports::{Address, Channel, IdSource};

const NAME: &str = "dupi";
const YEAR_IN_SECONDS: u32 = 365 * 24 * 60 * 60;

/// A person's session. Its key is the address of the conversation, and a secret.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Session {
    /// 32 random bytes as 64 lower-case hexadecimal digits.
    key: String,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Session(…)")
    }
}

impl Session {
    /// A session that nobody had before.
    pub(super) fn new(ids: &dyn IdSource) -> Self {
        use std::fmt::Write as _;
        let mut key = String::with_capacity(64);
        for byte in ids.secret() {
            write!(key, "{byte:02x}").expect("writing to a string succeeds");
        }
        Self { key }
    }

    /// The session of a request; `None` when there is no cookie of ours, or a malformed one.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|cookies| cookies.split(';'))
            .filter_map(|cookie| cookie.trim().split_once('='))
            .filter(|(name, _)| *name == NAME)
            .map(|(_, value)| value)
            .find(|value| is_key(value))
            .map(|value| Self {
                key: value.to_owned(),
            })
    }

    /// Where the person is reached.
    pub(super) fn address(&self) -> Address {
        Address {
            channel: Channel::Web,
            key: self.key.clone(),
        }
    }

    /// The `Set-Cookie` value.
    pub(super) fn cookie(&self) -> HeaderValue {
        let mut value = HeaderValue::from_str(&format!(
            "{NAME}={}; HttpOnly; SameSite=Strict; Path=/; Max-Age={YEAR_IN_SECONDS}",
            self.key
        ))
        .expect("hexadecimal digits make a header");
        value.set_sensitive(true);
        value
    }
}

fn is_key(value: &str) -> bool {
    value.len() == 64
        && value
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::Session;

    fn of(cookie: &str) -> Option<Session> {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_str(cookie).unwrap());
        Session::of(&headers)
    }

    #[test]
    fn only_a_whole_key_is_a_session() {
        let key = "0123456789abcdef".repeat(4);
        assert_eq!(of(&format!("a=b; dupi={key}; c=d")).unwrap().key, key);
        assert_eq!(of(&format!("dupi=short; dupi={key}")).unwrap().key, key);
        assert_eq!(of(&format!("dupi={key}0")), None);
        assert_eq!(of(&format!("dupi={}", key.to_uppercase())), None);
        assert_eq!(of(&format!("notdupi={key}")), None);
        assert_eq!(of("dupi="), None);
    }
}
