//! The life of one registration, told step by step and kept as commands with their times.
//!
//! A story walks forward from its beginning and ends at the present: whatever would come later is left out, so
//! somebody who began a few minutes ago is simply still under way. Every command goes through the engine's rules when
//! the script is loaded; a story only chooses what people do.

use chrono::{NaiveDate, TimeDelta, Timelike as _};

use super::chance::Chance;
use super::papers;
use super::person::Person;
use crate::backend::{Caller, CallerKind, Channel, SyncStep};
use crate::engine::Script;
use crate::engine::core::{self, Access, Command, Create, Digest, Fact, Origin, Sync};
use crate::model::{
    DocumentCheck, Evidence, Flow, FlowSettings, Gateway, Information, LivenessCheck, Project, RegistrationId,
    Requirement, SourceStatus, Status, StepKind, Timestamp,
};

/// How often an optional step is taken, percent.
const OPTIONAL: u32 = 60;

/// See the module.
pub(super) struct Story {
    pub(super) person: Person,
    pub(super) chance: Chance,
    pub(super) id: RegistrationId,
    flow: Flow,
    present: Timestamp,
    clock: Timestamp,
    from: Origin,
    script: Script,
    /// The person goes no further than to the beginning of this step.
    stops_at: Option<StepKind>,
    stopped: bool,
    /// How long pauses are, percent.
    pace: i64,
    /// An end, a skip or a decision came: the lifetime does not run out any more.
    ended: bool,
    expires_at: Timestamp,
}

impl Story {
    /// Begins with the creation of a registration.
    pub(super) fn begin(
        person: Person,
        (project, flow): (&Project, &Flow),
        (begun, present): (Timestamp, Timestamp),
        mut chance: Chance,
    ) -> Self {
        let within = TimeDelta::milliseconds(chance.between(0..=999));
        let begun = (begun.with_nanosecond(0).unwrap_or(begun) + within).min(present);
        let new_id = |chance: &mut Chance| format!("{:08x}{}", begun.timestamp() as u32, chance.hex::<8>());
        let id = RegistrationId::new(new_id(&mut chance));
        let mut story = Self {
            from: Origin { ip: Some(person.ip.clone()), user_agent: Some(person.user_agent.clone()) },
            id: id.clone(),
            flow: flow.clone(),
            present,
            clock: begun,
            script: Script::new(),
            stops_at: None,
            stopped: false,
            pace: 100,
            ended: false,
            expires_at: lifetime_end(&flow.settings, begun),
            person,
            chance,
        };
        let create = Create {
            id,
            user_id: new_id(&mut story.chance),
            project: project.clone(),
            flow: flow.clone(),
            contact: story.person.contact(),
            taken: None,
            token: Some(story.new_token()),
            origin: story.from.clone(),
        };
        story.tell(CallerKind::Client, Command::Create(Box::new(create)));
        story
    }

    /// The script, with the end of the lifetime if it passed.
    pub(super) fn into_script(mut self) -> Script {
        if !self.ended && self.expires_at <= self.present {
            let at = (self.expires_at + TimeDelta::seconds(1)).max(self.clock.min(self.present));
            self.script.push((at, Command::Expire));
        }
        self.script
    }

    // ---- time -----------------------------------------------------------------------------------------------

    /// Lets seconds pass.
    pub(super) fn wait(&mut self, seconds: std::ops::RangeInclusive<i64>) -> &mut Self {
        let milliseconds = self.chance.between(seconds.start() * 1000..=seconds.end() * 1000);
        self.clock += TimeDelta::milliseconds(milliseconds * self.pace / 100);
        self
    }

    /// Lets time pass until so many seconds before the present.
    pub(super) fn wait_until_ago(&mut self, seconds: i64) -> &mut Self {
        self.clock = self.clock.max(self.present - TimeDelta::seconds(seconds));
        self
    }

    /// The person goes on this much slower or faster from here.
    pub(super) fn at_pace(&mut self, percent: i64) -> &mut Self {
        self.pace = percent;
        self
    }

    /// The person turns back when this step would begin.
    pub(super) fn stop_at(&mut self, step: StepKind) -> &mut Self {
        self.stops_at = Some(step);
        self
    }

    /// The person comes back and goes on after all.
    pub(super) fn resumed(&mut self) -> &mut Self {
        self.stops_at = None;
        self.stopped = false;
        self
    }

    /// The person comes back with another address and client.
    pub(super) fn move_to(&mut self, ip: &str, user_agent: &str) -> &mut Self {
        self.from = Origin { ip: Some(ip.to_owned()), user_agent: Some(user_agent.to_owned()) };
        self
    }

    /// The day it is in the story.
    pub(super) fn today(&self) -> NaiveDate {
        self.clock.date_naive()
    }

    fn is_over(&self) -> bool {
        self.stopped || self.clock > self.present
    }

    // ---- what the flow asks -----------------------------------------------------------------------------------

    pub(super) fn flow(&self) -> &Flow {
        &self.flow
    }

    pub(super) fn settings(&self) -> &FlowSettings {
        &self.flow.settings
    }

    /// How many counted failures a step allows.
    pub(super) fn limit(&self, step: &StepKind) -> u32 {
        self.flow.settings.attempt_limit(step)
    }

    /// The steps the flow insists on, from the sign-up form to the last before the end.
    pub(super) fn owed_steps(&self) -> Vec<StepKind> {
        let steps = self.flow.settings.steps.iter();
        let owed = steps.filter(|step| step.requirement == Requirement::Mandatory && step.kind != StepKind::End);
        owed.map(|step| step.kind.clone()).collect()
    }

    /// Whether the person takes a step; turning back at it counts as not.
    fn enters(&mut self, step: &StepKind) -> bool {
        if self.stops_at.as_ref() == Some(step) {
            self.stopped = true;
        }
        if self.is_over() {
            return false;
        }
        match self.flow.settings.requirement(step) {
            Some(Requirement::Mandatory) => true,
            Some(Requirement::Optional) => self.chance.percent(OPTIONAL),
            _ => false,
        }
    }

    // ---- commands ---------------------------------------------------------------------------------------------

    /// Adds a command with its note in the access log.
    fn tell(&mut self, by: CallerKind, command: Command) {
        if self.is_over() {
            return;
        }
        let note = self.note(by, &command, None);
        self.script.push((self.clock, command));
        self.script.push((self.clock, note));
    }

    /// Tries a command that the rules may refuse: they are asked, what counts is kept, and the access log tells the
    /// answer.
    pub(super) fn attempt(&mut self, by: CallerKind, command: Command) -> &mut Self {
        if self.is_over() {
            return self;
        }
        let Ok(Some((state, _))) = core::fold(&self.script) else { return self };
        let Ok(run) = core::run(Some(state), &command, &self.caller(by), self.clock) else { return self };
        let note = self.note(by, &command, run.refusal.map(|refusal| refusal.code.to_owned()));
        if run.events.iter().any(|event| !matches!(event.fact, Fact::Accessed { .. })) {
            self.script.push((self.clock, command));
        }
        self.script.push((self.clock, note));
        self
    }

    fn caller(&self, by: CallerKind) -> Caller {
        let personal = matches!(by, CallerKind::Enrollee | CallerKind::Client);
        Caller {
            kind: by,
            ip: self.from.ip.clone().filter(|_| personal),
            user_agent: self.from.user_agent.clone().filter(|_| personal),
        }
    }

    fn note(&self, by: CallerKind, command: &Command, denied: Option<String>) -> Command {
        Command::NoteAccess(Access { actor: by, ip: self.caller(by).ip, action: command.action(), denied })
    }

    fn record(&mut self, by: CallerKind, evidence: Evidence) {
        let origin = if by == CallerKind::System { Origin::default() } else { self.from.clone() };
        self.tell(by, Command::Record { evidence, origin });
    }

    /// Reports a step as done, as the hosted page does.
    pub(super) fn report(&mut self, step: StepKind) -> &mut Self {
        let sync = Sync::report(SyncStep::Flow(step), Status::Ongoing, CallerKind::Enrollee);
        self.tell(CallerKind::Enrollee, Command::Sync(sync));
        self
    }

    fn new_token(&mut self) -> Digest {
        Digest::of_token(&self.chance.hex::<32>())
    }

    // ---- signing up -------------------------------------------------------------------------------------------

    /// Everything up to the papers.
    pub(super) fn sign_up(&mut self) -> &mut Self {
        self.consent(true).form().email().phone();
        self.wait(1..=4).report(StepKind::PersonalInfo).instructions().basics()
    }

    /// Answers terms and privacy notice.
    pub(super) fn consent(&mut self, accepted: bool) -> &mut Self {
        self.wait(5..=40);
        if self.enters(&StepKind::Consent) {
            self.record(CallerKind::Enrollee, Evidence::Consent { accepted });
        }
        self
    }

    /// Fills in the sign-up form.
    pub(super) fn form(&mut self) -> &mut Self {
        self.form_with(|_| {})
    }

    /// Fills in the sign-up form, but for a change.
    pub(super) fn form_with(&mut self, change: impl FnOnce(&mut Information)) -> &mut Self {
        self.wait(15..=70);
        if self.enters(&StepKind::PersonalInfo) {
            let mut information = self.person.sign_up_form();
            change(&mut information);
            self.record(CallerKind::Enrollee, Evidence::PersonalInfo { information });
        }
        self
    }

    /// Confirms the e-mail address at the first try.
    pub(super) fn email(&mut self) -> &mut Self {
        self.code(Channel::Email, 0)
    }

    /// Confirms the phone at the first try.
    pub(super) fn phone(&mut self) -> &mut Self {
        self.code(Channel::Phone, 0)
    }

    /// Confirms a contact after some wrong codes.
    pub(super) fn code(&mut self, channel: Channel, wrong: u32) -> &mut Self {
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
    pub(super) fn send_code(&mut self, channel: Channel) -> &mut Self {
        let code = Digest::of_code(&self.id, channel, "right");
        let origin = self.from.clone();
        self.tell(CallerKind::Enrollee, Command::SendCode { channel, code, origin });
        self
    }

    /// Types the code that was sent.
    pub(super) fn right_code(&mut self, channel: Channel) -> &mut Self {
        self.wait(12..=75);
        let code = Digest::of_code(&self.id, channel, "right");
        self.tell(CallerKind::Enrollee, Command::EnterCode { channel, code });
        self
    }

    /// Types the right code when it is too late.
    pub(super) fn late_code(&mut self, channel: Channel) -> &mut Self {
        let code = Digest::of_code(&self.id, channel, "right");
        self.attempt(CallerKind::Enrollee, Command::EnterCode { channel, code })
    }

    /// Types another code than the one that was sent.
    pub(super) fn wrong_code(&mut self, channel: Channel) -> &mut Self {
        self.wait(10..=50);
        let code = Digest::of_code(&self.id, channel, "wrong");
        self.attempt(CallerKind::Enrollee, Command::EnterCode { channel, code })
    }

    /// Reads what papers are needed.
    pub(super) fn instructions(&mut self) -> &mut Self {
        self.wait(4..=30);
        if self.enters(&StepKind::Instructions) {
            self.record(CallerKind::Enrollee, Evidence::Instructions {});
            self.report(StepKind::Instructions);
        }
        self
    }

    /// Fills in birth date, address and document number.
    pub(super) fn basics(&mut self) -> &mut Self {
        self.basics_with(|_| {})
    }

    /// Fills in birth date, address and document number, but for a change.
    pub(super) fn basics_with(&mut self, change: impl FnOnce(&mut Information)) -> &mut Self {
        self.wait(30..=120);
        if self.enters(&StepKind::BasicInformation) {
            let mut information = self.person.basic_information();
            change(&mut information);
            self.record(CallerKind::Enrollee, Evidence::BasicInformation { information });
            self.report(StepKind::BasicInformation);
        }
        self
    }

    // ---- papers and face --------------------------------------------------------------------------------------

    /// Passes every check of papers, face and records.
    pub(super) fn identify(&mut self) -> &mut Self {
        self.document().selfie().face().background()
    }

    /// Shows a good document.
    pub(super) fn document(&mut self) -> &mut Self {
        self.document_with(|_| {})
    }

    /// Shows a document that is good but for a change, and waits for its verdict.
    pub(super) fn document_with(&mut self, change: impl FnOnce(&mut DocumentCheck)) -> &mut Self {
        if let Some(scan) = self.scan() {
            let today = self.today();
            let mut document = papers::good_document(&self.person, scan, today, &mut self.chance);
            change(&mut document);
            self.read(document).report(StepKind::DocumentVerification);
        }
        self
    }

    /// Sends a scan that cannot be used. What little was read of it is up to `change`.
    pub(super) fn failed_scan(&mut self, reason: &str, change: impl FnOnce(&mut DocumentCheck)) -> &mut Self {
        if let Some(scan) = self.scan() {
            let mut document = papers::failed_document(scan, reason);
            change(&mut document);
            self.read(document);
        }
        self
    }

    /// Sends a scan, which is then being read.
    pub(super) fn scan(&mut self) -> Option<DocumentCheck> {
        self.wait(25..=90);
        if !self.enters(&StepKind::DocumentVerification) {
            return None;
        }
        let scan = papers::scan_under_way(&self.flow.settings, &mut self.chance);
        let evidence = Evidence::DocumentVerification { document: Box::new(scan.clone()) };
        self.record(CallerKind::Enrollee, evidence);
        let Origin { ip, user_agent } = self.from.clone();
        Some(DocumentCheck { ip, user_agent, ..scan })
    }

    /// Sends a scan when none is allowed any more.
    pub(super) fn scan_too_many(&mut self) -> &mut Self {
        self.wait(30..=120);
        let document = Box::new(papers::scan_under_way(&self.flow.settings, &mut self.chance));
        let evidence = Evidence::DocumentVerification { document };
        let origin = self.from.clone();
        self.attempt(CallerKind::Enrollee, Command::Record { evidence, origin })
    }

    /// The reader's verdict on a scan.
    fn read(&mut self, document: DocumentCheck) -> &mut Self {
        self.wait(8..=26);
        self.record(CallerKind::System, Evidence::DocumentVerification { document: Box::new(document) });
        self.wait(1..=3)
    }

    /// Takes a good selfie.
    pub(super) fn selfie(&mut self) -> &mut Self {
        let minimum = (self.flow.settings.liveness_min.unwrap_or(FlowSettings::DEFAULTS.liveness_min) * 1000.0) as i64;
        let score = self.chance.score((minimum + 120).min(970)..=988);
        self.selfie_of(score, |_| {})
    }

    /// Takes a selfie of some score. It passes if the score is above the flow's minimum and nothing is changed for
    /// the worse.
    pub(super) fn selfie_of(&mut self, score: f64, change: impl FnOnce(&mut LivenessCheck)) -> &mut Self {
        self.wait(15..=50);
        if self.enters(&StepKind::BiometricVerification) {
            let mut liveness = papers::selfie(&self.person, score);
            change(&mut liveness);
            self.record(CallerKind::Enrollee, Evidence::BiometricVerification { liveness: Box::new(liveness) });
        }
        self
    }

    /// Takes a selfie that is rejected before it is scored.
    pub(super) fn rejected_capture(&mut self, reason: &str) -> &mut Self {
        self.wait(10..=35);
        if self.enters(&StepKind::BiometricVerification) {
            let liveness = Box::new(papers::rejected_capture(&self.person, reason));
            self.record(CallerKind::Enrollee, Evidence::BiometricVerification { liveness });
        }
        self
    }

    /// Selfie and portrait are compared and agree.
    pub(super) fn face(&mut self) -> &mut Self {
        let minimum = (self.flow.settings.compare_min.unwrap_or(FlowSettings::DEFAULTS.compare_min) * 1000.0) as i64;
        let score = self.chance.score((minimum + 55).clamp(855, 960)..=991);
        self.face_of(score)
    }

    /// Selfie and portrait are compared with this result.
    pub(super) fn face_of(&mut self, score: f64) -> &mut Self {
        self.face_judged_by(score, None)
    }

    /// Selfie and portrait are compared with this result, by a minimum that may not be the flow's.
    pub(super) fn face_judged_by(&mut self, score: f64, min_score: Option<f64>) -> &mut Self {
        self.wait(2..=6);
        if self.enters(&StepKind::FaceComparison) {
            self.record(CallerKind::System, Evidence::FaceComparison { score, min_score });
            self.wait(1..=3).report(StepKind::BiometricVerification);
        }
        self
    }

    /// No list knows the person.
    pub(super) fn background(&mut self) -> &mut Self {
        self.background_with(None)
    }

    /// The lists answer, one of them in a way of its own.
    pub(super) fn background_with(&mut self, other: Option<(&str, &SourceStatus)>) -> &mut Self {
        self.wait(3..=15);
        if self.enters(&StepKind::CriminalHistory) {
            self.record(CallerKind::System, Evidence::CriminalHistory { sources: papers::lists(other) });
        }
        self
    }

    // ---- the end ----------------------------------------------------------------------------------------------

    /// Fills in the project's form, signs, and asks for completion.
    pub(super) fn finish(&mut self) -> &mut Self {
        self.own_form().sign().end(Status::Completed)
    }

    /// Fills in the project's own form.
    pub(super) fn own_form(&mut self) -> &mut Self {
        self.wait(20..=90);
        if self.enters(&StepKind::Form) {
            let answers = papers::form_answers(&mut self.chance);
            self.record(CallerKind::Enrollee, Evidence::Form { answers });
            self.report(StepKind::Form);
        }
        self
    }

    /// Signs.
    pub(super) fn sign(&mut self) -> &mut Self {
        self.wait(8..=30);
        if self.enters(&StepKind::Signature) {
            self.record(CallerKind::Enrollee, Evidence::Signature {});
        }
        self
    }

    /// Reaches the end and asks for a status; the rules decide which one it becomes.
    pub(super) fn end(&mut self, wish: Status) -> &mut Self {
        self.wait(2..=10);
        self.close(SyncStep::Flow(StepKind::End), wish)
    }

    /// Chooses to go without verification.
    pub(super) fn skip_verification(&mut self) -> &mut Self {
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

    // ---- the desk ---------------------------------------------------------------------------------------------

    /// The status is computed anew after the last attempt was spent, which ends the registration.
    pub(super) fn fail_for_good(&mut self) -> &mut Self {
        self.wait(1..=4);
        self.ended |= !self.is_over();
        self.tell(CallerKind::System, Command::Sync(Sync::recompute(CallerKind::System)));
        self
    }

    /// An operator decides.
    pub(super) fn decide(&mut self, to: Status, note: &str) -> &mut Self {
        if self.is_over() {
            return self;
        }
        self.ended = to != Status::Ongoing;
        if !self.ended {
            // Reopening gives a full lifetime.
            self.expires_at = lifetime_end(&self.flow.settings, self.clock);
        }
        let sync =
            Sync { note: Some(note.to_owned()), ..Sync::report(SyncStep::AdminOverride, to, CallerKind::Operator) };
        self.tell(CallerKind::Operator, Command::Sync(sync));
        self
    }

    /// An operator sends the link again.
    pub(super) fn resend_link(&mut self) -> &mut Self {
        let token = self.new_token();
        let send_email = self.person.email.is_some();
        self.tell(CallerKind::Operator, Command::Resend { token, send_email });
        self
    }
}

fn lifetime_end(flow: &FlowSettings, from: Timestamp) -> Timestamp {
    from + TimeDelta::days(flow.expiry_days.unwrap_or(FlowSettings::DEFAULTS.expiry_days).into())
}
