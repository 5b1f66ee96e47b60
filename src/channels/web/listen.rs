//! Binding the web chat's address.

use std::net::SocketAddr;

use tokio::net::TcpListener;

/// How many ports after the one asked for are tried when it is taken.
const FURTHER_PORTS: u16 = 20;

/// Why the web chat has no address.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// Anybody who reaches the address could hold conversations here.
    #[error(
        "web.address is `{address}`, which is not on loopback; hint: use 127.0.0.1, or set \
         `web.allow_public = true` and put a proxy with TLS in front"
    )]
    NotLoopback { address: SocketAddr },
    #[error("ports {first} to {last} are all taken; hint: set `web.address` to another port")]
    AllTaken { first: u16, last: u16 },
    #[error("cannot listen on `{address}`")]
    Refused {
        address: SocketAddr,
        #[source]
        source: std::io::Error,
    },
}

/// Binds the address, or the next free port after it. Port 0 takes any free one. An address beyond
/// loopback is refused unless public addresses are allowed.
pub async fn listen(address: SocketAddr, allow_public: bool) -> Result<TcpListener, ListenError> {
    if !allow_public && !address.ip().to_canonical().is_loopback() {
        return Err(ListenError::NotLoopback { address });
    }
    let first = address.port();
    let last = match first {
        0 => 0,
        first => first.saturating_add(FURTHER_PORTS),
    };
    for port in first..=last {
        let address = SocketAddr::new(address.ip(), port);
        match TcpListener::bind(address).await {
            Ok(listener) => return Ok(listener),
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {}
            Err(source) => return Err(ListenError::Refused { address, source }),
        }
    }
    Err(ListenError::AllTaken { first, last })
}

#[cfg(test)]
mod tests {
    use super::{ListenError, listen};

    #[tokio::test]
    async fn a_taken_port_leads_to_the_next_free_one() {
        let taken = listen("127.0.0.1:0".parse().unwrap(), false).await.unwrap();
        let address = taken.local_addr().unwrap();
        let next = listen(address, false).await.unwrap().local_addr().unwrap();
        assert!(next.port() > address.port());
        assert!(next.port() - address.port() <= super::FURTHER_PORTS);
    }

    #[tokio::test]
    async fn an_address_beyond_loopback_needs_to_be_allowed() {
        let everywhere = "0.0.0.0:0".parse().unwrap();
        assert!(matches!(
            listen(everywhere, false).await,
            Err(ListenError::NotLoopback { .. })
        ));
        assert!(listen(everywhere, true).await.is_ok());
    }

    #[tokio::test]
    async fn both_loopbacks_are_fine() {
        assert!(listen("127.8.9.1:0".parse().unwrap(), false).await.is_ok());
        let six = listen("[::1]:0".parse().unwrap(), false).await;
        // A machine without IPv6 refuses it, which is not a matter of loopback.
        assert!(!matches!(six, Err(ListenError::NotLoopback { .. })));
    }
}
