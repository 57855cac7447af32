//! The same commands against an endpoint, and what is said of one that does not behave.

use std::{
    io::{Read, Write},
    net::TcpListener,
    thread,
};

use crate::{Done, TOKEN, User};

/// What an endpoint answers once, whatever it is asked; what a call then says.
fn answered(response: &str) -> Done {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let response = response.to_owned();
    let endpoint = thread::spawn(move || {
        // A read may be repeated; the listener goes away with the test's process.
        for stream in listener.incoming().take(8) {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]).unwrap();
            // The client may hang up on an answer that it does not like.
            let _ = stream.write_all(response.as_bytes());
        }
    });
    let done = User::new().run_against(&address, TOKEN, &["list"]);
    drop(endpoint);
    done
}

fn response(status: &str, kind: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nRetry-After: 0\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

#[test]
fn every_operation_works_against_an_endpoint_in_both_dialects() {
    for dialect in ["overview", "live"] {
        let (owner, guest) = (User::new(), User::new());
        let endpoint = owner.serve_in(dialect);
        let run = |arguments: &[&str]| guest.run_against(&endpoint.address, TOKEN, arguments);
        let create =
            ["create", "--project", "Nimbus Wallet", "--flow", "Verified wallet", "--email", "ana@example.com"];
        let id = run(&create).ok().trim().to_owned();
        let listed = run(&["list", "ana@example.com", "--json"]).json();
        assert_eq!(listed[0]["id"], id.as_str(), "{dialect}");
        assert!(run(&["show", &id]).ok().contains("ana@example.com"), "{dialect}");
        let synced = run(&["sync", &id, "--step", "instructions", "--status", "ongoing", "--json"]).json();
        assert_eq!(synced[0]["status"], "ongoing", "{dialect}");
        assert_eq!(run(&["show", &id, "--json"]).json()["status"], "ongoing", "{dialect}");
        run(&["show", "000000000000000000000000"]).failed(3);
        run(&create).failed(4);
        assert!(run(&["flows", "--json"]).json().as_array().unwrap().len() >= 3, "{dialect}");
        drop(endpoint);
        assert_eq!(owner.all()[0]["id"], id.as_str());
    }
}

#[test]
fn a_remote_that_cannot_be_reached_or_lets_nobody_in_ends_with_5() {
    let user = User::new();
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().to_string()
    };
    assert!(user.run_against(&closed, TOKEN, &["list"]).failed(5).contains(&closed));
    let endpoint = user.serve();
    let wrong = "another-token";
    let message = user.run_against(&endpoint.address, wrong, &["list"]).failed(5);
    assert!(message.contains("REGDESK_TOKEN") && !message.contains(wrong), "{message}");
}

#[test]
fn a_missing_token_is_a_matter_of_configuration() {
    let user = User::new();
    let message = user.run(&["--url", "http://127.0.0.1:9", "list"]).failed(2);
    assert!(message.contains("REGDESK_TOKEN is not set"), "{message}");
}

#[test]
fn a_token_is_not_sent_in_the_clear_to_another_machine() {
    let message = User::new().run_against("registrations.example.com", TOKEN, &["list"]).failed(2);
    assert!(message.contains("--url") && message.contains("https"), "{message}");
}

#[test]
fn answers_that_are_none_are_told_apart() {
    for (status, body, code, said) in [
        ("403 Forbidden", r#"{"message": "access_denied", "code": "Forbidden"}"#, 5, "token"),
        ("429 Too Many Requests", r#"{"message": "slow down", "code": "TooManyRequests"}"#, 1, ""),
        ("500 Internal Server Error", r#"{"message": "boom", "code": "InternalServerError"}"#, 1, ""),
        ("200 OK", "{\"data\": [", 1, "JSON"),
    ] {
        let message = answered(&response(status, "application/json", body)).failed(code);
        assert!(message.contains(said) && message.len() > 30, "{status}: {message}");
    }
    let page = response("200 OK", "text/html", "<html>\u{1b}[31mSign in</html>");
    let message = answered(&page).failed(1);
    assert!(!message.contains('\u{1b}') && !message.contains("<html>"), "{message}");
    let cut = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{\"data\": [";
    assert_ne!(answered(cut).code, 0);
}
