//! The profile in use: what flags and environment make of the file.

use std::{
    collections::BTreeSet,
    ffi::OsString,
    path::{Path, PathBuf},
};

use super::{
    AD_HOC_TOKEN_VARIABLE, BackendSettings, Config, LOCAL_PROFILE, Mistake, Mistakes, Place, Places, StoreSettings,
    WebhookSettings,
};
use crate::model::Role;
use crate::remote::{self, MIRROR_HOURS, Mirror, RemoteConfig, Timeouts, TokenSource};

/// A value of the environment or the command line, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given<T> {
    /// The value.
    pub value: T,
    /// Where it was given.
    pub place: Place,
}

/// What stands over the file: the environment, and over that the flags.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Overrides {
    /// `--config`, `REGDESK_CONFIG`.
    pub config: Option<Given<PathBuf>>,
    /// `--profile`, `REGDESK_PROFILE`.
    pub profile: Option<Given<String>>,
    /// `--data-dir`, `REGDESK_DATA_DIR`.
    pub data_dir: Option<Given<PathBuf>>,
    /// `--url`, `REGDESK_URL`.
    pub url: Option<Given<String>>,
    /// `--read-only`, `REGDESK_READ_ONLY`.
    pub read_only: bool,
    /// `REGDESK_OPERATOR`.
    pub operator: Option<String>,
    /// What the system calls the user (`USER`, `LOGNAME`): the weakest of all, below the file.
    pub login: Option<String>,
}

impl Overrides {
    /// What the environment says; an empty variable is one that is not set.
    pub fn from_environment(read: impl Fn(&'static str) -> Option<OsString>) -> Result<Self, Mistakes> {
        let set = |name: &'static str| read(name).filter(|value| !value.is_empty());
        let text = |name: &'static str| match set(name).map(OsString::into_string) {
            Some(Ok(value)) => Ok(Some(Given { value, place: Place::Environment(name) })),
            Some(Err(_)) => Err(Mistakes::from(Mistake::new(Place::Environment(name), "is not UTF-8"))),
            None => Ok(None),
        };
        let path = |name: &'static str| {
            set(name).map(|value| Given { value: PathBuf::from(value), place: Place::Environment(name) })
        };
        let read_only = match text("REGDESK_READ_ONLY")?.map(|given| given.value).as_deref() {
            None | Some("0" | "false") => false,
            Some("1" | "true") => true,
            Some(_) => {
                return Err(Mistake::new(Place::Environment("REGDESK_READ_ONLY"), "must be 1 or 0").into());
            }
        };
        Ok(Self {
            config: path("REGDESK_CONFIG"),
            profile: text("REGDESK_PROFILE")?,
            data_dir: path("REGDESK_DATA_DIR"),
            url: text("REGDESK_URL")?,
            read_only,
            operator: text("REGDESK_OPERATOR")?.map(|given| given.value),
            login: ["USER", "LOGNAME"].into_iter().find_map(|name| set(name)?.into_string().ok()),
        })
    }

    /// What the operator is called, where anything says so.
    pub fn operator<'a>(&'a self, config: &'a Config) -> Option<&'a str> {
        self.operator.as_deref().or(config.operator.as_deref()).or(self.login.as_deref())
    }

    /// These over others. A flag that picks another backend drops what the environment picked; a directory picks the
    /// embedded engine, so that nothing meant for it goes to a remote.
    #[must_use]
    pub fn over(self, below: Self) -> Self {
        let picks_profile = self.profile.is_some() || self.url.is_some();
        let picks_backend = picks_profile || self.data_dir.is_some();
        let below_profile = below.profile.filter(|_| !picks_profile);
        let below_url = below.url.filter(|_| !picks_backend);
        Self {
            config: self.config.or(below.config),
            profile: self.profile.or(below_profile),
            data_dir: self.data_dir.or(below.data_dir),
            url: self.url.or(below_url),
            read_only: self.read_only || below.read_only,
            operator: self.operator.or(below.operator),
            login: self.login.or(below.login),
        }
    }

    /// The file that applies: the one named, else the one at the default place if it exists.
    pub fn load(&self, places: Result<&Places, &Mistakes>) -> Result<Config, Mistakes> {
        let (config, mistakes) = self.examine(places)?;
        mistakes.none().map(|()| config)
    }

    /// What can be read of the file that applies, and what is wrong with the rest.
    pub fn examine(&self, places: Result<&Places, &Mistakes>) -> Result<(Config, Mistakes), Mistakes> {
        match (&self.config, places) {
            (Some(given), _) => Config::examine(&given.value),
            (None, Ok(places)) if places.config_file.exists() => Config::examine(&places.config_file),
            (None, _) => Ok((Config::built_in(), Mistakes(Vec::new()))),
        }
    }
}

/// The profile in use, complete.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Its name; the host for a remote given by `--url`.
    pub name: String,
    /// Where the registrations are.
    pub source: Source,
    /// Who works with it.
    pub role: Role,
    /// Whether writes are refused.
    pub read_only: bool,
    /// Whether it is shown in a colour of its own.
    pub production: bool,
    /// The directory of its audit log, unless that is in a database; `None` for one that is gone with the process, or without a place for it.
    pub journal: Option<PathBuf>,
    /// Who is told what happens, and where it is listened for what a service tells.
    pub webhooks: WebhookSettings,
}

/// Where the registrations of the profile in use are.
#[derive(Debug, Clone)]
pub enum Source {
    /// In this process, in this directory.
    Embedded {
        /// The store's directory.
        data_dir: PathBuf,
    },
    /// In a database that others work with as well.
    Shared {
        /// The database.
        store: StoreSettings,
        /// Where this machine keeps the outbox.
        data_dir: PathBuf,
    },
    /// Behind an HTTP endpoint.
    Remote(RemoteConfig),
}

impl Profile {
    /// Picks the profile and completes it. Without a home directory, an embedded profile needs a directory of its own.
    pub fn resolve(config: &Config, given: &Overrides, places: Result<&Places, &Mistakes>) -> Result<Self, Mistakes> {
        if let Some(url) = &given.url {
            return Self::ad_hoc(url, given, places.ok());
        }
        let (name, place) = match &given.profile {
            Some(given) => (&given.value, &given.place),
            None => (&config.default_profile.0, &config.default_profile.1),
        };
        let settings = config
            .profiles
            .get(name)
            .ok_or_else(|| unknown(name, place.clone(), config.profiles.keys().map(String::as_str)))?;
        let source = match (&settings.backend, &given.data_dir) {
            (BackendSettings::Remote(remote), None) => {
                let annotations = places.ok().map(|places| annotations_file(name, &places.data_dir));
                Source::Remote(RemoteConfig { annotations, ..remote.clone() })
            }
            (BackendSettings::Remote(_), Some(data_dir)) => {
                let message = format!("profile `{name}` is a remote and has no data directory; pick an embedded one");
                return Err(Mistake::new(data_dir.place.clone(), message).into());
            }
            (BackendSettings::Embedded { store: Some(_), .. }, Some(data_dir)) => {
                let message = format!("profile `{name}` has its store in a database; pick one with a file");
                return Err(Mistake::new(data_dir.place.clone(), message).into());
            }
            (BackendSettings::Embedded { .. }, Some(given)) => Source::Embedded { data_dir: given.value.clone() },
            (BackendSettings::Embedded { data_dir, store }, None) => {
                let data_dir = match data_dir {
                    Some(data_dir) => data_dir.clone(),
                    None => default_data_dir(name, &places.map_err(Clone::clone)?.data_dir),
                };
                match store.clone() {
                    Some(store) => Source::Shared { store, data_dir },
                    None => Source::Embedded { data_dir },
                }
            }
        };
        let read_only = settings.read_only || given.read_only;
        let journal = match &source {
            Source::Embedded { data_dir } | Source::Shared { data_dir, .. } => Some(data_dir.clone()),
            Source::Remote(_) => places.ok().map(|places| default_data_dir(name, &places.data_dir)),
        };
        Ok(Self {
            name: name.clone(),
            journal,
            source,
            role: settings.role,
            read_only,
            production: settings.production,
            webhooks: settings.webhooks.clone(),
        })
    }

    fn ad_hoc(url: &Given<String>, given: &Overrides, places: Option<&Places>) -> Result<Self, Mistakes> {
        remote::check_address(&url.value, false).map_err(|error| Mistake::new(url.place.clone(), error.to_string()))?;
        let settings = RemoteConfig {
            base_url: url.value.clone(),
            dialect: None,
            token: TokenSource::Variable(AD_HOC_TOKEN_VARIABLE.to_owned()),
            allow_plain_http: false,
            timeouts: Timeouts::default(),
            mirror: Mirror::default(),
            mirror_hours: MIRROR_HOURS,
            annotations: None,
        };
        let host = reqwest::Url::parse(&url.value).ok().and_then(|url| url.host_str().map(str::to_owned));
        let name = host.unwrap_or_default();
        Ok(Self {
            journal: places.map(|places| places.data_dir.join(&name)),
            name,
            source: Source::Remote(settings),
            role: Role::default(),
            read_only: given.read_only,
            production: false,
            webhooks: WebhookSettings::default(),
        })
    }
}

/// Where the store of an embedded profile lies unless it says so itself: each has one of its own.
pub fn default_data_dir(profile: &str, data_dir: &Path) -> PathBuf {
    if profile == LOCAL_PROFILE { data_dir.to_owned() } else { data_dir.join(profile) }
}

/// Where what the desk says about the registrations of a remote profile is kept.
fn annotations_file(profile: &str, data_dir: &Path) -> PathBuf {
    default_data_dir(profile, data_dir).join("annotations.ndjson")
}

/// The mistake of naming a profile that does not exist.
pub(super) fn unknown<'a>(name: &str, place: Place, known: impl Iterator<Item = &'a str>) -> Mistake {
    let names: BTreeSet<&str> = known.collect();
    let listed = names.iter().copied().collect::<Vec<_>>().join(", ");
    let message = format!("there is no profile `{}`; there are: {listed}", crate::text::clean(name));
    Mistake::new(place, message).with_nearest(name, names)
}
