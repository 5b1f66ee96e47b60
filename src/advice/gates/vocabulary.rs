//! Finds listed words in a folded text, all of them in one pass.
//!
//! A word counts where it stands as a word: `발모` is found in 발모 and in 발 모, not where 모발 meets
//! 모두. A phrase of its list that is allowed takes back the words that it shares letters with:
//! 치료할 수 없 takes back 탈모를 치료.

use std::ops::Range;

use aho_corasick::AhoCorasick;

use super::folding::Folding;
use super::words::{
    ClinicWords, Diagnosed, GatesError, Lists, Pair, PairTopic, Synonyms, Words, automaton,
};

/// What a listed word is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Topic {
    /// Prompts, rules and models.
    Talk,
    Diagnosis,
    Treatment,
    Promise,
    Medicine,
    Harm,
    Source,
    Contact,
    Price,
    Rude,
    Brand,
    Clinic,
    Disease,
    Drug,
    Procedure,
    Remedy,
    Supplement,
    Ingredient,
    /// Words for places where doctors are; their names are another matter.
    Place,
    /// Doctors, pharmacists, and where they are.
    Care,
    Comfort,
    Reassurance,
    Delay,
    Wait,
    Alarm,
}

impl Topic {
    /// The word for it in a refusal.
    pub(super) const fn id(self) -> &'static str {
        match self {
            Self::Talk => "talk",
            Self::Diagnosis => "diagnosis",
            Self::Treatment => "treatment",
            Self::Promise => "promise",
            Self::Medicine => "medicine",
            Self::Harm => "harm",
            Self::Source => "source",
            Self::Contact => "contact",
            Self::Price => "price",
            Self::Rude => "rude",
            Self::Brand => "brand",
            Self::Clinic => "clinic",
            Self::Disease => "disease",
            Self::Drug => "drug",
            Self::Procedure => "procedure",
            Self::Remedy => "remedy",
            Self::Supplement => "supplement",
            Self::Ingredient => "ingredient",
            Self::Place => "place",
            Self::Care => "care",
            Self::Comfort => "comfort",
            Self::Reassurance => "reassurance",
            Self::Delay => "delay",
            Self::Wait => "wait",
            Self::Alarm => "alarm",
        }
    }
}

/// A listed word where it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) topic: Topic,
    /// The same for names of the same thing.
    pub(super) thing: u32,
    /// In [`Folding::squeezed`].
    pub(super) range: Range<usize>,
    pub(super) sentence: usize,
}

/// What a pattern does where it is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Refused,
    /// Takes back what it shares letters with.
    Allowed,
    /// One of two words that are refused together.
    First,
    Second,
    /// Takes back the two words.
    Unless,
}

#[derive(Debug)]
struct Pattern {
    topic: Topic,
    thing: u32,
    role: Role,
    /// Written with `^`: a word must begin there.
    is_bound: bool,
    /// Written with `*`: any ending may follow.
    is_open: bool,
    is_latin: bool,
    /// Whether each character but the first follows a gap in the list.
    gaps: Vec<bool>,
}

/// Every list in one automaton.
#[derive(Debug)]
pub(super) struct Vocabulary {
    automaton: AhoCorasick,
    patterns: Vec<Pattern>,
    pub(super) diagnosed: Diagnosed,
    pub(super) clinic_words: ClinicWords,
}

/// Patterns on their way into the automaton.
#[derive(Default)]
struct Collection {
    texts: Vec<String>,
    patterns: Vec<Pattern>,
    things: u32,
}

impl Collection {
    fn add(&mut self, topic: Topic, word: &str, role: Role) {
        let is_bound = word.starts_with('^');
        let is_open = word.ends_with('*');
        let folding = Folding::of([word]);
        let text = folding.squeezed().trim_end().to_owned();
        self.patterns.push(Pattern {
            topic,
            thing: self.things,
            role,
            is_bound,
            is_open,
            is_latin: text.is_ascii(),
            gaps: folding.gaps_in(0..text.len()).map(|(_, gap)| gap).collect(),
        });
        self.texts.push(text);
    }

    fn add_words(&mut self, topic: Topic, words: &Words) {
        for word in words.ko.iter().chain(&words.en) {
            self.add(topic, word, Role::Refused);
            self.things += 1;
        }
        for word in words.allow_ko.iter().chain(&words.allow_en) {
            self.add(topic, word, Role::Allowed);
        }
    }

    fn add_pair(&mut self, pair: &Pair) {
        let topic = match pair.topic {
            PairTopic::Medicine => Topic::Medicine,
            PairTopic::Comfort => Topic::Comfort,
            PairTopic::Treatment => Topic::Treatment,
        };
        for (words, role) in [
            (&pair.first, Role::First),
            (&pair.second, Role::Second),
            (&pair.unless, Role::Unless),
        ] {
            for word in words {
                self.add(topic, word, role);
            }
        }
        self.things += 1;
    }

    fn add_things(&mut self, topic: Topic, things: &[Synonyms]) {
        for names in things {
            for name in names {
                self.add(topic, name, Role::Refused);
            }
            self.things += 1;
        }
    }
}

impl Vocabulary {
    pub(super) fn new(lists: &Lists) -> Result<Self, GatesError> {
        let Lists {
            claims,
            names,
            level,
            leaks,
            language: _,
            common: _,
            pairs,
        } = lists;
        let mut collection = Collection::default();
        for (topic, words) in [
            (Topic::Talk, &leaks.talk),
            (Topic::Diagnosis, &claims.diagnosis),
            (Topic::Treatment, &claims.treatment),
            (Topic::Promise, &claims.promise),
            (Topic::Medicine, &claims.medicine),
            (Topic::Harm, &claims.harm),
            (Topic::Source, &claims.source),
            (Topic::Contact, &claims.contact),
            (Topic::Price, &claims.price),
            (Topic::Rude, &claims.rude),
            (Topic::Brand, &names.brand),
            (Topic::Clinic, &names.clinic),
            (Topic::Procedure, &claims.procedure),
            (Topic::Remedy, &claims.remedy),
            (Topic::Supplement, &claims.supplement),
            (Topic::Care, &level.care),
            (Topic::Comfort, &level.comfort),
            (Topic::Reassurance, &level.reassurance),
            (Topic::Delay, &level.delay),
            (Topic::Wait, &level.wait),
            (Topic::Alarm, &level.alarm),
        ] {
            collection.add_words(topic, words);
        }
        for pair in pairs {
            collection.add_pair(pair);
        }
        let places = [&names.clinic_words.ko, &names.clinic_words.en];
        for place in places.into_iter().flatten() {
            collection.add(Topic::Place, place, Role::Refused);
        }
        collection.add_things(Topic::Disease, &names.disease);
        collection.add_things(Topic::Drug, &names.drug);
        collection.add_things(Topic::Ingredient, &names.ingredient);
        Ok(Self {
            automaton: automaton("*.toml", &collection.texts)?,
            patterns: collection.patterns,
            diagnosed: claims.diagnosed.clone(),
            clinic_words: names.clinic_words.clone(),
        })
    }

    /// Every listed word that stands in the text and is not taken back.
    pub(super) fn find(&self, folding: &Folding) -> Vec<Finding> {
        let text = folding.squeezed();
        let mut findings = Vec::new();
        let mut allowed: Vec<(Topic, Range<usize>)> = Vec::new();
        let mut halves: Vec<(u32, usize, Role, Finding)> = Vec::new();
        for found in self.automaton.find_overlapping_iter(text) {
            let pattern = &self.patterns[found.pattern().as_usize()];
            let range = found.range();
            if !pattern.stands_at(&range, folding) {
                continue;
            }
            let finding = Finding {
                topic: pattern.topic,
                thing: pattern.thing,
                sentence: folding.sentence_at(range.start),
                range,
            };
            match pattern.role {
                Role::Refused => findings.push(finding),
                Role::Allowed => allowed.push((finding.topic, finding.range)),
                role @ (Role::First | Role::Second | Role::Unless) => {
                    halves.push((finding.thing, finding.sentence, role, finding));
                }
            }
        }
        findings.retain(|finding| {
            !allowed.iter().any(|(topic, range)| {
                *topic == finding.topic
                    && range.start < finding.range.end
                    && finding.range.start < range.end
            })
        });
        findings.extend(whole_pairs(halves));
        findings
    }
}

/// The second word of every pair that is whole and not taken back.
fn whole_pairs(mut halves: Vec<(u32, usize, Role, Finding)>) -> Vec<Finding> {
    halves.sort_by_key(|(pair, sentence, ..)| (*pair, *sentence));
    let same = |one: &(u32, usize, Role, Finding), next: &(u32, usize, Role, Finding)| {
        (one.0, one.1) == (next.0, next.1)
    };
    let mut whole = Vec::new();
    for group in halves.chunk_by(same) {
        let has = |role| group.iter().any(|(_, _, own, _)| *own == role);
        if has(Role::First) && !has(Role::Unless) {
            let second = group.iter().find(|(_, _, role, _)| *role == Role::Second);
            whole.extend(second.map(|(.., finding)| finding.clone()));
        }
    }
    whole
}

impl Pattern {
    /// Whether what was found is the word, and not the end of one word and the beginning of another.
    fn stands_at(&self, range: &Range<usize>, folding: &Folding) -> bool {
        let text = folding.squeezed().as_bytes();
        let gaps = || folding.gaps_in(range.clone()).map(|(_, gap)| gap);
        if !self.is_latin {
            let is_phrase = self.gaps.contains(&true);
            let begins = folding.is_gap(range.start);
            let hangs_together = is_phrase || !gaps().any(|gap| gap);
            return begins || (hangs_together && !self.is_bound);
        }
        let is_letter = |at: usize| text.get(at).is_some_and(u8::is_ascii_alphanumeric);
        let begins = range.start == 0 || folding.is_gap(range.start) || !is_letter(range.start - 1);
        let ends = self.is_open || folding.is_gap(range.end) || !is_letter(range.end);
        let is_as_listed = || gaps().eq(self.gaps.iter().copied());
        let is_spelled_out = || gaps().all(|gap| gap);
        begins && ends && (is_as_listed() || is_spelled_out())
    }
}
