//! Personal data shown one field at a time where all of it is masked, and who was shown what.

use serde::{Deserialize, Serialize};

use super::{Personal, Registration, Timestamp};

/// Who sits at the desk, and so how much of people they see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Role {
    /// Sees everything, and can mask it while others look on.
    #[default]
    Operator,
    /// Sees personal data masked, and one field at a time where it is needed.
    Support,
}

impl Role {
    /// All of them, in the order of the documentation.
    pub const ALL: [Self; 2] = [Self::Operator, Self::Support];

    /// The word in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Support => "support",
        }
    }
}

/// A field of a person that can be shown by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonalField {
    /// The best name known.
    Name,
    /// E-mail address.
    Email,
    /// Phone with country code.
    Phone,
    /// Number of the document.
    DocumentNumber,
    /// Birth date: the document's, else as typed.
    BirthDate,
}

impl PersonalField {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::Name, Self::Email, Self::Phone, Self::DocumentNumber, Self::BirthDate];

    /// What it is called.
    pub fn label(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Email => "e-mail",
            Self::Phone => "phone",
            Self::DocumentNumber => "document number",
            Self::BirthDate => "birth date",
        }
    }

    /// What a registration holds of it.
    pub fn of(self, registration: &Registration) -> Option<Personal> {
        let document = registration.checks.document.as_ref();
        match self {
            Self::Name => registration.name().cloned(),
            Self::Email => registration.contact.email.clone(),
            Self::Phone => {
                let code = registration.contact.country_code.as_deref().unwrap_or_default();
                let phone = registration.contact.phone.as_ref()?;
                Some(Personal::new(format!("{code} {}", phone.reveal()).trim_start()))
            }
            Self::DocumentNumber => document?.number.clone(),
            Self::BirthDate => {
                let typed = || registration.checks.information.as_ref()?.birth_date;
                let date = document.and_then(|document| document.birth_date).or_else(typed)?;
                Some(Personal::new(date.to_string()))
            }
        }
    }
}

/// Somebody was shown a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reveal {
    /// Which.
    pub field: PersonalField,
    /// To whom, as they call themselves.
    pub by: String,
    /// When.
    pub at: Timestamp,
}
