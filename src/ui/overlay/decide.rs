//! A decision in the making: the form, the plan under it, and the question that is left at the end.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Position, Rect},
    style::Style,
    text::{Line, Span},
};

use crate::{
    app::{
        Model,
        decide::{DecideForm, Field},
    },
    model::{Decision, StepKind},
    text,
    triage::{Proposal, Reason},
    ui::{Theme, facts, field, ink, queue, words},
};

/// Columns of the text inside.
const COLUMNS: u16 = 110;
/// Columns of the labels.
const LABEL: u16 = 11;
/// Reasons on the screen at once.
const REASONS: usize = 7;
/// Rows of everything but the reasons and the plan.
const FIXED: u16 = 5;
/// Lines about somebody who is decided on alone that reasons make way for.
const LEAST_OF_ONE: usize = 4;

const CHOICES: [(Decision, &str); 3] =
    [(Decision::Approve, "[a] approve"), (Decision::Reject, "[r] reject"), (Decision::Review, "[m] manual review")];

/// Draws the dialog; tells how many lines of the plan are on the screen, and how far it can be scrolled.
pub fn draw(model: &Model, form: &DecideForm, theme: &Theme, frame: &mut Frame) -> (usize, usize) {
    let reasons = model.reasons_of(form);
    let reason_rows = reasons.len().clamp(1, REASONS) as u16;
    // Who is decided on alone is told of in full; of many, there is a line each.
    let alone = match form.plan.as_slice() {
        [proposal] => Some(lines_of_one(model, form, proposal, usize::from(super::inner_width(frame, COLUMNS)), theme)),
        _ => None,
    };
    let count = alone.as_ref().map_or(form.plan.len(), Vec::len);
    let rows = (usize::from(FIXED + reason_rows) + count).min(usize::from(u16::MAX)) as u16;
    let area = super::open(frame, &title(form), (COLUMNS, rows), keys(form), theme);
    // A line of the plan is worth more than the last of the reasons.
    let planned = if alone.is_some() { count.min(LEAST_OF_ONE) as u16 } else { 1 };
    let reason_rows = reason_rows.min(area.height.saturating_sub(FIXED + planned)).max(1);
    let [choice, reason, note, question, _, head, plan] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(reason_rows),
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Length(u16::from(area.height > FIXED + reason_rows)),
        Constraint::Length(1),
        Constraint::Min(0),
    ])
    .areas(area);
    let buffer = frame.buffer_mut();
    ink::put(buffer, choice, &choices(form, choice.width, theme));
    label(form, Field::Decision, "Decision", theme, buffer, choice);
    label(form, Field::Reason, "Reason", theme, buffer, reason);
    draw_reasons(form, &reasons, theme, buffer, beside(reason));
    label(form, Field::Note, "Note", theme, buffer, note);
    let most = count.saturating_sub(usize::from(plan.height));
    let first = form.scroll.offset.min(most);
    let shown = first..count.min(first + usize::from(plan.height));
    ink::put(buffer, head, &plan_head(form, count - shown.end, theme));
    let lines = match alone {
        Some(lines) => lines[shown].to_vec(),
        None => form.plan[shown].iter().map(|proposal| plan_line(model, form, proposal, theme)).collect(),
    };
    ink::put_lines(buffer, plan, &lines, 0);
    let cursor = draw_typing(form, theme, frame, beside(note), question);
    if let Some(cursor) = cursor {
        frame.set_cursor_position(cursor);
    }
    (usize::from(plan.height), most)
}

fn title(form: &DecideForm) -> String {
    let noun = if form.plan.len() == 1 { "registration" } else { "registrations" };
    let hidden = if form.hidden > 0 { format!(" ({} hidden by the filter)", form.hidden) } else { String::new() };
    format!("Decide on {} {noun}{hidden}", form.plan.len())
}

fn keys(form: &DecideForm) -> &'static [(&'static str, &'static str)] {
    match (&form.confirmation, form.focus) {
        (Some(_), _) => &[("enter", "carry out"), ("pgup/pgdn", "plan"), ("esc", "back to the form")],
        (None, Field::Decision) => &[("a/r/m", "choose"), ("tab", "next field"), ("enter", "go on"), ("esc", "cancel")],
        (None, Field::Reason) => &[("up/down", "choose"), ("tab", "next field"), ("enter", "go on"), ("esc", "cancel")],
        (None, Field::Note) => &[("tab", "next field"), ("enter", "go on"), ("pgup/pgdn", "plan"), ("esc", "cancel")],
    }
}

/// What stands beside a label.
fn beside(row: Rect) -> Rect {
    Rect { x: row.x + LABEL, width: row.width.saturating_sub(LABEL), ..row }.intersection(row)
}

fn label(form: &DecideForm, field: Field, name: &str, theme: &Theme, buffer: &mut ratatui::buffer::Buffer, row: Rect) {
    let focused = form.focus == field && form.confirmation.is_none();
    let (mark, style) = if focused { ("▸ ", theme.title) } else { ("  ", theme.dim) };
    let row = Rect { width: LABEL.min(row.width), ..row };
    ink::put(buffer, row, &Line::from(Span::styled(format!("{mark}{name}"), style)));
}

fn choices(form: &DecideForm, columns: u16, theme: &Theme) -> Line<'static> {
    let finals = form.finals();
    let mut spans = vec![Span::raw(" ".repeat(usize::from(LABEL)))];
    for (decision, name) in CHOICES {
        let (mark, style) = if form.decision == Some(decision) { ("▸", theme.selected) } else { (" ", Style::new()) };
        spans.push(Span::styled(format!("{mark}{name} "), style));
        spans.push(Span::raw(" "));
    }
    if finals > 0 {
        let (mark, style) = if form.overturn { ("✓", theme.attention) } else { (" ", theme.dim) };
        let overturn = Span::styled(format!("{mark}[o] overturn {finals}"), style);
        // First of all where not everything fits: without it nothing can be decided here.
        let place = if ink::width(&Line::from(spans.clone())) + 16 > usize::from(columns) { 1 } else { spans.len() };
        spans.insert(place, overturn);
    }
    Line::from(spans)
}

fn draw_reasons(
    form: &DecideForm,
    reasons: &[&Reason],
    theme: &Theme,
    buffer: &mut ratatui::buffer::Buffer,
    area: Rect,
) {
    let chosen = reasons.iter().position(|reason| form.reason.as_deref() == Some(reason.code.as_ref()));
    if reasons.is_empty() {
        ink::put(buffer, area, &Line::from(Span::styled("offered once it is chosen what to decide", theme.dim)));
    }
    let width = reasons.iter().map(|reason| reason.code.len()).max().unwrap_or_default();
    let top = chosen.map_or(0, |chosen| (chosen + 1).saturating_sub(usize::from(area.height)));
    for (place, (row, reason)) in area.rows().zip(&reasons[top..]).enumerate() {
        // The last row says how many there are below it.
        let below = reasons.len() - (top + place);
        if place + 1 == usize::from(area.height) && below > 1 && chosen != Some(top + place) {
            ink::put(buffer, row, &Line::from(Span::styled(format!(" … and {below} more"), theme.dim)));
            break;
        }
        let is_chosen = chosen == Some(top + place);
        let mark = if is_chosen { "▸" } else { " " };
        let explain = if reason.needs_note { "(needs a note) " } else { "" };
        ink::put(
            buffer,
            row,
            &Line::from(vec![
                Span::raw(format!("{mark}{:<width$}  ", reason.code)),
                Span::styled(explain, theme.attention),
                Span::styled(reason.label.clone().into_owned(), theme.dim),
            ]),
        );
        if is_chosen {
            queue::select(buffer, row, theme);
        }
    }
}

/// The note, and below it what is missing or the question; the place of the cursor.
fn draw_typing(form: &DecideForm, theme: &Theme, frame: &mut Frame, note: Rect, question: Rect) -> Option<Position> {
    let shown = field::visible(form.note.value(), form.note.cursor(), note.width);
    let is_empty = shown.text.is_empty() && form.typing().is_none();
    let said = if is_empty { Span::styled("in your words, if needed", theme.dim) } else { Span::raw(shown.text) };
    ink::put(frame.buffer_mut(), note, &Line::from(said));
    let Some(typed) = &form.confirmation else {
        if let Some(mistake) = &form.mistake {
            let line = Line::from(Span::styled(format!("^ {mistake}"), theme.bad));
            ink::put(frame.buffer_mut(), beside(question), &line);
        }
        let typing = form.typing().is_some() && !note.is_empty();
        return typing.then(|| Position::new(note.x + shown.cursor, note.y));
    };
    let (count, answer) = (form.count(), form.answer());
    let verb = form.decision.map_or("decide", Decision::as_str);
    let asked = format!("◆ To {verb} {count}, type {answer} and press enter: ");
    let place = question.x + text::width(&asked) as u16 + typed.cursor() as u16;
    let mut spans = vec![Span::styled(asked, theme.attention), Span::styled(typed.value().to_owned(), theme.strong)];
    if let Some(mistake) = &form.mistake {
        spans.push(Span::styled(format!("  ^ {mistake}"), theme.bad));
    }
    let line = Line::from(spans);
    ink::put(frame.buffer_mut(), question, &line);
    (place < question.right() && !question.is_empty()).then(|| Position::new(place, question.y))
}

/// What is planned, and how many lines of it are below the last one that is seen.
fn plan_head(form: &DecideForm, below: usize, theme: &Theme) -> Line<'static> {
    let mut spans = Vec::new();
    if let Some(decision) = form.decision {
        spans.push(Span::styled(format!("Plan: {decision} {}", form.count()), theme.title));
        let left = form.plan.len() - form.count();
        if left > 0 {
            spans.push(Span::styled(format!(", leave {left} as they are"), theme.attention));
        }
    } else {
        spans.push(Span::styled("Who it is about", theme.title));
    }
    if below > 0 {
        spans.push(Span::styled(format!(" … {below} more below"), theme.dim));
    }
    Line::from(spans)
}

/// Who, from, to or why it is left alone, open flags and what is not done, in one line.
fn plan_line(model: &Model, form: &DecideForm, proposal: &Proposal, theme: &Theme) -> Line<'static> {
    let mut spans = change(model, form, proposal, theme);
    spans.extend(
        remarks(form, proposal, theme).into_iter().map(|(text, style)| Span::styled(format!(" {text}"), style)),
    );
    Line::from(spans)
}

/// The same of one person: in one line if there is room for it, else what is to be known below.
fn lines_of_one(
    model: &Model,
    form: &DecideForm,
    proposal: &Proposal,
    columns: usize,
    theme: &Theme,
) -> Vec<Line<'static>> {
    let line = plan_line(model, form, proposal, theme);
    if ink::width(&line) <= columns {
        return vec![line];
    }
    let mut lines = vec![Line::from(change(model, form, proposal, theme))];
    for (text, style) in remarks(form, proposal, theme) {
        let wrapped = ink::wrap(&text, columns.saturating_sub(2));
        lines.extend(wrapped.into_iter().map(|text| Line::from(Span::styled(format!("  {text}"), style))));
    }
    lines
}

/// Who, from, and to what, if it is done.
fn change(model: &Model, form: &DecideForm, proposal: &Proposal, theme: &Theme) -> Vec<Span<'static>> {
    let who = model
        .index
        .get(&proposal.id)
        .map_or_else(|| proposal.id.to_string(), |entry| facts::who(&entry.registration, model.masked).into_owned());
    let from = words::status(&proposal.seen.status);
    let mut spans = vec![
        Span::raw(format!("{} ", text::fit(&who, 24))),
        Span::styled(text::fit(&from.text(), 12), from.style(theme)),
    ];
    if let Some(decision) = form.decision.filter(|_| form.hindrance(proposal).is_none()) {
        let to = decision.status();
        let to = words::status(&to);
        spans.push(Span::styled("→ ", theme.dim));
        spans.push(Span::styled(text::fit(&to.text(), 12), to.style(theme)));
    }
    spans
}

/// Why somebody is left alone, open flags, and what is not done.
fn remarks(form: &DecideForm, proposal: &Proposal, theme: &Theme) -> Vec<(String, Style)> {
    let hindrance = form.hindrance(proposal);
    let is_left = hindrance.is_some();
    let mut remarks: Vec<_> =
        hindrance.into_iter().map(|hindrance| (format!("– {hindrance}"), theme.attention)).collect();
    for (word, rules, style) in [("critical", &proposal.critical, theme.bad), ("high", &proposal.high, theme.attention)]
    {
        if !rules.is_empty() {
            remarks.push((format!("{word} {}", rules.join(" ")), style));
        }
    }
    if !proposal.unproven.is_empty() && !is_left {
        let steps: Vec<&str> = proposal.unproven.iter().map(StepKind::label).collect();
        remarks.push((format!("not done: {}", steps.join(", ")), theme.attention));
    }
    remarks
}
