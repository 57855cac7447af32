//! How the console looks, as far as it can change while it runs: theme, mouse, plain text.

use super::{Effect, Effects, Model, kept::ChosenTheme, model::ToastKind};

/// The themes by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ThemeName {
    /// Dark or light, as the terminal's background is.
    #[default]
    Auto,
    /// For a dark background.
    Dark,
    /// For a light background.
    Light,
    /// Pure colours on black.
    HighContrast,
    /// Told apart with any kind of colour vision.
    ColourBlind,
    /// The user's own colours.
    Own,
    /// The terminal's own colours only.
    None,
}

impl ThemeName {
    /// All themes, in the order in which the key goes round.
    pub const ALL: &'static [Self] =
        &[Self::Auto, Self::Dark, Self::Light, Self::HighContrast, Self::ColourBlind, Self::Own, Self::None];

    /// Its name in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Dark => "dark",
            Self::Light => "light",
            Self::HighContrast => "high-contrast",
            Self::ColourBlind => "colour-blind",
            Self::Own => "own",
            Self::None => "none",
        }
    }

    /// The theme of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|theme| theme.as_str() == name)
    }
}

/// What the terminal's background is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Background {
    /// Dark, or nobody knows.
    #[default]
    Dark,
    /// Light.
    Light,
}

impl Background {
    /// Its name in sentences.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
        }
    }
}

/// How the console looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// The theme.
    pub theme: ThemeName,
    /// Whether the configuration has colours of the user's own.
    pub has_own: bool,
    /// Whether colours are shown at all.
    pub has_colors: bool,
    /// What the terminal's background is like, as far as known.
    pub background: Background,
    /// Mouse events are taken from the terminal.
    pub mouse: bool,
    /// Linear text for screen readers instead of a picture.
    pub plain: bool,
    /// The program's own signs consist of ASCII.
    pub ascii: bool,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            theme: ThemeName::default(),
            has_own: false,
            has_colors: true,
            background: Background::default(),
            mouse: true,
            plain: false,
            ascii: false,
        }
    }
}

impl Model {
    /// Looks as the user wants it to.
    #[must_use]
    pub fn looking(mut self, look: Look) -> Self {
        self.look = look;
        self
    }

    /// Goes on to the next theme.
    pub(super) fn next_theme(&mut self) -> Effects {
        if !self.look.has_colors {
            return self.toast(ToastKind::Note, "There are no colours here (NO_COLOR, --no-color or the terminal).");
        }
        let before = self.look.theme.as_str().to_owned();
        let themes: Vec<ThemeName> =
            ThemeName::ALL.iter().copied().filter(|theme| *theme != ThemeName::Own || self.look.has_own).collect();
        let at = themes.iter().position(|theme| *theme == self.look.theme).map_or(0, |at| at + 1);
        self.look.theme = themes.get(at).copied().unwrap_or_default();
        let background = match self.look.theme {
            ThemeName::Auto => format!(" (the background is {})", self.look.background.as_str()),
            _ => String::new(),
        };
        let theme = self.look.theme.as_str();
        let mut effects = self.keep(|kept| {
            let over = kept.theme.take().map_or(before, |chosen| chosen.over);
            kept.theme = Some(ChosenTheme { over, name: theme.to_owned() });
        });
        effects.append(self.toast(ToastKind::Note, format!("Theme: {theme}{background}")));
        effects
    }

    /// Takes the mouse, or leaves it to the terminal, which can select text with it.
    pub(super) fn toggle_mouse(&mut self) -> Effects {
        self.look.mouse = !self.look.mouse;
        let mut effects = Effects::one(Effect::Mouse(self.look.mouse));
        effects.append(self.toast(
            ToastKind::Note,
            if self.look.mouse {
                "The mouse clicks and scrolls here again"
            } else {
                "The mouse is left to the terminal: select text with it"
            },
        ));
        effects
    }
}
