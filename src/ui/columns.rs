//! Which columns of the queue there is room for, and where they stand: a pure function of the width and of what the
//! operator has chosen.

pub use crate::app::columns::Column;
use crate::{
    app::columns::{Chosen, Columns, SHAPES, Shape},
    index::SortField,
};

/// Columns up to this rank are squeezed rather than left out; the others come once those read well.
const SQUEEZED: u8 = 7;
/// Columns after this rank come once names and reasons, which are read most, have as much as follows to spare.
const COMFORTABLE: u8 = 9;
const AMPLE: u16 = 24;

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

/// The columns of a table, and whether there are more on either side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Those on the screen, from the left.
    pub columns: Vec<Placed>,
    /// Some are scrolled away on the left.
    pub more_left: bool,
    /// Some have no room on the right.
    pub more_right: bool,
}

/// The columns that a table of some width shows.
///
/// While nobody has chosen or scrolled, those are the more important ones, squeezed if need be, then the less
/// important ones for which there is room beside those. Otherwise the mark and the name, and beside them the chosen
/// ones in their order from the first that is not scrolled away.
pub fn table(width: u16, columns: &Columns) -> Table {
    if columns.chosen().is_none() && columns.skipped() == 0 {
        let columns = ranked(width, columns);
        let all = SHAPES.iter().filter(|shape| shape.rank.is_some()).count();
        return Table { more_left: false, more_right: columns.len() < all, columns };
    }
    in_order(width, columns)
}

fn in_order(width: u16, columns: &Columns) -> Table {
    let (chosen, skipped) = (columns.scrollable(), columns.skipped());
    let fixed = [Column::Mark, Column::Who].map(|column| Chosen { column, width: None });
    let wanted: Vec<Chosen> = fixed.into_iter().chain(chosen.into_iter().skip(skipped)).collect();
    let sizes = |chosen: &Chosen| columns.widths(chosen.column.shape());
    let good = |chosen: &Chosen| chosen.width.unwrap_or(sizes(chosen).1);
    let mut used = 0;
    let mut widths: Vec<u16> = Vec::new();
    for one in &wanted {
        let gap = u16::from(!widths.is_empty());
        let room = width.saturating_sub(used + gap);
        // The last one may be narrower than it likes, as long as it still says something.
        let taken = good(one).min(room);
        if taken < good(one).min(sizes(one).0) || taken == 0 {
            break;
        }
        widths.push(taken);
        used += gap + taken;
    }
    let more_right = widths.len() < wanted.len();
    let mut spare = width.saturating_sub(used);
    for (width, one) in widths.iter_mut().zip(&wanted).filter(|(_, one)| one.width.is_none()) {
        let more = sizes(one).2.saturating_sub(*width).min(spare);
        *width += more;
        spare -= more;
    }
    let shapes = wanted.iter().map(|one| one.column.shape());
    Table { columns: placed(shapes.zip(widths)), more_left: skipped > 0, more_right }
}

/// One beside the other, with a blank between.
fn placed<'a>(widths: impl Iterator<Item = (&'a Shape, u16)>) -> Vec<Placed> {
    let mut x = 0;
    let mut placed = Vec::new();
    for (shape, width) in widths {
        placed.push(Placed { column: shape.column, title: shape.title, sort: shape.sort, x, width });
        x += width + 1;
    }
    placed
}

/// The columns by rank, in the order of the table.
fn ranked(width: u16, columns: &Columns) -> Vec<Placed> {
    let shown = shown(width, columns);
    let widths = widths(width, &shown, columns);
    placed(SHAPES.iter().zip(widths).filter(|(_, width)| *width > 0))
}

/// Which columns there is room for.
fn shown(width: u16, columns: &Columns) -> Vec<Column> {
    let mut by_rank: Vec<(u8, &Shape)> = SHAPES.iter().filter_map(|shape| Some((shape.rank?, shape))).collect();
    by_rank.sort_by_key(|(rank, _)| *rank);
    let (mut squeezed, mut comfortable) = (0, 0);
    let mut shown = Vec::new();
    for (rank, shape) in by_rank {
        let gap = u16::from(!shown.is_empty());
        let (least, good, _) = columns.widths(shape);
        let used = if rank <= SQUEEZED {
            squeezed
        } else if rank <= COMFORTABLE {
            comfortable
        } else {
            comfortable + AMPLE
        };
        if used + gap + least > width {
            continue;
        }
        squeezed += gap + least;
        comfortable += gap + good;
        shown.push(shape.column);
    }
    shown
}
/// How wide each column becomes, in the order of the screen; 0 is left out.
fn widths(width: u16, shown: &[Column], columns: &Columns) -> Vec<u16> {
    let sizes: Vec<(u16, u16, u16)> = SHAPES.iter().map(|shape| columns.widths(shape)).collect();
    let is_shown = |shape: &Shape| shown.contains(&shape.column);
    let mut widths: Vec<u16> =
        SHAPES.iter().zip(&sizes).map(|(shape, (least, ..))| if is_shown(shape) { *least } else { 0 }).collect();
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
        grow(*place, sizes[*place].1, u16::MAX);
    }
    // What is read most grows first: names by half of what there is, then reasons, then the others from the left.
    let place_of = |column| by_rank.iter().copied().find(|place| SHAPES[*place].column == column);
    if let Some(who) = place_of(Column::Who) {
        let left = grow(who, 0, 0);
        grow(who, sizes[who].2, left / 2);
    }
    if let Some(stuck) = place_of(Column::Stuck) {
        grow(stuck, sizes[stuck].2, u16::MAX);
    }
    by_rank.sort_unstable();
    for place in by_rank {
        grow(place, sizes[place].2, u16::MAX);
    }
    widths
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::{Column, Placed, table};
    use crate::{
        app::columns::{Columns, SHAPES},
        ui::layout::SMALLEST,
    };

    fn columns(width: u16) -> Vec<Placed> {
        table(width, &Columns::default()).columns
    }

    #[test]
    fn every_column_stands_in_the_table_once_and_under_a_name_of_its_own() {
        for shape in SHAPES {
            assert_eq!(SHAPES.iter().filter(|other| other.name == shape.name).count(), 1, "{}", shape.name);
            assert_eq!(shape.column.shape().name, shape.name);
            assert!(shape.least <= shape.good && shape.good <= shape.most, "{}", shape.name);
        }
    }

    #[test]
    fn the_columns_asked_for_first_are_there_at_the_smallest_size_and_more_come_with_the_width() {
        let names = |width| columns(width).into_iter().map(|placed| placed.column).collect::<Vec<_>>();
        let first =
            [Column::Mark, Column::Who, Column::Status, Column::Age, Column::Turn, Column::Stuck, Column::Flags];
        assert_eq!(names(SMALLEST.0), first);
        assert!(names(80).contains(&Column::Step));
        assert!(names(120).contains(&Column::Project) && names(120).contains(&Column::Risk));
        assert!(names(200).contains(&Column::Id));
        assert!(table(80, &Columns::default()).more_right && !table(250, &Columns::default()).more_right);
    }

    proptest! {
        #[test]
        fn columns_never_overlap_or_leave_the_table(
            width in 0_u16..=250,
            chosen in proptest::option::of(prop::collection::vec((0..SHAPES.len(), prop::option::of(1_u16..60)), 0..30)),
            skipped in 0_isize..40,
        ) {
            let columns = Columns::of(chosen, skipped);
            let placed = table(width, &columns).columns;
            for pair in placed.windows(2) {
                prop_assert!(pair[0].x + pair[0].width < pair[1].x, "{width}: {pair:?}");
            }
            prop_assert!(placed.last().is_none_or(|last| last.x + last.width <= width), "{width}");
            if width >= SMALLEST.0 {
                prop_assert!(placed.iter().any(|placed| placed.column == Column::Who), "the name stays");
            }
        }
    }
}
