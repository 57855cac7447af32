//! The command line: one file a subcommand. Data goes to standard output, everything else to standard error.
//!
//! Puts configuration, backend and command together and maps what went wrong to an exit code. Holds no rules about
//! registrations.

mod annotate;
mod args;
mod audit;
mod batch;
mod cache;
mod catalogue;
mod complete;
mod config_schema;
mod configuration;
mod console;
mod create;
mod decide;
mod demo;
mod desk;
mod doctor;
mod evidence;
mod example;
mod export;
mod failure;
mod generate;
mod help;
pub mod import;
mod input;
mod insights;
mod keeping;
mod list;
mod log;
mod man;
mod migrate;
mod opened;
mod origin;
mod output;
mod page;
mod planned;
mod policy;
mod purge;
mod record;
mod report;
mod resend;
mod rules;
mod schema;
mod serve;
mod session;
mod show;
mod sync;
mod token;
mod views;
mod watch;
mod words;

use std::{
    ffi::OsString,
    io::{self, Write},
};

use clap::Parser;

pub use report::install_reports;

use self::{
    args::{Arguments, Command, LogFormat},
    desk::Desk,
    failure::Failure,
    output::Output,
    session::Session,
};
use crate::{
    config::{Overrides, Places},
    model::Timestamp,
    text,
};

/// Threads that wait for the disk at most, some megabytes each. So many writers share a commit; whoever comes beyond that
/// waits for a thread instead.
const BLOCKING_THREADS: usize = 64;

/// Runs the program with these arguments, the first of which is its name. Returns the exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    if let Some(code) = complete::answer(&arguments) {
        return code;
    }
    let arguments = match Arguments::try_parse_from(words::protect_negations(arguments)) {
        Ok(arguments) => arguments,
        Err(answer) => {
            explain(&answer);
            return u8::from(answer.use_stderr()) * 2;
        }
    };
    let mut output = Output::open();
    let done = perform(arguments, &mut output).and_then(|()| output.flush());
    let Err(failure) = done else { return 0 };
    // What was done before the failure is still worth reading.
    let _ = output.flush();
    if let Some(report) = failure.report() {
        report.lines().for_each(print_error);
    }
    failure.exit_code()
}

fn perform(arguments: Arguments, output: &mut Output) -> Result<(), Failure> {
    let Arguments { global, command } = arguments;
    let given = global.overrides().over(Overrides::from_environment(std::env::var_os)?);
    match &command {
        Some(Command::Config(command)) => return configuration::run(*command, &given, output),
        Some(Command::Cache(command)) => return cache::run(*command, &Places::of_user()?, output),
        Some(Command::Rules(arguments)) => {
            return policy::rules(*arguments, &given.load(Places::of_user().as_ref())?.policy, output);
        }
        Some(Command::Completions(arguments)) => return complete::script(arguments.shell, output),
        Some(Command::Schema(arguments)) => return schema::run(arguments.command.as_deref(), output),
        Some(Command::Help(arguments)) => return help::run(&arguments.words, output),
        Some(Command::Man(arguments)) => return man::run(arguments.directory.as_deref(), output),
        _ => {}
    }
    let places = Places::of_user();
    start_log(command.as_ref(), global.verbose, places.as_ref().ok());
    let session = Session::begin(&global, given, places)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(BLOCKING_THREADS)
        .build()
        .map_err(Failure::io("the threads of the program"))?;
    runtime.block_on(dispatch(command, session, output))
}

/// Logs as the command wants it. Without a log the program does its work all the same.
fn start_log(command: Option<&Command>, verbose: u8, places: Option<&Places>) {
    let started = match (command, places) {
        (Some(Command::Serve(arguments)), _) if arguments.log_format == LogFormat::Json => log::start_as_json(verbose),
        (_, Some(places)) => log::start(&places.state_dir, verbose),
        (_, None) => Ok(()),
    };
    if let Err(reason) = started {
        let place = places.map(|places| places.state_dir.display().to_string()).unwrap_or_default();
        notice(&format!("no log is written to {place}: {reason}"));
    }
}

async fn dispatch(command: Option<Command>, session: Session, output: &mut Output) -> Result<(), Failure> {
    let Some(command) = command else { return console::run(&session).await };
    match command {
        Command::List(arguments) => {
            let desk = session.desk()?;
            list::run(&arguments, &session.views(&desk.profile), &desk, output).await
        }
        Command::Views(format) => {
            let desk = session.desk()?;
            views::run(format.json, &session.views(&desk.profile), &desk, output).await
        }
        Command::Show(arguments) => show::run(&arguments, &session.desk()?, output).await,
        Command::Create(arguments) => create::run(&arguments, &session.desk()?, output).await,
        Command::Record(arguments) => record::run(&arguments, &session.desk()?, output).await,
        Command::Sync(arguments) => sync::run(&arguments, &session, output).await,
        Command::Decide(arguments) => decide::run(&arguments, &session, output).await,
        Command::Resend(arguments) => resend::run(&arguments, &session.desk()?, output).await,
        Command::Claim(arguments) => annotate::claim(&arguments, &session, output).await,
        Command::Release(arguments) => annotate::release(&arguments, &session, output).await,
        Command::Snooze(arguments) => annotate::snooze(&arguments, &session, output).await,
        Command::Note(arguments) => annotate::note(&arguments, &session, output).await,
        Command::Verdict(arguments) => annotate::verdict(&arguments, &session.desk()?, output).await,
        Command::Export(arguments) => export::run(&arguments, &session.desk()?, output).await,
        Command::Import(arguments) => import::run(&arguments, &session, output).await,
        Command::Flags(arguments) => rules::flags(&arguments, &session.desk()?, output).await,
        Command::Insights(arguments) => insights::run(&arguments, &session.desk()?, output).await,
        Command::Projects(format) => catalogue::projects(format.json, &session.desk()?, output).await,
        Command::Flows(format) => catalogue::flows(format.json, &session.desk()?, output).await,
        Command::Serve(arguments) => serve::run(&arguments, &session, output).await,
        Command::Doctor(format) => doctor::run(format.json, &session, output).await,
        Command::Token(command) => token::run(&command, &session, output).await,
        Command::Watch(arguments) => watch::run(&arguments, &session, output).await,
        Command::Demo(arguments) => demo::run(&arguments, &session).await,
        Command::Backup(arguments) => keeping::backup(&arguments, &session),
        Command::Restore(arguments) => keeping::restore(&arguments, &session),
        Command::MigrateStore(arguments) => migrate::run(&arguments, &session, output).await,
        Command::Check(format) => keeping::check(format.json, &session, output),
        Command::Purge(arguments) => purge::run(&arguments, &session, output),
        Command::Audit(arguments) => audit::run(&arguments, &session, output),
        Command::Evidence(arguments) => evidence::run(&arguments, &session, output).await,
        Command::Generate(crowd) => generate::run(&crowd, &session, output).await,
        // Done without a backend.
        Command::Rules(arguments) => policy::rules(arguments, &session.policy(), output),
        Command::Config(_)
        | Command::Cache(_)
        | Command::Completions(_)
        | Command::Help(_)
        | Command::Man(_)
        | Command::Schema(_) => Ok(()),
    }
}

/// Says what is wrong with the arguments, or the help that they ask for.
fn explain(answer: &clap::Error) {
    if answer.use_stderr() {
        // It quotes what was written, and who wrote that may be a file name or a web page.
        answer.render().to_string().lines().for_each(|line| print_error(&text::clean(line)));
    } else {
        // A reader that has gone does not need its help text.
        let _ = answer.print();
    }
}

/// One line for people, on standard error.
fn notice(message: &str) {
    print_error(&format!("regdesk: {}", text::clean(message)));
}

/// A line that is clean already, on standard error; if nobody reads that, there is nobody to tell.
fn print_error(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// A time for people.
fn clock_time(time: Timestamp) -> String {
    time.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}
