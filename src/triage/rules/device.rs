//! The device and the network the person came with.

use super::{Finding, Rule, RuleOutcome, Severity, links};

/// Words in the name of a client that no person sits in front of.
const AUTOMATED: &[&str] = &[
    "headless",
    "selenium",
    "webdriver",
    "phantomjs",
    "puppeteer",
    "playwright",
    "curl/",
    "wget/",
    "python-requests",
    "go-http-client",
    "postmanruntime",
];

pub(super) const AUTOMATED_CLIENT: Rule = Rule {
    id: "DEV-01",
    name: "Automated client",
    severity: Severity::High,
    category: "device",
    inputs: &["evidence.information.userAgent", "evidence.document.userAgent", "evidence.liveness.userAgent"],
    numbers: &[],
    threshold: "an empty client name, or one of a headless browser or script",
    source: "our choice of words",
    caveat: "Test traffic.",
    next_action: "Leave test projects out; block the source.",
    evaluate: |case| {
        let checks = &case.registration.checks;
        let clients = [
            (
                "evidence.information.userAgent",
                checks.information.as_ref().and_then(|typed| typed.user_agent.as_deref()),
            ),
            ("evidence.document.userAgent", checks.document.as_ref().and_then(|scan| scan.user_agent.as_deref())),
            ("evidence.liveness.userAgent", checks.liveness.as_ref().and_then(|selfie| selfie.user_agent.as_deref())),
        ];
        let mut any = false;
        for (path, client) in clients {
            let Some(client) = client else { continue };
            any = true;
            let name = client.trim().to_ascii_lowercase();
            if name.is_empty() || AUTOMATED.iter().any(|word| name.contains(word)) {
                let seen = if name.is_empty() { "empty" } else { client };
                return Finding::new(Severity::High, path, seen).fires();
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
