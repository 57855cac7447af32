//! What happens to the console: keys, and answers to what it asked for.

use super::{
    RequestId,
    effect::{NotWritten, Timer},
    insights::Panel,
    look::Background,
    registration::Tab,
};
use crate::{
    backend::{BackendError, Created, Page, ResentLink, SyncOutcome},
    index::Index,
    keys::Key,
    model::{Flow, Project, Registration, RegistrationId, Timestamp},
};

/// Something that happened.
#[derive(Debug)]
pub enum Message {
    /// The console starts.
    Start,
    /// A key was pressed.
    Key(Key),
    /// Text was pasted.
    Paste(String),
    /// Something on the screen was clicked.
    Click(Target),
    /// The wheel was turned; positive is down.
    Scroll(i32),
    /// What the last frame had room for.
    Measured(Room),
    /// What an earlier run has read, and when.
    Recalled(Box<Index>, Timestamp),
    /// So many registrations are in the index that is made aside.
    Indexing(RequestId, usize),
    /// The index that was made aside, or why there is none.
    Indexed(RequestId, Result<Box<Index>, BackendError>),
    /// A page was read.
    Listed(RequestId, Result<Page, BackendError>),
    /// A registration was read.
    Retrieved(RequestId, RegistrationId, Result<Registration, BackendError>),
    /// Projects and flows were read.
    Catalogue(RequestId, Result<(Vec<Project>, Vec<Flow>), BackendError>),
    /// Until when the backend lets us in, where that is known.
    SignedInUntil(Option<Timestamp>),
    /// A create was answered.
    Created(RequestId, Result<Created, BackendError>),
    /// A sync was answered.
    Synced(RequestId, RegistrationId, Result<SyncOutcome, BackendError>),
    /// A resend was answered.
    Resent(RequestId, Result<ResentLink, BackendError>),
    /// Something was noted about a registration, or why not.
    Annotated(RequestId, RegistrationId, Result<Registration, BackendError>),
    /// A step of writing a file was done, or why not.
    Exported(RequestId, Result<(), NotWritten>),
    /// The operator's pager or editor is closed: whether the file was changed in it, or why it did not run.
    Read(Result<bool, String>),
    /// The backend announced changes; these are the registrations as they are now.
    Changed(Vec<Registration>),
    /// The terminal told what its background is like.
    Background(Background),
    /// A timer ran out.
    Timer(Timer),
    /// A copy was sent to the terminal, or why not.
    Copied(Result<(), String>),
}

/// What a frame had room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Room {
    /// Rows of the queue, whether it is on the screen or would be.
    pub list_rows: usize,
    /// Rows or lines of the screen over the queue or of the dialog on top: what a page is there.
    pub page_rows: usize,
    /// How far that text can be scrolled.
    pub scroll_max: usize,
    /// There was no room for anything.
    pub is_none: bool,
}

/// What a click means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A row of the queue.
    Row(RegistrationId),
    /// A tab of the registration.
    Tab(Tab),
    /// A part of the insights.
    Panel(Panel),
    /// A rule, by its id.
    Rule(String),
    /// The view of the queue with a number; 0 is everything.
    View(u8),
    /// A facet, by the term that asks for it.
    Facet(String),
    /// The key of a command, in the last line.
    Command(super::Command),
    /// A column header: sort by it.
    Column(crate::index::SortField),
}
