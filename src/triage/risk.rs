//! The roll-up of flags into one number.

use std::borrow::Cow;

use super::{Flag, Severity};

/// The roll-up of all flags: `100 * (1 - prod(1 - weight))`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Risk {
    /// 0 to 100.
    pub score: u8,
    /// Which flags gave how much, heaviest first: rule and weight in percent.
    pub shares: Vec<(Cow<'static, str>, u8)>,
}

impl Risk {
    /// The bands, lowest first, each with the score it begins at.
    pub const BANDS: [(&'static str, u8); 4] = [("low", 0), ("medium", 40), ("high", 70), ("critical", 85)];

    /// `low`, `medium`, `high` or `critical`.
    pub fn band(&self) -> &'static str {
        Self::BANDS.iter().rfind(|(_, from)| self.score >= *from).map_or("low", |(band, _)| band)
    }

    /// Rolls up flags. One critical flag is already in the top band; three medium ones make a medium risk.
    pub fn of(flags: &[Flag]) -> Self {
        let clean: f64 = flags.iter().map(|flag| 1.0 - f64::from(weight(flag.severity)) / 100.0).product();
        let mut shares: Vec<_> = flags
            .iter()
            .map(|flag| (flag.rule.clone(), weight(flag.severity)))
            .filter(|(_, weight)| *weight > 0)
            .collect();
        shares.sort_by(|(left, left_weight), (right, right_weight)| {
            right_weight.cmp(left_weight).then_with(|| left.cmp(right))
        });
        Self { score: (100.0 * (1.0 - clean)).round() as u8, shares }
    }
}

/// What one flag gives, percent. Our own choice, to be tuned on real decisions.
fn weight(severity: Severity) -> u8 {
    match severity {
        Severity::Critical => 85,
        Severity::High => 55,
        Severity::Medium => 25,
        Severity::Low => 8,
        Severity::Info => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::{Risk, Severity};
    use crate::triage::testing::flag;

    fn score(severities: &[Severity]) -> u8 {
        Risk::of(&severities.iter().map(|severity| flag("X-01", *severity)).collect::<Vec<_>>()).score
    }

    #[test]
    fn no_flag_is_no_risk_and_information_weighs_nothing() {
        assert_eq!(score(&[]), 0);
        assert_eq!(score(&[Severity::Info; 5]), 0);
    }

    #[test]
    fn one_critical_flag_is_the_top_band_and_three_medium_ones_are_a_medium_risk() {
        let critical = Risk::of(&[flag("BIO-09", Severity::Critical)]);
        assert_eq!((critical.score, critical.band()), (85, "critical"));
        let medium = Risk::of(&[flag("A", Severity::Medium), flag("B", Severity::Medium), flag("C", Severity::Medium)]);
        assert_eq!((medium.score, medium.band()), (58, "medium"));
    }

    #[test]
    fn shares_stand_heaviest_first() {
        let risk = Risk::of(&[flag("B", Severity::Low), flag("C", Severity::High), flag("A", Severity::Low)]);
        let rules: Vec<_> = risk.shares.iter().map(|(rule, weight)| (rule.as_ref(), *weight)).collect();
        assert_eq!(rules, [("C", 55), ("A", 8), ("B", 8)]);
    }

    #[test]
    fn many_grave_flags_never_pass_a_hundred() {
        assert_eq!(score(&[Severity::Critical; 40]), 100);
    }
}
