//! Where the registrations of an index are: packed beside its columns, or in the store that they were read from.

use std::sync::Arc;

use super::packed::{Packed, Shared};
use crate::model::{Registration, RegistrationId};

/// Reads a registration as it is stored by now; blocks no longer than a disk does.
pub type LookUp = Arc<dyn Fn(&RegistrationId) -> Option<Registration> + Send + Sync>;

/// The registrations of an index, row by row.
pub enum Records {
    /// Packed.
    Here {
        /// Row by row.
        rows: Vec<Packed>,
        /// What they have in common.
        shared: Box<Shared>,
    },
    /// Looked up when somebody asks. One that has changed since its row was set is told of anyway, so its row follows.
    Stored(LookUp),
}

impl Default for Records {
    fn default() -> Self {
        Self::Here { rows: Vec::new(), shared: Box::default() }
    }
}

impl std::fmt::Debug for Records {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Here { .. } => "Here",
            Self::Stored(_) => "Stored",
        })
    }
}

impl Records {
    /// Sets the registration of a row; the row after the last one is added.
    pub fn set(&mut self, row: usize, registration: &Arc<Registration>) {
        let Self::Here { rows, shared } = self else { return };
        let packed = shared.pack(registration);
        match rows.get_mut(row) {
            Some(old) => *old = packed,
            None => rows.push(packed),
        }
    }

    /// Puts the last row in the place of this one.
    pub fn swap_remove(&mut self, row: usize) {
        if let Self::Here { rows, .. } = self {
            rows.swap_remove(row);
        }
    }

    /// The registration of a row, which has this id; `None` if it cannot be read.
    pub fn get(&self, row: usize, id: &RegistrationId) -> Option<Arc<Registration>> {
        match self {
            Self::Here { rows, shared } => shared.unpack(rows.get(row)?),
            Self::Stored(look_up) => look_up(id).map(Arc::new),
        }
    }
}
