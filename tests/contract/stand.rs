//! What the behaviours are held against: a backend as the console would have it.

use std::sync::Arc;

use regdesk::backend::Backend;

use crate::{desk::Desk, endpoint::Endpoint};

/// A backend under test, and what must live as long as it.
pub struct Stand {
    pub backend: Arc<dyn Backend>,
    pub project: String,
    pub flow: String,
    _desk: Desk,
    _endpoint: Option<Endpoint>,
}

impl Stand {
    pub async fn engine() -> Self {
        Self::of(Desk::engine().await)
    }

    pub async fn fake() -> Self {
        Self::of(Desk::fake().await.1)
    }

    fn of(desk: Desk) -> Self {
        let backend = Arc::clone(&desk.backend);
        Self { backend, project: desk.project.clone(), flow: desk.flow.clone(), _desk: desk, _endpoint: None }
    }
}
