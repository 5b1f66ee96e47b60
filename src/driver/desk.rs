//! What persons do, and what effects report, becomes events.

use async_trait::async_trait;

use super::{Arrival, Driver, utterance};
use crate::domain::consultation::{Event, Purpose, SentFile, Unusable, Words};
use crate::domain::scalp::PhotoId;
use crate::ports::{
    Address, By, ChannelNote, Committed, ConversationDesk, ConversationId, EffectId, EventSink,
    Inbound, InboundId, InboundWhat, Loaded, Presence, Received, StoreError, StoredKind, Utterance,
};

/// What comes with a deed: its id, and what the channel remembers of it.
struct Envelope {
    id: InboundId,
    notes: Vec<ChannelNote>,
}

#[async_trait]
impl ConversationDesk for Driver {
    async fn receive(&self, inbound: Inbound) -> Result<Received, StoreError> {
        let loaded = self.at(&inbound.address).await?;
        let language = loaded.conversation.language;
        let envelope = Envelope {
            id: inbound.id,
            notes: inbound.notes,
        };
        if loaded.version == 0 && inbound.what.is_press() {
            return Ok(Received::Unknown);
        }
        match inbound.what {
            InboundWhat::Opened { language } => {
                self.hand_in(loaded, envelope, Event::Opened { language }, None)
                    .await
            }
            InboundWhat::Pressed(button) => {
                let said = utterance::of_button(&self.wording, button, language);
                self.hand_in(loaded, envelope, Event::Pressed(button), said)
                    .await
            }
            InboundWhat::Chosen { question, choices } => {
                let event = Event::Chosen { question, choices };
                self.hand_in(loaded, envelope, event, None).await
            }
            InboundWhat::Marked {
                question,
                choice,
                mark,
            } => {
                let event = Event::Marked {
                    question,
                    choice,
                    mark,
                };
                self.hand_in(loaded, envelope, event, None).await
            }
            InboundWhat::Commanded(command) => {
                self.hand_in(loaded, envelope, Event::Commanded(command), None)
                    .await
            }
            InboundWhat::Said(raw) => {
                let knowledge = self.wording.knowledge();
                let words = Words::new(&raw, knowledge.triggers());
                let topics = knowledge.topics_of(&words.text);
                let words = words.about(topics);
                let said = utterance::of_words(&words);
                self.hand_in(loaded, envelope, Event::Said(words), said)
                    .await
            }
            InboundWhat::PhotoReceived(bytes) => self.receive_photo(loaded, envelope, bytes).await,
            InboundWhat::FilesAnnounced(files) => {
                let sent = |file| SentFile {
                    photo: PhotoId(self.ids.ordered()),
                    file,
                };
                let event = Event::FilesAnnounced(files.into_iter().map(sent).collect());
                self.hand_in(loaded, envelope, event, None).await
            }
            InboundWhat::FileRefused(unusable) => self.turn_away(loaded, envelope, unusable).await,
            InboundWhat::AlbumReceived(files) => self.receive_album(loaded, envelope, files).await,
        }
    }

    async fn note_presence(&self, address: &Address, presence: Presence) -> Result<(), StoreError> {
        match self.store.load(address).await? {
            Some(loaded) => {
                let now = self.clock.now();
                self.store.note_presence(loaded.id, presence, now).await
            }
            None => Ok(()),
        }
    }

    async fn conversation(&self, address: &Address) -> Result<Option<ConversationId>, StoreError> {
        Ok(self.store.load(address).await?.map(|loaded| loaded.id))
    }
}

#[async_trait]
impl EventSink for Driver {
    async fn report(
        &self,
        conversation: ConversationId,
        effect: EffectId,
        event: Event,
    ) -> Result<(), StoreError> {
        // Erased meanwhile: nobody waits for the outcome.
        let Some(loaded) = self.store.load_by_id(conversation).await? else {
            return Ok(());
        };
        let arrival = Arrival {
            inbound: InboundId(format!("effect:{}", effect.0)),
            notes: Vec::new(),
            event,
            utterance: None,
            by: By::Outcome(effect),
        };
        self.advance(loaded, arrival).await.map(|_| ())
    }

    async fn note(
        &self,
        conversation: ConversationId,
        name: &str,
        event: Event,
    ) -> Result<(), StoreError> {
        let Some(loaded) = self.store.load_by_id(conversation).await? else {
            return Ok(());
        };
        let arrival = Arrival {
            inbound: InboundId(format!("note:{name}")),
            notes: Vec::new(),
            event,
            utterance: None,
            by: By::Note,
        };
        self.advance(loaded, arrival).await.map(|_| ())
    }
}

impl Driver {
    async fn hand_in(
        &self,
        loaded: Loaded,
        envelope: Envelope,
        event: Event,
        utterance: Option<Utterance>,
    ) -> Result<Received, StoreError> {
        let arrival = Arrival {
            inbound: envelope.id,
            notes: envelope.notes,
            event,
            utterance,
            by: By::Person,
        };
        Ok(match self.advance(loaded, arrival).await? {
            Committed::Stored => Received::Accepted,
            Committed::AlreadyHandled | Committed::Erased | Committed::Moved => Received::Repeated,
        })
    }

    /// Reads the photo, stores it, and only then says that it arrived: once this returns it
    /// survives a crash. A file without a commit is swept up at the next start.
    async fn receive_photo(
        &self,
        loaded: Loaded,
        envelope: Envelope,
        bytes: Vec<u8>,
    ) -> Result<Received, StoreError> {
        if !loaded.conversation.has_consent(Purpose::Sensitive) {
            return self
                .turn_away(loaded, envelope, Unusable::ConsentMissing)
                .await;
        }
        match self.keep_photo(loaded.id, bytes).await {
            Ok(photo) => {
                let said = Some(Utterance::Photo(photo));
                let id = loaded.id;
                let received = self
                    .hand_in(loaded, envelope, Event::PhotoArrived(photo), said)
                    .await;
                self.let_go_unless_accepted(id, &[photo], &received).await;
                received
            }
            Err(unusable) => self.turn_away(loaded, envelope, unusable).await,
        }
    }

    /// As one photo, but all files are one deed: they arrive together or not at all.
    async fn receive_album(
        &self,
        loaded: Loaded,
        envelope: Envelope,
        files: Vec<Vec<u8>>,
    ) -> Result<Received, StoreError> {
        if !loaded.conversation.has_consent(Purpose::Sensitive) {
            return self
                .turn_away(loaded, envelope, Unusable::ConsentMissing)
                .await;
        }
        let (mut photos, mut turned_away) = (Vec::new(), Vec::new());
        for bytes in files {
            match self.keep_photo(loaded.id, bytes).await {
                Ok(photo) => photos.push(photo),
                Err(unusable) => turned_away.push(unusable),
            }
        }
        let refused = turned_away.first().copied().filter(|_| photos.is_empty());
        let (id, kept) = (loaded.id, photos.clone());
        let event = Event::AlbumArrived {
            photos,
            turned_away,
        };
        let received = self.hand_in(loaded, envelope, event, None).await;
        self.let_go_unless_accepted(id, &kept, &received).await;
        Ok(match (received?, refused) {
            (Received::Accepted, Some(unusable)) => Received::PhotoTurnedAway(unusable),
            (received, _) => received,
        })
    }

    /// Reads and stores one file.
    async fn keep_photo(
        &self,
        conversation: ConversationId,
        bytes: Vec<u8>,
    ) -> Result<PhotoId, Unusable> {
        let read = self.reader.read(bytes).await?;
        let photo = PhotoId(self.ids.ordered());
        let kind = StoredKind::Photo(photo);
        match self.photos.put(conversation, kind, &read.bytes).await {
            Ok(()) => Ok(photo),
            Err(error) => {
                tracing::error!(%error, "A photo could not be stored");
                Err(Unusable::NotStored)
            }
        }
    }

    /// Handed in before, or not at all: the copies made just now belong to nobody.
    async fn let_go_unless_accepted(
        &self,
        conversation: ConversationId,
        photos: &[PhotoId],
        received: &Result<Received, StoreError>,
    ) {
        if matches!(received, Ok(Received::Accepted)) {
            return;
        }
        for photo in photos {
            if let Err(error) = self.photos.forget(conversation, *photo).await {
                tracing::warn!(%error, "A photo that is kept already was stored twice");
            }
        }
    }

    async fn turn_away(
        &self,
        loaded: Loaded,
        envelope: Envelope,
        unusable: Unusable,
    ) -> Result<Received, StoreError> {
        let event = Event::PhotoTurnedAway(unusable);
        Ok(match self.hand_in(loaded, envelope, event, None).await? {
            Received::Repeated => Received::Repeated,
            Received::Unknown => Received::Unknown,
            Received::Accepted | Received::PhotoTurnedAway(_) => {
                Received::PhotoTurnedAway(unusable)
            }
        })
    }
}
