//! Values that are alike, compressed with zstd and a dictionary of what they have in common.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use zstd::bulk::Decompressor;
use zstd::zstd_safe::{self, CCtx, CDict, DCtx, DDict};

/// No value is larger than this when unpacked, bytes: what says so is damaged.
const LARGEST: usize = 256 * 1024 * 1024;

/// Coders of each kind at most, up to a megabyte or two each, however many threads pack at once.
const CODERS: usize = 8;

/// Compresses with one dictionary, on any number of threads.
pub struct Packer {
    writing: CDict<'static>,
    reading: DDict<'static>,
    compressors: Pool<CCtx<'static>>,
    decompressors: Pool<DCtx<'static>>,
}

impl Packer {
    /// With a dictionary (any bytes: what they have in common with a value is not written again) and a level of
    /// compression.
    ///
    /// # Errors
    /// Of a dictionary that says it is one and is damaged.
    pub fn new(dictionary: &[u8], level: i32) -> io::Result<Self> {
        let damaged = || io::Error::new(io::ErrorKind::InvalidData, "the dictionary is damaged");
        Ok(Self {
            writing: CDict::try_create(dictionary, level).ok_or_else(damaged)?,
            reading: DDict::try_create(dictionary).ok_or_else(damaged)?,
            compressors: Pool::default(),
            decompressors: Pool::default(),
        })
    }

    /// A value, compressed.
    ///
    /// # Errors
    /// When memory is lacking.
    pub fn pack(&self, value: &[u8]) -> io::Result<Vec<u8>> {
        let mut packed = Vec::with_capacity(zstd_safe::compress_bound(value.len()));
        self.compressors
            .with(CCtx::try_create, |coder| coder.compress_using_cdict(&mut packed, value, &self.writing))?;
        packed.shrink_to_fit();
        Ok(packed)
    }

    /// A value as it was.
    ///
    /// # Errors
    /// Of bytes that this dictionary did not pack.
    pub fn unpack(&self, packed: &[u8]) -> io::Result<Vec<u8>> {
        let size = Decompressor::upper_bound(packed).filter(|size| *size <= LARGEST);
        let mut value = Vec::with_capacity(size.ok_or(io::ErrorKind::InvalidData)?);
        self.decompressors
            .with(DCtx::try_create, |coder| coder.decompress_using_ddict(&mut value, packed, &self.reading))?;
        Ok(value)
    }
}

/// The dictionary may be made of people's data.
impl std::fmt::Debug for Packer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Packer")
    }
}

/// Coders, made when they are needed first. Who finds none free waits for one, which takes less time than making more.
struct Pool<T> {
    coders: [Mutex<Option<T>>; CODERS],
    /// Whom to wait for next.
    next: AtomicUsize,
}

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self { coders: [const { Mutex::new(None) }; CODERS], next: AtomicUsize::new(0) }
    }
}

impl<T> Pool<T> {
    /// Does something with one of these.
    fn with(
        &self,
        make: impl FnOnce() -> Option<T>,
        work: impl FnOnce(&mut T) -> zstd_safe::SafeResult,
    ) -> io::Result<()> {
        let free = self.coders.iter().find_map(|coder| coder.try_lock().ok());
        let mut coder = free.unwrap_or_else(|| {
            let next = self.next.fetch_add(1, Ordering::Relaxed);
            // Whatever a panic left in it: coders begin anew with every value.
            self.coders[next % CODERS].lock().unwrap_or_else(PoisonError::into_inner)
        });
        if coder.is_none() {
            *coder = make();
        }
        let coder = coder.as_mut().ok_or(io::ErrorKind::OutOfMemory)?;
        work(coder).map(drop).map_err(|code| io::Error::other(zstd_safe::get_error_name(code)))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_a_value_shares_with_the_dictionary_takes_no_room() {
        let common: Vec<u8> = (0..2_000_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        let coder = Packer::new(&common, 1).unwrap();
        let short = coder.pack(&common).unwrap();
        assert!(short.len() < 100, "{}", short.len());
        assert_eq!(coder.unpack(&short).unwrap(), common);
    }

    #[test]
    fn bytes_that_were_not_packed_are_an_error() {
        let coder = Packer::new(b"dictionary", 1).unwrap();
        let mut short = coder.pack(b"a value, another value, and a value").unwrap();
        short.truncate(short.len() - 3);
        assert!(coder.unpack(&short).is_err());
        assert!(coder.unpack(b"no frame at all").is_err());
    }
}
