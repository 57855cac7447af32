//! Looking up who stands next to the screen before somebody goes there.

use crate::{
    app::{
        Effect, Message,
        effect::Timer,
        testing::{Console, registration},
    },
    index::Row,
    model::Status,
};

/// Five screens of twenty, in an index that has nobody at hand yet.
fn console() -> Console {
    let people: Vec<_> =
        (1..=100).map(|number| registration(number, "Someone", Status::Started, number.into())).collect();
    let mut console = Console::open(people.clone());
    let mut cold = console.model.index.blank();
    cold.fill(people, console.now);
    cold.judge_all(console.now);
    console.model.index = cold;
    console.hold = true;
    console.keys("og");
    console
}

/// Takes what was held back; whether the timer of looking up is among it.
fn is_timed(console: &mut Console) -> bool {
    let held = std::mem::take(&mut console.held);
    held.iter().any(|effect| matches!(effect, Effect::Timer(Timer::Warm, _)))
}

fn are_at_hand(console: &Console, places: std::ops::Range<usize>) -> bool {
    let rows: &[Row] = &console.model.queue.rows()[places];
    rows.iter().all(|row| console.model.index.is_at_hand(*row))
}

#[test]
fn a_screen_to_each_side_is_looked_up_in_steps_and_then_nothing_is_timed_any_more() {
    let mut console = console();
    console.keys("<pagedown><pagedown>");
    assert!(is_timed(&mut console), "once the screen is another one");
    assert!(!are_at_hand(&console, 45..46));
    let mut steps = 0;
    loop {
        console.send(Message::Timer(Timer::Warm));
        steps += 1;
        if !is_timed(&mut console) {
            break;
        }
        assert!(steps < 50, "it comes to an end");
    }
    assert!(steps > 1, "in steps, between which keys are heard");
    let top = console.model.queue.list().cursor().top();
    assert!(are_at_hand(&console, top + 20..top + 40), "below");
    assert!(are_at_hand(&console, top.saturating_sub(20)..top), "above");
    assert!(!are_at_hand(&console, 80..81), "and nobody else");
    console.keys("k");
    assert!(!is_timed(&mut console), "the same screen needs it once");
}

#[test]
fn nobody_is_looked_up_ahead_beside_another_screen() {
    let mut console = console();
    console.keys("?");
    is_timed(&mut console);
    console.keys("<pagedown>");
    assert!(!is_timed(&mut console));
}
