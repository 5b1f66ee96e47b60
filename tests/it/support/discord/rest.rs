//! One door for every HTTP request: read, checked against faults, token, limits and the
//! specification, answered, and written down.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{ConnectInfo, FromRequest as _, Multipart, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::Shared;
use super::faults::{self, Trouble, Wire};
use super::limits::Standing;
use super::refusal::{Blame, Refusal};
use super::routes::{self, Handler};
use super::specification::Specification;
use super::world::{Call, FILE_LIMIT, TOKEN, World};

/// The largest body that is read, in bytes.
const BODY_LIMIT: usize = 64 * 1024 * 1024;

/// A request, taken apart.
#[derive(Debug)]
pub(super) struct Incoming {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: String,
    /// What stands for the names in the template.
    pub(super) given: Vec<String>,
    pub(super) body: Value,
    /// The number in `files[n]`, the name and the bytes.
    pub(super) files: Vec<(u64, String, Vec<u8>)>,
}

impl Incoming {
    /// An id in the path; what is no number is no id of anything.
    pub(super) fn id(&self, position: usize) -> u64 {
        self.given[position].parse().unwrap_or(0)
    }
}

/// What is answered: a status, and a body unless it is null.
pub(super) type Reply = (u16, Value);

struct Answer {
    status: u16,
    body: Value,
    standing: Option<Standing>,
    /// Milliseconds to wait, and whether that holds for everything.
    wait: Option<(i64, bool)>,
    /// Somebody before Discord answers.
    is_barred: bool,
}

impl Answer {
    fn plain(status: u16, body: Value) -> Self {
        Self {
            status,
            body,
            standing: None,
            wait: None,
            is_barred: false,
        }
    }

    fn limited(wait: i64, global: bool) -> Self {
        Self {
            status: 429,
            body: json!({
                "message": "You are being rate limited.",
                "retry_after": seconds(wait),
                "global": global,
            }),
            standing: None,
            wait: Some((wait, global)),
            is_barred: false,
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a few years in milliseconds fit exactly"
)]
fn seconds(milliseconds: i64) -> f64 {
    milliseconds as f64 / 1_000.0
}

pub(super) async fn receive(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(wire): ConnectInfo<Wire>,
    request: Request,
) -> Response {
    if let Some(path) = request.uri().path().strip_prefix("/attachments/") {
        let path = path.to_owned();
        return download(&shared, &wire, &path).await;
    }
    let headers = request.headers().clone();
    let (incoming, malformed) = take_apart(request).await;
    let found = routes::find(incoming.method.as_str(), &incoming.path);
    let template = found
        .as_ref()
        .map_or_else(|| incoming.path.clone(), |found| found.template.to_owned());
    let incoming = Incoming {
        given: found
            .as_ref()
            .map(|found| found.given.clone())
            .unwrap_or_default(),
        ..incoming
    };
    let trouble =
        shared.change(|world| faults::take(&mut world.faults, incoming.method.as_str(), &template));
    let answer = shared.change(|world| {
        // Whatever becomes of it, it has to be right.
        check(world, &incoming, &template, malformed.as_deref());
        let answer = match trouble {
            Some(Trouble::RateLimited(wait)) => Answer::limited(in_milliseconds(wait), false),
            Some(Trouble::GloballyRateLimited(wait)) => {
                Answer::limited(in_milliseconds(wait), true)
            }
            Some(Trouble::Barred(wait)) => Answer {
                body: json!("<html>error code: 1015</html>"),
                is_barred: true,
                ..Answer::limited(in_milliseconds(wait), false)
            },
            Some(Trouble::Status(status)) => Answer::plain(
                status,
                json!({ "message": "the stand-in fails on order", "code": 0 }),
            ),
            Some(Trouble::Refused(status, code)) => Answer::plain(
                status,
                json!({ "message": "refused on order", "code": code }),
            ),
            Some(Trouble::Hang) => Answer::plain(0, Value::Null),
            Some(
                Trouble::DoneThen(_) | Trouble::CutInBody | Trouble::LoseAnswer | Trouble::Late(_),
            )
            | None => {
                let handler = found.as_ref().map(|found| found.handler);
                let answer = world.answer(&incoming, &template, &headers, handler);
                match trouble {
                    Some(Trouble::DoneThen(status)) => Answer::plain(status, Value::Null),
                    _ => answer,
                }
            }
        };
        let lost = matches!(trouble, Some(Trouble::Hang | Trouble::LoseAnswer));
        if matches!(answer.status, 401 | 403 | 429) {
            world.invalid_requests += 1;
        }
        world.calls.push(Call {
            method: incoming.method.to_string(),
            template: template.clone(),
            path: incoming.path.clone(),
            body: incoming.body.clone(),
            files: incoming
                .files
                .iter()
                .map(|(_, name, bytes)| (name.clone(), bytes.clone()))
                .collect(),
            status: if lost { 0 } else { answer.status },
            after: world.clock.elapsed(),
        });
        answer
    });
    deliver(trouble, &wire, answer).await
}

async fn deliver(trouble: Option<Trouble>, wire: &Wire, answer: Answer) -> Response {
    match trouble {
        Some(Trouble::Hang) => std::future::pending().await,
        Some(Trouble::LoseAnswer) => wire.cut(),
        Some(Trouble::CutInBody) => wire.cut_after(answer.body.to_string().len() / 2),
        Some(Trouble::Late(wait)) => tokio::time::sleep(Duration::from_secs_f64(wait)).await,
        _ => {}
    }
    write(&answer)
}

fn in_milliseconds(seconds: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "a test waits for seconds")]
    let milliseconds = (seconds * 1_000.0) as i64;
    milliseconds
}

fn write(answer: &Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).expect("a handler answers with a status");
    let mut response = if answer.body.is_null() {
        status.into_response()
    } else {
        (status, axum::Json(&answer.body)).into_response()
    };
    let mut put = |name: &'static str, value: String| {
        let value = value.parse().expect("a header of digits and letters");
        response.headers_mut().insert(name, value);
    };
    if let Some(standing) = &answer.standing {
        let after = standing.resets - standing.counted_at;
        put("x-ratelimit-limit", standing.limit.to_string());
        put("x-ratelimit-remaining", standing.remaining.to_string());
        put(
            "x-ratelimit-reset",
            format!("{:.3}", seconds(standing.resets)),
        );
        put("x-ratelimit-reset-after", format!("{:.3}", seconds(after)));
        put("x-ratelimit-bucket", standing.bucket.clone());
    }
    if let Some((wait, global)) = answer.wait {
        put(
            "retry-after",
            wait.div_euclid(1_000)
                .max(0)
                .saturating_add(i64::from(wait % 1_000 != 0))
                .to_string(),
        );
        if answer.is_barred {
            return response;
        }
        put(
            "x-ratelimit-scope",
            if global { "global" } else { "user" }.to_owned(),
        );
        if global {
            put("x-ratelimit-global", "true".to_owned());
        }
    }
    response
}

/// Notes what the official specification does not know or allow.
fn check(world: &mut World, incoming: &Incoming, template: &str, malformed: Option<&str>) {
    let mut found: Vec<String> = malformed.map(str::to_owned).into_iter().collect();
    if let Some(specification) = Specification::official() {
        found.extend(specification.violations(incoming));
    }
    for problem in found {
        world
            .violations
            .push(format!("{} {template}: {problem}", incoming.method));
    }
}

impl World {
    fn answer(
        &mut self,
        incoming: &Incoming,
        template: &str,
        headers: &HeaderMap,
        handler: Option<Handler>,
    ) -> Answer {
        let major = incoming.given.join("/");
        let major = if template.starts_with("/webhooks/") {
            incoming
                .given
                .iter()
                .take(2)
                .cloned()
                .collect::<Vec<_>>()
                .join("/")
        } else if template.starts_with("/channels/") {
            incoming.given.first().cloned().unwrap_or_default()
        } else {
            major
        };
        let now = self.clock.now();
        let standing = match self
            .limits
            .take(incoming.method.as_str(), template, &major, now)
        {
            Ok(standing) => standing,
            Err((wait, global, standing)) => {
                return Answer {
                    standing: Some(standing),
                    ..Answer::limited(wait, global)
                };
            }
        };
        let Some(handler) = handler else {
            self.violations.push(format!(
                "{} {}: the stand-in does not model this",
                incoming.method, incoming.path
            ));
            return Answer::plain(501, json!({ "message": "501: Not Modelled", "code": 0 }));
        };
        let done = self
            .admit(headers, template)
            .and_then(|()| within_size(incoming))
            .and_then(|()| handler(self, incoming));
        let (status, body) = done.unwrap_or_else(|refusal| {
            if refusal.blame == Blame::Bot {
                self.violations.push(format!(
                    "{} {template}: {}",
                    incoming.method,
                    refusal.told()
                ));
            }
            (refusal.status, refusal.body)
        });
        Answer {
            status,
            body,
            standing: Some(standing),
            wait: None,
            is_barred: false,
        }
    }

    fn admit(&self, headers: &HeaderMap, template: &str) -> Result<(), Refusal> {
        let given = headers
            .get(header::AUTHORIZATION)
            .map(|value| value.to_str().unwrap_or_default());
        let open = template == "/gateway"
            || template.starts_with("/interactions/")
            || template.starts_with("/webhooks/");
        match given {
            None if open => Ok(()),
            Some(given) if !self.revoked && given.strip_prefix("Bot ") == Some(TOKEN) => Ok(()),
            _ => Err(Refusal::unauthorized()),
        }
    }
}

fn within_size(incoming: &Incoming) -> Result<(), Refusal> {
    if incoming
        .files
        .iter()
        .any(|(_, _, bytes)| bytes.len() > FILE_LIMIT)
    {
        return Err(Refusal::too_large());
    }
    Ok(())
}

/// Reads a request; the second part tells what is wrong with its form.
async fn take_apart(request: Request) -> (Incoming, Option<String>) {
    let path = request.uri().path();
    let (path, wrong_base) = match path.strip_prefix("/api/v10") {
        Some(rest) => (rest.to_owned(), None),
        None => (
            path.to_owned(),
            Some("the path does not begin with /api/v10".to_owned()),
        ),
    };
    let mut incoming = Incoming {
        method: request.method().clone(),
        path,
        query: request.uri().query().unwrap_or_default().to_owned(),
        given: Vec::new(),
        body: Value::Null,
        files: Vec::new(),
    };
    let kind = request.headers().get(header::CONTENT_TYPE);
    let multipart = kind
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("multipart/form-data"));
    let read = if multipart {
        read_parts(request, &mut incoming).await
    } else {
        match axum::body::to_bytes(request.into_body(), BODY_LIMIT).await {
            Ok(bytes) if bytes.is_empty() => Ok(()),
            Ok(bytes) => parse(&bytes, &mut incoming),
            Err(error) => Err(format!("the body cannot be read: {error}")),
        }
    };
    (incoming, wrong_base.or(read.err()))
}

fn parse(bytes: &[u8], incoming: &mut Incoming) -> Result<(), String> {
    incoming.body =
        serde_json::from_slice(bytes).map_err(|error| format!("the body is no JSON: {error}"))?;
    Ok(())
}

async fn read_parts(request: Request, incoming: &mut Incoming) -> Result<(), String> {
    let broken = |error: &dyn std::fmt::Display| format!("the multipart body is broken: {error}");
    let mut parts = Multipart::from_request(request, &())
        .await
        .map_err(|error| broken(&error))?;
    while let Some(part) = parts.next_field().await.map_err(|error| broken(&error))? {
        let field = part.name().unwrap_or_default().to_owned();
        let name = part.file_name().map(str::to_owned);
        let bytes = part.bytes().await.map_err(|error| broken(&error))?;
        if field == "payload_json" {
            parse(&bytes, incoming)?;
            continue;
        }
        let number = field
            .strip_prefix("files[")
            .and_then(|rest| rest.strip_suffix(']'));
        match number.and_then(|number| number.parse().ok()).zip(name) {
            Some((number, name)) => incoming.files.push((number, name, bytes.to_vec())),
            None => {
                return Err(format!(
                    "the part `{field}` is neither payload_json nor files[n]"
                ));
            }
        }
    }
    Ok(())
}

/// A file, as it was uploaded.
async fn download(shared: &Shared, wire: &Wire, path: &str) -> Response {
    let template = "/attachments/{channel_id}/{attachment_id}/{filename}";
    let (trouble, file) = shared.change(|world| {
        let trouble = faults::take(&mut world.faults, "GET", template);
        let id = path.split('/').nth(1).and_then(|id| id.parse::<u64>().ok());
        let file = id.and_then(|id| world.files.get(&id).cloned());
        let status = match trouble {
            Some(
                Trouble::Status(status) | Trouble::Refused(status, _) | Trouble::DoneThen(status),
            ) => status,
            Some(
                Trouble::RateLimited(_) | Trouble::GloballyRateLimited(_) | Trouble::Barred(_),
            ) => 429,
            Some(Trouble::Hang | Trouble::LoseAnswer) => 0,
            Some(Trouble::CutInBody | Trouble::Late(_)) | None => {
                if file.is_some() {
                    200
                } else {
                    404
                }
            }
        };
        world.calls.push(Call {
            method: "GET".to_owned(),
            template: template.to_owned(),
            path: format!("/attachments/{path}"),
            body: Value::Null,
            files: Vec::new(),
            status,
            after: world.clock.elapsed(),
        });
        (trouble, file)
    });
    match (trouble, file) {
        (Some(Trouble::Hang), _) => std::future::pending().await,
        (
            Some(Trouble::Status(status) | Trouble::Refused(status, _) | Trouble::DoneThen(status)),
            _,
        ) => StatusCode::from_u16(status)
            .unwrap_or(StatusCode::BAD_GATEWAY)
            .into_response(),
        (
            Some(
                Trouble::RateLimited(wait)
                | Trouble::GloballyRateLimited(wait)
                | Trouble::Barred(wait),
            ),
            _,
        ) => write(&Answer::limited(in_milliseconds(wait), false)),
        (trouble, Some(file)) => {
            match trouble {
                Some(Trouble::LoseAnswer) => wire.cut(),
                Some(Trouble::CutInBody) => wire.cut_after(file.bytes.len() / 2),
                Some(Trouble::Late(wait)) => {
                    tokio::time::sleep(Duration::from_secs_f64(wait)).await;
                }
                _ => {}
            }
            ([(header::CONTENT_TYPE, file.kind)], Body::from(file.bytes)).into_response()
        }
        (_, None) => StatusCode::NOT_FOUND.into_response(),
    }
}
