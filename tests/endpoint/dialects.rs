//! The two dialects: the document's object field for field, and the deployed service's answers.

use regdesk::{
    backend::{Caller, CreateRequest, SyncRequest, SyncStep},
    model::{Contact, RegistrationId, Status},
    server::{Dialect, TOKEN_HEADER},
};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{complete, create_live, keys, person};
use crate::{desk::Desk, endpoint::read};

#[tokio::test]
async fn the_documents_four_routes_answer_the_documents_object() {
    let (desk, endpoint) = Desk::engine().await.served(Dialect::Overview).await;
    let response =
        endpoint.request(Method::POST, "/v2/app-registrations").json(&person(&desk, "alba")).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::CREATED);
    assert!(response.headers().contains_key(TOKEN_HEADER));
    let (_, created) = read(response).await;
    let id = created["id"].as_str().unwrap();
    assert_eq!(created["projectId"], desk.project);
    assert_eq!(created["flowId"], desk.flow);
    assert_eq!(created["status"], "started");
    assert!(created["userId"].is_string());
    assert!(created["completedAt"].is_null());

    complete(&endpoint, &desk, id).await;
    let response = endpoint.request(Method::POST, &format!("/v2/app-registrations/{id}/sync")).send().await.unwrap();
    let (status, synced) = read(response).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(synced["status"], "completed", "{}", synced["sync"]);

    let (status, retrieved) = endpoint.get(&format!("/v2/app-registrations/{id}")).await;
    assert_eq!(status, StatusCode::OK);
    for object in [&retrieved, &synced] {
        assert_documented_shape(object);
    }
    let (status, list) = endpoint.get("/v2/app-registrations").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(keys(&list), ["data", "total", "limit", "page", "pages"]);
    assert_eq!(
        (&list["total"], &list["limit"], &list["page"], &list["pages"]),
        (&json!(1), &json!(10), &json!(1), &json!(1))
    );
    assert_eq!(list["data"][0]["id"], retrieved["id"]);
    assert_documented_shape(&list["data"][0]);
}

fn assert_documented_shape(object: &Value) {
    let documented =
        ["id", "userId", "projectId", "flowId", "status", "steps", "verificationResults", "createdAt", "completedAt"];
    for key in documented {
        assert!(!object[key].is_null(), "{key} is missing in {object}");
    }
    assert_eq!(object["status"], "completed");
    let steps = object["steps"].as_array().unwrap();
    for kind in ["personal_info", "document_verification", "biometric_verification"] {
        let step = steps.iter().find(|step| step["type"] == kind).unwrap_or_else(|| panic!("no {kind} in {object}"));
        assert_eq!(step["status"], "completed");
        assert!(is_utc_time(&step["timestamp"]), "{step}");
    }
    for result in ["documentVerification", "biometricVerification", "livenessDetection"] {
        assert_eq!(object["verificationResults"][result], "passed", "{result}");
    }
    assert!(is_utc_time(&object["createdAt"]) && is_utc_time(&object["completedAt"]));
}

fn is_utc_time(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.ends_with('Z') && chrono::DateTime::parse_from_rfc3339(text).is_ok())
}

#[tokio::test]
async fn the_live_dialect_wraps_and_names_as_the_deployed_service_does() {
    let (desk, endpoint) = Desk::engine().await.served(Dialect::Live).await;
    let body = json!({ "project": desk.project, "projectFlow": desk.flow, "email": "Live@Example.com", "firstName": "Alba", "lastName": "Muestra" });
    let (status, created) = endpoint.post("/v2/app-registrations", &body).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(keys(&created["data"]), ["appRegistration", "informationValidation", "token"]);
    let registration = &created["data"]["appRegistration"];
    assert_eq!((&registration["status"], &registration["currentStep"]), (&json!("STARTED"), &json!("1")));
    assert_eq!(registration["project"], desk.project);
    assert_eq!(created["data"]["informationValidation"]["fullName"], "Alba Muestra");
    let id = registration["_id"].as_str().unwrap();

    let path = format!("/v2/app-registrations/{id}?populates[]=project&populates=projectFlow");
    let (_, retrieved) = endpoint.get(&path).await;
    assert_eq!(retrieved["data"]["project"]["_id"], desk.project);
    assert_eq!(retrieved["data"]["projectFlow"]["_id"], desk.flow);

    let (status, synced) = endpoint
        .put(&format!("/v2/app-registrations/{id}/sync"), &json!({ "step": "instructions", "status": "ONGOING" }))
        .await;
    assert_eq!(status, StatusCode::OK, "{synced}");
    assert_eq!(synced["data"]["appRegistrationId"], id);
    assert_eq!((&synced["data"]["status"], &synced["data"]["step"]), (&json!("ONGOING"), &json!("instructions")));
    assert_eq!(synced["data"]["steps"]["document"], "mandatory");

    let decision = json!({ "step": "adminOverride", "status": "FAILED", "note": "looks forged" });
    let (status, decided) = endpoint.put(&format!("/v2/app-registrations/{id}/sync"), &decision).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!((&decided["data"]["_id"], &decided["data"]["status"]), (&json!(id), &json!("FAILED")));
    assert_eq!(decided["data"]["manualReviewLog"][0]["note"], "looks forged");
}

#[tokio::test]
async fn in_the_live_dialect_a_person_gets_through_the_validations_with_their_own_token() {
    let (desk, endpoint) = Desk::engine().await.served(Dialect::Live).await;
    let body = json!({ "project": desk.project, "projectFlow": desk.flow, "email": "walk@example.com" });
    let (_, created) = endpoint.post("/v2/app-registrations", &body).await;
    let token = created["data"]["token"].as_str().unwrap();
    let ask = async |method: Method, path: &str, body: Value| {
        read(endpoint.bare(method, path).bearer_auth(token).json(&body).send().await.unwrap()).await
    };

    let (status, sent) = ask(
        Method::POST,
        "/v2/email-validations/app-registration",
        json!({ "project": desk.project, "email": "walk@example.com", "type": "onboarding", "validationMethod": "verificationCode" }),
    )
    .await;
    assert_eq!(status, StatusCode::OK, "{sent}");
    assert_eq!((&sent["data"]["status"], &sent["data"]["existing"]), (&json!("sent"), &json!(false)));
    assert!(sent["data"]["otp"].is_null(), "the code never leaves by this way");
    let validation = sent["data"]["_id"].as_str().unwrap();

    let path = format!("/v2/email-validations/{validation}");
    let (status, wrong) = ask(Method::PUT, &path, json!({ "email": "walk@example.com", "otp": "not-it" })).await;
    assert_eq!((status, wrong["code"].as_str()), (StatusCode::FORBIDDEN, Some("otp_does_not_match")));
    assert_eq!(wrong["message"], "403:otp_does_not_match");
    let code = desk.last_code("walk@example.com");
    let (status, right) = ask(Method::PUT, &path, json!({ "email": "walk@example.com", "otp": code })).await;
    assert_eq!((status, &right["data"]["status"]), (StatusCode::OK, &json!("validated")), "{right}");

    let scan = json!({ "status": "ACTIVE", "documentType": "passport", "documentNumber": "TEST000143", "imageValidated": true });
    let (status, document) = ask(Method::POST, "/v2/document-validations/app-registration", scan).await;
    assert_eq!(status, StatusCode::OK, "{document}");
    assert_eq!(document["data"]["documentValidation"]["documentNumber"], "TEST000143");
    assert_eq!(document["data"]["documentValidation"]["status"], "ACTIVE");

    let selfie = json!({ "image": "data:image/png;base64,AAAA", "os": "IOS", "livenessScore": 0.21 });
    let (status, failed) = ask(Method::POST, "/v2/biometric-validations/app-registration", selfie).await;
    assert_eq!((status, failed["code"].as_str()), (StatusCode::CONFLICT, Some("liveness_failed")), "{failed}");
    assert_eq!(failed["message"], "409:liveness_failed@0.21");
    assert!(failed["remainingAttempts"].is_u64());
    let selfie = json!({ "image": "data:image/png;base64,AAAA", "os": "IOS", "livenessScore": 0.95 });
    let (status, passed) = ask(Method::POST, "/v2/biometric-validations/app-registration", selfie).await;
    assert_eq!(status, StatusCode::OK, "{passed}");

    let (status, compared) =
        ask(Method::POST, "/v2/face-recognition/compare/app-registration", json!({ "score": 0.93 })).await;
    assert_eq!(status, StatusCode::OK, "{compared}");
    assert_eq!(compared["data"]["compareFaceVerification"]["result"]["passed"], true);

    let (status, me) = ask(Method::POST, "/v2/app-registrations/me", json!({ "populates": ["emailValidation"] })).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(me["data"]["emailValidation"]["status"], "validated");
    let information = me["data"]["informationValidation"].as_str().unwrap();
    let lists = json!({ "criminalData": { "foundKeys": [], "world_api_interpol": { "status": "clear" } } });
    let path = format!("/v2/information-validations/{information}/background-check");
    let (status, refused) = ask(Method::PUT, &path, lists.clone()).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "what lists say about a person does not come from them: {refused}");
    let (status, checked) = endpoint.put(&path, &lists).await;
    assert_eq!(status, StatusCode::OK, "{checked}");

    let (status, list) = endpoint.get("/v2/email-validations?status=validated&limit=5").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(list["pagination"]["total"], 1);
    assert_eq!(list["data"][0]["_id"], validation);
    let (status, _) = endpoint.get("/v2/email-validations/nobody-has-this").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_photo_alone_begins_a_check_and_nothing_at_all_is_refused() {
    let (desk, endpoint) = Desk::engine().await.served(Dialect::Live).await;
    let (id, _) = create_live(&endpoint, &desk, "photo").await;
    let path = "/v2/document-validations/app-registration";
    let (status, begun) =
        endpoint.post(path, &json!({ "appRegistration": id, "image": "data:image/png;base64,AAAA" })).await;
    assert_eq!(status, StatusCode::OK, "{begun}");
    assert_eq!(begun["data"]["documentValidation"]["status"], "ASSESSING");
    assert!(!begun.to_string().contains("base64"), "photos are not kept");
    let (status, refused) = endpoint.post(path, &json!({ "appRegistration": id })).await;
    assert_eq!((status, refused["code"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("MissingParameter")));
}

#[tokio::test]
async fn registrations_that_share_a_contact_name_each_other_also_those_older_than_the_endpoint() {
    let desk = Desk::engine().await;
    let contact = Contact { email: Some("again@example.com".into()), ..Contact::default() };
    let request = CreateRequest { project: desk.project.clone(), flow: desk.flow.clone(), user_id: None, contact };
    let operator = Caller::operator();
    let before = desk.backend.create(request.clone(), &operator).await.unwrap().registration.id;
    let failed = SyncRequest { step: Some((SyncStep::AdminOverride, Status::Failed)), note: None, seen_version: None };
    desk.backend.sync(&before, failed, &operator).await.unwrap();
    let (desk, endpoint) = desk.served(Dialect::Overview).await;
    // Behind the endpoint's back, so that it learns of both only by reading and listening.
    let after = desk.backend.create(request, &operator).await.unwrap().registration.id;
    let linked = async |id: &RegistrationId| {
        let (_, object) = endpoint.get(&format!("/v2/app-registrations/{id}")).await;
        object["links"].as_array().unwrap().first().cloned()
    };
    let link = loop {
        if let Some(link) = linked(&after).await {
            break link;
        }
    };
    assert_eq!((link["id"].as_str(), &link["via"]), (Some(before.as_str()), &json!(["email"])));
    assert_eq!(linked(&before).await.unwrap()["id"], after.as_str());
}

#[tokio::test]
async fn projects_flows_and_the_funnel_are_told() {
    let (desk, endpoint) = Desk::engine().await.served(Dialect::Live).await;
    let (id, _) = create_live(&endpoint, &desk, "counted").await;
    create_live(&endpoint, &desk, "counted-too").await;
    let sync = format!("/v2/app-registrations/{id}/sync");
    endpoint.put(&sync, &json!({ "step": "instructions", "status": "ONGOING" })).await;

    let (status, projects) = endpoint.get("/v3/projects?limit=2").await;
    assert_eq!((status, &projects["total"], &projects["pages"]), (StatusCode::OK, &json!(3), &json!(2)));
    let (_, project) = endpoint.get(&format!("/v3/projects/{}", desk.project)).await;
    assert_eq!(project["data"]["_id"], desk.project);
    let (_, flows) = endpoint.get(&format!("/v2/project-flows?project={}", desk.project)).await;
    assert!(flows["data"].as_array().unwrap().iter().any(|flow| flow["_id"] == desk.flow), "{flows}");
    let (_, flow) = endpoint.get(&format!("/v2/project-flows/{}", desk.flow)).await;
    assert_eq!(flow["data"]["project"], desk.project);

    let statistics = format!("/v2/app-registrations/statistics?project={}&funnel=true", desk.project);
    let (status, counted) = endpoint.get(&statistics).await;
    assert_eq!(status, StatusCode::OK);
    let funnel = &counted["data"]["funnel"];
    assert_eq!(funnel["total"], 2);
    let one = |label: &str| json!({ "label": label, "count": 1 });
    assert_eq!(funnel["byStatus"], json!([one("STARTED"), one("ONGOING")]));
    assert_eq!(funnel["byCurrentStep"], json!([one("not_started"), one("instructions")]));
    let (_, elsewhere) = endpoint.get("/v2/app-registrations/statistics?project=other").await;
    assert_eq!(elsewhere["data"]["funnel"]["total"], 0);
}
