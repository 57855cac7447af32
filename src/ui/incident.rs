//! The line of an incident above the queue: what stands still, since when, and whom it concerns.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use super::{Theme, footer, ink};
use crate::{
    app::{Command, Layer, Model, incident::Standstill},
    model::{Gateway, StepKind},
    text,
};

/// Draws the gravest incident; the key to the members stands at the right and stays.
pub fn draw(model: &Model, theme: &Theme, buffer: &mut Buffer, area: Rect) {
    let Some(gravest) = model.incidents.first() else { return };
    let key = footer::key_for(model, Layer::Queue, Command::Incident);
    let more = model.incidents.len() - 1;
    let more = if more > 0 { format!(" · {more} more") } else { String::new() };
    let hint = key.map_or(more.clone(), |key| format!("{more} · {key} shows them"));
    let taken = ink::put_right(buffer, area, &Line::from(Span::styled(hint, theme.accent)));
    let room = usize::from(area.width.saturating_sub(taken));
    let place = Rect { width: area.width.saturating_sub(taken), ..area };
    // What comes last gives way on a narrow screen, whole.
    let mut shown = format!("▲ {}", head(model, gravest));
    for part in parts(gravest) {
        if text::width(&shown) + text::width(&part) + 3 <= room {
            shown = format!("{shown} · {part}");
        }
    }
    ink::put(buffer, place, &Line::from(Span::styled(shown, theme.attention)));
}

/// What stands still: `WhatsApp codes: 3 of 24 got through this hour`.
fn head(model: &Model, standstill: &Standstill) -> String {
    let incident = &standstill.incident;
    let through = incident.through.as_deref().map(|word| match Gateway::parse(word) {
        Gateway::Whatsapp => "WhatsApp codes".to_owned(),
        Gateway::Sms => "SMS codes".to_owned(),
        _ => format!("Codes by {word}"),
    });
    let step = through.unwrap_or_else(|| match &incident.step {
        StepKind::EmailVerification => "E-mail codes".to_owned(),
        other => other.label().to_owned(),
    });
    let project = incident.project.as_ref().map(|id| {
        let name = model.projects.iter().find(|project| project.id == *id).map(|project| project.name.as_str());
        format!(" in {}", name.filter(|name| !name.is_empty()).unwrap_or(id))
    });
    let (passed, arrivals) = (incident.passed, incident.arrivals);
    format!("{step}{}: {passed} of {arrivals} got through this hour", project.unwrap_or_default())
}

fn parts(standstill: &Standstill) -> [String; 3] {
    let incident = &standstill.incident;
    let people =
        if standstill.stuck == 1 { "1 is stuck".to_owned() } else { format!("{} are stuck", standstill.stuck) };
    [
        people,
        format!("usually {:.0} %", incident.usual * 100.0),
        format!("since {} UTC", incident.since.format("%H:%M")),
    ]
}
