//! When the next frame may be drawn: pure, so that it can be tested without waiting.

use std::time::Duration;

use tokio::time::Instant;

/// The shortest time between two frames: sixty a second.
const FRAME: Duration = Duration::from_micros(16_667);

/// Knows when the last frame was drawn and whether another one is wanted.
#[derive(Debug, Default)]
pub struct Frames {
    last: Option<Instant>,
    wanted: bool,
}

impl Frames {
    /// Something on the screen has changed.
    pub fn want(&mut self) {
        self.wanted = true;
    }

    /// When the wanted frame is due; `None` if none is wanted.
    pub fn due(&self, now: Instant) -> Option<Instant> {
        self.wanted.then(|| self.last.map_or(now, |last| (last + FRAME).max(now)))
    }

    /// A frame was drawn.
    pub fn drawn(&mut self, now: Instant) {
        self.last = Some(now);
        self.wanted = false;
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::{FRAME, Frames};

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
}
