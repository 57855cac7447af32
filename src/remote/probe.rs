//! Asking a remote, step by step, whether and how it can be worked with. Only reads.

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::{Client, Url, header};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::{RemoteConfig, address::Address, calls, expiry_of};
use crate::{
    backend::{BackendError, Clock, ErrorKind, ListRequest, Order, Page},
    http,
    model::{Registration, Status, Timestamp},
    wire,
};

/// A token that runs out within this time is worth a warning.
const SOON: TimeDelta = TimeDelta::days(3);
/// A clock may differ by as much without harm: ages on the screen are told in minutes.
const SKEW: TimeDelta = TimeDelta::seconds(30);
/// Rows of the pages that are asked for.
const ROWS: u32 = 5;

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// As it should be.
    Good,
    /// It works, with less than there could be.
    Warning,
    /// It does not work.
    Bad,
    /// It could not be found out.
    Unknown,
}

impl Health {
    /// The word for output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Warning => "warning",
            Self::Bad => "bad",
            Self::Unknown => "unknown",
        }
    }
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was checked.
    pub what: &'static str,
    /// How it came out.
    pub health: Health,
    /// What was found, and what to do about it.
    pub text: String,
}

impl Finding {
    /// A check that came out so.
    pub fn new(what: &'static str, health: Health, text: impl Into<String>) -> Self {
        Self { what, health, text: text.into() }
    }
}

/// One answer to a list.
struct Listed {
    page: Page,
    body: Value,
    at: Option<Timestamp>,
}

/// Goes through the checks of a remote until one fails that all others need.
pub async fn probe(config: &RemoteConfig, clock: &Clock) -> Vec<Finding> {
    let mut found = Vec::new();
    // Each of these needs the one before it.
    let _ = Probe::run(config, clock, &mut found).await;
    found
}

struct Probe<'a> {
    config: &'a RemoteConfig,
    address: Address,
    client: Client,
    token: SecretString,
}

impl<'a> Probe<'a> {
    async fn run(config: &'a RemoteConfig, clock: &Clock, found: &mut Vec<Finding>) -> Option<()> {
        let mut tell = |what, health, text: String| found.push(Finding::new(what, health, text));
        let address = match Address::new(&config.base_url, config.allow_plain_http) {
            Ok(address) => address,
            Err(error) => {
                tell("address", Health::Bad, error.to_string());
                return None;
            }
        };
        let is_plain = address.at(&[]).scheme() == "http";
        let how = if is_plain { "plain http: what is sent can be read on the way" } else { "https" };
        let health = if is_plain && config.allow_plain_http { Health::Warning } else { Health::Good };
        tell("address", health, format!("{} over {how}", address.name()));
        let token = match config.token.read().await {
            Ok(token) => token,
            Err(error) => {
                tell("token", Health::Bad, error.to_string());
                return None;
            }
        };
        let (health, text) = token_health(&token, clock.now(), &config.token.place());
        tell("token", health, text);
        let client = match http::client(config.timeouts.connect, config.timeouts.request) {
            Ok(client) => client,
            Err(reason) => {
                tell("connection", Health::Bad, reason);
                return None;
            }
        };
        let probe = Probe { config, address, client, token };
        let first = match probe.list(&ListRequest::page(1, ROWS)).await {
            Ok(first) => first,
            Err(error) => {
                let what = if error.http_status.is_some() { "sign-in" } else { "connection" };
                tell(what, Health::Bad, advice(&error));
                return None;
            }
        };
        tell("sign-in", Health::Good, "the remote accepts the token".to_owned());
        probe.look_at_list(&first, clock, found).await;
        Some(())
    }

    async fn look_at_list(&self, first: &Listed, clock: &Clock, found: &mut Vec<Finding>) {
        found.push(skew(first.at, clock.now()));
        found.push(dialect(&first.body));
        found.push(paging(first));
        found.push(order(&first.page.registrations));
        found.push(self.changes_first().await);
        found.push(self.second_page(first).await);
        found.push(self.filters(first).await);
        found.push(detail(&first.page.registrations));
    }

    async fn list(&self, request: &ListRequest) -> Result<Listed, BackendError> {
        let url = self.address.at(&["v2", "app-registrations"]);
        let (body, at) = self.get(url, &calls::list_query(request, self.config.dialect)).await?;
        let page = wire::decode_page(body.clone(), request.page)
            .map_err(|error| BackendError::new(ErrorKind::Server, format!("The answer cannot be read at {error}.")))?;
        Ok(Listed { page, body, at })
    }

    async fn get(
        &self,
        url: Url,
        query: &[(&'static str, String)],
    ) -> Result<(Value, Option<Timestamp>), BackendError> {
        let unreachable = |error: reqwest::Error| {
            BackendError::new(ErrorKind::Unreachable, format!("Not reached: {}.", http::reason(&error)))
        };
        let request = self.client.get(url).query(query).bearer_auth(self.token.expose_secret());
        let answer = request.send().await.map_err(unreachable)?;
        let status = answer.status().as_u16();
        let date = answer.headers().get(header::DATE).and_then(|date| date.to_str().ok());
        let at = date.and_then(|date| DateTime::parse_from_rfc2822(date).ok()).map(|at| at.with_timezone(&Utc));
        let body = answer.bytes().await.map_err(unreachable)?;
        if !(200..300).contains(&status) {
            return Err(wire::decode_error(status, &body, None));
        }
        Ok((wire::parse_body(status, &body)?, at))
    }

    /// Whether the latest changes can be asked for first, which spares reading everything again to see them.
    async fn changes_first(&self) -> Finding {
        let what = "changes";
        let request = ListRequest { order: Order::Changed, ..ListRequest::page(1, ListRequest::MAX_LIMIT) };
        match self.list(&request).await {
            Err(error) => {
                Finding::new(what, Health::Warning, format!("asking for them first fails: {}", error.message))
            }
            Ok(list) if list.page.is_by_change() => {
                Finding::new(what, Health::Good, "the latest come first if asked for")
            }
            Ok(list) if list.page.registrations.is_sorted_by(|one, next| one.updated_at >= next.updated_at) => {
                Finding::new(what, Health::Unknown, "they came in the order in which they were created")
            }
            Ok(_) => {
                let text = "`sort=-updatedAt` is ignored: changes of old registrations show when all are read again";
                Finding::new(what, Health::Warning, text)
            }
        }
    }

    async fn second_page(&self, first: &Listed) -> Finding {
        let what = "paging";
        if first.page.registrations.len() < ROWS as usize {
            return Finding::new(what, Health::Unknown, "there are too few registrations to turn a page");
        }
        match self.list(&ListRequest::page(2, ROWS)).await {
            Err(error) => Finding::new(what, Health::Bad, format!("the second page fails: {}", error.message)),
            Ok(second) => {
                let repeats =
                    second.page.registrations.iter().filter(|row| has(&first.page.registrations, row)).count();
                if repeats == second.page.registrations.len() && repeats > 0 {
                    Finding::new(what, Health::Bad, "the second page is the first once more: `page` is ignored")
                } else {
                    Finding::new(what, Health::Good, "the second page holds other rows than the first")
                }
            }
        }
    }

    async fn filters(&self, first: &Listed) -> Finding {
        let what = "filters";
        let Some(status) = first.page.registrations.first().map(|row| row.status.clone()) else {
            return Finding::new(what, Health::Unknown, "there is nothing to filter");
        };
        // Nobody has this status: a remote that knows the filter answers with nothing.
        let nobody =
            ListRequest { statuses: vec![Status::Unknown("no_such_status".to_owned())], ..ListRequest::page(1, ROWS) };
        let some = ListRequest { statuses: vec![status.clone()], ..ListRequest::page(1, ROWS) };
        match (self.list(&nobody).await, self.list(&some).await) {
            (Ok(nothing), Ok(some)) if nothing.page.registrations.is_empty() => {
                let fits = some.page.registrations.iter().all(|row| row.status == status);
                let health = if fits { Health::Good } else { Health::Warning };
                let text = if fits { "by status: honoured" } else { "by status: rows of another status come" };
                Finding::new(what, health, text)
            }
            (Err(_), Ok(_)) => Finding::new(what, Health::Good, "by status: honoured, unknown words are refused"),
            (Ok(_), Ok(_)) => Finding::new(
                what,
                Health::Warning,
                "by status: ignored; rows are filtered here, which reads all of them",
            ),
            (_, Err(error)) => Finding::new(what, Health::Warning, format!("by status: {}", error.message)),
        }
    }
}

fn has(rows: &[Registration], wanted: &Registration) -> bool {
    rows.iter().any(|row| row.id == wanted.id)
}

fn token_health(token: &SecretString, now: Timestamp, place: &str) -> (Health, String) {
    let Some(end) = expiry_of(token) else {
        return (Health::Good, format!("from {place}; it does not say when it runs out"));
    };
    let date = end.format("%Y-%m-%d %H:%M UTC");
    if end <= now {
        return (Health::Bad, format!("it ran out on {date}; put a fresh one into {place}"));
    }
    if end - now < SOON {
        return (Health::Warning, format!("it runs out on {date}; `regdesk token renew` gets another while it holds"));
    }
    (Health::Good, format!("from {place}; it runs out on {date}"))
}

fn advice(error: &BackendError) -> String {
    let then = match error.kind {
        ErrorKind::NotSignedIn => " Get a fresh token.",
        ErrorKind::Forbidden => " Use the token of a client, with the right to list.",
        ErrorKind::NotFound => " Check that the URL ends before /v2.",
        ErrorKind::Unreachable => " Check host, port and network.",
        _ => "",
    };
    format!("{}{then}", error.message)
}

fn skew(at: Option<Timestamp>, now: Timestamp) -> Finding {
    let what = "clock";
    let Some(at) = at else { return Finding::new(what, Health::Unknown, "the remote does not say what time it is") };
    let skew = (now - at).abs();
    if skew > SKEW {
        let text = format!(
            "differs by {} s: ages and limits are off by as much; set this machine's clock",
            skew.num_seconds()
        );
        return Finding::new(what, Health::Warning, text);
    }
    Finding::new(what, Health::Good, "agrees with this machine")
}

fn dialect(body: &Value) -> Finding {
    let first = body.get("data").unwrap_or(body).get(0);
    match first.and_then(calls::dialect_of) {
        Some(wire::Dialect::Overview) => Finding::new("dialect", Health::Good, "overview"),
        Some(wire::Dialect::Live) => Finding::new("dialect", Health::Good, "live"),
        None => Finding::new("dialect", Health::Unknown, "there is no row to tell it by"),
    }
}

fn paging(first: &Listed) -> Finding {
    let rows = first.page.registrations.len() + first.page.refused.len();
    let counts = match (first.page.total, first.page.pages) {
        (Some(total), _) => format!("{total} registrations in all"),
        (None, Some(pages)) => format!("{pages} pages"),
        (None, None) => "no count: everything has to be read to know how much there is".to_owned(),
    };
    if rows > ROWS as usize {
        let text = format!("{rows} rows came where {ROWS} were asked for: `limit` is ignored; {counts}");
        return Finding::new("list", Health::Warning, text);
    }
    if !first.page.refused.is_empty() {
        let text = format!("{} rows cannot be read: {}", first.page.refused.len(), first.page.refused.join("; "));
        return Finding::new("list", Health::Warning, text);
    }
    let health = if first.page.total.is_some() { Health::Good } else { Health::Warning };
    Finding::new("list", health, counts)
}

fn order(rows: &[Registration]) -> Finding {
    let is_newest_first = rows.is_sorted_by(|one, next| one.created_at >= next.created_at);
    match (rows.len(), is_newest_first) {
        (0 | 1, _) => Finding::new("order", Health::Unknown, "there are too few registrations to have an order"),
        (_, true) => Finding::new("order", Health::Good, "newest first"),
        (_, false) => {
            Finding::new("order", Health::Warning, "not newest first: what is new is found by reading everything")
        }
    }
}

fn detail(rows: &[Registration]) -> Finding {
    match rows.iter().filter(|row| row.checks != crate::model::Checks::default()).count() {
        _ if rows.is_empty() => Finding::new("detail", Health::Unknown, "there is no row to look at"),
        0 => Finding::new(
            "detail",
            Health::Warning,
            "rows come without evidence: flags show once a registration is opened",
        ),
        _ => Finding::new("detail", Health::Good, "rows come with their evidence"),
    }
}
