//! What the core asks the runtime to do.

use std::{sync::Arc, time::Duration};

use secrecy::SecretString;

use super::{Kept, Message, RequestId, reading::Reader};
use crate::{
    backend::{Annotation, CreateRequest, ListRequest, ResendRequest, SyncRequest},
    index::Index,
    model::{Registration, RegistrationId, Seen, Timestamp},
};

/// One thing to do. Those with a request id answer with a message that carries it.
#[derive(Debug)]
pub enum Effect {
    /// Read one page; answered by [`Message::Listed`].
    List(RequestId, ListRequest),
    /// Read everything into this index, judged as of this time, beside the one that is shown; answered by [`Message::Indexed`], and by
    /// [`Message::Indexing`] now and then.
    Index(RequestId, Box<Index>, Timestamp),
    /// Drop an index that is needed no more, which takes its time.
    Discard(Box<Index>),
    /// Read one registration in full; answered by [`Message::Retrieved`].
    Retrieve(RequestId, RegistrationId),
    /// The same for one that the operator opens, which is noted first.
    Open(RequestId, RegistrationId),
    /// Read projects and flows; answered by [`Message::Catalogue`].
    Catalogue(RequestId),
    /// Create a registration; answered by [`Message::Created`]. Never repeated.
    Create(RequestId, CreateRequest),
    /// Sync a registration, unless it has moved since it was seen; answered by [`Message::Synced`]. Never repeated.
    Sync(RequestId, RegistrationId, SyncRequest, Seen),
    /// Issue a fresh link; answered by [`Message::Resent`]. Never repeated.
    Resend(RequestId, RegistrationId, ResendRequest),
    /// Note something about a registration; answered by [`Message::Annotated`]. Never repeated.
    Annotate(RequestId, RegistrationId, Annotation),
    /// Take mouse events from the terminal, or leave the mouse to it.
    Mouse(bool),
    /// A step of writing a file; answered by [`Message::Exported`], but for the step that abandons it.
    Export(RequestId, ExportStep),
    /// Give the terminal to the operator's pager or editor for as long as it shows this text; answered by
    /// [`Message::Read`].
    Read(Reader, SecretString),
    /// Put text on the clipboard of the terminal.
    Copy(SecretString),
    /// Remember this for the next run.
    Keep(Box<Kept>),
    /// Send a message after some time, unless a later timer of the same kind replaces it.
    Timer(Timer, Duration),
    /// Stop the program until it is continued.
    Suspend,
    /// Keep a mirror of what was read on disk.
    Mirror(Vec<Arc<Registration>>),
    /// Leave.
    Quit,
}

/// One step of writing a file that only its owner can read. It has its name only once it is whole.
#[derive(Debug, Clone)]
pub enum ExportStep {
    /// Open it and write what stands before the first row.
    Open {
        /// Where, as the operator wrote it.
        path: String,
        /// Whether a file that is there may be replaced.
        replace: bool,
        /// What stands before the first row.
        head: String,
    },
    /// Write rows to the file that this request opened.
    Rows {
        /// The request.
        file: RequestId,
        /// Whole lines; they may hold personal data.
        text: SecretString,
    },
    /// It is whole.
    Finish {
        /// The request that opened it.
        file: RequestId,
    },
    /// Leave nothing of it.
    Abandon {
        /// The request that opened it.
        file: RequestId,
    },
}

/// Why a file could not be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotWritten {
    /// There is one already, which was not to be replaced.
    #[error("there is such a file already")]
    Exists,
    /// Something else, in words.
    #[error("{0}")]
    Other(String),
}

/// The kinds of timer; one of each runs at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Timer {
    /// Ages and limits on the screen move on.
    Tick,
    /// Fields that are masked otherwise have been shown long enough.
    Reveal,
    /// A toast has been shown long enough.
    Toast,
    /// What came and changed has been marked long enough.
    News,
    /// A backend that does not announce changes is read again.
    Refresh,
    /// Rows and counts follow what has changed.
    Follow,
    /// The cursor rests: what is around it is read in full.
    Ahead,
    /// The next of those next to the screen are looked up.
    Warm,
    /// The next of what changed while an index was made are taken in.
    Meanwhile,
    /// The next view is counted.
    Count,
    /// The next of those are judged whom time may have moved.
    Judge,
    /// The next of those are read whom the insights are measured over.
    Measure,
}

impl Timer {
    /// The message that the timer sends.
    pub fn message(self) -> Message {
        Message::Timer(self)
    }

    /// Whether what it is for is never seen by itself, so that it needs no frame.
    pub fn is_behind_the_screen(self) -> bool {
        self == Self::Warm
    }
}

/// The effects of one update, in order.
#[derive(Debug, Default)]
#[must_use = "effects that are dropped never happen"]
pub struct Effects(Vec<Effect>);

impl Effects {
    /// Nothing to do.
    pub fn none() -> Self {
        Self::default()
    }

    /// One thing to do.
    pub fn one(effect: Effect) -> Self {
        Self(vec![effect])
    }

    /// Adds one thing.
    pub fn push(&mut self, effect: Effect) {
        self.0.push(effect);
    }

    /// Adds all of another list.
    pub fn append(&mut self, other: Self) {
        self.0.extend(other.0);
    }
}

impl IntoIterator for Effects {
    type Item = Effect;
    type IntoIter = std::vec::IntoIter<Effect>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
