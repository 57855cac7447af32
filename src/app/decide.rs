//! A decision in the making: what, why, in which words, over whom; then a confirmation of its own.
//!
//! Nothing here is decided by one key: the form leads to a question, and only the number of registrations, typed out
//! and followed by Enter, carries it out; what is final is only decided anew if that is asked for, explained and typed
//! out as well. A key that is held or repeated never types that, and keys with Ctrl or Alt do
//! nothing but edit the note.

use tui_input::{Input, InputRequest};

use super::{
    Effects, Model, Overlay,
    jobs::Work,
    overlay::Scroll,
    update::{input_request, paste_line},
};
use crate::{
    keys::{Code, Key},
    model::{Decision, RegistrationId, ReviewNote, debug_only},
    triage::{Hindrance, Proposal, Reason},
};

/// The longest answer to the question that can be typed, in characters.
const LONGEST_ANSWER: usize = 24;

/// The fields of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// Approve, reject, or manual review.
    Decision,
    /// Why.
    Reason,
    /// In which words.
    Note,
}

/// The form, and the plan under it.
pub struct DecideForm {
    ids: Vec<RegistrationId>,
    /// How many of them the filter hides.
    pub hidden: usize,
    /// What is decided; nothing at first.
    pub decision: Option<Decision>,
    /// Code of the reason; none at first.
    pub reason: Option<String>,
    /// The words.
    pub note: Input,
    /// Where keys go.
    pub focus: Field,
    /// Also decide what is final already.
    pub overturn: bool,
    /// What is still missing.
    pub mistake: Option<String>,
    /// What it would do to each, as it was when the decision was chosen.
    pub plan: Vec<Proposal>,
    /// What is typed of the answer to the question, once the form is complete.
    pub confirmation: Option<Input>,
    /// The plan, scrolled.
    pub scroll: Scroll,
}

debug_only!(DecideForm { ids, hidden, decision, reason, focus, overturn, mistake, scroll });

impl DecideForm {
    fn has_note(&self) -> bool {
        !self.note.value().trim().is_empty()
    }

    /// Why a registration of the plan is left as it is, if it is.
    pub fn hindrance(&self, proposal: &Proposal) -> Option<Hindrance> {
        self.decision.and_then(|_| proposal.hindrance(self.has_note(), self.overturn))
    }

    /// How many of the plan are final in another way than would be decided.
    pub fn finals(&self) -> usize {
        let is_final = |proposal: &&Proposal| {
            matches!(proposal.hindrance(true, false), Some(Hindrance::Final(_))) && self.decision.is_some()
        };
        self.plan.iter().filter(is_final).count()
    }

    /// What has to be typed to carry the plan out: how many it decides, and that it overturns if it does.
    pub fn answer(&self) -> String {
        let overturns = self.overturn && self.finals() > 0;
        if overturns { format!("overturn {}", self.count()) } else { self.count().to_string() }
    }

    /// How many of the plan would be decided.
    pub fn count(&self) -> usize {
        self.plan.iter().filter(|proposal| self.hindrance(proposal).is_none()).count()
    }

    /// What is typed that can be edited, with where the cursor stands.
    pub fn typing(&self) -> Option<&Input> {
        match (&self.confirmation, self.focus) {
            (Some(typed), _) => Some(typed),
            (None, Field::Note) => Some(&self.note),
            (None, _) => None,
        }
    }

    fn move_focus(&mut self, forward: bool) {
        self.focus = match (self.focus, forward) {
            (Field::Decision, true) | (Field::Note, false) => Field::Reason,
            (Field::Reason, true) | (Field::Decision, false) => Field::Note,
            (Field::Note, true) | (Field::Reason, false) => Field::Decision,
        };
    }
}

/// The place so many further, stopping at both ends; the first or last if there was none.
fn moved(place: Option<usize>, places: isize, count: usize) -> Option<usize> {
    let last = count.checked_sub(1)?;
    Some(match place {
        Some(place) => place.saturating_add_signed(places).min(last),
        None if places < 0 => last,
        None => 0,
    })
}

impl Model {
    /// Opens the form over the marked registrations, or the one in question; with a decision chosen already, if one is
    /// given.
    pub(super) fn open_decide(&mut self, decision: Option<Decision>) {
        let (ids, hidden) = self.subjects();
        self.decide_on(ids, hidden, decision);
    }

    /// Opens the form over these registrations, so many of which the filter hides.
    pub(super) fn decide_on(&mut self, ids: Vec<RegistrationId>, hidden: usize, decision: Option<Decision>) {
        let mut form = DecideForm {
            ids,
            hidden,
            decision,
            reason: None,
            note: Input::default(),
            focus: if decision.is_some() { Field::Reason } else { Field::Decision },
            overturn: false,
            mistake: None,
            plan: Vec::new(),
            confirmation: None,
            scroll: Scroll::default(),
        };
        self.see_anew(&mut form);
        self.overlays.push(Overlay::Decide(Box::new(form)));
    }

    /// The reasons that the form offers.
    pub fn reasons_of(&self, form: &DecideForm) -> Vec<&Reason> {
        form.decision.map_or_else(Vec::new, |decision| self.reasons.of(decision).collect())
    }

    /// The plan as things are now.
    fn see_anew(&self, form: &mut DecideForm) {
        // Without a decision the plan only shows who it is about.
        let decision = form.decision.unwrap_or(Decision::Review);
        let entries = form.ids.iter().filter_map(|id| self.index.get(id));
        form.plan = entries.map(|entry| Proposal::new(&entry.registration, &entry.judgement, decision)).collect();
    }

    /// A key for the form.
    pub(super) fn decide_key(&mut self, key: Key) -> Effects {
        let page = self.page_rows.cast_signed();
        let Some(Overlay::Decide(mut form)) = self.overlays.pop() else { return Effects::none() };
        match key.code {
            Code::PageDown => form.scroll.by(page),
            Code::PageUp => form.scroll.by(-page),
            Code::Esc if form.confirmation.is_some() => {
                form.confirmation = None;
                form.mistake = None;
            }
            Code::Esc => return Effects::none(),
            _ if form.confirmation.is_some() => {
                if confirms(&mut form, key) {
                    return self.decide(*form);
                }
            }
            Code::Enter if !key.ctrl && !key.alt => self.check(&mut form),
            Code::Tab => form.move_focus(true),
            Code::BackTab => form.move_focus(false),
            _ if form.focus == Field::Note => {
                if let Some(request) = input_request(key) {
                    form.note.handle(request);
                    form.mistake = None;
                }
            }
            Code::Char('q') => return Effects::none(),
            _ if key.ctrl || key.alt => {}
            Code::Char('o') => {
                form.overturn = form.finals() > 0 && !form.overturn;
                form.mistake = None;
            }
            _ if form.focus == Field::Decision => self.decision_key(&mut form, key.code),
            _ => self.reason_key(&mut form, key.code),
        }
        self.overlays.push(Overlay::Decide(form));
        Effects::none()
    }

    fn decision_key(&self, form: &mut DecideForm, code: Code) {
        let place = form.decision.and_then(|chosen| Decision::ALL.iter().position(|decision| *decision == chosen));
        let chosen = match code {
            Code::Char('a') => Some(Decision::Approve),
            Code::Char('r') => Some(Decision::Reject),
            Code::Char('m') => Some(Decision::Review),
            Code::Left | Code::Up => moved(place, -1, Decision::ALL.len()).map(|place| Decision::ALL[place]),
            Code::Right | Code::Down => moved(place, 1, Decision::ALL.len()).map(|place| Decision::ALL[place]),
            _ => return,
        };
        if chosen != form.decision {
            form.decision = chosen;
            form.overturn = false;
            form.reason = None;
            form.scroll = Scroll::default();
            self.see_anew(form);
        }
        form.mistake = None;
        if matches!(code, Code::Char(_)) {
            form.focus = Field::Reason;
        }
    }

    fn reason_key(&self, form: &mut DecideForm, code: Code) {
        let reasons = self.reasons_of(form);
        let place = form.reason.as_ref().and_then(|code| reasons.iter().position(|reason| reason.code == *code));
        let chosen = match code {
            Code::Down | Code::Char('j') => moved(place, 1, reasons.len()),
            Code::Up | Code::Char('k') => moved(place, -1, reasons.len()),
            _ => return,
        };
        if let Some(reason) = chosen.and_then(|place| reasons.get(place)) {
            form.reason = Some(reason.code.clone().into_owned());
            form.mistake = None;
        }
    }

    /// Leads to the confirmation if nothing is missing, else to what is.
    fn check(&self, form: &mut DecideForm) {
        let reason = form.reason.as_ref().and_then(|code| self.reasons.get(code));
        let over_critical = |proposal: &Proposal| matches!(form.hindrance(proposal), Some(Hindrance::NoteNeeded(_)));
        let missing = match (form.decision, reason) {
            (None, _) => Some((Field::Decision, "choose: a approves, r rejects, m puts into manual review")),
            (Some(_), None) => Some((Field::Reason, "choose a reason")),
            (Some(_), Some(reason)) if reason.needs_note && !form.has_note() => {
                Some((Field::Note, "this reason has to be explained"))
            }
            _ if form.plan.iter().any(over_critical) => {
                Some((Field::Note, "an approval over a critical flag has to be explained"))
            }
            _ if form.overturn && form.finals() > 0 && !form.has_note() => {
                Some((Field::Note, "what was final is only decided anew with an explanation"))
            }
            _ if form.count() == 0 => Some((form.focus, "nobody is left to be decided; the plan says why")),
            _ => None,
        };
        form.mistake = missing.map(|(_, what)| what.to_owned());
        if let Some((field, _)) = missing {
            form.focus = field;
        } else {
            form.confirmation = Some(Input::default());
        }
    }

    /// Pasted text goes into the note, on one line; never into the confirmation.
    pub(super) fn decide_paste(&mut self, text: &str) {
        if let Some(Overlay::Decide(form)) = self.overlays.last_mut()
            && form.confirmation.is_none()
            && form.focus == Field::Note
        {
            paste_line(&mut form.note, text);
            form.mistake = None;
        }
    }

    /// Carries out what was confirmed.
    fn decide(&mut self, form: DecideForm) -> Effects {
        let Some(decision) = form.decision else { return Effects::none() };
        let words = Some(form.note.value().trim().to_owned()).filter(|words| !words.is_empty());
        let seen = form.plan.iter().filter(|proposal| form.hindrance(proposal).is_none());
        let seen = seen.map(|proposal| (proposal.id.clone(), proposal.seen.clone())).collect();
        self.begin_job(Work::Decide(decision, ReviewNote { reason: form.reason, words }), seen)
    }
}

/// Takes a key of the confirmation; tells whether it confirms.
fn confirms(form: &mut DecideForm, key: Key) -> bool {
    let answer = form.answer();
    let Some(typed) = &mut form.confirmation else { return false };
    match key {
        Key { code: Code::Enter, ctrl: false, alt: false } => {
            let is_right = typed.value() == answer;
            if !is_right {
                // The next try must not go on from the wrong one.
                *typed = Input::default();
                form.mistake = Some(format!("that was not {answer}"));
            }
            return is_right;
        }
        Key { code: Code::Char('u'), ctrl: true, alt: false } => *typed = Input::default(),
        Key { code: Code::Char(character), ctrl: false, alt: false }
            if (character.is_ascii_alphanumeric() || character == ' ') && typed.value().len() < LONGEST_ANSWER =>
        {
            typed.handle(InputRequest::InsertChar(character));
            form.mistake = None;
        }
        Key { code: Code::Backspace, .. } => {
            typed.handle(InputRequest::DeletePrevChar);
        }
        _ => {}
    }
    false
}
