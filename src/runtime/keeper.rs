//! What the console remembers, on disk: one small file a profile, readable by its owner alone.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use tokio::{sync::watch, task::JoinHandle};

use crate::{app::Kept, private};

/// Writes what is to be kept on a task of its own: the latest wins, and each write is whole or not at all.
pub struct Keeper {
    latest: watch::Sender<Option<Kept>>,
    writing: JoinHandle<()>,
}

impl Keeper {
    /// Keeps in a file.
    pub fn at(path: PathBuf) -> Self {
        let (latest, mut wanted) = watch::channel(None::<Kept>);
        let writing = tokio::spawn(async move {
            // Ends with the sender, and not before its last word has been written.
            while wanted.changed().await.is_ok() {
                let kept = wanted.borrow_and_update().clone();
                let path = path.clone();
                let written = tokio::task::spawn_blocking(move || kept.map_or(Ok(()), |kept| write(&path, &kept)));
                if let Ok(Err(error)) = written.await {
                    tracing::warn!(%error, "what the console remembers could not be written");
                }
            }
        });
        Self { latest, writing }
    }

    /// Keeps this from now on.
    pub fn keep(&self, kept: Kept) {
        self.latest.send_replace(Some(kept));
    }

    /// Waits until the last word is on disk.
    pub async fn finish(self) {
        drop(self.latest);
        // A write that panicked has been told by the runtime.
        let _ = self.writing.await;
    }
}

/// What was kept. A file that cannot be used is put aside, and the second value says so.
pub fn read(path: &Path) -> (Kept, Option<String>) {
    let problem = match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return (Kept::default(), None),
        Err(error) => format!("What the console remembers could not be read from {}: {error}", path.display()),
        Ok(bytes) => {
            if let Ok(kept) = serde_json::from_slice(&bytes) {
                return (kept, None);
            }
            let aside = path.with_extension("broken");
            let put_aside = fs::rename(path, &aside);
            let place = put_aside.map_or_else(|error| error.to_string(), |()| aside.display().to_string());
            format!("What the console remembered was broken and begins anew; the old file: {place}")
        }
    };
    (Kept::default(), Some(problem))
}

/// Forgets the filters that were typed, and the saved views that name somebody, in whatever case. A file that cannot be
/// read, and one that was put aside, goes as a whole. Blocks.
pub fn forget_filters(path: &Path, person: &str) -> io::Result<()> {
    remove(&path.with_extension("broken"))?;
    let bytes = match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        read => read?,
    };
    let Ok(kept) = serde_json::from_slice::<Kept>(&bytes) else { return remove(path) };
    let person = person.to_lowercase();
    let names = |text: &str| text.to_lowercase().contains(&person);
    let views = kept.views.iter().filter(|view| !names(&view.name) && !names(&view.query)).cloned().collect();
    write(path, &Kept { filters: Vec::new(), views, ..kept })
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Writes beside the file and then takes its place, so that a crash leaves the old one or the new one.
fn write(path: &Path, kept: &Kept) -> io::Result<()> {
    let text = serde_json::to_vec_pretty(kept)?;
    private::replace_file(path, &text)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::{fs, os::unix::fs::PermissionsExt};

    use super::{Keeper, forget_filters, read};
    use crate::app::{Kept, KeptView};

    fn sorted(by: &str) -> Kept {
        Kept { sort: Some(by.to_owned()), ..Kept::default() }
    }

    #[tokio::test]
    async fn the_last_word_is_kept_in_a_file_that_only_its_owner_reads() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("console/local.json");
        let keeper = Keeper::at(path.clone());
        keeper.keep(sorted("name:asc"));
        keeper.keep(sorted("risk:desc"));
        keeper.finish().await;
        assert_eq!(read(&path), (sorted("risk:desc"), None));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn filters_and_views_that_name_somebody_are_forgotten_and_the_rest_stays() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("local.json");
        forget_filters(&path, "alba").unwrap();
        assert!(!path.exists());
        let view = |name: &str, query: &str| KeptView { name: name.into(), query: query.into(), sort: String::new() };
        let views = vec![view("hers", "email:ALBA@example.com"), view("stuck", "stuck"), view("Alba", "x")];
        let kept = Kept { filters: vec!["alba muestra".into(), "stuck".into()], views, ..sorted("risk:desc") };
        super::write(&path, &kept).unwrap();
        fs::write(path.with_extension("broken"), "alba").unwrap();
        forget_filters(&path, "alba").unwrap();
        assert_eq!(read(&path), (Kept { views: vec![view("stuck", "stuck")], ..sorted("risk:desc") }, None));
        assert!(!path.with_extension("broken").exists());
        fs::write(&path, "{\"alba").unwrap();
        forget_filters(&path, "alba").unwrap();
        assert!(!path.exists());
    }

    #[test]
    fn a_broken_file_is_put_aside_and_one_of_another_version_is_read_as_far_as_it_goes() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("local.json");
        assert_eq!(read(&path), (Kept::default(), None), "no file is no problem");
        fs::write(&path, r#"{"sort": "risk:desc", "of_tomorrow": 1}"#).unwrap();
        assert_eq!(read(&path), (sorted("risk:desc"), None));
        fs::write(&path, "{").unwrap();
        let (kept, problem) = read(&path);
        assert_eq!(kept, Kept::default());
        assert!(problem.unwrap().contains("local.broken"));
        assert!(path.with_extension("broken").exists() && !path.exists());
    }
}
