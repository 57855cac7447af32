//! Several identities behind one device, and rings.

use super::{Finding, Number, Rule, RuleOutcome, Severity, ThresholdFrom, id_list};
use crate::{
    model::RegistrationId,
    triage::{LinkKind, links},
};

/// From this many identities on, a device is nobody's family tablet.
const DEVICE_CRITICAL: Number = Number { name: "critical_from", default: 3.0, unit: "people" };
/// People in a ring.
const RING_PEOPLE: Number = Number { name: "people", default: 3.0, unit: "people" };

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
        let different: Vec<_> = others.into_iter().filter(|(_, other)| own.same_person(other) == Some(false)).collect();
        let everyone = std::iter::once(own).chain(different.iter().map(|(_, other)| *other));
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
        let ring = links.ring_of(&case.registration.id);
        let fewest = case.number(&RING_PEOPLE);
        let people = fewest.count().max(2);
        let traces = || ring.iter().filter_map(|id| links.traces(id));
        if ring.len() < people || links::distinct_people(traces(), false, people) < people {
            return RuleOutcome::Clear;
        }
        let seen = format!("{people} or more people in {} registrations", ring.len());
        Finding::new(Severity::Critical, "links", seen)
            .against(format!("fewer than {people} people"), fewest.from)
            .fires()
    },
};
