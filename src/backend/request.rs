//! Requests and replies, in model types.

use secrecy::SecretString;

use crate::{
    model::{Contact, Registration, RegistrationId, Status, StepKind, Timestamp, debug_only},
    text,
};

/// The longest name of a caller, columns.
const LONGEST_NAME: usize = 40;

/// Who asks, and from where: this goes to the access log.
#[derive(Clone, PartialEq, Eq)]
pub struct Caller {
    /// In which role.
    pub kind: CallerKind,
    /// What they are called, where that is known. Stands with what they say about a registration.
    pub name: Option<String>,
    /// IP address, where there is one.
    pub ip: Option<String>,
    /// Browser or app, where there is one.
    pub user_agent: Option<String>,
}

debug_only!(Caller { kind, name });

/// The role of a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallerKind {
    /// A person at this console or command line.
    Operator,
    /// Someone with the tenant's token.
    Client,
    /// The person who registers.
    Enrollee,
    /// The program itself.
    System,
}

impl CallerKind {
    /// The word in the access log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Client => "client",
            Self::Enrollee => "enrollee",
            Self::System => "system",
        }
    }
}

impl Caller {
    /// A person at this console or command line.
    pub fn operator() -> Self {
        Self::of(CallerKind::Operator)
    }

    /// The program itself.
    pub fn system() -> Self {
        Self::of(CallerKind::System)
    }

    /// Somebody in a role, of whom nothing else is known.
    pub fn of(kind: CallerKind) -> Self {
        Self { kind, name: None, ip: None, user_agent: None }
    }

    /// The same caller with a name, cleaned and cut to what fits on a screen. A blank one is none.
    #[must_use]
    pub fn named(self, name: &str) -> Self {
        let name = text::truncate(name.trim(), LONGEST_NAME);
        Self { name: Some(name).filter(|name| !name.is_empty()), ..self }
    }

    /// The name, else the role.
    pub fn who(&self) -> &str {
        self.name.as_deref().unwrap_or(self.kind.as_str())
    }
}

/// In which order pages go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Order {
    /// The latest created first.
    #[default]
    Created,
    /// The latest changed first. A service that does not know this order answers in its own without a word, so whoever
    /// asks looks at what came ([`Page::is_by_change`]).
    Changed,
}

/// Which page of registrations. Empty filters let everything through.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ListRequest {
    /// From 1.
    pub page: u32,
    /// 1 to 100.
    pub limit: u32,
    /// Any of these.
    pub statuses: Vec<Status>,
    /// Project id.
    pub project: Option<String>,
    /// Flow id.
    pub flow: Option<String>,
    /// Which rows come first.
    pub order: Order,
}

impl ListRequest {
    /// The largest page the wire allows.
    pub const MAX_LIMIT: u32 = 100;

    /// A page without filters, the latest created first.
    pub fn page(page: u32, limit: u32) -> Self {
        Self { page, limit, statuses: Vec::new(), project: None, flow: None, order: Order::default() }
    }
}

/// One page of registrations.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The rows.
    pub registrations: Vec<Registration>,
    /// How many match in all, where the source says.
    pub total: Option<u64>,
    /// The page number.
    pub page: u32,
    /// How many pages, where the source says.
    pub pages: Option<u32>,
    /// Rows that could not be read, each with the reason; a bad row does not break its page.
    pub refused: Vec<String>,
}

impl Page {
    /// Whether the rows show that the latest changed come first: they do, and in the order of creation they are not.
    pub fn is_by_change(&self) -> bool {
        let falls =
            |at: fn(&Registration) -> Timestamp| self.registrations.is_sorted_by(|one, next| at(one) >= at(next));
        falls(|row| row.updated_at) && !falls(|row| row.created_at)
    }

    /// Whether whoever goes through pages has come to the end with this one.
    /// `asked` is the number of the page asked for, `new` how many of its rows no earlier page held.
    ///
    /// A row that could not be read is a row all the same. A source that does not count its pages, or answers with
    /// another page than was asked for, is through once it only repeats itself.
    pub fn is_last(&self, asked: u32, new: usize) -> bool {
        let rows = self.registrations.len() + self.refused.len();
        let repeats = new == 0 && (self.pages.is_none() || self.page != asked);
        // Fewer rows than were asked for are no end: a source may send fewer on every page.
        rows == 0 || repeats || self.pages.is_some_and(|pages| asked >= pages)
    }
}

/// What is done with registrations that were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Use {
    /// One is opened, and shown whole.
    Opened(RegistrationId),
    /// Those that are listed go into a file.
    Exported,
}

/// What a new registration needs.
#[derive(Clone, PartialEq, Default)]
pub struct CreateRequest {
    /// Project id.
    pub project: String,
    /// Flow id.
    pub flow: String,
    /// The caller's own id for the person.
    pub user_id: Option<String>,
    /// E-mail or phone with country code; names and language if known.
    pub contact: Contact,
}

debug_only!(CreateRequest { project, flow, contact });

/// A new registration.
#[derive(Debug, Clone)]
pub struct Created {
    /// As stored.
    pub registration: Registration,
    /// The person's token: shown once, on request, never stored or logged.
    pub token: Option<SecretString>,
}

/// What a sync asks for. Without a step, the status is recomputed from the evidence.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct SyncRequest {
    /// The step that is reported, and the status asked for.
    pub step: Option<(SyncStep, Status)>,
    /// A reviewer's words; only with [`SyncStep::AdminOverride`].
    pub note: Option<String>,
    /// The version the operator saw; a mismatch is a conflict. `None` does not check.
    pub seen_version: Option<u64>,
}

debug_only!(SyncRequest { step, seen_version });

/// The steps that can be reported to `sync`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SyncStep {
    /// A step of the flow.
    Flow(StepKind),
    /// Finish without verification.
    SkipKyc,
    /// A decision by a person.
    AdminOverride,
}

impl SyncStep {
    /// Reads `skipKYC`, `adminOverride` or any spelling of a step.
    pub fn parse(word: &str) -> Self {
        match crate::model::fold_word(word).as_str() {
            "skip_kyc" | "skipkyc" => Self::SkipKyc,
            "admin_override" | "adminoverride" => Self::AdminOverride,
            _ => Self::Flow(StepKind::parse(word)),
        }
    }

    /// The live dialect's word.
    pub fn live_name(&self) -> &str {
        match self {
            Self::SkipKyc => "skipKYC",
            Self::AdminOverride => "adminOverride",
            Self::Flow(kind) => kind.live_name().unwrap_or(kind.as_str()),
        }
    }
}

/// Something that stands between a registration and completion.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Blocker {
    /// The step concerned.
    pub step: StepKind,
    /// A stable code, for example `document_in_review`.
    pub code: String,
    /// One sentence for people.
    pub message: String,
}

/// What a sync did.
#[derive(Debug, Clone)]
pub struct SyncOutcome {
    /// As it stands now.
    pub registration: Registration,
    /// The status that was asked for, if one was.
    pub asked: Option<Status>,
    /// What stands between it and completion.
    pub blockers: Vec<Blocker>,
    /// A token the source handed out.
    pub token: Option<SecretString>,
}

/// What a resend asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ResendRequest {
    /// Also send the link by e-mail.
    pub send_email: bool,
}

/// A fresh link.
#[derive(Debug, Clone)]
pub struct ResentLink {
    /// The registration after the resend.
    pub registration: Registration,
    /// The token in the link.
    pub token: Option<SecretString>,
    /// The link itself; holds the token.
    pub link: Option<SecretString>,
    /// When it dies.
    pub expires_at: Option<Timestamp>,
    /// Whether an e-mail went out; `None` if none was asked for.
    pub email_sent: Option<bool>,
}

/// The kinds of token the engine hands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    /// From create.
    Enrollee,
    /// From resend-link.
    Continuation,
    /// From the end of a flow.
    Login,
}

/// What a token allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenScope {
    /// The registration it belongs to.
    pub registration: RegistrationId,
    /// Its kind.
    pub kind: TokenKind,
    /// When it dies.
    pub expires_at: Timestamp,
    /// Whether it has died already.
    pub expired: bool,
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::{Caller, CreateRequest, Page, SyncRequest};
    use crate::model::{Contact, Registration};

    #[test]
    fn what_is_asked_prints_nobody() {
        let text = || "Plantina".to_owned();
        let contact = Contact { full_name: Some(text().into()), email: Some(text().into()), ..Contact::default() };
        let asked = CreateRequest { user_id: Some(text()), contact, ..CreateRequest::default() };
        let noted = SyncRequest { note: Some(text()), ..SyncRequest::default() };
        let caller = Caller { ip: Some(text()), user_agent: Some(text()), ..Caller::operator().named("ines") };
        let printed = format!("{asked:?} {noted:?} {caller:?}");
        assert!(printed.contains("ines") && !printed.contains("Plantina"), "{printed}");
    }

    fn page(rows: usize, refused: usize, page: u32, pages: Option<u32>) -> Page {
        let row = Registration::new("someone".into(), DateTime::UNIX_EPOCH);
        let refused = vec!["no id".to_owned(); refused];
        Page { registrations: vec![row; rows], total: None, page, pages, refused }
    }

    #[test]
    fn a_source_that_counts_its_pages_is_read_to_the_last_of_them() {
        assert!(!page(100, 0, 1, Some(2)).is_last(1, 100));
        assert!(!page(100, 0, 1, Some(2)).is_last(1, 0), "pushed down by arrivals");
        assert!(!page(0, 100, 1, Some(2)).is_last(1, 0), "no row of it can be read");
        assert!(page(3, 0, 2, Some(2)).is_last(2, 3));
    }

    #[test]
    fn a_source_that_does_not_count_is_read_until_a_page_tells_nothing_new() {
        assert!(!page(25, 0, 1, None).is_last(1, 25), "it may send fewer rows than were asked for");
        assert!(!page(24, 1, 1, None).is_last(1, 24), "a row that cannot be read is a row");
        assert!(page(0, 0, 2, None).is_last(2, 0));
    }

    #[test]
    fn a_source_that_always_sends_the_same_page_is_not_read_for_ever() {
        assert!(page(100, 0, 2, None).is_last(2, 0));
        assert!(page(100, 0, 1, Some(1_000_000)).is_last(2, 0));
    }
}
