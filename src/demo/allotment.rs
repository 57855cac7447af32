//! What nobody may have twice by accident: e-mail addresses, phones, document numbers and addresses on the network.
//! Given out one after the other; all of it lies in ranges reserved for documentation and fiction.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::net::{Ipv4Addr, Ipv6Addr};

use super::chance::Chance;
use super::world::{Country, World};

/// Domains that no mail is delivered to (RFC 2606).
const DOMAINS: &[&str] = &["example.com", "example.org", "example.net"];
/// Networks for documentation (RFC 5737), without the addresses ending in 0 and 255.
const NETWORKS: &[[u8; 3]] = &[[192, 0, 2], [198, 51, 100], [203, 0, 113]];
const HOSTS: u64 = 254;
/// Steps through the networks so that neighbours come far apart. Shares no factor with their number of addresses.
const ADDRESS_STEP: u64 = 475;
/// Document numbers have nine digits after their prefix, and are stepped through without repeating: the step shares
/// no factor with ten.
const DOCUMENTS: u64 = 1_000_000_000;
const DOCUMENT_STEP: u64 = 387_420_489;

/// What has been given out so far.
#[derive(Debug, Default)]
pub(super) struct Allotment {
    /// Digests of the addresses before the `@`.
    mailboxes: HashSet<u64>,
    documents: u64,
    hosts: u64,
    /// Phones given out, by position of the country and of the range.
    phones: Vec<Vec<u64>>,
}

impl Allotment {
    /// An e-mail address made of a romanised name.
    pub(super) fn email(&mut self, given: &str, family: &str, chance: &mut Chance) -> String {
        let (given, family) = (mail_word(given), mail_word(family));
        let mut local = match chance.between(0..=4) {
            0 => format!("{family}.{given}"),
            1 => format!("{given}_{family}"),
            2 => format!("{given}{family}"),
            _ => format!("{given}.{family}"),
        };
        while !self.mailboxes.insert(fingerprint(&local)) {
            local.push(if chance.percent(50) { '.' } else { '-' });
            local.push_str(&syllables(chance));
        }
        format!("{local}@{}", chance.pick(DOMAINS).copied().unwrap_or("example.com"))
    }

    /// A document number that says of itself that it is invented.
    pub(super) fn document(&mut self, seed: u64) -> String {
        let number = (seed % DOCUMENTS + self.documents % DOCUMENTS * DOCUMENT_STEP) % DOCUMENTS;
        self.documents += 1;
        format!("DEMO{number:09}")
    }

    /// An address on the network. The few for documentation are given out once each; then everybody has IPv6.
    pub(super) fn address(&mut self, chance: &mut Chance) -> String {
        let all = NETWORKS.len() as u64 * HOSTS;
        if self.hosts >= all || chance.percent(35) {
            let [a, b, c] = [0; 3].map(|_: u8| chance.between(1..=0xffff) as u16);
            return Ipv6Addr::new(0x2001, 0xdb8, a, b, 0, 0, 0, c).to_string();
        }
        let place = self.hosts * ADDRESS_STEP % all;
        self.hosts += 1;
        let [a, b, c] = NETWORKS[(place / HOSTS) as usize];
        Ipv4Addr::new(a, b, c, (place % HOSTS) as u8 + 1).to_string()
    }

    /// Whether a country has reserved numbers left.
    pub(super) fn has_phones(&self, world: &World, country: &Country) -> bool {
        let used = world.countries.iter().position(|known| known.name == country.name);
        let used = used.and_then(|position| self.phones.get(position));
        (country.phones.iter().enumerate())
            .any(|(range, pattern)| used.and_then(|used| used.get(range)).copied().unwrap_or(0) < capacity(pattern))
    }

    /// A phone number without its country code, while there are any left.
    pub(super) fn phone(&mut self, world: &World, country: &Country, chance: &mut Chance) -> Option<String> {
        let position = world.countries.iter().position(|known| known.name == country.name)?;
        self.phones.resize(world.countries.len(), Vec::new());
        let used = self.phones.get_mut(position)?;
        used.resize(country.phones.len(), 0);
        let free: Vec<usize> =
            (0..used.len()).filter(|range| used[*range] < capacity(&country.phones[*range])).collect();
        let range = *chance.pick(&free)?;
        let pattern = &country.phones[range];
        let place = (used[range] * PHONE_STEP + beginning(pattern)) % capacity(pattern);
        let number = place * PHONE_DISTANCE;
        used[range] += 1;
        let digits = pattern.matches('#').count();
        let tail = if digits == 0 { String::new() } else { format!("{number:0digits$}") };
        Some(format!("{}{tail}", pattern.trim_end_matches('#')))
    }
}

/// Numbers of one range are this far apart at least: reserved ranges are narrow, and strangers whose numbers are next to
/// one another would look like a series.
const PHONE_DISTANCE: u64 = 11;
/// From one number given out to the next, in distances; no capacity of a range of 2 to 5 digits is a multiple of it.
const PHONE_STEP: u64 = 7;

/// How many numbers of a range are given out.
fn capacity(pattern: &str) -> u64 {
    (10_u64.saturating_pow(pattern.matches('#').count() as u32) / PHONE_DISTANCE).max(1)
}

/// Where a range begins to be given out, so that ranges of one size do not run alike.
fn beginning(pattern: &str) -> u64 {
    pattern.bytes().fold(7, |sum: u64, byte| (sum * 31 + u64::from(byte)) % 99_991)
}

fn mail_word(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

/// Two syllables, to tell people of one name apart.
fn syllables(chance: &mut Chance) -> String {
    const ONSETS: &[char] = &['b', 'd', 'f', 'g', 'k', 'l', 'm', 'n', 'p', 'r', 's', 't', 'v', 'z'];
    const VOWELS: &[char] = &['a', 'e', 'i', 'o', 'u'];
    (0..4).filter_map(|place| chance.pick(if place % 2 == 0 { ONSETS } else { VOWELS })).collect()
}

fn fingerprint(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::HashSet;

    use super::super::{chance::Chance, world::world};
    use super::Allotment;

    #[test]
    fn namesakes_have_addresses_of_their_own() {
        let (mut allotment, mut chance) = (Allotment::default(), Chance::of(1, 0));
        let all: HashSet<String> = (0..3_000).map(|_| allotment.email("María José", "O'Neil", &mut chance)).collect();
        assert_eq!(all.len(), 3_000);
        assert!(all.iter().all(|email| email.is_ascii() && email.contains("@example.") && !email.contains('\'')));
    }

    #[test]
    fn a_country_gives_out_reserved_numbers_once_and_apart_and_then_none() {
        let world = world().unwrap();
        let country = world.countries.iter().find(|country| country.name == "Germany").unwrap();
        let (mut allotment, mut chance) = (Allotment::default(), Chance::of(1, 0));
        let mut numbers: Vec<u64> = Vec::new();
        while let Some(number) = allotment.phone(world, country, &mut chance) {
            assert!(number.starts_with("17139200") || number.starts_with("176040690"), "{number}");
            let number = number.parse().unwrap();
            assert!(numbers.iter().all(|other| other.abs_diff(number) > 10), "{number} is close to another");
            numbers.push(number);
        }
        assert_eq!(numbers.len(), 18);
        assert!(!allotment.has_phones(world, country));
    }

    #[test]
    fn documents_and_addresses_do_not_repeat() {
        let (mut allotment, mut chance) = (Allotment::default(), Chance::of(1, 0));
        let documents: HashSet<String> = (0..5_000).map(|_| allotment.document(7)).collect();
        let addresses: HashSet<String> = (0..5_000).map(|_| allotment.address(&mut chance)).collect();
        assert_eq!((documents.len(), addresses.len()), (5_000, 5_000));
        assert!(addresses.iter().all(|address| {
            ["192.0.2.", "198.51.100.", "203.0.113.", "2001:db8:"].iter().any(|network| address.starts_with(network))
        }));
    }
}
