//! Plain text in the sizes that messengers take: split, shortened, escaped.
//!
//! Lengths are UTF-16 units, which is what Telegram counts and never less than what Discord counts.
//! Nothing here words anything: what goes in comes out, but for white space where it is split.

/// How long a text is for a messenger.
pub fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// The paragraphs in as few messages of at most `most_units` as keep the reading order, joined by a
/// blank line. A paragraph that is too long for one message is split at line ends, where there are
/// none at the ends of sentences, then at spaces, and at last between characters.
///
/// No part is empty, and only white space is lost. A character is never split, so `most_units` below
/// 2 counts as 2. Split before escaping: messengers count what is shown.
pub fn parts(paragraphs: &[String], most_units: usize) -> Vec<String> {
    let most_units = most_units.max(2);
    let mut parts: Vec<String> = Vec::new();
    for paragraph in paragraphs {
        let mut rest = paragraph.trim();
        if rest.is_empty() {
            continue;
        }
        if let Some(last) = parts.last_mut()
            && units(last) + JOINT.len() + units(rest) <= most_units
        {
            last.push_str(JOINT);
            last.push_str(rest);
            continue;
        }
        while units(rest) > most_units {
            let (head, tail) = rest.split_at(split_point(rest, most_units));
            parts.push(head.trim_end().to_owned());
            rest = tail.trim_start();
        }
        parts.push(rest.to_owned());
    }
    parts
}

/// The text itself if it fits, else its beginning with an ellipsis: for buttons and other labels.
pub fn shortened(text: &str, most_units: usize) -> String {
    if units(text) <= most_units {
        return text.to_owned();
    }
    let Some(room) = most_units.checked_sub(1) else {
        return String::new();
    };
    let (most, _) = window(text, room);
    let head = between_characters(text, most).unwrap_or(most);
    format!("{}…", text[..head].trim_end())
}

/// As text in Telegram's HTML mode. Not for use inside of an attribute.
pub fn escape_html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            other => escaped.push(other),
        }
    }
    escaped
}

const JOINT: &str = "\n\n";

/// Where to split a text that is longer than `most_units` and begins with no white space: what is
/// before is not empty and fits.
fn split_point(text: &str, most_units: usize) -> usize {
    let (most, next) = window(text, most_units);
    // White space just behind the window is a joint too, as it is not kept.
    let seen = &text[..next];
    if let Some(line_end) = seen.rfind('\n') {
        return line_end;
    }
    let sentence = seen[..most]
        .char_indices()
        .rev()
        .map(|(index, one)| index + one.len_utf8())
        .find(|index| ends_sentence(&text[..*index], &text[*index..]));
    if let Some(sentence) = sentence {
        return sentence;
    }
    if let Some(space) = seen.rfind(is_space) {
        return space;
    }
    between_characters(text, most).unwrap_or(most)
}

/// The ends of the longest beginning that fits, and of the character after it.
fn window(text: &str, most_units: usize) -> (usize, usize) {
    let mut room = most_units;
    for (index, character) in text.char_indices() {
        let Some(left) = room.checked_sub(character.len_utf16()) else {
            return (index, index + character.len_utf8());
        };
        room = left;
    }
    (text.len(), text.len())
}

/// White space at which a line may be broken.
fn is_space(character: char) -> bool {
    character.is_whitespace() && !matches!(character, '\u{a0}' | '\u{2007}' | '\u{202f}')
}

fn ends_sentence(before: &str, after: &str) -> bool {
    let bare = before.trim_end_matches(['"', '\'', ')', ']', '”', '’', '」', '』', '）']);
    let continued = |character: char| !is_space(character);
    match bare.chars().next_back() {
        // A full stop may also stand inside of a number or an address.
        Some('.' | '!' | '?' | '…') => !after.starts_with(continued),
        Some('。' | '！' | '？') => true,
        _ => false,
    }
}

/// The last place up to `most` at which no visible character is torn, or nothing if there is none.
/// This knows the common ways to join code points, not all of Unicode's.
fn between_characters(text: &str, most: usize) -> Option<usize> {
    let boundaries = text[..most].char_indices().map(|(index, _)| index).skip(1);
    let boundaries = boundaries.chain([most]).collect::<Vec<_>>();
    let mut from_the_end = boundaries.into_iter().rev();
    from_the_end.find(|index| {
        let (before, after) = text.split_at(*index);
        let joined = before.ends_with(JOINER)
            || after.starts_with(belongs_to_the_one_before)
            || (after.starts_with(is_regional) && is_odd_run(before))
            || (before.ends_with('\r') && after.starts_with('\n'));
        *index > 0 && !joined
    })
}

const JOINER: char = '\u{200d}';

fn belongs_to_the_one_before(character: char) -> bool {
    matches!(character,
        JOINER
        // Accents and other marks, also those around a character (keycaps).
        | '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}'
        // Vowels and final consonants of Hangul in its conjoining form.
        | '\u{1160}'..='\u{11ff}' | '\u{d7b0}'..='\u{d7ff}'
        // Variants, skin tones, and the tags of regional flags.
        | '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}')
}

/// Half a flag.
fn is_regional(character: char) -> bool {
    matches!(character, '\u{1f1e6}'..='\u{1f1ff}')
}

/// Whether the text ends in the first half of a flag.
fn is_odd_run(text: &str) -> bool {
    let run = text.chars().rev().take_while(|one| is_regional(*one));
    run.count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str, most_units: usize) -> Vec<String> {
        parts(&[text.to_owned()], most_units)
    }

    fn split_all(paragraphs: &[&str], most_units: usize) -> Vec<String> {
        let paragraphs: Vec<String> = paragraphs.iter().map(ToString::to_string).collect();
        parts(&paragraphs, most_units)
    }

    #[test]
    fn length_is_counted_as_the_messengers_count() {
        assert_eq!(units("두피"), 2);
        assert_eq!(units("a👍🏽"), 5);
    }

    #[test]
    fn paragraphs_share_a_message_as_long_as_they_fit() {
        assert_eq!(split_all(&["one", "two"], 8), ["one\n\ntwo"]);
        assert_eq!(split_all(&["one", "two"], 7), ["one", "two"]);
        assert_eq!(
            split_all(&["one", " ", "two\n", "", "three"], 12),
            ["one\n\ntwo", "three"]
        );
        assert_eq!(split_all(&[], 10), Vec::<String>::new());
        assert_eq!(split_all(&["\n", " "], 10), Vec::<String>::new());
    }

    #[test]
    fn a_long_paragraph_is_split_where_it_reads_best() {
        assert_eq!(
            split("First. Second line\nthird. Fourth", 24),
            ["First. Second line", "third. Fourth"]
        );
        assert_eq!(
            split("Wash it. Dry it (well.) Costs 3.50 today", 35),
            ["Wash it. Dry it (well.)", "Costs 3.50 today"]
        );
        assert_eq!(
            split("머리를 감으세요. 그리고 말리세요", 14),
            ["머리를 감으세요.", "그리고 말리세요"]
        );
        assert_eq!(split("洗って。乾かして", 6), ["洗って。", "乾かして"]);
        assert_eq!(split("one two three", 8), ["one two", "three"]);
        assert_eq!(split("one two three", 7), ["one two", "three"]);
        assert_eq!(split("one\u{a0}two three", 8), ["one\u{a0}two", "three"]);
        assert_eq!(split("abcdefgh", 3), ["abc", "def", "gh"]);
    }

    #[test]
    fn what_is_left_of_a_long_paragraph_shares_a_message_with_the_next() {
        assert_eq!(
            split_all(&["one two three", "four", "five"], 11),
            ["one two", "three\n\nfour", "five"]
        );
    }

    #[test]
    fn a_visible_character_stays_whole_where_that_costs_nothing() {
        assert_eq!(split("👍👍👍", 3), ["👍", "👍", "👍"]);
        assert_eq!(split("ab👍🏽", 5), ["ab", "👍🏽"]);
        assert_eq!(split("👩‍👩‍👧👩‍👩‍👧", 11), ["👩‍👩‍👧", "👩‍👩‍👧"]);
        assert_eq!(split("🇰🇷🇩🇪", 6), ["🇰🇷", "🇩🇪"]);
        assert_eq!(split("xe\u{301}", 2), ["x", "e\u{301}"]);
        assert_eq!(
            split("가\u{1112}\u{1161}\u{11ab}", 3),
            ["가", "\u{1112}\u{1161}\u{11ab}"]
        );
        // One that is larger than a message is torn, but not inside of a code point.
        assert_eq!(split("👩‍👩‍👧", 4), ["👩\u{200d}", "👩\u{200d}", "👧"]);
        assert_eq!(split("👍👍", 0), ["👍", "👍"]);
    }

    #[test]
    fn a_label_is_shortened_with_an_ellipsis() {
        assert_eq!(shortened("Oily scalp", 10), "Oily scalp");
        assert_eq!(shortened("Oily scalp", 9), "Oily sca…");
        assert_eq!(shortened("Oily scalp", 6), "Oily…");
        assert_eq!(shortened("ab👍🏽c", 6), "ab…");
        assert_eq!(shortened("👍🏽👍🏽", 4), "👍…");
        assert_eq!(shortened("지성 두피입니다", 5), "지성 두…");
        assert_eq!(shortened("ab", 1), "…");
        assert_eq!(shortened("ab", 0), "");
    }

    #[test]
    fn html_is_shown_and_not_obeyed() {
        assert_eq!(
            escape_html("<b>5 > 3 & \"so\"</b> &amp; 두피"),
            "&lt;b&gt;5 &gt; 3 &amp; \"so\"&lt;/b&gt; &amp;amp; 두피"
        );
    }

    /// Numbers that are as good as random, and the same each time.
    struct Dice(u64);

    impl Dice {
        fn below(&mut self, limit: usize) -> usize {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(self.0 >> 33).unwrap() % limit
        }

        fn paragraph(&mut self) -> String {
            const PIECES: [&str; 20] = [
                "두피",
                "각질이 ",
                "a",
                "word ",
                "end. ",
                "끝났어요. ",
                "?",
                "! ",
                "\n",
                "\n\n",
                " ",
                "\u{a0}",
                "👍🏽",
                "👩‍👩‍👧",
                "🇰🇷",
                "e\u{301}",
                "。",
                "\r\n",
                "\t",
                "\u{1112}\u{1161}\u{11ab}",
            ];
            let mut text = String::new();
            for _ in 0..self.below(40) {
                let piece = PIECES[self.below(PIECES.len())];
                // Now and then a long run without any space.
                let times = if self.below(12) == 0 { 30 } else { 1 };
                text.push_str(&piece.repeat(times));
            }
            text
        }
    }

    fn without_space(texts: &[String]) -> String {
        let all = texts.iter().flat_map(|text| text.chars());
        all.filter(|character| !character.is_whitespace()).collect()
    }

    #[test]
    fn whatever_is_split_fits_and_nothing_but_white_space_is_lost() {
        let mut dice = Dice(7);
        let mut split_at_all = 0;
        for round in 0..3_000 {
            let paragraphs: Vec<String> = (0..dice.below(6)).map(|_| dice.paragraph()).collect();
            let most = 2 + dice.below(120);
            let parts = parts(&paragraphs, most);
            split_at_all += usize::from(parts.len() > paragraphs.len());
            for part in &parts {
                assert!(
                    units(part) <= most,
                    "round {round}: {part:?} exceeds {most}"
                );
                assert!(!part.is_empty(), "round {round}");
                assert_eq!(part.trim(), part, "round {round}");
            }
            let (before, after) = (without_space(&paragraphs), without_space(&parts));
            assert_eq!(before, after, "round {round}");
            // Short paragraphs come out as they are, and none is left behind alone.
            if paragraphs.iter().all(|one| units(one.trim()) <= most) {
                let whole: Vec<&str> = paragraphs.iter().map(|one| one.trim()).collect();
                let whole: Vec<&str> = whole.into_iter().filter(|one| !one.is_empty()).collect();
                assert_eq!(parts.join(JOINT), whole.join(JOINT), "round {round}");
            }
            for pair in parts.windows(2) {
                let together = units(&pair[0]) + JOINT.len() + units(&pair[1]);
                let parted =
                    most < together || paragraphs.iter().any(|one| units(one.trim()) > most);
                assert!(parted, "round {round}: {pair:?} would fit into {most}");
            }
            for label in &paragraphs {
                let label = shortened(label, most);
                assert!(units(&label) <= most, "round {round}: {label:?}");
            }
        }
        assert!(split_at_all > 1_000, "only {split_at_all} were split");
    }
}
