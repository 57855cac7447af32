//! A real endpoint on a loopback port, and a plain HTTP client to talk to it.

#![allow(dead_code, reason = "each test binary uses its part of it")]

use std::{net::Ipv4Addr, sync::Arc};

use regdesk::{
    backend::{Backend, Clock},
    server::{Dialect, Server, ServerConfig, Webhooks},
};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use secrecy::SecretString;
use serde_json::Value;
use tokio::{sync::oneshot, task::JoinHandle};

/// The client's token of every endpoint here.
pub const TOKEN: &str = "client-token-for-tests";

/// An endpoint that runs until it is dropped or stopped.
pub struct Endpoint {
    pub url: String,
    client: reqwest::Client,
    stop: Option<oneshot::Sender<()>>,
    running: JoinHandle<std::io::Result<()>>,
}

impl Endpoint {
    pub async fn open(backend: Arc<dyn Backend>, dialect: Dialect, clock: Clock) -> Self {
        let config = ServerConfig {
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            dialect,
            client_token: SecretString::from(TOKEN),
            policy: Arc::default(),
            webhooks: Webhooks::default(),
        };
        let server = Server::bind(config, backend, clock).await.expect("a loopback port is free");
        let url = format!("http://{}", server.local_addr());
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(server.run(async {
            // Dropping the sender stops the endpoint as well.
            let _ = stopped.await;
        }));
        Self { url, client: http_client(), stop: Some(stop), running }
    }

    /// A request without a token.
    pub fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    /// A request with the client's token.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.bare(method, path).bearer_auth(TOKEN)
    }

    pub async fn get(&self, path: &str) -> (StatusCode, Value) {
        read(self.request(Method::GET, path).send().await.unwrap()).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        read(self.request(Method::POST, path).json(body).send().await.unwrap()).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        read(self.request(Method::PUT, path).json(body).send().await.unwrap()).await
    }

    /// Tells it to stop; the handle resolves once it has.
    pub fn stop(mut self) -> JoinHandle<std::io::Result<()>> {
        self.stop.take();
        self.running
    }
}

/// Status and body of an answer; every answer with a body is JSON.
pub async fn read(response: Response) -> (StatusCode, Value) {
    let status = response.status();
    let text = response.text().await.unwrap();
    let body = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{status} {text:?} is not JSON: {error}"));
    (status, body)
}

fn http_client() -> reqwest::Client {
    // Only the first call installs it; the rest find it there.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}
