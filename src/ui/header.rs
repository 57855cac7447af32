//! The first lines of every screen: which profile, what it may do, where one is, how fresh it all is, and what there is.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use super::{Theme, facts, gauge, ink, words};
use crate::{
    app::{Model, Screen, insights::Panel, registration::Tab},
    model::{Role, Status},
    text,
};

/// Columns of one part of the breadcrumb at most.
const CRUMB: usize = 20;
/// Columns that are kept for what is said on the right.
const KEPT_FOR_READING: usize = 18;
/// Columns of a production's word that stay, whatever the profile is called.
const NAME: usize = 24;

/// Draws the line.
pub fn profile(model: &Model, theme: &Theme, buffer: &mut Buffer, area: Rect) {
    let left = context(model, theme);
    let reading = reading(model, theme);
    let columns = usize::from(area.width);
    // Where not all fits, what says what may go wrong stays whole, then how fresh it is, then where one is.
    let mut job = job(model, theme);
    job.spans.splice(0..0, token(model, theme));
    let kept = ink::width(&job) + ink::width(&reading).min(KEPT_FOR_READING) + 2;
    let mut line = left;
    let room = columns.saturating_sub(ink::width(&line) + kept);
    line.spans.extend(breadcrumb(model, room, theme));
    let room = area.width.saturating_sub(ink::width(&line) as u16 + 2);
    ink::put(buffer, area, &line);
    ink::put_right(
        buffer,
        Rect { x: area.right().saturating_sub(room), width: room, ..area },
        &job.into_iter().chain(reading).collect::<Line>(),
    );
}

/// A token that ends within this time is told of, seconds: time to get another one from whoever hands them out.
const TOKEN_ENDS_SOON: i64 = 3 * 24 * 60 * 60;

/// That the token is about to run out, or has: before it bites.
fn token(model: &Model, theme: &Theme) -> Vec<Span<'static>> {
    let Some(until) = model.signed_in_until else { return Vec::new() };
    let left = (until - model.now).num_seconds();
    let (text, style) = match left {
        ..=0 => ("✗ token ran out".to_owned(), theme.bad),
        1..=TOKEN_ENDS_SOON => (format!("◆ token ends in {}", text::ago(left)), theme.attention),
        _ => return Vec::new(),
    };
    vec![Span::styled(text, style), Span::styled(" · ", theme.dim)]
}

/// The job on its way, what of it failed so far, and how many wait behind it.
fn job(model: &Model, theme: &Theme) -> Line<'static> {
    let Some(job) = model.jobs.current() else { return Line::default() };
    let (glyph, style) = if job.paused { ("◆", theme.attention) } else { ("◐", theme.info) };
    let count = |count: usize, word: &str| if count > 0 { format!(", {count} {word}") } else { String::new() };
    let text = format!(
        "{glyph} {} {}/{}{}{}",
        job.work.name(),
        job.finished(),
        job.items().len(),
        count(job.tally().not_done(), "failed"),
        count(model.jobs.open().count() - 1, "more")
    );
    Line::from(vec![Span::styled(text, style), Span::styled(" · ", theme.dim)])
}

/// The profile, what it may do, and what the list is narrowed to.
fn context(model: &Model, theme: &Theme) -> Line<'static> {
    let profile = &model.profile;
    let name = text::truncate(&profile.name, NAME);
    let mut spans = vec![Span::styled("regdesk", theme.title), Span::styled(" · ", theme.dim)];
    if profile.production {
        spans.push(Span::styled(format!(" {name} PRODUCTION "), theme.production));
    } else {
        spans.push(Span::styled(name, theme.strong));
    }
    spans.push(Span::styled(format!(" ({})", text::truncate(&profile.backend, NAME)), theme.dim));
    if profile.read_only {
        spans.push(Span::styled(" · ", theme.dim));
        spans.push(Span::styled("READ-ONLY", theme.read_only));
    }
    if model.masked {
        let role = if profile.role == Role::Support { "support, masked" } else { "masked" };
        spans.push(Span::styled(format!(" · {role}"), theme.dim));
    }
    let projects: Vec<&str> = model.queue.query.projects().collect();
    if !projects.is_empty() {
        let word = if projects.len() == 1 { "project" } else { "projects" };
        spans.push(Span::styled(format!(" · {word} "), theme.dim));
        spans.push(Span::styled(text::truncate(&projects.join(", "), NAME), theme.strong));
    }
    Line::from(spans)
}

/// Where one is, as far as there is room: ` · Queue › Ana Muestra › Flags`; nothing on the queue itself.
fn breadcrumb(model: &Model, room: usize, theme: &Theme) -> Vec<Span<'static>> {
    if model.screens.is_empty() {
        return Vec::new();
    }
    let mut crumbs = vec!["Queue".to_owned()];
    crumbs.extend(model.screens.iter().flat_map(|screen| crumbs_of(model, screen)));
    // The nearest ones say most.
    let columns = |from: usize| -> usize {
        let cut = if from > 0 { 4 } else { 0 };
        3 + cut + crumbs[from..].iter().map(|crumb| text::width(crumb) + 3).sum::<usize>() - 3
    };
    let Some(from) = (0..crumbs.len()).find(|from| columns(*from) <= room) else { return Vec::new() };
    let mut spans = vec![Span::styled(if from > 0 { " · … › " } else { " · " }, theme.dim)];
    let last = crumbs.len() - 1;
    for (place, crumb) in crumbs.into_iter().enumerate().skip(from) {
        let style = if place == last { theme.strong } else { theme.dim };
        spans.push(Span::styled(crumb, style));
        if place < last {
            spans.push(Span::styled(" › ", theme.dim));
        }
    }
    spans
}

/// What a screen is called in the breadcrumb: its subject, and which part of it is seen if it is not the first.
fn crumbs_of(model: &Model, screen: &Screen) -> Vec<String> {
    match screen {
        Screen::Registration(view) => {
            let who = model.index.get(&view.id).map_or_else(
                || view.id.to_string(),
                |entry| facts::who(&entry.registration, model.masked).into_owned(),
            );
            let mut crumbs = vec![text::truncate(&who, CRUMB)];
            crumbs.extend((view.tab != Tab::Overview).then(|| view.tab.title().to_owned()));
            crumbs
        }
        Screen::Flags(_) => vec!["Flags".to_owned()],
        Screen::Facets(_) => vec!["Facets".to_owned()],
        Screen::Ring(_) => vec!["Ring".to_owned()],
        Screen::Insights(view) => {
            let mut crumbs = vec!["Insights".to_owned()];
            crumbs.extend((view.panel != Panel::Lost).then(|| view.panel.label().to_owned()));
            crumbs
        }
    }
}

/// How fresh it is: read when, being read, or not reached since when and tried again.
fn reading(model: &Model, theme: &Theme) -> Line<'static> {
    let loading = &model.loading;
    let known = model.index.len();
    if let Some((error, since)) = &loading.error {
        // What is on the screen stays usable: its age comes first, because it may be cut last.
        let age = loading.complete_at.map_or_else(
            || format!("✗ not reached since {}", since.format("%H:%M")),
            |at| format!("✗ read {} ago", facts::since(at, model.now)),
        );
        let again = if loading.is_reading() { "trying" } else { "retrying" };
        return Line::from(vec![
            Span::styled(format!("{age} · {again}"), theme.bad),
            Span::styled(format!(": {}", error.message), theme.dim),
        ]);
    }
    if let (Some(at), true) = (loading.recalled_at, loading.complete_at.is_none()) {
        let age = facts::since(at, model.now);
        return Line::from(Span::styled(format!("◐ from disk, read {age} ago; reading …"), theme.info));
    }
    let (glyph, text, style) = match (loading.is_reading(), loading.total, loading.complete_at) {
        (true, _, Some(at)) => ("◐", format!("reading again, read {} ago", facts::since(at, model.now)), theme.dim),
        (true, Some(total), None) => {
            let read = known.max(loading.aside.count);
            ("◐", format!("reading {read}/{total} …"), theme.info)
        }
        (true, None, None) => ("◐", format!("reading {known} …"), theme.info),
        (false, _, Some(_)) if model.profile.announces_changes => ("✓", "live".to_owned(), theme.dim),
        (false, _, Some(at)) if loading.missing > 0 => {
            ("◆", format!("read {}, {} rows did not come", at.format("%H:%M"), loading.missing), theme.attention)
        }
        (false, _, Some(at)) => {
            let newest =
                loading.newest_at.map_or(String::new(), |newest| format!(", newest {}", newest.format("%H:%M")));
            ("✓", format!("complete {}{newest}", at.format("%H:%M")), theme.dim)
        }
        (false, total, None) if let Some(at) = loading.newest_at => {
            let of = total.map_or(String::new(), |total| format!(" of {total}"));
            ("✓", format!("newest {known}{of}, {}", at.format("%H:%M")), theme.dim)
        }
        (false, _, None) => ("·", "not read yet".to_owned(), theme.dim),
    };
    Line::from(Span::styled(format!("{glyph} {text}"), style))
}

/// The order in which counts give way on a narrow screen, last one first. Words nobody knows stay longest.
const IMPORTANCE: &[Status] = &[
    Status::NeedsManualVerification,
    Status::Ongoing,
    Status::Started,
    Status::Failed,
    Status::Completed,
    Status::Expired,
    Status::CompletedWithoutKyc,
];

/// Draws the counts by status over everything known, as many as there is room for, and how many came lately.
pub fn counts(model: &Model, theme: &Theme, buffer: &mut Buffer, area: Rect) {
    let line = Line::from(statuses(&model.totals, usize::from(area.width), theme));
    ink::put(buffer, area, &line);
    let arrivals = arrivals(model, theme);
    if ink::width(&line) + ink::width(&arrivals) + 3 <= usize::from(area.width) {
        ink::put_right(buffer, area, &arrivals);
    }
}

/// How many were created in the last hours, each hour a column.
fn arrivals(model: &Model, theme: &Theme) -> Line<'static> {
    let all: u32 = model.arrivals.iter().sum();
    if all == 0 {
        return Line::default();
    }
    Line::from(vec![
        Span::styled("new in 24 h ", theme.dim),
        Span::styled(gauge::sparkline(&model.arrivals), theme.info),
        Span::styled(format!(" {all}"), theme.strong),
    ])
}

fn statuses(totals: &[(String, usize)], columns: usize, theme: &Theme) -> Vec<Span<'static>> {
    let mut shown: Vec<(Status, usize)> =
        totals.iter().map(|(word, count)| (Status::parse(word), *count)).filter(|(_, count)| *count > 0).collect();
    let needed = |shown: &[(Status, usize)]| -> usize {
        shown.iter().map(|count| ink::width(&Line::from(count_spans(count, theme))) + 3).sum()
    };
    let mut others = 0;
    // What has no room is counted together: the counts have to add up.
    let rest = |others: usize| format!("+{others} others");
    while needed(&shown) + if others > 0 { rest(others).len() + 3 } else { 0 } > columns + 3 {
        let rank = |status: &Status| IMPORTANCE.iter().position(|known| known == status).map_or(0, |rank| rank + 1);
        let Some(least) = (0..shown.len()).max_by_key(|place| rank(&shown[*place].0)) else { break };
        others += shown.remove(least).1;
    }
    let mut spans = Vec::new();
    for count in &shown {
        if !spans.is_empty() {
            spans.push(Span::raw("   "));
        }
        spans.extend(count_spans(count, theme));
    }
    if others > 0 {
        spans.push(Span::styled(format!("   {}", rest(others)), theme.dim));
    }
    spans
}

fn count_spans((status, count): &(Status, usize), theme: &Theme) -> Vec<Span<'static>> {
    vec![words::status(status).span(theme), Span::styled(format!(" {count}"), theme.strong)]
}
