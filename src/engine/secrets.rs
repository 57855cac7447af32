//! What is random: ids, tokens and codes.

use secrecy::{SecretString, zeroize::Zeroizing};

use crate::backend::{BackendError, ErrorKind};
use crate::model::Timestamp;

/// Codes have six digits.
const CODES: u32 = 1_000_000;

/// 24 hex digits, of which the first eight are the second of creation.
pub(super) fn id(at: Timestamp) -> Result<String, BackendError> {
    let random: [u8; 8] = bytes()?;
    Ok(format!("{:08x}{}", at.timestamp() as u32, hex::encode(random)))
}

/// 32 random bytes as hex: opaque, and unlike any real token of the service.
pub(super) fn token() -> Result<SecretString, BackendError> {
    let random: Zeroizing<[u8; 32]> = Zeroizing::new(bytes()?);
    Ok(hex::encode(*random).into())
}

/// Six digits, each code equally likely.
pub(super) fn code() -> Result<SecretString, BackendError> {
    // The numbers above the last multiple would make low codes likelier.
    let usable = u32::MAX - u32::MAX % CODES;
    loop {
        let number = u32::from_le_bytes(bytes()?);
        if number < usable {
            return Ok(format!("{:06}", number % CODES).into());
        }
    }
}

fn bytes<const N: usize>() -> Result<[u8; N], BackendError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| {
        BackendError::new(ErrorKind::Server, format!("The system gives no random numbers: {error}. Nothing was done."))
    })?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use chrono::DateTime;
    use secrecy::ExposeSecret as _;

    use super::{code, id, token};

    #[test]
    fn an_id_begins_with_its_second() {
        let at = DateTime::from_timestamp(0x674d_e8df, 0).unwrap();
        let id = id(at).unwrap();
        assert_eq!((id.len(), &id[..8]), (24, "674de8df"));
    }

    #[test]
    fn a_token_is_64_hex_digits_and_a_code_six_decimal_ones() {
        assert_eq!(hex::decode(token().unwrap().expose_secret()).unwrap().len(), 32);
        let code = code().unwrap();
        assert!(code.expose_secret().len() == 6 && code.expose_secret().bytes().all(|digit| digit.is_ascii_digit()));
    }
}
