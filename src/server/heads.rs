//! The head of a request: how large it may be. What is larger than anything a client of ours sends is refused before any
//! route sees it.

use axum::{extract::Request, http::StatusCode};

use super::refusal::Refusal;

/// Longest path with its query, bytes. Our own choice: a list with every filter takes some hundred.
const LONGEST_TARGET: usize = 8 * 1024;

/// All headers together, bytes. Our own choice: a token and what a browser adds take some thousand.
const LARGEST_HEADERS: usize = 32 * 1024;

/// Refuses a request whose target or headers are too large.
pub(super) fn check(request: &Request) -> Result<(), Refusal> {
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    if target > LONGEST_TARGET {
        let message = format!("The path and its query are longer than {} KiB.", LONGEST_TARGET / 1024);
        return Err(Refusal::new(StatusCode::URI_TOO_LONG, "UriTooLong", message));
    }
    let headers: usize = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if headers > LARGEST_HEADERS {
        let message = format!("The headers are larger than {} KiB.", LARGEST_HEADERS / 1024);
        return Err(Refusal::new(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "HeadersTooLarge", message));
    }
    Ok(())
}
