//! Every message has its words in every language.

use dupi::domain::consultation::{Button, Command, Language, Message};
use dupi::domain::guidance::{Fixed, Modifier, RedFlag, Snippet};
use dupi::domain::scalp::{Choice, Condition, Severity};
use dupi::wording::{Links, Worded, Wording};

use crate::support::examples::{all_messages, consents};

fn everything_in(worded: &Worded) -> String {
    let choices = worded.choices.iter().flat_map(|choices| {
        choices
            .offered
            .iter()
            .map(|choice| choice.label.clone())
            .chain([choices.done.clone(), choices.none.clone()])
    });
    worded
        .paragraphs
        .iter()
        .cloned()
        .chain(
            worded
                .buttons
                .iter()
                .flatten()
                .map(|(_, label)| label.clone()),
        )
        .chain(choices)
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn every_message_has_words_in_every_language() {
    let wording = Wording::embedded().expect("the embedded texts are valid");
    for message in all_messages() {
        for language in Language::ALL {
            let worded = wording.words(&message, language);
            let text = everything_in(&worded);
            assert!(
                !text.contains('⟨') && !text.contains("{ $") && !text.trim().is_empty(),
                "{language:?} {message:?}: {text}"
            );
        }
    }
}

#[test]
fn korean_is_spoken_to_koreans_and_english_to_others() {
    let wording = Wording::embedded().expect("the embedded texts are valid");
    let has_hangul = |text: &str| text.chars().any(|letter| ('가'..='힣').contains(&letter));
    for message in all_messages() {
        // Hello speaks every language, and so do the buttons that choose one; the person's own
        // words stay as they were written.
        if matches!(
            message,
            Message::Hello | Message::ChooseLanguage | Message::AnswersReview { .. }
        ) {
            continue;
        }
        let korean = everything_in(&wording.words(&message, Language::Korean));
        let english = everything_in(&wording.words(&message, Language::English));
        assert!(has_hangul(&korean), "{message:?}: {korean}");
        assert!(!has_hangul(&english), "{message:?}: {english}");
    }
}

#[test]
fn privacy_names_each_consent_with_its_version_and_its_day_in_korea() {
    let wording = Wording::embedded().expect("the embedded texts are valid");
    let message = Message::Privacy {
        consents: consents(),
    };
    for (language, line) in [
        (Language::Korean, "· 기본 정보: 동의문 제1판, 2026-11-24"),
        (
            Language::English,
            "· Basic data: consent text version 1, 2026-11-24",
        ),
    ] {
        let worded = wording.words(&message, language);
        let lines: Vec<&str> = worded
            .paragraphs
            .iter()
            .flat_map(|one| one.lines())
            .collect();
        assert!(lines.contains(&line), "{lines:?}");
    }
}

#[test]
fn the_operators_links_stand_in_help_and_privacy_where_there_are_any() {
    let links = Links {
        privacy: Some("https://dupi.example/privacy".to_owned()),
        terms: None,
        contact: Some("anna@dupi.example".to_owned()),
    };
    let without = Wording::embedded().expect("the embedded texts are valid");
    let with = without.clone().with_links(links);
    let privacy = Message::Privacy {
        consents: Vec::new(),
    };
    for message in [Message::Help, privacy] {
        for language in Language::ALL {
            let text = everything_in(&with.words(&message, language));
            assert!(text.contains("https://dupi.example/privacy"), "{text}");
            assert!(text.contains("anna@dupi.example"), "{text}");
            let bare = everything_in(&without.words(&message, language));
            assert!(!bare.contains("https://"), "{bare}");
            assert_eq!(text.lines().count(), bare.lines().count() + 2);
        }
    }
}

#[test]
fn what_messengers_show_of_dupi_fits_and_says_that_it_is_no_medical_device() {
    let wording = Wording::embedded().expect("the embedded texts are valid");
    for (language, device) in [
        (Language::Korean, "의료기기"),
        (Language::English, "medical device"),
    ] {
        let phrase = |key: &str| wording.phrases().phrase(language, key, &[]);
        for (key, most) in [
            ("messenger-description", 512),
            ("messenger-short-description", 120),
        ] {
            let text = phrase(key);
            assert!(text.encode_utf16().count() <= most, "{text}");
            assert!(text.contains(device), "{text}");
        }
        for command in Command::ALL {
            let described = phrase(&format!("messenger-command-{}", command.id()));
            assert!(
                (1..=100).contains(&described.chars().count()),
                "{described}"
            );
            let name = phrase(&format!("messenger-command-name-{}", command.id()));
            assert!((1..=32).contains(&name.chars().count()), "{name}");
            assert!(!name.contains(char::is_whitespace) && name == name.to_lowercase());
        }
    }
}

#[test]
fn every_button_and_choice_has_a_label() {
    let wording = Wording::embedded().expect("the embedded texts are valid");
    for language in Language::ALL {
        for button in Button::all() {
            assert!(
                !wording.button(button, language).contains('⟨'),
                "{button:?}"
            );
        }
        for choice in Choice::ALL {
            assert!(
                !wording.choice(*choice, language).contains('⟨'),
                "{choice:?}"
            );
        }
    }
}

#[test]
fn all_languages_have_the_same_keys() {
    let wording = Wording::embedded().expect("the embedded texts are valid");
    let keys = |language| wording.phrases().keys(language);
    assert_eq!(keys(Language::Korean), keys(Language::English));
}

#[test]
fn the_knowledge_base_holds_a_text_for_every_rule() {
    let wording = Wording::embedded().expect("the embedded texts are valid");
    let knowledge = wording.knowledge();
    for condition in Condition::ALL {
        for severity in Severity::ALL {
            let snippet = Snippet {
                condition,
                severity,
                is_certain: true,
            };
            assert!(
                knowledge.snippet(&snippet.id()).is_some(),
                "{}",
                snippet.id()
            );
        }
    }
    for flag in RedFlag::ALL {
        assert!(knowledge.red_flag(flag.id()).is_some(), "{flag:?}");
    }
    for modifier in Modifier::ALL {
        assert!(knowledge.modifier(modifier.id()).is_some(), "{modifier:?}");
    }
    for fixed in Fixed::ALL {
        assert!(knowledge.fixed(fixed.id()).is_some(), "{fixed:?}");
    }
}

#[test]
fn signs_are_found_in_a_persons_own_words_and_innocent_phrases_are_not() {
    let wording = Wording::embedded().expect("the embedded texts are valid");
    let triggers = wording.knowledge().triggers();
    for (words, flag) in [
        ("어제부터 열이 나요", RedFlag::FeverWithPus),
        ("고름이 줄줄 흘러요", RedFlag::FeverWithPus),
        ("갑자기 뭉텅이로 빠져요", RedFlag::SuddenPatches),
        ("요즘 너무 힘들어서 죽고 싶어요", RedFlag::Distress),
        ("지금 임신 중이에요", RedFlag::PregnancyOrMedicines),
        (
            "염색하고 얼굴이 부었고 숨이 차요",
            RedFlag::SwellingAfterDye,
        ),
        ("I have a fever and pus", RedFlag::FeverWithPus),
        ("I want to die", RedFlag::Distress),
        ("열심히 관리했는데 오늘 열이 나요", RedFlag::FeverWithPus),
    ] {
        assert!(triggers.found_in(words).contains(&flag), "{words}");
    }
    for words in [
        "열심히 관리하고 있어요",
        "아이스 아메리카노를 좋아해요",
        "이렇다 할 증상은 없고 조금 가려워요",
        "ask me if every wash helps",
        "I keep using the same shampoo",
        "no fever, just itchy",
    ] {
        assert_eq!(triggers.found_in(words), [].into(), "{words}");
    }
}
