//! Reads the labels and meta files of a zip, one after the other, in memory that does not grow with
//! the zip: its table of contents is walked, never kept.

use std::fs::File;
use std::io::{Cursor, Read as _};
use std::path::Path;

use flate2::bufread::DeflateDecoder;
use rawzip::{CompressionMethod, FileReader, ZipArchive, ZipFileHeaderRecord};

use super::contents::MOST_BYTES;
use super::errors::AdviceDataError;
use super::folder::{See, SeenFile};
use super::names::{is_bookkeeping, is_json, kind_and_stem, readable};

/// Whether a zip could be read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Archive {
    Whole,
    /// Cut, damaged or no zip at all; members before the damage were shown.
    Broken,
}

impl Archive {
    pub(super) const fn is_broken(self) -> bool {
        match self {
            Self::Whole => false,
            Self::Broken => true,
        }
    }
}

/// Buffers that serve one zip after the other.
#[derive(Debug)]
pub(super) struct ArchiveReader {
    directory: Vec<u8>,
    member: Member,
}

impl Default for ArchiveReader {
    fn default() -> Self {
        Self {
            // No entry of a table of contents can be longer.
            directory: vec![0; rawzip::MAX_CENTRAL_DIRECTORY_RECORD_SIZE],
            member: Member::default(),
        }
    }
}

impl ArchiveReader {
    /// Shows every label and meta file of a zip. An error is always that of `see`.
    pub(super) fn read(
        &mut self,
        path: &Path,
        see: &mut See<'_>,
    ) -> Result<Archive, AdviceDataError> {
        let opened = File::open(path)
            .ok()
            .and_then(|file| ZipArchive::from_file(file, &mut self.directory).ok());
        let Some(archive) = opened else {
            return Ok(Archive::Broken);
        };
        let mut entries = archive.entries(&mut self.directory);
        loop {
            let entry = match entries.next_entry() {
                Ok(Some(entry)) => entry,
                Ok(None) => return Ok(Archive::Whole),
                Err(_) => return Ok(Archive::Broken),
            };
            let path = entry.file_path();
            if path.is_dir() || !is_json(path.as_bytes()) {
                continue;
            }
            let path = readable(path.as_bytes());
            if is_bookkeeping(&path) {
                continue;
            }
            let own_name = path.rsplit(['/', '\\']).next().unwrap_or(&path);
            let (kind, stem) = kind_and_stem(own_name);
            let content = self.member.read(&archive, &entry);
            see(SeenFile {
                kind,
                stem: &stem,
                content,
            })?;
        }
    }
}

/// One member's bytes, as stored and unpacked.
#[derive(Debug)]
struct Member {
    decoder: DeflateDecoder<Cursor<Vec<u8>>>,
    content: Vec<u8>,
}

impl Default for Member {
    fn default() -> Self {
        Self {
            decoder: DeflateDecoder::new(Cursor::default()),
            content: Vec::new(),
        }
    }
}

impl Member {
    /// The member's bytes; `None` if they are damaged, encrypted, packed in a way that only large
    /// files are, or far too many.
    fn read(
        &mut self,
        archive: &ZipArchive<FileReader>,
        entry: &ZipFileHeaderRecord<'_>,
    ) -> Option<&[u8]> {
        let is_long = |bytes| bytes > MOST_BYTES;
        if entry.flags().is_encrypted()
            || is_long(entry.compressed_size_hint())
            || is_long(entry.uncompressed_size_hint())
        {
            return None;
        }
        let place = archive.get_entry(entry.wayfinder()).ok()?;
        self.content.clear();
        match entry.compression_method() {
            CompressionMethod::STORE => {
                let mut stored = place.verifying_reader(place.reader()).take(MOST_BYTES);
                stored.read_to_end(&mut self.content).ok()?;
            }
            CompressionMethod::DEFLATE => {
                let mut packed = std::mem::take(self.decoder.get_mut()).into_inner();
                packed.clear();
                let is_there = place.reader().read_to_end(&mut packed).is_ok();
                self.decoder.reset(Cursor::new(packed));
                if !is_there {
                    return None;
                }
                // The sizes are what the zip says; a zip may lie.
                let mut unpacked = place.verifying_reader(&mut self.decoder).take(MOST_BYTES);
                unpacked.read_to_end(&mut self.content).ok()?;
            }
            _ => return None,
        }
        (self.content.len() as u64 == entry.uncompressed_size_hint()).then_some(&self.content[..])
    }
}
