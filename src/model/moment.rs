//! Times, and how well each is known.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A point in time, in UTC.
pub type Timestamp = DateTime<Utc>;

/// What a time is based on, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// An event that says when the thing happened.
    Event,
    /// A field that says exactly this, for example `validatedAt`.
    Field,
    /// The creation of the object that stands for the step.
    Created,
    /// The last change of that object: the fact may be older.
    Updated,
    /// Decoded from the first eight digits of an object id (whole seconds).
    ObjectId,
    /// Borrowed from the registration as a whole.
    Registration,
    /// Given in the `steps[].timestamp` of an overview object.
    Overview,
}

impl Basis {
    /// Whether the time may be well off the fact, and has to be shown as such.
    pub fn is_approximate(self) -> bool {
        matches!(self, Self::Updated | Self::ObjectId | Self::Registration)
    }

    /// The word used on the wire and on the screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Field => "field",
            Self::Created => "created",
            Self::Updated => "updated",
            Self::ObjectId => "object_id",
            Self::Registration => "registration",
            Self::Overview => "overview",
        }
    }

    /// Reads the word; an unknown one is no basis at all.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Event, Self::Field, Self::Created, Self::Updated, Self::ObjectId, Self::Registration, Self::Overview]
            .into_iter()
            .find(|basis| basis.as_str() == word)
    }
}

/// A time with its basis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Moment {
    /// When.
    pub at: Timestamp,
    /// How that is known.
    pub basis: Basis,
}

impl Moment {
    /// A time with its basis.
    pub fn new(at: Timestamp, basis: Basis) -> Self {
        Self { at, basis }
    }

    /// A time read from an event that really happened.
    pub fn event(at: Timestamp) -> Self {
        Self::new(at, Basis::Event)
    }
}
