//! The server as the rest of the program sees it: a cloneable handle that takes calls.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::{Instant, timeout};

use super::attempt::{self, Call, Endpoint};
use super::breaker::{Breaker, Pass};
use super::error::{Blame, CallError, Deadline};
use super::probe::{self, Choice};
use super::queue::Queue;
use super::wire::body::body;
use super::wire::transport::{self, Client};
use super::{Completion, Guidance, Prompt, Request, Server, ServerSettings};

/// A model behind an OpenAI-compatible server. Clones share queue, breaker and what is known.
#[derive(Clone)]
pub struct LlmServer {
    shared: Arc<Shared>,
}

struct Shared {
    settings: ServerSettings,
    client: Client,
    queue: Queue,
    breaker: Mutex<Breaker>,
    known: Mutex<Known>,
}

/// What the server has told.
#[derive(Default)]
struct Known {
    choice: Option<Choice>,
    guidance: Option<Guidance>,
}

impl std::fmt::Debug for LlmServer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("LlmServer(..)")
    }
}

impl LlmServer {
    /// Takes the settings; the server is not asked yet. Fails with [`CallError::Settings`] only.
    pub fn new(settings: ServerSettings) -> Result<Self, CallError> {
        let client = transport::client(&settings)?;
        let queue = Queue::new(settings.at_once, settings.queue);
        Ok(Self {
            shared: Arc::new(Shared {
                settings,
                client,
                queue,
                breaker: Mutex::new(Breaker::new()),
                known: Mutex::new(Known::default()),
            }),
        })
    }

    /// One call, with at most one retry and only before the first byte; waits its turn in a fair
    /// queue. What is not known of the server and needed for the call is asked first: which model
    /// it has where none is named, and how it guides its output where a schema is given.
    ///
    /// Dropping the future cancels the request and frees the place.
    pub async fn complete(&self, request: Request) -> Result<Completion, CallError> {
        self.in_turn(self.ask(request)).await
    }

    /// What the server has, as it told before; otherwise it is asked as for a call: in turn, and
    /// not while the breaker is open.
    pub async fn server(&self) -> Result<Server, CallError> {
        if let Some(server) = self.known() {
            return Ok(server);
        }
        let looking = async {
            // Whoever had their turn before may have asked.
            match self.known() {
                Some(server) => Ok(server),
                None => self.look().await,
            }
        };
        self.in_turn(looking).await
    }

    /// Asks the server what it has, whatever it told before, at once and also while the breaker is
    /// open: for operators, and for the start.
    pub async fn inspect(&self) -> Result<Server, CallError> {
        *lock(&self.shared.known) = Known::default();
        within(self.shared.settings.deadlines.total, self.look()).await
    }

    /// What the server has, as it told before.
    pub fn known(&self) -> Option<Server> {
        let known = lock(&self.shared.known);
        let choice = known.choice.clone()?;
        Some(Server {
            model: choice.model,
            naming: choice.naming,
            context: choice.context,
            guidance: known.guidance?,
        })
    }

    /// Calls that would be served before one made now, those under way included; 0 where it would
    /// go at once.
    pub fn ahead(&self) -> usize {
        self.shared.queue.ahead()
    }

    /// Does the work when its turn has come, and lets the breaker know how it came out.
    async fn in_turn<T>(
        &self,
        work: impl Future<Output = Result<T, CallError>>,
    ) -> Result<T, CallError> {
        let total = self.shared.settings.deadlines.total;
        // Nobody waits for a turn that would come to nothing.
        if !lock(&self.shared.breaker).admits(Instant::now()) {
            return Err(CallError::BreakerOpen);
        }
        let _place = self.shared.queue.place(total).await?;
        let watch = Watch::begin(&self.shared.breaker)?;
        let outcome = within(total, work).await;
        watch.end(outcome.as_ref().err());
        outcome
    }

    async fn ask(&self, request: Request) -> Result<Completion, CallError> {
        let Shared {
            settings, client, ..
        } = &*self.shared;
        let model = match &settings.model {
            Some(model) => model.clone(),
            None => self.choice().await?.model,
        };
        let guidance = match request.schema {
            Some(_) => self.guidance(&model).await?,
            None => Guidance::None,
        };
        let endpoint = match request.prompt {
            Prompt::Chat { .. } => Endpoint::Chat,
            Prompt::Text(_) => Endpoint::Completions,
        };
        let call = Call {
            endpoint,
            body: body(&model, &request, guidance),
            is_guided: guidance != Guidance::None,
        };
        let outcome = attempt::make(client, &call, &settings.deadlines).await;
        if let Err(error) = &outcome {
            self.doubt(error, call.is_guided);
        }
        outcome
    }

    /// Asks everything that is not known.
    async fn look(&self) -> Result<Server, CallError> {
        let choice = self.choice().await?;
        let guidance = self.guidance(&choice.model).await?;
        Ok(Server {
            model: choice.model,
            naming: choice.naming,
            context: choice.context,
            guidance,
        })
    }

    async fn choice(&self) -> Result<Choice, CallError> {
        if let Some(choice) = lock(&self.shared.known).choice.clone() {
            return Ok(choice);
        }
        let Shared {
            settings, client, ..
        } = &*self.shared;
        let listed = probe::list(client, &settings.deadlines).await?;
        let named = settings.model.as_deref();
        let choice = probe::choose(named, settings.context, listed.as_deref())?;
        lock(&self.shared.known).choice = Some(choice.clone());
        Ok(choice)
    }

    async fn guidance(&self, model: &str) -> Result<Guidance, CallError> {
        if let Some(guidance) = lock(&self.shared.known).guidance {
            return Ok(guidance);
        }
        let Shared {
            settings, client, ..
        } = &*self.shared;
        let guidance = probe::guidance(client, model, settings.mode, &settings.deadlines).await?;
        lock(&self.shared.known).guidance = Some(guidance);
        Ok(guidance)
    }

    /// A refusal that does not agree with what the server told: it may be another server by now.
    fn doubt(&self, error: &CallError, was_guided: bool) {
        let is_unknown = *error == CallError::UnknownModel;
        let is_refused = matches!(error, CallError::Status { status, .. }
            if matches!(status, 400 | 422 | 500 | 501));
        if is_unknown || (was_guided && is_refused) {
            *lock(&self.shared.known) = Known::default();
        }
    }
}

/// A call that the breaker hears of, however it ends: dropped, it counts as nothing.
struct Watch<'a> {
    breaker: &'a Mutex<Breaker>,
    pass: Option<Pass>,
}

impl<'a> Watch<'a> {
    fn begin(breaker: &'a Mutex<Breaker>) -> Result<Self, CallError> {
        let pass = lock(breaker).admit(Instant::now());
        let pass = pass.ok_or(CallError::BreakerOpen)?;
        Ok(Self {
            breaker,
            pass: Some(pass),
        })
    }

    fn end(mut self, error: Option<&CallError>) {
        let Some(pass) = self.pass.take() else { return };
        let mut breaker = lock(self.breaker);
        match error.map(CallError::blame) {
            None | Some(Blame::Request) => breaker.succeed(pass),
            Some(Blame::Server) => breaker.fail(pass, Instant::now()),
            Some(Blame::Nobody) => breaker.abandon(pass, Instant::now()),
        }
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        if let Some(pass) = self.pass.take() {
            lock(self.breaker).abandon(pass, Instant::now());
        }
    }
}

async fn within<T>(
    total: std::time::Duration,
    work: impl Future<Output = Result<T, CallError>>,
) -> Result<T, CallError> {
    timeout(total, work).await.unwrap_or(Err(CallError::Late {
        deadline: Deadline::Total,
    }))
}

/// What is held here is changed in one step, so nobody leaves it half done.
fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
