//! Text for the clipboard of the terminal (OSC 52), through whatever stands between: it works over ssh, and in tmux and
//! GNU screen as far as they are set up to let it pass.

use std::{ffi::OsString, fmt::Write as _};

use crossterm::{Command as _, clipboard::CopyToClipboard};

/// The longest sequence that terminals are known to take, in bytes of its encoded text.
const LONGEST: usize = 74_994;
/// GNU screen takes no longer pieces than this, bytes.
const PIECE: usize = 76;

/// What stands between this program and the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Between {
    /// Nothing that is known of.
    Nothing,
    /// tmux.
    Tmux,
    /// GNU screen.
    Screen,
}

impl Between {
    /// By the variables that both of them set.
    pub fn of(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let is_set = |name| variable(name).is_some_and(|value| !value.is_empty());
        let is_screen =
            is_set("STY") || variable("TERM").is_some_and(|term| term.to_string_lossy().starts_with("screen"));
        match (is_set("TMUX"), is_screen) {
            // tmux calls its terminal `screen` too.
            (true, _) => Self::Tmux,
            (false, true) => Self::Screen,
            (false, false) => Self::Nothing,
        }
    }

    /// What to write to hand a text over; the error says why that is not done, and what to do instead.
    pub fn handing_over(self, text: &str) -> Result<String, String> {
        let mut plain = String::new();
        let written = CopyToClipboard::to_clipboard_from(text).write_ansi(&mut plain);
        if written.is_err() || plain.len() > LONGEST {
            return Err(format!(
                "it is {} KiB, and terminals take {} KiB at once; write it to a file with an export instead",
                text.len().div_ceil(1024),
                LONGEST / 4 * 3 / 1024
            ));
        }
        // A bell ends the sequence as well, and does not end what is put around it.
        let bare = plain.strip_suffix("\u{1b}\\").map(|bare| format!("{bare}\u{7}")).unwrap_or(plain);
        Ok(match self {
            Self::Nothing => bare,
            // One for a tmux that keeps a clipboard of its own, one for a tmux that lets it through to the terminal.
            Self::Tmux => format!("{bare}\u{1b}Ptmux;{}\u{1b}\\", bare.replace('\u{1b}', "\u{1b}\u{1b}")),
            Self::Screen => {
                let mut wrapped = String::new();
                let letters: Vec<char> = bare.chars().collect();
                for piece in letters.chunks(PIECE) {
                    // Writing to a string does not fail.
                    let _ = write!(wrapped, "\u{1b}P{}\u{1b}\\", piece.iter().collect::<String>());
                }
                wrapped
            }
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::Between;

    fn between(variables: &[(&str, &str)]) -> Between {
        Between::of(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).into()))
    }

    #[test]
    fn what_stands_between_is_told_by_its_variables() {
        assert_eq!(between(&[("TERM", "xterm-256color")]), Between::Nothing);
        assert_eq!(between(&[("TERM", "screen-256color"), ("TMUX", "/tmp/tmux-0/default,1,0")]), Between::Tmux);
        assert_eq!(between(&[("TERM", "xterm"), ("STY", "12.pts-0")]), Between::Screen);
        assert_eq!(between(&[("TERM", "screen"), ("TMUX", "")]), Between::Screen);
    }

    #[test]
    fn text_goes_out_encoded_and_wrapped_for_what_stands_between() {
        let plain = "\u{1b}]52;c;cmVnXzE=\u{7}";
        assert_eq!(Between::Nothing.handing_over("reg_1").unwrap(), plain);
        let tmux = format!("{plain}\u{1b}Ptmux;\u{1b}\u{1b}]52;c;cmVnXzE=\u{7}\u{1b}\\");
        assert_eq!(Between::Tmux.handing_over("reg_1").unwrap(), tmux);
        assert_eq!(Between::Screen.handing_over("reg_1").unwrap(), format!("\u{1b}P{plain}\u{1b}\\"));
        let long = Between::Screen.handing_over(&"x".repeat(300)).unwrap();
        assert!(long.split("\u{1b}\\").all(|piece| piece.len() <= 2 + super::PIECE));
    }

    #[test]
    fn what_terminals_would_cut_is_refused_with_what_to_do() {
        assert!(Between::Nothing.handing_over(&"x".repeat(56_000)).is_ok());
        let refused = Between::Nothing.handing_over(&"x".repeat(57_000)).unwrap_err();
        assert!(refused.contains("56 KiB") && refused.contains("export"), "{refused}");
    }
}
