//! Where answers go: on a server, in direct messages, and when neither works.

use std::time::Duration;

use dupi::channels::discord::PersonalPlace;
use dupi::domain::consultation::{Button, Language, Message, Purpose, Unusable};
use dupi::ports::{Address, Channel, ConversationStore as _, EffectQueue as _};
use jiff::SignedDuration;

use super::{Bot, begins, offers, photo, says, with_newcomer};
use crate::support::discord::{Given, Place, Sight, Trouble};

const ENGLISH: Language = Language::English;

#[tokio::test]
async fn in_direct_mode_a_server_only_shows_the_way() {
    let bot = Bot::start(PersonalPlace::Direct).await;
    let guild = bot.discord.guild("Clinic");
    let anna = bot.discord.person("Anna");
    let taken = anna.slash(guild.place(), "consult", &[]).await;
    assert_eq!(taken.callback, Some(4));
    let way = bot.phrase(ENGLISH, "discord-go-on-in-direct");
    let shown = bot.hears(&anna, &way).await;
    assert!(shown.ephemeral && shown.place == guild.place());
    let speak = bot.button(Button::Speak(ENGLISH), ENGLISH);
    let hello = anna.waits_for("hello", |sight| offers(sight, &speak)).await;
    assert_eq!(hello.place, Place::Direct);
    bot.stop().await;
}

#[tokio::test]
async fn switched_off_there_are_general_tips_and_nothing_is_kept() {
    let bot = Bot::start(PersonalPlace::Off).await;
    let guild = bot.discord.guild("Clinic");
    let anna = bot.discord.person("Anna");
    let off = bot.phrase(ENGLISH, "discord-off");
    let tips = bot.phrase(ENGLISH, "general-tips");
    assert_eq!(
        anna.slash(guild.place(), "consult", &[]).await.callback,
        Some(4)
    );
    let shown = bot.hears(&anna, &off).await;
    assert!(shown.ephemeral && says(&shown, &tips));
    // Whom nobody knows has nothing to erase.
    assert!(
        anna.slash(guild.place(), "delete", &[])
            .await
            .acknowledged()
    );
    let is_told = |sight: &Sight| says(sight, &off) && !sight.thinking;
    anna.waits_for("the explanation", |sight| {
        is_told(sight) && sight.id != shown.id
    })
    .await;
    anna.sends_dm("hello", &[]);
    let korean = bot.phrase(Language::Korean, "discord-off");
    assert_eq!(bot.hears(&anna, &korean).await.place, Place::Direct);
    assert!(anna.hears().iter().all(|sight| sight.components.is_empty()));
    let address = Address {
        channel: Channel::Discord,
        key: anna.id().to_string(),
    };
    assert!(bot.store.load(&address).await.unwrap().is_none());
    assert_eq!(bot.store.overview(10).await.unwrap(), []);
    bot.stop().await;
}

/// A photo is being looked at while the fifteen minutes pass.
#[tokio::test]
async fn after_fifteen_minutes_answers_come_as_direct_messages_or_a_hint_is_given() {
    let (bot, guild, anna) = with_newcomer().await;
    // What is pressed is stored, and the answer cannot be given for so long.
    bot.discord.orders(Trouble::Status(503), "/webhooks/*", 1);
    anna.closes_dms();
    assert!(
        anna.clicks(&bot.button(Button::Speak(ENGLISH), ENGLISH))
            .await
            .acknowledged()
    );
    bot.discord
        .waits_for_call("POST", "/webhooks/{webhook_id}/{webhook_token}")
        .await;
    bot.advance(Duration::from_mins(16));
    let mention = format!("<@{}>", anna.id());
    let hint = bot.hears(&anna, &mention).await;
    assert!(!hint.ephemeral && hint.place == guild.place());
    let age = bot.phrase(ENGLISH, "ask-age");
    assert!(!anna.hears().iter().any(|sight| says(sight, &age)));
    // Whatever they do brings what waits, and the hint was given once.
    anna.opens_dms();
    anna.sends_dm("are you there?", &[]);
    assert_eq!(bot.hears(&anna, &age).await.place, Place::Direct);
    let hints = anna.hears();
    assert_eq!(
        hints.iter().filter(|sight| says(sight, &mention)).count(),
        1
    );
    bot.stop().await;
}

#[tokio::test]
async fn with_an_expired_token_the_answer_is_a_direct_message() {
    let (bot, _, anna) = with_newcomer().await;
    bot.discord.orders(Trouble::Status(503), "/webhooks/*", 1);
    assert!(
        anna.clicks(&bot.button(Button::Speak(ENGLISH), ENGLISH))
            .await
            .acknowledged()
    );
    bot.discord
        .waits_for_call("POST", "/webhooks/{webhook_id}/{webhook_token}")
        .await;
    bot.advance(Duration::from_mins(16));
    let age = bot.phrase(ENGLISH, "ask-age");
    assert_eq!(bot.hears(&anna, &age).await.place, Place::Direct);
    bot.stop().await;
}

#[tokio::test]
async fn whoever_takes_no_direct_messages_is_told_so_aside() {
    let bot = Bot::start(PersonalPlace::Direct).await;
    let guild = bot.discord.guild("Clinic");
    let anna = bot.discord.person("Anna");
    anna.closes_dms();
    assert!(
        anna.slash(guild.place(), "consult", &[])
            .await
            .acknowledged()
    );
    let closed = bot.phrase(ENGLISH, "discord-direct-closed");
    let told = bot.hears(&anna, &closed).await;
    assert!(told.ephemeral && told.place == guild.place());
    anna.opens_dms();
    assert!(
        anna.slash(guild.place(), "consult", &[])
            .await
            .acknowledged()
    );
    let speak = bot.button(Button::Speak(ENGLISH), ENGLISH);
    let hello = anna.waits_for("hello", |sight| offers(sight, &speak)).await;
    assert_eq!(hello.place, Place::Direct);
    bot.stop().await;
}

#[tokio::test]
async fn everything_is_erased_and_the_person_is_told() {
    let (bot, guild, anna) = with_newcomer().await;
    assert!(
        anna.slash(guild.place(), "delete", &[])
            .await
            .acknowledged()
    );
    bot.presses(&anna, &bot.button(Button::ConfirmErase, ENGLISH))
        .await;
    let erased = bot.phrase(Language::Korean, "messenger-erased");
    let english = bot.phrase(ENGLISH, "messenger-erased");
    let told = anna
        .waits_for("the farewell", |sight| {
            says(sight, &erased) || says(sight, &english)
        })
        .await;
    assert!(told.ephemeral);
    // What was left standing is of no use any more.
    let speak = bot.button(Button::Speak(ENGLISH), ENGLISH);
    assert!(anna.clicks(&speak).await.acknowledged());
    let told = bot.phrase(ENGLISH, "discord-nothing-known");
    assert!(bot.hears(&anna, &told).await.ephemeral);
    bot.stop().await;
}

#[tokio::test]
async fn a_file_that_is_too_large_or_no_photo_is_turned_away_kindly() {
    let bot = Bot::start(PersonalPlace::Ephemeral).await;
    let anna = bot.discord.person("Anna");
    anna.sends_dm("hello", &[]);
    bot.arrives_at_the_photo(&anna, ENGLISH).await;
    let text = (
        "photo",
        Given::File("notes.txt".to_owned(), b"not a photo".to_vec()),
    );
    assert!(
        anna.slash(Place::Direct, "consult", &[text])
            .await
            .acknowledged()
    );
    let unreadable = bot.phrase(ENGLISH, "unusable-unreadable");
    bot.hears(&anna, &unreadable).await;
    bot.settles().await;
    assert!(!anna.hears().iter().any(|sight| sight.thinking));

    bot.discord.clear_calls();
    let large = vec![7; 21 * 1024 * 1024];
    let large = ("photo", Given::File("large.jpg".to_owned(), large));
    let taken = anna.slash(Place::Direct, "consult", &[large]).await;
    assert!(taken.acknowledged());
    let limit_megabytes = 20;
    let message = Message::PhotoUnusable(Unusable::TooManyBytes { limit_megabytes });
    let too_large = bot.wording.words(&message, ENGLISH);
    bot.hears(&anna, &too_large.paragraphs[0]).await;
    bot.settles().await;
    assert!(!anna.hears().iter().any(|sight| sight.thinking));
    // It is not even fetched.
    let calls = bot.discord.calls();
    assert!(
        !calls
            .iter()
            .any(|call| call.template.starts_with("/attachments/"))
    );
    bot.stop().await;
}

/// Whatever is done while an answer is on its way, it takes the place of "thinking".
#[tokio::test]
async fn a_reply_that_was_promised_is_not_forgotten_over_another_press() {
    let (bot, guild, anna) = with_newcomer().await;
    bot.arrives_at_the_photo(&anna, ENGLISH).await;
    bot.settles().await;
    bot.discord.orders(Trouble::Late(1.0), "/attachments/*", 1);
    let taken = anna
        .slash(guild.place(), "consult", &[photo("photo")])
        .await;
    assert!(taken.acknowledged());
    bot.discord
        .waits_for_call(
            "GET",
            "/attachments/{channel_id}/{attachment_id}/{filename}",
        )
        .await;
    assert!(
        anna.clicks(&bot.button(Button::ChangeRegion, ENGLISH))
            .await
            .acknowledged()
    );
    let done = bot.button(Button::PhotosDone, ENGLISH);
    anna.waits_for("the photo", |sight| offers(sight, &done))
        .await;
    bot.settles().await;
    bot.leaves_nobody_waiting(&anna).await;
    bot.stop().await;
}

#[tokio::test]
async fn two_commands_in_one_breath_are_both_answered_in_their_order() {
    let (bot, guild, anna) = with_newcomer().await;
    bot.discord.clear_calls();
    bot.discord.holds_events();
    let released = async {
        while bot.discord.held_events() < 2 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        bot.discord.releases_events_backwards();
    };
    let (help, privacy, ()) = tokio::join!(
        anna.slash(guild.place(), "help", &[]),
        anna.slash(guild.place(), "privacy", &[]),
        released
    );
    assert!(help.acknowledged() && privacy.acknowledged());
    assert!(help.id < privacy.id);
    bot.leaves_nobody_waiting(&anna).await;
    bot.settles().await;
    let said: Vec<String> = bot
        .discord
        .calls()
        .iter()
        .filter(|call| call.template.starts_with("/webhooks/"))
        .map(|call| call.body["content"].to_string())
        .collect();
    let first = |key: &str| bot.phrase(ENGLISH, key).lines().next().unwrap().to_owned();
    assert!(said[0].contains(&first("help")), "{said:?}");
    assert!(said[1].contains(&first("privacy")), "{said:?}");
    bot.stop().await;
}

/// What is edited elsewhere meanwhile is no answer to the command.
#[tokio::test]
async fn an_edit_of_something_else_does_not_count_as_the_promised_reply() {
    let bot = Bot::start(PersonalPlace::Ephemeral).await;
    let anna = bot.discord.person("Anna");
    anna.sends_dm("hello", &[]);
    bot.arrives_at_the_photo(&anna, ENGLISH).await;
    bot.settles().await;
    let edit = "PATCH /channels/{channel_id}/messages/{message_id}";
    bot.discord.orders(Trouble::Status(503), edit, 1);
    anna.sends_dm("", &[("scalp.jpg", super::PHOTO)]);
    bot.discord
        .waits_until_called("the judgement cannot be shown", |calls| {
            calls.iter().any(|call| call.status == 503)
        })
        .await;
    let taken = anna.slash(Place::Direct, "help", &[]).await;
    assert!(taken.acknowledged());
    let help = bot
        .phrase(ENGLISH, "help")
        .lines()
        .next()
        .unwrap()
        .to_owned();
    bot.hears(&anna, &help).await;
    bot.leaves_nobody_waiting(&anna).await;
    bot.stop().await;
}

/// Somebody who went to direct messages meanwhile is answered there.
#[tokio::test]
async fn a_promised_reply_is_taken_away_where_the_person_is_no_more() {
    let (bot, guild, anna) = with_newcomer().await;
    bot.discord.orders(Trouble::Status(503), "/webhooks/*", 1);
    assert!(anna.slash(guild.place(), "help", &[]).await.acknowledged());
    bot.discord
        .waits_until_called("it cannot be answered", |calls| {
            calls.iter().any(|call| call.status == 503)
        })
        .await;
    anna.sends_dm("are you there?", &[]);
    let help = bot
        .phrase(ENGLISH, "help")
        .lines()
        .next()
        .unwrap()
        .to_owned();
    assert_eq!(bot.hears(&anna, &help).await.place, Place::Direct);
    bot.leaves_nobody_waiting(&anna).await;
    bot.stop().await;
}

/// After the token is over a slot goes on being edited in the direct messages.
#[tokio::test]
async fn what_went_to_direct_messages_is_edited_there() {
    let (bot, guild, anna) = with_newcomer().await;
    bot.arrives_at_the_photo(&anna, ENGLISH).await;
    bot.settles().await;
    bot.discord
        .orders(Trouble::Status(503), "/attachments/*", 1);
    let taken = anna
        .slash(guild.place(), "consult", &[photo("photo")])
        .await;
    assert!(taken.acknowledged());
    bot.discord
        .waits_for_call(
            "GET",
            "/attachments/{channel_id}/{attachment_id}/{filename}",
        )
        .await;
    bot.advance(Duration::from_mins(16));
    let done = bot.button(Button::PhotosDone, ENGLISH);
    let judged = anna
        .waits_for("the photo", |sight| offers(sight, &done))
        .await;
    bot.settles().await;
    assert_eq!(judged.place, Place::Direct);
    let direct = anna.hears().into_iter();
    let direct = direct.filter(|sight| sight.place == Place::Direct).count();
    assert_eq!(direct, 1, "{}", anna.transcript());
    bot.stop().await;
}

/// A machine's clock may be wrong by any amount; only a jump spoils what was given before it.
#[tokio::test]
async fn replies_find_the_person_whatever_our_clock_shows() {
    for wrong in [
        SignedDuration::from_mins(20),
        SignedDuration::from_hours(-3),
    ] {
        let bot = Bot::start(PersonalPlace::Ephemeral).await;
        bot.jumps(wrong);
        let guild = bot.discord.guild("Clinic");
        let anna = bot.discord.person("Anna");
        begins(&bot, &anna, guild.place(), ENGLISH).await;
        bot.arrives_at_the_consent(&anna, ENGLISH).await;
        let is_there = |sight: &Sight| sight.place == guild.place() && sight.ephemeral;
        assert!(anna.hears().iter().all(is_there), "{}", anna.transcript());
        bot.stop().await;
    }
}

#[tokio::test]
async fn a_consultation_goes_on_over_jumps_of_the_clock() {
    let (bot, guild, anna) = with_newcomer().await;
    let jumps = [
        SignedDuration::from_hours(1),
        SignedDuration::from_hours(-24),
    ];
    for (message, button) in [
        (Message::Hello, Button::Speak(ENGLISH)),
        (Message::AskAge, Button::OldEnough),
        (
            Message::AskConsent(Purpose::Basic),
            Button::Agree(Purpose::Basic),
        ),
    ]
    .into_iter()
    .zip(jumps.into_iter().cycle())
    .map(|(turn, jump)| {
        bot.jumps(jump);
        turn
    }) {
        bot.answers(&anna, &message, button, ENGLISH).await;
        bot.settles().await;
    }
    let consent = Message::AskConsent(Purpose::Sensitive);
    let worded = bot.wording.words(&consent, ENGLISH);
    bot.hears(&anna, &worded.paragraphs[0]).await;
    assert_eq!(anna.hears().len(), 4, "{}", anna.transcript());
    // An answer that was put back goes out after a jump, and once.
    for (turn, jump) in (1..).zip(jumps) {
        bot.discord
            .orders(Trouble::RateLimited(0.5), "/webhooks/*", 1);
        bot.discord.clear_calls();
        assert!(anna.slash(guild.place(), "help", &[]).await.acknowledged());
        bot.discord
            .waits_until_called("it is refused", |calls| {
                calls.iter().any(|call| call.status == 429)
            })
            .await;
        bot.jumps(jump);
        // Whatever happens next wakes the service.
        let paul = bot.discord.person(&format!("Paul {turn}"));
        begins(&bot, &paul, guild.place(), ENGLISH).await;
        bot.settles().await;
        let help = bot
            .phrase(ENGLISH, "help")
            .lines()
            .next()
            .unwrap()
            .to_owned();
        let told = anna.hears().into_iter().filter(|sight| says(sight, &help));
        assert_eq!(told.count(), turn, "{}", anna.transcript());
    }
    bot.stop().await;
}

/// The ids of buttons are made with the token: after a new one old buttons cannot be read.
#[tokio::test]
async fn a_button_that_cannot_be_read_is_told_to_be_out_of_use() {
    let (bot, _, anna) = with_newcomer().await;
    bot.discord.forges_components(&anna, "0123456789abcdef");
    let speak = bot.button(Button::Speak(ENGLISH), ENGLISH);
    let taken = anna.clicks(&speak).await;
    assert_eq!(taken.callback, Some(4));
    let told = bot
        .hears(&anna, &bot.phrase(ENGLISH, "discord-nothing-known"))
        .await;
    assert!(told.ephemeral);
    bot.stop().await;
}

#[tokio::test]
async fn our_own_words_are_in_the_language_that_was_chosen() {
    let bot = Bot::start(PersonalPlace::Ephemeral).await;
    let guild = bot.discord.guild("Clinic");
    let mina = bot.discord.person("Mina").speaks_korean();
    let korean = Language::Korean;
    begins(&bot, &mina, guild.place(), korean).await;
    bot.answers(&mina, &Message::Hello, Button::Speak(ENGLISH), korean)
        .await;
    bot.hears(&mina, &bot.phrase(ENGLISH, "ask-age")).await;
    bot.settles().await;
    bot.discord.forges_components(&mina, "0123456789abcdef");
    let old_enough = bot.button(Button::OldEnough, ENGLISH);
    assert!(mina.clicks(&old_enough).await.acknowledged());
    bot.hears(&mina, &bot.phrase(ENGLISH, "discord-nothing-known"))
        .await;
    bot.stop().await;
}
