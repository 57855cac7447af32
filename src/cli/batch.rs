//! One registration after the other: progress, a report for each as it comes, and the exit code of the whole.

use std::{
    collections::HashSet,
    io::{self, IsTerminal},
    path::Path,
};

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Map, Value, json};

use super::{Failure, Output, input, notice};
use crate::{
    backend::{BackendError, Blocker, SyncOutcome},
    model::{Registration, RegistrationId},
};

/// How the report of a batch is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A line for people.
    Text,
    /// One JSON array at the end.
    Json,
    /// One JSON object a line, as they come.
    Ndjson,
}

impl Form {
    /// From the options, of which at most one is set.
    pub fn of(json: bool, ndjson: bool) -> Self {
        match (json, ndjson) {
            (true, _) => Self::Json,
            (_, true) => Self::Ndjson,
            _ => Self::Text,
        }
    }
}

/// What becomes of one registration of a batch.
pub enum Fate {
    /// It was answered.
    Done(Box<SyncOutcome>),
    /// It was annotated.
    Noted {
        /// As it is now.
        registration: Box<Registration>,
        /// What is said of it now, in words.
        words: String,
    },
    /// It was left alone, because it is as it should be already.
    Left {
        /// A stable code.
        code: &'static str,
        /// Why, in words.
        why: String,
    },
    /// It was refused, or failed.
    Failed(BackendError),
}

impl From<Result<SyncOutcome, BackendError>> for Fate {
    fn from(answer: Result<SyncOutcome, BackendError>) -> Self {
        answer.map_or_else(Self::Failed, |outcome| Self::Done(Box::new(outcome)))
    }
}

/// The report of a batch under way.
pub struct Report<'a> {
    form: Form,
    total: usize,
    progress: ProgressBar,
    results: Vec<Value>,
    failures: Vec<BackendError>,
    output: &'a mut Output,
}

impl<'a> Report<'a> {
    /// A report on so many registrations. Progress is shown on standard error, and only where a person looks at it.
    pub fn begin(form: Form, total: usize, output: &'a mut Output) -> Self {
        Self { form, total, progress: progress_bar(total), results: Vec::new(), failures: Vec::new(), output }
    }

    /// What became of one. The line is out at once: it acknowledges what was done. `more` are further keys of its
    /// JSON.
    pub fn take(&mut self, id: &RegistrationId, fate: Fate, more: &Map<String, Value>) -> Result<(), Failure> {
        if self.form != Form::Text {
            let object = object(id, &fate, more);
            if self.form == Form::Ndjson {
                let output = &mut *self.output;
                self.progress.suspend(|| output.json_line(&object).and_then(|()| output.flush()))?;
            }
            self.results.push(object);
        }
        match fate {
            Fate::Failed(error) => {
                if self.total > 1 {
                    self.progress.suspend(|| notice(&format!("{id}: {error}")));
                }
                self.failures.push(error);
            }
            Fate::Done(outcome) => self.say(&format!("{id}  {}", in_words(&outcome)))?,
            Fate::Noted { words, .. } => self.say(&format!("{id}  {words}"))?,
            Fate::Left { why, .. } => self.say(&format!("{id}  left as it was: {why}"))?,
        }
        self.progress.inc(1);
        Ok(())
    }

    fn say(&mut self, line: &str) -> Result<(), Failure> {
        if self.form != Form::Text {
            return Ok(());
        }
        let output = &mut *self.output;
        self.progress.suspend(|| output.line(line).and_then(|()| output.flush()))
    }

    /// Ends the report; fails if any of them did.
    pub fn end(mut self) -> Result<(), Failure> {
        self.progress.finish_and_clear();
        if self.form == Form::Json {
            self.output.json(&self.results)?;
        }
        self.output.flush()?;
        match (self.failures.len(), self.total) {
            (0, _) => Ok(()),
            (1, 1) => Err(Failure::Backend(self.failures.remove(0))),
            (failed, total) => {
                let refused = failed == total && self.failures.iter().all(|error| error.exit_code() == 4);
                Err(if refused { Failure::AllRefused { total } } else { Failure::Some { failed, total } })
            }
        }
    }
}

/// Longest list of ids, bytes: more than half a million.
const LONGEST: u64 = 16 * 1024 * 1024;

/// The ids that were named, each once; `-` stands for those on standard input. To be asked for before a store is opened:
/// whoever writes them may have it open until they end.
pub fn named(words: &[String]) -> Result<Vec<RegistrationId>, Failure> {
    let (mut ids, mut known) = (Vec::new(), HashSet::new());
    let mut add = |word: &str| {
        let id = RegistrationId::new(word);
        if known.insert(id.clone()) {
            ids.push(id);
        }
    };
    for word in words {
        if word == "-" {
            let listed = input::text(Path::new(word), LONGEST, "name them in parts")?;
            listed.split_whitespace().for_each(&mut add);
        } else {
            add(word);
        }
    }
    Ok(ids)
}

fn progress_bar(total: usize) -> ProgressBar {
    if total < 2 || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(total as u64);
    match ProgressStyle::with_template("{bar:30} {pos}/{len}  {elapsed} so far, {eta} to go") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn in_words(outcome: &SyncOutcome) -> String {
    let got = &outcome.registration.status;
    let mut line = match &outcome.asked {
        Some(asked) if asked != got => format!("{got} (asked for {asked})"),
        _ => got.to_string(),
    };
    if !outcome.blockers.is_empty() {
        let blockers: Vec<&str> = outcome.blockers.iter().map(|blocker| blocker.message.as_str()).collect();
        line.push_str("  in the way: ");
        line.push_str(&blockers.join(" "));
    }
    line
}

fn object(id: &RegistrationId, fate: &Fate, more: &Map<String, Value>) -> Value {
    let mut object = match fate {
        Fate::Done(outcome) => json!({
            "id": id,
            "ok": true,
            "asked": outcome.asked,
            "status": outcome.registration.status,
            "version": outcome.registration.version,
            "blockers": outcome.blockers.iter().map(blocker_object).collect::<Vec<_>>(),
        }),
        Fate::Noted { registration, .. } => {
            json!({ "id": id, "ok": true, "desk": registration.desk, "version": registration.version })
        }
        Fate::Left { code, why } => json!({ "id": id, "ok": true, "left": { "message": why, "code": code } }),
        Fate::Failed(error) => {
            json!({ "id": id, "ok": false, "error": { "message": error.message, "code": error.code } })
        }
    };
    if let Value::Object(fields) = &mut object {
        fields.extend(more.clone());
    }
    object
}

fn blocker_object(blocker: &Blocker) -> Value {
    json!({ "step": blocker.step, "code": blocker.code, "message": blocker.message })
}
