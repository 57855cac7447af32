//! `watch`: what a service's webhooks deliver, a line each, until SIGINT or SIGTERM.

use secrecy::SecretString;
use serde_json::{Map, Value, json};
use tokio::sync::{mpsc, oneshot};

use super::{Failure, Output, Session, args::WatchArguments, notice, serve::stop_signal};
use crate::{
    model::Role,
    remote::TokenSource,
    server::{News, Receiver, ReceiverConfig},
};

/// The variable that holds the secret that senders know.
const SECRET_VARIABLE: &str = "REGDESK_WEBHOOK_SECRET";

/// Deliveries that wait to be printed. A reader that is slower makes the service send them again.
const WAITING: usize = 1024;

/// Listens and prints.
pub async fn run(arguments: &WatchArguments, session: &Session, output: &mut Output) -> Result<(), Failure> {
    let masked = session.profile()?.role == Role::Support;
    let config = ReceiverConfig { listen: arguments.listen, secret: secret(arguments).await? };
    let has_secret = config.secret.is_some();
    let signal = stop_signal()?;
    let receiver = Receiver::bind(config, session.clock.clone()).await?;
    notice(&format!("listening on http://{}/hooks", receiver.local_addr()));
    if !has_secret {
        notice("no secret is set: every program of this machine can make up deliveries");
    }
    let (sender, mut news) = mpsc::channel(WAITING);
    let (enough, had_enough) = oneshot::channel::<()>();
    let stop = async move {
        tokio::select! {
            () = signal => {}
            // It is dropped when enough was printed, or when nobody reads any more.
            _ = had_enough => {}
        }
    };
    let listening = tokio::spawn(receiver.run(sender, stop));
    let printed = print(arguments.limit, masked, &mut news, output).await;
    drop((enough, news));
    listening.await.unwrap_or(Ok(())).map_err(Failure::io("the listener stopped"))?;
    printed
}

async fn print(
    limit: Option<u64>,
    masked: bool,
    news: &mut mpsc::Receiver<News>,
    output: &mut Output,
) -> Result<(), Failure> {
    let mut printed = 0;
    while limit.is_none_or(|limit| printed < limit) {
        let Some(delivery) = news.recv().await else { break };
        output.json_line(&line(&delivery, masked))?;
        // Whoever waits for an event waits for it now.
        output.flush()?;
        printed += 1;
    }
    Ok(())
}

/// A delivery as a line. In a support role without the object, which holds people's data.
fn line(news: &News, masked: bool) -> Value {
    let event = &news.event;
    let mut line = Map::new();
    let mut put = |key: &str, value: Value| line.insert(key.to_owned(), value);
    put("receivedAt", json!(news.received_at));
    put("type", json!(event.kind));
    put("event", json!(event.name));
    put("known", json!(event.is_known));
    put("registration", json!(event.registration));
    put("status", json!(event.status.as_ref().map(ToString::to_string)));
    put("at", json!(event.at));
    put("late", json!(news.is_late));
    put("proof", json!(news.proof.as_str()));
    if !masked {
        put("object", Value::Object(event.object.clone()));
    }
    Value::Object(line)
}

async fn secret(arguments: &WatchArguments) -> Result<Option<SecretString>, Failure> {
    let source = match &arguments.secret_file {
        Some(path) => TokenSource::File(path.clone()),
        None if std::env::var_os(SECRET_VARIABLE).is_some() => TokenSource::Variable(SECRET_VARIABLE.to_owned()),
        None => return Ok(None),
    };
    Ok(Some(source.read().await?))
}
