//! The web chat over scripted ports: a desk that writes down what it is handed, a history and a
//! photo store in memory.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on ends where it stands"
)]

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use dupi::channels::health::{ChannelHealth, ChannelsHealth};
use dupi::channels::web::{Admission, Pages, WebChannel, WebSender, listen, serve};
use dupi::domain::consultation::{ConsultationNumber, Language, Message, Slot, Unusable};
use dupi::domain::scalp::{Heatmaps, PhotoId};
use dupi::ports::{
    Address, Clock, ConversationDesk, ConversationId, EffectId, Entry, EntryBody, IdSource,
    Inbound, InboundId, InboundWhat, MessageSender, Outgoing, PhotoStore, PhotoStoreError,
    Presence, Received, StoreError, StoredKind, Transcript, Utterance,
};
use dupi::wording::Wording;
use jiff::Timestamp;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// A file that the scripted desk turns away.
pub(crate) const NO_PHOTO: &[u8] = b"no photo";

/// A running web chat, alone with its scripted ports.
pub(crate) struct Chat {
    pub(crate) address: SocketAddr,
    pub(crate) desk: Arc<ScriptedDesk>,
    pub(crate) transcript: Arc<MemoryTranscript>,
    pub(crate) photos: Arc<MemoryPhotos>,
    pub(crate) wording: Arc<Wording>,
    shutdown: CancellationToken,
    serving: JoinHandle<std::io::Result<()>>,
}

impl Chat {
    pub(crate) async fn start() -> Self {
        Self::start_for(Admission::OwnNames).await
    }

    pub(crate) async fn start_for(admission: Admission) -> Self {
        Self::start_beside(admission, Vec::new()).await
    }

    /// With messengers beside it.
    pub(crate) async fn start_beside(admission: Admission, messengers: Vec<ChannelHealth>) -> Self {
        let transcript = Arc::new(MemoryTranscript::default());
        let desk = Arc::new(ScriptedDesk {
            transcript: transcript.clone(),
            taken: Mutex::default(),
            conversations: Mutex::default(),
            is_failing: Mutex::default(),
        });
        let photos = Arc::new(MemoryPhotos::default());
        let wording = Arc::new(Wording::embedded().unwrap());
        let channel = WebChannel {
            desk: desk.clone(),
            transcript: transcript.clone(),
            photos: photos.clone(),
            ids: Arc::new(CountedIds::default()),
            pages: Arc::new(Pages::embedded(wording.phrases()).unwrap()),
            wording: wording.clone(),
            admission,
            messengers: ChannelsHealth::new(messengers),
        };
        let listener = listen("127.0.0.1:0".parse().unwrap(), false).await.unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = CancellationToken::new();
        let serving = tokio::spawn(serve(listener, channel, shutdown.clone()));
        Self {
            address,
            desk,
            transcript,
            photos,
            wording,
            shutdown,
            serving,
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Says something to the only conversation there is.
    pub(crate) async fn say(&self, number: u128, slot: Option<Slot>, message: Message) {
        self.say_in(Language::English, number, slot, message).await;
    }

    pub(crate) async fn say_in(
        &self,
        language: Language,
        number: u128,
        slot: Option<Slot>,
        message: Message,
    ) {
        let sender = WebSender::new(
            self.transcript.clone(),
            self.wording.clone(),
            Arc::new(FixedClock),
        );
        let (conversation, address) = self.desk.only_conversation();
        sender
            .send(Outgoing {
                id: EffectId(Uuid::from_u128(number)),
                conversation,
                address,
                message,
                language,
                slot,
            })
            .await
            .unwrap();
    }

    /// Orders the end and waits for it.
    pub(crate) async fn stop(self) {
        self.shutdown.cancel();
        self.serving.await.unwrap().unwrap();
    }

    pub(crate) fn order_the_end(&self) {
        self.shutdown.cancel();
    }
}

/// Writes down what it is handed. Words go into the history; a photo that is [`NO_PHOTO`] is turned
/// away.
pub(crate) struct ScriptedDesk {
    transcript: Arc<MemoryTranscript>,
    taken: Mutex<Vec<(InboundId, InboundWhat)>>,
    conversations: Mutex<HashMap<Address, ConversationId>>,
    is_failing: Mutex<bool>,
}

impl ScriptedDesk {
    /// What was handed in, the first first.
    pub(crate) fn taken(&self) -> Vec<(String, InboundWhat)> {
        let taken = self.taken.lock().unwrap();
        taken
            .iter()
            .map(|(id, what)| (id.0.clone(), what.clone()))
            .collect()
    }

    pub(crate) fn conversations(&self) -> usize {
        self.conversations.lock().unwrap().len()
    }

    pub(crate) fn only_conversation(&self) -> (ConversationId, Address) {
        let conversations = self.conversations.lock().unwrap();
        assert_eq!(conversations.len(), 1);
        let (address, id) = conversations.iter().next().unwrap();
        (*id, address.clone())
    }

    /// From now on the database is gone.
    pub(crate) fn fail(&self) {
        *self.is_failing.lock().unwrap() = true;
    }

    /// Erases every conversation.
    pub(crate) fn erase(&self) {
        let erased = std::mem::take(&mut *self.conversations.lock().unwrap());
        for id in erased.into_values() {
            self.transcript.erase(id);
        }
    }

    fn ready(&self) -> Result<(), StoreError> {
        if *self.is_failing.lock().unwrap() {
            return Err(StoreError::Unavailable("the disk fell out".into()));
        }
        Ok(())
    }
}

#[async_trait]
impl ConversationDesk for ScriptedDesk {
    async fn receive(&self, inbound: Inbound) -> Result<Received, StoreError> {
        self.ready()?;
        let id = {
            let mut conversations = self.conversations.lock().unwrap();
            let next = ConversationId(Uuid::from_u128(conversations.len() as u128 + 1));
            *conversations.entry(inbound.address).or_insert(next)
        };
        {
            let mut taken = self.taken.lock().unwrap();
            if taken.iter().any(|(known, _)| *known == inbound.id) {
                return Ok(Received::Repeated);
            }
            taken.push((inbound.id, inbound.what.clone()));
        }
        match inbound.what {
            InboundWhat::Said(words) => self.transcript.heard(id, Utterance::Text(words)),
            InboundWhat::PhotoReceived(bytes) if bytes == NO_PHOTO => {
                return Ok(Received::PhotoTurnedAway(Unusable::Unreadable));
            }
            InboundWhat::PhotoReceived(_)
            | InboundWhat::AlbumReceived(_)
            | InboundWhat::Marked { .. }
            | InboundWhat::Commanded(_)
            | InboundWhat::FilesAnnounced(_)
            | InboundWhat::FileRefused(_)
            | InboundWhat::Opened { .. }
            | InboundWhat::Pressed(_)
            | InboundWhat::Chosen { .. } => {}
        }
        Ok(Received::Accepted)
    }

    async fn note_presence(&self, _: &Address, _: Presence) -> Result<(), StoreError> {
        self.ready()
    }

    async fn conversation(&self, address: &Address) -> Result<Option<ConversationId>, StoreError> {
        self.ready()?;
        Ok(self.conversations.lock().unwrap().get(address).copied())
    }
}

/// Histories in memory.
#[derive(Default)]
pub(crate) struct MemoryTranscript {
    histories: Mutex<HashMap<ConversationId, History>>,
    changed: Notify,
}

#[derive(Default)]
struct History {
    revision: u64,
    said: Vec<EffectId>,
    /// By position.
    entries: BTreeMap<u64, Entry>,
}

impl History {
    fn put(&mut self, slot: Option<&str>, body: EntryBody) {
        self.revision += 1;
        let revision = self.revision;
        let replaced = slot.and_then(|slot| {
            let entry = self.entries.values().find(|entry| {
                matches!(&entry.body, EntryBody::Dupi { slot: Some(taken), .. } if taken == slot)
            })?;
            Some(entry.position)
        });
        let position = replaced.unwrap_or(revision);
        let entry = Entry {
            revision,
            position,
            at: FixedClock.now(),
            body,
        };
        self.entries.insert(position, entry);
    }
}

impl MemoryTranscript {
    pub(crate) fn heard(&self, conversation: ConversationId, utterance: Utterance) {
        let mut histories = self.histories.lock().unwrap();
        let history = histories.entry(conversation).or_default();
        history.put(None, EntryBody::Person(utterance));
        self.changed.notify_waiters();
    }

    fn erase(&self, conversation: ConversationId) {
        self.histories.lock().unwrap().remove(&conversation);
        self.changed.notify_waiters();
    }
}

#[async_trait]
impl Transcript for MemoryTranscript {
    async fn say(
        &self,
        conversation: ConversationId,
        effect: EffectId,
        slot: Option<&str>,
        content: &str,
        _now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut histories = self.histories.lock().unwrap();
        let history = histories.entry(conversation).or_default();
        if !history.said.contains(&effect) {
            history.said.push(effect);
            let body = EntryBody::Dupi {
                content: content.to_owned(),
                slot: slot.map(str::to_owned),
            };
            history.put(slot, body);
        }
        self.changed.notify_waiters();
        Ok(())
    }

    async fn since(
        &self,
        conversation: ConversationId,
        revision: u64,
    ) -> Result<Vec<Entry>, StoreError> {
        let histories = self.histories.lock().unwrap();
        Ok(histories
            .get(&conversation)
            .into_iter()
            .flat_map(|history| history.entries.values())
            .filter(|entry| entry.revision > revision)
            .cloned()
            .collect())
    }

    async fn changed(&self, _conversation: ConversationId) {
        self.changed.notified().await;
    }
}

/// Files in memory.
#[derive(Default)]
pub(crate) struct MemoryPhotos {
    files: Mutex<HashMap<(ConversationId, StoredKind), Vec<u8>>>,
}

#[async_trait]
impl PhotoStore for MemoryPhotos {
    async fn put(
        &self,
        conversation: ConversationId,
        kind: StoredKind,
        bytes: &[u8],
    ) -> Result<(), PhotoStoreError> {
        let mut files = self.files.lock().unwrap();
        files.insert((conversation, kind), bytes.to_vec());
        Ok(())
    }

    async fn get(
        &self,
        conversation: ConversationId,
        kind: StoredKind,
    ) -> Result<Vec<u8>, PhotoStoreError> {
        let files = self.files.lock().unwrap();
        files
            .get(&(conversation, kind))
            .cloned()
            .ok_or(PhotoStoreError::Absent)
    }

    async fn put_heatmaps(
        &self,
        _conversation: ConversationId,
        _photo: PhotoId,
        _heatmaps: &Heatmaps,
    ) -> Result<(), PhotoStoreError> {
        unreachable!("the web chat stores nothing")
    }

    async fn heatmaps(
        &self,
        _conversation: ConversationId,
        _photo: PhotoId,
    ) -> Result<Heatmaps, PhotoStoreError> {
        Err(PhotoStoreError::Absent)
    }

    async fn forget(
        &self,
        conversation: ConversationId,
        photo: PhotoId,
    ) -> Result<(), PhotoStoreError> {
        let mut files = self.files.lock().unwrap();
        files.remove(&(conversation, StoredKind::Photo(photo)));
        Ok(())
    }

    async fn forget_card(
        &self,
        conversation: ConversationId,
        consultation: ConsultationNumber,
    ) -> Result<(), PhotoStoreError> {
        let mut files = self.files.lock().unwrap();
        files.remove(&(conversation, StoredKind::Card(consultation)));
        Ok(())
    }
}

/// Always the same moment.
pub(crate) struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        "2026-11-20T09:30:00Z".parse().unwrap()
    }
}

/// Ids by counting.
#[derive(Default)]
struct CountedIds(AtomicU8);

impl IdSource for CountedIds {
    fn ordered(&self) -> Uuid {
        Uuid::from_u128(self.0.fetch_add(1, Ordering::SeqCst).into())
    }

    fn secret(&self) -> [u8; 32] {
        [self.0.fetch_add(1, Ordering::SeqCst) + 1; 32]
    }
}
