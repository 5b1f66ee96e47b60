//! The web chat over real HTTP, with scripted ports behind it.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on ends where it stands"
)]

use std::collections::BTreeSet;

use dupi::channels::health::{ChannelHealth, StopReason};
use dupi::channels::web::Admission;
use dupi::domain::consultation::{Button, ConsultationNumber, Language, Message, Purpose, Slot};
use dupi::domain::scalp::{Choice, PhotoId, Question};
use dupi::ports::{ConversationId, InboundWhat, PhotoStore as _, StoredKind};
use reqwest::multipart::{Form, Part};
use reqwest::{Client, Response, StatusCode, header};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::chat::{Chat, NO_PHOTO};

/// A browser with a cookie jar that speaks English.
fn browser() -> Client {
    browser_speaking("en-GB,en;q=0.9")
}

fn browser_speaking(languages: &'static str) -> Client {
    let headers = [(
        header::ACCEPT_LANGUAGE,
        header::HeaderValue::from_static(languages),
    )];
    Client::builder()
        .cookie_store(true)
        .default_headers(headers.into_iter().collect())
        .build()
        .unwrap()
}

/// A browser whose conversation is open.
async fn opened(chat: &Chat) -> Client {
    let browser = browser();
    let answer = post(&browser, chat, "/open", json!({"id": "open"})).await;
    assert_eq!(answer.status(), StatusCode::OK);
    browser
}

async fn post(browser: &Client, chat: &Chat, path: &str, body: Value) -> Response {
    browser
        .post(chat.url(path))
        .json(&body)
        .send()
        .await
        .unwrap()
}

async fn get(browser: &Client, chat: &Chat, path: &str) -> Response {
    browser.get(chat.url(path)).send().await.unwrap()
}

/// The refusal, which is always a sentence of ours.
async fn refusal(answer: Response, status: StatusCode) -> Value {
    assert_eq!(answer.status(), status);
    let told: Value = answer.json().await.unwrap();
    let text = told["text"].as_str().unwrap();
    assert!(!text.is_empty() && !text.contains('⟨'), "{text}");
    told
}

/// An event stream, one event at a time.
struct Events {
    answer: Response,
    unread: String,
}

#[derive(Debug, PartialEq)]
struct Event {
    name: String,
    id: String,
    data: String,
}

impl Events {
    async fn open(browser: &Client, chat: &Chat, since: &str) -> Self {
        let answer = get(browser, chat, &format!("/events{since}")).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/event-stream");
        Self {
            answer,
            unread: String::new(),
        }
    }

    /// The next event with a name; `None` at the end of the stream.
    async fn next(&mut self) -> Option<Event> {
        loop {
            while let Some(end) = self.unread.find("\n\n") {
                let event: String = self.unread.drain(..end + 2).collect();
                let field = |name: &str| {
                    let line = event.lines().find_map(|line| line.strip_prefix(name));
                    line.unwrap_or_default().trim().to_owned()
                };
                let event = Event {
                    name: field("event:"),
                    id: field("id:"),
                    data: field("data:"),
                };
                if !event.name.is_empty() {
                    assert_ne!(event.data, "", "a browser would pass over it");
                    return Some(event);
                }
            }
            let chunk = self.answer.chunk().await.unwrap()?;
            self.unread
                .push_str(std::str::from_utf8(&chunk).expect("chunks here end at characters"));
        }
    }

    /// The entries up to the next `settled`.
    async fn entries(&mut self) -> Vec<Value> {
        let mut entries = Vec::new();
        loop {
            let event = self.next().await.expect("the stream goes on");
            match event.name.as_str() {
                "entry" => {
                    let entry: Value = serde_json::from_str(&event.data).unwrap();
                    assert_eq!(entry["revision"].to_string(), event.id);
                    entries.push(entry);
                }
                "settled" => return entries,
                other => panic!("unexpected event {other}"),
            }
        }
    }
}

#[tokio::test]
async fn the_page_speaks_the_language_asked_for_and_fetches_nothing_from_afar() {
    let chat = Chat::start().await;
    for (languages, tag) in [("ko-KR", "ko"), ("en", "en"), ("fr", "ko")] {
        let answer = get(&browser_speaking(languages), &chat, "/").await;
        let headers = answer.headers().clone();
        assert_eq!(headers[header::CONTENT_LANGUAGE], tag);
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none';"));
        assert!(!policy.contains("unsafe"));
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(headers[header::REFERRER_POLICY], "no-referrer");
        assert_eq!(headers[header::CACHE_CONTROL], "no-store");
        let page = answer.text().await.unwrap();
        assert!(page.contains(&format!("<html lang=\"{tag}\">")));
        for forbidden in ["http:", "https:", "<style", " style=", " onclick="] {
            assert!(!page.contains(forbidden), "{forbidden}");
        }
        // Whatever the page names is there.
        for asset in page.split("\"/assets/").skip(1) {
            let name = asset.split('"').next().unwrap();
            let answer = get(&browser(), &chat, &format!("/assets/{name}")).await;
            assert_eq!(answer.status(), StatusCode::OK, "{name}");
        }
    }
    chat.stop().await;
}

#[tokio::test]
async fn an_asset_is_asked_for_again_but_not_sent_again() {
    let chat = Chat::start().await;
    let browser = browser();
    let first = get(&browser, &chat, "/assets/chat.js").await;
    assert_eq!(
        first.headers()[header::CONTENT_TYPE],
        "text/javascript; charset=utf-8"
    );
    let tag = first.headers()[header::ETAG].clone();
    let again = browser
        .get(chat.url("/assets/chat.js"))
        .header(header::IF_NONE_MATCH, tag)
        .send()
        .await
        .unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    let absent = get(&browser, &chat, "/assets/..%2Fpage.html").await;
    refusal(absent, StatusCode::NOT_FOUND).await;
    chat.stop().await;
}

#[tokio::test]
async fn the_first_visit_begins_a_conversation_and_later_ones_continue_it() {
    let chat = Chat::start().await;
    let browser = browser();
    let answer = post(&browser, &chat, "/open", json!({"id": "a"})).await;
    let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap();
    let key = cookie.strip_prefix("dupi=").unwrap();
    assert!(key[..64].bytes().all(|byte| byte.is_ascii_hexdigit()));
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=31536000"] {
        assert!(cookie.contains(attribute), "{attribute}");
    }
    let again = post(&browser, &chat, "/open", json!({"id": "b"})).await;
    assert_eq!(again.headers().get(header::SET_COOKIE), None);
    assert_eq!(
        chat.desk.taken(),
        [(
            "web:a".to_owned(),
            InboundWhat::Opened {
                language: Language::English
            }
        )]
    );
    chat.stop().await;
}

#[tokio::test]
async fn a_malformed_or_forgotten_session_gets_a_new_one() {
    let chat = Chat::start().await;
    let unknown = format!("dupi={}", "0".repeat(64));
    for cookie in ["dupi=short", &unknown] {
        let answer = Client::new()
            .post(chat.url("/open"))
            .header(header::COOKIE, cookie)
            .json(&json!({"id": cookie.len().to_string()}))
            .send()
            .await
            .unwrap();
        let fresh = answer.headers()[header::SET_COOKIE].to_str().unwrap();
        assert!(!fresh.starts_with(cookie));
    }
    assert_eq!(chat.desk.conversations(), 2);
    chat.stop().await;
}

#[tokio::test]
async fn what_a_person_does_reaches_the_desk_once_however_often_it_is_posted() {
    let chat = Chat::start().await;
    let browser = opened(&chat).await;
    let posts = [
        ("/say", json!({"id": "1", "text": "<b>hello</b>\n\u{7}"})),
        ("/press", json!({"id": "2", "token": "agree:basic"})),
        (
            "/choose",
            json!({"id": "3", "question": "age", "choices": ["age-20s"]}),
        ),
        (
            "/choose",
            json!({"id": "4", "question": "red-flags", "choices": []}),
        ),
    ];
    for expected in ["accepted", "repeated"] {
        for (path, body) in &posts {
            let answer = post(&browser, &chat, path, body.clone()).await;
            assert_eq!(answer.status(), StatusCode::OK, "{path}");
            let taken: Value = answer.json().await.unwrap();
            assert_eq!(taken["result"], expected, "{path}");
        }
    }
    let whats: Vec<InboundWhat> = chat
        .desk
        .taken()
        .into_iter()
        .skip(1)
        .map(|(_, what)| what)
        .collect();
    assert_eq!(
        whats,
        [
            InboundWhat::Said("<b>hello</b>\n\u{7}".to_owned()),
            InboundWhat::Pressed(Button::Agree(Purpose::Basic)),
            InboundWhat::Chosen {
                question: Question::AgeBand,
                choices: BTreeSet::from([Choice::Age20s])
            },
            InboundWhat::Chosen {
                question: Question::RedFlags,
                choices: BTreeSet::new()
            },
        ]
    );
    chat.stop().await;
}

#[tokio::test]
async fn ten_thousand_characters_arrive_and_a_book_does_not() {
    let chat = Chat::start().await;
    let browser = opened(&chat).await;
    let long = "가\u{0}<script>".repeat(1_000);
    let answer = post(&browser, &chat, "/say", json!({"id": "1", "text": long})).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let book = "가".repeat(200_000);
    let answer = post(&browser, &chat, "/say", json!({"id": "2", "text": book})).await;
    let told = refusal(answer, StatusCode::PAYLOAD_TOO_LARGE).await;
    assert_eq!(told["error"], "text_too_long");
    assert_eq!(chat.desk.taken().len(), 2);
    chat.stop().await;
}

#[tokio::test]
async fn nonsense_is_refused_in_the_language_of_the_request_and_never_in_rust() {
    let chat = Chat::start().await;
    let browser = opened(&chat).await;
    let cases = [
        ("/say", json!({"id": "1"})),
        ("/say", json!({"id": "", "text": "a"})),
        ("/say", json!({"id": "effect:1", "text": "a"})),
        ("/say", json!({"id": "1".repeat(65), "text": "a"})),
        ("/press", json!({"id": "1", "token": "launch"})),
        (
            "/choose",
            json!({"id": "1", "question": "shoe", "choices": []}),
        ),
        // A choice of another question.
        (
            "/choose",
            json!({"id": "1", "question": "sex", "choices": ["age-20s"]}),
        ),
        ("/open", json!([])),
    ];
    for (path, body) in cases {
        let answer = post(&browser, &chat, path, body).await;
        let told = refusal(answer, StatusCode::BAD_REQUEST).await;
        assert_eq!(told["error"], "not_understood", "{path}");
        assert!(told["text"].as_str().unwrap().contains("reload the page"));
    }
    let korean = browser
        .post(chat.url("/say"))
        .header(header::ACCEPT_LANGUAGE, "ko")
        .body("{\"id\": ")
        .send()
        .await
        .unwrap();
    let told = refusal(korean, StatusCode::BAD_REQUEST).await;
    assert!(told["text"].as_str().unwrap().contains("새로고침"));
    let nowhere = get(&browser, &chat, "/admin").await;
    refusal(nowhere, StatusCode::NOT_FOUND).await;
    let wrong_method = get(&browser, &chat, "/say").await;
    refusal(wrong_method, StatusCode::BAD_REQUEST).await;
    let wrong_query = get(&browser, &chat, "/events?since=yesterday").await;
    refusal(wrong_query, StatusCode::BAD_REQUEST).await;
    assert_eq!(chat.desk.taken().len(), 1, "only the opening");
    chat.stop().await;
}

#[tokio::test]
async fn a_foreign_page_can_neither_act_nor_read() {
    let chat = Chat::start().await;
    let browser = opened(&chat).await;
    let own = chat.url("");
    let press = |headers: &[(&'static str, &str)]| {
        let mut request = browser
            .post(chat.url("/press"))
            .json(&json!({"id": "1", "token": "erase"}));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send()
    };
    for headers in [
        &[("origin", "http://evil.example")][..],
        &[("origin", "null")],
        &[("origin", own.as_str()), ("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "none")],
    ] {
        let told = refusal(press(headers).await.unwrap(), StatusCode::FORBIDDEN).await;
        assert_eq!(told["error"], "foreign", "{headers:?}");
    }
    // Another name that was pointed at us.
    let rebound = browser
        .get(chat.url("/"))
        .header(header::HOST, "evil.example")
        .send()
        .await
        .unwrap();
    refusal(rebound, StatusCode::FORBIDDEN).await;
    assert_eq!(chat.desk.taken().len(), 1, "only the opening");
    let own = [("origin", own.as_str()), ("sec-fetch-site", "same-origin")];
    assert_eq!(press(&own).await.unwrap().status(), StatusCode::OK);
    chat.stop().await;
}

#[tokio::test]
async fn any_name_is_ours_where_the_operator_says_so() {
    let chat = Chat::start_for(Admission::AnyName).await;
    let answer = browser()
        .post(chat.url("/open"))
        .header(header::HOST, "dupi.example")
        .header(header::ORIGIN, "https://dupi.example")
        .json(&json!({"id": "1"}))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let foreign = browser()
        .post(chat.url("/open"))
        .header(header::HOST, "dupi.example")
        .header(header::ORIGIN, "https://evil.example")
        .json(&json!({"id": "1"}))
        .send()
        .await
        .unwrap();
    refusal(foreign, StatusCode::FORBIDDEN).await;
    chat.stop().await;
}

#[tokio::test]
async fn the_stream_tells_what_is_there_and_then_what_is_new() {
    let chat = Chat::start().await;
    let browser = opened(&chat).await;
    chat.say(1, None, Message::Hello).await;
    let mut events = Events::open(&browser, &chat, "").await;
    let mut second_tab = Events::open(&browser, &chat, "?since=1").await;
    let there = events.entries().await;
    assert_eq!(there.len(), 1);
    assert_eq!(there[0]["who"], "dupi");
    assert_eq!(there[0]["at"], "2026-11-20T09:30:00Z");
    assert_eq!(there[0]["content"]["language"], "en");
    assert_eq!(
        there[0]["content"]["buttons"][0][0],
        json!({"token": "speak:ko", "label": "한국어로 시작"})
    );
    assert!(second_tab.entries().await.is_empty());

    let words = "</script><img src=x onerror=alert(1)>";
    post(&browser, &chat, "/say", json!({"id": "1", "text": words})).await;
    for tab in [&mut events, &mut second_tab] {
        let new = tab.entries().await;
        assert_eq!(new.len(), 1);
        assert_eq!(new[0]["who"], "person");
        assert_eq!(new[0]["text"], words);
    }
    // The same effect a second time is the same message.
    chat.say(1, None, Message::Hello).await;
    chat.say(2, None, Message::AskAge).await;
    let new = events.entries().await;
    assert_eq!(new.len(), 1);
    assert_eq!(new[0]["position"], 3);
    chat.order_the_end();
    assert_eq!(events.next().await, None, "the stream ends with the server");
    chat.stop().await;
}

#[tokio::test]
async fn a_broken_stream_is_taken_up_without_a_gap_even_after_a_replacement() {
    let chat = Chat::start().await;
    let browser = opened(&chat).await;
    let slot = Some(Slot::Result(ConsultationNumber(1)));
    chat.say(1, slot, Message::PreparingResult).await;
    chat.say(2, None, Message::EraseDeclined).await;
    chat.say(3, slot, Message::AnswersKept).await;
    let mut events = Events::open(&browser, &chat, "").await;
    // In the order of revisions, so that any of them is a place to resume from.
    let revisions: Vec<(Value, Value)> = events
        .entries()
        .await
        .into_iter()
        .map(|entry| (entry["revision"].clone(), entry["position"].clone()))
        .collect();
    assert_eq!(revisions, [(json!(2), json!(2)), (json!(3), json!(1))]);
    let resumed = browser
        .get(chat.url("/events?since=0"))
        .header("last-event-id", "2")
        .send()
        .await
        .unwrap();
    let mut resumed = Events {
        answer: resumed,
        unread: String::new(),
    };
    let missed = resumed.entries().await;
    assert_eq!(missed.len(), 1);
    assert_eq!(missed[0]["slot"], "result:1");
    chat.stop().await;
}

#[tokio::test]
async fn erasing_is_told_to_every_tab_and_the_next_visit_is_a_new_one() {
    let chat = Chat::start().await;
    let browser = opened(&chat).await;
    chat.say(1, None, Message::Hello).await;
    let mut events = Events::open(&browser, &chat, "").await;
    events.entries().await;
    chat.desk.erase();
    assert_eq!(events.next().await.unwrap().name, "erased");
    assert_eq!(events.next().await, None);
    // A tab that was asleep meanwhile.
    let mut late = Events::open(&browser, &chat, "?since=1").await;
    assert_eq!(late.next().await.unwrap().name, "erased");
    assert_eq!(late.next().await, None);
    // Nothing comes back to life by an old page's press.
    let answer = post(
        &browser,
        &chat,
        "/press",
        json!({"id": "9", "token": "new"}),
    )
    .await;
    let told = refusal(answer, StatusCode::GONE).await;
    assert_eq!(told["error"], "no_conversation");
    let anew = post(&browser, &chat, "/open", json!({"id": "10"})).await;
    assert!(anew.headers().contains_key(header::SET_COOKIE));
    chat.stop().await;
}

fn form(id: &str, bytes: Vec<u8>) -> Form {
    Form::new()
        .text("id", id.to_owned())
        .part("file", Part::bytes(bytes).file_name("photo.jpg"))
}

async fn upload(browser: &Client, chat: &Chat, form: Form) -> Response {
    browser
        .post(chat.url("/photo"))
        .multipart(form)
        .send()
        .await
        .unwrap()
}

#[tokio::test]
async fn a_photo_of_20_megabytes_arrives_and_a_larger_one_is_refused_kindly() {
    let chat = Chat::start().await;
    let browser = opened(&chat).await;
    let limit = 20 * 1024 * 1024;
    let largest = upload(&browser, &chat, form("1", vec![7; limit])).await;
    assert_eq!(largest.status(), StatusCode::OK);
    let too_large = upload(&browser, &chat, form("2", vec![7; limit + 1])).await;
    let told = refusal(too_large, StatusCode::PAYLOAD_TOO_LARGE).await;
    assert_eq!(told["error"], "file_too_large");
    assert!(told["text"].as_str().unwrap().contains("20 MB"));
    let taken = chat.desk.taken();
    assert_eq!(taken.len(), 2);
    assert_eq!(taken[1].0, "web:1");
    assert!(matches!(&taken[1].1, InboundWhat::PhotoReceived(bytes) if bytes.len() == limit));
    chat.stop().await;
}

#[tokio::test]
async fn a_file_that_is_no_photo_is_answered_and_a_form_that_is_none_refused() {
    let chat = Chat::start().await;
    let browser = opened(&chat).await;
    let answer = upload(&browser, &chat, form("1", NO_PHOTO.to_vec())).await;
    let taken: Value = answer.json().await.unwrap();
    assert_eq!(taken["result"], "photo_turned_away");
    let empty = upload(&browser, &chat, form("2", Vec::new())).await;
    assert_eq!(
        empty.status(),
        StatusCode::OK,
        "the desk says what is wrong"
    );
    let no_id = Form::new().part("file", Part::bytes(vec![1]));
    let no_file = Form::new().text("id", "3");
    let odd = Form::new().text("id", "4").text("comment", "hello");
    for form in [no_id, no_file, odd, form(&"x".repeat(300), vec![1])] {
        let answer = upload(&browser, &chat, form).await;
        refusal(answer, StatusCode::BAD_REQUEST).await;
    }
    let no_form = post(&browser, &chat, "/photo", json!({"id": "5"})).await;
    refusal(no_form, StatusCode::BAD_REQUEST).await;
    let cut = browser
        .post(chat.url("/photo"))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
        .body("--b\r\nContent-Disposition: form-data; name=\"id\"\r\n\r\n6\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nhalf a pho")
        .send()
        .await
        .unwrap();
    let told = refusal(cut, StatusCode::BAD_REQUEST).await;
    assert_eq!(told["error"], "interrupted");
    assert_eq!(chat.desk.taken().len(), 3);
    chat.stop().await;
}

#[tokio::test]
async fn pictures_are_shown_to_their_own_conversation_only() {
    let chat = Chat::start().await;
    let browser = opened(&chat).await;
    let (own, _) = chat.desk.only_conversation();
    let photo = Uuid::from_u128(5);
    let kind = StoredKind::Photo(PhotoId(photo));
    chat.photos
        .put(own, kind, b"\xFF\xD8\xFFjpeg")
        .await
        .unwrap();
    let card = StoredKind::Card(ConsultationNumber(1));
    chat.photos.put(own, card, b"\x89PNGcard").await.unwrap();
    let other = ConversationId(Uuid::from_u128(999));
    let foreign = StoredKind::Photo(PhotoId(Uuid::from_u128(6)));
    chat.photos
        .put(other, foreign, b"\xFF\xD8\xFF")
        .await
        .unwrap();

    for (path, kind) in [
        (format!("/photos/{photo}"), "image/jpeg"),
        ("/cards/1".to_owned(), "image/png"),
    ] {
        let answer = get(&browser, &chat, &path).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()[header::CONTENT_TYPE], kind);
        assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
        let stranger = get(&Client::new(), &chat, &path).await;
        refusal(stranger, StatusCode::NOT_FOUND).await;
    }
    for path in [
        &format!("/photos/{}", Uuid::from_u128(6)),
        "/photos/nothing",
        "/cards/2",
        "/cards/-1",
        "/cards/99999999999",
    ] {
        let answer = get(&browser, &chat, path).await;
        refusal(answer, StatusCode::NOT_FOUND).await;
    }
    chat.stop().await;
}

#[tokio::test]
async fn a_store_that_is_gone_is_told_kindly_and_without_details() {
    let chat = Chat::start().await;
    let browser = opened(&chat).await;
    chat.desk.fail();
    for (path, body) in [
        ("/open", json!({"id": "1"})),
        ("/say", json!({"id": "2", "text": "hello"})),
        ("/press", json!({"id": "3", "token": "tips"})),
    ] {
        let answer = post(&browser, &chat, path, body).await;
        let told = refusal(answer, StatusCode::SERVICE_UNAVAILABLE).await;
        assert_eq!(told["error"], "unavailable");
        assert!(!told["text"].as_str().unwrap().contains("disk"));
    }
    let stream = get(&browser, &chat, "/events").await;
    refusal(stream, StatusCode::SERVICE_UNAVAILABLE).await;
    chat.stop().await;
}

#[tokio::test]
async fn without_a_session_there_is_nothing_to_act_upon() {
    let chat = Chat::start().await;
    let answer = post(&browser(), &chat, "/say", json!({"id": "1", "text": "a"})).await;
    refusal(answer, StatusCode::GONE).await;
    let answer = upload(&browser(), &chat, form("1", vec![1])).await;
    refusal(answer, StatusCode::GONE).await;
    let health = get(&browser(), &chat, "/healthz").await;
    assert_eq!(health.text().await.unwrap(), "ok");
    assert_eq!(chat.desk.conversations(), 0);
    chat.stop().await;
}

#[tokio::test]
async fn the_pages_texts_follow_the_language() {
    let chat = Chat::start().await;
    for (languages, send) in [("ko", "보내기"), ("en", "Send")] {
        let answer = get(&browser_speaking(languages), &chat, "/texts").await;
        let texts: Value = answer.json().await.unwrap();
        assert_eq!(texts["send"], send);
        assert_eq!(texts["language-tag"], languages);
    }
    chat.stop().await;
}

#[tokio::test]
async fn readiness_tells_of_every_messenger_and_fails_with_one_of_them() {
    let now = tokio::time::Instant::now();
    let health = |name| ChannelHealth::new(name, std::time::Duration::from_mins(1), now);
    let (telegram, discord) = (health("telegram"), health("discord"));
    let messengers = vec![telegram.clone(), discord.clone()];
    let chat = Chat::start_beside(Admission::OwnNames, messengers).await;
    let url = format!("http://{}/readyz", chat.address);
    telegram.beat(now);
    discord.beat(now);
    let ready = reqwest::get(&url).await.unwrap();
    assert_eq!(ready.status(), 200);
    assert_eq!(
        ready.text().await.unwrap(),
        "web working\ntelegram working\ndiscord working\n"
    );
    discord.stop(StopReason::TokenRefused);
    let broken = reqwest::get(&url).await.unwrap();
    assert_eq!(broken.status(), 503);
    let told = broken.text().await.unwrap();
    assert!(told.contains("discord stopped:token-refused"), "{told}");
}
