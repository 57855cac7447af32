//! Classing error answers: what an operator can do about them, in one or two sentences.
//!
//! The reason is looked at first and the HTTP status second: the service uses 409 for bad input, 403 for wrong codes and
//! expired tokens, and 500 for mistakes of the caller.

use std::time::Duration;

use serde_json::Value;

use super::envelope::Envelope;
use crate::{
    backend::{BackendError, ErrorKind},
    model::{Personal, fold_word},
    text,
};

/// Longest text of a source that goes into a message, columns.
const LONGEST_TEXT: usize = 160;
/// Fewest digits of a number that may be someone's phone or document.
const SHORTEST_PHONE: usize = 7;
/// Longest excerpt of a body that is not JSON, columns.
const LONGEST_EXCERPT: usize = 60;

/// Reasons with a class and a sentence of their own, folded. Others are classed by HTTP status.
const REASONS: &[(&str, Class, &str)] = &[
    ("token_expired", Class::NotSignedIn, EXPIRED_TOKEN),
    ("expired_token", Class::NotSignedIn, EXPIRED_TOKEN),
    ("access_forbidden", Class::NotSignedIn, REFUSED_TOKEN),
    ("authentication_required", Class::NotSignedIn, REFUSED_TOKEN),
    ("access_denied", Class::Forbidden, WRONG_TOKEN),
    ("insufficient_permissions", Class::Forbidden, "The token is not allowed to do this. Use one with more rights."),
    ("otp_does_not_match", Class::WrongCode, WRONG_CODE),
    ("invalid_code", Class::WrongCode, WRONG_CODE),
    ("invalid_otp", Class::WrongCode, WRONG_CODE),
    ("code_expired", Class::Expired, "The code has expired. Send a new one."),
    ("email_validation_has_expired", Class::Expired, "The code has expired. Send a new one."),
    ("phone_validation_has_expired", Class::Expired, "The code has expired. Send a new one."),
    ("max_attempts_exceeded", Class::TooMany, "All attempts are used up. Send a new code, or let a person decide."),
    ("payment_required", Class::NoCredits, NO_CREDITS),
    ("insufficient_credits", Class::NoCredits, NO_CREDITS),
    (
        "app_registration_not_found",
        Class::NotFound,
        "There is no such registration. Check the id, or refresh the list.",
    ),
    ("project_not_found", Class::NotFound, "There is no such project. List them with `regdesk projects`."),
    ("project_flow_not_found", Class::NotFound, "There is no such flow. List them with `regdesk flows`."),
    ("step_not_supported", Class::Invalid("step"), "The remote does not take this step. Report another one."),
    (
        "email_is_registered_already",
        Class::Conflict,
        "This e-mail address is registered already. Open that registration and send its link again.",
    ),
    (
        "phone_is_registered_already",
        Class::Conflict,
        "This phone is registered already. Open that registration and send its link again.",
    ),
    ("email_domain_not_allowed", Class::Invalid("email"), "E-mail addresses of this domain are not allowed here."),
    (
        "sign_up_form_validation_not_passed",
        Class::Conflict,
        "The sign-up form is not complete: something it asks for is not validated yet. Look at the e-mail and phone code.",
    ),
    (
        "cannot_resend_link_for_this_status",
        Class::Conflict,
        "A link can only be sent while the registration is open. Refresh to see where it stands.",
    ),
];

const EXPIRED_TOKEN: &str = "The token has expired. Set a new one and try again.";
const REFUSED_TOKEN: &str = "The remote does not accept the token. Set a valid one of this tenant and try again.";
const WRONG_TOKEN: &str =
    "The token is of the wrong kind for this, or the registration is someone else's. Use the project owner's token.";
const WRONG_CODE: &str = "The code is wrong. Let the person read it again, or send a new one.";
const NO_CREDITS: &str = "The account has no credits left. Its owner has to top it up.";

/// A kind of error, before its particulars.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    NotSignedIn,
    Forbidden,
    WrongCode,
    Expired,
    TooMany,
    NoCredits,
    NotFound,
    /// Bad input, at a known field.
    Invalid(&'static str),
    /// Bad input somewhere.
    Input,
    Conflict,
    Unsupported,
    TimedOut,
    Server,
}

/// Classes an error answer, whatever its envelope. The message says what happened and what to do.
pub fn decode_error(http_status: u16, body: &[u8], retry_after: Option<Duration>) -> BackendError {
    let Ok(json) = serde_json::from_slice::<Value>(body) else {
        return without_json(http_status, body, retry_after);
    };
    let envelope = Envelope::read(&json);
    let known = known_reason(&envelope);
    let class = known.map_or_else(|| class_of(http_status, &envelope), |(class, _)| class);
    let message = match known {
        Some((_, sentence)) if !envelope.is_sentence => with_score(sentence, &envelope),
        _ => sentence(class, http_status, &envelope, retry_after),
    };
    BackendError {
        kind: kind(class, &envelope, retry_after),
        code: envelope.symbol.or(envelope.generic),
        message,
        http_status: Some(http_status),
    }
}

/// The error for an answer that is not JSON although it should be, whatever its status.
pub fn not_json(http_status: u16, body: &[u8]) -> BackendError {
    let what = describe(body);
    let advice = match http_status {
        404 | 405 => "Check the URL of the remote: there may be another service behind it.",
        500.. => "The remote or a proxy before it is in trouble. Try again in a while.",
        _ => "Check the URL of the remote, and whether a proxy or sign-in page stands before it.",
    };
    let message = format!("The remote answered with {what} instead of JSON (HTTP {http_status}). {advice}");
    BackendError { kind: ErrorKind::Server, code: None, message, http_status: Some(http_status) }
}

/// Even without a body that can be read, some statuses say enough.
fn without_json(http_status: u16, body: &[u8], retry_after: Option<Duration>) -> BackendError {
    let mut error = not_json(http_status, body);
    match http_status {
        401 | 407 => {
            error.kind = ErrorKind::NotSignedIn;
            REFUSED_TOKEN.clone_into(&mut error.message);
        }
        429 => {
            error.kind = ErrorKind::TooMany { retry_after };
            error.message = wait(retry_after);
        }
        504 => error.kind = ErrorKind::TimedOut,
        _ => {}
    }
    error
}

fn describe(body: &[u8]) -> String {
    let body = String::from_utf8_lossy(&body[..body.len().min(LONGEST_EXCERPT * 4)]);
    let body = body.trim();
    if body.is_empty() {
        "nothing".to_owned()
    } else if body.starts_with('<') {
        "an HTML page".to_owned()
    } else if body.starts_with(['{', '[']) {
        "text that looks like JSON but is malformed or breaks off".to_owned()
    } else {
        format!("`{}`", text::truncate(body, LONGEST_EXCERPT))
    }
}

fn known_reason(envelope: &Envelope) -> Option<(Class, &'static str)> {
    let reasons = envelope.reasons();
    let known = REASONS.iter().find(|(reason, ..)| reasons.iter().any(|given| given == reason));
    known.map(|(_, class, sentence)| (*class, *sentence))
}

fn class_of(http_status: u16, envelope: &Envelope) -> Class {
    let reasons = envelope.reasons();
    let any = |test: &dyn Fn(&str) -> bool| reasons.iter().any(|reason| test(reason));
    if any(&|reason| reason.ends_with("_has_expired")) {
        return Class::Expired;
    }
    let bad_input =
        envelope.field.is_some() || any(&|reason| reason == "missing_parameter" || reason.starts_with("missing"));
    match http_status {
        401 | 407 => Class::NotSignedIn,
        402 => Class::NoCredits,
        403 => Class::Forbidden,
        404 | 451 => Class::NotFound,
        405 | 501 => Class::Unsupported,
        400 | 413 | 414 | 415 | 422 => Class::Input,
        409 | 412 if bad_input => Class::Input,
        409 | 412 => Class::Conflict,
        410 | 423 | 429 => Class::TooMany,
        408 | 504 => Class::TimedOut,
        _ => Class::Server,
    }
}

fn kind(class: Class, envelope: &Envelope, retry_after: Option<Duration>) -> ErrorKind {
    match class {
        Class::NotSignedIn => ErrorKind::NotSignedIn,
        Class::Forbidden => ErrorKind::Forbidden,
        Class::WrongCode => ErrorKind::WrongCode,
        Class::Expired => ErrorKind::ExpiredThing,
        Class::TooMany => ErrorKind::TooMany { retry_after },
        Class::NoCredits => ErrorKind::NoCredits,
        Class::NotFound => ErrorKind::NotFound,
        Class::Invalid(field) => ErrorKind::Invalid { field: Some(field.to_owned()) },
        Class::Input => ErrorKind::Invalid { field: field(envelope) },
        Class::Conflict => ErrorKind::Conflict,
        Class::Unsupported => ErrorKind::Unsupported,
        Class::TimedOut => ErrorKind::TimedOut,
        Class::Server => ErrorKind::Server,
    }
}

/// The names under which the model's fields stand in the source's texts, most particular first.
const FIELDS: &[(&str, &str)] = &[
    ("countrycode", "country_code"),
    ("projectflow", "flow"),
    ("flowid", "flow"),
    ("fullname", "full_name"),
    ("firstname", "first_name"),
    ("lastname", "last_name"),
    ("email", "email"),
    ("phone", "phone"),
    ("project", "project"),
    ("flow", "flow"),
    ("language", "language"),
    ("limit", "limit"),
    ("page", "page"),
    ("status", "status"),
    ("step", "step"),
    ("image", "image"),
    ("otp", "otp"),
];

/// The field at fault in the model's names: named by the source, else found in its words.
fn field(envelope: &Envelope) -> Option<String> {
    let plain = |text: &str| text.to_lowercase().replace(['_', ' ', '-'], "");
    if let Some(named) = &envelope.field {
        let named_plain = plain(named);
        let known = FIELDS.iter().find(|(name, field)| *name == named_plain || plain(field) == named_plain);
        return Some(
            known.map_or_else(|| fold_word(&text::truncate(named, LONGEST_EXCERPT)), |(_, field)| (*field).to_owned()),
        );
    }
    let words = plain(envelope.text.as_deref()?);
    FIELDS.iter().find(|(name, _)| words.contains(name)).map(|(_, field)| (*field).to_owned())
}

/// What the source says, made harmless, and what to do about it.
fn sentence(class: Class, http_status: u16, envelope: &Envelope, retry_after: Option<Duration>) -> String {
    if envelope.is_sentence
        && let Some(said) = &envelope.text
    {
        return ended(&text::truncate(without_people(said.trim()).as_str(), LONGEST_TEXT * 2));
    }
    let said = envelope.text.as_deref().or(envelope.symbol.as_deref()).map(readable);
    let said = said.unwrap_or_else(|| format!("HTTP {http_status}"));
    match class {
        Class::NotSignedIn => REFUSED_TOKEN.to_owned(),
        Class::Forbidden => format!("The remote forbids this: {said}. Use a token that is allowed to do it."),
        Class::NotFound => format!("The remote has no such thing: {said}. Check the id, or refresh the list."),
        Class::Invalid(_) | Class::Input => {
            format!("The remote does not take this: {said}. Correct it and send again.")
        }
        Class::Conflict => {
            with_score(&format!("The remote refuses this now: {said}. Refresh to see where it stands."), envelope)
        }
        Class::WrongCode => WRONG_CODE.to_owned(),
        Class::Expired => format!("It has run out: {said}. Ask for a new one."),
        Class::TooMany => wait(retry_after),
        Class::NoCredits => NO_CREDITS.to_owned(),
        Class::Unsupported => format!("The remote cannot do this (HTTP {http_status}: {said})."),
        Class::TimedOut => format!("The remote did not finish in time (HTTP {http_status}: {said})."),
        Class::Server => {
            format!("The remote failed (HTTP {http_status}: {said}). Try again in a while, or tell whoever runs it.")
        }
    }
}

fn wait(retry_after: Option<Duration>) -> String {
    match retry_after {
        Some(pause) => format!("Too many requests. Wait {} seconds, then try again.", pause.as_secs().max(1)),
        None => "Too many requests or attempts. Wait a minute, then try again.".to_owned(),
    }
}

/// A source's text on one line: lists of reasons joined, controls made visible, not too long, without a final stop.
fn readable(said: &str) -> String {
    let joined = said.split("\n. ").map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ");
    text::truncate(without_people(&joined).trim_end_matches('.'), LONGEST_TEXT)
}

/// Addresses and numbers of people masked: errors end up in logs and on shared screens.
fn without_people(said: &str) -> String {
    let is_number = |word: &str| {
        word.bytes().filter(u8::is_ascii_digit).count() >= SHORTEST_PHONE
            && word.chars().all(|character| character.is_ascii_digit() || "+-().,".contains(character))
    };
    let mask = |word: &str| {
        if word.contains('@') || is_number(word) { Personal::from(word).masked() } else { word.to_owned() }
    };
    said.split(' ').map(mask).collect::<Vec<_>>().join(" ")
}

fn ended(sentence: &str) -> String {
    if sentence.ends_with(['.', '!', '?', '…']) { sentence.to_owned() } else { format!("{sentence}.") }
}

fn with_score(sentence: &str, envelope: &Envelope) -> String {
    match envelope.score {
        Some(score) if score.is_finite() => format!("{sentence} The score was {score}."),
        _ => sentence.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;

    fn error(status: u16, body: &Value) -> BackendError {
        decode_error(status, body.to_string().as_bytes(), None)
    }

    fn invalid(field: &str) -> ErrorKind {
        ErrorKind::Invalid { field: Some(field.to_owned()) }
    }

    #[test]
    fn a_sentence_of_the_source_is_passed_on_with_the_field_it_names() {
        let error = error(
            409,
            &json!({ "message": "status_not_supported", "code": "MissingParameter", "detail": "`end` cannot ask for started",
                "details": [{ "field": "status", "message": "`end` cannot ask for started" }] }),
        );
        assert_eq!(error.message, "`end` cannot ask for started.");
        assert_eq!(error.kind, invalid("status"));
    }

    #[test]
    fn a_body_that_is_not_json_is_told_as_such_and_not_repeated() {
        let page = decode_error(502, b"<html><body>Bad gateway \x1b[31m</body></html>", None);
        assert_eq!(page.kind, ErrorKind::Server);
        assert!(
            page.message.starts_with("The remote answered with an HTML page instead of JSON (HTTP 502)."),
            "{page}"
        );
        let noise = decode_error(
            500,
            b"upstream \x1b[2Jconnect error or disconnect/reset before headers. reset reason: overflow",
            None,
        );
        assert!(!noise.message.chars().any(char::is_control), "{noise}");
        assert!(noise.message.len() < 250, "{noise}");
        assert!(decode_error(500, b"{\"message\": \"cut", None).message.contains("breaks off"));
        assert!(decode_error(503, b"", None).message.contains("nothing"));
    }

    #[test]
    fn waiting_times_are_said() {
        let error = decode_error(429, b"slow down", Some(Duration::from_secs(7)));
        assert_eq!(error.kind, ErrorKind::TooMany { retry_after: Some(Duration::from_secs(7)) });
        assert!(error.message.contains("Wait 7 seconds"), "{error}");
    }

    #[test]
    fn addresses_and_numbers_of_people_are_masked() {
        let error = error(
            409,
            &json!({ "code": "Conflict", "message": "noor@example.com and +12025550114 are taken, 3 left" }),
        );
        assert!(error.message.contains("n•••@example.com and +••• are taken, 3 left"), "{error}");
    }

    #[test]
    fn a_hostile_message_reaches_nobody_raw() {
        let error = error(409, &json!({ "code": "Conflict", "message": "\u{1b}]0;owned\u{7} ".repeat(200) }));
        assert!(!error.message.chars().any(char::is_control));
        assert!(error.message.chars().count() < 400);
        assert_eq!(error.kind, ErrorKind::Conflict);
    }
}
