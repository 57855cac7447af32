//! The question before a link is issued again.

use ratatui::{Frame, text::Line};

use super::plan;
use crate::{
    app::{Model, resend::ResendForm},
    ui::{Theme, facts, ink},
};

/// Columns of the text inside.
const COLUMNS: u16 = 74;
/// Columns of the labels.
const LABEL: usize = 10;

/// Draws the dialog.
pub fn draw(model: &Model, form: &ResendForm, theme: &Theme, frame: &mut Frame) {
    let keys: &[(&str, &str)] = if form.is_sending() {
        &[("◐", "sending …")]
    } else {
        &[("enter", "issue the link"), ("space", "with or without e-mail"), ("esc", "cancel")]
    };
    let columns = usize::from(super::inner_width(frame, COLUMNS));
    let lines = lines(model, form, columns, theme);
    let area = super::open(frame, "Send the link again", (COLUMNS, lines.len() as u16), keys, theme);
    ink::put_lines(frame.buffer_mut(), area, &lines, 0);
}

fn lines(model: &Model, form: &ResendForm, columns: usize, theme: &Theme) -> Vec<Line<'static>> {
    let mut lines = vec![plan::row(model, &form.id, theme), Line::default()];
    let mut fact = |label: &str, text: &str, style| {
        lines.extend(ink::labelled(label, text, LABEL, columns, [theme.dim, style]));
    };
    if let Some(entry) = model.index.get(&form.id) {
        let registration = &entry.registration;
        let so_far = match registration.link_resent {
            Some(last) => {
                let last = facts::moment(last, model.now);
                format!("sent again {} times, last {last} UTC", registration.link_resends)
            }
            None => "never sent again".to_owned(),
        };
        fact("so far", &so_far, theme.strong);
        let address = registration.contact.email.as_ref().map(|email| facts::personal(email, model.masked));
        let email = match (form.send_email, address) {
            (true, Some(address)) => format!("yes, to {address}"),
            (true, None) => "yes, but no address is known".to_owned(),
            (false, _) => "no; you hand over the link".to_owned(),
        };
        fact("by e-mail", &email, theme.strong);
    }
    fact(
        "",
        "Whoever holds the link can go on with this registration until it dies. It is shown this once.",
        theme.attention,
    );
    if let Some(refusal) = &form.refusal {
        lines.push(Line::default());
        lines.extend(ink::labelled("✗", refusal, 2, columns, [theme.bad, theme.bad]));
    }
    lines
}
