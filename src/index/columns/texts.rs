//! What words are looked up in: the folded texts of all rows, one after the other in one piece of memory.

use memchr::memmem::Finder;

/// Once this share of the memory belongs to nobody any more, it is put together anew.
const MOST_WASTE: usize = 2;

/// The searchable texts of a row. The separator between them stands in none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The name.
    Name,
    /// The e-mail address.
    Email,
    /// The digits of country code and phone.
    Phone,
    /// The id.
    Id,
}

/// How many parts a row has: those that are asked for by themselves, then all else that words are looked up in.
const PARTS: usize = 5;
/// Stands after each part.
const SEPARATOR: char = '\n';

/// Where the texts of a row lie.
#[derive(Debug, Clone, Copy)]
struct Place {
    start: usize,
    /// Where each part ends, from the start on; its separator not counted.
    ends: [u32; PARTS],
}

impl Place {
    fn end(&self) -> usize {
        self.start + self.ends[PARTS - 1] as usize
    }
}

/// The texts of all rows. Holds personal data and prints none.
#[derive(Clone, Default)]
pub struct Texts {
    memory: String,
    places: Vec<Place>,
    /// Bytes of the memory that are in nobody's place.
    waste: usize,
}

impl std::fmt::Debug for Texts {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Texts of {} rows", self.places.len())
    }
}

impl Texts {
    /// Sets the texts of a row, in the order of the parts; the row after the last one is added.
    pub fn set(&mut self, row: usize, parts: &[String; PARTS]) {
        let place = self.write(parts);
        match self.places.get_mut(row) {
            Some(old) => {
                self.waste += old.end() - old.start + 1;
                *old = place;
                self.tidy();
            }
            None => self.places.push(place),
        }
    }

    /// Where the parts of each row end, five a row and from its own beginning on, and all texts in the order of rows.
    pub fn parts(&self) -> (Vec<u32>, String) {
        let mut memory = String::with_capacity(self.memory.len() - self.waste);
        for place in &self.places {
            memory.push_str(&self.memory[place.start..=place.end()]);
        }
        (self.places.iter().flat_map(|place| place.ends).collect(), memory)
    }

    /// The texts of so many rows again; `None` if these are none.
    pub fn of(ends: &[u32], memory: String, count: usize) -> Option<Self> {
        let (rows, rest) = ends.as_chunks::<PARTS>();
        let mut places = Vec::with_capacity(rows.len());
        let mut start = 0_usize;
        for ends in rows {
            let place = Place { start, ends: *ends };
            // A separator stands after each part and nowhere before it, so every cut is between two letters.
            let is_separated = |end: &u32| memory.as_bytes().get(start + *end as usize) == Some(&(SEPARATOR as u8));
            if !ends.is_sorted_by(|one, next| one < next) || !ends.iter().all(is_separated) {
                return None;
            }
            start = place.end() + 1;
            places.push(place);
        }
        let is_whole = rest.is_empty() && rows.len() == count && start == memory.len();
        is_whole.then_some(Self { memory, places, waste: 0 })
    }

    fn write(&mut self, parts: &[String; PARTS]) -> Place {
        let start = self.memory.len();
        let ends = parts.each_ref().map(|part| {
            self.memory.push_str(part);
            let end = self.memory.len() - start;
            self.memory.push(SEPARATOR);
            u32::try_from(end).unwrap_or(u32::MAX)
        });
        Place { start, ends }
    }

    /// Puts the last row in the place of this one.
    pub fn swap_remove(&mut self, row: usize) {
        let gone = self.places.swap_remove(row);
        self.waste += gone.end() - gone.start + 1;
        self.tidy();
    }

    /// Puts the memory together anew if much of it is wasted.
    fn tidy(&mut self) {
        if self.waste < 64 * 1024 || self.waste < self.memory.len() / MOST_WASTE {
            return;
        }
        let mut memory = String::with_capacity(self.memory.len() - self.waste);
        for place in &mut self.places {
            let start = memory.len();
            memory.push_str(&self.memory[place.start..=place.end()]);
            place.start = start;
        }
        self.memory = memory;
        self.waste = 0;
    }

    /// All texts of a row.
    pub fn all(&self, row: usize) -> &str {
        let place = &self.places[row];
        &self.memory[place.start..place.end()]
    }

    /// One part of a row.
    pub fn part(&self, row: usize, part: Part) -> &str {
        let place = &self.places[row];
        let number = part as usize;
        let from = number.checked_sub(1).map_or(0, |before| place.ends[before] as usize + 1);
        &self.memory[place.start + from..place.start + place.ends[number] as usize]
    }

    /// Whether each row holds a word, looked up in all of the memory at once.
    pub fn rows_with(&self, word: &str) -> Vec<bool> {
        let mut found = vec![false; self.places.len()];
        let finder = Finder::new(word.as_bytes());
        let mut hits = finder.find_iter(self.memory.as_bytes()).peekable();
        if hits.peek().is_none() {
            return found;
        }
        // Places are in the order of memory but for those that were set again or moved.
        let mut order: Vec<usize> = (0..self.places.len()).collect();
        if !self.places.is_sorted_by_key(|place| place.start) {
            order.sort_unstable_by_key(|row| self.places[*row].start);
        }
        let mut order = order.into_iter().peekable();
        for hit in hits {
            while order.next_if(|row| self.places[*row].end() <= hit).is_some() {}
            if let Some(row) = order.next_if(|row| self.places[*row].start <= hit) {
                found[row] = true;
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Part, Texts};

    fn parts(words: &[&str; 5]) -> [String; 5] {
        words.map(str::to_owned)
    }

    #[test]
    fn parts_are_told_apart_and_rows_too() {
        let mut texts = Texts::default();
        texts.set(0, &parts(&["alba", "alba@example.com", "12025550143", "reg_1", "ab 12\nab12"]));
        texts.set(1, &parts(&["bea", "", "", "reg_2", ""]));
        assert_eq!((texts.part(0, Part::Email), texts.part(1, Part::Email)), ("alba@example.com", ""));
        assert_eq!((texts.part(0, Part::Phone), texts.part(1, Part::Id)), ("12025550143", "reg_2"));
        assert_eq!(texts.rows_with("reg_"), [true, true]);
        assert_eq!(texts.rows_with("ab12"), [true, false]);
        assert!(!format!("{texts:?}").contains("alba"));
    }

    proptest! {
        #[test]
        fn looking_up_in_all_at_once_finds_what_looking_up_row_by_row_does(
            changes in prop::collection::vec((0..8_usize, "[ab]{0,4}", "[ab]{0,3}", any::<bool>()), 1..60),
            word in "[ab]{1,3}",
        ) {
            let mut texts = Texts::default();
            for (row, name, others, removes) in changes {
                let count = texts.places.len();
                if removes && count > 0 {
                    texts.swap_remove(row % count);
                } else {
                    texts.set(row.min(count), &[name, String::new(), String::new(), String::new(), others]);
                }
            }
            let found: Vec<bool> = (0..texts.places.len()).map(|row| texts.all(row).contains(&word)).collect();
            prop_assert_eq!(texts.rows_with(&word), found);
        }
    }
}
