//! A worded message cut into the messages that Telegram takes.

use crate::channels::text;
use crate::domain::consultation::ConsultationNumber;
use crate::wording::{Picture, Worded};

/// The most that one text, or the caption of one photo, holds.
const LONGEST_TEXT: usize = 4_096;
const LONGEST_CAPTION: usize = 1_024;

/// One message for Telegram: plain words, and the picture above them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) words: String,
    pub(super) picture: Option<Image>,
}

/// A picture that we have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Image {
    Guide,
    Card(ConsultationNumber),
}

/// The messages, in order. The keyboard belongs under the last.
pub(super) fn pieces(worded: &Worded) -> Vec<Piece> {
    let picture = worded.picture.as_ref().map(|picture| match picture {
        Picture::PhotoGuide { .. } => Image::Guide,
        Picture::Card { card, .. } => Image::Card(card.consultation),
    });
    let mut pieces = Vec::new();
    let mut rest = worded.paragraphs.as_slice();
    if let Some(picture) = picture {
        let (caption, below) = caption(rest);
        pieces.push(Piece {
            words: caption,
            picture: Some(picture),
        });
        rest = below;
    }
    let texts = text::parts(rest, LONGEST_TEXT).into_iter();
    pieces.extend(texts.map(|words| Piece {
        words,
        picture: None,
    }));
    pieces
}

/// As many whole paragraphs as a caption holds, and those that stand below the picture.
fn caption(paragraphs: &[String]) -> (String, &[String]) {
    let whole = (0..=paragraphs.len()).rev().find_map(|count| {
        let mut parts = text::parts(&paragraphs[..count], LONGEST_CAPTION);
        (parts.len() <= 1).then(|| (parts.pop().unwrap_or_default(), &paragraphs[count..]))
    });
    whole.unwrap_or((String::new(), paragraphs))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worded(paragraphs: &[String], with_picture: bool) -> Worded {
        Worded {
            paragraphs: paragraphs.to_vec(),
            picture: with_picture.then(|| Picture::PhotoGuide {
                alternative: String::new(),
            }),
            ..Worded::default()
        }
    }

    #[test]
    fn short_words_are_one_message() {
        let paragraphs = ["one".to_owned(), "two".to_owned()];
        let expected = Piece {
            words: "one\n\ntwo".to_owned(),
            picture: None,
        };
        assert_eq!(pieces(&worded(&paragraphs, false)), [expected]);
    }

    #[test]
    fn long_words_are_split_between_paragraphs() {
        let paragraphs = [
            "a".repeat(3_000),
            "b".repeat(1_000),
            "c".repeat(1_000),
            "d".repeat(9_000),
        ];
        let pieces = pieces(&worded(&paragraphs, false));
        assert_eq!(
            pieces[0].words,
            format!("{}\n\n{}", paragraphs[0], paragraphs[1])
        );
        assert!(pieces[1].words.starts_with(&paragraphs[2]));
        assert!(
            pieces
                .iter()
                .all(|piece| text::units(&piece.words) <= 4_096)
        );
        let letters: usize = pieces.iter().map(|piece| piece.words.trim().len()).sum();
        assert!(letters >= 14_000);
    }

    #[test]
    fn a_picture_takes_what_fits_under_it_and_the_rest_follows() {
        let paragraphs = ["a".repeat(600), "b".repeat(600), "c".repeat(10)];
        let pieces = pieces(&worded(&paragraphs, true));
        assert_eq!(pieces.len(), 2);
        assert_eq!(pieces[0].picture, Some(Image::Guide));
        assert_eq!(pieces[0].words, paragraphs[0]);
        assert_eq!(pieces[1].picture, None);
        assert_eq!(
            pieces[1].words,
            format!("{}\n\n{}", paragraphs[1], paragraphs[2])
        );
    }

    #[test]
    fn a_picture_whose_first_paragraph_is_too_long_stands_alone() {
        let pieces = pieces(&worded(&["a".repeat(1_025)], true));
        assert_eq!(pieces.len(), 2);
        assert_eq!(pieces[0].words, "");
        assert_eq!(text::units(&pieces[1].words), 1_025);
    }
}
