//! The files that Telegram keeps: what persons sent and what the bot uploaded, byte for byte.

use std::collections::BTreeMap;
use std::io::Cursor;

use axum::body::Bytes;
use image::{ImageFormat, ImageReader};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::refusal::Refusal;
use super::request::Request;

const LARGEST_PHOTO: usize = 10 * 1024 * 1024;
const LARGEST_DOCUMENT: usize = 50 * 1024 * 1024;
const LARGEST_DOWNLOAD: usize = 20 * 1024 * 1024;
/// The longer side of the small versions that Telegram makes of a photo.
const SMALL_SIDES: [u32; 2] = [90, 320];
const ASSUMED_SIZE: (u32, u32) = (1280, 960);

#[derive(Clone, Debug)]
pub(super) struct StoredFile {
    pub(super) name: String,
    pub(super) mime: String,
    pub(super) bytes: Bytes,
    path: String,
    size: (u32, u32),
}

/// A photo: its versions from small to large, by file id.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Photo(Vec<String>);

#[derive(Debug, Default)]
pub(super) struct Files {
    by_id: BTreeMap<String, StoredFile>,
    photos: Vec<Photo>,
    /// The same picture is made small once only.
    made_small: BTreeMap<Vec<u8>, Vec<Small>>,
}

#[derive(Clone, Debug)]
struct Small {
    bytes: Bytes,
    size: (u32, u32),
}

impl Files {
    pub(super) fn keep_photo(&mut self, bytes: &Bytes) -> Photo {
        let mut versions: Vec<String> = self
            .small_versions(bytes)
            .into_iter()
            .map(|small| self.keep_picture(small.bytes, small.size))
            .collect();
        let size = dimensions(bytes).unwrap_or(ASSUMED_SIZE);
        versions.push(self.keep_picture(bytes.clone(), size));
        let photo = Photo(versions);
        self.photos.push(photo.clone());
        photo
    }

    pub(super) fn keep_document(&mut self, name: &str, mime: &str, bytes: Bytes) -> String {
        let path = format!("documents/file_{}_{name}", self.by_id.len());
        self.keep(StoredFile {
            name: name.to_owned(),
            mime: mime.to_owned(),
            bytes,
            path,
            size: ASSUMED_SIZE,
        })
    }

    pub(super) fn bytes_of_photo(&self, photo: &Photo) -> Bytes {
        self.file(photo.largest()).bytes.clone()
    }

    pub(super) fn file(&self, id: &str) -> &StoredFile {
        self.by_id.get(id).expect("files are never thrown away")
    }

    pub(super) fn at_path(&self, path: &str) -> Option<&StoredFile> {
        self.by_id.values().find(|file| file.path == path)
    }

    /// What `getFile` says.
    pub(super) fn described(&self, id: &str) -> Result<Value, Refusal> {
        let file = self
            .by_id
            .get(id)
            .ok_or_else(|| Refusal::bad_request("invalid file_id"))?;
        if file.bytes.len() > LARGEST_DOWNLOAD {
            return Err(Refusal::bad_request("file is too big"));
        }
        let mut described = self.meta(id);
        described["file_path"] = file.path.clone().into();
        Ok(described)
    }

    pub(super) fn photo_as_json(&self, photo: &Photo) -> Value {
        photo
            .0
            .iter()
            .map(|id| {
                let (width, height) = self.file(id).size;
                let mut version = self.meta(id);
                version["width"] = width.into();
                version["height"] = height.into();
                version
            })
            .collect()
    }

    pub(super) fn document_as_json(&self, id: &str) -> Value {
        let file = self.file(id);
        let mut document = self.meta(id);
        document["file_name"] = file.name.clone().into();
        document["mime_type"] = file.mime.clone().into();
        document
    }

    pub(super) fn sticker_as_json(&self, id: &str) -> Value {
        let mut sticker = self.meta(id);
        for (field, value) in [
            ("type", json!("regular")),
            ("width", json!(512)),
            ("height", json!(512)),
            ("is_animated", json!(false)),
            ("is_video", json!(false)),
            ("emoji", json!("🙂")),
        ] {
            sticker[field] = value;
        }
        sticker
    }

    /// The photo that a bot hands in: an upload, or the id of one that is here already.
    pub(super) fn photo_from(
        &mut self,
        request: &Request,
        reference: Option<&str>,
    ) -> Result<Photo, Refusal> {
        let reference = reference.unwrap_or("photo");
        let Some(upload) = request.upload(reference) else {
            let photo = self
                .photos
                .iter()
                .find(|photo| photo.0.iter().any(|id| id == reference));
            return photo.cloned().ok_or_else(unknown_file);
        };
        check_length(upload.bytes.len(), LARGEST_PHOTO, " for a photo")?;
        let (width, height) = dimensions(&upload.bytes)
            .ok_or_else(|| Refusal::bad_request("IMAGE_PROCESS_FAILED"))?;
        let ratio = width.max(height) / width.min(height).max(1);
        if width + height > 10_000 || ratio > 20 {
            return Err(Refusal::bad_request("PHOTO_INVALID_DIMENSIONS"));
        }
        Ok(self.keep_photo(&upload.bytes))
    }

    /// The document that a bot hands in, in the same ways.
    pub(super) fn document_from(
        &mut self,
        request: &Request,
        reference: Option<&str>,
    ) -> Result<String, Refusal> {
        let reference = reference.unwrap_or("document");
        let Some(upload) = request.upload(reference) else {
            let known = self.by_id.contains_key(reference);
            return known.then(|| reference.to_owned()).ok_or_else(unknown_file);
        };
        check_length(upload.bytes.len(), LARGEST_DOCUMENT, "")?;
        let mime = upload.mime.as_deref().unwrap_or("application/octet-stream");
        Ok(self.keep_document(&upload.name, mime, upload.bytes.clone()))
    }

    fn small_versions(&mut self, bytes: &Bytes) -> Vec<Small> {
        let digest = Sha256::digest(bytes).to_vec();
        self.made_small
            .entry(digest)
            .or_insert_with(|| made_small(bytes))
            .clone()
    }

    fn keep_picture(&mut self, bytes: Bytes, size: (u32, u32)) -> String {
        let name = format!("file_{}.jpg", self.by_id.len());
        self.keep(StoredFile {
            path: format!("photos/{name}"),
            name,
            mime: "image/jpeg".to_owned(),
            bytes,
            size,
        })
    }

    fn keep(&mut self, file: StoredFile) -> String {
        let id = format!("AgACAgIAAxk{:06}", self.by_id.len());
        self.by_id.insert(id.clone(), file);
        id
    }

    fn meta(&self, id: &str) -> Value {
        json!({
            "file_id": id,
            "file_unique_id": format!("AQAD{}", &id[11..]),
            "file_size": self.file(id).bytes.len(),
        })
    }
}

impl Photo {
    fn largest(&self) -> &str {
        self.0.last().expect("a photo has at least one version")
    }
}

/// What cannot be read has no small versions of its own.
fn made_small(bytes: &Bytes) -> Vec<Small> {
    let Ok(picture) = image::load_from_memory(bytes) else {
        return vec![Small {
            bytes: bytes.clone(),
            size: (SMALL_SIDES[0], SMALL_SIDES[0]),
        }];
    };
    let longer = picture.width().max(picture.height());
    SMALL_SIDES
        .into_iter()
        .filter(|side| *side < longer)
        .map(|side| {
            let small = picture.thumbnail(side, side).to_rgb8();
            let mut written = Cursor::new(Vec::new());
            small
                .write_to(&mut written, ImageFormat::Jpeg)
                .expect("a picture in memory can be written");
            Small {
                bytes: written.into_inner().into(),
                size: small.dimensions(),
            }
        })
        .collect()
}

fn dimensions(bytes: &Bytes) -> Option<(u32, u32)> {
    ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .ok()?
        .into_dimensions()
        .ok()
}

fn check_length(length: usize, largest: usize, what: &str) -> Result<(), Refusal> {
    if length == 0 {
        return Err(Refusal::bad_request("file must be non-empty"));
    }
    if length > largest {
        return Err(Refusal::bad_request(format!(
            "file of size {length} bytes is too big{what}; the maximum size is {largest} bytes"
        )));
    }
    Ok(())
}

fn unknown_file() -> Refusal {
    Refusal::bad_request("wrong file identifier/HTTP URL specified")
}
