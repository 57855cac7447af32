//! A code for each of very many digests: sorted side by side, which takes twelve bytes each where a hash table takes
//! thirty, and is read from a file as it is. What came lately stands in a small hash table until it is worth the while to
//! put it among the others.

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
    io::{self, Read, Write},
    mem,
};

use crate::sections::{Reading, Writing};

/// Once what came lately is more than this share of all, it is put among the others.
const MOST_RECENT: usize = 8;
/// Fewer are left where they are.
#[cfg(not(test))]
const FEW_RECENT: usize = 4096;
#[cfg(test)]
const FEW_RECENT: usize = 3;
/// Digests with the same first bits, about; these are searched by halves.
const ALIKE: usize = 16;
/// The code of a digest that has none any more.
const NOTHING: u32 = u32::MAX;

/// See the module.
#[derive(Clone, Default)]
pub struct Codes {
    /// Sorted, each once.
    digests: Vec<u64>,
    /// The codes, beside them.
    beside: Vec<u32>,
    /// Where those with the same first bits begin, and at last how many there are.
    starts: Vec<u32>,
    /// Those that do not stand there yet.
    recent: HashMap<u64, u32, BuildHasherDefault<AsItIs>>,
}

/// Digests are as good as hashed.
#[derive(Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, digest: u64) {
        self.0 = digest;
    }
}

impl Codes {
    /// Of sorted digests and what stands beside them.
    fn sorted(digests: Vec<u64>, beside: Vec<u32>) -> Self {
        let bits = (digests.len() / ALIKE).max(2).ilog2();
        let mut starts = vec![0_u32; (1 << bits) + 1];
        for digest in &digests {
            starts[(digest >> (u64::BITS - bits)) as usize + 1] += 1;
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        Self { digests, beside, starts, recent: HashMap::default() }
    }

    /// Where a digest stands among the sorted ones.
    fn place(&self, digest: u64) -> Option<usize> {
        let bits = self.starts.len().checked_sub(1)?.ilog2();
        let group = (digest >> (u64::BITS - bits)) as usize;
        let (start, end) = (self.starts[group] as usize, self.starts[group + 1] as usize);
        self.digests[start..end].binary_search(&digest).ok().map(|place| start + place)
    }

    /// The code of a digest.
    pub fn get(&self, digest: u64) -> Option<u32> {
        match self.place(digest) {
            Some(place) => Some(self.beside[place]).filter(|code| *code != NOTHING),
            None => self.recent.get(&digest).copied(),
        }
    }

    /// Sets the code of a digest.
    pub fn set(&mut self, digest: u64, code: u32) {
        if let Some(place) = self.place(digest) {
            self.beside[place] = code;
            return;
        }
        self.recent.insert(digest, code);
        if self.recent.len() > FEW_RECENT.max(self.digests.len() / MOST_RECENT) {
            self.settle();
        }
    }

    /// Takes the code of a digest away.
    pub fn remove(&mut self, digest: u64) {
        match self.place(digest) {
            Some(place) => self.beside[place] = NOTHING,
            None => _ = self.recent.remove(&digest),
        }
    }

    /// Puts what came lately among the others, and leaves out what is gone.
    fn settle(&mut self) {
        let mut came: Vec<(u64, u32)> = mem::take(&mut self.recent).into_iter().collect();
        came.sort_unstable();
        let count = self.digests.len() + came.len();
        let (mut digests, mut codes) = (Vec::with_capacity(count), Vec::with_capacity(count));
        let mut put = |(digest, code): (u64, u32)| {
            digests.push(digest);
            codes.push(code);
        };
        let mut came = came.into_iter().peekable();
        for (digest, code) in self.digests.drain(..).zip(self.beside.drain(..)).filter(|(_, code)| *code != NOTHING) {
            while let Some(before) = came.next_if(|(next, _)| *next < digest) {
                put(before);
            }
            put((digest, code));
        }
        came.for_each(put);
        *self = Self::sorted(digests, codes);
    }

    /// Writes all of them, each as what it is to the reader.
    pub fn write<W: Write>(&self, out: &mut Writing<W>, read_as: impl Fn(u32) -> u32) -> io::Result<()> {
        let read_as = |code: u32| if code == NOTHING { NOTHING } else { read_as(code) };
        out.list(self.digests.iter().copied())?;
        out.list(self.beside.iter().map(|code| read_as(*code)))?;
        out.list(self.recent.iter().map(|(digest, code)| (*digest, read_as(*code))))
    }

    /// Reads them, if each code is one.
    pub fn read<R: Read>(from: &mut Reading<R>, is_code: impl Fn(u32) -> bool) -> Option<Self> {
        let digests: Vec<u64> = from.any_list()?;
        let codes: Vec<u32> = from.list(digests.len())?;
        let recent: Vec<(u64, u32)> = from.any_list()?;
        let are_codes = codes.iter().all(|code| *code == NOTHING || is_code(*code));
        let are_sorted = digests.is_sorted_by(|one, next| one < next);
        if !are_codes || !are_sorted || !recent.iter().all(|(_, code)| is_code(*code)) {
            return None;
        }
        let mut all = Self::sorted(digests, codes);
        all.recent = recent.into_iter().collect();
        Some(all)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::{Codes, Reading, Writing};

    /// Some of them alike in their first bits.
    fn digests() -> impl Strategy<Value = u64> {
        prop_oneof![0..24_u64, (0..24_u64).prop_map(|digest| digest << 58), (0..24_u64).prop_map(|digest| !digest)]
    }

    proptest! {
        #[test]
        fn codes_are_those_of_a_table_whatever_came_and_went_and_after_being_written(
            changes in prop::collection::vec((digests(), prop::option::weighted(0.7, 0..1_000_u32)), 0..120),
        ) {
            let mut codes = Codes::default();
            let mut table = HashMap::new();
            for (digest, code) in changes {
                if let Some(code) = code {
                    codes.set(digest, code);
                    table.insert(digest, code);
                } else {
                    codes.remove(digest);
                    table.remove(&digest);
                }
            }
            let mut bytes = Vec::new();
            let mut out = Writing::new(&mut bytes);
            prop_assert!(codes.write(&mut out, |code| code + 1).and_then(|()| out.finish()).is_ok());
            let reading = || Reading::new(bytes.as_slice(), bytes.len() as u64);
            let most = table.values().max().copied();
            if let Some(most) = most {
                prop_assert!(Codes::read(&mut reading(), |code| code <= most).is_none(), "one that is no code");
            }
            let read = Codes::read(&mut reading(), |code| code <= 1_000);
            for digest in (0..24_u64).flat_map(|digest| [digest, digest << 58, !digest]) {
                let code = table.get(&digest).copied();
                prop_assert_eq!(codes.get(digest), code);
                prop_assert_eq!(read.as_ref().and_then(|read| read.get(digest)), code.map(|code| code + 1));
            }
        }
    }
}
