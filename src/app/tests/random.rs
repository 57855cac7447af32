use proptest::prelude::*;

use crate::{
    app::{
        Command, Message, Overlay, Room,
        command::COMMANDS,
        effect::Timer,
        jobs::Work,
        testing::{Console, registration},
    },
    keys::{Code, Key},
    model::{Registration, RegistrationId, Status},
};

/// One thing that may happen.
#[derive(Debug, Clone)]
enum Step {
    Key(Key),
    Paste(String),
    Measure(usize, usize),
    Arrive(u32, i64),
    Hold(bool),
    Release(bool),
    Timer(Timer),
    Fail(u32),
    Wheel(i32),
    Lose(bool),
    /// Opens the form of a decision and fills it in.
    Propose(&'static str),
}

/// How many decisions were begun, as far as they are remembered.
fn decided(console: &Console) -> usize {
    console.model.jobs.all().iter().filter(|job| job.work.is_decision()).count()
}

/// Whether this step confirms the decision in the making: Enter, after the right answer.
fn confirms(console: &Console, step: &Step) -> bool {
    let Some(Overlay::Decide(form)) = console.model.overlays.last() else { return false };
    let typed = form.confirmation.as_ref().is_some_and(|typed| typed.value() == form.answer());
    typed && matches!(step, Step::Key(key) if *key == Key::plain(Code::Enter))
}

/// The keys of every command but the one that leaves, so that a new one takes part by standing in the table.
fn keys_of_commands() -> Vec<Key> {
    let entries = COMMANDS.iter().filter(|entry| entry.command != Command::Quit);
    let keys = entries.flat_map(|entry| entry.keys).flat_map(|(_, keys)| *keys);
    keys.map(|key| Key::parse(key).unwrap()).collect()
}

fn key() -> impl Strategy<Value = Key> {
    prop_oneof![8 => prop::sample::select(keys_of_commands()), 4 => other_key()]
}

/// What is typed in dialogs, and combinations that nothing is bound to.
fn other_key() -> impl Strategy<Value = Key> {
    let code = prop_oneof![
        8 => prop::sample::select("adjmryx0123456789*? aé見-:~".chars().collect::<Vec<_>>()).prop_map(Code::Char),
        4 => prop::sample::select(vec![
            Code::Enter, Code::Esc, Code::Tab, Code::BackTab, Code::Up, Code::Down, Code::Left, Code::Right,
            Code::PageUp, Code::PageDown, Code::Home, Code::End, Code::Backspace, Code::Delete,
        ]),
    ];
    (code, prop::bool::weighted(0.05), prop::bool::weighted(0.05)).prop_map(|(code, ctrl, alt)| Key { code, ctrl, alt })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => key().prop_map(Step::Key),
        1 => ".{0,12}".prop_map(Step::Paste),
        1 => (0_usize..60, 0_usize..40).prop_map(|(rows, scroll)| Step::Measure(rows, scroll)),
        2 => (0_u32..40, 0_i64..200).prop_map(|(number, hours)| Step::Arrive(number, hours)),
        1 => any::<bool>().prop_map(Step::Hold),
        1 => any::<bool>().prop_map(Step::Release),
        1 => prop::sample::select(vec![Timer::Tick, Timer::Toast, Timer::Refresh, Timer::News]).prop_map(Step::Timer),
        1 => (0_u32..40).prop_map(Step::Fail),
        1 => (-5_i32..5).prop_map(Step::Wheel),
        1 => any::<bool>().prop_map(Step::Lose),
        2 => prop::sample::select(vec!["dr<down><enter>", "*dm<down><enter>", "da<down>", "dr<down><enter>1", "X<down><enter>1", "*W<down><enter>", "*z4", "e<enter>"])
            .prop_map(Step::Propose),
    ]
}

/// Some of them share an address, so that there are rings to open.
fn someone(number: u32) -> Registration {
    let mut person = registration(number, "Someone", Status::Ongoing, i64::from(number));
    person.contact.email = Some(format!("person{}@example.com", number % 12).into());
    person
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Whatever is typed and whatever arrives: nothing panics, and what arrives never moves the selection.
    #[test]
    fn the_console_survives_everything(steps in prop::collection::vec(step(), 1..240)) {
        let people = (0..30).map(someone).collect();
        let mut console = Console::open(people);
        for step in steps {
            let selected = console.model.queue.selected().cloned();
            let mut must_stay = false;
            let (before, confirmed) = (decided(&console), confirms(&console, &step));
            match step {
                Step::Key(key) => console.send(Message::Key(key)),
                Step::Paste(text) => console.send(Message::Paste(text)),
                Step::Measure(list_rows, scroll_max) => {
                    console.send(Message::Measured(Room { list_rows, page_rows: list_rows, scroll_max, is_none: false }));
                }
                Step::Arrive(number, hours) => {
                    let mut arrival = registration(number, "Someone else", Status::Ongoing, hours);
                    arrival.version = 100 + hours.unsigned_abs();
                    console.data.retain(|known| known.id != arrival.id);
                    console.data.push(arrival.clone());
                    console.send(Message::Changed(vec![arrival]));
                    must_stay = true;
                }
                Step::Hold(hold) => console.hold = hold,
                Step::Release(newest_first) => {
                    console.hold = false;
                    console.release(newest_first);
                }
                Step::Timer(timer) => console.send(Message::Timer(timer)),
                Step::Fail(number) => console.failing.push(RegistrationId::new(format!("reg_{number}"))),
                Step::Lose(arrived) => console.lost = Some(arrived),
                Step::Propose(keys) if console.model.overlays.is_empty() => console.keys(keys),
                Step::Propose(_) => {}
                Step::Wheel(lines) => console.send(Message::Scroll(lines)),
            }
            let queue = &console.model.queue;
            if let (true, Some(selected)) = (must_stay, selected)
                && console.listed().contains(&selected)
            {
                prop_assert_eq!(queue.selected(), Some(&selected));
            }
            let cursor = queue.list().cursor();
            prop_assert!(cursor.selected().is_none_or(|row| row < queue.rows().len()));
            let shown = cursor.top()..cursor.top() + console.model.list_rows;
            prop_assert!(cursor.selected().is_none_or(|row| shown.contains(&row)));
            let begun = decided(&console).saturating_sub(before);
            prop_assert!(begun <= usize::from(confirmed), "a decision was begun without being confirmed");
            let under_way = console.model.jobs.open().next().is_some();
            let sent = console.held.iter().any(|effect| matches!(effect, crate::app::Effect::Sync(..)));
            let asked = console.model.overlays.iter().any(|overlay| matches!(overlay, Overlay::Resend(_)))
                || console.model.jobs.open().any(|job| matches!(job.work, Work::Resend(_)));
            let resent = console.held.iter().any(|effect| matches!(effect, crate::app::Effect::Resend(..)));
            prop_assert!(!resent || asked, "a link was issued without the question");
            prop_assert!(!sent || under_way, "something was sent without its plan");
        }
    }
}
