//! Which commands cannot be used now, and why.

use super::{Command, Layer};
use crate::{
    app::Model,
    model::{Role, Status},
};

impl Command {
    /// Why the command cannot be used now; `None` if it can.
    pub fn unavailable(self, model: &Model) -> Option<&'static str> {
        match self {
            _ if self.writes() && model.profile.read_only => Some("this profile is read-only"),
            Self::FlagRight | Self::FlagWrong | Self::FlagCannotTell if model.chosen_flag().is_none() => {
                Some("no flag is selected; the tab of the flags is 2")
            }
            Self::Create | Self::CreateAnew if model.flows.is_empty() => {
                Some("projects and flows have not been read yet")
            }
            _ if self.needs_subject() && model.subject().is_none() => Some("no registration is selected"),
            Self::Approve | Self::Reject | Self::Review if !model.decision_keys => {
                Some("decisions by a single key are switched off in the configuration; use the dialog of decisions")
            }
            Self::Jobs if model.jobs.all().is_empty() => Some("nothing was done to many yet"),
            Self::Resend if model.marked().is_some_and(|marked| marked.len() > 1) => None,
            Self::Resend if model.subject_is(|status| status.is_final() && *status != Status::Expired) => {
                Some("it is over, and what is over has no link")
            }
            Self::MarkRange if model.queue.range(&model.index).is_none() => Some("no mark in the list to begin at"),
            Self::InvertMarks if model.queue.rows().is_empty() => Some("nothing is shown"),
            Self::MarkAll if model.layer() == Layer::Queue && model.queue.rows().is_empty() => Some("nothing is shown"),
            Self::NextRegistration | Self::PreviousRegistration if model.queue.rows().len() < 2 => {
                Some("the queue holds no other registration")
            }
            Self::Mask if model.profile.role == Role::Support => {
                Some("the role of this profile sees one field at a time, in a registration")
            }
            Self::Reveal if !model.masked => Some("nothing is masked"),
            Self::Forward if model.forward.is_empty() => Some("you have not gone back from anywhere"),
            Self::UndoFilter if !model.queue.past.has_earlier() => Some("there was no other filter before"),
            Self::RedoFilter if !model.queue.past.has_later() => Some("you have not gone back from any filter"),
            Self::SaveView if model.queue.query.is_empty() => Some("there is no filter to be saved; / types one"),
            Self::Clear if model.queue.is_clear() => Some("nothing is marked or filtered"),
            Self::Incident if model.incidents.is_empty() => Some("there is no incident"),
            Self::Narrow | Self::Exclude if model.narrowing_term().is_none() => Some("nothing is selected"),
            _ => None,
        }
    }

    /// Whether it changes anything at the backend.
    fn writes(self) -> bool {
        self.judges()
            || matches!(
                self,
                Self::Create | Self::Sync | Self::Resend | Self::CreateAnew | Self::Claim | Self::Snooze | Self::Note
            )
            || matches!(self, Self::FlagRight | Self::FlagWrong | Self::FlagCannotTell)
    }

    /// Whether it leads to a decision.
    fn judges(self) -> bool {
        matches!(self, Self::Decide | Self::Approve | Self::Reject | Self::Review)
    }

    /// Whether it acts on the registration in question.
    fn needs_subject(self) -> bool {
        let only_reads = matches!(
            self,
            Self::Open
                | Self::Mark
                | Self::Ring
                | Self::Unblock
                | Self::Export
                | Self::Copy
                | Self::CopyId
                | Self::Pager
                | Self::Editor
        );
        only_reads || self.writes() && self != Self::Create
    }
}

impl Model {
    fn subject_is(&self, is: impl Fn(&Status) -> bool) -> bool {
        self.subject().and_then(|id| self.index.get(id)).is_some_and(|entry| is(&entry.registration.status))
    }
}
