//! The web chat: one page, server-sent events, and a handful of posts.
//!
//! A conversation belongs to an unguessable session cookie. Everything shown is read from the
//! [`Transcript`], so a reload, a second tab or a restart shows the same. Nothing here decides about
//! the consultation, and nothing that a person sends can make it panic.
//! Begin at [`serve`]; [`WebSender`] is the way back to the person.

mod content;
mod door;
mod events;
mod inbound;
mod language;
mod listen;
mod page;
mod pictures;
mod ready;
mod refusal;
mod sender;
mod session;
mod upload;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::health::ChannelsHealth;
use crate::ports::{ConversationDesk, IdSource, PhotoStore, Transcript};
use crate::wording::Wording;

pub use listen::{ListenError, listen};
pub use page::{PHOTO_GUIDE, PageError, Pages};
pub use sender::WebSender;

/// The most bytes of one post, photos apart: 10,000 characters fit several times over.
const MOST_BYTES_OF_A_POST: usize = 256 * 1024;

/// How long open requests may take to end once the shutdown has begun.
const PATIENCE_AT_SHUTDOWN: Duration = Duration::from_secs(5);

/// Whose requests are answered, judged by the name they call us by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// Only requests to a loopback name or the very address bound: a foreign page that points its
    /// own name at us is turned away.
    OwnNames,
    /// Any name: the operator has put us behind a public address on purpose.
    AnyName,
}

/// What the web chat needs.
#[derive(Clone)]
pub struct WebChannel {
    pub desk: Arc<dyn ConversationDesk>,
    pub transcript: Arc<dyn Transcript>,
    pub photos: Arc<dyn PhotoStore>,
    pub ids: Arc<dyn IdSource>,
    pub wording: Arc<Wording>,
    pub pages: Arc<Pages>,
    pub admission: Admission,
    /// How the messengers beside it do.
    pub messengers: ChannelsHealth,
}

impl std::fmt::Debug for WebChannel {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "WebChannel({:?})", self.admission)
    }
}

/// What every request handler shares.
struct Web {
    channel: WebChannel,
    /// The address bound.
    address: SocketAddr,
    shutdown: CancellationToken,
}

/// Serves the web chat until `shutdown`; then ends the event streams, lets running requests finish
/// and returns.
pub async fn serve(
    listener: TcpListener,
    channel: WebChannel,
    shutdown: CancellationToken,
) -> std::io::Result<()> {
    let web = Arc::new(Web {
        channel,
        address: listener.local_addr()?,
        shutdown: shutdown.clone(),
    });
    let serving = axum::serve(listener, routes(web))
        .with_graceful_shutdown(shutdown.clone().cancelled_owned());
    tokio::select! {
        served = serving => served,
        // A connection that sends nothing and goes nowhere must not hold up the end.
        () = async { shutdown.cancelled().await; tokio::time::sleep(PATIENCE_AT_SHUTDOWN).await } => Ok(()),
    }
}

fn routes(web: Arc<Web>) -> Router {
    let chat = Router::new()
        .route("/", get(page::page))
        .route("/texts", get(page::texts))
        .route("/assets/{name}", get(page::asset))
        .route("/events", get(events::events))
        .route("/photos/{id}", get(pictures::photo))
        .route("/cards/{number}", get(pictures::card))
        .route("/open", post(inbound::open))
        .route("/say", post(inbound::say))
        .route("/press", post(inbound::press))
        .route("/choose", post(inbound::choose))
        .layer(DefaultBodyLimit::max(MOST_BYTES_OF_A_POST))
        .route(
            "/photo",
            // Counted while it arrives; see `upload`.
            post(upload::photo).layer(DefaultBodyLimit::disable()),
        )
        .fallback(door::nothing_here)
        .layer(axum::middleware::from_fn_with_state(
            web.clone(),
            door::door,
        ));
    Router::new()
        .route("/healthz", get(async || "ok"))
        .route("/readyz", get(ready::ready))
        .merge(chat)
        .with_state(web)
}
