//! The embedded backend: a whole registration service in this process.
//!
//! Two halves. [`core`] holds the rules, pure: `decide(state, command, now)` gives events, `apply(state, event)` the
//! next state. The store keeps events and snapshots, in one redb file or in a database. [`Engine`] puts them together and adds what the
//! rules may not have: the clock, ids, tokens and codes from the system, and the outbox.
//!
//! ```text
//! Engine::open(directory, clock)         on disk; engine.redb and outbox.ndjson, readable by their owner alone
//! Engine::in_memory(clock)               for a demo; nothing is written, and codes go nowhere
//! Engine: Backend                        list, retrieve, create, sync, record, resend, codes, tokens, changes
//! Engine::load_scripts(scripts)          many lives at once: Script = commands with their times, first a Create
//! Engine::load_scripts_by(scripts, n, …) any number of lives, n in one transaction
//! Engine::execute_at(id, command, …, at) one command at a time of one's choosing
//! Engine::connect(database, …)           over a database that others work with as well; connect_for(project, …) a part
//! engine.ledger(), Engine::ledger_of(…)  the audit log of all who share a database
//! engine.lease_claims(length)            what is claimed from now on goes when this process goes
//! engine.move_to(&other, …)              everything, from one store to another
//! check, find, erase, backup, restore   a store that nobody has open
//! check_shared(database)                 one that others have open
//! core::completeness(&registration)      what stands between a registration and its end
//! ```
//!
//! Every request has a turn to write: the state is read, the command decided, its events and the new snapshot are
//! appended, and all of it is on disk before the answer. Requests that come together share a commit, but still decide
//! one after the other, so a limit on wrong codes holds however many are tried at once. A request that is refused
//! leaves a note in the access log.

mod backend;
mod catalog;
pub mod core;
mod embedded;
mod follow;
mod hooks;
mod keeping;
mod leases;
mod loading;
mod moving;
mod outbox;
mod secrets;
mod storage;
mod store;
#[cfg(test)]
mod tests;

pub use self::core::{Access, Command, Create, Digest, Event, Fact, Origin, Refusal, State, Sync};
pub use embedded::{Engine, Script};
pub use keeping::{INDEX_SNAPSHOT, backup, check, check_shared, erase, find, restore};
pub use leases::Leasing;
pub use moving::Moved;
pub use store::{ConnectError, CopyError, DatabaseLogin, Findings, Found, FoundCopy, OpenError, is_trying};
