//! What the desk says about a registration, whatever its status.

use super::draft::Draft;
use super::{Fact, Refusal};
use crate::backend::{Annotation, Caller};

/// Nothing happens if it is said already.
pub(super) fn annotate(draft: Draft, annotation: &Annotation, by: &Caller) -> Result<Draft, Refusal> {
    let notes = &draft.state.registration.desk;
    annotation.check(notes, by, draft.at)?;
    if !annotation.is_news(notes, by.who()) {
        return Ok(draft);
    }
    Ok(draft.push(Fact::Annotated { by: by.who().to_owned(), annotation: annotation.clone() }))
}
