//! `[advice]`: the language model that words guidance and answers.

use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::time::Duration;

use secrecy::SecretString;

use super::api_address::{is_safe, is_secret_text};
use super::reader::{Key, Reader};
use super::{ConfigError, Environment, environment};

const BASE_URL: Key = Key::or_variable("advice.base_url", environment::LLM_BASE_URL);
const MODEL: Key = Key::or_variable("advice.model", environment::LLM_MODEL);
const MODE: Key = Key::new("advice.mode");
const TEMPLATE: Key = Key::new("advice.template");
const LANGUAGES: Key = Key::new("advice.languages");
const CONTEXT: Key = Key::new("advice.context");
const MAX_TOKENS: Key = Key::new("advice.max_tokens");
const AT_ONCE: Key = Key::new("advice.at_once");
const QUEUE: Key = Key::new("advice.queue");
const CONNECT: Key = Key::new("advice.connect_seconds");
const FIRST_TOKEN: Key = Key::new("advice.first_token_seconds");
const GAP: Key = Key::new("advice.gap_seconds");
const TOTAL: Key = Key::new("advice.total_seconds");

/// The longest deadline: a person waits for it.
const MOST_SECONDS: usize = 120;

/// Which endpoint the model is asked by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdviceMode {
    /// `/chat/completions`, for models with a chat template.
    Chat,
    /// `/completions`, for models without one.
    Completions,
}

/// How a prompt is put together for `/completions`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdviceTemplate {
    None,
    KoAlpaca,
    AlpacaKo,
}

/// A language that the model words texts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdviceLanguage {
    Korean,
    English,
}

/// The language model.
#[derive(Debug, Clone)]
pub struct AdviceSettings {
    /// The OpenAI-compatible address, `/v1` at its end; without one texts are not worded.
    pub base_url: Option<String>,
    /// Left out, the only model that the server lists.
    pub model: Option<String>,
    /// Only from the environment.
    pub api_key: Option<SecretString>,
    pub mode: AdviceMode,
    pub template: AdviceTemplate,
    pub languages: Vec<AdviceLanguage>,
    /// How many tokens the model reads; left out, what the server says.
    pub context: Option<NonZeroUsize>,
    pub max_tokens: NonZeroUsize,
    /// Calls at the same time.
    pub at_once: NonZeroUsize,
    /// Calls that may wait for their turn.
    pub queue: NonZeroUsize,
    pub connect: Duration,
    pub first_token: Duration,
    pub gap: Duration,
    pub total: Duration,
}

impl Default for AdviceSettings {
    fn default() -> Self {
        let count = |number| NonZeroUsize::new(number).expect("no default is 0");
        Self {
            base_url: None,
            model: None,
            api_key: None,
            mode: AdviceMode::Chat,
            template: AdviceTemplate::None,
            languages: vec![AdviceLanguage::Korean, AdviceLanguage::English],
            context: None,
            max_tokens: count(400),
            at_once: count(2),
            queue: count(16),
            connect: Duration::from_secs(3),
            first_token: Duration::from_secs(20),
            gap: Duration::from_secs(15),
            total: Duration::from_mins(1),
        }
    }
}

impl AdviceMode {
    const ALL: [Self; 2] = [Self::Chat, Self::Completions];

    const fn id(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Completions => "completions",
        }
    }
}

impl AdviceTemplate {
    const ALL: [Self; 3] = [Self::None, Self::KoAlpaca, Self::AlpacaKo];

    const fn id(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::KoAlpaca => "koalpaca",
            Self::AlpacaKo => "alpaca-ko",
        }
    }
}

impl AdviceLanguage {
    const ALL: [Self; 2] = [Self::Korean, Self::English];

    const fn id(self) -> &'static str {
        match self {
            Self::Korean => "ko",
            Self::English => "en",
        }
    }
}

impl AdviceSettings {
    pub(super) const KEYS: [&'static Key; 13] = [
        &BASE_URL,
        &MODEL,
        &MODE,
        &TEMPLATE,
        &LANGUAGES,
        &CONTEXT,
        &MAX_TOKENS,
        &AT_ONCE,
        &QUEUE,
        &CONNECT,
        &FIRST_TOKEN,
        &GAP,
        &TOTAL,
    ];

    pub(super) fn read(
        reader: &mut Reader<'_>,
        environment: &Environment,
    ) -> Result<Self, ConfigError> {
        let defaults = Self::default();
        let mode = match reader.text(&MODE)? {
            None => defaults.mode,
            Some(found) => match one_of(AdviceMode::ALL, AdviceMode::id, &found.text) {
                Some(mode) => mode,
                None => return Err(found.bad("write \"chat\" or \"completions\"")),
            },
        };
        let template = match reader.text(&TEMPLATE)? {
            None => defaults.template,
            Some(found) => match one_of(AdviceTemplate::ALL, AdviceTemplate::id, &found.text) {
                // A server wraps a chat in the model's own template: one of ours inside it confuses both.
                Some(AdviceTemplate::KoAlpaca | AdviceTemplate::AlpacaKo)
                    if mode == AdviceMode::Chat =>
                {
                    return Err(found.bad("set advice.mode = \"completions\" for it"));
                }
                Some(template) => template,
                None => return Err(found.bad("write \"none\", \"koalpaca\" or \"alpaca-ko\"")),
            },
        };
        let languages = match reader.text(&LANGUAGES)? {
            None => defaults.languages,
            Some(found) => {
                let named = found.text.split(',').map(str::trim);
                let known = named.map(|name| one_of(AdviceLanguage::ALL, AdviceLanguage::id, name));
                match known.collect::<Option<Vec<_>>>() {
                    Some(languages) => languages,
                    None => return Err(found.bad("write \"ko\", \"en\" or \"ko, en\"")),
                }
            }
        };
        let mut seconds = |key: &Key, default: Duration| {
            let found = reader.number(key, MOST_SECONDS)?;
            Ok::<_, ConfigError>(found.map_or(default, |seconds| {
                Duration::from_secs(u64::try_from(seconds.get()).unwrap_or(u64::MAX))
            }))
        };
        let connect = seconds(&CONNECT, defaults.connect)?;
        let first_token = seconds(&FIRST_TOKEN, defaults.first_token)?;
        let gap = seconds(&GAP, defaults.gap)?;
        let total = seconds(&TOTAL, defaults.total)?;
        if first_token > total {
            return Err(ConfigError::Bad {
                key: FIRST_TOKEN.name,
                value: first_token.as_secs().to_string(),
                hint: format!("it is a part of `{}`: raise that as well", TOTAL.name),
            });
        }
        Ok(Self {
            base_url: base_url(reader)?,
            model: reader.text(&MODEL)?.map(|found| found.text),
            api_key: api_key(environment)?,
            mode,
            template,
            languages,
            context: reader.number(&CONTEXT, 1_000_000)?,
            max_tokens: reader
                .number(&MAX_TOKENS, 4_096)?
                .unwrap_or(defaults.max_tokens),
            at_once: reader.number(&AT_ONCE, 256)?.unwrap_or(defaults.at_once),
            queue: reader.number(&QUEUE, 10_000)?.unwrap_or(defaults.queue),
            connect,
            first_token,
            gap,
            total,
        })
    }

    pub(super) fn values(&self) -> [Option<toml::Value>; 13] {
        let number = |number: NonZeroUsize| i64::try_from(number.get()).ok().map(Into::into);
        let seconds = |time: Duration| i64::try_from(time.as_secs()).ok().map(Into::into);
        let languages: Vec<&str> = self.languages.iter().map(|one| one.id()).collect();
        [
            self.base_url.clone().map(Into::into),
            self.model.clone().map(Into::into),
            Some(self.mode.id().into()),
            Some(self.template.id().into()),
            Some(languages.join(", ").into()),
            self.context.and_then(number),
            number(self.max_tokens),
            number(self.at_once),
            number(self.queue),
            seconds(self.connect),
            seconds(self.first_token),
            seconds(self.gap),
            seconds(self.total),
        ]
    }
}

fn one_of<T: Copy, const N: usize>(
    all: [T; N],
    id: impl Fn(T) -> &'static str,
    text: &str,
) -> Option<T> {
    all.into_iter().find(|one| id(*one) == text)
}

/// What is known of a person goes there: https, or plain http in the operator's own network.
fn base_url(reader: &mut Reader<'_>) -> Result<Option<String>, ConfigError> {
    let Some(found) = reader.text(&BASE_URL)? else {
        return Ok(None);
    };
    if is_safe(&found.text, is_private) {
        Ok(Some(found.text.trim_end_matches('/').to_owned()))
    } else {
        Err(found.bad(
            "answers about health go there: use https, or plain http on this machine or in a private network",
        ))
    }
}

/// Whether an address is this machine itself or in a private network.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            address.is_loopback() || address.is_private() || address.is_link_local()
        }
        IpAddr::V6(address) => {
            address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
        }
    }
}

fn api_key(environment: &Environment) -> Result<Option<SecretString>, ConfigError> {
    match environment.get(environment::LLM_API_KEY) {
        None => Ok(None),
        Some(key) if is_secret_text(key) => Ok(Some(SecretString::from(key))),
        Some(_) => Err(ConfigError::BadSecret {
            key: environment::LLM_API_KEY,
            hint: "copy the whole key, without `Bearer ` before it",
        }),
    }
}
