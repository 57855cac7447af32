//! The loop of the console.

use std::{collections::HashMap, future::poll_fn, io, sync::Arc, task::Poll, time::Duration};

use crossterm::event::{Event, EventStream};
use futures_util::StreamExt;
use secrecy::SecretString;
use signal_hook::consts::{SIGCONT, SIGHUP, SIGTSTP};
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::mpsc::{self, Receiver, Sender},
    time::{Instant, sleep, sleep_until},
};

use super::{
    Options, RunError, SnapshotFile,
    answers::{Answers, Taken},
    changes, effects,
    export::Exports,
    frame::Frames,
    input,
    keeper::{self, Keeper},
    mirror::MirrorFile,
    reader::{PrivateFile, Program},
    terminal::Screen,
};
use crate::{
    app::{Effect, Effects, Message, Model, effect::Timer, reading::Reader, update},
    backend::{Backend, Caller, Clock},
    ui::{HitMap, Themes},
};

/// How many answers may wait for the loop; whoever has more waits, the loop does not.
const ANSWERS: usize = 256;
/// How long answers are taken before keys are looked for again.
const PATIENCE: Duration = Duration::from_millis(1);
/// How long a console may take to end once its window was closed.
const FAREWELL: Duration = Duration::from_secs(2);
/// How many events are taken before a frame is drawn.
const BATCH: usize = 512;

/// The console's parts.
struct Console {
    model: Model,
    themes: Themes,
    backend: Arc<dyn Backend>,
    operator: Caller,
    clock: Clock,
    screen: Screen,
    terminal_says: Answers,
    frames: Frames,
    hits: HitMap,
    timers: HashMap<Timer, Instant>,
    answers: Sender<Message>,
    keeper: Option<Keeper>,
    mirror: Option<MirrorFile>,
    snapshot: Option<SnapshotFile>,
    exports: Exports,
    /// What the operator wants to read in a program of their own, as soon as the loop lets go of the terminal.
    to_read: Option<(Reader, SecretString)>,
    open: bool,
}

/// What woke the loop.
enum Wake {
    Input(Option<io::Result<Event>>),
    Answer(Box<Message>),
    Timer(Timer),
    Frame,
    Stop,
    /// Stopped from outside: `kill -TSTP`.
    Suspend,
    /// Goes on after a stop.
    Continue,
}

/// Opens the console and runs it until it is left. The terminal is given back on every way out.
pub async fn run(options: Options) -> Result<(), RunError> {
    let model = Model::new(options.profile, &options.keys, options.clock.now())
        .map_err(RunError::Keys)?
        .judging_by(options.policy, options.operator.name.clone())
        .giving(options.reasons)
        .with_views(options.views)
        .with_decision_keys(options.decision_keys)
        .looking(options.look)
        .with_columns(options.columns);
    let (kept, problem) = options.kept_at.as_deref().map(keeper::read).unwrap_or_default();
    let model = model.remembering(kept, problem);
    let (answers, inbox) = mpsc::channel(ANSWERS);
    let screen = Screen::open(options.look.mouse)?;
    let mut stops = Stops::listen()?;
    let without_window = tokio::spawn(end_without_window(signal(SignalKind::hangup())?));
    if let Some(mirror) = options.mirror_at.clone() {
        let (answers, now, index) = (answers.clone(), options.clock.now(), Box::new(model.index.blank()));
        tokio::spawn(async move {
            if let Some((index, at)) = mirror.read(index, now).await {
                // The console may be gone by now.
                let _ = answers.send(Message::Recalled(index, at)).await;
            }
        });
    }
    if let Some(changed) = options.backend.changes() {
        tokio::spawn(changes::follow(Arc::clone(&options.backend), changed, answers.clone()));
    }
    let mut console = Console {
        model,
        themes: options.themes,
        backend: options.backend,
        operator: options.operator,
        clock: options.clock,
        screen,
        terminal_says: Answers::default(),
        frames: Frames::default(),
        hits: HitMap::default(),
        timers: HashMap::new(),
        answers,
        keeper: options.kept_at.map(Keeper::at),
        mirror: options.mirror_at,
        snapshot: options.snapshot_at,
        exports: Exports::default(),
        to_read: None,
        open: true,
    };
    let outcome = console.run(inbox, &mut stops).await;
    // The loop has ended, so what is left has the time it takes: the store is closed, and claims are given back.
    without_window.abort();
    // Taking a large index apart keeps whoever leaves waiting; the system takes it back at once.
    std::mem::forget(console.model);
    if let Some(keeper) = console.keeper {
        keeper.finish().await;
    }
    outcome
}

impl Console {
    async fn run(&mut self, mut inbox: Receiver<Message>, stops: &mut Stops) -> Result<(), RunError> {
        let mut events = EventStream::new();
        // The first frame comes before anything is read.
        self.draw()?;
        self.screen.ask_background()?;
        self.take(Message::Start)?;
        while self.open {
            match self.wait(&mut events, &mut inbox, stops).await {
                Wake::Input(Some(event)) => self.input(event?, &mut events).await?,
                Wake::Answer(message) => {
                    let begun = Instant::now();
                    self.take(*message)?;
                    // Many that take no time are one frame; keys come before any more of those that do.
                    while begun.elapsed() < PATIENCE {
                        let Ok(message) = inbox.try_recv() else { break };
                        self.take(message)?;
                    }
                }
                Wake::Timer(timer) => {
                    self.timers.remove(&timer);
                    if timer.is_behind_the_screen() {
                        self.take_unseen(timer.message())?;
                    } else {
                        self.take(timer.message())?;
                    }
                }
                Wake::Frame => self.draw()?,
                Wake::Suspend => Screen::suspend()?,
                Wake::Continue => {
                    self.screen.retake()?;
                    self.frames.want();
                }
                // A closed terminal, or a signal to stop.
                Wake::Input(None) | Wake::Stop => self.open = false,
            }
            if let Some((reader, text)) = self.to_read.take().filter(|_| self.open) {
                // Whoever reads keys takes them from the other program.
                drop(events);
                self.screen.lend()?;
                let answer = self.read(reader, &text, stops).await;
                self.screen.retake()?;
                events = EventStream::new();
                self.take(Message::Read(answer))?;
            }
        }
        Ok(())
    }

    /// Has a text read in the operator's program, and waits until it is closed; tells whether the file was changed.
    async fn read(&mut self, reader: Reader, text: &SecretString, stops: &mut Stops) -> Result<bool, String> {
        let program = Program::of(reader, |name| std::env::var_os(name))?;
        let file = PrivateFile::with(text).map_err(|error| format!("No private file could be made: {error}."))?;
        let mut child = program.start(&file)?;
        loop {
            tokio::select! {
                status = child.wait() => {
                    stops.forget_keys();
                    return program.ended(status).map(|()| file.differs_from(text));
                }
                wake = stops.wait_for_others() => match wake {
                    Wake::Suspend => {
                        let stopped = signal_hook::low_level::emulate_default_handler(SIGTSTP);
                        stopped.map_err(|error| error.to_string())?;
                    }
                    Wake::Stop => {
                        self.open = false;
                        let _ = child.kill().await;
                    }
                    _ => {}
                },
            }
        }
    }

    async fn wait(&self, events: &mut EventStream, inbox: &mut Receiver<Message>, stops: &mut Stops) -> Wake {
        let frame = self.frames.due(Instant::now());
        let timer = self.timers.iter().min_by_key(|(_, due)| **due).map(|(timer, due)| (*timer, *due));
        tokio::select! {
            biased;
            wake = stops.wait() => wake,
            event = events.next() => Wake::Input(event),
            () = until(frame), if frame.is_some() => Wake::Frame,
            Some(message) = inbox.recv() => Wake::Answer(Box::new(message)),
            () = until(timer.map(|(_, due)| due)), if timer.is_some() => {
                timer.map_or(Wake::Frame, |(timer, _)| Wake::Timer(timer))
            }
        }
    }

    /// Takes an event, and all that have come with it, before the next frame.
    ///
    /// The stream is polled with this task's waker: it keeps the first waker it is given until an event comes, so one
    /// that does nothing would leave the loop asleep with keys waiting.
    async fn input(&mut self, event: Event, events: &mut EventStream) -> Result<(), RunError> {
        self.event(event)?;
        for _ in 0..BATCH {
            match poll_fn(|context| Poll::Ready(events.poll_next_unpin(context))).await {
                Poll::Ready(Some(event)) if self.open => self.event(event?)?,
                Poll::Ready(None) => self.open = false,
                _ => break,
            }
        }
        Ok(())
    }

    /// Takes an event, unless it is a piece of an answer of the terminal.
    fn event(&mut self, event: Event) -> Result<(), RunError> {
        match self.terminal_says.take(event, std::time::Instant::now()) {
            Taken::Held => Ok(()),
            Taken::Background(background) => self.take(Message::Background(background)),
            Taken::Passed(events) => events.into_iter().try_for_each(|event| self.user(event)),
        }
    }

    /// Takes what the user did.
    fn user(&mut self, event: Event) -> Result<(), RunError> {
        if matches!(event, Event::Resize(..)) {
            self.frames.want();
        }
        let is_typed = matches!(event, Event::Key(_) | Event::Paste(_));
        match input::message(event, &self.hits) {
            Some(message) => {
                if is_typed {
                    self.frames.want_at_once();
                }
                self.take(message)
            }
            None => Ok(()),
        }
    }

    fn take(&mut self, message: Message) -> Result<(), RunError> {
        // While nobody is on the screen, who comes first does not wait for the time of a frame.
        let want = if self.model.index.is_empty() { Frames::want_at_once } else { Frames::want };
        want(&mut self.frames);
        self.take_unseen(message)
    }

    /// Takes what changes nothing on the screen.
    fn take_unseen(&mut self, message: Message) -> Result<(), RunError> {
        let effects = update(&mut self.model, message, self.clock.now());
        self.perform(effects)
    }

    fn perform(&mut self, effects: Effects) -> Result<(), RunError> {
        for effect in effects {
            let (snapshot, answers) = (self.snapshot.as_ref(), &self.answers);
            match effects::start(effect, &self.backend, &self.operator, &self.exports, snapshot, answers) {
                Some(Effect::Timer(timer, after)) => {
                    self.timers.insert(timer, Instant::now() + after);
                }
                Some(Effect::Mouse(taken)) => self.screen.take_mouse(taken)?,
                Some(Effect::Copy(text)) => {
                    let outcome = self.screen.copy(&text).map_err(|error| error.to_string());
                    self.take(Message::Copied(outcome))?;
                }
                Some(Effect::Read(reader, text)) => self.to_read = Some((reader, text)),
                Some(Effect::Suspend) => Screen::suspend()?,
                Some(Effect::Keep(kept)) => {
                    if let Some(keeper) = &self.keeper {
                        keeper.keep(*kept);
                    }
                }
                Some(Effect::Mirror(registrations)) => {
                    if let Some(mirror) = &self.mirror {
                        mirror.write(registrations, self.clock.now());
                    }
                }
                Some(Effect::Quit) => self.open = false,
                _ => {}
            }
        }
        Ok(())
    }

    fn draw(&mut self) -> Result<(), RunError> {
        self.hits = self.screen.draw(&self.model, &self.themes.theme(&self.model.look))?;
        self.frames.drawn(Instant::now());
        // What the frame had room for may change what belongs on it, for example after a resize.
        let (rows, top) = (self.model.list_rows, self.model.queue.list().cursor().top());
        let scroll = self.model.registration().map(|view| view.scroll);
        let effects = update(&mut self.model, Message::Measured(self.hits.room), self.clock.now());
        let moved = rows != self.model.list_rows
            || top != self.model.queue.list().cursor().top()
            || scroll != self.model.registration().map(|view| view.scroll);
        if moved {
            self.frames.want();
        }
        self.perform(effects)
    }
}

/// Waits until a time has come. What is due already is not slept for: timers go by whole milliseconds, and another thread
/// has to wake this one.
async fn until(due: Option<Instant>) {
    if let Some(due) = due.filter(|due| *due > Instant::now()) {
        sleep_until(due).await;
    }
}

/// Ends the program if its window was closed and the loop does not end it: crossterm reads the end of a terminal for ever
/// if it comes before the signal is heard. There is nothing left to be given back.
async fn end_without_window(mut closed: Signal) {
    closed.recv().await;
    sleep(FAREWELL).await;
    std::process::exit(128 + SIGHUP);
}

/// The signals that end, stop and continue the console.
struct Stops {
    terminate: Signal,
    hang_up: Signal,
    interrupt: Signal,
    suspend: Signal,
    go_on: Signal,
    /// Until then interrupts are taken for late ones, which were meant for another program.
    others_until: Option<Instant>,
}

/// How late an interrupt may be told that another program was ended with.
const LATE: Duration = Duration::from_millis(500);

impl Stops {
    fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            suspend: signal(SignalKind::from_raw(SIGTSTP))?,
            go_on: signal(SignalKind::from_raw(SIGCONT))?,
            others_until: None,
        })
    }

    /// Waits for a signal while another program has the terminal: what keys send there is for that program.
    async fn wait_for_others(&mut self) -> Wake {
        tokio::select! {
            _ = self.terminate.recv() => Wake::Stop,
            _ = self.hang_up.recv() => Wake::Stop,
            _ = self.suspend.recv() => Wake::Suspend,
            _ = self.interrupt.recv() => Wake::Frame,
            _ = self.go_on.recv() => Wake::Continue,
        }
    }

    /// Forgets the interrupts that were meant for another program. The end of that one may be told before the key that
    /// ended it.
    fn forget_keys(&mut self) {
        self.others_until = Some(Instant::now() + LATE);
    }

    /// What an interrupt means now.
    fn interrupted(&self) -> Wake {
        if self.others_until.is_some_and(|until| Instant::now() < until) { Wake::Frame } else { Wake::Stop }
    }

    async fn wait(&mut self) -> Wake {
        tokio::select! {
            _ = self.terminate.recv() => Wake::Stop,
            _ = self.hang_up.recv() => Wake::Stop,
            _ = self.interrupt.recv() => self.interrupted(),
            _ = self.suspend.recv() => Wake::Suspend,
            _ = self.go_on.recv() => Wake::Continue,
        }
    }
}
