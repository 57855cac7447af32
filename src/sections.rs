//! What is kept to be read quickly is written in: numbers, lists of numbers and values, one after the other, in blocks
//! that carry a checksum. A block that does not fit its checksum is not read, and no length is believed that the file
//! could not hold.

use std::io::{self, Read, Write};

use serde::{Serialize, de::DeserializeOwned};

use crate::model::Timestamp;

/// Bytes of a block.
const BLOCK: usize = 256 * 1024;
/// Bytes before each: its length and its checksum.
const HEAD: usize = 2 * size_of::<u64>();
/// Bytes of sections that are one number.
pub const OF_ONE_NUMBER: u64 = (HEAD + size_of::<u64>()) as u64;
/// Numbers that are converted at a time.
const AT_ONCE: usize = 4 * 1024;

/// What is read has room for one more of so many: without it the first that comes would move all of them. Memory that
/// nobody has written to takes none.
const ROOM: usize = 8;

/// A list for so many, with some room.
pub fn roomy<T>(count: usize) -> Vec<T> {
    Vec::with_capacity(count + count / ROOM)
}

/// A number of fixed size, little-endian.
pub trait Fixed: Sized + Copy {
    /// Bytes.
    const SIZE: usize;
    /// Writes it to the end.
    fn put(self, bytes: &mut Vec<u8>);
    /// Reads it from exactly so many bytes; `None` of those that are none.
    fn take(bytes: &[u8]) -> Option<Self>;
}

/// Numbers of the language.
macro_rules! fixed {
    ($($kind:ty),*) => {$(
        impl Fixed for $kind {
            const SIZE: usize = size_of::<Self>();
            fn put(self, bytes: &mut Vec<u8>) {
                bytes.extend_from_slice(&self.to_le_bytes());
            }
            fn take(bytes: &[u8]) -> Option<Self> {
                Some(Self::from_le_bytes(bytes.try_into().ok()?))
            }
        }
    )*};
}
fixed!(u8, u16, u32, u64, i64, f64);

impl<L: Fixed, R: Fixed> Fixed for (L, R) {
    const SIZE: usize = L::SIZE + R::SIZE;
    fn put(self, bytes: &mut Vec<u8>) {
        self.0.put(bytes);
        self.1.put(bytes);
    }
    fn take(bytes: &[u8]) -> Option<Self> {
        let (left, right) = bytes.split_at_checked(L::SIZE)?;
        Some((L::take(left)?, R::take(right)?))
    }
}

impl Fixed for Timestamp {
    const SIZE: usize = <(i64, u32)>::SIZE;
    fn put(self, bytes: &mut Vec<u8>) {
        (self.timestamp(), self.timestamp_subsec_nanos()).put(bytes);
    }
    fn take(bytes: &[u8]) -> Option<Self> {
        let (seconds, nanos) = Fixed::take(bytes)?;
        Self::from_timestamp(seconds, nanos)
    }
}

/// Against accidents, not against malice: whoever can write here can write the store as well.
fn checksum(bytes: &[u8]) -> u64 {
    const MIX: u64 = 0x9E37_79B9_7F4A_7C15;
    let (words, rest) = bytes.as_chunks::<8>();
    let mix = |sum: u64, word: u64| (sum ^ word).wrapping_mul(MIX).rotate_left(29);
    let sum = words.iter().fold(bytes.len() as u64, |sum, word| mix(sum, u64::from_le_bytes(*word)));
    rest.iter().fold(sum, |sum, byte| mix(sum, u64::from(*byte)))
}

/// Writes sections.
pub struct Writing<W> {
    out: W,
    block: Vec<u8>,
    /// Bytes that have been written.
    written: u64,
}

impl<W: Write> Writing<W> {
    /// To somewhere.
    pub fn new(out: W) -> Self {
        Self { out, block: Vec::with_capacity(BLOCK), written: 0 }
    }

    fn bytes(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(BLOCK - self.block.len()));
            self.block.extend_from_slice(now);
            bytes = later;
            if self.block.len() == BLOCK {
                self.flush()?;
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(&(self.block.len() as u64).to_le_bytes())?;
        self.out.write_all(&checksum(&self.block).to_le_bytes())?;
        self.out.write_all(&self.block)?;
        self.written += (HEAD + self.block.len()) as u64;
        self.block.clear();
        Ok(())
    }

    /// One number.
    pub fn number(&mut self, number: impl Fixed) -> io::Result<()> {
        let mut bytes = Vec::new();
        number.put(&mut bytes);
        self.bytes(&bytes)
    }

    /// Numbers, and how many.
    pub fn list<T: Fixed>(&mut self, numbers: impl ExactSizeIterator<Item = T>) -> io::Result<()> {
        self.number(numbers.len() as u64)?;
        let mut bytes = Vec::with_capacity(AT_ONCE * T::SIZE);
        for number in numbers {
            number.put(&mut bytes);
            if bytes.len() >= AT_ONCE * T::SIZE {
                self.bytes(&bytes)?;
                bytes.clear();
            }
        }
        self.bytes(&bytes)
    }

    /// Bytes, and how many.
    pub fn blob(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.number(bytes.len() as u64)?;
        self.bytes(bytes)
    }

    /// Bytes in pieces: how long each is, and all of them one after the other.
    pub fn blobs<'a>(&mut self, pieces: impl ExactSizeIterator<Item = &'a [u8]> + Clone) -> io::Result<()> {
        self.list(pieces.clone().map(|piece| u32::try_from(piece.len()).unwrap_or(u32::MAX)))?;
        self.joined(pieces)
    }

    /// Bytes in pieces, one after the other: how many these are together, not how long each is.
    pub fn joined<'a>(&mut self, pieces: impl Iterator<Item = &'a [u8]> + Clone) -> io::Result<()> {
        self.number(pieces.clone().map(<[u8]>::len).sum::<usize>() as u64)?;
        for piece in pieces {
            self.bytes(piece)?;
        }
        Ok(())
    }

    /// Any value.
    pub fn value(&mut self, value: &impl Serialize) -> io::Result<()> {
        self.blob(&rmp_serde::to_vec(value).map_err(io::Error::other)?)
    }

    /// Writes what is left. How many bytes all sections take.
    pub fn finish(mut self) -> io::Result<u64> {
        if !self.block.is_empty() {
            self.flush()?;
        }
        self.out.flush()?;
        Ok(self.written)
    }
}

/// Reads sections.
pub struct Reading<R> {
    from: R,
    block: Vec<u8>,
    /// How much of the block has been read.
    place: usize,
    /// Bytes that cannot be in any section, because so many are not there.
    left: u64,
}

impl<R: Read> Reading<R> {
    /// From something that holds so many bytes.
    pub fn new(from: R, length: u64) -> Self {
        Self { from, block: Vec::new(), place: 0, left: length }
    }

    /// Hands over the next bytes in pieces of whole items.
    fn pieces(&mut self, count: usize, size: usize, mut take: impl FnMut(&[u8]) -> Option<()>) -> Option<()> {
        let mut straddling = Vec::new();
        let mut left = count.checked_mul(size)?;
        while left > 0 {
            if self.place == self.block.len() {
                self.next_block()?;
            }
            let mut ready = self.block.get(self.place..)?;
            ready = &ready[..ready.len().min(left)];
            if straddling.is_empty() {
                let (whole, begun) = ready.split_at(ready.len() - ready.len() % size);
                take(whole)?;
                straddling.extend_from_slice(begun);
            } else {
                ready = &ready[..ready.len().min(size - straddling.len())];
                straddling.extend_from_slice(ready);
                if straddling.len() == size {
                    take(&straddling)?;
                    straddling.clear();
                }
            }
            self.place += ready.len();
            left -= ready.len();
        }
        Some(())
    }

    fn next_block(&mut self) -> Option<()> {
        let mut head = [0; HEAD];
        self.from.read_exact(&mut head).ok()?;
        let (length, sum) = <(u64, u64)>::take(&head)?;
        let length = usize::try_from(length).ok().filter(|length| (1..=BLOCK).contains(length))?;
        self.block.resize(length, 0);
        self.from.read_exact(&mut self.block).ok()?;
        self.place = 0;
        self.left = self.left.checked_sub(length as u64)?;
        (checksum(&self.block) == sum).then_some(())
    }

    /// Whether so many bytes can still come.
    fn may_hold(&self, count: usize, size: usize) -> bool {
        let here = (self.block.len() - self.place) as u64;
        count.checked_mul(size).is_some_and(|bytes| bytes as u64 <= self.left + here)
    }

    /// One number.
    pub fn number<T: Fixed>(&mut self) -> Option<T> {
        let mut number = None;
        self.pieces(1, T::SIZE, |bytes| {
            if !bytes.is_empty() {
                number = Some(T::take(bytes)?);
            }
            Some(())
        })?;
        number
    }

    fn count(&mut self, size: usize) -> Option<usize> {
        let count = usize::try_from(self.number::<u64>()?).ok()?;
        self.may_hold(count, size).then_some(count)
    }

    /// A list of so many numbers.
    pub fn list<T: Fixed>(&mut self, count: usize) -> Option<Vec<T>> {
        let all = self.any_list()?;
        (all.len() == count).then_some(all)
    }

    /// A list of numbers.
    pub fn any_list<T: Fixed>(&mut self) -> Option<Vec<T>> {
        let count = self.count(T::SIZE)?;
        let mut all = roomy(count);
        self.pieces(count, T::SIZE, |bytes| {
            for number in bytes.chunks_exact(T::SIZE) {
                all.push(T::take(number)?);
            }
            Some(())
        })?;
        Some(all)
    }

    /// Bytes.
    pub fn blob(&mut self) -> Option<Vec<u8>> {
        let count = self.count(1)?;
        let mut all = roomy(count);
        self.pieces(count, 1, |bytes| {
            all.extend_from_slice(bytes);
            Some(())
        })?;
        Some(all)
    }

    /// The same in so many pieces: how long each is, which are all bytes together, and these.
    pub fn blobs(&mut self, count: usize) -> Option<(Vec<u32>, Vec<u8>)> {
        let lengths: Vec<u32> = self.list(count)?;
        let bytes = self.blob()?;
        let sum: u64 = lengths.iter().map(|length| u64::from(*length)).sum();
        (sum == bytes.len() as u64).then_some((lengths, bytes))
    }

    /// Any value.
    pub fn value<T: DeserializeOwned>(&mut self) -> Option<T> {
        rmp_serde::from_slice(&self.blob()?).ok()
    }
}

/// The bytes in the blocks of a file.
#[cfg(test)]
pub fn payload(file: &[u8]) -> Vec<u8> {
    let mut reading = Reading::new(file, file.len() as u64);
    let mut payload = Vec::new();
    while reading.next_block().is_some() {
        payload.extend_from_slice(&reading.block);
    }
    payload
}

/// Writes these bytes in blocks. How many bytes that took.
#[cfg(test)]
pub fn of_payload(payload: &[u8], out: &mut Vec<u8>) -> u64 {
    let before = out.len();
    let mut writing = Writing::new(&mut *out);
    let written = writing.bytes(payload).and_then(|()| writing.finish());
    written.ok().filter(|written| out.len() == before + *written as usize).unwrap_or_default()
}
