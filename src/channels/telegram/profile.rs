//! What the bot shows of itself before anybody writes to it: its commands and descriptions.
//!
//! Telegram keeps them, so each is only set where it differs.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use teloxide_core::RequestError;
use teloxide_core::payloads::{
    GetMyCommandsSetters as _, GetMyDescriptionSetters as _, GetMyShortDescriptionSetters as _,
    SetMyCommandsSetters as _, SetMyDescriptionSetters as _, SetMyShortDescriptionSetters as _,
};
use teloxide_core::prelude::Requester as _;
use teloxide_core::requests::{Output, Request};
use teloxide_core::types::{BotCommand, BotCommandScope};
use tokio::time::sleep;

use super::api::{Api, CallError};
use super::backoff::Backoff;
use super::errands::Errands;
use crate::channels::pace::{Place, Urgency};
use crate::domain::consultation::{Command, Language};
use crate::wording::Wording;

/// What is of use in a group.
const IN_GROUPS: [Command; 3] = [Command::Consult, Command::Help, Command::Privacy];
/// After as many tries it is left to the next start.
const MOST_TRIES: u32 = 10;

/// Keeps the bot's profile as it should be.
#[derive(Debug, Clone)]
pub(super) struct Profile {
    pub(super) api: Api,
    pub(super) wording: Arc<Wording>,
    pub(super) errands: Errands,
}

impl Profile {
    /// Sets what differs, in the background.
    pub(super) fn refresh(&self) {
        let profile = self.clone();
        self.errands.run("refresh the profile", async move {
            let mut backoff = Backoff::default();
            for _ in 0..MOST_TRIES {
                match profile.update().await {
                    Ok(()) | Err(CallError::Stopped) => return,
                    Err(error) => {
                        tracing::warn!(%error, "The bot's profile could not be set yet");
                        let asked = match error {
                            CallError::TooFast { after } => after,
                            _ => Duration::ZERO,
                        };
                        sleep(backoff.next().max(asked)).await;
                    }
                }
            }
        });
    }

    async fn update(&self) -> Result<(), CallError> {
        // Whoever uses neither language is shown the default one.
        let languages = Language::ALL.map(|language| (language, Some(language.id())));
        for (language, tag) in [(Language::default(), None)].into_iter().chain(languages) {
            for scope in [
                BotCommandScope::AllPrivateChats,
                BotCommandScope::AllGroupChats,
            ] {
                self.update_commands(&scope, language, tag).await?;
            }
            self.update_description(language, tag).await?;
            self.update_short_description(language, tag).await?;
        }
        Ok(())
    }

    async fn update_commands(
        &self,
        scope: &BotCommandScope,
        language: Language,
        tag: Option<&str>,
    ) -> Result<(), CallError> {
        let commands: &[Command] = match scope {
            BotCommandScope::AllGroupChats => &IN_GROUPS,
            _ => &Command::ALL,
        };
        let wanted: Vec<BotCommand> = commands
            .iter()
            .map(|command| {
                let key = format!("messenger-command-{}", command.id());
                BotCommand::new(command.id(), self.phrase(language, &key))
            })
            .collect();
        let mut get = self.api.bot().get_my_commands().scope(scope.clone());
        let mut set = self
            .api
            .bot()
            .set_my_commands(wanted.clone())
            .scope(scope.clone());
        if let Some(tag) = tag {
            get = get.language_code(tag);
            set = set.language_code(tag);
        }
        if self.call(get).await? != wanted {
            self.call(set).await?;
        }
        Ok(())
    }

    async fn update_description(
        &self,
        language: Language,
        tag: Option<&str>,
    ) -> Result<(), CallError> {
        let wanted = self.phrase(language, "messenger-description");
        let mut get = self.api.bot().get_my_description();
        let mut set = self.api.bot().set_my_description().description(&wanted);
        if let Some(tag) = tag {
            get = get.language_code(tag);
            set = set.language_code(tag);
        }
        if self.call(get).await?.description != wanted {
            self.call(set).await?;
        }
        Ok(())
    }

    async fn update_short_description(
        &self,
        language: Language,
        tag: Option<&str>,
    ) -> Result<(), CallError> {
        let wanted = self.phrase(language, "messenger-short-description");
        let bot = self.api.bot();
        let mut get = bot.get_my_short_description();
        let mut set = bot.set_my_short_description().short_description(&wanted);
        if let Some(tag) = tag {
            get = get.language_code(tag);
            set = set.language_code(tag);
        }
        if self.call(get).await?.short_description != wanted {
            self.call(set).await?;
        }
        Ok(())
    }

    async fn call<R>(&self, request: R) -> Result<Output<R>, CallError>
    where
        R: Request<Err = RequestError> + Send,
        R::Payload: Serialize,
        Output<R>: DeserializeOwned,
    {
        self.api.call(Place::Nowhere, Urgency::Bulk, request).await
    }

    fn phrase(&self, language: Language, key: &str) -> String {
        self.wording.phrases().phrase(language, key, &[])
    }
}
