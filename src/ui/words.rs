//! A glyph, a word and a tone for everything that has a state: never colour alone.

use ratatui::{style::Style, text::Span};

use super::theme::{Theme, Tone};
use crate::{
    app::{ToastKind, news::Novelty},
    model::{Outcome, Requirement, Status, StepState},
    text,
    triage::{LinkKind, Severity, Turn},
};

/// Columns of glyph and word at most.
const LONGEST: usize = 20;

/// How a state is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sign<'a> {
    /// One column.
    pub glyph: &'static str,
    /// What people call it.
    pub word: &'a str,
    /// How it is meant.
    pub tone: Tone,
}

impl Sign<'_> {
    /// Glyph and word. A word of the source's own is cut where it would push away what stands beside it.
    pub fn text(&self) -> String {
        text::truncate(&format!("{} {}", self.glyph, self.word), LONGEST)
    }

    /// Its style in a theme.
    pub fn style(&self, theme: &Theme) -> Style {
        theme.tone(self.tone)
    }

    /// Glyph and word in its style.
    pub fn span(&self, theme: &Theme) -> Span<'static> {
        Span::styled(self.text(), self.style(theme))
    }
}

const fn sign<'a>(glyph: &'static str, word: &'a str, tone: Tone) -> Sign<'a> {
    Sign { glyph, word, tone }
}

/// What is new about a registration.
pub fn novelty(novelty: Novelty) -> Sign<'static> {
    match novelty {
        Novelty::Came => sign("+", "new", Tone::Ok),
        Novelty::Changed => sign("≠", "changed", Tone::Info),
        Novelty::Returned => sign("↺", "came back", Tone::Attention),
    }
}

/// The status of a registration.
pub fn status(status: &Status) -> Sign<'_> {
    match status {
        Status::Started => sign("○", "started", Tone::Plain),
        Status::Ongoing => sign("◐", "ongoing", Tone::Info),
        Status::Completed => sign("✓", "completed", Tone::Ok),
        Status::CompletedWithoutKyc => sign("◇", "no KYC", Tone::Ok),
        Status::Failed => sign("✗", "failed", Tone::Bad),
        Status::NeedsManualVerification => sign("◆", "manual", Tone::Attention),
        Status::Expired => sign("◌", "expired", Tone::Dim),
        Status::Unknown(raw) => sign("?", raw, Tone::Attention),
    }
}

/// The state of a step.
pub fn step_state(state: &StepState) -> Sign<'_> {
    match state {
        StepState::Pending => sign("·", "pending", Tone::Dim),
        StepState::InProgress => sign("◐", "in progress", Tone::Info),
        StepState::Completed => sign("✓", "completed", Tone::Ok),
        StepState::Failed => sign("✗", "failed", Tone::Bad),
        StepState::Skipped => sign("–", "skipped", Tone::Dim),
        StepState::Expired => sign("◌", "expired", Tone::Attention),
        StepState::Review => sign("◆", "review", Tone::Attention),
        StepState::Unknown(raw) => sign("?", raw, Tone::Attention),
    }
}

/// The outcome of a verification; `None` where the source does not say.
pub fn outcome(outcome: Option<&Outcome>) -> Sign<'_> {
    match outcome {
        Some(Outcome::Passed) => sign("✓", "passed", Tone::Ok),
        Some(Outcome::Failed) => sign("✗", "failed", Tone::Bad),
        Some(Outcome::Pending) => sign("·", "pending", Tone::Dim),
        Some(Outcome::Review) => sign("◆", "review", Tone::Attention),
        Some(Outcome::NotMeasured) => sign("?", "not measured", Tone::Attention),
        Some(Outcome::NotRequired) => sign("–", "not required", Tone::Dim),
        Some(Outcome::Unknown(raw)) => sign("?", raw, Tone::Attention),
        None => sign(" ", "not told", Tone::Dim),
    }
}

/// The requirement of a step.
pub fn requirement(requirement: Option<&Requirement>) -> &str {
    match requirement {
        Some(Requirement::Mandatory) => "mandatory",
        Some(Requirement::Optional) => "optional",
        Some(Requirement::Skip) => "not asked",
        Some(Requirement::Unknown(raw)) => raw,
        None => "",
    }
}

/// The severity of a flag.
pub fn severity(severity: Severity) -> Sign<'static> {
    match severity {
        Severity::Critical => sign("■", "critical", Tone::Bad),
        Severity::High => sign("▲", "high", Tone::Bad),
        Severity::Medium => sign("◆", "medium", Tone::Attention),
        Severity::Low => sign("▽", "low", Tone::Plain),
        Severity::Info => sign("·", "info", Tone::Dim),
    }
}

/// A risk band as `Risk::band` names it.
pub fn risk_tone(band: &str) -> Tone {
    match band {
        "critical" | "high" => Tone::Bad,
        "medium" => Tone::Attention,
        _ => Tone::Dim,
    }
}

/// Whose move it is.
pub fn turn(turn: Turn) -> Sign<'static> {
    match turn {
        Turn::Operator => sign("▸", "operator", Tone::Attention),
        Turn::System => sign("⋯", "system", Tone::Info),
        Turn::Integrator => sign("◫", "integrator", Tone::Info),
        Turn::User => sign("·", "user", Tone::Plain),
    }
}

/// What joins two registrations.
pub fn link(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::Document => "document",
        LinkKind::Person => "face",
        LinkKind::Device => "device",
        LinkKind::Email => "e-mail",
        LinkKind::Phone => "phone",
        LinkKind::Ip => "IP (weak)",
    }
}

/// How a message is meant.
pub fn toast(kind: ToastKind) -> Sign<'static> {
    match kind {
        ToastKind::Done => sign("✓", "done", Tone::Ok),
        ToastKind::Note => sign("·", "note", Tone::Plain),
        ToastKind::Error => sign("✗", "error", Tone::Bad),
    }
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::{outcome, severity, status, step_state};
    use crate::{
        model::{Outcome, Status, StepState},
        triage::Severity,
    };

    #[test]
    fn no_two_statuses_states_or_severities_share_a_glyph_or_a_word() {
        let severities = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info];
        let families = [
            Status::ALL.iter().map(status).collect::<Vec<_>>(),
            StepState::ALL.iter().map(step_state).collect(),
            Outcome::ALL.iter().map(|known| outcome(Some(known))).collect(),
            severities.into_iter().map(severity).collect(),
        ];
        for family in families {
            for (place, sign) in family.iter().enumerate() {
                assert_eq!(sign.glyph.width(), 1, "{sign:?}");
                assert!(!sign.word.is_empty());
                let twin = family[..place].iter().find(|other| other.glyph == sign.glyph || other.word == sign.word);
                assert_eq!(twin, None, "{sign:?}");
            }
        }
    }

    #[test]
    fn a_word_nobody_knows_is_shown_as_it_is() {
        assert_eq!(status(&Status::Unknown("frozen".to_owned())).text(), "? frozen");
        assert_eq!(status(&Status::Unknown("frozen by the law".repeat(9))).text(), "? frozen by the law…");
    }
}
