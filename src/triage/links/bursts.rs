//! How many registrations arrive in a project, in steps of ten minutes, held against the same hour of earlier weeks.

use std::{
    collections::{BTreeMap, HashMap},
    ops::Range,
};

use super::{
    Touched,
    arrivals::{Arrival, Number, Roughly},
};
use crate::model::Timestamp;

/// Fewer arrivals in ten minutes are no burst; our choice.
pub const FEWEST: f64 = 5.0;
/// More than so many standard deviations above the mean is unusual; our choice.
pub const DEVIATIONS: f64 = 3.0;

const SECONDS_A_SLOT: i64 = 600;
const SLOTS_AN_HOUR: u32 = 6;
const HOURS_A_WEEK: i64 = 168;
/// So many earlier weeks tell what is usual, where the project has been there for as long.
const MOST_WEEKS: i64 = 8;
/// Fewer earlier weeks tell nothing.
const FEWEST_WEEKS: i64 = 2;

/// Who arrived when, by project.
#[derive(Debug, Clone, Default)]
pub struct Bursts(HashMap<String, Project>);

/// What arrived in ten minutes, and what usually does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// Arrivals in these ten minutes.
    arrivals: usize,
    /// The mean of the ten minutes of the same hour in the weeks before.
    mean: f64,
    /// Their standard deviation.
    deviation: f64,
}

impl Pace {
    /// How many arrived in these ten minutes.
    pub fn about(&self) -> Roughly {
        Roughly::new(self.arrivals)
    }

    /// So many arrivals are not unusual yet: whole registrations, at so many standard deviations above the mean.
    pub fn usual_limit(&self, deviations: f64) -> f64 {
        (self.mean + deviations * self.deviation).floor()
    }

    /// Whether these ten minutes are a burst.
    pub fn is_burst(&self, fewest: f64, deviations: f64) -> bool {
        self.arrivals as f64 >= fewest && self.arrivals as f64 > self.usual_limit(deviations)
    }

    /// What a judgement by the built-in numbers tells of it.
    fn told(self) -> Option<(Roughly, i64)> {
        let limit = self.usual_limit(DEVIATIONS) as i64;
        self.is_burst(FEWEST, DEVIATIONS).then(|| (self.about(), limit))
    }
}

impl Bursts {
    /// Counts an arrival, and tells of everyone who is in a burst by it, or no longer, or in another than before.
    pub fn insert(&mut self, project: &str, arrival: &Arrival, touched: &mut Touched) {
        let place = Place::of(arrival.at());
        if !self.0.contains_key(project) {
            self.0.insert(project.to_owned(), Project::default());
        }
        let Some(hours) = self.0.get_mut(project) else { return };
        let first = hours.first().unwrap_or(place.hour);
        let told = touched.is_wanted().then(|| hours.told_around(place, place.hour.min(first)..first));
        hours.0.entry(place.hour).or_default()[place.slot].push(arrival.number);
        hours.tell_changes(told.unwrap_or_default(), touched);
    }

    /// No longer counts an arrival; tells as [`Bursts::insert`] does.
    pub fn remove(&mut self, project: &str, arrival: &Arrival, touched: &mut Touched) {
        let place = Place::of(arrival.at());
        let Some(hours) = self.0.get_mut(project) else { return };
        let is_last = hours.0.get(&place.hour).is_some_and(|slots| slots.iter().map(Vec::len).sum::<usize>() == 1);
        let next = hours.0.range(place.hour + 1..).next().map_or(place.hour, |(next, _)| *next);
        let becomes_first = if is_last && hours.first() == Some(place.hour) { next } else { place.hour };
        let told = hours.told_around(place, place.hour..becomes_first);
        if let Some(slots) = hours.0.get_mut(&place.hour) {
            slots[place.slot].retain(|number| *number != arrival.number);
        }
        if is_last {
            hours.0.remove(&place.hour);
        }
        hours.tell_changes(told, touched);
        if hours.0.is_empty() {
            self.0.remove(project);
        }
    }

    /// The pace at a time; `None` if the project has not been there for long enough to tell what is usual.
    pub fn pace(&self, project: &str, at: Timestamp) -> Option<Pace> {
        self.0.get(project)?.pace(Place::of(at))
    }
}

/// Ten minutes: the hour since 1970, and which part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    hour: i64,
    slot: usize,
}

impl Place {
    fn of(at: Timestamp) -> Self {
        let slots = at.timestamp().div_euclid(SECONDS_A_SLOT);
        let in_an_hour = i64::from(SLOTS_AN_HOUR);
        Self { hour: slots.div_euclid(in_an_hour), slot: slots.rem_euclid(in_an_hour) as usize }
    }
}

type Slot = Vec<Number>;

/// The hours of a project in which anybody arrived.
#[derive(Debug, Clone, Default)]
struct Project(BTreeMap<i64, [Slot; SLOTS_AN_HOUR as usize]>);

impl Project {
    fn pace(&self, place: Place) -> Option<Pace> {
        let usual = self.usual(place.hour)?;
        let arrivals = self.0.get(&place.hour).map_or(0, |slots| slots[place.slot].len());
        Some(Pace { arrivals, ..usual })
    }

    /// Mean and deviation of ten minutes in the same hour of the weeks before; hours without arrivals count.
    fn usual(&self, hour: i64) -> Option<Pace> {
        let (first, _) = self.0.first_key_value()?;
        let weeks = ((hour - first) / HOURS_A_WEEK).min(MOST_WEEKS);
        if weeks < FEWEST_WEEKS {
            return None;
        }
        let slots = (1..=weeks).filter_map(|week| self.0.get(&(hour - week * HOURS_A_WEEK))).flatten();
        let (sum, squares) =
            slots.map(Vec::len).fold((0, 0), |(sum, squares), count| (sum + count, squares + count * count));
        let count = (weeks * i64::from(SLOTS_AN_HOUR)) as f64;
        let mean = sum as f64 / count;
        let deviation = (squares as f64 / count - mean * mean).max(0.0).sqrt();
        Some(Pace { arrivals: 0, mean, deviation })
    }

    fn first(&self) -> Option<i64> {
        self.0.first_key_value().map(|(first, _)| *first)
    }

    fn told(&self, place: Place) -> Option<(Roughly, i64)> {
        self.pace(place)?.told()
    }

    /// What is told of all ten minutes that an arrival at a place concerns: its own, those for which it counts as
    /// usual, and those that know a week more or less if the first hour of the project moves over these hours.
    fn told_around(&self, place: Place, firsts: Range<i64>) -> Vec<(Place, Option<(Roughly, i64)>)> {
        let later = (1..=MOST_WEEKS).map(|week| place.hour + week * HOURS_A_WEEK).map(|hour| hour..hour + 1);
        let newly = (FEWEST_WEEKS..=MOST_WEEKS)
            .map(|week| firsts.start + week * HOURS_A_WEEK..firsts.end + week * HOURS_A_WEEK)
            .filter(|hours| !hours.is_empty());
        let busy = later.chain(newly).flat_map(|hours| self.0.range(hours)).flat_map(|(hour, slots)| {
            let busy = slots.iter().enumerate().filter(|(_, slot)| slot.len() as f64 >= FEWEST);
            busy.map(|(slot, _)| Place { hour: *hour, slot })
        });
        std::iter::once(place).chain(busy).map(|place| (place, self.told(place))).collect()
    }

    fn tell_changes(&self, before: Vec<(Place, Option<(Roughly, i64)>)>, touched: &mut Touched) {
        for (place, _) in before.into_iter().filter(|(place, told)| self.told(*place) != *told) {
            let slot = self.0.get(&place.hour).map(|slots| &slots[place.slot]);
            touched.extend(slot.into_iter().flatten().copied());
        }
    }
}
