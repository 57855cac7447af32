//! How the entries of lists are written.

use super::IpNet;
use crate::triage::country;

/// Fewer letters than this are part of the name of nearly every client.
const SHORTEST_CLIENT: usize = 4;

/// Reads a list: one entry a line, `#` begins a comment. `Err`: the lines that are none, counted from 1.
pub fn read_all<T>(text: &str, read: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, Vec<(usize, String)>> {
    let mut entries = Vec::new();
    let mut mistakes = Vec::new();
    for (line, number) in text.trim_start_matches('\u{feff}').lines().zip(1..) {
        let entry = line.split('#').next().unwrap_or_default().trim();
        if entry.is_empty() {
            continue;
        }
        match read(entry) {
            Ok(entry) => entries.push(entry),
            Err(message) => mistakes.push((number, message)),
        }
    }
    if mistakes.is_empty() { Ok(entries) } else { Err(mistakes) }
}

/// A mail domain.
pub fn domain(entry: &str) -> Result<String, String> {
    let is_part = |part: &str| {
        !part.is_empty() && part.chars().all(|character| character.is_alphanumeric() || matches!(character, '-' | '_'))
    };
    if entry.contains('.') && entry.split('.').all(is_part) {
        return Ok(entry.to_lowercase());
    }
    Err("must be a mail domain alone, for example mail.example".to_owned())
}

/// A word in the name of a client.
pub fn client(entry: &str) -> Result<String, String> {
    if entry.chars().count() < SHORTEST_CLIENT {
        return Err(format!(
            "must have {SHORTEST_CLIENT} letters or more: shorter words stand in the name of every client"
        ));
    }
    Ok(entry.to_lowercase())
}

/// A network and the code of its country, separated by blanks or a comma.
pub fn network_country(entry: &str) -> Result<(IpNet, &'static str), String> {
    let mut columns = entry.split([',', ' ', '\t']).filter(|column| !column.is_empty());
    let (Some(written), Some(code), None) = (columns.next(), columns.next(), columns.next()) else {
        return Err("must be a network and the two letters of a country, for example 203.0.113.0/24 CO".to_owned());
    };
    match country::code(code) {
        Some(country) if country.eq_ignore_ascii_case(code) => Ok((network(written)?, country)),
        _ => {
            Err("the second word must be the code of a country in two letters (ISO 3166-1), for example CO".to_owned())
        }
    }
}

/// A network for anonymity.
pub fn anonymous(entry: &str) -> Result<(IpNet, ()), String> {
    Ok((network(entry)?, ()))
}

fn network(entry: &str) -> Result<IpNet, String> {
    let network = match entry.parse::<IpNet>() {
        Ok(network) => network.trunc(),
        Err(_) => IpNet::from(entry.parse::<std::net::IpAddr>().map_err(|_| {
            "must be a network or an address, for example 203.0.113.0/24, 203.0.113.7 or 2001:db8::/32".to_owned()
        })?),
    };
    if network.prefix_len() == 0 {
        return Err("must not be the whole of all addresses".to_owned());
    }
    Ok(network)
}
