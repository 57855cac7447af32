//! The steps of a registration over time: state, requirement, start, length, attempts, the gaps in between, and all of
//! it to scale where there is room.

use ratatui::text::{Line, Span};

use super::{Theme, facts, scale::Scale, theme::Tone, words};
use crate::{
    model::{Attempt, Registration, Requirement, Step, StepState, Timestamp},
    text,
};

/// A pause between steps is shown from this length on, seconds: long enough to have left the screen.
const GAP_SECONDS: i64 = 15 * 60;

/// Columns of the parts of a row.
const STATE: usize = 14;
const LABEL: usize = 18;
const SHORT_LABEL: usize = 17;
const REQUIREMENT: usize = 11;
const STARTED: usize = 13;
const TOOK: usize = 10;
const TRIES: usize = 10;
/// Columns of the bars: fewer say nothing, more say nothing new.
const BARS: std::ops::RangeInclusive<usize> = 12..=64;

/// Which parts there is room for.
struct Room {
    label: usize,
    with_requirement: bool,
    /// Columns of the bars; none where there is no room for them.
    bars: usize,
}

impl Room {
    fn of(columns: usize) -> Self {
        let short = STATE + SHORT_LABEL + STARTED + TOOK + TRIES;
        let full = short + LABEL - SHORT_LABEL + REQUIREMENT;
        let bars = |used: usize| Some(columns.saturating_sub(used)).filter(|left| left >= BARS.start());
        // Bars tell more than what was asked of the person.
        if let Some(left) = bars(full) {
            Self { label: LABEL, with_requirement: true, bars: left.min(*BARS.end()) }
        } else {
            Self { label: SHORT_LABEL, with_requirement: false, bars: bars(short).unwrap_or_default() }
        }
    }

    /// Columns before the bars.
    fn before_bars(&self) -> usize {
        STATE + self.label + if self.with_requirement { REQUIREMENT } else { 0 } + STARTED + TOOK + TRIES
    }
}

/// The timeline as lines.
pub fn lines(registration: &Registration, now: Timestamp, columns: usize, theme: &Theme) -> Vec<Line<'static>> {
    if theme.plain {
        return in_words(registration, now);
    }
    let room = Room::of(columns);
    let scale = Scale::new(&busy(registration, now), GAP_SECONDS, room.bars);
    let mut lines = vec![headers(&room, scale.is_some(), theme)];
    let last_timed = registration.steps.iter().rposition(|step| step.timestamp().is_some());
    let mut latest = registration.created_at;
    for (place, step) in registration.steps.iter().enumerate() {
        if let Some(started) = step.started.or(step.finished) {
            lines.extend(gap(latest, started.at, "nothing", (&room, scale.as_ref()), theme));
        }
        let attempts = || registration.failed_attempts.iter().filter(|attempt| attempt.step == step.kind);
        let mut row = row(step, now, &room, theme);
        if let Some(scale) = &scale {
            let used: usize = row.iter().map(|span| text::width(&span.content)).sum();
            row.push(Span::raw(" ".repeat(room.before_bars().saturating_sub(used))));
            row.extend(bar(step, attempts(), now, (scale, room.bars), theme));
        }
        lines.push(Line::from(row));
        latest = [step.started, step.finished]
            .into_iter()
            .chain(attempts().map(|attempt| attempt.at))
            .flatten()
            .map(|moment| moment.at)
            .fold(latest, Timestamp::max);
        if last_timed == Some(place) && registration.status.is_open() {
            lines.extend(gap(latest, now, "nothing since", (&room, scale.as_ref()), theme));
        }
    }
    if registration.steps.is_empty() {
        lines.push(Line::from(Span::styled("The source tells no steps.", theme.dim)));
    } else if last_timed.is_none() && registration.status.is_open() {
        lines.extend(gap(latest, now, "nothing since it was created", (&room, scale.as_ref()), theme));
    }
    lines
}

/// The timeline with a label before each value, for screen readers.
fn in_words(registration: &Registration, now: Timestamp) -> Vec<Line<'static>> {
    let mut lines = vec![Line::from("Steps")];
    for step in &registration.steps {
        let mut facts = vec![
            format!("Step {}: {}", step.kind.label(), words::step_state(&step.state).word),
            words::requirement(step.requirement.as_ref()).to_owned(),
        ];
        facts.extend(step.started.or(step.finished).map(|began| format!("began {} UTC", facts::moment(began, now))));
        facts.extend(Some(took(step, now)).filter(|took| !took.is_empty()).map(|took| format!("took {took}")));
        facts.extend(match step.attempt_limit {
            Some(limit) => Some(format!("attempts {} of {limit}", step.attempts)),
            None => (step.attempts > 0).then(|| format!("attempts {}", step.attempts)),
        });
        facts.retain(|fact| !fact.is_empty());
        lines.push(Line::from(facts.join(", ")));
    }
    let attempts = registration.failed_attempts.iter().filter_map(|attempt| attempt.at);
    let last = registration.steps.iter().filter_map(Step::timestamp).chain(attempts).map(|moment| moment.at).max();
    if registration.status.is_open() {
        let since = last.unwrap_or(registration.created_at);
        lines.push(Line::from(format!("Nothing since: {}", facts::since(since, now))));
    }
    lines
}

/// The spans in which something happened: each step, each failed attempt, and now if it is not over.
fn busy(registration: &Registration, now: Timestamp) -> Vec<(Timestamp, Timestamp)> {
    let steps = registration.steps.iter().filter_map(|step| {
        let from = step.started.or(step.finished)?.at;
        Some((from, step.finished.map_or(from, |finished| finished.at)))
    });
    let attempts = registration.failed_attempts.iter().filter_map(|attempt| attempt.at).map(|moment| moment.at);
    let mut spans: Vec<(Timestamp, Timestamp)> = steps.chain(attempts.map(|at| (at, at))).collect();
    if !spans.is_empty() && registration.status.is_open() {
        spans.push((now, now));
    }
    spans
}

fn headers(room: &Room, with_bars: bool, theme: &Theme) -> Line<'static> {
    let requirement = if room.with_requirement { text::fit("asked", REQUIREMENT) } else { String::new() };
    let bars = if with_bars { text::truncate("scale, ╱ gap", room.bars) } else { String::new() };
    let shown = format!(
        "{}{}{requirement}{}{}{}{bars}",
        text::fit("state", STATE),
        text::fit("step", room.label),
        text::fit("began (UTC)", STARTED),
        text::fit("took", TOOK),
        if with_bars { text::fit("tries", TRIES) } else { "tries".to_owned() },
    );
    Line::from(Span::styled(shown, theme.dim))
}

fn row(step: &Step, now: Timestamp, room: &Room, theme: &Theme) -> Vec<Span<'static>> {
    let sign = words::step_state(&step.state);
    let idle = sign.tone == Tone::Dim;
    let label = if idle { theme.dim } else { ratatui::style::Style::new() };
    let began = match step.started.or(step.finished) {
        Some(began) => facts::moment(began, now),
        // Whether it has to begin at all.
        None if !room.with_requirement && step.requirement != Some(Requirement::Mandatory) => {
            words::requirement(step.requirement.as_ref()).to_owned()
        }
        None => String::new(),
    };
    let mut spans = vec![
        Span::styled(text::fit(&sign.text(), STATE - 1) + " ", sign.style(theme)),
        Span::styled(text::fit(step.kind.label(), room.label - 1) + " ", label),
    ];
    if room.with_requirement {
        let shown = text::fit(words::requirement(step.requirement.as_ref()), REQUIREMENT - 1);
        spans.push(Span::styled(shown + " ", theme.dim));
    }
    spans.push(Span::styled(text::fit(&began, STARTED - 1) + " ", label));
    spans.push(Span::raw(text::fit(&took(step, now), TOOK)));
    spans.extend(attempts(step, theme));
    spans
}

/// A step on the scale of the whole: `━` while it went on, `╌` where a time may be well off, `✗` a failed attempt, `╱` a
/// pause.
fn bar<'a>(
    step: &Step,
    attempts: impl Iterator<Item = &'a Attempt>,
    now: Timestamp,
    (scale, columns): (&Scale, usize),
    theme: &Theme,
) -> Vec<Span<'static>> {
    let mut spans = Vec::with_capacity(columns);
    let began = step.started.or(step.finished);
    let goes_on = matches!(step.state, StepState::InProgress | StepState::Review);
    let ended = step.finished.map(|finished| finished.at).or(goes_on.then_some(now));
    let rough = [step.started, step.finished].into_iter().flatten().any(|moment| moment.basis.is_approximate());
    let drawn = began.map(|began| scale.column(began.at)..=scale.column(ended.unwrap_or(began.at)));
    let failed: Vec<usize> = attempts.filter_map(|attempt| attempt.at).map(|moment| scale.column(moment.at)).collect();
    if drawn.is_none() && failed.is_empty() {
        return spans;
    }
    let style = words::step_state(&step.state).style(theme);
    for column in 0..columns {
        let is_drawn = drawn.as_ref().is_some_and(|drawn| drawn.contains(&column));
        spans.push(match (failed.contains(&column), scale.is_pause(column), is_drawn) {
            (true, ..) => Span::styled("✗", theme.bad),
            (false, true, true) => Span::styled("╱", style),
            (false, true, false) => Span::styled("╱", theme.border),
            (false, false, true) => Span::styled(if rough { "╌" } else { "━" }, style),
            (false, false, false) => Span::raw(" "),
        });
    }
    spans
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

/// A line for a pause, if it is long enough to be one; its mark stands where the bars are cut.
fn gap(
    from: Timestamp,
    to: Timestamp,
    what: &str,
    (room, scale): (&Room, Option<&Scale>),
    theme: &Theme,
) -> Option<Line<'static>> {
    let seconds = (to - from).num_seconds();
    if seconds <= GAP_SECONDS {
        return None;
    }
    let said = format!("┊ {} {what}", text::ago(seconds));
    let Some(scale) = scale else { return Some(Line::from(Span::styled(said, theme.dim))) };
    let marks: String = (0..room.bars).map(|column| if scale.is_pause(column) { '╱' } else { ' ' }).collect();
    let said = text::fit(&said, room.before_bars());
    Some(Line::from(vec![Span::styled(said, theme.dim), Span::styled(marks, theme.border)]))
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

    /// What is said of pauses, without their marks among the bars.
    fn gaps(shown: &[String]) -> Vec<&str> {
        let gaps = shown.iter().filter(|line| line.starts_with('┊'));
        gaps.map(|line| line.trim_end_matches(['╱', ' '])).collect()
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
        let gaps = gaps(&shown);
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
        assert_eq!(gaps(&shown(&tried)).last(), Some(&"┊ 30m nothing since"));
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

    /// What stands in the last columns, where the bars are.
    fn bars(registration: &Registration) -> Vec<String> {
        shown(registration).iter().map(|line| line.chars().skip(64).collect::<String>().trim_end().to_owned()).collect()
    }

    #[test]
    fn steps_are_drawn_to_scale_with_long_pauses_cut_out() {
        let bars = bars(&registration(vec![
            step(StepKind::PersonalInfo, 600, Some(590)),
            step(StepKind::EmailVerification, 590, Some(580)),
            step(StepKind::DocumentVerification, 380, Some(360)),
        ]));
        // Ten and ten minutes, then three hours that take one column, then twenty minutes; then nothing until now.
        assert_eq!(bars[1], "━━━ ╱     ╱");
        assert_eq!(bars[2], "  ━━╱     ╱");
        assert_eq!(bars[4], "    ╱━━━━━╱");
    }

    #[test]
    fn a_failed_attempt_stands_on_the_bar_and_a_rough_time_is_dashed() {
        let mut tried = registration(vec![step(StepKind::DocumentVerification, 20, None)]);
        tried.failed_attempts = vec![Attempt {
            step: StepKind::DocumentVerification,
            at: Some(Moment::event(noon() - Duration::minutes(10))),
            reason: None,
            counts: true,
            score: None,
            document_number: None,
        }];
        assert_eq!(bars(&tried)[2], "━━━━━━✗━━━━━");
        tried.steps[0].started = Some(Moment::new(noon() - Duration::minutes(20), Basis::Updated));
        assert_eq!(bars(&tried)[2], "╌╌╌╌╌╌✗╌╌╌╌╌");
    }
}
