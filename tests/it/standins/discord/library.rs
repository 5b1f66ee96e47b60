//! The library that the bot is built on, unchanged, against the stand-in.

use std::sync::Arc;
use std::time::Duration;

use serenity::all::{
    ActionRowComponent, Client, ClientBuilder, CommandDataOptionValue, CommandOptionType, Context,
    CreateActionRow, CreateAttachment, CreateButton, CreateCommand, CreateCommandOption,
    CreateEmbed, CreateInputText, CreateInteractionResponse, CreateInteractionResponseMessage,
    CreateModal, EditInteractionResponse, EventHandler, GatewayIntents, HttpBuilder,
    InputTextStyle, Interaction, Message, Ready, ResumedEvent,
};
use serenity::async_trait;
use tokio::sync::mpsc;

use super::PICTURE;
use crate::support::discord::{Connection, DiscordStandIn, Given, Place};

/// Writes down what it hears, and answers as the service would.
struct Listening(mpsc::UnboundedSender<String>);

impl Listening {
    fn notes(&self, what: impl Into<String>) {
        // The test may be over.
        let _ = self.0.send(what.into());
    }
}

#[async_trait]
impl EventHandler for Listening {
    async fn ready(&self, context: Context, ready: Ready) {
        context.http.set_application_id(ready.application.id);
        let photo = CreateCommandOption::new(CommandOptionType::Attachment, "photo", "A photo");
        let command = CreateCommand::new("consult")
            .description("Begin a consultation")
            .name_localized("ko", "상담")
            .description_localized("ko", "상담을 시작합니다")
            .add_option(
                photo
                    .name_localized("ko", "사진")
                    .description_localized("ko", "두피 사진"),
            );
        let made = context
            .http
            .create_global_commands(&vec![command])
            .await
            .unwrap();
        self.notes(format!("registered {}", made[0].name));
    }

    async fn resume(&self, _: Context, _: ResumedEvent) {
        self.notes("resumed");
    }

    async fn message(&self, _: Context, message: Message) {
        self.notes(format!("read {}", message.content));
    }

    async fn interaction_create(&self, context: Context, interaction: Interaction) {
        match interaction {
            Interaction::Command(command) => {
                command.defer_ephemeral(&context.http).await.unwrap();
                let CommandDataOptionValue::Attachment(id) = command.data.options[0].value else {
                    panic!("the option is a photo");
                };
                let bytes = command.data.resolved.attachments[&id]
                    .download()
                    .await
                    .unwrap();
                assert_eq!(bytes, PICTURE);
                let embed = CreateEmbed::new().title("Result").attachment("card.png");
                let edit = EditInteractionResponse::new()
                    .embed(embed)
                    .new_attachment(CreateAttachment::bytes(b"card".to_vec(), "card.png"))
                    .components(vec![CreateActionRow::Buttons(vec![
                        CreateButton::new("write").label("Write"),
                    ])]);
                command.edit_response(&context.http, edit).await.unwrap();
            }
            Interaction::Component(pressed) => {
                let input = CreateInputText::new(InputTextStyle::Short, "Since when?", "since");
                let modal = CreateModal::new("details", "Details")
                    .components(vec![CreateActionRow::InputText(input)]);
                let response = CreateInteractionResponse::Modal(modal);
                pressed
                    .create_response(&context.http, response)
                    .await
                    .unwrap();
            }
            Interaction::Modal(filled) => {
                let ActionRowComponent::InputText(input) = &filled.data.components[0].components[0]
                else {
                    panic!("the modal holds a text input");
                };
                self.notes(format!("filled {}", input.value.clone().unwrap()));
                let message = CreateInteractionResponseMessage::new().content("Thank you");
                let response = CreateInteractionResponse::Message(message.ephemeral(true));
                filled
                    .create_response(&context.http, response)
                    .await
                    .unwrap();
            }
            other => panic!("{other:?}"),
        }
    }
}

/// A running client and what it noted; it ends with the test.
struct Running {
    notes: mpsc::UnboundedReceiver<String>,
    task: tokio::task::JoinHandle<()>,
}

impl Running {
    async fn start(discord: &DiscordStandIn) -> Self {
        let (sender, notes) = mpsc::unbounded_channel();
        let http = HttpBuilder::new(discord.token())
            .proxy(discord.api_url())
            .ratelimiter_disabled(true)
            .build();
        let intents = GatewayIntents::GUILDS | GatewayIntents::DIRECT_MESSAGES;
        let mut client: Client = ClientBuilder::new_with_http(http, intents)
            .event_handler_arc(Arc::new(Listening(sender)))
            .await
            .unwrap();
        let task = tokio::spawn(async move {
            client.start().await.unwrap();
        });
        Self { notes, task }
    }

    async fn noted(&mut self) -> String {
        let noted = tokio::time::timeout(Duration::from_secs(30), self.notes.recv()).await;
        noted
            .expect("it notes something in time")
            .expect("the client runs")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[tokio::test]
async fn serenity_leads_a_whole_conversation() {
    let discord = DiscordStandIn::start().await;
    let guild = discord.guild("Clinic");
    let mut bot = Running::start(&discord).await;
    assert_eq!(bot.noted().await, "registered consult");
    let mina = discord.person("Mina").speaks_korean();
    for place in [guild.place(), Place::Direct] {
        let photo = [(
            "사진",
            Given::File("scalp.jpg".to_owned(), PICTURE.to_vec()),
        )];
        let taken = mina.slash(place, "상담", &photo).await;
        assert_eq!(taken.callback, Some(5));
        let result = mina
            .waits_for("the result", |sight| {
                sight.place == place && !sight.components.is_empty()
            })
            .await;
        assert!(result.ephemeral);
        assert_eq!(result.embeds[0].image.as_deref(), Some(b"card".as_slice()));
        assert_eq!(mina.clicks("Write").await.callback, Some(9));
        assert_eq!(
            mina.submits_modal(&[("Since when?", "spring")])
                .await
                .callback,
            Some(4)
        );
        assert_eq!(bot.noted().await, "filled spring");
        mina.waits_for("thanks", |sight| sight.content == "Thank you")
            .await;
    }
    assert!(discord.connections()[0].open);
}

#[tokio::test]
async fn serenity_comes_back_after_its_connection_broke_and_misses_nothing() {
    let discord = DiscordStandIn::start().await;
    let mut bot = Running::start(&discord).await;
    assert_eq!(bot.noted().await, "registered consult");
    let ann = discord.person("Ann");
    ann.sends_dm("one", &[]);
    assert_eq!(bot.noted().await, "read one");
    discord.drops_gateway();
    let gone = |all: &[Connection]| !all[0].open;
    discord.waits_until("the connection ends", gone).await;
    ann.sends_dm("two", &[]);
    let mut noted = vec![bot.noted().await, bot.noted().await];
    noted.sort();
    assert_eq!(noted, ["read two", "resumed"]);
    assert!(discord.connections().last().unwrap().resumed);
    assert_eq!(ann.commands(Place::Direct).len(), 1);
}
