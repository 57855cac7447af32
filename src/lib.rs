//! regdesk: a terminal admin console for App Registrations, one person's attempt to open an account and prove who
//! they are.
//!
//! # The house
//!
//! Facts flow up: a [`backend`] yields registrations in the types of [`model`], [`triage`] judges them, [`index`]
//! makes them searchable, [`app`] decides what to show and [`ui`] draws it. Commands flow down the same way.
//!
//! ```text
//!  cli        one file a subcommand; puts configuration, backend and command together
//!   ├─ runtime     the console's loop: terminal, keys in, effects out, frames
//!   │   └─ ui          draws the model; reads nothing but it
//!   │       └─ app         the console as a pure function of messages
//!   │           └─ index       what is known, judged and searchable
//!   ├─ server      the endpoint, over any backend
//!   ├─ remote      a backend: the client of such an endpoint       both write and read the JSON of
//!   ├─ engine      a backend: rules of the flow, and a store       wire: two dialects, one codec
//!   ├─ demo        invented people for an engine
//!   ├─ audit       what operators did, in a log that cannot be changed unnoticed; a backend around another
//!   └─ config      files, environment and flags
//!
//!  backend    what all of the above ask of a source of registrations
//!  triage     red flags, stuck reasons, links: judgement without a clock
//!  model      registrations, steps, evidence: plain data
//!  keys       keys and keymaps as text            text    makes strangers' words harmless for a terminal
//!                                            private files that only their owner can read
//!                                            http    the client for whatever calls out
//!                                            packing values that are alike, compressed
//!                                            sections lists of numbers and texts, read as quickly as they are
//! ```
//!
//! # Who may import whom
//!
//! A module may use those to its right, never one to its left; `tests/architecture.rs` holds the code to it.
//!
//! ```text
//! main -> cli -> runtime -> ui -> app -> keys, backend, index
//!         cli -> demo -> engine -> backend
//!         cli -> server, remote -> wire -> backend, triage
//!         cli -> audit -> backend
//!         cli -> config -> keys, remote, ui, triage        (their words for remotes, themes and reasons)
//!         ui, app -> wire                                  (the JSON of a registration)
//!         index -> triage -> model, sections      backend -> model
//! ```
//!
//! [`text`] and `private` are open to all. [`engine`] and [`remote`] do not know each other. Only [`cli`], [`config`], [`runtime`],
//! [`engine`], [`remote`], [`server`], [`audit`] and [`demo`] touch files, threads, sockets, timers or the environment, and all of
//! them take the time from [`backend::Clock`]; everything else is a function of its arguments.
//!
//! # Where this differs from a textbook
//!
//! - **One read path.** The console and the command line search registrations in memory ([`index`]) whatever the
//!   backend; a backend only has to give pages. So links between registrations are found although a remote cannot
//!   search, at the price of reading all of them.
//! - **Columns to search, records to look at.** The index holds no registrations ready to read: what queries, orders and
//!   counts ask of them stands in columns; the rest is looked up in the store of this machine, or, of a remote, packed,
//!   compressed with the first ones as a dictionary, and unpacked when somebody looks at it. A judgement is made again then, too; it says until when it
//!   holds by itself, so only those whose time has come are judged again, in steps between keys.
//! - **An index is kept, and never believed.** Beside a large store lies what the last index of it held. It is taken if
//!   the same build made it, judging by the same policy for the same operator, if no block of it is damaged, and if the
//!   store can tell what has changed since; that is taken in, and who is due is judged again. Otherwise everybody is
//!   read. An erasure deletes it first. It is in two parts, columns and what joins people, which two threads read.
//! - **What has run out is ended when it is looked at.** Opening a store ends nobody: after a long night that were thousands,
//!   and somebody waits for the first page. A page ends its own rows, whoever asks by status or for changes ends them all.
//! - **What joins people are digests.** Who shares something with whom is known by number and by 64 bits of the digest
//!   of each value, which is a third of the memory of the texts; a ring that is looked at reads them from its members.
//!   Digests stand sorted side by side, what came lately in a small table beside them, and what each person left lies in
//!   one piece of memory: half of what tables of texts took, and read from a file as it is.
//! - **A large store is indexed aside.** The first page is on the screen at once; everybody is read, linked and judged on
//!   other threads, which stand back behind the screen, and the index is then taken whole. What is counted or measured
//!   over many on the screen is done in steps, or over an even choice of them, and says so.
//! - **The mirror of a remote is the console's reading.** Which page is asked for next, what has failed, slipped through
//!   or left is decided by `app` like everything else, without a clock or a socket; a remote only lists and retrieves.
//!   So the same reading serves every backend, and its rules are tested without one.
//! - **Events and a snapshot, both stored.** The engine could replay its events at every read, or keep only the state;
//!   it writes both in one transaction, because lists need the one and histories the other.
//! - **Steps are derived.** Neither the store nor the live dialect keeps a list of steps: evidence is kept, and
//!   `model::timeline` reads steps, verdicts and scores out of it in one place.
//! - **No dialect switch while reading.** [`wire`] looks for every field under each of its names instead of having two
//!   decoders, since services mix the two dialects within one answer.
//! - **Unknown words are values.** Statuses, steps and outcomes nobody foresaw are kept and shown, not refused.
//! - **Flags are never stored.** They are judged anew whenever something changes, so a better rule is at once a better
//!   rule for old registrations.
pub mod app;
pub mod audit;
pub mod backend;
pub mod cli;
pub mod config;
pub mod demo;
pub mod engine;
mod http;
pub mod index;
pub mod keys;
pub mod model;
mod packing;
mod private;
pub mod remote;
pub mod runtime;
mod sections;
pub mod server;
pub mod text;
pub mod triage;
pub mod ui;
pub mod wire;
