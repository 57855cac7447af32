//! Digests of secrets: the engine knows tokens and codes only by these.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest as _, Sha256};

use crate::backend::Channel;
use crate::model::{RegistrationId, Text, Timestamp};

/// A SHA-256 digest. `Debug` masks it: a six-digit code is guessed from its digest in a moment.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of a token.
    pub fn of_token(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }

    /// The digest of a code, bound to its registration and channel so that equal codes have different digests.
    pub fn of_code(id: &RegistrationId, channel: Channel, code: &str) -> Self {
        Self(Sha256::digest(format!("{id}\n{}\n{}", channel.as_str(), code.trim())).into())
    }

    /// The bytes, as the store's index keys them.
    pub(in crate::engine) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Debug for Digest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Digest(•••)")
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(self.0))
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Text::deserialize(deserializer)?;
        let mut bytes = [0; 32];
        hex::decode_to_slice(text.as_bytes(), &mut bytes).map_err(de::Error::custom)?;
        Ok(Self(bytes))
    }
}

/// The id of an object that belongs to a registration (a scan, a code, …): 24 hex digits, the first eight being the
/// second of creation, the rest a digest of registration and event number, so that a replay gives the same id.
pub(super) fn object_id(registration: &RegistrationId, event: u64, at: Timestamp) -> String {
    let digest = Sha256::digest(format!("{registration}\n{event}"));
    format!("{:08x}{}", at.timestamp() as u32, hex::encode(&digest[..8]))
}
