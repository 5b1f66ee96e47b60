//! `dupi serve`: the service, announced in one line.

use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::Outcome;
use super::arguments::ServeArguments;
use crate::app::serve;
use crate::config::Settings;

/// Serves until the process is asked to stop.
pub(super) async fn run(
    settings: &Settings,
    arguments: &ServeArguments,
    output: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    let opens = arguments.open || settings.web.open;
    serve(settings, |address| {
        let url = url(address);
        // A service whose output nobody reads still serves.
        let _ = writeln!(output, "Dupi is ready at {url} (Ctrl-C stops it)");
        let _ = output.flush();
        if opens && let Err(error) = open::that_detached(&url) {
            tracing::warn!(%error, "No browser could be opened; open {url} yourself");
        }
    })
    .await?;
    Ok(Outcome::Done)
}

/// What a browser on this machine asks for.
fn url(address: SocketAddr) -> String {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    format!("http://{}/", SocketAddr::new(ip, address.port()))
}

#[cfg(test)]
mod tests {
    use super::url;

    #[test]
    fn the_address_can_be_opened_in_a_browser() {
        for (address, expected) in [
            ("127.0.0.1:8080", "http://127.0.0.1:8080/"),
            ("0.0.0.0:80", "http://127.0.0.1:80/"),
            ("[::]:81", "http://[::1]:81/"),
        ] {
            assert_eq!(url(address.parse().unwrap()), expected);
        }
    }
}
