//! `completions`: the script that a shell loads, and the answers to what it then asks at every tab.
//!
//! The shell calls the program again with [`VARIABLE`] set and the words typed so far. Names and ids come from the
//! profile that those words choose; a remote is not asked, because a key press must neither wait nor sign in. Nothing
//! personal is offered, and nothing that a shell could take for more than a word.

use std::{
    env,
    ffi::{OsStr, OsString},
    io::{self, Write},
    sync::Arc,
};

use clap::{Arg, ArgMatches, Command, CommandFactory, FromArgMatches};
use clap_complete::{ArgValueCompleter, CompletionCandidate, Shell, env::Shells};

use super::{
    Failure, Output, Session,
    args::{Arguments, Global},
    help::TOPICS,
};
use crate::{
    backend::{Backend, ListRequest},
    config::{Overrides, Places, Source},
    engine::Engine,
    index::SortField,
    model::{Decision, Registration, Status, StepKind, Verdict},
    text, triage,
    wire::RowFormat,
};

/// Set by the script, to the name of the shell.
const VARIABLE: &str = "REGDESK_COMPLETE";

/// The file of an engine, in its data directory.
const STORE: &str = "engine.redb";

/// Pages of registrations that are looked through for an id that has been begun. The newest come first.
const PAGES: u32 = 20;

/// Prints the script of a shell.
pub fn script(shell: Shell, output: &mut Output) -> Result<(), Failure> {
    let mut script = Vec::new();
    if let Some(shell) = Shells::builtins().completer(&shell.to_string()) {
        let written = shell.write_registration(VARIABLE, "regdesk", "regdesk", "regdesk", &mut script);
        written.map_err(Failure::io("the script"))?;
    }
    output.written(&String::from_utf8_lossy(&script))
}

/// Answers a shell that asks for completions; `None` if this call is none. What cannot be completed gets no answer, as
/// a message would end up in the middle of what is being typed.
pub fn answer(arguments: &[OsString]) -> Option<u8> {
    let name = env::var(VARIABLE).ok().filter(|name| !name.is_empty())?;
    let builtins = Shells::builtins();
    let Some(shell) = builtins.completer(&name) else { return Some(2) };
    let words: Vec<OsString> = arguments.iter().skip_while(|word| *word != "--").skip(1).cloned().collect();
    if words.is_empty() {
        return Some(2);
    }
    let known = Arc::new(Known { session: session(&words) });
    let mut command = with_completers(Arguments::command(), &known);
    let mut answer = Vec::new();
    let current = env::current_dir().ok();
    let done = shell.write_complete(&mut command, words, current.as_deref(), &mut answer);
    // A shell that has gone needs no answer.
    let done = done.and_then(|()| io::stdout().write_all(&answer));
    Some(u8::from(done.is_err()))
}

/// The command line with completers at every argument that means one of several known things.
fn with_completers(command: Command, known: &Arc<Known>) -> Command {
    let command = command.mut_args(|arg| match Kind::of(&arg) {
        Some(kind) => {
            let known = Arc::clone(known);
            arg.add(ArgValueCompleter::new(move |begun: &OsStr| known.candidates(kind, begun)))
        }
        None => arg,
    });
    command.mut_subcommands(|subcommand| with_completers(subcommand, known))
}

/// What an argument means.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Registration,
    Project,
    Flow,
    Profile,
    View,
    Step,
    Status,
    Rule,
    Verdict,
    Reason,
    Sort,
    Format,
    Dialect,
    Page,
}

impl Kind {
    /// By the name of an argument and of its value, which stand for the same thing with every command.
    fn of(arg: &Arg) -> Option<Self> {
        let value = arg.get_value_names().and_then(<[_]>::first).map(AsRef::as_ref)?;
        Some(match (value, arg.get_id().as_str()) {
            ("ID", _) => Self::Registration,
            ("PROJECT", _) => Self::Project,
            ("FLOW", _) => Self::Flow,
            (_, "profile") => Self::Profile,
            (_, "view") => Self::View,
            ("STEP", _) => Self::Step,
            ("STATUS", _) => Self::Status,
            ("RULE", _) => Self::Rule,
            ("VERDICT", _) => Self::Verdict,
            ("CODE", "reason") => Self::Reason,
            (_, "sort") => Self::Sort,
            ("FORMAT", _) => Self::Format,
            ("DIALECT", _) => Self::Dialect,
            ("TOPIC|COMMAND", _) => Self::Page,
            _ => return None,
        })
    }
}

/// What is known of the call that is being typed.
struct Known {
    /// Configuration and profile, if they can be read.
    session: Option<Session>,
}

impl Known {
    fn candidates(&self, kind: Kind, begun: &OsStr) -> Vec<CompletionCandidate> {
        let begun = one_word(&begun.to_string_lossy());
        let offered = self.offered(kind, &begun).into_iter();
        offered.filter(|offer| offer.is_harmless() && offer.begins_with(&begun)).map(Offer::candidate).collect()
    }

    fn offered(&self, kind: Kind, begun: &str) -> Vec<Offer> {
        let session = self.session.as_ref();
        match kind {
            Kind::Registration => session.map(|session| registrations(session, begun)).unwrap_or_default(),
            Kind::Project => session.map(projects).unwrap_or_default(),
            Kind::Flow => session.map(flows).unwrap_or_default(),
            Kind::Profile => session.map(profiles).unwrap_or_default(),
            Kind::View => session.map(views).unwrap_or_default(),
            Kind::Reason => session.map(reasons).unwrap_or_default(),
            Kind::Step => StepKind::ALL.iter().map(|step| Offer::new(step.as_str(), step.label())).collect(),
            Kind::Status => Status::ALL.iter().map(|status| Offer::new(status.as_str(), "")).collect(),
            Kind::Rule => triage::rules().map(|rule| Offer::new(rule.id, rule.name)).collect(),
            Kind::Verdict => {
                let words = Verdict::ALL.iter().map(|verdict| verdict.as_str().replace('_', "-"));
                words.chain(["none".to_owned()]).map(|word| Offer::new(word, "")).collect()
            }
            Kind::Sort => SortField::ALL.iter().map(|field| Offer::new(field.as_str(), "")).collect(),
            Kind::Format => RowFormat::ALL.iter().map(|format| Offer::new(format.as_str(), "")).collect(),
            Kind::Dialect => ["overview", "live"].map(|word| Offer::new(word, "")).into(),
            Kind::Page => pages(),
        }
    }
}

/// One thing that may be typed, and what it means.
struct Offer {
    value: String,
    about: String,
}

impl Offer {
    fn new(value: impl Into<String>, about: impl Into<String>) -> Self {
        Self { value: value.into(), about: about.into() }
    }

    /// Names and ids may come from elsewhere: one that a shell could take for more than a word is not offered.
    fn is_harmless(&self) -> bool {
        let begins_well = self.value.starts_with(char::is_alphanumeric);
        begins_well && self.value.chars().all(|found| found.is_alphanumeric() || "-_.,+/".contains(found))
    }

    fn begins_with(&self, begun: &str) -> bool {
        self.value.to_lowercase().starts_with(&begun.to_lowercase())
    }

    fn candidate(self) -> CompletionCandidate {
        let about = text::clean(&self.about).into_owned();
        CompletionCandidate::new(self.value).help(Some(about).filter(|about| !about.is_empty()).map(Into::into))
    }
}

/// A name as one word: hyphens for blanks, which means the same wherever names are asked for, and needs no quotes in any
/// shell. Quotes and backslashes that were typed on the way are left out.
fn one_word(name: &str) -> String {
    name.chars()
        .filter(|found| !matches!(found, '\\' | '"' | '\''))
        .map(|found| if found == ' ' { '-' } else { found })
        .collect()
}

/// Configuration and profile by the options among the words.
fn session(words: &[OsString]) -> Option<Session> {
    // What is being typed is rarely a whole call; the options before it can be read all the same.
    let matches: ArgMatches = Arguments::command().ignore_errors(true).try_get_matches_from(words).ok()?;
    let global = Global::from_arg_matches(&matches).ok()?;
    let given = global.overrides().over(Overrides::from_environment(env::var_os).ok()?);
    Session::begin(&global, given, Places::of_user()).ok()
}

/// The embedded engine of the profile in use. One that is not there yet is not made for this, and one that a console
/// holds open cannot be read: an engine in memory has the same projects and flows.
fn engine_of(session: &Session) -> Option<Engine> {
    let Source::Embedded { data_dir } = session.profile().ok()?.source else { return None };
    let stored = data_dir.join(STORE).exists().then(|| Engine::open(&data_dir, session.clock.clone()).ok());
    stored.flatten().or_else(|| Engine::in_memory(session.clock.clone()).ok())
}

/// What the engine answers; nothing if it cannot.
fn asked<T>(session: &Session, ask: impl AsyncFnOnce(Engine) -> Option<T>) -> Option<T> {
    let engine = engine_of(session)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    runtime.block_on(ask(engine))
}

fn registrations(session: &Session, begun: &str) -> Vec<Offer> {
    let pages = if begun.is_empty() { 1 } else { PAGES };
    let found = asked(session, async |engine| {
        let mut found = Vec::new();
        for number in 1..=pages {
            let page = engine.list(ListRequest::page(number, ListRequest::MAX_LIMIT)).await.ok()?;
            let is_last = page.is_last(number, page.registrations.len());
            found.extend(page.registrations.iter().map(registration));
            if is_last {
                break;
            }
        }
        Some(found)
    });
    found.unwrap_or_default()
}

/// Where it stands and whose it is, and nothing about the person: somebody may be looking on.
fn registration(found: &Registration) -> Offer {
    let project = found.project.name.as_deref().unwrap_or(&found.project.id);
    let step = found.current_step.as_ref().map(|step| format!(", {}", step.label())).unwrap_or_default();
    Offer::new(found.id.as_str(), format!("{}{step}, {project}", found.status))
}

fn projects(session: &Session) -> Vec<Offer> {
    let found = asked(session, async |engine| engine.projects().await.ok());
    found.unwrap_or_default().into_iter().map(|project| named(project.name, project.id)).collect()
}

fn flows(session: &Session) -> Vec<Offer> {
    let found = asked(session, async |engine| engine.flows().await.ok());
    found.unwrap_or_default().into_iter().map(|flow| named(flow.name, flow.id)).collect()
}

/// The name, or the id where the name is no word for a shell.
fn named(name: String, id: String) -> Offer {
    let by_name = Offer::new(one_word(&name), id.as_str());
    if by_name.is_harmless() { by_name } else { Offer::new(id, name) }
}

/// What `help` tells about: topics and commands.
fn pages() -> Vec<Offer> {
    let topics = TOPICS.map(|(name, about, _)| Offer::new(name, about));
    let command = Arguments::command();
    topics.into_iter().chain(command.get_subcommands().map(|command| Offer::new(command.get_name(), ""))).collect()
}

fn profiles(session: &Session) -> Vec<Offer> {
    let offer = |name: &String| Offer::new(name, "");
    session.config.profiles.keys().map(offer).collect()
}

fn views(session: &Session) -> Vec<Offer> {
    let Ok(profile) = session.profile() else { return Vec::new() };
    let views = session.views(&profile);
    views.numbered().iter().map(|(_, view)| Offer::new(one_word(&view.name), view.text.as_str())).collect()
}

fn reasons(session: &Session) -> Vec<Offer> {
    let reasons = session.config.reasons.all();
    let words = |decisions: &[Decision]| decisions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    reasons.iter().map(|reason| Offer::new(reason.code.as_ref(), words(&reason.decisions))).collect()
}
