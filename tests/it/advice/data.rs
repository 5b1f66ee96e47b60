//! Training pairs out of a miniature of AI Hub's layout, with the traps of the real one: what is
//! kept, what is left out and why, and that neither folders, zips nor their order change a byte.

#![expect(clippy::unwrap_used, reason = "test helpers are tests")]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use dupi::advice::data::{
    AdviceDataError, Missing, Pair, PairWriter, Record, Reject, Statistics, clean_value,
    seed_survey, write_pairs,
};
use dupi::domain::scalp::{Answer, Choice, Condition, Question, Region, Severity};
use encoding_rs::EUC_KR;
use rawzip::path::EntryPath;
use rawzip::{CompressionMethod, ZipArchiveWriter};
use serde_json::{Value, json};
use tempfile::TempDir;
use unicode_normalization::UnicodeNormalization as _;

const DATASET: &str = "유형별 두피 이미지";

/// Says what the record holds.
struct Noting;

impl PairWriter for Noting {
    fn pair(&self, record: &Record) -> Pair {
        let severities: String = record
            .severities
            .iter()
            .map(|severity| severity.number().to_string())
            .collect();
        Pair {
            instruction: severities.clone(),
            input: seed_survey(&record.answers),
            output: record.region.map_or("-", Region::id).to_owned(),
            prompt: format!("{severities}?"),
            completion: "!".to_owned(),
        }
    }
}

/// The name of an image of the dataset, without extension.
fn stem(number: usize) -> String {
    format!(
        "0013_A2LEBJJDE00060O_{}_{}_TH",
        1_602_578_303_771 + number * 5_417_113,
        number % 5 + 1
    )
}

fn label(severities: &str) -> Value {
    let mut label = json!({ "image_id": "x", "image_file_name": "x.jpg" });
    for (number, severity) in (1..).zip(severities.chars()) {
        label[format!("value_{number}")] = json!(severity.to_string());
    }
    label
}

fn meta(age: &str, answers: [&str; 7]) -> Value {
    let mut meta = json!({ "gender": "남", "age": age, "location": "정수리" });
    for (number, answer) in (1..).zip(answers) {
        meta[format!("question{number}")] = json!("질문");
        meta[format!("answers{number}")] = json!(answer);
    }
    meta
}

const USUAL: [&str; 7] = [
    "1일 1회",
    "하지않음",
    "1~3회/연",
    "염색 모발",
    "샴푸,린스",
    "예",
    "향",
];

/// How a bucket of files is stored.
#[derive(Debug, Clone, Copy)]
enum Way {
    Folder,
    /// Its name in decomposed Hangul, as macOS has it.
    DecomposedFolder,
    Zip,
    /// Names in CP949 without saying so, as made on Windows; members not packed.
    Cp949Zip,
}

const WAYS: [Way; 4] = [Way::Folder, Way::Zip, Way::Cp949Zip, Way::DecomposedFolder];

/// Where a bucket lies: the official split or Meta, and the name of its folder or zip.
type Bucket = (&'static str, String);

/// The names and contents of a bucket's files.
type Files = Vec<(String, Vec<u8>)>;

#[derive(Default, Clone)]
struct Download {
    buckets: BTreeMap<Bucket, Files>,
}

impl Download {
    fn put(&mut self, split: &'static str, bucket: &str, file: String, content: Vec<u8>) {
        self.buckets
            .entry((split, bucket.to_owned()))
            .or_default()
            .push((file, content));
    }

    fn label(&mut self, bucket: &str, stem: &str, label: &Value) {
        let content = serde_json::to_vec(label).unwrap();
        self.put("Training", bucket, format!("{stem}.json"), content);
    }

    fn meta(&mut self, stem: &str, meta: &Value) {
        let content = serde_json::to_vec(meta).unwrap();
        self.put("Meta", "[라벨]메타", format!("{stem}_META.json"), content);
    }

    fn image(&mut self, bucket: &str, stem: &str, severities: &str, age: &str, answers: [&str; 7]) {
        self.label(bucket, stem, &label(severities));
        self.meta(stem, &meta(age, answers));
    }

    /// Writes the dataset's folder, each bucket in the way that stands at its number in `ways`.
    fn store(&self, around: &Path, ways: &[Way]) -> PathBuf {
        let root = around.join(DATASET);
        for (at, ((split, bucket), files)) in self.buckets.iter().enumerate() {
            let folder = root.join(split);
            fs::create_dir_all(&folder).unwrap();
            match ways[at % ways.len()] {
                Way::Folder => store_in_folder(&folder.join(bucket), files),
                Way::DecomposedFolder => {
                    let bucket: String = bucket.nfd().collect();
                    store_in_folder(&folder.join(bucket), files);
                }
                Way::Zip => {
                    let name = |file: &str| EntryPath::conformant(format!("{bucket}/{file}"));
                    pack(&folder.join(format!("{bucket}.zip")), files, true, name);
                }
                Way::Cp949Zip => {
                    let name = |file: &str| {
                        let path = format!("{bucket}/{file}");
                        EntryPath::verbatim(EUC_KR.encode(&path).0.into_owned())
                    };
                    pack(&folder.join(format!("{bucket}.zip")), files, false, name);
                }
            }
        }
        root
    }
}

fn store_in_folder(folder: &Path, files: &[(String, Vec<u8>)]) {
    fs::create_dir_all(folder).unwrap();
    for (name, content) in files {
        fs::write(folder.join(name), content).unwrap();
    }
}

fn pack<'a>(
    path: &Path,
    files: &'a [(String, Vec<u8>)],
    is_packed: bool,
    name: impl Fn(&'a str) -> EntryPath<'a>,
) {
    let mut archive = ZipArchiveWriter::new(fs::File::create(path).unwrap());
    for (file, content) in files {
        let (method, packed) = if is_packed {
            let packed = Vec::new();
            let mut encoder =
                flate2::write::DeflateEncoder::new(packed, flate2::Compression::default());
            encoder.write_all(content).unwrap();
            (CompressionMethod::DEFLATE, encoder.finish().unwrap())
        } else {
            (CompressionMethod::STORE, content.clone())
        };
        let (mut entry, config) = archive
            .new_file(name(file))
            .compression_method(method)
            .start()
            .unwrap();
        // The check sum is of what was packed, the bytes are what it was packed to.
        let mut checked = config.wrap(std::io::sink());
        checked.write_all(content).unwrap();
        let (_, descriptor) = checked.finish().unwrap();
        entry.write_all(&packed).unwrap();
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap();
}

/// What was written for a folder, and the lines.
fn pairs(folder: &Path) -> (Statistics, Vec<Value>) {
    let (statistics, text) = text(folder);
    let lines = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    (statistics, lines)
}

fn text(folder: &Path) -> (Statistics, String) {
    let beside = TempDir::new().unwrap();
    let out = beside.path().join("pairs.jsonl");
    let statistics = write_pairs(folder, &out, &Noting).unwrap();
    assert_eq!(
        names(beside.path()),
        ["pairs.jsonl"],
        "temporary files stay behind"
    );
    (statistics, fs::read_to_string(out).unwrap())
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn with_bom(value: &Value) -> Vec<u8> {
    [b"\xef\xbb\xbf", &serde_json::to_vec(value).unwrap()[..]].concat()
}

/// Ten sound images, and each trap once.
fn trapped() -> Download {
    let mut download = Download::default();
    let bucket = "[라벨]피지 과다_2.중등도";
    for number in 0..10 {
        let severities = format!("0{}10{}0", number % 4, number / 4);
        let age = ["10대", "30대", "90대"][number % 3];
        download.image(bucket, &stem(number), &severities, age, USUAL);
    }
    // An all-normal image lies in all six folders, and in both official splits.
    let normal = stem(20);
    for condition in [
        "미세각질",
        "피지 과다",
        "모낭 사이 홍반",
        "모낭홍반농포",
        "비듬",
        "탈모",
    ] {
        download.label(
            &format!("[라벨]{condition}_0.양호"),
            &normal,
            &label("000000"),
        );
    }
    let content = with_bom(&label("000000"));
    download.put(
        "Validation",
        "[라벨]비듬_0.양호",
        format!("{normal}.json"),
        content,
    );
    let content = with_bom(&meta("40대", USUAL));
    download.put("Meta", "[라벨]메타", format!("{normal}_META.json"), content);
    // The same grades and answers as image 3, in other spellings and with blanks.
    let spelled = [
        "1일1회",
        "하지 않음",
        "1-3회 / 연",
        "염색모발",
        "린스 / 샴푸",
        "예 ",
        "\u{feff}향",
    ];
    download.label(bucket, &stem(21), &label("031000"));
    download.meta(&stem(21), &meta(" 10 대", spelled));
    // In CP949, as a program on Windows may have written it.
    let cp949 = serde_json::to_string(&meta("20대", USUAL)).unwrap();
    let cp949 = EUC_KR.encode(&cp949).0.into_owned();
    download.label(bucket, &stem(22), &label("001000"));
    download.put(
        "Meta",
        "[라벨]메타",
        format!("{}_META.json", stem(22)),
        cp949,
    );
    // Each of these is left out.
    for (number, age) in [(30, "0대"), (31, "100대"), (32, "110대")] {
        download.image(bucket, &stem(number), "010000", age, USUAL);
    }
    download.image(bucket, &stem(33), "010000", "30대", USUAL);
    download.label("[라벨]탈모_1.경증", &stem(33), &label("010001"));
    download.image(bucket, &stem(34), "070000", "30대", USUAL);
    download.meta(&stem(35), &meta("30대", USUAL));
    let cut = serde_json::to_vec(&label("010000")).unwrap()[..40].to_vec();
    download.put("Training", bucket, format!("{}.json", stem(35)), cut);
    download.label(bucket, &stem(36), &label("010000"));
    download.meta(&stem(37), &meta("30대", USUAL));
    let mut lacking = label("010000");
    lacking.as_object_mut().unwrap().remove("value_4");
    download.label(bucket, &stem(38), &lacking);
    download.meta(&stem(38), &meta("30대", USUAL));
    let mut unknown = USUAL;
    unknown[3] = "염색 모발, 비밀";
    download.image(bucket, &stem(39), "010000", "30대", unknown);
    download.image(bucket, &stem(40), "010000", "30대", USUAL);
    let another = serde_json::to_vec(&meta("40대", USUAL)).unwrap();
    let meta_40 = format!("{}_META.json", stem(40));
    download.put("Meta", "[라벨]다른 메타", meta_40, another);
    download.image(bucket, &stem(41), "010000", "30대", USUAL);
    let meta_41 = format!("{}_META.json", stem(41));
    for files in download.buckets.values_mut() {
        files
            .iter_mut()
            .filter(|(name, _)| *name == meta_41)
            .for_each(|(_, content)| {
                content.truncate(30);
            });
    }
    download
}

#[test]
fn every_trap_is_counted_and_the_rest_is_kept() {
    let around = TempDir::new().unwrap();
    let root = trapped().store(around.path(), &WAYS);
    strays(around.path(), &root);
    let (statistics, lines) = pairs(around.path());

    assert_eq!((statistics.kept, statistics.duplicates), (12, 1));
    let rejects: Vec<(Reject, u64, Vec<String>)> = statistics
        .rejects()
        .map(|(reject, tally)| (reject, tally.count(), tally.examples().to_vec()))
        .collect();
    let label = |number| format!("{}.json", stem(number));
    let meta = |number| format!("{}_META.json", stem(number));
    let mut junk: Vec<String> = (30..33).map(meta).collect();
    junk.sort();
    let expected = vec![
        (Reject::UnreadableLabel, 1, vec![label(35)]),
        (Reject::UnreadableMeta, 1, vec![meta(41)]),
        (Reject::MissingKey, 1, vec![label(38)]),
        (Reject::SeverityOutOfRange, 1, vec![label(34)]),
        (Reject::JunkAge, 3, junk),
        (
            Reject::UnknownOption(Question::HairState),
            1,
            vec![meta(39)],
        ),
        (Reject::ConflictingLabels, 1, vec![label(33)]),
        (Reject::ConflictingMetas, 1, vec![meta(40)]),
        (Reject::LabelWithoutMeta, 1, vec![label(36)]),
        (Reject::MetaWithoutLabel, 1, vec![meta(37)]),
    ];
    assert_eq!(rejects, expected);
    assert_eq!(statistics.images, 25);
    let accounted = statistics.kept + statistics.duplicates + statistics.rejected();
    assert_eq!(statistics.images, accounted);
    assert_eq!((statistics.labels, statistics.metas), (31, 25));
    assert_eq!(statistics.broken_archives.count(), 2);
    let broken = [
        "Training/[라벨]비듬_1.경증.zip.part0",
        "Training/[라벨]비듬_2.중등도.zip",
    ];
    assert_eq!(statistics.broken_archives.examples(), broken);

    assert_eq!(lines.len(), 12);
    for line in &lines {
        let keys: Vec<&String> = line.as_object().unwrap().keys().collect();
        let mut expected = ["instruction", "input", "output", "prompt", "completion"];
        expected.sort_unstable();
        let mut keys: Vec<&str> = keys.into_iter().map(String::as_str).collect();
        keys.sort_unstable();
        assert_eq!(keys, expected);
        assert_eq!(line["output"], "crown");
    }
    let order: Vec<&str> = lines
        .iter()
        .map(|line| line["instruction"].as_str().unwrap())
        .collect();
    assert!(order.is_sorted(), "{order:?}");
    let spelled = "나이 10-\n성별 남\n샴푸 사용 빈도 1일 1회\n펌 주기 하지않음\n염색 주기 1-3회 연\n\
                   현재 모발 상태 염색 모발\n사용 제품 샴푸 린스\n맞춤 두피케어 희망 예\n\
                   샴푸 구매 고려 향";
    let of_image_3 = lines
        .iter()
        .find(|line| line["instruction"] == "031000")
        .unwrap();
    assert_eq!(of_image_3["input"], spelled);
}

/// What also lies about in a download, and is no part of the data or is damaged.
fn strays(around: &Path, root: &Path) {
    fs::write(around.join("traps.json"), "{}").unwrap();
    let training = root.join("Training");
    fs::write(training.join("readme.txt"), "see the guide").unwrap();
    fs::write(training.join(".DS_Store"), "finder").unwrap();
    fs::write(training.join("._a.json"), "resource fork").unwrap();
    fs::create_dir(training.join("__MACOSX")).unwrap();
    fs::write(training.join("__MACOSX/b.json"), "resource fork").unwrap();
    fs::write(
        training.join("[라벨]비듬_1.경증.zip.part0"),
        "PK\x03\x04 the first part",
    )
    .unwrap();
    fs::write(
        training.join("[라벨]비듬_2.중등도.zip"),
        "PK\x03\x04 cut off",
    )
    .unwrap();
    let prepared = root.join("prepared");
    fs::create_dir(&prepared).unwrap();
    fs::write(prepared.join("prepared.json"), "{}").unwrap();
    fs::write(prepared.join("c.json"), "{}").unwrap();
}

#[test]
fn neither_folders_nor_zips_nor_their_order_change_a_byte() {
    let download = trapped();
    let mut turned = download.clone();
    for files in turned.buckets.values_mut() {
        files.reverse();
    }
    let mut found = Vec::new();
    for (download, ways) in [
        (&download, &WAYS[..]),
        (&turned, &WAYS[..]),
        (&download, &[Way::Folder]),
        (&turned, &[Way::Folder]),
        (&turned, &[Way::Zip, Way::Cp949Zip]),
        (&download, &[Way::Cp949Zip, Way::DecomposedFolder]),
    ] {
        let around = TempDir::new().unwrap();
        let root = download.store(around.path(), ways);
        found.push(text(&root));
    }
    for other in &found[1..] {
        assert!(*other == found[0]);
    }
}

#[test]
fn statistics_count_what_was_kept() {
    let around = TempDir::new().unwrap();
    let mut download = Download::default();
    let mut half = USUAL;
    (half[4], half[6]) = ("", "가격");
    download.image("[라벨]a", &stem(0), "000300", "30대", USUAL);
    download.image("[라벨]a", &stem(1), "000100", "30대", half);
    download.image("[라벨]a", &stem(2), "000100", "30대", half);
    let (statistics, _) = pairs(&download.store(around.path(), &[Way::Zip]));
    assert_eq!((statistics.kept, statistics.duplicates), (2, 1));
    let condition = Condition::FollicularErythemaPustules;
    let of_each = Severity::ALL.map(|severity| statistics.of_severity(condition, severity));
    assert_eq!(of_each, [0, 1, 0, 1]);
    assert_eq!(
        statistics.of_severity(Condition::HairLoss, Severity::Good),
        2
    );
    for (choice, count) in [
        (Choice::Age30s, 2),
        (Choice::Age40s, 0),
        (Choice::Male, 2),
        (Choice::ProductRinse, 1),
        (Choice::PriorityScent, 1),
        (Choice::PriorityPrice, 1),
    ] {
        assert_eq!(statistics.of_choice(choice), count, "{choice:?}");
    }
    assert_eq!(statistics.skipped(Question::Products), 1);
    assert_eq!(statistics.skipped(Question::PermFrequency), 0);
}

#[test]
fn a_damaged_member_costs_its_image_only() {
    let around = TempDir::new().unwrap();
    let mut download = Download::default();
    for number in 0..3 {
        download.image(
            "[라벨]a",
            &stem(number),
            &format!("00000{number}"),
            "30대",
            USUAL,
        );
    }
    let root = download.store(around.path(), &[Way::Cp949Zip]);
    let zip = root.join("Training/[라벨]a.zip");
    let mut bytes = fs::read(&zip).unwrap();
    let severity = b"\"value_6\":\"1\"";
    let at = bytes
        .windows(severity.len())
        .position(|window| window == severity)
        .unwrap();
    // Still good JSON, but not what was packed.
    bytes[at + severity.len() - 2] = b'3';
    fs::write(&zip, &bytes).unwrap();
    let (statistics, lines) = pairs(&root);
    assert_eq!((statistics.kept, lines.len()), (2, 2));
    let rejects: Vec<Reject> = statistics.rejects().map(|(reject, _)| reject).collect();
    assert_eq!(rejects, [Reject::UnreadableLabel]);
    assert_eq!(statistics.broken_archives.count(), 0);
}

#[test]
fn a_file_without_end_is_not_read_to_its_end() {
    let around = TempDir::new().unwrap();
    let mut download = Download::default();
    download.image("[라벨]a", &stem(0), "000000", "30대", USUAL);
    let mut endless = serde_json::to_vec(&label("000001")).unwrap();
    endless.resize(3 << 20, b' ');
    download.put("Training", "[라벨]b", format!("{}.json", stem(1)), endless);
    download.meta(&stem(1), &meta("30대", USUAL));
    for way in [Way::Zip, Way::Folder] {
        let around = around.path().join(format!("{way:?}"));
        let (statistics, lines) = pairs(&download.store(&around, &[way]));
        assert_eq!(lines.len(), 1, "{way:?}");
        let rejects: Vec<Reject> = statistics.rejects().map(|(reject, _)| reject).collect();
        assert_eq!(rejects, [Reject::UnreadableLabel], "{way:?}");
    }
}

#[test]
fn a_folder_without_the_data_is_refused_and_says_what_is_missing() {
    let around = TempDir::new().unwrap();
    let out = around.path().join("pairs.jsonl");
    fs::write(&out, "earlier").unwrap();
    let refused = |folder: &Path| write_pairs(folder, &out, &Noting).unwrap_err();

    let error = refused(&around.path().join("nowhere"));
    assert!(
        matches!(error, AdviceDataError::NotAFolder { .. }),
        "{error}"
    );
    let error = refused(&out);
    assert!(
        matches!(error, AdviceDataError::NotAFolder { .. }),
        "{error}"
    );

    let data = around.path().join("data");
    fs::create_dir(&data).unwrap();
    let missing = |error: &AdviceDataError| match error {
        AdviceDataError::Incomplete { missing, .. } => *missing,
        other => panic!("{other}"),
    };
    fs::write(data.join("[라벨]a.zip.part0"), "PK").unwrap();
    let error = refused(&data);
    assert_eq!(missing(&error), Missing::Both);
    assert!(
        error
            .to_string()
            .contains("`[라벨]a.zip.part0` is damaged or a part"),
        "{error}"
    );
    fs::write(data.join("a.json"), label("000000").to_string()).unwrap();
    assert_eq!(missing(&refused(&data)), Missing::Metas);
    fs::rename(data.join("a.json"), data.join("a_META.json")).unwrap();
    assert_eq!(missing(&refused(&data)), Missing::Labels);

    assert_eq!(fs::read_to_string(&out).unwrap(), "earlier");
    assert_eq!(
        names(around.path()),
        ["data", "pairs.jsonl"],
        "temporary files stay behind"
    );
}

#[test]
fn an_output_that_cannot_be_written_is_refused_before_anything_is_read() {
    let around = TempDir::new().unwrap();
    let refused = |out: &Path| write_pairs(around.path(), out, &Noting).unwrap_err();
    let error = refused(&around.path().join("nowhere/pairs.jsonl"));
    assert!(
        matches!(error, AdviceDataError::Unwritable { .. }),
        "{error}"
    );
    let error = refused(around.path());
    assert!(matches!(error, AdviceDataError::NotAFile { .. }), "{error}");
}

#[cfg(unix)]
#[test]
fn links_back_into_the_data_are_not_followed_for_ever() {
    let around = TempDir::new().unwrap();
    let mut download = Download::default();
    download.image("[라벨]a", &stem(0), "000000", "30대", USUAL);
    let root = download.store(around.path(), &[Way::Folder]);
    std::os::unix::fs::symlink(&root, root.join("Training/again")).unwrap();
    std::os::unix::fs::symlink(root.join("gone.json"), root.join("broken.json")).unwrap();
    let (statistics, lines) = pairs(&root);
    assert_eq!(lines.len(), 1);
    // The link that leads nowhere is a label that cannot be read.
    assert_eq!((statistics.labels, statistics.metas), (2, 1));
}

/// Finds the last three answers skipped, and nothing asked that the dataset does not ask.
struct Looking;
impl PairWriter for Looking {
    fn pair(&self, record: &Record) -> Pair {
        for question in [
            Question::Products,
            Question::CustomCare,
            Question::ShampooPriority,
        ] {
            assert_eq!(record.answers.of(question), Some(&Answer::Skipped));
        }
        assert_eq!(record.answers.of(Question::RedFlags), None);
        Noting.pair(record)
    }
}

#[test]
fn a_meta_file_may_lack_answers() {
    let around = TempDir::new().unwrap();
    let mut download = Download::default();
    let mut short = meta("30대", USUAL);
    for key in ["answers5", "answers6", "answers7"] {
        short.as_object_mut().unwrap().remove(key);
    }
    download.label("[라벨]a", &stem(0), &label("000000"));
    download.meta(&stem(0), &short);
    let root = download.store(around.path(), &[Way::Zip]);
    let out = around.path().join("pairs.jsonl");
    assert_eq!(write_pairs(&root, &out, &Looking).unwrap().kept, 1);
}

#[test]
fn values_are_cleaned_for_everybody() {
    assert_eq!(clean_value("\u{feff}１～３회／연 \u{200b}"), "1~3회/연");
}
