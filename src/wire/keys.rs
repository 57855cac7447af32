//! The names that have a meaning at the top of a registration, in either dialect.

/// Where unknown keys go whose names have a meaning of their own.
pub(super) const EXTRA: &str = "extra";

/// Every key that reading a registration understands, or that writing one produces.
pub(super) const KNOWN: &[&str] = &[
    // identity and refs
    "id",
    "_id",
    "userId",
    "projectId",
    "flowId",
    "project",
    "projectFlow",
    "projectName",
    "projectCountries",
    "flowName",
    "flowStatus",
    "flowSettings",
    // overview
    "steps",
    "verificationResults",
    "scores",
    "contact",
    "redFlags",
    "reportedFlags",
    "risk",
    "stuck",
    "failedAttempts",
    "accessLog",
    "links",
    "evidence",
    "reviews",
    "desk",
    "linkResent",
    "linkResends",
    "deliveries",
    "link",
    "version",
    "completedBasis",
    "sync",
    "blockers",
    EXTRA,
    // both
    "status",
    "currentStep",
    "createdAt",
    "updatedAt",
    "completedAt",
    "expiresAt",
    // live
    "email",
    "phone",
    "countryCode",
    "fullName",
    "firstName",
    "lastName",
    "name",
    "language",
    "redFlagsDetails",
    "informationValidation",
    "emailValidation",
    "phoneValidation",
    "documentValidation",
    "biometricValidation",
    "person",
    "compareFaceVerification",
    "formSubmittion",
    "formSubmission",
    "signature",
    "consentSession",
    "accessControlLog",
    "manualReviewLog",
    "webhookEvents",
    "failedEmailValidations",
    "failedPhoneValidations",
    "failedDocumentValidations",
    "failedBiometricValidations",
    "basicInformationAt",
    "instructionsAt",
];

/// Whether a name has a meaning.
pub(super) fn is_known(key: &str) -> bool {
    KNOWN.contains(&key)
}
