//! Themes that can be read: enough contrast, told apart with any kind of colour vision, and nothing lost without colours.

use ratatui::style::{Color, Modifier, Style};

use crate::{
    app::look::{Background, Look, ThemeName},
    ui::{
        Theme,
        color::{Depth, rgb},
        theme::{MEANINGS, Meaning, OwnTheme, Themes},
    },
};

/// Backgrounds that people have: black, and those of widespread dark and light sets of colours.
const DARK: [u32; 4] = [0x00_0000, 0x1e_1e1e, 0x28_2c34, 0x2e_3440];
const LIGHT: [u32; 3] = [0xff_ffff, 0xfd_f6e3, 0xef_f1f5];
/// What the guidelines for accessible web content ask of text.
const READABLE: f64 = 4.5;

fn styles(theme: &Theme) -> [(&'static str, Style); 9] {
    [
        ("dim", theme.dim),
        ("title", theme.title),
        ("accent", theme.accent),
        ("ok", theme.ok),
        ("attention", theme.attention),
        ("bad", theme.bad),
        ("info", theme.info),
        ("production", theme.production),
        ("border", theme.border),
    ]
}

fn look(theme: ThemeName, background: Background) -> Look {
    Look { theme, background, ..Look::default() }
}

fn theme(name: ThemeName, background: Background) -> Theme {
    Themes::default().theme(&look(name, background))
}

/// The parts of a colour as light, 0 to 1.
fn linear(color: [u8; 3]) -> [f64; 3] {
    color.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    })
}

fn luminance(color: [u8; 3]) -> f64 {
    let [red, green, blue] = linear(color);
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(left: [u8; 3], right: [u8; 3]) -> f64 {
    let (left, right) = (luminance(left), luminance(right));
    (left.max(right) + 0.05) / (left.min(right) + 0.05)
}

fn hex(color: u32) -> [u8; 3] {
    let [_, red, green, blue] = color.to_be_bytes();
    [red, green, blue]
}

#[test]
fn every_text_can_be_read_on_its_background() {
    let (dark, light) = (DARK.map(hex).to_vec(), LIGHT.map(hex).to_vec());
    let black = rgb(Color::Indexed(16)).unwrap();
    for (name, background, on) in [
        (ThemeName::Dark, Background::Light, dark.clone()),
        (ThemeName::Light, Background::Dark, light.clone()),
        (ThemeName::Auto, Background::Dark, dark.clone()),
        (ThemeName::Auto, Background::Light, light.clone()),
        (ThemeName::ColourBlind, Background::Dark, dark),
        (ThemeName::ColourBlind, Background::Light, light),
        (ThemeName::HighContrast, Background::Light, vec![black]),
    ] {
        for (meaning, style) in styles(&theme(name, background)) {
            let color = rgb(style.fg.unwrap()).unwrap();
            for on in &on {
                let found = contrast(color, *on);
                assert!(found >= READABLE, "{} {meaning} on {on:?}: {found:.2}", name.as_str());
            }
        }
    }
}

/// What someone sees who lacks one kind of cone (matrices of Machado, Oliveira and Fernandes, 2009), as lightness and
/// two differences of colour.
fn seen(color: Color, matrix: [[f64; 3]; 3]) -> [f64; 3] {
    let light = linear(rgb(color).unwrap());
    let mixed = |parts: [f64; 3]| parts.iter().zip(light).map(|(part, light)| part * light).sum::<f64>();
    let [red, green, blue] = matrix.map(|parts| mixed(parts).clamp(0.0, 1.0));
    let curve = |part: f64| if part > 0.008_856 { part.cbrt() } else { 7.787 * part + 16.0 / 116.0 };
    let x = curve((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.950_47);
    let y = curve(0.2126 * red + 0.7152 * green + 0.0722 * blue);
    let z = curve((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.088_83);
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

#[test]
fn good_and_bad_look_different_to_everyone_in_the_colour_blind_theme() {
    /// Ten are seen at a glance; two are just noticed.
    const APART: f64 = 20.0;
    let deuteranopia =
        [[0.367_322, 0.860_646, -0.227_968], [0.280_085, 0.672_501, 0.047_413], [-0.011_820, 0.042_940, 0.968_881]];
    let protanopia =
        [[0.152_286, 1.052_583, -0.204_868], [0.114_503, 0.786_281, 0.099_216], [-0.003_882, -0.048_116, 1.051_998]];
    for background in [Background::Dark, Background::Light] {
        let theme = theme(ThemeName::ColourBlind, background);
        let colors = [theme.ok, theme.attention, theme.bad, theme.info].map(|style| style.fg.unwrap());
        for matrix in [deuteranopia, protanopia] {
            for (place, left) in colors.iter().enumerate() {
                for right in &colors[..place] {
                    let (left_seen, right_seen) = (seen(*left, matrix), seen(*right, matrix));
                    let squares: f64 =
                        left_seen.iter().zip(right_seen).map(|(left, right)| (left - right).powi(2)).sum();
                    assert!(squares.sqrt() >= APART, "{left:?} and {right:?}: {:.1}", squares.sqrt());
                }
            }
        }
    }
}

#[test]
fn auto_is_dark_or_light_as_the_background_is() {
    let [dark, light] = [Background::Dark, Background::Light].map(|background| theme(ThemeName::Auto, background));
    assert_eq!(dark, theme(ThemeName::Dark, Background::Light));
    assert_eq!(light, theme(ThemeName::Light, Background::Dark));
}

#[test]
fn every_name_is_a_theme_and_no_other() {
    assert!(ThemeName::ALL.iter().all(|name| Theme::named(name.as_str(), true).is_some()));
    assert_eq!(Theme::named("solarized", true), None);
    assert_eq!(Theme::named("solarized", false), None);
}

#[test]
fn without_colours_every_theme_is_made_of_attributes_only() {
    let themes = Themes { depth: Depth::None, own: None };
    for name in ThemeName::ALL {
        let theme = themes.theme(&look(*name, Background::Light));
        let all = styles(&theme).map(|(_, style)| style);
        assert!(all.iter().chain([&theme.base, &theme.selected]).all(|style| style.fg.or(style.bg).is_none()));
    }
}

#[test]
fn the_selected_row_is_seen_in_every_theme_whatever_the_background() {
    for name in ThemeName::ALL {
        let theme = theme(*name, Background::Dark);
        assert!(theme.selected.add_modifier.contains(Modifier::REVERSED), "{}", name.as_str());
    }
}

#[test]
fn own_colours_stand_over_the_theme_below_and_become_the_nearest_that_can_be_shown() {
    let own = OwnTheme {
        base: ThemeName::Light,
        colors: vec![(Meaning::Bad, Color::Rgb(0xd7, 0x00, 0x01)), (Meaning::Background, Color::Rgb(0xff, 0xff, 0xff))],
    };
    let shown = |depth| Themes { depth, own: Some(own.clone()) }.theme(&look(ThemeName::Own, Background::Dark));
    assert_eq!(shown(Depth::True).bad.fg, Some(Color::Rgb(0xd7, 0x00, 0x01)));
    assert_eq!(shown(Depth::Indexed).bad.fg, Some(Color::Indexed(160)));
    assert_eq!(shown(Depth::Sixteen).bad.fg, Some(Color::Red));
    assert_eq!(shown(Depth::None).bad.fg, None);
    assert_eq!(shown(Depth::Indexed).base.bg, Some(Color::Indexed(231)));
    assert_eq!(shown(Depth::Indexed).ok, theme(ThemeName::Light, Background::Dark).ok);
}

#[test]
fn every_meaning_of_the_configuration_changes_something() {
    let plain = theme(ThemeName::Dark, Background::Dark);
    for (name, meaning) in MEANINGS {
        let own = OwnTheme { base: ThemeName::Dark, colors: vec![(*meaning, Color::Indexed(99))] };
        let themes = Themes { own: Some(own), ..Themes::default() };
        assert_ne!(themes.theme(&look(ThemeName::Own, Background::Dark)), plain, "{name}");
    }
}
