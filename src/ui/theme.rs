//! What things look like: one style for each meaning, in four sets.
//!
//! A style never carries a meaning alone: whatever it marks has a glyph and a word as well, so the screens read the
//! same without colours.

use ratatui::style::{Color, Modifier, Style};

/// The names of the themes, for the configuration.
pub const NAMES: &[&str] = &["dark", "light", "high-contrast", "none"];

/// One style for each meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    /// Everything that has no other style; covers the whole screen.
    pub base: Style,
    /// What stands back: labels, units, what is over.
    pub dim: Style,
    /// What is read first: names, numbers.
    pub strong: Style,
    /// Headings and the tab that is shown.
    pub title: Style,
    /// Keys and places where one may act.
    pub accent: Style,
    /// Passed, done.
    pub ok: Style,
    /// Somebody has to look.
    pub attention: Style,
    /// Failed, refused, dangerous.
    pub bad: Style,
    /// Under way.
    pub info: Style,
    /// The name of a profile with real people.
    pub production: Style,
    /// The word that says that nothing can be changed.
    pub read_only: Style,
    /// The selected row.
    pub selected: Style,
    /// Lines around dialogs and between panes.
    pub border: Style,
}

/// The colours that make a theme; everything else follows from them.
struct Palette {
    dim: Color,
    accent: Color,
    ok: Color,
    attention: Color,
    bad: Color,
    info: Color,
    production: Color,
}

/// From the fixed part of the 256 colours, so that a terminal's own palette cannot make them unreadable.
const DARK: Palette = Palette {
    dim: Color::Indexed(245),
    accent: Color::Indexed(117),
    ok: Color::Indexed(114),
    attention: Color::Indexed(221),
    bad: Color::Indexed(210),
    info: Color::Indexed(110),
    production: Color::Indexed(213),
};

const LIGHT: Palette = Palette {
    dim: Color::Indexed(242),
    accent: Color::Indexed(25),
    ok: Color::Indexed(28),
    attention: Color::Indexed(130),
    bad: Color::Indexed(160),
    info: Color::Indexed(24),
    production: Color::Indexed(127),
};

/// Pure colours on black; nothing is fainter than the text.
const HIGH_CONTRAST: Palette = Palette {
    dim: Color::Indexed(253),
    accent: Color::Indexed(51),
    ok: Color::Indexed(46),
    attention: Color::Indexed(226),
    bad: Color::Indexed(217),
    info: Color::Indexed(159),
    production: Color::Indexed(219),
};

impl Theme {
    /// A theme by its name; without colours it is always `none`. Unknown names have none.
    pub fn named(name: &str, colors: bool) -> Option<Self> {
        match name {
            known if NAMES.contains(&known) && !colors => Some(Self::without_colors()),
            "dark" => Some(Self::from_palette(&DARK)),
            "light" => Some(Self::from_palette(&LIGHT)),
            "high-contrast" => Some(Self {
                base: Style::new().fg(Color::Indexed(231)).bg(Color::Indexed(16)),
                ..Self::from_palette(&HIGH_CONTRAST)
            }),
            "none" => Some(Self::without_colors()),
            _ => None,
        }
    }

    fn from_palette(palette: &Palette) -> Self {
        let bold = |color| Style::new().fg(color).add_modifier(Modifier::BOLD);
        Self {
            base: Style::new(),
            dim: Style::new().fg(palette.dim),
            strong: Style::new().add_modifier(Modifier::BOLD),
            title: bold(palette.accent),
            accent: Style::new().fg(palette.accent),
            ok: Style::new().fg(palette.ok),
            attention: Style::new().fg(palette.attention),
            bad: Style::new().fg(palette.bad),
            info: Style::new().fg(palette.info),
            production: bold(palette.production).add_modifier(Modifier::REVERSED),
            read_only: bold(palette.attention),
            selected: Style::new().add_modifier(Modifier::REVERSED | Modifier::BOLD),
            border: Style::new().fg(palette.dim),
        }
    }

    fn without_colors() -> Self {
        let with = |modifier| Style::new().add_modifier(modifier);
        Self {
            base: Style::new(),
            dim: with(Modifier::DIM),
            strong: with(Modifier::BOLD),
            title: with(Modifier::BOLD | Modifier::UNDERLINED),
            accent: with(Modifier::BOLD),
            ok: Style::new(),
            attention: with(Modifier::BOLD),
            bad: with(Modifier::BOLD),
            info: Style::new(),
            production: with(Modifier::BOLD | Modifier::REVERSED),
            read_only: with(Modifier::BOLD | Modifier::UNDERLINED),
            selected: with(Modifier::REVERSED | Modifier::BOLD),
            border: with(Modifier::DIM),
        }
    }

    /// The style of a meaning.
    pub fn tone(&self, tone: Tone) -> Style {
        match tone {
            Tone::Plain => Style::new(),
            Tone::Dim => self.dim,
            Tone::Ok => self.ok,
            Tone::Attention => self.attention,
            Tone::Bad => self.bad,
            Tone::Info => self.info,
        }
    }
}

/// How something is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Neither good nor bad.
    Plain,
    /// Of no concern now.
    Dim,
    /// Good.
    Ok,
    /// Somebody has to look.
    Attention,
    /// Bad.
    Bad,
    /// Under way.
    Info,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ratatui::style::{Color, Modifier};

    use super::{NAMES, Theme};

    #[test]
    fn every_name_is_a_theme_and_no_other() {
        assert!(NAMES.iter().all(|name| Theme::named(name, true).is_some()));
        assert_eq!(Theme::named("solarized", true), None);
        assert_eq!(Theme::named("solarized", false), None);
    }

    #[test]
    fn without_colors_every_theme_is_made_of_attributes_only() {
        for name in NAMES {
            let theme = Theme::named(name, false).unwrap();
            let styles = [theme.base, theme.dim, theme.ok, theme.bad, theme.production, theme.selected, theme.title];
            assert!(styles.iter().all(|style| style.fg.is_none() && style.bg.is_none()), "{name}");
        }
    }

    #[test]
    fn the_selection_is_reversed_in_every_theme_and_production_stands_apart() {
        for name in NAMES {
            let theme = Theme::named(name, true).unwrap();
            assert!(theme.selected.add_modifier.contains(Modifier::REVERSED | Modifier::BOLD), "{name}");
            let others: [Option<Color>; 4] = [theme.ok.fg, theme.attention.fg, theme.bad.fg, theme.accent.fg];
            assert!(theme.production.fg.is_none() || !others.contains(&theme.production.fg), "{name}");
        }
    }
}
