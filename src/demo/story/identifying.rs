//! Papers, face and records.

use super::Story;
use crate::backend::CallerKind;
use crate::demo::papers;
use crate::engine::core::{Command, Origin};
use crate::model::{BackgroundSource, DocumentCheck, Evidence, FlowSettings, LivenessCheck, SourceStatus, StepKind};

impl Story {
    /// Passes every check of papers, face and records.
    pub(in crate::demo) fn identify(&mut self) -> &mut Self {
        self.document().selfie().face().background()
    }

    /// Shows a good document.
    pub(in crate::demo) fn document(&mut self) -> &mut Self {
        self.document_with(|_| {})
    }

    /// Shows a document that is good but for a change, and waits for its verdict.
    pub(in crate::demo) fn document_with(&mut self, change: impl FnOnce(&mut DocumentCheck)) -> &mut Self {
        if let Some(scan) = self.scan() {
            let today = self.today();
            let mut document = papers::good_document(&self.person, scan, today, &mut self.chance);
            change(&mut document);
            self.read(document).report(StepKind::DocumentVerification);
        }
        self
    }

    /// Sends a scan that cannot be used. What little was read of it is up to `change`.
    pub(in crate::demo) fn failed_scan(&mut self, reason: &str, change: impl FnOnce(&mut DocumentCheck)) -> &mut Self {
        if let Some(scan) = self.scan() {
            let mut document = papers::failed_document(scan, reason);
            change(&mut document);
            self.read(document);
        }
        self
    }

    /// Sends a scan, which is then being read.
    pub(in crate::demo) fn scan(&mut self) -> Option<DocumentCheck> {
        self.wait(25..=90);
        if !self.enters(&StepKind::DocumentVerification) {
            return None;
        }
        let scan = papers::scan_under_way(&self.flow.settings, &mut self.chance);
        let evidence = Evidence::DocumentVerification { document: Box::new(scan.clone()) };
        self.record(CallerKind::Enrollee, evidence);
        let Origin { ip, user_agent } = self.from.clone();
        Some(DocumentCheck { ip, user_agent, ..scan })
    }

    /// Sends a scan when none is allowed any more.
    pub(in crate::demo) fn scan_too_many(&mut self) -> &mut Self {
        self.wait(30..=120);
        let document = Box::new(papers::scan_under_way(&self.flow.settings, &mut self.chance));
        let evidence = Evidence::DocumentVerification { document };
        let origin = self.from.clone();
        self.attempt(CallerKind::Enrollee, Command::Record { evidence, origin })
    }

    /// The reader's verdict on a scan.
    fn read(&mut self, document: DocumentCheck) -> &mut Self {
        self.wait(8..=26);
        self.record(CallerKind::System, Evidence::DocumentVerification { document: Box::new(document) });
        self.wait(1..=3)
    }

    /// Takes a good selfie.
    pub(in crate::demo) fn selfie(&mut self) -> &mut Self {
        let minimum = (self.flow.settings.liveness_min.unwrap_or(FlowSettings::DEFAULTS.liveness_min) * 1000.0) as i64;
        let score = self.chance.score((minimum + 120).min(970)..=988);
        self.selfie_of(score, |_| {})
    }

    /// Takes a selfie of some score. It passes if the score is above the flow's minimum and nothing is changed for
    /// the worse.
    pub(in crate::demo) fn selfie_of(&mut self, score: f64, change: impl FnOnce(&mut LivenessCheck)) -> &mut Self {
        self.wait(15..=50);
        if self.enters(&StepKind::BiometricVerification) {
            let mut liveness = papers::selfie(&self.person, score);
            change(&mut liveness);
            self.record(CallerKind::Enrollee, Evidence::BiometricVerification { liveness: Box::new(liveness) });
        }
        self
    }

    /// Takes a selfie that is rejected before it is scored.
    pub(in crate::demo) fn rejected_capture(&mut self, reason: &str) -> &mut Self {
        self.wait(10..=35);
        if self.enters(&StepKind::BiometricVerification) {
            let liveness = Box::new(papers::rejected_capture(&self.person, reason));
            self.record(CallerKind::Enrollee, Evidence::BiometricVerification { liveness });
        }
        self
    }

    /// Selfie and portrait are compared and agree.
    pub(in crate::demo) fn face(&mut self) -> &mut Self {
        let minimum = (self.flow.settings.compare_min.unwrap_or(FlowSettings::DEFAULTS.compare_min) * 1000.0) as i64;
        let score = self.chance.score((minimum + 55).clamp(855, 960)..=991);
        self.face_of(score)
    }

    /// Selfie and portrait are compared with this result.
    pub(in crate::demo) fn face_of(&mut self, score: f64) -> &mut Self {
        self.face_judged_by(score, None)
    }

    /// Selfie and portrait are compared with this result, by a minimum that may not be the flow's.
    pub(in crate::demo) fn face_judged_by(&mut self, score: f64, min_score: Option<f64>) -> &mut Self {
        self.wait(2..=6);
        if self.enters(&StepKind::FaceComparison) {
            self.record(CallerKind::System, Evidence::FaceComparison { score, min_score });
            self.wait(1..=3).report(StepKind::BiometricVerification);
        }
        self
    }

    /// No list knows the person.
    pub(in crate::demo) fn background(&mut self) -> &mut Self {
        self.background_with(None)
    }

    /// The lists answer, one of them in a way of its own.
    pub(in crate::demo) fn background_with(&mut self, other: Option<(&str, &SourceStatus)>) -> &mut Self {
        self.screened(papers::lists(other))
    }

    /// One more list than usual answers, and has something.
    pub(in crate::demo) fn background_of(&mut self, hit: BackgroundSource) -> &mut Self {
        let mut sources = papers::lists(None);
        sources.push(hit);
        self.screened(sources)
    }

    fn screened(&mut self, sources: Vec<BackgroundSource>) -> &mut Self {
        self.wait(3..=15);
        if self.enters(&StepKind::CriminalHistory) {
            self.record(CallerKind::System, Evidence::CriminalHistory { sources });
        }
        self
    }
}
