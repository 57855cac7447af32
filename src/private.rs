//! Files and directories that only their owner can read: for every module that writes any. On systems without Unix
//! modes the user's own directory has to do.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Makes a directory and its parents, if they are not there; what is made has mode 0700.
pub(crate) fn create_directory(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Opens a file to read and append to, with mode 0600, also if it was there with a wider one.
pub(crate) fn open_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    Ok(file)
}

/// Puts a whole file, with mode 0600, in the place of another in one step: whoever reads sees the old one or the new
/// one. Its directory is made, with mode 0700, if it is not there.
pub(crate) fn replace_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(directory) = path.parent() {
        create_directory(directory)?;
    }
    let beside = path.with_extension(format!("{}.new", std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)
}

/// Makes a directory that was not there, with mode 0700.
pub(crate) fn create_new_directory(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Makes a file that was not there, with mode 0600, to write to.
pub(crate) fn create_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Opens a file to write over what it holds from its beginning, with mode 0600; made if it is not there.
pub(crate) fn open_to_overwrite(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Waits until a directory knows on disk what was made, renamed or removed in it.
pub(crate) fn sync_directory(path: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
}

/// A directory and the files in it, as far as others than their owner may do anything with them. What cannot be looked
/// at is passed over: whoever opens it will say so.
#[cfg(unix)]
pub(crate) fn open_to_others(directory: &Path) -> Vec<PathBuf> {
    use std::os::unix::fs::PermissionsExt as _;
    let is_open = |path: &PathBuf| fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o077 != 0);
    let files = fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.path());
    let files = files.filter(|path| path.is_file());
    std::iter::once(directory.to_owned()).chain(files).filter(is_open).collect()
}

/// Without Unix modes there is nothing to be seen.
#[cfg(not(unix))]
pub(crate) fn open_to_others(_: &Path) -> Vec<PathBuf> {
    Vec::new()
}

/// A part of a name that nobody can foresee.
pub(crate) fn random_name() -> String {
    let mut bytes = [0; 8];
    // Without randomness the name can be foreseen, but not taken: whoever makes a file refuses one that is there.
    let _ = getrandom::fill(&mut bytes);
    hex::encode(bytes)
}
