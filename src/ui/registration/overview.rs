//! The tab that answers most questions: timeline, verdicts with their scores, worst flags.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use super::history;
use crate::{
    app::{Model, registration::RegistrationView},
    index::Entry,
    model::{FlowSettings, Outcome, Registration},
    text,
    ui::{Theme, facts, gauge, ink, layout, timeline, words},
};

/// How many flags and notes the overview shows.
const WORST: usize = 3;
const NOTES: usize = 2;
/// Columns of the verdict and of what it is about.
const VERDICT: usize = 15;
const SUBJECT: usize = 18;
/// Columns of a severity.
const SEVERITY: usize = 11;
/// From this width on the score stands on the line of its verdict.
const ON_ONE_LINE: usize = 70;

/// Draws the tab; tells how far it can be scrolled.
pub fn draw(
    model: &Model,
    view: &RegistrationView,
    entry: &Entry,
    theme: &Theme,
    buffer: &mut Buffer,
    area: Rect,
) -> usize {
    let registration = &entry.registration;
    if let Some((left, right)) = layout::beside(area).filter(|_| !theme.plain) {
        let timeline = timeline::lines(registration, model.now, usize::from(left.width), theme);
        let facts = verdicts_and_flags(model, entry, usize::from(right.width), theme);
        let most =
            [(left, &timeline), (right, &facts)].map(|(area, lines)| ink::put_lines(buffer, area, lines, view.scroll));
        return most[0].max(most[1]);
    }
    let columns = usize::from(area.width);
    let mut lines = timeline::lines(registration, model.now, columns, theme);
    lines.push(Line::default());
    lines.extend(verdicts_and_flags(model, entry, columns, theme));
    ink::put_lines(buffer, area, &lines, view.scroll)
}

fn verdicts_and_flags(model: &Model, entry: &Entry, columns: usize, theme: &Theme) -> Vec<Line<'static>> {
    let mut lines = verdicts(&entry.registration, columns, theme);
    lines.push(Line::default());
    lines.extend(worst_flags(entry, model.masked, columns, theme));
    let notes = &entry.registration.desk.notes;
    if !notes.is_empty() {
        lines.push(Line::default());
        let more = if notes.len() > NOTES { format!("  the latest {NOTES} of {}", notes.len()) } else { String::new() };
        lines.push(Line::from(vec![Span::styled("Notes", theme.title), Span::styled(more, theme.dim)]));
        lines.extend(history::note_lines(notes.iter().rev().take(NOTES), model, columns, theme));
    }
    lines
}

/// A score with its minimum.
struct Score {
    value: f64,
    minimum: Option<f64>,
    /// 1, or 100 for percentages.
    scale: f64,
    /// How the score has to stand to the minimum.
    relation: &'static str,
    /// The minimum is the program's, because the source tells none.
    assumed: bool,
}

impl Score {
    fn passed(&self) -> bool {
        self.minimum.is_none_or(
            |minimum| {
                if self.relation == ">" { self.value > minimum } else { self.value >= minimum }
            },
        )
    }

    fn number(&self, value: f64) -> String {
        if self.scale > 1.0 { format!("{value:.0} %") } else { format!("{value:.2}") }
    }

    /// For screen readers: `, score 0.71, minimum 0.85`.
    fn in_words(&self) -> String {
        let assumed = if self.assumed { " assumed" } else { "" };
        let minimum =
            self.minimum.map_or(String::new(), |minimum| format!(", minimum {}{assumed}", self.number(minimum)));
        format!(", score {}{minimum}", self.number(self.value))
    }

    fn spans(&self, theme: &Theme) -> Vec<Span<'static>> {
        let number = |value: f64| self.number(value);
        let tone = if self.passed() { theme.strong } else { theme.bad };
        let mut spans = vec![Span::styled(format!("{:>5} ", number(self.value)), tone)];
        let minimum = self.minimum.map(|minimum| minimum / self.scale);
        spans.extend(gauge::gauge(self.value / self.scale, minimum, self.passed(), theme));
        if let Some(minimum) = self.minimum {
            let assumed = if self.assumed { " assumed" } else { "" };
            spans.push(Span::styled(format!(" {} {}{assumed}", self.relation, number(minimum)), theme.dim));
        }
        spans
    }
}

fn score(value: Option<f64>, minimum: Option<f64>, assumed: f64, relation: &'static str, scale: f64) -> Option<Score> {
    value.map(|value| Score { value, minimum: minimum.or(Some(assumed)), scale, relation, assumed: minimum.is_none() })
}

/// Each verdict, with the score behind it held against its minimum.
fn verdicts(registration: &Registration, columns: usize, theme: &Theme) -> Vec<Line<'static>> {
    let (results, scores) = (&registration.results, &registration.scores);
    let defaults = FlowSettings::DEFAULTS;
    let names_min = registration.flow.settings.as_ref().and_then(|settings| settings.name_match_min);
    let rows: [(&str, Option<&Outcome>, Option<Score>); 7] = [
        ("Document", results.document_verification.as_ref(), None),
        (
            "Liveness",
            results.liveness_detection.as_ref(),
            score(scores.liveness, scores.liveness_min, defaults.liveness_min, ">", 1.0),
        ),
        (
            "Face compare",
            results.face_comparison.as_ref(),
            score(scores.face_compare, scores.face_compare_min, defaults.compare_min, "≥", 1.0),
        ),
        ("Biometrics", results.biometric_verification.as_ref(), None),
        ("Criminal history", results.criminal_history.as_ref(), None),
        ("E-mail code", results.email_verification.as_ref(), None),
        ("Phone code", results.phone_verification.as_ref(), None),
    ];
    let mut lines = vec![Line::from(Span::styled("Verification", theme.title))];
    for (subject, outcome, score) in rows {
        // What the source does not tell is left out; a list of absences hides what is there.
        if outcome.is_some() || score.is_some() {
            lines.extend(verdict(subject, words::outcome(outcome), score, columns, theme));
        }
    }
    if let Some(names) = score(scores.name_match, names_min, defaults.name_match_min, "≥", 100.0) {
        let sign = words::outcome(Some(if names.passed() { &Outcome::Passed } else { &Outcome::Failed }));
        lines.extend(verdict("Name match", sign, Some(names), columns, theme));
    }
    if let Some(confidence) = scores.document_confidence {
        let read = Score { value: confidence, minimum: None, scale: 1.0, relation: "", assumed: false };
        lines.extend(verdict(
            "Document reading",
            words::Sign { glyph: "·", word: "measured", tone: crate::ui::theme::Tone::Dim },
            Some(read),
            columns,
            theme,
        ));
    }
    for (name, value) in &results.other {
        let said = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let outcome = Outcome::parse(&said);
        lines.extend(verdict(name, words::outcome(Some(&outcome)), None, columns, theme));
    }
    if lines.len() == 1 {
        lines.push(Line::from(Span::styled("The source tells no verdicts.", theme.dim)));
    }
    lines
}

fn verdict(
    subject: &str,
    sign: words::Sign<'_>,
    score: Option<Score>,
    columns: usize,
    theme: &Theme,
) -> Vec<Line<'static>> {
    if theme.plain {
        let score = score.map_or(String::new(), |score| score.in_words());
        return vec![Line::from(format!("{subject}: {}{score}", sign.word))];
    }
    let mut spans = vec![
        Span::styled(text::fit(&sign.text(), VERDICT) + " ", sign.style(theme)),
        Span::raw(text::fit(subject, SUBJECT)),
    ];
    let Some(score) = score else { return vec![Line::from(spans)] };
    if columns >= ON_ONE_LINE {
        spans.extend(score.spans(theme));
        return vec![Line::from(spans)];
    }
    let mut below = vec![Span::raw("  ")];
    below.extend(score.spans(theme));
    vec![Line::from(spans), Line::from(below)]
}

/// The worst flags, one line each.
pub fn worst_flags(entry: &Entry, masked: bool, columns: usize, theme: &Theme) -> Vec<Line<'static>> {
    let flags = &entry.judgement.flags;
    let mut lines = vec![Line::from(Span::styled("Worst flags", theme.title))];
    if flags.is_empty() {
        lines.push(Line::from(Span::styled("No red flags.", theme.dim)));
    }
    for flag in flags.iter().take(WORST) {
        let sign = words::severity(flag.severity);
        let name = format!("{} {}", flag.rule, flag.name);
        lines.extend(ink::labelled(&sign.text(), &name, SEVERITY, columns, [sign.style(theme), theme.strong]));
        let seen = facts::sensitive(&flag.seen, masked);
        let against = flag.threshold.as_ref().map_or(String::new(), |threshold| format!(" against {threshold}"));
        let evidence = text::truncate(&format!("{seen}{against}"), columns.saturating_sub(SEVERITY));
        lines.push(Line::from(Span::styled(format!("{}{evidence}", " ".repeat(SEVERITY)), theme.dim)));
    }
    if flags.len() > WORST {
        let more = flags.len() - WORST;
        lines.push(Line::from(Span::styled(format!("… {more} more among the flags"), theme.dim)));
    }
    lines
}
