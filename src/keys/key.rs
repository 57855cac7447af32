//! One key with its modifiers, as text and back.

use std::fmt;

/// A key without modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Code {
    /// A character as the terminal sends it: `a`, `A`, `?`.
    Char(char),
    /// F1 to F12.
    F(u8),
    /// Enter.
    Enter,
    /// Escape.
    Esc,
    /// Tab.
    Tab,
    /// Shift and Tab, which terminals send as a key of its own.
    BackTab,
    /// Backspace.
    Backspace,
    /// Delete.
    Delete,
    /// Up.
    Up,
    /// Down.
    Down,
    /// Left.
    Left,
    /// Right.
    Right,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
}

/// The names of keys that are not characters.
const NAMED: &[(&str, Code)] = &[
    ("enter", Code::Enter),
    ("esc", Code::Esc),
    ("tab", Code::Tab),
    ("shift+tab", Code::BackTab),
    ("backspace", Code::Backspace),
    ("delete", Code::Delete),
    ("up", Code::Up),
    ("down", Code::Down),
    ("left", Code::Left),
    ("right", Code::Right),
    ("home", Code::Home),
    ("end", Code::End),
    ("pageup", Code::PageUp),
    ("pagedown", Code::PageDown),
    ("space", Code::Char(' ')),
];

/// A key with its modifiers. Shift is part of the character (`G`, not `shift+g`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// The key.
    pub code: Code,
    /// With Ctrl.
    pub ctrl: bool,
    /// With Alt.
    pub alt: bool,
}

impl Key {
    /// A key without modifiers.
    pub const fn plain(code: Code) -> Self {
        Self { code, ctrl: false, alt: false }
    }

    /// A character without modifiers.
    pub const fn char(character: char) -> Self {
        Self::plain(Code::Char(character))
    }

    /// The character this key types, if it types one.
    pub fn typed(self) -> Option<char> {
        match self {
            Self { code: Code::Char(character), ctrl: false, alt: false } => Some(character),
            _ => None,
        }
    }

    /// Reads `q`, `G`, `ctrl+r`, `alt+x`, `f5`, `enter`, `shift+tab`, …
    pub fn parse(text: &str) -> Result<Self, KeyParseError> {
        let error = || KeyParseError { text: text.to_owned() };
        let (mut rest, mut ctrl, mut alt) = (text, false, false);
        loop {
            if let Some(stripped) = rest.strip_prefix("ctrl+").filter(|rest| !rest.is_empty()) {
                (rest, ctrl) = (stripped, true);
            } else if let Some(stripped) = rest.strip_prefix("alt+").filter(|rest| !rest.is_empty()) {
                (rest, alt) = (stripped, true);
            } else {
                break;
            }
        }
        Ok(Self { code: parse_code(rest).ok_or_else(error)?, ctrl, alt })
    }
}

fn parse_code(text: &str) -> Option<Code> {
    if let Some((_, code)) = NAMED.iter().find(|(name, _)| *name == text) {
        return Some(*code);
    }
    let mut characters = text.chars();
    if let (Some(character), None) = (characters.next(), characters.next()) {
        return (!character.is_control() && !character.is_whitespace()).then_some(Code::Char(character));
    }
    let number: u8 = text.strip_prefix('f')?.parse().ok()?;
    (1..=12).contains(&number).then_some(Code::F(number))
}

impl fmt::Display for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ctrl {
            formatter.write_str("ctrl+")?;
        }
        if self.alt {
            formatter.write_str("alt+")?;
        }
        match self.code {
            Code::F(number) => write!(formatter, "f{number}"),
            code => match (NAMED.iter().find(|(_, named)| *named == code), code) {
                (Some((name, _)), _) => formatter.write_str(name),
                (None, Code::Char(character)) => write!(formatter, "{character}"),
                (None, _) => Ok(()),
            },
        }
    }
}

/// A text that names no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a key; write a character, `ctrl+r`, `alt+x`, `f5`, `enter`, `esc`, `tab`, `space`, `up`, …")]
pub struct KeyParseError {
    /// The text.
    pub text: String,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::{Code, Key};

    #[test]
    fn reads_what_people_write() {
        assert_eq!(Key::parse("ctrl+r").unwrap(), Key { code: Code::Char('r'), ctrl: true, alt: false });
        assert_eq!(Key::parse("+").unwrap(), Key::char('+'));
        assert_eq!(Key::parse("ctrl++").unwrap(), Key { code: Code::Char('+'), ctrl: true, alt: false });
        assert_eq!(Key::parse("shift+tab").unwrap(), Key::plain(Code::BackTab));
        assert_eq!(Key::parse("space").unwrap(), Key::char(' '));
    }

    #[test]
    fn refuses_what_is_no_key() {
        for text in ["", "ctrl+", "entr", "f13", "f0", "\u{1b}", "ab"] {
            assert!(Key::parse(text).is_err(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn printing_and_reading_are_inverse(character in any::<char>(), ctrl: bool, alt: bool) {
            prop_assume!(!character.is_control() && (character == ' ' || !character.is_whitespace()));
            let key = Key { code: Code::Char(character), ctrl, alt };
            prop_assert_eq!(Key::parse(&key.to_string()).unwrap(), key);
        }
    }
}
