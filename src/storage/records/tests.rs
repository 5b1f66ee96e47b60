//! What was written opens again: today's records, and those of every version that was released.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::path::Path;

use serde_json::{Value, json};

use super::{Stored, added, read, samples, write, written};
use crate::domain::consultation::{
    Consultation, ConsultationNumber, Conversation, Effect, Language, Message, Stage,
};
use crate::domain::guidance::RedFlag;
use crate::domain::scalp::{Heatmaps, Region};
use crate::ports::StoreError;

fn comes_back<T: Stored + PartialEq + Debug>(samples: Vec<T>) {
    for sample in samples {
        let bytes = write(&sample);
        assert_eq!(read::<T>(&bytes).unwrap(), sample);
        let value: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(value["v"], json!(super::VERSION));
    }
}

#[test]
fn every_record_comes_back_as_it_was() {
    comes_back(samples::conversations());
    comes_back(samples::effects());
    comes_back(added::conversations());
    comes_back(added::effects());
    comes_back(written::conversations());
    comes_back(written::effects());
    comes_back(samples::entries());
    comes_back(samples::heatmaps());
}

#[test]
fn what_was_heard_comes_back() {
    let mut consultation = Consultation::new(ConsultationNumber(1));
    consultation.heard.insert(RedFlag::FeverWithPus);
    comes_back(vec![Conversation {
        stage: Stage::AwaitingWish {
            consultation,
            region: Region::Crown,
        },
        ..Conversation::new(Language::Korean)
    }]);
}

/// The records of one version are an array per kind. Once released, they never change.
fn still_opens<T: Stored + PartialEq + Debug>(file: &str, samples: Vec<T>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/records/v1")
        .join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    let records: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(records.len(), samples.len(), "{file}");
    for (record, sample) in records.iter().zip(samples) {
        let bytes = serde_json::to_vec(record).unwrap();
        assert_eq!(read::<T>(&bytes).unwrap(), sample, "{file}");
    }
}

#[test]
fn records_of_version_1_still_open() {
    still_opens("conversations.json", samples::conversations());
    still_opens("effects.json", samples::effects());
    still_opens("added/conversations.json", added::conversations());
    still_opens("added/effects.json", added::effects());
    still_opens("written/conversations.json", written::conversations());
    still_opens("written/effects.json", written::effects());
    still_opens("entries.json", samples::entries());
    still_opens("heatmaps.json", samples::heatmaps());
}

#[test]
fn a_newer_version_an_unknown_name_and_nonsense_are_refused_without_quoting_them() {
    let conversation = &samples::conversations()[0];
    let mut value: Value = serde_json::from_slice(&write(conversation)).unwrap();

    let refuse = |value: &Value| match read::<Conversation>(&serde_json::to_vec(value).unwrap()) {
        Err(StoreError::Unreadable { record, reason }) => {
            assert_eq!(record, "conversation");
            assert!(!reason.contains("klingon"), "{reason}");
            reason
        }
        other => panic!("{other:?}"),
    };
    value["language"] = json!("klingon");
    refuse(&value);
    value["language"] = json!({"klingon": 1});
    refuse(&value);
    value["language"] = json!("ko");
    value["stage"] = json!({"awaiting": "klingon"});
    refuse(&value);
    value["v"] = json!(2);
    assert!(refuse(&value).contains('2'));
    value["v"] = json!("klingon");
    refuse(&value);
    refuse(&json!([]));
    refuse(&json!(null));
    assert!(read::<Conversation>(b"").is_err());
    assert!(read::<Conversation>(&[0xFF, 0]).is_err());
}

#[test]
fn a_heatmap_that_is_not_its_size_is_refused() {
    let mut value: Value = serde_json::from_slice(&write(&samples::heatmaps()[0])).unwrap();
    value["maps"][3]["width"] = json!(4);
    assert!(read::<Heatmaps>(&serde_json::to_vec(&value).unwrap()).is_err());
}

#[test]
fn numbers_that_json_does_not_know_leave_the_record_readable() {
    let heatmaps = Heatmaps {
        covers: [f32::NAN, f32::INFINITY, 0.5, 1.0],
        ..samples::heatmaps().remove(0)
    };
    let back: Heatmaps = read(&write(&heatmaps)).unwrap();
    assert!(back.covers[0].is_nan() && back.covers[1].is_nan());
    assert_eq!(back.covers[2..], heatmaps.covers[2..]);
}

/// The samples are worth something only if they hold every variant there is.
#[test]
fn the_samples_hold_every_stage_effect_and_message() {
    let names = |values: Vec<Value>, path: &str, key: &str| -> BTreeSet<String> {
        values
            .iter()
            .filter_map(|value| value.pointer(path)?.get(key)?.as_str().map(str::to_owned))
            .collect()
    };
    let json = |bytes: Vec<u8>| -> Value { serde_json::from_slice(&bytes).unwrap() };

    let stages: Vec<Value> = [samples::conversations(), added::conversations()]
        .concat()
        .iter()
        .map(|sample| json(write(sample)))
        .collect();
    assert_eq!(names(stages, "/stage", "awaiting").len(), STAGES);

    let effects: Vec<Value> = [samples::effects(), added::effects(), written::effects()]
        .concat()
        .iter()
        .map(|sample| json(write(sample)))
        .collect();
    assert_eq!(names(effects.clone(), "", "effect").len(), EFFECTS);
    assert_eq!(names(effects, "/message", "message").len(), MESSAGES);
}

const STAGES: usize = 15;
const EFFECTS: usize = 10;
const MESSAGES: usize = 47;

/// A new variant does not compile here until it is counted above, and then wants its sample.
#[expect(dead_code, reason = "compiled, never called")]
fn count_again(stage: &Stage, effect: &Effect, message: &Message) {
    match stage {
        Stage::AwaitingFirstContact
        | Stage::AwaitingLanguage
        | Stage::AwaitingAge
        | Stage::AwaitingConsent { .. }
        | Stage::AwaitingChangeOfMind
        | Stage::AwaitingRegion { .. }
        | Stage::AwaitingPhoto { .. }
        | Stage::AwaitingAnswer { .. }
        | Stage::AwaitingGrades { .. }
        | Stage::AwaitingCard { .. }
        | Stage::AwaitingWish { .. }
        | Stage::AwaitingCorrection { .. }
        | Stage::AwaitingReturn { .. }
        | Stage::AwaitingEraseConfirmation { .. }
        | Stage::Closed => {}
    }
    match effect {
        Effect::Send { .. }
        | Effect::GradePhoto { .. }
        | Effect::DrawCard { .. }
        | Effect::FetchPhotos { .. }
        | Effect::ForgetPhotos { .. }
        | Effect::ForgetCards { .. }
        | Effect::WriteAdvice { .. }
        | Effect::AnswerQuestion { .. }
        | Effect::KeepRating { .. }
        | Effect::ErasePerson => {}
    }
    match message {
        Message::Hello
        | Message::AskAge
        | Message::AskConsent(_)
        | Message::TooYoung
        | Message::ConsentRefused(_)
        | Message::GeneralTips { .. }
        | Message::PhotoGuide
        | Message::AskRegion
        | Message::AskPhoto { .. }
        | Message::PhotoReceived { .. }
        | Message::PhotoJudged { .. }
        | Message::PhotoFailed { .. }
        | Message::Album { .. }
        | Message::AskRegionOf { .. }
        | Message::RegionAssigned { .. }
        | Message::PhotoUnusable(_)
        | Message::TooManyPhotos { .. }
        | Message::Ask { .. }
        | Message::AnswersReview { .. }
        | Message::AnswersKept
        | Message::SurveyDone
        | Message::WordsCut { .. }
        | Message::PreparingResult
        | Message::NoUsablePhoto
        | Message::Result { .. }
        | Message::Guidance { .. }
        | Message::RedFlagNotice { .. }
        | Message::AskErase
        | Message::EraseDeclined
        | Message::NotUnderstood(_)
        | Message::CouldNotErase
        | Message::AnswerChanged
        | Message::ChooseLanguage
        | Message::Help
        | Message::Privacy { .. }
        | Message::ConsentWithdrawn(_)
        | Message::ConsultationCancelled
        | Message::SurveyStopped
        | Message::NothingToCancel
        | Message::InviteQuestion
        | Message::Answering
        | Message::ManyAreAsking
        | Message::Answer { .. }
        | Message::OffTopic
        | Message::OneQuestionAtATime
        | Message::QuestionsUsedUp { .. }
        | Message::RatingKept => {}
    }
}
