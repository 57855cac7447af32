//! `[ui]` and `[theme]`: how the console looks.

use toml::de::{DeTable, DeValue};

use super::{
    Mistake, UiSettings,
    section::{Reading, Section, type_in_words},
};
use crate::{
    text,
    ui::{
        color,
        columns::Column,
        theme::{MEANINGS, OwnTheme, ThemeName},
    },
};

/// The columns that `[queue]` names; each once.
pub(super) fn columns_of(queue: &DeTable<'_>, reading: &mut Reading<'_>) -> Option<Vec<Column>> {
    let mut section = Section::new(queue, "queue");
    let found = section.texts(reading, "columns", "[\"status\", \"stuck\", \"age\"]");
    let path = section.path_of("columns");
    section.finish(reading);
    let found = found?;
    let mut columns = Vec::new();
    for name in &found.value {
        let wrong = match Column::parse(name) {
            Some(column) if !columns.contains(&column) => {
                columns.push(column);
                continue;
            }
            Some(_) => format!("names `{name}` twice"),
            None => format!("there is no column `{}`", text::clean(name)),
        };
        let known = Column::choosable().map(|column| column.shape().name);
        let mistake = Mistake::new(found.place.clone(), wrong).with_key(path.clone());
        reading.mistakes.push(if Column::parse(name).is_none() { mistake.with_nearest(name, known) } else { mistake });
    }
    Some(columns)
}

/// What both tables say, over the built-in look.
pub(super) fn ui_of(ui: Option<&DeTable<'_>>, theme: Option<&DeTable<'_>>, reading: &mut Reading<'_>) -> UiSettings {
    let mut settings = UiSettings { own: theme.map(|theme| own_of(theme, reading)), ..UiSettings::default() };
    if settings.own.is_some() {
        settings.theme = ThemeName::Own;
    }
    let Some(ui) = ui else { return settings };
    let mut section = Section::new(ui, "ui");
    if let Some(found) = section.word(reading, "theme", &names(ThemeName::ALL)) {
        if found.value == ThemeName::Own && settings.own.is_none() {
            let message = "there are no colours of your own; say them in a table [theme]";
            reading.mistakes.push(Mistake::new(found.place, message).with_key("ui.theme"));
        }
        settings.theme = found.value;
    }
    settings.mouse = section.switch(reading, "mouse").map_or(settings.mouse, |found| found.value);
    let decision_keys = section.switch(reading, "decision_keys");
    settings.decision_keys = decision_keys.map_or(settings.decision_keys, |found| found.value);
    settings.plain = section.switch(reading, "plain").map_or(settings.plain, |found| found.value);
    settings.ascii = section.switch(reading, "ascii").map(|found| found.value);
    section.finish(reading);
    settings
}

fn names(themes: &[ThemeName]) -> Vec<(&'static str, ThemeName)> {
    themes.iter().map(|theme| (theme.as_str(), *theme)).collect()
}

/// The user's own theme: colours by meaning, over another theme.
fn own_of(table: &DeTable<'_>, reading: &mut Reading<'_>) -> OwnTheme {
    const NOT_BELOW: [ThemeName; 2] = [ThemeName::Own, ThemeName::None];
    let below: Vec<ThemeName> = ThemeName::ALL.iter().copied().filter(|name| !NOT_BELOW.contains(name)).collect();
    let mut section = Section::new(table, "theme");
    let base = section.word(reading, "base", &names(&below)).map_or(ThemeName::Auto, |found| found.value);
    let mut colors = Vec::new();
    for (name, meaning) in MEANINGS {
        let Some((offset, value)) = section.get(name) else { continue };
        let written = match value {
            DeValue::String(text) => Ok(text.to_string()),
            DeValue::Integer(number) if number.radix() == 10 => Ok(number.as_str().to_owned()),
            other => Err(type_in_words(other)),
        };
        match written.as_deref().map(|text| (text, color::parse(text))) {
            Ok((_, Some(color))) => colors.push((*meaning, color)),
            Ok((text, None)) => {
                let message = "must be a colour: its name (red, bright-red, default, …), \"#87d7ff\" or 0 to 255";
                let mistake = Mistake::new(reading.place(offset), message).with_key(section.path_of(name));
                reading.mistakes.push(mistake.with_nearest(text, color::names()));
            }
            Err(found) => {
                let message = format!("must be a colour: \"bright-red\", \"#87d7ff\" or 0 to 255, not {found}");
                reading.mistakes.push(Mistake::new(reading.place(offset), message).with_key(section.path_of(name)));
            }
        }
    }
    section.finish(reading);
    OwnTheme { base, colors }
}
