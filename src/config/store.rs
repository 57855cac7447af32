//! The database that holds the store of an embedded profile.

use std::{net::IpAddr, time::Duration};

use reqwest::Url;

use super::{
    Mistake,
    file::whole_number,
    section::{Found, Reading, Section},
    sources::{STORE_PASSWORD, only_one, sources_of},
};
use crate::remote::TokenSource;

/// Where PostgreSQL listens unless it is told otherwise.
const PORT: u16 = 5432;

/// How long a claim of a console holds that does not renew it, seconds: it may miss the database for a while, and
/// colleagues do not wait long for what somebody leaves behind. It is renewed three times in that time.
const CLAIM_LEASE: u32 = 60;

/// How the url of a database is written.
const FORM: &str = "must be of the form postgres://user@host/database, with :port after the host if it is not 5432";

/// A database, and how one gets in.
#[derive(Debug, Clone)]
pub struct StoreSettings {
    /// The machine's name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Who comes.
    pub user: String,
    /// The database's name.
    pub database: String,
    /// Where the password comes from; `None` if the database asks for none.
    pub password: Option<TokenSource>,
    /// Whether the way to another machine may be unencrypted.
    pub allow_plain: bool,
    /// How long a claim of a console holds that has gone without a word.
    pub claim_lease: Duration,
    /// The id of the only project that is listed and followed; `None` for all of them.
    pub project: Option<String>,
}

impl StoreSettings {
    /// The url, which holds no password.
    pub fn url(&self) -> String {
        let Self { host, port, user, database, .. } = self;
        let host = if host.contains(':') { format!("[{host}]") } else { host.clone() };
        format!("postgres://{user}@{host}:{port}/{database}")
    }

    /// Whether the way there has to be encrypted: always, unless it stays on this machine or is allowed not to be.
    pub fn needs_tls(&self) -> bool {
        let is_loopback = self.host.parse().map_or(self.host == "localhost", |address: IpAddr| address.is_loopback());
        !is_loopback && !self.allow_plain
    }
}

/// The keys of a shared store; in a remote profile each of them is a mistake, and all but `store` without it.
pub(super) fn store_of(section: &mut Section<'_>, is_remote: bool, reading: &mut Reading<'_>) -> Option<StoreSettings> {
    let url = section.text(reading, "store");
    let passwords = sources_of(&STORE_PASSWORD, section, reading);
    let allow_plain = section.switch(reading, "allow_plain_store");
    let claim_lease = section.number(reading, "claim_lease_seconds");
    let project = section.text(reading, "project");
    let is_misplaced = is_remote || !section.has_any(&["store"]);
    if is_misplaced {
        let message = if is_remote {
            "only applies to an embedded profile: a remote keeps its registrations itself"
        } else {
            "only applies to a store in a database: set store, or leave it out"
        };
        let keys = url.map(|found| ("store", found.place)).into_iter();
        let keys = keys.chain(passwords.into_iter().map(|(key, found)| (key, found.place)));
        let keys = keys.chain(allow_plain.map(|found| ("allow_plain_store", found.place)));
        let keys = keys.chain(project.map(|found| ("project", found.place)));
        for (key, place) in keys.chain(claim_lease.map(|found| ("claim_lease_seconds", found.place))) {
            reading.mistakes.push(Mistake::new(place, message).with_key(section.path_of(key)));
        }
        return None;
    }
    let password = only_one(passwords, "password", section, reading);
    let claim_lease = claim_lease.and_then(|found| whole_number(&found, "claim_lease_seconds", section, reading));
    let claim_lease = Duration::from_secs(claim_lease.unwrap_or(CLAIM_LEASE).into());
    let Found { value, place } = url?;
    match parts(&value) {
        Ok((host, port, user, database)) => {
            let allow_plain = allow_plain.is_some_and(|found| found.value);
            let project = project.map(|found| found.value);
            Some(StoreSettings { host, port, user, database, password, allow_plain, claim_lease, project })
        }
        Err(message) => {
            reading.mistakes.push(Mistake::new(place, message).with_key(section.path_of("store")));
            None
        }
    }
}

/// Host, port, user and database of a url. What is wrong with one is said without repeating it.
fn parts(text: &str) -> Result<(String, u16, String, String), &'static str> {
    let url = Url::parse(text.trim()).map_err(|_| FORM)?;
    if !["postgres", "postgresql"].contains(&url.scheme()) {
        return Err(FORM);
    }
    if url.password().is_some() || text.contains("password=") {
        return Err(
            "must not hold a password, which others could read; take it out and name where it comes from with \
                    store_password_env, store_password_file or store_password_command",
        );
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("takes no parameters; allow_plain_store, and the keys of the password, are keys of the profile");
    }
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let (user, database) = (url.username(), url.path().trim_start_matches('/'));
    let is_plain = |part: &str| !part.is_empty() && !part.contains(['%', '/']);
    if !(is_plain(host) && is_plain(user) && is_plain(database)) {
        return Err(FORM);
    }
    Ok((host.to_owned(), url.port().unwrap_or(PORT), user.to_owned(), database.to_owned()))
}
