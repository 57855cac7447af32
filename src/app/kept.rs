//! What the console remembers from one run to the next, for one profile.
//!
//! It changes only through [`Model::keep`], which hands it to the runtime whenever it has changed.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    Effect, Effects, Layer, Model,
    look::ThemeName,
    model::{Toast, ToastKind},
};
use crate::index::Sort;

/// What is remembered. A file written by an older or newer program is read as far as it is understood.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Kept {
    /// The order of the queue, as on the command line.
    pub sort: Option<String>,
    /// The theme that was chosen at the console; none is the one of the configuration.
    pub theme: Option<ChosenTheme>,
    /// The columns that were chosen at the console; none are those of the configuration.
    pub columns: Option<KeptColumns>,
    /// Times instead of spans in the queue.
    pub absolute_times: bool,
    /// Filters that were typed, the latest last. They may hold what people are called.
    pub filters: Vec<String>,
    /// Views that were saved.
    pub views: Vec<KeptView>,
    /// No preview beside the queue.
    pub without_preview: bool,
    /// The screens whose first hint has been seen.
    #[serde(deserialize_with = "known_layers")]
    pub hints_seen: BTreeSet<Layer>,
}

/// The layers that this program knows; those of another version are left out.
fn known_layers<'de, D: serde::Deserializer<'de>>(source: D) -> Result<BTreeSet<Layer>, D::Error> {
    let words = Vec::<serde_json::Value>::deserialize(source)?;
    Ok(words.into_iter().filter_map(|word| serde_json::from_value(word).ok()).collect())
}

/// A view saved at the console.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptView {
    /// What it is called.
    pub name: String,
    /// What it asks.
    pub query: String,
    /// The order of its rows, as on the command line.
    pub sort: String,
}

/// A theme chosen at the console.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChosenTheme {
    /// The one of the configuration at that time: once that says another, it is the later word.
    pub over: String,
    /// The one that was chosen.
    pub name: String,
}

/// Columns chosen at the console.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptColumns {
    /// Those of the configuration at that time, by name: once that says others, it is the later word.
    pub over: Option<Vec<String>>,
    /// Those that were chosen, in order.
    pub columns: Vec<KeptColumn>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptColumn {
    /// Its name in the configuration.
    pub name: String,
    /// Its width, if that was said.
    pub width: Option<u16>,
}

impl Model {
    /// Goes on as the console was left, with hints on screens that were never used; `problem` says why it could not be remembered.
    #[must_use]
    pub fn remembering(mut self, mut kept: Kept, problem: Option<String>) -> Self {
        if let Some(sort) = kept.sort.as_deref().and_then(|text| Sort::parse(text).ok()) {
            self.queue.sort_by(sort);
        }
        kept.theme.take_if(|chosen| chosen.over != self.look.theme.as_str());
        if let Some(theme) = kept.theme.as_ref().and_then(|chosen| ThemeName::parse(&chosen.name)) {
            self.look.theme = theme;
        }
        if let Some(columns) = &kept.columns {
            self.recall_columns(columns);
        }
        self.queue.columns.absolute_times = kept.absolute_times;
        self.add_kept_views(&kept);
        self.queue.without_preview = kept.without_preview;
        self.kept = kept;
        self.gives_hints = true;
        // In the log and not on the screen: it is no reason to hold anybody up.
        self.log.extend(problem.map(|text| Toast { kind: ToastKind::Error, text, at: self.now }));
        self
    }

    /// Changes what is remembered; kept for the next run if it has become something else.
    pub(super) fn keep(&mut self, change: impl FnOnce(&mut Kept)) -> Effects {
        let before = self.kept.clone();
        change(&mut self.kept);
        if self.kept == before { Effects::none() } else { Effects::one(Effect::Keep(Box::new(self.kept.clone()))) }
    }
}
