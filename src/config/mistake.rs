//! Mistakes in a configuration, and where they stand.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use crate::text;

/// Where a setting stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In the program.
    BuiltIn,
    /// In a file, at a line and column from 1.
    File {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
    },
    /// A file as a whole.
    WholeFile(PathBuf),
    /// An environment variable.
    Environment(&'static str),
    /// An option of the command line.
    Flag(&'static str),
}

impl Place {
    /// Line and column, for the order of messages; whatever stands in no file comes first.
    pub(super) fn line_and_column(&self) -> (usize, usize) {
        match self {
            Self::File { line, column, .. } => (*line, *column),
            _ => (0, 0),
        }
    }

    /// The place of a byte offset in the text of a file.
    pub(super) fn in_file(path: &Path, text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self::File {
            path: path.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuiltIn => formatter.write_str("built-in"),
            Self::File { path, line, column } => {
                write!(formatter, "{}:{line}:{column}", text::clean(&path.to_string_lossy()))
            }
            Self::WholeFile(path) => formatter.write_str(&text::clean(&path.to_string_lossy())),
            Self::Environment(name) | Self::Flag(name) => formatter.write_str(name),
        }
    }
}

/// One mistake. Holds names and places, never values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {}{message}{}", .key.as_deref().map(|key| format!("`{}`: ", text::clean(key))).unwrap_or_default(),
    .nearest.as_deref().map(|name| format!("; did you mean `{}`?", text::clean(name))).unwrap_or_default())]
pub struct Mistake {
    /// Where it stands.
    pub place: Place,
    /// The key with the tables it stands in, for example `profiles.production.url`.
    pub key: Option<String>,
    /// What is wrong and what would be right.
    pub message: String,
    /// The right name that looks most like what was written.
    pub nearest: Option<String>,
}

impl Mistake {
    /// A mistake without key and without a right name.
    pub fn new(place: Place, message: impl Into<String>) -> Self {
        Self { place, key: None, message: message.into(), nearest: None }
    }

    /// Names the key.
    #[must_use]
    pub fn with_key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Names the right name nearest to what was written, if any is near.
    #[must_use]
    pub fn with_nearest<'a>(mut self, written: &str, right: impl IntoIterator<Item = &'a str>) -> Self {
        self.nearest = text::nearest(written, right).map(str::to_owned);
        self
    }
}

/// All mistakes of a configuration: one a line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct Mistakes(pub Vec<Mistake>);

impl Mistakes {
    /// These in the order of their places, what is said twice of a line only once.
    pub fn in_order(mut mistakes: Vec<Mistake>) -> Self {
        mistakes.sort_by_key(|mistake| mistake.place.line_and_column());
        let said =
            |mistake: &Mistake| (mistake.place.line_and_column().0, mistake.message.clone(), mistake.key.clone());
        mistakes.dedup_by_key(|mistake| said(mistake));
        Self(mistakes)
    }

    /// Fails with these, if there are any.
    pub fn none(self) -> Result<(), Self> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }
}

impl From<Mistake> for Mistakes {
    fn from(mistake: Mistake) -> Self {
        Self(vec![mistake])
    }
}
