//! The query language: read, printed in one canonical form, and matched.

mod matching;
mod parse;
mod terms;
mod values;

use std::{fmt, ops::Range};

use crate::{
    model::{Status, StepKind},
    triage::{Severity, Stage, Turn, insights::Setting},
};
pub use terms::{BARE, TERMS, Term, is_bare};
pub use values::Span;
use values::{Compare, When};

/// A parsed query: conditions that all have to hold.
///
/// Two queries are equal if they ask the same; where it was written does not matter.
#[derive(Debug, Clone, Default)]
pub struct Query {
    clauses: Vec<Clause>,
}

impl PartialEq for Query {
    fn eq(&self, other: &Self) -> bool {
        self.clauses.len() == other.clauses.len()
            && self
                .clauses
                .iter()
                .zip(&other.clauses)
                .all(|(left, right)| left.negated == right.negated && left.condition == right.condition)
    }
}

/// A mistake in a query.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct QueryError {
    /// Where it stands, as byte offsets into the text.
    pub at: Range<usize>,
    /// What is wrong and what would be right.
    pub message: String,
}

/// One condition, maybe negated.
#[derive(Debug, Clone)]
struct Clause {
    negated: bool,
    condition: Condition,
    /// Where it stands in the text, in bytes.
    at: Range<usize>,
}

/// What is asked; several values of one condition are alternatives.
#[derive(Debug, Clone, PartialEq)]
enum Condition {
    /// Text anywhere in names, e-mail, phone, document number and id. Folded.
    Words(Vec<String>),
    /// Letters in this order in name or e-mail. Folded.
    Fuzzy(Vec<String>),
    Status(Vec<Status>),
    Step(Vec<StepKind>),
    /// Id, or part of the name. Folded.
    Project(Vec<String>),
    Flow(Vec<String>),
    Flag(Vec<FlagTest>),
    /// Any reason if empty.
    Stuck(Vec<&'static str>),
    Turn(Vec<Turn>),
    /// Stuck, and the wait is not the person's.
    Breached,
    /// Moved since it was last decided on.
    Returned,
    /// Put aside by somebody of the desk for now.
    Snoozed,
    Owner(Vec<Owner>),
    Stage(Vec<Stage>),
    Number(NumberField, Vec<Compare<f64>>),
    /// On the other side of a threshold if it were set to this.
    Flips(Vec<Setting>),
    Age(Vec<Compare<Span>>),
    Time(TimeField, Vec<When>),
    /// Canonical names.
    Country(Vec<String>),
    /// Part of one field. Folded.
    Text(TextField, Vec<String>),
}

impl Query {
    /// Whether what it finds changes with time alone.
    pub fn is_about_time(&self) -> bool {
        self.clauses.iter().any(|clause| matches!(clause.condition, Condition::Age(_) | Condition::Time(..)))
    }
}

/// Who has claimed it.
#[derive(Debug, Clone, PartialEq)]
enum Owner {
    /// Whoever asks.
    Me,
    Nobody,
    /// Part of the name. Folded.
    Named(String),
}

#[derive(Debug, Clone, PartialEq)]
enum FlagTest {
    /// This severity or worse.
    AtLeast(Severity),
    Category(&'static str),
    /// A rule of ours, or a code of the source.
    Rule(String),
}

#[derive(Debug, Clone, PartialEq)]
enum NumberField {
    Risk,
    Face,
    Liveness,
    Linked,
    /// Of one step, or the most of any.
    Attempts(Option<StepKind>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TimeField {
    Created,
    Updated,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TextField {
    Id,
    Name,
    Email,
    Phone,
}

impl Query {
    /// Whether it asks for nothing, and so matches everything.
    pub fn is_empty(&self) -> bool {
        self.clauses.is_empty()
    }

    /// The projects that it narrows to, as they were asked for; none if it does not.
    pub fn projects(&self) -> impl Iterator<Item = &str> {
        self.clauses.iter().filter(|clause| !clause.negated).flat_map(|clause| match &clause.condition {
            Condition::Project(names) => names.iter().map(String::as_str).collect(),
            _ => Vec::new(),
        })
    }

    /// Where each condition stands in the text it was parsed from, as byte offsets.
    pub fn spans(&self) -> impl Iterator<Item = Range<usize>> {
        self.clauses.iter().map(|clause| clause.at.clone())
    }
}

impl fmt::Display for Query {
    /// One canonical form: parsing it gives the same query.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, clause) in self.clauses.iter().enumerate() {
            let blank = if position > 0 { " " } else { "" };
            let sign = if clause.negated { "-" } else { "" };
            write!(formatter, "{blank}{sign}{}", clause.condition)?;
        }
        Ok(())
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Words(words) => formatter.write_str(&joined(words, |word| quoted(word))),
            Self::Fuzzy(words) => write!(formatter, "~{}", joined(words, |word| quoted(word))),
            Self::Status(values) => write!(
                formatter,
                "status:{}",
                joined(values, |status| match status {
                    Status::Unknown(word) => always_quoted(word),
                    known => known.to_string(),
                })
            ),
            Self::Step(values) => write!(
                formatter,
                "step:{}",
                joined(values, |step| match step {
                    StepKind::Other(word) => always_quoted(word),
                    known => known.to_string(),
                })
            ),
            Self::Project(values) => write!(formatter, "project:{}", joined(values, |value| quoted(value))),
            Self::Flow(values) => write!(formatter, "flow:{}", joined(values, |value| quoted(value))),
            Self::Flag(values) => write!(
                formatter,
                "flag:{}",
                joined(values, |value| match value {
                    FlagTest::AtLeast(severity) => severity.as_str().to_owned(),
                    FlagTest::Category(category) => (*category).to_owned(),
                    FlagTest::Rule(rule) if crate::triage::rule(rule).is_some() => rule.clone(),
                    FlagTest::Rule(code) => always_quoted(code),
                })
            ),
            Self::Stuck(reasons) if reasons.is_empty() => formatter.write_str(terms::STUCK),
            Self::Stuck(reasons) => write!(formatter, "stuck:{}", reasons.join(",")),
            Self::Breached => formatter.write_str(terms::BREACHED),
            Self::Returned => formatter.write_str(terms::RETURNED),
            Self::Snoozed => formatter.write_str(terms::SNOOZED),
            Self::Owner(owners) => write!(formatter, "owner:{}", joined(owners, Owner::to_string)),
            Self::Turn(turns) => write!(formatter, "turn:{}", joined(turns, |turn| turn.as_str().to_owned())),
            Self::Stage(stages) => write!(formatter, "stage:{}", joined(stages, |stage| stage.as_str().to_owned())),
            Self::Number(field, values) => write!(formatter, "{field}:{}", joined(values, Compare::to_string)),
            Self::Flips(values) => write!(formatter, "flips:{}", joined(values, Setting::to_string)),
            Self::Age(values) => write!(formatter, "age:{}", joined(values, Compare::to_string)),
            Self::Time(field, values) => {
                let name = if *field == TimeField::Created { "created" } else { "updated" };
                write!(formatter, "{name}:{}", joined(values, When::to_string))
            }
            Self::Country(values) => write!(formatter, "country:{}", joined(values, |value| quoted(value))),
            Self::Text(field, values) => {
                write!(formatter, "{}:{}", field.as_str(), joined(values, |value| quoted(value)))
            }
        }
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&match self {
            Self::Me => terms::ME.to_owned(),
            Self::Nobody => terms::NOBODY.to_owned(),
            Self::Named(name) if matches!(name.as_str(), terms::ME | terms::NOBODY) => always_quoted(name),
            Self::Named(name) => quoted(name),
        })
    }
}

impl fmt::Display for NumberField {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Risk => formatter.write_str("risk"),
            Self::Face => formatter.write_str("face"),
            Self::Liveness => formatter.write_str("liveness"),
            Self::Linked => formatter.write_str("linked"),
            Self::Attempts(None) => formatter.write_str("attempts"),
            Self::Attempts(Some(step)) => write!(formatter, "attempts.{step}"),
        }
    }
}

impl TextField {
    fn as_str(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Name => "name",
            Self::Email => "email",
            Self::Phone => "phone",
        }
    }
}

/// The term of a query that asks for a flag: a rule of ours, or a code of the source.
pub fn flag_term(rule: &str) -> String {
    Condition::Flag(vec![FlagTest::Rule(rule.to_owned())]).to_string()
}

/// The value of a term as it stands in a query for one of the values that registrations have: a status, a step, a rule,
/// a name. What the language does not know by itself goes in quotes.
pub fn value_text(term: &str, value: &str) -> String {
    match term {
        "status" if matches!(Status::parse(value), Status::Unknown(_)) => always_quoted(value),
        "step" if matches!(StepKind::parse(value), StepKind::Other(_)) => always_quoted(value),
        "flag" if !parse::is_flag(value) => always_quoted(value),
        _ => quoted(value),
    }
}

/// The term of a query that asks for who stands at a step.
pub fn step_term(step: &StepKind) -> String {
    Condition::Step(vec![step.clone()]).to_string()
}

/// The term of a query that asks for one way of being stuck.
pub fn stuck_term(reason: &'static str) -> String {
    Condition::Stuck(vec![reason]).to_string()
}

/// The term of a query that asks who would be on the other side of another threshold.
pub fn flips_term(setting: Setting) -> String {
    Condition::Flips(vec![setting]).to_string()
}

fn joined<T>(values: &[T], print: impl Fn(&T) -> String) -> String {
    values.iter().map(print).collect::<Vec<_>>().join(",")
}

/// A value as it can stand in a query: in quotes unless it is plain.
fn quoted(value: &str) -> String {
    let plain = |(position, character): (usize, char)| {
        character.is_alphanumeric() || matches!(character, '.' | '_' | '@' | '+') || character == '-' && position > 0
    };
    if !value.is_empty() && !is_bare(value) && value.char_indices().all(plain) {
        value.to_owned()
    } else {
        always_quoted(value)
    }
}

fn always_quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests;
