//! The JSON of an answer, within bounds: one monstrous field costs its own text, never the page it stands on.

use std::collections::BTreeMap;

use serde_json::{Value, value::RawValue};

use super::errors::not_json;
use crate::backend::BackendError;

/// Longest text that is kept, bytes. What people write is shorter by far; images are not asked for.
const LONGEST_TEXT: usize = 64 * 1024;

/// Deepest nesting that is kept where a body is nested deeper than the parser goes. Records are a dozen levels deep.
const DEEPEST: usize = 32;

/// Stands for what lies too deep.
const TOO_DEEP: &str = "(nested too deep)";

/// Reads the body of a successful answer; an empty one is `null`.
pub fn parse_body(http_status: u16, body: &[u8]) -> Result<Value, BackendError> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Null);
    }
    // The parser refuses a whole page for one field that is nested too deep: then it is read level by level.
    let parsed = serde_json::from_slice(body).or_else(|_| {
        let raw: &RawValue = serde_json::from_slice(body)?;
        shallow(raw, DEEPEST)
    });
    let mut value = parsed.map_err(|_: serde_json::Error| not_json(http_status, body))?;
    if body.len() > LONGEST_TEXT {
        cut_long_texts(&mut value);
    }
    Ok(value)
}

/// A value down to some depth. Each level is scanned once more than the one above it, without recursion in the scan.
fn shallow(raw: &RawValue, depth: usize) -> serde_json::Result<Value> {
    let text = raw.get();
    match text.as_bytes().first() {
        Some(b'{' | b'[') if depth == 0 => Ok(Value::String(TOO_DEEP.to_owned())),
        Some(b'{') => {
            let fields: BTreeMap<String, &RawValue> = serde_json::from_str(text)?;
            fields.into_iter().map(|(key, value)| Ok((key, shallow(value, depth - 1)?))).collect()
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(text)?;
            items.into_iter().map(|item| shallow(item, depth - 1)).collect()
        }
        _ => serde_json::from_str(text),
    }
}

fn cut_long_texts(value: &mut Value) {
    match value {
        Value::String(text) if text.len() > LONGEST_TEXT => {
            text.truncate(text.floor_char_boundary(LONGEST_TEXT));
            text.push('…');
        }
        Value::Array(items) => items.iter_mut().for_each(cut_long_texts),
        Value::Object(fields) => fields.values_mut().for_each(cut_long_texts),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;

    #[test]
    fn a_row_nested_without_end_spoils_no_other() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        let body = format!(r#"{{"data":[{{"_id":"a","hole":{deep}}},{{"_id":"b","n":1.5}}],"total":2}}"#);
        let parsed = parse_body(200, body.as_bytes()).unwrap();
        assert_eq!(parsed["data"][1], json!({ "_id": "b", "n": 1.5 }));
        assert_eq!((&parsed["data"][0]["_id"], &parsed["total"]), (&json!("a"), &json!(2)));
        assert!(parsed["data"][0]["hole"].to_string().contains(TOO_DEEP));
    }

    #[test]
    fn a_text_of_megabytes_is_cut_and_what_stands_beside_it_is_not() {
        let body = json!({ "data": [{ "_id": "a", "notes": "ä ".repeat(5_000_000) }] }).to_string();
        let parsed = parse_body(200, body.as_bytes()).unwrap();
        let notes = parsed["data"][0]["notes"].as_str().unwrap();
        assert!(notes.len() < LONGEST_TEXT + 8 && notes.ends_with('…'), "{}", notes.len());
        assert_eq!(parsed["data"][0]["_id"], "a");
    }

    #[test]
    fn what_is_no_json_is_an_error_and_nothing_at_all_is_null() {
        assert!(parse_body(200, b"{\"data\": [{").is_err());
        assert_eq!(parse_body(204, b" \n").unwrap(), Value::Null);
    }
}
