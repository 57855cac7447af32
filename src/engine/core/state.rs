//! The state of one registration as the rules see it.

use std::mem;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize, de};

use super::Digest;
use crate::backend::{Channel, TokenKind};
use crate::model::{CodeCheck, FlowSettings, Registration, Results, Scores, Status, Timestamp, Told, timeline};

/// Sends of codes that are remembered, over both channels: more than are allowed in the time that is looked back on.
const SENDS_KEPT: usize = 16;

/// What a snapshot comes to, bytes: a text that grows to it is moved six times.
const USUAL: usize = 8 * 1024;

/// A flow that says nothing: the defaults apply.
static UNSET: LazyLock<FlowSettings> = LazyLock::new(FlowSettings::default);

/// Everything known of a registration: what may be shown, and what may not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// What may be shown. States go from hand to hand with each event, and this is most of one.
    pub registration: Box<Registration>,
    /// Digests of the tokens handed out, oldest first.
    pub(in crate::engine) tokens: Vec<IssuedToken>,
    /// Digest of the code that went to the e-mail address.
    pub(super) email_code: Option<Digest>,
    /// Digest of the code that went to the phone.
    pub(super) phone_code: Option<Digest>,
    /// When the latest codes went out, oldest first: at most [`SENDS_KEPT`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sends: Vec<(Channel, Timestamp)>,
    /// What was told of an imported registration beyond its evidence.
    #[serde(default)]
    told: Option<Box<Told>>,
    /// Events so far. Unlike the registration's `version`, this counts access notes too.
    pub(in crate::engine) events: u64,
    /// Time of the latest event.
    pub(super) last_at: Timestamp,
}

/// A token that was handed out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuedToken {
    /// The token.
    pub(in crate::engine) token: Digest,
    /// Its kind.
    pub(in crate::engine) kind: TokenKind,
    /// When it dies.
    pub(in crate::engine) expires_at: Timestamp,
}

impl State {
    /// The snapshot as JSON, without what is derived (steps, results, scores).
    pub(in crate::engine) fn to_stored(&self) -> serde_json::Result<Vec<u8>> {
        let mut kept = self.clone();
        kept.registration.steps = Vec::new();
        kept.registration.results =
            Results { other: mem::take(&mut kept.registration.results.other), ..Results::default() };
        kept.registration.scores = Scores::default();
        let mut json = Vec::with_capacity(USUAL);
        serde_json::to_writer(&mut json, &kept)?;
        Ok(json)
    }

    /// Reads what [`State::to_stored`] wrote, and derives the rest.
    pub(in crate::engine) fn from_stored(json: &[u8]) -> serde_json::Result<Self> {
        let mut state: Self = serde_json::from_str(str::from_utf8(json).map_err(de::Error::custom)?)?;
        state.derive();
        Ok(state)
    }

    /// The state after the first event.
    pub(super) fn of(registration: Registration, told: Option<Told>, at: Timestamp) -> Self {
        Self {
            registration: Box::new(registration),
            tokens: Vec::new(),
            email_code: None,
            phone_code: None,
            sends: Vec::new(),
            told: told.map(Box::new),
            events: 1,
            last_at: at,
        }
    }

    /// Fills steps, verdicts and scores.
    pub(super) fn derive(&mut self) {
        timeline::derive(&mut self.registration);
        if let Some(told) = &self.told {
            told.fill(&mut self.registration);
        }
    }

    /// Whether the lifetime has passed and the registration has yet to be told so.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        matches!(self.registration.status, Status::Started | Status::Ongoing)
            && self.registration.expires_at.is_some_and(|expires_at| expires_at <= now)
    }

    /// The settings kept with the registration.
    pub(super) fn settings(&self) -> &FlowSettings {
        self.registration.flow.settings.as_ref().unwrap_or(&UNSET)
    }

    pub(super) fn code_check(&self, channel: Channel) -> Option<&CodeCheck> {
        match channel {
            Channel::Email => self.registration.checks.email.as_ref(),
            Channel::Phone => self.registration.checks.phone.as_ref(),
        }
    }

    pub(super) fn code_check_mut(&mut self, channel: Channel) -> &mut CodeCheck {
        match channel {
            Channel::Email => self.registration.checks.email.get_or_insert_default(),
            Channel::Phone => self.registration.checks.phone.get_or_insert_default(),
        }
    }

    /// Notes that a code went out.
    pub(super) fn note_send(&mut self, channel: Channel, at: Timestamp) {
        self.sends.push((channel, at));
        let surplus = self.sends.len().saturating_sub(SENDS_KEPT);
        self.sends.drain(..surplus);
    }

    /// When codes went out to a channel after a time, oldest first.
    pub(super) fn sends_since(&self, channel: Channel, since: Timestamp) -> impl Iterator<Item = Timestamp> {
        self.sends.iter().filter(move |(to, at)| *to == channel && *at > since).map(|(_, at)| *at)
    }

    pub(super) fn code(&self, channel: Channel) -> Option<&Digest> {
        match channel {
            Channel::Email => self.email_code.as_ref(),
            Channel::Phone => self.phone_code.as_ref(),
        }
    }

    pub(super) fn set_code(&mut self, channel: Channel, code: Option<Digest>) {
        match channel {
            Channel::Email => self.email_code = code,
            Channel::Phone => self.phone_code = code,
        }
    }
}
