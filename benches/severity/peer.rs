//! The Python service next door, and a crowd of clients for it and for Dupi.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::Context as _;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use dupi::ports::SeverityGrader as _;
use dupi::severity::OnnxSeverityGrader;

use crate::measure::{milliseconds, percentile};

pub(crate) const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peer");

/// The running peer. It ends when its standard input does, at the latest with this.
pub(crate) struct Peer {
    child: Child,
    pub(crate) url: String,
}

impl Peer {
    pub(crate) fn start(python: &Path, model: &Path, threads: usize) -> anyhow::Result<Self> {
        let mut child = Command::new(python)
            .arg(format!("{FOLDER}/service.py"))
            .arg(model)
            .arg(threads.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let output = child.stdout.take().context("its output is piped")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let url = line.trim().to_owned();
        let peer = Self { child, url };
        anyhow::ensure!(peer.url.starts_with("http://"), "the peer did not start");
        Ok(peer)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Dupi's worker behind a route like the peer's. Serves as long as the runtime lives.
pub(crate) async fn serve(grader: OnnxSeverityGrader) -> anyhow::Result<String> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let router = Router::new()
        .route("/grade", post(grade))
        .with_state(grader);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(url)
}

async fn grade(State(grader): State<OnnxSeverityGrader>, photo: Bytes) -> Response {
    let Ok(graded) = grader.grade(photo.to_vec()).await else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let grades = graded.judgement.grades.map(|grades| {
        let rows = grades.iter().map(|(condition, grade)| {
            let name = format!("{condition:?}");
            (name, serde_json::json!(grade.probabilities))
        });
        rows.collect::<serde_json::Map<_, _>>()
    });
    axum::Json(serde_json::json!({ "probs": grades })).into_response()
}

/// What a crowd of clients saw.
pub(crate) struct Seen {
    pub(crate) per_second: f64,
    pub(crate) p50: f64,
    pub(crate) p95: f64,
}

/// So many clients, each sending its next photo when the answer to the last is there, `photos` in all.
pub(crate) async fn crowd(
    url: &str,
    photo: &Bytes,
    clients: usize,
    photos: usize,
) -> anyhow::Result<Seen> {
    let left = Arc::new(AtomicUsize::new(photos));
    let started = Instant::now();
    let crowd: Vec<_> = (0..clients)
        .map(|_| {
            let (left, photo) = (Arc::clone(&left), photo.clone());
            let url = format!("{url}/grade");
            tokio::spawn(async move {
                let client = reqwest::Client::new();
                let mut times = Vec::new();
                while left
                    .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                        left.checked_sub(1)
                    })
                    .is_ok()
                {
                    let asked = Instant::now();
                    let answer = client.post(&url).body(photo.clone()).send().await?;
                    answer.error_for_status()?.bytes().await?;
                    times.push(milliseconds(asked.elapsed()));
                }
                anyhow::Ok(times)
            })
        })
        .collect();
    let mut times = Vec::new();
    for client in crowd {
        times.extend(client.await??);
    }
    let seconds = started.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "a few hundred photos")]
    let per_second = photos as f64 / seconds;
    Ok(Seen {
        per_second,
        p50: percentile(&mut times, 0.5),
        p95: percentile(&mut times, 0.95),
    })
}
