//! Where things stand: areas as a pure function of the screen's size.

use ratatui::layout::{Constraint, Layout, Rect};

/// Below this there is no room for a table that says anything.
pub const SMALLEST: (u16, u16) = (60, 15);
/// From this width on, the selected registration is shown beside the queue, which keeps as much as a small screen has.
const BESIDE_QUEUE_FROM: u16 = 142;
/// Columns of that preview.
const PREVIEW_COLUMNS: u16 = 62;
/// On a narrower screen it is shown below the queue from this height on, and takes so many rows.
const BELOW_QUEUE_FROM: u16 = 46;
const PREVIEW_ROWS: u16 = 18;
/// On a lower one, what blocks it and what clears that stand below the queue from this height on.
const BRIEF_FROM: u16 = 24;
/// A border, the reason and the way out, which may take two lines.
const BRIEF_ROWS: u16 = 4;
/// From this width on, verdicts and flags stand beside the timeline.
const BESIDE_FROM: u16 = 118;
/// Columns of the timeline then at least; on a wider screen it takes this share of it.
const TIMELINE_COLUMNS: u16 = 76;
const TIMELINE_SHARE: (u16, u16) = (3, 5);
/// From this width on, the head of a registration names the rules that its risk comes from.
pub const NAMES_RULES_FROM: u16 = 100;
/// Below this many rows one line stands above the list's own, instead of two.
const ONE_LINE_BELOW: u16 = 16;
/// From this many rows on, counts by status stand above the views, which are counts as well.
const COUNTS_FROM: u16 = 30;
/// Below this many rows the registration's head is shortened.
const SHORT_BELOW: u16 = 18;

/// Areas of the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueAreas {
    /// Profile and reading.
    pub profile: Rect,
    /// Counts by status; no rows if the screen is short.
    pub counts: Rect,
    /// The views; no rows if the screen is short.
    pub views: Rect,
    /// The filter line, and below it the mistake in it.
    pub filter: Rect,
    /// A step that stands still for everyone; no rows if there is none.
    pub incident: Rect,
    /// Column headers.
    pub headers: Rect,
    /// The rows.
    pub rows: Rect,
    /// The selected registration, if there is room.
    pub preview: Option<Preview>,
    /// Keys or a message.
    pub footer: Rect,
}

/// Where the selected registration is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preview {
    /// To the right of the queue.
    Beside(Rect),
    /// Below the queue.
    Below(Rect),
    /// Below the queue, and only what blocks it.
    Brief(Rect),
}

/// Areas of the queue; a mistake in the filter takes two lines more, an incident one.
pub fn queue(area: Rect, has_mistake: bool, has_incident: bool, wants_preview: bool) -> QueueAreas {
    let [profile, counts, views, filter, incident, body, footer] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(u16::from(area.height >= COUNTS_FROM)),
        Constraint::Length(u16::from(area.height >= ONE_LINE_BELOW)),
        Constraint::Length(if has_mistake { 3 } else { 1 }),
        Constraint::Length(u16::from(has_incident)),
        Constraint::Min(0),
        Constraint::Length(1),
    ])
    .areas(area);
    let (table, preview) = if wants_preview && area.width >= BESIDE_QUEUE_FROM {
        let [table, preview] =
            Layout::horizontal([Constraint::Min(0), Constraint::Length(PREVIEW_COLUMNS)]).areas(body);
        (table, Some(Preview::Beside(preview)))
    } else if wants_preview && area.height >= BELOW_QUEUE_FROM {
        let [table, preview] = Layout::vertical([Constraint::Min(0), Constraint::Length(PREVIEW_ROWS)]).areas(body);
        (table, Some(Preview::Below(preview)))
    } else if wants_preview && area.height >= BRIEF_FROM {
        let [table, preview] = Layout::vertical([Constraint::Min(0), Constraint::Length(BRIEF_ROWS)]).areas(body);
        (table, Some(Preview::Brief(preview)))
    } else {
        (body, None)
    };
    let [headers, rows] = Layout::vertical([Constraint::Length(1), Constraint::Min(0)]).areas(table);
    QueueAreas { profile, counts, views, filter, incident, headers, rows, preview, footer }
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

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;

    use super::{Preview, dialog, queue};

    #[test]
    fn the_preview_needs_a_wide_or_a_high_screen_and_leaves_the_queue_what_a_small_screen_has() {
        let areas = |width, height| queue(Rect::new(0, 0, width, height), false, false, true);
        assert!(matches!(areas(141, 45).preview, Some(Preview::Brief(area)) if area.height == 4));
        assert_eq!(areas(141, 23).preview, None);
        let wide = areas(142, 40);
        assert!(matches!(wide.preview, Some(Preview::Beside(area)) if area.x == wide.rows.right()));
        assert_eq!(wide.rows.width, 80);
        let high = areas(100, 46);
        assert!(matches!(high.preview, Some(Preview::Below(area)) if area.y == high.rows.bottom()));
        assert!(high.rows.height >= 20);
        assert_eq!(queue(Rect::new(0, 0, 250, 70), false, false, false).preview, None, "nobody wants it");
    }

    #[test]
    fn dialogs_fit_on_any_screen() {
        for (width, height) in [(0, 0), (1, 1), (60, 15), (250, 70)] {
            let screen = Rect::new(0, 0, width, height);
            assert_eq!(dialog(screen, 70, 20).intersection(screen), dialog(screen, 70, 20));
        }
    }
}
