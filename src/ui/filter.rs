//! The filter line of the queue: what is typed with its mistake marked, completions below it, and the row of views
//! above it.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::Modifier,
    text::{Line, Span},
};

use super::{HitMap, Theme, field, footer, ink, queue};
use crate::{
    app::{
        Command, Layer, Model, Target,
        filter::{POPUP_ROWS, Popup},
    },
    index::{Candidate, QueryError},
    text,
};

/// What stands before the filter.
const PROMPT: &str = "/ ";
/// Columns of a completion's text at most.
const LONGEST_TEXT: usize = 32;
/// Columns of the completions at most.
const LONGEST_LINE: usize = 76;
/// Columns of a count.
const COUNT: usize = 7;

/// Columns between two views.
const GAP: usize = 2;

/// Draws the line with what is said about the list on its right; the place of the cursor while it is typed.
pub fn draw(model: &Model, right: &Line, theme: &Theme, buffer: &mut Buffer, area: Rect) -> Option<Position> {
    let filter = &model.queue.filter;
    let row = Rect { height: area.height.min(1), ..area };
    let taken = ink::put_right(buffer, row, right);
    let prompt_columns = PROMPT.len() as u16;
    let room = area.width.saturating_sub(taken + prompt_columns + 2);
    let shown = field::visible(filter.input.value(), filter.input.cursor(), room);
    let line = if filter.editing || !filter.input.value().is_empty() {
        let prompt = if filter.editing { theme.title } else { theme.accent };
        Line::from(vec![Span::styled(PROMPT, prompt), Span::styled(shown.text.clone(), theme.strong)])
    } else {
        let key = footer::key_for(model, Layer::Queue, Command::Filter);
        Line::from(Span::styled(key.map_or(String::new(), |key| format!("{key} to filter")), theme.dim))
    };
    let line_area = Rect { width: prompt_columns + room, ..row };
    ink::put(buffer, line_area, &line);
    if let Some(error) = &filter.error {
        let place = Mistake::of(error, filter.input.value(), shown.skipped);
        place.mark(theme, buffer, line_area);
        if filter.shown_mistake().is_some() {
            let below = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
            place.tell(&error.message, theme, buffer, below);
        }
    }
    filter.editing.then(|| Position::new(row.x + prompt_columns + shown.cursor, row.y))
}

/// Where a mistake stands, in columns from the left edge of the line.
struct Mistake {
    start: usize,
    end: usize,
}

impl Mistake {
    fn of(error: &QueryError, typed: &str, skipped: usize) -> Self {
        let column =
            |byte: usize| PROMPT.len() + text::width(typed.get(..byte).unwrap_or(typed)).saturating_sub(skipped);
        let start = column(error.at.start);
        Self { start, end: column(error.at.end).max(start + 1) }
    }

    /// Marks it in the line: by its colour, and underlined for those who do not see that.
    fn mark(&self, theme: &Theme, buffer: &mut Buffer, line: Rect) {
        let columns = usize::from(line.width);
        let (start, end) = (self.start.min(columns), self.end.min(columns));
        let place = Rect { x: line.x + start as u16, width: (end - start) as u16, ..line };
        buffer.set_style(place, theme.bad.add_modifier(Modifier::UNDERLINED));
    }

    /// Points at it, and says below what it is.
    fn tell(&self, message: &str, theme: &Theme, buffer: &mut Buffer, area: Rect) {
        let last = usize::from(area.width).saturating_sub(1);
        let start = self.start.min(last);
        let carets = self.end.min(last + 1).saturating_sub(start).max(1);
        // The message begins under the place, or as far to the left as it needs.
        let indent = start.min(usize::from(area.width).saturating_sub(text::width(message)));
        let lines = [(start, "^".repeat(carets)), (indent, message.to_owned())]
            .map(|(indent, text)| Line::from(vec![Span::raw(" ".repeat(indent)), Span::styled(text, theme.bad)]));
        ink::put_lines(buffer, area, &lines, 0);
    }
}

/// Draws the completions below the line, under the place that they are for; over whatever stands there.
pub fn popup(model: &Model, theme: &Theme, buffer: &mut Buffer, line: Rect) {
    let filter = &model.queue.filter;
    let Some(Popup { at, choices, .. }) = filter.popup() else { return };
    let value = filter.input.value();
    let cursor = text::width(&value.chars().take(filter.input.cursor()).collect::<String>());
    let back = cursor.saturating_sub(text::width(value.get(..at.start).unwrap_or(value)));
    let shown = field::visible(value, filter.input.cursor(), line.width.saturating_sub(PROMPT.len() as u16));
    let texts = choices.all().iter().map(|choice| text::width(&choice.text)).max().unwrap_or(0).min(LONGEST_TEXT);
    let abouts = choices.all().iter().map(|choice| text::width(&choice.about)).max().unwrap_or(0);
    let columns = (texts + abouts + COUNT + 6).min(LONGEST_LINE).min(usize::from(line.width)) as u16;
    let x = (PROMPT.len() + usize::from(shown.cursor)).saturating_sub(back + 1) as u16;
    let height = choices.all().len().min(POPUP_ROWS) as u16;
    let area = Rect { x: line.x + x.min(line.width - columns), y: line.y + 1, width: columns, height };
    let area = area.intersection(buffer.area);
    ink::blank(buffer, area, theme.base);
    let top = choices.first_shown(usize::from(area.height));
    for (place, (row, choice)) in area.rows().zip(choices.all().iter().skip(top)).enumerate() {
        draw_choice(choice, texts, theme, buffer, row);
        if choices.selected_row() == Some(top + place) {
            queue::select(buffer, row, theme);
        }
    }
}

fn draw_choice(choice: &Candidate, texts: usize, theme: &Theme, buffer: &mut Buffer, row: Rect) {
    let edge = Span::styled("│", theme.border);
    let count = choice.count.map_or(String::new(), |count| count.to_string());
    let right = Line::from(vec![Span::styled(format!(" {count} "), theme.strong), edge.clone()]);
    let taken = ink::put_right(buffer, row, &right);
    let style = if choice.count == Some(0) { theme.dim } else { theme.accent };
    let line = Line::from(vec![
        edge,
        Span::styled(text::fit(&choice.text, texts), style),
        Span::styled(format!("  {}", choice.about), theme.dim),
    ]);
    ink::put(buffer, Rect { width: row.width.saturating_sub(taken), ..row }, &line);
}

/// Draws the views with their numbers and counts, as many as there is room for; the one in force stays.
pub fn views(model: &Model, theme: &Theme, buffer: &mut Buffer, area: Rect, hits: &mut HitMap) {
    let in_force = model.view_in_force().map(|view| view.name.as_str());
    let everything = model.queue.query.is_empty();
    let mut tabs = vec![(Some(0), "all", model.index.len(), everything)];
    tabs.extend(
        model.tabs.all().map(|(key, view, count)| (key, view.name.as_str(), count, in_force == Some(&*view.name))),
    );
    let columns = |(key, name, count, _): &(Option<u8>, &str, usize, bool)| {
        text::width(name) + count.to_string().len() + 1 + if key.is_some() { 2 } else { 0 }
    };
    let needed = |tabs: &[_]| tabs.iter().map(|tab| columns(tab) + GAP).sum::<usize>().saturating_sub(GAP);
    // The views without room leave a sign behind.
    let all = tabs.len();
    let sign = |left: usize| if left > 0 { format!("+{left}") } else { String::new() };
    while needed(&tabs) + GAP + sign(all - tabs.len()).len() > usize::from(area.width) + GAP {
        let Some(last) = tabs.iter().rposition(|(.., chosen)| !chosen) else { break };
        tabs.remove(last);
    }
    let mut x = area.x;
    for tab in &tabs {
        let width = (columns(tab) as u16).min(area.right().saturating_sub(x));
        let (key, name, count, chosen) = *tab;
        let (named, counted) = if chosen { (theme.title, theme.title) } else { (theme.dim, theme.strong) };
        let place = Rect { x, width, ..area };
        let key = key.map(|key| Span::styled(format!("{key} "), theme.accent));
        let rest = [Span::styled(format!("{name} "), named), Span::styled(count.to_string(), counted)];
        ink::put(buffer, place, &Line::from(key.into_iter().chain(rest).collect::<Vec<_>>()));
        if chosen {
            buffer.set_style(place, ratatui::style::Style::new().add_modifier(Modifier::UNDERLINED));
        }
        if let Some(key) = tab.0 {
            hits.add(place, Target::View(key));
        }
        x = (x + width + GAP as u16).min(area.right());
    }
    let left = Rect { x, width: area.right() - x, ..area };
    ink::put(buffer, left, &Line::from(Span::styled(sign(all - tabs.len()), theme.dim)));
}
