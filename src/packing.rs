//! Values that are alike, compressed with zstd and a dictionary of what they have in common.

use std::borrow::Cow;
use std::io;
use std::sync::{Mutex, PoisonError};

use zstd::bulk::{Compressor, Decompressor};

/// No value is larger than this when unpacked, bytes: what says so is damaged.
const LARGEST: usize = 256 * 1024 * 1024;

/// Compresses with one dictionary, on any number of threads.
pub struct Packer {
    dictionary: Cow<'static, [u8]>,
    level: i32,
    compressors: Pool<Compressor<'static>>,
    decompressors: Pool<Decompressor<'static>>,
}

impl Packer {
    /// With a dictionary (any bytes: what they have in common with a value is not written again) and a level of
    /// compression.
    pub const fn new(dictionary: Cow<'static, [u8]>, level: i32) -> Self {
        Self { dictionary, level, compressors: Pool::new(), decompressors: Pool::new() }
    }

    /// A value, compressed.
    ///
    /// # Errors
    /// When memory is lacking.
    pub fn pack(&self, value: &[u8]) -> io::Result<Vec<u8>> {
        let make = || Compressor::with_dictionary(self.level, &self.dictionary);
        self.compressors.with(make, |compressor| compressor.compress(value))
    }

    /// A value as it was.
    ///
    /// # Errors
    /// Of bytes that this dictionary did not pack.
    pub fn unpack(&self, packed: &[u8]) -> io::Result<Vec<u8>> {
        let size = Decompressor::upper_bound(packed).filter(|size| *size <= LARGEST);
        let size = size.ok_or(io::ErrorKind::InvalidData)?;
        let make = || Decompressor::with_dictionary(&self.dictionary);
        self.decompressors.with(make, |decompressor| decompressor.decompress(packed, size))
    }
}

/// The dictionary may be made of people's data.
impl std::fmt::Debug for Packer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Packer at level {}", self.level)
    }
}

/// Coders that nobody is using: each is some 100 KB that need not be made anew for every value.
struct Pool<T>(Mutex<Vec<T>>);

impl<T> Pool<T> {
    const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_a_value_shares_with_the_dictionary_takes_no_room() {
        let common: Vec<u8> = (0..2_000_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        let coder = Packer::new(common.clone().into(), 1);
        let short = coder.pack(&common).unwrap();
        assert!(short.len() < 100, "{}", short.len());
        assert_eq!(coder.unpack(&short).unwrap(), common);
    }

    #[test]
    fn bytes_that_were_not_packed_are_an_error() {
        let coder = Packer::new(Cow::Borrowed(b"dictionary"), 1);
        let mut short = coder.pack(b"a value, another value, and a value").unwrap();
        short.truncate(short.len() - 3);
        assert!(coder.unpack(&short).is_err());
        assert!(coder.unpack(b"no frame at all").is_err());
    }
}
