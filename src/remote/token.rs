//! Where the token comes from. It is read once, kept in memory only, and read again after it was refused.

use std::{
    ffi::OsString,
    fs,
    io::Read,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use secrecy::{ExposeSecret as _, SecretString, zeroize::Zeroizing};
use tokio::{process::Command, sync::Mutex, time};

use super::{RemoteError, keyring};
use crate::private;

/// Longest token file that is read, bytes; tokens in use are a few hundred long.
const LONGEST_FILE: usize = 64 * 1024;

/// How long a command may take to print the token: long enough for a person to unlock a key.
pub const COMMAND_TIMEOUT: Duration = Duration::from_mins(1);

/// Where the client token comes from.
#[derive(Debug, Clone)]
pub enum TokenSource {
    /// An environment variable.
    Variable(String),
    /// A file that only its owner may read (mode 0600).
    File(PathBuf),
    /// A command that prints it: program and arguments, run without a shell.
    Command {
        /// Program and arguments.
        argv: Vec<String>,
        /// How long it may take; see [`COMMAND_TIMEOUT`].
        timeout: Duration,
    },
    /// An entry of the system's keyring.
    Keyring(String),
    /// The token itself.
    Value(SecretString),
}

impl TokenSource {
    /// Where a person has to put a fresh token.
    pub fn place(&self) -> String {
        match self {
            Self::Variable(name) => format!("the environment variable {name}"),
            Self::File(path) => format!("the file {}", path.display()),
            Self::Command { argv, .. } => {
                format!("what the token command `{}` reads", argv.first().map_or("", String::as_str))
            }
            Self::Keyring(entry) => format!("the keyring's entry `{entry}` of regdesk"),
            Self::Value(_) => "the setting it came from".to_owned(),
        }
    }

    /// Finds out early whether there is a token. A command is not run for that: it may ask a person something.
    pub(super) fn check(&self) -> Result<(), RemoteError> {
        match self {
            Self::Variable(name) => from_variable(name, std::env::var_os(name)).map(drop),
            Self::File(path) => from_file(path).map(drop),
            Self::Command { argv, .. } if argv.is_empty() => {
                Err(RemoteError::token("The token command is empty. Name the program that prints the token."))
            }
            Self::Command { .. } | Self::Keyring(_) | Self::Value(_) => Ok(()),
        }
    }

    /// The token. A command may take as long as a person needs to unlock a key.
    pub async fn read(&self) -> Result<SecretString, RemoteError> {
        match self {
            Self::Variable(name) => from_variable(name, std::env::var_os(name)),
            Self::File(path) => from_file(path),
            Self::Command { argv, timeout } => from_command(argv, *timeout).await,
            Self::Keyring(entry) => {
                let token = keyring::read(entry).await?;
                checked(token.expose_secret(), &self.place())
            }
            Self::Value(token) => Ok(token.clone()),
        }
    }

    /// Whether another token can be put in the place of the one that is there.
    pub fn takes_another(&self) -> bool {
        matches!(self, Self::File(_) | Self::Keyring(_))
    }

    /// Puts another token in the place of the one that is there; a file is made for its owner only.
    pub async fn store(&self, token: &SecretString) -> Result<(), RemoteError> {
        let token = checked(token.expose_secret(), "what was given")?;
        match self {
            Self::File(path) => {
                let line = SecretString::from(format!("{}\n", token.expose_secret()));
                private::replace_file(path, line.expose_secret().as_bytes()).map_err(|error| {
                    RemoteError::token(format!("Cannot write the token file {}: {error}.", path.display()))
                })
            }
            Self::Keyring(entry) => keyring::store(entry, &token).await,
            _ => Err(RemoteError::token(format!("No token can be put into {}.", self.place()))),
        }
    }
}

/// The client token, read when it is first needed.
#[derive(Debug)]
pub(super) struct ClientToken {
    source: TokenSource,
    read: Mutex<Option<SecretString>>,
}

impl ClientToken {
    pub(super) fn new(source: TokenSource) -> Self {
        Self { source, read: Mutex::new(None) }
    }

    pub(super) async fn get(&self) -> Result<SecretString, RemoteError> {
        let mut read = self.read.lock().await;
        if let Some(token) = read.as_ref() {
            return Ok(token.clone());
        }
        let token = self.source.read().await?;
        *read = Some(token.clone());
        Ok(token)
    }

    /// The remote refused it: the next request reads it anew.
    pub(super) async fn forget(&self) {
        *self.read.lock().await = None;
    }

    pub(super) fn place(&self) -> String {
        self.source.place()
    }
}

/// The first line that is not empty, if it can stand in a header.
fn checked(text: &str, whence: &str) -> Result<SecretString, RemoteError> {
    let Some(token) = text.lines().map(str::trim).find(|line| !line.is_empty()) else {
        return Err(RemoteError::token(format!("There is no token in {whence}: it is empty. Put the token there.")));
    };
    if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(RemoteError::token(format!(
            "What stands in {whence} is not a token: it holds blanks or other characters that no token has."
        )));
    }
    Ok(SecretString::from(token))
}

fn from_variable(name: &str, value: Option<OsString>) -> Result<SecretString, RemoteError> {
    let Some(value) = value else {
        return Err(RemoteError::token(format!(
            "The environment variable {name} is not set. Put the token there, or name another source for it."
        )));
    };
    checked(&value.to_string_lossy(), &format!("the environment variable {name}"))
}

fn from_file(path: &Path) -> Result<SecretString, RemoteError> {
    let shown = path.display();
    let failed = |error: std::io::Error| RemoteError::token(format!("Cannot read the token file {shown}: {error}."));
    let mut file = fs::File::open(path).map_err(failed)?;
    refuse_readable_by_others(&file.metadata().map_err(failed)?, path)?;
    // As large as it gets from the start: text that moves as it grows leaves copies behind.
    let mut text = Zeroizing::new(String::with_capacity(LONGEST_FILE));
    file.by_ref().take(LONGEST_FILE as u64).read_to_string(&mut text).map_err(failed)?;
    checked(&text, &format!("the file {shown}"))
}

#[cfg(unix)]
fn refuse_readable_by_others(metadata: &fs::Metadata, path: &Path) -> Result<(), RemoteError> {
    use std::os::unix::fs::PermissionsExt;
    let mode = metadata.permissions().mode() & 0o777;
    let others = mode & 0o077;
    if others == 0 {
        return Ok(());
    }
    let shown = path.display();
    Err(RemoteError::token(format!(
        "The token file {shown} is open to others (mode {mode:04o}). Run `chmod 600 {shown}` and try again."
    )))
}

#[cfg(not(unix))]
fn refuse_readable_by_others(_metadata: &fs::Metadata, _path: &Path) -> Result<(), RemoteError> {
    Ok(())
}

async fn from_command(argv: &[String], timeout: Duration) -> Result<SecretString, RemoteError> {
    let Some((program, arguments)) = argv.split_first() else {
        return Err(RemoteError::token("The token command is empty. Name the program that prints the token."));
    };
    let mut command = Command::new(program);
    // Its complaints would tear the screen; whoever runs it by hand sees them.
    command.args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let output = match time::timeout(timeout, command.output()).await {
        Err(_elapsed) => {
            let seconds = timeout.as_secs();
            return Err(RemoteError::token(format!(
                "The token command `{program}` did not end within {seconds} seconds. Run it by hand to see why."
            )));
        }
        Ok(Err(error)) => {
            return Err(RemoteError::token(format!("Cannot run the token command `{program}`: {error}.")));
        }
        Ok(Ok(output)) => output,
    };
    if !output.status.success() {
        let status = output.status;
        return Err(RemoteError::token(format!(
            "The token command `{program}` failed ({status}). Run it by hand to see why."
        )));
    }
    let printed = Zeroizing::new(output.stdout);
    checked(&String::from_utf8_lossy(&printed), &format!("the output of `{program}`"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use secrecy::zeroize::ZeroizeOnDrop;

    use super::*;

    #[test]
    fn what_holds_a_token_is_zeroed_when_it_is_dropped() {
        // Looking at freed memory is not for safe code; that the type promises it is seen by the compiler.
        fn promises<T: ZeroizeOnDrop>(_: &T) {}
        promises(&checked("tok-123", "a test").unwrap());
        promises(&Zeroizing::new(String::new()));
    }

    fn command(argv: &[&str], timeout: Duration) -> TokenSource {
        TokenSource::Command { argv: argv.iter().map(|part| (*part).to_owned()).collect(), timeout }
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_file_is_read_only_if_it_is_closed_to_others() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        fs::write(&path, "tok-123\n").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let refused = TokenSource::File(path.clone()).check().unwrap_err().to_string();
        assert!(refused.contains("mode 0644") && refused.contains("chmod 600"), "{refused}");
        assert!(refused.contains(path.to_str().unwrap()) && !refused.contains("tok-123"), "{refused}");

        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(TokenSource::File(path).read().await.unwrap().expose_secret(), "tok-123");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_command_gives_its_first_line_and_its_failure_is_told_without_its_output() {
        let second = Duration::from_secs(10);
        let read = command(&["printf", "tok-9\\nlogin: someone\\n"], second).read().await.unwrap();
        assert_eq!(read.expose_secret(), "tok-9");
        let failed = command(&["sh", "-c", "echo tok-9; exit 3"], second).read().await.unwrap_err().to_string();
        assert!(failed.contains("`sh` failed") && !failed.contains("tok-9"), "{failed}");
        let slow = command(&["sleep", "30"], Duration::from_millis(20)).read().await.unwrap_err().to_string();
        assert!(slow.contains("did not end within"), "{slow}");
    }

    #[test]
    fn a_missing_variable_is_named() {
        let missing = from_variable("EXAMPLE_TOKEN", None).unwrap_err().to_string();
        assert!(missing.contains("EXAMPLE_TOKEN is not set"), "{missing}");
        assert!(from_variable("EXAMPLE_TOKEN", Some("  ".into())).is_err());
        assert!(from_variable("EXAMPLE_TOKEN", Some("two words".into())).is_err());
    }
}
