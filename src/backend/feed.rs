//! Which registrations have changed since one looked, across restarts of everybody.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::BackendError;
use crate::model::{Registration, RegistrationId};

/// A place in the feed of one store: after a change, before the next.
///
/// The number alone would not do: a copy of a store that is written to goes on counting where the store did. So each
/// change carries a mark that is drawn anew whenever a store is opened, and a position holds where its mark stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedPosition {
    /// The number of the last change that is known; the first one has 1.
    pub number: u64,
    /// The mark of that change.
    pub mark: u64,
}

/// The changes of a source that numbers them, durably and in the order in which they were stored. It remembers the
/// latest of them only.
#[async_trait]
pub trait Feed: Send + Sync {
    /// Where the feed ends: whoever reads everything after asking this, misses nothing that [`Feed::since`] does not
    /// tell of.
    async fn position(&self) -> Result<FeedPosition, BackendError>;

    /// Who has changed since, each once, and from where to ask on: there is no more when that is where one asked.
    /// Looks at so many changes at most. `None`: that is too long ago, or was another store, or somebody was erased
    /// since; everything has to be read.
    async fn since(
        &self,
        position: FeedPosition,
        most: usize,
    ) -> Result<Option<(Vec<RegistrationId>, FeedPosition)>, BackendError>;

    /// A registration as it is stored, whether or not its time has run out by now; `None` if there is none. Blocks for
    /// as long as the disk takes; refused where it is not on a disk of this machine.
    fn stored(&self, id: &RegistrationId) -> Result<Option<Registration>, BackendError>;
}
