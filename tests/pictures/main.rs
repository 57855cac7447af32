//! The pictures of the README, made from the real screen over the demo's people, and a recording of the real program.
//!
//! The tests fail when a picture is not what the program draws now; `REGDESK_PICTURES=write cargo test --test pictures`
//! draws and records anew.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod cast;
mod svg;
#[allow(dead_code, reason = "shared with the tests in a terminal, which use all of it")]
#[path = "../pty/terminal.rs"]
mod terminal;

use std::{fs, path::Path};

use chrono::{DateTime, Utc};
use ratatui::{Terminal, backend::TestBackend, buffer::Buffer};
use regdesk::{
    app::{Effect, Effects, Message, Model, Profile, effect::Timer, update},
    backend::{Backend, Caller, Clock},
    demo::{self, Demo},
    keys::Key,
    model::Timestamp,
    ui::{Theme, view},
};

const COLUMNS: u16 = 120;
const ROWS: u16 = 34;

fn now() -> Timestamp {
    DateTime::<Utc>::from_timestamp(1_780_315_200, 0).unwrap()
}

/// The console over the demo, its effects answered one after another.
struct Console<'a> {
    model: Model,
    backend: &'a dyn Backend,
}

impl Console<'_> {
    async fn send(&mut self, message: Message) {
        let mut waiting: Vec<Effects> = vec![update(&mut self.model, message, now())];
        while let Some(effects) = waiting.pop() {
            for effect in effects {
                if let Some(answer) = self.answer(effect).await {
                    waiting.push(update(&mut self.model, answer, now()));
                }
            }
        }
    }

    async fn answer(&self, effect: Effect) -> Option<Message> {
        Some(match effect {
            Effect::List(request, list) => Message::Listed(request, self.backend.list(list).await),
            Effect::Retrieve(request, id) | Effect::Open(request, id) => {
                let found = self.backend.retrieve(&id, &Caller::operator()).await;
                Message::Retrieved(request, id, found)
            }
            Effect::Catalogue(request) => {
                let projects = self.backend.projects().await.unwrap();
                Message::Catalogue(request, Ok((projects, self.backend.flows().await.unwrap())))
            }
            _ => return None,
        })
    }

    /// Types keys: characters as they are, others in angle brackets.
    async fn keys(&mut self, script: &str) {
        let mut rest = script;
        while let Some(first) = rest.chars().next() {
            let (name, after) = match rest.strip_prefix('<').and_then(|rest| rest.split_once('>')) {
                Some(named) => named,
                None => rest.split_at(first.len_utf8()),
            };
            self.send(Message::Key(Key::parse(name).unwrap_or_else(|_| Key::char(first)))).await;
            self.draw("dark").await;
            rest = after;
        }
    }

    /// The screen in a theme.
    async fn draw(&mut self, theme: &str) -> Buffer {
        let theme = Theme::named(theme, true).unwrap();
        let mut terminal = Terminal::new(TestBackend::new(COLUMNS, ROWS)).unwrap();
        // The first frame measures, the second one is what a user sees.
        for _ in 0..2 {
            let mut hits = None;
            terminal.draw(|frame| hits = Some(view(&self.model, &theme, frame))).unwrap();
            let hits = hits.unwrap();
            self.send(Message::Measured(hits.room)).await;
        }
        terminal.backend().buffer().clone()
    }
}

/// Whether pictures are to be made anew.
fn writes() -> bool {
    std::env::var("REGDESK_PICTURES").as_deref() == Ok("write")
}

fn compare_or_write(name: &str, picture: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/screenshots").join(name);
    if writes() {
        fs::write(&path, picture).unwrap();
    }
    let drawn = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        drawn == picture,
        "{name} is not what the program draws; draw it anew with REGDESK_PICTURES=write cargo test --test pictures"
    );
}

/// The pictures: what they are called, the keys that lead there from the queue, and the theme.
const PICTURES: &[(&str, &str, &str)] = &[
    ("queue.svg", "", "dark"),
    ("queue-light.svg", "", "light"),
    ("registration.svg", "/flag:critical<enter><enter>", "dark"),
    ("flags.svg", "/flag:critical<enter><enter>2", "dark"),
    ("ring.svg", "/linked:>=3<enter><enter>t", "dark"),
    ("insights.svg", "i", "dark"),
    ("decide.svg", "/flag:critical<enter>*dr<down><down>", "dark"),
];

#[tokio::test(flavor = "multi_thread")]
async fn the_pictures_show_what_the_program_draws() {
    let demo = Demo { count: 400, seed: 1, still: true, speed: 1.0 };
    let running = demo::open(demo, Clock::fixed(now())).await.unwrap();
    let profile = Profile {
        name: "demo".to_owned(),
        backend: "embedded".to_owned(),
        read_only: false,
        production: false,
        mirror: regdesk::backend::Mirror::default(),
        announces_changes: true,
        at_hand: true,
        role: regdesk::model::Role::default(),
    };
    for (name, keys, theme) in PICTURES {
        let model = Model::new(profile.clone(), &[], now()).unwrap();
        let mut console = Console { model, backend: &running.engine };
        console.draw(theme).await;
        console.send(Message::Start).await;
        console.draw(theme).await;
        console.keys(keys).await;
        console.send(Message::Timer(Timer::Toast)).await;
        let paper = if *theme == "light" { svg::LIGHT } else { svg::DARK };
        compare_or_write(name, &svg::picture(&console.draw(theme).await, paper));
    }
}
