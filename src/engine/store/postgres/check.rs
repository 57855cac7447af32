//! Whether a shared store is whole: every registration can be read and is what its events lead to, and is found by
//! everything that it is looked for by. All of it as of one moment, while others go on working.

use std::collections::{BTreeMap, HashMap};

use deadpool_postgres::ClientWrapper;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::super::record::{Keys, unpack_snapshot};
use super::super::{Findings, StoreError, codec, follows_from};
use super::changes::contact_digest;
use super::connect::{ConnectError, DatabaseLogin};
use super::link::{Link, Trouble};
use super::read::{ONE_MOMENT, column, rows, signed, value};
use crate::engine::core::{Event, State};

const STATES: &str = "select id, events, status, project, flow, created, changed, expiry, snapshot
    from regdesk_states where id > $1 order by id limit 500";
const HISTORY: &str = "select registration, number, events from regdesk_history where registration = any($1)
    order by registration, number";
const CONTACTS: &str = "select count(*) from regdesk_contacts where project = any($1) and contact = any($2)
    and registration = any($3)";
const TOKENS: &str = "select count(*) from regdesk_tokens where digest = any($1) and registration = any($2)";
const COUNTS: &str = "select status, project, flow, sum(count)::bigint from regdesk_counts group by 1, 2, 3";
const STRAYS: &str = "select count(*) from regdesk_history h where number = 0
    and not exists (select 1 from regdesk_states s where s.id = h.registration)";

/// What was found so far, and what there has to be in all.
#[derive(Default)]
struct Walk {
    findings: Findings,
    counts: BTreeMap<(String, String, String), i64>,
    contacts: i64,
    tokens: i64,
}

/// Checks the store of a database. Writes nothing.
pub(in crate::engine) fn check(login: &DatabaseLogin) -> Result<Findings, ConnectError> {
    let link = Link::open(login)?;
    let walked = walk(&link).map_err(Trouble::into_error);
    walked.map_err(|error| ConnectError::of(&link.place, error.into()))
}

fn walk(link: &Link) -> Result<Findings, Trouble> {
    let lent = link.lend()?;
    let client = lent.client()?;
    link.wait(async { Ok(client.batch_execute(ONE_MOMENT).await?) })?;
    let (mut walk, mut after) = (Walk::default(), String::new());
    loop {
        let batch = link.wait(rows(client, STATES, &[&after]))?;
        let Some(last) = batch.last() else { break };
        after = column(last, 0)?;
        link.wait(walk.batch(client, &batch))?;
    }
    link.wait(walk.totals(client))?;
    Ok(walk.findings)
}

impl Walk {
    async fn batch(&mut self, client: &ClientWrapper, batch: &[Row]) -> Result<(), Trouble> {
        let ids = batch.iter().map(|row| column(row, 0)).collect::<Result<Vec<&str>, _>>()?;
        let mut histories: HashMap<String, Vec<(i64, Vec<u8>)>> = HashMap::new();
        for row in rows(client, HISTORY, &[&ids]).await? {
            histories.entry(column(&row, 0)?).or_default().push((column(&row, 1)?, column(&row, 2)?));
        }
        let mut known = Vec::with_capacity(batch.len());
        for row in batch {
            let id: &str = column(row, 0)?;
            self.findings.registrations += 1;
            match unpack_snapshot(column(row, 8)?) {
                Ok(state) => {
                    self.events(id, &state, histories.remove(id).unwrap_or_default());
                    let keys = Keys::of(&state);
                    if !is_found_by(row, &keys)? {
                        self.findings.mistake(format!("{id}: it is listed as something else than it is"));
                    }
                    known.push(keys);
                }
                Err(error) => self.findings.mistake(format!("{id}: {error}")),
            }
        }
        self.found_by(client, &ids, &known).await
    }

    /// The events of a registration, and what they lead to.
    fn events(&mut self, id: &str, state: &State, history: Vec<(i64, Vec<u8>)>) {
        let mut events: Vec<Event> = Vec::new();
        for (number, packed) in history {
            match codec::unpack::<Vec<Event>>(&packed) {
                Ok(more) if number == signed(events.len()) => events.extend(more),
                Ok(_) => self.findings.mistake(format!("{id}: event {number} stands where another should")),
                Err(error) => self.findings.mistake(format!("{id}: from event {number} on: {error}")),
            }
        }
        self.findings.events += events.len() as u64;
        if state.events != events.len() as u64 {
            self.findings.mistake(format!("{id}: {} events are there, {} were counted", events.len(), state.events));
        } else if !follows_from(&events, state) {
            self.findings.mistake(format!("{id}: it is not what its events lead to"));
        }
    }

    /// Whether contacts and tokens lead to the registrations of a batch.
    async fn found_by(&mut self, client: &ClientWrapper, ids: &[&str], known: &[Keys]) -> Result<(), Trouble> {
        let projects: Vec<&str> = known.iter().map(|keys| keys.project.as_str()).collect();
        let contacts: Vec<Vec<u8>> =
            known.iter().flat_map(|keys| &keys.contacts).map(|contact| contact_digest(contact)).collect();
        let tokens: Vec<&[u8]> =
            known.iter().flat_map(|keys| &keys.tokens).map(|token| token.bytes().as_slice()).collect();
        self.contacts += signed(contacts.len());
        self.tokens += signed(tokens.len());
        let asked: [(&str, &str, usize, &[&(dyn ToSql + Sync)]); 2] = [
            ("contacts", CONTACTS, contacts.len(), &[&projects, &contacts, &ids]),
            ("tokens", TOKENS, tokens.len(), &[&tokens, &ids]),
        ];
        for (name, sql, wanted, values) in asked {
            let found = value::<i64>(client, sql, values).await?.unwrap_or_default();
            if found != signed(wanted) {
                let (first, last) = (ids.first().unwrap_or(&""), ids.last().unwrap_or(&""));
                self.findings.mistake(format!("{name} lead to {found} of {wanted} from {first} to {last}"));
            }
        }
        for keys in known {
            let (status, project, flow) = keys.row();
            *self.counts.entry((status.to_owned(), project.to_owned(), flow.to_owned())).or_default() += 1;
        }
        Ok(())
    }

    /// What can only be said of everything.
    async fn totals(&mut self, client: &ClientWrapper) -> Result<(), Trouble> {
        for (name, wanted) in [("contacts", self.contacts), ("tokens", self.tokens)] {
            let sql = format!("select count(*) from regdesk_{name}");
            let found = value::<i64>(client, &sql, &[]).await?.unwrap_or_default();
            if found != wanted {
                self.findings.mistake(format!("there are {found} {name} and should be {wanted}"));
            }
        }
        let mut counted = BTreeMap::new();
        for row in rows(client, COUNTS, &[]).await? {
            let count: i64 = column(&row, 3)?;
            if count != 0 {
                counted.insert((column(&row, 0)?, column(&row, 1)?, column(&row, 2)?), count);
            }
        }
        if counted != self.counts {
            self.findings.mistake("how many registrations there are of a status is counted wrongly");
        }
        match value::<i64>(client, STRAYS, &[]).await?.unwrap_or_default() {
            0 => {}
            strays => self.findings.mistake(format!("there are events of {strays} registrations that are not there")),
        }
        Ok(())
    }
}

/// Whether a row lists a registration as what it is.
fn is_found_by(row: &Row, keys: &Keys) -> Result<bool, StoreError> {
    let listed: (&str, &str, &str) = (column(row, 2)?, column(row, 3)?, column(row, 4)?);
    Ok(column::<i64>(row, 1)?.unsigned_abs() == keys.events
        && listed == keys.row()
        && column::<i64>(row, 5)? == keys.created
        && column::<i64>(row, 6)? == keys.changed
        && column::<Option<i64>>(row, 7)? == keys.expiry)
}
