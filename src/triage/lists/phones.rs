//! How long phone numbers are behind their calling code.
//!
//! A table, not a library: the well-kept `phonenumber` crate holds the numbering plans of all countries as regular
//! expressions. It takes a second to load them, then a hundred microseconds a number (a registration is judged in
//! some), brings a dozen crates that nothing else here needs, and calls numbers impossible that are merely out of
//! service, among them those that some authorities keep for fiction. Whether a code arrives is tried by sending it;
//! what is asked here is only whether it could.

use std::{collections::HashMap, ops::RangeInclusive};

/// Digits of a number with its calling code (ITU-T E.164).
const LONGEST: usize = 15;
/// Digits of a calling code.
const LONGEST_CODE: usize = 3;

/// The numbers of a calling code.
#[derive(Clone, PartialEq)]
pub struct Plan {
    lengths: RangeInclusive<usize>,
    /// What a number begins with; any digit if `None`.
    first: Option<RangeInclusive<char>>,
}

/// The numbers of every calling code that has any.
#[derive(Clone, PartialEq, Default)]
pub struct PhoneNumbers(HashMap<String, Plan>);

/// What makes a number impossible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PhoneFault {
    /// Nobody has this calling code.
    UnknownCode,
    /// No number there has so many digits.
    Length(RangeInclusive<usize>),
    /// No number there begins with this digit.
    FirstDigit(RangeInclusive<char>),
}

/// Reads an entry: calling code, length or lengths, and the digits it may begin with.
pub fn entry(entry: &str) -> Result<(String, Plan), String> {
    read(entry).ok_or_else(|| {
        "must be a calling code and the lengths of its numbers, for example `57 10`, `39 6-12` or, with the digits \
         they begin with, `1 10 2-9`"
            .to_owned()
    })
}

fn read(entry: &str) -> Option<(String, Plan)> {
    let mut columns = entry.split_whitespace();
    let code = columns.next()?.trim_start_matches('+');
    let lengths = range::<usize>(columns.next()?)?;
    let first = columns.next().map(range::<char>);
    let is_code = (1..=LONGEST_CODE).contains(&code.len()) && code.bytes().all(|digit| digit.is_ascii_digit());
    let are_lengths = *lengths.start() > 0 && lengths.end() + code.len() <= LONGEST;
    let first = match first {
        None => None,
        Some(digits) => Some(digits.filter(|digits| digits.start().is_ascii_digit() && digits.end().is_ascii_digit())?),
    };
    (is_code && are_lengths && columns.next().is_none()).then(|| (code.to_owned(), Plan { lengths, first }))
}

/// `10` or `7-10`; it does not fall.
fn range<T: std::str::FromStr + PartialOrd + Clone>(text: &str) -> Option<RangeInclusive<T>> {
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    let range = from.parse().ok()?..=to.parse().ok()?;
    (range.start() <= range.end()).then_some(range)
}

impl PhoneNumbers {
    pub fn extend(&mut self, plans: Vec<(String, Plan)>) {
        self.0.extend(plans);
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// What makes a number impossible; all of it digits. A zero in front may belong to it or be dialled at home only.
    pub fn fault(&self, code: &str, number: &str) -> Option<PhoneFault> {
        let Some(plan) = self.0.get(code) else { return Some(PhoneFault::UnknownCode) };
        let readings = [Some(number), number.strip_prefix('0')];
        let mut fitting =
            readings.into_iter().flatten().filter(|number| plan.lengths.contains(&number.len())).peekable();
        if fitting.peek().is_none() {
            return Some(PhoneFault::Length(plan.lengths.clone()));
        }
        let first = plan.first.as_ref()?;
        let begins = |number: &str| number.chars().next().is_some_and(|digit| first.contains(&digit));
        (!fitting.any(begins)).then(|| PhoneFault::FirstDigit(first.clone()))
    }

    /// The calling code that a number in international form begins with.
    pub fn code_of<'a>(&self, digits: &'a str) -> Option<&'a str> {
        (1..=LONGEST_CODE).filter_map(|length| digits.get(..length)).find(|code| self.0.contains_key(*code))
    }
}
