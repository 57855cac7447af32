//! What the terminal itself says among the keys: the colour of its background, asked for and never waited for.
//!
//! An answer comes whenever it likes, in pieces, or not at all. The key parser does not know such answers and would
//! hand them on as `alt+]`, digits and letters; here they are taken out again, so that none of it is ever a key.

use std::time::{Duration, Instant};

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use crate::app::look::Background;

/// Asks for the colour of the background (OSC 11).
pub const ASK_BACKGROUND: &str = "\u{1b}]11;?\u{1b}\\";

/// Pieces of one answer follow each other at once; a person takes longer between two keys.
const PIECES_WITHIN: Duration = Duration::from_millis(300);
/// No answer is longer, characters.
const LONGEST: usize = 120;

/// What became of an event.
#[derive(Debug, PartialEq, Eq)]
pub enum Taken {
    /// What the user did.
    Passed(Vec<Event>),
    /// A piece of an answer.
    Held,
    /// The answer: what the background is like.
    Background(Background),
}

/// Takes answers out of the stream of events.
#[derive(Debug, Default)]
pub struct Answers {
    /// What has come of an answer so far, and as events until it is clear that it is one.
    begun: Option<Begun>,
}

#[derive(Debug)]
struct Begun {
    number: String,
    /// After the semicolon there is no doubt any more.
    text: Option<String>,
    events: Vec<Event>,
    last: Instant,
}

impl Answers {
    /// Takes the next event.
    pub fn take(&mut self, event: Event, now: Instant) -> Taken {
        let Some(mut begun) = self.begun.take() else { return self.begin(event, now) };
        let late = now.saturating_duration_since(begun.last) > PIECES_WITHIN;
        let Some(key) = pressed(&event).copied().filter(|_| !late) else { return self.broken_off(begun, event, now) };
        begun.last = now;
        if is_end(&key) {
            return match begun.text.as_deref() {
                Some(text) => background(&begun.number, text).map_or(Taken::Held, Taken::Background),
                None => self.broken_off(begun, event, now),
            };
        }
        let typed = match key {
            KeyEvent { code: KeyCode::Char(character), modifiers, .. }
                if (modifiers - KeyModifiers::SHIFT).is_empty() =>
            {
                character
            }
            _ => return self.broken_off(begun, event, now),
        };
        match &mut begun.text {
            Some(text) if text.len() < LONGEST => text.push(typed),
            // Too long to mean anything; its end is still awaited.
            Some(_) => {}
            None if typed.is_ascii_digit() => begun.number.push(typed),
            None if typed == ';' && !begun.number.is_empty() => begun.text = Some(String::new()),
            None => return self.broken_off(begun, event, now),
        }
        begun.events.push(event);
        self.begun = Some(begun);
        Taken::Held
    }

    /// The first key of an answer, or an event like any other.
    fn begin(&mut self, event: Event, now: Instant) -> Taken {
        let begins = pressed(&event)
            .is_some_and(|key| key.code == KeyCode::Char(']') && key.modifiers.contains(KeyModifiers::ALT));
        if !begins {
            return Taken::Passed(vec![event]);
        }
        self.begun = Some(Begun { number: String::new(), text: None, events: vec![event], last: now });
        Taken::Held
    }

    /// What has begun is not gone on with: if it was an answer without doubt it is dropped, else these were keys.
    fn broken_off(&mut self, begun: Begun, event: Event, now: Instant) -> Taken {
        let mut passed = if begun.text.is_some() { Vec::new() } else { begun.events };
        if let Taken::Passed(events) = self.begin(event, now) {
            passed.extend(events);
        }
        if passed.is_empty() { Taken::Held } else { Taken::Passed(passed) }
    }
}

fn pressed(event: &Event) -> Option<&KeyEvent> {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => Some(key),
        _ => None,
    }
}

/// BEL, or ESC and a backslash.
fn is_end(key: &KeyEvent) -> bool {
    match key.code {
        KeyCode::Char('g') => key.modifiers.contains(KeyModifiers::CONTROL),
        KeyCode::Char('\\') => key.modifiers.contains(KeyModifiers::ALT),
        _ => false,
    }
}

/// Reads `rgb:RRRR/GGGG/BBBB` (one to four digits each), also with an alpha part behind.
fn background(number: &str, text: &str) -> Option<Background> {
    let parts = text.strip_prefix("rgb:").or_else(|| text.strip_prefix("rgba:")).filter(|_| number == "11")?;
    let mut parts = parts.split('/').map(|digits| {
        let most = 16_u32.checked_pow(digits.len() as u32)?.checked_sub(1).filter(|most| *most > 0)?;
        Some(f64::from(u32::from_str_radix(digits, 16).ok()?) / f64::from(most))
    });
    let [red, green, blue] = [parts.next()??, parts.next()??, parts.next()??];
    // How bright it looks.
    let is_light = 0.299 * red + 0.587 * green + 0.114 * blue > 0.5;
    Some(if is_light { Background::Light } else { Background::Dark })
}

/// What `COLORFGBG` (`15;0`) says of the background: the last number is one of the sixteen colours.
pub fn background_of_variable(value: &str) -> Option<Background> {
    let number: u8 = value.rsplit(';').next()?.parse().ok()?;
    match number {
        0..=6 | 8 => Some(Background::Dark),
        7 | 9..=15 => Some(Background::Light),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
    use proptest::prelude::*;

    use super::{Answers, Taken, background_of_variable};
    use crate::app::look::Background;

    fn key(code: char, modifiers: KeyModifiers) -> Event {
        Event::Key(KeyEvent::new(KeyCode::Char(code), modifiers))
    }

    /// The events that the parser makes of bytes.
    fn events(text: &str) -> Vec<Event> {
        let mut events = Vec::new();
        let mut characters = text.chars();
        while let Some(character) = characters.next() {
            events.push(match character {
                '\u{1b}' => key(characters.next().unwrap_or('['), KeyModifiers::ALT),
                '\u{7}' => key('g', KeyModifiers::CONTROL),
                other => key(other, KeyModifiers::NONE),
            });
        }
        events
    }

    /// The backgrounds told, and what was left as keys.
    fn take(text: &str) -> (Vec<Background>, Vec<Event>) {
        let (mut answers, now) = (Answers::default(), Instant::now());
        let (mut told, mut keys) = (Vec::new(), Vec::new());
        for event in events(text) {
            match answers.take(event, now) {
                Taken::Background(background) => told.push(background),
                Taken::Passed(events) => keys.extend(events),
                Taken::Held => {}
            }
        }
        (told, keys)
    }

    #[test]
    fn answers_are_read_however_they_end_and_leave_no_keys() {
        for (answer, background) in [
            ("\u{1b}]11;rgb:ffff/ffff/ffff\u{1b}\\", Background::Light),
            ("\u{1b}]11;rgb:1e1e/1e1e/1e1e\u{7}", Background::Dark),
            ("\u{1b}]11;rgb:fd/f6/e3\u{7}", Background::Light),
            ("\u{1b}]11;rgba:0/0/0/f\u{1b}\\", Background::Dark),
        ] {
            let (told, keys) = take(&format!("j{answer}k"));
            assert_eq!(told, [background], "{answer:?}");
            assert_eq!(keys, events("jk"), "{answer:?}");
        }
    }

    #[test]
    fn odd_answers_are_dropped() {
        for odd in ["11;?", "11;rgb:zz/zz/zz", "11;rgb:ff/ff", "4;1;rgb:00/00/00", "11;", "52;c;ZXZpbA=="] {
            assert_eq!(take(&format!("a\u{1b}]{odd}\u{7}b")), (Vec::new(), events("ab")), "{odd}");
        }
    }

    #[test]
    fn an_answer_that_breaks_off_swallows_nothing_after_it() {
        let (mut answers, now) = (Answers::default(), Instant::now());
        for event in events("\u{1b}]11;rgb:ff") {
            assert_eq!(answers.take(event, now), Taken::Held);
        }
        let later = now + Duration::from_secs(2);
        assert_eq!(answers.take(key('q', KeyModifiers::NONE), later), Taken::Passed(events("q")));
        assert_eq!(answers.take(key('j', KeyModifiers::NONE), later), Taken::Passed(events("j")));
    }

    #[test]
    fn a_key_that_only_looks_like_the_beginning_is_a_key() {
        assert_eq!(take("\u{1b}]q"), (Vec::new(), events("\u{1b}]q")));
        assert_eq!(take("\u{1b}]1q").1, events("\u{1b}]1q"));
    }

    #[test]
    fn the_variable_of_some_terminals_tells_the_background() {
        assert_eq!(background_of_variable("15;0"), Some(Background::Dark));
        assert_eq!(background_of_variable("0;default;15"), Some(Background::Light));
        assert_eq!(background_of_variable("0;7"), Some(Background::Light));
        assert_eq!(background_of_variable("default"), None);
    }

    proptest! {
        #[test]
        fn whatever_answers_come_keys_before_and_after_are_kept(text in "[ -~]{0,150}") {
            let (_, keys) = take(&format!("a\u{1b}]11;{text}\u{7}b"));
            prop_assert_eq!(keys.first(), Some(&key('a', KeyModifiers::NONE)));
            prop_assert_eq!(keys.last(), Some(&key('b', KeyModifiers::NONE)));
        }
    }
}
