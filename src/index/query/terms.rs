//! The words of the query language, each with an example and what it asks.

/// A term that takes values: `name:value`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// The word before the colon.
    pub name: &'static str,
    /// A right use of it.
    pub example: &'static str,
    /// What it asks, in a few words.
    pub about: &'static str,
}

const fn term(name: &'static str, example: &'static str, about: &'static str) -> Term {
    Term { name, example, about }
}

/// Every term, those that are used most first.
pub const TERMS: &[Term] = &[
    term("status", "status:ongoing,failed", "where it stands as a whole"),
    term("step", "step:document", "the step it stands at"),
    term("project", "project:NAME", "whose project it is"),
    term("flow", "flow:NAME", "which flow it goes through"),
    term("flag", "flag:BIO-01 or flag:high", "a rule that fired, a severity or worse, a category"),
    term("risk", "risk:>=70", "the risk score, 0 to 100"),
    term("stuck", "stuck:D-03", "one way of being stuck"),
    term("turn", "turn:operator", "whose move it is"),
    term("stage", "stage:warn", "how far its wait has come"),
    term("owner", "owner:me or owner:none", "who has claimed it"),
    term("age", "age:>2h", "how long ago it last moved"),
    term("created", "created:<7d", "when it was created"),
    term("updated", "updated:2026-01-01..2026-02-01", "when it last changed"),
    term("country", "country:CO", "the country of the document, else of the phone"),
    term("attempts", "attempts.document:>=2", "attempts at any step, or at the one named after a dot"),
    term("face", "face:<0.85", "the face comparison's score"),
    term("liveness", "liveness:<0.6", "the liveness score"),
    term("flips", "flips:face=0.80", "would pass or fail with another threshold"),
    term("linked", "linked:>=3", "with how many others it shares something"),
    term("id", "id:reg_1", "part of the id"),
    term("name", "name:alba", "part of the name"),
    term("email", "email:example.com", "part of the e-mail address"),
    term("phone", "phone:0143", "part of the phone number"),
];

/// Stuck, for whatever reason.
pub(super) const STUCK: &str = "stuck";
/// Stuck, and the wait is not the person's.
pub(super) const BREACHED: &str = "breached";
/// Moved since it was last decided on.
pub(super) const RETURNED: &str = "returned";
/// Put aside by the desk.
pub(super) const SNOOZED: &str = "snoozed";

/// The terms without a value, and what they ask.
pub const BARE: &[(&str, &str)] = &[
    (STUCK, "waits for longer than its limit"),
    (BREACHED, "stuck, and the wait is ours: operator, service or integrator"),
    (RETURNED, "came back: it has moved since it was last decided on"),
    (SNOOZED, "put aside for a while"),
];

/// Whether a word, as it stands, is a term without a value.
pub fn is_bare(word: &str) -> bool {
    BARE.iter().any(|(bare, _)| bare.eq_ignore_ascii_case(word))
}

/// The word of `owner:` for whoever asks.
pub(super) const ME: &str = "me";
/// The word of `owner:` for what nobody has claimed.
pub(super) const NOBODY: &str = "none";
