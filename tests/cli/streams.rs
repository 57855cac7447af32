//! Output for other programs: streams without an order, readers that go away, keys and codes that stay.

use std::{
    io::{BufRead, BufReader, Read},
    process::Stdio,
};

use serde_json::Value;

use crate::{User, finish};

const NOW: &str = "2026-03-01T12:00:00Z";

fn desk(count: &str) -> User {
    let user = User::new();
    user.run(&["--now", NOW, "generate", "--count", count, "--seed", "6"]).ok();
    user
}

fn ids(lines: &str) -> Vec<String> {
    let id = |line: &str| serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().to_owned();
    lines.lines().map(id).collect()
}

#[test]
fn a_stream_without_an_order_holds_what_the_list_holds() {
    let user = desk("250");
    for query in ["", "status:ongoing", "-status:completed", "created:>1d"] {
        let list = |more: &[&str]| {
            let words: Vec<&str> =
                ["--now", NOW, "list", "--limit", "0", "--ndjson"].into_iter().chain(more.iter().copied()).collect();
            let words: Vec<&str> = words.into_iter().chain(Some(query).filter(|query| !query.is_empty())).collect();
            ids(&user.run(&words).ok())
        };
        assert_eq!(list(&["--unordered"]), list(&["--sort", "created:desc"]), "{query}");
    }
    let few = user.run(&["--now", NOW, "list", "--unordered", "--ndjson", "--limit", "7"]).ok();
    assert_eq!(few.lines().count(), 7);
    let csv = user.run(&["--now", NOW, "list", "--unordered", "--csv", "--limit", "0"]).ok();
    assert_eq!(csv.lines().count(), 251);
}

#[test]
fn what_needs_all_registrations_is_not_answered_from_one() {
    let user = desk("60");
    for query in ["flag:high", "-linked:>=2", "stuck", "Risk:>=70", "turn:operator", "breached"] {
        let message = user.run(&["list", "--unordered", "--ndjson", "status:ongoing", query]).failed(2);
        assert!(message.contains("needs all registrations") && message.contains('^'), "{message}");
    }
    user.run(&["list", "--unordered"]).failed(2);
    user.run(&["list", "--unordered", "--ndjson", "--sort", "name"]).failed(2);
    user.run(&["list", "--unordered", "--ndjson", "--view", "stuck"]).failed(2);
}

#[test]
fn an_alert_tells_by_its_exit_code_whether_anything_is_listed() {
    let user = desk("60");
    for more in [&[][..], &["--json"], &["--ndjson"], &["--csv", "--unordered"]] {
        let list = |query: &str| user.run(&[&["--now", NOW, "list", query, "--exit-code"], more].concat());
        let found = list("status:ongoing");
        assert_eq!(
            (found.code, found.stderr.contains("regdesk:")),
            (1, found.stdout.lines().count() == 51),
            "{found:?}"
        );
        assert!(found.stdout.contains("ongoing"));
        assert_eq!(list("id:nobody").code, 0, "{more:?}");
        assert_eq!(list("status:nosuch").code, 2, "{more:?}");
    }
}

#[test]
fn ids_come_from_standard_input_wherever_several_are_named() {
    let user = User::new();
    let ids = ["ana@example.com", "bo@example.com"].map(|email| user.create(email));
    let input = format!("{}\n\n{} {}\n", ids[0], ids[1], ids[0]);
    for words in [&["sync", "-"][..], &["claim", "-"], &["snooze", "-", "--for", "1h"], &["release", "-"]] {
        let lines = user.run_with_input(&[words, &["--ndjson"]].concat(), &input).ok();
        assert_eq!(self::ids(&lines), ids, "{words:?}");
    }
}

#[test]
fn ids_are_read_to_their_end_before_the_store_is_opened_so_that_pipes_from_it_work() {
    let user = desk("40");
    let program = env!("CARGO_BIN_EXE_regdesk");
    let pipe = format!(
        "'{program}' --now {NOW} list status:ongoing --limit 0 --csv | cut -d, -f1 | tail -n +2 | '{program}' --now {NOW} sync - --ndjson"
    );
    let mut shell = user.command(&[]);
    shell = {
        let mut command = std::process::Command::new("sh");
        command.env_clear().envs(shell.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.args(["-c", &pipe]);
        command
    };
    let synced = finish(shell).ok();
    let ongoing = user.run(&["--now", NOW, "list", "--limit", "0", "--ndjson"]).ok().lines().count();
    assert!(synced.lines().count() > 5 && synced.lines().count() <= ongoing, "{synced}");
}

#[test]
fn what_never_ends_is_refused_before_it_fills_the_memory() {
    let user = desk("5");
    for arguments in [
        &["import", "/dev/zero"][..],
        &["decide", "--from", "/dev/zero", "--yes"],
        &["--config", "/dev/zero", "list"],
        &["record", "reg_1", "--evidence", "/dev/zero"],
    ] {
        let message = user.run(arguments).failed(2);
        assert!(message.contains("is longer than"), "{arguments:?}: {message}");
    }
    let mut endless = user.command(&["sync", "-"]);
    endless.stdin(std::fs::File::open("/dev/zero").unwrap());
    assert!(finish(endless).failed(2).contains("standard input is longer than"));
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let user = desk("250");
    for arguments in [
        &["list", "--ndjson", "--limit", "0"][..],
        &["help"],
        &["help", "list"],
        &["list", "--ndjson", "--limit", "0", "--unordered"],
        &["export", "--output", "-"],
        &["list", "--json", "--limit", "0"],
    ] {
        let mut child = user.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = String::new();
        // The reader reads one line and is dropped with its end of the pipe.
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!((child.wait().unwrap().code(), said.as_str()), (Some(0), ""), "{arguments:?}");
    }
}

#[test]
fn keys_stand_in_the_same_order_in_every_line() {
    let user = desk("120");
    let lines = user.run(&["--now", NOW, "list", "--ndjson", "--limit", "0"]).ok();
    let keys = |line: &str| {
        serde_json::from_str::<Value>(line).unwrap().as_object().unwrap().keys().cloned().collect::<Vec<_>>()
    };
    let first = keys(lines.lines().next().unwrap());
    assert_eq!(first[..6], ["id", "userId", "projectId", "flowId", "status", "currentStep"]);
    assert!(lines.lines().all(|line| keys(line) == first));
}

#[test]
fn the_help_lists_every_exit_code() {
    let help = User::new().run(&["--help"]).ok();
    let codes = help.split("Exit codes:").nth(1).unwrap().split("Example").next().unwrap();
    let codes: Vec<&str> = codes.split([',', '\n']).map(str::trim).filter(|part| !part.is_empty()).collect();
    for code in ["0 done", "1 failed", "2 wrong usage", "3 no such registration", "4 refused", "5 remote", "6 a batch"]
    {
        assert!(codes.iter().any(|listed| listed.starts_with(code)), "{code}: {codes:?}");
    }
}
