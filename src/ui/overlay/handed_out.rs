//! What a create or a resend handed out: the id, and the token or link on request.

use ratatui::{
    Frame,
    text::{Line, Span},
};

use crate::{
    app::{
        Model,
        handed_out::{HandedOut, Occasion},
    },
    ui::{Theme, facts, ink},
};

/// Columns of the text inside.
const COLUMNS: u16 = 70;
/// Columns of the labels.
const LABEL: usize = 8;

/// Draws the dialog.
pub fn draw(model: &Model, notice: &HandedOut, theme: &Theme, frame: &mut Frame) {
    let word = notice.handed.as_ref().map_or("token", |handed| handed.word);
    let (show, copy) =
        (format!("{} the {word}", if notice.shown { "hide" } else { "show" }), format!("copy the {word}"));
    let all = [("t", show.as_str()), ("y", copy.as_str()), ("i", "copy the id"), ("esc", "close")];
    let keys = if notice.handed.is_some() { &all[..] } else { &all[2..] };
    // Signed tokens are long: the box grows with them.
    let columns = usize::from(COLUMNS.min(frame.area().width.saturating_sub(4)));
    let lines = lines(model, notice, columns, theme);
    let title = match notice.occasion {
        Occasion::Created => "Created",
        Occasion::Resent { .. } => "A fresh link",
    };
    let area = super::open(frame, title, (COLUMNS, lines.len() as u16), keys, theme);
    ink::put_lines(frame.buffer_mut(), area, &lines, 0);
}

fn lines(model: &Model, notice: &HandedOut, columns: usize, theme: &Theme) -> Vec<Line<'static>> {
    let mut lines = ink::labelled("id", notice.id.as_str(), LABEL, columns, [theme.dim, theme.strong]);
    lines.extend(
        occasion(model, notice.occasion)
            .into_iter()
            .flat_map(|(label, text)| ink::labelled(label, &text, LABEL, columns, [theme.dim, theme.strong])),
    );
    lines.push(Line::default());
    match (notice.visible(), &notice.handed) {
        (Some(secret), Some(handed)) => {
            lines.extend(ink::labelled(handed.word, secret, LABEL, columns, [theme.dim, theme.accent]));
        }
        (None, Some(handed)) => {
            lines.push(Line::from(vec![
                Span::styled(crate::text::fit(handed.word, LABEL), theme.dim),
                Span::raw("•••••••••••• (hidden)"),
            ]));
            lines.push(Line::default());
            let note = "It opens this registration for whoever holds it, and is gone for good once this is closed.";
            lines.extend(ink::labelled("", note, LABEL, columns, [theme.dim, theme.attention]));
        }
        (_, None) => lines.push(Line::from(Span::styled("The backend handed out no token.", theme.dim))),
    }
    lines
}

/// What there is to say beside the secret.
fn occasion(model: &Model, occasion: Occasion) -> Vec<(&'static str, String)> {
    let Occasion::Resent { expires_at, email_sent } = occasion else { return Vec::new() };
    let mut facts = Vec::new();
    if let Some(expires_at) = expires_at {
        facts.push((
            "dies",
            format!("{} UTC ({})", facts::time(expires_at, model.now), facts::until(expires_at, model.now)),
        ));
    }
    match email_sent {
        Some(true) => facts.push(("e-mail", "sent".to_owned())),
        Some(false) => facts.push(("e-mail", "not sent".to_owned())),
        None => {}
    }
    facts
}
