//! Signing up: consent, the form, codes, and what comes before the papers.

use super::Story;
use crate::backend::{CallerKind, Channel};
use crate::engine::core::{Command, Digest};
use crate::model::{Evidence, Gateway, Information, StepKind};

impl Story {
    /// Everything up to the papers.
    pub(in crate::demo) fn sign_up(&mut self) -> &mut Self {
        self.sign_up_with(|_| {})
    }

    /// Everything up to the papers, but for a change in the form.
    pub(in crate::demo) fn sign_up_with(&mut self, change: impl FnOnce(&mut Information)) -> &mut Self {
        self.consent(true).form_with(change).email().phone();
        self.wait(1..=4).report(StepKind::PersonalInfo).instructions().basics()
    }

    /// Answers terms and privacy notice.
    pub(in crate::demo) fn consent(&mut self, accepted: bool) -> &mut Self {
        self.wait(5..=40);
        if self.enters(&StepKind::Consent) {
            self.record(CallerKind::Enrollee, Evidence::Consent { accepted });
        }
        self
    }

    /// Fills in the sign-up form.
    pub(in crate::demo) fn form(&mut self) -> &mut Self {
        self.form_with(|_| {})
    }

    /// Fills in the sign-up form, but for a change.
    pub(in crate::demo) fn form_with(&mut self, change: impl FnOnce(&mut Information)) -> &mut Self {
        self.wait(15..=70);
        if self.enters(&StepKind::PersonalInfo) {
            let mut information = self.person.sign_up_form();
            change(&mut information);
            self.record(CallerKind::Enrollee, Evidence::PersonalInfo { information });
        }
        self
    }

    /// Confirms the e-mail address at the first try.
    pub(in crate::demo) fn email(&mut self) -> &mut Self {
        self.code(Channel::Email, 0)
    }

    /// Confirms the phone at the first try.
    pub(in crate::demo) fn phone(&mut self) -> &mut Self {
        self.code(Channel::Phone, 0)
    }

    /// Confirms a contact after some wrong codes.
    pub(in crate::demo) fn code(&mut self, channel: Channel, wrong: u32) -> &mut Self {
        self.wait(2..=8);
        if !self.can_be_sent(channel) || !self.enters(&channel.step()) {
            return self;
        }
        self.send_code(channel);
        for _ in 0..wrong {
            self.wrong_code(channel);
        }
        self.right_code(channel)
    }

    fn can_be_sent(&self, channel: Channel) -> bool {
        let (gateway, has_contact) = match channel {
            Channel::Email => (&self.flow.settings.email_gateway, self.person.email.is_some()),
            Channel::Phone => (&self.flow.settings.phone_gateway, self.person.phone.is_some()),
        };
        has_contact && gateway.as_ref().is_some_and(|gateway| *gateway != Gateway::None)
    }

    /// Has a code sent.
    pub(in crate::demo) fn send_code(&mut self, channel: Channel) -> &mut Self {
        let code = Digest::of_code(&self.id, channel, "right");
        let origin = self.from.clone();
        self.tell(CallerKind::Enrollee, Command::SendCode { channel, code, origin });
        self
    }

    /// Types the code that was sent.
    pub(in crate::demo) fn right_code(&mut self, channel: Channel) -> &mut Self {
        self.wait(12..=75);
        let code = Digest::of_code(&self.id, channel, "right");
        self.tell(CallerKind::Enrollee, Command::EnterCode { channel, code });
        self
    }

    /// Types the right code when it is too late.
    pub(in crate::demo) fn late_code(&mut self, channel: Channel) -> &mut Self {
        let code = Digest::of_code(&self.id, channel, "right");
        self.attempt(CallerKind::Enrollee, Command::EnterCode { channel, code })
    }

    /// Types another code than the one that was sent.
    pub(in crate::demo) fn wrong_code(&mut self, channel: Channel) -> &mut Self {
        self.wait(10..=50);
        let code = Digest::of_code(&self.id, channel, "wrong");
        self.attempt(CallerKind::Enrollee, Command::EnterCode { channel, code })
    }

    /// Reads what papers are needed.
    pub(in crate::demo) fn instructions(&mut self) -> &mut Self {
        self.wait(4..=30);
        if self.enters(&StepKind::Instructions) {
            self.record(CallerKind::Enrollee, Evidence::Instructions {});
            self.report(StepKind::Instructions);
        }
        self
    }

    /// Fills in birth date, address and document number.
    pub(in crate::demo) fn basics(&mut self) -> &mut Self {
        self.basics_with(|_| {})
    }

    /// Fills in birth date, address and document number, but for a change.
    pub(in crate::demo) fn basics_with(&mut self, change: impl FnOnce(&mut Information)) -> &mut Self {
        self.wait(30..=120);
        if self.enters(&StepKind::BasicInformation) {
            let mut information = self.person.basic_information();
            change(&mut information);
            self.record(CallerKind::Enrollee, Evidence::BasicInformation { information });
            self.report(StepKind::BasicInformation);
        }
        self
    }
}
