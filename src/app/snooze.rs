//! Putting registrations aside: until when, and why.

use std::{collections::HashSet, time::Duration};

use chrono::{Days, TimeDelta};
use tui_input::Input;

use super::{
    Effects, Model, Overlay,
    effect::{Effect, Timer},
    jobs::Work,
    model::ToastKind,
    update::{input_request, paste_line},
};
use crate::{
    backend::{Annotation, LONGEST_REASON},
    index::Span,
    keys::{Code, Key},
    model::{RegistrationId, Timestamp, debug_only},
};

/// The hour at which a working day begins, in UTC like every time of the console.
const MORNING: u32 = 9;

/// What is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// For an hour.
    Hour,
    /// For four hours.
    FourHours,
    /// Until tomorrow morning.
    Tomorrow,
    /// For a span that is typed.
    Custom,
    /// Not any more; offered where something is snoozed.
    Wake,
}

impl Choice {
    /// What it says.
    pub fn label(self) -> &'static str {
        match self {
            Self::Hour => "1 hour",
            Self::FourHours => "4 hours",
            Self::Tomorrow => "until tomorrow, 09:00 UTC",
            Self::Custom => "for",
            Self::Wake => "not any more: bring back what is snoozed",
        }
    }
}

/// Where keys go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SnoozeField {
    /// The choice.
    Choice,
    /// The span that is typed.
    Span,
    /// The reason.
    Reason,
}

/// A snooze in the making.
pub struct SnoozeForm {
    /// Which registrations.
    pub ids: Vec<RegistrationId>,
    /// How many of them the filter hides.
    pub hidden: usize,
    /// What is offered.
    pub choices: Vec<Choice>,
    /// Which of them is chosen.
    pub chosen: usize,
    /// The span, as typed.
    pub span: Input,
    /// Why, if it is said.
    pub reason: Input,
    /// Where keys go.
    pub focus: SnoozeField,
    /// What is wrong.
    pub mistake: Option<String>,
}

debug_only!(SnoozeForm { ids, hidden, choices, chosen, span, focus, mistake });

impl SnoozeForm {
    /// The chosen one.
    pub fn choice(&self) -> Choice {
        self.choices[self.chosen]
    }

    /// Until when, as things are typed; the error says what would be right.
    pub fn until(&self, now: Timestamp) -> Result<Timestamp, String> {
        let span = match self.choice() {
            Choice::Hour => TimeDelta::hours(1),
            Choice::FourHours => TimeDelta::hours(4),
            Choice::Tomorrow => {
                let day = now.date_naive().checked_add_days(Days::new(1));
                let morning = day.and_then(|day| day.and_hms_opt(MORNING, 0, 0));
                return morning.map(|morning| morning.and_utc()).ok_or_else(|| "there is no tomorrow".to_owned());
            }
            Choice::Custom => {
                let Span(seconds) = Span::parse(self.span.value().trim())?;
                TimeDelta::try_seconds(seconds).unwrap_or(TimeDelta::MAX)
            }
            Choice::Wake => return Ok(now),
        };
        match now.checked_add_signed(span) {
            Some(until) if span > TimeDelta::zero() && span <= TimeDelta::days(LONGEST_DAYS) => Ok(until),
            _ => Err(format!("a snooze takes more than nothing and at most {LONGEST_DAYS} days")),
        }
    }

    fn choose(&mut self, place: usize) {
        self.chosen = place.min(self.choices.len() - 1);
        self.mistake = None;
    }

    fn typed(&mut self) -> Option<&mut Input> {
        match self.focus {
            SnoozeField::Choice => None,
            SnoozeField::Span => Some(&mut self.span),
            SnoozeField::Reason => Some(&mut self.reason),
        }
    }

    fn move_focus(&mut self, forward: bool) {
        let fields: &[SnoozeField] = match self.choice() {
            Choice::Custom => &[SnoozeField::Choice, SnoozeField::Span, SnoozeField::Reason],
            Choice::Wake => &[SnoozeField::Choice],
            _ => &[SnoozeField::Choice, SnoozeField::Reason],
        };
        let here = fields.iter().position(|field| *field == self.focus).unwrap_or(0);
        let step = if forward { 1 } else { fields.len() - 1 };
        self.focus = fields[(here + step) % fields.len()];
    }
}

/// Up to this many registrations, all are judged again in one go.
const JUDGED_AT_ONCE: usize = 5_000;
/// Of more, so many in a step, which keeps it within a few milliseconds.
const JUDGED_IN_A_STEP: usize = 16;
/// The pause between two steps, milliseconds: keys come first.
const PAUSE_MILLIS: u64 = 10;

/// The longest snooze that can be typed, in days; every backend takes it.
const LONGEST_DAYS: i64 = 366;

impl Model {
    /// Judges anew, step by step, whom time may have moved, and says who is back from a snooze. Rows and counts follow
    /// once everybody was judged.
    pub(super) fn rejudge(&mut self) -> Effects {
        let snoozed = self.index.snoozed();
        let most = if self.index.len() <= JUDGED_AT_ONCE { usize::MAX } else { JUDGED_IN_A_STEP };
        let goes_on = self.index.rejudge(self.now, most);
        let still: HashSet<RegistrationId> = self.index.snoozed().into_iter().collect();
        let mut effects = match snoozed.iter().filter(|id| !still.contains(*id)).count() {
            0 => Effects::none(),
            1 => self.toast(ToastKind::Note, "A snoozed registration is back in its place"),
            back => self.toast(ToastKind::Note, format!("{back} snoozed registrations are back in their places")),
        };
        if goes_on {
            effects.push(Effect::Timer(Timer::Judge, Duration::from_millis(PAUSE_MILLIS)));
        } else {
            self.changed();
        }
        effects
    }

    /// Opens the dialog over the marked registrations, or the one in question.
    pub(super) fn open_snooze(&mut self) {
        let (ids, hidden) = self.subjects();
        let is_snoozed = |id: &RegistrationId| self.index.glance(id).is_some_and(|glance| glance.is_snoozed);
        let mut choices = vec![Choice::Hour, Choice::FourHours, Choice::Tomorrow, Choice::Custom];
        let wake = ids.iter().any(is_snoozed);
        if wake {
            choices.push(Choice::Wake);
        }
        let form = SnoozeForm {
            ids,
            hidden,
            chosen: if wake { choices.len() - 1 } else { 0 },
            choices,
            span: Input::default(),
            reason: Input::default(),
            focus: SnoozeField::Choice,
            mistake: None,
        };
        self.overlays.push(Overlay::Snooze(Box::new(form)));
    }

    /// A key for the dialog. Only Enter without modifiers puts anything aside.
    pub(super) fn snooze_key(&mut self, key: Key) -> Effects {
        let now = self.now;
        let Some(Overlay::Snooze(form)) = self.overlays.last_mut() else { return Effects::none() };
        match key {
            Key { code: Code::Esc, .. } => {
                self.overlays.pop();
            }
            // What is typed is looked at before it is sent.
            Key { code: Code::Enter, ctrl: false, alt: false }
                if form.choice() == Choice::Custom && form.focus == SnoozeField::Choice =>
            {
                form.move_focus(true);
            }
            Key { code: Code::Enter, ctrl: false, alt: false } => match form.until(now) {
                Ok(until) => return self.put_aside(until),
                Err(mistake) => {
                    form.mistake = Some(mistake);
                    form.focus = SnoozeField::Span;
                }
            },
            Key { code: Code::Tab, .. } => form.move_focus(true),
            Key { code: Code::BackTab, .. } => form.move_focus(false),
            key => {
                if let Some(typed) = form.typed() {
                    if let Some(request) = input_request(key) {
                        typed.handle(request);
                    }
                    form.mistake = None;
                } else if let Key { code, ctrl: false, alt: false } = key {
                    snooze_choice(form, code);
                }
            }
        }
        Effects::none()
    }

    /// Pasted text goes into the field that is typed.
    pub(super) fn snooze_paste(&mut self, text: &str) {
        let Some(Overlay::Snooze(form)) = self.overlays.last_mut() else { return };
        let Some(typed) = form.typed() else { return };
        paste_line(typed, text);
    }

    fn put_aside(&mut self, until: Timestamp) -> Effects {
        let Some(Overlay::Snooze(form)) = self.overlays.last_mut() else { return Effects::none() };
        let reason = form.reason.value().trim();
        if reason.chars().count() > LONGEST_REASON {
            form.mistake = Some(format!("a reason has at most {LONGEST_REASON} characters"));
            form.focus = SnoozeField::Reason;
            return Effects::none();
        }
        let annotation = match form.choice() {
            Choice::Wake => Annotation::Wake,
            _ => Annotation::Snooze { until, reason: Some(reason).filter(|words| !words.is_empty()).map(Into::into) },
        };
        let mut ids = std::mem::take(&mut form.ids);
        self.overlays.pop();
        if annotation != Annotation::Wake {
            self.go_on_after(&ids);
        }
        if ids.len() == 1
            && let Some(id) = ids.pop()
        {
            return self.say(id, annotation);
        }
        let seen = self.as_seen(ids);
        self.begin_job(Work::Annotate(annotation), seen)
    }
}

fn snooze_choice(form: &mut SnoozeForm, code: Code) {
    match code {
        Code::Down | Code::Char('j') => form.choose(form.chosen + 1),
        Code::Up | Code::Char('k') => form.choose(form.chosen.saturating_sub(1)),
        Code::Char(digit) => {
            let place = digit.to_digit(10).and_then(|digit| (digit as usize).checked_sub(1));
            if let Some(place) = place.filter(|place| *place < form.choices.len()) {
                form.choose(place);
                if form.choice() == Choice::Custom {
                    form.focus = SnoozeField::Span;
                }
            }
        }
        _ => {}
    }
}
