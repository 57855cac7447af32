//! The pictures of the README, made from the real screen over the demo's people.
//!
//! The test fails when a picture is not what the program draws now; `REGDESK_PICTURES=write cargo test --test pictures`
//! draws them anew.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod svg;

use std::{fs, path::Path};

use chrono::{DateTime, Utc};
use ratatui::{Terminal, backend::TestBackend, buffer::Buffer};
use regdesk::{
    app::{Effect, Effects, Message, Model, Profile, update},
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
            Effect::Retrieve(request, id) => {
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

    async fn draw(&mut self) -> Buffer {
        let theme = Theme::named("dark", true).unwrap();
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

fn compare_or_write(name: &str, picture: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/screenshots").join(name);
    if std::env::var("REGDESK_PICTURES").as_deref() == Ok("write") {
        fs::write(&path, picture).unwrap();
    }
    let drawn = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        drawn == picture,
        "{name} is not what the program draws; draw it anew with REGDESK_PICTURES=write cargo test --test pictures"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pictures_show_what_the_program_draws() {
    let demo = Demo { count: 400, seed: 1, still: true, speed: 1.0 };
    let running = demo::open(demo, Clock::fixed(now())).await.unwrap();
    let profile = Profile {
        name: "demo".to_owned(),
        backend: "embedded".to_owned(),
        role: regdesk::model::Role::default(),
        read_only: false,
        production: false,
        announces_changes: true,
    };
    let model = Model::new(profile, &[], now()).unwrap();
    let mut console = Console { model, backend: &running.engine };
    console.draw().await;
    console.send(Message::Start).await;
    compare_or_write("queue.svg", &svg::picture(&console.draw().await));
    for key in
        "/flag:critical".chars().map(Key::char).chain([Key::parse("enter").unwrap(), Key::parse("enter").unwrap()])
    {
        console.send(Message::Key(key)).await;
    }
    compare_or_write("registration.svg", &svg::picture(&console.draw().await));
}
