//! What a client owes a remote: no more requests than it bears, rest when it asks for rest, and no knocking at a door
//! behind which nobody is.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::{self, Instant};

use crate::backend::{BackendError, ErrorKind};

/// Reads in a row that may fail before the door counts as closed.
const MOST_FAILURES: u32 = 5;
/// How long it then counts as closed; doubles each time it still is, up to the longest.
const CLOSED: Duration = Duration::from_secs(2);
const LONGEST_CLOSED: Duration = Duration::from_mins(1);

/// The manners towards one remote.
#[derive(Debug)]
pub(super) struct Manners {
    /// The least time between two requests; `None` where it need not be spared.
    gap: Option<Duration>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// When the next request may go out.
    next: Option<Instant>,
    /// Reads that failed in a row because nobody answered.
    failures: u32,
    /// Until when the door counts as closed.
    closed_until: Option<Instant>,
}

impl Manners {
    /// So many requests a second at most, if a number is given.
    pub(super) fn new(per_second: Option<u32>) -> Self {
        let gap = per_second.map(|many| Duration::from_secs(1) / many.max(1));
        Self { gap, state: Mutex::default() }
    }

    /// Waits for the turn of a request. A read is refused at once while the door counts as closed: whoever asks is
    /// told sooner, and the remote is left alone. A write is somebody's wish and is always tried.
    pub(super) async fn wait_for_turn(&self, is_read: bool) -> Result<(), BackendError> {
        time::sleep_until(self.turn(is_read, Instant::now())?).await;
        Ok(())
    }

    /// When a request may go out.
    fn turn(&self, is_read: bool, now: Instant) -> Result<Instant, BackendError> {
        let mut state = self.state();
        if let Some(until) = state.closed_until.filter(|until| is_read && *until > now) {
            let seconds = (until - now).as_secs() + 1;
            let message = format!("The remote did not answer lately; it is asked again in {seconds} s.");
            return Err(BackendError::new(ErrorKind::Unreachable, message));
        }
        // One request finds out whether it is open again; others wait for what it finds.
        if let (Some(_), true) = (state.closed_until, is_read) {
            state.closed_until = Some(now + closed_for(state.failures));
        }
        let turn = state.next.unwrap_or(now).max(now);
        state.next = Some(self.gap.map_or(turn, |gap| turn + gap));
        Ok(turn)
    }

    /// The remote asked for rest: nothing goes out meanwhile.
    pub(super) fn rest(&self, pause: Duration, now: Instant) {
        let mut state = self.state();
        let until = now + pause;
        state.next = Some(state.next.map_or(until, |next| next.max(until)));
    }

    /// Somebody answered, whatever the answer.
    pub(super) fn answered(&self) {
        let mut state = self.state();
        state.failures = 0;
        state.closed_until = None;
    }

    /// Nobody answered.
    pub(super) fn unanswered(&self, now: Instant) {
        let mut state = self.state();
        state.failures += 1;
        if state.failures >= MOST_FAILURES {
            state.closed_until = Some(now + closed_for(state.failures));
        }
    }

    /// What a panic elsewhere left behind is as good as any other state.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn closed_for(failures: u32) -> Duration {
    let doublings = failures.saturating_sub(MOST_FAILURES).min(8);
    CLOSED.saturating_mul(1 << doublings).min(LONGEST_CLOSED)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn requests_keep_their_distance_and_rest_is_rest_for_all() {
        let (manners, begun) = (Manners::new(Some(10)), Instant::now());
        let turns: Vec<Instant> = (0..11).map(|_| manners.turn(true, begun).unwrap()).collect();
        assert_eq!(turns[10] - turns[0], Duration::from_secs(1));
        manners.rest(Duration::from_secs(7), begun);
        assert_eq!(manners.turn(false, begun).unwrap() - begun, Duration::from_secs(7));
    }

    #[test]
    fn without_a_limit_nothing_waits() {
        let (manners, now) = (Manners::new(None), Instant::now());
        assert!((0..1000).all(|_| manners.turn(true, now).unwrap() == now));
    }

    #[test]
    fn a_door_behind_which_nobody_is_closes_for_reads_and_opens_by_itself() {
        let (manners, now) = (Manners::new(None), Instant::now());
        for _ in 0..MOST_FAILURES {
            manners.turn(true, now).unwrap();
            manners.unanswered(now);
        }
        let refused = manners.turn(true, now).unwrap_err();
        assert!(refused.kind == ErrorKind::Unreachable && refused.message.contains("asked again in"));
        manners.turn(false, now).expect("a write is always tried");
        let later = now + CLOSED;
        manners.turn(true, later).expect("one finds out");
        assert!(manners.turn(true, later).is_err(), "the others wait for what it finds");
        manners.answered();
        manners.turn(true, later).unwrap();
    }

    #[test]
    fn the_door_stays_closed_longer_each_time_but_never_for_long() {
        assert_eq!(closed_for(MOST_FAILURES), CLOSED);
        assert_eq!(closed_for(MOST_FAILURES + 1), CLOSED * 2);
        assert_eq!(closed_for(u32::MAX), LONGEST_CLOSED);
    }
}
