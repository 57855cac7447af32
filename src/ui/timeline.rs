//! The steps of a registration over time: state, requirement, start, length, attempts, and the gaps in between.

use ratatui::text::{Line, Span};

use super::{Theme, facts, theme::Tone, words};
use crate::{
    model::{Registration, Step, StepState, Timestamp},
    text,
};

/// A pause between steps is shown from this length on, seconds: long enough to have left the screen.
const GAP_SECONDS: i64 = 15 * 60;
/// From this width on the requirement is shown as well.
const WITH_REQUIREMENT: usize = 68;

/// Columns of the parts of a row.
const STATE: usize = 14;
const LABEL: usize = 18;
const SHORT_LABEL: usize = 14;
const REQUIREMENT: usize = 11;
const STARTED: usize = 13;
const TOOK: usize = 10;

/// The timeline as lines.
pub fn lines(registration: &Registration, now: Timestamp, columns: usize, theme: &Theme) -> Vec<Line<'static>> {
    let wide = columns >= WITH_REQUIREMENT;
    let mut lines = vec![headers(wide, theme)];
    let last_timed = registration.steps.iter().rposition(|step| step.timestamp().is_some());
    let mut latest = registration.created_at;
    for (place, step) in registration.steps.iter().enumerate() {
        if let Some(started) = step.started.or(step.finished) {
            lines.extend(gap(latest, started.at, "nothing", theme));
        }
        lines.push(row(step, now, wide, theme));
        let attempts = registration.failed_attempts.iter().filter(|attempt| attempt.step == step.kind);
        latest = [step.started, step.finished]
            .into_iter()
            .chain(attempts.map(|attempt| attempt.at))
            .flatten()
            .map(|moment| moment.at)
            .fold(latest, Timestamp::max);
        if last_timed == Some(place) && registration.status.is_open() {
            lines.extend(gap(latest, now, "nothing since", theme));
        }
    }
    if registration.steps.is_empty() {
        lines.push(Line::from(Span::styled("The source tells no steps.", theme.dim)));
    } else if last_timed.is_none() && registration.status.is_open() {
        lines.extend(gap(latest, now, "nothing since it was created", theme));
    }
    lines
}

fn label_columns(wide: bool) -> usize {
    if wide { LABEL } else { SHORT_LABEL }
}

fn headers(wide: bool, theme: &Theme) -> Line<'static> {
    let requirement = if wide { text::fit("asked", REQUIREMENT) } else { String::new() };
    let shown = format!(
        "{}{}{requirement}{}{}tries",
        text::fit("state", STATE),
        text::fit("step", label_columns(wide)),
        text::fit("began (UTC)", STARTED),
        text::fit("took", TOOK),
    );
    Line::from(Span::styled(shown, theme.dim))
}

fn row(step: &Step, now: Timestamp, wide: bool, theme: &Theme) -> Line<'static> {
    let sign = words::step_state(&step.state);
    let idle = sign.tone == Tone::Dim;
    let label = if idle { theme.dim } else { ratatui::style::Style::new() };
    let began = step.started.or(step.finished).map_or_else(String::new, |began| facts::moment(began, now));
    let mut spans = vec![
        Span::styled(text::fit(&sign.text(), STATE - 1) + " ", sign.style(theme)),
        Span::styled(text::fit(step.kind.label(), label_columns(wide) - 1) + " ", label),
    ];
    if wide {
        let shown = text::fit(words::requirement(step.requirement.as_ref()), REQUIREMENT - 1);
        spans.push(Span::styled(shown + " ", theme.dim));
    }
    spans.push(Span::styled(text::fit(&began, STARTED), label));
    spans.push(Span::raw(text::fit(&took(step, now), TOOK)));
    spans.extend(attempts(step, theme));
    Line::from(spans)
}

/// How long a step took, or has been going on. `~` if either end may be off.
fn took(step: &Step, now: Timestamp) -> String {
    match (step.started, step.finished) {
        (Some(started), Some(finished)) => {
            let seconds = (finished.at - started.at).num_seconds();
            let rough = started.basis.is_approximate() || finished.basis.is_approximate();
            // Where both ends are one and the same time, nothing was measured.
            if seconds == 0 {
                return String::new();
            }
            format!("{}{}", if rough { "~" } else { "" }, text::ago(seconds))
        }
        (Some(started), None) if matches!(step.state, StepState::InProgress | StepState::Review) => {
            format!("{} …", facts::since(started.at, now))
        }
        _ => String::new(),
    }
}

/// Attempts spent, of how many.
fn attempts(step: &Step, theme: &Theme) -> Option<Span<'static>> {
    let (text, spent) = match step.attempt_limit {
        Some(limit) => (format!("{}/{limit}", step.attempts), step.attempts >= limit),
        None if step.attempts > 0 => (step.attempts.to_string(), false),
        None => return None,
    };
    Some(match (spent, step.attempts) {
        (true, _) => Span::styled(format!("{text} spent"), theme.bad),
        (false, 0) => Span::styled(text, theme.dim),
        (false, _) => Span::styled(text, theme.attention),
    })
}

/// A line for a pause, if it is long enough to be one.
fn gap(from: Timestamp, to: Timestamp, what: &str, theme: &Theme) -> Option<Line<'static>> {
    let seconds = (to - from).num_seconds();
    (seconds > GAP_SECONDS).then(|| Line::from(Span::styled(format!("┊ {} {what}", text::ago(seconds)), theme.dim)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use chrono::Duration;

    use super::lines;
    use crate::{
        app::testing::noon,
        model::{Attempt, Basis, Moment, Registration, RegistrationId, Status, Step, StepKind, StepState},
        ui::Theme,
    };

    fn shown(registration: &Registration) -> Vec<String> {
        let theme = Theme::named("none", true).unwrap();
        lines(registration, noon(), 76, &theme).iter().map(ToString::to_string).collect()
    }

    fn step(kind: StepKind, started: i64, finished: Option<i64>) -> Step {
        let moment = |minutes| Moment::event(noon() - Duration::minutes(minutes));
        Step {
            started: Some(moment(started)),
            finished: finished.map(moment),
            state: if finished.is_some() { StepState::Completed } else { StepState::InProgress },
            ..Step::pending(kind)
        }
    }

    fn registration(steps: Vec<Step>) -> Registration {
        let mut registration = Registration::new(RegistrationId::new("reg_1"), noon() - Duration::minutes(600));
        registration.steps = steps;
        registration
    }

    #[test]
    fn a_pause_between_steps_is_a_line_of_its_own_and_a_short_one_is_not() {
        let shown = shown(&registration(vec![
            step(StepKind::PersonalInfo, 600, Some(590)),
            step(StepKind::EmailVerification, 585, Some(580)),
            step(StepKind::DocumentVerification, 380, Some(375)),
        ]));
        let gaps: Vec<&str> = shown.iter().filter(|line| line.starts_with('┊')).map(String::as_str).collect();
        assert_eq!(gaps, ["┊ 3h 20m nothing", "┊ 6h 15m nothing since"]);
        assert!(shown[3].starts_with('┊'), "{shown:?}");
    }

    #[test]
    fn failed_attempts_are_no_pause() {
        let mut tried = registration(vec![step(StepKind::DocumentVerification, 600, None)]);
        tried.failed_attempts = vec![Attempt {
            step: StepKind::DocumentVerification,
            at: Some(Moment::event(noon() - Duration::minutes(30))),
            reason: None,
            counts: true,
            score: None,
            document_number: None,
        }];
        assert_eq!(shown(&tried).last().unwrap(), "┊ 30m nothing since");
    }

    #[test]
    fn nothing_is_awaited_from_a_registration_that_is_over() {
        let mut over = registration(vec![step(StepKind::PersonalInfo, 600, Some(590))]);
        over.status = Status::Failed;
        assert!(!shown(&over).iter().any(|line| line.contains("nothing since")));
    }

    #[test]
    fn times_that_may_be_off_are_marked() {
        let mut rough = step(StepKind::PersonalInfo, 600, Some(590));
        rough.started = Some(Moment::new(noon() - Duration::minutes(600), Basis::Updated));
        let shown = shown(&registration(vec![rough]));
        assert!(shown[1].contains("~06-01 02:00") && shown[1].contains("~10m"), "{shown:?}");
    }

    #[test]
    fn spent_attempts_are_said_in_words() {
        let mut spent = step(StepKind::DocumentVerification, 30, None);
        (spent.attempts, spent.attempt_limit) = (3, Some(3));
        assert!(shown(&registration(vec![spent])).iter().any(|line| line.contains("3/3 spent")));
    }
}
