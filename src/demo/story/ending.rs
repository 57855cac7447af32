//! The end of a flow, and what the desk does.

use super::{Story, lifetime_end};
use crate::backend::{Annotation, Caller, CallerKind, SyncStep};
use crate::demo::papers;
use crate::engine::core::{self, Command, Sync};
use crate::model::{Evidence, Registration, ReviewNote, Status, StepKind, Verdict};

/// Who looks into flags.
const DECIDER: &str = "alba";

impl Story {
    /// Fills in the project's form, signs, and asks for completion.
    pub(in crate::demo) fn finish(&mut self) -> &mut Self {
        self.own_form().sign().end(Status::Completed)
    }

    /// Fills in the project's own form.
    pub(in crate::demo) fn own_form(&mut self) -> &mut Self {
        self.wait(20..=90);
        if self.enters(&StepKind::Form) {
            let answers = papers::form_answers(&mut self.chance);
            self.record(CallerKind::Enrollee, Evidence::Form { answers });
            self.report(StepKind::Form);
        }
        self
    }

    /// Signs.
    pub(in crate::demo) fn sign(&mut self) -> &mut Self {
        self.wait(8..=30);
        if self.enters(&StepKind::Signature) {
            self.record(CallerKind::Enrollee, Evidence::Signature {});
        }
        self
    }

    /// Reaches the end and asks for a status; the rules decide which one it becomes.
    pub(in crate::demo) fn end(&mut self, wish: Status) -> &mut Self {
        self.wait(2..=10);
        self.close(SyncStep::Flow(StepKind::End), wish)
    }

    /// Chooses to go without verification.
    pub(in crate::demo) fn skip_verification(&mut self) -> &mut Self {
        self.wait(5..=30);
        self.close(SyncStep::SkipKyc, Status::CompletedWithoutKyc)
    }

    fn close(&mut self, step: SyncStep, wish: Status) -> &mut Self {
        if self.is_over() {
            return self;
        }
        self.ended = true;
        let token = Some(self.new_token());
        let sync = Sync { token, ..Sync::report(step, wish, CallerKind::Enrollee) };
        self.tell(CallerKind::Enrollee, Command::Sync(sync));
        self
    }

    /// The status is computed anew after the last attempt was spent, which ends the registration.
    pub(in crate::demo) fn fail_for_good(&mut self) -> &mut Self {
        self.wait(1..=4);
        self.ended |= !self.is_over();
        self.tell(CallerKind::System, Command::Sync(Sync::recompute(CallerKind::System)));
        self
    }

    /// An operator decides, for one of the built-in reasons.
    pub(in crate::demo) fn decide(&mut self, to: Status, reason: &str, words: &str) -> &mut Self {
        if self.is_over() {
            return self;
        }
        self.ended = to != Status::Ongoing;
        if !self.ended {
            // Reopening gives a full lifetime.
            self.expires_at = lifetime_end(&self.flow.settings, self.clock);
        }
        let note = ReviewNote { reason: Some(reason.to_owned()), words: Some(words.to_owned()) };
        let sync = Sync { note: note.to_note(), ..Sync::report(SyncStep::AdminOverride, to, CallerKind::Operator) };
        self.tell(CallerKind::Operator, Command::Sync(sync));
        self
    }

    /// Whoever decided says what became of a flag.
    pub(in crate::demo) fn judge_flag(&mut self, rule: &str, verdict: Verdict) -> &mut Self {
        self.wait(5..=60);
        let annotation = Annotation::Verdict { rule: rule.to_owned(), verdict: Some(verdict) };
        let by = Caller::operator().named(DECIDER);
        self.tell(CallerKind::Operator, Command::Annotate { annotation, by });
        self
    }

    /// It did not happen here: another system tells the registration like this, and it was taken over as it stood.
    pub(in crate::demo) fn taken_over(&mut self, tell: impl FnOnce(&mut Registration)) -> &mut Self {
        let Ok(Some((state, _))) = core::fold(&self.script) else { return self };
        let mut registration = state.registration;
        tell(&mut registration);
        let at = self.clock.min(self.present);
        self.script = vec![(at, Command::Import(registration))];
        self.ended = true;
        self
    }

    /// An operator sends the link again.
    pub(in crate::demo) fn resend_link(&mut self) -> &mut Self {
        let token = self.new_token();
        let send_email = self.person.email.is_some();
        self.tell(CallerKind::Operator, Command::Resend { token, send_email });
        self
    }
}
