//! Many who come from one place, at one time or in a series; several identities behind one device, and rings.

use super::{Case, Finding, Number, Rule, RuleOutcome, Severity, ThresholdFrom, id_list, score_text};
use crate::{
    model::RegistrationId,
    triage::{LinkKind, links},
};

/// People at one address worth a look.
const PEOPLE: Number = Number { name: "people", default: 3.0, unit: "people" };
/// From this many on it is grave.
const MANY_PEOPLE: Number = Number { name: "high_from", default: 5.0, unit: "people" };
/// From this many identities on, a device is nobody's family tablet.
const DEVICE_CRITICAL: Number = Number { name: "critical_from", default: 3.0, unit: "people" };
/// Fewer arrivals in ten minutes are no burst.
const FEWEST: Number = Number { name: "fewest", default: links::FEWEST, unit: "registrations" };
/// How far above the mean is unusual.
const DEVIATIONS: Number = Number { name: "deviations", default: links::DEVIATIONS, unit: "standard deviations" };
/// Registrations that make a series.
const SERIES: Number = Number { name: "registrations", default: 3.0, unit: "registrations" };
/// People in a ring; ten are told apart at most.
const RING_PEOPLE: Number = Number { name: "people", default: 3.0, unit: "people" };

pub(super) const CROWDED_ADDRESS: Rule = Rule {
    id: "VEL-01",
    name: "One IP address, many people",
    severity: Severity::Medium,
    category: "velocity",
    inputs: &[
        "evidence.information.ip",
        "evidence.email.ip",
        "evidence.phone.ip",
        "evidence.document.ip",
        "evidence.liveness.ip",
        "createdAt",
    ],
    numbers: &[PEOPLE, MANY_PEOPLE],
    threshold: "3 people from one address, each within 24 hours of this one; high from 5 on",
    source: "our choice; who starts again is counted once, private and local addresses are left out",
    caveat: "Offices, campuses, shops and mobile carriers put many people behind one address.",
    next_action: "Find out whose address it is, and look at who else came from there.",
    evaluate: crowded_address,
};

fn crowded_address(case: &Case) -> RuleOutcome {
    let (few, many) = (case.number(&PEOPLE), case.number(&MANY_PEOPLE));
    let links = case.context.links;
    let Some(own) = links.traces(&case.registration.id) else { return RuleOutcome::NotMeasured };
    let same = |known: &links::Traces, other: &links::Traces| {
        known.same_person(other).unwrap_or_else(|| known.same_contact(other))
    };
    let enough = few.count().max(many.count());
    let addresses = links.at_its_addresses(&case.registration.id);
    let people = addresses
        .iter()
        .map(|others| links::distinct(std::iter::once(&own).chain(others), enough, same))
        .max_by_key(Vec::len);
    let Some(people) = people else { return RuleOutcome::NotMeasured };
    let severity = match people.len() {
        people if people >= many.count() => Severity::High,
        people if people >= few.count() => Severity::Medium,
        _ => return RuleOutcome::Clear,
    };
    let ids = people[1..].iter().map(|other| &other.id);
    Finding::new(severity, "links", format!("also {}", id_list(ids)))
        .against(format!("fewer than {} people within 24 hours", few.count()), few.from)
        .fires()
}

pub(super) const SHARED_DEVICE: Rule = Rule {
    id: "VEL-02",
    name: "One device, several identities",
    severity: Severity::High,
    category: "velocity",
    inputs: &["evidence.information.deviceId", "links"],
    numbers: &[DEVICE_CRITICAL],
    threshold: "2 people on one device; critical from 3 on",
    source: "our choice; a device is a key of high precision",
    caveat: "Family tablets, devices of a shop.",
    next_action: "Look at the ring.",
    evaluate: |case| {
        let Some((own, others)) = case.sharing(&[LinkKind::Device]) else { return RuleOutcome::NotMeasured };
        let different: Vec<_> = others.iter().filter(|(_, other)| own.same_person(other) == Some(false)).collect();
        let everyone = std::iter::once(&own).chain(different.iter().map(|(_, other)| other));
        let critical = case.number(&DEVICE_CRITICAL).count().max(2);
        let severity = match links::distinct_people(everyone, false, critical) {
            people if people >= critical => Severity::Critical,
            2.. => Severity::High,
            _ => return RuleOutcome::Clear,
        };
        let ids: Vec<&RegistrationId> = different.iter().map(|(id, _)| *id).collect();
        Finding::new(severity, "evidence.information.deviceId", format!("also {}", id_list(ids.into_iter())))
            .against("1 person", ThresholdFrom::Default)
            .fires()
    },
};

pub(super) const BURST: Rule = Rule {
    id: "VEL-03",
    name: "Burst of registrations",
    severity: Severity::Medium,
    category: "velocity",
    inputs: &["createdAt", "projectId"],
    numbers: &[FEWEST, DEVIATIONS],
    threshold: "more in ten minutes than the mean and 3 standard deviations of the same hour of the week, and 5 or more",
    source: "our choice; the hour is held against up to 8 earlier weeks of the project, of which there must be 2",
    caveat: "A campaign, a spot on television, a batch of invitations.",
    next_action: "Look at five of them, and whether their contacts count on from one another (VEL-04).",
    evaluate: |case| {
        let (fewest, deviations) = (case.number(&FEWEST), case.number(&DEVIATIONS));
        let Some(pace) = case.context.links.pace(&case.registration.id) else { return RuleOutcome::NotMeasured };
        if !pace.is_burst(fewest.value, deviations.value) {
            return RuleOutcome::Clear;
        }
        let usual = pace.usual_limit(deviations.value).max(fewest.value - 1.0);
        let from = fewest.from.min(deviations.from);
        Finding::new(Severity::Medium, "createdAt", format!("{} in ten minutes", pace.about()))
            .against(format!("at most {} in ten minutes", score_text(usual)), from)
            .fires()
    },
};

pub(super) const SERIAL_CONTACTS: Rule = Rule {
    id: "VEL-04",
    name: "Contacts in a series",
    severity: Severity::High,
    category: "velocity",
    inputs: &["contact.email", "contact.phone", "contact.countryCode", "createdAt"],
    numbers: &[SERIES],
    threshold: "3 e-mail addresses alike but for a number, or 3 phones, no further than 10 apart and within 24 hours",
    source: "our choice; account farms count on",
    caveat: "A company that enrols its people as a batch.",
    next_action: "Look at them together, and hold the batch until it is explained.",
    evaluate: |case| {
        let fewest = case.number(&SERIES);
        let series = case.context.links.series(&case.registration.id);
        let Some((kind, others)) = series.into_iter().max_by_key(|(_, others)| others.len()) else {
            return RuleOutcome::NotMeasured;
        };
        if others.len() + 1 < fewest.count() {
            return RuleOutcome::Clear;
        }
        let path = if kind == LinkKind::Phone { "contact.phone" } else { "contact.email" };
        Finding::new(Severity::High, path, format!("one of {}: also {}", others.len() + 1, id_list(others.into_iter())))
            .against(format!("fewer than {} of a series", fewest.count()), fewest.from)
            .fires()
    },
};

pub(super) const RING: Rule = Rule {
    id: "VEL-05",
    name: "Part of a ring",
    severity: Severity::Critical,
    category: "velocity",
    inputs: &["links"],
    numbers: &[RING_PEOPLE],
    threshold: "3 different people joined by documents, faces, devices, e-mail addresses or phones",
    source: "our choice; rings from 3 people up are reported in the field",
    caveat: "Households. IP addresses alone make no ring.",
    next_action: "Decide on the ring as a whole, with one reason.",
    evaluate: |case| {
        let links = case.context.links;
        if links.traces(&case.registration.id).is_none() {
            return RuleOutcome::NotMeasured;
        }
        let fewest = case.number(&RING_PEOPLE);
        let enough = fewest.count().clamp(2, links::MOST_PEOPLE);
        let ring = links.ring_size(&case.registration.id).filter(|ring| ring.people >= enough);
        let Some(ring) = ring else { return RuleOutcome::Clear };
        let seen = format!("{enough} or more people in {} registrations", ring.registrations);
        Finding::new(Severity::Critical, "links", seen)
            .against(format!("fewer than {enough} people"), fewest.from)
            .fires()
    },
};
