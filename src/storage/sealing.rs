//! Sealing: XChaCha20-Poly1305 with a key per person, which is itself sealed with the master key.
//!
//! A sealed piece is bound to what it is and where it belongs, so it opens nowhere else. Erasing a
//! person's key makes everything sealed with it unreadable, in backups too.

use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretBox};
use sha2::Sha256;

use super::MasterKey;
use crate::ports::{Address, IdSource, StoreError};

/// The first byte of everything sealed this way.
const FORMAT: u8 = 1;
const NONCE: usize = 24;

/// What a sealed piece is, and where it belongs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Label<'a> {
    pub(super) kind: &'static str,
    pub(super) place: &'a str,
}

impl Label<'_> {
    fn bytes(self) -> Vec<u8> {
        format!("{}\0{}", self.kind, self.place).into_bytes()
    }

    fn unreadable(self, reason: &str) -> StoreError {
        StoreError::Unreadable {
            record: self.kind,
            reason: reason.to_owned(),
        }
    }
}

/// A key that seals.
#[derive(Debug)]
pub(super) struct SealingKey(SecretBox<[u8; 32]>);

impl SealingKey {
    fn new(bytes: [u8; 32]) -> Self {
        Self(SecretBox::new(Box::new(bytes)))
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.0.expose_secret().into())
    }

    pub(super) fn seal(&self, label: Label<'_>, plain: &[u8], ids: &dyn IdSource) -> Vec<u8> {
        let secret = ids.secret();
        let nonce: [u8; NONCE] = std::array::from_fn(|index| secret[index]);
        let aad = label.bytes();
        let payload = Payload {
            msg: plain,
            aad: &aad,
        };
        let sealed = self
            .cipher()
            .encrypt(&nonce.into(), payload)
            .expect("pieces are far smaller than the cipher's limit of 256 GiB");
        let mut piece = Vec::with_capacity(1 + NONCE + sealed.len());
        piece.push(FORMAT);
        piece.extend_from_slice(&nonce);
        piece.extend_from_slice(&sealed);
        piece
    }

    pub(super) fn open(&self, label: Label<'_>, piece: &[u8]) -> Result<Vec<u8>, StoreError> {
        let (format, rest) = piece
            .split_first()
            .ok_or_else(|| label.unreadable("it is empty"))?;
        if *format != FORMAT {
            return Err(label.unreadable(&format!("it is sealed in the unknown format {format}")));
        }
        let (nonce, sealed) = rest
            .split_first_chunk::<NONCE>()
            .ok_or_else(|| label.unreadable("it was cut off"))?;
        let aad = label.bytes();
        let payload = Payload {
            msg: sealed,
            aad: &aad,
        };
        self.cipher()
            .decrypt(&(*nonce).into(), payload)
            .map_err(|_| label.unreadable("the key does not open it"))
    }
}

/// The keys that follow from the master key, one per use.
#[derive(Debug)]
pub(super) struct Keys {
    wrapping: SealingKey,
    addresses: SecretBox<[u8; 32]>,
    check: [u8; 32],
}

impl Keys {
    pub(super) fn new(master: &MasterKey) -> Self {
        let derived = |purpose: &[u8]| keyed_hash(master.expose(), &[purpose]);
        Self {
            wrapping: SealingKey::new(derived(b"dupi: wrapping of person keys")),
            addresses: SecretBox::new(Box::new(derived(b"dupi: look-up of addresses"))),
            check: derived(b"dupi: check of the master key"),
        }
    }

    /// Tells whether it is the same master key, and nothing else about it.
    pub(super) const fn check(&self) -> &[u8; 32] {
        &self.check
    }

    /// A new person's key, and how it is stored.
    pub(super) fn new_person(&self, person: &str, ids: &dyn IdSource) -> (SealingKey, Vec<u8>) {
        let bytes = ids.secret();
        let wrapped = self.wrapping.seal(person_label(person), &bytes, ids);
        (SealingKey::new(bytes), wrapped)
    }

    /// A person's key as it was stored.
    pub(super) fn person(&self, person: &str, wrapped: &[u8]) -> Result<SealingKey, StoreError> {
        let label = person_label(person);
        let bytes = self.wrapping.open(label, wrapped)?;
        let bytes =
            <[u8; 32]>::try_from(bytes).map_err(|_| label.unreadable("it is not 32 bytes"))?;
        Ok(SealingKey::new(bytes))
    }

    /// What an address is looked up by.
    pub(super) fn address_hash(&self, address: &Address) -> Vec<u8> {
        let channel = address.channel.id().as_bytes();
        keyed_hash(
            self.addresses.expose_secret(),
            &[channel, b"\0", address.key.as_bytes()],
        )
        .to_vec()
    }
}

fn person_label(person: &str) -> Label<'_> {
    Label {
        kind: "person key",
        place: person,
    }
}

fn keyed_hash(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac =
        <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}
