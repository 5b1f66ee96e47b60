//! What people are kept from: the corpora of bad and good texts, of injections and of red flags.

use std::collections::BTreeMap;
use std::path::Path;

use dupi::advice::call::Finish;
use dupi::advice::cleaning::clean;
use dupi::advice::gates::{Draft, Gates};
use dupi::advice::ground::{Evidence, Ground, Task};
use dupi::domain::consultation::Language;
use dupi::domain::guidance::{CareLevel, RedFlag, RedFlags};
use dupi::wording::Knowledge;
use serde::Deserialize;
use serde::de::DeserializeOwned;

fn read<T: DeserializeOwned>(file: &str) -> T {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let content = std::fs::read_to_string(&path).expect("the fixture is there");
    toml::from_str(&content).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every entry of the knowledge base, Korean and English, by its id.
fn knowledge() -> BTreeMap<String, [String; 2]> {
    #[derive(Deserialize)]
    struct Rows {
        #[serde(
            alias = "snippet",
            alias = "modifier",
            alias = "ingredient",
            alias = "fixed",
            alias = "tip",
            alias = "red_flag",
            alias = "question"
        )]
        rows: Vec<Row>,
    }
    #[derive(Deserialize)]
    struct Row {
        id: String,
        ko: String,
        en: String,
        #[serde(default)]
        ko_name: Option<String>,
        #[serde(default)]
        en_name: Option<String>,
    }
    // What is said of an ingredient does not name it.
    let named = |name: Option<String>, text: String| match name {
        Some(name) => format!("{name}: {text}"),
        None => text,
    };
    let files = [
        "snippets",
        "modifiers",
        "ingredients",
        "fixed",
        "general_tips",
        "red_flags",
        "questions",
    ];
    files
        .iter()
        .flat_map(|file| read::<Rows>(&format!("prompts/knowledge/{file}.toml")).rows)
        .map(|row| {
            let texts = [named(row.ko_name, row.ko), named(row.en_name, row.en)];
            (row.id, texts)
        })
        .collect()
}

/// What a text of the corpora is held to.
#[derive(Deserialize)]
struct Held {
    #[serde(default)]
    task: TaskName,
    #[serde(default)]
    language: LanguageName,
    /// The id of a care level.
    #[serde(default = "home_care")]
    level: String,
    /// Ids of the knowledge base, K1, K2 … in this order.
    evidence: Vec<String>,
}

#[derive(Deserialize, Default, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum TaskName {
    #[default]
    Advice,
    Answer,
}

#[derive(Deserialize, Default, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum LanguageName {
    #[default]
    Ko,
    En,
}

#[derive(Deserialize, Default, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum FinishName {
    #[default]
    Stop,
    Length,
    Other,
}

fn home_care() -> String {
    "home-care".to_owned()
}

impl Held {
    fn ground(&self, knowledge: &BTreeMap<String, [String; 2]>) -> Ground {
        let (language, column) = match self.language {
            LanguageName::Ko => (Language::Korean, 0),
            LanguageName::En => (Language::English, 1),
        };
        let pieces = self.evidence.iter().zip(1..).map(|(id, number)| {
            let texts = knowledge
                .get(id)
                .unwrap_or_else(|| panic!("no entry `{id}`"));
            Evidence {
                id: format!("K{number}"),
                text: texts[column].clone(),
            }
        });
        let level = CareLevel::ALL
            .into_iter()
            .find(|level| level.id() == self.level);
        Ground {
            task: match self.task {
                TaskName::Advice => Task::Advice,
                TaskName::Answer => Task::Answer,
            },
            language,
            care_level: level.unwrap_or_else(|| panic!("no level `{}`", self.level)),
            evidence: pieces.collect(),
        }
    }
}

impl FinishName {
    const fn finish(self) -> Finish {
        match self {
            Self::Stop => Finish::Stop,
            Self::Length => Finish::Length,
            Self::Other => Finish::Other,
        }
    }
}

#[test]
fn whatever_the_knowledge_base_says_passes_on_its_own() {
    let gates = Gates::embedded().unwrap();
    let mut refused = Vec::new();
    for (id, texts) in knowledge() {
        for (text, language) in texts.iter().zip(Language::ALL) {
            let ground = Ground {
                task: Task::Answer,
                language,
                care_level: CareLevel::SeeDermatologist,
                evidence: vec![Evidence {
                    id: "K1".to_owned(),
                    text: text.clone(),
                }],
            };
            if let Err(refusal) = gates.check(text, Finish::Stop, &ground) {
                refused.push(format!("{id} {}: {refusal}", language.id()));
            }
        }
    }
    assert!(refused.is_empty(), "\n{}", refused.join("\n"));
}

#[test]
fn quoting_any_two_rows_of_the_knowledge_base_passes_at_their_level() {
    let gates = Gates::embedded().unwrap();
    let knowledge = knowledge();
    let rows: Vec<(&String, &[String; 2])> = knowledge
        .iter()
        .filter(|(id, _)| id.ends_with(['0', '1', '2', '3']) && id.contains('-'))
        .collect();
    assert_eq!(rows.len(), 24);
    let severity = |id: &str| id.bytes().last().map(|digit| usize::from(digit - b'0'));
    let mut refused = Vec::new();
    for (index, (one, first)) in rows.iter().enumerate() {
        for (other, second) in &rows[index + 1..] {
            for (column, language) in Language::ALL.into_iter().enumerate() {
                let held = Held {
                    task: TaskName::Advice,
                    language: [LanguageName::Ko, LanguageName::En][column],
                    level: LEVELS[severity(one).max(severity(other)).unwrap()].to_owned(),
                    evidence: vec![(*one).clone(), (*other).clone()],
                };
                let text = format!("{} {}", first[column], second[column]);
                let outcome = gates.check(&text, Finish::Stop, &held.ground(&knowledge));
                if let Err(refusal) = outcome {
                    refused.push(format!("{one} {other} {}: {refusal}", language.id()));
                }
            }
        }
    }
    assert!(refused.is_empty(), "\n{}", refused.join("\n"));
}

/// The care level that each severity asks for.
const LEVELS: [&str; 4] = [
    "keep-routine",
    "home-care",
    "home-care-then-doctor",
    "see-dermatologist",
];

#[derive(Deserialize)]
struct Good {
    name: String,
    text: String,
    #[serde(default)]
    shown: Option<String>,
    #[serde(flatten)]
    held: Held,
}

#[derive(Deserialize)]
struct GoodTexts {
    good: Vec<Good>,
}

#[test]
fn good_texts_pass() {
    let gates = Gates::embedded().unwrap();
    let knowledge = knowledge();
    let texts: GoodTexts = read("prompts/evaluation/good.toml");
    assert!(texts.good.len() >= 50);
    let mut refused = Vec::new();
    for good in &texts.good {
        match gates.check(&good.text, Finish::Stop, &good.held.ground(&knowledge)) {
            Ok(draft) => {
                if let Some(shown) = &good.shown {
                    assert_eq!(&draft.summary, shown, "{}", good.name);
                }
            }
            Err(refusal) => refused.push(format!("{}: {refusal}", good.name)),
        }
    }
    let most = texts.good.len() * 2 / 100;
    assert!(refused.len() <= most, "\n{}", refused.join("\n"));
}

#[derive(Deserialize)]
struct Bad {
    name: String,
    text: String,
    /// The number of the gate that must stop it, or an earlier one.
    gate: u8,
    reason: String,
    #[serde(default)]
    finish: FinishName,
    #[serde(flatten)]
    held: Held,
}

#[derive(Deserialize)]
struct BadTexts {
    bad: Vec<Bad>,
}

#[test]
fn no_bad_text_passes() {
    let gates = Gates::embedded().unwrap();
    let knowledge = knowledge();
    let texts: BadTexts = read("prompts/evaluation/bad.toml");
    assert!(texts.bad.len() >= 150);
    let mut wrong = Vec::new();
    for bad in &texts.bad {
        let held = bad.held.ground(&knowledge);
        let outcome = gates.check(&bad.text, bad.finish.finish(), &held);
        let told = |what: &str| format!("{} (gate {}, {}): {what}", bad.name, bad.gate, bad.reason);
        match outcome {
            Ok(_) => wrong.push(told("passed")),
            Err(refusal) if refusal.gate.number() > bad.gate || refusal.reason != bad.reason => {
                wrong.push(told(&refusal.to_string()));
            }
            Err(_) => {}
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[derive(Deserialize)]
struct Injection {
    words: String,
    /// What it tries to bring out.
    canary: String,
    /// What a model may write that follows it.
    obeyed: String,
    #[serde(default)]
    language: LanguageName,
}

#[derive(Deserialize)]
struct Injections {
    injection: Vec<Injection>,
}

/// What a cleaned text must not hold.
const DANGEROUS: &[&str] = &[
    "<",
    ">",
    "{",
    "}",
    "[",
    "]",
    "|",
    "`",
    "\"",
    "\\",
    "#",
    "\n",
    "\r",
    "\t",
    "  ",
    "://",
    "www.",
    "＜",
    "＞",
    "：",
    "\u{200b}",
    "\u{202e}",
    "\u{2028}",
    "\u{3164}",
    "\u{0}",
    "\u{feff}",
    "im_start",
    "im_end",
    "endoftext",
    "eot_id",
    "header_id",
    "_of_turn",
    "INST",
];

/// Names of roles; none may stand before a colon.
const ROLES: &[&str] = &[
    "system",
    "user",
    "assistant",
    "human",
    "질문",
    "물음",
    "답변",
    "명령어",
    "맥락",
    "시스템",
    "사용자",
    "지시사항",
    "instruction",
    "input",
    "response",
    "summary",
    "answer",
];

fn dangers(cleaned: &str) -> Vec<&'static str> {
    let small = cleaned.to_lowercase();
    let before_colons = small.split(':').rev().skip(1).map(str::trim_end);
    let ends: Vec<&str> = before_colons.collect();
    DANGEROUS
        .iter()
        .filter(|token| cleaned.contains(**token))
        .chain(ROLES.iter().filter(|role| {
            ends.iter().any(|end| {
                end.strip_suffix(**role)
                    .is_some_and(|lead| !lead.ends_with(char::is_alphanumeric))
            })
        }))
        .copied()
        .collect()
}

#[test]
fn nothing_that_a_prompt_stumbles_over_survives_cleaning() {
    let injections: Injections = read("prompts/evaluation/injections.toml");
    assert!(injections.injection.len() >= 60);
    for Injection { words, .. } in &injections.injection {
        for most in [10, 40, 100, 300] {
            let cleaned = clean(words, most);
            assert_eq!(dangers(&cleaned), [""; 0], "{words:?} became {cleaned:?}");
            assert_eq!(clean(&cleaned, most), cleaned, "{words:?}");
            assert!(cleaned.chars().count() <= most);
        }
    }
}

#[test]
fn a_model_that_obeys_an_injection_is_not_heard() {
    let gates = Gates::embedded().unwrap();
    let knowledge = knowledge();
    let injections: Injections = read("prompts/evaluation/injections.toml");
    let mut heard = Vec::new();
    for injection in &injections.injection {
        let held = Held {
            task: TaskName::Advice,
            language: injection.language,
            level: home_care(),
            evidence: vec!["dandruff-1".to_owned(), "lukewarm_water".to_owned()],
        };
        let outcome = gates.check(&injection.obeyed, Finish::Stop, &held.ground(&knowledge));
        if outcome.is_ok_and(|draft| all_of(&draft).contains(&injection.canary)) {
            heard.push(injection.canary.as_str());
        }
    }
    assert_eq!(heard, [""; 0]);
}

/// Everything that a person would read.
fn all_of(draft: &Draft) -> String {
    let Draft {
        summary,
        today,
        week,
        avoid,
        used: _,
    } = draft;
    let lists = [today, week, avoid].into_iter().flatten();
    let texts: Vec<&str> = std::iter::once(summary)
        .chain(lists)
        .map(String::as_str)
        .collect();
    texts.join("\n")
}

#[derive(Deserialize)]
struct Told {
    words: String,
    /// Ids of the red flags that they must raise; none may be raised where there is none.
    flags: Vec<String>,
}

#[derive(Deserialize)]
struct AllTold {
    text: Vec<Told>,
}

#[test]
fn every_red_flag_is_recognised_in_peoples_own_words() {
    let knowledge = Knowledge::embedded().unwrap();
    let told: AllTold = read("prompts/evaluation/red_flags.toml");
    assert!(told.text.len() >= 80);
    let mut wrong = Vec::new();
    for Told { words, flags } in &told.text {
        let expected: RedFlags = flags
            .iter()
            .map(|id| RedFlag::from_id(id).expect("the id is one of the knowledge base"))
            .collect();
        let found = knowledge.triggers().found_in(words);
        let is_right = if expected.is_empty() {
            found.is_empty()
        } else {
            found.is_superset(&expected)
        };
        if !is_right {
            wrong.push(format!("{words}: {found:?}, not {expected:?}"));
        }
        // What is cleaned for a prompt is searched for them, too.
        assert!(
            knowledge
                .triggers()
                .found_in(&clean(words, 100))
                .is_superset(&expected)
                || !is_right
        );
    }
    for flag in &RedFlag::ALL[..7] {
        let count = told
            .text
            .iter()
            .filter(|text| text.flags.iter().any(|id| id == flag.id()));
        assert!(count.count() >= 8, "{flag:?}");
    }
    assert!(
        told.text
            .iter()
            .filter(|text| text.flags.is_empty())
            .count()
            >= 15
    );
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
