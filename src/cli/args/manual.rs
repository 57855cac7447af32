//! What the commands take that tell about the program itself.

use std::path::PathBuf;

use clap::{Args, builder::PossibleValuesParser};
use clap_complete::Shell;

use crate::cli::schema::COMMANDS;

/// `schema`.
#[derive(Debug, Args)]
pub struct SchemaArguments {
    /// Only of this command
    #[arg(value_name = "COMMAND", value_parser = PossibleValuesParser::new(COMMANDS))]
    pub command: Option<String>,
}

/// `completions`.
#[derive(Debug, Clone, Copy, Args)]
pub struct CompletionsArguments {
    /// Which shell
    #[arg(value_name = "SHELL")]
    pub shell: Shell,
}

/// `man`.
#[derive(Debug, Args)]
pub struct ManArguments {
    /// Where the pages go; made if it is not there, and pages in it are replaced
    #[arg(value_name = "DIRECTORY")]
    pub directory: Option<PathBuf>,
}

/// `help`.
#[derive(Debug, Args)]
pub struct HelpArguments {
    /// operators, integrators, or a command
    #[arg(value_name = "TOPIC|COMMAND")]
    pub words: Vec<String>,
}
