//! Requests over HTTP: time and size limits, one error for everything that can go wrong, and repeats of reads.

use std::time::Duration;

use reqwest::{Client, Method, Response, Url, header};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tokio::time;

use super::{RemoteError, Timeouts, manners::Manners};
use crate::{
    backend::{BackendError, ErrorKind},
    http,
    model::debug_only,
    wire,
};

/// Largest answer that is read, bytes. A page of a hundred registrations takes a few hundred KiB; images are not asked
/// for.
const LARGEST_ANSWER: usize = 32 * 1024 * 1024;

/// How often a read is repeated. The service's own advice.
const MOST_REPEATS: u32 = 3;

/// Longest pause that is waited out before a repeat; a remote that asks for more is told of instead.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// One request.
#[derive(Clone)]
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) query: Vec<(&'static str, String)>,
    pub(super) body: Option<Value>,
    /// The mark (`ETag`) of the answer that is known: if it still holds, none is sent.
    pub(super) known: Option<String>,
    /// What it does, for messages: `create the registration`.
    pub(super) what: &'static str,
}

debug_only!(Call { method, what });

impl Call {
    /// Whether doing it twice is the same as doing it once.
    fn is_read(&self) -> bool {
        self.method == Method::GET
    }
}

/// A successful answer.
pub(super) struct Answer {
    /// Its JSON; `null` where it had no body.
    pub(super) body: Value,
    /// A token in its headers.
    pub(super) token: Option<SecretString>,
    /// The mark that stands for it, where the remote gives one.
    pub(super) mark: Option<String>,
    /// Nothing has changed since the answer that is known; there is no body.
    pub(super) is_known: bool,
}

debug_only!(Answer { token, mark, is_known });

/// The HTTP client.
#[derive(Debug)]
pub(super) struct Transport {
    client: Client,
    timeouts: Timeouts,
    manners: Manners,
    name: String,
}

impl Transport {
    pub(super) fn new(timeouts: Timeouts, name: String) -> Result<Self, RemoteError> {
        let client =
            http::client(timeouts.connect, timeouts.request).map_err(|reason| RemoteError::Client { reason })?;
        Ok(Self { client, timeouts, manners: Manners::new(timeouts.per_second), name })
    }

    /// Sends a request. A read is repeated when that may help; a write never is.
    pub(super) async fn send(&self, call: &Call, token: &SecretString) -> Result<Answer, BackendError> {
        let mut repeats = 0;
        loop {
            self.manners.wait_for_turn(call.is_read()).await?;
            let sent = self.send_once(call, token).await;
            self.learn(&sent);
            let error = match sent {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let pause = self.pause(&error, repeats);
            match pause.filter(|_| call.is_read() && repeats < MOST_REPEATS) {
                Some(pause) => {
                    tracing::debug!(?pause, kind = ?error.kind, "repeats a read");
                    time::sleep(pause).await;
                    repeats += 1;
                }
                None => return Err(error),
            }
        }
    }

    /// What an answer, or none, means for those that follow.
    fn learn(&self, sent: &Result<Answer, BackendError>) {
        match sent.as_ref().map_err(|error| (&error.kind, error.http_status)) {
            Err((ErrorKind::Unreachable | ErrorKind::TimedOut, None)) => self.manners.unanswered(time::Instant::now()),
            Err((ErrorKind::TooMany { retry_after }, _)) => {
                self.manners.answered();
                if let Some(pause) = retry_after {
                    self.manners.rest((*pause).min(LONGEST_PAUSE), time::Instant::now());
                }
            }
            _ => self.manners.answered(),
        }
    }

    /// How long to wait before a repeat; `None` if a repeat would not help. A time-out has cost enough time already.
    fn pause(&self, error: &BackendError, repeats: u32) -> Option<Duration> {
        let own = jittered(self.timeouts.backoff.saturating_mul(1 << repeats.min(MOST_REPEATS)));
        match &error.kind {
            ErrorKind::TooMany { retry_after } => retry_after.or(Some(own)).filter(|pause| *pause <= LONGEST_PAUSE),
            ErrorKind::Unreachable => Some(own),
            ErrorKind::Server => error.http_status.is_none_or(|status| status >= 500).then_some(own),
            _ => None,
        }
    }

    async fn send_once(&self, call: &Call, token: &SecretString) -> Result<Answer, BackendError> {
        let mut request = self
            .client
            .request(call.method.clone(), call.url.clone())
            .query(&call.query)
            .bearer_auth(token.expose_secret())
            .header(header::ACCEPT, "application/json");
        if let Some(mark) = &call.known {
            request = request.header(header::IF_NONE_MATCH, mark);
        }
        if let Some(body) = &call.body {
            request = request.json(body);
        }
        let response = request.send().await.map_err(|error| self.lost(&error, call))?;
        let status = response.status().as_u16();
        let retry_after = retry_after(&response);
        let token = token_header(&response);
        let mark = text_header(&response, &header::ETAG);
        let body = self.read(response, call).await?;
        match status {
            200..=299 => match wire::parse_body(status, &body) {
                Ok(body) => Ok(Answer { body, token, mark, is_known: false }),
                Err(error) => Err(unknown_if_write(error, call)),
            },
            304 if call.known.is_some() => Ok(Answer { body: Value::Null, token, mark, is_known: true }),
            300..=399 => Err(redirected(status)),
            _ => Err(unknown_if_write(wire::decode_error(status, &body, retry_after), call)),
        }
    }

    async fn read(&self, mut response: Response, call: &Call) -> Result<Vec<u8>, BackendError> {
        let status = response.status().as_u16();
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() > LARGEST_ANSWER => {
                    let most = LARGEST_ANSWER / (1024 * 1024);
                    let message = format!("The remote's answer is larger than {most} MiB. Ask for fewer rows at once.");
                    return Err(BackendError {
                        http_status: Some(status),
                        ..BackendError::new(ErrorKind::Server, message)
                    });
                }
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => return Ok(body),
                Err(error) if error.is_timeout() => return Err(self.lost(&error, call)),
                Err(_) if call.is_read() => {
                    // Without a status: it was not the remote that refused, so asking again may help.
                    let message = format!("The answer of {} broke off in the middle. Try again.", self.name);
                    return Err(BackendError::new(ErrorKind::Server, message));
                }
                Err(_) => return Err(unknown(&format!("The answer of {} broke off in the middle", self.name), call)),
            }
        }
    }

    /// No answer at all.
    fn lost(&self, error: &reqwest::Error, call: &Call) -> BackendError {
        let name = &self.name;
        let cause = http::reason(error);
        if error.is_connect() {
            let reason = if error.is_timeout() {
                format!("no connection within {} s", self.timeouts.connect.as_secs_f32())
            } else {
                cause
            };
            let message = format!(
                "Cannot reach {name}: {reason}. Check the URL and the network, and whether the server is running."
            );
            return BackendError::new(ErrorKind::Unreachable, message);
        }
        let seconds = self.timeouts.request.as_secs_f32();
        match (error.is_timeout(), call.is_read()) {
            (true, true) => BackendError::new(
                ErrorKind::TimedOut,
                format!("{name} did not answer within {seconds} s. Try again in a while."),
            ),
            (true, false) => unknown(&format!("{name} did not answer within {seconds} s"), call),
            (false, true) => BackendError::new(
                ErrorKind::Unreachable,
                format!("The connection to {name} broke: {cause}. Try again in a while."),
            ),
            (false, false) => unknown(&format!("The connection to {name} broke before it answered"), call),
        }
    }
}

/// A write that may or may not have been done. It is never repeated: that could do it twice.
fn unknown(what_happened: &str, call: &Call) -> BackendError {
    let message =
        format!("{what_happened}: it is unknown whether it did {}. Refresh to see, before you try again.", call.what);
    BackendError::new(ErrorKind::TimedOut, message)
}

/// A server that failed in the middle of a write may have done it.
fn unknown_if_write(error: BackendError, call: &Call) -> BackendError {
    if call.is_read() {
        return error;
    }
    match (&error.kind, error.http_status) {
        (ErrorKind::TimedOut, _) | (ErrorKind::Server, Some(200..=299)) => {
            let status = error.http_status;
            let told = error.message.split(". ").next().unwrap_or_default().trim_end_matches('.').to_owned();
            BackendError { http_status: status, code: error.code, ..unknown(&told, call) }
        }
        (ErrorKind::Server, _) => {
            let message = format!("{} Refresh before you try again: it may have been done.", error.message);
            BackendError { message, ..error }
        }
        _ => error,
    }
}

fn redirected(status: u16) -> BackendError {
    let message = format!(
        "The remote redirects to another address (HTTP {status}), which is not followed: the token would go along. \
         Set the URL to where the service really is."
    );
    BackendError { http_status: Some(status), ..BackendError::new(ErrorKind::Server, message) }
}

/// `Retry-After` in seconds. Its other form, a date, needs the remote's clock to be right and is not in use here.
fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

fn text_header(response: &Response, name: &header::HeaderName) -> Option<String> {
    response.headers().get(name)?.to_str().ok().map(str::to_owned)
}

fn token_header(response: &Response) -> Option<SecretString> {
    let token = response.headers().get(wire::TOKEN_HEADER)?.to_str().ok()?;
    (!token.is_empty()).then(|| SecretString::from(token))
}

/// Half to one and a half times as long, so that many clients do not come back at once.
fn jittered(pause: Duration) -> Duration {
    let mut byte = [128_u8];
    // Without random numbers there is no jitter; that is no reason to fail.
    let _ = getrandom::fill(&mut byte);
    pause.mul_f64(0.5 + f64::from(byte[0]) / 255.0)
}
