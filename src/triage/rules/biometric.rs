//! Face and liveness.

use super::{
    Case, Finding, Limit, Number, Rule, RuleOutcome, Severity, TOLERANCE, ThresholdFrom, id_list, measured, score_text,
    worst_verdict,
};
use crate::{
    model::{
        Attempt, DocumentCheck, FaceCompare, FlowSettings, Outcome, Requirement, StepKind, StepState,
        evidence::CAPTURE_QUALITY_REASONS,
    },
    triage::LinkKind,
};

/// What a face compare has to reach where the flow does not say.
const FACE_MINIMUM: Number = Number { name: "minimum", default: FlowSettings::DEFAULTS.compare_min, unit: "score" };
/// Below this the faces are not of one person, whatever the flow allows.
const HARDLY_ALIKE: Number = Number { name: "critical_below", default: 0.65, unit: "score" };
/// The scores that the service's review guide sends to a person.
const REVIEW_FROM: Number = Number { name: "review_from", default: 0.70, unit: "score" };
const REVIEW_BELOW: Number = Number { name: "review_below", default: 0.85, unit: "score" };
/// Just above the threshold.
const NEAR_THRESHOLD: Number = Number { name: "margin", default: 0.05, unit: "score" };
/// What a liveness score has to be above where the flow does not say.
const LIVENESS_MINIMUM: Number =
    Number { name: "minimum", default: FlowSettings::DEFAULTS.liveness_min, unit: "score" };
/// How far below the minimum a liveness score looks like a print or a screen rather than bad light.
const FAR_MISS: Number = Number { name: "far", default: 0.15, unit: "score" };
/// A compare runs by itself; it is missing only after this long.
const COMPARE_GRACE: Number = Number { name: "grace", default: 300.0, unit: "seconds" };
/// Rejections that are worth a look before the limit is reached.
const SEVERAL_REJECTIONS: Number = Number { name: "several", default: 2.0, unit: "attempts" };

const FACE_INPUTS: &[&str] = &["evidence.face.score", "evidence.face.minScore", "flowSettings.compareMin"];

pub(super) const FACE_MISMATCH: Rule = Rule {
    id: "BIO-01",
    name: "Face does not match the document",
    severity: Severity::High,
    category: "biometric",
    inputs: FACE_INPUTS,
    numbers: &[FACE_MINIMUM, HARDLY_ALIKE],
    threshold: "below the flow's minimum (0.85 if none is told), less 0.001 for rounding; critical below 0.65",
    source: "the service's default for face compare",
    caveat: "Worn or old portraits and some printed cards lower the score of genuine people.",
    next_action: "Look at both faces. With a good selfie and a bad portrait ask for a new scan; leave the threshold alone.",
    evaluate: face_mismatch,
};

fn face_mismatch(case: &Case) -> RuleOutcome {
    with_face_score(case, |face, score, limit| {
        if score >= limit.value - TOLERANCE {
            return RuleOutcome::Clear;
        }
        let severity = if score < case.number(&HARDLY_ALIKE).value { Severity::Critical } else { Severity::High };
        face_finding(severity, face, score, format!("at least {}", score_text(limit.value)), limit.from)
    })
}

pub(super) const FACE_BORDERLINE: Rule = Rule {
    id: "BIO-02",
    name: "Face match is borderline",
    severity: Severity::Medium,
    category: "biometric",
    inputs: FACE_INPUTS,
    numbers: &[FACE_MINIMUM, REVIEW_FROM, REVIEW_BELOW, NEAR_THRESHOLD],
    threshold: "passed, but from 0.70 to below 0.85, or less than 0.05 above the minimum",
    source: "the service's review guide (0.70 to 0.84); the margin above the minimum is our choice",
    caveat: "Worn or old portraits lower the score of genuine people.",
    next_action: "Compare the faces by eye; approve only if name and document are clean.",
    evaluate: face_borderline,
};

fn face_borderline(case: &Case) -> RuleOutcome {
    with_face_score(case, |face, score, limit| {
        let passed = score >= limit.value - TOLERANCE;
        let review = case.number(&REVIEW_FROM).value..case.number(&REVIEW_BELOW).value;
        let near = limit.value + case.number(&NEAR_THRESHOLD).value;
        if !passed || !(review.contains(&score) || score < near) {
            return RuleOutcome::Clear;
        }
        let clear_of = near.max(review.end);
        face_finding(Severity::Medium, face, score, format!("{} or more", score_text(clear_of)), limit.from)
    })
}

pub(super) const OLD_FACE_THRESHOLD: Rule = Rule {
    id: "BIO-03",
    name: "Faces were judged by another threshold",
    severity: Severity::Low,
    category: "biometric",
    inputs: &["evidence.face.minScore", "flowSettings.compareMin"],
    numbers: &[],
    threshold: "the recorded minimum differs from the flow's by more than 0.001",
    source: "the service's own console uses the same tolerance",
    caveat: "The flow may have been changed on purpose since.",
    next_action: "Judge the score by today's minimum, or run the compare again.",
    evaluate: old_face_threshold,
};

fn old_face_threshold(case: &Case) -> RuleOutcome {
    let Some(face) = &case.registration.checks.face else { return case.absent(&StepKind::FaceComparison) };
    let today = case.settings().and_then(|settings| settings.compare_min);
    let (Some(then), Some(today)) = (measured(face.min_score), measured(today)) else {
        return RuleOutcome::NotMeasured;
    };
    if (then - today).abs() <= TOLERANCE {
        return RuleOutcome::Clear;
    }
    Finding::new(Severity::Low, "evidence.face.minScore", score_text(then))
        .against(score_text(today), ThresholdFrom::Flow)
        .at(face.compared)
        .fires()
}

pub(super) const COMPARE_NEVER_RAN: Rule = Rule {
    id: "BIO-04",
    name: "Faces were never compared",
    severity: Severity::Medium,
    category: "biometric",
    inputs: &[
        "evidence.document.state",
        "evidence.liveness.state",
        "evidence.face.score",
        "evidence.document.faceReason",
    ],
    numbers: &[COMPARE_GRACE],
    threshold: "document and selfie passed more than 5 minutes ago, and there is no score; or the document has no portrait \
                to compare with",
    source: "the service's own console shows it; the 5 minutes are our choice",
    caveat: "Results are deleted after about 90 days; that is told apart where the source says so.",
    next_action: "Crop the portrait or run the compare again: the pipeline failed here, not the person.",
    evaluate: compare_never_ran,
};

fn compare_never_ran(case: &Case) -> RuleOutcome {
    let checks = &case.registration.checks;
    let skipped = case.settings().and_then(|settings| settings.requirement(&StepKind::FaceComparison));
    let Some(document) = &checks.document else { return RuleOutcome::NotApplicable };
    if skipped == Some(&Requirement::Skip) || checks.face.as_ref().is_some_and(|face| face.aged_out) {
        return RuleOutcome::NotApplicable;
    }
    if checks.face.as_ref().and_then(|face| measured(face.score)).is_some() {
        return RuleOutcome::Clear;
    }
    if let Some(reason) = missing_portrait(document) {
        return Finding::new(Severity::Medium, "evidence.document.faceReason", reason).at(document.created).fires();
    }
    let Some(liveness) = &checks.liveness else { return RuleOutcome::NotApplicable };
    if document.state != StepState::Completed || liveness.state != StepState::Completed {
        return RuleOutcome::NotApplicable;
    }
    let ready = document.finished.into_iter().chain(liveness.finished).max_by_key(|moment| moment.at);
    if ready.is_some_and(|ready| !case.context.has_passed(ready.at, case.number(&COMPARE_GRACE).seconds())) {
        return RuleOutcome::NotMeasured;
    }
    Finding::new(Severity::Medium, "evidence.face.score", "not run").at(ready).fires()
}

/// Why there is no portrait to compare with, if there is none.
fn missing_portrait(document: &DocumentCheck) -> Option<&str> {
    let passed_without = document.state == StepState::Completed && document.has_face == Some(false);
    let reason = document.face_reason.as_deref().filter(|reason| !reason.is_empty());
    reason.or(passed_without.then_some("no portrait"))
}

pub(super) const LIVENESS_BELOW_MINIMUM: Rule = Rule {
    id: "BIO-05",
    name: "Liveness below the minimum",
    severity: Severity::High,
    category: "biometric",
    inputs: &["evidence.liveness.score", "evidence.liveness.minScore", "flowSettings.livenessMin"],
    numbers: &[LIVENESS_MINIMUM],
    threshold: "not above the flow's minimum (0.6 if none is told)",
    source: "the service's default for liveness",
    caveat: "Cheap cameras and light from behind lower the score of genuine people.",
    next_action: "Have them try again in better light; do not approve by override alone.",
    evaluate: liveness_below_minimum,
};

fn liveness_below_minimum(case: &Case) -> RuleOutcome {
    let Some(liveness) = &case.registration.checks.liveness else {
        return case.absent(&StepKind::BiometricVerification);
    };
    let Some(score) = measured(liveness.score) else { return RuleOutcome::NotMeasured };
    let limit = liveness_limit(case);
    if score > limit.value {
        return RuleOutcome::Clear;
    }
    Finding::new(Severity::High, "evidence.liveness.score", score_text(score))
        .against(format!("above {}", score_text(limit.value)), limit.from)
        .at(liveness.finished.or(liveness.created))
        .fires()
}

pub(super) const LIVENESS_MISSES: Rule = Rule {
    id: "BIO-06",
    name: "Selfie looked like a print or a screen",
    severity: Severity::Critical,
    category: "biometric",
    inputs: &["failedAttempts[].score", "flowSettings.livenessMin"],
    numbers: &[LIVENESS_MINIMUM, FAR_MISS],
    threshold: "a rejected selfie more than 0.15 below the minimum; low if nearer",
    source: "the service's own console tells near from far misses this way",
    caveat: "A stored 0 of a blurred capture or an error is no score and is left out.",
    next_action: "Far: treat it as an attack and look at the links. Near: invite another try.",
    evaluate: liveness_misses,
};

fn liveness_misses(case: &Case) -> RuleOutcome {
    let attempts: Vec<_> = selfies(case).collect();
    if attempts.is_empty() {
        return RuleOutcome::Clear;
    }
    let limit = liveness_limit(case);
    let lowest = attempts
        .into_iter()
        .filter_map(|(position, attempt)| Some((position, attempt, real_score(attempt)?)))
        .min_by(|(.., left), (.., right)| left.total_cmp(right));
    let Some((position, attempt, score)) = lowest else { return RuleOutcome::NotMeasured };
    if score > limit.value {
        return RuleOutcome::Clear;
    }
    let severity = if score < limit.value - case.number(&FAR_MISS).value { Severity::Critical } else { Severity::Low };
    Finding::new(severity, format!("failedAttempts[{position}].score"), score_text(score))
        .against(format!("above {}", score_text(limit.value)), limit.from)
        .at(attempt.at)
        .fires()
}

pub(super) const LIVENESS_REJECTIONS: Rule = Rule {
    id: "BIO-07",
    name: "Selfies were rejected repeatedly",
    severity: Severity::Medium,
    category: "biometric",
    inputs: &["failedAttempts[].counts", "flowSettings.steps[].attemptLimit"],
    numbers: &[SEVERAL_REJECTIONS],
    threshold: "2 rejections that count; high at the flow's limit (3 if none is told)",
    source: "the service allows 3 to 10 attempts, 3 unless configured",
    caveat: "Blurred, dark or cropped captures do not count.",
    next_action: "Read the scores, coach the person once, then stop.",
    evaluate: liveness_rejections,
};

fn liveness_rejections(case: &Case) -> RuleOutcome {
    let kind = StepKind::BiometricVerification;
    let rejected = case.registration.counted_failures(&kind);
    let (limit, from) = case.attempt_limit(&kind);
    let several = case.number(&SEVERAL_REJECTIONS).count() as u32;
    let severity = match rejected {
        count if count >= limit => Severity::High,
        count if count >= several => Severity::Medium,
        _ => return RuleOutcome::Clear,
    };
    let last = selfies(case).filter_map(|(_, attempt)| attempt.at).max();
    Finding::new(severity, "failedAttempts", format!("{rejected} of {limit}"))
        .against(format!("fewer than {}", several.min(limit)), from)
        .at(last)
        .fires()
}

pub(super) const SAME_FACE: Rule = Rule {
    id: "BIO-08",
    name: "Same face under another identity",
    severity: Severity::Critical,
    category: "biometric",
    inputs: &["evidence.liveness.person", "links"],
    numbers: &[],
    threshold: "another registration of the same biometric person shows another document or name",
    source: "exact: the service gives one person id to one face",
    caveat: "One person starting twice before a document is shown; twins.",
    next_action: "Same document: keep one registration. Different documents: look at the ring and escalate.",
    evaluate: same_face,
};

fn same_face(case: &Case) -> RuleOutcome {
    let Some((own, others)) = case.sharing(&[LinkKind::Person]) else {
        return case.absent(&StepKind::BiometricVerification);
    };
    let different: Vec<_> = others
        .into_iter()
        .filter(|(_, other)| own.same_document(other).or_else(|| own.same_name(other)) == Some(false))
        .map(|(id, _)| id)
        .collect();
    if different.is_empty() {
        return RuleOutcome::Clear;
    }
    let seen = format!("also {}", id_list(different.into_iter()));
    let at = case.registration.checks.liveness.as_ref().and_then(|liveness| liveness.created);
    Finding::new(Severity::Critical, "evidence.liveness.person", seen).at(at).fires()
}

pub(super) const SPOOF_VERDICT: Rule = Rule {
    id: "BIO-09",
    name: "Liveness or anti-spoofing failed",
    severity: Severity::Critical,
    category: "biometric",
    inputs: &[
        "evidence.liveness.antiSpoofing",
        "evidence.document.antiSpoofing",
        "evidence.document.isLive",
        "verificationResults.livenessDetection",
    ],
    numbers: &[],
    threshold: "any verdict but passed; high if it asks for a person",
    source: "exact: the verdict of the check",
    caveat: "Glare, or glass over the document.",
    next_action: "Compare the frames; ask for a live capture again.",
    evaluate: spoof_verdict,
};

fn spoof_verdict(case: &Case) -> RuleOutcome {
    let checks = &case.registration.checks;
    let (liveness, document) = (checks.liveness.as_ref(), checks.document.as_ref());
    let verdict_of = |live: bool| if live { Outcome::Passed } else { Outcome::Failed };
    let paper = document.and_then(|document| document.is_live).map(verdict_of);
    worst_verdict([
        ("evidence.document.isLive", paper.as_ref(), document.and_then(|document| document.finished)),
        (
            "evidence.liveness.antiSpoofing",
            liveness.and_then(|liveness| liveness.anti_spoofing.as_ref()),
            liveness.and_then(|liveness| liveness.finished),
        ),
        (
            "evidence.document.antiSpoofing",
            document.and_then(|document| document.anti_spoofing.as_ref()),
            document.and_then(|document| document.finished),
        ),
        // Where only the verdict is told, as the plain overview object does.
        (
            "verificationResults.livenessDetection",
            case.registration.results.liveness_detection.as_ref().filter(|_| liveness.is_none()),
            None,
        ),
    ])
}

fn with_face_score(case: &Case, judge: impl Fn(&FaceCompare, f64, Limit) -> RuleOutcome) -> RuleOutcome {
    let Some(face) = &case.registration.checks.face else { return case.absent(&StepKind::FaceComparison) };
    let Some(score) = measured(face.score) else { return RuleOutcome::NotMeasured };
    let limit = case.threshold(&FACE_MINIMUM, |settings| settings.compare_min, face.min_score);
    judge(face, score, limit)
}

fn face_finding(
    severity: Severity,
    face: &FaceCompare,
    score: f64,
    threshold: String,
    from: ThresholdFrom,
) -> RuleOutcome {
    Finding::new(severity, "evidence.face.score", score_text(score)).against(threshold, from).at(face.compared).fires()
}

fn liveness_limit(case: &Case) -> Limit {
    let recorded = case.registration.checks.liveness.as_ref().and_then(|liveness| liveness.min_score);
    case.threshold(&LIVENESS_MINIMUM, |settings| settings.liveness_min, recorded)
}

/// Failed selfies with their positions among all failed attempts.
fn selfies<'a>(case: &Case<'a>) -> impl Iterator<Item = (usize, &'a Attempt)> {
    let attempts = case.registration.failed_attempts.iter().enumerate();
    attempts.filter(|(_, attempt)| attempt.step == StepKind::BiometricVerification)
}

/// The score of a failed selfie, unless it stands for a capture problem or an error.
fn real_score(attempt: &Attempt) -> Option<f64> {
    let quality = attempt.reason.as_deref().is_some_and(|reason| CAPTURE_QUALITY_REASONS.contains(&reason));
    measured(attempt.score).filter(|score| attempt.counts && !quality && *score > 0.0)
}
