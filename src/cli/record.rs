//! `record`: the outcome of a step, as JSON from a file or standard input.

use super::{Desk, Failure, Output, args::RecordArguments, input};
use crate::{
    model::{Evidence, RegistrationId},
    wire,
};

/// Longest evidence that is read, bytes: an outcome is small, and images do not belong into it.
const MAX_BYTES: u64 = 1024 * 1024;

/// Hands it in and prints where the registration stands.
pub async fn run(arguments: &RecordArguments, desk: &Desk, output: &mut Output) -> Result<(), Failure> {
    let evidence = parse(&input::text(&arguments.evidence, MAX_BYTES, "evidence holds no images")?)?;
    let kind = evidence.step();
    let id = RegistrationId::new(&arguments.id);
    let registration = desk.backend.record(&id, evidence, &desk.operator).await?;
    if arguments.json {
        let judgement = desk.judged_alone(&registration);
        return output.json(&wire::masked_object(&registration, &judgement, desk.mask().0));
    }
    let step = registration.step(&kind);
    let state = step.map(|step| step.state.to_string()).unwrap_or_default();
    output.line(&format!("{}  {}  {kind} {state}", registration.id, registration.status))
}

fn parse(text: &str) -> Result<Evidence, Failure> {
    serde_json::from_str(text).map_err(|error| {
        let reason = without_values(&error.to_string());
        let example = "for example {\"step\": \"face_comparison\", \"score\": 0.91}";
        Failure::Usage(format!("the evidence cannot be read: {reason}; {example}"))
    })
}

/// What the parser says, without the texts it saw: they may be personal. Names in back-ticks are ours or keys.
fn without_values(message: &str) -> String {
    let mut shown = String::with_capacity(message.len());
    let mut characters = message.chars();
    while let Some(character) = characters.next() {
        if character != '"' {
            shown.push(character);
            continue;
        }
        shown.push('…');
        // Quotes inside a text are written with a backslash before them.
        while let Some(hidden) = characters.next().filter(|hidden| *hidden != '"') {
            if hidden == '\\' {
                characters.next();
            }
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::parse;

    #[test]
    fn a_mistake_in_evidence_names_the_place_but_not_the_value() {
        let shown = parse(r#"{"step": "face_comparison", "score": "Ana \" Muestra"}"#).unwrap_err().to_string();
        assert!(!shown.contains("Ana") && shown.contains("f64"), "{shown}");
        let shown = parse("{\"step\": \"face_comparison\",\n \"score\" 1}").unwrap_err().to_string();
        assert!(shown.contains("line 2"), "{shown}");
        let shown = parse(r#"{"step": "palm_reading"}"#).unwrap_err().to_string();
        assert!(shown.contains("biometric_verification"), "{shown}");
    }
}
