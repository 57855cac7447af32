//! How long the link that a person holds still works.

use chrono::TimeDelta;

use super::stuck::Limit;
use crate::model::{Registration, Timestamp};

/// Which link it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LinkOrigin {
    /// The one handed out at creation: 120 minutes unless the flow says otherwise.
    Creation,
    /// One that was sent again: 30 minutes unless the flow says otherwise.
    Resent,
}

impl LinkOrigin {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Creation => "creation",
            Self::Resent => "resent",
        }
    }
}

/// The clock of the link that lives longest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkClock {
    /// Which link.
    pub origin: LinkOrigin,
    /// When it dies, or died.
    pub dies_at: Timestamp,
    /// Seconds left, 0 once it is dead.
    pub seconds_left: i64,
}

impl LinkClock {
    /// Whether the person can still go on with it.
    pub fn is_alive(&self) -> bool {
        self.seconds_left > 0
    }
}

/// The link of a registration that is not over, alive or dead; `None` once there is nothing left to go on with.
pub fn link_left(registration: &Registration, now: Timestamp) -> Option<LinkClock> {
    if registration.status.is_final() {
        return None;
    }
    let (origin, dies_at) = longest_link(registration);
    // Rounded up: what is not dead yet has something left.
    let left = (dies_at - now).max(TimeDelta::zero());
    let seconds_left = left.num_seconds() + i64::from(left.subsec_nanos() > 0);
    Some(LinkClock { origin, dies_at, seconds_left })
}

/// A link that is sent again does not end the one before it, so the one that lives longer counts.
pub(super) fn longest_link(registration: &Registration) -> (LinkOrigin, Timestamp) {
    let settings = registration.flow.settings.as_ref();
    let end = |from: Timestamp, life: Limit| {
        TimeDelta::try_seconds(life.seconds(settings)).and_then(|life| from.checked_add_signed(life)).unwrap_or(from)
    };
    let first = (LinkOrigin::Creation, end(registration.created_at, Limit::TokenLife));
    let resent = registration.link_resent.map(|resent| (LinkOrigin::Resent, end(resent.at, Limit::LinkLife)));
    resent.filter(|(_, dies_at)| *dies_at >= first.1).unwrap_or(first)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{LinkOrigin, link_left};
    use crate::{
        model::Status,
        triage::testing::{at, begun, minutes, moment, settings},
    };

    #[test]
    fn the_link_of_creation_lives_for_two_hours_or_as_long_as_the_flow_says() {
        let mut registration = begun();
        let clock = link_left(&registration, at(60)).unwrap();
        assert_eq!((clock.origin, clock.seconds_left), (LinkOrigin::Creation, 119 * 60));
        let last = link_left(&registration, at(0) + minutes(120) - chrono::TimeDelta::milliseconds(1)).unwrap();
        assert!(last.is_alive(), "not before its time");
        assert!(!link_left(&registration, at(0) + minutes(120)).unwrap().is_alive());
        settings(&mut registration).token_minutes = Some(15);
        assert_eq!(link_left(&registration, at(0)).unwrap().dies_at, at(15 * 60));
    }

    #[test]
    fn of_two_links_the_one_that_lives_longer_counts() {
        let mut registration = begun();
        registration.link_resent = moment(600);
        assert_eq!(link_left(&registration, at(601)).unwrap().origin, LinkOrigin::Creation);
        registration.link_resent = moment(7_200);
        let clock = link_left(&registration, at(7_200)).unwrap();
        assert_eq!((clock.origin, clock.seconds_left), (LinkOrigin::Resent, 1_800));
        settings(&mut registration).link_minutes = Some(5);
        assert_eq!(link_left(&registration, at(7_200)).unwrap().seconds_left, 300);
    }

    #[test]
    fn whoever_is_done_needs_no_link() {
        for status in Status::ALL {
            let mut registration = begun();
            registration.status = status.clone();
            assert_eq!(link_left(&registration, at(0)).is_some(), status.is_open(), "{status}");
        }
    }
}
