//! Why this person was flagged: each flag with its evidence, and how they add up.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use crate::{
    app::{Command, Layer, Model, registration::RegistrationView},
    index::Entry,
    model::Verdict,
    text,
    triage::{Flag, Risk},
    ui::{Theme, facts, footer, ink, queue, theme::Tone, words},
};

/// Columns of the labels.
const LABEL: usize = 12;

/// Draws the tab. It follows its selection, so there is nothing to scroll.
pub fn draw(model: &Model, view: &RegistrationView, entry: &Entry, theme: &Theme, buffer: &mut Buffer, area: Rect) {
    let flags = &entry.judgement.flags;
    let columns = usize::from(area.width);
    if flags.is_empty() {
        return ink::put(buffer, area, &Line::from(Span::styled("No red flags.", theme.dim)));
    }
    let mut lines = risk(entry, columns, theme);
    lines.push(verdict_keys(model, theme));
    let selected = view.selected_flag(flags);
    let (mut head, mut end) = (0, 0);
    for (place, flag) in flags.iter().enumerate() {
        lines.push(Line::default());
        let begin = lines.len();
        lines.extend(flag_lines(flag, entry, model, columns, theme));
        if place == selected {
            (head, end) = (begin, lines.len());
        }
    }
    // The selected flag is seen whole, or from its head where it is longer than the screen.
    let first = end.saturating_sub(usize::from(area.height)).min(head);
    ink::put_lines(buffer, area, &lines, first);
    let row = head.saturating_sub(first.min(lines.len().saturating_sub(usize::from(area.height)))) as u16;
    if row < area.height {
        queue::select(buffer, Rect { y: area.y + row, height: 1, ..area }, theme);
    }
}

/// The risk, which flags gave how much of it, and which bands there are.
fn risk(entry: &Entry, columns: usize, theme: &Theme) -> Vec<Line<'static>> {
    let risk = &entry.judgement.risk;
    let tone = words::risk_tone(risk.band());
    let shares: Vec<String> = risk.shares.iter().map(|(rule, percent)| format!("{rule} {percent} %")).collect();
    let text = if shares.is_empty() {
        format!("{} of 100, {}; these flags only inform", risk.score, risk.band())
    } else {
        let each = if shares.len() > 1 { "; each weighs on what the others leave" } else { "" };
        format!("{} of 100, {}, from {}{each}", risk.score, risk.band(), shares.join(", "))
    };
    let style = if tone == Tone::Dim { theme.strong } else { theme.tone(tone) };
    let mut lines = ink::labelled("Risk", &text, LABEL, columns, [theme.title, style]);
    let bands: Vec<String> = Risk::BANDS.iter().map(|(band, from)| format!("{band} from {from}")).collect();
    lines.extend(ink::labelled("", &bands.join(", "), LABEL, columns, [theme.dim, theme.dim]));
    lines
}

/// Which keys say whether the selected flag is right.
fn verdict_keys(model: &Model, theme: &Theme) -> Line<'static> {
    let mut spans = vec![Span::styled(text::fit("Verdict", LABEL), theme.title)];
    if let Some(reason) = Command::FlagRight.unavailable(model) {
        spans.push(Span::styled(reason, theme.dim));
        return Line::from(spans);
    }
    for verdict in [Command::FlagRight, Command::FlagWrong, Command::FlagCannotTell] {
        if let (Some(key), Some(entry)) = (footer::key_for(model, Layer::Registration, verdict), verdict.entry()) {
            spans.push(Span::styled(key, theme.accent));
            spans.push(Span::styled(format!(" {}  ", entry.label), theme.dim));
        }
    }
    spans.push(Span::styled("the same key takes it back", theme.dim));
    Line::from(spans)
}

/// What somebody of the desk said of the flag.
fn verdict(flag: &Flag, entry: &Entry, model: &Model, theme: &Theme) -> Option<Span<'static>> {
    let said = entry.registration.desk.verdict_on(&flag.rule)?;
    let (word, style) = match said.verdict {
        Verdict::Right => ("✓ right", theme.ok),
        Verdict::Wrong => ("✗ wrong", theme.bad),
        Verdict::CannotTell => ("? cannot tell", theme.attention),
    };
    Some(Span::styled(format!(" · {word}, {} {}", said.by, facts::time(said.at, model.now)), style))
}

fn flag_lines(flag: &Flag, entry: &Entry, model: &Model, columns: usize, theme: &Theme) -> Vec<Line<'static>> {
    let sign = words::severity(flag.severity);
    let mut head = vec![
        Span::styled(text::fit(&sign.text(), LABEL), sign.style(theme)),
        Span::styled(format!("{} ", flag.rule), theme.strong),
        Span::styled(flag.name.to_string(), theme.strong),
    ];
    head.extend(verdict(flag, entry, model, theme));
    head.push(Span::styled(format!(" · {}", flag.category), theme.dim));
    if flag.reported {
        head.push(Span::styled(" · reported by the source", theme.attention));
    }
    if let Some(at) = flag.at {
        head.push(Span::styled(format!(" · {}", facts::time(at, model.now)), theme.dim));
    }
    let threshold = flag.threshold.as_ref().map(|threshold| match flag.threshold_from {
        Some(from) => format!("{threshold} ({})", facts::threshold_source(from)),
        None => threshold.clone(),
    });
    let plain = ratatui::style::Style::new();
    let facts = [
        ("seen", facts::sensitive(&flag.seen, model.masked).into_owned(), theme.strong),
        ("threshold", threshold.unwrap_or_default(), plain),
        ("path", flag.path.clone(), theme.dim),
        ("but", flag.caveat.to_string(), theme.dim),
        ("→ do", flag.next_action.to_string(), plain),
    ];
    let mut lines = vec![Line::from(head)];
    for (label, text, style) in facts {
        if !text.is_empty() {
            let label = format!("  {label}");
            lines.extend(ink::labelled(&label, &text, LABEL, columns, [theme.accent, style]));
        }
    }
    lines
}
