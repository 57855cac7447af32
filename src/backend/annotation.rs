//! What somebody at the desk says about a registration, and what comes of it. Pure: every backend keeps it elsewhere,
//! all of them by these rules.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::{BackendError, Caller, CallerKind, ErrorKind};
use crate::model::{
    Claim, DeskNotes, FlagVerdict, Note, Personal, PersonalField, Reveal, Snooze, Timestamp, Verdict,
    desk::REVEALS_KEPT,
};

/// The longest rule id or code of a flag that a verdict can name, in characters. Our own rules need ten; codes that a
/// source reports are its own.
const LONGEST_RULE: usize = 200;
/// The longest note, in characters.
pub const LONGEST_NOTE: usize = 4_000;
/// The longest reason of a snooze, in characters.
pub const LONGEST_REASON: usize = 500;
/// The longest snooze, in days: what is put aside for longer is forgotten, not put aside.
const LONGEST_SNOOZE: i64 = 366;

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
    /// Not before then: it leaves the operator's order for so long.
    Snooze {
        /// Until when.
        until: Timestamp,
        /// Why, in words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Personal>,
    },
    /// It is put aside no longer. Anybody may say so.
    Wake,
    /// Something to remember about it.
    Note {
        /// The words, on one line or several.
        text: Personal,
    },
    /// One of its fields is shown to somebody for whom it is masked.
    Reveal {
        /// Which.
        field: PersonalField,
    },
    /// Takes back a note of one's own.
    DropNote {
        /// When it was written, which tells it from others of the same person.
        at: Timestamp,
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
    /// A snooze that ends before it begins, or never.
    #[error("A snooze ends at a time to come, within {LONGEST_SNOOZE} days.")]
    NoTimeToCome,
    /// A reason that is too long, or holds what no reason holds.
    #[error("The reason of a snooze has at most {LONGEST_REASON} characters, none of them a control character.")]
    NoReason,
    /// A note that says nothing, or too much.
    #[error("A note has 1 to {LONGEST_NOTE} characters, no control characters but ends of lines.")]
    NoNote,
    /// There is no such note of the one who takes it back.
    #[error("There is no note of {0} from then to take back. People take back their own notes only.")]
    NotTheirNote(String),
}

impl Objection {
    /// What kind of refusal it is.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::NotOfTheDesk => ErrorKind::Forbidden,
            Self::Claimed(_) | Self::NotTheirNote(_) => ErrorKind::Conflict,
            Self::NoRule => ErrorKind::Invalid { field: Some("rule".to_owned()) },
            Self::NoTimeToCome => ErrorKind::Invalid { field: Some("until".to_owned()) },
            Self::NoReason => ErrorKind::Invalid { field: Some("reason".to_owned()) },
            Self::NoNote => ErrorKind::Invalid { field: Some("text".to_owned()) },
        }
    }

    /// Its symbol.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotOfTheDesk => "access_denied",
            Self::Claimed(_) => "already_claimed",
            Self::NotTheirNote(_) => "no_such_note",
            Self::NoRule | Self::NoTimeToCome | Self::NoReason | Self::NoNote => "MissingParameter",
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
            Self::Snooze { .. } => "snooze".to_owned(),
            Self::Wake => "wake".to_owned(),
            Self::Reveal { field } => format!("reveal {}", field.label()),
            Self::Note { .. } => "note".to_owned(),
            Self::DropNote { .. } => "drop note".to_owned(),
        }
    }

    /// Whether a caller may say this, now, about a registration of which that is said already.
    pub fn check(&self, notes: &DeskNotes, caller: &Caller, now: Timestamp) -> Result<(), Objection> {
        // The program gives back what is claimed by a console that is gone.
        let is_given_back = caller.kind == CallerKind::System && *self == Self::Release;
        if !matches!(caller.kind, CallerKind::Operator | CallerKind::Client) && !is_given_back {
            return Err(Objection::NotOfTheDesk);
        }
        match self {
            Self::Claim => match notes.claim.as_ref().filter(|claim| claim.by != caller.who()) {
                Some(claim) => Err(Objection::Claimed(claim.clone())),
                None => Ok(()),
            },
            Self::Verdict { rule, .. } if !names_a_rule(rule) => Err(Objection::NoRule),
            Self::Snooze { until, .. } if *until <= now || *until > now + TimeDelta::days(LONGEST_SNOOZE) => {
                Err(Objection::NoTimeToCome)
            }
            Self::Snooze { reason: Some(reason), .. } if !is_text(reason, LONGEST_REASON, "") => {
                Err(Objection::NoReason)
            }
            Self::Note { text } if !is_text(text, LONGEST_NOTE, "\n\t") => Err(Objection::NoNote),
            Self::DropNote { at } if !has_note(notes, caller.who(), *at) => {
                Err(Objection::NotTheirNote(caller.who().to_owned()))
            }
            _ => Ok(()),
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
            Self::Snooze { until, reason } => {
                let said = notes.snooze.as_ref();
                said.is_none_or(|said| said.until != *until || said.reason != *reason || said.by != by)
            }
            Self::Wake => notes.snooze.is_some(),
            // The same words again are another note, and shown again is shown once more.
            Self::Note { .. } | Self::Reveal { .. } => true,
            Self::DropNote { at } => has_note(notes, by, *at),
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
            Self::Snooze { until, reason } => {
                notes.snooze = Some(Snooze { until: *until, reason: reason.clone(), by: by.to_owned(), at });
            }
            Self::Wake => notes.snooze = None,
            Self::Reveal { field } => {
                let excess = (notes.reveals.len() + 1).saturating_sub(REVEALS_KEPT);
                notes.reveals.drain(..excess);
                notes.reveals.push(Reveal { field: *field, by: by.to_owned(), at });
            }
            Self::Note { text } => notes.notes.push(Note { text: text.clone(), by: by.to_owned(), at }),
            Self::DropNote { at: written } => {
                let is_meant = |note: &Note| note.by == by && note.at == *written;
                if let Some(place) = notes.notes.iter().rposition(is_meant) {
                    notes.notes.remove(place);
                }
            }
        }
    }
}

fn has_note(notes: &DeskNotes, by: &str, at: Timestamp) -> bool {
    notes.notes.iter().any(|note| note.by == by && note.at == at)
}

/// Whether it says something within a length, without control characters other than these.
fn is_text(text: &Personal, longest: usize, allowed: &str) -> bool {
    let text = text.reveal();
    let is_stray = |character: char| character.is_control() && !allowed.contains(character);
    !text.trim().is_empty() && text.chars().count() <= longest && !text.chars().any(is_stray)
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
        model::{DeskNotes, Personal, Timestamp, Verdict},
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
        assert_eq!(Annotation::Claim.check(&notes, &alba, at(0)), Ok(()));
        Annotation::Claim.apply(&mut notes, "alba", at(1));
        Annotation::Claim.apply(&mut notes, "bruno", at(2));
        assert_eq!(notes.claim.as_ref().map(|claim| (claim.by.as_str(), claim.at)), Some(("alba", at(1))));
        assert_eq!(Annotation::Claim.check(&notes, &alba, at(0)), Ok(()), "again is fine");
        let refused = Annotation::Claim.check(&notes, &bruno, at(0)).map_err(|objection| objection.to_string());
        assert!(refused.is_err_and(|said| said.contains("alba") && said.contains("1970-01-01 00:01 UTC")));
        assert_eq!(Annotation::Release.check(&notes, &bruno, at(0)), Ok(()), "a team can take over");
        Annotation::Release.apply(&mut notes, "bruno", at(3));
        assert_eq!(Annotation::Claim.check(&notes, &bruno, at(0)), Ok(()));
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
        assert_eq!(Annotation::Release.check(&notes, &person, at(0)), Err(Objection::NotOfTheDesk));
        let operator = Caller::operator();
        for rule in ["", "  ", "DOC\u{1b}[2J", &"x".repeat(201)] {
            assert_eq!(
                verdict(rule, Verdict::Right).check(&notes, &operator, at(0)),
                Err(Objection::NoRule),
                "{rule:?}"
            );
        }
        assert_eq!(verdict("documents.name_mismatch", None).check(&notes, &operator, at(0)), Ok(()));
    }

    fn snooze(until: i64, reason: Option<&str>) -> Annotation {
        Annotation::Snooze { until: at(until), reason: reason.map(Personal::from) }
    }

    #[test]
    fn a_snooze_is_in_force_until_its_time_or_until_somebody_wakes_it() {
        let mut notes = DeskNotes::default();
        snooze(60, Some("asked for a document")).apply(&mut notes, "alba", at(1));
        assert_eq!(notes.snoozed(at(59)).map(|snooze| snooze.by.as_str()), Some("alba"));
        assert_eq!(notes.snoozed(at(60)), None, "its time is over");
        assert!(!snooze(60, Some("asked for a document")).is_news(&notes, "alba"));
        assert!(snooze(90, None).is_news(&notes, "alba") && Annotation::Wake.is_news(&notes, "bruno"));
        snooze(90, None).apply(&mut notes, "bruno", at(2));
        assert_eq!(notes.snoozed(at(60)).map(|snooze| snooze.until), Some(at(90)), "the latest one counts");
        Annotation::Wake.apply(&mut notes, "alba", at(3));
        assert_eq!(notes.snoozed(at(4)), None);
    }

    #[test]
    fn a_snooze_ends_at_a_time_to_come_and_a_reason_is_one_line() {
        let (notes, operator) = (DeskNotes::default(), Caller::operator());
        let check = |annotation: Annotation| annotation.check(&notes, &operator, at(10));
        assert_eq!(check(snooze(11, None)), Ok(()));
        assert_eq!(check(snooze(10, None)), Err(Objection::NoTimeToCome));
        assert_eq!(check(snooze(10 + 367 * 24 * 60, None)), Err(Objection::NoTimeToCome));
        for reason in ["", "two\nlines", "\u{1b}]0;title", &"x".repeat(501)] {
            assert_eq!(check(snooze(11, Some(reason))), Err(Objection::NoReason), "{reason:?}");
        }
    }

    #[test]
    fn notes_stand_in_their_order_and_people_take_back_their_own() {
        let note = |text: &str| Annotation::Note { text: text.into() };
        let (alba, bruno) = (Caller::operator().named("alba"), Caller::operator().named("bruno"));
        let mut notes = DeskNotes::default();
        note("called\nno answer").apply(&mut notes, "alba", at(1));
        note("called").apply(&mut notes, "bruno", at(2));
        let words: Vec<&str> = notes.notes.iter().map(|note| note.text.reveal()).collect();
        assert_eq!(words, ["called\nno answer", "called"]);
        let back = Annotation::DropNote { at: at(1) };
        assert_eq!(back.check(&notes, &bruno, at(3)), Err(Objection::NotTheirNote("bruno".to_owned())));
        assert_eq!(back.check(&notes, &alba, at(3)), Ok(()));
        back.apply(&mut notes, "alba", at(3));
        assert_eq!(notes.last_note_of("alba"), None);
        assert_eq!(notes.last_note_of("bruno").map(|note| note.at), Some(at(2)));
        for nothing in ["", " \n ", "bell\u{7}", &"x".repeat(4_001)] {
            assert_eq!(note(nothing).check(&notes, &alba, at(3)), Err(Objection::NoNote), "{nothing:?}");
        }
    }

    #[test]
    fn what_people_wrote_does_not_stand_in_debug_output() {
        let said = format!("{:?}{:?}", Annotation::Note { text: "Alba Muestra".into() }, snooze(1, Some("Alba")));
        assert!(!said.contains("Alba"), "{said}");
    }
}
