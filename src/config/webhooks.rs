//! The webhooks of a profile: whom `serve` tells what happens, and where the console listens for what a service tells.

use std::{collections::BTreeMap, net::SocketAddr};

use reqwest::Url;
use toml::de::DeTable;

use super::{
    Mistake, Place,
    file::anchored,
    section::{Found, Reading, Section, type_in_words},
    sources::variable_of,
};
use crate::remote::{self, TokenSource};

/// What a profile says of webhooks.
#[derive(Debug, Clone, Default)]
pub struct WebhookSettings {
    /// Where to deliver, by id or name of the project; `*` stands for the others. Of an embedded profile only.
    pub to: BTreeMap<String, Url>,
    /// Where to listen for a service's deliveries. Of a remote profile only.
    pub listen: Option<SocketAddr>,
    /// Where the secret comes from that deliveries are signed with, or that senders have to know.
    pub secret: Option<TokenSource>,
}

/// Reads the table of a profile.
pub(super) fn webhooks_of(
    table: &DeTable<'_>,
    path: String,
    is_remote: bool,
    reading: &mut Reading<'_>,
) -> WebhookSettings {
    let mut section = Section::new(table, path);
    let listen = section.text(reading, "listen");
    let secret = secret_of(&mut section, reading);
    let to = section.get("to");
    let mut misplaced = |key: &str, place: &Place, whose: &str, section: &Section<'_>| {
        let message = format!("only applies to {whose} profile");
        reading.mistakes.push(Mistake::new(place.clone(), message).with_key(section.path_of(key)));
    };
    if let (Some(found), false) = (&listen, is_remote) {
        misplaced("listen", &found.place, "a remote", &section);
    }
    let listen = listen.and_then(|found| address_of(&found, &section, reading));
    let to = to.map(|(offset, value)| {
        let place = reading.place(offset);
        let path = section.path_of("to");
        match value.as_table() {
            Some(_) if is_remote => {
                let message = "only applies to an embedded profile: a remote service has webhooks of its own";
                reading.mistakes.push(Mistake::new(place, message).with_key(path));
                BTreeMap::new()
            }
            Some(table) => urls_of(table, &path, reading),
            None => {
                let message = format!("must be a table of projects with their URLs, not {}", type_in_words(value));
                reading.mistakes.push(Mistake::new(place, message).with_key(path));
                BTreeMap::new()
            }
        }
    });
    section.finish(reading);
    WebhookSettings { to: to.unwrap_or_default(), listen, secret }
}

fn secret_of(section: &mut Section<'_>, reading: &mut Reading<'_>) -> Option<TokenSource> {
    let variable = section.text(reading, "secret_env");
    let variable = variable.and_then(|found| variable_of(found, "secret_env", section, reading));
    let file = section.text(reading, "secret_file");
    if let (Some(_), Some(found)) = (&variable, &file) {
        let message = "there is already secret_env; keep one source of the secret";
        let mistake = Mistake::new(found.place.clone(), message);
        reading.mistakes.push(mistake.with_key(section.path_of("secret_file")));
    }
    let file = file.map(|found| TokenSource::File(anchored(&found.value, reading.path)));
    variable.map(|found| TokenSource::Variable(found.value)).or(file)
}

fn address_of(found: &Found<String>, section: &Section<'_>, reading: &mut Reading<'_>) -> Option<SocketAddr> {
    let address = found.value.parse().ok();
    if address.is_none() {
        let message = "must be an address and a port, for example \"127.0.0.1:8790\"";
        reading.mistakes.push(Mistake::new(found.place.clone(), message).with_key(section.path_of("listen")));
    }
    address
}

fn urls_of(table: &DeTable<'_>, path: &str, reading: &mut Reading<'_>) -> BTreeMap<String, Url> {
    let mut urls = BTreeMap::new();
    for (project, value) in table {
        let place = reading.place(project.span().start);
        let project = project.get_ref().to_string();
        let read = match value.get_ref().as_str() {
            None => Err(format!("must be a URL in quotes, not {}", type_in_words(value.get_ref()))),
            Some(text) => webhook_url(text),
        };
        match read {
            Ok(url) => drop(urls.insert(project, url)),
            Err(message) => reading.mistakes.push(Mistake::new(place, message).with_key(format!("{path}.{project}"))),
        }
    }
    urls
}

/// A URL that people's data may be sent to: `https`, or this machine.
fn webhook_url(text: &str) -> Result<Url, String> {
    remote::check_address(text, false).map_err(|error| error.to_string())?;
    Url::parse(text.trim()).map_err(|error| error.to_string())
}
