//! Taking over a registration from elsewhere, as it stands there.

use super::create::check_texts;
use super::draft::Draft;
use super::{Event, Fact, Refusal, apply};
use crate::model::{Registration, Timestamp};

/// Longest id, characters. Our own choice: ids of services have 24 to 36.
const ID_LIMIT: usize = 200;

/// Takes over a registration with its history as told: times, status and evidence stay what they are, even a status
/// word that nobody here knows. Its tokens and codes stay behind. Versions count from 1 again.
pub(super) fn import(registration: &Registration, now: Timestamp) -> Result<Draft, Refusal> {
    if registration.id.as_str().trim().is_empty() {
        return Err(Refusal::invalid("id", "A registration needs an id to be taken over."));
    }
    if registration.id.as_str().chars().count() > ID_LIMIT {
        return Err(Refusal::invalid("id", format!("The id is longer than {ID_LIMIT} characters.")));
    }
    check_texts(&registration.contact)?;
    if registration.created_at > now {
        return Err(Refusal::invalid("createdAt", "A registration that begins in the future cannot be taken over."));
    }
    let event = Event { at: now, fact: Fact::Imported(Box::new(registration.clone())) };
    let Some(state) = apply(None, &event) else {
        return Err(Refusal::conflict("Conflict", "The registration could not be taken over."));
    };
    let mut draft = Draft::of(state, now);
    draft.events.push(event);
    Ok(draft)
}
