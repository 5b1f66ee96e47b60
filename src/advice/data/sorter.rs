//! Sorts any number of byte strings in bounded memory: what does not fit is kept in sorted runs on
//! the disk, which are merged when they are read.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::io::{self, BufRead as _, BufReader, BufWriter, Read as _, Seek as _, Write as _};

use super::beside::{Beside, Temporary};

/// What a sorter may hold at once.
#[derive(Debug, Clone, Copy)]
pub(super) struct Memory {
    /// Bytes of strings, and of the notes where each one is.
    pub(super) bytes: usize,
    /// Runs that wait to be merged into a longer one. Each is an open file, and a buffer while they
    /// are merged.
    pub(super) runs: usize,
}

impl Memory {
    /// 16 MiB hold some 250,000 images; 64 runs of them are 16 million.
    pub(super) const USUAL: Self = Self {
        bytes: 16 << 20,
        runs: 64,
    };
}

/// Bytes of a run that are read or written at once.
const BUFFER: usize = 1 << 16;

/// Takes strings in any order.
#[derive(Debug)]
pub(super) struct Sorter<'a> {
    beside: &'a Beside,
    memory: Memory,
    held: Held,
    /// Runs by how often they were merged: none of a level is merged with one of another before the
    /// end, so that each string is rewritten once per level only.
    levels: Vec<Vec<Temporary>>,
}

impl<'a> Sorter<'a> {
    pub(super) fn new(beside: &'a Beside, memory: Memory) -> Self {
        let held = Held {
            // Growing by doubling would take half as much again.
            strings: Vec::with_capacity(memory.bytes),
            places: Vec::new(),
        };
        Self {
            beside,
            memory,
            held,
            levels: Vec::new(),
        }
    }

    /// Adds a string of less than 4 GiB.
    pub(super) fn push(&mut self, string: &[u8]) -> io::Result<()> {
        if !self.held.places.is_empty()
            && self.held.bytes() + string.len() + PLACE > self.memory.bytes
        {
            self.spill()?;
        }
        self.held.push(string);
        Ok(())
    }

    /// Everything, in order.
    pub(super) fn finish(mut self) -> io::Result<Sorted> {
        if self.levels.is_empty() {
            self.held.sort();
            let held = self.held;
            return Ok(Sorted(Source::Held { held, next: 0 }));
        }
        if !self.held.places.is_empty() {
            self.spill()?;
        }
        let runs = self.levels.into_iter().flatten();
        Merge::of(runs).map(|merge| Sorted(Source::Merged(merge)))
    }

    fn spill(&mut self) -> io::Result<()> {
        self.held.sort();
        let mut run = RunWriter::new(self.beside)?;
        for at in 0..self.held.places.len() {
            run.write(self.held.at(at))?;
        }
        self.held.clear();
        self.add_run(run.finish()?)
    }

    fn add_run(&mut self, run: Temporary) -> io::Result<()> {
        let mut run = run;
        for level in 0.. {
            if level == self.levels.len() {
                self.levels.push(Vec::new());
            }
            self.levels[level].push(run);
            if self.levels[level].len() < self.memory.runs {
                break;
            }
            let mut longer = RunWriter::new(self.beside)?;
            let mut merge = Merge::of(self.levels[level].drain(..))?;
            while let Some(string) = merge.next()? {
                longer.write(string)?;
            }
            run = longer.finish()?;
        }
        Ok(())
    }
}

/// Strings in memory, one behind the other, and where each one is.
#[derive(Debug)]
struct Held {
    strings: Vec<u8>,
    places: Vec<(u32, u32)>,
}

/// Bytes of one note of a place.
const PLACE: usize = size_of::<(u32, u32)>();

impl Held {
    fn bytes(&self) -> usize {
        self.strings.len() + self.places.len() * PLACE
    }

    fn push(&mut self, string: &[u8]) {
        let number = |length: usize| u32::try_from(length).expect("memory is bounded below 4 GiB");
        let place = (number(self.strings.len()), number(string.len()));
        self.strings.extend_from_slice(string);
        self.places.push(place);
    }

    fn sort(&mut self) {
        let strings = &self.strings;
        self.places.sort_unstable_by(|left, right| {
            string_at(strings, *left).cmp(string_at(strings, *right))
        });
    }

    fn at(&self, index: usize) -> &[u8] {
        string_at(&self.strings, self.places[index])
    }

    fn clear(&mut self) {
        self.strings.clear();
        self.places.clear();
    }
}

fn string_at(strings: &[u8], (start, length): (u32, u32)) -> &[u8] {
    &strings[start as usize..][..length as usize]
}

/// Gives the strings in order.
#[derive(Debug)]
pub(super) struct Sorted(Source);

#[derive(Debug)]
enum Source {
    /// All of them fitted.
    Held { held: Held, next: usize },
    /// The runs, while they are merged.
    Merged(Merge),
}

impl Sorted {
    /// The next string.
    pub(super) fn next(&mut self) -> io::Result<Option<&[u8]>> {
        match &mut self.0 {
            Source::Held { held, next } => {
                if *next == held.places.len() {
                    return Ok(None);
                }
                *next += 1;
                Ok(Some(held.at(*next - 1)))
            }
            Source::Merged(merge) => merge.next(),
        }
    }
}

/// A run that is being written: each string behind its length, four bytes.
struct RunWriter(BufWriter<Temporary>);

impl RunWriter {
    fn new(beside: &Beside) -> io::Result<Self> {
        let run = beside.temporary()?;
        Ok(Self(BufWriter::with_capacity(BUFFER, run)))
    }

    fn write(&mut self, string: &[u8]) -> io::Result<()> {
        let length = u32::try_from(string.len()).map_err(io::Error::other)?;
        self.0.write_all(&length.to_le_bytes())?;
        self.0.write_all(string)
    }

    fn finish(self) -> io::Result<Temporary> {
        let mut run = self
            .0
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        run.rewind()?;
        Ok(run)
    }
}

/// Several runs read as one.
#[derive(Debug)]
struct Merge {
    heads: BinaryHeap<Reverse<Head>>,
    runs: Vec<BufReader<Temporary>>,
    latest: Vec<u8>,
}

/// The first string of a run that was not given yet. Of equal strings any may go first.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Head {
    string: Vec<u8>,
    run: usize,
}

impl Merge {
    fn of(runs: impl Iterator<Item = Temporary>) -> io::Result<Self> {
        let mut runs: Vec<_> = runs
            .map(|run| BufReader::with_capacity(BUFFER, run))
            .collect();
        let mut heads = BinaryHeap::with_capacity(runs.len());
        for (number, run) in runs.iter_mut().enumerate() {
            let mut string = Vec::new();
            if read(run, &mut string)? {
                let run = number;
                heads.push(Reverse(Head { string, run }));
            }
        }
        let latest = Vec::new();
        Ok(Self {
            heads,
            runs,
            latest,
        })
    }

    fn next(&mut self) -> io::Result<Option<&[u8]>> {
        let Some(mut first) = self.heads.peek_mut() else {
            return Ok(None);
        };
        let Reverse(head) = &mut *first;
        std::mem::swap(&mut self.latest, &mut head.string);
        if !read(&mut self.runs[head.run], &mut head.string)? {
            PeekMut::pop(first);
        }
        Ok(Some(&self.latest))
    }
}

/// Reads the next string of a run; false at its end.
fn read(run: &mut BufReader<Temporary>, string: &mut Vec<u8>) -> io::Result<bool> {
    if run.fill_buf()?.is_empty() {
        return Ok(false);
    }
    let mut length = [0; 4];
    run.read_exact(&mut length)?;
    string.resize(u32::from_le_bytes(length) as usize, 0);
    run.read_exact(string)?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::{Memory, Sorter};
    use crate::advice::data::beside::Beside;

    /// The strings as a sorter with that memory gives them.
    fn sorted(memory: Memory, strings: &[Vec<u8>]) -> Vec<Vec<u8>> {
        let folder = tempfile::tempdir().unwrap();
        let beside = Beside::of(&folder.path().join("out")).unwrap();
        let mut sorter = Sorter::new(&beside, memory);
        for string in strings {
            sorter.push(string).unwrap();
        }
        let mut sorted = sorter.finish().unwrap();
        let mut found = Vec::new();
        while let Some(string) = sorted.next().unwrap() {
            found.push(string.to_vec());
        }
        assert!(sorted.next().unwrap().is_none());
        drop(sorted);
        let left = std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(left, 0, "files stay behind");
        found
    }

    /// Strings of 0 to 39 bytes in no order, some of them twice.
    fn strings(number: u64) -> Vec<Vec<u8>> {
        (0..number)
            .map(|at| {
                let mixed = (at % (number * 4 / 5)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                let length = usize::try_from(mixed >> 32).unwrap() % 40;
                mixed
                    .to_be_bytes()
                    .iter()
                    .copied()
                    .cycle()
                    .take(length)
                    .collect()
            })
            .collect()
    }

    #[test]
    fn strings_come_in_order_whatever_the_memory() {
        let strings = strings(2_000);
        let mut expected = strings.clone();
        expected.sort();
        for (bytes, runs) in [(1 << 20, 8), (5_000, 8), (1_000, 3), (300, 2), (1, 5)] {
            let memory = Memory { bytes, runs };
            assert!(sorted(memory, &strings) == expected, "{memory:?}");
        }
    }

    #[test]
    fn few_strings_and_none_are_sorted_too() {
        let memory = Memory { bytes: 64, runs: 2 };
        assert!(sorted(memory, &[]).is_empty());
        let long = vec![7; 1_000];
        let strings = [b"b".to_vec(), long.clone(), Vec::new(), b"a".to_vec()];
        let expected = [Vec::new(), long, b"a".to_vec(), b"b".to_vec()];
        assert_eq!(sorted(memory, &strings), expected);
    }
}
