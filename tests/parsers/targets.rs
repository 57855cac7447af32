//! What each parser is held to, whatever bytes it gets: it answers or refuses, and never panics. Shared by the tests of
//! this folder, which garble samples, and the targets in `fuzz/`, which follow what the samples reach.

use std::path::Path;

use regdesk::{
    cli::import,
    config::Config,
    index::Query,
    keys::Key,
    model::{ReviewNote, Timestamp},
    text,
    triage::{Context, LinkIndex, judge},
    wire,
};
use serde_json::Value;

/// Longest sample that is made, bytes.
pub const LONGEST: usize = 64 * 1024;

/// What a parser is fed to.
pub type Target = fn(&[u8]);

/// Every target by its name, which is also that of its folder in `fuzz/corpus`.
pub const TARGETS: [(&str, Target); 9] = [
    ("answers", answers),
    ("cleaned", cleaned),
    ("configuration", configuration),
    ("errors", errors),
    ("hooks", hooks),
    ("imports", imports),
    ("keys_and_notes", keys_and_notes),
    ("query", query),
    ("registration", registration),
];

/// Answers of a service, whatever was asked.
pub fn answers(bytes: &[u8]) {
    let Ok(body) = wire::parse_body(200, bytes) else { return };
    let _ = wire::decode_list(body.clone());
    let _ = wire::decode_page(body.clone(), 1);
    let _ = wire::decode_pages(&body);
    let _ = wire::decode_created(body.clone());
    let _ = wire::decode_sync_answer(body.clone());
    let _ = wire::decode_resent(body.clone());
    let _ = wire::decode_project(&body);
    let _ = wire::decode_flow(&body);
    let _ = wire::decode_flows_of_project(&body);
    let _ = wire::decode_registration(body);
}

/// Refusals of a service; what is told of them stays short.
pub fn errors(bytes: &[u8]) {
    for status in [400, 404, 409, 429, 500] {
        let error = wire::decode_error(status, bytes, None);
        assert!(error.message.len() < LONGEST, "an error of {} bytes", error.message.len());
    }
}

/// A registration that was read, judged and written again in both dialects.
pub fn registration(bytes: &[u8]) {
    let Ok(body) = serde_json::from_slice::<Value>(bytes) else { return };
    let Ok(registration) = wire::decode_registration(body) else { return };
    let nobody = LinkIndex::default();
    let judgement = judge(&registration, Context::new(&nobody, registration.created_at));
    let _ = wire::encode_overview(&registration, &judgement);
    let _ = wire::masked_object(&registration, &judgement, true);
    let _ = wire::encode_live(&registration, &[]);
}

/// Files that are imported, in each of their formats.
pub fn imports(bytes: &[u8]) {
    let Ok(records) = import::records(bytes, "a file", &[], &[]) else { return };
    for record in records.map_while(Result::ok) {
        let _ = record.value.map(|value| import::registration(wire::payload(value), Timestamp::UNIX_EPOCH));
    }
}

/// Deliveries of webhooks.
pub fn hooks(bytes: &[u8]) {
    let Ok(body) = serde_json::from_slice::<Value>(bytes) else { return };
    let _ = wire::decode_hook(body.clone());
    let _ = wire::decode_logged_hook(body);
}

/// Queries; a mistake lies within the text. What was read is read again from how it is printed.
pub fn query(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match Query::parse(&text) {
        Ok(query) => assert_eq!(Query::parse(&query.to_string()).ok(), Some(query), "of {text:?}"),
        Err(error) => assert!(text.get(error.at.clone()).is_some(), "{:?} is not within {text:?}", error.at),
    }
}

/// Configuration files.
pub fn configuration(bytes: &[u8]) {
    let _ = Config::parse(&String::from_utf8_lossy(bytes), Path::new("/nowhere/config.toml"));
}

/// Keys, and the words that operators leave.
pub fn keys_and_notes(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = Key::parse(&text);
    let _ = ReviewNote::parse(&text);
}

/// Texts on their way to a terminal.
pub fn cleaned(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let clean = text::clean(&text);
    let harm = |character: char| {
        character.is_control() || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    assert!(!clean.chars().any(harm), "{clean:?}");
    assert!(text::width(&text::truncate(&text, 20)) <= 20);
}
