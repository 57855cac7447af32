//! What can be asked of a sync.

use crate::model::{Status, StepKind};

/// What can be asked of a sync: a label, and the step and status that are sent.
pub const CHOICES: &[(&str, Option<(StepKind, Status)>)] = &[
    ("Recompute the status from the evidence", None),
    ("Report the sign-up form", Some((StepKind::PersonalInfo, Status::Ongoing))),
    ("Report the instructions", Some((StepKind::Instructions, Status::Ongoing))),
    ("Report the basic information", Some((StepKind::BasicInformation, Status::Ongoing))),
    ("Report the document", Some((StepKind::DocumentVerification, Status::Ongoing))),
    ("Report liveness", Some((StepKind::BiometricVerification, Status::Ongoing))),
    ("Report the custom form", Some((StepKind::Form, Status::Ongoing))),
    ("Ask for the end: completed", Some((StepKind::End, Status::Completed))),
    ("Ask for the end: manual verification", Some((StepKind::End, Status::NeedsManualVerification))),
    ("Ask for the end: failed", Some((StepKind::End, Status::Failed))),
];
