//! `token`: how long the profile's token holds, a fresh one for it, and a place for one.

use std::io::{self, Read};

use secrecy::{SecretString, zeroize::Zeroizing};

use super::{
    Failure, Output, Session,
    args::{RenewArguments, TokenCommand},
    clock_time,
};
use crate::{
    config::Source,
    remote::{RemoteConfig, RemoteError, TokenSource, expiry_of, renew},
};

/// Longest token that is taken from standard input, bytes.
const LONGEST_INPUT: usize = 64 * 1024;

/// Tells of the token, renews it, or takes one.
pub async fn run(command: &TokenCommand, session: &Session, output: &mut Output) -> Result<(), Failure> {
    let profile = session.profile()?;
    let Source::Remote(remote) = &profile.source else {
        return Err(Failure::Usage(format!("profile {} is no remote: it needs no token", profile.name)));
    };
    match command {
        TokenCommand::Show => {
            let token = remote.token.read().await.map_err(|error| refused(&error))?;
            output.line(&format!("the token in {} {}", remote.token.place(), holds(&token)))
        }
        TokenCommand::Renew(arguments) => renewed(arguments, remote, output).await,
        TokenCommand::Store => {
            // As large as it gets from the start: text that moves as it grows leaves copies behind.
            let mut text = Zeroizing::new(String::with_capacity(LONGEST_INPUT));
            let input = io::stdin().take(LONGEST_INPUT as u64).read_to_string(&mut text);
            input.map_err(Failure::io("standard input"))?;
            remote.token.store(&SecretString::from(text.as_str())).await.map_err(|error| refused(&error))?;
            output.line(&format!("stored in {}", remote.token.place()))
        }
    }
}

async fn renewed(arguments: &RenewArguments, remote: &RemoteConfig, output: &mut Output) -> Result<(), Failure> {
    // Before anything is asked: a token that has nowhere to go would be lost.
    let place = match &arguments.to_file {
        Some(path) => TokenSource::File(path.clone()),
        None if remote.token.takes_another() => remote.token.clone(),
        None => {
            let message = format!(
                "a new token cannot be put into {}: say --to-file FILE, and give the profile that file",
                remote.token.place()
            );
            return Err(Failure::Usage(message));
        }
    };
    let token = renew(remote, arguments.months).await?;
    place.store(&token).await.map_err(|error| refused(&error))?;
    output.line(&format!("a new token is in {}; it {}", place.place(), holds(&token)))
}

fn holds(token: &SecretString) -> String {
    expiry_of(token)
        .map_or_else(|| "does not say until when it holds".to_owned(), |at| format!("holds until {}", clock_time(at)))
}

fn refused(error: &RemoteError) -> Failure {
    Failure::Usage(error.to_string().trim_end_matches('.').to_owned())
}
