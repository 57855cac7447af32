//! From what blocks a registration to the command that clears it.

use super::{Command, Effects, Layer, Model, model::ToastKind, plan::Planned};
use crate::{
    index::Entry,
    triage::{self, Act, Stuck},
};

/// How the next best action is done from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// By a command.
    Command(Command),
    /// By a command that cannot be used now, for this reason.
    NotNow(Command, &'static str),
    /// There is nothing to do yet.
    Wait,
    /// It is done elsewhere; the words of the action say where and by whom.
    Elsewhere,
}

/// The command that does an act; none for what no command does.
fn command(act: Act) -> Option<Command> {
    match act {
        Act::Resend => Some(Command::Resend),
        Act::Sync => Some(Command::Sync),
        Act::Links => Some(Command::Ring),
        Act::Create => Some(Command::CreateAnew),
        Act::Claim | Act::Release => Some(Command::Claim),
        Act::Decide => Some(Command::Decide),
        Act::Wait | Act::Elsewhere => None,
    }
}

impl Model {
    /// What blocks a registration, late or not.
    pub fn blocker(&self, entry: &Entry) -> Option<Stuck> {
        let judged = entry.judgement.stuck.clone();
        judged.or_else(|| triage::blocker(&entry.registration, self.index.context(self.now)))
    }

    /// How an act is done for the registration that commands act on.
    pub fn remedy(&self, act: Act) -> Remedy {
        match (act, command(act)) {
            (Act::Wait, _) => Remedy::Wait,
            (_, None) => Remedy::Elsewhere,
            (_, Some(command)) => match command.unavailable(self) {
                Some(reason) => Remedy::NotNow(command, reason),
                None => Remedy::Command(command),
            },
        }
    }

    /// Opens what does an act for the subject alone, whatever is marked.
    fn clear_of(&mut self, act: Act, command: Command) -> Effects {
        let Some(id) = self.subject().cloned() else { return Effects::none() };
        match act {
            Act::Sync => self.plan_for(Planned::Sync(0), vec![id], 0),
            Act::Claim => self.plan_for(Planned::Claim, vec![id], 0),
            Act::Release => self.plan_for(Planned::Release, vec![id], 0),
            Act::Resend => self.plan_resend_of(id),
            Act::Decide => self.decide_on(vec![id], 0, None),
            Act::Links | Act::Create | Act::Wait | Act::Elsewhere => return self.command(command),
        }
        Effects::none()
    }

    /// Opens what does the next best action for the subject; nothing is sent before it is confirmed there.
    pub(super) fn unblock(&mut self) -> Effects {
        let entry = self.subject().and_then(|id| self.index.get(id));
        let Some(blocker) = entry.and_then(|entry| self.blocker(&entry)) else {
            return self.toast(ToastKind::Note, "Nothing blocks it.");
        };
        match self.remedy(blocker.act) {
            Remedy::Command(Command::Ring) if self.layer() == Layer::Ring => {
                self.toast(ToastKind::Note, "This is the ring of it.")
            }
            Remedy::Command(Command::Resend) if let Some(id) = blocker.about => {
                self.plan_resend_of(id);
                Effects::none()
            }
            Remedy::Command(command) => self.clear_of(blocker.act, command),
            Remedy::NotNow(command, reason) => {
                let label = command.entry().map_or("", |entry| entry.label);
                self.toast(ToastKind::Note, format!("{} Cannot {label}: {reason}.", blocker.next_action))
            }
            Remedy::Wait => self.toast(ToastKind::Note, format!("Nothing to do yet: {}", blocker.next_action)),
            Remedy::Elsewhere => self.toast(ToastKind::Note, format!("Not from here: {}", blocker.next_action)),
        }
    }
}
