//! `help`: the pages about a topic, or the help of a command.

use clap::{Command, CommandFactory};

use super::{Failure, Output, args::Arguments, output, page};
use crate::text;

/// What can be read about, beside the commands: name, what it is about, and the page.
pub const TOPICS: [(&str, &str, &str); 3] = [
    ("operators", "a triage, screen by screen", include_str!("../../assets/docs/operators.md")),
    ("integrators", "the endpoint with curl, tokens, webhooks", include_str!("../../assets/docs/integrators.md")),
    ("team", "one store in a database for many desks", include_str!("../../assets/docs/team.md")),
];

/// Prints the page of a topic; or else the help of a command, or without words of the program, as `--help` does. Fails
/// with wrong usage if there is neither.
pub fn run(words: &[String], to: &mut Output) -> Result<(), Failure> {
    if let [word] = words
        && let Some((_, _, page)) = TOPICS.iter().find(|(name, ..)| name == word)
    {
        return to.written(&page::plain(page));
    }
    let program = Arguments::command();
    let mut command = &program;
    for word in words {
        command = command.find_subcommand(word).ok_or_else(|| unknown(word, command))?;
    }
    to.flush()?;
    let call = ["regdesk"].into_iter().chain(words.iter().map(String::as_str)).chain(["--help"]);
    match program.clone().try_get_matches_from(call) {
        Err(answer) => answer.print().map_err(output::written),
        Ok(_) => Ok(()),
    }
}

fn unknown(word: &str, command: &Command) -> Failure {
    let names = command.get_subcommands().map(Command::get_name).chain(TOPICS.map(|(name, ..)| name));
    let hint = text::nearest(word, names).map(|near| format!("; did you mean `{near}`?"));
    let hint = hint.unwrap_or_else(|| "; `regdesk help` lists them".to_owned());
    Failure::Usage(format!("there is no command or topic `{word}`{hint}"))
}
