//! Which events webhooks are told of, and under which names.

use super::{Event, Fact, State};
use crate::backend::Channel;
use crate::model::{Status, StepKind, StepState};

/// The names of what an event is announced as, without what stands before their module; none for what is nobody
/// else's business. `before` is what the registration was, if it was there.
pub fn announcements(before: Option<&State>, event: &Event, after: &State) -> Vec<String> {
    let checks = before.map(|state| &state.registration.checks);
    let names: &[&str] = match &event.fact {
        Fact::Created(_) => &["app_registration_created"],
        Fact::FormSubmitted { .. } => &["app_registration_sync_sign_up_form"],
        Fact::InstructionsRead => &["app_registration_sync_instructions"],
        Fact::BasicInformationGiven { .. } => &["app_registration_sync_basic_information"],
        Fact::CustomFormSubmitted { .. } => &["app_registration_sync_form"],
        Fact::CodeSent { channel, .. } => {
            let code = checks.and_then(|checks| match channel {
                Channel::Email => checks.email.as_ref(),
                Channel::Phone => checks.phone.as_ref(),
            });
            return vec![of_code(*channel, if code.is_some() { "resend" } else { "created" })];
        }
        Fact::CodeAccepted { channel } => return vec![of_code(*channel, "validated")],
        // The service spells it so.
        Fact::CodeMistyped { channel } => return vec![of_code(*channel, "otp_incorect")],
        Fact::CodeDied { channel } => return vec![of_code(*channel, "expired")],
        Fact::DocumentChecked { document } => match &document.state {
            StepState::Review => &["document_validation_created", "document_validation_manual_verification_required"],
            _ => &["document_validation_created"],
        },
        Fact::LivenessChecked { liveness } if liveness.state == StepState::Completed => {
            &["biometric_validation_validated"]
        }
        Fact::LivenessChecked { .. } => &["biometric_validation_new"],
        Fact::AttemptFailed { attempt } if attempt.step == StepKind::BiometricVerification => {
            &["biometric_validation_liveness_failed"]
        }
        Fact::FacesCompared { .. } => &["face_verification_compare"],
        Fact::BackgroundChecked { .. } => &["information_validation_background_check"],
        Fact::StatusChanged { to, .. } => return vec![format!("app_registration_{}", to.as_str())],
        // A report that leaves the status as it is; one that changes it is announced by what it is now.
        Fact::StepReported { step } if after.registration.status == Status::Ongoing => {
            let step = step.live_name().map(snake);
            return step.map(|step| format!("app_registration_sync_{step}")).into_iter().collect();
        }
        _ => &[],
    };
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn of_code(channel: Channel, what: &str) -> String {
    format!("{}_validation_{what}", channel.as_str())
}

/// `signUpForm` as `sign_up_form`.
fn snake(word: &str) -> String {
    word.chars().fold(String::new(), |mut snake, letter| {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
        snake
    })
}
