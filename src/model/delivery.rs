//! What a webhook was told about a registration.

use serde::{Deserialize, Serialize};

use super::Timestamp;

/// One try to deliver one event.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Delivery {
    /// The event's type, for example `onboarding_app_registration_completed`.
    pub event: String,
    /// When it was sent.
    pub at: Option<Timestamp>,
    /// The HTTP status of the answer; `None` where there was none, or the source does not tell.
    pub code: Option<u16>,
    /// Whether the source calls it delivered; `None` where it does not say.
    pub delivered: Option<bool>,
}

impl Delivery {
    /// Whether the other side heard it: an answer of 2xx, else the source's own word. `None`: not known.
    pub fn was_heard(&self) -> Option<bool> {
        self.code.map(|code| (200..300).contains(&code)).or(self.delivered)
    }
}

#[cfg(test)]
mod tests {
    use super::Delivery;

    #[test]
    fn the_code_of_the_answer_counts_more_than_the_sources_word() {
        let heard = |code, delivered| Delivery { code, delivered, ..Delivery::default() }.was_heard();
        assert_eq!(heard(Some(204), None), Some(true));
        assert_eq!(heard(Some(503), Some(true)), Some(false));
        assert_eq!(heard(Some(302), None), Some(false));
        assert_eq!(heard(None, Some(false)), Some(false));
        assert_eq!(heard(None, None), None);
    }
}
