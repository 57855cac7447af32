//! What one call of the program is about: configuration, profile in use, time, colours.

use std::{path::PathBuf, sync::Arc};

use chrono::TimeDelta;

use super::{Desk, Failure, args::Global, desk, opened};
use crate::{
    app::views::add_kept_views,
    audit::Deed,
    backend::{Caller, Clock},
    config::{Config, Given, LOCAL_PROFILE, Mistakes, Overrides, Place, Places, Profile, Source},
    index::Views,
    model::Role,
    remote::Mirror,
    runtime::{self, MirrorFile},
    triage::Policy,
};

/// Configuration and options, put together.
pub struct Session {
    /// The configuration.
    pub config: Config,
    /// The time; stands still with `--now`.
    pub clock: Clock,
    /// Whether colours are wanted.
    pub color: bool,
    /// Whether linear text is wanted instead of a picture.
    pub plain: bool,
    given: Overrides,
    places: Result<Places, Mistakes>,
}

impl Session {
    /// Reads the configuration.
    pub fn begin(global: &Global, given: Overrides, places: Result<Places, Mistakes>) -> Result<Self, Failure> {
        let config = given.load(places.as_ref())?;
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Ok(Self {
            config,
            clock: global.now.map_or_else(Clock::system, Clock::fixed),
            color: !global.no_color && !no_color,
            plain: global.plain,
            given,
            places,
        })
    }

    /// The profile in use.
    pub fn profile(&self) -> Result<Profile, Failure> {
        Ok(Profile::resolve(&self.config, &self.given, self.places.as_ref())?)
    }

    /// The profile in use, for what hands out personal data as it is, or takes registrations away.
    pub fn profile_in_full(&self) -> Result<Profile, Failure> {
        in_full(self.profile()?)
    }

    /// The profile of a name, or of a data directory, whatever the options say.
    pub fn profile_at(&self, named: &str) -> Result<Profile, Failure> {
        let place = Place::Flag("the argument");
        let given = if self.config.profiles.contains_key(named) {
            let profile = Some(Given { value: named.to_owned(), place });
            Overrides { profile, read_only: self.given.read_only, ..Overrides::default() }
        } else {
            let profile = Some(Given { value: LOCAL_PROFILE.to_owned(), place: place.clone() });
            let data_dir = Some(Given { value: PathBuf::from(named), place });
            Overrides { profile, data_dir, read_only: self.given.read_only, ..Overrides::default() }
        };
        Ok(Profile::resolve(&self.config, &given, self.places.as_ref())?)
    }

    /// Whether writes are refused whatever the profile says.
    pub fn read_only(&self) -> bool {
        self.given.read_only
    }

    /// What registrations are judged by.
    pub fn policy(&self) -> Arc<Policy> {
        Arc::clone(&self.config.policy)
    }

    /// Who uses the program, by the name that stands with what they say about registrations.
    pub fn operator(&self) -> Caller {
        Caller::operator().named(self.given.operator(&self.config).unwrap_or_default())
    }

    /// Where the console remembers things about a profile; nowhere for one that is given on the command line, or
    /// without a place for it.
    pub fn kept_at(&self, profile: &Profile) -> Option<PathBuf> {
        let directory = self.places.as_ref().ok()?.state_dir.join("console");
        let is_configured = self.config.profiles.contains_key(&profile.name);
        is_configured.then(|| directory.join(format!("{}.json", profile.name)))
    }

    /// Where a mirror of a profile may lie, whatever it asks for now.
    pub fn mirror_file(&self, profile: &Profile) -> Option<PathBuf> {
        Some(self.places.as_ref().ok()?.mirrors().join(format!("{}.ndjson", profile.name)))
    }

    /// Where what is read of a remote is kept on disk; nowhere unless its profile asks for that.
    pub fn mirror_at(&self, profile: &Profile) -> Option<MirrorFile> {
        let Source::Remote(remote) = &profile.source else { return None };
        let path = self.mirror_file(profile)?;
        let keeps = TimeDelta::hours(i64::from(remote.mirror_hours));
        (remote.mirror == Mirror::Disk).then(|| MirrorFile { path, of: remote.base_url.clone(), keeps })
    }

    /// The views of the house with those that were saved at the console of a profile.
    pub fn views(&self, profile: &Profile) -> Views {
        let mut views = self.config.views.clone();
        if let Some(path) = self.kept_at(profile) {
            let (kept, problem) = runtime::read_kept(&path);
            if let Some(problem) = problem {
                super::notice(&problem);
            }
            add_kept_views(&mut views, &kept);
        }
        views
    }

    /// Notes what the operator does with a profile without a desk, before it is done.
    pub fn note(&self, profile: &Profile, deed: Deed) -> Result<(), Failure> {
        desk::note(opened::journal(profile)?.as_ref(), &self.operator(), deed)
    }

    /// The data directory of the profile in use, which has to be an embedded one.
    pub fn embedded(&self) -> Result<(Profile, PathBuf), Failure> {
        embedded_of(self.profile()?)
    }

    /// The same, for what hands out personal data as it is, or takes registrations away.
    pub fn embedded_in_full(&self) -> Result<(Profile, PathBuf), Failure> {
        embedded_of(self.profile_in_full()?)
    }

    /// Opens the backend of the profile in use, and warns of files about people that others could get at.
    pub fn desk(&self) -> Result<Desk, Failure> {
        if let Ok(places) = &self.places {
            let directories = [places.state_dir.clone(), places.state_dir.join("console"), places.mirrors()];
            for directory in directories {
                desk::warn_if_open(&directory);
            }
        }
        Desk::open(self.profile()?, self.operator(), self.policy(), self.clock.clone())
    }
}

/// A profile, unless its role sees personal data masked.
pub fn in_full(profile: Profile) -> Result<Profile, Failure> {
    match profile.role {
        Role::Operator => Ok(profile),
        Role::Support => {
            let message = "the role support sees personal data masked, and takes nothing over or away; this needs another \
                           role";
            Err(Failure::Refused(message.to_owned()))
        }
    }
}

/// A profile with its data directory, which has to be an embedded one.
fn embedded_of(profile: Profile) -> Result<(Profile, PathBuf), Failure> {
    match &profile.source {
        Source::Embedded { data_dir } => {
            let data_dir = data_dir.clone();
            Ok((profile, data_dir))
        }
        Source::Shared { .. } => {
            let message = "a store in a database is kept by the database, with its own backups (`regdesk help team`); \
                           pick an embedded profile with a file";
            Err(Failure::Usage(message.to_owned()))
        }
        Source::Remote(_) => Err(opened::no_engine()),
    }
}

/// A profile in a few words.
pub fn described(profile: &Profile) -> String {
    let source = match &profile.source {
        Source::Embedded { data_dir } => format!("embedded in {}", data_dir.display()),
        Source::Shared { store, .. } => format!("store at {}", store.url()),
        Source::Remote(remote) => format!("remote at {}", remote.base_url),
    };
    let read_only = if profile.read_only { ", read-only" } else { "" };
    format!("{} ({source}{read_only})", profile.name)
}
