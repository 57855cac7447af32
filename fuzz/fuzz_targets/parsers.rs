//! Every parser of what comes from outside, in one program, as linking it is most of the work: `REGDESK_FUZZ_TARGET`
//! names the one that is fed.
#![no_main]

#[path = "../../tests/parsers/targets.rs"]
mod targets;

use std::sync::LazyLock;

static TARGET: LazyLock<targets::Target> = LazyLock::new(|| {
    let wanted = std::env::var("REGDESK_FUZZ_TARGET").unwrap_or_default();
    let names = targets::TARGETS.map(|(name, _)| name).join(", ");
    let found = targets::TARGETS.into_iter().find(|(name, _)| *name == wanted);
    found.unwrap_or_else(|| panic!("REGDESK_FUZZ_TARGET is {wanted:?}, and none of {names}")).1
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| TARGET(bytes));
