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

    /// The command line of this program that does it, ready for a shell; `None` where no single one does, and for
    /// creating, which would put personal data into arguments.
    pub fn command_line(self, id: &RegistrationId) -> Option<String> {
        let id = shell_word(id.as_str())?;
        match self {
            Self::Resend => Some(format!("regdesk resend {id}")),
            Self::Sync => Some(format!("regdesk sync {id}")),
            // Decides nothing, and says over which flags an approval would be; a reason of the house is not needed.
            Self::Decide => Some(format!("regdesk decide {id} --approve --plan")),
            Self::Claim => Some(format!("regdesk claim {id}")),
            Self::Release => Some(format!("regdesk release {id}")),
            Self::Links => Some(format!("regdesk show {id}")),
            Self::Create | Self::Wait | Self::Elsewhere => None,
        }
    }
}

/// An id as one word of a command line. Ids come from outside: what a shell would read as more than a word goes in
/// quotes, and what could not be typed at all, or would be read as an option, is no word.
fn shell_word(id: &str) -> Option<String> {
    if id.is_empty() || id.starts_with('-') || id.chars().any(char::is_control) {
        return None;
    }
    let is_plain = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-' | '.' | ':');
    Some(if id.chars().all(is_plain) { id.to_owned() } else { format!("'{}'", id.replace('\'', r"'\''")) })
}

#[cfg(test)]
mod tests {
    use super::Act;

    fn line(id: &str) -> Option<String> {
        Act::Resend.command_line(&id.into())
    }

    #[test]
    fn an_id_cannot_smuggle_anything_into_a_shell() {
        assert_eq!(line("6a18d4c0f1e2").as_deref(), Some("regdesk resend 6a18d4c0f1e2"));
        assert_eq!(line("x; reboot").as_deref(), Some("regdesk resend 'x; reboot'"));
        assert_eq!(line("it's").as_deref(), Some(r"regdesk resend 'it'\''s'"));
        for id in ["", "--yes", "a\nb"] {
            assert_eq!(line(id), None, "{id:?}");
        }
    }
}
