//! What the rules know by heart: mail domains, clients, networks and phone numbers, as lists of one entry a line.
//!
//! The built-in lists stand under `assets/lists/` and are read once; a house adds its own, which stand beside them. No
//! list is fetched: what changes every hour (exits of Tor, countries of networks) only the house can know, and where
//! nothing is known the rules say that nothing was measured.

mod domains;
mod entry;
mod networks;
mod phones;

use std::{
    fmt,
    hash::{DefaultHasher, Hash, Hasher},
    net::IpAddr,
    sync::{Arc, LazyLock},
};

use domains::Domains;
use ipnet::IpNet;
use networks::Networks;
pub(super) use phones::PhoneFault;
use phones::PhoneNumbers;

/// One of the lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ListName {
    /// Mail domains that anybody is given for minutes.
    DisposableMail,
    /// Services that forward mail under an address of their own; never disposable.
    MailRelays,
    /// Mail domains that many people have; the ones that are mistyped.
    MailProviders,
    /// Words in the names of clients that no person sits in front of.
    AutomatedClients,
    /// The countries of networks.
    NetworkCountries,
    /// Networks of VPN services, open proxies and Tor exits.
    AnonymousNetworks,
    /// The lengths of phone numbers by calling code.
    PhoneNumbers,
}

impl ListName {
    /// Every list, in the order of the documentation.
    pub const ALL: &'static [Self] = &[
        Self::DisposableMail,
        Self::MailRelays,
        Self::MailProviders,
        Self::AutomatedClients,
        Self::NetworkCountries,
        Self::AnonymousNetworks,
        Self::PhoneNumbers,
    ];

    /// Its name in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DisposableMail => "disposable_mail",
            Self::MailRelays => "mail_relays",
            Self::MailProviders => "mail_providers",
            Self::AutomatedClients => "automated_clients",
            Self::NetworkCountries => "network_countries",
            Self::AnonymousNetworks => "anonymous_networks",
            Self::PhoneNumbers => "phone_numbers",
        }
    }

    /// What is built in.
    fn built_in(self) -> &'static str {
        match self {
            Self::DisposableMail => include_str!("../../../assets/lists/disposable-mail.txt"),
            Self::MailRelays => include_str!("../../../assets/lists/mail-relays.txt"),
            Self::MailProviders => include_str!("../../../assets/lists/mail-providers.txt"),
            Self::AutomatedClients => include_str!("../../../assets/lists/automated-clients.txt"),
            Self::NetworkCountries => include_str!("../../../assets/lists/network-countries.txt"),
            Self::AnonymousNetworks => include_str!("../../../assets/lists/anonymous-networks.txt"),
            Self::PhoneNumbers => include_str!("../../../assets/lists/phone-numbers.txt"),
        }
    }
}

/// All lists. Cheap to clone; a clone is copied when it is extended.
#[derive(Clone, PartialEq)]
pub struct Lists(Arc<Entries>);

#[derive(Clone, PartialEq, Default)]
struct Entries {
    disposable: Domains,
    relays: Domains,
    providers: Domains,
    automated: Vec<String>,
    countries: Networks<&'static str>,
    anonymous: Networks<()>,
    phones: PhoneNumbers,
    /// Of everything that was added, in that order.
    fingerprint: u64,
}

static BUILT_IN: LazyLock<Lists> = LazyLock::new(|| {
    let mut lists = Lists(Arc::default());
    for list in ListName::ALL {
        // A test holds that every line of them is read.
        let _ = lists.extend(*list, list.built_in());
    }
    lists
});

impl Default for Lists {
    /// The built-in ones.
    fn default() -> Self {
        BUILT_IN.clone()
    }
}

impl fmt::Debug for Lists {
    /// The lists are too long to be read: how many entries they have.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = ListName::ALL.iter().map(|list| (list.as_str(), self.count(*list)));
        formatter.debug_map().entries(counts).finish()
    }
}

impl Lists {
    /// Adds entries, one a line; `#` begins a comment.
    ///
    /// # Errors
    ///
    /// Each line that cannot be read, counted from 1, with what is wrong; then nothing is added.
    pub fn extend(&mut self, list: ListName, text: &str) -> Result<(), Vec<(usize, String)>> {
        let entries = Arc::make_mut(&mut self.0);
        match list {
            ListName::DisposableMail => entries.disposable.extend(entry::read_all(text, entry::domain)?),
            ListName::MailRelays => entries.relays.extend(entry::read_all(text, entry::domain)?),
            ListName::MailProviders => entries.providers.extend(entry::read_all(text, entry::domain)?),
            ListName::AutomatedClients => entries.automated.extend(entry::read_all(text, entry::client)?),
            ListName::NetworkCountries => entries.countries.extend(entry::read_all(text, entry::network_country)?),
            ListName::AnonymousNetworks => entries.anonymous.extend(entry::read_all(text, entry::anonymous)?),
            ListName::PhoneNumbers => entries.phones.extend(entry::read_all(text, phones::entry)?),
        }
        let mut hasher = DefaultHasher::new();
        (entries.fingerprint, list, text).hash(&mut hasher);
        entries.fingerprint = hasher.finish();
        Ok(())
    }

    /// What differs whenever other entries were added; the same build makes the same of the same.
    pub(super) fn fingerprint(&self) -> u64 {
        self.0.fingerprint
    }

    /// How many entries a list has.
    pub fn count(&self, list: ListName) -> usize {
        match list {
            ListName::DisposableMail => self.0.disposable.len(),
            ListName::MailRelays => self.0.relays.len(),
            ListName::MailProviders => self.0.providers.len(),
            ListName::AutomatedClients => self.0.automated.len(),
            ListName::NetworkCountries => self.0.countries.len(),
            ListName::AnonymousNetworks => self.0.anonymous.len(),
            ListName::PhoneNumbers => self.0.phones.len(),
        }
    }

    /// Whether a mail domain (lower case) or one it is part of is given out for minutes. A relay is not.
    pub(super) fn is_disposable(&self, domain: &str) -> bool {
        self.0.disposable.covers(domain) && !self.0.relays.covers(domain)
    }

    /// The well-known mail domain that a mistyped one (lower case) was meant to be. Names of providers that are shorter
    /// than `shortest` letters are one slip away from too many others.
    pub(super) fn mistyped(&self, domain: &str, shortest: usize) -> Option<&str> {
        let lists = &self.0;
        if lists.disposable.covers(domain) || lists.relays.covers(domain) {
            return None;
        }
        lists.providers.one_slip_from(domain, shortest)
    }

    /// Whether a client is automated by its name; an empty name is no person's.
    pub(super) fn is_automated(&self, client: &str) -> bool {
        let name = client.trim().to_lowercase();
        name.is_empty() || self.0.automated.iter().any(|word| name.contains(word))
    }

    /// The country of an address, where a list tells.
    pub(super) fn country_of(&self, address: IpAddr) -> Option<&'static str> {
        self.0.countries.get(address)
    }

    /// Whether an address is listed as one for anonymity; `None` where no list knows such addresses: the built-in one
    /// knows those of the networks for documentation alone.
    pub(super) fn is_anonymous(&self, address: IpAddr) -> Option<bool> {
        let anonymous = &self.0.anonymous;
        if anonymous.get(address).is_some() {
            return Some(true);
        }
        let knows_real_ones = anonymous.iter().any(|(network, ())| !is_for_documentation(network.network()));
        (knows_real_ones || is_for_documentation(address)).then_some(false)
    }

    /// The calling code that the digits of a number in international form begin with.
    pub(super) fn calling_code_of<'a>(&self, digits: &'a str) -> Option<&'a str> {
        self.0.phones.code_of(digits)
    }

    /// What makes a phone number impossible: `code` as digits, `number` as the digits behind it.
    pub(super) fn phone_fault(&self, code: &str, number: &str) -> Option<PhoneFault> {
        self.0.phones.fault(code, number)
    }
}

/// Whether an address belongs to a network that was set aside for examples (RFC 5737, RFC 3849).
fn is_for_documentation(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => matches!(address.octets(), [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _]),
        IpAddr::V6(address) => matches!(address.segments(), [0x2001, 0x0db8, ..]),
    }
}

#[cfg(test)]
mod tests;
