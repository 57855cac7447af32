//! The signature of a delivery: HMAC-SHA256 of the body under a secret that both sides know.

use axum::http::HeaderName;
use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// Its header, as an older page of the service has it.
pub(super) const HEADER: HeaderName = HeaderName::from_static("x-verifik-signature");

/// What stands before the digest.
const SCHEME: &str = "sha256=";

/// The signature of a body: `sha256=` and the digest in hexadecimal.
pub(super) fn sign(secret: &SecretString, body: &[u8]) -> String {
    format!("{SCHEME}{}", hex::encode(keyed(secret, body).finalize().into_bytes()))
}

/// Whether a signature is that of the body. Takes the same time whatever is wrong with it.
pub(super) fn is_right(secret: &SecretString, body: &[u8], signature: &str) -> bool {
    let digest = signature.trim().strip_prefix(SCHEME).and_then(|digest| hex::decode(digest).ok());
    digest.is_some_and(|digest| keyed(secret, body).verify_slice(&digest).is_ok())
}

fn keyed(secret: &SecretString, body: &[u8]) -> Hmac<Sha256> {
    // A key of any length is right for HMAC, so the constructor cannot fail; an empty one would only sign as such.
    let mut keyed =
        Hmac::new_from_slice(secret.expose_secret().as_bytes()).unwrap_or_else(|_| Hmac::new(&[0; 64].into()));
    keyed.update(body);
    keyed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_that_of_its_body_and_secret_only() {
        // The second test case of RFC 4231.
        let secret = SecretString::from("Jefe");
        let body = b"what do ya want for nothing?";
        let signature = sign(&secret, body);
        assert_eq!(signature, "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        assert!(is_right(&secret, body, &signature));
        assert!(!is_right(&secret, b"what do ya want for something?", &signature));
        assert!(!is_right(&SecretString::from("other"), body, &signature));
        assert!(!is_right(&secret, body, "sha256=00"));
        assert!(!is_right(&secret, body, "5bdcc146"));
    }
}
