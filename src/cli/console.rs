//! No command: the console on the profile in use.

use std::path::PathBuf;

use tokio::{sync::mpsc, task::JoinSet};

use super::{Desk, Failure, Session, configuration, serve::secret};
use crate::{
    app::{self, columns::Column, look},
    backend::Mirror,
    config::{Source, UiSettings},
    index::Views,
    keys::Override,
    runtime::{self, MirrorFile, Options},
    server::{News, Receiver, ReceiverConfig},
    triage::Reasons,
    ui::{Themes, color::Depth, glyphs},
};

/// How the user wants the console.
pub struct Look {
    /// The user's keys, checked.
    pub keys: Vec<Override>,
    /// Whether keys of the desk open a decision, or only its dialog.
    pub decision_keys: bool,
    /// How it looks at the start.
    pub at_start: look::Look,
    /// The themes, for this terminal.
    pub themes: Themes,
    /// The columns of the queue, if the configuration names them.
    pub columns: Option<Vec<Column>>,
    /// Why a person may decide as they do.
    pub reasons: Reasons,
    /// The views of the house.
    pub views: Views,
}

impl Look {
    /// As configured.
    pub fn of(session: &Session) -> Result<Self, Failure> {
        let UiSettings { theme, own, mouse, decision_keys, plain, ascii } = session.config.ui.clone();
        let variable = |name| std::env::var(name).unwrap_or_default();
        let term = variable("TERM");
        let depth = Depth::of_terminal(session.color, &term, &variable("COLORTERM"));
        let at_start = look::Look {
            theme,
            has_own: own.is_some(),
            has_colors: depth != Depth::None,
            background: runtime::background_of_variable(&variable("COLORFGBG")).unwrap_or_default(),
            mouse,
            plain: plain || session.plain,
            ascii: ascii.unwrap_or_else(|| {
                glyphs::wants_ascii(&term, [variable("LC_ALL"), variable("LC_CTYPE"), variable("LANG")])
            }),
        };
        let themes = Themes { depth, own };
        let reasons = session.config.reasons.clone();
        Ok(Self {
            keys: configuration::keys(&session.config)?,
            decision_keys,
            at_start,
            themes,
            columns: session.config.columns.clone(),
            reasons,
            views: session.config.views.clone(),
        })
    }
}

/// Opens the console on the profile in use.
pub async fn run(session: &Session) -> Result<(), Failure> {
    let look = Look::of(session)?;
    let desk = session.desk()?;
    let kept_at = session.kept_at(&desk.profile);
    let mirror_at = session.mirror_at(&desk.profile);
    let _listening = listen(&desk).await?;
    let leasing = desk.lease_claims()?;
    let outcome = open(desk, look, kept_at, mirror_at).await;
    if let Some(leasing) = leasing
        && let Err(error) = leasing.end().await
    {
        // They run out by themselves.
        tracing::warn!(reason = %error.message, "claims could not be given back");
    }
    outcome
}

/// Deliveries that wait to be looked at; a console that is slower makes the service send them again.
const WAITING: usize = 1024;

/// Listens for the webhooks of the remote, if the profile says where: each delivery has its registration read again.
/// Ends when what is returned is dropped.
async fn listen(desk: &Desk) -> Result<Option<JoinSet<()>>, Failure> {
    let (Some(listen), Some(announcer)) = (desk.profile.webhooks.listen, desk.announcer.clone()) else {
        return Ok(None);
    };
    let config = ReceiverConfig { listen, secret: secret(&desk.profile.webhooks).await? };
    let receiver = Receiver::bind(config, desk.clock.clone()).await?;
    let (sender, mut news) = mpsc::channel::<News>(WAITING);
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        if let Err(error) = receiver.run(sender, std::future::pending()).await {
            tracing::error!(%error, "the listener for webhooks stopped");
        }
    });
    tasks.spawn(async move {
        while let Some(delivery) = news.recv().await {
            if let Some(id) = delivery.event.registration {
                // Nobody listens any more only when the console is being left.
                let _ = announcer.send(id);
            }
        }
    });
    Ok(Some(tasks))
}

/// Opens the console on a desk, remembering things in a file if one is given; returns once the user leaves.
pub async fn open(
    desk: Desk,
    look: Look,
    kept_at: Option<PathBuf>,
    mirror_at: Option<MirrorFile>,
) -> Result<(), Failure> {
    let mirror = match &desk.profile.source {
        Source::Remote(remote) => remote.mirror,
        Source::Embedded { .. } | Source::Shared { .. } => Mirror::default(),
    };
    let at_hand = matches!(desk.profile.source, Source::Embedded { .. });
    let profile = app::Profile {
        mirror,
        name: desk.profile.name,
        backend: desk.backend.name(),
        role: desk.profile.role,
        read_only: desk.profile.read_only,
        production: desk.profile.production,
        announces_changes: desk.backend.capabilities().changes,
        at_hand,
    };
    let options = Options {
        backend: desk.backend,
        operator: desk.operator,
        clock: desk.clock,
        profile,
        policy: desk.policy,
        keys: look.keys,
        decision_keys: look.decision_keys,
        look: look.at_start,
        themes: look.themes,
        columns: look.columns,
        reasons: look.reasons,
        views: look.views,
        kept_at,
        mirror_at,
        snapshot_at: desk.snapshot,
    };
    Ok(runtime::run(options).await?)
}
