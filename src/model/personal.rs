//! Personal data that cannot be printed by accident.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::SharedText;

/// `Debug` of a struct that holds what is personal without being [`Personal`]: numbers, dates, words of a source. It
/// prints the fields that are named and no others, so a field that is added later is hidden until somebody says otherwise.
macro_rules! debug_only {
    ($name:ident { $($field:ident),* $(,)? }) => {
        impl std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter
                    .debug_struct(stringify!($name))
                    $(.field(stringify!($field), &self.$field))*
                    .finish_non_exhaustive()
            }
        }
    };
}
pub(crate) use debug_only;

/// A piece of personal data: a name, an address, a number.
///
/// `Debug` prints a mask, so logs, panics and error reports never hold the value; [`Personal::reveal`] is the one
/// way to it, and its callers are the screens and the wire.
/// Copies share one text: a value stands in a registration, in what joins it to others, and in several places there.
#[derive(Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Personal(SharedText);

impl Personal {
    /// Wraps a value.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into().into())
    }

    /// The value itself. Only for what an operator asked to see, and for the wire.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// First character, then dots: enough to tell two rows apart, not enough to know someone.
    ///
    /// An e-mail address keeps its domain, which says more about the mail provider than about the person; a text in
    /// which there is more than an address does not.
    pub fn masked(&self) -> String {
        let is_domain = |text: &str| text.chars().all(|letter| letter.is_alphanumeric() || ".-".contains(letter));
        let (local, domain) = match self.0.split_once('@') {
            Some((local, domain)) if is_domain(domain) && !local.contains(char::is_whitespace) => {
                (local, format!("@{domain}"))
            }
            _ => (&*self.0, String::new()),
        };
        match local.chars().next() {
            Some(first) => format!("{first}•••{domain}"),
            None => domain,
        }
    }
}

impl std::fmt::Debug for Personal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Personal(•••)")
    }
}

impl From<&str> for Personal {
    fn from(value: &str) -> Self {
        Self(value.into())
    }
}

impl From<String> for Personal {
    fn from(value: String) -> Self {
        Self(value.into())
    }
}

/// What somebody answered to the questions of a form, each under its question. Opaque, and so as personal as it gets:
/// `Debug` prints a mask.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Answers(Map<String, Value>);

impl Answers {
    /// The answers themselves. Only for what an operator asked to see, and for the wire.
    pub fn reveal(&self) -> &Map<String, Value> {
        &self.0
    }
}

impl std::fmt::Debug for Answers {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Answers(•••)")
    }
}

impl From<Map<String, Value>> for Answers {
    fn from(answers: Map<String, Value>) -> Self {
        Self(answers)
    }
}

impl FromIterator<(String, Value)> for Answers {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(answers: I) -> Self {
        Self(answers.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::Personal;

    #[test]
    fn debug_never_prints_the_value() {
        assert_eq!(format!("{:?}", Some(Personal::new("Alba Muestra"))), "Some(Personal(•••))");
    }

    #[test]
    fn mask_keeps_the_first_letter_and_the_mail_domain() {
        assert_eq!(Personal::new("alba@example.com").masked(), "a•••@example.com");
        assert_eq!(Personal::new("Alba Muestra").masked(), "A•••");
        assert_eq!(Personal::new("").masked(), "");
    }
}
