//! Commands into events.

use super::command::{Access, Command};
use super::draft::Draft;
use super::{Event, Fact, Refusal, State, annotations, codes, create, import, lifecycle, record, sync};
use crate::backend::{Caller, ErrorKind};
use crate::model::Timestamp;

/// What a command leads to, or why it is refused. `None` stands for a registration that does not exist.
pub fn decide(state: Option<&State>, command: &Command, now: Timestamp) -> Result<Vec<Event>, Refusal> {
    Ok(draft(state.cloned(), command, now)?.events)
}

/// [`decide`] and [`super::apply()`] at once, for whoever owns the state.
pub fn advance(state: Option<State>, command: &Command, now: Timestamp) -> Result<(State, Vec<Event>), Refusal> {
    let draft = draft(state, command, now)?;
    Ok((draft.state, draft.events))
}

/// Folds commands with their times, the first of which creates, into the final state and all events.
pub fn fold(commands: &[(Timestamp, Command)]) -> Result<Option<(State, Vec<Event>)>, Refusal> {
    let mut folded: Option<(State, Vec<Event>)> = None;
    for (at, command) in commands {
        let (state, mut events) = match folded {
            Some((state, events)) => (Some(state), events),
            None => (None, Vec::new()),
        };
        let (state, more) = advance(state, command, *at)?;
        events.extend(more);
        folded = Some((state, events));
    }
    Ok(folded)
}

/// What came of a command that was run for a caller.
#[derive(Debug)]
pub struct Run {
    /// The state afterwards.
    pub state: State,
    /// What happened, to be stored even if the command was refused.
    pub events: Vec<Event>,
    /// Why it was refused, if it was.
    pub refusal: Option<Refusal>,
}

/// Runs a command for a caller: a lifetime that has passed ends first, then the command is decided, and the access is
/// noted with its outcome. Only a creation that is refused leaves nothing to store and is an error.
pub fn run(state: Option<State>, command: &Command, caller: &Caller, now: Timestamp) -> Result<Run, Refusal> {
    let Some(state) = state else {
        let draft = draft(None, command, now)?;
        let draft = lifecycle::note_access(draft, &access(command, caller, None));
        return Ok(Run { state: draft.state, events: draft.events, refusal: None });
    };
    let mut settled = Draft::of(state, now);
    if settled.state.is_overdue(settled.at) && *command != Command::Expire {
        settled = lifecycle::expire(settled)?;
    }
    let outcome = draft(Some(settled.state.clone()), command, now);
    let (next, refusal) = match outcome {
        Ok(next) => {
            let refusal = code_refusal(command, &next);
            (next, refusal)
        }
        Err(refusal) => (Draft::of(settled.state, now), Some(refusal)),
    };
    let mut events = settled.events;
    let noted = match command {
        // The command is the note.
        Command::NoteAccess(_) => next,
        _ => lifecycle::note_access(next, &access(command, caller, refusal.as_ref())),
    };
    events.extend(noted.events);
    Ok(Run { state: noted.state, events, refusal })
}

/// A code that did not open the door is stored as an event and answered as a refusal.
fn code_refusal(command: &Command, draft: &Draft) -> Option<Refusal> {
    let Command::EnterCode { channel, .. } = command else {
        return None;
    };
    draft.events.iter().find_map(|event| match event.fact {
        Fact::CodeMistyped { .. } => Some(codes::wrong_code(draft, *channel)),
        Fact::CodeDied { .. } => Some(codes::dead_code(*channel)),
        _ => None,
    })
}

fn access(command: &Command, caller: &Caller, refusal: Option<&Refusal>) -> Access {
    Access {
        actor: caller.kind,
        ip: caller.ip.clone(),
        action: command.action(),
        denied: refusal.map(|refusal| refusal.code.to_owned()),
    }
}

fn draft(state: Option<State>, command: &Command, now: Timestamp) -> Result<Draft, Refusal> {
    let Some(state) = state else {
        return match command {
            Command::Create(opening) => create::create(opening, now),
            Command::Import(registration) => import::import(registration, now),
            _ => Err(no_registration()),
        };
    };
    let draft = Draft::of(state, now);
    if draft.state.is_overdue(draft.at) && !matches!(command, Command::Expire | Command::NoteAccess(_)) {
        return Err(Refusal::conflict("registration_has_expired", "The lifetime of the registration is over."));
    }
    match command {
        Command::Create(_) | Command::Import(_) => {
            Err(Refusal::conflict("Conflict", "A registration of this id exists already."))
        }
        Command::Record { evidence, origin } => record::record(draft, evidence, origin),
        Command::SendCode { channel, code, origin } => codes::send(draft, *channel, Some(*code), origin),
        Command::EnterCode { channel, code } => codes::enter(draft, *channel, *code),
        Command::Sync(request) => sync::sync(draft, request),
        Command::Resend { token, send_email } => lifecycle::resend(draft, *token, *send_email),
        Command::Annotate { annotation, by } => annotations::annotate(draft, annotation, by),
        Command::Expire => lifecycle::expire(draft),
        Command::NoteAccess(access) => Ok(lifecycle::note_access(draft, access)),
    }
}

fn no_registration() -> Refusal {
    Refusal::new(ErrorKind::NotFound, "AppRegistration_not_found", "There is no such registration.")
}
