//! The program killed at every boundary of a consultation.

use std::future::pending;
use std::time::Duration;

use super::Bot;
use super::deeds::{Deed, Turn, consultation, does, goes_through, greeting, reads, times, view};
use crate::support::discord::{Call, Person, Place, Trouble};

const CALLBACK: &str = "/interactions/{interaction_id}/{interaction_token}/callback";
const POST: &str = "/channels/{channel_id}/messages";
const EDIT: &str = "/channels/{channel_id}/messages/{message_id}";
const DOWNLOAD: &str = "/attachments/{channel_id}/{attachment_id}/{filename}";
/// Longer than a test.
const NEVER: Trouble = Trouble::Late(1_000.0);

/// When the program is killed.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// The acknowledgement has come to Discord, which has not taken it.
    BeforeAcknowledgement,
    /// Discord has taken the acknowledgement, and the program does not know.
    AfterAcknowledgement,
    /// An answer has come to Discord, which has not taken it.
    BeforeAnswer,
    /// Discord has taken an answer, and the program does not know.
    AfterAnswer,
    /// A photo is being fetched.
    Fetching,
    Whenever(Duration),
}

impl Moment {
    fn troubles(self) -> Vec<(Trouble, &'static str)> {
        let answers = |trouble| {
            let patterns = ["POST /channels/{channel_id}/messages", EDIT, "/webhooks/*"];
            patterns.map(|pattern| (trouble, pattern)).to_vec()
        };
        match self {
            Self::BeforeAcknowledgement => vec![(Trouble::Hang, CALLBACK)],
            Self::AfterAcknowledgement => vec![(NEVER, CALLBACK)],
            Self::BeforeAnswer => answers(Trouble::Hang),
            Self::AfterAnswer => answers(NEVER),
            Self::Fetching => vec![(Trouble::Hang, DOWNLOAD)],
            Self::Whenever(_) => Vec::new(),
        }
    }

    fn has_come(self, calls: &[Call]) -> bool {
        let came = |is: fn(&str) -> bool| calls.iter().any(|call| is(&call.template));
        match self {
            Self::BeforeAcknowledgement | Self::AfterAcknowledgement => {
                came(|template| template == CALLBACK)
            }
            Self::BeforeAnswer | Self::AfterAnswer => came(|template| {
                template == POST || template == EDIT || template.starts_with("/webhooks/")
            }),
            Self::Fetching => came(|template| template == DOWNLOAD),
            Self::Whenever(_) => false,
        }
    }
}

impl Bot {
    /// Somebody does something, and the program is killed at that moment and started again.
    /// Whatever was not stored by then is done again, as a person does who sees nothing happen.
    async fn dies_over(&mut self, person: &Person, place: Place, deed: &Deed, moment: Moment) {
        let stored = self.effects();
        self.discord.clear_calls();
        for (trouble, pattern) in moment.troubles() {
            self.discord.orders(trouble, pattern, 1);
        }
        let strikes = async {
            if let Moment::Whenever(life) = moment {
                return tokio::time::sleep(life).await;
            }
            let what = format!("{moment:?} of {deed:?}");
            let has_come = |calls: &[Call]| moment.has_come(calls);
            self.discord.waits_until_called(&what, has_come).await;
        };
        let acts = async {
            does(person, place, deed).await;
            pending::<()>().await;
        };
        tokio::select! {
            () = strikes => {}
            () = acts => {}
        }
        self.dies();
        self.discord.calls_off_troubles();
        let was_taken = self.effects() > stored;
        self.comes_up().await;
        if !was_taken {
            does(person, place, deed).await;
        }
    }

    async fn dies_over_all(
        &mut self,
        person: &Person,
        place: Place,
        turns: &[Turn],
        moment: impl Fn(usize, &Deed) -> Moment,
    ) {
        for (number, turn) in turns.iter().enumerate() {
            let (deed, answer) = turn;
            // What is passed over is all alike.
            if matches!(deed, Deed::Press("Skip")) {
                goes_through(person, place, std::slice::from_ref(turn)).await;
            } else {
                let moment = moment(number, deed);
                self.dies_over(person, place, deed, moment).await;
                reads(person, answer).await;
            }
        }
    }
}

/// What somebody sees whom nobody disturbs.
async fn undisturbed(place: impl Fn(&Bot) -> Place) -> Vec<String> {
    let bot = Bot::start().await;
    let person = bot.discord.person("Ann");
    goes_through(&person, place(&bot), &consultation()).await;
    view(&person)
}

async fn disturbed_alone() -> Vec<String> {
    let mut bot = Bot::start().await;
    let person = bot.discord.person("Ann");
    let moment = |number: usize, deed: &Deed| match (number % 4, deed) {
        (_, Deed::Photo) => Moment::Fetching,
        (0, _) => Moment::AfterAnswer,
        (1, _) => Moment::BeforeAcknowledgement,
        (2, _) => Moment::BeforeAnswer,
        _ => Moment::Whenever(Duration::from_millis(5 + number as u64 * 7 % 60)),
    };
    bot.dies_over_all(&person, Place::Direct, &consultation(), moment)
        .await;
    view(&person)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn alone_with_the_bot_nothing_is_lost_or_doubled_however_often_it_is_killed() {
    let (expected, seen) = tokio::join!(undisturbed(|_| Place::Direct), disturbed_alone());
    assert_eq!(seen, expected);
}

async fn disturbed_on_a_server() -> Vec<String> {
    let mut bot = Bot::start().await;
    let person = bot.discord.person("Ann");
    let place = bot.clinic().place();
    // A reply on a server has no nonce: one whose answer is cut off is tested by itself.
    let moment = |number: usize, deed: &Deed| match (number % 3, deed) {
        (_, Deed::Photo) => Moment::Fetching,
        (0, _) => Moment::BeforeAnswer,
        (1, _) => Moment::AfterAcknowledgement,
        _ => Moment::BeforeAcknowledgement,
    };
    bot.dies_over_all(&person, place, &consultation(), moment)
        .await;
    view(&person)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_server_nothing_is_lost_or_doubled_however_often_it_is_killed() {
    let there = |bot: &Bot| bot.clinic().place();
    let (expected, seen) = tokio::join!(undisturbed(there), disturbed_on_a_server());
    assert_eq!(seen, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reply_on_a_server_that_was_taken_unheard_is_doubled_at_most_once() {
    let mut bot = Bot::start().await;
    let person = bot.discord.person("Ann");
    let place = bot.clinic().place();
    let turns = greeting();
    goes_through(&person, place, &turns[..1]).await;
    let (deed, answer) = &turns[1];
    bot.dies_over(&person, place, deed, Moment::AfterAnswer)
        .await;
    reads(&person, answer).await;
    goes_through(&person, place, &turns[2..]).await;
    assert!(matches!(times(&person, answer), 1 | 2));
    for (_, answer) in &turns[2..] {
        assert_eq!(times(&person, answer), 1);
    }
    // The first message takes the place of "thinking", so that it can be said again.
    assert_eq!(times(&person, turns[0].1), 1);
}
