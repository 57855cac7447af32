//! One registration: its head, what blocks it, and the tabs.

mod flags;
mod history;
mod json;
mod links;
mod overview;

use ratatui::{
    Frame,
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use super::{HitMap, Theme, cells, facts, footer, header, ink, layout, words};
use crate::{
    app::{
        Command, Model, Target,
        registration::{RegistrationView, Tab},
        unblock::Remedy,
    },
    index::Entry,
    model::{PersonalField, Registration, Status},
    text,
    triage::{self, Severity, Stage, Stuck},
};

pub use history::note_lines;
pub use overview::worst_flags;

/// How many rules the head names that the risk comes from.
const NAMED_RULES: usize = 3;

/// Draws the screen.
pub fn draw(model: &Model, view: &RegistrationView, theme: &Theme, frame: &mut Frame, hits: &mut HitMap) {
    let entry = model.index.get(&view.id);
    let entry = entry.as_deref();
    let columns = usize::from(frame.area().width);
    let blocked = entry.map_or_else(Vec::new, |entry| blocked_lines(model, entry, columns, theme));
    let areas = layout::registration(frame.area(), blocked.len());
    let buffer = frame.buffer_mut();
    header::profile(model, theme, buffer, areas.profile);
    footer::draw(model, theme, buffer, areas.footer, hits);
    hits.room.page_rows = usize::from(areas.body.height);
    if let Some(entry) = entry {
        name(model, entry, theme, buffer, areas.name);
        ink::put_lines(buffer, areas.facts, &fact_lines(model, entry, theme), 0);
        ink::put_lines(buffer, areas.blocked, &blocked, 0);
    }
    let beside_tabs = tabs(view, entry, theme, buffer, areas.tabs, hits);
    let Some(entry) = entry else {
        return ink::put(buffer, areas.body, &missing(view, theme));
    };
    hits.room.scroll_max = tab(model, view, entry, theme, buffer, areas.body);
    scroll_mark(model, view, hits.room.scroll_max, theme, buffer, (beside_tabs, areas.body.height));
}

/// Draws the tab; tells how far it can be scrolled.
fn tab(model: &Model, view: &RegistrationView, entry: &Entry, theme: &Theme, buffer: &mut Buffer, area: Rect) -> usize {
    let columns = usize::from(area.width);
    let lines = match view.tab {
        Tab::Overview => return overview::draw(model, view, entry, theme, buffer, area),
        Tab::Links => return links::draw(model, view, entry, theme, buffer, area),
        Tab::Flags => {
            flags::draw(model, view, entry, theme, buffer, area);
            return 0;
        }
        Tab::History => history::lines(entry, model, columns, theme),
        Tab::Json => json::lines(entry, model.masked, theme),
    };
    ink::put_lines(buffer, area, &lines, view.scroll)
}

fn missing(view: &RegistrationView, theme: &Theme) -> Line<'static> {
    match &view.error {
        Some(error) => Line::from(Span::styled(format!("✗ {}", error.message), theme.bad)),
        None if view.reading => Line::from(Span::styled("◐ reading …", theme.info)),
        None => Line::from(Span::styled("This registration is gone.", theme.attention)),
    }
}

/// Status, name and id; risk and flags on the right.
fn name(model: &Model, entry: &Entry, theme: &Theme, buffer: &mut Buffer, area: Rect) {
    let registration = &entry.registration;
    let risk = &entry.judgement.risk;
    let mut right = cells::flag_counts(&entry.judgement.flags, theme);
    right.push(Span::styled("  risk ", theme.dim));
    right.push(Span::styled(format!("{} {}", risk.score, risk.band()), theme.tone(words::risk_tone(risk.band()))));
    if area.width >= layout::NAMES_RULES_FROM && !risk.shares.is_empty() {
        let named: Vec<&str> = risk.shares.iter().take(NAMED_RULES).map(|(rule, _)| rule.as_ref()).collect();
        let more = if risk.shares.len() > NAMED_RULES { ", …" } else { "" };
        right.push(Span::styled(format!(" from {}{more}", named.join(", ")), theme.dim));
    }
    let taken = ink::put_right(buffer, area, &Line::from(right));
    let left = Line::from(vec![
        words::status(&registration.status).span(theme),
        Span::raw("  "),
        Span::styled(facts::who(registration, model.hides(&registration.id, PersonalField::Name)), theme.strong),
        Span::styled(format!("  {}", registration.id), theme.dim),
        Span::styled(at_the_desk(model, registration), theme.info),
    ]);
    ink::put(buffer, Rect { width: area.width.saturating_sub(taken + 2), ..area }, &left);
}

/// Who works on it, and until when it is put aside.
fn at_the_desk(model: &Model, registration: &Registration) -> String {
    let claim = registration.desk.claim.as_ref().map(|claim| format!("  ◉ claimed by {}", claim.by));
    let snooze = registration.desk.snoozed(model.now).map(|snooze| {
        let reason = snooze.reason.as_ref().map(|reason| format!(": {}", facts::personal(reason, model.masked)));
        format!("  ◌ snoozed until {} UTC{}", facts::time(snooze.until, model.now), reason.unwrap_or_default())
    });
    claim.into_iter().chain(snooze).collect()
}

/// Project, flow and contact; creation, last move and end.
fn fact_lines(model: &Model, entry: &Entry, theme: &Theme) -> [Line<'static>; 2] {
    let registration = &*entry.registration;
    let now = model.now;
    let contact = &registration.contact;
    let project = facts::named(registration.project.name.as_deref(), &registration.project.id);
    let flow = facts::named(registration.flow.name.as_deref(), &registration.flow.id);
    let mut known = vec![format!("{project} / {flow}")];
    let hides = |field| model.hides(&registration.id, field);
    known.extend(contact.email.as_ref().map(|email| facts::personal(email, hides(PersonalField::Email)).into_owned()));
    known.extend(facts::phone(registration, hides(PersonalField::Phone)));
    // These have no place of their own in the head.
    for field in [PersonalField::DocumentNumber, PersonalField::BirthDate] {
        if model.shown_until(&registration.id, field).is_some()
            && let Some(value) = field.of(registration)
        {
            known.push(format!("{} {}", field.label(), value.reveal()));
        }
    }
    known.extend(contact.language.clone());
    let moved = entry.last_move();
    let mut times = vec![format!("last move {} UTC ({} ago)", facts::time(moved, now), facts::since(moved, now))];
    // Where there is no room for all, what an operator can still do something about comes first.
    times.extend(triage::link_left(registration, now).map(|clock| facts::link(&clock, now)));
    times.push(format!("created {}", facts::time(registration.created_at, now)));
    if let Some(completed) = registration.completed_at {
        times.push(format!("over {}", facts::moment(completed, now)));
    } else if let Some(expires) = registration.expires_at {
        let word = if expires > now { "expires" } else { "expired" };
        times.push(format!("{word} {} ({})", facts::time(expires, now), facts::until(expires, now)));
    }
    [Line::from(known.join(" · ")), Line::from(Span::styled(times.join(" · "), theme.dim))]
}

/// What blocks it: whose turn, why, since when, and what clears it.
pub fn blocked_lines(model: &Model, entry: &Entry, columns: usize, theme: &Theme) -> Vec<Line<'static>> {
    let Some(blocker) = model.blocker(entry) else { return at_rest(entry, columns, theme) };
    let over = blocker.is_over_its_limit();
    let mut limit = match facts::ratio(&blocker) {
        Some(ratio) if over => format!(" of {}, {ratio}", text::ago(blocker.limit_seconds)),
        Some(_) => format!(" of {}, {}", text::ago(blocker.limit_seconds), blocker.stage.label()),
        // Stuck at once: waiting does not help, so there is no limit to tell.
        None => String::new(),
    };
    if blocker.stage == Stage::GivenUp {
        limit.push_str(", given up");
    }
    let reason = format!("{} {}", blocker.reason, blocker.name);
    let mut lines = vec![Line::from(vec![
        words::turn(blocker.turn).span(theme),
        Span::styled("'s turn · ", theme.dim),
        Span::styled(reason, if over { theme.attention } else { theme.info }),
        Span::raw(format!(" · {}{limit}", text::ago(blocker.age_seconds))),
    ])];
    // Where there is no room for both, or for either, it is left out rather than cut.
    for more in [blocker.step.label().to_owned(), format!("since {}", facts::time(blocker.since, model.now))] {
        let more = Span::styled(format!(" · {more}"), theme.dim);
        if lines[0].width() + more.width() <= columns {
            lines[0].push_span(more);
        }
    }
    let way = way_out(model, &blocker);
    let label = format!("→ {way}: ");
    let styles = [theme.accent, theme.strong];
    lines.extend(ink::labelled(&label, &blocker.next_action, text::width(&label), columns, styles));
    lines
}

/// The key that does what clears it, or why there is none: `R resend`, `wait`, `elsewhere`.
fn way_out(model: &Model, blocker: &Stuck) -> String {
    let named = |command: Command| command.entry().map_or("", |entry| entry.label);
    // Where it is to be done to another registration, its own key would do it to this one.
    let key_of = |command| if blocker.about.is_some() { Command::Unblock } else { command };
    match model.remedy(blocker.act) {
        Remedy::Command(command) => match footer::key_for(model, model.layer(), key_of(command)) {
            Some(key) => format!("{key} {}", named(command)),
            None => named(command).to_owned(),
        },
        Remedy::NotNow(command, reason) => format!("cannot {}, {reason}", named(command)),
        Remedy::Wait => "wait".to_owned(),
        Remedy::Elsewhere => "not from here".to_owned(),
    }
}

/// Nothing blocks it. Still, somebody has to look at one that was let through with a grave flag.
fn at_rest(entry: &Entry, columns: usize, theme: &Theme) -> Vec<Line<'static>> {
    let status = &entry.registration.status;
    let was_let_through = matches!(status, Status::Completed | Status::CompletedWithoutKyc);
    let grave = entry.judgement.flags.iter().find(|flag| flag.severity >= Severity::High && was_let_through);
    let Some(flag) = grave else {
        let text = if status.is_final() { "It is over: nobody has to do anything." } else { "Nothing blocks it." };
        return vec![Line::from(Span::styled(text, theme.dim))];
    };
    let mut lines = vec![Line::from(vec![
        Span::styled("It is over, but a flag stands: ", theme.attention),
        words::severity(flag.severity).span(theme),
        Span::raw(format!(" · {} {}", flag.rule, flag.name)),
    ])];
    lines.extend(ink::labelled("→", &flag.next_action, 2, columns, [theme.accent, theme.strong]));
    lines
}

/// Draws the tab bar; the room that is left on its right.
fn tabs(
    view: &RegistrationView,
    entry: Option<&Entry>,
    theme: &Theme,
    buffer: &mut Buffer,
    area: Rect,
    hits: &mut HitMap,
) -> Rect {
    let mut x = area.x;
    for (number, tab) in Tab::ALL.iter().enumerate() {
        let count = entry.and_then(|entry| match tab {
            Tab::Flags => Some(entry.judgement.flags.len()),
            Tab::Links => Some(entry.judgement.links.len()),
            Tab::Overview | Tab::History | Tab::Json => None,
        });
        let count = count.map_or(String::new(), |count| format!(" {count}"));
        let text = format!(" {} {}{count} ", number + 1, tab.title());
        let columns = (text.len() as u16).min(area.right().saturating_sub(x));
        let place = Rect { x, width: columns, ..area };
        let style = if *tab == view.tab { theme.selected } else { theme.dim };
        ink::put(buffer, place, &Line::from(Span::styled(text, style)));
        hits.add(place, Target::Tab(*tab));
        x = place.right();
    }
    Rect { x, width: area.right().saturating_sub(x), ..area }
}

/// Says at the right end of the tab bar which lines are shown, or that the record is still being read.
fn scroll_mark(
    model: &Model,
    view: &RegistrationView,
    scroll_max: usize,
    theme: &Theme,
    buffer: &mut Buffer,
    (area, height): (Rect, u16),
) {
    let span = if let Some(error) = &view.error {
        let room = usize::from(area.width).saturating_sub(1);
        Span::styled(text::truncate(&format!("✗ not read: {}", error.message), room), theme.bad)
    } else if view.reading && model.index.get(&view.id).is_some() {
        Span::styled("◐ reading …", theme.info)
    } else if scroll_max > 0 {
        let first = view.scroll.min(scroll_max);
        let shown = first + usize::from(height);
        Span::styled(format!("{}-{shown} of {}", first + 1, scroll_max + usize::from(height)), theme.dim)
    } else {
        return;
    };
    let line = Line::from(span);
    if ink::width(&line) < usize::from(area.width) {
        ink::put_right(buffer, area, &line);
    }
}
