//! The base URL of a remote: what may be one, and the addresses under it.

use std::net::IpAddr;

use reqwest::Url;

use super::RemoteError;

/// A base URL that was found good.
#[derive(Debug, Clone)]
pub(super) struct Address(Url);

impl Address {
    /// Checks a base URL. Plain `http` would send the token and people's data in the clear, so it is only taken for
    /// this machine, unless allowed.
    pub(super) fn new(text: &str, allow_plain_http: bool) -> Result<Self, RemoteError> {
        let refuse = |reason: &str| Err(RemoteError::Address { reason: reason.to_owned() });
        let url = match Url::parse(text.trim()) {
            Ok(url) => url,
            Err(error) => return refuse(&format!("is not a URL ({error}); write it as https://host")),
        };
        let Some(host) = url.host_str() else {
            return refuse("names no host; write it as https://host");
        };
        if !url.username().is_empty() || url.password().is_some() {
            return refuse("holds a user name or password; take them out and give the token by its own setting");
        }
        if url.query().is_some() || url.fragment().is_some() {
            return refuse("holds a query or fragment; end it after the host or path");
        }
        match url.scheme() {
            "https" => Ok(Self(url)),
            "http" if allow_plain_http || is_loopback(host) => Ok(Self(url)),
            "http" => refuse("is plain http, which would send the token in the clear; use https, or allow plain http"),
            _ => refuse("is neither https nor http"),
        }
    }

    /// Host, and port where it is not the usual one.
    pub(super) fn name(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        match self.0.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }

    /// An address under the base. Segments are escaped, so an id cannot leave its place.
    pub(super) fn at(&self, segments: &[&str]) -> Url {
        let mut url = self.0.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            // A segment of dots alone would be resolved away, whatever its escaping.
            let escaped =
                segments.iter().map(|segment| if segment.bytes().all(|byte| byte == b'.') { "-" } else { segment });
            path.pop_if_empty().extend(escaped);
        }
        url
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn refusal(text: &str) -> String {
        Address::new(text, false).unwrap_err().to_string()
    }

    #[test]
    fn plain_http_is_only_taken_for_this_machine_unless_allowed() {
        for good in ["https://api.example.com", "http://127.0.0.1:8787", "http://[::1]:8787", "http://localhost"] {
            assert!(Address::new(good, false).is_ok(), "{good}");
        }
        assert!(refusal("http://api.example.com").contains("in the clear"));
        assert!(refusal("http://127.0.0.1.example.com").contains("in the clear"));
        assert!(Address::new("http://api.example.com", true).is_ok());
    }

    #[test]
    fn secrets_have_no_place_in_the_url_and_are_not_repeated() {
        let refused = refusal("https://user:hunter2@api.example.com");
        assert!(refused.contains("password") && !refused.contains("hunter2"), "{refused}");
        assert!(refusal("https://api.example.com/?token=hunter2").contains("query"));
    }

    #[test]
    fn an_id_cannot_leave_its_place_in_the_path() {
        let address = Address::new("https://api.example.com/base/", false).unwrap();
        let url = address.at(&["v2", "app-registrations", "../../admin?x=1#y"]);
        assert_eq!(url.as_str(), "https://api.example.com/base/v2/app-registrations/..%2F..%2Fadmin%3Fx=1%23y");
        assert_eq!(address.at(&["v2", ".."]).path(), "/base/v2/-");
    }
}
