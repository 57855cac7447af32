//! The filter line with its completions and its past, views, and facets.

use crate::{
    app::{
        Command, Layer, Message, Overlay, Screen, Target,
        facets::Facet,
        kept::Kept,
        testing::{Console, registration},
    },
    index::{Origin, SortField, View, Views},
    model::{Registration, Status},
};

fn people() -> Vec<Registration> {
    let mut shop = registration(3, "Chloé Échantillon", Status::Failed, 60);
    shop.project.name = Some("Aldea Bank".to_owned());
    vec![
        registration(1, "Ana Muestra", Status::Ongoing, 30),
        registration(2, "Bruno Specimen", Status::Started, 20),
        shop,
        registration(4, "Dai 見本", Status::NeedsManualVerification, 5),
    ]
}

fn console() -> Console {
    Console::open(people())
}

fn typed(console: &Console) -> &str {
    console.model.queue.filter.input.value()
}

fn offered(console: &Console) -> Vec<&str> {
    let popup = console.model.queue.filter.popup();
    popup.map_or_else(Vec::new, |popup| popup.choices.all().iter().map(|choice| choice.text.as_str()).collect())
}

fn shown(console: &Console) -> usize {
    console.listed().len()
}

#[test]
fn terms_and_values_are_completed_with_tab_and_the_list_follows() {
    let mut console = console();
    console.keys("/");
    assert!(offered(&console).is_empty(), "nothing stands in the way before something is typed");
    console.keys("stat");
    assert_eq!(offered(&console), ["status:"]);
    assert_eq!(shown(&console), 4, "a word that may become a term is not looked for yet");
    console.keys("<tab>");
    assert_eq!(typed(&console), "status:");
    assert_eq!(offered(&console)[0], "started");
    console.keys("fa<tab>");
    assert_eq!((typed(&console), shown(&console)), ("status:failed", 1));
    assert!(offered(&console).is_empty(), "nothing is missing");
    console.keys(",on<tab><enter>");
    assert_eq!((typed(&console), shown(&console)), ("status:failed,ongoing", 2));
    assert!(!console.model.queue.filter.editing);
}

#[test]
fn completions_are_chosen_by_arrows_and_taken_in_the_middle_of_a_line() {
    let mut console = console();
    console.keys("/status: ana<left><left><left><left>");
    assert_eq!(offered(&console)[0], "started");
    console.keys("<down><down><shift+tab><tab>");
    assert_eq!(typed(&console), "status:ongoing ana");
    console.keys(",f");
    assert_eq!(typed(&console), "status:ongoing,f ana", "the cursor stands after what was taken");
}

#[test]
fn tab_offers_every_term_and_a_project_is_quoted_where_it_must_be() {
    let mut console = console();
    console.keys("/<tab>");
    assert!(offered(&console).contains(&"owner:") && offered(&console).contains(&"returned"));
    console.keys("<esc>project:ald<tab><enter>");
    assert_eq!((typed(&console), shown(&console)), ("project:\"Aldea Bank\"", 1));
}

#[test]
fn escape_closes_the_completions_first_and_brings_the_old_filter_back_then() {
    let mut console = console();
    console.keys("/ana<enter>/<ctrl+u>status:");
    assert!(!offered(&console).is_empty());
    assert!(console.model.queue.filter.shown_mistake().is_none(), "what is being completed is no mistake yet");
    console.keys("<esc>");
    assert!(offered(&console).is_empty() && console.model.queue.filter.editing);
    assert!(console.model.queue.filter.shown_mistake().is_some());
    assert_eq!(shown(&console), 4, "the last right query is in force");
    console.keys("<esc>");
    assert_eq!((typed(&console), shown(&console)), ("ana", 1));
    assert!(!console.model.queue.filter.editing);
}

#[test]
fn earlier_filters_come_back_with_the_arrows_or_as_they_contain_what_is_typed() {
    let mut console = console();
    console.keys("/ana<enter>/<ctrl+u>status:failed<enter>/<ctrl+u>bruno<enter>/<ctrl+u>");
    console.keys("<up>");
    assert_eq!((typed(&console), shown(&console)), ("bruno", 1));
    console.keys("<up><up><up><up>");
    assert_eq!(typed(&console), "ana", "the oldest is the end");
    console.keys("<down><down><down><down>");
    assert_eq!(typed(&console), "", "and what was typed is the other");
    console.keys("na<ctrl+r>");
    assert_eq!(typed(&console), "ana");
    console.keys("<enter>");
    assert_eq!(shown(&console), 1);
}

#[test]
fn filters_and_views_are_there_in_the_next_run() {
    let mut console = console();
    console.keys("/status:failed<enter>Vlost ones<enter>");
    let kept = console.model.kept.clone();
    assert_eq!(kept.filters, ["status:failed"]);
    let written: Kept = serde_json::from_str(&serde_json::to_string(&kept).unwrap()).unwrap();
    let mut next = Console::open(people());
    next.model = std::mem::replace(&mut next.model, Console::open(people()).model).remembering(written, None);
    assert_eq!(next.model.tabs.views().get("lost ones").unwrap().text, "status:failed");
    next.keys("/<up>");
    assert_eq!(typed(&next), "status:failed");
}

#[test]
fn a_filter_is_gone_back_from_and_forward_again_with_its_order() {
    let mut console = console();
    let order = console.model.queue.sort();
    console.keys("/ana<enter>/<ctrl+u>status:failed<enter>u");
    assert_eq!((typed(&console), shown(&console)), ("ana", 1));
    console.keys("u");
    assert_eq!((typed(&console), shown(&console)), ("", 4));
    console.keys("U<ctrl+y>");
    assert_eq!(typed(&console), "status:failed");
    // A view brings an order of its own, and takes it away again.
    console.keys("6");
    assert_eq!(console.model.queue.sort().by, SortField::Created);
    console.keys("u");
    assert_eq!((typed(&console), console.model.queue.sort()), ("status:failed", order));
    console.keys("<esc>");
    assert_eq!(shown(&console), 4);
    console.keys("u");
    assert_eq!(typed(&console), "status:failed", "what was cleared comes back");
    assert!(Command::RedoFilter.unavailable(&console.model).is_none());
    console.keys("/<ctrl+u>dai<enter>");
    assert!(Command::RedoFilter.unavailable(&console.model).is_some(), "a new filter ends the way forward");
}

#[test]
fn views_are_on_the_number_keys_with_counts_that_follow_what_arrives() {
    let mut console = console();
    let count = |console: &Console, name: &str| {
        console.model.tabs.all().find(|(_, view, _)| view.name == name).map(|(_, _, count)| count).unwrap()
    };
    assert_eq!(count(&console, "manual review"), 1);
    console.keys("4");
    assert_eq!((typed(&console), shown(&console)), ("status:needs_manual_verification", 1));
    assert_eq!(console.model.view_in_force().unwrap().name, "manual review");
    console.send(Message::Changed(vec![registration(9, "New", Status::NeedsManualVerification, 1)]));
    assert_eq!((count(&console, "manual review"), shown(&console)), (2, 2));
    console.keys("0");
    assert_eq!((typed(&console), shown(&console)), ("", 5));
    assert!(console.model.view_in_force().is_none());
    console.keys("9");
    assert!(console.model.toast.as_ref().unwrap().text.contains("no view 9"));
    console.send(Message::Click(Target::View(4)));
    assert_eq!(shown(&console), 2);
}

#[test]
fn a_view_is_saved_under_a_free_name_replaced_and_removed() {
    let mut console = console();
    console.keys("V");
    assert!(console.model.overlays.is_empty(), "there is no filter to be saved");
    console.keys("/status:failed<enter>Vmy turn<enter>");
    let Some(Overlay::SaveView(form)) = console.model.overlays.last() else { panic!("closed") };
    assert!(form.problem.as_ref().unwrap().contains("built-in"));
    console.keys("<ctrl+u>lost<enter>");
    assert!(console.model.overlays.is_empty());
    let view = console.model.tabs.views().at(8).unwrap();
    assert_eq!((view.name.as_str(), view.text.as_str(), view.origin), ("lost", "status:failed", Origin::Saved));
    console.keys("08");
    assert_eq!(shown(&console), 1);
    // Names are one whatever their case, now and in the next run.
    console.keys("V<ctrl+u>LOST<enter>");
    assert_eq!(console.model.kept.views.len(), 1);
    // Its own name stands there already.
    console.keys("V<ctrl+x>");
    assert_eq!(console.model.tabs.views().at(8), None);
    assert!(console.model.kept.views.is_empty());
    console.keys("Vnosuch<ctrl+x>");
    assert!(!console.model.overlays.is_empty(), "there is nothing of that name to be removed");
}

#[test]
fn views_of_the_configuration_stand_before_those_that_were_saved() {
    let mut views = Views::default();
    views.put(View::parse("late", "stuck", None, Origin::Configuration).unwrap());
    let mut console = console();
    console.model = std::mem::replace(&mut console.model, Console::open(people()).model).with_views(views);
    console.keys("/status:failed<enter>VLATE<enter>");
    let Some(Overlay::SaveView(form)) = console.model.overlays.last() else { panic!("closed") };
    assert!(form.problem.as_ref().unwrap().contains("configuration"));
}

fn facets(console: &Console) -> Vec<(String, usize)> {
    match console.model.screens.last() {
        Some(Screen::Facets(view)) => {
            view.rows.all().iter().map(|facet: &Facet| (facet.query(), facet.value.count)).collect()
        }
        other => panic!("no facets on top but {other:?}"),
    }
}

#[test]
fn facets_count_what_is_listed_and_narrow_it() {
    let mut console = console();
    console.keys("F");
    assert!(facets(&console).contains(&("status:failed".to_owned(), 1)));
    assert!(facets(&console).contains(&("project:Retail".to_owned(), 3)));
    assert!(!facets(&console).iter().any(|(_, count)| *count == 0));
    console.keys("j<enter>");
    assert_eq!(console.model.layer(), Layer::Queue);
    assert_eq!((typed(&console), shown(&console)), ("status:ongoing", 1));
    console.keys("uF");
    assert_eq!(console.model.selected_facet().unwrap().term, "status");
    console.keys("<tab>");
    assert_eq!(console.model.selected_facet().unwrap().term, "step");
    console.keys("<shift+tab><shift+tab>");
    assert_ne!(console.model.selected_facet().unwrap().term, "status", "it goes round");
}

#[test]
fn a_facet_is_left_out_and_brought_back_without_leaving_the_screen() {
    let mut console = console();
    console.keys("F<space>");
    assert_eq!((typed(&console), console.model.layer()), ("-status:started", Layer::Facets));
    assert!(!facets(&console).iter().any(|(query, _)| query == "status:started"));
    console.keys("-");
    assert_eq!((typed(&console), shown(&console)), ("-status:started -status:ongoing", 2));
    console.keys("uu");
    assert_eq!((typed(&console), console.model.layer()), ("", Layer::Facets));
    assert_eq!(facets(&console).iter().filter(|(query, _)| query.starts_with("status:")).count(), 4);
    console.send(Message::Click(Target::Facet("project:Retail".to_owned())));
    assert_eq!(console.model.selected_facet().unwrap().query(), "project:Retail");
    console.send(Message::Click(Target::Facet("project:Retail".to_owned())));
    assert_eq!(shown(&console), 3, "a second click narrows");
}

#[test]
fn the_order_of_a_view_goes_with_it_unless_another_was_chosen() {
    let mut console = console();
    let own = console.model.queue.sort();
    console.keys("7");
    assert_ne!(console.model.queue.sort(), own, "came back has an order of its own");
    console.keys("0");
    assert_eq!(console.model.queue.sort(), own);
    console.keys("71<esc>");
    assert_eq!(console.model.queue.sort(), own);
    console.keys("7O");
    let chosen = console.model.queue.sort();
    console.keys("0");
    assert_eq!(console.model.queue.sort(), chosen);
}
