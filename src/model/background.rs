//! Criminal records, watch lists and the tenant's own list: what each source answered about a person.

use serde::{Deserialize, Serialize};

use super::{Moment, Personal, open_word};

open_word! {
    /// What one source of a background check answered.
    SourceStatus {
        /// Nothing there.
        Clear = "clear" | "not_found" | "no_match",
        /// A hit. How sure it is stands beside it, where the source tells.
        Found = "found" | "hit" | "match" | "possible_match" | "potential_match",
        /// No answer: unknown, never clear.
        Error = "error" | "failed" | "timeout",
    } else Other
}

open_word! {
    /// What a list is about.
    ListKind {
        /// Criminal records and wanted persons.
        Criminal = "criminal" | "criminal_records" | "wanted" | "police",
        /// Persons with whom business is forbidden.
        Sanctions = "sanctions" | "sanction" | "sanctions_list",
        /// Politically exposed persons.
        Pep = "pep" | "peps" | "politically_exposed" | "politically_exposed_person",
        /// The tenant's own list of whom it does not want.
        Blacklist = "blacklist" | "black_list" | "blocklist" | "block_list" | "denylist",
    } else Other
}

open_word! {
    /// By what a list found somebody.
    MatchedBy {
        /// The number of a document.
        DocumentNumber = "document_number" | "document" | "id_number" | "exact_id",
        /// The name and the birth date.
        NameAndBirthDate = "name_and_birth_date" | "name_birth_date" | "name_and_date_of_birth" | "name_dob",
        /// The name alone.
        Name = "name" | "full_name",
        /// An e-mail address.
        Email = "email" | "e_mail",
        /// A phone number.
        Phone = "phone" | "phone_number",
        /// A device.
        Device = "device" | "device_id",
        /// An IP address.
        Ip = "ip" | "ip_address",
    } else Other
}

/// One list that was asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BackgroundSource {
    /// For example `world_api_interpol`.
    pub name: String,
    /// What it answered.
    pub status: SourceStatus,
    /// What the list is about, where the source tells.
    #[serde(default)]
    pub kind: Option<ListKind>,
    /// How alike the listed person is, 0 to 1, where the list tells.
    #[serde(default)]
    pub score: Option<f64>,
    /// By what it found the person.
    #[serde(default)]
    pub matched_by: Option<MatchedBy>,
    /// Who or what stands on the list.
    #[serde(default)]
    pub entry: Option<Personal>,
}

impl BackgroundSource {
    /// The answer of a list that tells no more than that.
    pub fn new(name: impl Into<String>, status: SourceStatus) -> Self {
        Self { name: name.into(), status, kind: None, score: None, matched_by: None, entry: None }
    }

    /// Whether it is a list of this kind. A list that does not tell what it is about is none of any kind.
    pub fn is(&self, kind: &ListKind) -> bool {
        self.kind.as_ref() == Some(kind)
    }
}

/// Criminal records and watch lists.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BackgroundCheck {
    /// When the lists were asked.
    pub requested: Option<Moment>,
    /// Each list with its answer. A list with a hit stands here as `Found`.
    pub sources: Vec<BackgroundSource>,
}

impl BackgroundCheck {
    /// Whether any list had a hit.
    pub fn has_hit(&self) -> bool {
        self.sources.iter().any(|source| source.status == SourceStatus::Found)
    }

    /// Whether any list gave no answer.
    pub fn has_error(&self) -> bool {
        self.sources.iter().any(|source| !matches!(source.status, SourceStatus::Found | SourceStatus::Clear))
    }
}
