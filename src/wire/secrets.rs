//! Taking secrets and images out of what is kept.

use serde_json::{Map, Value};

use crate::model::fold_word;

/// Keys whose values open doors, or are images.
const SECRET_KEYS: &[&str] = &[
    "token",
    "access_token",
    "refresh_token",
    "otp",
    "demo_otp",
    "verification_code",
    "auth_link",
    "link",
    "smart_link",
    "authorization",
    "password",
    "secret",
    "api_key",
    "base64",
    "image",
    "images",
    "front_image",
    "back_image",
    "encrypted",
];

/// Texts from this length on that look like base64 are images or certificates, not facts.
const LONGEST_PLAIN_TEXT: usize = 2_000;

/// Removes every secret and image, however deep.
pub(super) fn strip(map: &mut Map<String, Value>) {
    map.retain(|key, value| !is_secret_key(key) && keep(value));
}

fn keep(value: &mut Value) -> bool {
    match value {
        Value::Object(map) => strip(map),
        Value::Array(items) => items.retain_mut(keep),
        Value::String(text) => return !is_secret_text(text),
        _ => {}
    }
    true
}

fn is_secret_key(key: &str) -> bool {
    SECRET_KEYS.contains(&fold_word(key).as_str())
}

fn is_secret_text(text: &str) -> bool {
    text.starts_with("data:image/")
        || text.contains("token=")
        || text.starts_with("Bearer ")
        || (text.len() > LONGEST_PLAIN_TEXT && text.bytes().all(|byte| byte.is_ascii_graphic()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]

    use serde_json::json;

    use super::*;

    #[test]
    fn no_secret_survives_however_deep() {
        let Value::Object(mut map) = json!({
            "token": "t", "demoOTP": "123456", "client": "c1", "link": "https://access.example.com",
            "emailData": { "authLink": "https://access.example.com/?token=t", "title": "Hello" },
            "faces": [{ "base64": "iVBOR", "category": "face" }, "data:image/png;base64,iVBOR"],
            "redirect": "https://app.example.com/?token=abc",
            "blob": "A".repeat(3_000),
        }) else {
            panic!("an object")
        };
        strip(&mut map);
        assert_eq!(
            Value::Object(map),
            json!({ "client": "c1", "emailData": { "title": "Hello" }, "faces": [{ "category": "face" }] })
        );
    }
}
