//! Registrations in little memory: a record of some ten kilobytes is packed into one, and unpacked when it is looked at.

use std::sync::Arc;

use serde::{Deserialize as _, Serialize as _};

use crate::model::{FlowSettings, ProjectRef, Registration};

/// A packed registration. Holds personal data and prints none.
#[derive(Clone)]
pub enum Packed {
    /// Packed.
    Bytes {
        /// All but the following.
        rest: Box<[u8]>,
        /// Its project, by its place among those that are shared.
        project: usize,
        /// The settings of its flow, likewise.
        settings: Option<usize>,
    },
    /// As it is, because it holds something that cannot be packed.
    Whole(Arc<Registration>),
}

impl std::fmt::Debug for Packed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Packed")
    }
}

/// What many registrations have in common, kept once.
#[derive(Debug, Clone, Default)]
pub struct Shared {
    projects: Vec<ProjectRef>,
    settings: Vec<FlowSettings>,
}

impl Shared {
    /// Packs a registration.
    pub fn pack(&mut self, registration: &Arc<Registration>) -> Packed {
        let mut rest = Registration::clone(registration);
        rest.project = ProjectRef::default();
        rest.flow.settings = None;
        let mut bytes = Vec::with_capacity(2_048);
        if rest.serialize(&mut rmp_serde::Serializer::new(&mut bytes)).is_err() {
            return Packed::Whole(Arc::clone(registration));
        }
        Packed::Bytes {
            rest: bytes.into_boxed_slice(),
            project: place(&mut self.projects, &registration.project),
            settings: registration.flow.settings.as_ref().map(|settings| place(&mut self.settings, settings)),
        }
    }

    /// The registration again, exactly as it was; `None` of bytes that are none.
    pub fn unpack(&self, packed: &Packed) -> Option<Arc<Registration>> {
        let (rest, project, settings) = match packed {
            Packed::Whole(registration) => return Some(Arc::clone(registration)),
            Packed::Bytes { rest, project, settings } => (rest, *project, *settings),
        };
        let mut reader = rmp_serde::Deserializer::from_read_ref(rest.as_ref());
        let mut registration = Registration::deserialize(&mut reader).ok()?;
        registration.project = self.projects.get(project)?.clone();
        registration.flow.settings = settings.and_then(|place| self.settings.get(place).cloned());
        Some(Arc::new(registration))
    }
}

/// Where a value stands among others like it. There are few of each kind; the latest are looked at first.
fn place<T: PartialEq + Clone>(known: &mut Vec<T>, value: &T) -> usize {
    known.iter().rposition(|other| other == value).unwrap_or_else(|| {
        known.push(value.clone());
        known.len() - 1
    })
}
