//! `insights`: where people are lost, what waits and for whom, and what another threshold would change.

use std::collections::HashSet;

use serde_json::json;

use super::{Desk, Failure, Output, args::InsightsArguments, desk, notice, output::Table};
use crate::{
    model::StepKind,
    text,
    triage::{
        Share,
        insights::{BINS, Flips, Histogram, Insights, Population, Quantiles, WhatIf},
    },
};

/// Columns of the longest bar.
const BAR: usize = 20;
/// Columns of a bar that shares its line with words.
const SHORT_BAR: usize = 12;
/// Rules and countries that the text shows; JSON has all.
const MOST_ROWS: usize = 12;

/// Prints what the registrations that match tell.
pub async fn run(arguments: &InsightsArguments, desk: &Desk, output: &mut Output) -> Result<(), Failure> {
    let query = desk::query(&arguments.query)?;
    let now = desk.clock.now();
    let index = desk.load().await?;
    let demo_projects = if arguments.with_demo { Vec::new() } else { demo_projects(desk).await };
    let demo_projects: HashSet<&str> = demo_projects.iter().map(String::as_str).collect();
    let entries: Vec<_> = index.matching(&query, now).collect();
    let cases = entries.iter().map(|entry| (entry.registration.as_ref(), &entry.judgement));
    let population = Population::of(cases, &demo_projects);
    let measured = population.insights(now);
    let moved: Vec<WhatIf> = arguments.what_if.iter().map(|setting| population.what_if(*setting)).collect();
    if arguments.json {
        return output.json(&json!({ "at": now, "insights": measured, "whatIf": moved }));
    }
    let left_out = match measured.demo_left_out {
        0 => String::new(),
        count => format!(", {count} of test projects left out"),
    };
    output.line(&format!("Over {} registrations{left_out}", measured.registrations))?;
    print_flow(&measured, output)?;
    print_waiting(&measured, output)?;
    print_quality(&measured, output)?;
    for histogram in [&measured.face, &measured.liveness] {
        print_histogram(histogram, output)?;
    }
    moved.iter().try_for_each(|moved| print_what_if(moved, output))
}

/// The projects with test traffic; none where the source cannot say.
async fn demo_projects(desk: &Desk) -> Vec<String> {
    match desk.backend.projects().await {
        Ok(projects) => projects.into_iter().filter(|project| project.demo).map(|project| project.id).collect(),
        Err(error) => {
            notice(&format!("projects with test traffic are not told apart: {error}"));
            Vec::new()
        }
    }
}

fn heading(title: &str, output: &mut Output) -> Result<(), Failure> {
    output.line("")?;
    output.line(title)
}

fn percent(share: Share) -> String {
    share.rate().map_or("      -".to_owned(), |rate| format!("{:>5.1} %", rate * 100.0))
}

fn bar(share: Share) -> String {
    text::bar(share.rate().unwrap_or_default(), BAR)
}

fn number(count: usize) -> String {
    format!("{count:>6}")
}

fn span(seconds: Option<i64>) -> String {
    format!("{:>7}", seconds.map_or("-".to_owned(), text::ago))
}

fn step(kind: &StepKind) -> String {
    text::fit(kind.label(), 17)
}

/// Funnel, checks and times.
fn print_flow(measured: &Insights, output: &mut Output) -> Result<(), Failure> {
    heading("WHERE PEOPLE ARE LOST", output)?;
    let mut table = Table::new(&["STEP", "  CAME", "WENT ON", "", "WAITING", "  LOST", "OF LOST"]);
    for row in &measured.funnel.steps {
        table.row([
            step(&row.step),
            number(row.reached),
            percent(row.conversion),
            text::fit(&text::bar(row.conversion.rate().unwrap_or_default(), 14), 14),
            format!("{:>7}", row.waiting),
            number(row.lost),
            percent(row.drop_off),
        ]);
    }
    table.print(output)?;
    heading("HOW THEY END", output)?;
    let outcomes = &measured.outcomes;
    let rates = [
        ("started, of those created", outcomes.started),
        ("completed, of those created", outcomes.completed),
        ("approved, of those approved or refused", outcomes.approved),
        ("without anybody looking, of the same", outcomes.straight_through),
        ("looked at, of those with an outcome", outcomes.reviewed),
        ("moved while a resent link lived", measured.nudges.moved),
        ("completed within a day of it", measured.nudges.recovered),
    ];
    shares(&rates, output)?;
    heading("HOW LONG IT TAKES", output)?;
    let mut table = Table::new(&["STEP", "    P50", "    P90", "    P95", "  OVER", "UNKNOWN"]);
    let total = ("to completion".to_owned(), &measured.times.to_completion);
    let steps = measured.times.steps.iter().map(|row| (row.step.label().to_owned(), &row.time));
    let codes = measured.codes.iter().map(|channel| (format!("code by {}", channel.gateway), &channel.time));
    let reviews = [("review, so far", &measured.reviews.waiting), ("review, decided", &measured.reviews.to_decision)];
    let reviews = reviews.into_iter().map(|(label, time)| (label.to_owned(), time));
    for (label, time) in steps.chain([total]).chain(codes).chain(reviews) {
        table.row(times(&label, time));
    }
    table.print(output)
}

fn times(label: &str, time: &Quantiles) -> [String; 6] {
    [
        text::fit(label, 22),
        span(time.p50),
        span(time.p90),
        span(time.p95),
        number(time.count),
        format!("{:>7}", time.unknown),
    ]
}

fn shares(rates: &[(&str, Share)], output: &mut Output) -> Result<(), Failure> {
    for (label, share) in rates {
        let of = format!("{:>6} of {:<6}", share.hits, share.of);
        output.line(
            format!(
                "{}  {}  {of}  {}",
                text::fit(label, 38),
                percent(*share),
                text::bar(share.rate().unwrap_or_default(), SHORT_BAR)
            )
            .trim_end(),
        )?;
    }
    Ok(())
}

/// Stuck, backlog and its age.
fn print_waiting(measured: &Insights, output: &mut Output) -> Result<(), Failure> {
    let waiting = &measured.waiting;
    heading(&format!("WHAT WAITS: {} of {} open are stuck", waiting.stuck.hits, waiting.stuck.of), output)?;
    let mut table = Table::new(&["TURN", "REASON", " COUNT", "LONGEST", "NAME"]);
    for reason in &waiting.reasons {
        table.row([
            reason.turn.as_str().to_owned(),
            reason.reason.to_owned(),
            number(reason.count),
            span(Some(reason.longest)),
            text::truncate(reason.name, 40),
        ]);
    }
    table.print(output)?;
    let backlog = &measured.backlog;
    heading("HOW OLD IT IS", output)?;
    let mut table = Table::new(&["DAYS", "  OPEN", "REVIEW", ""]);
    for bracket in &backlog.ages {
        let days =
            bracket.to_days.map_or(format!("{}+", bracket.from_days), |to| format!("{}-{to}", bracket.from_days));
        table.row([days, number(bracket.open), number(bracket.in_review), bar(Share::new(bracket.open, backlog.open))]);
    }
    table.print(output)?;
    let pace = backlog.days_of_review.map_or(String::new(), |days| format!(", reviews last {days:.1} d"));
    output.line(&format!(
        "in {} days: {} came, {} ended, net {:+}, {} decisions{pace}",
        backlog.days, backlog.created, backlog.closed, backlog.net_flow, backlog.decisions
    ))
}

/// Checks, codes, rules and countries.
fn print_quality(measured: &Insights, output: &mut Output) -> Result<(), Failure> {
    heading("HOW WELL CHECKS ARE PASSED", output)?;
    let mut table = Table::new(&["CHECK", " FIRST", "AT LAST", "ATTEMPTS", "EXHAUSTED", "  OVER", "UNKNOWN"]);
    for check in &measured.checks {
        let attempts = check.attempts_to_pass.map_or("-".to_owned(), |attempts| format!("{attempts:.2}"));
        table.row([
            step(&check.step),
            percent(check.first_pass),
            percent(check.passed),
            format!("{attempts:>8}"),
            format!("{:>9}", percent(check.exhausted)),
            number(check.passed.of),
            format!("{:>7}", check.unknown),
        ]);
    }
    table.print(output)?;
    let channels =
        measured.codes.iter().map(|channel| (format!("codes by {} entered", channel.gateway), channel.confirmed));
    let rejects = ("rejected selfies that were only poor".to_owned(), measured.quality_rejects);
    let missing =
        measured.unmeasured.iter().map(|row| (format!("{} owed, not measured", row.step.label()), row.unmeasured));
    let rates: Vec<(String, Share)> = channels.chain([rejects]).chain(missing).collect();
    let rates: Vec<(&str, Share)> = rates.iter().map(|(label, share)| (label.as_str(), *share)).collect();
    shares(&rates, output)?;
    heading("WHAT THE RULES SAY", output)?;
    let flags = &measured.flags;
    let rates = [
        ("any flag", flags.any),
        ("high or critical", flags.grave),
        ("in a ring of three and more", flags.in_ring),
        ("of known fraud, in such a ring", flags.fraud_in_ring),
    ];
    shares(&rates, output)?;
    let mut table = Table::new(&["RULE", " FIRES", "  SHARE", "  RIGHT", "NAME"]);
    for rule in flags.rules.iter().take(MOST_ROWS) {
        let name = text::truncate(&rule.name, 44);
        table.row([rule.rule.clone(), number(rule.fires.hits), percent(rule.fires), percent(rule.right), name]);
    }
    table.print(output)?;
    more(flags.rules.len(), "rules", output)?;
    print_countries(measured, output)
}

fn print_countries(measured: &Insights, output: &mut Output) -> Result<(), Failure> {
    heading("BY COUNTRY OF THE DOCUMENT", output)?;
    let mut table = Table::new(&["COUNTRY", " COUNT", "APPROVED", "95 % BETWEEN", "FIRST TRY", "95 % BETWEEN"]);
    let countries = &measured.countries;
    for row in countries.countries.iter().take(MOST_ROWS) {
        table.row([
            text::truncate(&row.country, 16),
            number(row.registrations),
            format!("{:>8}", percent(row.approved)),
            between(row.approved),
            format!("{:>9}", percent(row.first_pass)),
            between(row.first_pass),
        ]);
    }
    table.print(output)?;
    more(countries.countries.len(), "countries", output)?;
    if countries.unknown > 0 {
        output.line(&format!("{} with a document name no country", countries.unknown))?;
    }
    Ok(())
}

fn more(count: usize, what: &str, output: &mut Output) -> Result<(), Failure> {
    match count.checked_sub(MOST_ROWS) {
        Some(more) if more > 0 => output.line(&format!("and {more} more {what}; --json has all")),
        _ => Ok(()),
    }
}

fn between(share: Share) -> String {
    share
        .wilson()
        .map_or("-".to_owned(), |range| format!("{:>3.0} to {:>3.0} %", range.low * 100.0, range.high * 100.0))
}

/// Scores in steps of .05, the threshold between its neighbours.
fn print_histogram(histogram: &Histogram, output: &mut Output) -> Result<(), Failure> {
    const WIDTH: usize = 5;
    let name = histogram.knob.as_str().to_uppercase();
    heading(&format!("{name}: {} measured, {} not", histogram.measured, histogram.unmeasured), output)?;
    shares(&[("pass", histogram.passing), ("within 0.05 of the threshold", histogram.near)], output)?;
    let bars: Vec<usize> = histogram.bins.chunks(WIDTH).map(|bins| bins.iter().sum()).collect();
    let most = bars.iter().copied().max().unwrap_or_default();
    let first = bars.iter().position(|count| *count > 0).unwrap_or(bars.len());
    for (place, count) in bars.iter().enumerate().skip(first) {
        let from = (place * WIDTH) as f64 / BINS as f64;
        let inside = |value: f64| value + 1e-9 >= from && value + 1e-9 < from + WIDTH as f64 / BINS as f64;
        let marks = histogram.thresholds.iter().filter(|threshold| inside(threshold.value));
        let marks: Vec<String> =
            marks.map(|threshold| format!("{} (of {})", threshold.value, threshold.scores)).collect();
        let mark = if marks.is_empty() { String::new() } else { format!("  < threshold {}", marks.join(", ")) };
        let bar = text::bar(Share::new(*count, most).rate().unwrap_or_default(), 30);
        output.line(format!("{from:.2}  {count:>6}  {bar}{mark}").trim_end())?;
    }
    Ok(())
}

fn print_what_if(moved: &WhatIf, output: &mut Output) -> Result<(), Failure> {
    let knob = moved.knob.as_str();
    heading(&format!("IF {} WERE {:.2}", knob.to_uppercase(), moved.threshold), output)?;
    output
        .line(&format!("pass now {}, then {} of {} measured", moved.passing_now, moved.passing_then, moved.measured))?;
    let side = |label: &str, flips: &Flips| {
        format!("{label} {}: {} known fraud, {} genuine", flips.count(), flips.fraud, flips.genuine)
    };
    output.line(&side("newly passing", &moved.newly_passing))?;
    output.line(&side("newly failing", &moved.newly_failing))?;
    if moved.newly_passing.count() + moved.newly_failing.count() > 0 {
        output.line(&format!("who: regdesk list flips:{knob}={}", moved.threshold))?;
    }
    Ok(())
}
