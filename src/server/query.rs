//! Query strings: which page, which filters, which references to unfold.

use axum::{extract::FromRequestParts, http::request::Parts};

use super::refusal::Refusal;
use crate::{
    backend::{ListRequest, Order},
    model::Status,
};

/// Rows on a page if nobody says otherwise.
const DEFAULT_LIMIT: u32 = 10;

/// The parameters of a query string, in order; unknown ones are ignored by whoever reads them.
#[derive(Debug, Clone, Default)]
pub(super) struct Query(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Refusal> {
        axum::extract::Query::try_from_uri(&parts.uri)
            .map(|axum::extract::Query(pairs)| Self(pairs))
            .map_err(|_| Refusal::bad_request("The query string cannot be read: check its percent-encoding."))
    }
}

impl Query {
    /// Every value under some names. A value that is a JSON list, and one with commas, counts as several.
    fn all(&self, names: &[&str]) -> Vec<String> {
        self.0.iter().filter(|(name, _)| names.contains(&name.as_str())).flat_map(|(_, value)| several(value)).collect()
    }

    /// The last value under the first of some names that is given and not empty.
    pub(super) fn one(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|wanted| {
            let mut given = self.0.iter().rev().filter(|(name, value)| name == wanted && !value.is_empty());
            given.next().map(|(_, value)| value.as_str())
        })
    }

    /// Page number and size.
    pub(super) fn paging(&self) -> Result<Paging, Refusal> {
        let page = self.number(&["page"], 1, u32::MAX, "Invalid parameter: page must be a whole number from 1")?;
        let limit = self.number(
            &["limit", "perPage"],
            DEFAULT_LIMIT,
            ListRequest::MAX_LIMIT,
            "Invalid parameter: limit must be between 1 and 100",
        )?;
        Ok(Paging { page, limit })
    }

    fn number(&self, names: &[&str], default: u32, max: u32, message: &str) -> Result<u32, Refusal> {
        let Some(text) = self.one(names) else { return Ok(default) };
        match text.parse::<u32>() {
            Ok(number) if (1..=max).contains(&number) => Ok(number),
            _ => Err(Refusal::invalid(names[0], message)),
        }
    }

    /// What a list of registrations asks for, in the names of both dialects.
    pub(super) fn list_request(&self) -> Result<ListRequest, Refusal> {
        let Paging { page, limit } = self.paging()?;
        let statuses = self.all(&["status", "where_status", "in_status", "in_status[]"]);
        Ok(ListRequest {
            page,
            limit,
            statuses: statuses.iter().map(|word| Status::parse(word)).collect(),
            project: self.one(&["projectId", "project", "where_project"]).map(str::to_owned),
            flow: self.one(&["flowId", "projectFlow", "where_projectFlow"]).map(str::to_owned),
            order: if self.one(&["sort"]) == Some("-updatedAt") { Order::Changed } else { Order::Created },
        })
    }

    /// The references to unfold.
    pub(super) fn populates(&self) -> Vec<String> {
        self.all(&["populates[]", "populates"])
    }
}

/// One page of anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Paging {
    /// From 1.
    pub(super) page: u32,
    /// 1 to 100.
    pub(super) limit: u32,
}

impl Paging {
    /// How many pages so many rows fill.
    pub(super) fn pages(self, total: usize) -> usize {
        total.div_ceil(self.limit as usize)
    }

    /// Whether the row at a position, counted from 0 over all pages, is on this one.
    pub(super) fn holds(self, position: usize) -> bool {
        position / self.limit as usize == self.page as usize - 1
    }

    /// The rows of this page.
    pub(super) fn cut<T>(self, rows: Vec<T>) -> Vec<T> {
        let numbered = rows.into_iter().enumerate();
        numbered.filter(|(position, _)| self.holds(*position)).map(|(_, row)| row).collect()
    }
}

fn several(value: &str) -> Vec<String> {
    serde_json::from_str::<Vec<String>>(value)
        .unwrap_or_else(|_| value.split(',').filter(|part| !part.is_empty()).map(str::to_owned).collect())
}
