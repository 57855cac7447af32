//! Pages of registrations as they were just answered: dashboards ask for the same ones again and again, and each row
//! of a page is unpacked, judged and written. Whoever asks in the same second, before anything is written, gets the
//! same bytes.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use axum::body::Bytes;

use crate::{
    backend::{Backend, ListRequest},
    model::Timestamp,
};

/// Bytes of all that is kept at most.
const MOST: usize = 16 * 1024 * 1024;

/// What was asked for; the dialect is the endpoint's.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Asked {
    pub(super) request: ListRequest,
    /// The references to unfold.
    pub(super) populates: Vec<String>,
}

/// For how long an answer is the same: what was written, and the second, since ages and limits are told in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment {
    revision: u64,
    second: i64,
}

impl Moment {
    /// This one; `None` of a backend that others write to unseen.
    pub(super) fn of(backend: &dyn Backend, now: Timestamp) -> Option<Self> {
        backend.revision().map(|revision| Self { revision, second: now.timestamp() })
    }
}

/// The pages of one moment. Only the client's token leads here, so they are the same for whoever asks.
#[derive(Default)]
pub(super) struct Pages(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    moment: Option<Moment>,
    pages: HashMap<Asked, Bytes>,
    /// Bytes of all pages.
    size: usize,
}

impl Pages {
    /// The page that was answered at this moment, if one was.
    pub(super) fn get(&self, moment: Moment, asked: &Asked) -> Option<Bytes> {
        let kept = self.lock();
        (kept.moment == Some(moment)).then(|| kept.pages.get(asked).cloned())?
    }

    /// Keeps a page of a moment, and none of any other. Once there is no room, it is not kept.
    pub(super) fn keep(&self, moment: Moment, asked: Asked, page: &Bytes) {
        let mut kept = self.lock();
        if kept.moment > Some(moment) {
            return;
        }
        if kept.moment < Some(moment) {
            *kept = Kept { moment: Some(moment), ..Kept::default() };
        }
        if kept.size + page.len() <= MOST {
            let before = kept.pages.insert(asked, page.clone());
            kept.size = kept.size + page.len() - before.map_or(0, |before| before.len());
        }
    }

    /// A panic elsewhere leaves whole pages.
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Bytes;

    use super::{Asked, MOST, Moment, Pages};
    use crate::backend::ListRequest;

    fn asked(page: u32) -> Asked {
        Asked { request: ListRequest::page(page, 20), populates: Vec::new() }
    }

    fn moment(revision: u64, second: i64) -> Moment {
        Moment { revision, second }
    }

    #[test]
    fn a_page_is_answered_again_until_something_is_written_or_a_second_is_over() {
        let (pages, first) = (Pages::default(), Bytes::from_static(b"first"));
        pages.keep(moment(1, 10), asked(1), &first);
        assert_eq!(pages.get(moment(1, 10), &asked(1)), Some(first.clone()));
        assert_eq!(pages.get(moment(1, 10), &asked(2)), None, "another page");
        assert_eq!(pages.get(moment(2, 10), &asked(1)), None, "something was written");
        assert_eq!(pages.get(moment(1, 11), &asked(1)), None, "time has passed");
        let unfolded = Asked { populates: vec!["project".to_owned()], ..asked(1) };
        assert_eq!(pages.get(moment(1, 10), &unfolded), None, "other references");
        pages.keep(moment(2, 10), asked(2), &first);
        pages.keep(moment(1, 10), asked(1), &first);
        assert_eq!(pages.get(moment(1, 10), &asked(1)), None, "what is over is forgotten, however late it comes");
        assert_eq!(pages.get(moment(2, 10), &asked(2)), Some(first));
    }

    #[test]
    fn what_is_kept_has_an_end() {
        let (pages, large) = (Pages::default(), Bytes::from(vec![b' '; MOST / 2]));
        for page in 1..=3 {
            pages.keep(moment(1, 1), asked(page), &large);
        }
        let is_kept = |page| pages.get(moment(1, 1), &asked(page)).is_some();
        assert_eq!([is_kept(1), is_kept(2), is_kept(3)], [true, true, false]);
    }
}
