//! The HTTP client that everything in this program that calls out is made with.

use std::{error::Error, time::Duration};

use reqwest::{Client, redirect};

use crate::text;

/// A client with limits on how long it takes to connect, and on a whole exchange. The error says why there is none.
pub fn client(connect: Duration, request: Duration) -> Result<Client, String> {
    // Someone else in this process may have installed a provider already; then that one is used.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .user_agent(concat!("regdesk/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(connect)
        .timeout(request)
        // A redirect could lead a token, or people's data, somewhere else.
        .redirect(redirect::Policy::none())
        .build()
        .map_err(|error| reason(&error))
}

/// The innermost cause: what lies around it repeats it, and names addresses that may hold secrets.
pub fn reason(error: &reqwest::Error) -> String {
    let mut cause: &dyn Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    text::truncate(&cause.to_string(), 120)
}
