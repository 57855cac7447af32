//! What every backend does, done by asking the remote.

use async_trait::async_trait;
use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::broadcast;

use super::{Remote, is_route_missing, unreadable};
use crate::{
    backend::{
        Annotation, Backend, BackendError, Caller, Capabilities, Channel, CreateRequest, Created, ErrorKind,
        ListRequest, Page, ResendRequest, ResentLink, SyncOutcome, SyncRequest, TokenScope,
    },
    model::{Evidence, Flow, Project, Registration, RegistrationId, Timestamp},
    remote::{calls, expiry::expiry_of},
    wire,
};

/// The route of a channel's validations.
fn validations(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "email-validations",
        Channel::Phone => "phone-validations",
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
        segments.extend(code_id(&registration, channel).filter(|_| channel == Channel::Email));
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
