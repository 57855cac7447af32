//! Keys as text, and the layered keymap.
//!
//! Generic over the command id: which commands exist is the business of `app`, which keys are pressed that of
//! `runtime`. A keymap is checked as a whole when it is compiled; all mistakes are reported at once.

mod key;
mod keymap;

pub use key::{Code, Key, KeyParseError};
pub use keymap::{Binding, Keymap, KeymapError, Override};
