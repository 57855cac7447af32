//! Why this person was flagged: each flag with its evidence, and how they add up.

use ratatui::text::{Line, Span};

use crate::{
    app::Model,
    index::Entry,
    triage::Flag,
    ui::{Theme, facts, ink, theme::Tone, words},
};

/// Columns of the labels.
const LABEL: usize = 12;

/// The tab as lines.
pub fn lines(entry: &Entry, model: &Model, columns: usize, theme: &Theme) -> Vec<Line<'static>> {
    let flags = &entry.judgement.flags;
    if flags.is_empty() {
        return vec![Line::from(Span::styled("No red flags.", theme.dim))];
    }
    let mut lines = risk(entry, columns, theme);
    for flag in flags {
        lines.push(Line::default());
        lines.extend(flag_lines(flag, model, columns, theme));
    }
    lines
}

/// The risk and which flags gave how much of it.
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
    ink::labelled("Risk", &text, LABEL, columns, [theme.title, style])
}

fn flag_lines(flag: &Flag, model: &Model, columns: usize, theme: &Theme) -> Vec<Line<'static>> {
    let sign = words::severity(flag.severity);
    let mut head = vec![
        Span::styled(crate::text::fit(&sign.text(), LABEL), sign.style(theme)),
        Span::styled(format!("{} ", flag.rule), theme.strong),
        Span::styled(flag.name.to_string(), theme.strong),
        Span::styled(format!(" · {}", flag.category), theme.dim),
    ];
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
