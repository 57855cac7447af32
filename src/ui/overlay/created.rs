//! What a create handed out: the id, and the person's token on request.

use ratatui::{
    Frame,
    text::{Line, Span},
};

use crate::{
    app::overlay::CreatedNotice,
    ui::{Theme, ink},
};

/// Columns of the text inside.
const COLUMNS: u16 = 70;
/// Columns of the labels.
const LABEL: usize = 8;

/// Draws the dialog.
pub fn draw(notice: &CreatedNotice, theme: &Theme, frame: &mut Frame) {
    let token_key = if notice.shown { ("t", "hide the token") } else { ("t", "show the token") };
    let all = [token_key, ("y", "copy the token"), ("i", "copy the id"), ("esc", "close")];
    let keys = if notice.token.is_some() { &all[..] } else { &all[2..] };
    // Signed tokens are long: the box grows with them.
    let columns = usize::from(COLUMNS.min(frame.area().width.saturating_sub(4)));
    let lines = lines(notice, columns, theme);
    let area = super::open(frame, "Created", (COLUMNS, lines.len() as u16), keys, theme);
    ink::put_lines(frame.buffer_mut(), area, &lines, 0);
}

fn lines(notice: &CreatedNotice, columns: usize, theme: &Theme) -> Vec<Line<'static>> {
    let mut lines = ink::labelled("id", notice.id.as_str(), LABEL, columns, [theme.dim, theme.strong]);
    lines.push(Line::default());
    match (notice.visible_token(), &notice.token) {
        (Some(token), _) => lines.extend(ink::labelled("token", token, LABEL, columns, [theme.dim, theme.accent])),
        (None, Some(_)) => {
            lines.push(Line::from(vec![Span::styled("token   ", theme.dim), Span::raw("•••••••••••• (hidden)")]));
            lines.push(Line::default());
            let note = "It opens this registration for whoever holds it, and is gone for good once this is closed.";
            lines.extend(ink::labelled("", note, LABEL, columns, [theme.dim, theme.attention]));
        }
        (None, None) => lines.push(Line::from(Span::styled("The backend handed out no token.", theme.dim))),
    }
    lines
}
