//! What words are looked up in: the folded texts of all rows, one after the other in one piece of memory.

use std::ops::Range;

use memchr::memmem::Finder;
use rayon::prelude::*;

use crate::{index::ROWS_AT_ONCE, sections::roomy};

/// Once this share of the memory belongs to nobody any more, it is put together anew.
const MOST_WASTE: usize = 2;
/// Once this share of all rows lies out of its order, that is put right; so many are no matter.
const MOST_MOVED: usize = 32;
#[cfg(not(test))]
const FEW_MOVED: usize = 1024;
#[cfg(test)]
const FEW_MOVED: usize = 2;

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

/// The first bytes of a text, filled up with zeros: as a number, big-endian, they sort alike.
pub fn beginning<const BYTES: usize>(text: &str) -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    let length = text.len().min(BYTES);
    bytes[..length].copy_from_slice(&text.as_bytes()[..length]);
    bytes
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
    /// Whether it lies elsewhere than between the rows before and after this one.
    is_moved: bool,
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
    /// The letters of name and e-mail address of each row.
    letters: Vec<[Letters; 2]>,
    /// Rows that were set again or changed places, and may have lost their own since.
    moved: Vec<usize>,
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
        let letters = [Part::Name, Part::Email].map(|part| Letters::of(&parts[part as usize]));
        if row == self.places.len() {
            self.places.push(place);
            self.letters.push(letters);
            return;
        }
        self.letters[row] = letters;
        let old = std::mem::replace(&mut self.places[row], place);
        self.waste += old.end() - old.start + 1;
        self.note_moved(row, old.is_moved);
        self.tidy();
    }

    /// Notes that a row lies elsewhere than between its neighbours.
    fn note_moved(&mut self, row: usize, was_moved: bool) {
        self.places[row].is_moved = true;
        if !was_moved {
            self.moved.push(row);
        }
    }

    /// Where the parts of each row end, five a row and from its own beginning on.
    pub fn ends(&self) -> impl Iterator<Item = u32> {
        self.places.iter().flat_map(|place| place.ends)
    }

    /// All texts, row by row, each with the separator after it.
    pub fn rows(&self) -> impl Iterator<Item = &str> + Clone {
        self.places.iter().map(|place| &self.memory[place.start..=place.end()])
    }

    /// The letters of name and e-mail address of each row.
    pub fn letters(&self) -> &[[Letters; 2]] {
        &self.letters
    }

    /// The texts of rows again, with their letters; `None` if these are none.
    pub fn of(ends: &[u32], letters: Vec<[Letters; 2]>, memory: String) -> Option<Self> {
        let (rows, rest) = ends.as_chunks::<PARTS>();
        let mut places = roomy(rows.len());
        let mut start = 0_usize;
        for ends in rows {
            let place = Place { start, ends: *ends, is_moved: false };
            // A separator stands after each part and nowhere before it, so every cut is between two letters.
            let is_separated = |end: &u32| memory.as_bytes().get(start + *end as usize) == Some(&(SEPARATOR as u8));
            if !ends.is_sorted_by(|one, next| one < next) || !ends.iter().all(is_separated) {
                return None;
            }
            start = place.end() + 1;
            places.push(place);
        }
        let is_whole = rest.is_empty() && rows.len() == letters.len() && start == memory.len();
        is_whole.then(|| Self { memory, places, letters, ..Self::default() })
    }

    fn write(&mut self, parts: &[String; PARTS]) -> Place {
        let start = self.memory.len();
        let ends = parts.each_ref().map(|part| {
            self.memory.push_str(part);
            let end = self.memory.len() - start;
            self.memory.push(SEPARATOR);
            u32::try_from(end).unwrap_or(u32::MAX)
        });
        Place { start, ends, is_moved: false }
    }

    /// Puts the last row in the place of this one.
    pub fn swap_remove(&mut self, row: usize) {
        let gone = self.places.swap_remove(row);
        self.letters.swap_remove(row);
        self.waste += gone.end() - gone.start + 1;
        if row < self.places.len() {
            self.note_moved(row, gone.is_moved);
        }
        self.tidy();
    }

    /// Puts the memory together anew if much of it is wasted, or many rows are out of their order.
    fn tidy(&mut self) {
        let is_wasted = self.waste >= 64 * 1024 && self.waste >= self.memory.len() / MOST_WASTE;
        let are_out_of_order = self.moved.len() > FEW_MOVED && self.moved.len() >= self.places.len() / MOST_MOVED;
        if !is_wasted && !are_out_of_order {
            return;
        }
        let mut memory = String::with_capacity(self.memory.len() - self.waste);
        for place in &mut self.places {
            let start = memory.len();
            memory.push_str(&self.memory[place.start..=place.end()]);
            place.start = start;
            place.is_moved = false;
        }
        self.memory = memory;
        self.moved.clear();
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
        found.par_chunks_mut(ROWS_AT_ONCE).enumerate().for_each(|(chunk, found)| {
            let first = chunk * ROWS_AT_ONCE;
            self.find_in_order(&finder, first..first + found.len(), found);
        });
        for row in self.moved.iter().filter(|row| **row < self.places.len()) {
            found[*row] = finder.find(self.all(*row).as_bytes()).is_some();
        }
        found
    }

    /// The same for rows side by side, but for those that were moved: these are in the order of memory.
    fn find_in_order(&self, finder: &Finder, rows: Range<usize>, found: &mut [bool]) {
        let places = &self.places[rows];
        let mut in_order = places.iter().zip(found).filter(|(place, _)| !place.is_moved).peekable();
        let Some(mut from) = in_order.peek().map(|(place, _)| place.start) else { return };
        let end = places.iter().rfind(|place| !place.is_moved).map_or(from, Place::end);
        let memory = self.memory.as_bytes();
        while let Some(hit) = finder.find(&memory[from.min(end)..end]).map(|hit| hit + from) {
            while in_order.next_if(|(place, _)| place.end() <= hit).is_some() {}
            // What lies between them is waste, or of rows that were moved away.
            from = match in_order.next_if(|(place, _)| place.start <= hit) {
                Some((place, found)) => {
                    *found = true;
                    // A letter that most rows have, most have more than once.
                    place.end()
                }
                None => hit + 1,
            };
        }
    }

    /// Whether these letters may stand in this order in the name or the e-mail address: whether they stand there at all.
    pub fn may_spell(&self, row: usize, letters: Letters) -> bool {
        self.letters[row].iter().any(|known| known.hold(letters))
    }
}

/// Which letters a text has: a bit for each of the alphabet and the digits that names and addresses have most, one for
/// all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Letters(u32);

impl Letters {
    /// Of a folded text; blanks are none.
    pub fn of(text: &str) -> Self {
        let bit = |letter: char| match letter {
            'a'..='z' => 1 << (letter as u32 - 'a' as u32),
            '0'..='3' => 1 << (letter as u32 - '0' as u32 + 26),
            '4'..='9' => 1 << 30,
            _ if letter.is_whitespace() => 0,
            _ => 1 << 31,
        };
        Self(text.chars().fold(0, |bits, letter| bits | bit(letter)))
    }

    /// As a number.
    pub fn bits(self) -> u32 {
        self.0
    }

    /// Those of a number.
    pub fn of_bits(bits: u32) -> Self {
        Self(bits)
    }

    fn hold(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Letters, Part, Texts};

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

        #[test]
        fn letters_that_stand_in_an_order_are_never_said_to_be_missing(
            name in "[a-z0-9éß .@-]{0,12}", taken in prop::collection::vec(any::<bool>(), 12),
        ) {
            let letters: String = name.chars().zip(taken).filter(|(_, taken)| *taken).map(|(letter, _)| letter).collect();
            let mut texts = Texts::default();
            texts.set(0, &[name, String::new(), String::new(), String::new(), String::new()]);
            prop_assert!(texts.may_spell(0, Letters::of(&letters)));
            prop_assert_eq!(texts.may_spell(0, Letters::of("q")), texts.part(0, Part::Name).contains('q'));
        }
    }
}
