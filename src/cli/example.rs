//! `config example`: a configuration file with every key, its default and its meaning, all of it commented out.

use crate::{
    app::command::COMMANDS,
    config::settings::{LISTS, RULE, TABLES},
    triage,
};

/// Columns of a line.
const WIDTH: usize = 118;

const HEAD: &[&str] = &[
    "regdesk: every setting with its default (or, where there is none, an example) and what it means.",
    "",
    "A line that begins with `#` and a letter, quote or bracket is a setting: take the `#` away to use it. A line that \
     begins with `# ` explains. Layers, weakest first: built-in values, this file, the environment, options of the \
     command line; `regdesk config show --origin` tells which one counts. `regdesk config check` reads this file and \
     reports every mistake with its place; `regdesk config path` says where it lies; `regdesk config schema` helps an \
     editor. Tokens never stand in here: a profile names where its token comes from.",
];

/// The file.
pub fn example() -> String {
    let mut page = Page::default();
    for paragraph in HEAD {
        page.say(paragraph);
    }
    for table in TABLES {
        page.open(table.name, table.about);
        for setting in table.settings {
            page.say(setting.about);
            page.setting(setting.key, setting.written);
        }
    }
    rules(&mut page);
    page.open(
        "lists",
        "Lists of your own beside the built-in ones (`regdesk rules --lists` counts them): a text file or several, one \
         entry a line, `#` begins a comment; relative paths start at this file. For example: [\"lists/own.txt\"]",
    );
    for (name, about) in LISTS {
        page.say(about);
        page.setting(name, "[]");
    }
    keys(&mut page);
    page.0
}

fn rules(page: &mut Page) {
    page.blank();
    page.say(
        "What registrations are judged by. `regdesk rules` says when each rule fires; a number written here stands over \
         the flow's and over the one stored on the record. The same under [projects.NAME.rules.ID] for one project.",
    );
    for rule in triage::rules() {
        page.open(&format!("rules.{}", rule.id), &format!("{}.", rule.name));
        page.say(RULE.about);
        page.setting(RULE.key, RULE.written);
        for number in rule.numbers {
            page.say(&format!("A number {}.", number.range()));
            page.setting(number.name, &number.default.to_string());
        }
    }
}

fn keys(page: &mut Page) {
    page.open(
        "keys",
        "Keys of the console, by command: a key or a list of keys, which replace the default ones; [] unbinds. Some keys \
         mean one thing on one screen and another on the next; a clash within one of them is an error. These are the \
         defaults (in a registration, space is a further key of page-down).",
    );
    for entry in COMMANDS {
        page.say(&format!("{}.", entry.help));
        let keys: Vec<String> =
            entry.keys.first().map_or(&[][..], |(_, keys)| keys).iter().map(|key| super::quoted(key)).collect();
        page.setting(entry.id, &format!("[{}]", keys.join(", ")));
    }
}

/// The text as it grows.
#[derive(Default)]
struct Page(String);

impl Page {
    fn line(&mut self, parts: &[&str]) {
        self.0.extend(parts.iter().copied().chain(["\n"]));
    }

    fn blank(&mut self) {
        self.line(&[]);
    }

    /// Begins a table, if it has a name.
    fn open(&mut self, name: &str, about: &str) {
        self.blank();
        if !about.is_empty() {
            self.say(about);
        }
        if !name.is_empty() {
            self.line(&["#[", name, "]"]);
        }
    }

    fn setting(&mut self, key: &str, written: &str) {
        self.line(&["#", key, " = ", written]);
    }

    /// A paragraph of comment, broken into lines.
    fn say(&mut self, paragraph: &str) {
        let mut line = String::from("#");
        for word in paragraph.split_whitespace() {
            if line.chars().count() + 1 + word.chars().count() > WIDTH {
                self.line(&[&line]);
                line = String::from("#");
            }
            line.push(' ');
            line.push_str(word);
        }
        self.line(&[&line]);
    }
}
