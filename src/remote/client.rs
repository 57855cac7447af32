//! The backend over one remote: how it is asked, and what is made of its answers.

mod backend;

use futures_util::future;
use reqwest::{Method, Url};
use serde_json::Value;
use tokio::sync::broadcast;

use super::{
    RemoteConfig, RemoteError,
    address::Address,
    calls,
    memory::Memory,
    notes::Notes,
    refs,
    token::ClientToken,
    transport::{Answer, Call, Transport},
    unchanged::Unchanged,
};
use crate::{
    backend::{Annotations, BackendError, Clock, ErrorKind, ListRequest, Page, SyncRequest, SyncStep},
    model::{Registration, RegistrationId},
    wire::{self, WireError},
};

/// Most pages that are read of projects or flows; far more than anyone has.
const MOST_PAGES: u32 = 50;

/// A Verifik-compatible endpoint.
#[derive(Debug)]
pub struct Remote {
    address: Address,
    transport: Transport,
    token: ClientToken,
    memory: Memory,
    notes: Notes,
    unchanged: Unchanged,
    clock: Clock,
    changes: broadcast::Sender<RegistrationId>,
}

/// Ids of changed registrations that a slow listener may be behind before it is told to read afresh.
const CHANGES_KEPT: usize = 4096;

impl Remote {
    /// Checks the configuration and sets the client up; asks the remote nothing yet. A token command is run when a
    /// token is first needed.
    pub fn new(config: RemoteConfig, clock: Clock) -> Result<Self, RemoteError> {
        let address = Address::new(&config.base_url, config.allow_plain_http)?;
        config.token.check()?;
        let transport = Transport::new(config.timeouts, address.name())?;
        Ok(Self {
            address,
            transport,
            token: ClientToken::new(config.token),
            memory: Memory::new(config.dialect),
            notes: Notes::new(config.annotations),
            unchanged: Unchanged::default(),
            clock,
            changes: broadcast::channel(CHANGES_KEPT).0,
        })
    }

    /// Where somebody who hears of changes, from a webhook, tells of them. The remote itself announces none.
    pub fn announcer(&self) -> broadcast::Sender<RegistrationId> {
        self.changes.clone()
    }

    fn registration_url(&self, id: &RegistrationId, rest: &[&str]) -> Url {
        let mut segments = vec!["v2", "app-registrations", id.as_str()];
        segments.extend(rest);
        self.address.at(&segments)
    }

    /// Sends a request with the client token.
    async fn send(&self, call: &Call) -> Result<Answer, BackendError> {
        let token = self.token.get().await?;
        match self.transport.send(call, &token).await {
            Err(error) if error.kind == ErrorKind::NotSignedIn => {
                self.token.forget().await;
                Err(self.with_place_of_token(error))
            }
            answer => answer,
        }
    }

    /// Sends a request with the person's token where one is held, else, or if it died, with the client's.
    async fn send_for(&self, id: &RegistrationId, call: &Call) -> Result<Answer, BackendError> {
        let Some(token) = self.memory.token_of(id) else { return self.send(call).await };
        match self.transport.send(call, &token).await {
            // It was refused before anything was done, so sending again does nothing twice.
            Err(error) if matches!(error.kind, ErrorKind::NotSignedIn | ErrorKind::Forbidden) => {
                self.memory.drop_token(id);
                self.send(call).await
            }
            answer => answer,
        }
    }

    fn with_place_of_token(&self, error: BackendError) -> BackendError {
        let place = self.token.place();
        let reason = if error.message.contains("expired") {
            "The token has expired"
        } else {
            "The remote does not accept the token"
        };
        BackendError { message: format!("{reason}. Put a valid one into {place} and try again."), ..error }
    }

    /// Reads a registration out of an answer, and the dialect on the way.
    async fn registration_in(&self, body: Value) -> Result<Registration, BackendError> {
        let object = wire::payload(body);
        self.memory.learn_dialect(calls::dialect_of(&object));
        self.memory.learn_annotations(&object);
        let mut registration = wire::decode_registration(object).map_err(|error| unreadable(&error))?;
        self.put_notes(std::slice::from_mut(&mut registration)).await;
        Ok(registration)
    }

    /// Reads a page out of an answer, and the dialect on the way.
    fn page_in(&self, body: Value, request: &ListRequest) -> Result<Page, BackendError> {
        let first = body.get("data").unwrap_or(&body).get(0);
        self.memory.learn_dialect(first.and_then(calls::dialect_of));
        first.inspect(|first| self.memory.learn_annotations(first));
        let mut page = wire::decode_page(body, request.page).map_err(|error| unreadable(&error))?;
        let rows = page.registrations.len();
        page.registrations.retain(|registration| calls::fits(registration, request));
        if page.registrations.len() < rows {
            // The remote ignores a filter: its count is of something else.
            page.total = None;
        }
        Ok(page)
    }

    /// Puts what the desk says with registrations, unless the remote has done so.
    async fn put_notes(&self, registrations: &mut [Registration]) {
        if !self.memory.keeps_annotations() {
            self.notes.put_with(registrations).await;
        }
    }

    async fn read(&self, id: &RegistrationId) -> Result<Registration, BackendError> {
        let query = calls::populates(self.memory.dialect());
        let answer = self.send(&calls::get(self.registration_url(id, &[]), query)).await?;
        let mut registration = wire::payload(answer.body);
        self.load_refs(&mut registration).await;
        self.registration_in(registration).await
    }

    /// Reads what the answer holds by id only. What cannot be read stays an id: that is shown as not loaded.
    async fn load_refs(&self, registration: &mut Value) {
        if calls::dialect_of(registration) != Some(wire::Dialect::Live) {
            return;
        }
        let refs = refs::unloaded(registration);
        let read = refs.iter().map(|unloaded| async move {
            let url = self.address.at(&["v2", unloaded.route, &unloaded.id]);
            self.send(&calls::get(url, Vec::new())).await
        });
        for (unloaded, answer) in refs.iter().zip(future::join_all(read).await) {
            if let Ok(answer) = answer {
                refs::load(registration, unloaded, wire::payload(answer.body));
            }
        }
    }

    /// Reads a registration after a write. That the write was done must not get lost in the reading's error.
    async fn read_again(&self, id: &RegistrationId, done: &str) -> Result<Registration, BackendError> {
        self.read(id).await.map_err(|error| {
            let message = format!("The {done} was done, but reading the registration again failed: {}", error.message);
            BackendError { message, ..error }
        })
    }

    /// Sends a sync with the method that the remote takes, finding out which one it is.
    async fn send_sync(&self, id: &RegistrationId, request: &SyncRequest) -> Result<Answer, BackendError> {
        let url = self.registration_url(id, &["sync"]);
        let body = calls::sync_body(request, self.memory.dialect());
        let is_decision = matches!(request.step, Some((SyncStep::AdminOverride, _)));
        let first = self.memory.sync_method();
        let second = if first == Method::PUT { Method::POST } else { Method::PUT };
        let call = calls::write(first, url, body, "the sync");
        let answer = self.send_as(id, &call, is_decision).await;
        let is_route_missing = answer.as_ref().is_err_and(is_route_missing);
        if !is_route_missing {
            return answer;
        }
        let call = Call { method: second, ..call };
        let answer = self.send_as(id, &call, is_decision).await;
        if answer.is_ok() {
            self.memory.learn_sync_method(&call.method);
        }
        answer
    }

    async fn send_as(&self, id: &RegistrationId, call: &Call, as_client: bool) -> Result<Answer, BackendError> {
        if as_client { self.send(call).await } else { self.send_for(id, call).await }
    }

    /// Asks for the status to be computed anew. A service that wants a step is told its last one once more.
    async fn recompute(&self, id: &RegistrationId, request: &SyncRequest) -> Result<Answer, BackendError> {
        let refused = match self.send_sync(id, request).await {
            Err(error) if matches!(error.kind, ErrorKind::Invalid { .. }) => error,
            answer => return answer,
        };
        let Some(step) = calls::repeated_step(&self.read(id).await?) else { return Err(refused) };
        self.send_sync(id, &SyncRequest { step: Some(step), ..request.clone() }).await
    }

    /// All items of a list, page by page.
    async fn all(&self, segments: &[&str], query: &[(&'static str, String)]) -> Result<Vec<Value>, BackendError> {
        let mut items = Vec::new();
        for page in 1..=MOST_PAGES {
            let mut parameters = calls::paging(page, ListRequest::MAX_LIMIT);
            parameters.extend_from_slice(query);
            let body = self.send(&calls::get(self.address.at(segments), parameters)).await?.body;
            let pages = wire::decode_pages(&body);
            let rows = wire::decode_list(body).map_err(|error| unreadable(&error))?;
            let is_empty = rows.is_empty();
            items.extend(rows);
            // Without a count this was all there is.
            if is_empty || pages.is_none_or(|pages| page >= pages) {
                break;
            }
        }
        Ok(items)
    }

    /// What the service has logged of its webhooks' deliveries, the latest first, so many at most. An entry that cannot
    /// be read is left out.
    pub async fn deliveries(&self, most: usize) -> Result<Vec<wire::LoggedHook>, BackendError> {
        let latest_first = [("sort", "-sentAt".to_owned())];
        let entries = self.all(&["v2", "webhook-events"], &latest_first).await?;
        Ok(entries.into_iter().take(most).filter_map(|entry| wire::decode_logged_hook(entry).ok()).collect())
    }

    async fn project_items(&self) -> Result<Vec<Value>, BackendError> {
        match self.all(&["v3", "projects"], &[]).await {
            Err(error) if is_route_missing(&error) => self.all(&["v2", "projects"], &[]).await,
            items => items,
        }
    }

    /// What becomes of what the desk says.
    fn annotations(&self) -> Annotations {
        if self.memory.keeps_annotations() || self.notes.are_kept() {
            Annotations::Kept
        } else {
            Annotations::WhileRunning
        }
    }
}

/// Whether there is no such route, as against no such record on it: the service says `…_not_found` of records.
fn is_route_missing(error: &BackendError) -> bool {
    match error.http_status {
        Some(405 | 501) => true,
        Some(404) => error.code.as_deref().is_none_or(|code| !code.to_ascii_lowercase().ends_with("_not_found")),
        _ => false,
    }
}

fn unreadable(error: &WireError) -> BackendError {
    let message =
        format!("The remote's answer cannot be read at {error}. Check that the URL leads to the right service.");
    BackendError::new(ErrorKind::Server, message)
}
