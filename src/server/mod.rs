//! The endpoints of a Verifik-compatible service, served over any [`Backend`](crate::backend::Backend).
//!
//! Owns routing, tokens, limits and the shape of answers and errors. Decides nothing about registrations: that is the
//! backend's. All routes exist in both dialects; a dialect changes the shape of a registration and of its envelope.
//!
//! # What goes beyond the documented service
//!
//! | Where | Addition |
//! |---|---|
//! | create, overview | the person's token in the answer's header `x-registration-token`, because the body is the bare object |
//! | `POST /v2/app-registrations/{id}/evidence` | the outcome of a step: `model::Evidence` as JSON; answers the registration |
//! | `POST` and `PUT …/sync` | both methods; without `step` the status is recomputed; `seenVersion` guards against a stale view |
//! | sync's answer | `sync: {asked, got, blockers: [{step, code, message}]}` beside the registration's keys (live: inside `data`) |
//! | `…-validations/app-registration` and `…/compare/…` with the client's token | `appRegistration` in the body names the registration |
//! | errors | `detail`, a sentence for people, and `details: [{field, message}]` where a field is at fault (model names: `country_code`) |
