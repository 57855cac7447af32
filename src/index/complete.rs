//! What may be typed next at a place of a query: terms, and the values that registrations have, with their counts.

use std::ops::Range;

use super::{
    Index, ValueCount,
    query::{BARE, Query, TERMS},
    values,
};
use crate::{
    model::{StepKind, Timestamp},
    triage::names::fold_text,
};

/// One thing that may be typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// What is put in the place.
    pub text: String,
    /// What it means.
    pub about: String,
    /// How many it would leave, of what the rest of the query leaves; `None` where that is not counted.
    pub count: Option<usize>,
}

/// What may be typed at a place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Completion {
    /// What a candidate takes the place of, as byte offsets into the text.
    pub at: Range<usize>,
    /// The best first; empty where nothing is known.
    pub candidates: Vec<Candidate>,
    /// The word that may still become a term, with its sign, as byte offsets.
    pub begun: Option<Range<usize>>,
}

/// Finds completions, and remembers the counts of a term for as long as only its value changes.
#[derive(Debug, Default)]
pub struct Completer {
    counted: Option<Counted>,
}

#[derive(Debug)]
struct Counted {
    term: String,
    /// The query without the term that is typed.
    rest: String,
    values: Vec<ValueCount>,
}

/// Values to begin with, for terms that compare.
const EXAMPLES: &[(&str, &[(&str, &str)])] = &[
    ("risk", &[(">=70", "70 and more"), (">=40", "40 and more"), ("0", "nothing at all")]),
    (
        "age",
        &[(">2h", "not moved for two hours"), (">1d", "for a day"), (">7d", "for a week"), ("<1h", "moved lately")],
    ),
    ("created", &[("today", "since midnight, UTC"), ("<1d", "in the last day"), ("<7d", "in the last week")]),
    ("updated", &[("today", "since midnight, UTC"), ("<1h", "in the last hour"), (">7d", "not for a week")]),
    ("attempts", &[(">=2", "two and more"), (">=3", "three and more")]),
    ("face", &[("<0.85", "below 0.85"), ("<0.7", "below 0.7"), (">=0.95", "0.95 and more")]),
    ("liveness", &[("<0.6", "below 0.6"), ("<0.5", "below 0.5")]),
    ("linked", &[(">=1", "with anybody"), (">=3", "with three and more")]),
    ("flips", &[("face=0.80", "with this minimum"), ("liveness=0.65", "with this minimum")]),
];

/// The word that is typed at the cursor, and what is around it.
struct Place<'a> {
    /// The word up to the cursor, without its `-`.
    typed: &'a str,
    /// Where that begins.
    start: usize,
    /// Where the value or word under the cursor ends.
    end: usize,
    /// The whole word with its `-`.
    word: Range<usize>,
}

impl<'a> Place<'a> {
    /// The place of a cursor, a byte offset.
    fn of(text: &'a str, cursor: usize) -> Self {
        let (mut begin, mut in_quotes) = (0, false);
        for (offset, character) in text[..cursor].char_indices() {
            match character {
                '"' => in_quotes = !in_quotes,
                blank if blank.is_whitespace() && !in_quotes => begin = offset + blank.len_utf8(),
                _ => {}
            }
        }
        let rest = &text[cursor..];
        let end_of = |ends: &dyn Fn(char) -> bool| cursor + rest.find(ends).unwrap_or(rest.len());
        let end = if in_quotes { text.len() } else { end_of(&|found| found == ',' || found.is_whitespace()) };
        let word_end = if in_quotes { text.len() } else { end_of(&char::is_whitespace) };
        let start = begin + usize::from(text[begin..cursor].starts_with('-'));
        Self { typed: &text[start..cursor], start, end, word: begin..word_end }
    }

    /// The term whose value is typed, with where the value begins.
    fn term(&self) -> Option<(&'a str, usize)> {
        let colon = self.typed.find(':')?;
        let mut value = colon + 1;
        let mut in_quotes = false;
        for (offset, character) in self.typed.char_indices().skip_while(|(offset, _)| *offset <= colon) {
            match character {
                '"' => in_quotes = !in_quotes,
                ',' if !in_quotes => value = offset + 1,
                _ => {}
            }
        }
        Some((&self.typed[..colon], self.start + value))
    }
}

/// The whole word, with its sign, values and quotes, that a place in a query belongs to; both as byte offsets.
pub fn word_at(text: &str, place: usize) -> Range<usize> {
    Place::of(text, place).word
}

impl Completer {
    /// Forgets what was counted, because registrations may have changed.
    pub fn forget(&mut self) {
        self.counted = None;
    }

    /// What may be typed at the cursor, a byte offset into the text. Nothing where nothing has been typed yet, unless
    /// everything is asked for.
    pub fn complete(
        &mut self,
        index: &Index,
        (text, cursor): (&str, usize),
        everything: bool,
        now: Timestamp,
    ) -> Completion {
        let place = Place::of(text, cursor);
        if let Some((term, start)) = place.term() {
            let candidates = self.values(index, (text, &place), (&term.to_lowercase(), &text[start..cursor]), now);
            return Completion { at: start..place.end, candidates, begun: None };
        }
        let candidates = if place.typed.is_empty() && !everything { Vec::new() } else { terms(place.typed) };
        let is_begun = !place.typed.is_empty() && candidates.iter().any(|candidate| candidate.text.ends_with(':'));
        Completion { at: place.start..place.end, candidates, begun: is_begun.then_some(place.word) }
    }

    fn values(
        &mut self,
        index: &Index,
        (text, place): (&str, &Place),
        (term, typed): (&str, &str),
        now: Timestamp,
    ) -> Vec<Candidate> {
        let compared = EXAMPLES.iter().find(|(name, _)| term.split('.').next() == Some(*name));
        if let Some((_, examples)) = compared {
            let fits = examples.iter().filter(|(value, _)| value.starts_with(typed) && *value != typed);
            return fits.map(|(value, about)| candidate(value, about, None)).collect();
        }
        if !values::COUNTED.contains(&term) {
            return Vec::new();
        }
        let rest = format!("{}{}", &text[..place.word.start], &text[place.word.end..]);
        let is_counted = self.counted.as_ref().is_some_and(|counted| counted.term == term && counted.rest == rest);
        if !is_counted {
            // A mistake elsewhere must not take the values away: they are counted over everything then.
            let query = Query::parse(&rest).unwrap_or_default();
            let rows = query.rows(&index.columns, now);
            let values = values::over(term, &index.columns, index.columns.among(&rows));
            self.counted = Some(Counted { term: term.to_owned(), rest, values });
        }
        let values = self.counted.iter().flat_map(|counted| &counted.values);
        let typed = fold_text(typed.trim_start_matches('"'));
        let mut fits: Vec<(usize, &ValueCount)> =
            values.filter_map(|value| Some((rank(&value.text, &value.about, &typed)?, value))).collect();
        fits.sort_by_key(|(rank, _)| *rank);
        // What stands there already needs no help.
        if let [(_, only)] = fits.as_slice()
            && fold_text(&only.text) == typed
        {
            return Vec::new();
        }
        fits.into_iter().map(|(_, value)| candidate(&value.text, &value.about, Some(value.count))).collect()
    }
}

fn candidate(text: &str, about: &str, count: Option<usize>) -> Candidate {
    Candidate { text: text.to_owned(), about: about.to_owned(), count }
}

/// How well a value fits what is typed, 0 is best: its beginning, a part of it, a part of what it means.
fn rank(value: &str, about: &str, typed: &str) -> Option<usize> {
    let value = fold_text(value);
    let value = value.trim_matches('"');
    if value.starts_with(typed) {
        Some(0)
    } else if value.contains(typed) {
        Some(1)
    } else {
        fold_text(about).contains(typed).then_some(2)
    }
}

/// Terms that begin as typed.
fn terms(typed: &str) -> Vec<Candidate> {
    let typed = typed.to_lowercase();
    if let Some(part) = typed.strip_prefix("attempts.") {
        let steps = StepKind::ALL.iter().filter(|step| step.as_str().starts_with(part));
        return steps.map(|step| candidate(&format!("attempts.{step}:"), step.label(), None)).collect();
    }
    let bare = BARE.iter().filter(|(word, _)| word.starts_with(&typed) && *word != typed);
    let with_values = TERMS.iter().filter(|term| term.name.starts_with(&typed));
    let with_values = with_values.map(|term| candidate(&format!("{}:", term.name), term.about, None));
    bare.map(|(word, about)| candidate(word, about, None)).chain(with_values).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::{Completer, Completion};
    use crate::{
        index::{Index, Query},
        model::Status,
        triage::testing::{at, finished, named},
    };

    fn index() -> Index {
        let mut failed = named("b");
        failed.status = Status::Failed;
        failed.project.name = Some("Aldea Bank".to_owned());
        let mut odd = named("c");
        odd.status = Status::Unknown("Frozen by law".to_owned());
        let mut index = Index::default();
        index.upsert([finished(), failed, odd].map(Arc::new).to_vec(), at(1_000));
        index
    }

    /// The text with a `|` where the cursor stands.
    fn complete(text: &str) -> Completion {
        let cursor = text.find('|').unwrap();
        Completer::default().complete(&index(), (&text.replace('|', ""), cursor), false, at(1_000))
    }

    fn texts(text: &str) -> Vec<String> {
        complete(text).candidates.into_iter().map(|candidate| candidate.text).collect()
    }

    #[test]
    fn a_term_is_completed_from_its_beginning_and_its_values_after_the_colon() {
        assert_eq!(texts("st|"), ["stuck", "status:", "step:", "stuck:", "stage:"]);
        assert_eq!(texts("-bre|"), ["breached"]);
        assert_eq!(complete("alba -bre|").at, 6..9);
        assert_eq!(texts("status:fa|"), ["failed"]);
        assert_eq!(complete("status:failed,on|").at, 14..16);
        assert_eq!(texts("turn:op|"), ["operator"]);
        assert_eq!(texts("attempts.bio|"), ["attempts.biometric_verification:"]);
        assert_eq!(texts("created:to|"), ["today"]);
        assert!(texts("|").is_empty() && texts("alba |").is_empty(), "nothing is typed yet");
        assert!(texts("status:failed|").is_empty(), "nothing is missing");
        assert!(texts("nosuch:a|").is_empty());
    }

    #[test]
    fn values_are_found_by_what_they_mean_and_quoted_where_they_must_be() {
        assert!(texts("flag:selfie|").iter().any(|rule| crate::triage::rule(rule).is_some()));
        assert_eq!(texts("status:froz|"), ["\"Frozen by law\""]);
        assert_eq!(texts("project:\"aldea b|"), ["\"Aldea Bank\""]);
    }

    #[test]
    fn values_are_counted_over_what_the_rest_of_the_query_leaves() {
        let count = |text: &str, value: &str| {
            complete(text).candidates.into_iter().find(|found| found.text == value).unwrap().count
        };
        assert_eq!(count("status:|", "failed"), Some(1));
        assert_eq!(count("status:| project:Aldea", "completed"), Some(0));
        assert_eq!(count("status:| nosuch:1", "failed"), Some(1), "a mistake elsewhere takes nothing away");
    }

    proptest! {
        #[test]
        fn a_completion_lies_in_the_text_and_every_accepted_value_reads(
            text in "(status|flag|project|stuck|-turn|owner|x)(:|)[a-z\", ]{0,6}", cursor in 0_usize..20,
        ) {
            let cursor = cursor.min(text.len());
            let found = Completer::default().complete(&index(), (&text, cursor), true, at(1_000));
            prop_assert!(text.get(found.at.clone()).is_some() && found.at.end >= cursor);
            for candidate in found.candidates.iter().filter(|candidate| !candidate.text.ends_with(':')) {
                let alone = match text[..found.at.start].rsplit(' ').next() {
                    Some(term) if term.contains(':') => format!("{}{}", &term[..=term.find(':').unwrap()], candidate.text),
                    _ => candidate.text.clone(),
                };
                prop_assert!(Query::parse(&alone).is_ok(), "{alone}");
            }
        }
    }
}
