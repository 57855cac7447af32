//! `man`: the manual, made from the command line itself.

use std::{fs, io, path::Path};

use clap::{Command, CommandFactory};
use clap_mangen::Man;

use super::{Failure, Output, args::Arguments, notice};

/// Writes a page for every command into a directory, making it if need be; without one, prints the page of the program.
pub fn run(directory: Option<&Path>, output: &mut Output) -> Result<(), Failure> {
    let mut command = Arguments::command();
    command.build();
    let Some(directory) = directory else {
        let page = rendered(command).map_err(Failure::io("the page"))?;
        return output.written(&String::from_utf8_lossy(&page));
    };
    fs::create_dir_all(directory).map_err(Failure::io(directory.display().to_string()))?;
    let written = write_pages(command, directory, output)?;
    notice(&format!("{written} pages are in {}", directory.display()));
    Ok(())
}

/// Writes the page of a command and those of the commands below it, and prints their names. Returns how many.
fn write_pages(command: Command, directory: &Path, output: &mut Output) -> Result<usize, Failure> {
    let below: Vec<Command> = command.get_subcommands().filter(|below| !below.is_hide_set()).cloned().collect();
    let path = directory.join(Man::new(command.clone()).get_filename());
    let shown = path.display().to_string();
    rendered(command).and_then(|page| fs::write(&path, page)).map_err(Failure::io(shown.clone()))?;
    output.line(&shown)?;
    below.into_iter().try_fold(1, |written, below| Ok(written + write_pages(below, directory, output)?))
}

fn rendered(command: Command) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    Man::new(command).manual("regdesk").render(&mut page)?;
    Ok(page)
}
