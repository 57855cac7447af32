//! Tokens in the system's keyring, in a build that was made with it (`--features keyring`).

use secrecy::SecretString;

use super::RemoteError;

/// Reads an entry.
#[cfg(feature = "keyring")]
pub(super) async fn read(entry: &str) -> Result<SecretString, RemoteError> {
    on_entry(entry, keyring::Entry::get_password).await.map(SecretString::from)
}

/// Puts a token in the place of what an entry held.
#[cfg(feature = "keyring")]
pub(super) async fn store(entry: &str, token: &SecretString) -> Result<(), RemoteError> {
    use secrecy::ExposeSecret as _;
    let token = token.clone();
    on_entry(entry, move |entry| entry.set_password(token.expose_secret())).await
}

/// The keyring may ask a person to unlock it, so it is asked where waiting holds nobody up.
#[cfg(feature = "keyring")]
async fn on_entry<T: Send + 'static>(
    name: &str,
    work: impl FnOnce(&keyring::Entry) -> keyring::Result<T> + Send + 'static,
) -> Result<T, RemoteError> {
    /// What the program's entries stand under.
    const SERVICE: &str = "regdesk";
    let entry = name.to_owned();
    let done = tokio::task::spawn_blocking(move || work(&keyring::Entry::new(SERVICE, &entry)?)).await;
    let failed = |reason: String| {
        let reason = crate::text::truncate(&reason, 120);
        RemoteError::token(format!(
            "The keyring's entry `{name}` of regdesk cannot be used: {reason}. Put a token there with `regdesk token store`."
        ))
    };
    match done {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(error)) => Err(failed(error.to_string())),
        Err(_) => Err(failed("it did not answer".to_owned())),
    }
}

#[cfg(not(feature = "keyring"))]
fn not_built_in(entry: &str) -> RemoteError {
    RemoteError::token(format!(
        "The token is in the keyring's entry `{entry}`, and this regdesk was built without the keyring. Build it with \
         `--features keyring`, or name another source of the token."
    ))
}

/// Reads an entry.
#[cfg(not(feature = "keyring"))]
#[expect(clippy::unused_async, reason = "a build with the keyring waits here")]
pub(super) async fn read(entry: &str) -> Result<SecretString, RemoteError> {
    Err(not_built_in(entry))
}

/// Puts a token in the place of what an entry held.
#[cfg(not(feature = "keyring"))]
#[expect(clippy::unused_async, reason = "a build with the keyring waits here")]
pub(super) async fn store(entry: &str, _token: &SecretString) -> Result<(), RemoteError> {
    Err(not_built_in(entry))
}
