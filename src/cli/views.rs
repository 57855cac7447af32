//! `views`: what can be asked for by name, with how many each holds.

use serde_json::{Value, json};

use super::{Desk, Failure, Output, output::Table};
use crate::index::{View, Views};

/// Prints every view.
pub async fn run(as_json: bool, views: &Views, desk: &Desk, output: &mut Output) -> Result<(), Failure> {
    let index = desk.load().await?;
    let numbered = views.numbered();
    let now = desk.clock.now();
    let rows = || numbered.iter().map(|(key, view)| (*key, *view, index.count(&view.query, now)));
    if as_json {
        return output.json(&rows().map(object).collect::<Vec<Value>>());
    }
    let mut table = Table::new(&["KEY", "VIEW", " COUNT", "SORT", "FROM", "QUERY"]);
    for (key, view, count) in rows() {
        table.row([
            key.map_or(String::new(), |key| key.to_string()),
            view.name.clone(),
            format!("{count:>6}"),
            view.sort.to_string(),
            view.origin.as_str().to_owned(),
            view.text.clone(),
        ]);
    }
    table.print(output)
}

fn object((key, view, count): (Option<u8>, &View, usize)) -> Value {
    json!({
        "key": key, "name": view.name, "query": view.text, "sort": view.sort.to_string(), "count": count,
        "origin": view.origin.as_str(),
    })
}
