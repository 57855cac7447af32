//! What the desk says about registrations, wherever it is kept.

use regdesk::{
    backend::{Annotation, Annotations, BackendError, Caller, CallerKind, ErrorKind, ListRequest},
    model::{Personal, Registration, RegistrationId, Verdict},
};

use super::{Stand, create, retrieve};

async fn say(
    stand: &Stand,
    id: &RegistrationId,
    name: &str,
    annotation: Annotation,
) -> Result<Registration, BackendError> {
    stand.backend.annotate(id, annotation, &Caller::operator().named(name)).await
}

fn verdict(rule: &str, verdict: Option<Verdict>) -> Annotation {
    Annotation::Verdict { rule: rule.to_owned(), verdict }
}

fn holder(registration: &Registration) -> Option<&str> {
    registration.desk.claim.as_ref().map(|claim| claim.by.as_str())
}

fn said(registration: &Registration) -> Vec<(&str, Verdict, &str)> {
    let verdicts = registration.desk.verdicts.iter();
    verdicts.map(|said| (said.rule.as_str(), said.verdict, said.by.as_str())).collect()
}

pub async fn what_somebody_claimed_is_theirs_until_it_is_released(stand: Stand) {
    let id = create(&stand, "wanted").await.id;
    let claimed = say(&stand, &id, "alba", Annotation::Claim).await.unwrap();
    assert_eq!(holder(&claimed), Some("alba"));
    let again = say(&stand, &id, "alba", Annotation::Claim).await.unwrap();
    assert_eq!(again.desk, claimed.desk, "claiming again is fine and changes nothing");
    assert_eq!(retrieve(&stand, &id).await.desk, claimed.desk);
    assert_eq!(stand.backend.list(ListRequest::page(1, 5)).await.unwrap().registrations[0].desk, claimed.desk);

    let refused = say(&stand, &id, "bruno", Annotation::Claim).await.unwrap_err();
    assert_eq!((&refused.kind, refused.code.as_deref()), (&ErrorKind::Conflict, Some("already_claimed")));
    let since = claimed.desk.claim.unwrap().at.format("%Y-%m-%d %H:%M").to_string();
    assert!(refused.message.contains("alba") && refused.message.contains(&since), "{refused}");
    assert_eq!(holder(&retrieve(&stand, &id).await), Some("alba"));

    assert_eq!(holder(&say(&stand, &id, "bruno", Annotation::Release).await.unwrap()), None);
    assert_eq!(holder(&say(&stand, &id, "bruno", Annotation::Claim).await.unwrap()), Some("bruno"));
}

pub async fn the_latest_verdict_on_a_flag_is_kept_until_it_is_taken_back(stand: Stand) {
    let id = create(&stand, "judged").await.id;
    say(&stand, &id, "alba", verdict("DOC-01", Some(Verdict::Right))).await.unwrap();
    say(&stand, &id, "alba", verdict("vendor.odd name", Some(Verdict::CannotTell))).await.unwrap();
    say(&stand, &id, "bruno", verdict("DOC-01", Some(Verdict::Wrong))).await.unwrap();
    let read = retrieve(&stand, &id).await;
    let expected = [("vendor.odd name", Verdict::CannotTell, "alba"), ("DOC-01", Verdict::Wrong, "bruno")];
    assert_eq!(said(&read), expected);
    let back = say(&stand, &id, "alba", verdict("DOC-01", None)).await.unwrap();
    assert_eq!(said(&back), expected[..1]);
    assert_eq!(retrieve(&stand, &id).await.desk, back.desk);
    let synced = stand.backend.sync(&id, regdesk::backend::SyncRequest::default(), &Caller::operator()).await.unwrap();
    assert_eq!(synced.registration.desk, back.desk, "what is said outlasts a sync");
}

pub async fn an_annotation_is_no_move_of_the_person(stand: Stand) {
    let before = create(&stand, "patient").await;
    let before = retrieve(&stand, &before.id).await;
    say(&stand, &before.id, "alba", Annotation::Claim).await.unwrap();
    let after = say(&stand, &before.id, "alba", verdict("DOC-01", Some(Verdict::Right))).await.unwrap();
    assert!(after.version >= before.version);
    assert_eq!((&after.status, after.updated_at), (&before.status, before.updated_at));
    assert_eq!((&after.steps, &after.checks), (&before.steps, &before.checks));
    assert_eq!((after.expires_at, after.completed_at), (before.expires_at, before.completed_at));
}

pub async fn an_annotation_that_makes_no_sense_is_refused(stand: Stand) {
    let id = create(&stand, "quiet").await.id;
    let nameless = say(&stand, &id, "alba", verdict(" ", Some(Verdict::Right))).await.unwrap_err();
    assert!(matches!(nameless.kind, ErrorKind::Invalid { .. }), "{nameless:?}");
    let nobody = say(&stand, &RegistrationId::new("000000000000000000000000"), "alba", Annotation::Claim).await;
    assert_eq!(nobody.unwrap_err().kind, ErrorKind::NotFound);
    let unsaid = retrieve(&stand, &id).await;
    assert_eq!((holder(&unsaid), said(&unsaid)), (None, Vec::new()));
    assert_ne!(stand.backend.capabilities().annotations, Annotations::Refused);
}

pub async fn a_caller_without_a_name_goes_by_their_role(stand: Stand) {
    let id = create(&stand, "anonymous").await.id;
    let claimed = stand.backend.annotate(&id, Annotation::Claim, &Caller::operator()).await.unwrap();
    assert_eq!(holder(&claimed), Some(CallerKind::Operator.as_str()));
}

pub async fn a_snooze_lasts_until_somebody_wakes_it_and_notes_until_they_are_taken_back(stand: Stand) {
    let id = create(&stand, "put-aside").await.id;
    let until = retrieve(&stand, &id).await.created_at + chrono::TimeDelta::days(30);
    let snooze = Annotation::Snooze { until, reason: Some("asked for a document".into()) };
    let snoozed = say(&stand, &id, "alba", snooze).await.unwrap().desk;
    let first = snoozed.snooze.clone().unwrap();
    assert_eq!((first.until, first.by.as_str()), (until, "alba"));
    assert_eq!(first.reason.as_ref().map(Personal::reveal), Some("asked for a document"));
    assert_eq!(retrieve(&stand, &id).await.desk, snoozed);

    let note = |text: &str| Annotation::Note { text: text.into() };
    say(&stand, &id, "alba", note("Called.\nNo answer.")).await.unwrap();
    let noted = say(&stand, &id, "bruno", note("Wrote.")).await.unwrap().desk;
    let words: Vec<_> = noted.notes.iter().map(|note| (note.text.reveal(), note.by.as_str())).collect();
    assert_eq!(words, [("Called.\nNo answer.", "alba"), ("Wrote.", "bruno")]);
    assert_eq!(retrieve(&stand, &id).await.desk, noted);

    let theirs = Annotation::DropNote { at: noted.notes[0].at };
    let refused = say(&stand, &id, "bruno", theirs.clone()).await.unwrap_err();
    assert_eq!((&refused.kind, refused.code.as_deref()), (&ErrorKind::Conflict, Some("no_such_note")));
    assert_eq!(say(&stand, &id, "alba", theirs).await.unwrap().desk.notes, noted.notes[1..]);
    assert_eq!(say(&stand, &id, "bruno", Annotation::Wake).await.unwrap().desk.snooze, None);

    let over = Annotation::Snooze { until: retrieve(&stand, &id).await.created_at, reason: None };
    let refused = say(&stand, &id, "alba", over).await.unwrap_err();
    assert!(matches!(refused.kind, ErrorKind::Invalid { .. }), "{refused:?}");
}
