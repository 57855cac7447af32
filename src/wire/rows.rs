//! Registrations as lines of text: JSON or comma-separated values, open or masked. What `list`, `export` and the
//! console write.

use chrono::SecondsFormat;
use serde_json::Value;

use super::{encode_overview, masking};
use crate::{
    model::{Contact, Personal, Registration, Timestamp},
    text,
    triage::{Judgement, Stage},
};

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowFormat {
    /// One JSON object a line.
    Ndjson,
    /// Comma-separated values with a header; cells that a spreadsheet would compute are defused.
    Csv,
}

impl RowFormat {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::Ndjson, Self::Csv];

    /// The word on the command line, and the ending of a file's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
        }
    }

    /// What stands before the first row, with its end of line.
    pub fn head(self) -> String {
        match self {
            Self::Ndjson => String::new(),
            Self::Csv => text::csv_line(CSV_HEADER) + "\n",
        }
    }

    /// One registration, with its end of line. Masked, it names nobody.
    pub fn row(self, registration: &Registration, judgement: &Judgement, masked: bool) -> String {
        match self {
            Self::Ndjson => text::escaped_json(masked_object(registration, judgement, masked).to_string()) + "\n",
            Self::Csv => {
                let cells = csv_cells(registration, judgement, masked);
                text::csv_line(cells.iter().map(String::as_str)) + "\n"
            }
        }
    }
}

/// The object of a registration on many lines, for people. Masked, it names nobody.
pub fn printed(registration: &Registration, judgement: &Judgement, masked: bool) -> String {
    let object = masked_object(registration, judgement, masked);
    // An object of ours always prints.
    text::escaped_json(serde_json::to_string_pretty(&object).unwrap_or_default())
}

/// A registration in our own words, open or masked.
pub fn masked_object(registration: &Registration, judgement: &Judgement, masked: bool) -> Value {
    let mut object = encode_overview(registration, judgement);
    if masked && let Value::Object(object) = &mut object {
        masking::mask(object);
    }
    object
}

/// The columns of comma-separated values, in their order.
pub const CSV_HEADER: [&str; 21] = [
    "id",
    "status",
    "current_step",
    "project",
    "flow",
    "name",
    "email",
    "phone",
    "language",
    "created_at",
    "updated_at",
    "completed_at",
    "risk",
    "flags",
    "stuck",
    "turn",
    "next_action",
    "stage",
    "stuck_seconds",
    "limit_seconds",
    "command",
];

fn csv_cells(registration: &Registration, judgement: &Judgement, masked: bool) -> [String; 21] {
    let time = |time: Timestamp| time.to_rfc3339_opts(SecondsFormat::AutoSi, true);
    let shown = |value: &Personal| if masked { value.masked() } else { value.reveal().to_owned() };
    let word = |text: &str| if masked { masking::word(text) } else { text.to_owned() };
    let named = |name: &Option<String>, id: &String| name.clone().unwrap_or_else(|| id.clone());
    let stuck = judgement.stuck.as_ref();
    let flags: Vec<&str> = judgement.flags.iter().map(|flag| flag.rule.as_ref()).collect();
    [
        registration.id.to_string(),
        word(registration.status.as_str()),
        registration.current_step.as_ref().map(|step| word(step.as_str())).unwrap_or_default(),
        named(&registration.project.name, &registration.project.id),
        named(&registration.flow.name, &registration.flow.id),
        registration.name().map(shown).unwrap_or_default(),
        registration.contact.email.as_ref().map(shown).unwrap_or_default(),
        phone(&registration.contact, shown),
        registration.contact.language.clone().unwrap_or_default(),
        time(registration.created_at),
        time(registration.updated_at),
        registration.completed_at.map(|moment| time(moment.at)).unwrap_or_default(),
        judgement.risk.score.to_string(),
        flags.join(" "),
        stuck.map_or("", |stuck| stuck.reason).to_owned(),
        stuck.map_or("", |stuck| stuck.turn.as_str()).to_owned(),
        stuck.map(|stuck| stuck.next_action.to_string()).unwrap_or_default(),
        judgement.stage.map_or("", Stage::as_str).to_owned(),
        stuck.map(|stuck| stuck.age_seconds.to_string()).unwrap_or_default(),
        stuck.map(|stuck| stuck.limit_seconds.to_string()).unwrap_or_default(),
        stuck.and_then(|stuck| stuck.command_line(&registration.id)).unwrap_or_default(),
    ]
}

fn phone(contact: &Contact, shown: impl Fn(&Personal) -> String) -> String {
    match &contact.phone {
        Some(phone) => format!("{} {}", contact.country_code.as_deref().unwrap_or_default(), shown(phone)),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use chrono::DateTime;
    use serde_json::json;

    use super::{RowFormat, printed};
    use crate::{
        model::{AccessEntry, Attempt, Note, Registration, StepKind},
        triage::Judgement,
        wire::samples,
    };

    #[test]
    fn nothing_that_names_a_person_is_left_in_what_is_masked() {
        let mut person = Registration::new("reg_1".into(), DateTime::UNIX_EPOCH);
        person.contact.full_name = Some("Alba Muestra".into());
        person.contact.email = Some("person1@example.com".into());
        person.contact.phone = Some("2025550143".into());
        person.extra.insert("customer".to_owned(), json!({ "name": "Alba Muestra", "card": 4_111 }));
        person.extra.insert("nickname".to_owned(), json!("Alba"));
        let note = Note { text: "Alba called".into(), by: "ines".to_owned(), at: DateTime::UNIX_EPOCH };
        person.desk.notes.push(note);
        person.failed_attempts.push(Attempt {
            step: StepKind::Form,
            at: None,
            reason: Some("Alba did not understand".to_owned()),
            counts: true,
            score: None,
            document_number: None,
        });
        person.access_log.push(AccessEntry {
            at: None,
            actor: "Alba at the desk".to_owned(),
            ip: None,
            action: "retrieve".to_owned(),
            outcome: "denied".to_owned(),
            reason: Some("write to alba@example.com, Muestra".to_owned()),
        });
        let judgement = Judgement::default();
        let all = |masked| {
            let rows = RowFormat::ALL.map(|format| format.row(&person, &judgement, masked)).concat();
            rows + &printed(&person, &judgement, masked)
        };
        assert_eq!(all(false).matches("Alba Muestra").count(), 5);
        for word in ["Alba", "Muestra", "person1", "4111", "2025550143"] {
            assert!(!all(true).contains(word), "{word}");
        }
        assert!(all(true).contains("\"id\":\"reg_1\"") && all(true).contains("reg_1,started"));
    }

    #[test]
    fn a_row_is_one_line_whatever_it_holds() {
        let mut person = samples::full();
        person.contact.full_name = Some("=A\n\"B\",\u{1b}[31m".into());
        for format in RowFormat::ALL {
            let row = format.row(&person, &Judgement::default(), false);
            assert_eq!((row.lines().count(), row.ends_with('\n')), (1, true), "{row}");
            assert!(!row.contains('\u{1b}'), "{row}");
        }
        assert_eq!(RowFormat::Csv.head().split(',').count(), 21);
        assert_eq!(RowFormat::Ndjson.head(), "");
        assert!(RowFormat::Csv.row(&person, &Judgement::default(), false).contains("\"'=A"));
    }
}
