//! Who may do what: the client's token may do everything, a person's token only what concerns their own registration.

use std::{net::IpAddr, sync::Arc};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, header, request::Parts},
};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use tokio::time::Instant;

use super::{App, connection::Peer, refusal::Refusal};
use crate::{
    backend::{Caller, CallerKind, TokenKind},
    model::RegistrationId,
};

/// Longest user agent that is kept in an access log, characters.
const USER_AGENT_LIMIT: usize = 256;

/// The digest of the client's token. Comparing digests keeps time and length of the real one to ourselves.
pub(super) struct ClientKey([u8; 32]);

impl ClientKey {
    pub(super) fn new(token: &SecretString) -> Self {
        Self(Sha256::digest(token.expose_secret().as_bytes()).into())
    }

    /// Whether a token is the one. Takes the same time whatever is wrong with it.
    pub(super) fn fits(&self, token: &SecretString) -> bool {
        Self::new(token).0.ct_eq(&self.0).into()
    }
}

/// The right that came with a request. Every handler takes one, so no route works without a token.
#[derive(Debug, Clone)]
pub(super) struct Access {
    /// The one registration a person's token is good for; `None` is the client.
    own: Option<RegistrationId>,
    /// For the access log.
    pub(super) caller: Caller,
}

impl Access {
    /// Refuses a person's token.
    pub(super) fn client_only(&self) -> Result<(), Refusal> {
        match self.own {
            None => Ok(()),
            Some(_) => Err(Refusal::access_denied("This needs the client's token, not a person's.")),
        }
    }

    /// Refuses a person's token of another registration.
    pub(super) fn on(&self, id: &RegistrationId) -> Result<(), Refusal> {
        match &self.own {
            Some(own) if own != id => Err(Refusal::access_denied("This token belongs to another registration.")),
            _ => Ok(()),
        }
    }

    /// The registration of a person's token.
    pub(super) fn own(&self) -> Option<&RegistrationId> {
        self.own.as_ref()
    }

    /// The registration a request is about: the token's own, else the one that the client names.
    pub(super) fn subject(&self, named: Option<String>) -> Result<RegistrationId, Refusal> {
        let named = named.map(RegistrationId::new);
        match (&self.own, named) {
            (None, Some(named)) => Ok(named),
            (Some(own), named) => {
                named.as_ref().map_or(Ok(()), |named| self.on(named))?;
                Ok(own.clone())
            }
            (None, None) => Err(Refusal::access_denied(
                "This needs the token of a person, or `appRegistration` in the body beside the client's token.",
            )),
        }
    }
}

impl FromRequestParts<Arc<App>> for Access {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refusal> {
        let token = bearer(&parts.headers).ok_or_else(Refusal::not_signed_in)?;
        let address = peer(parts);
        if let Some(wait) = address.and_then(|address| app.guesses.wait(address, Instant::now())) {
            return Err(Refusal::too_many_guesses(wait));
        }
        let caller = |kind| caller(kind, parts);
        if app.client.fits(&token) {
            return Ok(Self { own: None, caller: caller(CallerKind::Client) });
        }
        let Some(scope) = app.backend.token_scope(&token).await? else {
            if let Some(address) = address {
                app.guesses.count(address, Instant::now());
            }
            return Err(Refusal::not_signed_in());
        };
        if scope.expired {
            return Err(Refusal::token_expired());
        }
        match scope.kind {
            TokenKind::Enrollee | TokenKind::Continuation => {
                Ok(Self { own: Some(scope.registration), caller: caller(CallerKind::Enrollee) })
            }
            TokenKind::Login => Err(Refusal::access_denied("A token of the end of a flow opens nothing here.")),
        }
    }
}

/// The token of `Authorization: Bearer …`; the bare token is taken too, as the documented service does.
fn bearer(headers: &HeaderMap) -> Option<SecretString> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?.trim();
    let token = match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
        Some(_) => return None,
        None => value,
    };
    let empty = token.is_empty() || token.eq_ignore_ascii_case("bearer");
    (!empty).then(|| SecretString::from(token))
}

/// Where a request came from.
fn peer(parts: &Parts) -> Option<IpAddr> {
    parts.extensions.get::<ConnectInfo<Peer>>().map(|ConnectInfo(Peer(address))| address.ip())
}

fn caller(kind: CallerKind, parts: &Parts) -> Caller {
    let user_agent = parts.headers.get(header::USER_AGENT).map(|value| String::from_utf8_lossy(value.as_bytes()));
    Caller {
        ip: peer(parts).map(|address| address.to_string()),
        user_agent: user_agent.map(|text| text.chars().take(USER_AGENT_LIMIT).collect()),
        ..Caller::of(kind)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read(value: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, value.parse().unwrap());
        bearer(&headers).map(|token| token.expose_secret().to_owned())
    }

    #[test]
    fn a_token_is_read_with_and_without_bearer() {
        assert_eq!(read("Bearer abc").as_deref(), Some("abc"));
        assert_eq!(read("bearer  abc ").as_deref(), Some("abc"));
        assert_eq!(read("abc").as_deref(), Some("abc"));
    }

    #[test]
    fn another_scheme_and_an_empty_token_are_no_token() {
        assert_eq!(read("Basic YTpi"), None);
        assert_eq!(read("Bearer "), None);
        assert_eq!(read(""), None);
    }
}
