//! Views: queries with a name and an order, built in, configured, or saved at the console.

use super::{Query, QueryError, Sort, SortError};
use crate::{model::fold_word, text};

/// Who a view comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The program.
    BuiltIn,
    /// The configuration.
    Configuration,
    /// Saved at the console.
    Saved,
}

impl Origin {
    /// The words for people and for JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BuiltIn => "built in",
            Self::Configuration => "configuration",
            Self::Saved => "saved",
        }
    }
}

/// A query with a name and an order.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// What it is called.
    pub name: String,
    /// What it asks, as it was written.
    pub text: String,
    /// What it asks.
    pub query: Query,
    /// The order of its rows.
    pub sort: Sort,
    /// The number key it insists on, 1 to 9.
    pub key: Option<u8>,
    /// Who it comes from.
    pub origin: Origin,
}

/// Why something is no view.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ViewError {
    /// The name.
    #[error("{0}")]
    Name(&'static str),
    /// The query.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// The order.
    #[error(transparent)]
    Sort(#[from] SortError),
}

/// Columns of a name at most.
const LONGEST_NAME: usize = 24;

impl View {
    /// A view from its words; without an order, the most urgent come first.
    pub fn parse(name: &str, query: &str, sort: Option<&str>, origin: Origin) -> Result<Self, ViewError> {
        let name = name.trim();
        check_name(name)?;
        Ok(Self {
            name: name.to_owned(),
            text: query.trim().to_owned(),
            query: Query::parse(query)?,
            sort: Sort::parse(sort.unwrap_or("urgency"))?,
            key: None,
            origin,
        })
    }

    /// Whether this is its name, however it is spaced and written: `my-turn` is `My turn`.
    pub fn is_called(&self, name: &str) -> bool {
        fold_word(&self.name) == fold_word(name)
    }
}

fn check_name(name: &str) -> Result<(), ViewError> {
    let says_something = name.chars().any(char::is_alphanumeric);
    if !says_something || text::clean(name) != name {
        Err(ViewError::Name("the name of a view consists of letters, digits, blanks and signs"))
    } else if text::width(name) > LONGEST_NAME {
        Err(ViewError::Name("the name of a view is at most 24 columns long"))
    } else {
        Ok(())
    }
}

/// The built-in views: name, query, order.
const BUILT_IN: &[(&str, &str, &str)] = &[
    ("my turn", "turn:operator -snoozed", "urgency"),
    ("stuck", "stuck -snoozed", "urgency"),
    ("breached", "breached -snoozed", "urgency"),
    ("manual review", "status:needs_manual_verification", "urgency"),
    ("flagged high", "flag:high", "risk"),
    ("new today", "created:today", "created"),
    ("came back", "returned", "updated"),
];

/// All views of a desk, each name once.
#[derive(Debug, Clone, PartialEq)]
pub struct Views(Vec<View>);

impl Default for Views {
    fn default() -> Self {
        let view = |(name, query, sort): &(&str, &str, &str)| View::parse(name, query, Some(*sort), Origin::BuiltIn);
        Self(BUILT_IN.iter().filter_map(|view_of| view(view_of).ok()).collect())
    }
}

impl Views {
    /// Every view: in the order of their numbers, then those without one.
    pub fn numbered(&self) -> Vec<(Option<u8>, &View)> {
        let taken: Vec<u8> = self.0.iter().filter_map(|view| view.key).collect();
        let mut free = (1..=9).filter(|key| !taken.contains(key));
        let mut all: Vec<(Option<u8>, &View)> =
            self.0.iter().map(|view| (view.key.or_else(|| free.next()), view)).collect();
        // Stable: those without a number stay in their order.
        all.sort_by_key(|(key, _)| key.unwrap_or(u8::MAX));
        all
    }

    /// The view with a number.
    pub fn at(&self, key: u8) -> Option<&View> {
        self.numbered().into_iter().find(|(number, _)| *number == Some(key)).map(|(_, view)| view)
    }

    /// The view of a name.
    pub fn get(&self, name: &str) -> Option<&View> {
        self.0.iter().find(|view| view.is_called(name))
    }

    /// The names of all.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|view| view.name.as_str())
    }

    /// Adds a view, or puts it into the place of the one that is called so.
    pub fn put(&mut self, view: View) {
        match self.0.iter_mut().find(|known| known.is_called(&view.name)) {
            Some(known) => *known = view,
            None => self.0.push(view),
        }
    }

    /// Takes a view away; tells whether there was one.
    pub fn remove(&mut self, name: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|view| !view.is_called(name));
        self.0.len() < before
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{BUILT_IN, Origin, View, ViewError, Views};

    fn view(name: &str, key: Option<u8>) -> View {
        View { key, ..View::parse(name, "status:failed", None, Origin::Saved).unwrap() }
    }

    #[test]
    fn every_built_in_view_reads_and_has_the_number_of_its_place() {
        let views = Views::default();
        assert_eq!(views.names().count(), BUILT_IN.len());
        assert_eq!(views.at(1).unwrap().name, "my turn");
        assert_eq!(views.at(7).unwrap().name, "came back");
        assert_eq!(views.at(8), None);
    }

    #[test]
    fn a_view_that_insists_on_a_number_gets_it_and_the_others_keep_their_order() {
        let mut views = Views::default();
        views.put(view("mine", Some(2)));
        views.put(view("late", None));
        let names: Vec<&str> = views.numbered().into_iter().map(|(_, view)| view.name.as_str()).collect();
        assert_eq!(names[..4], ["my turn", "mine", "stuck", "breached"]);
        assert_eq!(views.at(9).unwrap().name, "late");
        views.put(view("one too many", None));
        assert_eq!(views.numbered().last().unwrap().0, None);
    }

    #[test]
    fn a_name_is_the_same_however_it_is_spaced_and_stands_once() {
        let mut views = Views::default();
        assert!(views.get("My-Turn").is_some());
        views.put(view("MY TURN", None));
        assert_eq!(views.names().count(), BUILT_IN.len());
        assert_eq!(views.at(1).unwrap().text, "status:failed");
        assert!(views.remove("my_turn") && !views.remove("my_turn"));
    }

    #[test]
    fn what_is_no_view_says_why() {
        let error = |name, query, sort| View::parse(name, query, sort, Origin::Saved).unwrap_err();
        assert!(matches!(error("  ", "", None), ViewError::Name(_)));
        assert!(matches!(error("\u{1b}[2J", "", None), ViewError::Name(_)));
        assert!(matches!(error("a name that is by far too long", "", None), ViewError::Name(_)));
        assert!(matches!(error("a", "nosuch:1", None), ViewError::Query(_)));
        assert!(matches!(error("a", "", Some("size")), ViewError::Sort(_)));
    }
}
