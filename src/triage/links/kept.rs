//! What registrations have to do with one another, written down and read again: everything that took long to find out.

use std::io::{self, Read, Write};

use super::{Bursts, Groups, LinkIndex, Series, Touched, arrivals::Number, holders::Holders};
use crate::{
    model::{RegistrationId, Timestamp},
    sections::{Reading, Writing},
};

impl LinkIndex {
    /// Writes all that is known of people in an order that the reader knows: of everybody, each once, and after
    /// [`LinkIndex::settle`].
    ///
    /// # Errors
    /// If it cannot be written there.
    pub fn write<'a, W: Write>(
        &self,
        out: &mut Writing<W>,
        people: impl Iterator<Item = &'a RegistrationId>,
    ) -> io::Result<()> {
        let order: Vec<Number> = people.filter_map(|id| self.number(id)).collect();
        let mut renumbered = vec![0; order.iter().max().map_or(0, |most| *most as usize + 1)];
        for (place, number) in (0..).zip(&order) {
            renumbered[*number as usize] = place;
        }
        let renumbered = |number: Number| renumbered[number as usize];
        self.holders.write(out, &order, renumbered)?;
        self.groups.write(out, renumbered)?;
        self.series.write(out, renumbered)
    }

    /// Reads it, for people in that order: id, when created, and id of the project. Their numbers are their places in
    /// it. `None` if somebody stands there twice, or it is no such thing.
    pub fn read<'a, R: Read>(
        from: &mut Reading<R>,
        people: impl ExactSizeIterator<Item = (&'a RegistrationId, Timestamp, &'a str)>,
    ) -> Option<Self> {
        let holders = Holders::read(from, people)?;
        let groups = Groups::read(from, &holders)?;
        let series = Series::read(from, |number| holders.arrival_at(number))?;
        let mut bursts = Bursts::default();
        for (project, arrival) in holders.arrivals() {
            bursts.insert(project, &arrival, &mut Touched::unwanted());
        }
        Some(Self { holders, groups, bursts, series })
    }
}
