//! Where people come from: chooses flow, country and time of a new story, and gives out what must not repeat.

use chrono::{TimeDelta, Timelike as _};

use super::allotment::Allotment;
use super::chance::Chance;
use super::person::Person;
use super::story::Story;
use super::world::{Country, World};
use crate::model::{Flow, Project, StepKind, Timestamp};

/// When a story began, seconds before the present.
#[derive(Debug, Clone, Copy)]
pub(super) enum Begun {
    /// Anywhere between two ages, each equally likely.
    Between(i64, i64),
    /// Anywhere up to an age, more often lately, and rarely at night.
    Spread(i64),
    /// So long ago that the lifetime the flow gives is over, by up to three days.
    Outlived,
}

/// Which flows a story can be told of.
pub(super) type FlowWish = fn(&Flow) -> bool;

/// See the module.
pub(super) struct Stage {
    world: &'static World,
    seed: u64,
    pub(super) now: Timestamp,
    /// Active flows with their projects.
    flows: Vec<(Project, Flow)>,
    allotment: Allotment,
    streams: u64,
}

impl Stage {
    /// A stage for the active flows of active projects.
    pub(super) fn new(world: &'static World, seed: u64, now: Timestamp, projects: &[Project], flows: &[Flow]) -> Self {
        let active = |status: Option<&str>| status.is_none_or(|status| status == "active");
        let open = flows.iter().filter(|flow| active(flow.status.as_deref())).filter_map(|flow| {
            let project = projects.iter().find(|project| project.id == flow.project_id)?;
            active(project.status.as_deref()).then(|| (project.clone(), flow.clone()))
        });
        Self { world, seed, now, flows: open.collect(), allotment: Allotment::default(), streams: 0 }
    }

    /// A fresh stream of chance.
    pub(super) fn chance(&mut self) -> Chance {
        self.streams += 1;
        Chance::of(self.seed, self.streams)
    }

    /// Begins the story of a new person. None if no flow fits the wish.
    pub(super) fn begin(&mut self, wish: FlowWish, begun: Begun) -> Option<Story> {
        self.begin_as(wish, begun, |_| {})
    }

    /// Begins the story of a new person who is not quite as invented.
    pub(super) fn begin_as(
        &mut self,
        wish: impl Fn(&Flow) -> bool,
        begun: Begun,
        alter: impl FnOnce(&mut Person),
    ) -> Option<Story> {
        let mut chance = self.chance();
        let (project, flow) = self.choose_flow(wish, &mut chance)?;
        let mut person = self.invent(&project, &flow, &mut chance)?;
        alter(&mut person);
        let begun = self.choose_beginning(begun, &flow, &mut chance);
        Some(Story::begin(person, (&project, &flow), (begun, self.now), chance))
    }

    /// A flow that fits the wish; one that insists on phones only while there are numbers left.
    fn choose_flow(&self, wish: impl Fn(&Flow) -> bool, chance: &mut Chance) -> Option<(Project, Flow)> {
        let possible = |(project, flow): &&(Project, Flow)| {
            wish(flow) && (!flow.settings.is_mandatory(&StepKind::PhoneVerification) || self.has_phones(project))
        };
        let fitting: Vec<_> = self.flows.iter().filter(possible).collect();
        chance.pick(&fitting).map(|chosen| (*chosen).clone())
    }

    fn has_phones(&self, project: &Project) -> bool {
        self.countries_of(project).any(|country| self.allotment.has_phones(self.world, country))
    }

    fn countries_of(&self, project: &Project) -> impl Iterator<Item = &'static Country> {
        let allowed = project.allowed_countries.clone();
        let everywhere = allowed.is_empty() || allowed.iter().any(|name| name == "All");
        self.world.countries.iter().filter(move |country| everywhere || allowed.contains(&country.name))
    }

    fn invent(&mut self, project: &Project, flow: &Flow, chance: &mut Chance) -> Option<Person> {
        let insists = flow.settings.is_mandatory(&StepKind::PhoneVerification);
        let with_phone = insists || chance.percent(40);
        let countries: Vec<&Country> = self
            .countries_of(project)
            .filter(|country| !insists || self.allotment.has_phones(self.world, country))
            .collect();
        let country = chance.weighted(&countries, |country| country.weight)?;
        Person::invent(self.world, country, with_phone, &mut self.allotment, chance, (self.seed, self.now))
    }

    fn choose_beginning(&self, begun: Begun, flow: &Flow, chance: &mut Chance) -> Timestamp {
        let ago = |seconds: i64| self.now - TimeDelta::seconds(seconds);
        match begun {
            Begun::Between(least, most) => ago(chance.between(least..=most)),
            Begun::Outlived => {
                let days = i64::from(flow.settings.expiry_days.unwrap_or(7));
                ago(days * 86_400 + chance.between(600..=3 * 86_400))
            }
            Begun::Spread(most) => {
                let mut chosen = self.now;
                // A beginning at night is drawn again, twice at most: some do sign up at night.
                for _ in 0..3 {
                    let part = chance.between(60..=10_000);
                    chosen = ago((most * part / 10_000 * part / 10_000).max(60));
                    if (6..23).contains(&chosen.hour()) {
                        break;
                    }
                }
                chosen
            }
        }
    }
}
