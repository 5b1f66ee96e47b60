//! `dupi doctor`: everything that serving needs, tried one by one, and what to do about it.
//!
//! It changes nothing that a later start would not make anyway, and it may run beside a service.

mod advice;
mod finding;
mod messengers;

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use self::finding::{Finding, tell};
use super::Outcome;
use super::telling::printable;
use crate::app::{DataPaths, RandomIds, open_first_session, open_store};
use crate::cards::ResvgCardPainter;
use crate::config::{ConfigError, RuntimeChoice, Settings};
use crate::ports::{EffectQueue as _, EffectState, IdSource as _};
use crate::severity::BackendDescription;
use crate::storage::{DataDirError, DataDirLock, MasterKey};
use crate::wording::Phrases;

/// Whether another process serves from the data folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Service {
    Running,
    NotRunning,
}

/// Nothing else can be checked without settings.
pub(super) fn settings_refused(
    error: &ConfigError,
    output: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    tell(&[Finding::fault("settings", error)], output)
}

/// Checks everything.
pub(super) async fn run(settings: &Settings, output: &mut dyn Write) -> anyhow::Result<Outcome> {
    let paths = DataPaths::of(settings);
    let mut findings = vec![settings_file(settings)];
    let (folder, service) = data_folder(&settings.data.folder);
    findings.push(folder);
    findings.push(master_key(settings, &paths));
    findings.extend(database(settings, &paths).await);
    findings.extend(model(settings));
    findings.push(fonts());
    findings.push(web_address(settings, service));
    findings.extend(advice::findings(settings).await);
    findings.extend(messengers::findings(settings).await);
    tell(&findings, output)
}

fn shown(path: &Path) -> String {
    printable(&path.display().to_string())
}

fn settings_file(settings: &Settings) -> Finding {
    let what = match &settings.file {
        Some(file) => shown(file),
        None => "no dupi.toml: defaults and the environment".to_owned(),
    };
    Finding::good("settings", what)
}

fn data_folder(folder: &Path) -> (Finding, Service) {
    const SUBJECT: &str = "data folder";
    if !folder.exists() {
        return (
            Finding::good(
                SUBJECT,
                format!("{}: made at the first start", shown(folder)),
            ),
            Service::NotRunning,
        );
    }
    match DataDirLock::acquire(folder) {
        Ok(_lock) => {
            let what = format!("{}: writable, no other dupi uses it", shown(folder));
            (Finding::good(SUBJECT, what), Service::NotRunning)
        }
        Err(DataDirError::InUse { .. }) => {
            let what = format!("{}: in use by a running dupi", shown(folder));
            (Finding::good(SUBJECT, what), Service::Running)
        }
        Err(error @ DataDirError::NotWritable { .. }) => {
            (Finding::fault(SUBJECT, &error), Service::NotRunning)
        }
    }
}

fn master_key(settings: &Settings, paths: &DataPaths) -> Finding {
    const SUBJECT: &str = "master key";
    let path = &paths.master_key;
    if settings.master_key.is_some() {
        return Finding::good(SUBJECT, "in the environment, DUPI_MASTER_KEY");
    }
    if !path.exists() {
        if paths.database.exists() {
            let missing = format!("{} is missing, and the database needs it", shown(path));
            return Finding::failed(SUBJECT, missing)
                .hint("put the file back, or set DUPI_MASTER_KEY");
        }
        return Finding::good(SUBJECT, format!("{}: made at the first start", shown(path)));
    }
    match MasterKey::load_or_create(path, RandomIds.secret()) {
        Err(error) => Finding::fault(SUBJECT, &error),
        Ok(_) if is_open_to_others(path) => {
            Finding::warning(SUBJECT, format!("{} can be read by others", shown(path)))
                .hint(format!("chmod 600 {}", shown(path)))
        }
        Ok(_) => Finding::good(SUBJECT, format!("{}: for its owner only", shown(path)))
            .hint("keep a copy apart from the data folder: without it the data cannot be read"),
    }
}

#[cfg(unix)]
fn is_open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata()
        .is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_: &Path) -> bool {
    false
}

async fn database(settings: &Settings, paths: &DataPaths) -> Option<Finding> {
    const SUBJECT: &str = "database";
    if !paths.database.exists() {
        return Some(Finding::good(
            SUBJECT,
            format!("{}: made at the first start", shown(&paths.database)),
        ));
    }
    if settings.master_key.is_none() && !paths.master_key.exists() {
        // Told with the master key; opening would make a new one.
        return None;
    }
    let store = match open_store(settings).await {
        Ok(store) => store,
        Err(error) => return Some(Finding::fault(SUBJECT, error.as_ref())),
    };
    let overview = store.overview(1_000).await;
    store.close().await;
    let effects = match overview {
        Ok(effects) => effects,
        Err(error) => return Some(Finding::fault(SUBJECT, &error)),
    };
    let failed = effects
        .iter()
        .filter(|effect| effect.state == EffectState::Failed)
        .count();
    let what = format!("{}: opens, migrations are applied", shown(&paths.database));
    Some(if failed == 0 {
        Finding::good(SUBJECT, what)
    } else {
        Finding::warning(SUBJECT, format!("{what}; effects given up: {failed}"))
            .hint("`dupi jobs` lists them")
    })
}

fn model(settings: &Settings) -> Vec<Finding> {
    let model = match open_first_session(settings) {
        Ok(model) => model,
        Err(error) => return vec![Finding::fault("model", error.as_ref())],
    };
    let identity = model.identity();
    let kind = if identity.is_demonstration {
        ", a demonstration model"
    } else {
        ""
    };
    let contract = Finding::good(
        "model",
        format!(
            "{}{kind}: contract kept, self-test passed",
            printable(&identity.id)
        ),
    );
    let mut findings = vec![contract];
    findings.extend(runtime_and_device(
        model.backend_description(),
        settings.model.runtime,
    ));
    findings
}

/// What runs the model, where, and what that is instead of.
fn runtime_and_device(backend: &BackendDescription, chosen: RuntimeChoice) -> Vec<Finding> {
    let mut runtime = Finding::good("runtime", printable(&backend.runtime_told()));
    if backend.library.is_none() && backend.fallbacks.is_empty() && chosen == RuntimeChoice::Auto {
        runtime = runtime
            .hint("ONNX Runtime is faster: `pip install onnxruntime` in an active Python environment,")
            .hint("or name its library in ORT_DYLIB_PATH");
    }
    let device = Finding::good(
        "device",
        match &backend.library {
            Some(_) => format!(
                "{} ({}), {}",
                backend.device,
                backend.device.provider(),
                backend.sessions_told()
            ),
            None => format!("{}, {}", backend.device, backend.sessions_told()),
        },
    );
    let fallbacks = backend.fallbacks.iter().map(|fallback| {
        let reason = if fallback.was_asked {
            "was asked for"
        } else {
            "was found"
        };
        let (why, hint) = match fallback.why.split_once("; hint: ") {
            Some((why, hint)) => (why, hint),
            None => (
                fallback.why.as_str(),
                "mend that, or set `model.device = \"cpu\"`; docs/devices.md says what a GPU needs",
            ),
        };
        Finding::warning(
            "device",
            format!(
                "{} {reason} and cannot be used: {}",
                printable(&fallback.wanted),
                printable(why)
            ),
        )
        .hint(printable(hint))
    });
    [runtime, device].into_iter().chain(fallbacks).collect()
}

fn fonts() -> Finding {
    let painter = Phrases::embedded()
        .map_err(anyhow::Error::from)
        .and_then(|phrases| Ok(ResvgCardPainter::new(Arc::new(phrases))?));
    match painter {
        Ok(_) => Finding::good("cards", "texts, template and fonts are usable"),
        Err(error) => Finding::fault("cards", error.as_ref()),
    }
}

fn web_address(settings: &Settings, service: Service) -> Finding {
    const SUBJECT: &str = "web address";
    let address = settings.web.address;
    match (std::net::TcpListener::bind(address), service) {
        (Ok(_), _) => Finding::good(SUBJECT, format!("{address}: free")),
        (Err(error), Service::Running) if error.kind() == std::io::ErrorKind::AddrInUse => {
            Finding::good(
                SUBJECT,
                format!("{address}: taken, as it should be by the running dupi"),
            )
        }
        (Err(error), _) if error.kind() == std::io::ErrorKind::AddrInUse => {
            Finding::warning(SUBJECT, format!("{address}: taken by another program"))
                .hint("the next free port will be used; set `web.address` to choose another")
        }
        (Err(error), _) => Finding::failed(SUBJECT, format!("{address}: cannot be used: {error}"))
            .hint("set `web.address` to an address of this machine, as `127.0.0.1:8080`"),
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::finding::told;
    use super::runtime_and_device;
    use crate::config::RuntimeChoice;
    use crate::severity::{BackendDescription, Device, Fallback, Sessions};

    #[test]
    fn the_device_is_told_and_what_it_is_instead_of() {
        let backend = BackendDescription {
            runtime: "ONNX Runtime",
            library: Some("/opt/libonnxruntime.so".into()),
            version: Some("1.24.1".to_owned()),
            device: Device::Cpu,
            sessions: Sessions {
                count: NonZeroUsize::MIN,
                threads: NonZeroUsize::MIN,
            },
            fallbacks: vec![Fallback {
                wanted: "CUDA device 0".to_owned(),
                why: "it is not there; hint: plug it in".to_owned(),
                was_asked: true,
            }],
        };
        assert_eq!(
            told(&runtime_and_device(&backend, RuntimeChoice::Auto)),
            "\
ok    runtime      ONNX Runtime 1.24.1 (/opt/libonnxruntime.so)
ok    device       CPU (CPUExecutionProvider), sessions: 1, threads: 1
warn  device       CUDA device 0 was asked for and cannot be used: it is not there
                   hint: plug it in
it works; warnings: 1
"
        );
    }
}
