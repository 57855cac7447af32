//! What a registration leaves behind that another one may share, in one spelling.

use std::sync::Arc;

use chrono::NaiveDate;
use rmp_serde::Deserializer;
use serde::{Deserialize, Serialize};

use super::{
    LinkKind,
    arrivals::Arrival,
    keys::{KEY, Key, document_key, keys_of, values},
    series,
};
use crate::{
    model::{Outcome, Personal, Registration, RegistrationId, Status, Timestamp},
    triage::{
        link_clock::longest_link,
        names::{FoldedName, are_within_edits},
    },
};

/// Numbers further apart than this are different documents, not a misreading.
pub const MISREAD_EDITS: usize = 2;
/// Names less alike than this belong to different people; the service's own minimum for a match.
const SAME_NAME: f64 = 0.8;

/// What is remembered of one registration: its keys, and who it says it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Traces {
    /// Whose they are.
    pub id: RegistrationId,
    /// When it was created.
    pub arrival: Arrival,
    /// The id of its project.
    pub project: Arc<str>,
    /// Where its contact stands among those that count on.
    pub series: Vec<series::Place>,
    /// Sorted, strongest first, each once.
    pub keys: Vec<Key>,
    document: Option<Personal>,
    name: Option<FoldedName>,
    birth: Option<NaiveDate>,
    /// When it was rejected, and whether the evidence looked like fraud.
    pub failed: Option<Failure>,
    /// When the link that lives longest dies, of one that the person can still go on with: the service refuses its
    /// contact to another one of the project.
    pub waiting: Option<Timestamp>,
}

/// Seconds and nanoseconds.
type Packed = (i64, u32);

/// All but keys and series, as it is packed.
#[derive(Serialize, Deserialize)]
struct Rest {
    document: Option<Personal>,
    name: Option<FoldedName>,
    birth: Option<NaiveDate>,
    failed: Option<(Packed, bool)>,
    waiting: Option<Packed>,
}

fn packed(at: Timestamp) -> Packed {
    (at.timestamp(), at.timestamp_subsec_nanos())
}

fn unpacked((seconds, nanos): Packed) -> Option<Timestamp> {
    Timestamp::from_timestamp(seconds, nanos)
}

/// An earlier rejection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failure {
    pub at: Timestamp,
    pub looked_like_fraud: bool,
}

impl Traces {
    /// What a registration leaves behind.
    pub fn of(registration: &Registration, arrival: Arrival) -> Self {
        let checks = &registration.checks;
        let document = checks.document.as_ref();
        let information = checks.information.as_ref();
        let scanned = document.and_then(|document| document_key(document.number.as_ref()));
        let typed = information.and_then(|information| document_key(information.document_number.as_ref()));
        let mut keys: Vec<Key> = values(registration).map(|(kind, value)| Key::of(kind, &value)).collect();
        keys.sort();
        keys.dedup();
        Self {
            id: registration.id.clone(),
            arrival,
            project: registration.project.id.as_str().into(),
            series: series::Place::of(&registration.contact),
            keys,
            document: scanned.or(typed),
            name: registration.name().and_then(|name| FoldedName::new(name.reveal())),
            birth: document
                .and_then(|document| document.birth_date)
                .or(information.and_then(|information| information.birth_date)),
            failed: (registration.status == Status::Failed).then(|| Failure {
                at: registration.completed_at.map_or(registration.updated_at, |moment| moment.at),
                looked_like_fraud: looked_like_fraud(registration),
            }),
            waiting: matches!(registration.status, Status::Started | Status::Ongoing)
                .then(|| longest_link(registration).1),
        }
    }

    /// In little memory: how many keys, the keys, the series, and the rest; without id, arrival and project.
    pub fn pack(&self) -> Vec<u8> {
        // More keys than that are noise; the strongest come first.
        let keys = &self.keys[..self.keys.len().min(usize::from(u8::MAX))];
        let mut bytes = Vec::with_capacity(160);
        bytes.push(keys.len() as u8);
        for key in keys {
            bytes.push(key.kind as u8);
            bytes.extend_from_slice(&key.digest.to_le_bytes());
        }
        let rest = Rest {
            document: self.document.clone(),
            name: self.name.clone(),
            birth: self.birth,
            failed: self.failed.map(|failed| (packed(failed.at), failed.looked_like_fraud)),
            waiting: self.waiting.map(packed),
        };
        // Numbers and texts can always be written to memory.
        let _ = rmp_serde::encode::write(&mut bytes, &self.series);
        let _ = rmp_serde::encode::write(&mut bytes, &rest);
        bytes.shrink_to_fit();
        bytes
    }

    /// What was packed; `None` of bytes that are none.
    pub fn unpack(bytes: &[u8], id: RegistrationId, arrival: Arrival, project: &Arc<str>) -> Option<Self> {
        let count = usize::from(*bytes.first()?);
        let keys: Vec<Key> = keys_of(bytes).collect();
        let mut reader = Deserializer::from_read_ref(bytes.get(1 + count * KEY..)?);
        let series = Vec::deserialize(&mut reader).ok().filter(|_| keys.len() == count)?;
        let rest = Rest::deserialize(&mut reader).ok()?;
        let failed = rest.failed.map(|(at, looked_like_fraud)| Some(Failure { at: unpacked(at)?, looked_like_fraud }));
        Some(Self {
            id,
            arrival,
            project: Arc::clone(project),
            series,
            keys,
            document: rest.document,
            name: rest.name,
            birth: rest.birth,
            failed: failed.map_or(Some(None), |failed| failed.map(Some))?,
            waiting: rest.waiting.map_or(Some(None), |at| unpacked(at).map(Some))?,
        })
    }

    /// Whether two registrations are of one person: by document, else by biometric identity, else by name. `None` if
    /// nothing decides it.
    pub fn same_person(&self, other: &Self) -> Option<bool> {
        if let Some(same) = self.same_document(other) {
            return Some(same);
        }
        if self.person().is_some() && self.person() == other.person() {
            return Some(true);
        }
        self.same_name(other)
    }

    /// The biometric identity.
    fn person(&self) -> Option<&Key> {
        self.keys.iter().find(|key| key.kind == LinkKind::Person)
    }

    /// Whether both showed one document; `None` if one showed none.
    pub fn same_document(&self, other: &Self) -> Option<bool> {
        let (left, right) = (self.document.as_ref()?.reveal(), other.document.as_ref()?.reveal());
        Some(are_within_edits(left, right, MISREAD_EDITS))
    }

    /// Whether the names agree; `None` if one is not known or they are in different scripts.
    pub fn same_name(&self, other: &Self) -> Option<bool> {
        self.name.as_ref()?.similarity(other.name.as_ref()?).map(|likeness| likeness >= SAME_NAME)
    }

    /// Whether both can be reached at one e-mail address or phone.
    pub fn same_contact(&self, other: &Self) -> bool {
        let contacts = self.keys.iter().filter(|key| matches!(key.kind, LinkKind::Email | LinkKind::Phone));
        contacts.into_iter().any(|key| other.keys.contains(key))
    }

    /// Whether name and birth date agree, so that a shared document is one person starting twice.
    pub fn same_name_and_birth(&self, other: &Self) -> bool {
        self.same_name(other) == Some(true) && self.birth.is_some() && self.birth == other.birth
    }
}

fn looked_like_fraud(registration: &Registration) -> bool {
    let checks = &registration.checks;
    let failed = |outcome: Option<&Outcome>| outcome == Some(&Outcome::Failed);
    checks.background.as_ref().is_some_and(crate::model::BackgroundCheck::has_hit)
        || checks.liveness.as_ref().is_some_and(|liveness| failed(liveness.anti_spoofing.as_ref()))
        || checks
            .document
            .as_ref()
            .is_some_and(|document| failed(document.authenticity.as_ref()) || failed(document.anti_spoofing.as_ref()))
}
