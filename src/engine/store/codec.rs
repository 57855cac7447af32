//! How values are written: JSON, compressed with zstd and a dictionary.
//!
//! Registrations are alike in all but names, times and numbers, so a dictionary of what they have in common makes a
//! value an eighth of its size. The dictionary is built in and has a number, which every frame names: one that is
//! retired stays in the program, to be read. (A dictionary in the store would have to be made of its contents, which a
//! new store does not have, and they are personal.) It was made of invented people, see `assets/store/README.md`.

use std::io;
use std::sync::{LazyLock, Mutex, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;
use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};

use super::StoreError;

/// Dictionary 1.
const DICTIONARY: &[u8] = include_bytes!("../../../assets/store/dictionary-1");

/// Level of compression. Measured on the lives of invented people, snapshot and history together: 16.9 KB become
/// 1.8 KB at level 1, 1.7 KB at level 3, each in 40 µs, and 1.4 KB at level 9 in 400 µs.
const LEVEL: i32 = 3;

/// No value is larger than this when unpacked, bytes: what says so is damaged.
const LARGEST: usize = 256 * 1024 * 1024;

static WRITING: LazyLock<EncoderDictionary<'static>> = LazyLock::new(|| EncoderDictionary::copy(DICTIONARY, LEVEL));
static READING: LazyLock<DecoderDictionary<'static>> = LazyLock::new(|| DecoderDictionary::copy(DICTIONARY));

/// Coders that nobody is using: each is some 100 KB that need not be made anew for every value.
static PACKERS: Pool<Compressor<'static>> = Pool(Mutex::new(Vec::new()));
static UNPACKERS: Pool<Decompressor<'static>> = Pool(Mutex::new(Vec::new()));

struct Pool<T>(Mutex<Vec<T>>);

impl<T> Pool<T> {
    /// Does something with one of these, made if there is none to be had.
    fn with<R>(
        &self,
        make: impl FnOnce() -> io::Result<T>,
        work: impl FnOnce(&mut T) -> io::Result<R>,
    ) -> io::Result<R> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut coder = kept.map_or_else(make, Ok)?;
        let done = work(&mut coder)?;
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(coder);
        Ok(done)
    }
}

/// A value as it is written.
pub(super) fn pack(value: &impl Serialize) -> Result<Vec<u8>, StoreError> {
    pack_json(&serde_json::to_vec(value)?)
}

/// A value that is JSON already, as it is written.
pub(super) fn pack_json(json: &[u8]) -> Result<Vec<u8>, StoreError> {
    let make = || Compressor::with_prepared_dictionary(&WRITING);
    PACKERS.with(make, |packer| packer.compress(json)).map_err(StoreError::Packing)
}

/// Reads a value that was written.
pub(super) fn unpack<T: DeserializeOwned>(packed: &[u8]) -> Result<T, StoreError> {
    Ok(serde_json::from_slice(&unpack_json(packed)?)?)
}

/// The JSON of a value that was written.
pub(super) fn unpack_json(packed: &[u8]) -> Result<Vec<u8>, StoreError> {
    let size = Decompressor::upper_bound(packed).filter(|size| *size <= LARGEST);
    let size = size.ok_or_else(|| StoreError::Packing(io::ErrorKind::InvalidData.into()))?;
    let make = || Decompressor::with_prepared_dictionary(&READING);
    UNPACKERS.with(make, |unpacker| unpacker.decompress(packed, size)).map_err(StoreError::Packing)
}
