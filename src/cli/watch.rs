//! `watch`: what a service's webhooks deliver, a line each, until SIGINT or SIGTERM.

use secrecy::SecretString;
use serde_json::{Map, Value, json};
use tokio::sync::{mpsc, oneshot};

use super::{Failure, Output, Session, args::WatchArguments, notice, serve::stop_signal};
use crate::{
    backend::BackendError,
    config::{Profile, Source},
    model::Role,
    remote::{Remote, TokenSource},
    server::{News, Receiver, ReceiverConfig, require_loopback},
    wire::HookEvent,
};

/// The variable that holds the secret that senders know.
const SECRET_VARIABLE: &str = "REGDESK_WEBHOOK_SECRET";

/// Deliveries that wait to be printed. A reader that is slower makes the service send them again.
const WAITING: usize = 1024;

/// Listens and prints, or prints what was delivered before.
pub async fn run(arguments: &WatchArguments, session: &Session, output: &mut Output) -> Result<(), Failure> {
    let profile = session.profile()?;
    let masked = profile.role == Role::Support;
    if arguments.past {
        return print_past(arguments.limit, masked, &profile, session, output).await;
    }
    let config = ReceiverConfig { listen: arguments.listen, secret: secret(arguments).await? };
    let has_secret = config.secret.is_some();
    // Without a secret nothing helps, which the receiver says itself.
    if has_secret && !arguments.allow_plain_http {
        require_loopback(arguments.listen)?;
    }
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

/// What the remote has logged. One that it cannot send again shows what was meant to arrive.
async fn print_past(
    limit: Option<u64>,
    masked: bool,
    profile: &Profile,
    session: &Session,
    output: &mut Output,
) -> Result<(), Failure> {
    let Source::Remote(config) = &profile.source else {
        return Err(Failure::Usage(format!("profile {} is no remote: nothing was delivered for it", profile.name)));
    };
    let remote = Remote::new(config.clone(), session.clock.clone()).map_err(BackendError::from)?;
    let most = limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    for logged in remote.deliveries(most).await? {
        let mut line = event_line(&logged.event, masked);
        line.insert("sentAt".to_owned(), json!(logged.sent_at));
        line.insert("arrived".to_owned(), json!(logged.arrived));
        output.json_line(&Value::Object(line))?;
    }
    Ok(())
}

/// A delivery as a line. In a support role without the object, which holds people's data.
fn line(news: &News, masked: bool) -> Value {
    let mut line = event_line(&news.event, masked);
    line.insert("receivedAt".to_owned(), json!(news.received_at));
    line.insert("late".to_owned(), json!(news.is_late));
    line.insert("proof".to_owned(), json!(news.proof.as_str()));
    Value::Object(line)
}

fn event_line(event: &HookEvent, masked: bool) -> Map<String, Value> {
    let mut line = Map::new();
    let mut put = |key: &str, value: Value| line.insert(key.to_owned(), value);
    put("type", json!(event.kind));
    put("event", json!(event.name));
    put("known", json!(event.is_known));
    put("registration", json!(event.registration));
    put("status", json!(event.status.as_ref().map(ToString::to_string)));
    put("at", json!(event.at));
    if !masked {
        put("object", Value::Object(event.object.clone()));
    }
    line
}

async fn secret(arguments: &WatchArguments) -> Result<Option<SecretString>, Failure> {
    let source = match &arguments.secret_file {
        Some(path) => TokenSource::File(path.clone()),
        None if std::env::var_os(SECRET_VARIABLE).is_some() => TokenSource::Variable(SECRET_VARIABLE.to_owned()),
        None => return Ok(None),
    };
    Ok(Some(source.read().await?))
}
