//! What a red flag looks like.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::{Registration, Timestamp};

/// How bad a flag is, mildest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// A weak hint.
    Low,
    /// Look at it.
    Medium,
    /// Do not approve without having looked.
    High,
    /// Likely fraud, or broken integrity.
    Critical,
}

impl Severity {
    /// All, worst first.
    pub const ALL: [Self; 5] = [Self::Critical, Self::High, Self::Medium, Self::Low, Self::Info];

    /// The word on the wire and in queries.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// Where a threshold comes from, strongest first: who writes a number into the configuration means it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThresholdFrom {
    /// The configuration of this program.
    Configuration,
    /// The project's settings.
    Project,
    /// The flow's settings.
    Flow,
    /// Stored on the record when it was judged.
    Record,
    /// Our default.
    Default,
}

impl ThresholdFrom {
    /// The word on the wire and on the screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Configuration => "configuration",
            Self::Project => "project",
            Self::Flow => "flow",
            Self::Record => "record",
            Self::Default => "default",
        }
    }
}

/// A red flag that fires.
#[derive(Debug, Clone, PartialEq)]
pub struct Flag {
    /// Rule id, for example `BIO-01`; the source's own code for a reported flag.
    pub rule: Cow<'static, str>,
    /// Short name.
    pub name: Cow<'static, str>,
    /// How bad.
    pub severity: Severity,
    /// `biometric`, `document`, `identity`, `contact`, `velocity`, `device`, `watchlist`, `behaviour` or `reported`.
    pub category: &'static str,
    /// JSON path of the value that fired it.
    pub path: String,
    /// The value seen; may hold personal data, so screens mask it with the rest.
    pub seen: String,
    /// The threshold it was held against; never personal, so screens show it as it is.
    pub threshold: Option<String>,
    /// Where the threshold comes from.
    pub threshold_from: Option<ThresholdFrom>,
    /// When it may be wrong.
    pub caveat: Cow<'static, str>,
    /// What to do.
    pub next_action: Cow<'static, str>,
    /// When it came to be.
    pub at: Option<Timestamp>,
    /// Raised by the source, not by us.
    pub reported: bool,
}

/// The category of flags that the source raised itself.
pub const REPORTED: &str = "reported";

/// The flags the source raised itself, as flags of ours. How grave they are is not told, so they weigh as medium.
pub(super) fn reported_flags(registration: &Registration) -> impl Iterator<Item = Flag> {
    registration.reported_flags.iter().enumerate().map(|(position, reported)| Flag {
        rule: Cow::Owned(reported.code.clone()),
        name: Cow::Borrowed("Reported by the source"),
        severity: Severity::Medium,
        category: REPORTED,
        path: format!("reportedFlags[{position}]"),
        seen: detail_text(&reported.code, &reported.detail),
        threshold: None,
        threshold_from: None,
        caveat: Cow::Borrowed("Raised by the source; how it was measured is not known here."),
        next_action: Cow::Borrowed("Read what the source says and hold it against the evidence here."),
        at: None,
        reported: true,
    })
}

/// What the source says of a flag, cut: a detail can be a whole object.
fn detail_text(code: &str, detail: &Value) -> String {
    const LONGEST: usize = 200;
    match detail {
        Value::Null => code.to_owned(),
        Value::String(text) => text.chars().take(LONGEST).collect(),
        other => other.to_string().chars().take(LONGEST).collect(),
    }
}
