//! The profile's backend, opened, and what it holds, judged.

use std::{borrow::Cow, collections::HashSet, ops::ControlFlow, path::Path, sync::Arc};

use tokio::sync::broadcast;

use super::{Failure, notice, opened};
use crate::{
    audit::{Audited, Deed, Journal},
    backend::{Backend, Caller, Clock, HookedProjects, ListRequest, Page, ReadOnly},
    config::{Profile, Source, WebhookSettings},
    engine::{self, Engine, Leasing},
    index::{Index, Query, View, Views},
    model::{Contact, Personal, Registration, RegistrationId, Role},
    private,
    remote::Remote,
    runtime::{Filling, SnapshotFile, Stored},
    server::Webhooks,
    text,
    triage::{self, Context, Judgement, LinkIndex, Policy},
    wire,
};

/// Registrations that are kept unpacked while a command passes over them.
const AT_HAND: usize = 100;

/// Pages of a remote that are worth reading to find who is linked to one registration.
const PAGES_FOR_LINKS: u64 = 20;

/// An open backend with the profile it belongs to.
pub struct Desk {
    /// Where registrations come from; refuses writes if the profile is read-only.
    pub backend: Arc<dyn Backend>,
    /// Who sits at it.
    pub operator: Caller,
    /// The profile.
    pub profile: Profile,
    /// What registrations are judged by.
    pub policy: Arc<Policy>,
    /// The time.
    pub clock: Clock,
    /// What the operator does is noted there; nowhere for what is gone with the process.
    pub journal: Option<Journal>,
    /// Where changes of a remote are told of, by whoever hears of them.
    pub announcer: Option<broadcast::Sender<RegistrationId>>,
    /// Where the index of a store on disk is kept from one run to the next.
    pub snapshot: Option<SnapshotFile>,
    /// The engine over a store that others share.
    pub shared: Option<Engine>,
}

/// How personal data is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mask(pub bool);

impl Mask {
    /// Personal data, or its mask.
    pub fn personal(self, value: &Personal) -> Cow<'_, str> {
        if self.0 { Cow::Owned(value.masked()) } else { Cow::Borrowed(value.reveal()) }
    }

    /// Text that may hold personal data, or its mask.
    pub fn text(self, text: &str) -> Cow<'_, str> {
        if self.0 { Cow::Owned(Personal::from(text).masked()) } else { Cow::Borrowed(text) }
    }

    /// A word of a source where a code belongs; its mask if it is none that is known.
    pub fn word(self, text: &str) -> Cow<'_, str> {
        if self.0 { Cow::Owned(wire::masked_word(text)) } else { Cow::Borrowed(text) }
    }

    /// The phone with its country code.
    pub fn phone(self, contact: &Contact) -> Option<String> {
        let code = contact.country_code.as_deref().unwrap_or_default();
        contact.phone.as_ref().map(|phone| format!("{code} {}", self.personal(phone)))
    }
}

impl Desk {
    /// How personal data is printed for the role of the profile.
    pub fn mask(&self) -> Mask {
        Mask(self.profile.role == Role::Support)
    }

    /// Opens the backend of a profile.
    pub fn open(profile: Profile, operator: Caller, policy: Arc<Policy>, clock: Clock) -> Result<Self, Failure> {
        if let Some(directory) = &profile.journal {
            warn_if_open(directory);
        }
        let (mut announcer, mut snapshot, mut shared) = (None, None, None);
        let journal;
        let backend: Arc<dyn Backend> = match &profile.source {
            source @ (Source::Embedded { .. } | Source::Shared { .. }) => {
                if let Source::Embedded { data_dir } = source {
                    let kept_at = data_dir.join(engine::INDEX_SNAPSHOT);
                    snapshot = Some(SnapshotFile::at(kept_at, &policy, operator.name.as_deref()));
                }
                let hooked = hooked(&profile.webhooks);
                let somebody_listens = !hooked.is_empty();
                let engine = opened::engine(source, clock.clone(), hooked)?;
                if somebody_listens {
                    // They are told what ran out meanwhile, whether or not anybody looks at it.
                    engine.end_overdue()?;
                }
                journal = opened::journal_beside(&engine, &profile)?;
                shared = matches!(source, Source::Shared { .. }).then(|| engine.clone());
                Arc::new(engine)
            }
            Source::Remote(remote) => {
                let remote = Remote::new(remote.clone(), clock.clone())?;
                announcer = Some(remote.announcer());
                journal = opened::journal(&profile)?;
                Arc::new(remote)
            }
        };
        let desk = Self::over(backend, journal, profile, operator, policy, clock);
        Ok(Self { announcer, snapshot, shared, ..desk })
    }

    /// A desk over a backend that is open already, with the log of what is done there.
    pub fn over(
        backend: Arc<dyn Backend>,
        journal: Option<Journal>,
        profile: Profile,
        operator: Caller,
        policy: Arc<Policy>,
        clock: Clock,
    ) -> Self {
        let backend = match &journal {
            Some(journal) => Arc::new(audited(backend, journal.clone(), Arc::clone(&policy), clock.clone())),
            None => backend,
        };
        let backend = if profile.read_only { Arc::new(ReadOnly::new(backend)) } else { backend };
        Self { backend, operator, profile, policy, clock, journal, announcer: None, snapshot: None, shared: None }
    }

    /// Notes what the operator does beside the backend, before it is done.
    pub fn note(&self, deed: Deed) -> Result<(), Failure> {
        note(self.journal.as_ref(), &self.operator, deed)
    }

    /// Has what is claimed at this desk from now on held only as long as the program lives, where others share the store.
    pub fn lease_claims(&self) -> Result<Option<Leasing>, Failure> {
        match (&self.profile.source, &self.shared) {
            (Source::Shared { store, .. }, Some(engine)) => Ok(engine.lease_claims(store.claim_lease)?),
            _ => Ok(None),
        }
    }

    /// An empty index that judges by the policy.
    fn index(&self) -> Index {
        Index::new(Arc::clone(&self.policy)).asked_by(self.operator.name.clone()).keeping_at_hand(AT_HAND)
    }

    /// A registration judged on its own, without those that share something with it.
    pub fn judged_alone(&self, registration: &Registration) -> Judgement {
        let nobody = LinkIndex::default();
        triage::judge(registration, Context { policy: &self.policy, ..Context::new(&nobody, self.clock.now()) })
    }

    /// All registrations, judged. What was kept of a large store by an earlier run is not read again.
    pub async fn load(&self) -> Result<Index, Failure> {
        let (stored, now) = (Stored::of(&self.backend, self.snapshot.as_ref()), self.clock.now());
        if let Some(index) = stored.recall(self.index(), now).await {
            return Ok(*index);
        }
        let position = stored.position().await;
        let filling = Filling::begin(Box::new(stored.under(self.index())), now);
        let mut known: HashSet<RegistrationId> = HashSet::new();
        for number in 1.. {
            let page = self.page(number).await?;
            // New registrations push old ones onto the next page.
            let new = page.registrations.iter().filter(|row| known.insert(row.id.clone())).count();
            let is_last = page.is_last(number, new);
            filling.add(page.registrations).await;
            if is_last {
                break;
            }
        }
        Ok(*stored.keep(filling.finish().await?, position).await?)
    }

    /// Hands over page after page with its number, the latest created first, until there is enough.
    pub async fn pages(
        &self,
        mut take: impl FnMut(u32, Page) -> Result<ControlFlow<()>, Failure>,
    ) -> Result<(), Failure> {
        for number in 1.. {
            if take(number, self.page(number).await?)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// One registration judged on its own, to be asked like all of them.
    pub fn index_of_one(&self, registration: Registration) -> Index {
        let mut index = self.index();
        index.upsert(vec![Arc::new(registration)], self.clock.now());
        index
    }

    /// Registrations among those they may be linked to. Of a remote with very many, links are not looked for, and
    /// standard error says so.
    pub async fn load_around(&self, registrations: Vec<Registration>) -> Result<Index, Failure> {
        let first = self.page(1).await?;
        let most = PAGES_FOR_LINKS * u64::from(ListRequest::MAX_LIMIT);
        let total = first.total.unwrap_or(first.registrations.len() as u64);
        let is_remote = matches!(self.profile.source, Source::Remote(_));
        let mut index = if is_remote && total > most {
            notice(&format!("links were not looked for among {total} registrations; the console finds them"));
            self.index()
        } else {
            self.load().await?
        };
        index.upsert(registrations.into_iter().map(Arc::new).collect(), self.clock.now());
        Ok(index)
    }

    async fn page(&self, number: u32) -> Result<Page, Failure> {
        let page = self.backend.list(ListRequest::page(number, ListRequest::MAX_LIMIT)).await?;
        for reason in &page.refused {
            notice(&format!("a registration was left out: {reason}"));
        }
        Ok(page)
    }
}

/// Names a directory, and what is in it, if other users of the machine may do anything with it.
pub fn warn_if_open(directory: &Path) {
    for path in private::open_to_others(directory) {
        notice(&format!("{} is open to other users of this machine; `chmod go-rwx` keeps them out", path.display()));
    }
}

/// Adds what an operator does to a log, if there is one. What cannot be noted must not be done.
pub fn note(journal: Option<&Journal>, operator: &Caller, deed: Deed) -> Result<(), Failure> {
    let Some(journal) = journal else { return Ok(()) };
    let noted = journal.note(operator.who(), deed);
    noted.map(drop).map_err(Failure::io(format!("nothing was done: {}", journal.place())))
}

/// A backend whose operators are noted.
fn audited(backend: Arc<dyn Backend>, journal: Journal, policy: Arc<Policy>, clock: Clock) -> Audited {
    Audited::new(backend, journal, move |registration| {
        let nobody = LinkIndex::default();
        let context = Context { policy: &policy, ..Context::new(&nobody, clock.now()) };
        triage::judge(registration, context).flags.iter().map(|flag| flag.rule.to_string()).collect()
    })
}

/// The projects of a profile that have a webhook.
fn hooked(webhooks: &WebhookSettings) -> HookedProjects {
    Webhooks { urls: webhooks.to.clone(), secret: None }.projects()
}

/// A view by its name.
pub fn view<'a>(name: &str, views: &'a Views) -> Result<&'a View, Failure> {
    views.get(name).ok_or_else(|| {
        let hint = text::nearest(name, views.names()).map(|near| format!("; did you mean `{near}`?"));
        let hint = hint.unwrap_or_else(|| "; `regdesk views` lists them".to_owned());
        Failure::Usage(format!("there is no view `{name}`{hint}"))
    })
}

/// A query from the words of the command line.
pub fn query(words: &[String]) -> Result<Query, Failure> {
    let text = words.join(" ");
    Query::parse(&text).map_err(|error| Failure::Query { text, error })
}
