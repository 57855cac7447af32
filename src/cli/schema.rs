//! `schema`: what the JSON of the other commands looks like, for whoever reads it with a program.

use serde_json::{Map, Value, json};

use super::{Failure, Output};

/// A JSON Schema with a definition for each command, kept by hand: much of what is printed is put together key by key.
const SCHEMA: &str = include_str!("../../assets/schema.json");

/// The commands whose JSON is described.
pub const COMMANDS: [&str; 18] = [
    "list", "show", "create", "record", "sync", "decide", "claim", "note", "resend", "import", "check", "flags",
    "insights", "projects", "flows", "views", "doctor", "watch",
];

/// Prints the schema of one command, or of all together.
pub fn run(command: Option<&str>, output: &mut Output) -> Result<(), Failure> {
    let Some(command) = command else { return output.written(SCHEMA) };
    let document: Value = serde_json::from_str(SCHEMA).map_err(|error| Failure::io("the schema")(error.into()))?;
    output.json(&alone(&document, command))
}

/// The schema of one command with the definitions that it needs.
fn alone(document: &Value, command: &str) -> Value {
    let mut needed = Map::new();
    collect(document, command, &mut needed);
    json!({
        "$schema": document["$schema"],
        "title": format!("What regdesk {command} prints as JSON"),
        "$ref": format!("#/$defs/{command}"),
        "$defs": needed,
    })
}

/// Collects a definition and all that it refers to.
fn collect(document: &Value, name: &str, needed: &mut Map<String, Value>) {
    let definition = &document["$defs"][name];
    if needed.contains_key(name) {
        return;
    }
    needed.insert(name.to_owned(), definition.clone());
    for name in references(definition) {
        collect(document, name, needed);
    }
}

/// The names of the definitions that a part of a schema refers to.
fn references(part: &Value) -> Vec<&str> {
    match part {
        Value::Object(keys) => {
            let own = keys.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix("#/$defs/"));
            own.into_iter().chain(keys.values().flat_map(references)).collect()
        }
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}
