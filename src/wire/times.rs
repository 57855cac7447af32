//! Times as the wire writes them.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat};
use serde_json::Value;

use crate::model::{Basis, Moment, Timestamp};

/// Date and time without a zone; to be read as UTC.
const ZONELESS: &[&str] = &["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%B %d, %Y %I:%M %p"];

/// Numbers from here on are milliseconds, smaller ones seconds: as seconds it would be the year 5138.
const EPOCH_MILLIS_FROM: u64 = 100_000_000_000;

/// 2015-01-01 and 2100-01-01 in epoch seconds: the times that are believed when decoded from an object id.
const OBJECT_ID_SECONDS: std::ops::Range<i64> = 1_420_070_400..4_102_444_800;

/// Reads a time in any of the forms in use: RFC 3339, the same without zone, a date, English text, or an epoch
/// number in seconds or milliseconds.
pub(super) fn parse(value: &Value) -> Option<Timestamp> {
    parse_any(value).filter(has_plain_year)
}

/// Years of other than four digits have no place on the wire: nothing else reads them as they are written.
fn has_plain_year(day: &impl Datelike) -> bool {
    (0..10_000).contains(&day.year())
}

fn parse_any(value: &Value) -> Option<Timestamp> {
    match value {
        Value::String(text) => parse_text(text.trim()),
        Value::Number(number) => {
            let number = number.as_i64().or_else(|| number.as_f64().map(|seconds| seconds as i64))?;
            if number.unsigned_abs() >= EPOCH_MILLIS_FROM {
                DateTime::from_timestamp_millis(number)
            } else {
                DateTime::from_timestamp(number, 0)
            }
        }
        _ => None,
    }
}

fn parse_text(text: &str) -> Option<Timestamp> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.to_utc());
    }
    ZONELESS
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
        .or_else(|| Some(NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_time(NaiveTime::MIN)))
        .map(|time| time.and_utc())
}

/// Reads a calendar date, also from the front of a full time. Local forms are not guessed at.
pub(super) fn parse_date(text: &str) -> Option<NaiveDate> {
    let text = text.trim();
    NaiveDate::parse_from_str(text.get(..10).unwrap_or(text), "%Y-%m-%d")
        .or_else(|_| NaiveDate::parse_from_str(text, "%Y/%m/%d"))
        .ok()
        .filter(has_plain_year)
}

/// The creation time in an object id (whole seconds), if it is one and the time is plausible.
pub(super) fn of_object_id(id: &str) -> Option<Moment> {
    if id.len() != 24 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let seconds = i64::from_str_radix(&id[..8], 16).ok()?;
    let at = OBJECT_ID_SECONDS.contains(&seconds).then(|| DateTime::from_timestamp(seconds, 0))??;
    Some(Moment::new(at, Basis::ObjectId))
}

/// RFC 3339 in UTC; a fraction only where there is one.
pub(super) fn text(at: Timestamp) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// The same as a JSON value; `null` where there is none.
pub(super) fn value(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, |at| Value::String(text(at)))
}

/// The time of a moment as a JSON value.
pub(super) fn moment_value(moment: Option<Moment>) -> Value {
    value(moment.map(|moment| moment.at))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;

    #[test]
    fn every_form_in_use_reads_as_the_same_instant() {
        for form in [
            json!("2026-05-08T17:14:00.000Z"),
            json!("2026-05-08T17:14:00Z"),
            json!("2026-05-08T12:14:00-05:00"),
            json!("2026-05-08 17:14:00"),
            json!("2026-05-08T17:14:00"),
            json!("May 8, 2026 5:14 PM"),
            json!(1_778_260_440),
            json!(1_778_260_440_000_i64),
        ] {
            assert_eq!(parse(&form).map(text).as_deref(), Some("2026-05-08T17:14:00Z"), "{form}");
        }
        assert_eq!(parse(&json!("2026-05-08")).map(text).as_deref(), Some("2026-05-08T00:00:00Z"));
    }

    #[test]
    fn what_is_no_time_is_none() {
        for form in [json!("soon"), json!(""), json!(null), json!({}), json!(true), json!(i64::MAX), json!(f64::MAX)] {
            assert_eq!(parse(&form), None, "{form}");
        }
    }

    #[test]
    fn milliseconds_are_written_only_where_there_are_some() {
        let whole = parse(&json!("2024-01-15T10:30:00Z")).unwrap();
        let fraction = parse(&json!("2024-01-15T10:30:00.250Z")).unwrap();
        assert_eq!(text(whole), "2024-01-15T10:30:00Z");
        assert_eq!(text(fraction), "2024-01-15T10:30:00.250Z");
    }

    #[test]
    fn an_object_id_tells_its_second_and_other_ids_tell_nothing() {
        let moment = of_object_id("674de8df00000000000000aa").unwrap();
        assert_eq!((text(moment.at).as_str(), moment.basis), ("2024-12-02T17:05:35Z", Basis::ObjectId));
        for id in ["reg_123456789", "000000010000000000000000", "674de8df00000000000000aa0", "zzzze8df00000000000000aa"]
        {
            assert_eq!(of_object_id(id), None, "{id}");
        }
    }

    #[test]
    fn dates_are_read_from_dates_and_times_but_never_guessed() {
        let date = NaiveDate::from_ymd_opt(1991, 11, 30);
        assert_eq!(parse_date("1991-11-30"), date);
        assert_eq!(parse_date("1991-11-30T00:00:00.000Z"), date);
        assert_eq!(parse_date("30/11/1991"), None);
        // It would be written with one digit more, whose first ten characters are another day.
        assert_eq!(parse_date("-126-01-11"), None);
    }
}
