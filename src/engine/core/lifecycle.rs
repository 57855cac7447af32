//! Links, tokens, the end of a lifetime, and who looked.

use super::command::Access;
use super::draft::Draft;
use super::transitions::Cause;
use super::{Digest, Fact, Refusal, codes};
use crate::backend::TokenKind;
use crate::model::{AccessEntry, Status};

/// A fresh link for an unfinished registration. An expired one is reopened for a full lifetime.
pub(super) fn resend(draft: Draft, token: Digest, send_email: bool) -> Result<Draft, Refusal> {
    if send_email && draft.state.registration.contact.email.is_none() {
        return Err(Refusal::invalid("email", "The registration has no e-mail address to send the link to."));
    }
    let draft = match draft.status() {
        status @ (Status::Completed | Status::CompletedWithoutKyc | Status::Failed) => {
            return Err(Refusal::conflict(
                "cannot_resend_link_for_this_status",
                format!("The registration is {status}, so a link would lead nowhere. Reopen it with a decision first."),
            ));
        }
        Status::Expired => draft.move_to(Status::Ongoing, Cause::Resend)?.extend_lifetime(),
        _ => draft,
    };
    Ok(codes::forgive(draft.push(Fact::LinkResent)).issue(token, TokenKind::Continuation))
}

pub(super) fn expire(draft: Draft) -> Result<Draft, Refusal> {
    if !draft.state.is_overdue(draft.at) {
        return Err(Refusal::conflict("not_expired", "The lifetime of the registration is not over."));
    }
    draft.move_to(Status::Expired, Cause::Flow)
}

pub(super) fn note_access(draft: Draft, access: &Access) -> Draft {
    draft.push(Fact::Accessed { entry: entry(access) })
}

fn entry(access: &Access) -> AccessEntry {
    AccessEntry {
        at: None,
        actor: access.actor.as_str().to_owned(),
        ip: access.ip.clone(),
        action: access.action.clone(),
        outcome: if access.denied.is_some() { "denied" } else { "allowed" }.to_owned(),
        reason: access.denied.clone(),
    }
}
