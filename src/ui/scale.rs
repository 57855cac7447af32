//! A span of time on a line of some columns: drawn to scale, with long pauses cut out and only marked.

use crate::model::Timestamp;

/// Where each time stands on the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scale {
    pieces: Vec<Piece>,
}

/// Time that is drawn to scale, or a pause in one column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    from: Timestamp,
    to: Timestamp,
    /// Its first column and how many it takes.
    first: usize,
    columns: usize,
    is_pause: bool,
}

impl Scale {
    /// A line on which something happens in these spans, and in between, if it is longer than the longest pause, nothing
    /// that would be worth the room. `None` where there is nothing, or too little room.
    pub fn new(busy: &[(Timestamp, Timestamp)], longest_pause: i64, columns: usize) -> Option<Self> {
        let mut spans: Vec<(Timestamp, Timestamp)> =
            busy.iter().map(|(from, to)| (*from.min(to), *from.max(to))).collect();
        spans.sort_unstable();
        let mut pieces: Vec<Piece> = Vec::new();
        for (from, to) in spans {
            match pieces.last_mut() {
                Some(last) if (from - last.to).num_seconds() <= longest_pause => last.to = last.to.max(to),
                last => {
                    let before = last.map(|last| last.to);
                    pieces.extend(before.map(|before| Piece::new(before, from, true)));
                    pieces.push(Piece::new(from, to, false));
                }
            }
        }
        (!pieces.is_empty() && pieces.len() <= columns).then(|| Self { pieces: placed(pieces, columns) })
    }

    /// The column of a time; those outside stand at the ends.
    pub fn column(&self, at: Timestamp) -> usize {
        let within = |piece: &&Piece| piece.from <= at && at <= piece.to;
        // Where a pause begins or ends, something happened.
        let drawn = self.pieces.iter().filter(|piece| !piece.is_pause).find(within);
        let piece = drawn.or_else(|| self.pieces.iter().find(|piece| at <= piece.to)).or(self.pieces.last());
        piece.map_or(0, |piece| {
            let seconds = piece.seconds().max(1);
            let passed = (at - piece.from).num_seconds().clamp(0, seconds);
            let share = passed as f64 / seconds as f64;
            piece.first + ((share * piece.columns as f64) as usize).min(piece.columns - 1)
        })
    }

    /// Whether a column stands for a pause.
    pub fn is_pause(&self, column: usize) -> bool {
        self.pieces.iter().any(|piece| piece.is_pause && piece.first == column)
    }
}

impl Piece {
    fn new(from: Timestamp, to: Timestamp, is_pause: bool) -> Self {
        Self { from, to, first: 0, columns: 1, is_pause }
    }

    fn seconds(&self) -> i64 {
        (self.to - self.from).num_seconds()
    }
}

/// Gives every piece its columns: one each, and the rest in proportion to the time drawn.
fn placed(mut pieces: Vec<Piece>, columns: usize) -> Vec<Piece> {
    let drawn: i64 = pieces.iter().filter(|piece| !piece.is_pause).map(Piece::seconds).sum();
    let spare = columns - pieces.len();
    let (mut passed, mut given) = (0, 0);
    let mut first = 0;
    for piece in &mut pieces {
        if !piece.is_pause {
            passed += piece.seconds();
            // Rounding the sums and not the parts gives away exactly what there is.
            let due = if drawn == 0 { 0 } else { (passed as f64 / drawn as f64 * spare as f64) as usize };
            piece.columns += due - given;
            given = due;
        }
        piece.first = first;
        first += piece.columns;
    }
    pieces
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use chrono::Duration;
    use proptest::prelude::*;

    use super::Scale;
    use crate::{app::testing::noon, model::Timestamp};

    fn at(minutes: i64) -> Timestamp {
        noon() + Duration::minutes(minutes)
    }

    #[test]
    fn time_is_drawn_to_scale() {
        let scale = Scale::new(&[(at(0), at(100))], 900, 11).unwrap();
        assert_eq!([0, 50, 100].map(|minutes| scale.column(at(minutes))), [0, 5, 10]);
        assert!(!(0..11).any(|column| scale.is_pause(column)));
    }

    #[test]
    fn a_long_pause_takes_one_column_whatever_its_length() {
        for pause in [60, 6_000, 600_000] {
            let scale = Scale::new(&[(at(0), at(10)), (at(10 + pause), at(20 + pause))], 900, 21).unwrap();
            let pauses: Vec<usize> = (0..21).filter(|column| scale.is_pause(*column)).collect();
            assert_eq!(pauses, [10], "{pause}");
            assert_eq!(scale.column(at(10 + pause)), 10 + usize::from(pause > 15));
            assert_eq!(scale.column(at(20 + pause)), 20);
        }
    }

    #[test]
    fn where_there_is_no_room_there_is_no_scale() {
        assert_eq!(Scale::new(&[], 900, 10), None);
        assert_eq!(Scale::new(&[(at(0), at(1)), (at(100), at(101))], 900, 2), None);
    }

    proptest! {
        #[test]
        fn later_is_never_further_left_and_nothing_leaves_the_line(
            spans in prop::collection::vec((0_i64..5_000, 0_i64..200), 1..8),
            columns in 1_usize..60,
        ) {
            let busy: Vec<_> = spans.iter().map(|(from, long)| (at(*from), at(from + long))).collect();
            if let Some(scale) = Scale::new(&busy, 900, columns) {
                let mut times: Vec<Timestamp> = busy.iter().flat_map(|(from, to)| [*from, *to]).collect();
                times.extend([at(-100), at(10_000)]);
                times.sort_unstable();
                let places: Vec<usize> = times.into_iter().map(|time| scale.column(time)).collect();
                prop_assert!(places.windows(2).all(|pair| pair[0] <= pair[1]), "{places:?}");
                prop_assert!(places.iter().all(|place| *place < columns), "{places:?}");
            }
        }
    }
}
