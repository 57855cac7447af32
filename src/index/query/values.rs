//! Comparisons, spans of time and days, as they are written in queries.

use std::fmt;

use chrono::NaiveDate;

/// A comparison with one value, or a range with both ends included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Compare<T> {
    Less(T),
    AtMost(T),
    More(T),
    AtLeast(T),
    Equal(T),
    Between(T, T),
}

impl<T: PartialOrd + Copy> Compare<T> {
    /// Reads `<X`, `<=X`, `>X`, `>=X`, `=X`, `X` or `X..Y`, with `read` for the value itself.
    pub fn parse(text: &str, read: impl Fn(&str) -> Result<T, String>) -> Result<Self, String> {
        const SIGNS: &[&str] = &["<=", ">=", "<", ">", "="];
        if let Some(sign) = SIGNS.iter().find(|sign| text.starts_with(**sign)) {
            let value = read(&text[sign.len()..])?;
            return Ok(match *sign {
                "<=" => Self::AtMost(value),
                ">=" => Self::AtLeast(value),
                "<" => Self::Less(value),
                ">" => Self::More(value),
                _ => Self::Equal(value),
            });
        }
        match text.split_once("..") {
            Some((from, to)) => {
                let (from, to) = (read(from)?, read(to)?);
                if from > to {
                    Err("the range is empty: put the smaller end first".to_owned())
                } else {
                    Ok(Self::Between(from, to))
                }
            }
            None => Ok(Self::Equal(read(text)?)),
        }
    }

    pub fn holds(&self, value: T) -> bool {
        match *self {
            Self::Less(limit) => value < limit,
            Self::AtMost(limit) => value <= limit,
            Self::More(limit) => value > limit,
            Self::AtLeast(limit) => value >= limit,
            Self::Equal(limit) => value == limit,
            Self::Between(from, to) => (from..=to).contains(&value),
        }
    }
}

impl<T: fmt::Display> fmt::Display for Compare<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Less(value) => write!(formatter, "<{value}"),
            Self::AtMost(value) => write!(formatter, "<={value}"),
            Self::More(value) => write!(formatter, ">{value}"),
            Self::AtLeast(value) => write!(formatter, ">={value}"),
            Self::Equal(value) => write!(formatter, "{value}"),
            Self::Between(from, to) => write!(formatter, "{from}..{to}"),
        }
    }
}

/// A number of a query.
pub fn parse_number(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number),
        _ => Err(format!("`{text}` is not a number")),
    }
}

/// A span of time, seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(pub i64);

/// Units with their seconds, largest first.
const UNITS: &[(char, i64)] = &[('w', 604_800), ('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

impl Span {
    /// Reads `90m`, `2h` or `1d12h`. The error says what would be right.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a span of time: say 30m, 2h, 7d or 1d12h");
        let mut seconds: i64 = 0;
        let mut number: Option<i64> = None;
        for character in text.chars() {
            if let Some(digit) = character.to_digit(10) {
                let grown = number.unwrap_or(0).checked_mul(10).and_then(|tens| tens.checked_add(i64::from(digit)));
                number = Some(grown.ok_or_else(wrong)?);
                continue;
            }
            let unit = UNITS.iter().find(|(unit, _)| *unit == character.to_ascii_lowercase());
            let (Some((_, unit)), Some(count)) = (unit, number.take()) else { return Err(wrong()) };
            seconds = count.checked_mul(*unit).and_then(|part| part.checked_add(seconds)).ok_or_else(wrong)?;
        }
        if number.is_some() || text.is_empty() { Err(wrong()) } else { Ok(Self(seconds)) }
    }
}

impl fmt::Display for Span {
    /// In the largest unit that is exact.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exact = UNITS.iter().find(|(_, seconds)| self.0 != 0 && self.0 % seconds == 0);
        let (unit, seconds) = exact.unwrap_or(&('s', 1));
        write!(formatter, "{}{unit}", self.0 / seconds)
    }
}

/// A point in time of a query: so long ago, or a day (UTC).
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum When {
    Ago(Compare<Span>),
    On(Compare<NaiveDate>),
    /// On the day it is now.
    Today,
}

/// The word for the day it is now.
const TODAY: &str = "today";

impl When {
    /// Reads `<7d`, `>2h`, `today`, `2026-01-31`, `>=2026-01-31` or `2026-01-01..2026-02-01`.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.eq_ignore_ascii_case(TODAY) {
            return Ok(Self::Today);
        }
        let is_day = text.trim_start_matches(['<', '>', '=']).chars().take(5).any(|character| character == '-');
        if is_day {
            return Compare::parse(text, parse_day).map(Self::On);
        }
        parse_ago(text).map(Self::Ago)
    }
}

impl fmt::Display for When {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ago(compare) => compare.fmt(formatter),
            Self::On(compare) => compare.fmt(formatter),
            Self::Today => formatter.write_str(TODAY),
        }
    }
}

/// A span with a sign or a range: a bare `2h` could mean either side.
pub fn parse_ago(text: &str) -> Result<Compare<Span>, String> {
    match Compare::parse(text, Span::parse)? {
        Compare::Equal(span) => Err(format!("say whether longer or shorter: >{span} or <{span}")),
        compare => Ok(compare),
    }
}

fn parse_day(text: &str) -> Result<NaiveDate, String> {
    let wrong = || format!("`{text}` is not a day: say for example 2026-01-31");
    // Strictly four, two and two digits, as days are printed: a year before 0 is printed with a sign and four more.
    let is_as_printed = |day: &NaiveDate| text.len() == 10 && day.to_string() == text;
    text.parse().ok().filter(is_as_printed).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::{Compare, Span, When, parse_ago, parse_number};

    #[test]
    fn spans_read_in_parts_and_print_in_the_largest_exact_unit() {
        for (text, printed) in
            [("90m", "90m"), ("60m", "1h"), ("1d12h", "36h"), ("7d", "1w"), ("0s", "0s"), ("48H", "2d")]
        {
            assert_eq!(Span::parse(text).map(|span| span.to_string()), Ok(printed.to_owned()));
        }
        for wrong in ["", "7", "h", "7y", "1h30", "99999999999999999999d", "9999999999999999w"] {
            assert!(Span::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_bare_span_asks_for_a_direction() {
        assert_eq!(parse_ago("2h"), Err("say whether longer or shorter: >2h or <2h".to_owned()));
        assert_eq!(parse_ago(">2h"), Ok(Compare::More(Span(7_200))));
    }

    #[test]
    fn ranges_include_both_ends_and_must_not_be_empty() {
        let range = Compare::parse("2..4", parse_number);
        assert!(range.as_ref().is_ok_and(|range| range.holds(2.0) && range.holds(4.0) && !range.holds(4.1)));
        assert!(Compare::parse("4..2", parse_number).is_err());
        assert!(Compare::parse("<nan", parse_number).is_err());
    }

    #[test]
    fn days_and_spans_are_told_apart() {
        assert!(matches!(When::parse("2026-01-01..2026-02-01"), Ok(When::On(Compare::Between(..)))));
        assert!(matches!(When::parse("<7d"), Ok(When::Ago(Compare::Less(_)))));
        assert!(When::parse("2026-02-30").is_err());
    }

    #[test]
    fn a_day_has_a_year_of_four_digits_and_is_printed_as_it_was_written() {
        assert_eq!(When::parse("0126-01-01").map(|day| day.to_string()), Ok("0126-01-01".to_owned()));
        for wrong in
            ["-126-01-01", "-0126-01-01", "+2026-01-01", "12026-01-01", "126-01-001", "2026-1-001", "2026-01-1"]
        {
            assert!(When::parse(wrong).is_err(), "{wrong}");
        }
    }
}
