use crate::{
    app::{
        Effect, Message, Overlay,
        effect::Timer,
        jobs::{ItemState, Job, Work},
        testing::{Console, registration},
    },
    backend::{Annotation, BackendError, ErrorKind},
    model::{Registration, Status},
};

fn people(count: u32) -> Vec<Registration> {
    (1..=count).map(|number| registration(number, "Someone", Status::Ongoing, i64::from(number))).collect()
}

fn names(console: &Console) -> Vec<(&'static str, usize, usize)> {
    console.model.jobs.all().iter().map(|job| (job.work.name(), job.finished(), job.items().len())).collect()
}

fn last(console: &Console) -> &Job {
    console.model.jobs.all().last().unwrap()
}

fn toast(console: &Console) -> &str {
    console.model.toast.as_ref().map_or("", |toast| &toast.text)
}

/// Answers one effect of those held back.
fn answer_one(console: &mut Console) {
    let mut held = std::mem::take(&mut console.held);
    let place = held.iter().position(|effect| matches!(effect, Effect::Sync(..) | Effect::Annotate(..))).unwrap();
    let one = held.remove(place);
    console.held = vec![one];
    console.release(false);
    console.held.extend(held);
}

#[test]
fn a_job_goes_on_while_the_operator_does_something_else() {
    let mut console = Console::open(people(6));
    console.hold = true;
    console.keys("*s<enter><esc>");
    assert!(console.model.overlays.is_empty(), "Esc leaves it running");
    assert!(toast(&console).contains("goes on"));
    console.keys("<down><enter>");
    assert!(console.model.registration().is_some());
    answer_one(&mut console);
    assert_eq!(names(&console), [("sync", 1, 6)]);
    console.hold = false;
    console.release(false);
    assert_eq!(names(&console), [("sync", 6, 6)]);
    assert_eq!(toast(&console), "Synced 6");
    assert!(console.model.registration().is_some(), "what one does is not disturbed");
}

#[test]
fn jobs_over_many_run_one_after_another_and_one_over_a_single_registration_does_not_wait() {
    let mut console = Console::open(people(6));
    console.hold = true;
    console.keys("*s<enter><esc>*s<enter><esc>");
    assert_eq!(names(&console), [("sync", 0, 6), ("sync", 0, 6)]);
    let sent = |console: &Console| console.held.iter().filter(|effect| matches!(effect, Effect::Sync(..))).count();
    assert_eq!(sent(&console), 4, "the second waits for its turn");
    console.keys("s<enter><esc>");
    assert_eq!(sent(&console), 5, "a single one does not");
    console.hold = false;
    while !console.held.is_empty() {
        console.release(false);
    }
    assert_eq!(names(&console), [("sync", 6, 6), ("sync", 6, 6), ("sync", 1, 1)]);
}

#[test]
fn a_paused_job_lets_the_next_one_pass() {
    let mut console = Console::open(people(6));
    console.hold = true;
    console.keys("*s<enter>p<esc>*s<enter><esc>");
    console.hold = false;
    while !console.held.is_empty() {
        console.release(false);
    }
    assert_eq!(names(&console), [("sync", 4, 6), ("sync", 6, 6)]);
    console.keys("bjp");
    assert_eq!(names(&console)[0], ("sync", 6, 6));
}

#[test]
fn the_panel_steers_each_job_and_drops_what_is_over() {
    let mut console = Console::open(people(6));
    console.failing.push("reg_2".into());
    console.keys("*s<enter><esc><esc>b");
    assert!(matches!(console.model.overlays.last(), Some(Overlay::Jobs(_))));
    assert_eq!(last(&console).tally().failed, 1);
    console.failing.clear();
    console.keys("R");
    assert_eq!((last(&console).tally().failed, console.syncs), (0, 7), "only the failure is sent again");
    console.keys("<enter>");
    assert!(matches!(console.model.overlays.last(), Some(Overlay::Job(_))));
    console.keys("<esc>D");
    assert!(console.model.jobs.all().is_empty());
    console.keys("<esc>b");
    assert!(console.model.overlays.is_empty() && toast(&console).contains("nothing was done to many"));
}

#[test]
fn a_job_that_is_stopped_from_the_panel_says_what_was_done() {
    let mut console = Console::open(people(6));
    console.hold = true;
    console.keys("*s<enter><esc>bx");
    console.hold = false;
    console.release(false);
    assert_eq!((last(&console).tally().done, last(&console).tally().stopped), (4, 2));
    assert!(toast(&console).starts_with("Synced 4 of 6; the rest was stopped"), "{}", toast(&console));
}

#[test]
fn the_pace_of_a_job_leaves_out_the_time_it_was_held() {
    let mut console = Console::open(people(6));
    console.hold = true;
    console.keys("*s<enter>");
    console.now += chrono::Duration::seconds(2);
    console.hold = true;
    answer_one(&mut console);
    console.send(Message::Timer(Timer::Tick));
    let (per_second, left) = last(&console).pace(console.now).unwrap();
    assert!((per_second - 0.5).abs() < 0.01, "{per_second}");
    assert_eq!(left.num_seconds(), 10);
    console.keys("p");
    console.hold = false;
    console.release(false);
    console.now += chrono::Duration::hours(1);
    console.send(Message::Timer(Timer::Tick));
    assert_eq!(last(&console).pace(console.now), None, "nothing is under way");
}

#[test]
fn leaving_while_a_job_runs_is_asked_first() {
    let mut console = Console::open(people(6));
    console.hold = true;
    console.keys("*s<enter><esc>q");
    console.hold = false;
    let leaving = console.model.leaving().unwrap();
    assert_eq!((leaving.jobs, leaving.left), (1, 6));
    console.keys("x<enter><esc>");
    assert!(!console.left && console.model.overlays.is_empty());
    console.keys("qy");
    assert!(console.left);
    let mut console = Console::open(people(1));
    console.hold = true;
    console.keys("s<enter><ctrl+c>");
    console.hold = false;
    assert!(!console.left);
    console.keys("<ctrl+c>");
    assert!(console.left, "the second time it is meant");
}

#[test]
fn with_nothing_under_way_leaving_asks_nothing() {
    let mut console = Console::open(people(2));
    console.keys("*s<enter><esc>q");
    assert!(console.left);
}

#[test]
fn claiming_many_is_a_plan_that_leaves_alone_what_somebody_has() {
    let mut console = Console::open(people(4));
    console.keys("/reg_1<enter>a/<ctrl+u><enter>*a");
    let Some(Overlay::Plan(plan)) = console.model.overlays.last() else { panic!("no plan") };
    assert_eq!((plan.subjects.len(), plan.count), (4, 3));
    assert_eq!(console.data.iter().filter(|person| person.desk.claim.is_some()).count(), 1, "only planned so far");
    let mut taken = console.data[3].clone();
    Annotation::Claim.apply(&mut taken.desk, "ana", console.now);
    taken.version += 1;
    console.data[3] = taken.clone();
    console.send(Message::Changed(vec![taken]));
    let Some(Overlay::Plan(plan)) = console.model.overlays.last() else { panic!("no plan") };
    assert_eq!(plan.count, 2, "somebody else was faster");
    console.keys("<enter><esc>");
    assert!(console.data.iter().all(|person| person.desk.claim.is_some()));
    assert_eq!(toast(&console), "Claimed 2");
    console.keys("*a<enter>");
    assert!(console.data.iter().all(|person| person.desk.claim.is_none()), "all claimed: all are released");
}

#[test]
fn resending_many_goes_by_mail_and_leaves_out_who_cannot_get_it() {
    let mut people = people(4);
    people[1].contact.email = None;
    people[2].status = Status::Completed;
    let mut console = Console::open(people);
    console.keys("*R");
    let Some(Overlay::Plan(plan)) = console.model.overlays.last() else { panic!("no plan") };
    assert_eq!(plan.count, 2);
    console.keys("<enter>");
    let resends: Vec<u32> = console.data.iter().map(|person| person.link_resends).collect();
    assert_eq!(resends, [1, 0, 0, 1]);
    assert_eq!(toast(&console), "Sent fresh links: 2");
    assert!(matches!(last(&console).work, Work::Resend(_)));
}

#[test]
fn a_link_without_an_answer_is_looked_up_before_another_one_is_sent() {
    let mut console = Console::open(people(2));
    console.refusals.push_back(BackendError::new(ErrorKind::TimedOut, "No answer."));
    console.keys("*R<enter>");
    assert_eq!(last(&console).tally().unknown, 1);
    console.hold = true;
    console.keys("R");
    let looks = console.held.iter().filter(|effect| matches!(effect, Effect::Retrieve(..))).count();
    let sends = console.held.iter().filter(|effect| matches!(effect, Effect::Resend(..))).count();
    assert_eq!((looks, sends), (1, 0));
    console.hold = false;
    console.release(false);
    assert_eq!(last(&console).tally().done, 2);
    assert!(console.data.iter().all(|person| person.link_resends == 1));
}

#[test]
fn snoozing_many_is_a_job_and_a_refusal_of_one_does_not_stop_the_others() {
    let mut console = Console::open(people(3));
    console.refusals.push_back(BackendError::new(ErrorKind::Forbidden, "Not here."));
    console.keys("*z2<enter>");
    let job = last(&console);
    assert!(matches!(&job.work, Work::Annotate(Annotation::Snooze { .. })));
    assert_eq!((job.tally().done, job.tally().failed), (2, 1));
    assert!(
        job.items().iter().any(|item| matches!(&item.state, ItemState::Failed(error) if error.message == "Not here."))
    );
    assert_eq!(console.data.iter().filter(|person| person.desk.snooze.is_some()).count(), 2);
}

#[test]
fn what_was_stopped_is_tried_again_on_demand_even_if_the_job_was_held_when_it_was_stopped() {
    let mut console = Console::open(people(6));
    console.hold = true;
    console.keys("*s<enter>px");
    console.hold = false;
    console.release(false);
    assert_eq!((last(&console).tally().done, last(&console).tally().stopped), (4, 2));
    console.keys("R");
    assert_eq!((last(&console).tally().done, last(&console).tally().stopped), (6, 0));
    assert_eq!(console.syncs, 6, "what was done is not done twice");
}

#[test]
fn what_was_stopped_stays_marked() {
    let mut console = Console::open(people(6));
    console.hold = true;
    console.keys("*s<enter>x");
    console.hold = false;
    console.release(false);
    console.keys("<esc>");
    assert_eq!(console.model.queue.marked.len(), 2);
}
