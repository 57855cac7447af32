//! Reading a JSON object field by field, without trusting it.
//!
//! Reading takes: what was understood leaves the object, what was not (a wrong type, an unknown key) stays and can be
//! kept as it was. So nothing is dropped by being of a type nobody expected.

use chrono::NaiveDate;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::times;
use crate::model::{Basis, Moment, Personal, Timestamp};

/// A JSON object that is being read.
#[derive(Default, Clone)]
pub(super) struct Fields(Map<String, Value>);

impl std::fmt::Debug for Fields {
    /// The keys alone: the values are whatever a service says of people.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}

/// A field that holds another object, or only its id.
#[derive(Debug)]
pub(super) enum Ref {
    /// The key is not there, which says nothing; or holds what is no ref.
    Absent,
    /// Known to be nothing.
    Null,
    /// Exists, but was not loaded.
    Id(String),
    /// Loaded.
    Object(Fields),
}

impl Ref {
    /// The id, loaded or not.
    pub(super) fn id(&self) -> Option<String> {
        match self {
            Self::Absent | Self::Null => None,
            Self::Id(id) => Some(id.clone()),
            Self::Object(fields) => fields.peek_id(),
        }
    }
}

impl From<Map<String, Value>> for Fields {
    fn from(map: Map<String, Value>) -> Self {
        Self(map)
    }
}

impl Fields {
    /// The object in a value, if it is one.
    pub(super) fn of(value: Value) -> Option<Self> {
        match value {
            Value::Object(map) => Some(Self(map)),
            _ => None,
        }
    }

    /// What has not been read.
    pub(super) fn into_rest(self) -> Map<String, Value> {
        self.0
    }

    /// The object again, without what was read.
    pub(super) fn into_value(self) -> Value {
        Value::Object(self.0)
    }

    /// Puts a value in.
    pub(super) fn put(&mut self, key: &str, value: Value) {
        self.0.insert(key.to_owned(), value);
    }

    /// Whether everything has been read.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a key is there, with whatever value.
    pub(super) fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// A value without taking it.
    pub(super) fn peek(&self, key: &str) -> Option<&Value> {
        self.0.get(key)
    }

    /// `_id`, else `id`, without taking it.
    pub(super) fn peek_id(&self) -> Option<String> {
        ["_id", "id"].iter().find_map(|key| text_of(self.0.get(*key)?))
    }

    /// Forgets a key.
    pub(super) fn discard(&mut self, key: &str) {
        self.0.shift_remove(key);
    }

    /// Takes a value as it is.
    pub(super) fn take(&mut self, key: &str) -> Option<Value> {
        self.0.shift_remove(key)
    }

    /// Takes a field that `read` understands. `null` is taken and is nothing; anything else stays.
    pub(super) fn take_as<T>(&mut self, key: &str, read: impl Fn(&Value) -> Option<T>) -> Option<T> {
        let value = self.0.get(key)?;
        let found = read(value);
        if found.is_some() || value.is_null() {
            self.discard(key);
        }
        found
    }

    /// A text as it stands, also an empty one.
    pub(super) fn exact_text(&mut self, key: &str) -> Option<String> {
        self.take_as(key, |value| value.as_str().map(str::to_owned))
    }

    /// A text that says something; numbers read as their digits.
    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        let text = self.take_as(key, |value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })?;
        (!text.trim().is_empty()).then_some(text)
    }

    /// The first of several names under which a text may stand.
    pub(super) fn first_text(&mut self, keys: &[&str]) -> Option<String> {
        keys.iter().find_map(|key| self.text(key))
    }

    /// A personal text.
    pub(super) fn personal(&mut self, key: &str) -> Option<Personal> {
        self.text(key).map(Personal::from)
    }

    /// A number.
    pub(super) fn number(&mut self, key: &str) -> Option<f64> {
        self.take_as(key, Value::as_f64).filter(|number| number.is_finite())
    }

    /// A score of 0 to 1; what is above 1 was meant in percent.
    pub(super) fn score(&mut self, key: &str) -> Option<f64> {
        self.number(key).map(|score| if score > 1.0 { score / 100.0 } else { score })
    }

    /// A count.
    pub(super) fn count(&mut self, key: &str) -> Option<u32> {
        self.take_as(key, |value| u32::try_from(value.as_u64()?).ok())
    }

    /// A yes or no; also written as text.
    pub(super) fn flag(&mut self, key: &str) -> Option<bool> {
        self.take_as(key, |value| match value {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) => text.parse().ok(),
            _ => None,
        })
    }

    /// A time.
    pub(super) fn time(&mut self, key: &str) -> Option<Timestamp> {
        self.take_as(key, times::parse)
    }

    /// A time with its basis.
    pub(super) fn moment(&mut self, key: &str, basis: Basis) -> Option<Moment> {
        self.time(key).map(|at| Moment::new(at, basis))
    }

    /// A calendar date.
    pub(super) fn date(&mut self, key: &str) -> Option<NaiveDate> {
        self.take_as(key, |value| times::parse_date(value.as_str()?))
    }

    /// An object; an empty one where there is none.
    pub(super) fn object(&mut self, key: &str) -> Fields {
        match self.0.get(key) {
            Some(Value::Object(_)) => self.take(key).and_then(Fields::of).unwrap_or_default(),
            _ => Fields::default(),
        }
    }

    /// An array.
    pub(super) fn list(&mut self, key: &str) -> Option<Vec<Value>> {
        match self.0.get(key) {
            Some(Value::Array(_)) => match self.take(key) {
                Some(Value::Array(items)) => Some(items),
                _ => None,
            },
            _ => None,
        }
    }

    /// A ref in any of its four states.
    pub(super) fn reference(&mut self, key: &str) -> Ref {
        match self.0.get(key) {
            Some(Value::Null) => {
                self.discard(key);
                Ref::Null
            }
            Some(Value::Object(_)) => Ref::Object(self.object(key)),
            other => match other.and_then(text_of) {
                Some(id) => {
                    self.discard(key);
                    Ref::Id(id)
                }
                None => Ref::Absent,
            },
        }
    }

    /// A field in the shape the model itself is stored in.
    pub(super) fn stored<T: DeserializeOwned>(&mut self, key: &str) -> Option<T> {
        self.take_as(key, |value| if value.is_null() { None } else { T::deserialize(value).ok() })
    }
}

/// A text or number as a non-empty text.
fn text_of(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.trim().is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use serde_json::json;

    use super::*;

    fn fields(value: Value) -> Fields {
        Fields::of(value).unwrap()
    }

    #[test]
    fn a_wrong_type_stays_and_a_null_is_taken() {
        let mut object = fields(json!({ "email": ["?"], "phone": null, "name": "Alba" }));
        assert_eq!(object.text("email"), None);
        assert_eq!(object.text("phone"), None);
        assert_eq!(object.text("name").as_deref(), Some("Alba"));
        assert_eq!(Value::Object(object.into_rest()), json!({ "email": ["?"] }));
    }

    #[test]
    fn a_ref_has_four_states() {
        let mut object = fields(json!({ "id": "a1", "object": { "_id": "b2" }, "nothing": null, "wrong": [1] }));
        assert!(matches!(object.reference("id"), Ref::Id(id) if id == "a1"));
        assert_eq!(object.reference("object").id().as_deref(), Some("b2"));
        assert!(matches!(object.reference("nothing"), Ref::Null));
        assert!(matches!(object.reference("missing"), Ref::Absent));
        assert!(matches!(object.reference("wrong"), Ref::Absent));
        assert!(object.has("wrong"));
    }

    #[test]
    fn percentages_read_as_scores() {
        let mut object = fields(json!({ "a": 0.93, "b": 93, "c": 1, "d": "0.9" }));
        assert_eq!(
            [object.score("a"), object.score("b"), object.score("c"), object.score("d")],
            [Some(0.93), Some(0.93), Some(1.0), None]
        );
    }
}
