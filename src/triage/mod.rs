//! Judgement over registrations: red flags, risk, stuck reasons and links. Pure: `now` is always an argument.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::model::{Registration, RegistrationId, StepKind, Timestamp};

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

/// Where a threshold comes from, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThresholdFrom {
    /// The flow's settings.
    Flow,
    /// Stored on the record when it was judged.
    Record,
    /// Our default.
    Default,
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
    /// The threshold it was held against.
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

/// The roll-up of all flags: `100 * (1 - prod(1 - weight))`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Risk {
    /// 0 to 100.
    pub score: u8,
    /// Which flags gave how much, heaviest first: rule and weight in percent.
    pub shares: Vec<(Cow<'static, str>, u8)>,
}

impl Risk {
    /// `low`, `medium`, `high` or `critical`.
    pub fn band(&self) -> &'static str {
        match self.score {
            0..=39 => "low",
            40..=69 => "medium",
            70..=84 => "high",
            _ => "critical",
        }
    }
}

/// Whose move it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    /// The service has to work.
    System,
    /// The operator has to act.
    Operator,
    /// Whoever built the integration has to act.
    Integrator,
    /// The person has to act.
    User,
}

/// Why a registration does not move.
#[derive(Debug, Clone, PartialEq)]
pub struct Stuck {
    /// Id of the way of being stuck, for example `D-03`.
    pub reason: &'static str,
    /// Short name.
    pub name: &'static str,
    /// The step concerned.
    pub step: StepKind,
    /// Since when nothing has moved.
    pub since: Timestamp,
    /// Age, seconds.
    pub age_seconds: i64,
    /// The limit after which it counts as stuck, seconds (0: at once).
    pub limit_seconds: i64,
    /// Age by limit; 1 and more is stuck.
    pub ratio: f64,
    /// Whose move it is.
    pub turn: Turn,
    /// What clears it.
    pub next_action: Cow<'static, str>,
}

/// What joins two registrations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// Same document number.
    Document,
    /// Same biometric person.
    Person,
    /// Same device.
    Device,
    /// Same normalised e-mail address.
    Email,
    /// Same phone in international form.
    Phone,
    /// Same IP address: weak.
    Ip,
}

/// Another registration that shares something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The other one.
    pub id: RegistrationId,
    /// What is shared, strongest first.
    pub via: Vec<LinkKind>,
}

/// All that is thought of one registration at one time.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Judgement {
    /// Flags, worst first.
    pub flags: Vec<Flag>,
    /// Their roll-up.
    pub risk: Risk,
    /// What blocks it, if it is open.
    pub stuck: Option<Stuck>,
    /// Who else shares something with it.
    pub links: Vec<Link>,
}

/// Values shared between registrations.
#[derive(Debug, Clone, Default)]
pub struct LinkIndex {}

impl LinkIndex {
    /// Adds a registration, or replaces what it shared before.
    pub fn insert(&mut self, _registration: &Registration) {}
    /// Forgets a registration.
    pub fn remove(&mut self, _id: &RegistrationId) {}
    /// Who shares something with a registration.
    pub fn links_of(&self, _id: &RegistrationId) -> Vec<Link> {
        Vec::new()
    }
}

/// Judges one registration.
pub fn judge(_registration: &Registration, _links: &LinkIndex, _now: Timestamp) -> Judgement {
    Judgement::default()
}
