//! What an operator can do from here.

use crate::model::RegistrationId;

/// The next best action as something this program does, or why it cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Act {
    /// Send the link again.
    Resend,
    /// Have the status computed again.
    Sync,
    /// Approve, reject, or put into manual review.
    Decide,
    /// Take it, so that nobody else works on it too.
    Claim,
    /// Give it back to the queue.
    Release,
    /// Create a registration anew.
    Create,
    /// Look at who is linked.
    Links,
    /// Nothing yet: it is somebody else's move and not late.
    Wait,
    /// It is done elsewhere; the words of the action say where and by whom.
    Elsewhere,
}

impl Act {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Resend => "resend",
            Self::Sync => "sync",
            Self::Decide => "decide",
            Self::Claim => "claim",
            Self::Release => "release",
            Self::Create => "create",
            Self::Links => "links",
            Self::Wait => "wait",
            Self::Elsewhere => "elsewhere",
        }
    }

    /// The command line of this program that does it; `None` where no single one does.
    pub fn command_line(self, id: &RegistrationId) -> Option<String> {
        match self {
            Self::Resend => Some(format!("regdesk resend {id}")),
            Self::Sync => Some(format!("regdesk sync {id}")),
            Self::Decide => Some(format!("regdesk decide {id} --review --reason second_look --plan")),
            Self::Links => Some(format!("regdesk show {id}")),
            Self::Claim | Self::Release | Self::Create | Self::Wait | Self::Elsewhere => None,
        }
    }
}
