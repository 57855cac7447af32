//! stub
use crate::backend::BackendError;
/// Classes an error answer, whatever its envelope.
pub fn decode_error(http_status: u16, body: &[u8], retry_after: Option<std::time::Duration>) -> BackendError {
    let _ = (body, retry_after);
    BackendError {
        kind: crate::backend::ErrorKind::Server,
        code: None,
        message: String::new(),
        http_status: Some(http_status),
    }
}
