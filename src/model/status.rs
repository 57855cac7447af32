//! The status of a registration.

use super::open_word;

open_word! {
    /// Where a registration stands as a whole. Canonical words are those of the overview dialect.
    Status {
        /// Created, nothing synced.
        Started = "started" | "created" | "new" | "pending" | "not_started",
        /// In progress.
        Ongoing = "ongoing" | "in_progress" | "inprogress" | "processing" | "active",
        /// All requirements met.
        Completed = "completed" | "complete" | "approved" | "success" | "finished",
        /// Finished through the skip path.
        CompletedWithoutKyc = "completed_without_kyc" | "completed_without_k_y_c" | "no_kyc" | "skipped_kyc" | "skip_kyc",
        /// Rejected, or out of attempts.
        Failed = "failed" | "rejected" | "declined" | "error",
        /// Blocked until a person settles the checks.
        NeedsManualVerification = "needs_manual_verification" | "manual" | "manual_verification" | "manual_review" | "under_review" | "in_review",
        /// Ran out of time.
        Expired = "expired" | "abandoned" | "timeout",
    } else Unknown
}

impl Status {
    /// Whether nothing more is expected from the person: only an override (or a resent link, for an expired one)
    /// can change it.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Completed | Self::CompletedWithoutKyc | Self::Failed | Self::Expired)
    }

    /// Whether someone still has to do something. Unknown words count as open: hiding them would be worse.
    pub fn is_open(&self) -> bool {
        !self.is_final()
    }

    /// The live dialect's spelling, upper case.
    pub fn to_live(&self) -> String {
        match self {
            Self::Unknown(raw) => raw.clone(),
            known => known.as_str().to_uppercase(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Status;

    #[test]
    fn every_spelling_folds_to_one_status() {
        for word in
            ["NEEDS_MANUAL_VERIFICATION", "needs-manual verification", "needsManualVerification", "Under Review"]
        {
            assert_eq!(Status::parse(word), Status::NeedsManualVerification, "{word}");
        }
        assert_eq!(Status::parse("COMPLETED_WITHOUT_KYC"), Status::CompletedWithoutKyc);
    }

    #[test]
    fn an_unknown_word_survives_as_it_was() {
        assert_eq!(Status::parse("Frozen By Law").as_str(), "Frozen By Law");
        assert!(Status::parse("frozen").is_open());
    }

    #[test]
    fn canonical_words_parse_to_themselves() {
        for status in Status::ALL {
            assert_eq!(&Status::parse(status.as_str()), status);
            assert_eq!(&Status::parse(&status.to_live()), status);
        }
    }
}
