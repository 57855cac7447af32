//! The head of a request: how large it may be, and where it ends. What is larger than anything a client of ours sends is
//! refused before any route sees it.

use axum::{extract::Request, http::StatusCode};

use super::refusal::Refusal;

/// Longest path with its query, bytes. Our own choice: a list with every filter takes some hundred.
const LONGEST_TARGET: usize = 8 * 1024;

/// All headers together, bytes. Our own choice: a token and what a browser adds take some thousand.
const LARGEST_HEADERS: usize = 32 * 1024;

/// Most bytes of a head that are read, whatever they are: both of the above, and the punctuation between them.
const LARGEST_HEAD: usize = LONGEST_TARGET + LARGEST_HEADERS + 8 * 1024;

/// What whoever sends a larger head is told, before the connection is closed: nobody has parsed what it asks for.
pub(super) const TOO_LARGE: &[u8] = b"HTTP/1.1 431 Request Header Fields Too Large\r\n\
    connection: close\r\ncontent-length: 0\r\ncache-control: no-store\r\n\r\n";

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

/// Finds the blank line that ends a head, in bytes as they come.
#[derive(Debug, Default)]
pub(super) struct HeadEnd {
    /// Bytes so far.
    taken: usize,
    /// Whether the request line has begun: blank lines before it are no end.
    begun: bool,
    line_ended: bool,
}

impl HeadEnd {
    /// Whether more has come than any head may have, without an end.
    pub(super) fn is_overdue(&self) -> bool {
        self.taken > LARGEST_HEAD
    }

    /// Takes the next bytes; whether the head ends within them.
    pub(super) fn is_in(&mut self, bytes: &[u8]) -> bool {
        self.taken = self.taken.saturating_add(bytes.len());
        for byte in bytes {
            match byte {
                b'\n' if self.line_ended => return true,
                b'\n' => self.line_ended = self.begun,
                b'\r' => {}
                _ => (self.begun, self.line_ended) = (true, false),
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::HeadEnd;

    #[test]
    fn a_head_ends_with_its_blank_line_however_the_bytes_come() {
        let request = b"\r\n\r\n\r\nGET / HTTP/1.1\r\nhost: x\r\n\r\n";
        for size in 1..=request.len() {
            let mut end = HeadEnd::default();
            let found: Vec<bool> = request.chunks(size).map(|bytes| end.is_in(bytes)).collect();
            let last = found.len() - 1;
            assert!(found[last] && !found[..last].contains(&true), "{size}: {found:?}");
        }
        assert!(!HeadEnd::default().is_in(b"GET / HTTP/1.1\r\nhost: x\r\nmore: "));
        assert!(HeadEnd::default().is_in(b"GET / HTTP/1.1\nhost: x\n\nbody"));
    }
}
