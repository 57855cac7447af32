//! The screen of a ring: everyone joined to one registration as a tree, with marks of its own to act on several.

use std::{collections::BTreeSet, sync::Arc};

use super::{Effects, Model, Screen, model::ToastKind, rows::Rows};
use crate::{
    index::Index,
    model::RegistrationId,
    triage::{RingNode, RingRow},
};

/// The state of the screen.
#[derive(Debug)]
pub struct RingView {
    /// Whose ring it is.
    pub root: RegistrationId,
    /// The tree from top to bottom.
    pub rows: Rows<RingRow>,
    /// How many registrations belong to the ring.
    pub size: usize,
    /// There may be more than were followed.
    pub is_cut: bool,
    /// Marked members.
    pub marked: BTreeSet<RegistrationId>,
}

impl RingView {
    fn new(root: RegistrationId, index: &Index, height: usize) -> Self {
        let mut view = Self { root, rows: Rows::default(), size: 0, is_cut: false, marked: BTreeSet::new() };
        view.follow(index, height);
        view
    }

    /// The tree follows what is known now.
    pub(super) fn follow(&mut self, index: &Index, height: usize) {
        let ring = index.links().tree_of(&self.root, |id| Some(Arc::clone(&index.get(id)?.registration)));
        (self.size, self.is_cut) = (ring.size, ring.is_cut);
        self.rows.replace(ring.rows, height, |left, right| left.member() == right.member());
        self.leave_value(-1, height);
        let there: BTreeSet<&RegistrationId> = self.rows.all().iter().filter_map(RingRow::member).collect();
        self.marked.retain(|id| there.contains(id));
    }

    /// The selected registration.
    pub fn selected(&self) -> Option<&RegistrationId> {
        self.rows.selected().and_then(RingRow::member)
    }

    /// Moves the selection by rows, from one registration to another.
    pub(super) fn step(&mut self, rows: isize, height: usize) {
        self.rows.step(rows, height);
        self.leave_value(rows.signum(), height);
    }

    /// A value is no row to stop at: it stands between two registrations.
    fn leave_value(&mut self, direction: isize, height: usize) {
        if self.rows.selected().is_some_and(|row| row.member().is_none()) {
            self.rows.step(direction, height);
        }
    }

    /// The members of the ring, those joined by an IP address alone left out.
    fn members(&self) -> BTreeSet<RegistrationId> {
        let strong = |row: &&RingRow| matches!(row.node, RingNode::Member { is_weak: false, .. });
        self.rows.all().iter().filter(strong).filter_map(|row| row.member().cloned()).collect()
    }

    /// Marks or unmarks the selected registration and goes down.
    pub(super) fn toggle_mark(&mut self, height: usize) {
        if let Some(id) = self.selected().cloned() {
            if !self.marked.remove(&id) {
                self.marked.insert(id);
            }
            self.step(1, height);
        }
    }

    /// Marks the whole ring; if all of it is marked already, unmarks it.
    pub(super) fn mark_all(&mut self) {
        let members = self.members();
        if members.is_subset(&self.marked) {
            self.marked.clear();
        } else {
            self.marked.extend(members);
        }
    }
}

impl Model {
    /// Opens the ring of the subject.
    pub(super) fn open_ring(&mut self) -> Effects {
        let Some(id) = self.subject().cloned() else { return Effects::none() };
        let view = RingView::new(id, &self.index, self.page_rows);
        if view.rows.all().len() < 2 {
            return self.toast(ToastKind::Note, "Nobody else shares anything with this registration.");
        }
        self.show(Screen::Ring(view));
        Effects::none()
    }
}
