//! What file names say, and Korean names made readable. Pure.
//!
//! Zips packed on Windows hold CP949 names without saying so, those of macOS hold decomposed ones,
//! and folders unpacked by a tool that did not know better carry the same damage.

use encoding_rs::EUC_KR;
use unicode_normalization::UnicodeNormalization as _;

use crate::domain::scalp::Region;

/// The dataset's own folder, blanks taken out.
pub(super) const DATASET: &str = "유형별두피이미지";

/// What a JSON file is, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Six severities of an image.
    Label,
    /// Who was photographed, and what they answered.
    Meta,
}

impl Kind {
    /// How a file of this kind is called, after the stem of its image.
    pub(super) const fn ending(self) -> &'static str {
        match self {
            Self::Label => ".json",
            Self::Meta => "_META.json",
        }
    }
}

/// The name as its author meant it, composed.
pub(super) fn readable(name: &[u8]) -> String {
    if let Some(meant) = meant(name) {
        return meant;
    }
    let Ok(text) = std::str::from_utf8(name) else {
        return String::from_utf8_lossy(name).into_owned();
    };
    // A program took the bytes for CP437, as zips without a flag are to be read.
    if let Some(meant) = as_cp437(text).as_deref().and_then(meant_korean) {
        return meant;
    }
    text.nfc().collect()
}

fn meant(name: &[u8]) -> Option<String> {
    if name.is_ascii() {
        return Some(String::from_utf8_lossy(name).into_owned());
    }
    meant_korean(name)
}

/// The name in UTF-8 or CP949, if that makes Hangul of it.
fn meant_korean(name: &[u8]) -> Option<String> {
    let utf_8 = std::str::from_utf8(name)
        .ok()
        .map(|text| text.nfc().collect());
    let cp949 = || {
        EUC_KR
            .decode_without_bom_handling_and_without_replacement(name)
            .map(std::borrow::Cow::into_owned)
    };
    utf_8
        .filter(|text: &String| has_hangul(text))
        .or_else(|| cp949().filter(|text| has_hangul(text)))
}

fn has_hangul(text: &str) -> bool {
    text.chars().any(|letter| matches!(letter, '가'..='힣'))
}

/// The upper half of code page 437, from 0x80.
const CP437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐\
                     └┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

fn as_cp437(text: &str) -> Option<Vec<u8>> {
    text.chars()
        .map(|letter| {
            u8::try_from(letter).ok().filter(u8::is_ascii).or_else(|| {
                let at = CP437.chars().position(|known| known == letter)?;
                u8::try_from(at + 0x80).ok()
            })
        })
        .collect()
}

/// Without blanks and the separators that people and file systems put between the same words.
pub(super) fn compact(name: &str) -> String {
    name.chars()
        .filter(|letter| !letter.is_whitespace() && !"/／·∙ㆍ,&:：".contains(*letter))
        .collect()
}

/// Whether a path inside a zip, or a name, is the bookkeeping of macOS, put there by nobody.
pub(super) fn is_bookkeeping(path: &str) -> bool {
    path.split(['/', '\\'])
        .any(|part| part == "__MACOSX" || part.starts_with("._") || part.starts_with(".DS_Store"))
}

/// Whether a name ends like that of a JSON file.
pub(super) fn is_json(name: &[u8]) -> bool {
    ends_with(name, b".json")
}

/// Whether a name ends like that of a zip.
pub(super) fn is_zip(name: &[u8]) -> bool {
    ends_with(name, b".zip")
}

fn ends_with(name: &[u8], ending: &[u8]) -> bool {
    name.len() > ending.len() && name[name.len() - ending.len()..].eq_ignore_ascii_case(ending)
}

/// Whether a name is that of one part of a zip: `.zip.part0`, `.z01`, `.zip.001`.
pub(super) fn is_part_of_a_zip(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let Some((before, ending)) = name.rsplit_once('.') else {
        return false;
    };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(number) = ending.strip_prefix("part") {
        return is_zip(before.as_bytes()) && is_number(number);
    }
    if let Some(number) = ending.strip_prefix('z') {
        return number.len() == 2 && is_number(number);
    }
    is_zip(before.as_bytes()) && ending.len() == 3 && is_number(ending)
}

/// What a JSON file of that name is, and the stem that it shares with its image: upper case,
/// without extension and `_META`.
pub(super) fn kind_and_stem(name: &str) -> (Kind, String) {
    let stem = name
        .rsplit_once('.')
        .map_or(name, |(stem, _)| stem)
        .to_uppercase()
        .replace('\0', "");
    match stem.strip_suffix("_META") {
        Some(stem) => (Kind::Meta, stem.to_owned()),
        None => (Kind::Label, stem),
    }
}

/// The region that a stem of the dataset's own form ends in:
/// shop, device serial, epoch in ms, shot, region.
pub(super) fn region_of_stem(stem: &str) -> Option<Region> {
    let tokens: Vec<&str> = stem.split('_').collect();
    let [shop, serial, epoch, shot, region] = tokens[..] else {
        return None;
    };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_serial = |text: &str| {
        let mut bytes = text.bytes();
        !text.is_empty() && bytes.all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
    };
    if !(is_number(shop) && is_serial(serial) && is_number(epoch) && is_number(shot)) {
        return None;
    }
    match region {
        "TH" => Some(Region::Crown),
        "LH" => Some(Region::Left),
        "RH" => Some(Region::Right),
        "BH" => Some(Region::Back),
        _ => None,
    }
}

/// The region that a meta file's `location` names.
pub(super) fn region_of_location(location: &str) -> Option<Region> {
    match compact(location).as_str() {
        "정수리" => Some(Region::Crown),
        "좌측두" | "좌측두부" => Some(Region::Left),
        "우측두" | "우측두부" => Some(Region::Right),
        "후두부" => Some(Region::Back),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{
        CP437, DATASET, Kind, compact, is_bookkeeping, is_json, is_part_of_a_zip, is_zip,
        kind_and_stem, readable, region_of_location, region_of_stem,
    };
    use crate::domain::scalp::Region;
    use unicode_normalization::UnicodeNormalization as _;

    #[test]
    fn a_korean_name_is_read_however_it_was_damaged() {
        let name = "[라벨]피지 과다_0.양호";
        let (cp949, _, _) = encoding_rs::EUC_KR.encode(name);
        let decomposed: String = name.nfd().collect();
        let taken_for_cp437 = |bytes: &[u8]| -> String {
            let upper: Vec<char> = CP437.chars().collect();
            bytes
                .iter()
                .map(|byte| match byte.checked_sub(0x80) {
                    Some(at) => upper[usize::from(at)],
                    None => char::from(*byte),
                })
                .collect()
        };
        assert_eq!(CP437.chars().count(), 128);
        for damaged in [
            name.as_bytes(),
            decomposed.as_bytes(),
            &cp949,
            taken_for_cp437(&cp949).as_bytes(),
            taken_for_cp437(name.as_bytes()).as_bytes(),
        ] {
            assert_eq!(readable(damaged), name, "{damaged:?}");
        }
        assert_eq!(readable(b"Training"), "Training");
        assert_eq!(readable(b"\xff\xff"), "\u{fffd}\u{fffd}");
        assert_eq!(compact(&readable("유형별 두피 이미지".as_bytes())), DATASET);
    }

    #[test]
    fn names_say_what_a_file_is() {
        let stem = "0013_A2LEBJJDE00060O_1602578303771_3_TH";
        for (name, kind) in [
            (format!("{stem}.json"), Kind::Label),
            (format!("{}.JSON", stem.to_lowercase()), Kind::Label),
            (format!("{stem}_META.json"), Kind::Meta),
            (format!("{stem}_meta.json"), Kind::Meta),
        ] {
            assert_eq!(kind_and_stem(&name), (kind, stem.to_owned()), "{name}");
        }
        assert!(is_json(b"a.json") && is_json(b"a.JSON"));
        assert!(!is_json(b".json") && !is_json(b"a.jsonl"));
        assert!(is_zip(b"a.ZIP") && !is_zip(b"a.zip.part0"));
        for (name, is_part) in [
            ("a.zip.part0", true),
            ("a.zip.part12", true),
            ("a.z01", true),
            ("a.zip.001", true),
            ("a.zip", false),
            ("a.zip.part", false),
            ("a.zone", false),
            ("a.001", false),
        ] {
            assert_eq!(is_part_of_a_zip(name), is_part, "{name}");
        }
        assert!(is_bookkeeping("__MACOSX/a.json") && is_bookkeeping("a/._b.json"));
        assert!(!is_bookkeeping("a/b.json"));
    }

    #[test]
    fn a_region_is_read_from_the_name_or_the_location() {
        for (stem, region) in [
            (
                "0013_A2LEBJJDE00060O_1602578303771_3_TH",
                Some(Region::Crown),
            ),
            (
                "0013_A2LEBJJDE00060O_1602578303771_12_BH",
                Some(Region::Back),
            ),
            ("0013_A2LEBJJDE00060O_1602578303771_3_XH", None),
            ("0013_A2LEBJJDE00060O_1602578303771_3_TH (1)", None),
            ("0013_A2LEBJJDE00060O_1602578303771_TH", None),
            ("IMG_0001", None),
        ] {
            assert_eq!(region_of_stem(stem), region, "{stem}");
        }
        assert_eq!(region_of_location("좌측두"), Some(Region::Left));
        assert_eq!(region_of_location("서울"), None);
    }
}
