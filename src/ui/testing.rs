//! A console on a screen of some size: keys go in, text comes out.

#![allow(clippy::unwrap_used)]

use std::fmt::Write;

use chrono::{Duration, NaiveDate};
use ratatui::{
    Terminal,
    backend::TestBackend,
    buffer::{Buffer, CellWidth},
    style::Style,
};

use super::{HitMap, Theme, view};
use crate::{
    app::{
        Message,
        testing::{Console, noon, registration},
    },
    model::{
        AccessEntry, Attempt, BackgroundCheck, BackgroundSource, CodeCheck, Consent, DocumentCheck, DocumentKind,
        FaceCompare, FlowSettings, FlowStep, Information, LivenessCheck, Moment, Outcome, Personal, Registration,
        Requirement, Review, SourceStatus, Status, StepKind, StepState, timeline,
    },
};

/// A console on a screen.
pub(crate) struct Screen {
    /// The console.
    pub(crate) console: Console,
    theme: Theme,
    size: (u16, u16),
}

impl Screen {
    /// A console over the people below, at 120x40 in the dark theme.
    pub(crate) fn new() -> Self {
        Self::over(people())
    }

    /// A console over some registrations.
    pub(crate) fn over(registrations: Vec<Registration>) -> Self {
        let mut screen =
            Self { console: Console::open(registrations), theme: Theme::named("dark", true).unwrap(), size: (120, 40) };
        screen.draw();
        screen
    }

    /// The same in another theme.
    pub(crate) fn themed(mut self, name: &str) -> Self {
        self.theme = Theme::named(name, true).unwrap();
        self
    }

    /// The same as plain text.
    pub(crate) fn plain(mut self) -> Self {
        self.theme.plain = true;
        self.draw();
        self
    }

    /// The same on a screen of another size.
    pub(crate) fn sized(mut self, columns: u16, rows: u16) -> Self {
        self.size = (columns, rows);
        self.draw();
        self
    }

    /// The same after some keys.
    pub(crate) fn keys(mut self, script: &str) -> Self {
        self.console.keys(script);
        self.draw();
        self
    }

    /// The same once the message at the bottom has gone.
    pub(crate) fn quiet(mut self) -> Self {
        self.console.model.toast = None;
        self
    }

    /// Whether the user has left.
    pub(crate) fn has_left(&self) -> bool {
        self.console.left
    }

    /// Draws until what was measured has been taken in.
    pub(crate) fn draw(&mut self) -> (Buffer, HitMap) {
        let (_, hits) = self.draw_once();
        self.console.send(Message::Measured(hits.room));
        self.draw_once()
    }

    fn draw_once(&self) -> (Buffer, HitMap) {
        let mut terminal = Terminal::new(TestBackend::new(self.size.0, self.size.1)).unwrap();
        let mut hits = HitMap::default();
        terminal.draw(|frame| hits = view(&self.console.model, &self.theme, frame)).unwrap();
        (terminal.backend().buffer().clone(), hits)
    }

    /// Where the cursor stands, if it is shown.
    pub(crate) fn cursor(&self) -> Option<(u16, u16)> {
        let mut terminal = Terminal::new(TestBackend::new(self.size.0, self.size.1)).unwrap();
        terminal.draw(|frame| drop(view(&self.console.model, &self.theme, frame))).unwrap();
        terminal.backend().cursor_visible().then(|| terminal.get_cursor_position().unwrap().into())
    }

    /// What is on the screen, without the blanks at the ends of lines.
    pub(crate) fn text(&mut self) -> String {
        text_of(&self.draw().0)
    }

    /// What is on the screen, with the styles below each line as letters, and what they stand for at the end.
    pub(crate) fn styled(&mut self) -> String {
        let buffer = self.draw().0;
        let mut legend: Vec<Style> = vec![Style::reset()];
        let mut shown = String::new();
        for (line, row) in text_of(&buffer).lines().zip(buffer.area.rows()) {
            let mut letters = String::new();
            for position in row.positions() {
                let style = buffer[position].style();
                let known = legend.iter().position(|known| *known == style).unwrap_or_else(|| {
                    legend.push(style);
                    legend.len() - 1
                });
                letters.push(if known == 0 { ' ' } else { char::from(b'a' + (known - 1) as u8) });
            }
            writeln!(shown, "{line}").unwrap();
            if !letters.trim().is_empty() {
                writeln!(shown, "{}", letters.trim_end()).unwrap();
            }
        }
        for (number, style) in legend.iter().enumerate().skip(1) {
            let letter = char::from(b'a' + (number - 1) as u8);
            writeln!(shown, "{letter}: {:?} on {:?}, {:?}", style.fg, style.bg, style.add_modifier).unwrap();
        }
        shown
    }
}

/// The text of a buffer; the second half of a wide character is left out.
pub(crate) fn text_of(buffer: &Buffer) -> String {
    let mut text = String::new();
    for row in buffer.area.rows() {
        let mut line = String::new();
        let mut skip = 0;
        for position in row.positions() {
            let symbol = buffer[position].symbol();
            if skip == 0 {
                line.push_str(symbol);
                skip = symbol.cell_width().max(1);
            }
            skip -= 1;
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[expect(clippy::unnecessary_wraps, reason = "all times of the model may be absent")]
fn moment(minutes: i64) -> Option<Moment> {
    Some(Moment::event(noon() - Duration::minutes(minutes)))
}

fn settings() -> FlowSettings {
    let step = |kind, requirement, attempt_limit| FlowStep { kind, requirement, attempt_limit };
    FlowSettings {
        steps: vec![
            step(StepKind::Consent, Requirement::Mandatory, None),
            step(StepKind::PersonalInfo, Requirement::Mandatory, None),
            step(StepKind::EmailVerification, Requirement::Mandatory, Some(3)),
            step(StepKind::PhoneVerification, Requirement::Skip, None),
            step(StepKind::Instructions, Requirement::Optional, None),
            step(StepKind::DocumentVerification, Requirement::Mandatory, Some(3)),
            step(StepKind::BiometricVerification, Requirement::Mandatory, Some(3)),
            step(StepKind::FaceComparison, Requirement::Mandatory, None),
            step(StepKind::CriminalHistory, Requirement::Optional, None),
            step(StepKind::End, Requirement::Mandatory, None),
        ],
        liveness_min: Some(0.6),
        compare_min: Some(0.85),
        asks_consent: Some(true),
        ..FlowSettings::default()
    }
}

/// Someone who came as far as the e-mail code, so many minutes before noon.
fn begun(number: u32, name: &str, status: Status, minutes: i64) -> Registration {
    let mut person = registration(number, name, status, 0);
    person.created_at = noon() - Duration::minutes(minutes);
    person.updated_at = noon() - Duration::minutes(minutes - 8);
    person.flow.name = Some("Full".to_owned());
    person.flow.settings = Some(settings());
    person.contact.language = Some("es".to_owned());
    person.contact.country_code = Some("+1".to_owned());
    person.contact.phone = Some(Personal::new(format!("20255501{number:02}")));
    person.current_step = Some(StepKind::EmailVerification);
    let checks = &mut person.checks;
    checks.consent = Some(Consent {
        accepted: Some(true),
        created: moment(minutes),
        answered: moment(minutes - 1),
        ..Consent::default()
    });
    checks.information = Some(Information {
        full_name: Some(Personal::new(name)),
        created: moment(minutes - 1),
        submitted: moment(minutes - 4),
        ..Information::default()
    });
    checks.email = Some(CodeCheck {
        state: StepState::Completed,
        attempts: 2,
        max_attempts: Some(3),
        sends: 1,
        created: moment(minutes - 5),
        validated: moment(minutes - 8),
        ..CodeCheck::default()
    });
    person
}

/// Someone who showed a document, so many minutes before noon, after a pause of two hours.
fn documented(number: u32, name: &str, status: Status, minutes: i64) -> Registration {
    let mut person = begun(number, name, status, minutes + 140);
    person.current_step = Some(StepKind::DocumentVerification);
    person.updated_at = noon() - Duration::minutes(minutes - 3);
    person.checks.document = Some(DocumentCheck {
        state: StepState::Completed,
        kind: Some(DocumentKind::Passport),
        number: Some(Personal::new(format!("X00000{number}"))),
        country: Some("US".to_owned()),
        full_name: Some(Personal::new(name)),
        birth_date: NaiveDate::from_ymd_opt(1990, 5, 17),
        expiry_date: NaiveDate::from_ymd_opt(2031, 1, 1),
        confidence: Some(0.97),
        image_validated: true,
        score_validated: true,
        names_match: Some(true),
        name_match: Some(96.0),
        has_face: Some(true),
        created: moment(minutes),
        finished: moment(minutes - 3),
        ..DocumentCheck::default()
    });
    person
}

/// Someone who took a selfie as well.
fn portrayed(number: u32, name: &str, status: Status, minutes: i64, face: f64) -> Registration {
    let mut person = documented(number, name, status, minutes);
    person.current_step = Some(StepKind::End);
    person.updated_at = noon() - Duration::minutes(minutes - 9);
    person.checks.liveness = Some(LivenessCheck {
        state: StepState::Completed,
        score: Some(0.93),
        min_score: Some(0.6),
        created: moment(minutes - 5),
        finished: moment(minutes - 6),
        ..LivenessCheck::default()
    });
    person.checks.face = Some(FaceCompare {
        score: Some(face),
        passed: Some(face >= 0.85),
        min_score: Some(0.85),
        compared: moment(minutes - 7),
        ..FaceCompare::default()
    });
    person.checks.background = Some(BackgroundCheck {
        requested: moment(minutes - 8),
        sources: vec![BackgroundSource::new("court records", SourceStatus::Clear)],
    });
    person
}

/// Ana is out of attempts at the document; the log tells who looked.
fn exhausted() -> Registration {
    let mut ana = begun(21, "Ana Muestra", Status::Ongoing, 300);
    ana.current_step = Some(StepKind::DocumentVerification);
    ana.failed_attempts = [(60, "document_expired", true), (55, "poor_lighting", false), (50, "blurred", true)]
        .into_iter()
        .chain([(45, "document_expired", true)])
        .map(|(minutes, reason, counts)| Attempt {
            step: StepKind::DocumentVerification,
            at: moment(minutes),
            reason: Some(reason.to_owned()),
            counts,
            score: None,
            document_number: Some(Personal::new("X000001")),
        })
        .collect();
    ana.access_log = vec![
        AccessEntry {
            at: Some(noon() - Duration::minutes(300)),
            actor: "client".to_owned(),
            ip: Some("192.0.2.7".to_owned()),
            action: "create".to_owned(),
            outcome: "allowed".to_owned(),
            reason: None,
        },
        AccessEntry {
            at: Some(noon() - Duration::minutes(44)),
            actor: "enrollee".to_owned(),
            ip: Some("198.51.100.20".to_owned()),
            action: "sync document".to_owned(),
            outcome: "denied".to_owned(),
            reason: Some("attempts exhausted".to_owned()),
        },
    ];
    ana.updated_at = noon() - Duration::minutes(44);
    ana.expires_at = Some(noon() + Duration::days(6));
    ana
}

/// A dozen people: every status, several scripts, red flags, links.
pub(crate) fn people() -> Vec<Registration> {
    let mut chloe = portrayed(3, "Chloé Échantillon", Status::Completed, 200, 0.95);
    chloe.completed_at = moment(190);
    let mut failed = documented(6, "Frank Exemplar", Status::Failed, 90);
    if let Some(document) = &mut failed.checks.document {
        document.state = StepState::Failed;
        document.authenticity = Some(Outcome::Failed);
        document.expiry_date = NaiveDate::from_ymd_opt(2024, 1, 1);
    }
    let mut returned = documented(5, "محمد نمونه", Status::Ongoing, 26);
    returned.reviews = vec![Review {
        at: Some(noon() - Duration::minutes(30)),
        by: Some("desk".to_owned()),
        ..Review::noted(
            Status::NeedsManualVerification,
            Status::Ongoing,
            Some("[waiting_for_person] Asked for a valid passport"),
        )
    }];
    let mut twin = begun(9, "Ana M. Muestra", Status::Started, 25);
    twin.contact.email = Some(Personal::new("person21@example.com"));
    let mut people = vec![
        exhausted(),
        registration(2, "Bruno Specimen", Status::Started, 20),
        chloe,
        portrayed(4, "山田 見本", Status::NeedsManualVerification, 350, 0.71),
        returned,
        failed,
        registration(7, "Greta Muster", Status::Expired, 240),
        registration(8, "Hana Ukázka", Status::CompletedWithoutKyc, 70),
        twin,
        portrayed(10, "Ọláńrewájú Àpẹẹrẹ", Status::Ongoing, 15, 0.91),
        registration(11, "", Status::Unknown("frozen".to_owned()), 5),
        begun(12, "Iñigo Voorbeeld", Status::Ongoing, 12),
    ];
    people.iter_mut().for_each(timeline::derive);
    people
}
