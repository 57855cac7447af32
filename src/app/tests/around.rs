//! Getting around: the palette, the help's search, back and forward, keys that are clicked.

use crate::{
    app::{
        Command, Kept, Layer, Message, Overlay, Screen, Target,
        look::{Look, ThemeName},
        palette::Choice,
        testing::{Console, registration},
    },
    model::Status,
};

fn console() -> Console {
    Console::open((1..=6).map(|number| registration(number, "Someone", Status::Started, i64::from(number))).collect())
}

fn choices(console: &Console) -> Vec<Choice> {
    match console.model.overlays.last() {
        Some(Overlay::Palette(palette)) => palette.choices.all().to_vec(),
        other => panic!("no palette on top but {other:?}"),
    }
}

#[test]
fn the_palette_finds_a_command_by_its_name_before_those_that_only_speak_of_it() {
    let mut console = console();
    console.keys(":sync");
    assert_eq!(choices(&console)[0], Choice::Run(Command::Sync));
    console.keys("<ctrl+u>other way");
    assert_eq!(choices(&console), [Choice::Run(Command::ReverseSort)], "by the words of its help");
    let before = console.model.queue.sort();
    console.keys("<enter>");
    assert!(console.model.overlays.is_empty());
    assert_ne!(console.model.queue.sort(), before, "it was done");
}

#[test]
fn the_palette_offers_every_command_of_the_screen_and_none_of_others() {
    let mut console = console();
    console.keys(":");
    let offered = choices(&console);
    assert!(offered.contains(&Choice::Run(Command::Filter)) && !offered.contains(&Choice::Run(Command::NextTab)));
    console.keys("<esc><enter>:");
    let offered = choices(&console);
    assert!(offered.contains(&Choice::Run(Command::NextTab)) && !offered.contains(&Choice::Run(Command::Filter)));
}

#[test]
fn what_the_palette_finds_nowhere_does_nothing() {
    let mut console = console();
    console.keys(":nosuchthing<enter>");
    assert!(console.model.overlays.is_empty() && console.model.screens.is_empty());
}

#[test]
fn a_number_in_the_palette_is_a_row_counted_from_one() {
    let mut console = console();
    let third = console.listed()[2].clone();
    console.keys(":3<enter>");
    assert_eq!(console.model.queue.selected(), Some(&third));
    console.keys(":9999<enter>");
    assert_eq!(console.model.queue.list().cursor().selected(), Some(5), "past the end is the last row");
}

#[test]
fn pasted_text_is_typed_into_the_palette_and_never_presses_enter() {
    let mut console = console();
    console.keys(":");
    console.send(Message::Paste("sync\n".to_owned()));
    assert_eq!(choices(&console)[0], Choice::Run(Command::Sync));
}

#[test]
fn forward_leads_to_where_one_went_back_from_until_something_else_is_opened() {
    let mut console = console();
    console.keys("<enter>3");
    let opened = console.model.registration().unwrap().id.clone();
    console.keys("<esc>j");
    console.keys("]");
    let view = console.model.registration().unwrap();
    assert_eq!((&view.id, view.tab), (&opened, crate::app::registration::Tab::ALL[2]), "as it was left");
    console.keys("[f<esc>]");
    assert!(matches!(console.model.screens.last(), Some(Screen::Flags(_))), "the last screen that was left");
    console.keys("[]]");
    assert!(console.model.toast.as_ref().unwrap().text.contains("not gone back"));
}

#[test]
fn a_click_on_a_key_of_the_last_line_does_what_the_key_does() {
    let mut console = console();
    console.send(Message::Click(Target::Command(Command::Flags)));
    assert_eq!(console.model.layer(), Layer::Flags);
}

#[test]
fn the_help_is_searched_and_esc_shows_all_of_it_before_it_closes() {
    let mut console = console();
    console.keys("?/clip<enter>");
    let Some(Overlay::Help(view)) = console.model.overlays.last() else { panic!("closed") };
    assert_eq!((view.search.value(), view.searching), ("clip", false));
    console.keys("<esc>");
    assert!(matches!(console.model.overlays.last(), Some(Overlay::Help(view)) if view.search.value().is_empty()));
    console.keys("<esc>");
    assert!(console.model.overlays.is_empty());
}

#[test]
fn the_order_and_the_theme_are_remembered_until_the_configuration_says_another() {
    let mut console = console();
    console.keys("oo<ctrl+t>");
    let kept = console.kept.clone().unwrap();
    assert_eq!(kept.sort.as_deref(), Some("created:desc"));
    let again = |kept, configured| {
        let look = Look { theme: configured, ..Look::default() };
        let console = Console::open(Vec::new());
        console.model.looking(look).remembering(kept, None)
    };
    let model = again(kept.clone(), ThemeName::Auto);
    assert_eq!((model.queue.sort().to_string().as_str(), model.look.theme), ("created:desc", ThemeName::Dark));
    assert_eq!(again(kept, ThemeName::None).look.theme, ThemeName::None, "the file was changed since");
}

#[test]
fn what_is_no_order_is_forgotten_and_why_nothing_was_remembered_stands_in_the_log() {
    let kept = Kept { sort: Some("by mood".to_owned()), ..Kept::default() };
    let model = Console::open(Vec::new()).model.remembering(kept, Some("The file was broken.".to_owned()));
    assert_eq!(model.queue.sort().to_string(), "urgency:desc");
    assert!(model.toast.is_none() && model.log.back().unwrap().text == "The file was broken.");
}

#[test]
fn a_hint_stays_while_one_looks_around_and_goes_for_good_with_the_first_thing_done() {
    let mut console = console();
    assert_eq!(console.model.hint(), None, "not before it is known what was seen");
    console.model = console.model.remembering(Kept::default(), None);
    console.keys("jjG?<esc>");
    assert!(console.model.hint().is_some_and(|hint| hint[0].0 == Command::Open));
    console.keys("<enter>");
    assert!(console.model.hint().is_some_and(|hint| hint[0].0 == Command::NextTab), "another screen, another hint");
    console.keys("<esc>");
    assert_eq!(console.model.hint(), None);
    let seen = console.kept.clone().unwrap().hints_seen;
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), [Layer::Queue, Layer::Registration]);
}
