//! What an operator does with registrations: from a command to the dialog, or to the effect where none is needed.

use super::{Command, Effects, Model, plan::Planned, reading::Reader};
use crate::model::{Decision, Verdict};

impl Model {
    /// Does what a command about registrations asks for; other commands ask for nothing here.
    pub(super) fn act(&mut self, command: Command) -> Effects {
        match command {
            Command::Create => self.open_create(),
            Command::Sync => self.plan(Planned::Sync(0)),
            Command::Decide => self.open_decide(None),
            Command::Approve => self.open_decide(Some(Decision::Approve)),
            Command::Reject => self.open_decide(Some(Decision::Reject)),
            Command::Review => self.open_decide(Some(Decision::Review)),
            Command::Resend => self.plan_resend(),
            Command::CreateAnew => self.open_create_anew(),
            Command::Unblock => return self.unblock(),
            Command::FlagRight => return self.judge_flag(Verdict::Right),
            Command::FlagWrong => return self.judge_flag(Verdict::Wrong),
            Command::FlagCannotTell => return self.judge_flag(Verdict::CannotTell),
            Command::Claim => return self.toggle_claim(),
            Command::Snooze => self.open_snooze(),
            Command::Note => self.open_note(),
            Command::Jobs => self.open_jobs(),
            Command::Export => return self.open_export(),
            Command::Copy => self.open_copy(),
            Command::Pager => return self.read_in(Reader::Pager),
            Command::Editor => return self.read_in(Reader::Editor),
            Command::CopyId => return self.copy_id(),
            _ => {}
        }
        Effects::none()
    }
}
