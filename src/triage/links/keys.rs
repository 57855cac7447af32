//! The values that may join registrations, in one spelling, and what is kept of them.

use std::net::{IpAddr, Ipv6Addr};

use sha2::{Digest as _, Sha256};

use super::LinkKind;
use crate::{
    model::{Contact, Personal, Registration},
    triage::names::fold_number,
};

/// Mail providers that ignore dots in the part before the `@`, with the name they are filed under.
const DOT_BLIND_DOMAINS: &[(&str, &str)] = &[("gmail.com", "gmail.com"), ("googlemail.com", "gmail.com")];
/// Fewer letters and digits than this are a placeholder, not a document number.
const SHORTEST_DOCUMENT: usize = 4;
/// Fewer digits than this are no phone.
const SHORTEST_PHONE: usize = 5;

/// A value that joins those who have it, as what is left of its digest: 64 bits. Somebody may find two values of their
/// own with one digest, and so link themselves to themselves, but no value with the digest of somebody else's.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    pub kind: LinkKind,
    pub digest: u64,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Key({})", self.kind.as_str())
    }
}

impl Key {
    pub fn of(kind: LinkKind, value: &Personal) -> Self {
        Self { kind, digest: digest(kind.as_str(), value.reveal()) }
    }

    /// Whether it joins people; an IP address does not.
    pub fn is_strong(&self) -> bool {
        self.kind != LinkKind::Ip
    }
}

/// The first 64 bits of the SHA-256 of a text and of what it is.
pub fn digest(kind: &str, text: &str) -> u64 {
    let whole = Sha256::new().chain_update(kind).chain_update([0]).chain_update(text).finalize();
    whole.first_chunk().map_or(0, |first| u64::from_be_bytes(*first))
}

/// Bytes of a packed key.
pub const KEY: usize = 1 + size_of::<u64>();
/// The kinds by their numbers.
const KINDS: [LinkKind; 6] =
    [LinkKind::Document, LinkKind::Person, LinkKind::Device, LinkKind::Email, LinkKind::Phone, LinkKind::Ip];

/// The keys of packed traces.
pub fn keys_of(packed: &[u8]) -> impl Iterator<Item = Key> + use<'_> {
    let (count, rest) = packed.split_first().map_or((0, packed), |(count, rest)| (usize::from(*count), rest));
    rest.chunks_exact(KEY).take(count).filter_map(|bytes| {
        let (kind, digest) = bytes.split_first()?;
        Some(Key { kind: *KINDS.get(usize::from(*kind))?, digest: u64::from_le_bytes(digest.try_into().ok()?) })
    })
}

/// The values that may join a registration to others, in one spelling.
pub fn values(registration: &Registration) -> impl Iterator<Item = (LinkKind, Personal)> {
    let checks = &registration.checks;
    let (document, information) = (checks.document.as_ref(), checks.information.as_ref());
    let person = checks.liveness.as_ref().and_then(|liveness| liveness.person.clone()).filter(|id| !id.is_empty());
    let device = information.and_then(|information| information.device_id.as_deref()).map(str::trim);
    [
        (LinkKind::Document, document.and_then(|document| document_key(document.number.as_ref()))),
        (LinkKind::Document, information.and_then(|information| document_key(information.document_number.as_ref()))),
        (LinkKind::Person, person.map(Personal::new)),
        (LinkKind::Device, device.filter(|id| !id.is_empty()).map(Personal::new)),
        (LinkKind::Email, registration.contact.email.as_ref().and_then(|email| email_key(email.reveal()))),
        (LinkKind::Phone, phone_key(&registration.contact)),
    ]
    .into_iter()
    .chain(addresses(registration).map(|address| (LinkKind::Ip, address_key(address))))
    .filter_map(|(kind, value)| Some((kind, value?)))
}

/// The value of a key in the spelling in which it is compared, from somebody who holds it.
pub fn value_of(key: &Key, holder: &Registration) -> Option<Personal> {
    values(holder).find(|(kind, value)| Key::of(*kind, value) == *key).map(|(_, value)| value)
}

pub fn document_key(number: Option<&Personal>) -> Option<Personal> {
    let folded = fold_number(number?.reveal());
    let is_number = folded.chars().count() >= SHORTEST_DOCUMENT && folded.chars().any(char::is_numeric);
    is_number.then(|| Personal::new(folded))
}

/// Lower case, without `+tag`, and without dots where the provider ignores them.
pub fn email_key(email: &str) -> Option<Personal> {
    let email = email.trim().to_lowercase();
    let (local, domain) = email.rsplit_once('@')?;
    let local = local.split('+').next().unwrap_or(local);
    if local.is_empty() || domain.is_empty() {
        return None;
    }
    match DOT_BLIND_DOMAINS.iter().find(|(name, _)| *name == domain) {
        Some((_, filed)) => Some(Personal::new(format!("{}@{filed}", local.replace('.', "")))),
        None => Some(Personal::new(format!("{local}@{domain}"))),
    }
}

/// Whether the mail provider tells addresses apart by their dots.
pub fn dots_matter(domain: &str) -> bool {
    DOT_BLIND_DOMAINS.iter().all(|(name, _)| *name != domain)
}

/// The phone in international form: `+`, country code and number.
pub fn phone_key(contact: &Contact) -> Option<Personal> {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let phone = contact.phone.as_ref()?.reveal().trim();
    let number = digits(phone);
    if number.len() < SHORTEST_PHONE {
        return None;
    }
    let code = contact.country_code.as_deref().map(digits).unwrap_or_default();
    if phone.starts_with('+') || code.is_empty() {
        return Some(Personal::new(format!("+{number}")));
    }
    Some(Personal::new(format!("+{code}{}", number.trim_start_matches('0'))))
}

/// Every address the person's own steps came from.
pub fn addresses(registration: &Registration) -> impl Iterator<Item = &str> {
    let checks = &registration.checks;
    [
        checks.information.as_ref().and_then(|information| information.ip.as_deref()),
        checks.email.as_ref().and_then(|code| code.ip.as_deref()),
        checks.phone.as_ref().and_then(|code| code.ip.as_deref()),
        checks.document.as_ref().and_then(|document| document.ip.as_deref()),
        checks.liveness.as_ref().and_then(|liveness| liveness.ip.as_deref()),
    ]
    .into_iter()
    .flatten()
}

/// An address that says something about where a person is: not private, not of the machine itself.
fn address_key(address: &str) -> Option<Personal> {
    parse_public(address).map(|address| Personal::new(address.to_string()))
}

/// Parses a public address. The documentation ranges count as public, because invented people live there.
pub fn parse_public(address: &str) -> Option<IpAddr> {
    let public = match address.trim().parse::<IpAddr>().ok()?.to_canonical() {
        IpAddr::V4(address) => {
            !(address.is_private() || address.is_loopback() || address.is_link_local() || address.is_unspecified())
        }
        IpAddr::V6(address) => !(address.is_loopback() || address.is_unspecified() || is_local(address)),
    };
    public.then(|| address.trim().parse::<IpAddr>().ok().map(|address| address.to_canonical())).flatten()
}

fn is_local(address: Ipv6Addr) -> bool {
    address.is_unique_local() || address.is_unicast_link_local()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{email_key, parse_public, phone_key};
    use crate::model::{Contact, Personal};

    #[test]
    fn tags_case_and_dots_that_providers_ignore_do_not_make_another_address() {
        assert_eq!(email_key(" Alba+kyc@Example.com "), Some(Personal::new("alba@example.com")));
        assert_eq!(email_key("a.l.b.a@googlemail.com"), Some(Personal::new("alba@gmail.com")));
        assert_eq!(email_key("a.l@example.com"), Some(Personal::new("a.l@example.com")));
        assert_eq!(email_key("nobody"), None);
        assert_eq!(email_key("+tag@example.com"), None);
    }

    #[test]
    fn a_phone_is_one_number_with_and_without_trunk_zero_or_blanks() {
        let key = |phone: &str, code: Option<&str>| {
            phone_key(&Contact {
                phone: Some(phone.into()),
                country_code: code.map(str::to_owned),
                ..Contact::default()
            })
        };
        assert_eq!(key("020 2555 0143", Some("+44")), key("2025550143", Some("44")));
        assert_eq!(key("+1 202-555-0143", None), key("2025550143", Some("+1")));
        assert_eq!(key("555", Some("+1")), None);
    }

    #[test]
    fn private_and_local_addresses_are_no_link_but_documentation_ranges_are() {
        for local in ["10.1.2.3", "172.17.0.1", "192.168.0.9", "127.0.0.1", "169.254.1.1", "::1", "fe80::1", "fd00::1"]
        {
            assert_eq!(parse_public(local), None, "{local}");
        }
        assert!(parse_public("203.0.113.7").is_some());
        assert_eq!(parse_public("::ffff:203.0.113.7"), parse_public("203.0.113.7"));
        assert_eq!(parse_public("not an address"), None);
    }
}
