//! The engine as a [`Backend`].

use std::collections::HashSet;

use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::broadcast;

use super::core::{self, Access, Command, Create, Digest, Event, Fact, Origin, State, Sync};
use super::embedded::{Engine, Inner};
use super::outbox::Message;
use super::secrets;
use crate::backend::{
    Annotation, Annotations, Backend, BackendError, Caller, CallerKind, Capabilities, Channel, CreateRequest, Created,
    ErrorKind, Feed, FeedPosition, HookQueue, ListRequest, Order, Page, ResendRequest, ResentLink, SyncOutcome,
    SyncRequest, SyncStep, TokenScope,
};
use crate::model::{Evidence, Flow, Project, Registration, RegistrationId, StepKind, Timestamp};

/// Where a resent link leads. No such page exists: the engine serves no enrollment page.
const LINK_BASE: &str = "https://enroll.example.com/sign-up";

#[async_trait]
impl Backend for Engine {
    fn name(&self) -> String {
        "embedded".to_owned()
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { record: true, resend: true, decide: true, changes: true, annotations: Annotations::Kept }
    }

    async fn list(&self, request: ListRequest) -> Result<Page, BackendError> {
        check_page(&request)?;
        self.blocking(move |inner| {
            let (registrations, total) = page(inner, &request)?;
            let pages = u32::try_from(total.div_ceil(u64::from(request.limit))).unwrap_or(u32::MAX);
            Ok(Page { registrations, total: Some(total), page: request.page, pages: Some(pages), refused: Vec::new() })
        })
        .await
    }

    async fn retrieve(&self, id: &RegistrationId, caller: &Caller) -> Result<Registration, BackendError> {
        let (id, caller) = (id.clone(), caller.clone());
        self.blocking(move |inner| retrieve(inner, &id, &caller)).await
    }

    async fn create(&self, request: CreateRequest, caller: &Caller) -> Result<Created, BackendError> {
        let caller = caller.clone();
        self.blocking(move |inner| create(inner, request, &caller)).await
    }

    async fn sync(
        &self,
        id: &RegistrationId,
        request: SyncRequest,
        caller: &Caller,
    ) -> Result<SyncOutcome, BackendError> {
        let (id, caller) = (id.clone(), caller.clone());
        self.blocking(move |inner| sync(inner, &id, request, &caller)).await
    }

    async fn record(
        &self,
        id: &RegistrationId,
        evidence: Evidence,
        caller: &Caller,
    ) -> Result<Registration, BackendError> {
        let command = Command::Record { evidence, origin: Origin::from(caller) };
        self.execute_at(id, command, caller, self.inner().clock.now()).await
    }

    async fn resend(
        &self,
        id: &RegistrationId,
        request: ResendRequest,
        caller: &Caller,
    ) -> Result<ResentLink, BackendError> {
        let (id, caller) = (id.clone(), caller.clone());
        self.blocking(move |inner| resend(inner, &id, &request, &caller)).await
    }

    async fn send_code(
        &self,
        id: &RegistrationId,
        channel: Channel,
        caller: &Caller,
    ) -> Result<Registration, BackendError> {
        let (id, caller) = (id.clone(), caller.clone());
        self.blocking(move |inner| send_code(inner, &id, channel, &caller)).await
    }

    async fn enter_code(
        &self,
        id: &RegistrationId,
        channel: Channel,
        code: SecretString,
        caller: &Caller,
    ) -> Result<Registration, BackendError> {
        let command = Command::EnterCode { channel, code: Digest::of_code(id, channel, code.expose_secret()) };
        self.execute_at(id, command, caller, self.inner().clock.now()).await
    }

    async fn annotate(
        &self,
        id: &RegistrationId,
        annotation: Annotation,
        caller: &Caller,
    ) -> Result<Registration, BackendError> {
        if annotation == Annotation::Claim {
            // Whoever is gone claims nothing any more.
            self.blocking(Inner::end_lapsed).await?;
        }
        let command = Command::Annotate { annotation, by: caller.clone() };
        self.execute_at(id, command, caller, self.inner().clock.now()).await
    }

    async fn projects(&self) -> Result<Vec<Project>, BackendError> {
        Ok(self.inner().store.projects().to_vec())
    }

    async fn flows(&self) -> Result<Vec<Flow>, BackendError> {
        Ok(self.inner().store.flows().to_vec())
    }

    async fn token_scope(&self, token: &SecretString) -> Result<Option<TokenScope>, BackendError> {
        let token = Digest::of_token(token.expose_secret());
        self.blocking(move |inner| {
            let owner = inner.store.token_owner(&token)?;
            Ok(owner.and_then(|state| scope(&state, &token, inner.clock.now())))
        })
        .await
    }

    fn hooks(&self) -> Option<&dyn HookQueue> {
        Some(self)
    }

    fn feed(&self) -> Option<&dyn Feed> {
        Some(self)
    }

    fn revision(&self) -> Option<u64> {
        self.inner().store.revision()
    }

    fn changes(&self) -> Option<broadcast::Receiver<RegistrationId>> {
        Some(self.subscribe())
    }
}

#[async_trait]
impl Feed for Engine {
    async fn position(&self) -> Result<FeedPosition, BackendError> {
        self.blocking(|inner| Ok(inner.store.feed_position()?)).await
    }

    async fn since(
        &self,
        position: FeedPosition,
        most: usize,
    ) -> Result<Option<(Vec<RegistrationId>, FeedPosition)>, BackendError> {
        self.blocking(move |inner| {
            // What has run out meanwhile has changed.
            inner.end_overdue()?;
            Ok(inner.store.changed_since(position, most)?)
        })
        .await
    }

    fn stored(&self, id: &RegistrationId) -> Result<Option<Registration>, BackendError> {
        if !self.inner().store.is_at_hand() {
            return Err(BackendError::unsupported("look registrations up in passing"));
        }
        Ok(self.inner().store.load(id)?.map(|state| *state.registration))
    }
}

fn check_page(request: &ListRequest) -> Result<(), BackendError> {
    let wrong = |field, message: String| Err(BackendError::invalid(field, message).with_code("MissingParameter"));
    if request.page == 0 {
        return wrong("page", "Invalid parameter: page counts from 1".to_owned());
    }
    if !(1..=ListRequest::MAX_LIMIT).contains(&request.limit) {
        let most = ListRequest::MAX_LIMIT;
        return wrong("limit", format!("Invalid parameter: limit must be between 1 and {most}"));
    }
    Ok(())
}

/// The rows of a page, and how many there are in all. A list must not say otherwise than reading each of its rows would;
/// but after a long night very many are overdue, and whoever looks at one page is not to wait for all of them.
fn page(inner: &Inner, request: &ListRequest) -> Result<(Vec<Registration>, u64), BackendError> {
    let now = inner.clock.now();
    let mut overdue = inner.store.overdue(now)?;
    let stays_where_it_is = request.statuses.is_empty() && request.order == Order::Created;
    if stays_where_it_is && !overdue.is_empty() {
        let overdue_ids: HashSet<RegistrationId> = overdue.into_iter().collect();
        let (registrations, total) = inner.store.page(request)?;
        let ids = registrations.iter().map(|registration| &registration.id);
        overdue = ids.filter(|id| overdue_ids.contains(*id)).cloned().collect();
        if overdue.is_empty() {
            return Ok((registrations, total));
        }
    }
    inner.end(&overdue, now)?;
    Ok(inner.store.page(request)?)
}

/// Reads a registration. Only outsiders leave a note in the access log: the console looks too often for that.
fn retrieve(inner: &Inner, id: &RegistrationId, caller: &Caller) -> Result<Registration, BackendError> {
    let now = inner.clock.now();
    let load = || inner.store.load(id)?.ok_or_else(|| BackendError::no_registration(id));
    let state = load()?;
    let outsider = matches!(caller.kind, CallerKind::Client | CallerKind::Enrollee);
    if state.is_overdue(now) && !outsider {
        inner.end(std::slice::from_ref(id), now)?;
        return Ok(*load()?.registration);
    }
    if !outsider {
        return Ok(*state.registration);
    }
    let note = Access { actor: caller.kind, ip: caller.ip.clone(), action: "retrieve".to_owned(), denied: None };
    Ok(*inner.execute(id, &Command::NoteAccess(note), caller, now)?.0.registration)
}

fn create(inner: &Inner, request: CreateRequest, caller: &Caller) -> Result<Created, BackendError> {
    let now = inner.clock.now();
    let (project, flow) = chosen(inner, &request)?;
    let id = RegistrationId::new(secrets::id(now)?);
    let user_id = match request.user_id {
        Some(user_id) if !user_id.trim().is_empty() => user_id,
        _ => secrets::id(now)?,
    };
    let token = secrets::token()?;
    let command = Command::Create(Box::new(Create {
        id: id.clone(),
        user_id,
        project,
        flow,
        contact: request.contact,
        taken: None,
        token: Some(Digest::of_token(token.expose_secret())),
        origin: Origin::from(caller),
    }));
    let (state, _) = inner.execute(&id, &command, caller, now)?;
    Ok(Created { registration: *state.registration, token: Some(token) })
}

/// The project and flow that a request names.
fn chosen(inner: &Inner, request: &CreateRequest) -> Result<(Project, Flow), BackendError> {
    for (field, value) in [("project", &request.project), ("flow", &request.flow)] {
        if value.trim().is_empty() {
            return Err(BackendError::invalid(field, format!("missing {field}")).with_code("MissingParameter"));
        }
    }
    let unknown = |what: &str, id: &str, code: &str| {
        BackendError::new(ErrorKind::NotFound, format!("There is no {what} {id}. List them with `regdesk {what}s`."))
            .with_code(code)
    };
    let project = inner.store.projects().iter().find(|project| project.id == request.project);
    let project = project.ok_or_else(|| unknown("project", &request.project, "project_not_found"))?;
    let flow = inner.store.flows().iter().find(|flow| flow.id == request.flow);
    let flow = flow.ok_or_else(|| unknown("flow", &request.flow, "projectFlow_not_found"))?;
    Ok((project.clone(), flow.clone()))
}

fn sync(
    inner: &Inner,
    id: &RegistrationId,
    request: SyncRequest,
    caller: &Caller,
) -> Result<SyncOutcome, BackendError> {
    let now = inner.clock.now();
    let closes = matches!(&request.step, Some((SyncStep::SkipKyc | SyncStep::Flow(StepKind::End), _)));
    let token = if closes { Some(secrets::token()?) } else { None };
    let asked = request.step.as_ref().map(|(_, status)| status.clone());
    let command = Command::Sync(Sync {
        step: request.step,
        note: request.note,
        seen_version: request.seen_version,
        by: caller.kind,
        token: token.as_ref().map(|token| Digest::of_token(token.expose_secret())),
    });
    let (state, events) = inner.execute(id, &command, caller, now)?;
    let blockers = core::completeness(&state.registration).blockers;
    let token = token.filter(|_| issued(&events).is_some());
    Ok(SyncOutcome { registration: *state.registration, asked, blockers, token })
}

fn resend(
    inner: &Inner,
    id: &RegistrationId,
    request: &ResendRequest,
    caller: &Caller,
) -> Result<ResentLink, BackendError> {
    let now = inner.clock.now();
    let token = secrets::token()?;
    let command = Command::Resend { token: Digest::of_token(token.expose_secret()), send_email: request.send_email };
    let (state, events) = inner.execute(id, &command, caller, now)?;
    let registration = *state.registration;
    let link: SecretString = format!("{LINK_BASE}/{}?token={}", registration.project.id, token.expose_secret()).into();
    let mut email_sent = None;
    if let Some(to) = registration.contact.email.clone().filter(|_| request.send_email) {
        let secret = link.clone();
        inner.outbox.put(&Message { at: now, registration: id.clone(), channel: "email", to, kind: "link", secret })?;
        email_sent = Some(true);
    }
    Ok(ResentLink { registration, token: Some(token), link: Some(link), expires_at: issued(&events), email_sent })
}

fn send_code(
    inner: &Inner,
    id: &RegistrationId,
    channel: Channel,
    caller: &Caller,
) -> Result<Registration, BackendError> {
    let now = inner.clock.now();
    let code = secrets::code()?;
    let command = Command::SendCode {
        channel,
        code: Digest::of_code(id, channel, code.expose_secret()),
        origin: Origin::from(caller),
    };
    let (state, _) = inner.execute(id, &command, caller, now)?;
    let contact = &state.registration.contact;
    let to = match channel {
        Channel::Email => contact.email.clone(),
        Channel::Phone => contact
            .phone
            .as_ref()
            .map(|phone| format!("{}{}", contact.country_code.as_deref().unwrap_or_default(), phone.reveal()).into()),
    };
    inner.outbox.put(&Message {
        at: now,
        registration: id.clone(),
        channel: channel.as_str(),
        to: to.unwrap_or_default(),
        kind: "code",
        secret: code,
    })?;
    Ok(*state.registration)
}

/// When the token that was just handed out dies; `None` if none was.
fn issued(events: &[Event]) -> Option<Timestamp> {
    events.iter().find_map(|event| match event.fact {
        Fact::TokenIssued { expires_at, .. } => Some(expires_at),
        _ => None,
    })
}

fn scope(state: &State, token: &Digest, now: Timestamp) -> Option<TokenScope> {
    let issued = state.tokens.iter().find(|issued| issued.token == *token)?;
    Some(TokenScope {
        registration: state.registration.id.clone(),
        kind: issued.kind,
        expires_at: issued.expires_at,
        expired: issued.expires_at <= now,
    })
}
