//! The operator's own pager or editor, with a private file that is gone once it is closed.

use std::{
    ffi::OsString,
    fs::{self, File},
    io::{self, ErrorKind, Read as _, Write as _},
    path::PathBuf,
};

use secrecy::{ExposeSecret, SecretString};
use tokio::process::{Child, Command};

use crate::{app::reading::Reader, private};

/// A program with its arguments, and the variable that names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    words: Vec<String>,
    variable: &'static str,
}

impl Program {
    /// The program that the environment names, or the one that systems have; the error says what is wrong with the
    /// variable.
    pub fn of(reader: Reader, variable: impl Fn(&str) -> Option<OsString>) -> Result<Self, String> {
        let (names, otherwise): (&[&'static str], _) = match reader {
            Reader::Pager => (&["PAGER"], "less"),
            Reader::Editor => (&["VISUAL", "EDITOR"], "vi"),
        };
        for name in names {
            let Some(value) = variable(name) else { continue };
            let value = value.into_string().map_err(|_| format!("${name} is not UTF-8"))?;
            if !value.trim().is_empty() {
                return Ok(Self { words: words(&value).map_err(|error| format!("${name} {error}"))?, variable: name });
            }
        }
        Ok(Self { words: vec![otherwise.to_owned()], variable: names[names.len() - 1] })
    }

    fn name(&self) -> &str {
        self.words.first().map_or("", String::as_str)
    }

    /// Starts it with a file as its last argument.
    pub fn start(&self, file: &PrivateFile) -> Result<Child, String> {
        let arguments = self.words.get(1..).unwrap_or_default();
        let started = Command::new(self.name()).args(arguments).arg(&file.path).kill_on_drop(true).spawn();
        started.map_err(|error| {
            let why = match error.kind() {
                ErrorKind::NotFound => "there is no such program".to_owned(),
                ErrorKind::PermissionDenied => "it may not be run".to_owned(),
                _ => error.to_string(),
            };
            let variable = self.variable;
            format!("Cannot run `{}`: {why}. Set ${variable} to another one.", self.name())
        })
    }

    /// Says that it ended in another way than well, if it did.
    pub fn ended(&self, status: io::Result<std::process::ExitStatus>) -> Result<(), String> {
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("`{}` (${}) ended with {status}.", self.name(), self.variable)),
            Err(error) => Err(format!("`{}` (${}) was lost: {error}.", self.name(), self.variable)),
        }
    }
}

/// Words as a shell would split them, with single and double quotes and backslashes; nothing else of a shell.
fn words(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match (letter, quote) {
            (letter, Some(open)) if letter == open => quote = None,
            ('\\', None | Some('"')) => {
                let next = letters.next().ok_or("ends with a backslash")?;
                word.get_or_insert_default().push(next);
            }
            ('\'' | '"', None) => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (letter, None) if letter.is_whitespace() => words.extend(word.take()),
            (letter, _) => word.get_or_insert_default().push(letter),
        }
    }
    if quote.is_some() {
        return Err("lacks a closing quote".to_owned());
    }
    words.extend(word);
    Ok(words)
}

/// A file in a directory of its own, which nobody else can look into and which goes with it: also what an editor puts
/// beside it.
#[derive(Debug)]
pub struct PrivateFile {
    directory: PathBuf,
    path: PathBuf,
}

impl PrivateFile {
    /// Writes it.
    pub fn with(text: &SecretString) -> io::Result<Self> {
        let place = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|place| place.is_dir());
        let place = place.unwrap_or_else(std::env::temp_dir);
        let directory = place.join(format!("regdesk-{}", private::random_name()));
        private::create_new_directory(&directory)?;
        let file = Self { path: directory.join("registration.json"), directory };
        private::create_file(&file.path)?.write_all(text.expose_secret().as_bytes())?;
        Ok(file)
    }

    /// Whether it holds something else by now.
    pub fn differs_from(&self, text: &SecretString) -> bool {
        let text = text.expose_secret().as_bytes();
        let mut now = Vec::new();
        let read = File::open(&self.path).and_then(|file| file.take(text.len() as u64 + 1).read_to_end(&mut now));
        read.is_ok() && now != text
    }
}

impl Drop for PrivateFile {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.directory);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{PrivateFile, Program, Reader, words};

    fn program(reader: Reader, variables: &[(&str, &str)]) -> Result<Program, String> {
        Program::of(reader, |name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).into()))
    }

    fn split(text: &str) -> Vec<String> {
        words(text).unwrap()
    }

    #[test]
    fn the_programs_are_those_of_the_environment_or_what_systems_have() {
        let words = |reader, variables: &[(&str, &str)]| program(reader, variables).unwrap().words;
        assert_eq!(words(Reader::Pager, &[]), ["less"]);
        assert_eq!(words(Reader::Editor, &[("EDITOR", "  ")]), ["vi"]);
        assert_eq!(words(Reader::Editor, &[("EDITOR", "vi"), ("VISUAL", "code -w")]), ["code", "-w"]);
        assert_eq!(
            words(Reader::Pager, &[("PAGER", "'/opt/my pager' -X \"a b\" c\\ d")]),
            ["/opt/my pager", "-X", "a b", "c d"]
        );
    }

    #[test]
    fn odd_values_are_told_with_the_variable() {
        assert_eq!(program(Reader::Editor, &[("EDITOR", "vi 'x")]).unwrap_err(), "$EDITOR lacks a closing quote");
        assert_eq!(program(Reader::Pager, &[("PAGER", "less \\")]).unwrap_err(), "$PAGER ends with a backslash");
        assert_eq!(split("a ''  b"), ["a", "", "b"]);
        assert_eq!(split("$(reboot); x|y"), ["$(reboot);", "x|y"], "no shell looks at it");
    }

    #[tokio::test]
    async fn a_program_that_is_not_there_is_named_with_its_variable() {
        let file = PrivateFile::with(&"{}".into()).unwrap();
        let missing = program(Reader::Editor, &[("EDITOR", "no-such-editor-here -w")]).unwrap();
        let error = missing.start(&file).unwrap_err();
        assert!(error.contains("no-such-editor-here") && error.contains("$EDITOR"), "{error}");
    }

    #[test]
    fn the_file_is_its_owners_alone_and_gone_with_its_directory() {
        let text = "secret".into();
        let file = PrivateFile::with(&text).unwrap();
        assert!(!file.differs_from(&text));
        std::fs::write(&file.path, "edited").unwrap();
        assert!(file.differs_from(&text));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&file.path), mode(&file.directory)), (0o600, 0o700));
        }
        let directory = file.directory.clone();
        drop(file);
        assert!(!directory.exists());
    }
}
