//! Ids of requests under way: late and unknown answers are told by them.

/// The id of one request of this run. Whoever asks keeps the id and drops answers that carry another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(u64);

/// Hands out ids.
#[derive(Debug, Default)]
pub(super) struct Requests {
    last: u64,
}

impl Requests {
    /// A new id.
    pub(super) fn next(&mut self) -> RequestId {
        self.last += 1;
        RequestId(self.last)
    }
}
