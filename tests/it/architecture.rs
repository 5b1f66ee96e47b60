//! The arrows between modules, and a few walls beside them, read out of the sources.
//!
//! `main → app → {jobs channels severity advice cards storage} → {driver wording} → ports → domain`;
//! `config` belongs to `app`. The reading is lexical: comments and literals are dropped, what is
//! left is searched for paths. The checker is checked itself, on planted violations.

use std::path::{Path, PathBuf};

/// A top-level module, the other top-level modules it may use.
const ARROWS: [(&str, &[&str]); 14] = [
    ("domain", &[]),
    ("ports", &["domain"]),
    ("driver", &["wording", "ports", "domain"]),
    ("wording", &["ports", "domain"]),
    ("jobs", INNER),
    ("channels", INNER),
    ("severity", INNER),
    ("advice", INNER),
    ("cards", INNER),
    ("storage", INNER),
    ("config", &["domain"]),
    ("app", EVERYTHING_BELOW),
    ("main", &["app"]),
    // The crate map declares the modules and uses none.
    ("lib", &[]),
];

const INNER: &[&str] = &["driver", "wording", "ports", "domain"];

const EVERYTHING_BELOW: &[&str] = &[
    "config", "jobs", "channels", "severity", "advice", "cards", "storage", "driver", "wording",
    "ports", "domain",
];

/// Crates that only one module may name.
const OWNED_CRATES: [(&str, &str); 8] = [
    ("sqlx", "storage"),
    ("ort", "severity"),
    ("rten", "severity"),
    ("resvg", "cards"),
    ("usvg", "cards"),
    ("tiny_skia", "cards"),
    ("async_openai", "advice"),
    ("clap", "app"),
];

/// Calls that only one module may make.
const OWNED_CALLS: [(&[&str], &str); 9] = [
    (&["env", "::", "var"], "config"),
    (&["env", "::", "vars"], "config"),
    (&["env", "::", "var_os"], "config"),
    (&["env", "::", "vars_os"], "config"),
    (&["Timestamp", "::", "now"], "app"),
    (&["SystemTime", "::", "now"], "app"),
    (&["Uuid", "::", "new_v4"], "app"),
    (&["Uuid", "::", "now_v7"], "app"),
    (&["getrandom", "::", "fill"], "app"),
];

/// Lines of a file before its tests.
const MOST_LINES: usize = 500;

#[test]
fn the_sources_keep_the_arrows() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = rust_files(&root);
    assert!(files.len() > 20, "the sources are in {}", root.display());
    let violations: Vec<String> = files
        .iter()
        .flat_map(|file| {
            let text = std::fs::read_to_string(file).expect("sources are readable");
            let place = file.strip_prefix(&root).expect("it was found there");
            violations(&place.to_string_lossy().replace('\\', "/"), &text)
        })
        .collect();
    assert!(violations.is_empty(), "\n{}", violations.join("\n"));
}

/// A place, what is written there, and what the checker says of it.
const PLANTED: &[(&str, &str, &str)] = &[
    (
        "domain/a.rs",
        "use crate::ports::Clock;",
        "domain may not use ports",
    ),
    (
        "ports/a.rs",
        "use crate::{domain::X, storage::{Y, Z}};",
        "ports may not use storage",
    ),
    (
        "cards/mod.rs",
        "fn f() { crate::severity::decode(); }",
        "cards may not use severity",
    ),
    (
        "jobs/a.rs",
        "fn f() { let x = r#\"\"#; crate::config::Settings }",
        "jobs may not use config",
    ),
    (
        "cards/mod.rs",
        "use super::severity::X;",
        "`super` leads out of cards",
    ),
    (
        "cards/a/b.rs",
        "use super::super::super::severity::X;",
        "`super` leads out of cards",
    ),
    (
        "cards/a.rs",
        "mod inner { use super::super::super::jobs; }",
        "`super` leads out of cards",
    ),
    (
        "main.rs",
        "fn main() { dupi::storage::open() }",
        "main may not use storage",
    ),
    (
        "wording/a.rs",
        "use crate::driver::Driver;",
        "wording may not use driver",
    ),
    ("news/mod.rs", "", "news is no module of the architecture"),
    (
        "wording/a.rs",
        "use crate as root;",
        "`crate` under another name",
    ),
    (
        "wording/a.rs",
        "use crate::*;",
        "everything of the crate at once",
    ),
    (
        "jobs/a.rs",
        "use sqlx::Row;",
        "jobs may not use the crate sqlx",
    ),
    (
        "app/a.rs",
        "fn f() -> ::rten::Model {}",
        "app may not use the crate rten",
    ),
    (
        "channels/a.rs",
        "#[derive(clap::Parser)] struct A;",
        "channels may not use the crate clap",
    ),
    (
        "app/a.rs",
        "fn f() { std::env::var(\"HOME\"); }",
        "app may not call env::var",
    ),
    (
        "app/a.rs",
        "use std::env::{self, var_os};",
        "app may not call env::var_os",
    ),
    (
        "jobs/a.rs",
        "let now = jiff::Timestamp::now();",
        "jobs may not call Timestamp::now",
    ),
];

#[test]
fn planted_violations_are_found() {
    for (place, text, expected) in PLANTED {
        let found = violations(place, text);
        assert!(
            found.iter().any(|line| line.contains(expected)),
            "in {place}, {text:?} should give {expected:?}, gave {found:?}"
        );
    }
    let long = "fn f() {}\n".repeat(MOST_LINES + 1);
    assert_eq!(violations("domain/a.rs", &long).len(), 1);
    let tested = format!(
        "fn f() {{}}\n#[cfg(test)]\nmod tests {{\n{}}}\n",
        "// a line\n".repeat(MOST_LINES)
    );
    assert!(violations("domain/a.rs", &tested).is_empty());
}

#[test]
fn what_only_looks_like_a_violation_is_not_one() {
    for (place, text) in [
        (
            "domain/a.rs",
            "// use crate::ports::Clock;\n/* crate::app /* nested */ crate::app */",
        ),
        (
            "domain/a.rs",
            "/// [`x`](crate::ports)\nconst A: &str = \"crate::ports \\\" crate::app\";",
        ),
        (
            "domain/a.rs",
            "const A: &str = r##\"crate::ports\"# crate::app\"##; const B: char = '\"';",
        ),
        (
            "domain/a.rs",
            "fn f<'a>(x: &'a str) -> char { '\\'' } pub(crate) fn g() {}",
        ),
        (
            "domain/a.rs",
            "use crate::domain::scalp::Grade; use super::Severity;",
        ),
        ("cards/a/b.rs", "use super::super::layout::Box;"),
        (
            "cards/a.rs",
            "#[cfg(test)] mod tests { use super::Painter; use super::super::layout; }",
        ),
        ("storage/mod.rs", "use sqlx::Row; mod sqlx_errors;"),
        (
            "app/a.rs",
            "use crate::severity::rten::Engine; let ort = 1; let x = y.ort();",
        ),
        ("config/a.rs", "fn f() { std::env::vars_os(); }"),
        (
            "app/a.rs",
            "fn f() { std::env::args_os(); env!(\"CARGO_PKG_VERSION\"); }",
        ),
    ] {
        assert_eq!(violations(place, text), Vec::<String>::new(), "in {text:?}");
    }
}

/// Every rule that the file at `place` (below `src/`) breaks.
fn violations(place: &str, text: &str) -> Vec<String> {
    let modules: Vec<&str> = place.trim_end_matches(".rs").split('/').collect();
    let own = modules[0];
    let Some((_, allowed)) = ARROWS.iter().find(|(module, _)| *module == own) else {
        return vec![format!("{place}: {own} is no module of the architecture")];
    };
    let depth = modules.iter().filter(|name| **name != "mod").count();
    let tokens = tokens(text);
    let mut found = Vec::new();
    for (index, _) in tokens.iter().enumerate() {
        for used in modules_used(&tokens[index..]) {
            match used {
                Used::Module(module) if module != own && !allowed.contains(&module) => {
                    found.push(format!("{place}: {own} may not use {module}"));
                }
                Used::Module(_) => {}
                Used::Everything => {
                    found.push(format!("{place}: everything of the crate at once"));
                }
                Used::Alias => found.push(format!("{place}: `crate` under another name")),
            }
        }
    }
    if supers_lead_out(&tokens, depth) {
        found.push(format!(
            "{place}: `super` leads out of {own}; write `crate::`"
        ));
    }
    for (library, owner) in OWNED_CRATES {
        if own != owner && names_crate(&tokens, library) {
            found.push(format!("{place}: {own} may not use the crate {library}"));
        }
    }
    for (call, owner) in OWNED_CALLS {
        if own != owner && calls(&tokens, call) {
            found.push(format!("{place}: {own} may not call {}", call.concat()));
        }
    }
    let lines = lines_before_tests(text);
    if lines > MOST_LINES {
        found.push(format!(
            "{place}: {lines} lines without tests; split it by meaning at {MOST_LINES}"
        ));
    }
    found
}

enum Used<'a> {
    Module(&'a str),
    Everything,
    Alias,
}

/// What the path at the beginning of `tokens` takes from the crate's root.
fn modules_used<'a>(tokens: &[&'a str]) -> Vec<Used<'a>> {
    let used = |token: &'a str| match token {
        "*" | "self" => Used::Everything,
        module => Used::Module(module),
    };
    match tokens {
        ["crate", "as", ..] => vec![Used::Alias],
        ["crate" | "dupi", "::", "{", group @ ..] => {
            let mut level = 0_usize;
            let mut previous = ",";
            let mut modules = Vec::new();
            for token in group {
                if level == 0 && previous == "," && *token != "}" {
                    modules.push(used(token));
                }
                match *token {
                    "{" => level += 1,
                    "}" if level == 0 => break,
                    "}" => level -= 1,
                    _ => {}
                }
                previous = token;
            }
            modules
        }
        ["crate" | "dupi", "::", module, ..] => vec![used(module)],
        _ => Vec::new(),
    }
}

/// Whether some chain of `super` reaches the crate's root from a module `depth` below it.
fn supers_lead_out(tokens: &[&str], depth: usize) -> bool {
    let mut inner_modules = Vec::new();
    let mut level = 0_usize;
    let mut chain = 0_usize;
    for (index, token) in tokens.iter().enumerate() {
        match *token {
            "{" => {
                level += 1;
                if index >= 2 && tokens[index - 2] == "mod" {
                    inner_modules.push(level);
                }
            }
            "}" => {
                if inner_modules.last() == Some(&level) {
                    inner_modules.pop();
                }
                level = level.saturating_sub(1);
            }
            _ => {}
        }
        match *token {
            "super" => chain += 1,
            "::" => {}
            _ => chain = 0,
        }
        if chain > 0 && chain >= depth + inner_modules.len() {
            return true;
        }
    }
    false
}

/// Whether a path or a `use` begins with that crate.
fn names_crate(tokens: &[&str], library: &str) -> bool {
    tokens.iter().enumerate().any(|(index, token)| {
        let before = |back: usize| index.checked_sub(back).map(|at| tokens[at]);
        let is_followed = tokens.get(index + 1) == Some(&"::");
        let begins = match before(1) {
            Some("::") => !before(2).is_some_and(is_name),
            Some(".") => false,
            Some("use") => return *token == library,
            _ => true,
        };
        *token == library && begins && is_followed
    })
}

/// Whether the call is made or imported, alone or in a group.
fn calls(tokens: &[&str], call: &[&str]) -> bool {
    let (last, path) = call.split_last().expect("calls have a name");
    tokens
        .windows(path.len())
        .enumerate()
        .any(|(index, window)| {
            if window != path {
                return false;
            }
            let rest = &tokens[index + path.len()..];
            match rest.first() {
                Some(&"{") => rest
                    .iter()
                    .take_while(|token| **token != "}")
                    .any(|token| token == last),
                next => next == Some(last),
            }
        })
}

fn is_name(token: &str) -> bool {
    token
        .chars()
        .next()
        .is_some_and(|first| first.is_alphanumeric() || first == '_')
}

/// Names and punctuation of Rust text, without comments, literals and lifetimes; `::` is one token.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_comment_length(rest)
        } else if let Some(length) = raw_string_length(rest) {
            length
        } else if first == '"' {
            string_length(rest)
        } else if first == '\'' {
            quote_length(rest)
        } else if is_name(rest) {
            let length = rest
                .find(|character: char| !(character.is_alphanumeric() || character == '_'))
                .unwrap_or(rest.len());
            tokens.push(&rest[..length]);
            length
        } else if rest.starts_with("::") {
            tokens.push("::");
            2
        } else {
            if !first.is_whitespace() {
                tokens.push(&rest[..first.len_utf8()]);
            }
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    tokens
}

fn block_comment_length(text: &str) -> usize {
    let mut level = 0_usize;
    let mut at = 0;
    while at < text.len() {
        let rest = &text.as_bytes()[at..];
        if rest.starts_with(b"/*") {
            level += 1;
            at += 2;
        } else if rest.starts_with(b"*/") {
            level -= 1;
            at += 2;
            if level == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    text.len()
}

/// The length of a raw string, with its letter and marks, where one begins.
fn raw_string_length(text: &str) -> Option<usize> {
    let marks = ["br", "cr", "r"]
        .iter()
        .find_map(|letters| text.strip_prefix(letters))?;
    let count = marks.len() - marks.trim_start_matches('#').len();
    let inner = marks[count..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(count));
    let found = inner.find(&end).map_or(inner.len(), |at| at + end.len());
    Some(text.len() - inner.len() + found)
}

fn string_length(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The length of a character, or of a lifetime's tick alone.
fn quote_length(text: &str) -> usize {
    let mut inner = text.char_indices().skip(1);
    match (inner.next(), inner.next()) {
        (Some((_, '\\')), Some(_)) => inner
            .find(|(_, character)| *character == '\'')
            .map_or(text.len(), |(at, _)| at + 1),
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 1,
    }
}

fn lines_before_tests(text: &str) -> usize {
    let lines: Vec<&str> = text.lines().collect();
    lines
        .windows(2)
        .position(|pair| pair[0] == "#[cfg(test)]" && pair[1].starts_with("mod "))
        .unwrap_or(lines.len())
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder is readable") {
        let path = entry.expect("the folder is readable").path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}
