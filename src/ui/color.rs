//! Colours: how many the terminal shows, how they are written in the configuration, and how one becomes the nearest
//! that can be shown.

use ratatui::style::{Color, Style};

/// How many colours the terminal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Depth {
    /// None: everything is said by words, signs, weight and reversal.
    None,
    /// The sixteen of the terminal's palette.
    Sixteen,
    /// 256.
    #[default]
    Indexed,
    /// All of them.
    True,
}

impl Depth {
    /// As many as the environment promises: `COLORTERM` and `TERM`, unless colours are not wanted.
    pub fn of_terminal(wanted: bool, term: &str, colorterm: &str) -> Self {
        const TRUE_TERMS: &[&str] = &["direct", "truecolor", "kitty", "alacritty", "foot", "ghostty", "wezterm"];
        const COLORLESS_TERMS: &[&str] = &["vt100", "vt102", "vt220", "vt320", "mono", "-m"];
        if !wanted || COLORLESS_TERMS.iter().any(|name| term.ends_with(name)) {
            Self::None
        } else if matches!(colorterm, "truecolor" | "24bit") || TRUE_TERMS.iter().any(|name| term.contains(name)) {
            Self::True
        } else if term.contains("256") {
            Self::Indexed
        } else {
            Self::Sixteen
        }
    }

    /// The nearest colour that the terminal shows; `None` where it shows none.
    pub fn nearest(self, color: Color) -> Option<Color> {
        match (self, color) {
            (Self::None, _) => None,
            (Self::Indexed, Color::Rgb(red, green, blue)) => Some(Color::Indexed(nearest_of_256([red, green, blue]))),
            (Self::Sixteen, Color::Rgb(..) | Color::Indexed(16..)) => Some(nearest_of_16(rgb(color)?)),
            _ => Some(color),
        }
    }

    /// A style with its colours brought to what the terminal shows.
    pub fn of_style(self, style: Style) -> Style {
        let nearest = |color: Option<Color>| color.and_then(|color| self.nearest(color));
        Style { fg: nearest(style.fg), bg: nearest(style.bg), ..style }
    }
}

/// The sixteen colours by name, in the order of their numbers.
const NAMES: [(&str, Color); 16] = [
    ("black", Color::Black),
    ("red", Color::Red),
    ("green", Color::Green),
    ("yellow", Color::Yellow),
    ("blue", Color::Blue),
    ("magenta", Color::Magenta),
    ("cyan", Color::Cyan),
    ("white", Color::Gray),
    ("bright-black", Color::DarkGray),
    ("bright-red", Color::LightRed),
    ("bright-green", Color::LightGreen),
    ("bright-yellow", Color::LightYellow),
    ("bright-blue", Color::LightBlue),
    ("bright-magenta", Color::LightMagenta),
    ("bright-cyan", Color::LightCyan),
    ("bright-white", Color::White),
];

/// The names of colours, for messages.
pub fn names() -> impl Iterator<Item = &'static str> {
    NAMES.iter().map(|(name, _)| *name)
}

/// Reads `bright-red`, `#87d7ff` or a number from 0 to 255. `default` is the terminal's own.
pub fn parse(text: &str) -> Option<Color> {
    if text == "default" {
        return Some(Color::Reset);
    }
    if let Some((_, color)) = NAMES.iter().find(|(name, _)| *name == text) {
        return Some(*color);
    }
    if let Some(digits) = text.strip_prefix('#') {
        let is_hex = digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        let number = u32::from_str_radix(digits, 16).ok().filter(|_| is_hex)?;
        let [_, red, green, blue] = number.to_be_bytes();
        return Some(Color::Rgb(red, green, blue));
    }
    text.parse().ok().map(Color::Indexed)
}

/// The colour as it is written in the configuration.
pub fn written(color: Color) -> String {
    match color {
        Color::Rgb(red, green, blue) => format!("\"#{red:02x}{green:02x}{blue:02x}\""),
        Color::Indexed(index) => index.to_string(),
        named => {
            let name = NAMES.iter().find(|(_, color)| *color == named).map_or("default", |(name, _)| name);
            format!("\"{name}\"")
        }
    }
}

/// The steps of the cube of colours that 16 to 231 stand for.
const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// Red, green and blue; `None` for the sixteen, which every terminal paints as it likes.
pub fn rgb(color: Color) -> Option<[u8; 3]> {
    match color {
        Color::Rgb(red, green, blue) => Some([red, green, blue]),
        Color::Indexed(index @ 16..=231) => {
            let step = |place: u8| STEPS[usize::from(place % 6)];
            let place = index - 16;
            Some([step(place / 36), step(place / 6), step(place)])
        }
        Color::Indexed(index @ 232..) => Some([8 + 10 * (index - 232); 3]),
        _ => None,
    }
}

fn nearest_of_256(wanted: [u8; 3]) -> u8 {
    let distance = |index: u8| -> i32 {
        let found = rgb(Color::Indexed(index)).unwrap_or_default();
        found.iter().zip(wanted).map(|(left, right)| (i32::from(*left) - i32::from(right)).pow(2)).sum()
    };
    (16..=u8::MAX).min_by_key(|index| distance(*index)).unwrap_or(16)
}

/// The one of the sixteen that people would call it: by hue where it has one, else by lightness.
fn nearest_of_16(wanted: [u8; 3]) -> Color {
    /// Less difference than this between the strongest and the weakest part is grey.
    const GREY_BELOW: i32 = 32;
    let [red, green, blue] = wanted.map(i32::from);
    let (most, least) = (red.max(green).max(blue), red.min(green).min(blue));
    let lightness = i32::midpoint(most, least);
    let spread = most - least;
    if spread < GREY_BELOW {
        return match lightness {
            0..48 => Color::Black,
            48..128 => Color::DarkGray,
            128..224 => Color::Gray,
            _ => Color::White,
        };
    }
    // A sixth of the circle of hues is 60 degrees.
    let hue = match most {
        _ if most == red => 60 * (green - blue) / spread,
        _ if most == green => 120 + 60 * (blue - red) / spread,
        _ => 240 + 60 * (red - green) / spread,
    };
    let is_light = lightness >= 128;
    let (dark, light) = match hue.rem_euclid(360) {
        20..75 => (Color::Yellow, Color::LightYellow),
        75..165 => (Color::Green, Color::LightGreen),
        165..200 => (Color::Cyan, Color::LightCyan),
        200..270 => (Color::Blue, Color::LightBlue),
        270..335 => (Color::Magenta, Color::LightMagenta),
        _ => (Color::Red, Color::LightRed),
    };
    if is_light { light } else { dark }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::style::Color;

    use super::{Depth, nearest_of_256, parse, rgb};

    #[test]
    fn the_environment_says_how_many_colours_there_are() {
        for (term, colorterm, depth) in [
            ("xterm-256color", "", Depth::Indexed),
            ("xterm-256color", "truecolor", Depth::True),
            ("xterm-kitty", "", Depth::True),
            ("tmux-256color", "24bit", Depth::True),
            ("linux", "", Depth::Sixteen),
            ("screen", "", Depth::Sixteen),
            ("xterm-direct", "", Depth::True),
            ("vt100", "", Depth::None),
        ] {
            assert_eq!(Depth::of_terminal(true, term, colorterm), depth, "{term} {colorterm}");
            assert_eq!(Depth::of_terminal(false, term, colorterm), Depth::None);
        }
    }

    #[test]
    fn colours_are_read_by_name_number_and_hex() {
        assert_eq!(parse("bright-red"), Some(Color::LightRed));
        assert_eq!(parse("#87D7ff"), Some(Color::Rgb(0x87, 0xd7, 0xff)));
        assert_eq!(parse("208"), Some(Color::Indexed(208)));
        assert_eq!(parse("default"), Some(Color::Reset));
        for wrong in ["", "#87d7f", "#87d7fff", "#+7d7ff", "256", "-1", "Red", "rosa"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn in_sixteen_colours_a_colour_keeps_its_name() {
        for (index, expected) in [
            (114, Color::LightGreen),
            (210, Color::LightRed),
            (221, Color::LightYellow),
            (110, Color::LightBlue),
            (213, Color::LightMagenta),
            (22, Color::Green),
            (124, Color::Red),
            (94, Color::Yellow),
            (25, Color::Blue),
            (247, Color::Gray),
            (241, Color::DarkGray),
            (231, Color::White),
        ] {
            assert_eq!(Depth::Sixteen.nearest(Color::Indexed(index)), Some(expected), "{index}");
        }
        // The terminal's own sixteen stay what they are.
        assert_eq!(Depth::Sixteen.nearest(Color::Cyan), Some(Color::Cyan));
    }

    proptest! {
        #[test]
        fn what_can_be_shown_is_shown_as_it_is(index in 16_u8..) {
            let exact = rgb(Color::Indexed(index)).map(|[red, green, blue]| Color::Rgb(red, green, blue));
            let shown = exact.and_then(|exact| Depth::Indexed.nearest(exact)).and_then(rgb);
            prop_assert_eq!(shown, rgb(Color::Indexed(index)));
        }

        #[test]
        fn nothing_is_far_off_in_256_colours(red: u8, green: u8, blue: u8) {
            let found = rgb(Color::Indexed(nearest_of_256([red, green, blue]))).unwrap_or_default();
            for (wanted, found) in [red, green, blue].into_iter().zip(found) {
                prop_assert!(wanted.abs_diff(found) <= 82);
            }
        }
    }
}
