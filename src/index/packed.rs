//! Registrations in little memory: a record of some twenty kilobytes is packed into less than one, and unpacked when it
//! is looked at.

use std::{borrow::Cow, sync::Arc};

use serde::{Deserialize as _, Serialize as _};

use crate::{
    model::{FlowSettings, ProjectRef, Registration},
    packing::Packer,
};

/// The first registrations, bytes: what the rest has in common with them is not kept again.
const DICTIONARY: usize = 64 * 1024;
/// Level of compression; the next ones pack little tighter and take longer.
const LEVEL: i32 = 1;

/// A packed registration. Holds personal data and prints none.
pub enum Packed {
    /// Packed.
    Bytes {
        /// All but the following.
        rest: Box<[u8]>,
        /// Whether that is compressed as well.
        compressed: bool,
        /// Its project, by its place among those that are shared.
        project: u32,
        /// The settings of its flow, likewise.
        settings: Option<u32>,
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
#[derive(Default)]
pub struct Shared {
    projects: Vec<ProjectRef>,
    settings: Vec<FlowSettings>,
    /// The first registrations, one after the other, until there are enough of them.
    first: Vec<u8>,
    /// From then on.
    packer: Option<Packer>,
}

/// Holds personal data and prints none.
impl std::fmt::Debug for Shared {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Shared by {} projects", self.projects.len())
    }
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
        let (rest, compressed) = self.compress(bytes);
        Packed::Bytes {
            rest: rest.into_boxed_slice(),
            compressed,
            project: place(&mut self.projects, &registration.project),
            settings: registration.flow.settings.as_ref().map(|settings| place(&mut self.settings, settings)),
        }
    }

    /// Compresses a record, once there is something to compress it with; whether that was done.
    fn compress(&mut self, record: Vec<u8>) -> (Vec<u8>, bool) {
        if let Some(packer) = &self.packer {
            return packer.pack(&record).map_or((record, false), |packed| (packed, true));
        }
        self.first.extend_from_slice(&record);
        if self.first.len() >= DICTIONARY {
            // Registrations never look like a dictionary of another kind; if one did, all would stay uncompressed.
            self.packer = Packer::new(&std::mem::take(&mut self.first), LEVEL).ok();
        }
        (record, false)
    }

    /// The registration again, exactly as it was; `None` of bytes that are none.
    pub fn unpack(&self, packed: &Packed) -> Option<Arc<Registration>> {
        let (rest, compressed, project, settings) = match packed {
            Packed::Whole(registration) => return Some(Arc::clone(registration)),
            Packed::Bytes { rest, compressed, project, settings } => (rest, *compressed, *project, *settings),
        };
        let record = match &self.packer {
            Some(dictionary) if compressed => Cow::Owned(dictionary.unpack(rest).ok()?),
            _ => Cow::Borrowed(rest.as_ref()),
        };
        let mut reader = rmp_serde::Deserializer::from_read_ref(record.as_ref());
        let mut registration = Registration::deserialize(&mut reader).ok()?;
        registration.project = self.projects.get(project as usize)?.clone();
        registration.flow.settings = settings.and_then(|place| self.settings.get(place as usize).cloned());
        Some(Arc::new(registration))
    }
}

/// Where a value stands among others like it. There are few of each kind; the latest are looked at first.
fn place<T: PartialEq + Clone>(known: &mut Vec<T>, value: &T) -> u32 {
    let place = known.iter().rposition(|other| other == value).unwrap_or_else(|| {
        known.push(value.clone());
        known.len() - 1
    });
    // Four billion settings would not fit into memory.
    u32::try_from(place).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::Arc;

    use super::{DICTIONARY, Packed, Registration, Shared};
    use crate::{model::RegistrationId, triage::testing::finished};

    #[test]
    fn those_after_the_first_ones_take_little_room_and_come_back_as_they_were() {
        let mut shared = Shared::default();
        let numbered = |number: u32| Registration { id: RegistrationId::new(format!("reg_{number}")), ..finished() };
        let all: Vec<_> = (0..400).map(|number| Arc::new(numbered(number))).collect();
        let packed: Vec<Packed> = all.iter().map(|registration| shared.pack(registration)).collect();
        let size = |packed: &Packed| match packed {
            Packed::Bytes { rest, .. } => rest.len(),
            Packed::Whole(_) => usize::MAX,
        };
        assert!(packed.iter().map(size).sum::<usize>() < 3 * DICTIONARY);
        assert!(size(&packed[399]) < size(&packed[0]) / 4, "{} of {}", size(&packed[399]), size(&packed[0]));
        for (registration, packed) in all.iter().zip(&packed) {
            assert_eq!(shared.unpack(packed).as_ref(), Some(registration));
        }
        assert!(!format!("{shared:?}{:?}", packed[0]).contains("reg_"));
    }
}
