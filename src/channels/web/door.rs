//! The door: who may come in, and what every answer carries.
//!
//! A foreign page in the same browser must not be able to act or read here: the cookie is
//! `SameSite=Strict`, posts must come from our own page, and requests must call us by our own name.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::refusal::{Refusal, worded};
use super::{Admission, Web, language};

/// Nothing is fetched from anywhere else, nothing inline runs, nobody may frame the page.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

const HEADERS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=()",
    ),
];

/// Lets a request in or refuses it, words refusals, and sets the headers of every answer.
pub(super) async fn door(State(web): State<Arc<Web>>, request: Request, next: Next) -> Response {
    let language = language::asked_for(request.headers());
    let answer = match admit(&web, &request) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    };
    let mut answer = worded(answer, web.channel.wording.phrases(), language);
    let headers = answer.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    answer
}

/// The answer for paths that do not exist.
pub(super) async fn nothing_here() -> Refusal {
    Refusal::NotFound
}

fn admit(web: &Web, request: &Request) -> Result<(), Refusal> {
    let headers = request.headers();
    let host = text(headers, &header::HOST);
    match web.channel.admission {
        Admission::AnyName => {}
        Admission::OwnNames => {
            if !host.is_some_and(|host| is_own_name(host, web.address)) {
                return Err(Refusal::Foreign);
            }
        }
    }
    if request.method() != Method::GET
        && request.method() != Method::HEAD
        && !comes_from_own_page(headers, host)
    {
        return Err(Refusal::Foreign);
    }
    Ok(())
}

/// Whether a `Host` header names loopback or the address bound.
fn is_own_name(host: &str, address: SocketAddr) -> bool {
    let name = match host.strip_prefix('[') {
        Some(bracketed) => bracketed.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    match name.parse::<IpAddr>() {
        Ok(ip) => ip.to_canonical().is_loopback() || ip == address.ip(),
        Err(_) => name.eq_ignore_ascii_case("localhost"),
    }
}

/// Whether a post may have come from our own page. A client that is no browser says nothing of
/// where it comes from, and holds no cookie that it was not given.
fn comes_from_own_page(headers: &HeaderMap, host: Option<&str>) -> bool {
    if headers.contains_key("sec-fetch-site") && text_of(headers, "sec-fetch-site") != "same-origin"
    {
        return false;
    }
    match headers.get(header::ORIGIN) {
        None => true,
        Some(origin) => {
            let authority = origin
                .to_str()
                .ok()
                .and_then(|origin| origin.split_once("://"))
                .map(|(_, authority)| authority);
            authority.is_some() && authority == host
        }
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn text_of<'a>(headers: &'a HeaderMap, name: &'static str) -> &'a str {
    text(headers, &HeaderName::from_static(name)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::is_own_name;

    #[test]
    fn only_loopback_names_and_the_bound_address_are_our_own() {
        let bound = "192.168.0.7:8080".parse().unwrap();
        for own in [
            "127.0.0.1:8080",
            "localhost",
            "LOCALHOST:1",
            "[::1]:8080",
            "192.168.0.7:8080",
        ] {
            assert!(is_own_name(own, bound), "{own}");
        }
        for foreign in [
            "evil.example",
            "127.0.0.1.evil.example",
            "localhost.evil.example:8080",
            "192.168.0.8",
            "",
            "[",
        ] {
            assert!(!is_own_name(foreign, bound), "{foreign}");
        }
    }
}
