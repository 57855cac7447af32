//! The device and the network the person came with.

use super::{Finding, Rule, RuleOutcome, Severity, links, visits::visits};

pub(super) const AUTOMATED_CLIENT: Rule = Rule {
    id: "DEV-01",
    name: "Automated client",
    severity: Severity::High,
    category: "device",
    inputs: &["evidence.information.userAgent", "evidence.document.userAgent", "evidence.liveness.userAgent"],
    numbers: &[],
    threshold: "an empty client name, or one of a headless browser or script",
    source: "our choice of words, and the list of the configuration",
    caveat: "Test traffic.",
    next_action: "Leave test projects out; block the source.",
    evaluate: |case| {
        let mut any = false;
        for visit in visits(case.registration) {
            let Some(client) = visit.client else { continue };
            any = true;
            if case.lists().is_automated(client) {
                let seen = if client.trim().is_empty() { "empty" } else { client };
                return Finding::new(Severity::High, format!("{}.userAgent", visit.evidence), seen)
                    .at(visit.at)
                    .fires();
            }
        }
        if any { RuleOutcome::Clear } else { RuleOutcome::NotMeasured }
    },
};

pub(super) const NO_USABLE_ADDRESS: Rule = Rule {
    id: "DEV-02",
    name: "No usable IP address",
    severity: Severity::Info,
    category: "device",
    inputs: &["evidence.information.ip", "evidence.document.ip", "evidence.liveness.ip", "evidence.phone.ip"],
    numbers: &[],
    threshold: "only private, local or unreadable addresses are recorded",
    source: "exact: the reserved ranges",
    caveat: "A proxy in front of the integration hides the person's address.",
    next_action: "Count it as missing evidence, not as clean.",
    evaluate: |case| {
        let mut recorded = links::addresses(case.registration).peekable();
        let Some(first) = recorded.peek().map(|address| (*address).to_owned()) else {
            return RuleOutcome::NotMeasured;
        };
        if recorded.any(|address| links::parse_public(address).is_some()) {
            return RuleOutcome::Clear;
        }
        Finding::new(
            Severity::Info,
            "evidence.information.ip",
            if first.is_empty() { "empty".to_owned() } else { first },
        )
        .fires()
    },
};
