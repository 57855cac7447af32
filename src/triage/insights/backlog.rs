//! What is open, how old it is, and whether it grows.

use chrono::TimeDelta;
use serde::Serialize;

use super::Case;
use crate::model::{Status, Timestamp};

/// The days over which arrivals and ends are compared: a week, since weekends differ.
const DAYS: u32 = 7;
/// From how many days on a bracket of age begins, as review desks usually cut them.
const BRACKETS: [u32; 4] = [0, 3, 11, 31];

/// Open registrations.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Backlog {
    /// Not over.
    pub open: usize,
    /// Of them, those that wait for a decision.
    pub in_review: usize,
    /// By age since creation, youngest first.
    pub ages: Vec<AgeBracket>,
    /// Over how many days the numbers below are taken.
    pub days: u32,
    /// Created in these days.
    pub created: usize,
    /// Came to an end in these days.
    pub closed: usize,
    /// Over, but the source does not tell since when.
    pub closed_unknown: usize,
    /// By how much the backlog grew in these days; negative if it shrank.
    pub net_flow: i64,
    /// Decisions by people in these days.
    pub decisions: usize,
    /// How many days the reviews last at that pace; `None` if nobody decided anything.
    pub days_of_review: Option<f64>,
}

/// Open registrations of similar age.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AgeBracket {
    /// From so many whole days on.
    pub from_days: u32,
    /// Up to and including so many; `None`: any.
    pub to_days: Option<u32>,
    /// How many.
    pub open: usize,
    /// Of them, those that wait for a decision.
    pub in_review: usize,
}

pub(super) fn over(cases: &[Case], now: Timestamp) -> Backlog {
    let mut backlog = Backlog {
        open: 0,
        in_review: 0,
        ages: brackets(),
        days: DAYS,
        created: 0,
        closed: 0,
        closed_unknown: 0,
        net_flow: 0,
        decisions: 0,
        days_of_review: None,
    };
    let is_recent = |at: Timestamp| (TimeDelta::zero()..TimeDelta::days(DAYS.into())).contains(&(now - at));
    for registration in cases.iter().map(|case| case.registration) {
        backlog.created += usize::from(is_recent(registration.created_at));
        backlog.decisions +=
            registration.reviews.iter().filter_map(|review| review.at).filter(|at| is_recent(*at)).count();
        if registration.status.is_open() {
            let in_review = registration.status == Status::NeedsManualVerification;
            backlog.add(now - registration.created_at, in_review);
        } else {
            match registration.completed_at {
                Some(end) => backlog.closed += usize::from(is_recent(end.at)),
                None => backlog.closed_unknown += 1,
            }
        }
    }
    backlog.net_flow = backlog.created.cast_signed() as i64 - backlog.closed.cast_signed() as i64;
    backlog.days_of_review =
        (backlog.decisions > 0).then(|| backlog.in_review as f64 * f64::from(DAYS) / backlog.decisions as f64);
    backlog
}

fn brackets() -> Vec<AgeBracket> {
    let ends = BRACKETS.iter().skip(1).map(|next| Some(next - 1)).chain([None]);
    let bracket = |(from_days, to_days): (&u32, Option<u32>)| AgeBracket {
        from_days: *from_days,
        to_days,
        open: 0,
        in_review: 0,
    };
    BRACKETS.iter().zip(ends).map(bracket).collect()
}

impl Backlog {
    fn add(&mut self, age: TimeDelta, in_review: bool) {
        self.open += 1;
        self.in_review += usize::from(in_review);
        let days = age.num_days().max(0);
        if let Some(bracket) = self.ages.iter_mut().rfind(|bracket| i64::from(bracket.from_days) <= days) {
            bracket.open += 1;
            bracket.in_review += usize::from(in_review);
        }
    }
}
