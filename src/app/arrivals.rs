//! How many registrations came in each of the last hours.

use chrono::TimeDelta;

use super::Model;
use crate::model::Timestamp;

/// How many hours are looked at.
pub const HOURS: usize = 24;

/// Registrations created in each of the last hours, the current hour (not over yet) last.
pub type Arrivals = [u32; HOURS];

/// Counts when registrations were created; what is older, or in the future, is left out.
fn count(created: impl Iterator<Item = Timestamp>, now: Timestamp) -> Arrivals {
    let mut hours = Arrivals::default();
    let this_hour = now.timestamp().div_euclid(3_600);
    // Of a million nearly all are older, and a comparison costs far less than telling the hour.
    let long_ago = now - TimeDelta::hours(HOURS.cast_signed() as i64 + 1);
    for created in created.filter(|created| *created > long_ago) {
        let ago = this_hour - created.timestamp().div_euclid(3_600);
        let place = usize::try_from(ago).ok().and_then(|ago| (HOURS - 1).checked_sub(ago));
        if let Some(hour) = place.and_then(|place| hours.get_mut(place)) {
            *hour += 1;
        }
    }
    hours
}

impl Model {
    /// Counts again, because registrations came or time has passed.
    pub(super) fn count_arrivals(&mut self) {
        self.arrivals = count(self.index.created().map(|(_, at)| at), self.now);
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::{HOURS, count};
    use crate::app::testing::noon;

    #[test]
    fn each_hour_of_the_last_day_is_counted_and_nothing_else() {
        let now = noon() + Duration::minutes(20);
        let created =
            [0, 19, 20, 21, 81, 23 * 60 + 19, 23 * 60 + 21, 9_999, -60].map(|minutes| now - Duration::minutes(minutes));
        let hours = count(created.into_iter(), now);
        // From 12:00 on, from 11:00 on, from 10:00 on, and yesterday from 13:00 on.
        assert_eq!((hours[HOURS - 1], hours[HOURS - 2], hours[HOURS - 3], hours[0]), (3, 1, 1, 1));
        assert_eq!(hours.iter().sum::<u32>(), 6);
    }
}
