//! The two wire dialects, both ways: one codec for the remote client, the endpoint and the command line's JSON.
//!
//! Pure: values in, values out; no I/O and no clock. Reading trusts nothing: what it does not understand is kept as it
//! was, secrets and images are taken out, and only what has no identity at all is refused.

mod biometrics;
mod body;
mod checks;
mod codes;
mod documents;
mod envelope;
mod errors;
mod fields;
mod flows;
mod hook;
mod information;
mod keys;
mod live;
mod marks;
mod masking;
mod overview;
mod page;
mod reasons;
mod registration;
mod rows;
mod secrets;
mod steps;
mod times;

pub use body::parse_body;
pub use errors::decode_error;
pub use flows::{decode_flow, decode_flows_of_project, decode_project, encode_flow, encode_project};
pub use hook::{HookEvent, LoggedHook, decode_hook, decode_logged_hook, encode_hook};
pub use live::{POPULATES, encode_contact, encode_live};
pub use masking::word as masked_word;
pub use overview::encode_overview;
pub use page::{
    ResentAnswer, SyncAnswer, decode_access_token, decode_created, decode_list, decode_page, decode_pages,
    decode_resent, decode_sync_answer, payload,
};
pub use registration::decode_registration;
pub use rows::{CSV_HEADER, RowFormat, masked_object, printed};

/// A dialect of the wire: the shape of a registration and of what is around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// The mission document's bare object.
    Overview,
    /// The deployed service's object under `data`.
    Live,
}

/// The header in which an endpoint of this program hands out a person's token where the body is the bare object. No
/// part of the documented service.
pub const TOKEN_HEADER: &str = "x-registration-token";

/// Why a JSON value could not be read as what it should be. Names the place, never the value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {message}")]
pub struct WireError {
    /// JSON path.
    pub path: String,
    /// What is wrong.
    pub message: String,
}

impl WireError {
    fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), message: message.into() }
    }
}

#[cfg(test)]
#[allow(clippy::expect_used)]
mod samples;
#[cfg(test)]
mod tests;
