//! What things look like: one style for each meaning, in several sets.
//!
//! A style never carries a meaning alone: whatever it marks has a glyph and a word as well, so the screens read the
//! same without colours.

use ratatui::style::{Color, Modifier, Style};

use super::color::Depth;
pub use crate::app::look::{Background, Look, ThemeName};

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
    /// Labels before values and one thing after the other, instead of columns and bars.
    pub plain: bool,
}

/// The colours that make a theme; everything else follows from them.
#[derive(Debug, Clone, Copy)]
struct Palette {
    /// Text and background; `None` leaves them to the terminal.
    base: Option<(Color, Color)>,
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
    base: None,
    dim: Color::Indexed(247),
    accent: Color::Indexed(117),
    ok: Color::Indexed(114),
    attention: Color::Indexed(221),
    bad: Color::Indexed(210),
    info: Color::Indexed(110),
    production: Color::Indexed(213),
};

const LIGHT: Palette = Palette {
    base: None,
    dim: Color::Indexed(241),
    accent: Color::Indexed(25),
    ok: Color::Indexed(22),
    attention: Color::Indexed(94),
    bad: Color::Indexed(124),
    info: Color::Indexed(24),
    production: Color::Indexed(90),
};

/// Pure colours on black; nothing is fainter than the text.
const HIGH_CONTRAST: Palette = Palette {
    base: Some((Color::Indexed(231), Color::Indexed(16))),
    dim: Color::Indexed(253),
    accent: Color::Indexed(51),
    ok: Color::Indexed(46),
    attention: Color::Indexed(226),
    bad: Color::Indexed(217),
    info: Color::Indexed(159),
    production: Color::Indexed(219),
};

/// Good is blue and bad is orange or dark: red and green look alike to one man in twelve.
const COLOUR_BLIND_DARK: Palette = Palette {
    ok: Color::Indexed(75),
    attention: Color::Indexed(229),
    bad: Color::Indexed(208),
    info: Color::Indexed(146),
    ..DARK
};

const COLOUR_BLIND_LIGHT: Palette = Palette {
    ok: Color::Indexed(26),
    attention: Color::Indexed(94),
    bad: Color::Indexed(52),
    info: Color::Indexed(60),
    ..LIGHT
};

/// A meaning whose colour can be configured, by its name there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the field of a theme of the same name")]
pub enum Meaning {
    Text,
    Background,
    Dim,
    Title,
    Accent,
    Ok,
    Attention,
    Bad,
    Info,
    Production,
    ReadOnly,
    Border,
}

/// The names of the meanings in the configuration.
pub const MEANINGS: &[(&str, Meaning)] = &[
    ("text", Meaning::Text),
    ("background", Meaning::Background),
    ("dim", Meaning::Dim),
    ("title", Meaning::Title),
    ("accent", Meaning::Accent),
    ("ok", Meaning::Ok),
    ("attention", Meaning::Attention),
    ("bad", Meaning::Bad),
    ("info", Meaning::Info),
    ("production", Meaning::Production),
    ("read_only", Meaning::ReadOnly),
    ("border", Meaning::Border),
];

/// The user's own theme: colours over another theme.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OwnTheme {
    /// What lies below; never [`ThemeName::Own`].
    pub base: ThemeName,
    /// The colours that differ.
    pub colors: Vec<(Meaning, Color)>,
}

/// All themes, for one terminal.
#[derive(Debug, Clone, Default)]
pub struct Themes {
    /// How many colours it shows.
    pub depth: Depth,
    /// The user's own theme, if there is one.
    pub own: Option<OwnTheme>,
}

impl Themes {
    /// The theme that a look asks for.
    pub fn theme(&self, look: &Look) -> Theme {
        match (look.theme, &self.own) {
            (ThemeName::Own, Some(own)) => {
                let mut theme = Theme::built_in(own.base, look.background);
                own.colors.iter().for_each(|(meaning, color)| theme.paint(*meaning, *color));
                theme
            }
            (name, _) => Theme::built_in(name, look.background),
        }
        .shown_in(self.depth)
        .plain(look.plain)
    }
}

impl Theme {
    /// A theme by its name; without colours it is always `none`. Unknown names have none.
    pub fn named(name: &str, colors: bool) -> Option<Self> {
        let theme = ThemeName::parse(name)?;
        let depth = if colors { Depth::Indexed } else { Depth::None };
        Some(Self::built_in(theme, Background::Dark).shown_in(depth))
    }

    fn built_in(name: ThemeName, background: Background) -> Self {
        let is_light = background == Background::Light;
        Self::from_palette(match name {
            ThemeName::None => return Self::without_colors(),
            ThemeName::Light => &LIGHT,
            ThemeName::HighContrast => &HIGH_CONTRAST,
            ThemeName::ColourBlind if is_light => &COLOUR_BLIND_LIGHT,
            ThemeName::ColourBlind => &COLOUR_BLIND_DARK,
            ThemeName::Auto | ThemeName::Own if is_light => &LIGHT,
            ThemeName::Dark | ThemeName::Auto | ThemeName::Own => &DARK,
        })
    }

    /// The theme brought to the colours that there are; without any, it is the one made of attributes.
    fn shown_in(self, depth: Depth) -> Self {
        if depth == Depth::None {
            return Self::without_colors();
        }
        let shown = |style| depth.of_style(style);
        Self {
            base: shown(self.base),
            dim: shown(self.dim),
            strong: shown(self.strong),
            title: shown(self.title),
            accent: shown(self.accent),
            ok: shown(self.ok),
            attention: shown(self.attention),
            bad: shown(self.bad),
            info: shown(self.info),
            production: shown(self.production),
            read_only: shown(self.read_only),
            selected: shown(self.selected),
            border: shown(self.border),
            plain: self.plain,
        }
    }

    fn plain(self, plain: bool) -> Self {
        Self { plain, ..self }
    }

    /// Gives a meaning another colour.
    fn paint(&mut self, meaning: Meaning, color: Color) {
        let style = match meaning {
            Meaning::Background => {
                self.base.bg = Some(color);
                return;
            }
            Meaning::Text => &mut self.base,
            Meaning::Dim => &mut self.dim,
            Meaning::Title => &mut self.title,
            Meaning::Accent => &mut self.accent,
            Meaning::Ok => &mut self.ok,
            Meaning::Attention => &mut self.attention,
            Meaning::Bad => &mut self.bad,
            Meaning::Info => &mut self.info,
            Meaning::Production => &mut self.production,
            Meaning::ReadOnly => &mut self.read_only,
            Meaning::Border => &mut self.border,
        };
        style.fg = Some(color);
    }

    fn from_palette(palette: &Palette) -> Self {
        let bold = |color| Style::new().fg(color).add_modifier(Modifier::BOLD);
        Self {
            base: palette.base.map_or(Style::new(), |(text, background)| Style::new().fg(text).bg(background)),
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
            plain: false,
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
            plain: false,
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
