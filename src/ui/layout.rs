//! Where things stand: areas as a pure function of the screen's size, and which columns the queue has room for.

use ratatui::layout::{Constraint, Layout, Rect};

use crate::index::SortField;

/// Below this there is no room for a table that says anything.
pub const SMALLEST: (u16, u16) = (60, 15);
/// From this width on, the selected registration is shown beside the queue, which keeps room for the reasons.
const PREVIEW_FROM: u16 = 160;
/// Columns of that preview.
const PREVIEW_COLUMNS: u16 = 62;
/// From this width on, verdicts and flags stand beside the timeline.
const BESIDE_FROM: u16 = 118;
/// Columns of the timeline then at least; on a wider screen it takes this share of it.
const TIMELINE_COLUMNS: u16 = 76;
const TIMELINE_SHARE: (u16, u16) = (3, 5);
/// From this width on, the head of a registration names the rules that its risk comes from.
pub const NAMES_RULES_FROM: u16 = 100;
/// Below this many rows one line stands above the list's own, instead of two.
const ONE_LINE_BELOW: u16 = 16;
/// Below this many rows the registration's head is shortened.
const SHORT_BELOW: u16 = 18;

/// Areas of the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueAreas {
    /// Profile and reading.
    pub profile: Rect,
    /// Counts by status; no rows if the screen is short.
    pub counts: Rect,
    /// The filter line, and below it the mistake in it.
    pub filter: Rect,
    /// A step that stands still for everyone; no rows if there is none.
    pub incident: Rect,
    /// Column headers.
    pub headers: Rect,
    /// The rows.
    pub rows: Rect,
    /// The selected registration, if there is room.
    pub preview: Option<Rect>,
    /// Keys or a message.
    pub footer: Rect,
}

/// Areas of the queue; a mistake in the filter takes two lines more, an incident one.
pub fn queue(area: Rect, has_mistake: bool, has_incident: bool) -> QueueAreas {
    let [profile, counts, filter, incident, body, footer] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(u16::from(area.height >= ONE_LINE_BELOW)),
        Constraint::Length(if has_mistake { 3 } else { 1 }),
        Constraint::Length(u16::from(has_incident)),
        Constraint::Min(0),
        Constraint::Length(1),
    ])
    .areas(area);
    let (table, preview) = if area.width >= PREVIEW_FROM {
        let [table, preview] =
            Layout::horizontal([Constraint::Min(0), Constraint::Length(PREVIEW_COLUMNS)]).areas(body);
        (table, Some(preview))
    } else {
        (body, None)
    };
    let [headers, rows] = Layout::vertical([Constraint::Length(1), Constraint::Min(0)]).areas(table);
    QueueAreas { profile, counts, filter, incident, headers, rows, preview, footer }
}

/// Areas of a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RegistrationAreas {
    /// Profile and reading.
    pub profile: Rect,
    /// Status, name, id.
    pub name: Rect,
    /// Project, contact and times; no rows if the screen is short.
    pub facts: Rect,
    /// What blocks it.
    pub blocked: Rect,
    /// The tab bar.
    pub tabs: Rect,
    /// The tab.
    pub body: Rect,
    /// Keys or a message.
    pub footer: Rect,
}

/// Areas of a registration; what blocks it takes so many lines if there is room for them.
pub fn registration(area: Rect, blocked_lines: usize) -> RegistrationAreas {
    let is_short = area.height < SHORT_BELOW;
    let facts = if is_short { 0 } else { 2 };
    let blocked_rows = blocked_lines.min(if is_short { 2 } else { 4 }) as u16;
    let [profile, name, facts, blocked, tabs, body, footer] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Length(facts),
        Constraint::Length(blocked_rows),
        Constraint::Length(1),
        Constraint::Min(0),
        Constraint::Length(1),
    ])
    .areas(area);
    RegistrationAreas { profile, name, facts, blocked, tabs, body, footer }
}

/// From this size on, all parts of the insights are seen at once.
const ALL_PARTS_FROM: (u16, u16) = (BESIDE_FROM, 36);
/// Rows of the funnel then: a heading, titles, and every step there is.
const FUNNEL_ROWS: u16 = 16;
/// Rows of the thresholds then.
const THRESHOLD_ROWS: u16 = 16;

/// Areas of the insights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InsightsAreas {
    /// Profile and reading.
    pub profile: Rect,
    /// Over what they are taken.
    pub title: Rect,
    /// Which part is seen; no rows where all are.
    pub tabs: Rect,
    /// Funnel, durations, what waits, thresholds; all the same where only one is seen.
    pub parts: [Rect; 4],
    /// Keys or a message.
    pub footer: Rect,
}

/// Areas of the insights: a quarter for each part where there is room, else one after the other.
pub fn insights(area: Rect, one_at_a_time: bool) -> InsightsAreas {
    let (columns, rows) = ALL_PARTS_FROM;
    let all = area.width >= columns && area.height >= rows && !one_at_a_time;
    let [profile, title, tabs, body, footer] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Length(u16::from(!all)),
        Constraint::Min(0),
        Constraint::Length(1),
    ])
    .areas(area);
    if !all {
        return InsightsAreas { profile, title, tabs, parts: [body; 4], footer };
    }
    let [left, right] = Layout::horizontal([Constraint::Fill(1), Constraint::Fill(1)]).spacing(2).areas(body);
    let [lost, times] = Layout::vertical([Constraint::Length(FUNNEL_ROWS), Constraint::Min(0)]).areas(left);
    let [waits, thresholds] = Layout::vertical([Constraint::Min(0), Constraint::Length(THRESHOLD_ROWS)]).areas(right);
    InsightsAreas { profile, title, tabs, parts: [lost, times, waits, thresholds], footer }
}

/// Areas of a list with a text about the selected row below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListAreas {
    /// Profile and reading.
    pub profile: Rect,
    /// What the list is about.
    pub title: Rect,
    /// Column headers.
    pub headers: Rect,
    /// The rows.
    pub rows: Rect,
    /// The text, with a blank line above it; no rows if the screen is short.
    pub text: Rect,
    /// Keys or a message.
    pub footer: Rect,
}

/// Areas of a list over a text of so many lines; the list keeps at least half of the room.
pub fn list_over_text(area: Rect, text_lines: usize) -> ListAreas {
    let room = area.height.saturating_sub(4);
    let lines = if area.height < SHORT_BELOW { 0 } else { (text_lines as u16).min((room / 2).saturating_sub(1)) };
    let [profile, title, headers, rows, _, text, footer] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Min(0),
        Constraint::Length(u16::from(lines > 0)),
        Constraint::Length(lines),
        Constraint::Length(1),
    ])
    .areas(area);
    ListAreas { profile, title, headers, rows, text, footer }
}

/// The timeline and what stands beside it, if there is room for both.
pub fn beside(area: Rect) -> Option<(Rect, Rect)> {
    (area.width >= BESIDE_FROM).then(|| {
        let (part, of) = TIMELINE_SHARE;
        let timeline = TIMELINE_COLUMNS.max(area.width / of * part);
        let [left, _, right] =
            Layout::horizontal([Constraint::Length(timeline), Constraint::Length(3), Constraint::Min(0)]).areas(area);
        (left, right)
    })
}

/// A dialog of so many columns and rows in the middle of the screen, smaller if the screen is.
pub fn dialog(area: Rect, columns: u16, rows: u16) -> Rect {
    // A sliver of the screen below on either side would only confuse.
    let width = if columns + 4 > area.width { area.width } else { columns };
    let height = rows.min(area.height.saturating_sub(2));
    Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height }
}

/// A column of the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// Marked or not.
    Mark,
    /// Status.
    Status,
    /// Where it stands.
    Step,
    /// Name, e-mail address or phone.
    Who,
    /// Time since the last move.
    Age,
    /// Whose turn.
    Turn,
    /// Why it is stuck.
    Stuck,
    /// What is left of the link.
    Link,
    /// Flags by severity.
    Flags,
    /// Risk score and band.
    Risk,
    /// Project.
    Project,
    /// Flow.
    Flow,
    /// Creation.
    Created,
    /// Id.
    Id,
}

/// How wide a column wants to be, and when it is shown.
struct Shape {
    column: Column,
    title: &'static str,
    sort: Option<SortField>,
    /// Narrower than this it says nothing.
    least: u16,
    /// From this width on it reads well.
    good: u16,
    /// Wider it does not get.
    most: u16,
    /// The smallest is shown first.
    rank: u8,
}

/// Columns up to this rank are squeezed rather than left out; the others come once those read well.
const SQUEEZED: u8 = 8;

const fn shape(
    column: Column,
    title: &'static str,
    sort: Option<SortField>,
    (least, good, most): (u16, u16, u16),
    rank: u8,
) -> Shape {
    Shape { column, title, sort, least, good, most, rank }
}

/// The columns in the order of the screen.
const SHAPES: &[Shape] = &[
    shape(Column::Mark, "", None, (1, 1, 1), 0),
    shape(Column::Status, "status", Some(SortField::Status), (11, 11, 11), 1),
    shape(Column::Step, "step", Some(SortField::Step), (10, 11, 17), 2),
    shape(Column::Who, "who", Some(SortField::Name), (13, 15, 34), 3),
    shape(Column::Age, "age", Some(SortField::Updated), (7, 7, 7), 4),
    shape(Column::Turn, "turn", Some(SortField::Urgency), (4, 10, 12), 6),
    shape(Column::Stuck, "stuck", Some(SortField::Urgency), (9, 22, 44), 7),
    shape(Column::Link, "link", None, (6, 6, 6), 10),
    shape(Column::Flags, "flags", Some(SortField::Risk), (7, 8, 11), 5),
    shape(Column::Risk, "risk", Some(SortField::Risk), (12, 12, 12), 9),
    shape(Column::Project, "project", Some(SortField::Project), (10, 10, 24), 8),
    shape(Column::Id, "id", None, (24, 24, 26), 11),
    shape(Column::Created, "created", Some(SortField::Created), (11, 11, 16), 12),
    shape(Column::Flow, "flow", None, (12, 12, 24), 13),
];

/// A column with its place on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// Which one.
    pub column: Column,
    /// Its header.
    pub title: &'static str,
    /// What a click on the header sorts by.
    pub sort: Option<SortField>,
    /// Columns from the left edge of the table.
    pub x: u16,
    /// Its width.
    pub width: u16,
}

/// The columns that a table of some width has room for: the more important ones first, squeezed if need be, then the
/// less important ones for which there is room beside those; and what is left over to those that can use it.
pub fn columns(width: u16) -> Vec<Placed> {
    let shown = shown(width);
    let widths = widths(width, &shown);
    let mut x = 0;
    let mut placed = Vec::new();
    for (shape, width) in SHAPES.iter().zip(widths).filter(|(_, width)| *width > 0) {
        placed.push(Placed { column: shape.column, title: shape.title, sort: shape.sort, x, width });
        x += width + 1;
    }
    placed
}

/// Which columns there is room for.
fn shown(width: u16) -> Vec<Column> {
    let mut by_rank: Vec<&Shape> = SHAPES.iter().collect();
    by_rank.sort_by_key(|shape| shape.rank);
    let (mut squeezed, mut comfortable) = (0, 0);
    let mut shown = Vec::new();
    for shape in by_rank {
        let gap = u16::from(!shown.is_empty());
        let used = if shape.rank <= SQUEEZED { squeezed } else { comfortable };
        if used + gap + shape.least > width {
            continue;
        }
        squeezed += gap + shape.least;
        comfortable += gap + shape.good;
        shown.push(shape.column);
    }
    shown
}

/// How wide each column becomes, in the order of the screen; 0 is left out.
fn widths(width: u16, shown: &[Column]) -> Vec<u16> {
    let mut widths: Vec<u16> =
        SHAPES.iter().map(|shape| if shown.contains(&shape.column) { shape.least } else { 0 }).collect();
    let gaps = (shown.len() as u16).saturating_sub(1);
    let mut spare = width.saturating_sub(widths.iter().sum::<u16>() + gaps);
    let mut grow = |place: usize, to: u16, at_most: u16| {
        let more = to.saturating_sub(widths[place]).min(spare.min(at_most));
        widths[place] += more;
        spare -= more;
        spare
    };
    let mut by_rank: Vec<usize> = (0..SHAPES.len()).filter(|place| shown.contains(&SHAPES[*place].column)).collect();
    by_rank.sort_by_key(|place| SHAPES[*place].rank);
    for place in &by_rank {
        grow(*place, SHAPES[*place].good, u16::MAX);
    }
    // What is read most grows first: names, then the others from the left.
    if let Some(who) = by_rank.iter().copied().find(|place| SHAPES[*place].column == Column::Who) {
        let left = grow(who, 0, 0);
        grow(who, SHAPES[who].most, left / 2);
    }
    by_rank.sort_unstable();
    for place in by_rank {
        grow(place, SHAPES[place].most, u16::MAX);
    }
    widths
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;

    use super::{Column, SMALLEST, columns, dialog, queue};

    #[test]
    fn the_columns_asked_for_first_are_there_at_the_smallest_size_and_more_come_with_the_width() {
        let names = |width| columns(width).into_iter().map(|placed| placed.column).collect::<Vec<_>>();
        let first = [Column::Mark, Column::Status, Column::Step, Column::Who, Column::Age, Column::Turn, Column::Flags];
        assert_eq!(names(SMALLEST.0), first);
        for column in [Column::Turn, Column::Stuck, Column::Project] {
            assert!(names(80).contains(&column), "{column:?}");
        }
        assert!(names(120).contains(&Column::Risk));
        assert!(names(186).contains(&Column::Id));
    }

    #[test]
    fn columns_never_overlap_or_leave_the_table() {
        for width in 0..=250 {
            let placed = columns(width);
            for pair in placed.windows(2) {
                assert!(pair[0].x + pair[0].width < pair[1].x, "{width}: {pair:?}");
            }
            assert!(placed.last().is_none_or(|last| last.x + last.width <= width), "{width}");
        }
    }

    #[test]
    fn the_preview_needs_a_wide_screen() {
        assert_eq!(queue(Rect::new(0, 0, 159, 40), false, false).preview, None);
        let areas = queue(Rect::new(0, 0, 160, 40), false, false);
        assert_eq!(areas.preview.map(|preview| preview.x), Some(areas.rows.right()));
    }

    #[test]
    fn dialogs_fit_on_any_screen() {
        for (width, height) in [(0, 0), (1, 1), (60, 15), (250, 70)] {
            let screen = Rect::new(0, 0, width, height);
            assert_eq!(dialog(screen, 70, 20).intersection(screen), dialog(screen, 70, 20));
        }
    }
}
