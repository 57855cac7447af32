//! The tables, and how a database comes to have those of this version.
//!
//! Every step can be done again: it may have been cut short, and CockroachDB does not take a whole schema back with a
//! transaction. Only one process takes them at a time: it holds a row, for as long as it goes on renewing it.

use std::thread;
use std::time::{Duration, Instant};

use tokio_postgres::error::SqlState;

use super::super::StoreError;
use super::connect::ConnectError;
use super::link::Link;
use super::read::{column, rows, signed};
use crate::model::{Flow, Project};

/// The steps, by the format that each leads to, from 1.
const STEPS: &[&[&str]] = &[FIRST, LEASES_AND_AUDIT];

const FIRST: &[&str] = &[
    // Negated times, as everywhere: the newest first. A registration is written whole whenever it changes.
    "create table if not exists regdesk_states (
        id text primary key, events bigint not null, status text not null, project text not null, flow text not null,
        created bigint not null, changed bigint not null, expiry bigint, slot bigint not null, number bigint not null,
        snapshot bytea not null)",
    "create index if not exists regdesk_states_created on regdesk_states (created, id)",
    "create index if not exists regdesk_states_changed on regdesk_states (changed, id)",
    "create index if not exists regdesk_states_project on regdesk_states (project, created, id)",
    "create index if not exists regdesk_states_status on regdesk_states (status, created, id)",
    "create index if not exists regdesk_states_flow on regdesk_states (flow, created, id)",
    "create index if not exists regdesk_states_expiry on regdesk_states (expiry, id) where expiry is not null",
    "create index if not exists regdesk_states_fed on regdesk_states (slot, number)",
    "create table if not exists regdesk_history (
        registration text not null, number bigint not null, events bytea not null, primary key (registration, number))",
    // Digests: an index need not say who has which address.
    "create table if not exists regdesk_contacts (
        project text not null, contact bytea not null, registration text not null,
        primary key (project, contact, registration))",
    "create table if not exists regdesk_tokens (digest bytea primary key, registration text not null)",
    "create table if not exists regdesk_counts (
        status text not null, project text not null, flow text not null, slot bigint not null, count bigint not null,
        primary key (status, project, flow, slot))",
    "create table if not exists regdesk_changes (slot bigint primary key, number bigint not null)",
    "create table if not exists regdesk_places (
        number bigint primary key, slots text not null, at timestamptz not null)",
    "create table if not exists regdesk_hooks (
        number bigint primary key, registration text not null, heard boolean, due bigint, leased bigint not null,
        hook bytea not null)",
    "create index if not exists regdesk_hooks_due on regdesk_hooks (due, leased) where due is not null",
    "create index if not exists regdesk_hooks_registration on regdesk_hooks (registration, number)",
    "create table if not exists regdesk_projects (id text primary key, body text not null)",
    "create table if not exists regdesk_flows (id text primary key, body text not null)",
];

const LEASES_AND_AUDIT: &[&str] = &[
    // Claims of consoles that live. What is claimed without a row here holds until it is released.
    "create table if not exists regdesk_leases (
        registration text primary key, holder bigint not null, until timestamptz not null)",
    "create index if not exists regdesk_leases_until on regdesk_leases (until)",
    "create index if not exists regdesk_leases_holder on regdesk_leases (holder)",
    // The log of what operators did, and where it ends: whoever adds to it changes both.
    "create table if not exists regdesk_audit (
        number bigint primary key, digest text not null, line text not null)",
    "create table if not exists regdesk_audit_end (
        name text primary key, number bigint not null, digest text not null)",
    // The feed of one project.
    "create index if not exists regdesk_states_project_fed on regdesk_states (project, slot, number)",
];

/// What has to be there before anything else.
const FOUNDATION: &[&str] = &[
    "create table if not exists regdesk_meta (name text primary key, value bigint not null)",
    "create table if not exists regdesk_turns (
        name text primary key, holder bigint not null, until timestamptz not null)",
];

const FORMAT: &str = "select value from regdesk_meta where name = 'format'";
const SET_FORMAT: &str = "insert into regdesk_meta (name, value) values ('format', $1)
    on conflict (name) do update set value = excluded.value";
const TAKE_TURN: &str = "insert into regdesk_turns (name, holder, until)
    values ('schema', $1, now() + interval '30 seconds')
    on conflict (name) do update set holder = excluded.holder, until = excluded.until
    where regdesk_turns.until < now() or regdesk_turns.holder = excluded.holder";
const LEAVE_TURN: &str = "delete from regdesk_turns where name = 'schema' and holder = $1";
const PUT_PROJECT: &str = "insert into regdesk_projects (id, body) values ($1, $2) on conflict (id) do nothing";
const PUT_FLOW: &str = "insert into regdesk_flows (id, body) values ($1, $2) on conflict (id) do nothing";

/// What is said to the second of two who make a table at once: by its name, or by that of the type of its rows.
const THERE_ALREADY: [SqlState; 2] = [SqlState::DUPLICATE_TABLE, SqlState::DUPLICATE_OBJECT];

/// How long to wait for somebody else who makes the tables.
const PATIENCE: Duration = Duration::from_mins(2);

/// Between two looks at whether they are through.
const LOOK: Duration = Duration::from_millis(200);

/// Why the tables are not those of this version.
pub(super) enum Unready {
    /// They are of a later one.
    Newer(u32),
    /// The store does not do it.
    Store(StoreError),
}

impl From<StoreError> for Unready {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl ConnectError {
    /// What stands in the way, at a place.
    pub(super) fn of(place: &str, reason: Unready) -> Self {
        let place = place.to_owned();
        match reason {
            Unready::Newer(found) => Self::Format { place, found, read: newest() },
            Unready::Store(StoreError::Away(reason)) => Self::Away { place, reason },
            Unready::Store(error) => {
                let what = "its user may make tables there, in a database of its own";
                Self::Unusable { place, reason: error.to_string(), what }
            }
        }
    }
}

/// The format of this version.
fn newest() -> u32 {
    STEPS.len() as u32
}

/// Sees to it that the tables are there, and reads projects and flows.
pub(super) fn prepare(link: &Link, projects: &[Project], flows: &[Flow]) -> Result<(Vec<Project>, Vec<Flow>), Unready> {
    let began = Instant::now();
    let holder = i64::from(super::link::chance(u32::MAX));
    while format(link)? < newest() {
        lay_foundation(link)?;
        if execute(link, TAKE_TURN, holder)? == 1 {
            let migrated = migrate(link, holder, projects, flows);
            // Whoever comes next need not wait until the turn runs out.
            execute(link, LEAVE_TURN, holder)?;
            migrated?;
        } else if began.elapsed() > PATIENCE {
            return Err(StoreError::Refused("somebody else has been making its tables for minutes".to_owned()).into());
        } else {
            thread::sleep(LOOK);
        }
    }
    Ok((
        catalogue(link, "select body from regdesk_projects order by id")?,
        catalogue(link, "select body from regdesk_flows order by id")?,
    ))
}

/// The format of the tables that are there; 0 for none.
fn format(link: &Link) -> Result<u32, Unready> {
    let found = link.read(async |client| match client.query_opt(FORMAT, &[]).await {
        Ok(row) => Ok(row.map(|row| row.try_get::<_, i64>(0)).transpose()?),
        Err(error) if error.code() == Some(&SqlState::UNDEFINED_TABLE) => Ok(None),
        Err(error) => Err(error.into()),
    })?;
    let found = found.map_or(0, |format| u32::try_from(format).unwrap_or(u32::MAX));
    if found > newest() { Err(Unready::Newer(found)) } else { Ok(found) }
}

/// Makes what the turn is taken in. Of two who do it at once, one may be told that it is there already.
fn lay_foundation(link: &Link) -> Result<(), StoreError> {
    link.read(async |client| {
        for statement in FOUNDATION {
            match client.batch_execute(statement).await {
                Err(error) if error.code().is_some_and(|code| THERE_ALREADY.contains(code)) => {}
                done => done?,
            }
        }
        Ok(())
    })
}

/// Takes the steps that are missing. Each is done only if the turn still is this process's.
fn migrate(link: &Link, holder: i64, projects: &[Project], flows: &[Flow]) -> Result<(), Unready> {
    let from = format(link)? as usize;
    for (number, steps) in STEPS.iter().enumerate().skip(from) {
        for statement in *steps {
            if execute(link, TAKE_TURN, holder)? == 0 {
                return Ok(());
            }
            // On a large table an index takes longer than anything that an operator waits for.
            link.read(async |client| {
                client.batch_execute("set statement_timeout = 0").await?;
                let done = client.batch_execute(statement).await;
                client.batch_execute("set statement_timeout = '10s'").await?;
                Ok(done?)
            })?;
        }
        if number == 0 {
            fill_catalogue(link, projects, flows)?;
        }
        tracing::info!(format = number + 1, "the tables of the store are made");
        execute(link, SET_FORMAT, signed(number) + 1)?;
    }
    Ok(())
}

fn execute(link: &Link, sql: &str, number: i64) -> Result<u64, StoreError> {
    link.read(async |client| Ok(client.execute(sql, &[&number]).await?))
}

fn fill_catalogue(link: &Link, projects: &[Project], flows: &[Flow]) -> Result<(), StoreError> {
    let project = |project: &Project| Ok((PUT_PROJECT, project.id.clone(), serde_json::to_string(project)?));
    let flow = |flow: &Flow| Ok((PUT_FLOW, flow.id.clone(), serde_json::to_string(flow)?));
    let entries = projects.iter().map(project).chain(flows.iter().map(flow));
    let entries: Vec<(&str, String, String)> = entries.collect::<Result<_, StoreError>>()?;
    link.read(async |client| {
        for (sql, id, body) in &entries {
            client.execute(*sql, &[id, body]).await?;
        }
        Ok(())
    })
}

fn catalogue<T: serde::de::DeserializeOwned>(link: &Link, sql: &str) -> Result<Vec<T>, StoreError> {
    let found = link.read(async |client| rows(client, sql, &[]).await)?;
    found.iter().map(|row| Ok(serde_json::from_str(column(row, 0)?)?)).collect()
}
