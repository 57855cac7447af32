//! The columns of the queue: what there is, and which of them the operator wants in which order and width.

use super::{
    Effects, Model, Overlay,
    kept::{KeptColumn, KeptColumns},
    rows::Rows,
};
use crate::{
    index::SortField,
    keys::{Code, Key},
};

/// A column of the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Column {
    /// Marked or not, and what has changed just now; always first.
    Mark,
    /// Status.
    Status,
    /// Where it stands.
    Step,
    /// Name, e-mail address or phone; stays on the screen when the others are scrolled away.
    Who,
    /// Time since the last move, or its time.
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
    /// Last change.
    Updated,
    /// E-mail address.
    Email,
    /// Phone.
    Phone,
    /// Country of the document.
    Country,
    /// Failed attempts that count, over all steps.
    Attempts,
    /// Score of the face compare.
    Face,
    /// Score of the liveness.
    Liveness,
    /// How many registrations it is joined to.
    Links,
    /// Who claimed it.
    Owner,
    /// Id.
    Id,
}

/// The widths of a time: month, day and minute, and the year where it is another one.
const TIME_WIDTHS: (u16, u16, u16) = (11, 11, 16);

/// What there is to know about a column.
#[derive(Debug)]
pub struct Shape {
    /// Which one.
    pub column: Column,
    /// Its name in the configuration.
    pub name: &'static str,
    /// Its header.
    pub title: &'static str,
    /// What it sorts by.
    pub sort: Option<SortField>,
    /// Narrower than this it says nothing.
    pub least: u16,
    /// From this width on it reads well.
    pub good: u16,
    /// Wider it does not get by itself.
    pub most: u16,
    /// While nobody has chosen columns, the smallest is shown first; one without is shown only if chosen.
    pub rank: Option<u8>,
}

const fn shape(
    column: Column,
    [name, title]: [&'static str; 2],
    sort: Option<SortField>,
    (least, good, most): (u16, u16, u16),
    rank: Option<u8>,
) -> Shape {
    Shape { column, name, title, sort, least, good, most, rank }
}

/// Every column, in the order of the screen while nobody has chosen another.
pub const SHAPES: &[Shape] = &[
    shape(Column::Mark, ["mark", ""], None, (1, 1, 1), Some(0)),
    shape(Column::Who, ["who", "who"], Some(SortField::Name), (13, 15, 34), Some(2)),
    shape(Column::Status, ["status", "status"], Some(SortField::Status), (11, 11, 11), Some(1)),
    shape(Column::Step, ["step", "step"], Some(SortField::Step), (10, 11, 17), Some(7)),
    shape(Column::Age, ["age", "age"], Some(SortField::Updated), (7, 7, 11), Some(3)),
    shape(Column::Turn, ["turn", "turn"], Some(SortField::Urgency), (4, 10, 12), Some(5)),
    shape(Column::Stuck, ["stuck", "stuck"], Some(SortField::Urgency), (9, 22, 44), Some(4)),
    shape(Column::Flags, ["flags", "flags"], Some(SortField::Risk), (7, 8, 11), Some(6)),
    shape(Column::Risk, ["risk", "risk"], Some(SortField::Risk), (12, 12, 12), Some(9)),
    shape(Column::Project, ["project", "project"], Some(SortField::Project), (10, 10, 24), Some(8)),
    shape(Column::Link, ["link", "link"], Some(SortField::Link), (8, 11, 11), Some(10)),
    shape(Column::Owner, ["owner", "owner"], Some(SortField::Owner), (6, 8, 16), Some(11)),
    shape(Column::Id, ["id", "id"], Some(SortField::Id), (24, 24, 26), Some(12)),
    shape(Column::Created, ["created", "created"], Some(SortField::Created), (11, 11, 16), Some(13)),
    shape(Column::Flow, ["flow", "flow"], Some(SortField::Flow), (12, 12, 24), Some(14)),
    shape(Column::Updated, ["updated", "updated"], Some(SortField::Updated), (11, 11, 16), None),
    shape(Column::Email, ["email", "e-mail"], Some(SortField::Email), (12, 24, 34), None),
    shape(Column::Phone, ["phone", "phone"], Some(SortField::Phone), (10, 16, 18), None),
    shape(Column::Country, ["country", "country"], Some(SortField::Country), (7, 7, 14), None),
    shape(Column::Attempts, ["attempts", "tries"], Some(SortField::Attempts), (5, 7, 7), None),
    shape(Column::Face, ["face", "face"], Some(SortField::Face), (5, 6, 6), None),
    shape(Column::Liveness, ["liveness", "live"], Some(SortField::Liveness), (5, 6, 6), None),
    shape(Column::Links, ["links", "links"], Some(SortField::Links), (5, 7, 7), None),
];

impl Column {
    /// What there is to know about it.
    pub fn shape(self) -> &'static Shape {
        // Every column stands in the table, which a test holds.
        SHAPES.iter().find(|shape| shape.column == self).unwrap_or(&SHAPES[0])
    }

    /// The column of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::choosable().find(|column| column.shape().name == name)
    }

    /// Those that can be shown or not: all but the mark and the name, which are always there.
    pub fn choosable() -> impl Iterator<Item = Self> {
        SHAPES.iter().map(|shape| shape.column).filter(|column| !column.is_fixed())
    }

    /// Whether it is always shown, before the others once columns are chosen.
    pub fn is_fixed(self) -> bool {
        matches!(self, Self::Mark | Self::Who)
    }
}

/// A column that is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chosen {
    /// Which one.
    pub column: Column,
    /// Its width, if that was said.
    pub width: Option<u16>,
}

/// Which columns are shown.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    /// Chosen at the console, or by the configuration; `None` shows what there is room for.
    chosen: Option<Vec<Chosen>>,
    /// What the configuration says.
    configured: Option<Vec<Chosen>>,
    /// How many are scrolled away on the left.
    skipped: usize,
    /// Times instead of spans.
    pub absolute_times: bool,
}

impl Columns {
    /// The chosen ones in order; `None` where nobody has chosen.
    pub fn chosen(&self) -> Option<&[Chosen]> {
        self.chosen.as_deref()
    }

    /// The least, the good and the largest width of a column, as what it shows is written now.
    pub fn widths(&self, shape: &Shape) -> (u16, u16, u16) {
        match shape.column {
            Column::Age | Column::Link if self.absolute_times => TIME_WIDTHS,
            _ => (shape.least, shape.good, shape.most),
        }
    }

    /// How many of the columns that can be scrolled are scrolled away.
    pub fn skipped(&self) -> usize {
        self.skipped
    }

    /// The columns that can be scrolled, in order.
    pub fn scrollable(&self) -> Vec<Chosen> {
        match &self.chosen {
            Some(chosen) => chosen.clone(),
            None => SHAPES
                .iter()
                .filter(|shape| shape.rank.is_some() && !shape.column.is_fixed())
                .map(|shape| Chosen { column: shape.column, width: None })
                .collect(),
        }
    }

    /// Any choice, for tests: columns by their place in the table.
    #[cfg(test)]
    pub(crate) fn of(chosen: Option<Vec<(usize, Option<u16>)>>, skipped: isize) -> Self {
        let chosen = chosen.map(|chosen| {
            let all = chosen.into_iter().map(|(place, width)| Chosen { column: SHAPES[place].column, width });
            all.filter(|chosen| !chosen.column.is_fixed()).collect()
        });
        let mut columns = Self { chosen, ..Self::default() };
        columns.scroll(skipped);
        columns
    }

    fn scroll(&mut self, columns: isize) {
        let last = self.scrollable().len().saturating_sub(1);
        self.skipped = self.skipped.saturating_add_signed(columns).min(last);
    }
}

/// A row of the chooser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offered {
    /// The column with its width.
    pub chosen: Chosen,
    /// Whether it is shown.
    pub shown: bool,
}

/// The dialog in which columns are chosen.
#[derive(Debug, Default)]
pub struct ColumnsForm {
    /// Every column: the shown ones in their order, then the others.
    pub rows: Rows<Offered>,
}

impl ColumnsForm {
    fn over(columns: &Columns) -> Self {
        let shown = columns.scrollable();
        let others = Column::choosable().filter(|column| !shown.iter().any(|chosen| chosen.column == *column));
        let others: Vec<Column> = others.collect();
        let rows = shown.iter().map(|chosen| Offered { chosen: *chosen, shown: true });
        let others = others.into_iter().map(|column| Offered { chosen: Chosen { column, width: None }, shown: false });
        let mut form = Self::default();
        form.rows.replace(rows.chain(others).collect(), usize::MAX, same);
        form
    }

    /// Changes the selected row.
    fn change(&mut self, change: impl FnOnce(&mut Offered), height: usize) {
        let Some(place) = self.rows.selected_row() else { return };
        let mut rows = self.rows.all().to_vec();
        change(&mut rows[place]);
        self.rows.replace(rows, height, same);
    }

    /// Moves the selected row.
    fn carry(&mut self, places: isize, height: usize) {
        let Some(place) = self.rows.selected_row() else { return };
        let mut rows = self.rows.all().to_vec();
        let to = place.saturating_add_signed(places).min(rows.len() - 1);
        rows.swap(place, to);
        self.rows.replace(rows, height, same);
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "what rows are compared by is called with references")]
fn same(one: &Offered, other: &Offered) -> bool {
    one.chosen.column == other.chosen.column
}

/// Wider a column cannot be made.
const WIDEST: u16 = 60;

impl Model {
    /// Shows the columns of the configuration until others are chosen.
    #[must_use]
    pub fn with_columns(mut self, configured: Option<Vec<Column>>) -> Self {
        let configured: Option<Vec<Chosen>> =
            configured.map(|columns| columns.into_iter().map(|column| Chosen { column, width: None }).collect());
        self.queue.columns = Columns { chosen: configured.clone(), configured, ..Columns::default() };
        self
    }

    /// Takes the columns that were chosen in an earlier run, unless the configuration says others since.
    pub(super) fn recall_columns(&mut self, kept: &KeptColumns) {
        let columns = &mut self.queue.columns;
        if kept.over == names(columns.configured.as_deref()) {
            let known = kept.columns.iter().filter_map(|kept| {
                Some(Chosen { column: Column::parse(&kept.name)?, width: kept.width.map(|width| width.min(WIDEST)) })
            });
            columns.chosen = Some(known.collect());
        }
    }

    /// Opens the chooser.
    pub(super) fn open_columns(&mut self) {
        self.overlays.push(Overlay::Columns(ColumnsForm::over(&self.queue.columns)));
    }

    /// A key for the chooser: what it changes is seen at once behind it.
    pub(super) fn columns_key(&mut self, key: Key) -> Effects {
        let height = self.page_rows;
        let Some(Overlay::Columns(form)) = self.overlays.last_mut() else { return Effects::none() };
        let resize = |offered: &mut Offered, by: i16| {
            let shape = offered.chosen.column.shape();
            let width = offered.chosen.width.unwrap_or(shape.good).saturating_add_signed(by);
            offered.chosen.width = Some(width.clamp(shape.least.min(4), WIDEST));
        };
        match key.code {
            Code::Esc | Code::Enter | Code::Char('q' | 'v') => {
                self.overlays.pop();
                return Effects::none();
            }
            Code::Down | Code::Char('j') => form.rows.step(1, height),
            Code::Up | Code::Char('k') => form.rows.step(-1, height),
            Code::Home | Code::Char('g') => form.rows.step(isize::MIN / 2, height),
            Code::End | Code::Char('G') => form.rows.step(isize::MAX / 2, height),
            Code::Char(' ') => form.change(|offered| offered.shown = !offered.shown, height),
            Code::Char('J') => form.carry(1, height),
            Code::Char('K') => form.carry(-1, height),
            Code::Char('<' | '-') => form.change(|offered| resize(offered, -1), height),
            Code::Char('>' | '+') => form.change(|offered| resize(offered, 1), height),
            Code::Char('s') => {
                let sort = form.rows.selected().and_then(|offered| offered.chosen.column.shape().sort);
                return sort.map_or_else(Effects::none, |sort| self.sort_by(sort));
            }
            Code::Char('=') => return self.reset_columns(),
            _ => return Effects::none(),
        }
        if matches!(key.code, Code::Char(' ' | 'J' | 'K' | '<' | '>' | '-' | '+')) {
            return self.take_columns();
        }
        Effects::none()
    }

    /// Shows what the chooser says, and remembers it.
    fn take_columns(&mut self) -> Effects {
        let Some(Overlay::Columns(form)) = self.overlays.last() else { return Effects::none() };
        let chosen: Vec<Chosen> =
            form.rows.all().iter().filter(|offered| offered.shown).map(|offered| offered.chosen).collect();
        let kept = KeptColumns {
            over: names(self.queue.columns.configured.as_deref()),
            columns: (chosen.iter())
                .map(|chosen| KeptColumn { name: chosen.column.shape().name.to_owned(), width: chosen.width })
                .collect(),
        };
        self.queue.columns.chosen = Some(chosen);
        self.queue.columns.scroll(0);
        self.keep(|known| known.columns = Some(kept))
    }

    /// Goes back to what the configuration says, or to what there is room for.
    fn reset_columns(&mut self) -> Effects {
        let columns = &mut self.queue.columns;
        (columns.chosen, columns.skipped) = (columns.configured.clone(), 0);
        if let Some(Overlay::Columns(form)) = self.overlays.last_mut() {
            *form = ColumnsForm::over(&self.queue.columns);
        }
        self.keep(|known| known.columns = None)
    }

    /// Scrolls the columns sideways.
    pub(super) fn scroll_columns(&mut self, columns: isize) {
        self.queue.columns.scroll(columns);
    }

    /// Times instead of spans, or spans instead of times.
    pub(super) fn toggle_times(&mut self) -> Effects {
        self.queue.columns.absolute_times = !self.queue.columns.absolute_times;
        let absolute = self.queue.columns.absolute_times;
        self.keep(|kept| kept.absolute_times = absolute)
    }
}

fn names(columns: Option<&[Chosen]>) -> Option<Vec<String>> {
    columns.map(|columns| columns.iter().map(|chosen| chosen.column.shape().name.to_owned()).collect())
}
