//! `import`: registrations from elsewhere, or from an `export`, into the embedded engine.
//!
//! What is read goes on as a stream, in batches that are stored whole or not at all. Whatever ends the program, the same
//! call takes up where it stopped: what is there already is passed over.

mod csv;
mod records;

use std::{
    collections::HashSet,
    fs::File,
    io::{self, BufRead, BufReader, IsTerminal, Read},
    path::Path,
};

use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use serde_json::{Value, json};

pub use self::records::Record;

use self::{
    csv::Rows,
    records::{Format, Items, Lines},
};
use super::{Failure, Output, Session, args::ImportArguments, notice, opened};
use crate::{
    audit::Deed,
    backend::{Backend, BackendError, Caller, ErrorKind, HookedProjects},
    config::Source,
    engine::{Command, Engine, Script, core::advance},
    model::{Flow, Personal, Project, ProjectRef, Registration, RegistrationId, Timestamp},
    wire,
};

/// Registrations that are stored in one transaction.
const BATCH: usize = 500;

/// Bytes that are read at once.
const BUFFER: usize = 256 * 1024;

/// What stands for hidden letters in a masked export.
const MASK: char = '•';

/// Takes over what a file holds, and prints how many were new, were there, and were refused.
pub async fn run(arguments: &ImportArguments, session: &Session, output: &mut Output) -> Result<(), Failure> {
    let profile = session.profile_in_full()?;
    if matches!(profile.source, Source::Remote(_)) {
        let message = "only an embedded profile can take registrations over: a remote has its own; leave out --url, or \
                       pick an embedded profile";
        return Err(Failure::Usage(message.to_owned()));
    }
    if profile.read_only {
        let message = format!("Profile {} is read-only: nothing was imported.", profile.name);
        return Err(BackendError::new(ErrorKind::ReadOnly, message).into());
    }
    let shown = arguments.file.display().to_string();
    let (source, bytes) = open(&arguments.file).map_err(Failure::io(shown.clone()))?;
    let engine = opened::engine(&profile.source, session.clock.clone(), HookedProjects::default())?;
    session.note(&profile, Deed::of("import"))?;
    let progress = progress_bar(bytes);
    let input = BufReader::with_capacity(BUFFER, progress.wrap_read(source));
    let mut import = Import {
        now: session.clock.now(),
        projects: engine.projects().await?,
        flows: engine.flows().await?,
        engine,
        progress: progress.clone(),
        batch: Vec::new(),
        imported: 0,
        there: 0,
        refused: 0,
    };
    let records = records(input, &shown, &import.projects, &import.flows)?;
    let done = import.all(records, Failure::io(shown)).await;
    progress.finish_and_clear();
    // What is stored stays stored, so it is told even if the rest could not be read.
    import.print(arguments.json, output)?;
    done?;
    match import.refused {
        0 => Ok(()),
        failed => Err(Failure::Some { failed, total: failed + import.imported + import.there }),
    }
}

/// The records of an input, whichever of the three formats it is in; `name` is what an error calls it. Rows of CSV name
/// projects and flows that the engine may know.
///
/// # Errors
/// If its beginning cannot be read, or is of no format.
pub fn records<'a>(
    mut input: impl BufRead + Send + 'a,
    name: &str,
    projects: &[Project],
    flows: &[Flow],
) -> Result<Box<dyn Iterator<Item = io::Result<Record>> + Send + 'a>, Failure> {
    let (format, line) = records::format_of(&mut input).map_err(Failure::io(name.to_owned()))?;
    Ok(match format {
        Format::Lines => Box::new(Lines::of(input, line)),
        Format::Items => Box::new(Items::of(input, line)),
        Format::Rows => Box::new(Rows::of(input, line, projects.to_vec(), flows.to_vec())?),
    })
}

/// The file, or standard input, and how many bytes it has if that is known.
fn open(path: &Path) -> io::Result<(Box<dyn Read + Send>, Option<u64>)> {
    if path == Path::new("-") {
        return Ok((Box::new(io::stdin()), None));
    }
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    Ok((Box::new(file), metadata.is_file().then_some(metadata.len())))
}

/// Seen where a person looks at it: how much of the file is read, or without its length only the pace.
fn progress_bar(bytes: Option<u64>) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let (bar, template) = match bytes {
        Some(bytes) => (ProgressBar::new(bytes), "{bar:30} {percent:>3} %  {msg}, {eta} to go"),
        None => (ProgressBar::new_spinner(), "{spinner} {msg}"),
    };
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// An import under way.
struct Import {
    engine: Engine,
    /// What the engine knows of projects and flows.
    projects: Vec<Project>,
    flows: Vec<Flow>,
    now: Timestamp,
    progress: ProgressBar,
    /// Read and found right, not yet stored.
    batch: Vec<Registration>,
    imported: usize,
    there: usize,
    refused: usize,
}

impl Import {
    /// Takes all records over.
    async fn all(
        &mut self,
        records: impl Iterator<Item = io::Result<Record>>,
        unread: impl FnOnce(io::Error) -> Failure,
    ) -> Result<(), Failure> {
        for record in records {
            let Record { line, value } = match record {
                Ok(record) => record,
                Err(reason) => {
                    self.store().await?;
                    return Err(unread(reason));
                }
            };
            match value.map(wire::payload) {
                Ok(Value::Array(rows)) => rows.into_iter().for_each(|row| self.take(line, row)),
                Ok(value) => self.take(line, value),
                Err(why) => self.refuse(line, &why),
            }
            if self.batch.len() >= BATCH {
                self.store().await?;
            }
        }
        self.store().await
    }

    fn take(&mut self, line: u64, value: Value) {
        match registration(value, self.now) {
            Ok(mut registration) => {
                self.complete(&mut registration);
                self.batch.push(registration);
            }
            Err(why) => self.refuse(line, &why),
        }
    }

    /// Adds what the engine knows of project and flow where the record has their ids only, as lists of a service do.
    fn complete(&self, registration: &mut Registration) {
        let Registration { project, flow, .. } = registration;
        if let (None, Some(known)) = (&project.name, self.projects.iter().find(|known| known.id == project.id)) {
            *project = ProjectRef::of(known);
        }
        if let Some(known) = self.flows.iter().find(|known| known.id == flow.id) {
            flow.name.get_or_insert_with(|| known.name.clone());
            flow.settings.get_or_insert_with(|| known.settings.clone());
        }
    }

    fn refuse(&mut self, line: u64, why: &str) {
        self.refused += 1;
        self.progress.suspend(|| notice(&format!("line {line}: {why}")));
    }

    /// Stores the batch, without those that are there.
    async fn store(&mut self) -> Result<(), Failure> {
        let mut ids = HashSet::new();
        let mut scripts: Vec<Script> = Vec::new();
        for registration in std::mem::take(&mut self.batch) {
            if ids.insert(registration.id.clone()) && !self.has(&registration.id).await? {
                scripts.push(vec![(self.now, Command::Import(Box::new(registration)))]);
            } else {
                self.there += 1;
            }
        }
        let new = scripts.len();
        // On the thread that read them: what one thread takes and another gives back, the allocator holds on to.
        tokio::task::block_in_place(|| self.engine.load_scripts(scripts))?;
        self.imported += new;
        self.tell_pace();
        Ok(())
    }

    async fn has(&self, id: &RegistrationId) -> Result<bool, Failure> {
        match self.engine.retrieve(id, &Caller::system()).await {
            Ok(_) => Ok(true),
            Err(error) if error.kind == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    fn tell_pace(&self) {
        let done = (self.imported + self.there + self.refused) as u64;
        let pace = done as f64 / self.progress.elapsed().as_secs_f64().max(0.001);
        self.progress.set_message(format!("{} done, {} a second", HumanCount(done), HumanCount(pace as u64)));
    }

    fn print(&self, as_json: bool, output: &mut Output) -> Result<(), Failure> {
        let Self { imported, there, refused, .. } = self;
        if as_json {
            output.json(&json!({ "imported": imported, "there": there, "refused": refused }))?;
        } else {
            output.line(&format!("{imported} imported, {there} there already, {refused} refused"))?;
        }
        output.flush()
    }
}

/// The registration of a record, in either dialect, or why it cannot be taken over. Reading is patient with a service
/// that leaves things out; here that would put up something nobody said.
pub fn registration(value: Value, now: Timestamp) -> Result<Registration, String> {
    let has_status = value.get("status").is_some_and(Value::is_string);
    let registration = wire::decode_registration(value).map_err(|error| error.to_string())?;
    if !has_status {
        return Err("$.status: is missing, or no text".to_owned());
    }
    if registration.created_at == Timestamp::UNIX_EPOCH {
        return Err("$.createdAt: is missing, or no time".to_owned());
    }
    let contact = &registration.contact;
    let personal = [&contact.email, &contact.phone, &contact.full_name, &contact.first_name, &contact.last_name];
    if personal.into_iter().flatten().any(|text: &Personal| text.reveal().contains(MASK)) {
        return Err("is masked: what is hidden cannot be taken over; export it without --mask".to_owned());
    }
    let command = Command::Import(Box::new(registration.clone()));
    advance(None, &command, now).map(|_| registration).map_err(|refusal| refusal.message)
}
