//! The backend over one remote.

use async_trait::async_trait;
use futures_util::future;
use reqwest::{Method, Url};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tokio::sync::broadcast;

use super::{
    RemoteConfig, RemoteError,
    address::Address,
    calls,
    expiry::expiry_of,
    memory::Memory,
    notes::Notes,
    refs,
    token::ClientToken,
    transport::{Answer, Call, Transport},
    unchanged::Unchanged,
};
use crate::{
    backend::{
        Annotation, Annotations, Backend, BackendError, Caller, Capabilities, Channel, Clock, CreateRequest, Created,
        ErrorKind, ListRequest, Page, ResendRequest, ResentLink, SyncOutcome, SyncRequest, SyncStep, TokenScope,
    },
    model::{Evidence, Flow, Project, Registration, RegistrationId, Timestamp},
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

    /// The check of a channel, as far as the remote knows one.
    fn code_id(registration: &Registration, channel: Channel) -> Option<&str> {
        let checks = &registration.checks;
        let code = match channel {
            Channel::Email => checks.email.as_ref(),
            Channel::Phone => checks.phone.as_ref(),
        };
        code?.id.as_deref()
    }
}

/// The route of a channel's validations.
fn validations(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "email-validations",
        Channel::Phone => "phone-validations",
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

#[async_trait]
impl Backend for Remote {
    fn name(&self) -> String {
        self.address.name()
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            record: self.memory.takes_evidence(),
            resend: true,
            decide: true,
            changes: false,
            annotations: self.annotations(),
        }
    }

    async fn list(&self, request: ListRequest) -> Result<Page, BackendError> {
        if request.page == 0 {
            return Err(BackendError::invalid("page", "Pages count from 1."));
        }
        if !(1..=ListRequest::MAX_LIMIT).contains(&request.limit) {
            let message = format!("A page has 1 to {} rows.", ListRequest::MAX_LIMIT);
            return Err(BackendError::invalid("limit", message));
        }
        let url = self.address.at(&["v2", "app-registrations"]);
        let mut call = calls::get(url, calls::list_query(&request, self.memory.dialect()));
        let query = calls::fingerprint(&call);
        call.known = self.unchanged.mark(&query);
        let answer = self.send(&call).await?;
        let known = call.known.filter(|_| answer.is_known).and_then(|mark| self.unchanged.page(&query, &mark));
        let mut page = match known {
            Some(page) => page,
            None => self.page_in(answer.body, &request)?,
        };
        if let Some(mark) = answer.mark.filter(|_| !answer.is_known) {
            self.unchanged.keep(query, mark, &page);
        }
        self.put_notes(&mut page.registrations).await;
        Ok(page)
    }

    async fn retrieve(&self, id: &RegistrationId, _caller: &Caller) -> Result<Registration, BackendError> {
        self.read(id).await
    }

    async fn create(&self, request: CreateRequest, _caller: &Caller) -> Result<Created, BackendError> {
        let body = calls::create_body(&request, self.memory.dialect());
        let url = self.address.at(&["v2", "app-registrations"]);
        let answer = self.send(&calls::write(Method::POST, url, body, "create the registration")).await?;
        let object = wire::payload(answer.body);
        self.memory.learn_dialect(calls::dialect_of(object.get("appRegistration").unwrap_or(&object)));
        let created = wire::decode_created(object).map_err(|error| {
            let message =
                format!("The registration was created, but the answer cannot be read at {error}. Refresh the list.");
            BackendError::new(ErrorKind::Server, message)
        })?;
        let token = created.token.or(answer.token);
        let id = &created.registration.id;
        self.memory.keep_token(id, token.as_ref());
        // The answer of the live dialect lacks names of project and flow; it is good enough if it cannot be had better.
        let registration = self.read(id).await.unwrap_or(created.registration);
        Ok(Created { registration, token })
    }

    async fn sync(
        &self,
        id: &RegistrationId,
        request: SyncRequest,
        _caller: &Caller,
    ) -> Result<SyncOutcome, BackendError> {
        if self.memory.dialect().is_none() {
            self.read(id).await?;
        }
        let answer = match request.step {
            Some(_) => self.send_sync(id, &request).await?,
            None => self.recompute(id, &request).await?,
        };
        let header_token = answer.token;
        let said = wire::decode_sync_answer(answer.body).ok();
        let (blockers, token) = said.map(|said| (said.blockers, said.token)).unwrap_or_default();
        let registration = self.read_again(id, "sync").await?;
        let asked = request.step.map(|(_, status)| status);
        Ok(SyncOutcome { registration, asked, blockers, token: token.or(header_token) })
    }

    async fn record(
        &self,
        id: &RegistrationId,
        evidence: Evidence,
        _caller: &Caller,
    ) -> Result<Registration, BackendError> {
        let body = serde_json::to_value(&evidence).map_err(|error| {
            BackendError::new(
                ErrorKind::Invalid { field: None },
                format!("The evidence cannot be written as JSON: {error}."),
            )
        })?;
        let call = calls::write(Method::POST, self.registration_url(id, &["evidence"]), body, "record the evidence");
        match self.send_for(id, &call).await {
            // The answer may be to a person's token, which does not read everything.
            Ok(_) => self.read_again(id, "recording").await,
            Err(error) if is_route_missing(&error) => {
                // Some services say the same of a record that is missing: then reading it fails as well.
                self.read(id).await?;
                self.memory.learn_takes_no_evidence();
                let what = "take the outcome of a step: the service does its own checks on images";
                Err(BackendError { http_status: error.http_status, ..BackendError::unsupported(what) })
            }
            Err(error) => Err(error),
        }
    }

    async fn resend(
        &self,
        id: &RegistrationId,
        request: ResendRequest,
        _caller: &Caller,
    ) -> Result<ResentLink, BackendError> {
        let url = self.registration_url(id, &["resend-link"]);
        let call = calls::write(Method::POST, url, calls::resend_body(&request), "send the link");
        let answer = self.send(&call).await?;
        let said = wire::decode_resent(answer.body).map_err(|error| unreadable(&error))?;
        self.memory.keep_token(id, said.token.as_ref());
        let registration = self.read_again(id, "resend").await?;
        let email_sent = said.email_sent.filter(|_| request.send_email);
        Ok(ResentLink { registration, token: said.token, link: said.link, expires_at: said.expires_at, email_sent })
    }

    async fn send_code(
        &self,
        id: &RegistrationId,
        channel: Channel,
        _caller: &Caller,
    ) -> Result<Registration, BackendError> {
        let registration = self.read(id).await?;
        let url = self.address.at(&["v2", validations(channel), "app-registration"]);
        let body = calls::send_code_body(&registration, channel);
        self.send_for(id, &calls::write(Method::POST, url, body, "send the code")).await?;
        self.read_again(id, "sending").await
    }

    async fn enter_code(
        &self,
        id: &RegistrationId,
        channel: Channel,
        code: SecretString,
        _caller: &Caller,
    ) -> Result<Registration, BackendError> {
        let registration = self.read(id).await?;
        let mut segments = vec!["v2", validations(channel)];
        // The service wants the id of an e-mail's validation in the path, and none for a phone's.
        segments.extend(Self::code_id(&registration, channel).filter(|_| channel == Channel::Email));
        let body = calls::enter_code_body(&registration, channel, code.expose_secret());
        self.send_for(id, &calls::write(Method::PUT, self.address.at(&segments), body, "take the code")).await?;
        self.read_again(id, "validation").await
    }

    async fn annotate(
        &self,
        id: &RegistrationId,
        annotation: Annotation,
        caller: &Caller,
    ) -> Result<Registration, BackendError> {
        // Whether there is such a registration, and who keeps what is said about it.
        let registration = self.read(id).await?;
        if self.memory.keeps_annotations() {
            let url = self.registration_url(id, &["annotations"]);
            let body = calls::annotation_body(&annotation, caller);
            return match self.send(&calls::write(Method::POST, url, body, "the annotation")).await {
                Ok(answer) => self.registration_in(answer.body).await,
                // Dates within messages are masked, as birth dates would be; so who has it since when is read.
                Err(error) => match self.read(id).await {
                    Ok(found) => match annotation.check(&found.desk, caller, self.clock.now()) {
                        Err(objection) => Err(objection.into()),
                        Ok(()) => Err(error),
                    },
                    Err(_) => Err(error),
                },
            };
        }
        let desk = self.notes.annotate(id, annotation, caller, self.clock.now()).await?;
        Ok(Registration { desk, ..registration })
    }

    async fn projects(&self) -> Result<Vec<Project>, BackendError> {
        let items = self.project_items().await?;
        Ok(items.iter().filter_map(|item| wire::decode_project(item).ok()).collect())
    }

    async fn flows(&self) -> Result<Vec<Flow>, BackendError> {
        let onboarding = [("type", "onboarding".to_owned())];
        match self.all(&["v2", "project-flows"], &onboarding).await {
            Ok(items) if !items.is_empty() => {
                Ok(items.iter().filter_map(|item| wire::decode_flow(item).ok()).collect())
            }
            Err(error) if !is_route_missing(&error) => Err(error),
            _ => Ok(self.project_items().await?.iter().flat_map(wire::decode_flows_of_project).collect()),
        }
    }

    async fn token_scope(&self, _token: &SecretString) -> Result<Option<TokenScope>, BackendError> {
        Ok(None)
    }

    async fn signed_in_until(&self) -> Option<Timestamp> {
        expiry_of(&self.token.get().await.ok()?)
    }

    fn changes(&self) -> Option<broadcast::Receiver<RegistrationId>> {
        Some(self.changes.subscribe())
    }
}
