//! Whether everything that is set up works, for whoever watches the service.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use tokio::time::Instant;

use super::Web;

/// A line for each messenger, as `telegram working`; 503 while one of them does not work.
pub(super) async fn ready(State(web): State<Arc<Web>>) -> Response {
    let now = Instant::now();
    let messengers = &web.channel.messengers;
    let mut lines = String::from("web working\n");
    for (name, state) in messengers.states(now) {
        writeln!(lines, "{name} {}", state.id()).expect("writing to a string succeeds");
    }
    let status = if messengers.all_ready(now) {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, lines).into_response()
}
