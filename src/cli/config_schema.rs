//! `config schema`: what a configuration file may say, for editors that complete and check TOML by a JSON Schema.

use serde_json::{Map, Value, json};

use crate::{
    app::command::COMMANDS,
    config::settings::{Kind, LISTS, RULE, Setting, TABLES},
    triage,
};

/// Tables whose tables are named by whoever writes the file, or by something else than this program's settings.
const NAMED_FREELY: [&str; 5] = ["profiles", "limits", "projects", "reasons", "views"];

/// The schema.
pub fn schema() -> Value {
    let mut properties = settings("");
    for name in ["ui", "theme", "queue"] {
        properties.insert(name.to_owned(), object(&settings(name)));
    }
    let mut put = |name: &str, value: Value| properties.insert(name.to_owned(), value);
    put("profiles", each(&profile()));
    put("rules", object(&rules()));
    put("limits", each(&object(&settings("limits.*"))));
    put(
        "projects",
        each(&object(&Map::from_iter([
            ("rules".to_owned(), object(&rules())),
            ("limits".to_owned(), each(&object(&settings("limits.*")))),
        ]))),
    );
    put("reasons", each(&object(&settings("reasons.*"))));
    put("views", each(&object(&settings("views.*"))));
    let lists = LISTS.iter().map(|(name, about)| ((*name).to_owned(), described(about, one_or_more())));
    put("lists", object(&lists.collect()));
    let keys = COMMANDS.iter().map(|entry| (entry.id.to_owned(), described(entry.help, one_or_more())));
    put("keys", object(&keys.collect()));
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Configuration of regdesk",
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    })
}

fn profile() -> Value {
    let mut webhooks = settings("profiles.*.webhooks");
    webhooks.insert("to".to_owned(), each(&json!({ "type": "string" })));
    let mut profile = settings("profiles.*");
    profile.insert("webhooks".to_owned(), object(&webhooks));
    object(&profile)
}

fn rules() -> Map<String, Value> {
    let rule = |rule: &triage::Rule| {
        let mut keys = Map::from_iter([(RULE.key.to_owned(), property(&RULE))]);
        for number in rule.numbers {
            let about = format!("A number {}; {} without it.", number.range(), number.default);
            keys.insert(number.name.to_owned(), described(&about, json!({ "type": "number", "minimum": 0 })));
        }
        (rule.id.to_owned(), described(rule.name, object(&keys)))
    };
    triage::rules().map(rule).collect()
}

/// The keys of all tables of a name, in which `*` stands for what is named freely.
fn settings(name: &str) -> Map<String, Value> {
    let tables = TABLES.iter().filter(|table| general(table.name) == name);
    tables.flat_map(|table| table.settings).map(|setting| (setting.key.to_owned(), property(setting))).collect()
}

/// The name of a table, with `*` for the part that is named freely.
fn general(name: &str) -> String {
    let mut parts = name.splitn(3, '.');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(first), Some(_), rest) if NAMED_FREELY.contains(&first) => {
            rest.map_or(format!("{first}.*"), |rest| format!("{first}.*.{rest}"))
        }
        _ => name.to_owned(),
    }
}

fn property(setting: &Setting) -> Value {
    let value = match setting.kind {
        Kind::Text | Kind::Span => json!({ "type": "string" }),
        Kind::Texts => json!({ "type": "array", "items": { "type": "string" } }),
        Kind::Switch => json!({ "type": "boolean" }),
        Kind::Whole(most) => json!({ "type": "integer", "minimum": 1, "maximum": most }),
        Kind::Words(words) => json!({ "enum": words }),
        Kind::Color => json!({ "anyOf": [{ "type": "string" }, { "type": "integer", "minimum": 0, "maximum": 255 }] }),
    };
    described(setting.about, value)
}

fn one_or_more() -> Value {
    json!({ "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }] })
}

fn described(about: &str, mut value: Value) -> Value {
    value["description"] = about.into();
    value
}

fn object(properties: &Map<String, Value>) -> Value {
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

fn each(value: &Value) -> Value {
    json!({ "type": "object", "additionalProperties": value })
}
