//! The remote backend: a Verifik-compatible endpoint over HTTP(S), in either dialect.
//!
//! Owns addresses, tokens and when they run out, time limits, repeats of reads and manners, the questions of `doctor`,
//! what the desk says where the remote has no place for it, and
//! what is remembered of a remote: which dialect it speaks, how it wants to be synced, and the tokens of people that it
//! handed out (in memory only). Knows no shape of an answer:
//! that is [`wire`](crate::wire)'s. Never repeats a write.

mod address;
mod calls;
mod client;
mod expiry;
mod keyring;
mod manners;
mod memory;
mod notes;
mod probe;
mod refs;
mod renewal;
mod token;
mod transport;
mod unchanged;

use std::{path::PathBuf, time::Duration};

pub use self::{
    client::Remote,
    expiry::expiry_of,
    notes::{annotations_about, forget_annotations},
    probe::{Finding, Health, probe},
    renewal::renew,
    token::{COMMAND_TIMEOUT, TokenSource},
};
pub use crate::{backend::Mirror, wire::Dialect};

/// How long a mirror on disk is used unless the profile says otherwise, hours: over a night, not over a week.
pub const MIRROR_HOURS: u32 = 24;

/// How a remote is to be reached.
#[derive(Debug, Clone)]
pub struct RemoteConfig {
    /// Base URL, for example `https://api.example.com`.
    pub base_url: String,
    /// The dialect; `None` finds out from the first answer.
    pub dialect: Option<Dialect>,
    /// Where the client token comes from.
    pub token: TokenSource,
    /// Take plain `http` to hosts other than this machine.
    pub allow_plain_http: bool,
    /// Limits.
    pub timeouts: Timeouts,
    /// What becomes of what was read.
    pub mirror: Mirror,
    /// How long a mirror on disk may be used, hours.
    pub mirror_hours: u32,
    /// The file that keeps what the desk says about registrations, which the service has no place for; `None` keeps it
    /// in memory.
    pub annotations: Option<PathBuf>,
}

/// Limits of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Until a connection stands.
    pub connect: Duration,
    /// For a whole request, answer included.
    pub request: Duration,
    /// Before a read is repeated for the first time; doubles each time.
    pub backoff: Duration,
    /// How many requests go out a second at most; `None` sends them as they come.
    pub per_second: Option<u32>,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            request: Duration::from_secs(30),
            backoff: Duration::from_millis(250),
            per_second: None,
        }
    }
}

/// Why a remote cannot be used as it is configured. Holds no token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RemoteError {
    /// The URL is not one that a token is sent to.
    #[error("The URL of the remote {reason}.")]
    Address {
        /// What is wrong and what would be right.
        reason: String,
    },
    /// There is no token.
    #[error("{reason}")]
    Token {
        /// What is wrong and what to do.
        reason: String,
    },
    /// The HTTP client could not be set up.
    #[error("Cannot set up the HTTP client: {reason}.")]
    Client {
        /// The system's reason.
        reason: String,
    },
}

/// Whether a token may be sent to a base URL: what [`Remote::new`] checks, for whoever reads it from a file.
pub fn check_address(base_url: &str, allow_plain_http: bool) -> Result<(), RemoteError> {
    address::Address::new(base_url, allow_plain_http).map(drop)
}

impl RemoteError {
    fn token(reason: impl Into<String>) -> Self {
        Self::Token { reason: reason.into() }
    }
}
