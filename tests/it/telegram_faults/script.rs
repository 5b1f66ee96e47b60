//! What the person of these tests does.

use crate::support::telegram::Person;

/// One thing that a person does.
#[derive(Debug, Clone, Copy)]
pub(super) enum Deed {
    Say(&'static str),
    /// The button with this label on the newest message that has one.
    Press(&'static str),
    SendPhoto,
}

impl Deed {
    /// Does it, once: Telegram sees to the rest.
    pub(super) fn is_done_by(self, person: &Person) {
        match self {
            Self::Say(text) => {
                person.says(text);
            }
            Self::Press(label) => {
                let pressed = person.presses(label);
                assert!(
                    pressed.is_ok(),
                    "nothing is labelled {label:?}:\n{}",
                    person.transcript()
                );
            }
            Self::SendPhoto => {
                person.sends_photo(photo());
            }
        }
    }
}

pub(super) fn photo() -> Vec<u8> {
    include_bytes!("../../fixtures/photos/close_up_mixed.jpg").to_vec()
}

/// From the hello to where photos are waited for.
pub(super) const TO_THE_PHOTO: [Deed; 6] = [
    Deed::Say("/start"),
    Deed::Press("한국어로 시작"),
    Deed::Press("네, 만 14세 이상이에요"),
    Deed::Press("동의해요"),
    Deed::Press("동의해요"),
    Deed::Press("정수리"),
];

/// From the photo to the guidance.
const TO_THE_END: [Deed; 15] = [
    Deed::SendPhoto,
    Deed::Press("다 보냈어요, 다음으로"),
    Deed::Press("30대"),
    Deed::Press("여"),
    Deed::Press("건너뛰기"),
    Deed::Press("건너뛰기"),
    Deed::Press("건너뛰기"),
    Deed::Press("☐ 염색 모발"),
    Deed::Press("선택 완료"),
    Deed::Press("건너뛰기"),
    Deed::Press("건너뛰기"),
    Deed::Press("건너뛰기"),
    Deed::Press("해당하는 것이 없어요"),
    Deed::Say("가끔 가려워요"),
    Deed::Say("/help"),
];

/// A whole consultation.
pub(super) fn consultation() -> Vec<Deed> {
    [&TO_THE_PHOTO[..], &TO_THE_END[..]].concat()
}
