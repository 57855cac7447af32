//! A console without terminal or backend: keys go in, effects are answered from data at once.

#![allow(clippy::unwrap_used)]

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use chrono::{DateTime, Duration, Utc};

use super::{
    Effect, Message, Model, Profile, RequestId, Room,
    effect::{ExportStep, NotWritten},
    reading::Reader,
    update,
};
use crate::{
    backend::{
        Annotation, BackendError, Created, ErrorKind, ListRequest, Mirror, Page, ResendRequest, ResentLink,
        SyncOutcome, SyncRequest, SyncStep,
    },
    keys::Key,
    model::{Flow, Personal, Project, Registration, RegistrationId, Review, Seen, Status, StepKind, Timestamp},
};

/// The time at which tests happen.
pub(crate) fn noon() -> Timestamp {
    DateTime::<Utc>::from_timestamp(1_780_315_200, 0).unwrap()
}

/// A registration with a number for an id, created so many hours before noon.
pub(crate) fn registration(number: u32, name: &str, status: Status, hours: i64) -> Registration {
    let created = noon() - Duration::hours(hours);
    let mut registration = Registration::new(RegistrationId::new(format!("reg_{number}")), created);
    registration.status = status;
    registration.project.id = "project".to_owned();
    registration.project.name = Some("Retail".to_owned());
    registration.flow.id = "flow".to_owned();
    registration.contact.full_name = Some(Personal::new(name));
    registration.contact.email = Some(Personal::new(format!("person{number}@example.com")));
    registration.current_step = Some(StepKind::PersonalInfo);
    registration.version = 1;
    crate::model::timeline::derive(&mut registration);
    registration
}

/// A console over data.
pub(crate) struct Console {
    /// The console's state.
    pub(crate) model: Model,
    /// What the backend holds.
    pub(crate) data: Vec<Registration>,
    /// Answers to the next creates and syncs, before they succeed.
    pub(crate) refusals: VecDeque<BackendError>,
    /// Syncs of these ids fail.
    pub(crate) failing: Vec<RegistrationId>,
    /// The answer to the next sync gets lost; whether it arrived all the same.
    pub(crate) lost: Option<bool>,
    /// Answers are held back in `held` until released.
    pub(crate) hold: bool,
    /// Effects not answered yet.
    pub(crate) held: Vec<Effect>,
    /// Text put on the clipboard.
    pub(crate) copied: Vec<secrecy::SecretString>,
    /// Files that were written.
    pub(crate) files: Files,
    /// What was handed to the pager or the editor.
    pub(crate) read: Vec<(Reader, secrecy::SecretString)>,
    /// How many syncs were sent.
    pub(crate) syncs: usize,
    /// What was last to be kept for the next run.
    pub(crate) kept: Option<crate::app::Kept>,
    /// How many registrations the last mirror on disk has.
    pub(crate) mirrored: usize,
    /// The console was left.
    pub(crate) left: bool,
    /// The time.
    pub(crate) now: Timestamp,
}

impl Console {
    /// A console that has read everything.
    pub(crate) fn open(data: Vec<Registration>) -> Self {
        Self::of(data, None)
    }

    /// The same, of somebody with a name.
    pub(crate) fn open_as(data: Vec<Registration>, operator: &str) -> Self {
        Self::of(data, Some(operator.to_owned()))
    }

    fn of(data: Vec<Registration>, operator: Option<String>) -> Self {
        let profile = Profile {
            name: "local".to_owned(),
            backend: "embedded".to_owned(),
            role: crate::model::Role::default(),
            read_only: false,
            production: false,
            mirror: Mirror::default(),
            announces_changes: true,
            at_hand: true,
        };
        let mut console = Self {
            model: Model::new(profile, &[], noon()).unwrap().judging_by(Arc::default(), operator),
            data,
            refusals: VecDeque::new(),
            failing: Vec::new(),
            lost: None,
            hold: false,
            held: Vec::new(),
            copied: Vec::new(),
            files: Files::default(),
            read: Vec::new(),
            syncs: 0,
            kept: None,
            mirrored: 0,
            left: false,
            now: noon(),
        };
        console.send(Message::Measured(Room { list_rows: 20, page_rows: 20, scroll_max: 0, is_none: false }));
        console.send(Message::Start);
        console
    }

    /// Sends a message and answers what comes of it.
    pub(crate) fn send(&mut self, message: Message) {
        let mut messages = VecDeque::from([message]);
        while let Some(message) = messages.pop_front() {
            for effect in update(&mut self.model, message, self.now) {
                if self.hold { self.held.push(effect) } else { messages.extend(self.answer(effect)) }
            }
        }
    }

    /// Answers what was held back, oldest first or newest first.
    pub(crate) fn release(&mut self, newest_first: bool) {
        let mut held = std::mem::take(&mut self.held);
        if newest_first {
            held.reverse();
        }
        for effect in held {
            self.answer(effect).into_iter().for_each(|answer| self.send(answer));
        }
    }

    /// Types keys: characters as they are, others in angle brackets, for example `jj<enter>`.
    pub(crate) fn keys(&mut self, script: &str) {
        let mut rest = script;
        while let Some(first) = rest.chars().next() {
            let named = rest.strip_prefix('<').and_then(|rest| rest.split_once('>'));
            let key = if let Some((name, after)) = named {
                rest = after;
                Key::parse(name).unwrap()
            } else {
                rest = &rest[first.len_utf8()..];
                Key::char(first)
            };
            self.send(Message::Key(key));
        }
    }

    /// The registrations that are listed, in order.
    pub(crate) fn listed(&self) -> Vec<RegistrationId> {
        self.model.queue.list().ids(&self.model.index)
    }

    /// The selected registration's id.
    pub(crate) fn selected(&self) -> Option<&str> {
        self.model.queue.selected().map(RegistrationId::as_str)
    }

    /// What an effect is answered with, if it is.
    fn answer(&mut self, effect: Effect) -> Option<Message> {
        Some(match effect {
            Effect::List(request, list) => Message::Listed(request, Ok(self.page(&list))),
            Effect::Index(request, mut index, now) => {
                index.fill(self.data.clone(), now);
                index.judge_all(now);
                Message::Indexed(request, Ok(index))
            }
            Effect::Retrieve(request, id) | Effect::Open(request, id) => {
                let found = self.data.iter().find(|registration| registration.id == id).cloned();
                Message::Retrieved(request, id.clone(), found.ok_or_else(|| BackendError::no_registration(&id)))
            }
            Effect::Catalogue(request) => Message::Catalogue(request, Ok(catalogue())),
            Effect::Create(request, create) => Message::Created(
                request,
                if let Some(error) = self.refusals.pop_front() {
                    Err(error)
                } else {
                    let number = 1000 + self.data.len() as u32;
                    let mut created = registration(number, "", Status::Started, 0);
                    created.contact = create.contact;
                    self.data.push(created.clone());
                    Ok(Created { registration: created, token: Some("secret-token".into()) })
                },
            ),
            Effect::Sync(request, id, sync, seen) => {
                let answer = self.sync(&id, &sync, &seen);
                Message::Synced(request, id, answer)
            }
            Effect::Resend(request, id, resend) => Message::Resent(request, self.resend(&id, &resend)),
            Effect::Annotate(request, id, annotation) => {
                let answer = self.annotate(&id, &annotation);
                Message::Annotated(request, id, answer)
            }
            Effect::Export(request, step) => match self.files.take(request, step) {
                Some(answer) => Message::Exported(request, answer),
                None => return None,
            },
            Effect::Read(reader, text) => {
                self.read.push((reader, text));
                Message::Read(Ok(false))
            }
            Effect::Copy(text) => {
                self.copied.push(text);
                Message::Copied(Ok(()))
            }
            Effect::Keep(kept) => {
                self.kept = Some(*kept);
                return None;
            }
            Effect::Mirror(rows) => {
                self.mirrored = rows.len();
                return None;
            }
            Effect::Quit => {
                self.left = true;
                return None;
            }
            Effect::Timer(..) | Effect::Suspend | Effect::Mouse(_) | Effect::Discard(_) => return None,
        })
    }

    fn resend(&mut self, id: &RegistrationId, resend: &ResendRequest) -> Result<ResentLink, BackendError> {
        if let Some(error) = self.refusals.pop_front() {
            return Err(error);
        }
        let registration = self.data.iter_mut().find(|registration| &registration.id == id).unwrap();
        registration.link_resends += 1;
        registration.version += 1;
        Ok(ResentLink {
            registration: registration.clone(),
            token: Some("secret-token".into()),
            link: Some("https://example.com/secret-link".into()),
            expires_at: Some(noon() + Duration::minutes(30)),
            email_sent: resend.send_email.then_some(true),
        })
    }

    fn annotate(&mut self, id: &RegistrationId, annotation: &Annotation) -> Result<Registration, BackendError> {
        if let Some(error) = self.refusals.pop_front() {
            return Err(error);
        }
        let registration = self.data.iter_mut().find(|registration| registration.id == *id).unwrap();
        annotation.apply(&mut registration.desk, "desk", self.now);
        Ok(registration.clone())
    }

    fn sync(&mut self, id: &RegistrationId, sync: &SyncRequest, seen: &Seen) -> Result<SyncOutcome, BackendError> {
        self.syncs += 1;
        if let Some(error) = self.refusals.pop_front() {
            return Err(error);
        }
        if self.failing.contains(id) {
            return Err(BackendError::new(ErrorKind::Unreachable, "The remote does not answer."));
        }
        let no_answer = || BackendError::new(ErrorKind::TimedOut, "No answer in time.");
        let lost = self.lost.take();
        if lost == Some(false) {
            return Err(no_answer());
        }
        let registration = self
            .data
            .iter_mut()
            .find(|registration| &registration.id == id)
            .ok_or_else(|| BackendError::no_registration(id))?;
        if !seen.is_still(registration) {
            return Err(BackendError::new(ErrorKind::Conflict, "The registration has moved on."));
        }
        let asked = sync.step.as_ref().map(|(_, status)| status.clone());
        let before = std::mem::replace(&mut registration.status, Status::Ongoing);
        if let Some((SyncStep::AdminOverride, status)) = &sync.step {
            registration.status = status.clone();
            registration.reviews.push(Review::noted(before, status.clone(), sync.note.as_deref()));
        }
        registration.version += 1;
        if lost.is_some() {
            return Err(no_answer());
        }
        Ok(SyncOutcome { registration: registration.clone(), asked, blockers: Vec::new(), token: None })
    }

    fn page(&self, list: &ListRequest) -> Page {
        let limit = list.limit as usize;
        let registrations =
            self.data.iter().skip((list.page as usize - 1) * limit).take(limit).cloned().collect::<Vec<_>>();
        Page {
            registrations,
            total: Some(self.data.len() as u64),
            page: list.page,
            pages: Some(self.data.len().div_ceil(limit) as u32),
            refused: Vec::new(),
        }
    }
}

/// A place to write files to, without a disk.
#[derive(Default)]
pub(crate) struct Files {
    /// Files that are whole, by name.
    pub(crate) whole: HashMap<String, String>,
    /// Files that are being written.
    pub(crate) open: HashMap<RequestId, (String, String)>,
    /// The next rows do not fit any more.
    pub(crate) full: bool,
}

impl Files {
    fn take(&mut self, request: RequestId, step: ExportStep) -> Option<Result<(), NotWritten>> {
        match step {
            ExportStep::Open { path, replace, .. } if !replace && self.whole.contains_key(&path) => {
                return Some(Err(NotWritten::Exists));
            }
            ExportStep::Open { path, head, .. } => {
                self.open.insert(request, (path, head));
            }
            ExportStep::Rows { .. } if self.full => {
                return Some(Err(NotWritten::Other("the disk is full".to_owned())));
            }
            ExportStep::Rows { file, text } => {
                self.open.get_mut(&file).unwrap().1.push_str(secrecy::ExposeSecret::expose_secret(&text));
            }
            ExportStep::Finish { file } => self.whole.extend(self.open.remove(&file)),
            ExportStep::Abandon { file } => {
                self.open.remove(&file);
                return None;
            }
        }
        Some(Ok(()))
    }
}

fn catalogue() -> (Vec<Project>, Vec<Flow>) {
    let project = |id: &str, name: &str| Project { id: id.to_owned(), name: name.to_owned(), ..Project::default() };
    let flow = |id: &str, project: &str, name: &str| Flow {
        id: id.to_owned(),
        project_id: project.to_owned(),
        name: name.to_owned(),
        ..Flow::default()
    };
    (
        vec![project("project", "Retail"), project("market", "Marketplace")],
        vec![flow("flow", "project", "Full"), flow("light", "project", "Light"), flow("sellers", "market", "Sellers")],
    )
}
