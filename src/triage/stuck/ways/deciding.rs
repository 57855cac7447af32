//! The end of a flow, manual review, and what can happen at any step.

use super::{Act, Find, Limit, Limits, Place, STANDSTILL, Turn, Way};
use crate::model::{Status, StepKind};

const END: &StepKind = &StepKind::End;

pub(super) const ALL_DONE: Way = Way {
    id: "N-01",
    name: "All done, still open",
    turn: Turn::System,
    limits: Limits::stuck(Limit::Minutes(15)).warning_after(5),
    act: Act::Sync,
    next_action: "Sync it: the service computes the status from the evidence.",
    step: Place::At(END),
    find: |situation| situation.still(situation.is_running() && situation.all_done()),
};

pub(super) const END_REFUSED: Way = Way {
    id: "N-02",
    name: "End was asked for, the service disagreed",
    turn: Turn::Operator,
    limits: Limits::AT_ONCE,
    act: Act::Sync,
    next_action: "Sync it to see the blockers, then clear them or decide.",
    step: Place::At(END),
    find: |situation| situation.still(situation.needs_review() && situation.end_was_refused()),
};

pub(super) const NOBODY_TOOK_IT: Way = Way {
    id: "M-01",
    name: "Waiting for a reviewer",
    turn: Turn::Operator,
    limits: Limits::stuck(Limit::hours(4)).warning_after(60),
    act: Act::Claim,
    next_action: "Take it, look at flags and evidence, and decide: approve or reject.",
    step: Place::WhereItStands,
    find: |situation| situation.still(situation.needs_review()),
};

pub(super) const TAKEN_NOT_DECIDED: Way = Way {
    id: "M-02",
    name: "Taken, not decided",
    turn: Turn::Operator,
    limits: Limits::stuck(Limit::hours(2)).warning_after(30),
    act: Act::Release,
    next_action: "Decide it, or release it for somebody else.",
    step: Place::WhereItStands,
    find: |situation| {
        let claim = situation.claim().filter(|_| situation.needs_review())?;
        Some(
            Find::since(situation.last_decision().map_or(claim.at, |decided| decided.max(claim.at))).held_by(&claim.by),
        )
    },
};

pub(super) const SENT_BACK: Way = Way {
    id: "M-03",
    name: "Waiting for the person's answer",
    turn: Turn::User,
    limits: Limits::stuck(Limit::hours(72)).warning_after(24 * 60).given_up_after(7),
    act: Act::Resend,
    next_action: "Remind the person: send the link again.",
    step: Place::WhereItStands,
    find: |situation| situation.still(situation.is_open() && situation.was_sent_back()),
};

pub(super) const CAME_BACK: Way = Way {
    id: "M-04",
    name: "The person answered, nobody looked",
    turn: Turn::Operator,
    limits: Limits::AT_ONCE,
    act: Act::Decide,
    next_action: "Look at the new evidence and decide.",
    step: Place::WhereItStands,
    find: |situation| situation.still(situation.is_open() && situation.came_back()),
};

pub(super) const EXPIRED: Way = Way {
    id: "X-01",
    name: "Expired",
    turn: Turn::Operator,
    limits: Limits::AT_ONCE.given_up_after(7),
    act: Act::Resend,
    next_action: "Try to send the link again; if that is refused, create a new registration.",
    step: Place::WhereItStands,
    find: |situation| (*situation.status() == Status::Expired).then(|| Find::since(situation.ended_at())),
};

pub(super) const RESENT_LINK_DIED: Way = Way {
    id: "X-02",
    name: "Resent link died unused",
    turn: Turn::User,
    limits: Limits::stuck(Limit::LinkLife).given_up_after(7),
    act: Act::Resend,
    next_action: "Agree on a time, and send the link again while you are on the phone.",
    step: Place::WhereItStands,
    find: |situation| situation.still(situation.is_running() && situation.resent_link_died()),
};

pub(super) const NEVER_TOLD: Way = Way {
    id: "X-03",
    name: "Over, and the integrator was never told",
    turn: Turn::Integrator,
    limits: Limits::stuck(Limit::Minutes(5)).given_up_after(30),
    act: Act::Elsewhere,
    next_action: "Have the integrator repair the address of the webhook, then have the delivery sent again: in the \
                  service's own console, or by PUT /v2/webhook-events/{id}/resend.",
    step: Place::At(END),
    find: |situation| situation.undelivered().map(Find::since),
};

pub(super) const STATUS_UNKNOWN: Way = Way {
    id: "X-04",
    name: "Status unknown",
    turn: Turn::System,
    limits: Limits::AT_ONCE,
    act: Act::Decide,
    next_action: "Find out what the service means by it; if nothing stands against it, decide: that gives it a known \
                  status.",
    step: Place::WhereItStands,
    find: |situation| situation.still(matches!(situation.status(), Status::Unknown(_))),
};

pub(super) const TURNED_AWAY_AFTER_THE_END: Way = Way {
    id: "X-05",
    name: "Done, but the person is turned away",
    turn: Turn::Integrator,
    limits: Limits::AT_ONCE.given_up_after(7),
    act: Act::Elsewhere,
    next_action: "Have the integrator log the person in anew: the login that the end handed out was lost or is over.",
    step: Place::At(END),
    find: |situation| situation.turned_away_after_the_end().map(Find::since),
};

pub(super) const STEP_STANDS_STILL: Way = Way {
    id: STANDSTILL,
    name: "The step stands still for everyone",
    turn: Turn::System,
    limits: Limits::stuck(Limit::Minutes(15)),
    act: Act::Elsewhere,
    next_action: "Raise it once for all: look at the gateway, the service and the latest changes to the flow.",
    step: Place::OfTheIncident,
    find: |situation| situation.still(situation.incident.is_some()),
};
