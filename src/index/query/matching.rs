//! Whether an entry is what a query asks for.

use super::{
    Clause, Condition, FlagTest, NumberField, Owner, Query, TextField, TimeField, values::Compare, values::Span,
    values::When,
};
use crate::{
    index::Entry,
    model::{Personal, Registration, StepKind, Timestamp},
    triage::{country, names::fold_text},
};

/// Fewer digits than this in a word are no part of a number written with separators.
const SHORTEST_NUMBER: usize = 3;

impl Query {
    /// Whether an entry meets every condition. Judged as of the index's last judgement, ages as of `now`.
    pub fn matches(&self, entry: &Entry, now: Timestamp) -> bool {
        self.clauses.iter().all(|clause| clause.holds(entry, now))
    }
}

impl Clause {
    fn holds(&self, entry: &Entry, now: Timestamp) -> bool {
        self.condition.holds(entry, now) != self.negated
    }
}

impl Condition {
    fn holds(&self, entry: &Entry, now: Timestamp) -> bool {
        let registration = entry.registration.as_ref();
        let judgement = &entry.judgement;
        match self {
            Self::Words(words) => words.iter().any(|word| has_word(entry.haystack.reveal(), word)),
            Self::Fuzzy(words) => words.iter().any(|word| is_fuzzy_match(entry, word)),
            Self::Status(statuses) => statuses.contains(&registration.status),
            Self::Step(steps) => steps.contains(entry.step()),
            Self::Project(values) => {
                let project = &registration.project;
                is_called(&project.id, project.name.as_deref(), values)
            }
            Self::Flow(values) => is_called(&registration.flow.id, registration.flow.name.as_deref(), values),
            Self::Flag(tests) => judgement.flags.iter().any(|flag| {
                tests.iter().any(|test| match test {
                    FlagTest::AtLeast(severity) => flag.severity >= *severity,
                    FlagTest::Category(category) => flag.category == *category,
                    FlagTest::Rule(rule) => flag.rule.eq_ignore_ascii_case(rule),
                })
            }),
            Self::Stuck(reasons) => {
                judgement.stuck.as_ref().is_some_and(|stuck| reasons.is_empty() || reasons.contains(&stuck.reason))
            }
            Self::Breached => entry.is_breached(),
            Self::Returned => entry.has_returned(),
            Self::Snoozed => entry.is_snoozed(),
            Self::Owner(owners) => owners.iter().any(|owner| owner.has(entry)),
            Self::Turn(turns) => judgement.turn.is_some_and(|turn| turns.contains(&turn)),
            Self::Stage(stages) => judgement.stage.is_some_and(|stage| stages.contains(&stage)),
            Self::Number(field, tests) => {
                field.value(entry).is_some_and(|value| tests.iter().any(|test| test.holds(value)))
            }
            Self::Flips(settings) => settings.iter().any(|setting| setting.flips(registration).is_some()),
            Self::Age(tests) => is_ago(entry.last_move(), now, tests),
            Self::Time(field, tests) => {
                let at = if *field == TimeField::Created { registration.created_at } else { registration.updated_at };
                tests.iter().any(|test| match test {
                    When::Ago(compare) => is_ago(at, now, std::slice::from_ref(compare)),
                    When::On(compare) => compare.holds(at.date_naive()),
                    When::Today => at.date_naive() == now.date_naive(),
                })
            }
            Self::Country(countries) => countries.iter().any(|wanted| is_from(registration, wanted)),
            Self::Text(field, values) => values.iter().any(|value| field.contains(registration, value)),
        }
    }
}

impl Owner {
    fn has(&self, entry: &Entry) -> bool {
        let claim = entry.registration.desk.claim.as_ref();
        match self {
            Self::Me => entry.is_mine(),
            Self::Nobody => claim.is_none(),
            Self::Named(name) => claim.is_some_and(|claim| fold_text(&claim.by).contains(name.as_str())),
        }
    }
}

fn is_ago(at: Timestamp, now: Timestamp, tests: &[Compare<Span>]) -> bool {
    let age = Span((now - at).num_seconds());
    tests.iter().any(|test| test.holds(age))
}

/// Whether a folded word stands in the haystack; a number may be written with other separators.
fn has_word(haystack: &str, word: &str) -> bool {
    if haystack.contains(word) {
        return true;
    }
    let is_number = word.chars().all(|character| character.is_ascii_digit() || "+-() ./".contains(character));
    let digits: String = word.chars().filter(char::is_ascii_digit).collect();
    is_number && digits.len() >= SHORTEST_NUMBER && digits.len() < word.len() && haystack.contains(&digits)
}

/// Whether the letters stand in this order in the name or the e-mail address.
fn is_fuzzy_match(entry: &Entry, word: &str) -> bool {
    let email = entry.registration.contact.email.as_ref().map(|email| fold_text(email.reveal()));
    is_subsequence(entry.name.reveal(), word) || email.is_some_and(|email| is_subsequence(&email, word))
}

fn is_subsequence(text: &str, letters: &str) -> bool {
    let mut text = text.chars();
    letters.chars().filter(|letter| !letter.is_whitespace()).all(|letter| text.any(|character| character == letter))
}

/// Whether something has one of these ids, or one of these texts in its name.
fn is_called(id: &str, name: Option<&str>, values: &[String]) -> bool {
    let name = name.map(fold_text);
    let id = fold_text(id);
    values.iter().any(|value| id == *value || name.as_ref().is_some_and(|name| name.contains(value)))
}

/// Whether the document or the form names the country; where neither does, whether the phone does.
fn is_from(registration: &Registration, wanted: &str) -> bool {
    match country::named(registration).as_slice() {
        [] => {
            let code = registration.contact.country_code.as_deref();
            code.is_some_and(|code| country::has_calling_code(wanted, code))
        }
        named => named.iter().any(|name| name == wanted),
    }
}

impl NumberField {
    /// The number of an entry; `None` where it was not measured, which no comparison matches.
    fn value(&self, entry: &Entry) -> Option<f64> {
        let registration = &entry.registration;
        match self {
            Self::Risk => Some(f64::from(entry.judgement.risk.score)),
            Self::Face => registration.scores.face_compare,
            Self::Liveness => registration.scores.liveness,
            Self::Linked => Some(entry.judgement.links.len() as f64),
            Self::Attempts(Some(kind)) => Some(f64::from(attempts(registration, kind))),
            Self::Attempts(None) => {
                let most = registration.steps.iter().map(|step| attempts(registration, &step.kind)).max();
                Some(f64::from(most.unwrap_or(0)))
            }
        }
    }
}

fn attempts(registration: &Registration, kind: &StepKind) -> u32 {
    registration.step(kind).map_or(0, |step| step.attempts).max(registration.counted_failures(kind))
}

impl TextField {
    fn contains(self, registration: &Registration, wanted: &str) -> bool {
        let contact = &registration.contact;
        let has = |text: Option<&Personal>| text.is_some_and(|text| fold_text(text.reveal()).contains(wanted));
        match self {
            Self::Id => fold_text(registration.id.as_str()).contains(wanted),
            Self::Name => has(registration.name()),
            Self::Email => has(contact.email.as_ref()),
            Self::Phone => contact.phone.as_ref().is_some_and(|phone| {
                let code = contact.country_code.as_deref().unwrap_or_default();
                let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
                let wanted = digits(wanted);
                !wanted.is_empty() && digits(&format!("{code}{}", phone.reveal())).contains(&wanted)
            }),
        }
    }
}
