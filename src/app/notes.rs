//! What the desk says about one registration: whether a flag was right, who works on it, until when it is put aside,
//! and what is to be remembered. What can be taken back is taken back with the same key.

use tui_input::Input;

use super::{
    Effects, Model, Overlay, RequestId,
    effect::Effect,
    jobs::{Outcome, leaves_unknown},
    model::ToastKind,
    plan::Planned,
    update::{input_request, paste_line},
};
use crate::{
    backend::{Annotation, BackendError, LONGEST_NOTE},
    keys::{Code, Key},
    model::{Registration, RegistrationId, Timestamp, Verdict, debug_only},
};

/// What was said and has no answer yet, and what can be taken back.
#[derive(Debug, Default)]
pub struct Sayings {
    under_way: Vec<(RequestId, Annotation)>,
    /// The latest note of this run: where it is, and when it was written.
    last_note: Option<(RegistrationId, Timestamp)>,
}

/// A note that is being written.
pub struct NoteForm {
    /// About which registration.
    pub id: RegistrationId,
    /// The lines before the one that is typed.
    pub above: Vec<String>,
    /// The line that is typed.
    pub line: Input,
    /// What is wrong.
    pub mistake: Option<String>,
    /// The note of this run that can be taken back.
    pub taken_back: Option<Timestamp>,
}

debug_only!(NoteForm { id, mistake, taken_back });

impl Sayings {
    /// How many have no answer yet.
    pub(super) fn waiting(&self) -> usize {
        self.under_way.len()
    }
}

impl NoteForm {
    /// The words, without blank ends.
    fn words(&self) -> String {
        let lines: Vec<&str> = self.above.iter().map(String::as_str).chain([self.line.value()]).collect();
        lines.join("\n").trim().to_owned()
    }

    fn break_line(&mut self) {
        let (rest, at) = (self.line.value().to_owned(), self.line.cursor());
        let before: String = rest.chars().take(at).collect();
        let after: String = rest.chars().skip(at).collect();
        self.above.push(before);
        self.line = Input::new(after).with_cursor(0);
    }
}

impl Model {
    /// Sends what the desk says about one registration.
    pub(super) fn say(&mut self, id: RegistrationId, annotation: Annotation) -> Effects {
        // The next key must not act on it once more because it is marked.
        if matches!(annotation, Annotation::Claim | Annotation::Release | Annotation::Snooze { .. } | Annotation::Wake)
        {
            self.unmark(&id);
        }
        let request = self.requests.next();
        self.sayings.under_way.push((request, annotation.clone()));
        Effects::one(Effect::Annotate(request, id, annotation))
    }

    /// Says something about the selected flag; said already, takes it back.
    pub(super) fn judge_flag(&mut self, verdict: Verdict) -> Effects {
        let (Some(flag), Some(id)) = (self.chosen_flag(), self.subject()) else { return Effects::none() };
        let (rule, id) = (flag.rule.to_string(), id.clone());
        let entry = self.index.get(&id);
        let said = entry.as_ref().and_then(|entry| entry.registration.desk.verdict_on(&rule));
        let verdict = Some(verdict).filter(|verdict| said.is_none_or(|said| said.verdict != *verdict));
        self.say(id, Annotation::Verdict { rule, verdict })
    }

    /// Claims the subject; claimed already, releases it. What a colleague has claimed is not taken from them by one key:
    /// that is a plan, to be confirmed. So it is over many: those that nobody has are
    /// claimed, and if there are none, all are released.
    pub(super) fn toggle_claim(&mut self) -> Effects {
        let (ids, _) = self.subjects();
        let is_claimed = |id: &RegistrationId| self.index.glance(id).is_some_and(|glance| glance.is_claimed);
        let release = ids.iter().all(is_claimed);
        if ids.len() > 1 || ids.first().is_some_and(|id| self.index.is_anothers(id)) {
            self.plan(if release { Planned::Release } else { Planned::Claim });
            return Effects::none();
        }
        let Some(id) = ids.into_iter().next() else { return Effects::none() };
        self.say(id, if release { Annotation::Release } else { Annotation::Claim })
    }

    /// Opens the note about the subject.
    pub(super) fn open_note(&mut self) {
        let Some(id) = self.subject().cloned() else { return };
        let taken_back = self.sayings.last_note.as_ref().filter(|(noted, _)| *noted == id).map(|(_, at)| *at);
        let form = NoteForm { id, above: Vec::new(), line: Input::default(), mistake: None, taken_back };
        self.overlays.push(Overlay::Note(Box::new(form)));
    }

    /// Opens a note with what was written already.
    fn write_on(&mut self, id: RegistrationId, text: &str) {
        let mut above: Vec<String> = text.lines().map(str::to_owned).collect();
        let line = Input::new(above.pop().unwrap_or_default());
        let mistake = Some("this was not kept for certain; look at the notes before you keep it again".to_owned());
        self.overlays.push(Overlay::Note(Box::new(NoteForm { id, above, line, mistake, taken_back: None })));
    }

    /// A key for the note: Enter keeps it, Ctrl-J or Alt-Enter begins another line.
    pub(super) fn note_key(&mut self, key: Key) -> Effects {
        let Some(Overlay::Note(form)) = self.overlays.last_mut() else { return Effects::none() };
        match key {
            Key { code: Code::Esc, .. } if form.words().is_empty() || form.mistake.as_deref() == Some(DROPS) => {
                self.overlays.pop();
            }
            Key { code: Code::Esc, .. } => form.mistake = Some(DROPS.to_owned()),
            Key { code: Code::Enter, alt: true, .. } | Key { code: Code::Char('j'), ctrl: true, .. } => {
                form.break_line();
            }
            Key { code: Code::Enter, ctrl: false, .. } => return self.keep_note(),
            Key { code: Code::Char('x'), ctrl: true, .. } => {
                if let Some(at) = form.taken_back {
                    let id = form.id.clone();
                    self.overlays.pop();
                    return self.say(id, Annotation::DropNote { at });
                }
            }
            Key { code: Code::Backspace, .. } if form.line.cursor() == 0 && !form.above.is_empty() => {
                let above = form.above.pop().unwrap_or_default();
                let at = above.chars().count();
                form.line = Input::new(above + form.line.value()).with_cursor(at);
            }
            key => {
                if let Some(request) = input_request(key) {
                    form.line.handle(request);
                    form.mistake = None;
                }
            }
        }
        Effects::none()
    }

    fn keep_note(&mut self) -> Effects {
        let Some(Overlay::Note(form)) = self.overlays.last_mut() else { return Effects::none() };
        let words = form.words();
        let length = words.chars().count();
        if words.is_empty() {
            form.mistake = Some("write something, or leave with esc".to_owned());
            return Effects::none();
        }
        if length > LONGEST_NOTE {
            form.mistake = Some(format!("{length} characters; a note has at most {LONGEST_NOTE}"));
            return Effects::none();
        }
        let id = form.id.clone();
        self.overlays.pop();
        self.say(id, Annotation::Note { text: words.into() })
    }

    /// Pasted text goes into the note with its lines.
    pub(super) fn note_paste(&mut self, text: &str) {
        let Some(Overlay::Note(form)) = self.overlays.last_mut() else { return };
        for (number, line) in text.split(['\n', '\r']).enumerate() {
            if number > 0 {
                form.break_line();
            }
            paste_line(&mut form.line, line);
        }
    }

    /// Takes the answer to something said about a registration.
    pub(super) fn annotated(
        &mut self,
        request: RequestId,
        id: &RegistrationId,
        answer: Result<Registration, BackendError>,
    ) -> Effects {
        if self.is_of_a_job(request) {
            return self.answered(request, answer.map(|registration| (Some(registration), Outcome::Noted)));
        }
        let Some(place) = self.sayings.under_way.iter().position(|(asked, _)| *asked == request) else {
            return Effects::none();
        };
        let (_, annotation) = self.sayings.under_way.remove(place);
        match answer {
            Ok(registration) => {
                let said = self.remember(&annotation, &registration);
                self.upsert(vec![registration]);
                if let Annotation::Reveal { field } = annotation {
                    return self.revealed(id.clone(), field);
                }
                said.map_or_else(Effects::none, |said| self.toast(ToastKind::Done, said))
            }
            Err(error) => {
                let what = if leaves_unknown(&error) { "It is unknown whether this was" } else { "Nothing was" };
                // What somebody has written must not be lost with the answer.
                if let Annotation::Note { text } = annotation {
                    self.write_on(id.clone(), text.reveal());
                }
                self.toast(ToastKind::Error, format!("{what} noted at {id}: {}", error.message))
            }
        }
    }

    /// What is there to say of an annotation that was taken: above all how it is taken back.
    fn remember(&mut self, annotation: &Annotation, registration: &Registration) -> Option<String> {
        match annotation {
            Annotation::Claim => Some("Claimed; the same key gives it back".to_owned()),
            Annotation::Release => Some("Released".to_owned()),
            Annotation::Snooze { until, .. } => {
                Some(format!("Snoozed until {} UTC; the filter `snoozed` finds it", until.format("%Y-%m-%d %H:%M")))
            }
            Annotation::Wake => Some("Not snoozed any more".to_owned()),
            Annotation::Note { text } => {
                let ours = registration.desk.notes.iter().rfind(|note| note.text == *text);
                self.sayings.last_note = ours.map(|note| (registration.id.clone(), note.at));
                Some("Noted; the same key, then ctrl+x, takes it back".to_owned())
            }
            Annotation::DropNote { .. } => {
                self.sayings.last_note = None;
                Some("The note is taken back".to_owned())
            }
            // The verdict stands beside its flag, and what is revealed says so itself.
            Annotation::Verdict { .. } | Annotation::Reveal { .. } => None,
        }
    }
}

const DROPS: &str = "esc again drops what you wrote";
