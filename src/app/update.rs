//! Routing: which part of the model a message concerns.

use tui_input::{Input, InputRequest};

use super::{
    Command, Effects, Layer, Message, Model, Overlay, Room, Screen, Target,
    effect::{Effect, Timer},
    help::HelpView,
    model::ToastKind,
    overlay::Scroll,
};
use crate::{
    keys::{Code, Key},
    model::Timestamp,
};

/// How often ages and limits on the screen move on, seconds.
const TICK_SECONDS: u64 = 30;

/// Takes a message: changes the model and returns what is to be done. Total and without waiting.
pub fn update(model: &mut Model, message: Message, now: Timestamp) -> Effects {
    model.now = now;
    let mut effects = take(model, message);
    effects.append(model.time_news());
    effects.append(model.time_following());
    effects.append(model.time_counting());
    effects.append(model.time_measuring());
    effects.append(model.time_reading_ahead());
    effects.append(model.time_warming());
    effects
}

fn take(model: &mut Model, message: Message) -> Effects {
    match message {
        Message::Start => {
            let mut effects = model.reload();
            effects.append(tick());
            effects
        }
        Message::Key(key) => model.key(key),
        Message::Paste(_) | Message::Scroll(_) if model.is_unseen => Effects::none(),
        Message::Paste(text) => {
            model.paste(&text);
            Effects::none()
        }
        Message::Click(target) => model.click(target),
        Message::Scroll(lines) => model.wheel(lines),
        Message::Measured(room) => {
            model.measured(room);
            Effects::none()
        }
        Message::Recalled(index, at) => {
            model.recall(index, at);
            Effects::none()
        }
        Message::Indexing(request, count) => {
            model.indexing(request, count);
            Effects::none()
        }
        Message::Indexed(request, answer) => model.indexed(request, answer),
        Message::Listed(request, answer) => model.listed(request, answer),
        Message::Retrieved(request, _, answer) if model.is_of_a_job(request) => model.looked_up(request, answer),
        Message::Retrieved(request, id, answer) => model.retrieved(request, &id, answer),
        Message::SignedInUntil(until) => {
            model.signed_in_until = until;
            Effects::none()
        }
        Message::Catalogue(request, answer) => model.catalogue_read(request, answer),
        Message::Created(request, answer) => model.created(request, answer),
        Message::Synced(request, _, answer) => model.synced(request, answer),
        Message::Resent(request, answer) => model.resent(request, answer),
        Message::Annotated(request, id, answer) => model.annotated(request, &id, answer),
        Message::Exported(request, answer) => model.exported_step(request, answer),
        Message::Read(answer) => model.read(answer),
        Message::Changed(registrations) => {
            model.upsert(registrations);
            Effects::none()
        }
        Message::Background(background) => {
            model.look.background = background;
            Effects::none()
        }
        Message::Timer(timer) => model.timer(timer),
        Message::Copied(outcome) => model.copied(outcome),
    }
}

fn tick() -> Effects {
    Effects::one(Effect::Timer(Timer::Tick, std::time::Duration::from_secs(TICK_SECONDS)))
}

impl Model {
    fn key(&mut self, key: Key) -> Effects {
        // What answered the last key is read by now; what came of something else stays for its time.
        self.toast.take_if(|toast| toast.kind == ToastKind::Note);
        let quits = key == Key { code: Code::Char('c'), ctrl: true, alt: false };
        if quits {
            return self.quit();
        }
        if self.is_unseen {
            return Effects::none();
        }
        if let Some(command) = self.keymap.command(self.layer(), key).filter(|command| command.works_anywhere(key)) {
            return self.command(command);
        }
        if !self.overlays.is_empty() {
            return self.overlay_key(key);
        }
        if self.layer() == Layer::Queue && self.queue.filter.editing {
            return self.filter_key(key);
        }
        // A digit that somebody has bound to a command is theirs.
        match self.keymap.command(self.layer(), key) {
            Some(command) => self.command(command),
            None if let Some(target) = self.target_of_digit(key) => self.click(target),
            None if self.layer() == Layer::Registration && key.code == Code::Enter => self.open_link(),
            None => Effects::none(),
        }
    }

    /// What a digit shows: a view of the queue, a tab of the registration, a part of the insights.
    fn target_of_digit(&self, key: Key) -> Option<Target> {
        let digit = key.typed()?.to_digit(10)?;
        if self.layer() == Layer::Queue {
            return u8::try_from(digit).ok().map(Target::View);
        }
        let place = (digit as usize).checked_sub(1)?;
        match self.layer() {
            Layer::Registration => super::registration::Tab::ALL.get(place).copied().map(Target::Tab),
            Layer::Insights => super::insights::Panel::ALL.get(place).copied().map(Target::Panel),
            _ => None,
        }
    }

    pub(super) fn command(&mut self, command: Command) -> Effects {
        let layer = self.layer();
        let mut effects = self.carry_out(command);
        effects.append(self.end_hint(layer, command));
        effects
    }

    fn carry_out(&mut self, command: Command) -> Effects {
        if let Some(reason) = command.unavailable(self) {
            let label = command.entry().map_or("", |entry| entry.label);
            return self.toast(ToastKind::Note, format!("Cannot {label}: {reason}."));
        }
        match command {
            Command::Down => self.step(1),
            Command::Up => self.step(-1),
            Command::PageDown => self.step(self.page()),
            Command::PageUp => self.step(-self.page()),
            Command::Top => self.step(isize::MIN / 2),
            Command::Bottom => self.step(isize::MAX / 2),
            Command::Open => return self.subject().cloned().map_or_else(Effects::none, |id| self.open(id)),
            Command::Back => self.back(),
            Command::Filter => self.edit_filter(),
            Command::Clear => self.clear(),
            Command::Sort => return self.sort_next(),
            Command::ReverseSort => return self.sort_by(self.queue.sort().by),
            Command::Mark => self.toggle_mark(),
            Command::MarkAll => return self.mark_all(),
            Command::MarkRange => return self.mark_range(),
            Command::InvertMarks => return self.invert_marks(),
            Command::Preview => return self.toggle_preview(),
            Command::Refresh => return self.refresh(),
            Command::NextTab => self.turn_tab(1),
            Command::PreviousTab => self.turn_tab(-1),
            Command::NextRegistration => return self.open_neighbour(1),
            Command::PreviousRegistration => return self.open_neighbour(-1),
            Command::Flags => self.open_flags(),
            Command::Insights => self.open_insights(),
            Command::LowerThreshold => self.move_threshold(-1),
            Command::RaiseThreshold => self.move_threshold(1),
            Command::Ring => return self.open_ring(),
            Command::Incident => return self.show_incident(),
            Command::SaveView => self.open_save_view(),
            Command::UndoFilter => return self.undo_filter(true),
            Command::RedoFilter => return self.undo_filter(false),
            Command::Facets => self.open_facets(),
            Command::Exclude => return self.exclude_selected(),
            Command::Narrow => return self.narrow_to_selected(),
            Command::Theme => return self.next_theme(),
            Command::Mouse => return self.toggle_mouse(),
            Command::Columns => self.open_columns(),
            Command::ColumnsLeft => self.scroll_columns(-1),
            Command::ColumnsRight => self.scroll_columns(1),
            Command::Times => return self.toggle_times(),
            Command::Reveal => self.open_reveal(),
            Command::Mask => self.masked = !self.masked,
            Command::Palette => self.open_palette(),
            Command::Forward => return self.forward(),
            Command::Help => self.overlays.push(Overlay::Help(HelpView::default())),
            Command::Log => self.overlays.push(Overlay::Log(Scroll::default())),
            Command::Suspend => return Effects::one(Effect::Suspend),
            Command::Quit => return self.quit(),
            about_registrations => return self.act(about_registrations),
        }
        Effects::none()
    }

    fn turn_tab(&mut self, places: isize) {
        if let Some(view) = self.registration_mut() {
            view.show(view.tab.step(places));
        } else if let Some(view) = self.insights_mut() {
            view.turn(places);
        } else if let Some(Screen::Facets(view)) = self.screens.last_mut() {
            view.turn(places > 0, self.page_rows);
        }
    }

    fn refresh(&mut self) -> Effects {
        let mut effects = self.read_again();
        if self.layer() == Layer::Registration {
            effects.append(self.reread());
        }
        effects.append(self.toast(ToastKind::Note, "Reading again …"));
        effects
    }

    fn paste(&mut self, text: &str) {
        if self.overlays.is_empty() {
            if self.layer() == Layer::Queue && self.queue.filter.editing {
                self.filter_paste(text);
            }
        } else {
            self.palette_paste(text);
            self.save_view_paste(text);
            self.create_paste(text);
            self.decide_paste(text);
            self.note_paste(text);
            self.snooze_paste(text);
            self.export_paste(text);
        }
    }

    fn click(&mut self, target: Target) -> Effects {
        match target {
            Target::Row(id) if self.subject() == Some(&id) => self.open(id),
            Target::Row(id) => {
                self.select(&id);
                Effects::none()
            }
            Target::Tab(tab) => {
                if let Some(view) = self.registration_mut() {
                    view.show(tab);
                }
                Effects::none()
            }
            Target::Panel(panel) => {
                if let Some(view) = self.insights_mut() {
                    view.panel = panel;
                }
                Effects::none()
            }
            Target::Rule(rule) if self.selected_rule().is_some_and(|selected| selected.rule == rule) => {
                self.narrow_to_selected()
            }
            Target::Rule(rule) => {
                self.select_rule(&rule);
                Effects::none()
            }
            Target::View(key) => self.show_view(key),
            Target::Facet(query) if self.selected_facet().is_some_and(|facet| facet.query() == query) => {
                self.narrow_to_selected()
            }
            Target::Facet(query) => {
                self.select_facet(&query);
                Effects::none()
            }
            Target::Command(command) => self.command(command),
            Target::Column(field) => self.sort_by(field),
        }
    }

    fn wheel(&mut self, lines: i32) -> Effects {
        let (lines, height) = (lines as isize, self.page_rows);
        match self.overlays.last_mut() {
            Some(Overlay::Help(view)) => view.scroll.by(lines),
            Some(Overlay::Palette(palette)) => palette.choices.step(lines, self.page_rows),
            Some(Overlay::Columns(form)) => form.rows.step(lines, self.page_rows),
            Some(Overlay::Log(scroll)) => scroll.by(lines),
            Some(Overlay::Job(view)) => view.scroll.by(lines),
            Some(Overlay::Jobs(panel)) => panel.rows.step(lines, height),
            Some(Overlay::Decide(form)) => form.scroll.by(lines),
            Some(Overlay::Plan(plan)) => plan.scroll.by(lines),
            Some(_) => {}
            None => self.step(lines),
        }
        Effects::none()
    }

    fn measured(&mut self, Room { list_rows, page_rows, scroll_max, is_none }: Room) {
        self.is_unseen = is_none;
        if is_none {
            return;
        }
        self.list_rows = list_rows.max(1);
        self.page_rows = page_rows.max(1);
        self.queue.show_selected(&self.index, self.list_rows);
        match self.overlays.last_mut() {
            Some(Overlay::Help(view)) => view.scroll.max = scroll_max,
            Some(Overlay::Palette(palette)) => palette.choices.show_selected(self.page_rows),
            Some(Overlay::Columns(form)) => form.rows.show_selected(self.page_rows),
            Some(Overlay::Log(scroll)) => scroll.max = scroll_max,
            Some(Overlay::Job(view)) => view.scroll.max = scroll_max,
            Some(Overlay::Jobs(panel)) => panel.rows.show_selected(self.page_rows),
            Some(Overlay::Decide(form)) => form.scroll.max = scroll_max,
            Some(Overlay::Plan(plan)) => plan.scroll.max = scroll_max,
            Some(_) => {}
            None => self.measured_screen(scroll_max),
        }
    }

    fn timer(&mut self, timer: Timer) -> Effects {
        match timer {
            Timer::Tick => {
                let mut effects = self.rejudge();
                effects.append(tick());
                effects
            }
            Timer::Judge => self.rejudge(),
            Timer::Measure => {
                self.measure_on();
                Effects::none()
            }
            Timer::Meanwhile => self.take_meanwhile(),
            Timer::Count => {
                self.count_next_view();
                Effects::none()
            }
            Timer::Toast => {
                self.toast = None;
                Effects::none()
            }
            Timer::Reveal => self.end_reveals(),
            Timer::News => {
                self.end_news();
                Effects::none()
            }
            Timer::Refresh => self.read_on(),
            Timer::Ahead => self.read_ahead(),
            Timer::Warm => self.warm(),
            Timer::Follow => {
                self.follow();
                Effects::none()
            }
        }
    }
}

/// What a key does to a line of text; `None` for keys that do nothing there.
pub(super) fn input_request(key: Key) -> Option<InputRequest> {
    Some(match (key.code, key.ctrl, key.alt) {
        (Code::Char(character), false, false) => InputRequest::InsertChar(character),
        (Code::Backspace, false, false) | (Code::Char('h'), true, false) => InputRequest::DeletePrevChar,
        (Code::Delete, ..) | (Code::Char('d'), true, false) => InputRequest::DeleteNextChar,
        (Code::Backspace, ..) | (Code::Char('w'), true, false) => InputRequest::DeletePrevWord,
        (Code::Char('u'), true, false) => InputRequest::DeleteLine,
        (Code::Char('k'), true, false) => InputRequest::DeleteTillEnd,
        (Code::Left, false, false) | (Code::Char('b'), true, false) => InputRequest::GoToPrevChar,
        (Code::Right, false, false) | (Code::Char('f'), true, false) => InputRequest::GoToNextChar,
        (Code::Left, ..) => InputRequest::GoToPrevWord,
        (Code::Right, ..) => InputRequest::GoToNextWord,
        (Code::Home, ..) | (Code::Char('a'), true, false) => InputRequest::GoToStart,
        (Code::End, ..) | (Code::Char('e'), true, false) => InputRequest::GoToEnd,
        _ => return None,
    })
}

/// Pastes text on one line: line ends and tabs become blanks, which keep words apart, and other control characters
/// nothing, so a paste can never press Enter.
pub(super) fn paste_line(input: &mut Input, text: &str) {
    let is_blank = |character: char| matches!(character, '\n' | '\r' | '\t');
    for character in text.trim_matches(is_blank).chars() {
        let character = if is_blank(character) { ' ' } else { character };
        if !character.is_control() {
            input.handle(InputRequest::InsertChar(character));
        }
    }
}
