//! A service that does everything wrong: the mirror ends complete and true, keys are answered throughout, no write
//! happens twice, and nothing that opens doors stays anywhere.

pub mod service;

use std::{fs, path::Path};

use tempfile::TempDir;

use self::service::{COUNT, Chaos, SECOND_TOKEN, SECRETS, TOKEN};
use crate::terminal::{Terminal, command, environment, regdesk};

/// A home with a profile whose token is in a file and whose mirror is on disk.
fn home(url: &str) -> TempDir {
    let home = TempDir::new().unwrap();
    let config = home.path().join("config/regdesk");
    fs::create_dir_all(&config).unwrap();
    let token = home.path().join("token");
    put_token(&token, TOKEN);
    let text = format!(
        "profile = \"chaos\"\n[profiles.chaos]\nurl = \"{url}\"\ntoken_file = \"{}\"\nmirror = \"disk\"\n",
        token.display()
    );
    fs::write(config.join("config.toml"), text).unwrap();
    home
}

fn put_token(path: &Path, token: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::write(path, token).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

/// Every file under a directory, as bytes that are text anyhow.
fn files(directory: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
            found.push((path.display().to_string(), text));
        }
    }
    found
}

#[test]
fn the_mirror_of_a_service_that_does_everything_wrong_ends_complete_and_keys_are_answered_meanwhile() {
    let chaos = Chaos::start();
    let home = home(&chaos.url);
    let mut environment = environment(home.path());
    environment.push(("XDG_CACHE_HOME", home.path().join("cache").display().to_string()));
    let mut terminal = Terminal::start(regdesk(), &["-vvv"], &environment, 120, 40);
    // Keys do not wait for it.
    terminal.send("?");
    terminal.wait_for("In the queue");
    terminal.send("\u{1b}");
    // The token expires in the middle: that is said, and the one that is put in its place is taken.
    terminal.wait_for("expired");
    put_token(&home.path().join("token"), SECOND_TOKEN);
    terminal.send("r");
    // Three came and the oldest left while the pages were read.
    let all = COUNT + 2;
    terminal.wait_for(&format!("{all} of {all}"));
    terminal.wait_for("✓ complete");
    for (name, shown) in [("0042", 1), ("0732", 1), ("0000", 0), ("0111", 1), ("0222", 1), ("0333", 1)] {
        terminal.send(&format!("/name:{name}\r"));
        terminal.wait_for(&format!("{shown} of {all}"));
        terminal.send("\u{1b}");
        terminal.wait_for(&format!("{all} of {all}"));
    }
    // What a row says is looked at in full, as JSON.
    terminal.send("/name:0042\r");
    terminal.wait_for(&format!("1 of {all}"));
    terminal.send("\r5");
    terminal.wait_for("person42@example.com");
    terminal.send("qq");
    assert_eq!(terminal.exit(), 0);

    let told = chaos.told();
    assert!(told["faults"].as_u64().unwrap() > 2 && told["refused"].as_u64().unwrap() > 0, "{told}");
    let screen = String::from_utf8_lossy(&terminal.raw()).into_owned();
    let mut written = files(home.path());
    assert!(
        written.iter().any(|(path, text)| path.contains("cache") && text.contains("person42@")),
        "a mirror is on disk"
    );
    assert!(written.iter().any(|(path, _)| path.contains("state/regdesk")), "a log is written");
    written.push(("the screen".to_owned(), screen));
    let (own, elsewhere): (Vec<_>, Vec<_>) = written.iter().partition(|(path, _)| path.ends_with("/token"));
    assert_eq!(own.len(), 1);
    for (path, text) in elsewhere {
        for secret in SECRETS.iter().chain(&[TOKEN, SECOND_TOKEN]) {
            assert!(!text.contains(secret), "{secret} stands in {path}");
        }
    }
}

#[test]
fn writes_whose_answers_are_lost_are_sent_once_and_said_to_be_unknown() {
    let chaos = Chaos::start();
    let home = home(&chaos.url);
    let run = |arguments: &[&str]| {
        let done = command(home.path(), arguments).output().unwrap();
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(!done.status.success() && said.contains("unknown"), "{said}");
    };
    run(&["create", "--project", "project-1", "--flow", "flow-1", "--email", "once@example.com"]);
    run(&["sync", &format!("{:024x}", 5), "--step", "end", "--status", "completed"]);
    let told = chaos.told();
    assert_eq!((&told["creates"], &told["syncs"]), (&1.into(), &1.into()), "a write is never repeated: {told}");
}
