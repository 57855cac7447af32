//! Requests in the names of the dialect spoken. Pure.

use reqwest::{Method, Url};
use serde_json::{Map, Value, json};

use super::transport::Call;
use crate::{
    backend::{Annotation, Caller, Channel, CreateRequest, ListRequest, Order, ResendRequest, SyncRequest, SyncStep},
    model::{Registration, Status, StepKind},
    wire::{self, Dialect},
};

pub(super) fn get(url: Url, query: Vec<(&'static str, String)>) -> Call {
    Call { method: Method::GET, url, query, body: None, known: None, what: "read" }
}

/// What makes two reads the same.
pub(super) fn fingerprint(read: &Call) -> String {
    let parameters: Vec<String> = read.query.iter().map(|(key, value)| format!("{key}={value}")).collect();
    format!("{}?{}", read.url, parameters.join("&"))
}

pub(super) fn write(method: Method, url: Url, body: Value, what: &'static str) -> Call {
    Call { method, url, query: Vec::new(), body: Some(body), known: None, what }
}

/// All refs that carry evidence. Images are not asked for: they are large and never shown.
pub(super) fn populates(dialect: Option<Dialect>) -> Vec<(&'static str, String)> {
    match dialect {
        Some(Dialect::Overview) => Vec::new(),
        _ => wire::POPULATES.iter().map(|name| ("populates[]", (*name).to_owned())).collect(),
    }
}

/// The parameters of a list. As long as the dialect is not known, the names of both are sent: unknown ones are ignored.
pub(super) fn list_query(request: &ListRequest, dialect: Option<Dialect>) -> Vec<(&'static str, String)> {
    let mut query = paging(request.page, request.limit);
    if dialect != Some(Dialect::Live) {
        query.extend(request.statuses.iter().map(|status| ("status", status.as_str().to_owned())));
        query.extend(request.project.iter().map(|project| ("projectId", project.clone())));
        query.extend(request.flow.iter().map(|flow| ("flowId", flow.clone())));
    }
    if dialect != Some(Dialect::Overview) {
        match request.statuses.as_slice() {
            [one] => query.push(("where_status", one.to_live())),
            many => query.extend(many.iter().map(|status| ("in_status[]", status.to_live()))),
        }
        query.extend(request.project.iter().map(|project| ("where_project", project.clone())));
        query.extend(request.flow.iter().map(|flow| ("where_projectFlow", flow.clone())));
    }
    let field = match request.order {
        Order::Created => "-createdAt",
        Order::Changed => "-updatedAt",
    };
    query.push(("sort", field.to_owned()));
    query.extend(populates(dialect));
    query
}

/// Page and size, the latter in both names in use.
pub(super) fn paging(page: u32, limit: u32) -> Vec<(&'static str, String)> {
    vec![("page", page.to_string()), ("limit", limit.to_string()), ("perPage", limit.to_string())]
}

/// Whether a row is one that was asked for: a remote may ignore a filter it does not know.
pub(super) fn fits(registration: &Registration, request: &ListRequest) -> bool {
    let wanted = |wish: &Option<String>, id: &str| wish.as_deref().is_none_or(|wish| wish == id);
    (request.statuses.is_empty() || request.statuses.contains(&registration.status))
        && wanted(&request.project, &registration.project.id)
        && wanted(&request.flow, &registration.flow.id)
}

/// The body of create; in the names of both dialects as long as it is not known which is spoken.
pub(super) fn create_body(request: &CreateRequest, dialect: Option<Dialect>) -> Value {
    let mut body = Map::new();
    let mut put = |name: &str, value: Value| {
        if !value.is_null() {
            body.insert(name.to_owned(), value);
        }
    };
    if dialect != Some(Dialect::Live) {
        put("projectId", json!(request.project));
        put("flowId", json!(request.flow));
    }
    if dialect != Some(Dialect::Overview) {
        put("project", json!(request.project));
        put("projectFlow", json!(request.flow));
    }
    put("userId", json!(request.user_id));
    for (name, value) in wire::encode_contact(&request.contact) {
        put(&name, value);
    }
    Value::Object(body)
}

/// The body of sync. Without a step it is empty, which asks for the status to be computed anew.
pub(super) fn sync_body(request: &SyncRequest, dialect: Option<Dialect>) -> Value {
    let mut body = Map::new();
    if let Some((step, status)) = &request.step {
        let status = match dialect {
            Some(Dialect::Overview) => status.as_str().to_owned(),
            _ => status.to_live(),
        };
        body.insert("step".to_owned(), json!(step.live_name()));
        body.insert("status".to_owned(), json!(status));
    }
    if let Some(note) = &request.note {
        body.insert("note".to_owned(), json!(note));
    }
    if let Some(version) = request.seen_version {
        body.insert("seenVersion".to_owned(), json!(version));
    }
    Value::Object(body)
}

/// What to report to a service that cannot be asked to compute anew: the step it was told last, once more. `None` if
/// it was told none yet, for then there is nothing to compute from.
pub(super) fn repeated_step(registration: &Registration) -> Option<(SyncStep, Status)> {
    let step = registration.current_step.clone()?;
    let status = if step == StepKind::End { Status::Completed } else { Status::Ongoing };
    step.live_name()?;
    Some((SyncStep::Flow(step), status))
}

/// The body of resend-link.
pub(super) fn resend_body(request: &ResendRequest) -> Value {
    json!({ "sendEmail": request.send_email })
}

/// The body that annotates, with the name of who says it: the token only says that it is the client.
pub(super) fn annotation_body(annotation: &Annotation, caller: &Caller) -> Value {
    let mut body = json!(annotation);
    body["by"] = json!(caller.who());
    body
}

/// The body that asks for a code to be sent. `appRegistration` names the registration where the client's token is
/// used; the service itself takes it from the person's token.
pub(super) fn send_code_body(registration: &Registration, channel: Channel) -> Value {
    let mut body = json!({
        "appRegistration": registration.id,
        "project": registration.project.id,
        "validationMethod": "verificationCode",
        "type": "onboarding",
    });
    put_address(&mut body, registration, channel);
    body
}

/// The body that enters a code.
pub(super) fn enter_code_body(registration: &Registration, channel: Channel, code: &str) -> Value {
    let mut body = json!({
        "appRegistration": registration.id,
        "project": registration.project.id,
        "projectFlow": registration.flow.id,
        "otp": code,
    });
    put_address(&mut body, registration, channel);
    body
}

fn put_address(body: &mut Value, registration: &Registration, channel: Channel) {
    let contact = &registration.contact;
    match channel {
        Channel::Email => body["email"] = json!(contact.email),
        Channel::Phone => {
            body["phone"] = json!(contact.phone);
            body["countryCode"] = json!(contact.country_code);
        }
    }
}

/// Which dialect a registration object is in, where it shows.
pub(super) fn dialect_of(object: &Value) -> Option<Dialect> {
    let has = |key: &str| object.get(key).is_some();
    match (has("_id"), has("id")) {
        // Whoever has both takes `sync` with a body and without one, so the richer dialect is spoken.
        (true, _) => Some(Dialect::Live),
        (false, true) if has("steps") || has("userId") || has("flowId") => Some(Dialect::Overview),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RegistrationId;

    fn request() -> ListRequest {
        ListRequest {
            statuses: vec![Status::Ongoing, Status::Failed],
            project: Some("p1".to_owned()),
            ..ListRequest::page(2, 50)
        }
    }

    fn text(query: &[(&'static str, String)]) -> String {
        let shown: Vec<String> = query
            .iter()
            .filter(|(key, _)| *key != "populates[]")
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        shown.join(" ")
    }

    #[test]
    fn filters_are_sent_in_the_names_of_the_dialect_or_of_both() {
        let overview = text(&list_query(&request(), Some(Dialect::Overview)));
        assert_eq!(overview, "page=2 limit=50 perPage=50 status=ongoing status=failed projectId=p1 sort=-createdAt");
        let live = text(&list_query(&request(), Some(Dialect::Live)));
        assert_eq!(
            live,
            "page=2 limit=50 perPage=50 in_status[]=ONGOING in_status[]=FAILED where_project=p1 sort=-createdAt"
        );
        let both = text(&list_query(&request(), None));
        assert!(both.contains("status=ongoing") && both.contains("in_status[]=ONGOING"), "{both}");
        let changed = text(&list_query(&ListRequest { order: Order::Changed, ..request() }, None));
        assert!(changed.ends_with("sort=-updatedAt"), "{changed}");
    }

    #[test]
    fn a_row_that_contradicts_the_filter_does_not_fit() {
        let mut row = Registration::new(RegistrationId::new("r1"), chrono::DateTime::UNIX_EPOCH);
        assert!(!fits(&row, &request()));
        row.status = Status::Failed;
        row.project.id = "p1".to_owned();
        assert!(fits(&row, &request()));
    }

    #[test]
    fn the_dialect_shows_in_the_names_of_the_identity() {
        assert_eq!(dialect_of(&json!({ "_id": "a", "status": "ONGOING" })), Some(Dialect::Live));
        assert_eq!(dialect_of(&json!({ "id": "a", "steps": [] })), Some(Dialect::Overview));
        assert_eq!(dialect_of(&json!({ "name": "a" })), None);
    }

    #[test]
    fn nothing_is_repeated_to_a_service_that_was_told_nothing() {
        let mut registration = Registration::new(RegistrationId::new("r1"), chrono::DateTime::UNIX_EPOCH);
        assert_eq!(repeated_step(&registration), None);
        registration.current_step = Some(StepKind::DocumentVerification);
        assert_eq!(
            repeated_step(&registration),
            Some((SyncStep::Flow(StepKind::DocumentVerification), Status::Ongoing))
        );
    }
}
