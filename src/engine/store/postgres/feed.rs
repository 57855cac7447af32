//! What has changed since one looked.
//!
//! Every transaction counts itself in one of the slots, and what it writes carries slot and number. Within a slot,
//! numbers come to light in the order in which they were given out, because whoever takes one keeps the slot until it
//! ends; so a place in the feed is how far one knows each slot. A single count would do the same and make all writers
//! wait for each other; the numbers of a sequence, or times, could come to light behind somebody who has looked on.
//!
//! `LISTEN` would tell sooner, but not all databases have it, and who was away would not have heard.

use std::collections::{BTreeMap, HashSet};

use deadpool_postgres::ClientWrapper;
use tokio_postgres::Row;

use super::super::StoreError;
use super::link::{Link, Trouble, chance};
use super::read::{ONE_MOMENT, column, rows, signed, value};
use crate::backend::FeedPosition;
use crate::engine::storage::Since;
use crate::model::RegistrationId;

const SLOTS: &str = "select slot, number from regdesk_changes where number > 0";
const SINCE: &str =
    "select number, id from regdesk_states where slot = $1 and number > $2 order by number, id limit $3";
const WHOLE: &str = "select number, id from regdesk_states where slot = $1 and number = $2";

/// The same of one project.
const SINCE_OF: &str = "select number, id from regdesk_states where project = $4 and slot = $1 and number > $2
    order by number, id limit $3";
const WHOLE_OF: &str = "select number, id from regdesk_states where project = $3 and slot = $1 and number = $2";

const KEEP: &str = "insert into regdesk_places (number, slots, at) values ($1, $2, now())";
/// Whoever was away for longer reads everything.
const FORGET: &str = "delete from regdesk_places where at < now() - interval '30 days'";
const RECALL: &str = "select slots from regdesk_places where number = $1";

/// A change: slot, number and whose.
pub(super) type Change = (i64, i64, RegistrationId);

/// How far each slot is known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::engine) struct Place(BTreeMap<i64, i64>);

impl Place {
    /// Whether a change is known here.
    pub(super) fn knows(&self, slot: i64, number: i64) -> bool {
        self.0.get(&slot).is_some_and(|known| number <= *known)
    }
}

/// Where the feed ends.
pub(super) fn end(link: &Link) -> Result<Place, StoreError> {
    link.read(slots)
}

async fn slots(client: &ClientWrapper) -> Result<Place, Trouble> {
    let mut place = Place::default();
    for row in rows(client, SLOTS, &[]).await? {
        place.0.insert(column(&row, 0)?, column(&row, 1)?);
    }
    Ok(place)
}

/// What has changed since, in a project or in all of them, some `most` of it, and from where to ask on: there is no more
/// when that is where one asked.
pub(super) fn since(
    link: &Link,
    project: Option<&str>,
    place: &Place,
    most: usize,
) -> Result<(Vec<Change>, Place), StoreError> {
    // Nothing has changed most of the times that somebody looks.
    if end(link)? == *place {
        return Ok((Vec::new(), place.clone()));
    }
    link.read(async |client| {
        client.batch_execute(ONE_MOMENT).await?;
        let (mut reached, mut changes) = (place.clone(), Vec::new());
        for (slot, end) in slots(client).await?.0 {
            if changes.len() >= most {
                break;
            }
            let known = reached.0.entry(slot).or_default();
            if end > *known {
                *known = take(client, project, (slot, *known, end), most - changes.len(), &mut changes).await?;
            }
        }
        client.batch_execute("commit").await?;
        Ok((changes, reached))
    })
}

/// Where the feed ends, for somebody who may be away: the place is kept in the database under a number.
pub(super) fn position(link: &Link) -> Result<FeedPosition, StoreError> {
    keep(link, &end(link)?)
}

fn keep(link: &Link, place: &Place) -> Result<FeedPosition, StoreError> {
    let slots = serde_json::to_string(&place.0.iter().collect::<Vec<_>>())?;
    link.read(async |client| {
        let number = i64::from(chance(u32::MAX)) << 31 | i64::from(chance(1 << 31));
        client.execute(FORGET, &[]).await?;
        client.execute(KEEP, &[&number, &slots]).await?;
        // A copy of the database has no place of this number, so no mark is needed to tell it from its original.
        Ok(FeedPosition { number: number.unsigned_abs(), mark: 0 })
    })
}

/// See [`crate::backend::Feed::since`].
pub(super) fn changed_since(
    link: &Link,
    project: Option<&str>,
    position: FeedPosition,
    most: usize,
) -> Result<Since, StoreError> {
    let Ok(number) = i64::try_from(position.number) else { return Ok(None) };
    let kept = link.read(async |client| value::<String>(client, RECALL, &[&number]).await)?;
    let Some(kept) = kept.filter(|_| position.mark == 0) else { return Ok(None) };
    let slots: Vec<(i64, i64)> = serde_json::from_str(&kept)?;
    let place = Place(slots.into_iter().collect());
    let (changes, reached) = since(link, project, &place, most)?;
    let mut seen = HashSet::new();
    let ids = changes.into_iter().map(|(_, _, id)| id).filter(|id| seen.insert(id.clone())).collect();
    let position = if reached == place { position } else { keep(link, &reached)? };
    Ok(Some((ids, position)))
}

/// Takes the changes of a slot after a number, some `most` of them, but all of one transaction. Returns how far the slot
/// is known then: to its end if that was all.
async fn take(
    client: &ClientWrapper,
    project: Option<&str>,
    (slot, known, end): (i64, i64, i64),
    most: usize,
    changes: &mut Vec<Change>,
) -> Result<i64, Trouble> {
    let most = signed(most);
    let found = match &project {
        None => rows(client, SINCE, &[&slot, &known, &most]).await?,
        Some(project) => rows(client, SINCE_OF, &[&slot, &known, &most, project]).await?,
    };
    let last: Option<i64> = found.last().map(|row| column(row, 0)).transpose()?;
    let mut add = |row: &Row| -> Result<(), StoreError> {
        changes.push((slot, column(row, 0)?, RegistrationId::new(column::<&str>(row, 1)?)));
        Ok(())
    };
    let Some(last) = last.filter(|_| signed(found.len()) == most) else {
        found.iter().try_for_each(add)?;
        return Ok(end);
    };
    for row in &found {
        if column::<i64>(row, 0)? < last {
            add(row)?;
        }
    }
    // The last transaction may have been cut.
    let whole = match &project {
        None => rows(client, WHOLE, &[&slot, &last]).await?,
        Some(project) => rows(client, WHOLE_OF, &[&slot, &last, project]).await?,
    };
    whole.iter().try_for_each(add)?;
    Ok(last)
}
