//! Names, addresses and messages made to harm: none of it reaches the screen, and no column moves.

use ratatui::buffer::Buffer;
use serde_json::json;

use crate::{
    app::Message,
    model::{AccessEntry, Attempt, Personal, Registration, ReportedFlag, Review, Status, StepKind},
    ui::testing::{Screen, people, text_of},
};

/// Things people put into fields.
fn corpus() -> Vec<String> {
    vec![
        "\u{1b}[2J\u{1b}[31mred\u{1b}[0m".to_owned(),
        "\u{1b}]52;c;ZXZpbA==\u{7}".to_owned(),
        "\u{1b}P+q\u{1b}\\".to_owned(),
        "\u{9b}31m\u{9d}0;t\u{9c}".to_owned(),
        "line\r\nbreak\ttab\u{8}\u{7f}\u{0}".to_owned(),
        "\u{202e}gnp.exe\u{2066}\u{2069}\u{200f}".to_owned(),
        "zero\u{200b}width\u{feff}\u{ad}\u{2060}".to_owned(),
        format!("e{}", "\u{301}".repeat(300)),
        "\u{e0041}\u{e0042}tags".to_owned(),
        "山田太郎".repeat(30),
        "👩‍👩‍👧‍👦🏳️‍🌈👍🏽".repeat(8),
        "ｶﾞｷﾞｸﾞ".repeat(6),
        "محمد\u{200c}رضا שלום".to_owned(),
        "\u{2028}\u{2029}\u{fff9}\u{fffa}".to_owned(),
    ]
}

/// A registration in which every field that a stranger can fill holds the text.
fn poisoned(number: u32, text: &str) -> Registration {
    let mut person = people().swap_remove(3);
    person.id = format!("reg_{number}{text}").as_str().into();
    person.status = Status::Unknown(text.to_owned());
    person.current_step = Some(StepKind::Other(text.to_owned()));
    person.project.name = Some(text.to_owned());
    person.flow.name = Some(text.to_owned());
    let contact = &mut person.contact;
    contact.full_name = Some(Personal::from(text));
    contact.email = Some(Personal::from(text));
    contact.phone = Some(Personal::from(text));
    contact.country_code = Some(text.to_owned());
    contact.language = Some(text.to_owned());
    for step in &mut person.steps {
        step.kind = StepKind::Other(text.to_owned());
    }
    person.failed_attempts.push(Attempt {
        step: StepKind::Other(text.to_owned()),
        at: None,
        reason: Some(text.to_owned()),
        counts: true,
        score: None,
        document_number: Some(Personal::from(text)),
    });
    person.access_log.push(AccessEntry {
        at: None,
        actor: text.to_owned(),
        ip: Some(text.to_owned()),
        action: text.to_owned(),
        outcome: text.to_owned(),
        reason: Some(text.to_owned()),
    });
    person.reported_flags.push(ReportedFlag { code: text.to_owned(), detail: json!({ "why": text }) });
    person.reviews.push(Review {
        at: None,
        by: Some(text.to_owned()),
        from: Status::Unknown(text.to_owned()),
        to: Status::Ongoing,
        reason: Some(text.to_owned()),
        note: Some(text.to_owned()),
    });
    person.results.other.insert(text.to_owned(), json!(text));
    person.extra.insert(text.to_owned(), json!({ text: [text] }));
    person
}

fn harms(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}'
            | '\u{ad}' | '\u{2060}' | '\u{2028}' | '\u{2029}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[test]
fn nothing_that_steers_a_terminal_reaches_any_screen() {
    let scripts =
        ["", "<enter>", "<enter>2", "<enter>3", "<enter>4", "<enter>5", "L", "*s", "*s<enter>", "c", "m", "m<enter>5"];
    let people: Vec<Registration> =
        corpus().iter().enumerate().map(|(number, text)| poisoned(number as u32, text)).collect();
    for script in scripts {
        for (columns, rows) in [(80, 24), (160, 60)] {
            let mut screen = Screen::over(people.clone()).sized(columns, rows).keys(script);
            is_harmless(&screen.draw().0, &format!("{script} at {columns}x{rows}"));
        }
    }
}

#[test]
fn nothing_that_steers_a_terminal_comes_with_a_message() {
    let mut screen = Screen::new().sized(80, 24);
    for text in corpus() {
        screen.console.send(Message::Copied(Err(text.clone())));
        is_harmless(&screen.draw().0, &text);
    }
    is_harmless(&screen.keys("L").draw().0, "the log");
}

fn is_harmless(buffer: &Buffer, what: &str) {
    for cell in buffer.content() {
        let harmful: Vec<char> = cell.symbol().chars().filter(|character| harms(*character)).collect();
        assert!(harmful.is_empty(), "{what}: {harmful:?}");
        assert!(cell.symbol().chars().count() <= 16, "{what}: a pile of marks: {:?}", cell.symbol());
    }
}

#[test]
fn no_text_moves_the_columns_of_the_queue() {
    let mut people: Vec<Registration> =
        corpus().iter().enumerate().map(|(number, text)| poisoned(number as u32, text)).collect();
    for person in &mut people {
        // A status and a step of one's own are told apart by what stands beside them.
        person.status = Status::NeedsManualVerification;
    }
    let mut screen = Screen::over(people.clone()).sized(120, 40);
    let buffer = screen.draw().0;
    let text = text_of(&buffer);
    let header = text.lines().position(|line| line.contains("status")).unwrap() as u16;
    let column = |title: &str| {
        let row: String =
            (0..buffer.area.width).map(|x| buffer[(x, header)].symbol().chars().next().unwrap_or(' ')).collect();
        row.chars().collect::<String>().find(title).map(|byte| row[..byte].chars().count() as u16).unwrap()
    };
    let (status, turn) = (column("status"), column("turn"));
    for row in header + 1..=header + people.len() as u16 {
        assert_eq!(buffer[(status, row)].symbol(), "◆", "row {row}\n{text}");
        assert_eq!(buffer[(status - 1, row)].symbol(), " ", "row {row}");
        assert_eq!(buffer[(turn - 1, row)].symbol(), " ", "the name stays in its column, row {row}\n{text}");
    }
}
