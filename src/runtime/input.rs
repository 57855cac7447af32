//! Terminal events as messages.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEventKind};

use crate::{
    app::Message,
    keys::{Code, Key},
    ui::HitMap,
};

/// Lines that one notch of the wheel moves.
const WHEEL_LINES: i32 = 3;

/// What an event means; `None` for what means nothing. Clicks are resolved against the last frame.
pub fn message(event: Event, hits: &HitMap) -> Option<Message> {
    match event {
        Event::Key(event) => key(event).map(Message::Key),
        Event::Paste(text) => Some(Message::Paste(text)),
        Event::Mouse(mouse) => match mouse.kind {
            MouseEventKind::Down(MouseButton::Left) => hits.target(mouse.column, mouse.row).map(Message::Click),
            MouseEventKind::ScrollDown => Some(Message::Scroll(WHEEL_LINES)),
            MouseEventKind::ScrollUp => Some(Message::Scroll(-WHEEL_LINES)),
            _ => None,
        },
        Event::Resize(..) | Event::FocusGained | Event::FocusLost => None,
    }
}

fn key(event: KeyEvent) -> Option<Key> {
    // A terminal that tells a held key from a pressed one is believed: only a fresh Enter confirms.
    let is_held = event.kind == KeyEventKind::Repeat && event.code == KeyCode::Enter;
    if event.kind == KeyEventKind::Release || is_held {
        return None;
    }
    let code = match event.code {
        KeyCode::Char(character) => Code::Char(character),
        KeyCode::F(number) => Code::F(number),
        KeyCode::Enter => Code::Enter,
        KeyCode::Esc => Code::Esc,
        KeyCode::Tab => Code::Tab,
        KeyCode::BackTab => Code::BackTab,
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Delete => Code::Delete,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        KeyCode::PageUp => Code::PageUp,
        KeyCode::PageDown => Code::PageDown,
        _ => return None,
    };
    Some(Key {
        code,
        ctrl: event.modifiers.contains(KeyModifiers::CONTROL),
        alt: event.modifiers.contains(KeyModifiers::ALT),
    })
}
