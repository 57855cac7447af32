//! When the next frame may be drawn: pure, so that it can be tested without waiting.

use std::time::Duration;

use tokio::time::Instant;

/// The shortest time between two frames that nobody asked for: sixty a second.
const FRAME: Duration = Duration::from_micros(16_667);
/// The shortest time between a frame and the one that a key asks for: it does not wait because something else has just
/// changed, and a key that is held has one for each time it is heard.
const FRAME_OF_A_KEY: Duration = Duration::from_millis(4);

/// Knows when the last frame was drawn and whether another one is wanted.
#[derive(Debug, Default)]
pub struct Frames {
    last: Option<Instant>,
    /// How long after the last one.
    wanted: Option<Duration>,
}

impl Frames {
    /// Something on the screen has changed.
    pub fn want(&mut self) {
        self.wanted.get_or_insert(FRAME);
    }

    /// A key was pressed, or something comes that is waited for.
    pub fn want_at_once(&mut self) {
        self.wanted = Some(FRAME_OF_A_KEY);
    }

    /// When the wanted frame is due; `None` if none is wanted.
    pub fn due(&self, now: Instant) -> Option<Instant> {
        self.wanted.map(|after| self.last.map_or(now, |last| (last + after).max(now)))
    }

    /// A frame was drawn.
    pub fn drawn(&mut self, now: Instant) {
        self.last = Some(now);
        self.wanted = None;
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::{FRAME, FRAME_OF_A_KEY, Frames};

    #[test]
    fn nothing_is_due_when_nothing_changed() {
        assert_eq!(Frames::default().due(Instant::now()), None);
    }

    #[test]
    fn the_first_frame_is_due_at_once_and_the_next_one_frame_later() {
        let mut frames = Frames::default();
        let start = Instant::now();
        frames.want();
        assert_eq!(frames.due(start), Some(start));
        frames.drawn(start);
        assert_eq!(frames.due(start), None);
        frames.want();
        assert_eq!(frames.due(start), Some(start + FRAME));
        assert_eq!(frames.due(start + FRAME * 3), Some(start + FRAME * 3));
    }

    #[test]
    fn the_frame_of_a_key_does_not_wait_for_the_time_of_one_that_nobody_asked_for() {
        let mut frames = Frames::default();
        let start = Instant::now();
        frames.drawn(start);
        frames.want();
        frames.want_at_once();
        frames.want();
        assert_eq!(frames.due(start), Some(start + FRAME_OF_A_KEY));
        frames.drawn(start + FRAME_OF_A_KEY);
        frames.want();
        assert_eq!(frames.due(start), Some(start + FRAME_OF_A_KEY + FRAME));
    }
}
