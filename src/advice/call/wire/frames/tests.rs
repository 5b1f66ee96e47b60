use serde_json::json;

use super::*;

/// The events that come out, with the bytes given in pieces of that length.
fn events(shape: Shape, bytes: &[u8], length: usize) -> Vec<Value> {
    let mut frames = Frames::new(shape);
    let mut out = Vec::new();
    for piece in bytes.chunks(length) {
        out.extend(frames.take(piece));
    }
    out.extend(frames.end());
    assert!(frames.is_over());
    let text = String::from_utf8(out).unwrap();
    text.split_terminator("\n\n")
        .map(|event| {
            let data = event.strip_prefix("data: ").unwrap();
            assert!(!data.contains('\n'));
            serde_json::from_str(data).unwrap()
        })
        .collect()
}

fn check(shape: Shape, bytes: &[u8], expected: &[Value]) {
    for length in [1, 2, 3, 7, bytes.len().max(1)] {
        assert_eq!(events(shape, bytes, length), expected, "in {length}s");
    }
}

fn lines(text: &str, expected: &[Value]) {
    check(Shape::Lines, text.as_bytes(), expected);
}

#[test]
fn events_come_out_as_they_went_in() {
    lines(
        "data: {\"a\":\"두피\"}\n\ndata: {\"b\":2}\n\ndata: [DONE]\n\n",
        &[
            json!({ "a": "두피" }),
            json!({ "b": 2 }),
            Mark::Done.written(),
        ],
    );
}

#[test]
fn other_line_ends_and_missing_spaces_and_blank_lines_do_not_matter() {
    lines(
        "data:{\"a\":1}\r\n\r\ndata: {\"b\":2}\ndata: [DONE]",
        &[json!({ "a": 1 }), json!({ "b": 2 }), Mark::Done.written()],
    );
}

#[test]
fn comments_names_and_ids_say_nothing() {
    lines(
        ": ping\n\nevent: error\nid: 7\nretry: 100\ndata: {\"error\":\"x\"}\n\ndata: [DONE]\n\n",
        &[json!({ "error": "x" }), Mark::Done.written()],
    );
}

#[test]
fn several_lines_of_data_are_one_event() {
    lines(
        "data: {\ndata: \"a\": 1\ndata: }\n\ndata: [DONE]\n\n",
        &[json!({ "a": 1 }), Mark::Done.written()],
    );
}

#[test]
fn a_raw_line_of_json_is_an_event() {
    lines(
        "data: {\"a\":1}\n\n{\"error\":\"model runner stopped\"}\n",
        &[
            json!({ "a": 1 }),
            json!({ "error": "model runner stopped" }),
            Mark::CutOff.written(),
        ],
    );
}

#[test]
fn nothing_after_the_end_is_heard() {
    lines(
        "data: [DONE]\n\ndata: {\"a\":1}\n\n",
        &[Mark::Done.written()],
    );
}

#[test]
fn an_answer_that_just_ends_is_cut_off() {
    lines(
        "data: {\"a\":1}\n\n",
        &[json!({ "a": 1 }), Mark::CutOff.written()],
    );
    lines(
        "data: {\"a\":1}\n\ndata: {\"b\":",
        &[json!({ "a": 1 }), Mark::NotJson.written()],
    );
}

#[test]
fn an_empty_answer_is_empty() {
    lines("", &[Mark::Empty.written()]);
    check(Shape::Whole, b"", &[Mark::Empty.written()]);
}

#[test]
fn what_is_no_json_is_said_to_be_none() {
    lines("data: boom\n\n", &[Mark::NotJson.written()]);
    lines("<html>\n</html>", &[Mark::NotJson.written()]);
    check(Shape::Whole, b"boom", &[Mark::NotJson.written()]);
    check(Shape::Whole, b" \n", &[Mark::NotJson.written()]);
    // Half of a character that JSON writes as two.
    lines("data: {\"a\":\"\\ud83d\"}\n\n", &[Mark::NotJson.written()]);
}

#[test]
fn cut_characters_are_said_to_be_cut() {
    let cut = [
        b"data: {\"a\":\"".as_slice(),
        &"두".as_bytes()[..2],
        b"\"}\n\n",
    ]
    .concat();
    check(Shape::Lines, &cut, &[Mark::NotUtf8.written()]);
    check(Shape::Lines, &cut[..14], &[Mark::NotUtf8.written()]);
    check(Shape::Whole, &cut[6..], &[Mark::NotUtf8.written()]);
}

#[test]
fn a_plain_answer_is_one_event_and_the_end() {
    check(
        Shape::Whole,
        b"{\n  \"a\": 1\n}\n",
        &[json!({ "a": 1 }), Mark::Done.written()],
    );
}

#[test]
fn an_endless_answer_is_stopped() {
    let mut frames = Frames::new(Shape::Lines);
    let line = vec![b'x'; MOST_BYTES];
    assert!(frames.take(&line).is_empty());
    assert!(!frames.is_over());
    let expected = format!("data: {}\n\n", Mark::TooLong.written());
    assert_eq!(frames.take(b"x"), expected.as_bytes());
    assert!(frames.is_over());
    assert!(frames.take(b"data: {}\n\n").is_empty());
    assert!(frames.end().is_empty());
}

#[test]
fn a_connection_that_breaks_cuts_the_answer_off() {
    let mut frames = Frames::new(Shape::Lines);
    frames.take(b"data: {\"a\"");
    let expected = format!("data: {}\n\n", Mark::CutOff.written());
    assert_eq!(frames.break_off(), expected.as_bytes());
    assert!(frames.is_over());
}

#[test]
fn the_shape_is_told_by_the_content_type() {
    for (content_type, shape) in [
        ("application/json", Shape::Whole),
        ("application/json; charset=utf-8", Shape::Whole),
        ("Application/JSON;charset=utf-8", Shape::Whole),
        ("text/event-stream", Shape::Lines),
        ("text/event-stream; charset=utf-8", Shape::Lines),
        ("application/x-ndjson", Shape::Lines),
        ("", Shape::Lines),
    ] {
        assert_eq!(Shape::of(content_type), shape, "{content_type}");
    }
}
