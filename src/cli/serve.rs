//! `serve`: the profile's registrations over HTTP, until SIGINT or SIGTERM.

use std::{sync::Arc, time::Duration};

use secrecy::SecretString;

use super::{
    Failure, Output, Session,
    args::{LogFormat, ServeArguments},
    notice,
};
use crate::{
    config::WebhookSettings,
    remote::TokenSource,
    server::{Server, ServerConfig, Webhooks, require_loopback},
};

/// The variable that holds the token of clients.
const TOKEN_VARIABLE: &str = "REGDESK_SERVE_TOKEN";

/// Serves. The one line on standard output says that connections are taken.
pub async fn run(arguments: &ServeArguments, session: &Session, output: &mut Output) -> Result<(), Failure> {
    // Whoever picks the token reads everything.
    session.profile_in_full()?;
    let desk = session.desk()?;
    if !arguments.allow_plain_http {
        require_loopback(arguments.listen)?;
    }
    let client_token = client_token(arguments).await?;
    let config = ServerConfig {
        listen: arguments.listen,
        dialect: arguments.dialect,
        client_token,
        policy: Arc::clone(&desk.policy),
        webhooks: Webhooks { urls: desk.profile.webhooks.to.clone(), secret: secret(&desk.profile.webhooks).await? },
    };
    let stop = stop_signal()?;
    let server = Server::bind(config, Arc::clone(&desk.backend), desk.clock.clone()).await?;
    let server = server.draining(Duration::from_secs(arguments.drain));
    output.line(&format!("listening on http://{}", server.local_addr()))?;
    output.flush()?;
    if !arguments.listen.ip().is_loopback() {
        tell(arguments, "this address is open to other machines, and the token travels unencrypted; put TLS before it");
    }
    server.run(stop).await.map_err(Failure::io("the endpoint stopped"))?;
    tell(arguments, "stopped");
    Ok(())
}

/// Says something on standard error, in the form that whoever reads that expects.
fn tell(arguments: &ServeArguments, message: &str) {
    match arguments.log_format {
        LogFormat::Text => notice(message),
        LogFormat::Json => tracing::info!("{message}"),
    }
}

/// The secret of a profile's webhooks, where it names one.
pub async fn secret(webhooks: &WebhookSettings) -> Result<Option<SecretString>, Failure> {
    match &webhooks.secret {
        Some(source) => Ok(Some(source.read().await?)),
        None => Ok(None),
    }
}

async fn client_token(arguments: &ServeArguments) -> Result<SecretString, Failure> {
    let source = match &arguments.token_file {
        Some(path) => TokenSource::File(path.clone()),
        None => TokenSource::Variable(TOKEN_VARIABLE.to_owned()),
    };
    Ok(source.read().await?)
}

/// Resolves once the process is asked to stop.
#[cfg(unix)]
pub fn stop_signal() -> Result<impl Future<Output = ()> + Send + 'static, Failure> {
    use tokio::signal::unix::{SignalKind, signal};
    let listen = |kind| signal(kind).map_err(Failure::io("signals cannot be listened for"));
    let (mut interrupt, mut terminate) = (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Resolves once the process is asked to stop.
#[cfg(not(unix))]
pub fn stop_signal() -> Result<impl Future<Output = ()> + Send + 'static, Failure> {
    Ok(async {
        // Without the signal there is nothing to wait for but the end of the process.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
