//! The whole way in less memory than the data needs; `tests/it/advice/data.rs` has the traps.

use std::fs;
use std::path::Path;

use super::sorter::Memory;
use super::{Pair, PairWriter, Record, Statistics, seed_survey, write_within};

struct Noting;

impl PairWriter for Noting {
    fn pair(&self, record: &Record) -> Pair {
        Pair {
            instruction: format!("{:?}", record.severities),
            input: seed_survey(&record.answers),
            output: format!("{:?}", record.region),
            prompt: String::new(),
            completion: String::new(),
        }
    }
}

/// Labels and meta files of images, in no order; every third image says what another one says.
fn fill(folder: &Path, images: usize) {
    for at in 0..images {
        let stem = format!(
            "0013_A2LEBJJDE00060O_{}_1_RH",
            1_600_000_000_000 + at * 7_919 % 10_007
        );
        let said = if at % 3 == 2 { at - 1 } else { at };
        let severities: Vec<String> = (1..=6)
            .map(|number| format!(r#""value_{number}":"{}""#, said / number % 4))
            .collect();
        let label = format!("{{{}}}", severities.join(","));
        let meta = format!(
            r#"{{"gender":"여","age":"{}0대","answers4":"염색 모발","answers7":"향"}}"#,
            said % 9 + 1
        );
        fs::write(folder.join(format!("{stem}.json")), label).unwrap();
        fs::write(folder.join(format!("{stem}_META.json")), meta).unwrap();
    }
}

fn written(memory: Memory, folder: &Path) -> (Statistics, String) {
    let beside = tempfile::tempdir().unwrap();
    let out = beside.path().join("out.jsonl");
    let statistics = write_within(memory, folder, &out, &Noting).unwrap();
    let left = fs::read_dir(beside.path()).unwrap().count();
    assert_eq!(left, 1, "temporary files stay behind");
    (statistics, fs::read_to_string(out).unwrap())
}

#[test]
fn little_memory_gives_the_same_rows() {
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path(), 300);
    let (statistics, expected) = written(Memory::USUAL, folder.path());
    assert_eq!((statistics.images, statistics.rejected()), (300, 0));
    assert!(statistics.duplicates >= 100, "{statistics:?}");
    assert_eq!(statistics.kept + statistics.duplicates, 300);
    assert_eq!(expected.lines().count() as u64, statistics.kept);
    for (bytes, runs) in [(4_000, 4), (500, 2)] {
        let found = written(Memory { bytes, runs }, folder.path());
        assert!(
            found == (statistics.clone(), expected.clone()),
            "{bytes}, {runs}"
        );
    }
}
