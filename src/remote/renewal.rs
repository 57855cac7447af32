//! A fresh token for one that still holds.

use secrecy::SecretString;

use super::{RemoteConfig, RemoteError, address::Address, calls, transport::Transport};
use crate::{
    backend::{BackendError, ErrorKind},
    wire,
};

/// Asks the remote for a token that holds for so many months from now. The present one has to hold still; it is not
/// revoked. Where the new one is kept is the caller's affair.
pub async fn renew(config: &RemoteConfig, months: u32) -> Result<SecretString, BackendError> {
    let address = Address::new(&config.base_url, config.allow_plain_http)?;
    let transport = Transport::new(config.timeouts, address.name())?;
    let token = config.token.read().await?;
    let query = vec![("origin", "refresh".to_owned()), ("expiresIn", months.to_string())];
    let call = calls::get(address.at(&["v2", "auth", "session"]), query);
    let answer = transport.send(&call, &token).await.map_err(|error| explained(error, config))?;
    wire::decode_access_token(answer.body).ok_or_else(|| {
        let message = "The remote's answer holds no token. Sign in at the service for a new one.";
        BackendError::new(ErrorKind::Server, message)
    })
}

fn explained(error: BackendError, config: &RemoteConfig) -> BackendError {
    let message = match error.kind {
        ErrorKind::NotSignedIn => format!(
            "The remote does not renew a token that it does not accept any more. Sign in at the service and put the \
             new one into {}.",
            config.token.place()
        ),
        ErrorKind::NotFound => "The remote offers no renewal of tokens.".to_owned(),
        _ => return error,
    };
    BackendError { message, ..error }
}

impl From<RemoteError> for BackendError {
    fn from(error: RemoteError) -> Self {
        Self::new(ErrorKind::NotSignedIn, error.to_string())
    }
}
