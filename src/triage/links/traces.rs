//! What a registration leaves behind that another one may share, in one spelling.

use std::{
    net::{IpAddr, Ipv6Addr},
    sync::Arc,
};

use chrono::NaiveDate;
use rmp_serde::{Deserializer, decode::ReadRefReader};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{LinkKind, arrivals::Arrival, series};
use crate::{
    model::{Contact, Outcome, Personal, Registration, RegistrationId, Status, Timestamp},
    triage::{
        link_clock::longest_link,
        names::{FoldedName, are_within_edits, fold_number},
    },
};

/// Mail providers that ignore dots in the part before the `@`, with the name they are filed under.
const DOT_BLIND_DOMAINS: &[(&str, &str)] = &[("gmail.com", "gmail.com"), ("googlemail.com", "gmail.com")];
/// Fewer letters and digits than this are a placeholder, not a document number.
const SHORTEST_DOCUMENT: usize = 4;
/// Fewer digits than this are no phone.
const SHORTEST_PHONE: usize = 5;
/// Numbers further apart than this are different documents, not a misreading.
pub const MISREAD_EDITS: usize = 2;
/// Names less alike than this belong to different people; the service's own minimum for a match.
const SAME_NAME: f64 = 0.8;

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
    fn of(kind: LinkKind, value: &Personal) -> Self {
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

/// Reads what stands after the keys of packed traces.
type Reader<'a> = Deserializer<ReadRefReader<'a, [u8]>>;

/// Keys and series of packed traces, and what reads the rest.
fn opened(packed: &[u8]) -> Option<(Vec<Key>, Vec<series::Place>, Reader<'_>)> {
    let keys: Vec<Key> = keys_of(packed).collect();
    let count = usize::from(*packed.first()?);
    let mut rest = Deserializer::from_read_ref(packed.get(1 + count * KEY..)?);
    let series = Vec::deserialize(&mut rest).ok().filter(|_| keys.len() == count)?;
    Some((keys, series, rest))
}

/// What is remembered of one registration: its keys, and who it says it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Traces {
    /// Whose they are.
    pub id: RegistrationId,
    /// When it was created.
    pub arrival: Arrival,
    /// The id of its project.
    pub project: Arc<str>,
    /// Where its contact stands among those that count on.
    pub series: Vec<series::Place>,
    /// Sorted, strongest first, each once.
    pub keys: Vec<Key>,
    document: Option<Personal>,
    name: Option<FoldedName>,
    birth: Option<NaiveDate>,
    /// When it was rejected, and whether the evidence looked like fraud.
    pub failed: Option<Failure>,
    /// When the link that lives longest dies, of one that the person can still go on with: the service refuses its
    /// contact to another one of the project.
    pub waiting: Option<Timestamp>,
}

/// Seconds and nanoseconds.
type Packed = (i64, u32);

/// All but keys and series, as it is packed.
#[derive(Serialize, Deserialize)]
struct Rest {
    document: Option<Personal>,
    name: Option<FoldedName>,
    birth: Option<NaiveDate>,
    failed: Option<(Packed, bool)>,
    waiting: Option<Packed>,
}

fn packed(at: Timestamp) -> Packed {
    (at.timestamp(), at.timestamp_subsec_nanos())
}

fn unpacked((seconds, nanos): Packed) -> Option<Timestamp> {
    Timestamp::from_timestamp(seconds, nanos)
}

/// Bytes of a packed key.
const KEY: usize = 1 + size_of::<u64>();
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

/// An earlier rejection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    pub at: Timestamp,
    pub looked_like_fraud: bool,
}

impl Traces {
    /// What a registration leaves behind.
    pub fn of(registration: &Registration, arrival: Arrival) -> Self {
        let checks = &registration.checks;
        let document = checks.document.as_ref();
        let information = checks.information.as_ref();
        let scanned = document.and_then(|document| document_key(document.number.as_ref()));
        let typed = information.and_then(|information| document_key(information.document_number.as_ref()));
        let mut keys: Vec<Key> = values(registration).map(|(kind, value)| Key::of(kind, &value)).collect();
        keys.sort();
        keys.dedup();
        Self {
            id: registration.id.clone(),
            arrival,
            project: registration.project.id.as_str().into(),
            series: series::Place::of(&registration.contact),
            keys,
            document: scanned.or(typed),
            name: registration.name().and_then(|name| FoldedName::new(name.reveal())),
            birth: document
                .and_then(|document| document.birth_date)
                .or(information.and_then(|information| information.birth_date)),
            failed: (registration.status == Status::Failed).then(|| Failure {
                at: registration.completed_at.map_or(registration.updated_at, |moment| moment.at),
                looked_like_fraud: looked_like_fraud(registration),
            }),
            waiting: matches!(registration.status, Status::Started | Status::Ongoing)
                .then(|| longest_link(registration).1),
        }
    }

    /// In little memory: how many keys, the keys, the series, and the rest; without id, arrival and project.
    pub fn pack(&self) -> Vec<u8> {
        // More keys than that are noise; the strongest come first.
        let keys = &self.keys[..self.keys.len().min(usize::from(u8::MAX))];
        let mut bytes = Vec::with_capacity(160);
        bytes.push(keys.len() as u8);
        for key in keys {
            bytes.push(key.kind as u8);
            bytes.extend_from_slice(&key.digest.to_le_bytes());
        }
        let rest = Rest {
            document: self.document.clone(),
            name: self.name.clone(),
            birth: self.birth,
            failed: self.failed.map(|failed| (packed(failed.at), failed.looked_like_fraud)),
            waiting: self.waiting.map(packed),
        };
        // Numbers and texts can always be written to memory.
        let _ = rmp_serde::encode::write(&mut bytes, &self.series);
        let _ = rmp_serde::encode::write(&mut bytes, &rest);
        bytes.shrink_to_fit();
        bytes
    }

    /// Of what was packed only what others need to know at once; `None` of bytes that are none.
    pub fn outline(bytes: &[u8], id: RegistrationId, arrival: Arrival, project: Arc<str>) -> Option<Self> {
        let (keys, series, _) = opened(bytes)?;
        let (document, name, birth, failed, waiting) = (None, None, None, None, None);
        Some(Self { id, arrival, project, series, keys, document, name, birth, failed, waiting })
    }

    /// What was packed; `None` of bytes that are none.
    pub fn unpack(bytes: &[u8], id: RegistrationId, arrival: Arrival, project: &Arc<str>) -> Option<Self> {
        let (keys, series, mut rest) = opened(bytes)?;
        let rest = Rest::deserialize(&mut rest).ok()?;
        let failed = rest.failed.map(|(at, looked_like_fraud)| Some(Failure { at: unpacked(at)?, looked_like_fraud }));
        Some(Self {
            id,
            arrival,
            project: Arc::clone(project),
            series,
            keys,
            document: rest.document,
            name: rest.name,
            birth: rest.birth,
            failed: failed.map_or(Some(None), |failed| failed.map(Some))?,
            waiting: rest.waiting.map_or(Some(None), |at| unpacked(at).map(Some))?,
        })
    }

    /// Whether two registrations are of one person: by document, else by biometric identity, else by name. `None` if
    /// nothing decides it.
    pub fn same_person(&self, other: &Self) -> Option<bool> {
        if let Some(same) = self.same_document(other) {
            return Some(same);
        }
        if self.person().is_some() && self.person() == other.person() {
            return Some(true);
        }
        self.same_name(other)
    }

    /// The biometric identity.
    fn person(&self) -> Option<&Key> {
        self.keys.iter().find(|key| key.kind == LinkKind::Person)
    }

    /// Whether both showed one document; `None` if one showed none.
    pub fn same_document(&self, other: &Self) -> Option<bool> {
        let (left, right) = (self.document.as_ref()?.reveal(), other.document.as_ref()?.reveal());
        Some(are_within_edits(left, right, MISREAD_EDITS))
    }

    /// Whether the names agree; `None` if one is not known or they are in different scripts.
    pub fn same_name(&self, other: &Self) -> Option<bool> {
        self.name.as_ref()?.similarity(other.name.as_ref()?).map(|likeness| likeness >= SAME_NAME)
    }

    /// Whether both can be reached at one e-mail address or phone.
    pub fn same_contact(&self, other: &Self) -> bool {
        let contacts = self.keys.iter().filter(|key| matches!(key.kind, LinkKind::Email | LinkKind::Phone));
        contacts.into_iter().any(|key| other.keys.contains(key))
    }

    /// Whether name and birth date agree, so that a shared document is one person starting twice.
    pub fn same_name_and_birth(&self, other: &Self) -> bool {
        self.same_name(other) == Some(true) && self.birth.is_some() && self.birth == other.birth
    }
}

/// The values that may join a registration to others, in one spelling.
fn values(registration: &Registration) -> impl Iterator<Item = (LinkKind, Personal)> {
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

fn looked_like_fraud(registration: &Registration) -> bool {
    let checks = &registration.checks;
    let failed = |outcome: Option<&Outcome>| outcome == Some(&Outcome::Failed);
    checks.background.as_ref().is_some_and(crate::model::BackgroundCheck::has_hit)
        || checks.liveness.as_ref().is_some_and(|liveness| failed(liveness.anti_spoofing.as_ref()))
        || checks
            .document
            .as_ref()
            .is_some_and(|document| failed(document.authenticity.as_ref()) || failed(document.anti_spoofing.as_ref()))
}

fn document_key(number: Option<&Personal>) -> Option<Personal> {
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
