//! Taking an error answer apart. The service answers with fourteen envelopes, the same operation with several of them.

use serde_json::{Map, Value};

use super::{
    fields::{Fields, Ref},
    reasons,
};
use crate::model::fold_word;

/// Codes that say no more than the HTTP status: the reason is in the message.
const GENERIC_CODES: &[&str] = &[
    "conflict",
    "not_found",
    "forbidden",
    "unauthorized",
    "missing_parameter",
    "precondition_failed",
    "unprocessable_entity",
    "bad_request",
    "internal_server_error",
    "method_not_allowed",
    "too_many_requests",
    "locked",
    "timeout",
    "error",
];

/// Longest symbol that is taken for one.
const LONGEST_SYMBOL: usize = 80;

/// What an error answer says, whatever its shape.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Envelope {
    /// The symbol for the reason, as the source spells it: `AppRegistration_not_found`, `token_expired`, …
    pub(super) symbol: Option<String>,
    /// The code beside it, where that says no more than the status.
    pub(super) generic: Option<String>,
    /// Words for people, unclean.
    pub(super) text: Option<String>,
    /// The text is a whole sentence meant for people.
    pub(super) is_sentence: bool,
    /// The field at fault, as the source spells it.
    pub(super) field: Option<String>,
    /// A number that came with the reason: the score of a liveness check.
    pub(super) score: Option<f64>,
}

impl Envelope {
    /// Reads the JSON body of an error answer.
    pub(super) fn read(body: &Value) -> Self {
        let Value::Object(top) = body else { return Self::default() };
        // The face engine's errors are passed on inside `data`.
        match top.get("data") {
            Some(Value::Object(inner)) if inner.contains_key("code") || inner.contains_key("message") => {
                Self::of(inner.clone())
            }
            _ => Self::of(top.clone()),
        }
    }

    fn of(object: Map<String, Value>) -> Self {
        let mut fields = Fields::from(object);
        let code = fields.text("code");
        let message = fields.text("message");
        let error = match fields.reference("error") {
            Ref::Object(mut nested) => nested.text("message"),
            Ref::Id(text) => Some(text),
            _ => None,
        };
        let sentence = fields.text("detail");
        let (field, field_text) = first_detail(fields.list("details").or_else(|| fields.list("detail")));
        let (generic, code) = match code {
            Some(code) if is_generic(&code) => (Some(code), None),
            code => (None, code),
        };
        let (message, score) = message.as_deref().map(reason_and_score).unzip();
        let symbol = code.or_else(|| message.clone().filter(|message| is_symbol(message)));
        let words = error.or(message).or_else(|| fields.text("validationError")).or(field_text);
        Self {
            is_sentence: sentence.is_some(),
            text: sentence.or(words),
            symbol: symbol.filter(|symbol| is_symbol(symbol)),
            generic,
            field,
            score: score.flatten(),
        }
    }

    /// The symbol and the words, folded for comparison.
    pub(super) fn reasons(&self) -> Vec<String> {
        [&self.symbol, &self.generic, &self.text].into_iter().flatten().map(|reason| fold_word(reason)).collect()
    }
}

/// A message without the status before it and the score behind it. Any other `@` is part of the text.
fn reason_and_score(message: &str) -> (String, Option<f64>) {
    let reason = reasons::without_status(message);
    let scored = reason.split_once('@').and_then(|(reason, score)| Some((reason, score.trim().parse().ok()?)));
    match scored {
        Some((reason, score)) => (reason.trim().to_owned(), Some(score)),
        None => (reason.to_owned(), None),
    }
}

fn first_detail(details: Option<Vec<Value>>) -> (Option<String>, Option<String>) {
    let Some(mut detail) = details.and_then(|details| details.into_iter().find_map(Fields::of)) else {
        return (None, None);
    };
    (detail.text("field"), detail.text("message").or_else(|| detail.text("msg")))
}

fn is_generic(code: &str) -> bool {
    let folded = fold_word(code);
    GENERIC_CODES.iter().any(|generic| *generic == folded || generic.replace('_', "") == folded)
}

fn is_symbol(text: &str) -> bool {
    text.len() <= LONGEST_SYMBOL
        && text.len() > 2
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
