//! A program in a pseudo-terminal, and what its user would see.

use std::{
    io::{Read, Write},
    num::NonZero,
    path::Path,
    process::Command,
    sync::{Arc, Condvar, Mutex},
    thread,
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// How long to wait for something to appear. Generous: it only matters when a test fails.
const PATIENCE: Duration = Duration::from_secs(30);

struct Seen {
    parser: vt100::Parser,
    raw: Vec<u8>,
    /// Whether a frame has begun whose end has not come (a synchronized update, mode 2026, which the parser does not
    /// know): a terminal shows such a frame whole or not at all.
    drawing: bool,
    closed: bool,
}

impl Seen {
    /// Takes what the program wrote next.
    fn take(&mut self, bytes: &[u8]) {
        const BEGIN: &[u8] = b"\x1b[?2026h";
        const END: &[u8] = b"\x1b[?2026l";
        // Either may be cut in two by the end of a read.
        let seam = self.raw.len().saturating_sub(BEGIN.len() - 1);
        self.raw.extend_from_slice(bytes);
        let last = self.raw[seam..].windows(BEGIN.len()).rfind(|part| *part == BEGIN || *part == END);
        self.drawing = last.map_or(self.drawing, |part| part == BEGIN);
        self.parser.process(bytes);
    }
}

/// A number of rows or columns; a terminal has at least one.
fn cells(count: u16) -> NonZero<u16> {
    NonZero::new(count).unwrap()
}

/// A program in a terminal.
pub struct Terminal {
    seen: Arc<(Mutex<Seen>, Condvar)>,
    master: Box<dyn MasterPty + Send>,
    writer: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
}

/// The binary under test.
pub fn regdesk() -> &'static str {
    env!("CARGO_BIN_EXE_regdesk")
}

/// The environment of a user whose home is a directory of the test.
pub fn environment(home: &Path) -> Vec<(&'static str, String)> {
    let home = home.display().to_string();
    vec![
        ("HOME", home.clone()),
        ("XDG_CONFIG_HOME", format!("{home}/config")),
        ("XDG_DATA_HOME", format!("{home}/data")),
        ("XDG_STATE_HOME", format!("{home}/state")),
        ("TERM", "xterm-256color".to_owned()),
        ("PATH", std::env::var("PATH").unwrap_or_default()),
        ("LANG", "C.UTF-8".to_owned()),
    ]
}

/// The binary as a plain process of that user.
pub fn command(home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(regdesk());
    command.env_clear().envs(environment(home)).args(arguments);
    command
}

impl Terminal {
    /// Starts a program in a terminal of this size.
    pub fn start(program: &str, arguments: &[&str], environment: &[(&str, String)], columns: u16, rows: u16) -> Self {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut builder = CommandBuilder::new(program);
        builder.args(arguments);
        builder.env_clear();
        for (name, value) in environment {
            builder.env(name, value);
        }
        let child = pair.slave.spawn_command(builder).unwrap();
        drop(pair.slave);
        let seen = Arc::new((
            Mutex::new(Seen {
                parser: vt100::Parser::new(cells(rows), cells(columns), 0),
                raw: Vec::new(),
                drawing: false,
                closed: false,
            }),
            Condvar::new(),
        ));
        follow(pair.master.try_clone_reader().unwrap(), Arc::clone(&seen));
        let writer = pair.master.take_writer().unwrap();
        Self { seen, master: pair.master, writer, child }
    }

    /// Types text as it is.
    pub fn send(&mut self, text: &str) {
        self.writer.write_all(text.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    /// Changes the size of the window.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.seen.0.lock().unwrap().parser.screen_mut().set_size(cells(rows), cells(columns));
        self.master.resize(PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }).unwrap();
    }

    /// Sends a signal to the program.
    pub fn signal(&self, name: &str) {
        let id = self.child.process_id().unwrap();
        assert!(Command::new("kill").args(["-s", name, &id.to_string()]).status().unwrap().success());
    }

    /// Waits until the screen shows a text, and returns the screen.
    pub fn wait_for(&self, text: &str) -> String {
        self.wait(&format!("{text:?} on the screen"), |seen| seen.parser.screen().contents().contains(text))
    }

    /// Waits until the screen no longer shows a text, and returns the screen.
    pub fn wait_gone(&self, text: &str) -> String {
        self.wait(&format!("{text:?} gone"), |seen| !seen.parser.screen().contents().contains(text))
    }

    /// Waits until something is so on a whole frame, and returns the screen.
    fn wait(&self, what: &str, is: impl Fn(&Seen) -> bool) -> String {
        let (lock, changed) = &*self.seen;
        let deadline = Instant::now() + PATIENCE;
        let mut seen = lock.lock().unwrap();
        while (seen.drawing && !seen.closed) || !is(&seen) {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "waited in vain for {what}; the screen is\n{}", seen.parser.screen().contents());
            seen = changed.wait_timeout(seen, left).unwrap().0;
        }
        seen.parser.screen().contents()
    }

    /// Waits for the end of the program, and returns its exit code.
    pub fn exit(&mut self) -> u32 {
        self.wait("the end of the program", |seen| seen.closed);
        self.child.wait().unwrap().exit_code()
    }

    /// Waits until the program has written some bytes.
    pub fn wait_written(&self, bytes: &str) {
        let wanted = bytes.as_bytes();
        self.wait(&format!("{bytes:?} written"), |seen| seen.raw.windows(wanted.len()).any(|part| part == wanted));
    }

    /// Waits until the cursor is seen, elsewhere than there; its column and row from 0.
    pub fn wait_cursor(&self, elsewhere: Option<(u16, u16)>) -> (u16, u16) {
        let place = |seen: &Seen| {
            let screen = seen.parser.screen();
            let (row, column) = screen.cursor_position();
            (!screen.hide_cursor()).then_some((column, row)).filter(|place| Some(*place) != elsewhere)
        };
        self.wait("the cursor to be seen", |seen| place(seen).is_some());
        place(&self.seen.0.lock().unwrap()).unwrap()
    }

    /// Waits until the mouse is taken, or is not.
    pub fn wait_mouse(&self, taken: bool) {
        self.wait("the mouse to change hands", |seen| {
            (seen.parser.screen().mouse_protocol_mode() != vt100::MouseProtocolMode::None) == taken
        });
    }

    /// Waits until a text on the screen has a colour of the 256.
    pub fn wait_color(&self, text: &str, index: u8) {
        self.wait(&format!("{text:?} in colour {index}"), |seen| {
            let screen = seen.parser.screen();
            let place = screen.rows(0, u16::MAX).enumerate().find_map(|(row, line)| {
                let column = line[..line.find(text)?].chars().count();
                screen.cell(row as u16, column as u16)
            });
            place.is_some_and(|cell| cell.fgcolor() == vt100::Color::Idx(index))
        });
    }

    /// The program's process id.
    pub fn id(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// Everything the program wrote, once it has written nothing for a moment.
    pub fn wait_at_rest(&self) -> Vec<u8> {
        const MOMENT: Duration = Duration::from_millis(120);
        let (lock, changed) = &*self.seen;
        let mut seen = lock.lock().unwrap();
        loop {
            let (after, timeout) = changed.wait_timeout(seen, MOMENT).unwrap();
            seen = after;
            if timeout.timed_out() || seen.closed {
                return seen.raw.clone();
            }
        }
    }

    /// Everything the program wrote.
    pub fn raw(&self) -> Vec<u8> {
        self.seen.0.lock().unwrap().raw.clone()
    }

    /// Asserts that no cell of the screen is like this.
    pub fn assert_no_cell(&self, what: &str, is: impl Fn(&vt100::Cell) -> bool) {
        let seen = self.seen.0.lock().unwrap();
        let screen = seen.parser.screen();
        let (rows, columns) = screen.size();
        for (row, column) in (0..rows.get()).flat_map(|row| (0..columns.get()).map(move |column| (row, column))) {
            let cell = screen.cell(row, column).filter(|cell| is(cell));
            assert!(cell.is_none(), "{what}: {row}, {column} on\n{}", screen.contents());
        }
    }

    /// Asserts that the terminal is as the program found it.
    pub fn assert_given_back(&self) {
        let seen = self.seen.0.lock().unwrap();
        let screen = seen.parser.screen();
        assert!(!screen.alternate_screen(), "the alternate screen is still shown");
        assert!(!screen.hide_cursor(), "the cursor is still hidden");
        assert!(!screen.bracketed_paste(), "bracketed paste is still on");
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None, "the mouse is still taken");
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn follow(mut reader: Box<dyn Read + Send>, seen: Arc<(Mutex<Seen>, Condvar)>) {
    thread::spawn(move || {
        let mut buffer = [0; 8192];
        loop {
            let read = reader.read(&mut buffer).unwrap_or(0);
            let (lock, changed) = &*seen;
            let mut seen = lock.lock().unwrap();
            seen.closed = read == 0;
            seen.take(&buffer[..read]);
            changed.notify_all();
            if read == 0 {
                return;
            }
        }
    });
}
