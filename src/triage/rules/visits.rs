//! The person's own steps as visits: when each came, from which address and with which device.

use std::net::{IpAddr, Ipv6Addr};

use crate::{
    model::{Moment, Registration},
    triage::links,
};

/// One step as it came in.
#[derive(Clone, Copy)]
pub struct Visit<'a> {
    /// JSON path of the evidence, for example `evidence.document`.
    pub evidence: &'static str,
    pub at: Option<Moment>,
    /// As recorded; `None` where the source does not tell.
    pub address: Option<&'a str>,
    /// The browser or app, as it named itself.
    pub client: Option<&'a str>,
    /// `DESKTOP`, `IOS` or `ANDROID`, where the source tells.
    system: Option<&'a str>,
}

impl<'a> Visit<'a> {
    /// The address, if it says anything about where the person is.
    pub fn public_address(&self) -> Option<IpAddr> {
        links::parse_public(self.address?)
    }

    /// The device as far as it can be told.
    pub fn device(&self) -> Option<Device<'a>> {
        self.client.and_then(Device::of_client).or_else(|| Device::of_system(self.system?))
    }
}

/// The visits in order of time; those of unknown time at their place in the flow.
pub fn visits(registration: &Registration) -> Vec<Visit<'_>> {
    let checks = &registration.checks;
    let codes = [("evidence.email", checks.email.as_ref()), ("evidence.phone", checks.phone.as_ref())];
    let mut visits = Vec::with_capacity(5);
    visits.extend(checks.information.as_ref().map(|typed| Visit {
        evidence: "evidence.information",
        at: typed.submitted.or(typed.created),
        address: typed.ip.as_deref(),
        client: typed.user_agent.as_deref(),
        system: None,
    }));
    visits.extend(codes.into_iter().filter_map(|(evidence, code)| {
        let code = code?;
        Some(Visit { evidence, at: code.created, address: code.ip.as_deref(), client: None, system: None })
    }));
    visits.extend(checks.document.as_ref().map(|scan| Visit {
        evidence: "evidence.document",
        at: scan.created,
        address: scan.ip.as_deref(),
        client: scan.user_agent.as_deref(),
        system: None,
    }));
    visits.extend(checks.liveness.as_ref().map(|selfie| Visit {
        evidence: "evidence.liveness",
        at: selfie.created,
        address: selfie.ip.as_deref(),
        client: selfie.user_agent.as_deref(),
        system: selfie.os.as_deref(),
    }));
    let mut latest = None;
    let mut timed: Vec<_> = visits
        .into_iter()
        .map(|visit| {
            latest = visit.at.map(|moment| moment.at).or(latest);
            (latest, visit)
        })
        .collect();
    timed.sort_by_key(|(at, _)| *at);
    timed.into_iter().map(|(_, visit)| visit).collect()
}

/// Whether two addresses may belong to one connection. Of IPv6 the first half names it; a home has addresses of both
/// families, so that nothing can be said across them.
pub fn is_same_connection(left: IpAddr, right: IpAddr) -> bool {
    let network = |address: Ipv6Addr| u128::from(address) >> 64;
    match (left, right) {
        (IpAddr::V4(left), IpAddr::V4(right)) => left == right,
        (IpAddr::V6(left), IpAddr::V6(right)) => network(left) == network(right),
        _ => true,
    }
}

/// What a client tells of the device it runs on. Versions and browsers do not count: they change under one's hands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Device<'a> {
    platform: Platform,
    /// The model, which few systems tell.
    model: Option<&'a str>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Platform {
    /// A desktop of which no more is known.
    Desktop,
    Windows,
    Mac,
    Linux,
    Apple,
    Android,
}

/// Words in the names of clients, the more telling first: Android calls itself Linux too, and iPhones like a Mac.
const PLATFORMS: &[(&str, Platform)] = &[
    ("iPhone", Platform::Apple),
    ("iPad", Platform::Apple),
    ("iOS", Platform::Apple),
    ("Android", Platform::Android),
    ("Windows", Platform::Windows),
    ("Macintosh", Platform::Mac),
    ("CrOS", Platform::Linux),
    ("Linux", Platform::Linux),
];

impl<'a> Device<'a> {
    fn of_client(client: &'a str) -> Option<Self> {
        let (_, platform) = PLATFORMS.iter().find(|(word, _)| client.contains(word))?;
        let model = (*platform == Platform::Android).then(|| android_model(client)).flatten();
        Some(Self { platform: *platform, model })
    }

    fn of_system(system: &str) -> Option<Self> {
        let platform = match system.trim().to_ascii_uppercase().as_str() {
            "DESKTOP" => Platform::Desktop,
            "IOS" => Platform::Apple,
            "ANDROID" => Platform::Android,
            _ => return None,
        };
        Some(Self { platform, model: None })
    }

    pub fn is_desktop(&self) -> bool {
        !matches!(self.platform, Platform::Apple | Platform::Android)
    }

    /// Whether two devices cannot be one.
    pub fn differs(&self, other: &Self) -> bool {
        if self.platform == Platform::Desktop || other.platform == Platform::Desktop {
            return self.is_desktop() != other.is_desktop();
        }
        let models = self.model.zip(other.model);
        self.platform != other.platform || models.is_some_and(|(model, other)| model != other)
    }

    /// For a reader.
    pub fn name(&self) -> &'a str {
        self.model.unwrap_or(match self.platform {
            Platform::Desktop => "desktop",
            Platform::Windows => "Windows",
            Platform::Mac => "Mac",
            Platform::Linux => "Linux",
            Platform::Apple => "iPhone or iPad",
            Platform::Android => "Android",
        })
    }
}

/// `Pixel 8` of `Mozilla/5.0 (Linux; Android 15; Pixel 8) …`. Browsers that hide it write `K` or nothing.
fn android_model(client: &str) -> Option<&str> {
    let (_, inside) = client.split_once('(')?;
    let (inside, _) = inside.split_once(')')?;
    let (_, behind) = inside.split_once("Android")?;
    let model = behind.split(';').nth(1)?.split(" Build/").next()?.trim();
    let says_nothing = model.len() < 2 || model.starts_with("rv:") || matches!(model, "Mobile" | "Tablet" | "wv");
    (!says_nothing).then_some(model)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{Device, is_same_connection, visits};
    use crate::triage::testing::{document, finished, information, liveness, moment};

    const PIXEL: &str = "Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 Chrome/137.0.0.0 Mobile";
    const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5";

    fn device(client: &str) -> Device<'_> {
        Device::of_client(client).unwrap()
    }

    #[test]
    fn a_device_stays_the_same_with_another_browser_or_version() {
        let updated = "Mozilla/5.0 (Linux; Android 16; Pixel 8 Build/BP1A) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile";
        let firefox = "Mozilla/5.0 (Android 14; Mobile; rv:139.0) Gecko/139.0 Firefox/139.0";
        let reduced = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile";
        for same in [updated, firefox, reduced] {
            assert!(!device(PIXEL).differs(&device(same)), "{same}");
        }
        assert!(!device(IPHONE).differs(&device("App/3 (iPhone; iOS 17.1)")));
    }

    #[test]
    fn another_model_or_system_is_another_device() {
        let galaxy = "Mozilla/5.0 (Linux; Android 14; SM-A546E) AppleWebKit/537.36 Chrome/136.0.0.0 Mobile";
        assert!(device(PIXEL).differs(&device(galaxy)) && device(PIXEL).differs(&device(IPHONE)));
        let windows = device("Mozilla/5.0 (Windows NT 10.0; Win64; x64)");
        assert!(windows.differs(&device("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)")));
        let desktop = Device::of_system("DESKTOP").unwrap();
        assert!(!windows.differs(&desktop) && desktop.differs(&device(IPHONE)));
        assert_eq!((Device::of_client("curl/8"), Device::of_system("TOASTER")), (None, None));
    }

    #[test]
    fn one_connection_has_one_address_or_one_half_of_it() {
        let same = |left: &str, right: &str| is_same_connection(left.parse().unwrap(), right.parse().unwrap());
        assert!(same("203.0.113.7", "203.0.113.7") && !same("203.0.113.7", "203.0.113.8"));
        assert!(same("2001:db8:1:2::7", "2001:db8:1:2:a::8") && !same("2001:db8:1:2::7", "2001:db8:1:3::7"));
        assert!(same("203.0.113.7", "2001:db8::7"));
    }

    #[test]
    fn visits_stand_in_order_of_time_and_without_one_in_that_of_the_flow() {
        let mut registration = finished();
        information(&mut registration).submitted = moment(205);
        document(&mut registration).created = None;
        liveness(&mut registration).created = moment(40);
        let order: Vec<&str> = visits(&registration).into_iter().map(|visit| visit.evidence).collect();
        assert_eq!(
            order,
            ["evidence.liveness", "evidence.email", "evidence.phone", "evidence.document", "evidence.information"]
        );
    }
}
