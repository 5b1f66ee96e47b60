//! What can go wrong on the way, ordered by a test for a path and a number of times.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// What a request meets instead of its answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Trouble {
    /// 429 for this route, with this wait in seconds.
    RateLimited(f64),
    /// 429 for everything, with this wait in seconds.
    GloballyRateLimited(f64),
    /// The host is barred before it comes to Discord: 429 in HTML, with this wait in seconds.
    Barred(f64),
    /// A server error with this status.
    Status(u16),
    /// Refused with this status and Discord's code.
    Refused(u16, u32),
    /// It takes effect; a gateway on the way answers with this server error.
    DoneThen(u16),
    /// It takes effect; the answer ends in the middle of its body.
    CutInBody,
    /// No answer ever comes.
    Hang,
    /// It takes effect; the connection is gone before the answer.
    LoseAnswer,
    /// It takes effect; the answer comes so many seconds later.
    Late(f64),
}

#[derive(Debug)]
pub(super) struct Fault {
    pub(super) pattern: String,
    pub(super) left: u32,
    pub(super) trouble: Trouble,
}

/// Takes the next trouble ordered for a request, if any.
pub(super) fn take(faults: &mut [Fault], method: &str, template: &str) -> Option<Trouble> {
    let fault = faults
        .iter_mut()
        .find(|fault| fault.left > 0 && matches(&fault.pattern, method, template))?;
    fault.left -= 1;
    Some(fault.trouble)
}

/// A pattern is a template with or without a method before it; `*` at its end stands for any rest.
fn matches(pattern: &str, method: &str, template: &str) -> bool {
    let path = match pattern.split_once(' ') {
        Some((wanted, path)) if wanted == method => path,
        Some(_) => return false,
        None => pattern,
    };
    match path.strip_suffix('*') {
        Some(start) => template.starts_with(start),
        None => path == template,
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Passing {
    Everything,
    /// The head and this many bytes of the body.
    HeadAnd(usize),
    Nothing,
}

#[derive(Debug)]
struct Gate {
    passing: Passing,
    waiting: Option<Waker>,
}

/// One connection's gate, by which it can be cut from outside.
#[derive(Clone, Debug)]
pub(super) struct Wire(Arc<Mutex<Gate>>);

impl Wire {
    fn gate(&self) -> std::sync::MutexGuard<'_, Gate> {
        self.0.lock().expect("nothing panics while it holds a gate")
    }

    pub(super) fn cut(&self) {
        let mut gate = self.gate();
        gate.passing = Passing::Nothing;
        if let Some(waker) = gate.waiting.take() {
            waker.wake();
        }
    }

    pub(super) fn cut_after(&self, bytes: usize) {
        self.gate().passing = Passing::HeadAnd(bytes);
    }
}

/// A listener whose connections can be cut.
#[derive(Debug)]
pub(super) struct Doorway {
    pub(super) listener: TcpListener,
    pub(super) wires: Arc<Mutex<Vec<Wire>>>,
}

impl Listener for Doorway {
    type Io = Guarded;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Guarded, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.listener).await;
        let wire = Wire(Arc::new(Mutex::new(Gate {
            passing: Passing::Everything,
            waiting: None,
        })));
        self.wires
            .lock()
            .expect("nothing panics while it holds the list")
            .push(wire.clone());
        (Guarded { stream, wire }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A connection that ends where its gate says.
#[derive(Debug)]
pub(super) struct Guarded {
    stream: TcpStream,
    wire: Wire,
}

impl Connected<IncomingStream<'_, Doorway>> for Wire {
    fn connect_info(stream: IncomingStream<'_, Doorway>) -> Self {
        stream.io().wire.clone()
    }
}

fn cut() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionReset, "cut by the test")
}

impl AsyncRead for Guarded {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        {
            let mut gate = self.wire.gate();
            if gate.passing == Passing::Nothing {
                return Poll::Ready(Err(cut()));
            }
            gate.waiting = Some(context.waker().clone());
        }
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Guarded {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let passing = self.wire.gate().passing;
        let allowed = match passing {
            Passing::Everything => bytes.len(),
            Passing::HeadAnd(rest) => {
                let head = bytes.windows(4).position(|window| window == b"\r\n\r\n");
                head.map_or(bytes.len(), |head| (head + 4 + rest).min(bytes.len()))
            }
            Passing::Nothing => return Poll::Ready(Err(cut())),
        };
        let written = Pin::new(&mut self.stream).poll_write(context, &bytes[..allowed]);
        if let (Poll::Ready(Ok(count)), Passing::HeadAnd(_)) = (&written, passing)
            && *count == allowed
        {
            self.wire.gate().passing = Passing::Nothing;
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
