//! Pages of registrations as they were just answered: dashboards ask for the same ones again and again, and each row
//! of a page is unpacked, judged and written. Whoever asks in the same second, before anything is written or a row of
//! the page runs out, gets the same bytes.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use axum::body::Bytes;

use crate::{
    backend::{Backend, ListRequest, Order, Page},
    model::{Status, Timestamp},
};

/// Bytes of all that is kept at most.
const MOST: usize = 16 * 1024 * 1024;

/// What keeping a page takes beside its bytes and the texts that were asked for.
const ENTRY: usize = 512;

/// What was asked for; the dialect is the endpoint's.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Asked {
    pub(super) request: ListRequest,
    /// The references to unfold.
    pub(super) populates: Vec<String>,
}

impl Asked {
    /// Whether the answer depends on nobody's lifetime but that of the people on the page: those who run out come first
    /// among what has changed, and under another status.
    fn is_of_a_page(&self) -> bool {
        self.request.statuses.is_empty() && self.request.order == Order::Created
    }

    /// Bytes of the texts.
    fn size(&self) -> usize {
        let filters = [&self.request.project, &self.request.flow].into_iter().flatten();
        self.populates.iter().chain(filters).map(|text| size_of::<String>() + text.len()).sum()
    }
}

/// For how long an answer is the same: what was written, what is known of links, and the second, since ages are told in
/// seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment {
    revision: u64,
    links: u64,
    second: i64,
}

impl Moment {
    /// This one; `None` of a backend that others write to unseen.
    pub(super) fn of(backend: &dyn Backend, links: u64, now: Timestamp) -> Option<Self> {
        backend.revision().map(|revision| Self { revision, links, second: now.timestamp() })
    }
}

/// The pages of one moment. Only the client's token leads here, so they are the same for whoever asks.
#[derive(Default)]
pub(super) struct Pages(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    moment: Option<Moment>,
    pages: HashMap<Asked, Answered>,
    /// Bytes of all pages, and of what they are kept under.
    size: usize,
}

struct Answered {
    bytes: Bytes,
    /// When the first of those on it runs out.
    until: Option<Timestamp>,
}

impl Pages {
    /// The page that was answered at this moment, if one was.
    pub(super) fn get(&self, moment: Moment, asked: &Asked, now: Timestamp) -> Option<Bytes> {
        let kept = self.lock();
        let answered = kept.pages.get(asked).filter(|_| kept.moment == Some(moment))?;
        answered.until.is_none_or(|until| now < until).then(|| answered.bytes.clone())
    }

    /// Keeps what was answered at a moment, and nothing of any other. Once there is no room, it is not kept.
    pub(super) fn keep(&self, moment: Moment, asked: Asked, page: &Page, bytes: &Bytes) {
        let mut kept = self.lock();
        if kept.moment > Some(moment) || !asked.is_of_a_page() {
            return;
        }
        if kept.moment < Some(moment) {
            *kept = Kept { moment: Some(moment), ..Kept::default() };
        }
        let size = ENTRY + asked.size() + bytes.len();
        // The first answer stands for those that came of the same question meanwhile.
        if kept.size + size <= MOST && !kept.pages.contains_key(&asked) {
            let unfinished =
                page.registrations.iter().filter(|row| matches!(row.status, Status::Started | Status::Ongoing));
            let until = unfinished.filter_map(|row| row.expires_at).min();
            kept.pages.insert(asked, Answered { bytes: bytes.clone(), until });
            kept.size += size;
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
    use chrono::{DateTime, TimeDelta};

    use super::{Asked, ENTRY, MOST, Moment, Pages};
    use crate::{
        backend::{ListRequest, Order, Page},
        model::{Registration, Status, Timestamp},
    };

    fn asked(page: u32) -> Asked {
        Asked { request: ListRequest::page(page, 20), populates: Vec::new() }
    }

    fn moment(revision: u64, links: u64, second: i64) -> Moment {
        Moment { revision, links, second }
    }

    fn at(millis: i64) -> Timestamp {
        DateTime::UNIX_EPOCH + TimeDelta::milliseconds(millis)
    }

    fn page(rows: &[(Status, i64)]) -> Page {
        let row = |(number, (status, expires)): (usize, &(Status, i64))| {
            let id = number.to_string().into();
            Registration { status: status.clone(), expires_at: Some(at(*expires)), ..Registration::new(id, at(0)) }
        };
        let registrations = rows.iter().enumerate().map(row).collect();
        Page { registrations, total: None, page: 1, pages: None, refused: Vec::new() }
    }

    #[test]
    fn a_page_is_answered_again_until_something_is_written_or_a_second_is_over() {
        let (pages, first) = (Pages::default(), Bytes::from_static(b"first"));
        let get = |moment, asked: &Asked| pages.get(moment, asked, at(10_000));
        pages.keep(moment(1, 1, 10), asked(1), &page(&[]), &first);
        assert_eq!(get(moment(1, 1, 10), &asked(1)), Some(first.clone()));
        assert_eq!(get(moment(1, 1, 10), &asked(2)), None, "another page");
        assert_eq!(get(moment(2, 1, 10), &asked(1)), None, "something was written");
        assert_eq!(get(moment(1, 2, 10), &asked(1)), None, "somebody else has turned out to share something");
        assert_eq!(get(moment(1, 1, 11), &asked(1)), None, "time has passed");
        let unfolded = Asked { populates: vec!["project".to_owned()], ..asked(1) };
        assert_eq!(get(moment(1, 1, 10), &unfolded), None, "other references");
        pages.keep(moment(2, 1, 10), asked(2), &page(&[]), &first);
        pages.keep(moment(1, 1, 10), asked(1), &page(&[]), &first);
        assert_eq!(get(moment(1, 1, 10), &asked(1)), None, "what is over is forgotten, however late it comes");
        assert_eq!(get(moment(2, 1, 10), &asked(2)), Some(first));
    }

    #[test]
    fn a_page_is_answered_again_only_until_somebody_on_it_runs_out() {
        let (pages, bytes) = (Pages::default(), Bytes::from_static(b"page"));
        let rows = [(Status::Completed, 10_100), (Status::Ongoing, 10_500), (Status::Started, 10_700)];
        pages.keep(moment(1, 1, 10), asked(1), &page(&rows), &bytes);
        let is_answered = |millis| pages.get(moment(1, 1, 10), &asked(1), at(millis)).is_some();
        assert_eq!([is_answered(10_499), is_answered(10_500)], [true, false]);
    }

    #[test]
    fn what_everybodys_lifetime_has_a_say_in_is_not_kept() {
        let (pages, bytes) = (Pages::default(), Bytes::from_static(b"page"));
        let by_status = ListRequest { statuses: vec![Status::Expired], ..ListRequest::page(1, 20) };
        let by_change = ListRequest { order: Order::Changed, ..ListRequest::page(1, 20) };
        for request in [by_status, by_change] {
            let asked = Asked { request, populates: Vec::new() };
            pages.keep(moment(1, 1, 1), asked.clone(), &page(&[]), &bytes);
            assert_eq!(pages.get(moment(1, 1, 1), &asked, at(1_000)), None);
        }
    }

    #[test]
    fn what_is_kept_has_an_end() {
        let (pages, large) = (Pages::default(), Bytes::from(vec![b' '; MOST / 2 - ENTRY]));
        let is_kept = |pages: &Pages, asked: &Asked| pages.get(moment(1, 1, 1), asked, at(1_000)).is_some();
        for number in 1..=3 {
            pages.keep(moment(1, 1, 1), asked(number), &page(&[]), &large);
        }
        assert_eq!([1, 2, 3].map(|number| is_kept(&pages, &asked(number))), [true, true, false]);

        let (pages, small) = (Pages::default(), Bytes::from_static(b"{}"));
        let wordy = |number| Asked { populates: vec![" ".repeat(MOST / 3)], ..asked(number) };
        for number in 1..=3 {
            pages.keep(moment(1, 1, 1), wordy(number), &page(&[]), &small);
        }
        assert_eq!([1, 2, 3].map(|number| is_kept(&pages, &wordy(number))), [true, true, false], "questions count too");
    }
}
