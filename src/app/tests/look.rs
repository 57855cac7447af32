//! Theme and mouse, changed while the console runs.

use crate::{
    app::{
        Effect, Message,
        look::{Background, ThemeName},
        testing::{Console, noon, registration},
        update,
    },
    keys::Key,
    model::Status,
};

fn console() -> Console {
    Console::open(vec![registration(1, "Ana Muestra", Status::Ongoing, 3)])
}

#[test]
fn one_key_goes_round_all_themes_and_says_which_one_is_shown() {
    let mut console = console();
    let mut seen = vec![console.model.look.theme];
    for _ in 1..ThemeName::ALL.len() {
        console.keys("<ctrl+t>");
        let theme = console.model.look.theme;
        assert!(console.model.toast.as_ref().unwrap().text.contains(theme.as_str()));
        seen.push(theme);
    }
    // The user has no colours of their own here.
    let expected: Vec<ThemeName> = ThemeName::ALL.iter().copied().filter(|theme| *theme != ThemeName::Own).collect();
    assert_eq!(seen[..expected.len()], expected);
    assert_eq!(seen.last(), Some(&ThemeName::Auto));
}

#[test]
fn own_colours_are_among_the_themes_where_there_are_any() {
    let mut console = console();
    console.model.look.has_own = true;
    console.model.look.theme = ThemeName::ColourBlind;
    console.keys("<ctrl+t>");
    assert_eq!(console.model.look.theme, ThemeName::Own);
}

#[test]
fn without_colours_the_theme_stays_and_the_reason_is_said() {
    let mut console = console();
    console.model.look.has_colors = false;
    console.keys("<ctrl+t>");
    assert_eq!(console.model.look.theme, ThemeName::Auto);
    assert!(console.model.toast.as_ref().unwrap().text.contains("NO_COLOR"));
}

#[test]
fn theme_and_mouse_change_over_a_dialog_and_over_typed_text_too() {
    for before in ["c", "/ana", "?", "s"] {
        let mut console = console();
        console.keys(before);
        let typed = console.model.queue.filter.input.value().to_owned();
        console.keys("<ctrl+t>");
        assert_eq!(console.model.look.theme, ThemeName::Dark, "{before}");
        assert_eq!(console.model.queue.filter.input.value(), typed);
    }
}

#[test]
fn the_mouse_is_left_to_the_terminal_and_taken_again() {
    let mut console = console();
    for expected in [false, true] {
        let key = Key::parse("ctrl+o").unwrap();
        let effects = update(&mut console.model, Message::Key(key), noon());
        let taken: Vec<bool> = effects
            .into_iter()
            .filter_map(|effect| if let Effect::Mouse(taken) = effect { Some(taken) } else { None })
            .collect();
        assert_eq!(taken, [expected]);
        assert_eq!(console.model.look.mouse, expected);
    }
}

#[test]
fn what_the_terminal_says_of_its_background_is_believed() {
    let mut console = console();
    console.send(Message::Background(Background::Light));
    assert_eq!(console.model.look.background, Background::Light);
}
