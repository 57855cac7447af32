//! The terminal: taken when the console opens, given back on every way out.

use std::{
    collections::BTreeSet,
    io::{self, IsTerminal, Write, stdin, stdout},
    panic,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use crossterm::{
    cursor::{Hide, Show},
    event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture},
    execute,
    style::Print,
    terminal::{EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode},
};
use ratatui::{
    Terminal,
    buffer::{Buffer, CellDiffOption},
};
use secrecy::{ExposeSecret, SecretString};

use super::{RunError, answers::ASK_BACKGROUND, calm::Calm, clipboard::Between};
use crate::{
    app::Model,
    ui::{self, HitMap, Theme},
};

/// Whether the terminal is ours at the moment; the panic hook has no other way to know.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// The terminal while the console is open. Dropping it gives the terminal back.
pub struct Screen {
    terminal: Terminal<Calm<io::BufWriter<io::Stdout>>>,
    mouse: bool,
    /// The terminal can tell what its background is like.
    tells_background: bool,
    /// Rows of the last frame that hold text whose width terminals disagree on.
    uncertain: BTreeSet<u16>,
}

impl Screen {
    /// Takes the terminal.
    pub fn open(mouse: bool) -> Result<Self, RunError> {
        if !stdin().is_terminal() || !stdout().is_terminal() {
            return Err(RunError::NoTerminal);
        }
        let term = std::env::var("TERM").unwrap_or_default();
        if term.is_empty() || term == "dumb" {
            return Err(RunError::PoorTerminal(term));
        }
        give_back_on_panic();
        take(mouse)?;
        let terminal =
            Terminal::new(Calm::new(io::BufWriter::with_capacity(1 << 16, stdout()))).inspect_err(|_| give_back())?;
        // The console of Linux has no such question, and older ones print it.
        let tells_background = term != "linux";
        let mut screen = Self { terminal, mouse, tells_background, uncertain: BTreeSet::new() };
        // Not every terminal has another screen, and whoever was killed has left his on it.
        screen.forget()?;
        Ok(screen)
    }

    /// Draws the model.
    pub fn draw(&mut self, model: &Model, theme: &Theme) -> io::Result<HitMap> {
        let mut hits = HitMap::default();
        let uncertain = &mut self.uncertain;
        self.terminal.draw(|frame| {
            hits = ui::view(model, theme, frame);
            rewrite_uncertain_rows(frame.buffer_mut(), uncertain);
        })?;
        Ok(hits)
    }

    /// Asks what the background is like; the answer comes among the keys, or never.
    pub fn ask_background(&mut self) -> io::Result<()> {
        if self.tells_background { execute!(self.terminal.backend_mut(), Print(ASK_BACKGROUND)) } else { Ok(()) }
    }

    /// Takes the mouse from the terminal, or leaves it to it.
    pub fn take_mouse(&mut self, taken: bool) -> io::Result<()> {
        self.mouse = taken;
        if taken {
            execute!(self.terminal.backend_mut(), EnableMouseCapture)
        } else {
            execute!(self.terminal.backend_mut(), DisableMouseCapture)
        }
    }

    /// Forgets what is on the screen, so that the next frame draws all of it.
    ///
    /// Not `Terminal::clear`: that asks the terminal for its cursor and waits for an answer that the input loop takes.
    pub fn forget(&mut self) -> io::Result<()> {
        let size = self.terminal.size()?;
        self.terminal.resize(size.into())
    }

    /// Hands text to the terminal's clipboard (OSC 52: works over ssh, if the terminal allows it).
    pub fn copy(&mut self, text: &SecretString) -> io::Result<()> {
        let between = Between::of(|name| std::env::var_os(name));
        let sequence = between.handing_over(text.expose_secret()).map_err(io::Error::other)?;
        execute!(self.terminal.backend_mut(), Print(sequence))
    }

    /// Gives the terminal to another program. Once that is done, [`Self::retake`] is due.
    pub fn lend(&mut self) -> io::Result<()> {
        // What was drawn so far must not come after what the other program draws.
        Write::flush(self.terminal.backend_mut())?;
        give_back();
        Ok(())
    }

    /// Stops the program until it is continued, with the terminal given back meanwhile. Once it is, [`Self::retake`]
    /// is due.
    pub fn suspend() -> io::Result<()> {
        give_back();
        signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP)
    }

    /// Takes the terminal again after a stop: a shell has used it meanwhile, whoever stopped the program.
    pub fn retake(&mut self) -> io::Result<()> {
        // Raw mode that is thought to be on would not be set again.
        disable_raw_mode()?;
        take(self.mouse)?;
        self.terminal.backend_mut().retaken();
        self.forget()?;
        // The window may have been given other colours.
        self.ask_background()
    }
}

/// Has rows written in full that hold, or held in the last frame, letters made of several code points.
///
/// Terminals disagree on the width of such letters (Devanagari, Thai, joined emoji): where one takes more columns than
/// we think, writing only what has changed would leave pieces of the old text standing.
fn rewrite_uncertain_rows(buffer: &mut Buffer, before: &mut BTreeSet<u16>) {
    let area = buffer.area;
    let now: BTreeSet<u16> = area
        .rows()
        .filter(|row| row.positions().any(|cell| buffer[cell].symbol().chars().nth(1).is_some()))
        .map(|row| row.y)
        .collect();
    for row in now.union(before).filter(|row| **row < area.bottom()) {
        for column in area.left()..area.right() {
            buffer[(column, *row)].set_diff_option(CellDiffOption::AlwaysUpdate);
        }
    }
    *before = now;
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
    }
}

fn take(mouse: bool) -> io::Result<()> {
    enable_raw_mode()?;
    TAKEN.store(true, Ordering::SeqCst);
    execute!(stdout(), EnterAlternateScreen, EnableBracketedPaste, Hide).inspect_err(|_| give_back())?;
    if mouse {
        execute!(stdout(), EnableMouseCapture)?;
    }
    Ok(())
}

/// Gives the terminal back; harmless when it is not ours. Errors are ignored: a closed terminal needs nothing back.
fn give_back() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        let _ = execute!(
            stdout(),
            EndSynchronizedUpdate,
            DisableMouseCapture,
            DisableBracketedPaste,
            LeaveAlternateScreen,
            Show
        );
        let _ = disable_raw_mode();
        let _ = stdout().flush();
    }
}

/// Lets a panic of the console's thread give the terminal back before anything is printed. A panic elsewhere leaves
/// the screen alone: the work that panicked is answered with an error.
fn give_back_on_panic() {
    let console = thread::current().id();
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if thread::current().id() == console {
            give_back();
            before(info);
        } else {
            tracing::error!(place = info.location().map(ToString::to_string), "work panicked");
        }
    }));
}
