//! The registration and what stands behind it. Plain data: no I/O, no clock, no judgement.
//!
//! Everything a backend yields is expressed in these types, whatever it looked like on the wire or on disk. What a
//! source did not say is `None` (never a made-up default), what it said in words we do not know is kept as it was.

pub mod background;
pub mod checks;
pub mod decision;
pub mod delivery;
pub mod desk;
pub mod evidence;
pub mod flow;
pub mod moment;
pub mod personal;
pub mod registration;
pub mod reveal;
pub mod status;
pub mod step;
mod text;
pub mod timeline;
pub mod told;

pub use background::{BackgroundCheck, BackgroundSource, ListKind, MatchedBy, SourceStatus};
pub use checks::{
    Checks, CodeCheck, Consent, DocumentCheck, DocumentKind, FaceCompare, FormSubmission, Information, LivenessCheck,
    Signature,
};
pub use decision::{Decision, LONGEST_REASON_CODE, ReviewNote, Seen, is_reason_code};
pub use delivery::Delivery;
pub use desk::{Claim, DeskNotes, FlagVerdict, Note, Snooze, Verdict};
pub use evidence::{CodeOutcome, Evidence};
pub use flow::{Flow, FlowSettings, FlowStep, Gateway, Project};
pub use moment::{Basis, Moment, Timestamp};
pub(crate) use personal::debug_only;
pub use personal::{Answers, Personal};
pub use registration::{
    AccessEntry, Attempt, Contact, FlowRef, NOT_LOADED, ProjectRef, Registration, RegistrationId, ReportedFlag,
    Results, Review, Scores,
};
pub use reveal::{PersonalField, Reveal, Role};
pub use status::Status;
pub use step::{Outcome, Requirement, Step, StepKind, StepState};
use text::SharedText;
pub(crate) use text::Text;
pub use told::Told;

/// Folds a word from outside for comparison: lower case, with `-`, blanks and camel humps as single `_`.
///
/// `NEEDS-manual verification`, `needsManualVerification` and `needs__manual_verification` are one word.
pub fn fold_word(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    let mut previous_lower = false;
    for character in word.trim().chars() {
        if matches!(character, '-' | '_' | ' ') {
            previous_lower = false;
            if !folded.ends_with('_') {
                folded.push('_');
            }
            continue;
        }
        if character.is_uppercase() && previous_lower {
            folded.push('_');
        }
        previous_lower = character.is_lowercase() || character.is_ascii_digit();
        folded.extend(character.to_lowercase());
    }
    folded
}

/// An enum of known words that keeps a word it does not know.
///
/// Each type below reads folded aliases, prints one canonical word and serialises as that word.
macro_rules! open_word {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal $(| $alias:literal)*,)+ } else $other:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
            /// A word we do not know, kept as it was.
            $other(String),
        }

        impl $name {
            /// Every known value, in display order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Reads a word in any case and spelling; an unknown one is kept.
            pub fn parse(word: &str) -> Self {
                // Our own files have the canonical words, which need no folding.
                let known = Self::known(word).or_else(|| Self::known(&$crate::model::fold_word(word)));
                known.unwrap_or_else(|| Self::$other(word.to_owned()))
            }

            fn known(folded: &str) -> Option<Self> {
                match folded {
                    $($word $(| $alias)* => Some(Self::$variant),)+
                    _ => None,
                }
            }

            /// The canonical word, or the unknown one as it was.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)+
                    Self::$other(word) => word,
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.pad(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Ok(Self::parse(&$crate::model::Text::deserialize(deserializer)?))
            }
        }
    };
}
pub(crate) use open_word;
