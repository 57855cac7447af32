//! Whether the endpoint lives and is ready, and how it fares, for whoever runs it and for what stands before it.
//!
//! `GET /healthz` and `GET /readyz` need no token: they say nothing but yes or no. `GET /metrics` is for the client's token
//! only, in the text form of Prometheus; it counts, and names nobody.

use std::{
    fmt::Write as _,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    extract::State,
    http::{Method, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use tokio::time::timeout;

use super::{App, Shared, access::Access, refusal::Refusal};
use crate::backend::ListRequest;

/// How long the backend may take to show that it is there. What stands before an endpoint asks every few seconds.
const PATIENCE: Duration = Duration::from_secs(2);

/// Methods that are counted apart; the last stands for all others.
const METHODS: [&str; 4] = ["GET", "POST", "PUT", "other"];

/// Upper ends of the classes of time, seconds.
const SECONDS: [f64; 8] = [0.005, 0.02, 0.1, 0.5, 1.0, 5.0, 15.0, 30.0];

/// The type of the text form.
const TEXT_FORM: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What has been answered so far.
#[derive(Debug, Default)]
pub(super) struct Pulse {
    under_way: AtomicU64,
    /// By method, and by the first digit of the status less one.
    answers: [[AtomicU64; 5]; METHODS.len()],
    /// By the class of time; the last is for what took longer than all.
    times: [AtomicU64; SECONDS.len() + 1],
    microseconds: AtomicU64,
    /// Whether it is about to stop, and wants no more requests.
    draining: AtomicBool,
}

/// A request under way.
pub(super) struct Beat<'p>(&'p Pulse);

impl Pulse {
    /// From now on whoever asks is told to send requests elsewhere.
    pub(super) fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// A request begins.
    pub(super) fn begin(&self) -> Beat<'_> {
        self.under_way.fetch_add(1, Ordering::Relaxed);
        Beat(self)
    }

    /// It was answered.
    pub(super) fn answered(&self, method: &Method, status: StatusCode, took: Duration) {
        let method = place_of(method);
        let class = usize::from(status.as_u16() / 100).clamp(1, 5) - 1;
        let time = SECONDS.iter().position(|end| took.as_secs_f64() <= *end).unwrap_or(SECONDS.len());
        self.answers[method][class].fetch_add(1, Ordering::Relaxed);
        self.times[time].fetch_add(1, Ordering::Relaxed);
        self.microseconds.fetch_add(took.as_micros() as u64, Ordering::Relaxed);
    }

    fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a text cannot fail.
        let _ = self.write(&mut text);
        text
    }

    fn write(&self, text: &mut String) -> std::fmt::Result {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        writeln!(text, "# HELP regdesk_requests_total Requests that were answered.")?;
        writeln!(text, "# TYPE regdesk_requests_total counter")?;
        for (method, answers) in METHODS.iter().zip(&self.answers) {
            for (class, counter) in answers.iter().enumerate().filter(|(_, counter)| count(counter) > 0) {
                let (class, total) = (class + 1, count(counter));
                writeln!(text, "regdesk_requests_total{{method=\"{method}\",status=\"{class}xx\"}} {total}")?;
            }
        }
        writeln!(text, "# HELP regdesk_requests_under_way Requests that are not answered yet.")?;
        writeln!(text, "# TYPE regdesk_requests_under_way gauge")?;
        writeln!(text, "regdesk_requests_under_way {}", count(&self.under_way))?;
        writeln!(text, "# HELP regdesk_request_seconds How long answers took.")?;
        writeln!(text, "# TYPE regdesk_request_seconds histogram")?;
        let mut total = 0;
        for (end, counter) in SECONDS.iter().zip(&self.times) {
            total += count(counter);
            writeln!(text, "regdesk_request_seconds_bucket{{le=\"{end}\"}} {total}")?;
        }
        total += self.times.last().map_or(0, count);
        writeln!(text, "regdesk_request_seconds_bucket{{le=\"+Inf\"}} {total}")?;
        writeln!(text, "regdesk_request_seconds_sum {}", count(&self.microseconds) as f64 / 1e6)?;
        writeln!(text, "regdesk_request_seconds_count {total}")
    }
}

impl Drop for Beat<'_> {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

fn place_of(method: &Method) -> usize {
    METHODS.iter().position(|known| *known == method.as_str()).unwrap_or(METHODS.len() - 1)
}

/// A method as it is counted and logged: whoever asks may call it what they like.
pub(super) fn word_of(method: &Method) -> &'static str {
    METHODS[place_of(method)]
}

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new().route("/healthz", get(async || "ok\n")).route("/readyz", get(ready)).route("/metrics", get(metrics))
}

/// Ready is who gets an answer of the backend, and is not about to stop.
async fn ready(State(app): Shared) -> Response {
    if app.pulse.draining.load(Ordering::Relaxed) {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response();
    }
    match timeout(PATIENCE, app.backend.list(ListRequest::page(1, 1))).await {
        Ok(Ok(_)) => "ready\n".into_response(),
        Ok(Err(_)) | Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the registrations cannot be read\n").into_response(),
    }
}

async fn metrics(State(app): Shared, access: Access) -> Result<Response, Refusal> {
    access.client_only()?;
    Ok(([(header::CONTENT_TYPE, TEXT_FORM)], app.pulse.text()).into_response())
}
