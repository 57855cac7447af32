//! `[reasons.CODE]`: reasons for decisions, added to the built-in ones, changed or switched off.

use std::borrow::Cow;

use toml::de::{DeTable, DeValue};

use super::{
    Mistake, Place,
    section::{Found, Reading, Section, type_in_words},
};
use crate::{
    model::{Decision, LONGEST_REASON_CODE, is_reason_code},
    triage::{Reason, Reasons},
};

/// The built-in reasons with what the table says over them.
pub(super) fn reasons_of(table: &DeTable<'_>, reading: &mut Reading<'_>) -> Reasons {
    let mut reasons = Reasons::default();
    // The table is in the order of its keys, not of its lines.
    let mut last_removed: Option<usize> = None;
    for (code, value) in table {
        let place = reading.place(code.span().start);
        match change_of(code.get_ref(), value.get_ref(), &place, &reasons, reading) {
            Some(Change::Put(reason)) => reasons.put(reason),
            Some(Change::Remove) => {
                reasons.remove(code.get_ref());
                last_removed = last_removed.max(Some(code.span().start));
            }
            None => {}
        }
    }
    let bare = Decision::ALL.into_iter().find(|decision| reasons.of(*decision).next().is_none());
    if let (Some(decision), Some(offset)) = (bare, last_removed) {
        let message = format!("this leaves no reason to {decision}; keep one, or add one of your own");
        reading.mistakes.push(Mistake::new(reading.place(offset), message).with_key("reasons"));
    }
    reasons
}

/// What one table of a reason comes to.
enum Change {
    Put(Reason),
    Remove,
}

fn change_of(
    code: &str,
    value: &DeValue<'_>,
    place: &Place,
    known: &Reasons,
    reading: &mut Reading<'_>,
) -> Option<Change> {
    let path = format!("reasons.{code}");
    if !is_reason_code(code) {
        let message = format!(
            "the code of a reason is a lower-case letter followed by such letters, digits and `_`, at most \
             {LONGEST_REASON_CODE} characters"
        );
        reading.mistakes.push(Mistake::new(place.clone(), message).with_key(path));
        return None;
    }
    let Some(table) = value.as_table() else {
        let message = format!("must be a table: [reasons.{code}], not {}", type_in_words(value));
        reading.mistakes.push(Mistake::new(place.clone(), message).with_key(path));
        return None;
    };
    let mut section = Section::new(table, path);
    let decisions = decisions_of(&mut section, reading);
    let label = section.text(reading, "label").map(|found| Cow::Owned(found.value));
    let needs_note = section.switch(reading, "note").map(|found| found.value);
    let enabled = section.switch(reading, "enabled").is_none_or(|found| found.value);
    let written = (section.has_any(&["for"]), section.has_any(&["label"]));
    let (path, code) = (section.path_of("for"), code.to_owned());
    section.finish(reading);
    let built_in = known.get(&code);
    match (enabled, built_in) {
        (false, _) => Some(Change::Remove),
        (true, Some(built_in)) => Some(Change::Put(Reason {
            code: Cow::Owned(code),
            decisions: decisions.unwrap_or_else(|| built_in.decisions.clone()),
            label: label.unwrap_or_else(|| built_in.label.clone()),
            needs_note: needs_note.unwrap_or(built_in.needs_note),
        })),
        (true, None) if written != (true, true) => {
            let message = "a reason of your own needs `for`, for example [\"reject\"], and a `label`";
            let codes = known.all().iter().map(|reason| reason.code.as_ref());
            let mistake = Mistake::new(place.clone(), message).with_nearest(&code, codes);
            reading.mistakes.push(mistake.with_key(path));
            None
        }
        // What is written wrongly was complained about above.
        (true, None) => Some(Change::Put(Reason {
            code: Cow::Owned(code),
            decisions: decisions?,
            label: label?,
            needs_note: needs_note.unwrap_or(false),
        })),
    }
}

fn decisions_of(section: &mut Section<'_>, reading: &mut Reading<'_>) -> Option<Cow<'static, [Decision]>> {
    let Found { value, place } = section.texts(reading, "for", "[\"approve\", \"reject\", \"review\"]")?;
    let known = |word: &str| Decision::ALL.into_iter().find(|decision| decision.as_str() == word);
    let decisions: Vec<Decision> = value.iter().filter_map(|word| known(word)).collect();
    let wrong = value.iter().find(|word| known(word).is_none());
    if wrong.is_none() && !decisions.is_empty() {
        return Some(Cow::Owned(decisions));
    }
    let words = Decision::ALL.map(Decision::as_str);
    let mistake = Mistake::new(place, format!("must list one or more of {}", words.join(", ")));
    let mistake = mistake.with_nearest(wrong.map_or("", String::as_str), words);
    reading.mistakes.push(mistake.with_key(section.path_of("for")));
    None
}
