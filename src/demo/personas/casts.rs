//! Groups: people who share what only one of them should have.

use super::{Begun, DAY, HOUR, MINUTE, Persona, any, asks_basics, by_whatsapp, confirms_phone, identifies, together};
use crate::backend::Channel;
use crate::demo::person::Person;
use crate::demo::stage::{FlowWish, Stage};
use crate::demo::story::Story;
use crate::model::{Status, Verdict};

const LATELY: Begun = Begun::Between(50 * MINUTE, 20 * HOUR);

pub(super) const PERSONAS: &[Persona] = &[
    together(1, ring_of_four),
    together(2, one_phone_for_two),
    together(2, one_person_twice),
    together(1, one_face_with_two_names),
    together(2, one_tablet_for_two),
    together(1, one_document_for_two),
    together(1, one_mailbox_for_five),
    together(2, three_on_one_network),
    together(0, waits_for_whatsapp),
];

/// Someone whose story is told to the end, and who takes over something of those before.
fn joins(stage: &mut Stage, flow: FlowWish, stories: &mut Vec<Story>, change: impl FnOnce(&mut Person, &[Story])) {
    let told = stage.begin_as(flow, LATELY, |person| change(person, stories));
    if let Some(mut story) = told {
        story.sign_up().identify().finish();
        stories.push(story);
    }
}

/// Someone with the phone of the first one. A phone is taken while a registration of the same project is open, so
/// this one comes to another project.
fn joins_elsewhere(stage: &mut Stage, stories: &mut Vec<Story>, change: impl FnOnce(&mut Person, &[Story])) {
    let first = stories.first().map(|story| story.flow().project_id.clone());
    let told = stage.begin_as(
        |flow| identifies(flow) && first.as_ref() != Some(&flow.project_id),
        LATELY,
        |person| {
            person.phone = stories.first().and_then(|other| other.person.phone.clone());
            change(person, stories);
        },
    );
    if let Some(mut story) = told {
        story.sign_up().document();
        stories.push(story);
    }
}

/// Four people in a circle: a tablet, a document, a phone, a mailbox.
fn ring_of_four(stage: &mut Stage, stories: &mut Vec<Story>) {
    joins(stage, confirms_phone, stories, |_, _| {});
    joins(stage, asks_basics, stories, |person, others| share_device(person, others.first()));
    joins(stage, asks_basics, stories, |person, others| share_document(person, others.get(1)));
    joins_elsewhere(stage, stories, |person, others| {
        share_mailbox(person, others.first(), "two");
        share_device(person, others.get(2));
    });
}

/// A family with one phone, in two projects.
fn one_phone_for_two(stage: &mut Stage, stories: &mut Vec<Story>) {
    joins(stage, confirms_phone, stories, |_, _| {});
    joins_elsewhere(stage, stories, |_, _| {});
}

/// Rejected, and back a day later with the same papers.
fn one_person_twice(stage: &mut Stage, stories: &mut Vec<Story>) {
    let Some(mut first) = stage.begin(asks_basics, Begun::Between(2 * DAY, 5 * DAY)) else { return };
    first.sign_up().document().selfie().face_of(0.583).background().finish();
    first.wait(30 * MINUTE..=90 * MINUTE);
    first.decide(Status::Failed, "face_mismatch", "Another face than on the document.");
    first.judge_flag("BIO-01", Verdict::Right);
    let person = first.person.clone();
    stories.push(first);
    joins(stage, asks_basics, stories, |again, _| {
        let email = again.email.take();
        *again = Person { email, phone: again.phone.take(), ip: person.ip.clone(), ..person };
    });
}

fn one_face_with_two_names(stage: &mut Stage, stories: &mut Vec<Story>) {
    joins(stage, identifies, stories, |_, _| {});
    joins(stage, identifies, stories, |person, others| {
        if let Some(other) = others.first() {
            person.face.clone_from(&other.person.face);
        }
    });
}

fn one_tablet_for_two(stage: &mut Stage, stories: &mut Vec<Story>) {
    joins(stage, any, stories, |_, _| {});
    joins(stage, any, stories, |person, others| share_device(person, others.first()));
}

fn one_document_for_two(stage: &mut Stage, stories: &mut Vec<Story>) {
    joins(stage, identifies, stories, |_, _| {});
    joins(stage, identifies, stories, |person, others| share_document(person, others.first()));
}

/// Five people whose codes all arrive in one mailbox.
fn one_mailbox_for_five(stage: &mut Stage, stories: &mut Vec<Story>) {
    joins(stage, identifies, stories, |_, _| {});
    for tag in ["shop", "shop2", "shop3", "shop4"] {
        joins(stage, identifies, stories, |person, others| {
            share_mailbox(person, others.first(), tag);
        });
    }
}

/// A library or a campus: one address on the network, nothing else.
fn three_on_one_network(stage: &mut Stage, stories: &mut Vec<Story>) {
    joins(stage, any, stories, |_, _| {});
    for _ in 0..2 {
        joins(stage, any, stories, |person, others| {
            if let Some(other) = others.first() {
                person.ip.clone_from(&other.person.ip);
            }
        });
    }
}

/// The messenger stopped carrying codes half an hour ago: it happened to all who came since, and to nobody before.
fn waits_for_whatsapp(stage: &mut Stage, stories: &mut Vec<Story>) {
    for _ in 0..12 {
        if let Some(mut story) = stage.begin(by_whatsapp, Begun::Between(35 * MINUTE, 55 * MINUTE)) {
            story.consent(true).form().email().send_code(Channel::Phone);
            stories.push(story);
        }
    }
}

fn share_device(person: &mut Person, other: Option<&Story>) {
    if let Some(other) = other {
        person.device.clone_from(&other.person.device);
    }
}

fn share_document(person: &mut Person, other: Option<&Story>) {
    if let Some(other) = other {
        person.document_number.clone_from(&other.person.document_number);
    }
}

/// The mailbox of the other, under an address of its own. Whoever finds no other keeps their own.
fn share_mailbox(person: &mut Person, other: Option<&Story>, tag: &str) {
    let mailbox = other.and_then(|other| other.person.email.as_deref()?.split_once('@'));
    if let Some((local, domain)) = mailbox {
        person.email = Some(format!("{local}+{tag}@{domain}"));
    }
}
