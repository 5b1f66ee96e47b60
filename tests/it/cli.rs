//! The program as an operator runs it: what it prints, and how it ends.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

/// A folder of its own, and the program in it, with nothing in its environment.
struct Shell(tempfile::TempDir);

/// How a command ended, and what it said.
struct Ended {
    code: i32,
    output: String,
    errors: String,
}

impl Shell {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder can be made"))
    }

    fn folder(&self) -> &Path {
        self.0.path()
    }

    /// Puts a file into the folder.
    fn with(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        std::fs::write(self.folder().join(name), content).expect("the folder is ours");
        self
    }

    fn runs(&self, arguments: &[&str]) -> Ended {
        self.runs_with(arguments, &[])
    }

    fn runs_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Ended {
        let Output {
            status,
            stdout,
            stderr,
        } = Command::new(env!("CARGO_BIN_EXE_dupi"))
            .args(arguments)
            .current_dir(self.folder())
            .env_clear()
            .envs(variables.iter().copied())
            .output()
            .expect("the program can be started");
        Ended {
            code: status.code().expect("it ended by itself"),
            output: String::from_utf8(stdout).expect("it writes text"),
            errors: String::from_utf8(stderr).expect("it writes text"),
        }
    }
}

/// A service that runs; killed at the latest when the test ends.
struct Served {
    process: Child,
    /// What it printed at the start.
    line: String,
}

impl Shell {
    fn serves(&self) -> Served {
        let mut process = Command::new(env!("CARGO_BIN_EXE_dupi"))
            .current_dir(self.folder())
            .env_clear()
            .env("DUPI_WEB_ADDR", "127.0.0.1:0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program can be started");
        let mut line = String::new();
        let output = process.stdout.as_mut().expect("it is piped");
        BufReader::new(output)
            .read_line(&mut line)
            .expect("it prints a line");
        Served { process, line }
    }
}

impl Served {
    /// Asks it to stop, and tells its exit code.
    #[cfg(unix)]
    fn stops(mut self) -> i32 {
        let asked = Command::new("kill")
            .args(["-TERM", &self.process.id().to_string()])
            .status()
            .expect("kill can be started");
        assert!(asked.success());
        let status = self.process.wait().expect("it was started");
        status.code().expect("it ended by itself")
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn fixture(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/photos")
        .join(name);
    path.to_str()
        .expect("the repository lies at a path of text")
        .to_owned()
}

fn json_lines(output: &str) -> Vec<Value> {
    output
        .lines()
        .map(|line| serde_json::from_str(line).expect("each line is JSON"))
        .collect()
}

#[test]
fn a_graded_photo_is_one_line_of_json() {
    let photo = fixture("close_up_mixed.jpg");
    let ended = Shell::new().runs(&["analyze", &photo, "--json"]);
    assert_eq!((ended.code, ended.errors.as_str()), (0, ""));
    let [line] = json_lines(&ended.output).try_into().unwrap();
    assert_eq!(line["photo"], photo);
    assert_eq!(line["verdict"], "graded");
    assert_eq!(line["model"]["demonstration"], true);
    let grades = line["grades"].as_object().unwrap();
    assert_eq!(grades.len(), 6);
    for grade in grades.values() {
        let severity = grade["severity"].as_u64().unwrap();
        let probabilities: Vec<f64> = grade["probabilities"]
            .as_array()
            .unwrap()
            .iter()
            .map(|value| value.as_f64().unwrap())
            .collect();
        assert!(severity <= 3 && probabilities.len() == 4);
        assert!((probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-3);
        let chosen = probabilities[usize::try_from(severity).unwrap()];
        assert!((grade["confidence"].as_f64().unwrap() - chosen).abs() < 1e-6);
    }
    let view: f64 = ["close_up", "from_afar", "other"]
        .iter()
        .map(|kind| line["view"][kind].as_f64().unwrap())
        .sum();
    assert!((view - 1.0).abs() < 1e-3);
    for stage in ["decode", "preprocess", "inference", "total"] {
        assert!(line["timing_ms"][stage].as_f64().unwrap() > 0.0, "{stage}");
    }
}

#[test]
fn a_refused_photo_ends_with_3_and_an_error_with_1() {
    let shell = Shell::new()
        .with("text.jpg", "no picture")
        .with("empty.png", "");
    let graded = fixture("close_up_normal.jpg");

    let refused = shell.runs(&["analyze", &graded, "text.jpg", "empty.png", "--json"]);
    assert_eq!(refused.code, 3);
    let verdicts: Vec<Value> = json_lines(&refused.output)
        .iter()
        .map(|line| line["verdict"].clone())
        .collect();
    assert_eq!(verdicts, ["graded", "unreadable", "unreadable"]);
    let unreadable = &json_lines(&refused.output)[1];
    for nothing in ["view", "grades", "scalp_type"] {
        assert!(unreadable[nothing].is_null(), "{nothing}");
    }
    assert!(
        refused.errors.contains("note: text.jpg: "),
        "{}",
        refused.errors
    );

    let shell = shell.with("apple.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic");
    let heic = shell.runs(&["analyze", "apple.heic", "--json"]);
    assert_eq!(heic.code, 3);
    assert!(
        heic.errors.starts_with("note: apple.heic: photo is HEIC")
            && heic.errors.ends_with("hint: save it as an ordinary JPEG\n"),
        "{}",
        heic.errors
    );

    let failed = shell.runs(&["analyze", "absent.jpg", "text.jpg", &graded, "--json"]);
    assert_eq!(failed.code, 1);
    assert_eq!(json_lines(&failed.output).len(), 2, "the others are judged");
    assert!(
        failed
            .errors
            .starts_with("error: photo `absent.jpg` cannot be read: "),
        "{}",
        failed.errors
    );
}

#[test]
fn without_json_there_is_a_table_and_the_model_says_what_it_is() {
    let ended = Shell::new().runs(&["analyze", &fixture("close_up_mixed.jpg")]);
    assert_eq!(ended.code, 0);
    for part in [
        "close_up_mixed.jpg: graded\n",
        "\n  hair loss   ",
        "\n  scalp type  ",
        "a demonstration model",
        "not a diagnosis",
    ] {
        assert!(
            ended.output.contains(part),
            "{part:?} is not in:\n{}",
            ended.output
        );
    }
}

#[test]
fn a_card_is_drawn_where_something_was_graded() {
    let shell = Shell::new().with("text.jpg", "no picture");
    let photo = fixture("close_up_mixed.jpg");
    for language in ["ko", "en"] {
        let card = format!("{language}.png");
        let ended = shell.runs(&["analyze", &photo, "--card", &card, "--language", language]);
        assert_eq!(ended.code, 0, "{}", ended.errors);
        let drawn = image::open(shell.folder().join(&card)).unwrap();
        assert_eq!((drawn.width(), drawn.height()), (1080, 1350));
    }
    let korean = std::fs::read(shell.folder().join("ko.png")).unwrap();
    assert_ne!(
        korean,
        std::fs::read(shell.folder().join("en.png")).unwrap()
    );

    let none = shell.runs(&["analyze", "text.jpg", "--card", "none.png"]);
    assert_eq!(none.code, 3);
    assert!(none.errors.contains("no card: "), "{}", none.errors);
    assert!(!shell.folder().join("none.png").exists());

    let nowhere = shell.runs(&["analyze", &photo, "--card", "no/such/folder.png"]);
    assert_eq!(nowhere.code, 1);
    assert!(
        nowhere
            .errors
            .contains("card `no/such/folder.png` cannot be written")
    );
}

#[test]
fn wrong_usage_ends_with_2_and_help_with_0() {
    let shell = Shell::new();
    for arguments in [
        &["analyse"][..],
        &["analyze"],
        &["analyze", "a.jpg", "--json=yes"],
        &["model", "check"],
        &["jobs", "--limit", "none"],
        &["--port", "80"],
    ] {
        let ended = shell.runs(arguments);
        assert_eq!(ended.code, 2, "{arguments:?}");
        assert!(ended.output.is_empty() && !ended.errors.is_empty());
    }
    assert!(
        shell.runs(&["analyse"]).errors.contains("analyze"),
        "the nearest command"
    );
    for arguments in [["--help"], ["--version"]] {
        let ended = shell.runs(&arguments);
        assert_eq!(ended.code, 0);
        assert!(!ended.output.is_empty() && ended.errors.is_empty());
    }
}

#[test]
fn a_wrong_setting_stops_every_command_with_a_hint() {
    let shell = Shell::new().with("dupi.toml", "[web]\nadress = '127.0.0.1:1'\n");
    for arguments in [&[][..], &["config"], &["jobs"], &["analyze", "a.jpg"]] {
        let ended = shell.runs(arguments);
        assert_eq!(ended.code, 1, "{arguments:?}");
        assert_eq!(
            ended.errors,
            "error: dupi.toml has the unknown key `web.adress`\nhint: did you mean `web.address`?\n"
        );
    }
    let doctor = shell.runs(&["doctor"]);
    assert_eq!(doctor.code, 1);
    assert!(
        doctor
            .output
            .starts_with("FAIL  settings     dupi.toml has the unknown key"),
        "{}",
        doctor.output
    );
}

#[test]
fn config_shows_where_values_come_from_and_no_secret() {
    let key = "5c".repeat(32);
    let shell = Shell::new().with("mine.toml", "[model]\nthreads = 2\nsessions = 3\n");
    let ended = shell.runs_with(
        &["config"],
        &[
            ("DUPI_CONFIG", "mine.toml"),
            ("DUPI_MASTER_KEY", &key),
            ("DUPI_DATA_DIR", "elsewhere"),
        ],
    );
    assert_eq!((ended.code, ended.errors.as_str()), (0, ""));
    for line in [
        "# settings file: mine.toml",
        "threads = 2 # file",
        "sessions = 3 # file",
        "folder = \"elsewhere\" # environment, DUPI_DATA_DIR",
        "queue = 64 # default",
    ] {
        assert!(
            ended.output.lines().any(|shown| shown == line),
            "{}",
            ended.output
        );
    }
    assert!(!ended.output.contains(&key[..8]));

    let absent = shell.runs_with(&["config"], &[("DUPI_CONFIG", "absent.toml")]);
    assert_eq!(absent.code, 1);
    assert!(
        absent.errors.contains("hint: DUPI_CONFIG names it"),
        "{}",
        absent.errors
    );
}

#[test]
fn doctor_finds_a_new_machine_fine_and_leaves_it_as_it_was() {
    let shell = Shell::new();
    let ended = shell.runs_with(&["doctor"], &[("DUPI_WEB_ADDR", "127.0.0.1:0")]);
    assert_eq!(ended.code, 0, "{}", ended.output);
    assert!(
        ended.output.contains("ok    model        dupi-demo/"),
        "{}",
        ended.output
    );
    assert!(
        ended.output.contains("ok    runtime      rten"),
        "{}",
        ended.output
    );
    assert!(
        ended.output.ends_with("everything is fine\n"),
        "{}",
        ended.output
    );
    assert_eq!(std::fs::read_dir(shell.folder()).unwrap().count(), 0);
}

#[test]
fn doctor_names_each_fault_and_what_to_do() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let shell = Shell::new()
        .with("broken.onnx", "no model")
        .with("data", "a file where the folder should be")
        .with("dupi.toml", "[model]\nfile = 'broken.onnx'\n");
    let ended = shell.runs_with(&["doctor"], &[("DUPI_WEB_ADDR", &address)]);
    assert_eq!(ended.code, 1);
    for line in [
        "FAIL  data folder  the data folder `data` cannot be written: ",
        "FAIL  model        model broken.onnx ",
        &format!("warn  web address  {address}: taken by another program"),
    ] {
        assert!(
            ended.output.lines().any(|shown| shown.starts_with(line)),
            "{line:?} is not in:\n{}",
            ended.output
        );
    }

    let shell = Shell::new();
    std::fs::create_dir(shell.folder().join("data")).unwrap();
    let shell = shell.with("data/master.key", "not a key");
    let ended = shell.runs_with(&["doctor"], &[("DUPI_WEB_ADDR", "127.0.0.1:0")]);
    assert_eq!(ended.code, 1);
    assert!(
        ended
            .output
            .contains("FAIL  master key   the master key file"),
        "{}",
        ended.output
    );
    assert!(!ended.output.contains("not a key"));
}

#[test]
fn model_check_says_all_of_a_usable_file() {
    let bundled = concat!(env!("CARGO_MANIFEST_DIR"), "/models/dupi-demo.onnx");
    let good = Shell::new().runs(&["model", "check", bundled]);
    assert_eq!((good.code, good.errors.as_str()), (0, ""));
    for part in [
        "contract kept, self-test passed",
        "\nmodel          dupi-demo/",
        "\ndemonstration  yes",
        "\ntrained on     ",
        "\nintended use   ",
        "\nconditions     fine_scaling, excess_sebum, ",
        "\ndecision       {",
        "\nmetrics        {",
        "\nprecision      fp32\n",
        "\ninput          image float32 [batch, 3, 240, 320]\n",
        "\noutputs        probs float32 [batch, 6, 4]; ",
        "\noperator set   ",
        "Conv, ",
        " of float32",
        "\nruns in        rten (built in), device: CPU, sessions: 1, threads: ",
        " ms a photo",
        "\nnot runnable   ",
        "\nscalp.contract = scalp-grader/1\n",
    ] {
        assert!(
            good.output.contains(part),
            "{part:?} is not in:\n{}",
            good.output
        );
    }
    if let Ok(library) = std::fs::canonicalize(onnx_runtime_library()) {
        let library = library.to_str().unwrap();
        let both =
            Shell::new().runs_with(&["model", "check", bundled], &[("ORT_DYLIB_PATH", library)]);
        assert_eq!(both.code, 0, "{}", both.errors);
        assert!(both.output.contains("runs in        ONNX Runtime "));
        assert!(both.output.contains("runs in        rten"));
        let apart = both
            .output
            .split_once("largest difference of a probability to the first: ")
            .map(|(_, rest)| rest.lines().next().unwrap().parse::<f32>().unwrap());
        assert!(apart.is_some_and(|apart| apart < 1e-3), "{}", both.output);
    }
}

/// The library of ONNX Runtime that the tests are told of; an empty path where they are not.
fn onnx_runtime_library() -> PathBuf {
    #[expect(
        clippy::disallowed_methods,
        reason = "the tests find the library by the same variable as the program"
    )]
    std::env::var_os("ORT_DYLIB_PATH")
        .map(PathBuf::from)
        .unwrap_or_default()
}

#[test]
fn model_check_says_what_a_wrong_file_is_instead() {
    let shell = Shell::new()
        .with("empty.onnx", "")
        .with("photo.onnx", std::fs::read(fixture("dark.jpg")).unwrap())
        .with("page.onnx", "<!DOCTYPE html><html><body>404</body></html>")
        .with("weights.pth", b"PK\x03\x04............archive/data.pkl")
        .with(
            "pointer.onnx",
            "version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
        )
        .with("broken.onnx", [0x08, 0x01]);
    for (file, what) in [
        (
            "empty.onnx",
            "error: model empty.onnx is no ONNX model: it is empty\nhint: ",
        ),
        (
            "photo.onnx",
            "it is a JPEG picture\nhint: `dupi analyze` grades pictures",
        ),
        ("page.onnx", "it is a web page"),
        (
            "weights.pth",
            "it is a PyTorch file (.pt, .pth)\nhint: export it to ONNX",
        ),
        ("pointer.onnx", "it is a Git LFS pointer"),
        ("broken.onnx", "error: model broken.onnx is no ONNX model"),
        ("absent.onnx", "error: cannot read model absent.onnx: "),
    ] {
        let bad = shell.runs(&["model", "check", file]);
        assert_eq!(bad.code, 1, "{file}");
        assert!(
            bad.output.is_empty() && bad.errors.contains(what),
            "{file}: {}",
            bad.errors
        );
    }
}

#[test]
fn model_check_tells_of_any_onnx_file_and_what_it_lacks() {
    // A graph `input image float32 [N, 3]` with one operator, and nothing of the contract.
    let slot =
        b"\x0A\x05image\x12\x10\x0A\x0E\x08\x01\x12\x0A\x0A\x03\x12\x01N\x0A\x03\x08\x80\x18";
    let mut graph = b"\x0A\x14\x0A\x05image\x12\x05image\x22\x04Relu".to_vec();
    for number in [0x5A, 0x62] {
        graph.push(number);
        graph.push(u8::try_from(slot.len()).unwrap());
        graph.extend(slot);
    }
    let mut file = b"\x08\x08\x12\x05sieve\x42\x02\x10\x11\x3A".to_vec();
    file.push(u8::try_from(graph.len()).unwrap());
    file.extend(graph);
    let shell = Shell::new().with("other.onnx", file);
    let bad = shell.runs(&["model", "check", "other.onnx"]);
    assert_eq!(bad.code, 1);
    for part in [
        "other.onnx: an ONNX file that cannot be used\n",
        "\ninput          image float32 [N, 3072]\n",
        "\noperator set   17\n",
        "\noperators      Relu\n",
        "\nwritten by     sieve\n",
        "\nmissing keys   scalp.contract, scalp.model_id, ",
        "`python -m dupi_training export`",
    ] {
        assert!(
            bad.output.contains(part),
            "{part:?} is not in:\n{}",
            bad.output
        );
    }
    assert!(
        bad.errors.starts_with("error: model other.onnx"),
        "{}",
        bad.errors
    );
}

#[test]
fn a_gpu_that_cannot_be_had_is_missed_aloud_and_nothing_stops() {
    let shell = Shell::new();
    let shell = shell.with("dupi.toml", "[model]\nsessions = 3\nthreads = 2\n");
    let doctor = shell.runs_with(
        &["doctor", "--device", "cuda"],
        &[("DUPI_WEB_ADDR", "127.0.0.1:0")],
    );
    assert_eq!(doctor.code, 0, "{}", doctor.output);
    for part in [
        "ok    device       CPU, sessions: 3, threads: 2",
        "warn  device       CUDA device 0 was asked for and cannot be used: a GPU needs the library",
        "hint: install the Python package onnxruntime-gpu",
    ] {
        assert!(
            doctor.output.contains(part),
            "{part:?} is not in:\n{}",
            doctor.output
        );
    }
    // The log says it, where it is asked for or the service starts.
    let photo = fixture("close_up_normal.jpg");
    let graded = shell.runs_with(
        &["analyze", &photo, "--json", "--device", "tensorrt"],
        &[("RUST_LOG", "warn")],
    );
    assert_eq!(graded.code, 0);
    assert!(
        graded
            .errors
            .contains("TensorRT on CUDA device 0 was asked for and cannot be used"),
        "{}",
        graded.errors
    );
}

#[test]
fn jobs_of_nothing_are_none_and_nothing_is_made() {
    let shell = Shell::new();
    let ended = shell.runs(&["jobs"]);
    assert_eq!(ended.code, 0);
    assert!(
        ended
            .output
            .starts_with("no database at data/dupi.sqlite yet"),
        "{}",
        ended.output
    );
    assert_eq!(std::fs::read_dir(shell.folder()).unwrap().count(), 0);
}

#[test]
#[cfg(unix)]
fn a_service_announces_itself_keeps_its_folder_and_stops_when_asked() {
    let shell = Shell::new();
    let served = shell.serves();
    let address = served
        .line
        .strip_prefix("Dupi is ready at http://")
        .and_then(|rest| rest.split_once('/'))
        .map_or_else(
            || panic!("no address in {:?}", served.line),
            |(address, _)| address,
        );
    let mut answer = String::new();
    let mut connection = std::net::TcpStream::connect(address).unwrap();
    write!(
        connection,
        "GET /healthz HTTP/1.0\r\nHost: {address}\r\n\r\n"
    )
    .unwrap();
    connection.read_to_string(&mut answer).unwrap();
    assert!(answer.contains(" 200 OK"), "{answer}");

    let second = shell.runs(&["serve"]);
    assert_eq!(second.code, 1);
    assert_eq!(
        second.errors,
        "error: the data folder `data` is in use\n\
         hint: another dupi is running on it, stop that one or set DUPI_DATA_DIR to another folder\n"
    );
    let jobs = shell.runs(&["jobs"]);
    assert_eq!((jobs.code, jobs.errors.as_str()), (0, ""));
    assert!(jobs.output.contains("the newest 0: "), "{}", jobs.output);
    let doctor = shell.runs(&["doctor"]);
    assert_eq!(doctor.code, 0);
    assert!(
        doctor
            .output
            .contains("ok    data folder  data: in use by a running dupi\n"),
        "{}",
        doctor.output
    );

    assert_eq!(served.stops(), 0);
    let doctor = shell.runs_with(&["doctor"], &[("DUPI_WEB_ADDR", "127.0.0.1:0")]);
    assert!(
        doctor.output.ends_with("everything is fine\n"),
        "{}",
        doctor.output
    );

    std::fs::remove_file(shell.folder().join("data/master.key")).unwrap();
    let keyless = shell.runs(&["doctor"]);
    assert_eq!(keyless.code, 1);
    assert!(
        keyless
            .output
            .contains("FAIL  master key   data/master.key is missing"),
        "{}",
        keyless.output
    );
    // Nothing makes another key, which would open nothing.
    for command in ["jobs", "serve"] {
        let refused = shell.runs(&[command]);
        assert_eq!(refused.code, 1);
        assert!(
            refused.errors.contains("master.key` is missing"),
            "{}",
            refused.errors
        );
        assert!(!shell.folder().join("data/master.key").exists());
    }
}

/// Builds a shared library from C, where there is a compiler; says so where there is none.
#[cfg(target_os = "linux")]
#[expect(clippy::print_stderr, reason = "a test that did not run must say so")]
fn library_of(folder: &Path, name: &str, source: &str) -> Option<String> {
    let (code, library) = (
        folder.join(format!("{name}.c")),
        folder.join(format!("lib{name}.so")),
    );
    std::fs::write(&code, source).expect("the folder is ours");
    let built = Command::new("cc")
        .args(["-shared", "-fPIC", "-o"])
        .args([&library, &code])
        .status();
    if built.is_ok_and(|status| status.success()) {
        return Some(library.to_str().expect("a path of text").to_owned());
    }
    eprintln!("SKIPPED: there is no C compiler to build a wrong library with");
    None
}

#[test]
#[cfg(target_os = "linux")]
fn a_library_of_another_kind_or_version_is_told_as_what_it_is() {
    let old = "
        static const void *api(unsigned version) { return 0; }
        static const char *version(void) { return \"1.10.0\"; }
        struct base { const void *(*api)(unsigned); const char *(*version)(void); };
        static const struct base base = { api, version };
        const struct base *OrtGetApiBase(void) { return &base; }
    ";
    let shell = Shell::new().with("text.so", "no library");
    let text = shell.folder().join("text.so").to_str().unwrap().to_owned();
    let other = "int something(void) { return 1; }";
    for (library, part) in [
        (Some(text), "it cannot be loaded as a library"),
        (
            library_of(shell.folder(), "other", other),
            "it is a library, but not of ONNX Runtime",
        ),
        (
            library_of(shell.folder(), "old", old),
            "it is ONNX Runtime 1.10.0, expected 1.24 or newer\nhint: ",
        ),
    ] {
        let Some(library) = library else { continue };
        let refused = shell.runs_with(&["analyze", "any.jpg"], &[("ORT_DYLIB_PATH", &library)]);
        assert_eq!(refused.code, 1);
        assert!(
            refused.errors.contains(&library) && refused.errors.contains(part),
            "{}",
            refused.errors
        );
    }
}
