//! Steps that stopped working for everyone: one incident, not hundreds of people.
//!
//! A step stands still when of those who came to it in the last hour less than half of the usual share got through.
//! Getting through means passing within a quarter of an hour of arriving, then as well as usually, so that the two
//! can be held against each other.

mod traffic;

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::model::{Gateway, Registration, Status, Step, StepKind, StepState, Timestamp};
use traffic::{HISTORY, Hours, PATIENCE, Stall, Traffic};

/// A step that far fewer people get through than usual.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// The step.
    pub step: StepKind,
    /// The project concerned, by id; `None`: more than one.
    pub project: Option<String>,
    /// What it may be, for example `whatsapp`: the gateway of the codes that stopped.
    pub through: Option<String>,
    /// When the first of the waiting arrived at the step, to the minute.
    pub since: Timestamp,
    /// How many arrived at the step in the last hour and had time to pass.
    pub arrivals: u32,
    /// How many of them got through.
    pub passed: u32,
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
            .is_none_or(|finished| finished.basis.is_approximate() || finished.at - started.at <= minutes(PATIENCE));
        let passed = step.state == StepState::Completed && in_time;
        Some(Self { at: started.at, channel, passed, is_exact: !started.basis.is_approximate() })
    }
}

fn minutes(minutes: u32) -> TimeDelta {
    TimeDelta::minutes(minutes.into())
}

/// The channels seen so far, by which visits are told, and who of those who are counted came through them.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Channels {
    known: Vec<Channel>,
    /// By project, then by channel.
    traffic: BTreeMap<String, BTreeMap<u16, Traffic>>,
}

impl Channels {
    /// To which steps a registration came, as far back as it may matter from now on. The end is nothing that stands
    /// still.
    pub fn visits(&mut self, registration: &Registration, now: Timestamp) -> Box<[Visit]> {
        let steps = registration.steps.iter().filter(|step| step.kind != StepKind::End);
        let lately = steps.filter(|step| step.started.is_some_and(|started| started.at >= now - minutes(HISTORY)));
        let visits = lately.filter_map(|step| {
            let through = gateway(registration, step).map(str::to_owned);
            Visit::of(step, self.code_of(Channel { step: step.kind.clone(), through }))
        });
        visits.collect()
    }

    fn code_of(&mut self, channel: Channel) -> u16 {
        let known = self.known.iter().position(|known| *known == channel);
        let place = known.unwrap_or_else(|| {
            self.known.push(channel);
            self.known.len() - 1
        });
        // More words for steps and gateways than that are noise, and go together.
        u16::try_from(place).unwrap_or(u16::MAX)
    }

    /// Counts the visits of a registration of a project.
    pub fn count(&mut self, project: &str, visits: &[Visit]) {
        self.each(project, visits, |traffic, visit| traffic.count(visit.at, visit.passed));
    }

    /// No longer counts visits that were counted so.
    pub fn discount(&mut self, project: &str, visits: &[Visit]) {
        self.each(project, visits, |traffic, visit| traffic.discount(visit.at, visit.passed));
    }

    fn each(&mut self, project: &str, visits: &[Visit], take: impl Fn(&mut Traffic, &Visit)) {
        for visit in visits.iter().filter(|visit| visit.is_exact) {
            if !self.traffic.contains_key(project) {
                self.traffic.insert(project.to_owned(), BTreeMap::new());
            }
            if let Some(own) = self.traffic.get_mut(project) {
                take(own.entry(visit.channel).or_default(), visit);
            }
        }
    }

    /// The incidents that last at a time among those who are counted, in the order of the flow.
    pub fn incidents(&mut self, now: Timestamp) -> Vec<Incident> {
        let mut channels: BTreeMap<&Channel, BTreeMap<&str, Hours>> = BTreeMap::new();
        for (project, own) in &mut self.traffic {
            for (channel, traffic) in own {
                traffic.forget_past(now);
                let Some(channel) = self.known.get(usize::from(*channel)) else { continue };
                channels.entry(channel).or_default().insert(project, traffic.hours(now));
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
            let channel = self.known.get(usize::from(visit.channel));
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

/// One incident for all projects, unless a single one is concerned.
fn stalls_of(channel: &Channel, projects: &BTreeMap<&str, Hours>) -> Vec<Incident> {
    let incident = |stall: Stall, project: Option<&str>| Incident {
        step: channel.step.clone(),
        project: project.map(str::to_owned),
        through: channel.through.clone(),
        since: stall.since,
        arrivals: stall.lately.arrivals,
        passed: stall.lately.passed,
        usual: stall.usual,
    };
    let own = projects.iter().filter_map(|(project, hours)| Some(incident(hours.stall()?, Some(*project))));
    let own: Vec<Incident> = own.collect();
    let mut all = Hours::default();
    for hours in projects.values() {
        all.add_all(hours);
    }
    let Some(stall) = all.stall() else { return own };
    let concerned = projects.values().filter(|hours| hours.are_stalled(stall.usual));
    if own.len() == 1 && concerned.count() == 1 { own } else { vec![incident(stall, None)] }
}

#[cfg(test)]
mod tests;
