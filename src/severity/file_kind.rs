//! What a file that is no model of ours looks like instead, by its first bytes.
//!
//! For whoever picked the wrong file: the answer says what to do with it. Nothing is decoded.

/// What a file looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    Empty,
    /// Its outermost layer is that of an ONNX file.
    Onnx,
    /// It begins as an ONNX file and does not end as one.
    CutOffOnnx,
    Jpeg,
    Png,
    WebP,
    Gif,
    Heic,
    Pdf,
    /// `torch.save`: a ZIP archive with pickled objects.
    TorchZip,
    Zip,
    Gzip,
    /// Python objects, as older versions of PyTorch and scikit-learn save them.
    Pickle,
    SafeTensors,
    TfLite,
    Hdf5,
    Gguf,
    NumPy,
    Program,
    GitLfsPointer,
    Html,
    Json,
    Text,
    Unknown,
}

impl FileKind {
    /// Looks at a whole file.
    pub fn of(bytes: &[u8]) -> Self {
        let begins = |with: &[u8]| bytes.starts_with(with);
        let at = |place: usize, wanted: &[u8]| {
            bytes
                .get(place..)
                .is_some_and(|rest| rest.starts_with(wanted))
        };
        match bytes {
            [] => Self::Empty,
            _ if begins(b"\xFF\xD8\xFF") => Self::Jpeg,
            _ if begins(b"\x89PNG\r\n\x1A\n") => Self::Png,
            _ if begins(b"RIFF") && at(8, b"WEBP") => Self::WebP,
            _ if begins(b"GIF8") => Self::Gif,
            _ if at(4, b"ftyphei") || at(4, b"ftypmif1") => Self::Heic,
            _ if begins(b"%PDF") => Self::Pdf,
            _ if begins(b"PK\x03\x04") => zip_kind(bytes),
            _ if begins(b"\x1F\x8B") => Self::Gzip,
            _ if at(4, b"TFL3") => Self::TfLite,
            _ if begins(b"\x89HDF\r\n\x1A\n") => Self::Hdf5,
            _ if begins(b"GGUF") => Self::Gguf,
            _ if begins(b"\x93NUMPY") => Self::NumPy,
            _ if begins(b"\x7FELF") || begins(b"MZ") || begins(b"\xCF\xFA\xED\xFE") => {
                Self::Program
            }
            _ if is_safetensors(bytes) => Self::SafeTensors,
            _ if super::onnx_file::check(bytes).is_ok() => Self::Onnx,
            // The version of the format, in one byte, and then the producer or the graph.
            [0x08, 1..=64, 0x12 | 0x1A | 0x3A, ..] => Self::CutOffOnnx,
            [0x80, 2..=5, ..] => Self::Pickle,
            _ => text_kind(bytes),
        }
    }

    /// What it is, in words of a sentence that begins with "it is".
    pub const fn told(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Onnx => "an ONNX file",
            Self::CutOffOnnx => "the beginning of an ONNX file",
            Self::Jpeg => "a JPEG picture",
            Self::Png => "a PNG picture",
            Self::WebP => "a WebP picture",
            Self::Gif => "a GIF picture",
            Self::Heic => "a HEIC picture",
            Self::Pdf => "a PDF document",
            Self::TorchZip => "a PyTorch file (.pt, .pth)",
            Self::Zip => "a ZIP archive",
            Self::Gzip => "a gzip archive",
            Self::Pickle => "a file of pickled Python objects, perhaps an old PyTorch file",
            Self::SafeTensors => "a safetensors file: weights without a graph",
            Self::TfLite => "a TensorFlow Lite model",
            Self::Hdf5 => "an HDF5 file, perhaps a Keras model",
            Self::Gguf => "a GGUF language model",
            Self::NumPy => "a NumPy array",
            Self::Program => "a program or a shared library",
            Self::GitLfsPointer => "a Git LFS pointer: a note where the file should be",
            Self::Html => "a web page, perhaps the answer of a site instead of its file",
            Self::Json => "a JSON text",
            Self::Text => "a text",
            Self::Unknown => "nothing that is known here",
        }
    }

    /// What can be done to get a model from it.
    pub const fn hint(self) -> &'static str {
        match self {
            Self::Onnx => "`dupi model check` says what it holds",
            Self::Empty | Self::CutOffOnnx => "download or copy it again, and compare the sizes",
            Self::GitLfsPointer => "fetch the file itself with `git lfs pull`",
            Self::Html => "open the address in a browser: it may ask for a login or a confirmation",
            Self::Zip | Self::Gzip => "unpack it first, and check the .onnx file in it",
            Self::TorchZip | Self::Pickle | Self::SafeTensors => {
                "export it to ONNX with its contract: `python -m dupi_training export` in models/training"
            }
            Self::TfLite | Self::Hdf5 => {
                "convert it to ONNX; the contract has to be added, as models/training/README.md says"
            }
            Self::Jpeg | Self::Png | Self::WebP => "`dupi analyze` grades pictures",
            Self::Heic => "`dupi analyze` grades pictures; save this one as an ordinary JPEG first",
            Self::Gif
            | Self::Pdf
            | Self::Gguf
            | Self::NumPy
            | Self::Program
            | Self::Json
            | Self::Text
            | Self::Unknown => "name an .onnx file that models/training has exported",
        }
    }
}

/// PyTorch's archives hold their objects in `…/data.pkl`, whose name stands within the first entries.
fn zip_kind(bytes: &[u8]) -> FileKind {
    const LOOKED_AT: usize = 4096;
    let start = &bytes[..bytes.len().min(LOOKED_AT)];
    if start.windows(8).any(|part| part == b"data.pkl") {
        FileKind::TorchZip
    } else {
        FileKind::Zip
    }
}

/// The length of a JSON header, then the header.
fn is_safetensors(bytes: &[u8]) -> bool {
    let Some((length, rest)) = bytes.split_first_chunk::<8>() else {
        return false;
    };
    let length = u64::from_le_bytes(*length);
    rest.first() == Some(&b'{') && length >= 2 && length <= rest.len() as u64
}

fn text_kind(bytes: &[u8]) -> FileKind {
    const LOOKED_AT: usize = 512;
    let start = &bytes[..bytes.len().min(LOOKED_AT)];
    let text = String::from_utf8_lossy(start);
    let text = text
        .trim_start_matches('\u{FEFF}')
        .trim_start()
        .to_ascii_lowercase();
    // The last character may be cut in the middle.
    let is_text = !text.contains('\0')
        && std::str::from_utf8(start)
            .map_or_else(|error| start.len() - error.valid_up_to() < 4, |_| true);
    if text.starts_with("version https://git-lfs") {
        FileKind::GitLfsPointer
    } else if text.starts_with("<!doctype html") || text.starts_with("<html") {
        FileKind::Html
    } else if !is_text {
        FileKind::Unknown
    } else if text.starts_with('{') || text.starts_with('[') {
        FileKind::Json
    } else {
        FileKind::Text
    }
}

#[cfg(test)]
mod tests {
    use super::FileKind;

    #[test]
    fn a_file_is_known_by_its_beginning() {
        let safetensors = [&[2, 0, 0, 0, 0, 0, 0, 0][..], b"{}weights"].concat();
        for (bytes, kind) in [
            (&b""[..], FileKind::Empty),
            (b"\xFF\xD8\xFF\xE0", FileKind::Jpeg),
            (b"\x89PNG\r\n\x1A\n....", FileKind::Png),
            (b"RIFF....WEBPVP8 ", FileKind::WebP),
            (b"\0\0\0\x18ftypheic", FileKind::Heic),
            (b"PK\x03\x04....archive/data.pkl....", FileKind::TorchZip),
            (b"PK\x03\x04....model.onnx", FileKind::Zip),
            (b"\x80\x02}q\x01", FileKind::Pickle),
            (&safetensors, FileKind::SafeTensors),
            (b"\x1C\0\0\0TFL3", FileKind::TfLite),
            (b"\x89HDF\r\n\x1A\n", FileKind::Hdf5),
            (b"\x7FELF", FileKind::Program),
            (
                b"version https://git-lfs.github.com/spec/v1\noid",
                FileKind::GitLfsPointer,
            ),
            (b"\n<!DOCTYPE html><html>", FileKind::Html),
            (b"{\"a\": 1}", FileKind::Json),
            ("두피".as_bytes(), FileKind::Text),
            (b"\x08\x0A\x12\x0Ddupi-tra", FileKind::CutOffOnnx),
            (b"\xFE\x00\x01\xC3\x28", FileKind::Unknown),
        ] {
            assert_eq!(FileKind::of(bytes), kind, "{bytes:?}");
            assert!(!kind.told().is_empty() && !kind.hint().is_empty());
        }
    }
}
