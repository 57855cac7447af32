//! Which status may follow which, in one table.

use crate::model::Status;

/// What moves a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// The flow itself: evidence, sync, the passing of time.
    Flow,
    /// A fresh link.
    Resend,
    /// A person's decision.
    Override,
}

/// Whether a registration may move from one status to another for this cause.
///
/// A decision may lead anywhere but to `started` and `expired`, which only the flow gives. A status that stays as it
/// is is no transition.
pub(super) fn is_allowed(from: &Status, to: &Status, cause: Cause) -> bool {
    use Status::{Completed, CompletedWithoutKyc, Expired, Failed, NeedsManualVerification, Ongoing, Started};
    match (cause, from, to) {
        (_, from, to) if from == to => false,
        (Cause::Override, _, to) => {
            matches!(to, Completed | CompletedWithoutKyc | Failed | NeedsManualVerification | Ongoing)
        }
        (Cause::Resend, Expired, Ongoing) => true,
        (Cause::Flow, Started, to) => matches!(to, Ongoing | CompletedWithoutKyc | Expired),
        (Cause::Flow, Ongoing, to) => {
            matches!(to, Completed | CompletedWithoutKyc | Failed | NeedsManualVerification | Expired)
        }
        (Cause::Flow, NeedsManualVerification, to) => matches!(to, Completed | CompletedWithoutKyc | Failed | Ongoing),
        _ => false,
    }
}
