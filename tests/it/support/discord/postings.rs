//! All messages, found by id and by channel.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::world::{MessageRecord, World};

#[derive(Debug, Default)]
pub(super) struct Postings {
    all: BTreeMap<u64, MessageRecord>,
    by_channel: HashMap<u64, BTreeSet<u64>>,
}

impl Postings {
    pub(super) fn get(&self, id: u64) -> Option<&MessageRecord> {
        self.all.get(&id)
    }

    /// The messages of a channel, the oldest first.
    pub(super) fn of_channel(&self, channel: u64) -> impl Iterator<Item = &MessageRecord> {
        let ids = self.by_channel.get(&channel).into_iter().flatten();
        ids.map(|id| &self.all[id])
    }
}

impl World {
    /// Puts a message where it belongs, in place of its earlier form if there is one.
    pub(super) fn post(&mut self, message: MessageRecord) {
        let channel = message.channel;
        let ids = self.messages.by_channel.entry(channel).or_default();
        ids.insert(message.id);
        self.messages.all.insert(message.id, message);
        self.catch_eyes(channel);
    }

    /// Gives everything that this person could press another id.
    pub(super) fn forge(&mut self, person: u64, id: &str) {
        let seen = self.seen_by(person);
        for sight in seen {
            let message = self.messages.all.get_mut(&sight.id);
            let rows = message.map(|message| &mut message.body.components);
            for row in rows.into_iter().flatten() {
                for part in row["components"].as_array_mut().into_iter().flatten() {
                    part["custom_id"] = id.into();
                }
            }
        }
    }

    pub(super) fn take_down(&mut self, id: u64) {
        if let Some(message) = self.messages.all.remove(&id) {
            let ids = self.messages.by_channel.entry(message.channel).or_default();
            ids.remove(&id);
            self.catch_eyes(message.channel);
        }
    }

    /// Whoever can see this channel looks at it again.
    fn catch_eyes(&self, channel: u64) {
        if let Some(person) = self.recipient(channel) {
            person.word.send_replace(());
        } else {
            self.catch_all_eyes();
        }
    }

    pub(super) fn catch_all_eyes(&self) {
        for person in self.persons.values() {
            person.word.send_replace(());
        }
    }
}
