//! Values as people and programs spelled them, made comparable. Pure.

use unicode_normalization::UnicodeNormalization as _;

/// A value without what only differs between keyboards and programs: composed (NFC), without BOM,
/// control, zero-width and bidirectional characters, full-width forms and typographic dashes made
/// plain, white space of any kind one blank, none at the ends.
pub fn clean_value(raw: &str) -> String {
    let mut letters: String = raw.chars().filter_map(plain).collect();
    // Most values need no composing, and looking it up letter by letter takes longer than the rest.
    if !letters
        .chars()
        .all(|letter| matches!(letter, '\0'..='\x7f' | '가'..='힣'))
    {
        letters = letters.nfc().collect();
    }
    let mut cleaned = String::with_capacity(letters.len());
    for letter in letters.chars() {
        if letter != ' ' || !(cleaned.is_empty() || cleaned.ends_with(' ')) {
            cleaned.push(letter);
        }
    }
    cleaned.truncate(cleaned.trim_end().len());
    cleaned
}

/// The plain form of a character; `None` for one that is not seen.
fn plain(letter: char) -> Option<char> {
    match letter {
        // BOM, zero-width and bidirectional marks, soft hyphen, Hangul fillers, variation
        // selectors, and the mark that a decoder leaves where it failed.
        '\u{feff}'
        | '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{ffa0}'
        | '\u{fffd}' => None,
        letter if letter.is_whitespace() => Some(' '),
        letter if letter.is_control() => None,
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(letter) - 0xff01 + 0x21),
        '〜' | '∼' | '˜' | '⁓' => Some('~'),
        '\u{2010}'..='\u{2015}' | '−' | '﹘' | '﹣' => Some('-'),
        '、' | '､' => Some(','),
        '∕' | '⁄' => Some('/'),
        'ㆍ' | '∙' | '•' | '・' | '･' | '‧' => Some('·'),
        other => Some(other),
    }
}

/// The seed's notation of a value: only Hangul, Latin letters, digits and single blanks, with `-`
/// for a range of numbers (`1~3회/연` → `1-3회 연`) and for a decade of age (`30-`).
pub fn seed_notation(value: &str) -> String {
    let cleaned = clean_value(value);
    let mut kept = String::with_capacity(cleaned.len());
    let mut rest = cleaned.chars();
    while let Some(letter) = rest.next() {
        if is_kept(letter) {
            kept.push(letter);
        } else if is_range(letter, &kept, rest.as_str()) {
            kept.truncate(kept.trim_end().len());
            kept.push('-');
        } else if !(kept.is_empty() || kept.ends_with([' ', '-'])) {
            kept.push(' ');
        }
    }
    kept.truncate(kept.trim_end().len());
    kept
}

/// What two spellings of the same option have in common.
pub(super) fn key(value: &str) -> String {
    let mut key = seed_notation(value);
    key.retain(|letter| letter != ' ');
    key.make_ascii_lowercase();
    key
}

fn is_kept(letter: char) -> bool {
    matches!(letter, '가'..='힣' | 'ㄱ'..='ㅣ' | '0'..='9' | 'a'..='z' | 'A'..='Z')
        || (matches!(letter, '\u{c0}'..='\u{24f}') && letter.is_alphabetic())
}

/// Whether a dash or tilde stands after a number (or its counter) and before one, or at the end.
fn is_range(letter: char, before: &str, after: &str) -> bool {
    matches!(letter, '-' | '~')
        && before
            .trim_end()
            .ends_with(|last: char| last.is_ascii_digit() || last == '회')
        && after
            .chars()
            .find(|next| *next != ' ')
            .is_none_or(|next| next.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::{clean_value, key, seed_notation};
    use unicode_normalization::UnicodeNormalization as _;

    #[test]
    fn what_is_not_seen_is_taken_out() {
        for (raw, cleaned) in [
            ("", ""),
            (" \t\r\n\u{3000}\u{a0}", ""),
            ("\u{feff}염색 모발", "염색 모발"),
            ("염색\u{200b} \u{202e}모발\u{0}", "염색 모발"),
            ("  염색 \n\t 모발  ", "염색 모발"),
            ("１일　１회", "1일 1회"),
            ("１～３회／연", "1~3회/연"),
            ("1〜3회∕연", "1~3회/연"),
            ("4–6회/연", "4-6회/연"),
            ("샴푸、린스，세럼；기타", "샴푸,린스,세럼;기타"),
            ("모발이식ㆍ시술", "모발이식·시술"),
            ("샴\u{fffd}푸", "샴푸"),
            ("Scalp  CARE 2", "Scalp CARE 2"),
        ] {
            assert_eq!(clean_value(raw), cleaned, "{raw:?}");
            assert_eq!(clean_value(cleaned), cleaned, "cleaning twice, {raw:?}");
        }
    }

    #[test]
    fn decomposed_hangul_is_composed() {
        let decomposed: String = "헹굼후느낌".nfd().collect();
        assert_ne!(decomposed, "헹굼후느낌");
        assert_eq!(clean_value(&decomposed), "헹굼후느낌");
    }

    #[test]
    fn the_seed_keeps_hangul_latin_and_digits() {
        for (value, noted) in [
            ("1~3회/연", "1-3회 연"),
            ("1 - 3회 / 연", "1-3회 연"),
            ("1회~3회", "1회-3회"),
            ("7회 이상/연", "7회 이상 연"),
            ("30-", "30-"),
            ("가발 사용(붙임머리 포함)", "가발 사용 붙임머리 포함"),
            ("모발이식/시술", "모발이식 시술"),
            ("향-가격", "향 가격"),
            ("※ Scalp★care! ※", "Scalp care"),
            ("漢字 かな", ""),
            ("-~/", ""),
        ] {
            assert_eq!(seed_notation(value), noted, "{value:?}");
            assert_eq!(seed_notation(noted), noted, "noting twice, {value:?}");
        }
    }

    #[test]
    fn spellings_of_one_option_share_their_key() {
        for spelling in [
            "1~3회/연",
            "1-3회/연",
            "1~3회 / 연",
            "1～3회／연",
            "1 ~ 3 회 / 연",
            "1–3회·연",
        ] {
            assert_eq!(key(spelling), "1-3회연", "{spelling:?}");
        }
        assert_ne!(key("13회/연"), key("1~3회/연"));
        assert_eq!(key("YES"), "yes");
    }
}
