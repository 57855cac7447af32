//! Writing what is narrowed to a file: first how and where, then as a job, some hundred rows at a time.

use tui_input::Input;

use super::{
    Effects, Model, Overlay, RequestId,
    effect::{Effect, ExportStep, NotWritten},
    jobs::{ItemState, JobId, Outcome, Work},
    model::ToastKind,
    update::{input_request, paste_line},
};
use crate::{
    backend::{BackendError, ErrorKind},
    keys::{Code, Key},
    model::{Registration, RegistrationId},
    wire::RowFormat,
};

/// Rows that are written at once: some milliseconds of work.
const ROWS: usize = 200;

/// A file that a job writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// The request that opened it, by which it is known.
    file: RequestId,
    /// Where it is, as the operator wrote it.
    pub path: String,
    /// How rows are written.
    pub format: RowFormat,
    /// Whether personal data is masked.
    pub masked: bool,
}

/// Where keys go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportField {
    /// How rows are written.
    Format,
    /// Where to.
    Path,
    /// Whether personal data is masked.
    Masked,
}

/// An export in the making.
#[derive(Debug)]
pub struct ExportForm {
    /// The registrations, in the order of their rows.
    pub ids: Vec<RegistrationId>,
    /// In words which they are.
    pub which: &'static str,
    /// How many of them the filter hides.
    pub hidden: usize,
    /// How rows are written.
    pub format: RowFormat,
    /// Where to.
    pub path: Input,
    /// Whether personal data is masked.
    pub masked: bool,
    /// Where keys go.
    pub focus: ExportField,
    /// What is wrong.
    pub mistake: Option<String>,
    /// There is such a file: `y` writes over it.
    pub replaces: bool,
    opening: Option<RequestId>,
}

impl ExportForm {
    /// Whether the file is being opened.
    pub fn is_opening(&self) -> bool {
        self.opening.is_some()
    }

    fn move_focus(&mut self, forward: bool) {
        self.focus = match (self.focus, forward) {
            (ExportField::Format, true) | (ExportField::Masked, false) => ExportField::Path,
            (ExportField::Path, true) | (ExportField::Format, false) => ExportField::Masked,
            (ExportField::Masked, true) | (ExportField::Path, false) => ExportField::Format,
        };
    }

    /// Takes the format that the ending of the name says, if it says one.
    fn follow_ending(&mut self) {
        let ending = self.path.value().rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        if let Some(format) = RowFormat::ALL.into_iter().find(|format| ending.as_deref() == Some(format.as_str())) {
            self.format = format;
        }
    }

    /// Takes the next format, and its ending if the name has the other one.
    fn turn_format(&mut self) {
        let (from, to) = match self.format {
            RowFormat::Ndjson => (RowFormat::Ndjson, RowFormat::Csv),
            RowFormat::Csv => (RowFormat::Csv, RowFormat::Ndjson),
        };
        self.format = to;
        if let Some(stem) = self.path.value().strip_suffix(from.as_str()).filter(|stem| stem.ends_with('.')) {
            self.path = Input::new(format!("{stem}{}", to.as_str()));
        }
    }
}

impl Model {
    /// What would be exported from this screen, in the order of its rows: what is marked, else all that is listed.
    fn exported(&self) -> (Vec<RegistrationId>, &'static str) {
        let is_marked = self.marked().is_some_and(|marked| !marked.is_empty());
        match self.marked() {
            Some(_) if is_marked => (self.subjects().0, "all that is marked"),
            Some(_) => (self.shown_ids(), "all that is listed"),
            None => (self.shown_ids(), "this registration"),
        }
    }

    /// Opens the dialog.
    pub(super) fn open_export(&mut self) -> Effects {
        let (ids, which) = self.exported();
        if ids.is_empty() {
            return self.toast(ToastKind::Note, "Cannot export: nothing is listed.");
        }
        let name = format!("registrations-{}.ndjson", self.now.format("%Y%m%d-%H%M"));
        let form = ExportForm {
            ids,
            which,
            hidden: if self.screens.is_empty() { self.queue.hidden_marks(&self.index) } else { 0 },
            format: RowFormat::Ndjson,
            path: Input::new(name),
            masked: self.masked,
            focus: ExportField::Path,
            mistake: None,
            replaces: false,
            opening: None,
        };
        self.overlays.push(Overlay::Export(Box::new(form)));
        Effects::none()
    }

    /// A key for the dialog.
    pub(super) fn export_key(&mut self, key: Key) -> Effects {
        let screen_is_masked = self.masked;
        let Some(Overlay::Export(form)) = self.overlays.last_mut() else { return Effects::none() };
        match key {
            _ if form.is_opening() => {}
            Key { code: Code::Esc, .. } if form.replaces => form.replaces = false,
            Key { code: Code::Esc, .. } => {
                self.overlays.pop();
            }
            // Writing over a file is asked for with another key than writing one.
            Key { code: Code::Char('y'), ctrl: false, alt: false } if form.replaces => return self.open_file(true),
            _ if form.replaces => {}
            Key { code: Code::Enter, ctrl: false, alt: false } => return self.open_file(false),
            Key { code: Code::Tab | Code::Down, .. } => form.move_focus(true),
            Key { code: Code::BackTab | Code::Up, .. } => form.move_focus(false),
            key if form.focus == ExportField::Path => {
                if let Some(request) = input_request(key) {
                    form.path.handle(request);
                    form.follow_ending();
                    form.mistake = None;
                }
            }
            Key { code: Code::Char(' ') | Code::Left | Code::Right, ctrl: false, alt: false } => match form.focus {
                ExportField::Masked if screen_is_masked => {
                    form.mistake = Some("the screen is masked, so the file is too".to_owned());
                }
                ExportField::Masked => form.masked = !form.masked,
                _ => form.turn_format(),
            },
            _ => {}
        }
        Effects::none()
    }

    /// Pasted text goes into the path.
    pub(super) fn export_paste(&mut self, text: &str) {
        let Some(Overlay::Export(form)) = self.overlays.last_mut() else { return };
        if form.focus == ExportField::Path && !form.replaces && !form.is_opening() {
            paste_line(&mut form.path, text);
            form.follow_ending();
        }
    }

    fn open_file(&mut self, replace: bool) -> Effects {
        let request = self.requests.next();
        let Some(Overlay::Export(form)) = self.overlays.last_mut() else { return Effects::none() };
        let path = form.path.value().trim().to_owned();
        form.replaces = false;
        if path.is_empty() {
            form.mistake = Some("say where to write".to_owned());
            form.focus = ExportField::Path;
            return Effects::none();
        }
        form.mistake = None;
        form.opening = Some(request);
        Effects::one(Effect::Export(request, ExportStep::Open { path, replace, head: form.format.head() }))
    }

    /// Takes the answer to a step of an export.
    pub(super) fn exported_step(&mut self, request: RequestId, answer: Result<(), NotWritten>) -> Effects {
        if self.is_of_a_job(request) {
            return self.rows_written(request, answer);
        }
        if let Some(place) = self.finishing.iter().position(|(finishing, ..)| *finishing == request) {
            let (_, path, rows) = self.finishing.remove(place);
            return match answer {
                Ok(()) => self.toast(ToastKind::Done, format!("Exported {rows} to {path}")),
                Err(error) => self.toast(ToastKind::Error, format!("{path} was not written: {error}")),
            };
        }
        let asked = |overlay: &Overlay| matches!(overlay, Overlay::Export(form) if form.opening == Some(request));
        let Some(place) = self.overlays.iter().position(asked) else { return Effects::none() };
        let Overlay::Export(form) = &mut self.overlays[place] else { return Effects::none() };
        form.opening = None;
        match answer {
            Err(NotWritten::Exists) => {
                form.replaces = true;
                Effects::none()
            }
            Err(error) => {
                form.mistake = Some(error.to_string());
                form.focus = ExportField::Path;
                Effects::none()
            }
            Ok(()) => {
                let path = form.path.value().trim().to_owned();
                let export = Export { file: request, path, format: form.format, masked: form.masked };
                let ids = std::mem::take(&mut form.ids);
                self.overlays.remove(place);
                let seen = self.as_seen(ids);
                self.begin_job(Work::Export(export), seen)
            }
        }
    }

    /// Sends the next rows of an export.
    pub(super) fn write_rows(&mut self, id: JobId, export: &Export, request: RequestId) -> Effects {
        let mut text = String::new();
        let mut taken = 0;
        while taken < ROWS {
            let Some(job) = self.jobs.get_mut(id) else { break };
            let Some(place) = job.take_waiting() else { break };
            if let Some(entry) = self.index.get(&job.items()[place].id) {
                text.push_str(&export.format.row(&entry.registration, &entry.judgement, export.masked));
                job.set(place, ItemState::Running(request));
                taken += 1;
            } else {
                let error = BackendError::no_registration(&job.items()[place].id);
                job.set(place, ItemState::Moved(error));
            }
        }
        // Nothing is left, or what was left is gone by now: whoever asked for rows sees that the job is over.
        if text.is_empty() {
            return Effects::none();
        }
        Effects::one(Effect::Export(request, ExportStep::Rows { file: export.file, text: text.into() }))
    }

    fn rows_written(&mut self, request: RequestId, answer: Result<(), NotWritten>) -> Effects {
        // What cannot be written now cannot be written with the next rows either.
        if answer.is_err()
            && let Some((job, _)) = self.jobs.asked_by(request)
        {
            job.stop();
        }
        let answer = answer.map(|()| (None::<Registration>, Outcome::Written));
        self.answered(request, answer.map_err(|error| BackendError::new(ErrorKind::Storage, error.to_string())))
    }

    /// Closes the file of an export that is over: whole, but for what is gone by now, or not at all.
    pub(super) fn end_export(&mut self, export: &Export, id: JobId) -> Effects {
        let request = self.requests.next();
        let Some(job) = self.jobs.get(id) else { return Effects::none() };
        let tally = job.tally();
        if tally.failed == 0 && tally.stopped == 0 {
            self.finishing.push((request, export.path.clone(), tally.done));
            return Effects::one(Effect::Export(request, ExportStep::Finish { file: export.file }));
        }
        let error = job.items().iter().find_map(|item| item.state.error());
        let why = error.map_or("it was stopped".to_owned(), |error| error.message.clone());
        let mut effects = Effects::one(Effect::Export(request, ExportStep::Abandon { file: export.file }));
        effects.append(self.toast(ToastKind::Error, format!("{} was not written: {why}", export.path)));
        effects
    }
}
