//! What is remembered of a remote while the program runs. Nothing of it goes to disk.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use reqwest::Method;
use secrecy::SecretString;
use serde_json::Value;

use super::Dialect;
use crate::model::RegistrationId;

/// How many people's tokens are kept; they die after two hours anyway.
const MOST_TOKENS: usize = 1_000;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Memory(Mutex<Remembered>);

#[derive(Debug, Default)]
struct Remembered {
    dialect: Option<Dialect>,
    sync_method: Option<Method>,
    takes_no_evidence: bool,
    keeps_annotations: bool,
    tokens: HashMap<RegistrationId, SecretString>,
    token_order: VecDeque<RegistrationId>,
}

impl Memory {
    pub(super) fn new(dialect: Option<Dialect>) -> Self {
        Self(Mutex::new(Remembered { dialect, ..Remembered::default() }))
    }

    pub(super) fn dialect(&self) -> Option<Dialect> {
        self.lock().dialect
    }

    /// The first answer that shows its dialect decides.
    pub(super) fn learn_dialect(&self, seen: Option<Dialect>) {
        let mut remembered = self.lock();
        remembered.dialect = remembered.dialect.or(seen);
    }

    /// The method that worked, else the documented one of the dialect.
    pub(super) fn sync_method(&self) -> Method {
        let remembered = self.lock();
        let documented = if remembered.dialect == Some(Dialect::Live) { Method::PUT } else { Method::POST };
        remembered.sync_method.clone().unwrap_or(documented)
    }

    pub(super) fn learn_sync_method(&self, method: &Method) {
        self.lock().sync_method = Some(method.clone());
    }

    pub(super) fn takes_evidence(&self) -> bool {
        !self.lock().takes_no_evidence
    }

    pub(super) fn learn_takes_no_evidence(&self) {
        self.lock().takes_no_evidence = true;
    }

    /// Whether the remote itself keeps what the desk says, as an endpoint of this program does.
    pub(super) fn keeps_annotations(&self) -> bool {
        self.lock().keeps_annotations
    }

    /// An object that has a place for it shows it.
    pub(super) fn learn_annotations(&self, object: &Value) {
        if object.get("desk").is_some_and(Value::is_object) {
            self.lock().keeps_annotations = true;
        }
    }

    /// A person's token, which some routes of the service want.
    pub(super) fn token_of(&self, id: &RegistrationId) -> Option<SecretString> {
        self.lock().tokens.get(id).cloned()
    }

    pub(super) fn keep_token(&self, id: &RegistrationId, token: Option<&SecretString>) {
        let Some(token) = token else { return };
        let mut remembered = self.lock();
        if remembered.tokens.insert(id.clone(), token.clone()).is_none() {
            remembered.token_order.push_back(id.clone());
        }
        while remembered.tokens.len() > MOST_TOKENS {
            let Some(oldest) = remembered.token_order.pop_front() else { break };
            remembered.tokens.remove(&oldest);
        }
    }

    pub(super) fn drop_token(&self, id: &RegistrationId) {
        let mut remembered = self.lock();
        remembered.tokens.remove(id);
        remembered.token_order.retain(|kept| kept != id);
    }

    /// A panic elsewhere leaves what was remembered as it was, which is still right.
    fn lock(&self) -> MutexGuard<'_, Remembered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
