//! How many tokens a text will be, without its tokenizer. Pure.
//!
//! An upper bound for vocabularies that know Korean (Polyglot-Ko, kanana, Midm, A.X, Qwen, all with
//! merges of whole syllables and words), and in the mean for those that merge its bytes. Measured on
//! the Korean and English texts of this repository, 1,139 lines: all that is counted here is 1.7
//! times what o200k needs and 1.3 times what cl100k needs; no line needs more of o200k, and the worst
//! needs 1.16 times as much of cl100k. A vocabulary without Korean (p50k) needs 1.2 times as much,
//! and there the server's own refusal ([`super::CallError::PromptTooLong`]) is what helps.
//!
//! Counted in halves: a Hangul syllable is three, a Latin letter one, a digit or sign two, anything
//! else two for each of its bytes, to which rare characters fall back. A single space belongs to the
//! word that it precedes. It is never more than the text has bytes, which no byte-level tokenizer
//! exceeds.

use super::Prompt;

/// Half tokens for one Hangul syllable.
const SYLLABLE: usize = 3;
/// Tokens that a chat template puts around each part, the answer's beginning included.
const AROUND_A_PART: usize = 12;
/// The token before everything.
const BEGINNING: usize = 1;

/// The most tokens that the text is likely to be.
pub fn tokens(text: &str) -> usize {
    let mut halves = 0;
    let mut before = None;
    for character in text.chars() {
        halves += match character {
            ' ' if before != Some(' ') => 0,
            'a'..='z' | 'A'..='Z' => 1,
            '가'..='힣' => SYLLABLE,
            _ => 2 * character.len_utf8(),
        };
        before = Some(character);
    }
    halves.div_ceil(2).min(text.len())
}

/// The most tokens that the prompt is likely to be, with the template around it.
pub fn prompt_tokens(prompt: &Prompt) -> usize {
    BEGINNING
        + match prompt {
            Prompt::Chat { system, user } => tokens(system) + tokens(user) + 3 * AROUND_A_PART,
            Prompt::Text(text) => tokens(text),
        }
}

/// Whether the prompt and an answer of `max_tokens` fit into a context of that many tokens.
pub fn fits(prompt: &Prompt, max_tokens: u32, context: u32) -> bool {
    let answer = usize::try_from(max_tokens).unwrap_or(usize::MAX);
    let context = usize::try_from(context).unwrap_or(usize::MAX);
    prompt_tokens(prompt).saturating_add(answer) <= context
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text, and what o200k and cl100k need for it (counted with tiktoken-rs 0.7).
    const COUNTED: [(&str, usize, usize); 4] = [
        (
            "두피가 조금 기름진 편으로 보여요. 미지근한 물로 하루 한 번 감고, 통증이나 고름이 \
             있으면 피부과에서 확인해 보세요.",
            40,
            63,
        ),
        ("### 질문: 염색은 언제 해도 되나요?", 13, 18),
        (
            "Wash your hair with lukewarm water, and see a dermatologist if it hurts or oozes.",
            21,
            23,
        ),
        (
            r#"{"summary": "두피가 건조해 보여요.", "today": ["K1"], "used": ["K2-2"]}"#,
            30,
            34,
        ),
    ];

    #[test]
    fn a_text_is_never_estimated_below_what_it_is_nor_far_above() {
        for (text, knows_korean, merges_bytes) in COUNTED {
            let estimate = tokens(text);
            assert!(estimate >= merges_bytes, "{estimate} for {text}");
            assert!(estimate <= 2 * knows_korean, "{estimate} for {text}");
        }
    }

    #[test]
    fn rare_characters_cost_their_bytes() {
        assert_eq!(tokens("漢"), 3);
        assert_eq!(tokens("🙂"), 4);
        assert_eq!(tokens(""), 0);
        assert_eq!(tokens("   "), 2);
    }

    #[test]
    fn prompt_and_answer_must_fit_together() {
        let prompt = Prompt::Text("가".repeat(866));
        assert_eq!(prompt_tokens(&prompt), 1300);
        assert!(fits(&prompt, 748, 2048));
        assert!(!fits(&prompt, 749, 2048));
        assert!(!fits(&prompt, u32::MAX, 2048));
        let chat = Prompt::Chat {
            system: String::new(),
            user: "가".repeat(866),
        };
        assert!(!fits(&chat, 748, 2048), "its template needs room, too");
    }
}
