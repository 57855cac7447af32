//! The rules by how often they fire, and what there is to know about the selected one.

use ratatui::{
    Frame,
    buffer::Buffer,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use super::{HitMap, Theme, facts, footer, header, ink, layout, queue, words};
use crate::{
    app::{Model, Target, flags::FlagsView},
    index::FlagRate,
    text,
    triage::{self, Severity},
};

/// Columns of the labels below the list.
const LABEL: usize = 12;
/// Lines about the selected rule at most.
const ABOUT: u16 = 12;

/// Where the columns of a row stand.
struct Columns {
    name: usize,
    bar: usize,
}

const RULE: usize = 8;
const MIX: usize = 12;
const COUNT: usize = 7;
const SHARE: usize = 7;
const PRECISION: usize = 11;
/// All of those with a blank after each.
const FIXED: usize = RULE + MIX + COUNT + SHARE + PRECISION + 5;

impl Columns {
    fn of(width: u16) -> Self {
        let room = usize::from(width).saturating_sub(FIXED + 1);
        let name = (room * 3 / 4).clamp(12, 36).min(room);
        Self { name, bar: (room - name).min(40) }
    }
}

/// Draws the screen.
pub fn draw(model: &Model, view: &FlagsView, theme: &Theme, frame: &mut Frame, hits: &mut HitMap) {
    let columns = usize::from(frame.area().width);
    let about = view.rows.selected().map_or_else(Vec::new, |rate| about(rate, columns, theme));
    let areas = layout::list_over_text(frame.area(), about.len().min(usize::from(ABOUT)));
    let buffer = frame.buffer_mut();
    header::profile(model, theme, buffer, areas.profile);
    footer::draw(model, theme, buffer, areas.footer, hits);
    title(model, view, theme, buffer, areas.title);
    hits.room.page_rows = usize::from(areas.rows.height);
    table(view, theme, buffer, (areas.headers, areas.rows), hits);
    ink::put_lines(buffer, areas.text, &about, 0);
}

/// Over what is counted, and in which order.
fn title(model: &Model, view: &FlagsView, theme: &Theme, buffer: &mut Buffer, area: Rect) {
    let order = Line::from(Span::styled(format!("by {}", view.sort.as_str()), theme.dim));
    let taken = ink::put_right(buffer, area, &order);
    let narrowed = if model.queue.query.is_empty() {
        String::new()
    } else {
        format!(" that match {}", facts::sensitive(&model.queue.query.to_string(), model.masked))
    };
    let noun = if view.total == 1 { "registration" } else { "registrations" };
    let firing = view.rows.all().iter().filter(|rate| rate.count > 0).count();
    let left = Line::from(vec![
        Span::styled("Flags", theme.title),
        Span::raw(format!("  {firing} of {} rules fire over {} {noun}{narrowed}", view.rows.all().len(), view.total)),
    ]);
    ink::put(buffer, Rect { width: area.width.saturating_sub(taken + 2), ..area }, &left);
}

fn table(view: &FlagsView, theme: &Theme, buffer: &mut Buffer, (headers, rows): (Rect, Rect), hits: &mut HitMap) {
    let columns = Columns::of(rows.width);
    let titles = cells(&columns, ["rule", "name", "severities", "  count", "  share", "  precision"]);
    ink::put(buffer, headers, &Line::from(Span::styled(titles.join(" "), theme.dim)));
    let most = view.rows.all().iter().map(|rate| rate.count).max().unwrap_or(0);
    let top = view.rows.first_shown(usize::from(rows.height));
    for (place, (area, rate)) in rows.rows().zip(view.rows.all().iter().skip(top)).enumerate() {
        ink::put(buffer, area, &row(rate, view.total, most, &columns, theme));
        if view.rows.selected_row() == Some(top + place) {
            queue::select(buffer, area, theme);
        }
        hits.add(area, Target::Rule(rate.rule.clone()));
    }
}

fn cells(columns: &Columns, texts: [&str; 6]) -> [String; 6] {
    let widths = [RULE, columns.name, MIX, COUNT, SHARE, PRECISION];
    std::array::from_fn(|place| text::fit(texts[place], widths[place]))
}

fn row(rate: &FlagRate, total: usize, most: usize, columns: &Columns, theme: &Theme) -> Line<'static> {
    let share = rate.share(total).map_or("-".to_owned(), |share| format!("{:.1} %", share * 100.0));
    let precision = rate
        .precision()
        .map_or("-".to_owned(), |precision| format!("{:.0} % of {}", precision * 100.0, rate.judgements()));
    let [rule, name, _, count, share, precision] = cells(
        columns,
        [
            &rate.rule,
            &rate.name,
            "",
            &format!("{:>COUNT$}", rate.count),
            &format!("{share:>SHARE$}"),
            &format!("{precision:>PRECISION$}"),
        ],
    );
    let quiet = if rate.count == 0 { theme.dim } else { Style::new() };
    let mut spans = vec![Span::styled(format!("{rule} "), if rate.count == 0 { theme.dim } else { theme.strong })];
    spans.push(Span::styled(format!("{name} "), quiet));
    spans.extend(mix(rate, theme));
    spans.push(Span::styled(format!(" {count} {share} {precision} "), quiet));
    let filled = (rate.count * columns.bar).checked_div(most).unwrap_or(0).max(usize::from(rate.count > 0));
    spans.push(Span::styled("█".repeat(filled), words::severity(rate.severity).style(theme)));
    Line::from(spans)
}

/// How many of each severity, worst first, in a column of their own.
fn mix(rate: &FlagRate, theme: &Theme) -> Vec<Span<'static>> {
    let mut spans = Vec::new();
    let mut used = 0;
    for severity in Severity::ALL {
        let Some(count) = rate.by_severity.get(&severity) else { continue };
        let gap = if spans.is_empty() { "" } else { " " };
        let letter = severity.as_str()[..1].to_uppercase();
        let shown = format!("{gap}{letter}{count}");
        if used + shown.len() > MIX {
            break;
        }
        used += shown.len();
        spans.push(Span::styled(shown, words::severity(severity).style(theme)));
    }
    spans.push(Span::raw(" ".repeat(MIX - used)));
    spans
}

/// Everything about one rule.
fn about(rate: &FlagRate, columns: usize, theme: &Theme) -> Vec<Line<'static>> {
    let sign = words::severity(rate.severity);
    let rule = triage::rule(&rate.rule);
    let category = rule.map_or("reported by the source", |rule| rule.category);
    let mut lines = vec![Line::from(vec![
        Span::styled(text::fit(&sign.text(), LABEL), sign.style(theme)),
        Span::styled(format!("{} {}", rate.rule, rate.name), theme.strong),
        Span::styled(format!(" · {category}"), theme.dim),
    ])];
    let plain = Style::new();
    let verdicts = if rate.judgements() + rate.cannot_tell == 0 {
        "nobody has said yet whether it is right".to_owned()
    } else {
        format!("{} right, {} wrong, {} that nobody can tell", rate.right, rate.wrong, rate.cannot_tell)
    };
    let facts = rule.map_or_else(
        || vec![("but", "how the source measures it is not known here", theme.dim)],
        |rule| {
            vec![
                ("fires", rule.threshold, plain),
                ("source", rule.source, theme.dim),
                ("but", rule.caveat, theme.dim),
                ("→ do", rule.next_action, theme.strong),
            ]
        },
    );
    for (label, text, style) in facts.into_iter().chain([("verdicts", verdicts.as_str(), plain)]) {
        lines.extend(ink::labelled(&format!("  {label}"), text, LABEL, columns, [theme.accent, style]));
    }
    lines
}
