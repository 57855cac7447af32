//! Comparing what people typed: names without accents and order, numbers without separators.

use serde::{Deserialize, Serialize};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// More than this many parts of a name, or letters in a part, say nothing and would only cost time.
const MAX_PARTS: usize = 12;
const MAX_LETTERS: usize = 40;
/// Two parts of a name less alike than this are different parts, not a misspelling.
const SAME_PART: f64 = 0.6;
/// What an initial is worth that fits a whole part.
const INITIAL: f64 = 0.9;
/// How much of the likeness is lost if one name has parts the other lacks (a second surname, a middle name).
const MISSING_PARTS: f64 = 0.2;

/// Lower case, without accents, and with compatible forms (ligatures, full-width letters) as plain ones. Folding
/// twice changes nothing.
pub fn fold_text(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    for character in text.nfkd().filter(|character| !is_combining_mark(*character)).flat_map(char::to_lowercase) {
        match character {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'þ' => folded.push_str("th"),
            'ø' => folded.push('o'),
            'đ' | 'ð' => folded.push('d'),
            'ł' => folded.push('l'),
            'ı' => folded.push('i'),
            other => folded.push(other),
        }
    }
    folded
}

/// The letters and digits of a document number, lower case.
pub fn fold_number(number: &str) -> String {
    number.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// In how many letters two folded numbers differ; a swap of neighbours is one difference. Hostile lengths are cut.
pub fn edits(left: &str, right: &str) -> usize {
    let cut = |text: &str| text.chars().take(MAX_LETTERS).collect::<String>();
    strsim::osa_distance(&cut(left), &cut(right))
}

/// Whether two folded numbers differ in at most so many letters, as [`edits`] counts them. Most pairs differ by the
/// letters they hold, whatever their order; that is seen without counting edits, which is dear.
pub fn are_within_edits(left: &str, right: &str, most: usize) -> bool {
    const BINS: usize = 64;
    if left == right {
        return true;
    }
    let mut surplus = [0_i8; BINS];
    for letter in left.chars().take(MAX_LETTERS) {
        surplus[letter as usize % BINS] += 1;
    }
    for letter in right.chars().take(MAX_LETTERS) {
        surplus[letter as usize % BINS] -= 1;
    }
    let total = |of_one: fn(i8) -> i8| {
        surplus.iter().map(|count| of_one(*count).unsigned_abs()).map(usize::from).sum::<usize>()
    };
    let letters_apart = total(|count| count.max(0)).max(total(|count| count.min(0)));
    letters_apart <= most && edits(left, right) <= most
}

/// A name as its folded parts in alphabetical order. `Debug` does not print it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoldedName(Vec<String>);

impl std::fmt::Debug for FoldedName {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("FoldedName(•••)")
    }
}

impl FoldedName {
    /// Folds a name; `None` if it holds no letter.
    pub fn new(name: &str) -> Option<Self> {
        let folded = fold_text(name);
        let mut parts: Vec<String> = folded
            .split(|character: char| !character.is_alphanumeric() && !matches!(character, '\'' | '’'))
            .filter(|part| part.chars().any(char::is_alphanumeric))
            .map(|part| part.chars().filter(|character| character.is_alphanumeric()).take(MAX_LETTERS).collect())
            .take(MAX_PARTS)
            .collect();
        parts.sort();
        (!parts.is_empty()).then_some(Self(parts))
    }

    /// How alike two names are, 0 to 1. `None` if they are written in different scripts and nothing can be said.
    pub fn similarity(&self, other: &Self) -> Option<f64> {
        if self.is_latin() != other.is_latin() {
            return None;
        }
        if self == other {
            return Some(1.0);
        }
        let (short, long) =
            if (self.0.len(), &self.0) <= (other.0.len(), &other.0) { (self, other) } else { (other, self) };
        if short.0.len() == 1 && long.0.len() > 1 {
            // One part alone names half the country: hold it against the whole name.
            return Some(strsim::normalized_damerau_levenshtein(&short.0.concat(), &long.0.concat()));
        }
        let mut left: Vec<&str> = long.0.iter().map(String::as_str).collect();
        let found: f64 = short.0.iter().map(|part| take_best(part, &mut left)).sum();
        let coverage = short.0.len() as f64 / long.0.len() as f64;
        Some(found / short.0.len() as f64 * (1.0 - MISSING_PARTS * (1.0 - coverage)))
    }

    fn is_latin(&self) -> bool {
        self.0.iter().any(|part| part.chars().any(|character| character.is_ascii_alphabetic()))
    }
}

/// The likeness of the best fitting part, which is then used up.
fn take_best(part: &str, candidates: &mut Vec<&str>) -> f64 {
    let best = candidates
        .iter()
        .enumerate()
        .map(|(position, candidate)| (position, part_similarity(part, candidate)))
        .max_by(|(_, left), (_, right)| left.total_cmp(right));
    match best {
        Some((position, likeness)) if likeness >= SAME_PART => {
            candidates.remove(position);
            likeness
        }
        _ => 0.0,
    }
}

fn part_similarity(left: &str, right: &str) -> f64 {
    if left == right {
        return 1.0;
    }
    let is_initial = left.chars().count() == 1 || right.chars().count() == 1;
    if is_initial && left.chars().next() == right.chars().next() {
        return INITIAL;
    }
    strsim::normalized_damerau_levenshtein(left, right)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::{FoldedName, are_within_edits, edits, fold_number, fold_text};

    fn likeness(left: &str, right: &str) -> f64 {
        FoldedName::new(left).unwrap().similarity(&FoldedName::new(right).unwrap()).unwrap()
    }

    #[test]
    fn accents_case_order_and_hyphens_do_not_make_another_name() {
        assert!((likeness("Núñez-Ríos, Álvaro", "alvaro RIOS NUNEZ") - 1.0).abs() < 1e-9);
        assert!((likeness("Łukasz Strauß", "Strauss Lukasz") - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_missing_second_surname_and_an_initial_are_forgiven() {
        assert!(likeness("Ana Pérez", "Ana María Pérez Gómez") >= 0.8);
        assert!(likeness("J. Castaño", "Julián Castaño") >= 0.8);
        assert!(likeness("Jon Smith", "John Smith") >= 0.8);
    }

    #[test]
    fn another_person_is_not_alike() {
        assert!(likeness("Ana Pérez", "Carlos Restrepo") < 0.3);
        assert!(likeness("Ana Pérez", "Ana Restrepo") < 0.7);
        assert!(likeness("Ana", "Ana María Pérez Gómez") < 0.7);
    }

    #[test]
    fn names_in_different_scripts_cannot_be_compared() {
        let latin = FoldedName::new("Wang Xiaoming").unwrap();
        let han = FoldedName::new("王小明").unwrap();
        assert_eq!(latin.similarity(&han), None);
        assert_eq!(han.similarity(&han), Some(1.0));
    }

    #[test]
    fn a_name_without_letters_is_no_name() {
        assert!(FoldedName::new(" -.' ").is_none());
    }

    #[test]
    fn numbers_are_compared_without_separators_and_a_swap_is_one_edit() {
        assert_eq!(fold_number("AB 12.345-6"), "ab123456");
        assert_eq!(edits("ab123456", "ab132456"), 1);
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,24}") {
            let once = fold_text(&text);
            prop_assert_eq!(fold_text(&once), once);
        }

        #[test]
        fn the_quick_comparison_of_numbers_agrees_with_counting(
            left in "[ab1é]{0,8}|\\PC{0,60}",
            right in "[ab1é]{0,8}|\\PC{0,60}",
            most in 0usize..5,
        ) {
            prop_assert_eq!(are_within_edits(&left, &right, most), edits(&left, &right) <= most);
        }

        #[test]
        fn likeness_is_symmetric_and_within_bounds(left in "\\PC{0,30}", right in "\\PC{0,30}") {
            if let (Some(left), Some(right)) = (FoldedName::new(&left), FoldedName::new(&right)) {
                let there = left.similarity(&right);
                prop_assert_eq!(there, right.similarity(&left));
                prop_assert!(there.is_none_or(|likeness| (0.0..=1.0).contains(&likeness)));
            }
        }
    }
}
