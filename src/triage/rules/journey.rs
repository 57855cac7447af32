//! Whether the person's steps came from one device and one place.

use std::net::IpAddr;

use chrono::TimeDelta;

use super::{
    Case, Finding, Number, Rule, RuleOutcome, Severity, ThresholdFrom,
    visits::{Device, Visit, is_same_connection, visits},
};

/// Changes of device or connection that are worth a look.
const CHANGES: Number = Number { name: "changes", default: 1.0, unit: "changes" };
/// A pause after which somebody else may have the link.
const PAUSE: Number = Number { name: "pause", default: 24.0, unit: "hours" };

pub(super) const CHANGED_ON_THE_WAY: Rule = Rule {
    id: "DEV-04",
    name: "Device or IP address changed between steps",
    severity: Severity::Low,
    category: "device",
    inputs: &[
        "evidence.information.userAgent",
        "evidence.document.userAgent",
        "evidence.liveness.userAgent",
        "evidence.liveness.os",
        "evidence.information.ip",
        "evidence.email.ip",
        "evidence.phone.ip",
        "evidence.document.ip",
        "evidence.liveness.ip",
    ],
    numbers: &[CHANGES],
    threshold: "one change besides a single handoff from desktop to phone; medium if the addresses are in different \
                countries",
    source: "our choice; a handoff to the phone is how the flow is meant to be used",
    caveat: "Phones that leave the wireless network of a home; travel.",
    next_action: "A single change decides nothing; look at it beside other flags.",
    evaluate: changed_on_the_way,
};

fn changed_on_the_way(case: &Case) -> RuleOutcome {
    let visits = visits(case.registration);
    let journey = Journey::of(&visits, |address| case.lists().country_of(address));
    let limit = case.number(&CHANGES);
    if let Some((visit, seen)) = journey.distant {
        return Finding::new(Severity::Medium, format!("{}.ip", visit.evidence), seen)
            .against("one country", ThresholdFrom::Default)
            .at(visit.at)
            .fires();
    }
    match journey.changes.first() {
        Some((path, visit, seen)) if journey.changes.len() >= limit.count().max(1) => {
            Finding::new(Severity::Low, path.clone(), seen.clone())
                .against(format!("fewer than {} besides a handoff to the phone", limit.count().max(1)), limit.from)
                .at(visit.at)
                .fires()
        }
        _ if journey.is_measured => RuleOutcome::Clear,
        _ => RuleOutcome::NotMeasured,
    }
}

/// What changed from visit to visit.
#[derive(Default)]
struct Journey<'a> {
    /// Path, visit and what was seen of each change besides the handoff.
    changes: Vec<(String, Visit<'a>, String)>,
    /// The first visit from another country.
    distant: Option<(Visit<'a>, String)>,
    /// Whether there was anything to compare.
    is_measured: bool,
}

impl<'a> Journey<'a> {
    fn of(visits: &[Visit<'a>], country_of: impl Fn(IpAddr) -> Option<&'static str>) -> Self {
        let mut journey = Self::default();
        let mut device: Option<Device> = None;
        let mut addresses: Vec<IpAddr> = Vec::new();
        let mut handed_over = false;
        for visit in visits {
            let mut is_handoff = false;
            let mut change = None;
            if let Some((before, now)) = device.zip(visit.device()) {
                journey.is_measured = true;
                if before.differs(&now) {
                    is_handoff = !handed_over && before.is_desktop() && !now.is_desktop();
                    handed_over = true;
                    change = Some(("userAgent", format!("{}, then {}", before.name(), now.name())));
                }
            }
            device = visit.device().or(device);
            let address = visit.public_address();
            let before =
                addresses.iter().rev().find(|before| address.is_some_and(|now| now.is_ipv4() == before.is_ipv4()));
            if let Some((before, now)) = before.copied().zip(address) {
                journey.is_measured = true;
                if change.is_none() && !is_same_connection(before, now) {
                    change = Some(("ip", format!("{before}, then {now}")));
                }
            }
            if let Some((key, seen)) = change.filter(|_| !is_handoff) {
                journey.changes.push((format!("{}.{key}", visit.evidence), *visit, seen));
            }
            let Some(address) = address else { continue };
            let countries = addresses.last().and_then(|before| country_of(*before)).zip(country_of(address));
            if let Some((from, to)) = countries.filter(|(from, to)| from != to) {
                journey.distant.get_or_insert((*visit, format!("{address} ({to}), before in {from}")));
            }
            addresses.push(address);
        }
        journey
    }
}

pub(super) const LONG_PAUSE: Rule = Rule {
    id: "BEH-03",
    name: "Long pause, then another device finishes",
    severity: Severity::Medium,
    category: "behaviour",
    inputs: &[
        "evidence.information.userAgent",
        "evidence.document.userAgent",
        "evidence.document.created",
        "evidence.liveness.userAgent",
        "evidence.liveness.os",
        "evidence.liveness.created",
    ],
    numbers: &[PAUSE],
    threshold: "more than 24 hours between two steps, the later one from another device",
    source: "our choice: the link may have been forwarded",
    caveat: "Someone who resumes on the phone.",
    next_action: "Repeat the selfie, and hold it against the document.",
    evaluate: |case| {
        let visits = visits(case.registration);
        let known: Vec<_> = visits
            .iter()
            .filter_map(|visit| {
                let at = visit.at.filter(|moment| !moment.basis.is_approximate())?;
                Some((visit, at, visit.device()?))
            })
            .collect();
        if known.len() < 2 {
            return RuleOutcome::NotMeasured;
        }
        let pause = case.number(&PAUSE);
        let limit = TimeDelta::seconds((pause.value * 3_600.0) as i64);
        let resumed = known.windows(2).find_map(|pair| {
            let [(_, before, old), (visit, at, new)] = pair else { return None };
            (at.at - before.at > limit && old.differs(new)).then_some((visit, at, old, new, at.at - before.at))
        });
        let Some((visit, at, old, new, gap)) = resumed else { return RuleOutcome::Clear };
        let seen = format!("{}, {} hours later {}", old.name(), gap.num_hours(), new.name());
        Finding::new(Severity::Medium, format!("{}.userAgent", visit.evidence), seen)
            .against(format!("at most {} hours, or the same device", pause.value), pause.from)
            .at(Some(*at))
            .fires()
    },
};
