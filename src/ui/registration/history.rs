//! What happened to it: failed attempts, decisions by people, what the desk wrote down, and who touched it.

use ratatui::text::{Line, Span};

use crate::{
    app::Model,
    index::Entry,
    model::{AccessEntry, Attempt, Note, Review, Timestamp},
    text,
    ui::{Theme, facts, ink, words},
};

/// Columns of a time, and of a step or a role.
const TIME: usize = 18;
const SUBJECT: usize = 18;

/// The tab as lines.
pub fn lines(entry: &Entry, model: &Model, columns: usize, theme: &Theme) -> Vec<Line<'static>> {
    let registration = &entry.registration;
    let mut lines = section("Failed attempts", registration.failed_attempts.len(), theme);
    for attempt in registration.failed_attempts.iter().rev() {
        lines.push(attempt_line(attempt, model, theme));
    }
    lines.push(Line::default());
    lines.extend(section("Decisions by people", registration.reviews.len(), theme));
    for review in registration.reviews.iter().rev() {
        lines.extend(review_lines(review, model, columns, theme));
    }
    lines.push(Line::default());
    let notes = &registration.desk.notes;
    lines.extend(section("Notes", notes.len(), theme));
    lines.extend(note_lines(notes.iter().rev(), model, columns, theme));
    lines.push(Line::default());
    let reveals = &registration.desk.reveals;
    if !reveals.is_empty() {
        lines.extend(section("Masked fields that were shown", reveals.len(), theme));
        for reveal in reveals.iter().rev() {
            lines.push(Line::from(vec![
                time(Some(reveal.at), model, theme),
                Span::raw(text::fit(reveal.field.label(), SUBJECT)),
                Span::styled(format!("to {}", reveal.by), theme.strong),
            ]));
        }
        lines.push(Line::default());
    }
    lines.extend(section("Access log", registration.access_log.len(), theme));
    for access in registration.access_log.iter().rev() {
        lines.push(access_line(access, model, theme));
    }
    lines
}

fn section(title: &str, count: usize, theme: &Theme) -> Vec<Line<'static>> {
    let said = if count == 0 { "  none".to_owned() } else { format!("  {count}, newest first (UTC)") };
    vec![Line::from(vec![Span::styled(title.to_owned(), theme.title), Span::styled(said, theme.dim)])]
}

fn time(at: Option<Timestamp>, model: &Model, theme: &Theme) -> Span<'static> {
    let shown = at.map_or_else(|| "time unknown".to_owned(), |at| facts::time(at, model.now));
    Span::styled(text::fit(&shown, TIME), theme.dim)
}

fn attempt_line(attempt: &Attempt, model: &Model, theme: &Theme) -> Line<'static> {
    let at = attempt.at.map_or_else(|| "time unknown".to_owned(), |at| facts::moment(at, model.now));
    let (counts, style) = if attempt.counts { ("✗ counts", theme.bad) } else { ("– does not count", theme.dim) };
    let mut spans = vec![
        Span::styled(text::fit(&at, TIME), theme.dim),
        Span::raw(text::fit(attempt.step.label(), SUBJECT)),
        Span::styled(text::fit(counts, 17), style),
        Span::raw(
            attempt
                .reason
                .as_ref()
                .map_or_else(|| "no reason given".to_owned(), |reason| facts::word(reason, model.masked)),
        ),
    ];
    if let Some(score) = attempt.score {
        spans.push(Span::styled(format!(" · score {score:.2}"), theme.strong));
    }
    if let Some(number) = &attempt.document_number {
        spans.push(Span::styled(format!(" · document {}", facts::personal(number, model.masked)), theme.dim));
    }
    Line::from(spans)
}

fn review_lines(review: &Review, model: &Model, columns: usize, theme: &Theme) -> Vec<Line<'static>> {
    let mut lines = vec![Line::from(vec![
        time(review.at, model, theme),
        Span::raw(text::fit(review.by.as_deref().unwrap_or("unknown"), SUBJECT)),
        words::status(&review.from).span(theme),
        Span::styled(" → ", theme.dim),
        words::status(&review.to).span(theme),
    ])];
    if let Some(reason) = &review.reason {
        lines.extend(ink::labelled("", reason, TIME, columns, [theme.dim, theme.attention]));
    }
    if let Some(note) = &review.note {
        let note = facts::sensitive(note, model.masked);
        lines.extend(ink::labelled("", &note, TIME, columns, [theme.dim, ratatui::style::Style::new()]));
    }
    lines
}

/// Notes of the desk: when, who, and their words.
pub fn note_lines<'a>(
    notes: impl Iterator<Item = &'a Note>,
    model: &Model,
    columns: usize,
    theme: &Theme,
) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    for note in notes {
        lines.push(Line::from(vec![time(Some(note.at), model, theme), Span::styled(note.by.clone(), theme.strong)]));
        for words in facts::personal(&note.text, model.masked).lines() {
            lines.extend(ink::labelled("", words, TIME, columns, [theme.dim, ratatui::style::Style::new()]));
        }
    }
    lines
}

fn access_line(access: &AccessEntry, model: &Model, theme: &Theme) -> Line<'static> {
    let allowed = access.outcome.eq_ignore_ascii_case("allowed");
    let (glyph, style) = if allowed { ("✓", theme.ok) } else { ("✗", theme.bad) };
    let mut spans = vec![
        time(access.at, model, theme),
        Span::raw(text::fit(&facts::word(&access.actor, model.masked), 10)),
        Span::styled(format!("{glyph} {} ", facts::word(&access.outcome, model.masked)), style),
        Span::raw(facts::word(&access.action, model.masked)),
    ];
    if let Some(ip) = &access.ip {
        spans.push(Span::styled(format!(" from {}", facts::sensitive(ip, model.masked)), theme.dim));
    }
    if let Some(reason) = &access.reason {
        spans.push(Span::styled(format!(" · {}", facts::word(reason, model.masked)), theme.attention));
    }
    Line::from(spans)
}
