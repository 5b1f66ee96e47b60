//! The settings: what is accepted, what is refused and how, and what is never shown.

use std::ffi::OsString;
use std::path::Path;

use dupi::config::{ConfigError, Environment, Origin, RuntimeChoice, Settings, SettingsFile};

const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF";

/// The settings of a file's text and variables.
fn settings(text: &str, variables: &[(&str, &str)]) -> Result<Settings, ConfigError> {
    let variables = variables
        .iter()
        .map(|(name, value)| (OsString::from(name), OsString::from(value)));
    let file = SettingsFile {
        path: "dupi.toml".into(),
        text: text.to_owned(),
    };
    Settings::new(Some(&file), &Environment::new(variables)?)
}

/// The line an operator would read.
fn refusal(text: &str, variables: &[(&str, &str)]) -> String {
    settings(text, variables)
        .expect_err("these settings must be refused")
        .to_string()
}

#[test]
fn nothing_needs_to_be_set() {
    let settings = Settings::new(None, &Environment::default()).unwrap();
    assert_eq!(settings.web.address.to_string(), "127.0.0.1:8080");
    assert_eq!(settings.data.folder.to_str(), Some("data"));
    assert_eq!(settings.model.runtime, RuntimeChoice::Auto);
    assert!(settings.master_key.is_none() && settings.file.is_none());
}

#[test]
fn the_environment_wins_over_the_file_and_the_file_over_the_defaults() {
    let file = "
        [web]
        address = '127.0.0.1:1'
        open = true
        [data]
        folder = '/srv/file'
    ";
    let settings = settings(
        file,
        &[
            ("DUPI_WEB_ADDR", "[::1]:0"),
            ("ORT_DYLIB_PATH", "/opt/libonnxruntime.so"),
            ("RUST_LOG", "debug"),
            ("DUPI_DATA_DIR", ""),
            ("VIRTUAL_ENV", "/opt/venv"),
            ("PATH", "/usr/bin"),
        ],
    )
    .unwrap();
    assert_eq!(settings.web.address.to_string(), "[::1]:0");
    assert_eq!(
        settings.origin("web.address"),
        Origin::Environment("DUPI_WEB_ADDR")
    );
    assert!(settings.web.open);
    assert_eq!(settings.origin("web.open"), Origin::File);
    assert_eq!(settings.data.folder.to_str(), Some("/srv/file"));
    assert_eq!(
        settings.model.library.as_deref().and_then(Path::to_str),
        Some("/opt/libonnxruntime.so")
    );
    assert_eq!(settings.model.python_environments, [Path::new("/opt/venv")]);
    assert_eq!(settings.log.filter, "debug");
    assert_eq!(settings.model.sessions, None);
    assert_eq!(settings.model.threads, None);
    assert_eq!(settings.origin("model.threads"), Origin::Default);
}

#[test]
fn unknown_names_are_refused_with_the_nearest_known_one() {
    for (text, variables, expected) in [
        (
            "[web]\nadress = '127.0.0.1:1'",
            &[][..],
            "dupi.toml has the unknown key `web.adress`; hint: did you mean `web.address`?",
        ),
        (
            "[webb]\nopen = true",
            &[],
            "dupi.toml has the unknown key `webb.open`; hint: did you mean `web.open`?",
        ),
        (
            "folder = 'x'",
            &[],
            "dupi.toml has the unknown key `folder`; hint: did you mean `data.folder`?",
        ),
        (
            "[web]\n[lgo]",
            &[],
            "dupi.toml has the unknown key `lgo`; hint: did you mean `log.filter`?",
        ),
        (
            "[model]\naddress = 'x'",
            &[],
            "dupi.toml has the unknown key `model.address`; hint: did you mean `web.address`?",
        ),
        (
            "[model]\nfile = 'a.onnx'\nthread = 2",
            &[],
            "dupi.toml has the unknown key `model.thread`; hint: did you mean `model.threads`?",
        ),
        (
            "[log]\nfilter.level = 'x'",
            &[],
            "dupi.toml has the unknown key `log.filter.level`; hint: did you mean `log.filter`?",
        ),
        (
            "",
            &[("DUPI_DATADIR", "/srv")],
            "unknown environment variable DUPI_DATADIR; hint: did you mean DUPI_DATA_DIR?",
        ),
    ] {
        assert_eq!(refusal(text, variables), expected);
    }
}

#[test]
fn bad_values_are_refused_naming_key_value_and_a_hint() {
    for (text, variables, expected) in [
        (
            "[web]\naddress = 'localhost'",
            &[][..],
            "web.address is `localhost`; hint: write an address and a port, as `127.0.0.1:8080`",
        ),
        (
            "[web]\naddress = 8080",
            &[],
            "web.address is `8080`; hint: write it as text in \"quotation marks\"",
        ),
        (
            "[web]\nopen = 'yes'",
            &[],
            "web.open is `\"yes\"`; hint: write true or false",
        ),
        (
            "[model]\nqueue = 0",
            &[],
            "model.queue is `0`; hint: write a whole number from 1 to 10000",
        ),
        (
            "[model]\nthreads = -1",
            &[],
            "model.threads is `-1`; hint: write a whole number from 1 to 64",
        ),
        (
            "[model]\nsessions = 65",
            &[],
            "model.sessions is `65`; hint: write a whole number from 1 to 64",
        ),
        (
            "[model]\nruntime = 'tract'",
            &[],
            "model.runtime is `tract`; hint: write one of `auto`, `rten`, `onnxruntime`",
        ),
        (
            "[model]\ndevice = 'gpu'",
            &[],
            "model.device is `gpu`; hint: write one of `auto`, `cpu`, `cuda`, `tensorrt`",
        ),
        (
            "[model]\ndevice_id = 64",
            &[],
            "model.device_id is `64`; hint: write a whole number from 0 to 63",
        ),
        (
            "[data]\nfolder = ''",
            &[],
            "data.folder is ``; hint: name a path, or leave the key out",
        ),
        (
            "",
            &[("RUST_LOG", "dupi=loud")],
            "RUST_LOG is `dupi=loud`; hint: write levels, for all or by module, as `warn` or \
             `warn,dupi=debug`",
        ),
    ] {
        assert_eq!(refusal(text, variables), expected);
    }
}

#[test]
fn an_address_that_others_can_reach_needs_a_setting() {
    let public = [("DUPI_WEB_ADDR", "0.0.0.0:80")];
    let refusal = refusal("", &public);
    assert!(
        refusal.starts_with("DUPI_WEB_ADDR is `0.0.0.0:80`; hint: other machines could reach it"),
        "{refusal}"
    );
    let settings = settings("[web]\nallow_public = true", &public).unwrap();
    assert_eq!(settings.web.address.to_string(), "0.0.0.0:80");
}

#[test]
fn broken_toml_is_named_by_its_line_but_the_line_is_not_shown() {
    let refusal = refusal("[web]\nopen = true\nmy_password = hunter2\n", &[]);
    assert!(
        refusal.starts_with("dupi.toml line 3 is not valid TOML: "),
        "{refusal}"
    );
    assert!(!refusal.contains("hunter2"), "{refusal}");
}

#[test]
fn the_master_key_is_checked_and_never_shown() {
    let settings = settings("", &[("DUPI_MASTER_KEY", KEY)]).unwrap();
    assert!(settings.master_key.is_some());
    for shown in [settings.effective(), format!("{settings:?}")] {
        assert!(!shown.contains("0011"), "{shown}");
    }
    assert!(
        settings
            .effective()
            .contains("# master key: set, not shown")
    );

    let bad = "not-a-key-but-still-private";
    let refusal = refusal("", &[("DUPI_MASTER_KEY", bad)]);
    assert!(
        refusal.starts_with("DUPI_MASTER_KEY is not usable; hint: it takes 64"),
        "{refusal}"
    );
    assert!(!refusal.contains(bad));
    let environment = Environment::new([("DUPI_MASTER_KEY".into(), KEY.into())]).unwrap();
    assert_eq!(format!("{environment:?}"), r#"{"DUPI_MASTER_KEY"}"#);
}

#[test]
fn the_effective_settings_are_a_settings_file_with_origins() {
    let file = "
        [web]
        address = '127.0.0.1:9'
        [model]
        file = 'models/with \"quotes\".onnx'
        runtime = 'rten'
        sessions = 2
        threads = 3
        device = 'tensorrt'
        device_id = 2
        fp16 = true
    ";
    let first = settings(file, &[("DUPI_DATA_DIR", "/srv/dupi")]).unwrap();
    let effective = first.effective();
    for line in [
        "# settings file: dupi.toml",
        "address = \"127.0.0.1:9\" # file",
        "open = false # default",
        "folder = \"/srv/dupi\" # environment, DUPI_DATA_DIR",
        "# library = not set",
    ] {
        assert!(
            effective.lines().any(|shown| shown == line),
            "{line} is missing in:\n{effective}"
        );
    }
    let second = settings(&effective, &[]).unwrap();
    assert_eq!(second.web, first.web);
    assert_eq!(second.data, first.data);
    assert_eq!(second.model, first.model);
    assert_eq!(second.log, first.log);
}

#[test]
fn the_example_file_shows_every_key_with_its_default() {
    let example = include_str!("../../dupi.example.toml");
    let from_example = settings(example, &[]).unwrap();
    let defaults = Settings::new(None, &Environment::default()).unwrap();
    assert_eq!(from_example.web, defaults.web);
    assert_eq!(from_example.data, defaults.data);
    assert_eq!(from_example.model, defaults.model);
    assert_eq!(from_example.log, defaults.log);
    for line in defaults.effective().lines() {
        let Some((name, _)) = line.trim_start_matches("# ").split_once(" = ") else {
            continue;
        };
        let is_told = example.lines().any(|told| {
            told.trim_start_matches("# ")
                .strip_prefix(name)
                .is_some_and(|rest| rest.starts_with(" = "))
        });
        assert!(is_told, "dupi.example.toml does not tell of `{name}`");
    }
}
