//! Leases on claims: a claim that a console takes is its own only for as long as it goes on saying so. All times are the
//! database's, so that it does not matter whose clock goes wrong.

use deadpool_postgres::ClientWrapper;

use super::super::StoreError;
use super::link::{Link, Trouble};
use super::read::{column, rows, signed};
use crate::engine::storage::{Holder, Lease};
use crate::model::RegistrationId;

/// Claims whose time is over that are looked at in one go.
const TOGETHER: usize = 100;

const LEASE: &str = "select holder, until < now() from regdesk_leases where registration = $1";
const OVER: &str = "select registration from regdesk_leases where until < now() order by until limit $1";
const HELD: &str = "select registration from regdesk_leases where holder = $1";
const RENEW: &str = "update regdesk_leases set until = now() + $2::float8 * interval '1 second' where holder = $1";

/// The lease on the claim of a registration.
pub(super) async fn lease(client: &ClientWrapper, id: &RegistrationId) -> Result<Option<Lease>, Trouble> {
    let found = rows(client, LEASE, &[&id.as_str()]).await?;
    let lease = |row| Ok::<_, StoreError>(Lease { holder: column(row, 0)?, is_over: column(row, 1)? });
    Ok(found.first().map(lease).transpose()?)
}

/// Registrations whose claim was leased, and the lease is over.
pub(super) fn over(link: &Link) -> Result<Vec<RegistrationId>, StoreError> {
    let most = signed(TOGETHER);
    ids(&link.read(async |client| rows(client, OVER, &[&most]).await)?)
}

/// Registrations whose claim somebody holds.
pub(super) fn held(link: &Link, holder: Holder) -> Result<Vec<RegistrationId>, StoreError> {
    ids(&link.read(async |client| rows(client, HELD, &[&holder.number]).await)?)
}

/// From now on somebody's leases hold for their whole length again.
pub(super) fn renew(link: &Link, holder: Holder) -> Result<(), StoreError> {
    link.read(async |client| {
        let statement = client.prepare_cached(RENEW).await?;
        client.execute(&statement, &[&holder.number, &holder.length.as_secs_f64()]).await?;
        Ok(())
    })
}

fn ids(found: &[tokio_postgres::Row]) -> Result<Vec<RegistrationId>, StoreError> {
    found.iter().map(|row| column::<&str>(row, 0).map(RegistrationId::new)).collect()
}
