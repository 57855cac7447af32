//! Every command by each of its keys, on every screen on which it stands.

use crate::{
    app::{
        Command, Layer,
        command::{COMMANDS, Entry},
    },
    keys::Key,
    ui::testing::Screen,
};

/// Leads to a screen on which there is something to do for most commands: rows above and below, columns to either side,
/// marks, a filter to go back to and one to go forward to, and a screen that was left.
fn way_to(layer: Layer) -> &'static str {
    match layer {
        Layer::Queue => "/e<enter>/status:ongoing<enter>u<enter><esc>>jjjj<space>j",
        Layer::Registration => "f<esc>jj<enter>5",
        Layer::Flags => "/e<enter>/a<enter>u<enter><esc>fjj",
        Layer::Facets => "/e<enter>/a<enter>u<enter><esc>Fjj",
        Layer::Ring => "f<esc>/id:reg_21<enter>tj",
        Layer::Insights => "f<esc>i4+",
    }
}

/// What more has to be done before a command finds something to do.
fn before(layer: Layer, command: Command) -> &'static str {
    match (layer, command) {
        // Only the way that was gone last can be gone again.
        (Layer::Queue, Command::Forward) => "<enter><esc>",
        // From one end there is one way.
        (Layer::Ring, Command::Down | Command::PageDown | Command::Bottom) => "k",
        (Layer::Registration | Layer::Insights, Command::Up | Command::PageUp | Command::Top) => "j",
        _ => "",
    }
}

/// The screen, and how much was asked of the world.
fn state(screen: &mut Screen) -> (String, usize) {
    (screen.styled(), screen.console.held.len())
}

#[test]
fn every_command_does_something_by_each_of_its_keys_or_says_why_not() {
    let mut idle = Vec::new();
    for entry in COMMANDS {
        for layer in Layer::ALL {
            for key in entry.defaults(*layer) {
                if !acts(entry, *layer, key) {
                    idle.push(format!("{key}, {}, in {layer}", entry.id));
                }
            }
        }
    }
    assert!(idle.is_empty(), "nothing came of: {idle:#?}");
}

fn acts(entry: &Entry, layer: Layer, key: &str) -> bool {
    let mut screen = Screen::new().sized(80, 16).keys(way_to(layer)).keys(before(layer, entry.command)).quiet();
    assert_eq!(screen.console.model.layer(), layer, "{}", entry.id);
    screen.console.hold = true;
    let earlier = state(&mut screen);
    screen.console.send(crate::app::Message::Key(Key::parse(key).unwrap()));
    state(&mut screen) != earlier
}
