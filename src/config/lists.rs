//! What the file says about lists: `[lists]`, files of the house beside the built-in entries.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use toml::de::DeTable;

use super::{
    Mistake, Place,
    file::anchored,
    section::{Reading, Section},
};
use crate::triage::{ListName, Lists};

/// The files of the house for each list, in the order in which they are written.
pub type ListFiles = BTreeMap<ListName, Vec<PathBuf>>;

/// Reads the table, and the files that it names into the lists.
pub(super) fn lists_of(table: &DeTable<'_>, lists: &mut Lists, reading: &mut Reading<'_>) -> ListFiles {
    let mut section = Section::new(table, "lists");
    let mut files = ListFiles::new();
    for list in ListName::ALL {
        let key = list.as_str();
        let Some(found) = section.text_or_texts(reading, key, "[\"lists/disposable.txt\"]") else { continue };
        let paths: Vec<PathBuf> = found.value.iter().map(|written| anchored(written, reading.path)).collect();
        for path in &paths {
            if let Err(mistakes) = read_list(*list, path, &found.place, lists) {
                reading.mistakes.extend(mistakes.into_iter().map(|mistake| mistake.with_key(section.path_of(key))));
            }
        }
        files.insert(*list, paths);
    }
    section.finish(reading);
    files
}

/// Adds the entries of one file; a line that cannot be read is told at its place in that file.
fn read_list(list: ListName, path: &Path, named_at: &Place, lists: &mut Lists) -> Result<(), Vec<Mistake>> {
    let text = fs::read_to_string(path)
        .map_err(|error| vec![Mistake::new(named_at.clone(), format!("{} cannot be read: {error}", path.display()))])?;
    lists.extend(list, &text).map_err(|wrong_lines| {
        let mistake = |(line, message)| Mistake::new(Place::File { path: path.to_owned(), line, column: 1 }, message);
        wrong_lines.into_iter().map(mistake).collect()
    })
}
