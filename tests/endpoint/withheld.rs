//! What a person's token does not get to read.

use regdesk::{
    backend::{Caller, CreateRequest},
    model::{
        BackgroundSource, Contact, DocumentCheck, Evidence, ListKind, MatchedBy, RegistrationId, SourceStatus,
        StepState,
    },
    server::Dialect,
};
use reqwest::{Method, StatusCode};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::{
    desk::Desk,
    endpoint::{Endpoint, read},
};

/// Words that only the screening or the registry can have told.
const TELLING: &[&str] = &[
    "own list",
    "LISTED NAME",
    "criminal_history",
    "criminalHistory\":\"",
    "foundKeys",
    "Fallecido",
    "REGISTERED NAME",
];

/// A registration that a list and a registry spoke against, with its person's token.
async fn spoken_against(desk: &Desk) -> (RegistrationId, String) {
    let operator = Caller::operator();
    let contact = Contact { email: Some("listed@example.com".into()), ..Contact::default() };
    let request = CreateRequest { project: desk.project.clone(), flow: desk.flow.clone(), user_id: None, contact };
    let created = desk.backend.create(request, &operator).await.unwrap();
    let id = created.registration.id;
    let hit = BackgroundSource {
        kind: Some(ListKind::Blacklist),
        matched_by: Some(MatchedBy::Email),
        entry: Some("LISTED NAME".into()),
        ..BackgroundSource::new("own list", SourceStatus::Found)
    };
    let document = DocumentCheck {
        state: StepState::Completed,
        registry_name: Some("REGISTERED NAME".into()),
        registry_status: Some("Fallecido".to_owned()),
        ..DocumentCheck::default()
    };
    for evidence in [
        Evidence::DocumentVerification { document: Box::new(document) },
        Evidence::CriminalHistory { sources: vec![hit] },
    ] {
        desk.backend.record(&id, evidence, &operator).await.unwrap();
    }
    (id, created.token.unwrap().expose_secret().to_owned())
}

/// Asks for everything that an answer can tell.
async fn answers(endpoint: &Endpoint, id: &RegistrationId, token: &str) -> Vec<(String, Value)> {
    let populates = "?populates[]=informationValidation&populates[]=documentValidation";
    let selfie = json!({ "status": "validated", "livenessScore": 0.97 });
    let end = json!({ "step": "end", "status": "COMPLETED" });
    let asked = [
        (Method::GET, format!("/v2/app-registrations/me{populates}"), json!({})),
        (Method::POST, "/v2/app-registrations/me".to_owned(), json!({ "populates": ["informationValidation"] })),
        (Method::GET, format!("/v2/app-registrations/{id}{populates}"), json!({})),
        (Method::POST, format!("/v2/app-registrations/{id}/sync"), json!({})),
        (Method::POST, "/v2/biometric-validations/app-registration".to_owned(), selfie),
        (Method::POST, format!("/v2/app-registrations/{id}/evidence{populates}"), json!({ "step": "instructions" })),
        (Method::PUT, format!("/v2/app-registrations/{id}/sync"), end),
    ];
    let mut answers = Vec::new();
    for (method, path, body) in asked {
        let request = endpoint.bare(method.clone(), &path).bearer_auth(token).json(&body);
        let (status, answer) = read(request.send().await.unwrap()).await;
        assert_eq!(status, StatusCode::OK, "{method} {path}: {answer}");
        answers.push((format!("{method} {path}"), answer));
    }
    answers
}

#[tokio::test]
async fn a_person_reads_neither_what_lists_answered_nor_what_a_registry_knows() {
    for dialect in [Dialect::Overview, Dialect::Live] {
        let (desk, endpoint) = Desk::engine().await.served(dialect).await;
        let (id, token) = spoken_against(&desk).await;
        for (asked, answer) in answers(&endpoint, &id, &token).await {
            let answer = answer.to_string();
            // The settings of the flow name the step for everyone.
            let answer = answer.replace("\"kind\":\"criminal_history\"", "");
            for word in TELLING {
                assert!(!answer.contains(word), "{dialect:?} {asked} tells {word}: {answer}");
            }
        }
        let populates = "?populates[]=informationValidation&populates[]=documentValidation";
        let (_, as_client) = endpoint.get(&format!("/v2/app-registrations/{id}{populates}")).await;
        for word in ["own list", "LISTED NAME", "Fallecido", "REGISTERED NAME"] {
            assert!(as_client.to_string().contains(word), "{dialect:?}: the client reads {word}: {as_client}");
        }
        let (_, synced) = endpoint.post(&format!("/v2/app-registrations/{id}/sync"), &json!({})).await;
        assert!(synced.to_string().contains("criminal_history_hit"), "{dialect:?}: {synced}");
    }
}

#[tokio::test]
async fn the_information_and_document_objects_do_not_tell_a_person_either() {
    let (desk, endpoint) = Desk::engine().await.served(Dialect::Live).await;
    let (id, token) = spoken_against(&desk).await;
    let (_, unpopulated) = endpoint.get(&format!("/v2/app-registrations/{id}")).await;
    let information = unpopulated["data"]["informationValidation"].as_str().unwrap();
    let document = unpopulated["data"]["documentValidation"].as_str().unwrap();
    for path in [format!("/v2/information-validations/{information}"), format!("/v2/document-validations/{document}")] {
        let ask = async |token: &str| {
            let request = endpoint.bare(Method::GET, &path).bearer_auth(token);
            read(request.send().await.unwrap()).await
        };
        let (status, as_person) = ask(&token).await;
        assert_eq!(status, StatusCode::OK, "{path}: {as_person}");
        for word in TELLING {
            assert!(!as_person.to_string().contains(word), "{path} tells {word}: {as_person}");
        }
        let (_, as_client) = ask(crate::endpoint::TOKEN).await;
        assert!(
            as_client.to_string().contains("own list") || as_client.to_string().contains("Fallecido"),
            "{as_client}"
        );
    }
}

#[tokio::test]
async fn what_lists_answered_about_a_person_is_not_taken_from_that_person() {
    for dialect in [Dialect::Overview, Dialect::Live] {
        let (desk, endpoint) = Desk::engine().await.served(dialect).await;
        let (id, token) = spoken_against(&desk).await;
        let before = desk.backend.retrieve(&id, &Caller::operator()).await.unwrap();
        let clear = json!([{ "name": "own list", "status": "clear" }]);
        let (_, object) = endpoint.get(&format!("/v2/app-registrations/{id}")).await;
        let information = object["data"]["informationValidation"].as_str().unwrap_or("x");
        for (method, path, body) in [
            (
                Method::POST,
                format!("/v2/app-registrations/{id}/evidence"),
                json!({ "step": "criminal_history", "sources": clear }),
            ),
            (
                Method::PUT,
                format!("/v2/information-validations/{information}/background-check"),
                json!({ "sources": clear }),
            ),
        ] {
            let request = endpoint.bare(method, &path).bearer_auth(&token).json(&body);
            let (status, refused) = read(request.send().await.unwrap()).await;
            assert_eq!((status, &refused["code"]), (StatusCode::FORBIDDEN, &json!("access_denied")), "{path}");
        }
        let after = desk.backend.retrieve(&id, &Caller::operator()).await.unwrap();
        assert_eq!(after.checks.background, before.checks.background);
    }
}
