//! What happens when the backend does not answer.
#![allow(clippy::unwrap_used)]

use std::{net::Ipv4Addr, sync::Arc, time::Duration};

use secrecy::SecretString;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::oneshot,
};

use super::{Dialect, LIMITS, Limits, Server, ServerConfig, Webhooks};
use crate::backend::{
    Clock,
    fake::{Fake, Operation},
};

const SHORT: Duration = Duration::from_millis(50);

async fn server(fake: Arc<Fake>, limits: Limits) -> Server {
    let config = ServerConfig {
        listen: (Ipv4Addr::LOCALHOST, 0).into(),
        dialect: Dialect::Live,
        client_token: SecretString::from("token"),
        policy: Arc::default(),
        webhooks: Webhooks::default(),
    };
    let server = Server::bind(config, fake, Clock::system()).await.unwrap();
    Server { limits, ..server }
}

/// Asks for a list and reads the answer until the connection ends.
async fn ask(address: std::net::SocketAddr) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = "GET /v2/app-registrations HTTP/1.1\r\nhost: x\r\nauthorization: token\r\nconnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_answered_and_leaves_the_outcome_open() {
    let fake = Arc::new(Fake::new(Vec::new(), Vec::new(), Clock::system()));
    let _never_let_go = fake.hold(Operation::List);
    let server = server(Arc::clone(&fake), Limits { request: SHORT, ..LIMITS }).await;
    let address = server.local_addr();
    tokio::spawn(server.run(std::future::pending()));
    let answer = ask(address).await;
    assert!(answer.starts_with("HTTP/1.1 504"), "{answer}");
    assert!(answer.contains("Read the registration before you repeat a change."), "{answer}");
    assert!(ask(address).await.starts_with("HTTP/1.1 200"), "the next one is answered");
}

#[tokio::test]
async fn stopping_does_not_wait_for_ever() {
    let fake = Arc::new(Fake::new(Vec::new(), Vec::new(), Clock::system()));
    let _never_let_go = fake.hold(Operation::List);
    let server = server(Arc::clone(&fake), Limits { grace: SHORT, ..LIMITS }).await;
    let address = server.local_addr();
    let (stop, stopped) = oneshot::channel();
    let running = tokio::spawn(server.run(async {
        let _ = stopped.await;
    }));
    tokio::spawn(ask(address));
    while fake.calls().is_empty() {
        tokio::task::yield_now().await;
    }
    stop.send(()).unwrap();
    running.await.unwrap().unwrap();
}
