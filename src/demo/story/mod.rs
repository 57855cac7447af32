//! The life of one registration, told step by step and kept as commands with their times.
//!
//! A story walks forward from its beginning and ends at the present: whatever would come later is left out, so
//! somebody who began a few minutes ago is simply still under way. Every command goes through the engine's rules when
//! the script is loaded; a story only chooses what people do.

mod ending;
mod identifying;
mod signing_up;

use chrono::{NaiveDate, TimeDelta, Timelike as _};

use super::chance::Chance;
use super::person::Person;
use crate::backend::{Caller, CallerKind, SyncStep};
use crate::engine::Script;
use crate::engine::core::{self, Access, Command, Create, Digest, Fact, Origin, Sync};
use crate::model::{Evidence, Flow, FlowSettings, Project, RegistrationId, Requirement, Status, StepKind, Timestamp};

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
            ip: self.from.ip.clone().filter(|_| personal),
            user_agent: self.from.user_agent.clone().filter(|_| personal),
            ..Caller::of(by)
        }
    }

    fn note(&self, by: CallerKind, command: &Command, denied: Option<String>) -> Command {
        Command::NoteAccess(Access { actor: by, ip: self.caller(by).ip, action: command.action(), denied })
    }

    /// Somebody is turned away at the door: only the access log tells.
    pub(super) fn turned_away(&mut self, by: CallerKind, action: &str, reason: &str) -> &mut Self {
        if !self.is_over() {
            let access = Access {
                actor: by,
                ip: self.caller(by).ip,
                action: action.to_owned(),
                denied: Some(reason.to_owned()),
            };
            self.script.push((self.clock, Command::NoteAccess(access)));
        }
        self
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
}

fn lifetime_end(flow: &FlowSettings, from: Timestamp) -> Timestamp {
    from + TimeDelta::days(flow.expiry_days.unwrap_or(FlowSettings::DEFAULTS.expiry_days).into())
}
