//! What the documents tell people to type, typed: every command of the README and of the pages of `regdesk help`, in a
//! real shell in a real terminal, over a real data directory, real endpoints on this machine and a real console.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod document;
mod shell;
#[allow(dead_code, reason = "shared with the tests in a terminal, which use all of it")]
#[path = "../pty/terminal.rs"]
mod terminal;
mod tickets;

use std::{fs, process::Command};

use document::{Block, Document};
use shell::Shell;
use terminal::regdesk;

/// Types a document from its beginning to its end.
fn type_all(path: &str) -> Shell {
    let mut shell = Shell::open();
    for block in Document::read(path).blocks {
        match block {
            Block::Shell(commands) => commands.iter().for_each(|command| shell.run(command)),
            Block::Keys(lines) => lines.iter().for_each(|(keys, seen)| shell.press(keys, seen)),
            Block::Toml(text) => shell.check_configuration(&text),
            Block::Shown => {}
        }
    }
    shell.close();
    shell
}

#[test]
fn every_command_of_the_readme_runs() {
    let shell = type_all("README.md");
    let tickets = shell.tickets.taken();
    assert!(!tickets.is_empty(), "the recipe opens tickets");
    for ticket in tickets {
        let ticket: serde_json::Value = serde_json::from_str(&ticket).unwrap();
        assert!(ticket["id"].is_string() && ticket["stuck"]["nextAction"].is_string(), "{ticket}");
    }
}

#[test]
fn every_key_and_command_of_the_page_for_operators_does_what_it_says() {
    type_all("assets/docs/operators.md");
}

#[test]
fn every_command_of_the_page_for_integrators_runs() {
    type_all("assets/docs/integrators.md");
}

#[test]
fn commands_within_sentences_and_pictures_exist() {
    let overview = help(&[]);
    let is_command = |word: &&str| overview.lines().any(|line| line.split_whitespace().next() == Some(*word));
    for path in
        ["README.md", "CHANGELOG.md", "assets/docs/operators.md", "assets/docs/integrators.md", "assets/docs/team.md"]
    {
        let document = Document::read(path);
        for command in document.commands_in_sentences() {
            let words: Vec<&str> = command.split_whitespace().skip(1).collect();
            let path_of_names =
                words.iter().copied().skip_while(|word| !is_command(word)).take_while(|word| is_name(word));
            let names = path_of_names.skip_while(|word| *word == "help");
            let text = help(&names.collect::<Vec<_>>());
            for option in words.iter().filter(|word| word.starts_with("--")) {
                assert!(text.contains(option), "{path}: `{command}` has no {option}: {text}");
            }
        }
        for picture in document.pictures() {
            assert!(fs::exists(document::root().join(&picture)).unwrap(), "{path}: {picture:?}");
        }
    }
}

/// What is told about the command with these names, which must be one, or about all.
fn help(names: &[&str]) -> String {
    let told = Command::new(regdesk()).arg("help").args(names).output().unwrap();
    assert!(told.status.success(), "there is no command {names:?}");
    String::from_utf8(told.stdout).unwrap()
}

/// Whether a word can be the name of a command, as against an option, an id or a file.
fn is_name(word: &str) -> bool {
    !word.starts_with('-') && word.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-')
}
