//! When a token runs out, as far as it says so itself.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::model::Timestamp;

/// The part of a token's claims that is of interest; nothing else is kept.
#[derive(Deserialize)]
struct Claims {
    /// Seconds since 1970, UTC.
    exp: f64,
}

/// When a token runs out, if it is a JWT that says so. The signature is not checked: the time is only told to the
/// person who holds the token, and the remote decides.
pub fn expiry_of(token: &SecretString) -> Option<Timestamp> {
    let claims = token.expose_secret().split('.').nth(1)?;
    let claims = URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')).ok()?;
    let Claims { exp } = serde_json::from_slice(&claims).ok()?;
    Timestamp::from_timestamp(exp as i64, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(claims: &str) -> SecretString {
        format!("e30.{}.c2lnbmF0dXJl", URL_SAFE_NO_PAD.encode(claims)).into()
    }

    #[test]
    fn the_end_of_a_token_is_read_out_of_it() {
        let at = |claims| expiry_of(&token(claims)).map(|at| at.to_rfc3339());
        assert_eq!(at(r#"{"clientId":"c","exp":1780315200}"#).as_deref(), Some("2026-06-01T12:00:00+00:00"));
        assert_eq!(at(r#"{"exp":1780315200.5}"#).as_deref(), Some("2026-06-01T12:00:00+00:00"));
    }

    #[test]
    fn what_says_nothing_of_its_end_has_none() {
        for text in ["", "opaque-token", "a.b.c", "e30.e30.e30"] {
            assert_eq!(expiry_of(&SecretString::from(text)), None, "{text}");
        }
        assert_eq!(expiry_of(&token(r#"{"exp":"soon"}"#)), None);
        assert_eq!(expiry_of(&token(r#"{"exp":1e300}"#)), None);
    }
}
