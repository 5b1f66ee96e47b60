//! `[operator]`: who runs this, as it is told to people.

use super::ConfigError;
use super::reader::{Key, Reader};

const PRIVACY_URL: Key = Key::new("operator.privacy_url");
const TERMS_URL: Key = Key::new("operator.terms_url");
const CONTACT: Key = Key::new("operator.contact");

/// Who runs this. Messengers want a privacy policy and a way to reach somebody.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OperatorSettings {
    /// The address of the operator's own privacy policy.
    pub privacy_url: Option<String>,
    /// The address of the operator's terms of use.
    pub terms_url: Option<String>,
    /// An e-mail address or another way to reach somebody.
    pub contact: Option<String>,
}

impl OperatorSettings {
    pub(super) const KEYS: [&'static Key; 3] = [&PRIVACY_URL, &TERMS_URL, &CONTACT];

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, ConfigError> {
        let mut address = |key: &Key| match reader.text(key)? {
            Some(found) if !found.text.starts_with("https://") => {
                Err(found.bad("write an https address"))
            }
            found => Ok(found.map(|found| found.text)),
        };
        let (privacy_url, terms_url) = (address(&PRIVACY_URL)?, address(&TERMS_URL)?);
        Ok(Self {
            privacy_url,
            terms_url,
            contact: reader.text(&CONTACT)?.map(|found| found.text),
        })
    }

    pub(super) fn values(&self) -> [Option<toml::Value>; 3] {
        [&self.privacy_url, &self.terms_url, &self.contact]
            .map(|value| value.clone().map(Into::into))
    }
}
