//! What somebody at the desk says about a registration, and what comes of it. Pure: every backend keeps it elsewhere,
//! all of them by these rules.

use serde::{Deserialize, Serialize};

use super::{BackendError, Caller, CallerKind, ErrorKind};
use crate::model::{Claim, DeskNotes, FlagVerdict, Timestamp, Verdict};

/// The longest rule id or code of a flag that a verdict can name, in characters. Our own rules need ten; codes that a
/// source reports are its own.
const LONGEST_RULE: usize = 200;

/// Something said about a registration. Kept in stores as JSON under the `kind` tag: names and meanings are part of
/// their formats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Annotation {
    /// I work on it. Refused while somebody else does.
    Claim,
    /// Nobody works on it any more. Anybody may say so, so that a team can take over from somebody who is away.
    Release,
    /// What became of one of its flags.
    Verdict {
        /// Rule id, or the source's own code for a flag that it reported.
        rule: String,
        /// The verdict; `None` takes an earlier one back.
        verdict: Option<Verdict>,
    },
}

/// Why an annotation is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Objection {
    /// Said by somebody who is not of the desk.
    #[error("Only somebody of the desk can annotate a registration, not the person who registers.")]
    NotOfTheDesk,
    /// Somebody else works on it.
    #[error(
        "{} has claimed it, since {}. Ask them, or release it first to take it over.",
        .0.by, .0.at.format("%Y-%m-%d %H:%M UTC")
    )]
    Claimed(Claim),
    /// A verdict about no flag.
    #[error("A verdict names the rule of a flag: 1 to {LONGEST_RULE} characters, none of them a control character.")]
    NoRule,
}

impl Objection {
    /// What kind of refusal it is.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::NotOfTheDesk => ErrorKind::Forbidden,
            Self::Claimed(_) => ErrorKind::Conflict,
            Self::NoRule => ErrorKind::Invalid { field: Some("rule".to_owned()) },
        }
    }

    /// Its symbol.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotOfTheDesk => "access_denied",
            Self::Claimed(_) => "already_claimed",
            Self::NoRule => "MissingParameter",
        }
    }
}

impl From<Objection> for BackendError {
    fn from(objection: Objection) -> Self {
        Self::new(objection.kind(), objection.to_string()).with_code(objection.code())
    }
}

impl Annotation {
    /// What it is called in the access log.
    pub fn action(&self) -> String {
        match self {
            Self::Claim => "claim".to_owned(),
            Self::Release => "release".to_owned(),
            Self::Verdict { rule, .. } => format!("verdict {rule}"),
        }
    }

    /// Whether a caller may say this about a registration of which that is said already.
    pub fn check(&self, notes: &DeskNotes, caller: &Caller) -> Result<(), Objection> {
        if !matches!(caller.kind, CallerKind::Operator | CallerKind::Client) {
            return Err(Objection::NotOfTheDesk);
        }
        match self {
            Self::Claim => match notes.claim.as_ref().filter(|claim| claim.by != caller.who()) {
                Some(claim) => Err(Objection::Claimed(claim.clone())),
                None => Ok(()),
            },
            Self::Verdict { rule, .. } if !names_a_rule(rule) => Err(Objection::NoRule),
            Self::Release | Self::Verdict { .. } => Ok(()),
        }
    }

    /// Whether it says anything that is not said already, by the same person.
    pub fn is_news(&self, notes: &DeskNotes, by: &str) -> bool {
        match self {
            Self::Claim | Self::Release => (*self == Self::Claim) == notes.claim.is_none(),
            Self::Verdict { rule, verdict } => {
                let said = notes.verdicts.iter().find(|said| said.rule == *rule);
                match verdict {
                    None => said.is_some(),
                    Some(verdict) => said.is_none_or(|said| said.verdict != *verdict || said.by != by),
                }
            }
        }
    }

    /// Adds it to what is said. A claim on what somebody holds changes nothing: whoever came first has it.
    pub fn apply(&self, notes: &mut DeskNotes, by: &str, at: Timestamp) {
        match self {
            Self::Claim => {
                notes.claim.get_or_insert_with(|| Claim { by: by.to_owned(), at });
            }
            Self::Release => notes.claim = None,
            Self::Verdict { rule, verdict } => {
                notes.verdicts.retain(|said| said.rule != *rule);
                let said = verdict.map(|verdict| FlagVerdict { rule: rule.clone(), verdict, by: by.to_owned(), at });
                notes.verdicts.extend(said);
            }
        }
    }
}

fn names_a_rule(rule: &str) -> bool {
    !rule.trim().is_empty() && rule.chars().count() <= LONGEST_RULE && !rule.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::{Annotation, Objection};
    use crate::{
        backend::{Caller, CallerKind},
        model::{DeskNotes, Timestamp, Verdict},
    };

    fn at(minutes: i64) -> Timestamp {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes)
    }

    fn verdict(rule: &str, verdict: impl Into<Option<Verdict>>) -> Annotation {
        Annotation::Verdict { rule: rule.to_owned(), verdict: verdict.into() }
    }

    #[test]
    fn whoever_claims_first_holds_it_until_it_is_released() {
        let (alba, bruno) = (Caller::operator().named("alba"), Caller::operator().named("bruno"));
        let mut notes = DeskNotes::default();
        assert_eq!(Annotation::Claim.check(&notes, &alba), Ok(()));
        Annotation::Claim.apply(&mut notes, "alba", at(1));
        Annotation::Claim.apply(&mut notes, "bruno", at(2));
        assert_eq!(notes.claim.as_ref().map(|claim| (claim.by.as_str(), claim.at)), Some(("alba", at(1))));
        assert_eq!(Annotation::Claim.check(&notes, &alba), Ok(()), "again is fine");
        let refused = Annotation::Claim.check(&notes, &bruno).map_err(|objection| objection.to_string());
        assert!(refused.is_err_and(|said| said.contains("alba") && said.contains("1970-01-01 00:01 UTC")));
        assert_eq!(Annotation::Release.check(&notes, &bruno), Ok(()), "a team can take over");
        Annotation::Release.apply(&mut notes, "bruno", at(3));
        assert_eq!(Annotation::Claim.check(&notes, &bruno), Ok(()));
    }

    #[test]
    fn the_latest_verdict_on_a_rule_stands_and_can_be_taken_back() {
        let mut notes = DeskNotes::default();
        verdict("DOC-01", Verdict::Right).apply(&mut notes, "alba", at(1));
        verdict("BIO-01", Verdict::CannotTell).apply(&mut notes, "alba", at(2));
        verdict("DOC-01", Verdict::Wrong).apply(&mut notes, "bruno", at(3));
        let said: Vec<_> = notes.verdicts.iter().map(|said| (said.rule.as_str(), said.verdict)).collect();
        assert_eq!(said, [("BIO-01", Verdict::CannotTell), ("DOC-01", Verdict::Wrong)]);
        verdict("DOC-01", None).apply(&mut notes, "alba", at(4));
        assert_eq!(notes.verdicts.len(), 1);
    }

    #[test]
    fn saying_the_same_again_is_no_news() {
        let mut notes = DeskNotes::default();
        let sayings = [Annotation::Claim, verdict("DOC-01", Verdict::Right)];
        for saying in &sayings {
            assert!(saying.is_news(&notes, "alba"));
            saying.apply(&mut notes, "alba", at(1));
            assert!(!saying.is_news(&notes, "alba"), "{saying:?}");
        }
        assert!(sayings[1].is_news(&notes, "bruno"), "a second opinion is");
        assert!(!verdict("DOC-02", None).is_news(&notes, "alba"), "there is nothing to take back");
        assert!(!Annotation::Release.is_news(&DeskNotes::default(), "alba"));
    }

    #[test]
    fn only_the_desk_annotates_and_a_verdict_names_a_rule() {
        let notes = DeskNotes::default();
        let person = Caller { kind: CallerKind::Enrollee, ..Caller::operator() };
        assert_eq!(Annotation::Release.check(&notes, &person), Err(Objection::NotOfTheDesk));
        let operator = Caller::operator();
        for rule in ["", "  ", "DOC\u{1b}[2J", &"x".repeat(201)] {
            assert_eq!(verdict(rule, Verdict::Right).check(&notes, &operator), Err(Objection::NoRule), "{rule:?}");
        }
        assert_eq!(verdict("documents.name_mismatch", None).check(&notes, &operator), Ok(()));
    }
}
