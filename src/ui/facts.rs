//! Facts as screens print them: times in UTC, spans, and people (hidden on demand).

use std::borrow::Cow;

use chrono::Datelike;

use crate::{
    model::{Moment, Personal, Registration, Timestamp},
    text,
    triage::{LinkClock, LinkOrigin, Stuck, ThresholdFrom},
    wire,
};

/// A time in UTC, without seconds, and without the year if it is this one.
pub fn time(at: Timestamp, now: Timestamp) -> String {
    let format = if at.year() == now.year() { "%m-%d %H:%M" } else { "%Y-%m-%d %H:%M" };
    at.format(format).to_string()
}

/// A time with `~` before it where it may be well off the fact.
pub fn moment(moment: Moment, now: Timestamp) -> String {
    let mark = if moment.basis.is_approximate() { "~" } else { "" };
    format!("{mark}{}", time(moment.at, now))
}

/// How long ago something was.
pub fn since(at: Timestamp, now: Timestamp) -> String {
    text::ago((now - at).num_seconds())
}

/// When something will be, or was: `in 3h 12m`, `2d 4h ago`.
pub fn until(at: Timestamp, now: Timestamp) -> String {
    if at > now { format!("in {}", text::ago((at - now).num_seconds())) } else { format!("{} ago", since(at, now)) }
}

/// Personal data, or its mask.
pub fn personal(value: &Personal, masked: bool) -> Cow<'_, str> {
    if masked { Cow::Owned(value.masked()) } else { Cow::Borrowed(value.reveal()) }
}

/// A word of a source where a code belongs; its mask if it is none that is known.
pub fn word(text: &str, masked: bool) -> String {
    if masked { wire::masked_word(text) } else { text.to_owned() }
}

/// Text that may hold personal data, or its mask.
pub fn sensitive(value: &str, masked: bool) -> Cow<'_, str> {
    if masked { Cow::Owned(Personal::from(value).masked()) } else { Cow::Borrowed(value) }
}

/// A value that several registrations share: its end, enough to compare it with a document at hand; nothing of it
/// where personal data is hidden.
pub fn shared(value: &Personal, masked: bool) -> String {
    const SHOWN: usize = 4;
    if masked {
        return "•••".to_owned();
    }
    let (local, domain) = match value.reveal().split_once('@') {
        Some((local, domain)) => (local, format!("@{domain}")),
        None => (value.reveal(), String::new()),
    };
    let letters: Vec<char> = local.chars().collect();
    // Never all of it.
    let shown = SHOWN.min(letters.len() / 2);
    format!("…{}{domain}", letters[letters.len() - shown..].iter().collect::<String>())
}

/// Who registers: the best name known, else the e-mail address, else the phone.
pub fn who(registration: &Registration, masked: bool) -> Cow<'_, str> {
    let known = [registration.name(), registration.contact.email.as_ref(), registration.contact.phone.as_ref()];
    known
        .into_iter()
        .flatten()
        .find(|value| !value.reveal().trim().is_empty())
        .map_or(Cow::Borrowed("(no name)"), |value| personal(value, masked))
}

/// The phone with its country code.
pub fn phone(registration: &Registration, masked: bool) -> Option<String> {
    let phone = registration.contact.phone.as_ref()?;
    let code = registration.contact.country_code.as_deref().unwrap_or_default();
    Some(format!("{code} {}", personal(phone, masked)).trim_start().to_owned())
}

/// A project or flow: its name, else its id.
pub fn named<'a>(name: Option<&'a str>, id: &'a str) -> &'a str {
    name.filter(|name| !name.is_empty()).unwrap_or(id)
}

/// How many times the limit something has waited, in five columns at most: `2.5×`, `48×`, `1.2k×`; nothing where it
/// is stuck at once.
pub fn ratio(stuck: &Stuck) -> Option<String> {
    (stuck.limit_seconds > 0).then(|| match stuck.ratio {
        ratio if ratio < 9.95 => format!("{ratio:.1}×"),
        ratio if ratio < 999.5 => format!("{ratio:.0}×"),
        ratio if ratio < 9950.0 => format!("{:.1}k×", ratio / 1000.0),
        ratio => format!("{:.0}k×", ratio / 1000.0),
    })
}

/// What is left of the link that the person holds: `link 12m left`, `link dead for 2h 5m`.
pub fn link(clock: &LinkClock, now: Timestamp) -> String {
    let which = match clock.origin {
        LinkOrigin::Creation => "link",
        LinkOrigin::Resent => "resent link",
    };
    if clock.is_alive() {
        format!("{which} {} left", text::ago(clock.seconds_left))
    } else {
        format!("{which} dead for {}", since(clock.dies_at, now))
    }
}

/// Where a threshold comes from.
pub fn threshold_source(from: ThresholdFrom) -> &'static str {
    match from {
        ThresholdFrom::Configuration => "set in the configuration",
        ThresholdFrom::Project => "set by the project",
        ThresholdFrom::Flow => "set by the flow",
        ThresholdFrom::Record => "stored on the record",
        ThresholdFrom::Default => "default of this program",
    }
}
