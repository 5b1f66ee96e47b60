//! The gateway's WebSocket: moves what `sessions` decides, and drops whoever falls silent.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::{WebSocketStream, accept_hdr_async};
use tokio_util::sync::CancellationToken;

use super::Shared;
use super::sessions::{Order, hello};

pub(super) async fn listen(listener: TcpListener, shared: Arc<Shared>, end: CancellationToken) {
    loop {
        tokio::select! {
            () = end.cancelled() => return,
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    let (shared, end) = (Arc::clone(&shared), end.clone());
                    tokio::spawn(async move {
                        tokio::select! {
                            () = end.cancelled() => {}
                            () = attend(stream, &shared) => {}
                        }
                    });
                }
            }
        }
    }
}

#[expect(
    clippy::result_large_err,
    reason = "the library's callback has this type"
)]
async fn attend(stream: TcpStream, shared: &Shared) {
    let mut asked = None;
    let greeted = accept_hdr_async(stream, |request: &Request, response: Response| {
        asked = request.uri().query().map(str::to_owned);
        Ok::<_, ErrorResponse>(response)
    })
    .await;
    // Whoever does not speak WebSocket is no gateway client.
    let Ok(mut socket) = greeted else { return };
    let asked = asked.unwrap_or_default();
    let (wire, mut orders) = mpsc::unbounded_channel();
    let (connection, interval) = shared.change(|world| {
        if !asked.split('&').any(|pair| pair == "v=10") {
            world
                .violations
                .push(format!("gateway: asked for `{asked}`, not for v=10"));
        }
        (world.gateway.connected(wire), world.gateway.heartbeat)
    });
    let patience = Duration::from_millis(interval) * 2;
    let mut silent_until = Instant::now() + patience;
    let mut farewell = None;
    let mut going = carry_out(&mut socket, hello(interval)).await;
    while going {
        tokio::select! {
            biased;
            order = orders.recv() => {
                let Some(order) = order else { break };
                going = carry_out(&mut socket, order).await;
            }
            () = sleep_until(silent_until) => {
                shared.change(|world| {
                    world.gateway.connections[connection].closed_with = Some(4_009);
                });
                carry_out(&mut socket, Order::Close(4_009, "Session timed out.")).await;
                break;
            }
            heard = socket.next() => match heard {
                Some(Ok(Message::Text(text))) => {
                    silent_until = Instant::now() + patience;
                    let said = shared.change(|world| world.hears(connection, &text));
                    for order in said {
                        going = going && carry_out(&mut socket, order).await;
                    }
                }
                Some(Ok(Message::Close(frame))) => {
                    farewell = frame.map(|frame| frame.code.into());
                    break;
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => break,
            },
        }
    }
    shared.change(|world| world.gateway.disconnected(connection, farewell));
}

/// Whether the connection goes on afterwards.
async fn carry_out(socket: &mut WebSocketStream<TcpStream>, order: Order) -> bool {
    match order {
        Order::Say(text) => socket.send(Message::Text(text)).await.is_ok(),
        Order::Close(code, reason) => {
            let frame = CloseFrame {
                code: code.into(),
                reason: reason.into(),
            };
            // The other side may have gone already.
            let _ = socket.send(Message::Close(Some(frame))).await;
            // Its answer is read so that the reason arrives before the connection is reset.
            let answered = async { while let Some(Ok(_)) = socket.next().await {} };
            let _ = tokio::time::timeout(Duration::from_secs(1), answered).await;
            false
        }
        Order::Drop => false,
    }
}
