//! `resend`: a fresh link for an unfinished registration.

use secrecy::ExposeSecret;
use serde_json::json;

use super::{Desk, Failure, Output, args::ResendArguments, notice};
use crate::{backend::ResendRequest, model::RegistrationId};

/// Issues it and prints it: the link is what was asked for, and it is shown this once.
pub async fn run(arguments: &ResendArguments, desk: &Desk, output: &mut Output) -> Result<(), Failure> {
    let id = RegistrationId::new(&arguments.id);
    let request = ResendRequest { send_email: arguments.email };
    let resent = desk.backend.resend(&id, request, &desk.operator).await?;
    let link = resent.link.as_ref().or(resent.token.as_ref()).map(ExposeSecret::expose_secret);
    if arguments.json {
        return output.json(&json!({
            "id": id,
            "link": link,
            "expiresAt": resent.expires_at,
            "emailSent": resent.email_sent,
        }));
    }
    if let Some(link) = link {
        output.line(link)?;
        output.flush()?;
    }
    if let Some(expires_at) = resent.expires_at {
        notice(&format!("the link works until {}", super::clock_time(expires_at)));
    }
    match resent.email_sent {
        Some(true) => notice("it was sent by e-mail"),
        Some(false) => notice("it was not sent by e-mail"),
        None => {}
    }
    Ok(())
}
