//! What is taken off a text before anybody reads it: markup, invisible characters, list numbers.
//!
//! Only what carries no meaning goes; words are never changed.

use unicode_normalization::UnicodeNormalization as _;

use super::hangul::is_plain;

/// The text composed (NFC), in one line, with one blank between words, without markup.
pub(super) fn tidy(raw: &str) -> String {
    let composed: String;
    let raw = if is_plain(raw) {
        raw
    } else {
        composed = raw.nfc().collect();
        &composed
    };
    let mut text = String::with_capacity(raw.len());
    for line in raw.split([
        '\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}',
    ]) {
        let mut is_first = true;
        // Some models write the escape itself.
        for word in line.split("\\n").flat_map(str::split_whitespace) {
            let ends_before = is_first || text.ends_with(ENDS) || text.ends_with(':');
            if ends_before && is_list_mark(word) {
                continue;
            }
            add_word(&mut text, word, is_first);
            is_first = false;
        }
    }
    let text = text.trim();
    let quoted = text
        .strip_prefix(['"', '“'])
        .and_then(|text| text.strip_suffix(['"', '”']))
        .filter(|text| !text.contains(['"', '“', '”']));
    quoted.unwrap_or(text).trim().to_owned()
}

/// What may end a sentence.
pub(super) const ENDS: [char; 7] = ['.', '!', '?', '…', '。', '！', '？'];

/// What may follow the end of a sentence and still belong to it.
const CLOSERS: [char; 7] = ['"', '\'', ')', '”', '’', '」', '~'];

fn add_word(text: &mut String, word: &str, is_first: bool) {
    let word = if is_first { without_bullet(word) } else { word };
    let mut is_begun = false;
    for letter in word.chars().filter(|letter| !is_markup(*letter)) {
        if !is_begun && !text.is_empty() {
            text.push(' ');
        }
        is_begun = true;
        text.push(match letter {
            // The letter that Korean keyboards offer as a middle dot.
            '\u{318d}' | '\u{ff65}' | '\u{30fb}' | '\u{2022}' => '·',
            letter => letter,
        });
    }
}

/// A first word such as `-미지근한`, `①미지근한` or `1.미지근한`.
fn without_bullet(word: &str) -> &str {
    let is_bullet = |letter| {
        matches!(
            letter,
            '•' | '·' | '▪' | '◦' | '‣' | '●' | '○' | '✓' | '✔' | '✅' | '☑' | '→' | '①'..='⑳'
        )
    };
    let word = word.trim_start_matches(is_bullet);
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let rest = match digits {
        0 => word.strip_prefix('-'),
        1 | 2 => word[digits..].strip_prefix(['.', ')']),
        _ => None,
    };
    match rest {
        Some(rest) if rest.starts_with(char::is_alphabetic) => rest,
        Some(_) | None => word,
    }
}

/// A word of its own that only marks an item or a heading: `-`, `##`, `2.`, `3)`.
fn is_list_mark(word: &str) -> bool {
    let is_mark = |letter| {
        matches!(
            letter,
            '-' | '*' | '•' | '·' | '#' | '+' | '–' | '—' | '=' | '_'
        )
    };
    if word.chars().all(is_mark) {
        return true;
    }
    let number = word.strip_prefix('(').unwrap_or(word);
    number.strip_suffix(['.', ')']).is_some_and(|digits| {
        (1..=2).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
    })
}

/// Characters that are not seen, and those of Markdown that never stand in a sentence.
fn is_markup(letter: char) -> bool {
    matches!(letter, '*' | '`' | '_' | '#') || is_invisible(letter)
}

/// Control, zero-width, bidirectional and filling characters, tags and variation selectors.
pub(in crate::advice) fn is_invisible(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
                | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
                | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
        )
}

/// The sentences of a tidied text. A full stop inside a word or number ends nothing.
pub(super) fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        if rest.is_empty() {
            return None;
        }
        let (sentence, after) = rest.split_at(first_end(rest).unwrap_or(rest.len()));
        rest = after;
        Some(sentence.trim_end())
    })
}

/// Where the first sentence ends.
fn first_end(text: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(found) = text[from..].find(ENDS) {
        let tail = &text[from + found..];
        let after = tail.trim_start_matches(ENDS).trim_start_matches(CLOSERS);
        let end = text.len() - after.len();
        if after.is_empty() || after.starts_with(char::is_whitespace) {
            return Some(end);
        }
        from = end;
    }
    None
}

/// Whether the text ends as a whole sentence does.
pub(super) fn is_finished(text: &str) -> bool {
    let is_picture = |letter: char| {
        !letter.is_alphanumeric() && !letter.is_ascii() && !matches!(letter, '·' | '–' | '—')
    };
    let core = text.trim_end_matches(|letter: char| {
        letter.is_whitespace()
            || CLOSERS.contains(&letter)
            || (is_picture(letter) && !ENDS.contains(&letter))
    });
    core.ends_with(ENDS) || core.ends_with(['요', '다', '죠', '까'])
}

/// The text up to the end of its last whole sentence.
pub(super) fn whole_sentences(text: &str) -> &str {
    let mut end = 0;
    while let Some(next) = first_end(&text[end..]) {
        end += next;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_goes_and_words_stay() {
        for (raw, tidied) in [
            (
                "  **두피**를\n\n부드럽게   감아 주세요. ",
                "두피를 부드럽게 감아 주세요.",
            ),
            ("# 오늘\n- 미지근한 물\n* 손끝", "오늘 미지근한 물 손끝"),
            (
                "1. 감아요.\n2) 헹궈요. 3. 말려요.",
                "감아요. 헹궈요. 말려요.",
            ),
            ("-미지근한 물\n①손끝\n1.헹굼", "미지근한 물 손끝 헹굼"),
            ("\u{1112}\u{1161}\u{11ab} 번\u{200b}만\\n더", "한 번만 더"),
            ("\"두피예요.\"", "두피예요."),
            ("펌ㆍ염색은 15-20분, 2. 5", "펌·염색은 15-20분, 2. 5"),
        ] {
            assert_eq!(tidy(raw), tidied);
            assert_eq!(tidy(tidied), tidied);
        }
    }

    #[test]
    fn a_sentence_ends_at_its_mark_and_nowhere_inside() {
        let text = "좋아요! 2.5배예요(정말요.) “네.” 그럼요…  감아 주세요";
        let parts: Vec<_> = sentences(text).collect();
        assert_eq!(
            parts,
            [
                "좋아요!",
                "2.5배예요(정말요.)",
                "“네.”",
                "그럼요…",
                "감아 주세요"
            ]
        );
        assert_eq!(
            whole_sentences(text),
            "좋아요! 2.5배예요(정말요.) “네.” 그럼요…"
        );
        assert_eq!(whole_sentences("감아 주세요"), "");
        for (text, is_whole) in [
            ("감아 주세요", true),
            ("좋아요 😊", true),
            ("샴푸를", false),
            ("Rinse it well", false),
        ] {
            assert_eq!(is_finished(text), is_whole, "{text}");
        }
    }
}
