//! Steps that stopped working for everyone: one incident, not hundreds of people.
//!
//! A step stands still when of those who came to it in the last hour less than half of the usual share got through.
//! Getting through means passing within a quarter of an hour of arriving, then as well as usually, so that the two
//! can be held against each other.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::model::{Gateway, Registration, Status, Step, StepKind, StepState, Timestamp};

/// So much of the past is looked at for what is new.
const LATELY: TimeDelta = TimeDelta::hours(1);
/// So much of the past tells what is usual.
const HISTORY: TimeDelta = TimeDelta::days(7);
/// Whoever passes, passes within this time; who arrived later than that ago is not counted yet. Our choice.
const PATIENCE: TimeDelta = TimeDelta::minutes(15);
/// Fewer arrivals say nothing about a step.
const FEWEST_ARRIVALS: usize = 10;
/// A pass rate below this share of the usual one is an incident.
const SHARE_OF_USUAL: f64 = 0.5;
/// The usual rate is known from so many samples on, each of at least ten arrivals. Our choice.
const FEWEST_SAMPLES: usize = 3;
/// An incident is followed back so far, hours.
const LONGEST_HOURS: usize = 24;

/// A step that far fewer people get through than usual.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// The step.
    pub step: StepKind,
    /// The project concerned, by id; `None`: more than one.
    pub project: Option<String>,
    /// What it may be, for example `whatsapp`: the gateway of the codes that stopped.
    pub through: Option<String>,
    /// When the first of the waiting arrived at the step.
    pub since: Timestamp,
    /// How many arrived at the step in the last hour and had time to pass.
    pub arrivals: usize,
    /// How many of them got through.
    pub passed: usize,
    /// The share that usually gets through, 0 to 1: the median of the last seven days.
    pub usual: f64,
}

impl Incident {
    /// Whether a registration waits because of it: it came to the step since, and is not through.
    pub fn covers(&self, registration: &Registration) -> bool {
        matches!(registration.status, Status::Started | Status::Ongoing)
            && self.project.as_ref().is_none_or(|project| *project == registration.project.id)
            && registration.step(&self.step).is_some_and(|step| {
                !step.state.is_settled()
                    && step.started.is_some_and(|started| started.at >= self.since)
                    && gateway(registration, step) == self.through.as_deref()
            })
    }
}

/// What fails together: a step, and for codes the gateway.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Channel {
    step: StepKind,
    through: Option<String>,
}

/// Somebody came to a step, in as little memory as it takes.
#[derive(Debug, Clone, Copy)]
pub struct Visit {
    at: Timestamp,
    /// Through which channel, by its place among [`Channels`].
    channel: u16,
    passed: bool,
    /// The time is known well enough to tell a pass from a wait.
    is_exact: bool,
}

impl Visit {
    /// When it was.
    pub fn at(self) -> Timestamp {
        self.at
    }

    /// All else of it as one number.
    pub fn code(self) -> u32 {
        u32::from(self.channel) << 2 | u32::from(self.passed) << 1 | u32::from(self.is_exact)
    }

    /// A visit by its number.
    pub fn of_code(at: Timestamp, code: u32) -> Self {
        let channel = u16::try_from(code >> 2).unwrap_or(u16::MAX);
        Self { at, channel, passed: code & 2 != 0, is_exact: code & 1 != 0 }
    }

    /// A step without a known beginning tells nothing.
    fn of(step: &Step, channel: u16) -> Option<Self> {
        let started = step.started?;
        let in_time = step
            .finished
            .is_none_or(|finished| finished.basis.is_approximate() || finished.at - started.at <= PATIENCE);
        let passed = step.state == StepState::Completed && in_time;
        Some(Self { at: started.at, channel, passed, is_exact: !started.basis.is_approximate() })
    }

    fn counts(self, now: Timestamp) -> bool {
        self.is_exact && (now - HISTORY..=now - PATIENCE).contains(&self.at)
    }
}

/// The channels seen so far. Visits are told by them, and incidents found in visits.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Channels(Vec<Channel>);

impl Channels {
    /// To which steps a registration came, as far back as it may matter from now on. The end is nothing that stands
    /// still.
    pub fn visits(&mut self, registration: &Registration, now: Timestamp) -> Box<[Visit]> {
        let steps = registration.steps.iter().filter(|step| step.kind != StepKind::End);
        let lately = steps.filter(|step| step.started.is_some_and(|started| started.at >= now - HISTORY));
        let visits = lately.filter_map(|step| {
            let through = gateway(registration, step).map(str::to_owned);
            Visit::of(step, self.code_of(Channel { step: step.kind.clone(), through }))
        });
        visits.collect()
    }

    fn code_of(&mut self, channel: Channel) -> u16 {
        let known = self.0.iter().position(|known| *known == channel);
        let place = known.unwrap_or_else(|| {
            self.0.push(channel);
            self.0.len() - 1
        });
        // More words for steps and gateways than that are noise, and go together.
        u16::try_from(place).unwrap_or(u16::MAX)
    }

    /// The incidents that last at a time, in the order of the flow, of the visits of registrations and their projects;
    /// their order does not matter.
    pub fn incidents<'a>(
        &self,
        visits: impl IntoIterator<Item = (&'a str, &'a [Visit])>,
        now: Timestamp,
    ) -> Vec<Incident> {
        let mut channels: BTreeMap<&Channel, BTreeMap<&str, Traffic>> = BTreeMap::new();
        for (project, visits) in visits {
            for visit in visits.iter().filter(|visit| visit.counts(now)) {
                let Some(channel) = self.0.get(usize::from(visit.channel)) else { continue };
                channels.entry(channel).or_default().entry(project).or_default().count(visit, now);
            }
        }
        let mut found: Vec<Incident> =
            channels.iter().flat_map(|(channel, projects)| stalls_of(channel, projects)).collect();
        found.sort_by_key(|incident| incident.step.position());
        found
    }

    /// Whether the visits of a registration are such that an incident may cover it.
    pub fn may_be_covered(&self, visits: &[Visit], incident: &Incident) -> bool {
        visits.iter().any(|visit| {
            let channel = self.0.get(usize::from(visit.channel));
            let is_its = |channel: &Channel| channel.step == incident.step && channel.through == incident.through;
            !visit.passed && visit.at >= incident.since && channel.is_some_and(is_its)
        })
    }
}

/// The gateway of a code step; none for other steps.
fn gateway<'a>(registration: &'a Registration, step: &Step) -> Option<&'a str> {
    let settings = registration.flow.settings.as_ref();
    let (code, flow) = match step.kind {
        StepKind::EmailVerification => {
            (&registration.checks.email, settings.and_then(|settings| settings.email_gateway.as_ref()))
        }
        StepKind::PhoneVerification => {
            (&registration.checks.phone, settings.and_then(|settings| settings.phone_gateway.as_ref()))
        }
        _ => return None,
    };
    code.as_ref().and_then(|code| code.gateway.as_ref()).or(flow).map(Gateway::as_str)
}

/// Who came to one step through one channel in one project, or in all: hour by hour, the latest first.
#[derive(Debug, Clone, Default)]
struct Traffic(Vec<Tally>);

/// A step that stands still.
struct Stall {
    since: Timestamp,
    lately: Tally,
    usual: f64,
}

/// Arrivals, and how many of them got through.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    arrivals: usize,
    passed: usize,
    /// When the first of the others came.
    first_waiting: Option<Timestamp>,
}

impl Tally {
    fn add(&mut self, other: &Self) {
        self.arrivals += other.arrivals;
        self.passed += other.passed;
        self.first_waiting = self.first_waiting.into_iter().chain(other.first_waiting).min();
    }

    fn rate(self) -> f64 {
        self.passed as f64 / self.arrivals as f64
    }

    fn is_stalled(self, usual: f64) -> bool {
        self.arrivals > 0 && self.rate() < usual * SHARE_OF_USUAL
    }
}

impl Traffic {
    /// Counts somebody who came before now.
    fn count(&mut self, visit: &Visit, now: Timestamp) {
        let waits = (!visit.passed).then_some(visit.at);
        let tally = Tally { arrivals: 1, passed: usize::from(visit.passed), first_waiting: waits };
        let back = (now - visit.at).num_seconds() / LATELY.num_seconds();
        self.add(usize::try_from(back).unwrap_or(0), &tally);
    }

    fn add(&mut self, back: usize, tally: &Tally) {
        if back >= self.0.len() {
            self.0.resize(back + 1, Tally::default());
        }
        self.0[back].add(tally);
    }

    /// The hour that began so many hours ago and one; the latest hour is 0.
    fn hour(&self, back: usize) -> Tally {
        self.0.get(back).copied().unwrap_or_default()
    }

    /// The median of the pass rates of the hours before the last one. Hours with too few arrivals are taken together
    /// with those before them.
    fn usual(&self) -> Option<f64> {
        let mut rates = Vec::new();
        let mut sample = Tally::default();
        for hour in self.0.iter().skip(1) {
            sample.add(hour);
            if sample.arrivals >= FEWEST_ARRIVALS {
                rates.push(sample.rate());
                sample = Tally::default();
            }
        }
        rates.sort_by(f64::total_cmp);
        (rates.len() >= FEWEST_SAMPLES).then(|| f64::midpoint(rates[(rates.len() - 1) / 2], rates[rates.len() / 2]))
    }

    fn stall(&self) -> Option<Stall> {
        let lately = self.hour(0);
        let usual = self.usual().filter(|_| lately.arrivals >= FEWEST_ARRIVALS)?;
        if !lately.is_stalled(usual) {
            return None;
        }
        let hours = (0..LONGEST_HOURS).map(|back| self.hour(back)).take_while(|hour| hour.is_stalled(usual));
        Some(Stall { since: hours.filter_map(|hour| hour.first_waiting).min()?, lately, usual })
    }
}

/// One incident for all projects, unless a single one is concerned.
fn stalls_of(channel: &Channel, projects: &BTreeMap<&str, Traffic>) -> Vec<Incident> {
    let incident = |stall: Stall, project: Option<&str>| Incident {
        step: channel.step.clone(),
        project: project.map(str::to_owned),
        through: channel.through.clone(),
        since: stall.since,
        arrivals: stall.lately.arrivals,
        passed: stall.lately.passed,
        usual: stall.usual,
    };
    let own = projects.iter().filter_map(|(project, traffic)| Some(incident(traffic.stall()?, Some(*project))));
    let own: Vec<Incident> = own.collect();
    let mut all = Traffic::default();
    for (back, tally) in projects.values().flat_map(|traffic| traffic.0.iter().enumerate()) {
        all.add(back, tally);
    }
    let Some(stall) = all.stall() else { return own };
    let concerned = projects.values().filter(|traffic| traffic.hour(0).is_stalled(stall.usual));
    if own.len() == 1 && concerned.count() == 1 { own } else { vec![incident(stall, None)] }
}

#[cfg(test)]
mod tests;
