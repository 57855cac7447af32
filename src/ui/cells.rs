//! The cells of the queue's rows.

use std::borrow::Cow;

use ratatui::{style::Style, text::Span};

use super::{Theme, columns::Column, facts, words};
use crate::{
    app::Model,
    index::Entry,
    text,
    triage::{self, Flag, Severity, Stage, Turn},
};

/// What stands in a column of so many columns of text.
pub fn cell<'a>(model: &'a Model, theme: &Theme, (column, width): (Column, u16), entry: &'a Entry) -> Vec<Span<'a>> {
    let registration = &*entry.registration;
    let plain = |text: Cow<'a, str>| vec![Span::raw(text)];
    let dim = |text: Cow<'a, str>| vec![Span::styled(text, theme.dim)];
    let number = |count: usize| if count == 0 { Vec::new() } else { plain(Cow::Owned(count.to_string())) };
    let time = |at| plain(Cow::Owned(facts::time(at, model.now)));
    match column {
        Column::Mark if model.queue.marked.contains(&registration.id) => vec![Span::styled("✓", theme.accent)],
        Column::Mark => model.novelty(entry).map_or_else(Vec::new, |novelty| {
            let sign = words::novelty(novelty);
            vec![Span::styled(sign.glyph, sign.style(theme))]
        }),
        Column::Status => vec![words::status(&registration.status).span(theme)],
        Column::Step => plain(entry.step().label().into()),
        Column::Who => plain(facts::who(registration, model.masked)),
        Column::Age if model.queue.columns.absolute_times => time(entry.last_move()),
        Column::Age => plain(Cow::Owned(facts::since(entry.last_move(), model.now))),
        Column::Turn => entry.judgement.turn.map_or_else(Vec::new, |turn| vec![whose_turn(turn, width, theme)]),
        Column::Stuck => stuck(theme, entry),
        Column::Link => link(model, theme, width, entry),
        Column::Flags => flag_counts(&entry.judgement.flags, theme),
        Column::Risk => risk(theme, entry),
        Column::Project => dim(facts::named(registration.project.name.as_deref(), &registration.project.id).into()),
        Column::Flow => dim(facts::named(registration.flow.name.as_deref(), &registration.flow.id).into()),
        Column::Id => dim(registration.id.as_str().into()),
        Column::Created => dim(facts::time(registration.created_at, model.now).into()),
        Column::Updated => dim(facts::time(registration.updated_at, model.now).into()),
        Column::Email => registration
            .contact
            .email
            .as_ref()
            .map_or_else(Vec::new, |email| plain(facts::personal(email, model.masked))),
        Column::Phone => facts::phone(registration, model.masked).map_or_else(Vec::new, |phone| plain(phone.into())),
        Column::Country => {
            let country = registration.checks.document.as_ref().and_then(|document| document.country.as_deref());
            country.map_or_else(Vec::new, |country| plain(country.into()))
        }
        Column::Attempts => number(registration.failed_attempts.iter().filter(|attempt| attempt.counts).count()),
        Column::Face => score(registration.scores.face_compare, registration.scores.face_compare_min, theme),
        Column::Liveness => score(registration.scores.liveness, registration.scores.liveness_min, theme),
        Column::Links => number(entry.judgement.links.len()),
        Column::Owner => {
            let claim = registration.desk.claim.as_ref();
            claim.map_or_else(Vec::new, |claim| vec![Span::styled(claim.by.as_str(), theme.info)])
        }
    }
}

/// A measured score; one below its minimum has a sign as well.
fn score(measured: Option<f64>, minimum: Option<f64>, theme: &Theme) -> Vec<Span<'static>> {
    match (measured, minimum) {
        (Some(score), Some(minimum)) if score < minimum => vec![Span::styled(format!("{score:.2}✗"), theme.bad)],
        (Some(score), _) => vec![Span::raw(format!("{score:.2}"))],
        (None, _) => Vec::new(),
    }
}

/// Whose turn it is; in a word of four letters where there is no room for the whole one.
fn whose_turn(turn: Turn, width: u16, theme: &Theme) -> Span<'static> {
    let sign = words::turn(turn);
    let whole = sign.text();
    if text::width(&whole) <= usize::from(width) {
        return Span::styled(whole, sign.style(theme));
    }
    let short = match turn {
        Turn::User => "user",
        Turn::Operator => "oper",
        Turn::System => "syst",
        Turn::Integrator => "intg",
    };
    Span::styled(short, sign.style(theme))
}

/// Why it is stuck, and how far beyond the limit; of what is put aside, that it is.
pub fn stuck(theme: &Theme, entry: &Entry) -> Vec<Span<'static>> {
    if entry.is_snoozed() {
        let reason = entry.judgement.stuck.as_ref().map_or("", |stuck| stuck.reason);
        return vec![Span::styled(format!("◌ snoozed {reason}"), theme.dim)];
    }
    let Some(stuck) = &entry.judgement.stuck else { return Vec::new() };
    let tone = if stuck.stage == Stage::GivenUp { theme.dim } else { theme.attention };
    vec![
        Span::styled(stuck.reason, tone),
        Span::styled(facts::ratio(stuck).map_or(String::new(), |ratio| format!(" {ratio}")), theme.strong),
        Span::raw(format!(" {}", stuck.name)),
    ]
}

/// What is left of the link that the person holds, or when it dies.
fn link(model: &Model, theme: &Theme, width: u16, entry: &Entry) -> Vec<Span<'static>> {
    /// A link with less than this left, seconds, is about to be of no use.
    const SOON: i64 = 10 * 60;
    let waits_for_user = entry.judgement.turn == Some(Turn::User);
    match triage::link_left(&entry.registration, model.now) {
        Some(clock) if clock.is_alive() && model.queue.columns.absolute_times => {
            vec![Span::raw(format!("to {}", clock.dies_at.format("%H:%M")))]
        }
        Some(clock) if clock.is_alive() => {
            let span = text::ago(clock.seconds_left);
            let whole = format!("{span} left");
            let text = if text::width(&whole) <= usize::from(width) { whole } else { span };
            let style = match clock.seconds_left {
                _ if !waits_for_user => theme.dim,
                ..SOON => theme.attention,
                _ => Style::default(),
            };
            vec![Span::styled(text, style)]
        }
        Some(_) => vec![Span::styled("dead", theme.dim)],
        None => Vec::new(),
    }
}

/// Score and band of the risk.
pub fn risk(theme: &Theme, entry: &Entry) -> Vec<Span<'static>> {
    let risk = &entry.judgement.risk;
    if risk.score == 0 {
        return vec![Span::styled("0", theme.dim)];
    }
    vec![Span::styled(format!("{} {}", risk.score, risk.band()), theme.tone(words::risk_tone(risk.band())))]
}

/// How many flags of each severity, worst first: `C1 H2 M1`. Mere information is not counted.
pub fn flag_counts(flags: &[Flag], theme: &Theme) -> Vec<Span<'static>> {
    let mut spans = Vec::new();
    for (letter, severity) in
        [("C", Severity::Critical), ("H", Severity::High), ("M", Severity::Medium), ("L", Severity::Low)]
    {
        let count = flags.iter().filter(|flag| flag.severity == severity).count();
        if count > 0 {
            let gap = if spans.is_empty() { "" } else { " " };
            spans.push(Span::styled(format!("{gap}{letter}{count}"), words::severity(severity).style(theme)));
        }
    }
    spans
}
