//! Which rows are what a query asks for.

use rayon::prelude::*;

use super::{
    Condition, FlagTest, NumberField, Owner, Query, TextField, TimeField, values::Compare, values::Span, values::When,
};
use crate::{
    index::{
        ROWS_AT_ONCE, Row,
        columns::{Columns, FlagKind, Letters, Mark, Named, Origin, Part, Repeating},
    },
    model::{StepKind, Timestamp},
    triage::{country, names::fold_text},
};

/// Fewer digits than this in a word are no part of a number written with separators.
const SHORTEST_NUMBER: usize = 3;
/// While at least this share of all rows is left, a word is looked up in all texts at once.
const WORTH_A_PASS: usize = 8;

/// Whether a condition holds of a row.
type Test<'a> = Box<dyn Fn(usize) -> bool + Sync + 'a>;

impl Query {
    /// The rows that meet every condition, ascending. Judged as of the index's last judgement, ages as of `now`.
    pub(in crate::index) fn rows(&self, columns: &Columns, now: Timestamp) -> Vec<Row> {
        self.among((0..columns.len()).map(Row::new).collect(), columns, now)
    }

    /// Those of some rows that meet every condition. What costs least is asked first, and what costs more only of the
    /// rows that are left.
    pub(in crate::index) fn among(&self, mut rows: Vec<Row>, columns: &Columns, now: Timestamp) -> Vec<Row> {
        let mut clauses: Vec<_> = self.clauses.iter().collect();
        clauses.sort_by_key(|clause| clause.condition.cost());
        for clause in clauses {
            let test = clause.condition.test(columns, rows.len(), now);
            let holds = |row: &&Row| test(row.place()) != clause.negated;
            let parts = rows.par_chunks(ROWS_AT_ONCE);
            let left: Vec<Vec<Row>> = parts.map(|part| part.iter().filter(holds).copied().collect()).collect();
            rows = left.concat();
        }
        rows
    }
}

impl Condition {
    /// What asking it of a row costs, against others.
    fn cost(&self) -> u8 {
        match self {
            Self::Fuzzy(_) => 3,
            Self::Words(_) | Self::Text(..) => 2,
            Self::Number(..) | Self::Flips(_) | Self::Age(_) | Self::Time(..) => 1,
            _ => 0,
        }
    }

    /// The test of a row, to be asked of so many of them.
    fn test<'a>(&'a self, columns: &'a Columns, among: usize, now: Timestamp) -> Test<'a> {
        match self {
            Self::Words(words) => words_test(words, columns, among),
            Self::Fuzzy(words) => {
                let words: Vec<_> = words.iter().map(|word| (Letters::of(word), word)).collect();
                Box::new(move |row| {
                    let mut possible = words.iter().filter(|(letters, _)| columns.texts.may_spell(row, *letters));
                    possible.any(|(_, word)| is_fuzzy_match(columns, row, word))
                })
            }
            Self::Status(statuses) => by_value(&columns.status, |status| statuses.contains(status)),
            Self::Step(steps) => by_value(&columns.step, |step| steps.contains(step)),
            Self::Project(values) => by_value(&columns.project, |project| is_called(project, values)),
            Self::Flow(values) => by_value(&columns.flow, |flow| is_called(flow, values)),
            Self::Flag(tests) => {
                by_value(&columns.flags, |flags| flags.iter().any(|flag| tests.iter().any(|test| test.holds(flag))))
            }
            Self::Stuck(reasons) => by_value(&columns.stuck, |stuck| {
                stuck.is_some_and(|reason| reasons.is_empty() || reasons.contains(&reason))
            }),
            Self::Turn(turns) => by_value(&columns.turn, |turn| turn.is_some_and(|turn| turns.contains(&turn))),
            Self::Stage(stages) => by_value(&columns.stage, |stage| stage.is_some_and(|stage| stages.contains(&stage))),
            Self::Country(countries) => {
                by_value(&columns.origin, |origin| countries.iter().any(|wanted| is_from(origin, wanted)))
            }
            Self::Breached => Box::new(|row| columns.has(row, Mark::Breached)),
            Self::Returned => Box::new(|row| columns.has(row, Mark::Returned)),
            Self::Snoozed => Box::new(|row| columns.has(row, Mark::Snoozed)),
            Self::Owner(owners) => owner_test(owners, columns),
            Self::Number(field, tests) => field.test(tests, columns),
            Self::Flips(settings) => Box::new(|row| {
                settings.iter().any(|setting| {
                    let in_force = columns.in_force.get(row).of_knob(setting.knob);
                    setting.turns(columns.held(setting.knob, row), in_force).is_some()
                })
            }),
            Self::Age(tests) => Box::new(move |row| is_ago(columns.last_move[row], now, tests)),
            Self::Time(field, tests) => {
                let times = if *field == TimeField::Created { &columns.created } else { &columns.updated };
                Box::new(move |row| tests.iter().any(|test| test.holds_at(times[row], now)))
            }
            Self::Text(field, values) => Box::new(|row| values.iter().any(|value| field.contains(columns, row, value))),
        }
    }
}

/// A test that is asked once for each value of a column.
fn by_value<T: Eq + std::hash::Hash + Clone + Sync>(column: &Repeating<T>, holds: impl Fn(&T) -> bool) -> Test<'_> {
    let table = column.table(holds);
    Box::new(move |row| table[column.code(row)])
}

fn owner_test<'a>(owners: &'a [Owner], columns: &'a Columns) -> Test<'a> {
    let asks_for_mine = owners.contains(&Owner::Me);
    let named = by_value(&columns.owner, |owner| owners.iter().any(|wanted| wanted.is(owner.as_deref())));
    Box::new(move |row| named(row) || (asks_for_mine && columns.has(row, Mark::Mine)))
}

fn words_test<'a>(words: &'a [String], columns: &'a Columns, among: usize) -> Test<'a> {
    if among * WORTH_A_PASS < columns.len() {
        return Box::new(|row| {
            words.iter().any(|word| spellings(word).any(|word| columns.texts.all(row).contains(word.as_ref())))
        });
    }
    let found: Vec<Vec<bool>> =
        words.iter().flat_map(|word| spellings(word)).map(|word| columns.texts.rows_with(&word)).collect();
    Box::new(move |row| found.iter().any(|found| found[row]))
}

/// A folded word; and a number without its separators, which may be written with others.
fn spellings(word: &str) -> impl Iterator<Item = std::borrow::Cow<'_, str>> {
    let is_number = word.chars().all(|character| character.is_ascii_digit() || "+-() ./".contains(character));
    let digits = digits(word);
    let bare = (is_number && digits.len() >= SHORTEST_NUMBER && digits.len() < word.len()).then_some(digits);
    std::iter::once(word.into()).chain(bare.map(Into::into))
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

impl Owner {
    /// Whether this owner is meant; who asks is told by a mark.
    fn is(&self, owner: Option<&str>) -> bool {
        match self {
            Self::Me => false,
            Self::Nobody => owner.is_none(),
            Self::Named(name) => owner.is_some_and(|owner| fold_text(owner).contains(name.as_str())),
        }
    }
}

impl FlagTest {
    fn holds(&self, flag: &FlagKind) -> bool {
        match self {
            Self::AtLeast(severity) => flag.severity >= *severity,
            Self::Category(category) => flag.category == *category,
            Self::Rule(rule) => flag.rule.eq_ignore_ascii_case(rule),
        }
    }
}

impl When {
    fn holds_at(&self, at: Timestamp, now: Timestamp) -> bool {
        match self {
            Self::Ago(compare) => is_ago(at, now, std::slice::from_ref(compare)),
            Self::On(compare) => compare.holds(at.date_naive()),
            Self::Today => at.date_naive() == now.date_naive(),
        }
    }
}

fn is_ago(at: Timestamp, now: Timestamp, tests: &[Compare<Span>]) -> bool {
    let age = Span((now - at).num_seconds());
    tests.iter().any(|test| test.holds(age))
}

/// Whether the letters stand in this order in the name or the e-mail address.
fn is_fuzzy_match(columns: &Columns, row: usize, word: &str) -> bool {
    [Part::Name, Part::Email].into_iter().any(|part| is_subsequence(columns.texts.part(row, part), word))
}

fn is_subsequence(text: &str, letters: &str) -> bool {
    if letters.is_ascii() {
        // A byte of ASCII is a letter by itself wherever it stands, and bytes are found many at a time.
        let mut rest = text.as_bytes();
        return letters.bytes().filter(|letter| !letter.is_ascii_whitespace()).all(|letter| {
            let found = memchr::memchr(letter, rest);
            found.is_some_and(|place| {
                rest = &rest[place + 1..];
                true
            })
        });
    }
    let mut text = text.chars();
    letters.chars().filter(|letter| !letter.is_whitespace()).all(|letter| text.any(|character| character == letter))
}

/// Whether something has one of these ids, or one of these texts in its name.
fn is_called(named: &Named, values: &[String]) -> bool {
    let name = named.name.as_deref().map(fold_text);
    let id = fold_text(&named.id);
    values.iter().any(|value| id == *value || name.as_ref().is_some_and(|name| name.contains(value)))
}

/// Whether the document or the form names the country; where neither does, whether the phone does.
fn is_from(origin: &Origin, wanted: &str) -> bool {
    match origin.named.as_slice() {
        [] => origin.calling_code.as_deref().is_some_and(|code| country::has_calling_code(wanted, code)),
        named => named.iter().any(|name| name == wanted),
    }
}

impl NumberField {
    /// The test of a number; what was not measured is no number, which no comparison matches.
    fn test<'a>(&'a self, tests: &'a [Compare<f64>], columns: &'a Columns) -> Test<'a> {
        let holds = |value: f64| !value.is_nan() && tests.iter().any(|test| test.holds(value));
        match self {
            Self::Risk => Box::new(move |row| holds(f64::from(columns.risk[row]))),
            Self::Face => Box::new(move |row| holds(columns.face[row])),
            Self::Liveness => Box::new(move |row| holds(columns.liveness[row])),
            Self::Linked => Box::new(move |row| holds(f64::from(columns.linked[row]))),
            Self::Attempts(step) => by_value(&columns.attempts, |attempts| {
                let is_meant = |kind: &StepKind| step.as_ref().is_none_or(|step| step == kind);
                let counts = attempts.by_step.iter().filter(|(kind, _)| is_meant(kind)).map(|(_, count)| *count);
                holds(f64::from(counts.max().unwrap_or(0)))
            }),
        }
    }
}

impl TextField {
    fn contains(self, columns: &Columns, row: usize, wanted: &str) -> bool {
        let part = |part| columns.texts.part(row, part);
        match self {
            Self::Id => part(Part::Id).contains(wanted),
            Self::Name => part(Part::Name).contains(wanted),
            Self::Email => part(Part::Email).contains(wanted),
            Self::Phone => {
                let wanted = digits(wanted);
                !wanted.is_empty() && part(Part::Phone).contains(&wanted)
            }
        }
    }
}
