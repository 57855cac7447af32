//! No command: the console on the profile in use.

use super::{Desk, Failure, Session, configuration};
use crate::{
    app,
    config::UiSettings,
    keys::Override,
    runtime::{self, Options},
    triage::Reasons,
    ui::Theme,
};

/// How the user wants the console.
pub struct Look {
    /// The user's keys, checked.
    pub keys: Vec<Override>,
    /// Colours.
    pub theme: Theme,
    /// Whether to listen to the mouse.
    pub mouse: bool,
    /// Why a person may decide as they do.
    pub reasons: Reasons,
}

impl Look {
    /// As configured.
    pub fn of(session: &Session) -> Result<Self, Failure> {
        let UiSettings { theme, mouse } = session.config.ui;
        let theme = Theme::named(theme, session.color)
            .ok_or_else(|| Failure::Usage(format!("there is no theme `{theme}`; see `regdesk config check`")))?;
        let reasons = session.config.reasons.clone();
        Ok(Self { keys: configuration::keys(&session.config)?, theme, mouse, reasons })
    }
}

/// Opens the console on the profile in use.
pub async fn run(session: &Session) -> Result<(), Failure> {
    let look = Look::of(session)?;
    open(session.desk()?, look).await
}

/// Opens the console on a desk; returns once the user leaves.
pub async fn open(desk: Desk, look: Look) -> Result<(), Failure> {
    let profile = app::Profile {
        name: desk.profile.name,
        backend: desk.backend.name(),
        read_only: desk.profile.read_only,
        production: desk.profile.production,
        announces_changes: desk.backend.capabilities().changes,
    };
    let options = Options {
        backend: desk.backend,
        operator: desk.operator,
        clock: desk.clock,
        profile,
        policy: desk.policy,
        keys: look.keys,
        theme: look.theme,
        mouse: look.mouse,
        reasons: look.reasons,
    };
    Ok(runtime::run(options).await?)
}
