//! `export`: registrations that match, in order, into a file that only its owner can read.

use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};

use super::{Desk, Failure, Output, args::ExportArguments, desk, notice};
use crate::{
    app::effect::NotWritten,
    audit::Deed,
    index::{Sort, SortField},
    model::RegistrationId,
    runtime::ExportFile,
};

/// Rows between two steps of the progress bar.
const STEP: usize = 500;

/// Writes what matches.
pub async fn run(arguments: &ExportArguments, desk: &Desk, output: &mut Output) -> Result<(), Failure> {
    let query = desk::query(&arguments.query)?;
    let to_stdout = arguments.output == Path::new("-");
    // A name that cannot be written is told before everything is read.
    let file = if to_stdout { None } else { Some(open(arguments)?) };
    let index = desk.load().await?;
    let order = Sort { by: SortField::Created, descending: false };
    let ids = index.search(&query, order, desk.clock.now());
    let masked = arguments.mask || desk.mask().0;
    let row = |id: &RegistrationId| {
        let entry = index.get(id);
        entry.map(|entry| arguments.format.row(&entry.registration, &entry.judgement, masked)).unwrap_or_default()
    };
    let kind = if masked { "masked" } else { "unmasked" };
    desk.note(Deed::of("export").asking(format!("{} registrations, {kind}", ids.len())))?;
    let Some(mut file) = file else {
        output.written(&arguments.format.head())?;
        return ids.iter().try_for_each(|id| output.written(&row(id)));
    };
    let written = Failure::io(arguments.output.display().to_string());
    let bar = progress_bar(ids.len());
    let mut write = || {
        file.write(&arguments.format.head())?;
        for rows in ids.chunks(STEP) {
            file.write(&rows.iter().map(row).collect::<String>())?;
            bar.inc(rows.len() as u64);
        }
        Ok(())
    };
    let done = write().and_then(|()| file.finish());
    bar.finish_and_clear();
    done.map_err(written)?;
    notice(&format!("{} registrations are in {}", ids.len(), arguments.output.display()));
    Ok(())
}

fn open(arguments: &ExportArguments) -> Result<ExportFile, Failure> {
    ExportFile::open(&arguments.output, arguments.force).map_err(|error| {
        let hint = if error == NotWritten::Exists { "; --force replaces it" } else { "" };
        Failure::Other(format!("{} was not written: {error}{hint}", arguments.output.display()))
    })
}

/// Seen where a person looks at it.
fn progress_bar(total: usize) -> ProgressBar {
    let bar = ProgressBar::new(total as u64);
    match ProgressStyle::with_template("{bar:30} {pos}/{len}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
