//! Limits that Discord's documentation tells in prose.

use std::collections::HashSet;

use serde_json::Value;

/// What is wrong, where (`embeds.0.title`), in Discord's words.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) path: String,
    pub(super) code: &'static str,
    pub(super) text: String,
}

#[derive(Default)]
struct Problems(Vec<Problem>);

impl Problems {
    fn add(&mut self, path: &str, code: &'static str, text: impl Into<String>) {
        self.0.push(Problem {
            path: path.to_owned(),
            code,
            text: text.into(),
        });
    }

    fn longest(&mut self, value: &Value, path: &str, most: usize) {
        if value
            .as_str()
            .is_some_and(|text| text.chars().count() > most)
        {
            let text = format!("Must be {most} or fewer in length.");
            self.add(path, "BASE_TYPE_MAX_LENGTH", text);
        }
    }

    fn present(&mut self, value: &Value, path: &str) {
        if value.as_str().is_none_or(str::is_empty) {
            self.add(path, "BASE_TYPE_REQUIRED", "This field is required");
        }
    }

    fn most(&mut self, count: usize, path: &str, most: usize) {
        if count > most {
            let text = format!("Must be {most} or fewer in length.");
            self.add(path, "BASE_TYPE_MAX_LENGTH", text);
        }
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// What is wrong with a message that is sent or edited; `files` are the names sent along or kept.
pub(super) fn message(body: &Value, files: &[String]) -> Vec<Problem> {
    let mut problems = Problems::default();
    problems.longest(&body["content"], "content", 2_000);
    let nonce = &body["nonce"];
    if nonce
        .as_str()
        .is_some_and(|nonce| nonce.chars().count() > 25)
    {
        problems.longest(nonce, "nonce", 25);
    }
    embeds(list(&body["embeds"]), files, &mut problems);
    components(list(&body["components"]), &mut problems);
    problems.most(files.len(), "attachments", 10);
    problems.0
}

fn embeds(embeds: &[Value], files: &[String], problems: &mut Problems) {
    problems.most(embeds.len(), "embeds", 10);
    let mut total = 0;
    for (number, embed) in embeds.iter().enumerate() {
        let at = |rest: &str| format!("embeds.{number}.{rest}");
        let fields = list(&embed["fields"]);
        let bounded = [
            (&embed["title"], "title", 256),
            (&embed["description"], "description", 4_096),
            (&embed["footer"]["text"], "footer.text", 2_048),
            (&embed["author"]["name"], "author.name", 256),
        ];
        for (value, name, most) in bounded {
            problems.longest(value, &at(name), most);
            total += length(value);
        }
        problems.most(fields.len(), &at("fields"), 25);
        for (index, field) in fields.iter().enumerate() {
            let (name, value) = (&field["name"], &field["value"]);
            for (part, word, most) in [(name, "name", 256), (value, "value", 1_024)] {
                let path = at(&format!("fields.{index}.{word}"));
                problems.present(part, &path);
                problems.longest(part, &path, most);
                total += length(part);
            }
        }
        for picture in ["image", "thumbnail"] {
            let named = embed[picture]["url"]
                .as_str()
                .and_then(|url| url.strip_prefix("attachment://"));
            if let Some(name) = named
                && !files.iter().any(|file| file == name)
            {
                let text = format!("No attachment is called {name}");
                problems.add(&at(&format!("{picture}.url")), "URL_TYPE_INVALID_URL", text);
            }
        }
    }
    if total > 6_000 {
        let text = "Embed size exceeds maximum size of 6000";
        problems.add("embeds", "MAX_EMBED_SIZE_EXCEEDED", text);
    }
}

fn length(value: &Value) -> usize {
    value.as_str().map_or(0, |text| text.chars().count())
}

fn components(rows: &[Value], problems: &mut Problems) {
    problems.most(rows.len(), "components", 5);
    let mut seen = HashSet::new();
    for (number, row) in rows.iter().enumerate() {
        let at = format!("components.{number}");
        if row["type"] != 1 {
            problems.add(
                &at,
                "BASE_TYPE_CHOICES",
                "Value of field \"type\" must be one of (1,).",
            );
            continue;
        }
        let parts = list(&row["components"]);
        let inside = format!("{at}.components");
        if parts.is_empty() {
            problems.add(
                &inside,
                "BASE_TYPE_BAD_LENGTH",
                "Must be between 1 and 5 in length.",
            );
        }
        let selects = parts.iter().filter(|part| part["type"] != 2).count();
        let most = if selects > 0 { 1 } else { 5 };
        problems.most(parts.len(), &inside, most);
        for (index, part) in parts.iter().enumerate() {
            component(part, &format!("{inside}.{index}"), problems);
            if let Some(id) = part["custom_id"].as_str()
                && !seen.insert(id.to_owned())
            {
                let text = "Component custom id cannot be duplicated";
                let path = format!("{inside}.{index}.custom_id");
                problems.add(&path, "COMPONENT_CUSTOM_ID_DUPLICATED", text);
            }
        }
    }
}

fn component(part: &Value, at: &str, problems: &mut Problems) {
    let field = |name: &str| format!("{at}.{name}");
    problems.longest(&part["custom_id"], &field("custom_id"), 100);
    match part["type"].as_u64() {
        Some(2) => {
            problems.longest(&part["label"], &field("label"), 80);
            if part["label"].as_str().is_none_or(str::is_empty) && part["emoji"].is_null() {
                let text = "A label or an emoji is required";
                problems.add(&field("label"), "BUTTON_COMPONENT_INVALID", text);
            }
            match part["style"].as_u64() {
                Some(5) => {
                    problems.present(&part["url"], &field("url"));
                    problems.longest(&part["url"], &field("url"), 512);
                }
                _ => problems.present(&part["custom_id"], &field("custom_id")),
            }
        }
        Some(3) => {
            problems.present(&part["custom_id"], &field("custom_id"));
            problems.longest(&part["placeholder"], &field("placeholder"), 150);
            select(part, at, problems);
        }
        Some(5..=8) => problems.present(&part["custom_id"], &field("custom_id")),
        _ => problems.add(at, "BASE_TYPE_CHOICES", "Not a component for a message"),
    }
}

fn select(part: &Value, at: &str, problems: &mut Problems) {
    let options = list(&part["options"]);
    let path = format!("{at}.options");
    if options.is_empty() || options.len() > 25 {
        problems.add(
            &path,
            "BASE_TYPE_BAD_LENGTH",
            "Must be between 1 and 25 in length.",
        );
    }
    let least = part["min_values"].as_u64().unwrap_or(1);
    let most = part["max_values"].as_u64().unwrap_or(1);
    let count = u64::try_from(options.len()).unwrap_or(u64::MAX);
    if most == 0 || most > count || least > most {
        let text = format!("{least} to {most} of {count} options cannot be chosen");
        problems.add(
            &format!("{at}.max_values"),
            "SELECT_COMPONENT_INVALID_RANGE",
            text,
        );
    }
    let mut values = HashSet::new();
    let mut chosen = 0;
    for (index, option) in options.iter().enumerate() {
        for (name, required) in [("label", true), ("value", true), ("description", false)] {
            let place = format!("{path}.{index}.{name}");
            if required {
                problems.present(&option[name], &place);
            }
            problems.longest(&option[name], &place, 100);
        }
        chosen += u64::from(option["default"] == true);
        if !values.insert(option["value"].as_str().unwrap_or_default().to_owned()) {
            let place = format!("{path}.{index}.value");
            let text = "The specified option value is already used";
            problems.add(&place, "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", text);
        }
    }
    if chosen > most {
        problems.add(
            &path,
            "SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES",
            "Too many defaults",
        );
    }
}

/// What is wrong with a modal.
pub(super) fn modal(body: &Value) -> Vec<Problem> {
    let mut problems = Problems::default();
    problems.present(&body["title"], "data.title");
    problems.longest(&body["title"], "data.title", 45);
    problems.present(&body["custom_id"], "data.custom_id");
    problems.longest(&body["custom_id"], "data.custom_id", 100);
    let rows = list(&body["components"]);
    if rows.is_empty() || rows.len() > 5 {
        let text = "Must be between 1 and 5 in length.";
        problems.add("data.components", "BASE_TYPE_BAD_LENGTH", text);
    }
    let mut seen = HashSet::new();
    for (number, row) in rows.iter().enumerate() {
        let at = format!("data.components.{number}");
        let parts = list(&row["components"]);
        if row["type"] != 1 || parts.len() != 1 || parts[0]["type"] != 4 {
            problems.add(
                &at,
                "BASE_TYPE_CHOICES",
                "A modal's row holds one text input",
            );
            continue;
        }
        let input = &parts[0];
        let field = |name: &str| format!("{at}.components.0.{name}");
        problems.present(&input["custom_id"], &field("custom_id"));
        problems.longest(&input["custom_id"], &field("custom_id"), 100);
        problems.present(&input["label"], &field("label"));
        problems.longest(&input["label"], &field("label"), 45);
        problems.longest(&input["placeholder"], &field("placeholder"), 100);
        problems.longest(&input["value"], &field("value"), 4_000);
        let least = input["min_length"].as_u64().unwrap_or(0);
        let most = input["max_length"].as_u64().unwrap_or(4_000);
        if least > most || most == 0 || most > 4_000 {
            problems.add(
                &field("max_length"),
                "NUMBER_TYPE_MAX",
                "Not a length that fits",
            );
        }
        if !seen.insert(input["custom_id"].as_str().unwrap_or_default().to_owned()) {
            let text = "Component custom id cannot be duplicated";
            problems.add(&field("custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", text);
        }
    }
    problems.0
}

/// What is wrong with a list of commands.
pub(super) fn commands(commands: &[Value]) -> Vec<Problem> {
    let mut problems = Problems::default();
    problems.most(commands.len(), "", 130);
    let mut seen = HashSet::new();
    for (number, command) in commands.iter().enumerate() {
        let kind = command["type"].as_u64().unwrap_or(1);
        named(command, &number.to_string(), kind, &mut problems);
        if !seen.insert((
            kind,
            command["name"].as_str().unwrap_or_default().to_owned(),
        )) {
            let text = "Application command names must be unique";
            let path = format!("{number}.name");
            problems.add(&path, "APPLICATION_COMMANDS_DUPLICATE_NAME", text);
        }
        let mut optional = false;
        problems.most(
            list(&command["options"]).len(),
            &format!("{number}.options"),
            25,
        );
        for (index, option) in list(&command["options"]).iter().enumerate() {
            let at = format!("{number}.options.{index}");
            named(option, &at, 1, &mut problems);
            let required = option["required"] == true;
            if required && optional {
                let text = "Required options must be placed before non-required options";
                problems.add(&at, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", text);
            }
            optional |= !required;
        }
    }
    problems.0
}

fn named(what: &Value, at: &str, kind: u64, problems: &mut Problems) {
    let translated = what["name_localizations"].as_object();
    let names = translated.into_iter().flatten().map(|(_, name)| name);
    for name in names.chain([&what["name"]]) {
        let text = name.as_str().unwrap_or_default();
        let fits = text.chars().all(|letter| {
            (letter.is_alphanumeric() && !letter.is_uppercase())
                || matches!(letter, '-' | '_' | '\'')
        });
        let count = text.chars().count();
        if count == 0 || count > 32 || (kind == 1 && !fits) {
            problems.add(
                &format!("{at}.name"),
                "APPLICATION_COMMAND_INVALID_NAME",
                format!("Command name {text} is invalid"),
            );
        }
    }
    if kind == 1 {
        let translated = what["description_localizations"].as_object();
        let all = translated
            .into_iter()
            .flatten()
            .map(|(_, description)| description);
        for description in all.chain([&what["description"]]) {
            let path = format!("{at}.description");
            problems.present(description, &path);
            problems.longest(description, &path, 100);
        }
    }
}
