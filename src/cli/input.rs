//! Text that somebody hands in: a file, or standard input for `-`, of a bounded size.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use super::Failure;

/// Reads a text of at most so many bytes. `advice` says what to do about a longer one.
pub fn text(path: &Path, most: u64, advice: &str) -> Result<String, Failure> {
    let what = name(path);
    let source: Box<dyn Read> = match path.to_str() {
        Some("-") => Box::new(io::stdin()),
        _ => Box::new(File::open(path).map_err(Failure::io(&what))?),
    };
    let mut bytes = Vec::new();
    source.take(most + 1).read_to_end(&mut bytes).map_err(Failure::io(&what))?;
    if bytes.len() as u64 > most {
        return Err(Failure::Usage(format!("{what} is longer than {most} bytes; {advice}")));
    }
    String::from_utf8(bytes).map_err(|_| Failure::Usage(format!("{what} is not UTF-8 text")))
}

/// What messages call it.
pub fn name(path: &Path) -> String {
    if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() }
}
