//! The people: they type commands, press, choose, fill in, write and look.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::watch;

use super::Shared;
use super::forms;
use super::sessions::Event;
use super::sight::{SeenComponent, SeenModal, Sight, inputs};
use super::world::{
    ACKNOWLEDGE_WITHIN, Author, InteractionRecord, MessageBody, Modal, PersonRecord, Place,
    TOKEN_START, World,
};

/// How long a person looks for something to appear.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a person gives to a command's option.
#[derive(Clone, Debug)]
pub(crate) enum Given {
    Text(String),
    /// A file's name and bytes.
    File(String, Vec<u8>),
}

/// How the bot took something that a person did.
#[derive(Clone, Debug)]
pub(crate) struct Taken {
    /// The interaction's id.
    pub(crate) id: u64,
    /// The callback's type, if it came within three seconds.
    pub(crate) callback: Option<u64>,
    pub(crate) after: Duration,
}

impl Taken {
    /// Whether the bot answered within three seconds.
    pub(crate) fn acknowledged(&self) -> bool {
        self.callback.is_some()
    }
}

/// A person with an account; clones are the same person.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(super) shared: Arc<Shared>,
    pub(super) id: u64,
}

impl Person {
    pub(crate) fn speaks_korean(self) -> Self {
        self.shared
            .change(|world| world.person_mut(self.id).locale = "ko");
        self
    }

    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    pub(crate) fn closes_dms(&self) {
        self.shared
            .change(|world| world.person_mut(self.id).direct_closed = true);
    }

    pub(crate) fn opens_dms(&self) {
        self.shared
            .change(|world| world.person_mut(self.id).direct_closed = false);
    }

    /// The commands offered to this person there: their names, as this person reads them.
    pub(crate) fn commands(&self, place: Place) -> Vec<String> {
        self.shared.change(|world| {
            let offered = world.offered(place);
            let person = world.person(self.id);
            offered
                .iter()
                .map(|command| translated(command, "name", person))
                .collect()
        })
    }

    /// Types a command by the name that this person reads, and waits for the answer.
    pub(crate) async fn slash(&self, place: Place, name: &str, options: &[(&str, Given)]) -> Taken {
        let id = self
            .shared
            .change(|world| world.slash(self.id, place, name, options));
        self.taken(id).await
    }

    /// Presses the newest button with this label, and waits for the answer.
    pub(crate) async fn clicks(&self, label: &str) -> Taken {
        let (message, part) = self.part(None, label);
        self.press(message, &part).await
    }

    /// Presses a button of a certain message, perhaps an old one.
    pub(crate) async fn clicks_in(&self, message: u64, label: &str) -> Taken {
        let (message, part) = self.part(Some(message), label);
        self.press(message, &part).await
    }

    async fn press(&self, message: u64, part: &SeenComponent) -> Taken {
        assert_eq!(part.raw["type"], 2, "`{}` is no button", part.label);
        assert_ne!(part.raw["style"], 5, "`{}` is a link", part.label);
        let data = json!({ "custom_id": part.raw["custom_id"], "component_type": 2 });
        self.uses(message, &data).await
    }

    /// Chooses in the newest menu that asks this, by what its options say.
    pub(crate) async fn selects(&self, menu: &str, labels: &[&str]) -> Taken {
        let (message, part) = self.part(None, menu);
        let options = part.raw["options"].as_array().expect("a menu has options");
        let value = |label: &&str| {
            let option = options.iter().find(|option| option["label"] == **label);
            option.unwrap_or_else(|| panic!("`{menu}` does not offer `{label}`"))["value"].clone()
        };
        let values: Vec<Value> = labels.iter().map(value).collect();
        let bound = |name: &str| part.raw[name].as_u64().unwrap_or(1);
        let count = u64::try_from(values.len()).expect("few values");
        assert!(
            (bound("min_values")..=bound("max_values")).contains(&count),
            "`{menu}` does not take {count} options"
        );
        let data = json!({
            "custom_id": part.raw["custom_id"], "component_type": part.raw["type"],
            "values": values,
        });
        self.uses(message, &data).await
    }

    async fn uses(&self, message: u64, data: &Value) -> Taken {
        let id = self.shared.change(|world| {
            let channel = world.messages.get(message).expect("it was seen").channel;
            world.interact(self.id, channel, (3, Some(message)), data)
        });
        self.taken(id).await
    }

    /// What can be used now, the newest first.
    fn part(&self, message: Option<u64>, label: &str) -> (u64, SeenComponent) {
        let sights = self.sees();
        let found = sights
            .iter()
            .rev()
            .filter(|sight| message.is_none_or(|id| id == sight.id))
            .find_map(|sight| {
                let part = sight.components.iter().find(|part| part.label == label)?;
                Some((sight.id, part.clone()))
            });
        let Some((id, part)) = found else {
            panic!("nothing says `{label}` here:\n{}", written(&sights));
        };
        assert!(!part.disabled, "`{label}` is switched off");
        (id, part)
    }

    /// The modal that stands open before this person.
    pub(crate) fn modal(&self) -> Option<SeenModal> {
        self.shared.change(|world| {
            let modal = world.person(self.id).modal.as_ref();
            modal.map(|modal| SeenModal::of(&modal.body))
        })
    }

    /// Fills in the open modal by its labels and sends it.
    pub(crate) async fn submits_modal(&self, values: &[(&str, &str)]) -> Taken {
        let id = self.shared.change(|world| {
            let modal = world.person_mut(self.id).modal.take();
            let Modal {
                body,
                channel,
                source,
            } = modal.expect("a modal stands open");
            let data = filled(&body, values);
            world.interact(self.id, channel, (5, source), &data)
        });
        self.taken(id).await
    }

    /// Writes to the bot alone; tells the message's id.
    pub(crate) fn sends_dm(&self, text: &str, files: &[(&str, &[u8])]) -> u64 {
        self.sends(Place::Direct, text, files)
    }

    /// Writes somewhere; tells the message's id.
    pub(crate) fn sends(&self, place: Place, text: &str, files: &[(&str, &[u8])]) -> u64 {
        self.shared.change(|world| {
            let channel = world.channel_at(place, self.id);
            let store = |(name, bytes): &(&str, &[u8])| {
                world.store_file(channel, ((*name).to_owned(), bytes.to_vec()))
            };
            let body = MessageBody {
                content: text.to_owned(),
                attachments: files.iter().map(store).collect(),
                ..MessageBody::default()
            };
            world.person_writes(self.id, channel, body)
        })
    }

    /// Everything this person sees now, the oldest first.
    pub(crate) fn sees(&self) -> Vec<Sight> {
        self.shared.change(|world| world.seen_by(self.id))
    }

    /// What the bot shows, without what people wrote.
    pub(crate) fn hears(&self) -> Vec<Sight> {
        let bot = |sight: &Sight| sight.author == Author::Bot;
        self.sees().into_iter().filter(bot).collect()
    }

    /// All that is seen as text, for snapshots.
    pub(crate) fn transcript(&self) -> String {
        written(&self.sees())
    }

    /// Looks until something of this kind is there.
    pub(crate) async fn waits_for(&self, what: &str, is: impl Fn(&Sight) -> bool) -> Sight {
        let look = |world: &mut World| {
            world
                .seen_by(self.id)
                .into_iter()
                .rev()
                .find(|sight| is(sight))
        };
        match self.shared.wait(self.word(), PATIENCE, look).await {
            Some(sight) => sight,
            None => panic!("{what} did not appear; there is:\n{}", self.transcript()),
        }
    }

    /// Word of everything that this person could notice.
    fn word(&self) -> watch::Receiver<()> {
        self.shared
            .change(|world| world.person(self.id).word.subscribe())
    }

    async fn taken(&self, id: u64) -> Taken {
        let look = |world: &mut World| {
            let interaction = &world.interactions[&id];
            let late = world.clock.now() - interaction.sent > ACKNOWLEDGE_WITHIN;
            match interaction.answered {
                Some((callback, at)) => Some((Some(callback), at - interaction.sent)),
                None => late.then_some((None, ACKNOWLEDGE_WITHIN)),
            }
        };
        let bound = PATIENCE.min(Duration::from_millis(3_100));
        let (callback, after) = self
            .shared
            .wait(self.word(), bound, look)
            .await
            .unwrap_or((None, ACKNOWLEDGE_WITHIN));
        Taken {
            id,
            callback,
            after: Duration::from_millis(after.unsigned_abs()),
        }
    }
}

fn written(sights: &[Sight]) -> String {
    sights.iter().map(Sight::to_string).collect()
}

fn translated(what: &Value, field: &str, person: &PersonRecord) -> String {
    let local = &what[format!("{field}_localizations")][person.locale];
    local
        .as_str()
        .or(what[field].as_str())
        .unwrap_or_default()
        .to_owned()
}

/// A modal's data as it is sent, after the checks that the client makes.
fn filled(body: &Value, values: &[(&str, &str)]) -> Value {
    for (label, _) in values {
        let known = inputs(body).any(|input| input["label"] == *label);
        assert!(known, "the modal does not ask `{label}`");
    }
    let rows: Vec<Value> = inputs(body)
        .map(|input| {
            let given = values.iter().find(|(label, _)| input["label"] == *label);
            let value = given.map_or(input["value"].as_str().unwrap_or_default(), |(_, value)| {
                value
            });
            let count = u64::try_from(value.chars().count()).expect("a short text");
            let required = input["required"] != false;
            assert!(!required || count > 0, "`{}` is required", input["label"]);
            let least = input["min_length"].as_u64().unwrap_or(0);
            let most = input["max_length"].as_u64().unwrap_or(4_000);
            assert!(
                count == 0 || (least..=most).contains(&count),
                "`{}` takes {least} to {most} letters",
                input["label"]
            );
            let part = json!({ "type": 4, "custom_id": input["custom_id"], "value": value });
            json!({ "type": 1, "components": [part] })
        })
        .collect();
    json!({ "custom_id": body["custom_id"], "components": rows })
}

impl World {
    /// The commands that exist there.
    fn offered(&self, place: Place) -> Vec<Value> {
        let (context, guild) = match place {
            Place::Direct => (1, None),
            Place::Channel(channel) => (0, self.guild_of(channel).map(|guild| guild.id)),
        };
        let here = |command: &&Value| {
            let contexts = command["contexts"].as_array();
            contexts.is_none_or(|contexts| contexts.contains(&json!(context)))
        };
        let everywhere = self.commands.get(&None).into_iter().flatten();
        let local = guild.and_then(|guild| self.commands.get(&Some(guild)));
        everywhere
            .chain(local.into_iter().flatten())
            .filter(here)
            .cloned()
            .collect()
    }

    fn slash(&mut self, person: u64, place: Place, name: &str, given: &[(&str, Given)]) -> u64 {
        let channel = self.channel_at(place, person);
        let offered = self.offered(place);
        let reader = self.person(person);
        let Some(command) = offered
            .iter()
            .find(|command| translated(command, "name", reader) == name)
        else {
            panic!("there is no command `{name}` here");
        };
        let known = command["options"].as_array().cloned().unwrap_or_default();
        let names: Vec<String> = known
            .iter()
            .map(|option| translated(option, "name", reader))
            .collect();
        for (option, name) in known.iter().zip(&names) {
            let is_given = given.iter().any(|(given, _)| given == name);
            assert!(
                is_given || option["required"] != true,
                "`{name}` is required"
            );
        }
        let mut data = json!({
            "id": command["id"], "name": command["name"], "type": command["type"], "options": [],
        });
        for (name, value) in given {
            let position = names.iter().position(|known| known == name);
            let option = &known[position.unwrap_or_else(|| panic!("there is no option `{name}`"))];
            let value = match value {
                Given::Text(text) => json!(text),
                Given::File(name, bytes) => {
                    let id = self.store_file(channel, (name.clone(), bytes.clone()));
                    let mut form = forms::attachment(self, id);
                    form["ephemeral"] = json!(true);
                    data["resolved"]["attachments"][id.to_string()] = form;
                    json!(id.to_string())
                }
            };
            let option = json!({ "name": option["name"], "type": option["type"], "value": value });
            data["options"]
                .as_array_mut()
                .expect("it was made above")
                .push(option);
        }
        self.interact(person, channel, (2, None), &data)
    }

    /// Something that a person did; `what` is its kind and the message it belongs to.
    fn interact(
        &mut self,
        person: u64,
        channel: u64,
        what: (u64, Option<u64>),
        data: &Value,
    ) -> u64 {
        let (kind, source) = what;
        let id = self.fresh_id();
        let interaction = InteractionRecord {
            id,
            token: format!("{TOKEN_START}{id}"),
            person,
            channel,
            kind,
            sent: self.clock.now(),
            answered: None,
            original: None,
            source,
        };
        let form = forms::interaction(self, &interaction, data);
        self.interactions.insert(id, interaction);
        let guild = self.guild_of(channel).map(|guild| guild.id);
        self.dispatch(Event::new("INTERACTION_CREATE", form).in_guild(guild));
        id
    }
}
