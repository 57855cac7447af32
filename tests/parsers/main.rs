//! Parsers of what comes from outside, fed with samples that were garbled: whatever they get, they answer or refuse, in
//! good time, and never panic. `REGDESK_FUZZ_SECONDS` sets how long each is fed; two seconds without it. A sample that
//! broke one belongs into `tests/parsers/cases`, which is tried first. `.ci/fuzz` feeds the same parsers with guidance.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod targets;

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use targets::LONGEST;

/// No input takes longer than this, even on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(5);

/// Pieces that parsers trip over.
const PIECES: &[&str] = &[
    "\"",
    "\\",
    "\\u0000",
    "\\ud800",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "null",
    "-1",
    "1e999",
    "18446744073709551616",
    "\u{0}",
    "\u{1b}]52;c;ZXZpbA==\u{7}",
    "\u{9b}2J",
    "\u{202e}",
    "\u{200d}",
    "é\u{301}\u{301}\u{301}",
    "👩‍👩‍👧‍👦",
    "..",
    ">=",
    "<",
    "-",
    "~",
    "#",
    "=",
    "[[",
    "]]",
    "'''",
    "true",
    "2026-02-30T25:61:61Z",
    "9999999999d",
    "ctrl+",
    "status:",
    "flips:face=",
];

/// Numbers that differ from run to run; the seed is printed.
struct Chance(u64);

impl Chance {
    fn new() -> Self {
        let seed = u64::from(std::process::id()) ^ (std::ptr::from_ref(PIECES).cast::<u8>() as u64) | 1;
        println!("seed {seed}");
        Self(seed)
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }

    /// A sample with some of it replaced, repeated, cut away, moved or mixed with another.
    fn garble(&mut self, samples: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = samples[self.below(samples.len())].clone();
        for _ in 0..=self.below(8) {
            let at = self.below(bytes.len() + 1);
            let end = (at + self.below(64)).min(bytes.len());
            match self.below(6) {
                0 => drop(bytes.splice(at..end, PIECES[self.below(PIECES.len())].bytes())),
                1 => drop(bytes.drain(at..end)),
                2 => {
                    let part = bytes[at..end].repeat(1 + self.below(20));
                    drop(bytes.splice(at..at, part));
                }
                3 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
                4 => {
                    let other = &samples[self.below(samples.len())];
                    let from = self.below(other.len());
                    let part = other[from..(from + self.below(256)).min(other.len())].to_vec();
                    drop(bytes.splice(at..end, part));
                }
                _ => bytes.truncate(self.below(bytes.len() + 1)),
            }
        }
        bytes.truncate(LONGEST);
        bytes
    }
}

/// The files of a directory of this project with an ending.
fn files(directory: &str, ending: &str) -> Vec<Vec<u8>> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join(directory);
    let entries = fs::read_dir(directory).into_iter().flatten().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.to_string_lossy().ends_with(ending)).map(|path| fs::read(path).unwrap()).collect()
}

/// Feeds a parser, first with what broke one before.
fn feed(samples: &[Vec<u8>], parse: impl Fn(&[u8])) {
    let seconds = std::env::var("REGDESK_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(2);
    let mut chance = Chance::new();
    let (begun, mut fed) = (Instant::now(), 0_u64);
    for case in files("tests/parsers/cases", "").iter().chain(samples) {
        parse(case);
    }
    while begun.elapsed() < Duration::from_secs(seconds) {
        let sample = chance.garble(samples);
        let started = Instant::now();
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| parse(&sample)));
        let took = started.elapsed();
        if done.is_err() || took > PATIENCE {
            let path = std::env::temp_dir().join(format!("regdesk-case-{}", std::process::id()));
            fs::write(&path, &sample).unwrap();
            panic!("broke, or took {took:?}; the sample is in {}", path.display());
        }
        fed += 1;
    }
    println!("{fed} samples");
}

/// The samples of the corpus reach as many places as coverage-guided fuzzing has found; here they are merely read.
#[test]
fn each_sample_of_the_corpus_is_read_or_refused_by_its_parser() {
    for (name, parse) in targets::TARGETS {
        let samples = files(&format!("fuzz/corpus/{name}"), "");
        assert!(samples.len() > 2, "fuzz/corpus/{name} has no samples");
        for sample in &samples {
            parse(sample);
        }
    }
    let corpora = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus")).unwrap().count();
    assert_eq!(corpora, targets::TARGETS.len(), "each folder of the corpus is that of a target");
}

/// JSON of every kind that comes over the wire.
fn bodies() -> Vec<Vec<u8>> {
    files("tests/fixtures", ".json")
}

#[test]
fn answers_of_services_are_read_or_refused() {
    feed(&bodies(), targets::answers);
}

#[test]
fn errors_of_services_are_read_or_refused() {
    feed(&bodies(), targets::errors);
}

#[test]
fn a_registration_that_was_read_is_judged_shown_and_written_without_harm() {
    feed(&bodies(), targets::registration);
}

#[test]
fn files_to_import_are_read_or_their_records_refused() {
    let rows = "id,status,created_at,email,phone,project\nreg_1,ongoing,2026-03-04T10:00:00Z,\"a@example.com\",+1 2025550143,'=1\n";
    let mut samples = bodies();
    samples.push(rows.as_bytes().to_vec());
    samples.push(bodies().iter().take(4).fold(Vec::new(), |lines, body| [&lines[..], body, b"\n"].concat()));
    feed(&samples, targets::imports);
}

#[test]
fn deliveries_of_webhooks_are_read_or_refused() {
    feed(&bodies(), targets::hooks);
}

#[test]
fn queries_are_read_or_their_mistake_is_within_them() {
    let samples = [
        "alba example.com status:ongoing,failed -status:completed step:document",
        "flag:BIO-01 stuck:D-03 breached turn:operator owner:me age:>2h created:today",
        "updated:2026-01-01..2026-02-01 risk:>=70 face:<0.85 attempts.document:>=2 linked:>=3 flips:face=0.80",
        "\"two words\" ~albba id:65f0 name:ana email:x phone:57 country:co snoozed returned stage:warn",
    ];
    feed(&samples.map(|sample| sample.as_bytes().to_vec()), targets::query);
}

#[test]
fn configurations_are_read_or_refused() {
    let mut samples = files("tests/config", ".toml");
    samples.extend(files(".", "config.example.toml"));
    feed(&samples, targets::configuration);
}

#[test]
fn keys_and_notes_are_read_or_refused() {
    let samples = ["ctrl+shift+f5", "alt+enter", "g g", "[spoof_attempt] words", "space", "é"];
    feed(&samples.map(|sample| sample.as_bytes().to_vec()), targets::keys_and_notes);
}

#[test]
fn cleaned_text_holds_nothing_that_a_terminal_obeys() {
    let samples = ["Ana Muestra", "Müstra 山田", "\u{1b}[31mEve\u{9b}2J\u{202e}", "👩‍👩‍👧‍👦 é\u{301}"];
    feed(&samples.map(|sample| sample.as_bytes().to_vec()), targets::cleaned);
}
