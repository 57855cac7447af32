//! A document, and what in it is to be typed.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// A block of a document.
pub enum Block {
    /// Commands for a shell, each as one text, also where it has several lines.
    Shell(Vec<String>),
    /// Keys for the console that the commands before have opened, each with what is on the screen then.
    Keys(Vec<(String, String)>),
    /// A part of a configuration file.
    Toml(String),
    /// Output, to be read.
    Shown,
}

/// A document.
pub struct Document {
    pub blocks: Vec<Block>,
    sentences: String,
}

/// Where the documents lie.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

impl Document {
    pub fn read(path: &str) -> Self {
        let text = fs::read_to_string(root().join(path)).unwrap();
        let (mut blocks, mut sentences) = (Vec::new(), String::new());
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            let Some(language) = line.strip_prefix("```") else {
                sentences.push_str(line);
                sentences.push('\n');
                continue;
            };
            let inside: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            blocks.push(match language {
                "sh" => Block::Shell(commands(&inside)),
                "keys" => Block::Keys(inside.iter().map(|line| keys(line)).collect()),
                "toml" => Block::Toml(inside.join("\n")),
                "text" => Block::Shown,
                other => panic!("{path}: say what a block in `{other}` is, so that no command goes unrun"),
            });
        }
        Self { blocks, sentences }
    }

    /// The commands of this program that stand in back-ticks within sentences and tables.
    pub fn commands_in_sentences(&self) -> Vec<&str> {
        let spans = self.sentences.split('`').skip(1).step_by(2);
        spans.filter(|span| *span == "regdesk" || span.starts_with("regdesk ")).collect()
    }

    /// The files that are shown as pictures.
    pub fn pictures(&self) -> Vec<PathBuf> {
        let after = self.sentences.split("![").skip(1).filter_map(|picture| picture.split_once("]("));
        after.filter_map(|(_, path)| path.split(')').next()).map(PathBuf::from).collect()
    }
}

/// Lines as the commands they make up, as bash understands them.
fn commands(lines: &[&str]) -> Vec<String> {
    let (mut commands, mut begun) = (Vec::new(), String::new());
    for line in lines {
        begun.push_str(line);
        begun.push('\n');
        if begun.trim().is_empty() || (begun.starts_with('#') && begun.lines().count() == 1) {
            begun.clear();
        } else if !line.ends_with('\\') && is_complete(&begun) {
            commands.push(std::mem::take(&mut begun));
        }
    }
    assert!(begun.is_empty(), "bash does not understand\n{begun}");
    commands
}

fn is_complete(text: &str) -> bool {
    let read = Command::new("bash").args(["-n", "-c", text]).output().unwrap();
    // An end of input within a document that stands there is only warned of.
    read.status.success() && read.stderr.is_empty()
}

/// `KEYS` and, behind two blanks or more, what is seen.
fn keys(line: &str) -> (String, String) {
    let (keys, seen) = line.split_once("  ").unwrap_or((line, ""));
    (keys.to_owned(), seen.trim().to_owned())
}
