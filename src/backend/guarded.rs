//! A write that only goes out while the registration is as it was seen.

use super::{Backend, BackendError, Caller, ErrorKind, SyncOutcome, SyncRequest};
use crate::model::{RegistrationId, Seen};

/// Syncs a registration, unless it has moved since it was seen. A source with versions compares them itself; for one
/// without, the registration is read first, which leaves a gap of one round trip.
pub async fn sync_as_seen(
    backend: &dyn Backend,
    id: &RegistrationId,
    request: SyncRequest,
    seen: &Seen,
    caller: &Caller,
) -> Result<SyncOutcome, BackendError> {
    if seen.version().is_none() {
        let now = backend.retrieve(id, caller).await?;
        if !seen.is_still(&now) {
            let message = format!(
                "The registration has moved on: it was seen as {}, it is {} now. Look again.",
                seen.status, now.status
            );
            return Err(BackendError::new(ErrorKind::Conflict, message).with_code("Conflict"));
        }
    }
    backend.sync(id, SyncRequest { seen_version: seen.version(), ..request }, caller).await
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use chrono::{DateTime, TimeDelta};

    use super::sync_as_seen;
    use crate::{
        backend::{Backend, Caller, Clock, ErrorKind, SyncRequest, SyncStep, fake::Fake},
        model::{Decision, Registration, RegistrationId, Seen, Status},
    };

    async fn decide(version: u64, moves_on: bool) -> Result<Status, ErrorKind> {
        let fake = Fake::new(Vec::new(), Vec::new(), Clock::fixed(DateTime::UNIX_EPOCH + TimeDelta::days(1)));
        let id = RegistrationId::new("r");
        let mut registration = Registration::new(id.clone(), DateTime::UNIX_EPOCH);
        registration.status = Status::Ongoing;
        registration.version = version;
        let seen = Seen::of(&registration);
        if moves_on {
            registration.version += u64::from(version > 0);
            registration.updated_at += TimeDelta::seconds(1);
        }
        fake.put(registration);
        let request =
            SyncRequest { step: Some((SyncStep::AdminOverride, Decision::Reject.status())), ..SyncRequest::default() };
        let outcome = sync_as_seen(&fake, &id, request, &seen, &Caller::operator()).await;
        let stored = fake.retrieve(&id, &Caller::operator()).await.unwrap();
        outcome.map(|_| stored.status.clone()).map_err(|error| {
            assert_eq!(stored.status, Status::Ongoing, "a refused write changes nothing");
            error.kind
        })
    }

    #[tokio::test]
    async fn what_has_moved_since_it_was_seen_is_left_alone_with_and_without_versions() {
        for version in [0, 7] {
            assert_eq!(decide(version, false).await, Ok(Status::Failed), "version {version}");
            assert_eq!(decide(version, true).await, Err(ErrorKind::Conflict), "version {version}");
        }
    }
}
