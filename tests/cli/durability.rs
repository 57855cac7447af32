//! What was acknowledged is there after a kill.

use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader},
    process::Stdio,
};

use crate::User;

const ROUNDS: usize = 20;

fn ids(user: &User) -> BTreeSet<String> {
    user.all().iter().map(|object| object["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_creation_whose_id_was_printed_survives_a_kill() {
    let user = User::new();
    let mut acknowledged = BTreeSet::new();
    for round in 0..ROUNDS {
        let email = format!("person{round}@example.com");
        let arguments = ["create", "--project", "Nimbus Wallet", "--flow", "Verified wallet", "--email", &email];
        let mut child = user.command(&arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        acknowledged.insert(line.trim().to_owned());
    }
    assert_eq!(acknowledged.len(), ROUNDS);
    assert_eq!(ids(&user), acknowledged);
}

#[test]
fn what_an_endpoint_acknowledged_survives_its_kill() {
    let user = User::new();
    let mut acknowledged = BTreeSet::new();
    let mut last = None;
    for round in 0..ROUNDS {
        let endpoint = user.serve();
        if let Some(id) = &last {
            let (status, object) = endpoint.request("GET", &format!("/v2/app-registrations/{id}"), "");
            assert_eq!((status, &object["status"]), (200, &"ongoing".into()), "round {round}");
        }
        let body = format!(
            r#"{{"projectId": "667f0b92e4d1c8a7350f6b29", "flowId": "667f0c643f9a2be817d0c4e5", "email": "p{round}@example.com"}}"#
        );
        let (status, object) = endpoint.request("POST", "/v2/app-registrations", &body);
        assert_eq!(status, 201, "{object}");
        let id = object["id"].as_str().unwrap().to_owned();
        let (status, _) = endpoint.request(
            "POST",
            &format!("/v2/app-registrations/{id}/sync"),
            r#"{"step": "instructions", "status": "ONGOING"}"#,
        );
        assert_eq!(status, 200);
        endpoint.kill();
        acknowledged.insert(id.clone());
        last = Some(id);
    }
    assert_eq!(ids(&user), acknowledged);
}

#[test]
fn an_endpoint_stops_gracefully_when_asked() {
    let user = User::new();
    for signal in ["-TERM", "-INT"] {
        assert_eq!(user.serve().terminate(signal), Some(0), "{signal}");
    }
}
