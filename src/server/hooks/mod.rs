//! Webhooks, both ways: what a service tells us, and what this one tells the webhooks of its projects.

mod log;
mod receiver;
mod seen;
mod sender;
mod signature;

pub(super) use log::routes;
pub use receiver::{News, Proof, Receiver, ReceiverConfig};
pub(super) use sender::Sender;
pub use sender::Webhooks;
