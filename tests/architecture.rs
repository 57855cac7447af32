//! The rule of imports and the size of files, held against the source itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Used by everyone.
const OPEN_TO_ALL: &[&str] = &["text", "private"];
/// Which top-level modules each one may use, besides itself and those open to all.
const MAY_USE: &[(&str, &[&str])] = &[
    ("main", &["cli"]),
    (
        "cli",
        &[
            "app", "audit", "backend", "config", "demo", "engine", "index", "keys", "model", "remote", "runtime",
            "server", "triage", "ui", "wire",
        ],
    ),
    ("runtime", &["app", "backend", "index", "keys", "model", "triage", "ui", "wire"]),
    ("ui", &["app", "backend", "index", "keys", "model", "triage", "wire"]),
    ("app", &["backend", "index", "keys", "model", "triage", "wire"]),
    ("keys", &[]),
    ("config", &["index", "keys", "model", "remote", "triage", "ui"]),
    ("demo", &["backend", "engine", "model"]),
    ("audit", &["backend", "model"]),
    ("engine", &["backend", "model", "packing"]),
    ("server", &["backend", "http", "index", "model", "triage", "wire"]),
    ("remote", &["backend", "http", "model", "wire"]),
    ("wire", &["backend", "model", "triage"]),
    ("backend", &["model"]),
    ("index", &["model", "packing", "sections", "triage"]),
    ("triage", &["model", "sections"]),
    ("model", &[]),
    ("text", &[]),
    ("private", &[]),
    ("http", &[]),
    ("packing", &[]),
    ("sections", &["model"]),
    ("lib", &[]),
];

/// No file is longer, tests included; most are far shorter.
const MAX_LINES: usize = 600;
/// The binary only parses, dispatches and maps the outcome.
const MAX_LINES_OF_MAIN: usize = 40;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn rust_files(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// The names of the modules that a file is nested in, outermost first: `src/app/queue.rs` is `[app, queue]`.
fn modules_of(file: &Path) -> Vec<String> {
    let relative = file.strip_prefix(root()).unwrap().with_extension("");
    let mut names: Vec<String> = relative.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if names.last().is_some_and(|name| name == "mod") {
        names.pop();
    }
    names
}

/// The code of a file line by line, without comments and without its test module.
fn code_lines(text: &str) -> Vec<&str> {
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    code.lines().map(|line| line.split("//").next().unwrap_or_default()).collect()
}

/// Every top-level module that a file names, with its line: `crate::name`, `crate::{name, …}`, and `super::…` that
/// leads out of the file's own top-level module.
fn uses(text: &str, depth: usize) -> Vec<(usize, String)> {
    let lines = code_lines(text);
    let mut found = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        let out_of_module = "super::".repeat(depth);
        for prefix in ["crate::", "regdesk::", out_of_module.as_str()] {
            if prefix.is_empty() {
                continue;
            }
            for (at, _) in line.match_indices(prefix) {
                let preceded = line[..at].ends_with(|before: char| before.is_alphanumeric() || "_:$".contains(before));
                if preceded {
                    continue;
                }
                let rest = &line[at + prefix.len()..];
                if rest.starts_with('{') {
                    let group = rest.to_owned() + &lines[number + 1..].join("\n");
                    found.extend(group_heads(&group).into_iter().map(|name| (number + 1, name)));
                } else {
                    found.push((number + 1, leading_name(rest)));
                }
            }
        }
    }
    found.retain(|(_, name)| name.starts_with(|first: char| first.is_ascii_lowercase()) && name != "super");
    found
}

fn leading_name(text: &str) -> String {
    text.trim_start().chars().take_while(|character| character.is_alphanumeric() || *character == '_').collect()
}

/// The first names of the paths in a group `{a::b, c::{d, e}}`: `a` and `c`.
fn group_heads(group: &str) -> Vec<String> {
    let mut heads = Vec::new();
    let mut depth = 0;
    let mut start = 1;
    for (at, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if (character == ',' && depth == 1) || depth == 0 {
            heads.push(leading_name(&group[start..at]));
            start = at + 1;
        }
        if depth == 0 {
            break;
        }
    }
    heads
}

#[test]
fn modules_use_only_what_stands_to_their_right() {
    let mut broken = Vec::new();
    for file in rust_files(&root()) {
        let modules = modules_of(&file);
        if modules.iter().any(|name| name == "tests") {
            continue;
        }
        let module = modules[0].as_str();
        let (_, allowed) = MAY_USE
            .iter()
            .find(|(name, _)| *name == module)
            .unwrap_or_else(|| panic!("say in this test what the new module `{module}` may use"));
        for (line, used) in uses(&fs::read_to_string(&file).unwrap(), modules.len()) {
            let is_module = MAY_USE.iter().any(|(name, _)| *name == used);
            if is_module && used != module && !OPEN_TO_ALL.contains(&used.as_str()) && !allowed.contains(&used.as_str())
            {
                broken.push(format!("{}:{line}: `{module}` must not use `{used}`", file.display()));
            }
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn the_table_of_imports_has_no_cycle() {
    // Taking away whatever uses nothing that is left must take away everything.
    let mut left: Vec<_> = MAY_USE.to_vec();
    while !left.is_empty() {
        let names: Vec<&str> = left.iter().map(|(name, _)| *name).collect();
        let before = left.len();
        left.retain(|(_, allowed)| allowed.iter().any(|used| names.contains(used)));
        assert!(left.len() < before, "a cycle among {names:?}");
    }
}

#[test]
fn the_scan_sees_every_way_to_name_a_module() {
    let text = "use crate::{\n    model::Status,\n    triage::{Flag, Severity},\n    wire,\n};\nuse super::super::ui::Theme;\n\
                let x = crate::app::update(); // crate::engine\n#[cfg(test)]\nmod tests { use crate::server::X; }\n";
    let names: Vec<(usize, String)> = uses(text, 2);
    let expected = [(1, "model"), (1, "triage"), (1, "wire"), (6, "ui"), (7, "app")];
    assert_eq!(names, expected.map(|(line, name)| (line, name.to_owned())));
}

#[test]
fn files_are_short_and_the_binary_is_thin() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut long = Vec::new();
    for file in rust_files(&root()).into_iter().chain(rust_files(&tests)) {
        let lines = fs::read_to_string(&file).unwrap().lines().count();
        let limit = if file == root().join("main.rs") { MAX_LINES_OF_MAIN } else { MAX_LINES };
        if lines > limit {
            long.push(format!("{}: {lines} lines, allowed are {limit}", file.display()));
        }
    }
    assert!(long.is_empty(), "\n{}", long.join("\n"));
}
