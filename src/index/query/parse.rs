//! Reading a query: every mistake is told at its place, with what was probably meant.

use std::ops::Range;

use super::{
    Clause, Condition, FlagTest, NumberField, Owner, Query, QueryError, TextField, TimeField,
    terms::{BREACHED, ME, NOBODY, RETURNED, SNOOZED, STUCK, TERMS},
    values::{Compare, When, parse_ago, parse_number},
};
use crate::{
    model::{Status, StepKind, fold_word},
    text::nearest,
    triage::{self, REPORTED, Severity, Stage, Turn, country, insights::Setting, names::fold_text},
};

/// One value of a condition.
struct Value {
    text: String,
    quoted: bool,
    at: Range<usize>,
}

impl Value {
    fn error(&self, message: impl Into<String>) -> QueryError {
        QueryError { at: self.at.clone(), message: message.into() }
    }
}

impl Query {
    /// Parses a query. The empty text matches everything.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        let mut reader = Reader { text, position: 0 };
        let mut clauses = Vec::new();
        loop {
            reader.skip_blanks();
            if reader.rest().is_empty() {
                return Ok(Self { clauses });
            }
            clauses.push(reader.clause()?);
        }
    }
}

/// What is left of the text.
struct Reader<'a> {
    text: &'a str,
    position: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.position..]
    }

    fn skip_blanks(&mut self) {
        self.position = self.text.len() - self.rest().trim_start().len();
    }

    fn take(&mut self, character: char) -> bool {
        let found = self.rest().starts_with(character);
        if found {
            self.position += character.len_utf8();
        }
        found
    }

    fn error(&self, from: usize, message: impl Into<String>) -> QueryError {
        QueryError { at: from..self.position, message: message.into() }
    }

    fn clause(&mut self) -> Result<Clause, QueryError> {
        let start = self.position;
        let negated = self.take('-');
        let condition = if self.take('~') {
            let values = self.values(start, "the letters to look for")?;
            Condition::Fuzzy(texts(&values)?)
        } else if let Some((field, at)) = self.field() {
            self.field_condition(&field, at)?
        } else {
            let values = self.values(start, "what must not match")?;
            match values.as_slice() {
                [word] if !word.quoted => bare(&word.text).map_or_else(|| texts(&values).map(Condition::Words), Ok)?,
                words => Condition::Words(texts(words)?),
            }
        };
        Ok(Clause { negated, condition, at: start..self.position })
    }

    /// `word:` at this place, if it stands here.
    fn field(&mut self) -> Option<(String, Range<usize>)> {
        let rest = self.rest();
        let colon = rest.find(|character: char| !(character.is_ascii_alphanumeric() || "._".contains(character)))?;
        if colon == 0 || !rest[colon..].starts_with(':') {
            return None;
        }
        let start = self.position;
        self.position += colon + 1;
        Some((rest[..colon].to_ascii_lowercase(), start..self.position))
    }

    /// Values up to the next blank, separated by commas.
    fn values(&mut self, start: usize, wanted: &str) -> Result<Vec<Value>, QueryError> {
        let mut values = Vec::new();
        loop {
            let value = self.value()?;
            if value.text.trim().is_empty() {
                let place = if values.is_empty() { start } else { value.at.start - 1 };
                let after = if values.is_empty() { "" } else { " after the comma" };
                return Err(self.error(place, format!("a value is missing{after}: {wanted}")));
            }
            values.push(value);
            if !self.take(',') {
                break;
            }
        }
        if self.rest().chars().next().is_some_and(|next| !next.is_whitespace()) {
            let from = self.position;
            self.position += self.rest().chars().next().map_or(0, char::len_utf8);
            return Err(self.error(from, "put a blank or a comma after the closing quote"));
        }
        Ok(values)
    }

    fn value(&mut self) -> Result<Value, QueryError> {
        let start = self.position;
        if self.take('"') {
            return self.quoted_value(start);
        }
        let rest = self.rest();
        let length = rest.find(|character: char| character == ',' || character.is_whitespace()).unwrap_or(rest.len());
        self.position += length;
        Ok(Value { text: rest[..length].to_owned(), quoted: false, at: start..self.position })
    }

    fn quoted_value(&mut self, start: usize) -> Result<Value, QueryError> {
        let mut text = String::new();
        let mut escaped = false;
        for (offset, character) in self.rest().char_indices() {
            match character {
                '"' if !escaped => {
                    self.position += offset + 1;
                    return Ok(Value { text, quoted: true, at: start..self.position });
                }
                '\\' if !escaped => escaped = true,
                other => {
                    escaped = false;
                    text.push(other);
                }
            }
        }
        self.position = self.text.len();
        Err(self.error(start, "the closing quote is missing"))
    }

    fn field_condition(&mut self, field: &str, at: Range<usize>) -> Result<Condition, QueryError> {
        let (name, part) = match field.split_once('.') {
            Some((name, part)) => (name, Some(part)),
            None => (field, None),
        };
        let Some(example) = TERMS.iter().find(|term| term.name == name).map(|term| term.example) else {
            return Err(QueryError { at, message: unknown_term(field) });
        };
        if part.is_some() && name != "attempts" {
            return Err(QueryError { at, message: format!("`{name}` has no parts: say {example}") });
        }
        let values = self.values(at.start, &format!("for example {example}"))?;
        match name {
            "attempts" => {
                let step = part.map(|part| known_step(part, &at)).transpose()?;
                numbers(NumberField::Attempts(step), &values)
            }
            "risk" => numbers(NumberField::Risk, &values),
            "face" => numbers(NumberField::Face, &values),
            "liveness" => numbers(NumberField::Liveness, &values),
            "linked" => numbers(NumberField::Linked, &values),
            "flips" => each(&values, |value| Setting::parse(&value.text).map_err(|error| value.error(error)))
                .map(Condition::Flips),
            "status" => each(&values, status).map(Condition::Status),
            "step" => each(&values, step).map(Condition::Step),
            "project" => texts(&values).map(Condition::Project),
            "flow" => texts(&values).map(Condition::Flow),
            "flag" => each(&values, flag).map(Condition::Flag),
            "stuck" => each(&values, stuck).map(Condition::Stuck),
            "turn" => each(&values, turn).map(Condition::Turn),
            "stage" => each(&values, stage).map(Condition::Stage),
            "owner" => each(&values, owner).map(Condition::Owner),
            "age" => {
                each(&values, |value| parse_ago(&value.text).map_err(|error| value.error(error))).map(Condition::Age)
            }
            "created" => times(TimeField::Created, &values),
            "updated" => times(TimeField::Updated, &values),
            "country" => each(&values, country_name).map(Condition::Country),
            "id" => texts(&values).map(|texts| Condition::Text(TextField::Id, texts)),
            "name" => texts(&values).map(|texts| Condition::Text(TextField::Name, texts)),
            "email" => texts(&values).map(|texts| Condition::Text(TextField::Email, texts)),
            "phone" => texts(&values).map(|texts| Condition::Text(TextField::Phone, texts)),
            _ => Err(QueryError { at, message: unknown_term(field) }),
        }
    }
}

/// The condition of a term without a value.
fn bare(word: &str) -> Option<Condition> {
    match word.to_ascii_lowercase().as_str() {
        STUCK => Some(Condition::Stuck(Vec::new())),
        BREACHED => Some(Condition::Breached),
        RETURNED => Some(Condition::Returned),
        SNOOZED => Some(Condition::Snoozed),
        _ => None,
    }
}

fn unknown_term(field: &str) -> String {
    match nearest(field, TERMS.iter().map(|term| term.name)) {
        Some(term) => format!("there is no term `{field}:`; did you mean `{term}:`?"),
        None => format!("there is no term `{field}:`; to look for the text itself, put it in quotes"),
    }
}

fn each<T>(values: &[Value], read: impl Fn(&Value) -> Result<T, QueryError>) -> Result<Vec<T>, QueryError> {
    values.iter().map(read).collect()
}

/// Folded texts.
fn texts(values: &[Value]) -> Result<Vec<String>, QueryError> {
    each(values, |value| {
        let folded = fold_text(&value.text).trim().to_owned();
        if folded.is_empty() { Err(value.error("there is nothing in this text to look for")) } else { Ok(folded) }
    })
}

fn numbers(field: NumberField, values: &[Value]) -> Result<Condition, QueryError> {
    let read = |value: &Value| Compare::parse(&value.text, parse_number).map_err(|error| value.error(error));
    each(values, read).map(|values| Condition::Number(field, values))
}

fn times(field: TimeField, values: &[Value]) -> Result<Condition, QueryError> {
    each(values, |value| When::parse(&value.text).map_err(|error| value.error(error)))
        .map(|values| Condition::Time(field, values))
}

/// A message for a word that is none of the known ones.
fn not_one_of<'a>(what: &str, word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    match nearest(word, known.iter().copied()) {
        Some(near) => format!("`{word}` is no {what}; did you mean `{near}`?"),
        None => format!("`{word}` is no {what}; known: {}", known.join(", ")),
    }
}

fn status(value: &Value) -> Result<Status, QueryError> {
    match Status::parse(&value.text) {
        // A word that is new to this program can be looked for in quotes.
        Status::Unknown(word) if !value.quoted => {
            Err(value.error(not_one_of("status", &word, Status::ALL.iter().map(Status::as_str))))
        }
        status => Ok(status),
    }
}

fn step(value: &Value) -> Result<StepKind, QueryError> {
    if value.quoted { Ok(StepKind::parse(&value.text)) } else { known_step(&value.text, &value.at) }
}

fn known_step(word: &str, at: &Range<usize>) -> Result<StepKind, QueryError> {
    match StepKind::parse(word) {
        StepKind::Other(word) => {
            let message = not_one_of("step", &word, StepKind::ALL.iter().map(StepKind::as_str));
            Err(QueryError { at: at.clone(), message })
        }
        kind => Ok(kind),
    }
}

/// Whether a word is a flag without quotes: a rule of ours, a severity or a category.
pub(super) fn is_flag(word: &str) -> bool {
    flag(&Value { text: word.to_owned(), quoted: false, at: 0..0 }).is_ok()
}

fn flag(value: &Value) -> Result<FlagTest, QueryError> {
    let word = value.text.as_str();
    if let Some(severity) = Severity::ALL.into_iter().find(|severity| severity.as_str().eq_ignore_ascii_case(word)) {
        return Ok(FlagTest::AtLeast(severity));
    }
    if let Some(rule) = triage::rule(word) {
        return Ok(FlagTest::Rule(rule.id.to_owned()));
    }
    let categories = || triage::rules().map(|rule| rule.category).chain([REPORTED]);
    if let Some(category) = categories().find(|category| category.eq_ignore_ascii_case(word)) {
        return Ok(FlagTest::Category(category));
    }
    if value.quoted {
        return Ok(FlagTest::Rule(word.to_owned()));
    }
    let known = triage::rules().map(|rule| rule.id).chain(Severity::ALL.map(Severity::as_str)).chain(categories());
    let hint = match nearest(word, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "say a rule such as BIO-01, a severity such as high, or a category such as document.".to_owned(),
    };
    Err(value.error(format!("`{word}` is no flag; {hint} A code of the source goes in quotes.")))
}

fn stuck(value: &Value) -> Result<&'static str, QueryError> {
    let known = || triage::WAYS.iter().map(|way| way.id);
    known()
        .find(|id| id.eq_ignore_ascii_case(&value.text))
        .ok_or_else(|| value.error(not_one_of("reason to be stuck", &value.text, known())))
}

fn turn(value: &Value) -> Result<Turn, QueryError> {
    Turn::ALL
        .into_iter()
        .find(|turn| turn.as_str().eq_ignore_ascii_case(&value.text))
        .ok_or_else(|| value.error(not_one_of("turn", &value.text, Turn::ALL.map(Turn::as_str))))
}

fn stage(value: &Value) -> Result<Stage, QueryError> {
    Stage::ALL
        .into_iter()
        .find(|stage| stage.as_str() == fold_word(&value.text))
        .ok_or_else(|| value.error(not_one_of("stage", &value.text, Stage::ALL.map(Stage::as_str))))
}

/// `me` and `none` mean what they say unless they are quoted; anything else is part of a name.
fn owner(value: &Value) -> Result<Owner, QueryError> {
    let folded = fold_text(&value.text).trim().to_owned();
    match folded.as_str() {
        "" => Err(value.error("there is nothing in this text to look for")),
        ME if !value.quoted => Ok(Owner::Me),
        NOBODY if !value.quoted => Ok(Owner::Nobody),
        _ => Ok(Owner::Named(folded)),
    }
}

fn country_name(value: &Value) -> Result<String, QueryError> {
    let name = country::canonical(&value.text);
    if name.is_empty() { Err(value.error("there is nothing in this text to look for")) } else { Ok(name) }
}
