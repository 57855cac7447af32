use serde_json::{Value, json};

use super::{Desk, flow, minute, opening};
use crate::backend::{Annotation, Caller, CallerKind, Channel, SyncStep};
use crate::engine::core::{Access, Command, Create, Digest, Origin, Sync, advance};
use crate::model::{Contact, Evidence, Status};

/// What is handed in of a person.
const PLANTED: &str = "plantina";

fn origin() -> Origin {
    Origin { ip: Some(PLANTED.to_owned()), user_agent: Some(PLANTED.to_owned()) }
}

fn evidence() -> impl Iterator<Item = Evidence> {
    let typed = json!({
        "fullName": PLANTED, "firstName": PLANTED, "lastName": PLANTED, "gender": PLANTED, "nationality": PLANTED,
        "country": PLANTED, "city": PLANTED, "address": PLANTED, "postalCode": PLANTED, "documentNumber": PLANTED,
        "ip": PLANTED, "deviceId": PLANTED, "userAgent": PLANTED, "birthDate": "1901-02-03",
    });
    let scanned = json!({
        "state": "failed", "number": PLANTED, "fullName": PLANTED, "mrz": PLANTED, "registryName": PLANTED,
        "registryStatus": PLANTED, "failedReason": PLANTED, "birthDate": "1901-02-03", "ip": PLANTED,
    });
    let taken = json!({ "state": "completed", "score": 0.9, "person": PLANTED, "userAgent": PLANTED });
    let entry = json!([{ "name": "list", "status": "found", "entry": PLANTED }]);
    let of = |step: &str, mut fields: Value| {
        fields["step"] = step.into();
        serde_json::from_value(fields).unwrap()
    };
    [
        of("personal_info", typed.clone()),
        of("basic_information", typed),
        of("document_verification", scanned),
        of("biometric_verification", taken),
        of("criminal_history", json!({ "sources": entry })),
        of("form", json!({ "answers": { PLANTED: PLANTED } })),
    ]
    .into_iter()
}

fn commands() -> Vec<Command> {
    let note = Sync {
        note: Some(PLANTED.to_owned()),
        ..Sync::report(SyncStep::AdminOverride, Status::Failed, CallerKind::Operator)
    };
    let access = Access {
        actor: CallerKind::Client,
        ip: Some(PLANTED.to_owned()),
        action: "retrieve".to_owned(),
        denied: Some(PLANTED.to_owned()),
    };
    let annotation = Annotation::Note { text: PLANTED.into() };
    let code = Digest::of_code(&"0123456789abcdef01234567".into(), Channel::Email, "123456");
    let mut commands = vec![Command::SendCode { channel: Channel::Email, code, origin: origin() }];
    commands.extend(evidence().map(|evidence| Command::Record { evidence, origin: origin() }));
    commands.push(Command::Annotate { annotation, by: Caller { ip: Some(PLANTED.to_owned()), ..Caller::operator() } });
    commands.push(Command::NoteAccess(access));
    commands.push(Command::Sync(note));
    commands
}

#[test]
fn commands_events_and_the_state_print_nobody() {
    let some = || Some(PLANTED.into());
    let email = Some(format!("{PLANTED}@example.com").into());
    let contact = Contact { full_name: some(), first_name: some(), last_name: some(), email, ..Contact::default() };
    let create = Create { user_id: PLANTED.to_owned(), contact, origin: origin(), ..opening(flow(&[])) };
    let create = Command::Create(Box::new(create));
    let (state, events) = advance(None, &create, minute(0)).unwrap();
    let mut desk = Desk { state, events };
    let mut printed = vec![format!("{create:?}")];
    for (minutes, command) in (1..).zip(commands()) {
        desk.run(&command, minute(minutes)).unwrap();
        printed.push(format!("{command:?}"));
    }
    let imported = Command::Import(desk.state.registration.clone());
    printed.push(format!("{imported:?}{:?}{:?}", desk.state, desk.events));
    let printed = printed.concat();
    let kept = serde_json::to_string(&desk.events).unwrap();
    assert!(kept.matches(PLANTED).count() > 30, "little of it was kept: {kept}");
    for planted in [PLANTED, "1901-02-03"] {
        let before: String = printed.split(planted).next().unwrap().chars().rev().take(80).collect();
        assert!(!printed.contains(planted), "{planted} is printed after (backwards) {before}");
    }
}
