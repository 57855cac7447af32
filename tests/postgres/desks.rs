//! Engines that share a database, each with connections of its own, as programs on two machines would.

use regdesk::{
    backend::{Annotation, Backend, BackendError, Caller, Clock, CreateRequest, HookedProjects},
    engine::{DatabaseLogin, Engine, check_shared},
    model::{Contact, Registration, RegistrationId},
};
use tempfile::TempDir;

use crate::{
    program::{Desk, FLOW, PROJECT},
    server::PASSWORD,
};

pub struct Desks {
    pub engines: [Engine; 2],
    pub login: DatabaseLogin,
    _outbox: TempDir,
}

impl Desks {
    pub fn over(login: DatabaseLogin) -> Self {
        let outbox = TempDir::new().unwrap();
        let open = || Engine::connect(&login, outbox.path(), Clock::system(), HookedProjects::default()).unwrap();
        Self { engines: [open(), open()], login, _outbox: outbox }
    }

    /// A new registration, made at the first desk.
    pub async fn create(&self, name: &str) -> Registration {
        self.engines[0].create(someone(name), &Caller::operator()).await.unwrap().registration
    }

    pub async fn read(&self, id: &RegistrationId) -> Registration {
        self.engines[0].retrieve(id, &Caller::operator()).await.unwrap()
    }

    /// Every registration is what its events lead to, and found by everything that it is looked for by.
    #[track_caller]
    pub fn assert_whole(&self) {
        let mistakes = check_shared(&self.login).unwrap().mistakes;
        assert!(mistakes.is_empty(), "{mistakes:?}");
    }
}

/// A desk of the real program on a machine of its own, over a database.
pub fn program_over(login: &DatabaseLogin) -> Desk {
    let url = format!("postgres://{}@{}:{}/{}", login.user, login.host, login.port, login.name);
    Desk::sharing(&url, PASSWORD)
}

pub fn someone(name: &str) -> CreateRequest {
    CreateRequest {
        project: PROJECT.to_owned(),
        flow: FLOW.to_owned(),
        user_id: None,
        contact: Contact { email: Some(format!("{name}@example.com").into()), ..Contact::default() },
    }
}

/// Writes something down about a registration.
pub async fn note(engine: &Engine, id: &RegistrationId, text: &str) -> Result<Registration, BackendError> {
    engine.annotate(id, Annotation::Note { text: text.into() }, &Caller::operator().named("ana")).await
}
