//! `[views.NAME]`: views of the house beside the built-in ones, in their place, or instead of them.

use toml::de::{DeTable, DeValue};

use super::{
    Mistake, Place,
    section::{Found, Reading, Section, type_in_words},
};
use crate::index::{Origin, View, ViewError, Views};

/// The built-in views with what the table says over them.
pub(super) fn views_of(table: &DeTable<'_>, reading: &mut Reading<'_>) -> Views {
    let mut views = Views::default();
    let mut taken: Vec<(u8, String)> = Vec::new();
    for (name, value) in table {
        let place = reading.place(name.span().start);
        match change_of(name.get_ref(), value.get_ref(), &place, &views, reading) {
            Some(Change::Put(view)) => views.put(claim_key(view, &place, &mut taken, reading)),
            Some(Change::Remove) => {
                views.remove(name.get_ref());
            }
            None => {}
        }
    }
    views
}

/// What one table of a view comes to.
enum Change {
    Put(View),
    Remove,
}

/// Leaves a view its number, unless another one has it.
fn claim_key(mut view: View, place: &Place, taken: &mut Vec<(u8, String)>, reading: &mut Reading<'_>) -> View {
    let Some(key) = view.key else { return view };
    if let Some((_, other)) = taken.iter().find(|(taken, _)| *taken == key) {
        let message = format!("the key {key} is that of the view {other} already");
        let name = format!("views.{}.key", view.name);
        reading.mistakes.push(Mistake::new(place.clone(), message).with_key(name));
        view.key = None;
    } else {
        taken.push((key, view.name.clone()));
    }
    view
}

fn change_of(
    name: &str,
    value: &DeValue<'_>,
    place: &Place,
    known: &Views,
    reading: &mut Reading<'_>,
) -> Option<Change> {
    let path = format!("views.{name}");
    let Some(table) = value.as_table() else {
        let message = format!("must be a table: [views.{name}], not {}", type_in_words(value));
        reading.mistakes.push(Mistake::new(place.clone(), message).with_key(path));
        return None;
    };
    let mut section = Section::new(table, path.clone());
    let query = section.text(reading, "query");
    let sort = section.text(reading, "sort");
    let key = section.number(reading, "key").and_then(|key| number_of(&key, &path, reading));
    let enabled = section.switch(reading, "enabled").is_none_or(|found| found.value);
    let has_query = section.has_any(&["query"]);
    section.finish(reading);
    let built_in = known.get(name);
    if !enabled {
        if built_in.is_none() {
            let mistake = Mistake::new(place.clone(), "there is no built-in view of this name to be taken away");
            reading.mistakes.push(mistake.with_key(path).with_nearest(name, known.names()));
        }
        return Some(Change::Remove);
    }
    if built_in.is_none() && !has_query {
        let mistake = Mistake::new(place.clone(), "a view of your own needs a query, for example \"turn:operator\"");
        reading.mistakes.push(mistake.with_key(format!("{path}.query")).with_nearest(name, known.names()));
        return None;
    }
    let mut view = match (built_in, &query) {
        (Some(built_in), None) => View { origin: Origin::Configuration, ..built_in.clone() },
        (_, Some(query)) => parsed(name, query, sort.as_ref(), place, reading)?,
        (None, None) => return None,
    };
    if let (None, Some(sort)) = (&query, &sort) {
        view.sort =
            parsed(name, &Found { value: view.text.clone(), place: place.clone() }, Some(sort), place, reading)?.sort;
    }
    view.key = key;
    Some(Change::Put(view))
}

/// The view that its words come to; a mistake in them stands at its key.
fn parsed(
    name: &str,
    query: &Found<String>,
    sort: Option<&Found<String>>,
    place: &Place,
    reading: &mut Reading<'_>,
) -> Option<View> {
    let parsed = View::parse(name, &query.value, sort.map(|found| found.value.as_str()), Origin::Configuration);
    let mistake = match parsed {
        Ok(view) => return Some(view),
        Err(ViewError::Name(message)) => Mistake::new(place.clone(), message).with_key(format!("views.{name}")),
        Err(ViewError::Query(error)) => {
            let before = query.value.get(..error.at.start).unwrap_or_default();
            let message = format!("at character {} of the query: {}", before.chars().count() + 1, error.message);
            Mistake::new(query.place.clone(), message).with_key(format!("views.{name}.query"))
        }
        Err(ViewError::Sort(error)) => {
            let place = sort.map_or(place, |found| &found.place);
            Mistake::new(place.clone(), error.to_string()).with_key(format!("views.{name}.sort"))
        }
    };
    reading.mistakes.push(mistake);
    None
}

/// A number from 1 to 9.
fn number_of(found: &Found<f64>, path: &str, reading: &mut Reading<'_>) -> Option<u8> {
    let number = (1..=9_u8).find(|number| (f64::from(*number) - found.value).abs() < f64::EPSILON);
    if number.is_none() {
        let message = "must be a number from 1 to 9: the key that shows the view";
        reading.mistakes.push(Mistake::new(found.place.clone(), message).with_key(format!("{path}.key")));
    }
    number
}
