//! The machine-readable zone of passports and identity cards, and the check digits in it (ICAO Doc 9303).
//!
//! Pure and total: any text is either a zone of a known layout or it is none. Nothing here is printed by `Debug`.

use std::ops::Range;

/// Weights of the characters under a check digit, over and over.
const WEIGHTS: [u32; 3] = [7, 3, 1];
/// What fills a field.
const FILLER: u8 = b'<';
/// Letters that readers take for digits, with the digit.
const LOOK_ALIKES: &[(u8, u8)] = &[
    (b'O', b'0'),
    (b'Q', b'0'),
    (b'D', b'0'),
    (b'I', b'1'),
    (b'L', b'1'),
    (b'Z', b'2'),
    (b'S', b'5'),
    (b'G', b'6'),
    (b'B', b'8'),
];

/// Where things stand, counted over all lines as one.
struct Layout {
    issuer: Range<usize>,
    /// Nine characters; the check digit follows.
    number: Range<usize>,
    /// Where a longer number goes on.
    overflow: Option<Range<usize>>,
    birth: Range<usize>,
    expiry: Range<usize>,
    optional: &'static [Range<usize>],
    /// An optional field with a check digit of its own (passports).
    checked_optional: Option<Range<usize>>,
    composite: &'static [Range<usize>],
    composite_digit: Option<usize>,
}

/// Three lines of 30: cards of the size of a bank card.
const TD1: Layout = Layout {
    issuer: 2..5,
    number: 5..14,
    overflow: Some(15..30),
    birth: 30..36,
    expiry: 38..44,
    optional: &[15..30, 48..59],
    checked_optional: None,
    composite: &[5..30, 30..37, 38..45, 48..59],
    composite_digit: Some(59),
};

/// Two lines of 36: larger cards.
#[expect(clippy::single_range_in_vec_init, reason = "the field is a list of ranges, here of one")]
const TD2: Layout = Layout {
    issuer: 2..5,
    number: 36..45,
    overflow: Some(64..71),
    birth: 49..55,
    expiry: 57..63,
    optional: &[64..71],
    checked_optional: None,
    composite: &[36..46, 49..56, 57..71],
    composite_digit: Some(71),
};

/// Two lines of 44: passports.
#[expect(clippy::single_range_in_vec_init, reason = "the field is a list of ranges, here of one")]
const TD3: Layout = Layout {
    issuer: 2..5,
    number: 44..53,
    overflow: None,
    birth: 57..63,
    expiry: 65..71,
    optional: &[72..86],
    checked_optional: Some(72..86),
    composite: &[44..54, 57..64, 65..87],
    composite_digit: Some(87),
};

/// Visas look like TD3 and TD2, but have neither a checked optional field nor a digit over the whole.
const VISA_A: Layout = Layout { checked_optional: None, composite: &[], composite_digit: None, ..TD3 };
const VISA_B: Layout = Layout { overflow: None, composite: &[], composite_digit: None, ..TD2 };

/// What a check digit watches over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checked {
    /// The number of the document.
    Number,
    /// The birth date.
    Birth,
    /// The expiry date.
    Expiry,
    /// The holder's personal number.
    Personal,
    /// All of them together.
    Whole,
}

impl Checked {
    /// What people call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Number => "document number",
            Self::Birth => "birth date",
            Self::Expiry => "expiry date",
            Self::Personal => "personal number",
            Self::Whole => "whole zone",
        }
    }
}

/// One check digit: what it watches over, and where it stands.
struct Check {
    checked: Checked,
    parts: Vec<Range<usize>>,
    digit: usize,
}

/// A machine-readable zone. The text is what was read; whether its check digits agree is asked separately.
pub struct Mrz {
    text: Vec<u8>,
    layout: &'static Layout,
}

impl Mrz {
    /// Reads a zone, its lines separated by anything or nothing. `None` if the text is not of a known layout.
    pub fn read(text: &str) -> Option<Self> {
        let text: Vec<u8> = text
            .chars()
            .filter(|character| !character.is_whitespace())
            .map(|character| match character {
                '‹' | '＜' => FILLER,
                other => u8::try_from(other).unwrap_or(0).to_ascii_uppercase(),
            })
            .collect();
        let is_known = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == FILLER;
        if !text.iter().all(is_known) {
            return None;
        }
        let visa = text.first() == Some(&b'V');
        let layout = match text.len() {
            90 => &TD1,
            88 if visa => &VISA_A,
            88 => &TD3,
            72 if visa => &VISA_B,
            72 => &TD2,
            _ => return None,
        };
        Some(Self { text, layout })
    }

    /// The three letters of the state that issued it, without fillers.
    pub fn issuer(&self) -> String {
        self.field(&self.layout.issuer)
    }

    /// The number of the document, without fillers.
    pub fn number(&self) -> String {
        self.number_parts().iter().map(|part| self.field(part)).collect()
    }

    /// What the issuer added, such as the holder's personal number; without fillers.
    pub fn optional(&self) -> Vec<String> {
        self.layout.optional.iter().map(|part| self.field(part)).filter(|text| !text.is_empty()).collect()
    }

    /// The birth date as it stands, `YYMMDD`; `None` if part of it is not known or was not read as digits.
    pub fn birth(&self) -> Option<String> {
        self.date(&self.layout.birth)
    }

    /// The expiry date as it stands, `YYMMDD`; `None` if there is none or it was not read as digits.
    pub fn expiry(&self) -> Option<String> {
        self.date(&self.layout.expiry)
    }

    /// What the check digits say is wrong.
    pub fn failed_checks(&self) -> Vec<Checked> {
        failed(&self.text, &self.checks())
    }

    /// Whether all check digits would agree if one letter were the digit it looks like, or the other way round.
    pub fn is_one_misread(&self) -> bool {
        let checks = self.checks();
        let mut text = self.text.clone();
        (0..text.len()).any(|place| {
            let read = text[place];
            let numeric = self.is_numeric(place, &checks);
            let mends = look_alikes(read).any(|other| {
                // Where only digits can stand, a digit was not a letter.
                if numeric && !other.is_ascii_digit() {
                    return false;
                }
                text[place] = other;
                failed(&text, &checks).is_empty()
            });
            text[place] = read;
            mends
        })
    }

    fn is_numeric(&self, place: usize, checks: &[Check]) -> bool {
        self.layout.birth.contains(&place)
            || self.layout.expiry.contains(&place)
            || checks.iter().any(|check| check.digit == place)
    }

    /// The text of a range; nothing where there is none.
    fn field(&self, range: &Range<usize>) -> String {
        let bytes = self.text.get(range.clone()).unwrap_or_default();
        bytes.iter().filter(|byte| **byte != FILLER).map(|byte| char::from(*byte)).collect()
    }

    fn date(&self, range: &Range<usize>) -> Option<String> {
        let text = self.field(range);
        (text.len() == range.len() && text.bytes().all(|byte| byte.is_ascii_digit())).then_some(text)
    }

    /// Where the overflowing number ends: before its check digit, which stands before the first filler.
    fn overflow(&self) -> Option<Range<usize>> {
        let overflow = self.layout.overflow.clone()?;
        if self.text.get(self.layout.number.end) != Some(&FILLER) {
            return None;
        }
        let rest = self.text.get(overflow.clone())?;
        let length = rest.iter().position(|byte| *byte == FILLER).unwrap_or(rest.len());
        (length >= 2).then(|| overflow.start..overflow.start + length - 1)
    }

    fn number_parts(&self) -> Vec<Range<usize>> {
        std::iter::once(self.layout.number.clone()).chain(self.overflow()).collect()
    }

    fn checks(&self) -> Vec<Check> {
        let layout = self.layout;
        let followed = |checked, range: &Range<usize>| Check { checked, parts: vec![range.clone()], digit: range.end };
        let number_digit = self.overflow().map_or(layout.number.end, |overflow| overflow.end);
        let mut checks = vec![
            Check { checked: Checked::Number, parts: self.number_parts(), digit: number_digit },
            followed(Checked::Birth, &layout.birth),
            followed(Checked::Expiry, &layout.expiry),
        ];
        checks.extend(layout.checked_optional.iter().map(|range| followed(Checked::Personal, range)));
        checks.extend(layout.composite_digit.map(|digit| Check {
            checked: Checked::Whole,
            parts: layout.composite.to_vec(),
            digit,
        }));
        checks
    }
}

fn failed(text: &[u8], checks: &[Check]) -> Vec<Checked> {
    let agrees = |check: &Check| {
        let parts: Vec<u8> =
            check.parts.iter().flat_map(|part| text.get(part.clone()).unwrap_or_default()).copied().collect();
        match text.get(check.digit) {
            // A field that is empty needs no digit.
            Some(&FILLER) => parts.iter().all(|byte| *byte == FILLER),
            Some(digit) => *digit == b'0' + check_digit(&parts),
            None => false,
        }
    };
    checks.iter().filter(|check| !agrees(check)).map(|check| check.checked).collect()
}

/// The check digit over some characters, 0 to 9.
fn check_digit(characters: &[u8]) -> u8 {
    let sum: u32 = characters.iter().zip(WEIGHTS.iter().cycle()).map(|(byte, weight)| value(*byte) * weight).sum();
    u8::try_from(sum % 10).unwrap_or(0)
}

/// What a character counts: digits as they are, letters from 10 on, fillers nothing.
fn value(byte: u8) -> u32 {
    match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        b'A'..=b'Z' => u32::from(byte - b'A') + 10,
        _ => 0,
    }
}

/// What a character may have been on paper.
fn look_alikes(read: u8) -> impl Iterator<Item = u8> {
    LOOK_ALIKES.iter().filter_map(move |(letter, digit)| match read {
        read if read == *letter => Some(*digit),
        read if read == *digit => Some(*letter),
        _ => None,
    })
}

/// Whether two texts differ by exactly one character that readers confuse.
pub fn differ_by_one_misread(left: &str, right: &str) -> bool {
    let different: Vec<(u8, u8)> = left.bytes().zip(right.bytes()).filter(|(left, right)| left != right).collect();
    let confused =
        |left: u8, right: u8| look_alikes(left.to_ascii_uppercase()).any(|other| other == right.to_ascii_uppercase());
    left.len() == right.len() && matches!(different.as_slice(), [(left, right)] if confused(*left, *right))
}

#[cfg(test)]
pub(super) mod tests;
