#![no_main]
#![allow(dead_code, reason = "each target runs one of these")]

#[path = "../../tests/parsers/targets.rs"]
mod targets;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| targets::imports(bytes));
