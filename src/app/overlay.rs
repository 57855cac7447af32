//! Dialogs: a stack of which the topmost gets the keys.

use super::{
    Effects, Model,
    columns::ColumnsForm,
    copy::CopyMenu,
    create::CreateForm,
    decide::DecideForm,
    export::ExportForm,
    handed_out::HandedOut,
    help::HelpView,
    jobs::{JobView, JobsPanel},
    notes::NoteForm,
    palette::Palette,
    plan::Plan,
    resend::ResendForm,
    reveal::RevealForm,
    snooze::SnoozeForm,
    views::SaveView,
};
use crate::keys::{Code, Key};

/// A dialog.
#[derive(Debug)]
pub enum Overlay {
    /// Keys and commands.
    Help(HelpView),
    /// A name for the filter in force.
    SaveView(SaveView),
    /// Every command by name.
    Palette(Palette),
    /// What happened so far; scrolled from the newest.
    Log(Scroll),
    /// The form of a new registration.
    Create(Box<CreateForm>),
    /// A link that is about to be sent again.
    Resend(ResendForm),
    /// Which columns the queue shows.
    Columns(ColumnsForm),
    /// Which field of a person to show.
    Reveal(RevealForm),
    /// What a create or a resend handed out.
    HandedOut(HandedOut),
    /// What is about to be done to one or many.
    Plan(Plan),
    /// A decision in the making.
    Decide(Box<DecideForm>),
    /// A job, waiting, under way or done.
    Job(JobView),
    /// All jobs of this run.
    Jobs(JobsPanel),
    /// A snooze in the making.
    Snooze(Box<SnoozeForm>),
    /// A note that is being written.
    Note(Box<NoteForm>),
    /// What can be copied.
    Copy(CopyMenu),
    /// An export in the making.
    Export(Box<ExportForm>),
    /// Whether to leave although something is under way.
    Leave,
}

/// A scrolled text.
#[derive(Debug, Clone, Copy, Default)]
pub struct Scroll {
    /// Lines scrolled.
    pub offset: usize,
    /// How far it can be scrolled, as the last frame found.
    pub max: usize,
}

impl Scroll {
    /// Scrolls by lines, within what there is.
    pub fn by(&mut self, lines: isize) {
        self.offset = self.offset.saturating_add_signed(lines).min(self.max);
    }
}

impl Model {
    /// A key for the dialog on top.
    pub(super) fn overlay_key(&mut self, key: Key) -> Effects {
        match self.overlays.last_mut() {
            Some(Overlay::Help(_)) => self.help_key(key),
            Some(Overlay::Palette(_)) => self.palette_key(key),
            Some(Overlay::SaveView(_)) => self.save_view_key(key),
            Some(Overlay::Log(scroll)) => {
                if scroll_key(scroll, key, self.page_rows) {
                    self.overlays.pop();
                }
                Effects::none()
            }
            Some(Overlay::Create(_)) => self.create_key(key),
            Some(Overlay::Resend(_)) => self.resend_key(key),
            Some(Overlay::Columns(_)) => self.columns_key(key),
            Some(Overlay::Reveal(_)) => self.reveal_key(key),
            Some(Overlay::HandedOut(_)) => self.handed_out_key(key),
            Some(Overlay::Plan(_)) => self.plan_key(key),
            Some(Overlay::Decide(_)) => self.decide_key(key),
            Some(Overlay::Job(_)) => self.job_key(key),
            Some(Overlay::Jobs(_)) => self.jobs_key(key),
            Some(Overlay::Snooze(_)) => self.snooze_key(key),
            Some(Overlay::Note(_)) => self.note_key(key),
            Some(Overlay::Copy(_)) => self.copy_key(key),
            Some(Overlay::Export(_)) => self.export_key(key),
            Some(Overlay::Leave) => self.leave_key(key),
            None => Effects::none(),
        }
    }
}

/// Scrolls; tells whether the key closes the text.
pub(super) fn scroll_key(scroll: &mut Scroll, key: Key, page: usize) -> bool {
    let page = page.cast_signed().max(1);
    match key.code {
        Code::Down | Code::Char('j') => scroll.by(1),
        Code::Up | Code::Char('k') => scroll.by(-1),
        Code::PageDown | Code::Char(' ') => scroll.by(page),
        Code::PageUp => scroll.by(-page),
        Code::Home | Code::Char('g') => scroll.offset = 0,
        Code::End | Code::Char('G') => scroll.offset = scroll.max,
        Code::Esc | Code::Enter | Code::Char('q' | '?' | 'L') | Code::F(1) => return true,
        _ => {}
    }
    false
}
