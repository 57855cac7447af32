//! Reasons of failure, as codes.
//!
//! What is stored as a reason can be a raw message of some other system, with paths and stack traces in it. Only codes
//! from this list are kept; everything else becomes a neutral word.

use crate::model::evidence::CAPTURE_QUALITY_REASONS;

/// What a failed scan is called whose reason is unknown.
pub(super) const SCAN_FAILED: &str = "scan_failed";
/// What anything else is called whose reason is unknown.
pub(super) const UNKNOWN: &str = "unknown_reason";

/// Codes in use beside the [`CAPTURE_QUALITY_REASONS`].
const KNOWN: &[&str] = &[
    SCAN_FAILED,
    UNKNOWN,
    // selfie
    "liveness_failed",
    "liveness_error",
    "liveness_score_not_acceptable",
    "person_already_set",
    // document
    "document_number_is_not_extracted",
    "document_type_not_detected",
    "existing_document_validation_with_document_number",
    "document_expired",
    "document_not_live",
    "image_is_required",
    "insecure_image_url",
    "prompt_template_not_found",
    "document_face_not_provided",
    // review and registry
    "validation_timeout",
    "manual_review_requested",
    "manual_review",
    "name_mismatch",
    "document_not_supported",
    "validation_not_available",
    "invalid_name_response_from_api",
    // codes
    "otp_does_not_match",
    "wrong_code",
    "code_expired",
    "max_attempts_exceeded",
    // face compare and background
    "face_mismatch",
    "compare_failed",
    "background_hit",
];

/// Codes of the face engine in older records, and what they are called now.
const PROVIDER_CODES: &[(&str, &str)] = &[
    ("ERR_LIVENESS_FACE_CLOSE_TO_BORDER", "face_close_to_border"),
    ("ERR_LIVENESS_FACE_TOO_SMALL", "face_too_far"),
    ("ERR_MULTIPLE_FACES_DETECTED", "multiple_faces_detected"),
    ("ERR_NO_FACE_DETECTED", "no_face_detected"),
];

/// The code in a stored reason such as `409:document_type_not_detected`; `neutral` if it says something unknown, `None`
/// if it says nothing.
pub(super) fn code(stored: &str, neutral: &str) -> Option<String> {
    let (text, _) = parts(stored);
    if text.is_empty() {
        return None;
    }
    let folded = text.to_ascii_lowercase();
    Some(if is_known(&folded) { folded } else { neutral.to_owned() })
}

/// Whether a word is one of the codes.
pub(super) fn is_known(word: &str) -> bool {
    KNOWN.iter().chain(CAPTURE_QUALITY_REASONS).any(|known| *known == word)
}

/// The code and the score in the face engine's `NNN:text@DETAIL`, where DETAIL is a score or a code of the provider.
pub(super) fn face_engine(message: &str) -> (Option<String>, Option<f64>) {
    let (_, detail) = parts(message);
    let Some(detail) = detail else { return (code(message, UNKNOWN), None) };
    if let Ok(score) = detail.parse::<f64>() {
        return (Some("liveness_failed".to_owned()), score.is_finite().then_some(score));
    }
    let known = PROVIDER_CODES.iter().find(|(provider, _)| *provider == detail);
    (Some(known.map_or(UNKNOWN, |(_, code)| code).to_owned()), None)
}

/// A text without its `NNN:` prefix.
pub(super) fn without_status(text: &str) -> &str {
    let text = text.trim();
    match text.split_once(':') {
        Some((status, rest)) if status.len() == 3 && status.bytes().all(|byte| byte.is_ascii_digit()) => rest.trim(),
        _ => text,
    }
}

/// A text without its `NNN:` prefix, and what stands behind its `@`.
fn parts(text: &str) -> (&str, Option<&str>) {
    let text = without_status(text);
    match text.split_once('@') {
        Some((reason, detail)) => (reason.trim(), Some(detail.trim())),
        None => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_code_is_kept_without_its_status() {
        assert_eq!(code("409:document_type_not_detected", SCAN_FAILED).as_deref(), Some("document_type_not_detected"));
        assert_eq!(code("Face_Too_Far", UNKNOWN).as_deref(), Some("face_too_far"));
        assert_eq!(code("  ", UNKNOWN), None);
    }

    #[test]
    fn a_message_with_a_path_becomes_a_neutral_word() {
        let stored = "ENOENT: no such file, open '/srv/app/models/ocr.bin'";
        assert_eq!(code(stored, SCAN_FAILED).as_deref(), Some(SCAN_FAILED));
    }

    #[test]
    fn the_face_engines_details_are_scores_or_provider_codes() {
        assert_eq!(face_engine("409:liveness_failed@0.41"), (Some("liveness_failed".to_owned()), Some(0.41)));
        assert_eq!(face_engine("422:bad@ERR_NO_FACE_DETECTED"), (Some("no_face_detected".to_owned()), None));
        assert_eq!(face_engine("500:x@/srv/app/index.js:12"), (Some(UNKNOWN.to_owned()), None));
    }
}
