//! What the fake holds, and the simple rules it keeps when no script says otherwise.

use crate::{
    backend::{
        Annotation, BackendError, Blocker, Caller, CreateRequest, ErrorKind, ListRequest, Order, Page, SyncOutcome,
        SyncRequest, SyncStep,
    },
    model::{
        Flow, FlowRef, Moment, Project, ProjectRef, Registration, RegistrationId, Requirement, Review, Status, Step,
        StepKind, Timestamp, timeline,
    },
};

#[derive(Default)]
pub(super) struct Memory {
    registrations: Vec<Registration>,
    pub(super) projects: Vec<Project>,
    pub(super) flows: Vec<Flow>,
    created: u64,
}

impl Memory {
    pub(super) fn new(projects: Vec<Project>, flows: Vec<Flow>) -> Self {
        Self { projects, flows, ..Self::default() }
    }

    pub(super) fn put(&mut self, registration: Registration) {
        self.registrations.retain(|known| known.id != registration.id);
        self.registrations.push(registration);
    }

    pub(super) fn get(&mut self, id: &RegistrationId) -> Result<&mut Registration, BackendError> {
        let found = self.registrations.iter_mut().find(|registration| &registration.id == id);
        found.ok_or_else(|| BackendError::no_registration(id))
    }

    pub(super) fn page(&self, request: &ListRequest) -> Result<Page, BackendError> {
        if request.page == 0 {
            return Err(BackendError::invalid("page", "Pages count from 1."));
        }
        if !(1..=ListRequest::MAX_LIMIT).contains(&request.limit) {
            return Err(BackendError::invalid("limit", "A page has 1 to 100 rows."));
        }
        let fits = |row: &&Registration| {
            (request.statuses.is_empty() || request.statuses.contains(&row.status))
                && request.project.as_ref().is_none_or(|project| &row.project.id == project)
                && request.flow.as_ref().is_none_or(|flow| &row.flow.id == flow)
        };
        let mut rows: Vec<&Registration> = self.registrations.iter().filter(fits).collect();
        let key = |row: &Registration| match request.order {
            Order::Created => row.created_at,
            Order::Changed => row.updated_at,
        };
        rows.sort_by(|one, other| (key(other), &other.id).cmp(&(key(one), &one.id)));
        let before = (request.page as usize - 1).saturating_mul(request.limit as usize);
        let pages = rows.len().div_ceil(request.limit as usize);
        Ok(Page {
            total: Some(rows.len() as u64),
            registrations: rows.into_iter().skip(before).take(request.limit as usize).cloned().collect(),
            page: request.page,
            pages: u32::try_from(pages).ok(),
            refused: Vec::new(),
        })
    }

    pub(super) fn create(&mut self, request: CreateRequest, now: Moment) -> Result<Registration, BackendError> {
        let contact = &request.contact;
        if contact.email.is_none() && contact.phone.is_none() {
            return Err(BackendError::invalid("email", "Needs an email or a phone at least"));
        }
        if contact.phone.is_some() && contact.country_code.is_none() {
            return Err(BackendError::invalid("country_code", "missing countryCode"));
        }
        let taken = |row: &Registration| contact.email.is_some() && row.contact.email == contact.email;
        if self.registrations.iter().any(taken) {
            let message = "This e-mail address is registered already. Open that registration, or resend its link.";
            return Err(BackendError::new(ErrorKind::Conflict, message).with_code("email_is_registered_already"));
        }
        let project = self.projects.iter().find(|project| project.id == request.project);
        let project = project.ok_or_else(|| BackendError::invalid("project", "There is no such project."))?;
        let flow = self.flows.iter().find(|flow| flow.id == request.flow && flow.project_id == project.id);
        let flow = flow.ok_or_else(|| BackendError::invalid("flow", "The project has no such flow."))?;
        self.created += 1;
        let mut registration = Registration::new(RegistrationId::new(format!("fake{:08}", self.created)), now.at);
        registration.project = ProjectRef::of(project);
        registration.flow = FlowRef {
            id: flow.id.clone(),
            name: Some(flow.name.clone()),
            status: flow.status.clone(),
            settings: Some(flow.settings.clone()),
        };
        registration.user_id = request.user_id;
        registration.contact = request.contact;
        registration.version = 1;
        timeline::derive(&mut registration);
        self.registrations.push(registration.clone());
        Ok(registration)
    }

    pub(super) fn annotate(
        &mut self,
        id: &RegistrationId,
        annotation: &Annotation,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<Registration, BackendError> {
        let registration = self.get(id)?;
        annotation.check(&registration.desk, caller, now)?;
        if annotation.is_news(&registration.desk, caller.who()) {
            annotation.apply(&mut registration.desk, caller.who(), now);
            registration.version += 1;
        }
        Ok(registration.clone())
    }

    pub(super) fn sync(
        &mut self,
        id: &RegistrationId,
        request: SyncRequest,
        now: Moment,
    ) -> Result<SyncOutcome, BackendError> {
        let registration = self.get(id)?;
        if request.seen_version.is_some_and(|seen| seen != registration.version) {
            return Err(BackendError::new(ErrorKind::Conflict, "It has moved since you saw it. Read it again."));
        }
        let asked = request.step.as_ref().map(|(_, status)| status.clone());
        match request.step {
            Some((SyncStep::AdminOverride, to)) => {
                let from = std::mem::replace(&mut registration.status, to.clone());
                let review = Review::noted(from, to, request.note.as_deref());
                registration.reviews.push(Review { at: Some(now.at), ..review });
            }
            Some((SyncStep::Flow(StepKind::Other(_)), _)) => {
                return Err(BackendError::unsupported("sync this step").with_code("step_not_supported"));
            }
            Some((SyncStep::Flow(kind), _)) => registration.current_step = Some(kind),
            Some((SyncStep::SkipKyc, _)) | None => {}
        }
        let blockers = blockers(registration);
        if registration.status.is_open() && registration.reviews.is_empty() {
            registration.status = if blockers.is_empty() { Status::Completed } else { Status::Ongoing };
        }
        registration.completed_at = registration.status.is_final().then_some(registration.completed_at.unwrap_or(now));
        registration.updated_at = now.at;
        registration.version += 1;
        timeline::derive(registration);
        Ok(SyncOutcome { registration: registration.clone(), asked, blockers, token: None })
    }
}

/// The mandatory steps that are not settled.
fn blockers(registration: &Registration) -> Vec<Blocker> {
    let owed = |step: &&Step| {
        step.requirement == Some(Requirement::Mandatory) && !step.state.is_settled() && step.kind != StepKind::End
    };
    let blocker = |step: &Step| Blocker {
        step: step.kind.clone(),
        code: format!("{}_not_passed", step.kind),
        message: format!("{} is owed.", step.kind.label()),
    };
    registration.steps.iter().filter(owed).map(blocker).collect()
}
