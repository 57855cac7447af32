#![allow(clippy::unwrap_used, clippy::panic)]
mod particular;
mod people;
mod stories;

use chrono::TimeDelta;

use super::{Act, STANDSTILL, Stage, Stuck, Turn, WAYS};
use crate::{
    model::{Checks, DeskNotes, Registration, Requirement, Status, StepKind, StepState, Timestamp},
    triage::{
        Context, LinkIndex,
        testing::{at, derived, finished, minutes},
    },
};
use stories::{Change, STORIES, Story};

/// Ways that a status alone tells, so that they need no evidence.
const TOLD_BY_THE_STATUS: &[&str] = &["S-00", "M-01", "X-01", "X-04"];

fn told(change: Change) -> Registration {
    let mut registration = finished();
    change(&mut registration);
    derived(registration)
}

/// What blocks it, with nobody else known.
fn blocker(registration: &Registration, now: Timestamp) -> Option<Stuck> {
    super::blocker(registration, Context::new(&LinkIndex::default(), now))
}

/// Nothing moved after ten minutes into the story.
fn since() -> Timestamp {
    at(600)
}

fn after(story: &Story, registration: &Registration, age: TimeDelta) -> Option<Stuck> {
    blocker(registration, since() + age).filter(|stuck| stuck.reason == story.way)
}

#[test]
fn each_way_is_found_and_counts_from_its_limit_on() {
    for story in STORIES {
        let registration = told(story.change);
        let limit = minutes(story.limits.1);
        let late = after(story, &registration, limit).unwrap_or_else(|| panic!("{} is not seen", story.way));
        assert_eq!(late.limit_seconds, limit.num_seconds(), "{}", story.way);
        assert!(late.is_over_its_limit() && late.ratio >= 1.0, "{}: {late:?}", story.way);
        assert_eq!((late.since, late.age_seconds), (since(), limit.num_seconds()), "{}", story.way);
    }
}

#[test]
fn just_short_of_it_nobody_is_stuck_that_way() {
    for story in STORIES {
        let limit = minutes(story.limits.1);
        if let Some(almost) = story.almost {
            let found = after(story, &told(almost), limit);
            assert_eq!(found, None, "{}", story.way);
        } else {
            let early = after(story, &told(story.change), limit - TimeDelta::seconds(1));
            assert!(early.as_ref().is_none_or(|stuck| !stuck.is_over_its_limit()), "{}: {early:?}", story.way);
        }
    }
}

#[test]
fn what_is_not_known_blocks_nobody() {
    for story in STORIES {
        let mut registration = told(story.change);
        registration.checks = Checks::default();
        registration.desk = DeskNotes::default();
        (registration.current_step, registration.link_resent, registration.flow.status) = (None, None, None);
        registration.failed_attempts.clear();
        registration.access_log.clear();
        registration.reviews.clear();
        registration.deliveries.clear();
        let found = after(story, &derived(registration), minutes(story.limits.1));
        assert_eq!(found.is_some(), TOLD_BY_THE_STATUS.contains(&story.way), "{}: {found:?}", story.way);
    }
}

#[test]
fn a_wait_goes_through_its_stages_at_its_limits_to_the_second() {
    for story in STORIES {
        let registration = told(story.change);
        let (warn, stuck, give_up) = story.limits;
        let stage = |minute: i64, second: i64| {
            after(story, &registration, minutes(minute) + TimeDelta::seconds(second)).map(|stuck| stuck.stage)
        };
        let seen = |stage: Option<Stage>, expected: Stage| {
            // Before a resent link is dead, something else blocks.
            assert!(stage == Some(expected) || story.way == "X-02", "{}: {stage:?}, not {expected:?}", story.way);
        };
        let before = if warn.is_some() { Stage::Warn } else { Stage::InTime };
        if let Some(warn) = warn {
            seen(stage(warn, -1), Stage::InTime);
            seen(stage(warn, 0), Stage::Warn);
        }
        if stuck > 0 {
            seen(stage(stuck, -1), before);
        }
        seen(stage(stuck, 0), Stage::Stuck);
        match give_up {
            Some(give_up) => {
                seen(stage(give_up, -1), Stage::Stuck);
                // What is over leaves the desk then, what is open stays.
                let expected = registration.status.is_open().then_some(Stage::GivenUp);
                assert_eq!(stage(give_up, 0), expected, "{}", story.way);
            }
            None => seen(stage(365 * 24 * 60, 0), Stage::Stuck),
        }
    }
}

#[test]
fn every_way_has_its_story_and_is_described() {
    for way in WAYS {
        let told = way.id == STANDSTILL || STORIES.iter().any(|story| story.way == way.id);
        assert!(told, "{}; the story of X-06 stands with the incidents", way.id);
        assert!(!way.name.is_empty() && way.next_action.ends_with('.'), "{}", way.id);
        // Whoever waits for us is never given up by mere time, except where there is only a link to send.
        let is_ours = matches!(way.turn, Turn::System) || matches!(way.act, Act::Decide | Act::Claim | Act::Release);
        assert!(!is_ours || way.limits.give_up.is_none(), "{}", way.id);
    }
    assert_eq!(WAYS.len(), STORIES.len() + 1);
}

#[test]
fn an_act_is_what_the_words_say_and_nothing_that_the_status_forbids() {
    let says: &[(Act, &[&str])] = &[
        (Act::Resend, &["again", "send it"]),
        (Act::Sync, &["Sync"]),
        (Act::Decide, &["decide", "reject"]),
        (Act::Claim, &["Take it"]),
        (Act::Release, &["release"]),
        (Act::Create, &["create"]),
        (Act::Links, &["links"]),
        (Act::Wait, &["Wait"]),
        (Act::Elsewhere, &["owner", "integrator", "console", "with the person"]),
    ];
    for story in STORIES {
        let registration = told(story.change);
        let stuck = after(story, &registration, minutes(story.limits.1)).unwrap();
        let (_, words) = says.iter().find(|(act, _)| *act == stuck.act).unwrap();
        assert!(words.iter().any(|word| stuck.next_action.contains(word)), "{}: {}", story.way, stuck.next_action);
        let takes_no_link = [Status::Completed, Status::CompletedWithoutKyc, Status::Failed];
        assert!(stuck.act != Act::Resend || !takes_no_link.contains(&registration.status), "{}", story.way);
        let line = stuck.command_line(&registration.id);
        let has_none = matches!(stuck.act, Act::Create | Act::Wait | Act::Elsewhere);
        assert_eq!(line.is_none(), has_none, "{}: {line:?}", story.way);
        assert!(line.is_none_or(|line| line.contains(registration.id.as_str())), "{}", story.way);
    }
}

#[test]
fn whatever_is_owed_next_blocks() {
    let kinds = StepKind::ALL.iter().filter(|kind| **kind != StepKind::End).cloned();
    for kind in kinds.chain([StepKind::Other("hologram".to_owned())]) {
        let mut registration = finished();
        people::owes(&mut registration, kind.clone());
        let mut registration = derived(registration);
        for step in &mut registration.steps {
            step.state = if step.kind == kind { StepState::Pending } else { StepState::Completed };
            step.requirement = Some(Requirement::Mandatory);
        }
        let stuck = blocker(&registration, at(5_000));
        assert!(stuck.is_some(), "{kind} blocks nothing");
    }
}
