//! The help: a text that is scrolled, and narrowed to what is searched.

use tui_input::Input;

use super::{
    Effects, Model, Overlay,
    overlay::{Scroll, scroll_key},
    update::input_request,
};
use crate::keys::{Code, Key};

/// What of the help is shown.
#[derive(Debug, Default)]
pub struct HelpView {
    /// How far it is scrolled.
    pub scroll: Scroll,
    /// The words that every line shown has; none shows all.
    pub search: Input,
    /// Keys go to the search.
    pub searching: bool,
}

impl Model {
    /// A key while the help is open.
    pub(super) fn help_key(&mut self, key: Key) -> Effects {
        let page = self.page_rows;
        let Some(Overlay::Help(view)) = self.overlays.last_mut() else { return Effects::none() };
        if view.searching {
            match key.code {
                Code::Enter => view.searching = false,
                Code::Esc => (view.search, view.searching) = (Input::default(), false),
                Code::Down => view.scroll.by(1),
                Code::Up => view.scroll.by(-1),
                _ => {
                    if input_request(key).and_then(|request| view.search.handle(request)).is_some() {
                        view.scroll.offset = 0;
                    }
                }
            }
        } else if key == Key::char('/') {
            view.searching = true;
        } else if key.code == Code::Esc && !view.search.value().is_empty() {
            view.search = Input::default();
        } else if scroll_key(&mut view.scroll, key, page) {
            self.overlays.pop();
        }
        Effects::none()
    }
}
