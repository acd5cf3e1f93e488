//! Runs for a CI server: JUnit XML, a suite for each scenario, a case for each verdict.

use super::Report;
use crate::checks::{Outcome, Verdict};
use quick_junit::{NonSuccessKind, Report as Junit, TestCase, TestCaseStatus, TestSuite};
use std::time::Duration;

/// A scenario that did not run, and why.
#[derive(Debug, Clone)]
pub struct NotRun {
    /// The scenario.
    pub scenario: String,
    /// Why.
    pub why: String,
}

/// The XML of several runs.
///
/// # Errors
/// When the XML cannot be written.
pub fn xml<'a>(
    reports: impl IntoIterator<Item = TestSuite>,
    skipped: impl IntoIterator<Item = &'a NotRun>,
) -> Result<String, quick_junit::SerializeError> {
    let mut junit = Junit::new("ridethrough");
    junit.add_test_suites(reports);
    for not_run in skipped {
        let mut suite = TestSuite::new(not_run.scenario.clone());
        let mut status = TestCaseStatus::skipped();
        status.set_message(not_run.why.clone());
        suite.add_test_case(TestCase::new("run", status));
        junit.add_test_suite(suite);
    }
    junit.to_string()
}

/// One run as a suite.
#[must_use]
pub fn suite(report: &Report<'_>) -> TestSuite {
    let mut suite = TestSuite::new(report.facts.scenario.clone());
    suite.set_time(report.real.unwrap_or(Duration::ZERO));
    suite.add_property(("rig", report.facts.rig.as_str()));
    suite.add_property(("stack", report.facts.makers.to_string().as_str()));
    suite.add_property(("seed", report.facts.seed.to_string().as_str()));
    suite.add_property(("scenario-time", format!("{} s", report.lasted().as_secs()).as_str()));
    suite.add_test_cases(
        report.judgement.expectations.iter().map(|verdict| case("expectation", verdict, verdict.claim.clone())),
    );
    suite.add_test_cases(
        report
            .judgement
            .invariants
            .iter()
            .map(|verdict| case("invariant", verdict, format!("{}: {}", verdict.id, verdict.claim))),
    );
    suite
}

fn case(class: &str, verdict: &Verdict, name: String) -> TestCase {
    let status = match &verdict.outcome {
        Outcome::Held { .. } | Outcome::Foreseen { .. } => TestCaseStatus::success(),
        Outcome::Skipped { why } => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(why.clone());
            status
        }
        Outcome::Failed { why, .. } => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(why.clone());
            let because = verdict.because.as_ref().map(|because| format!("\nexpected because {}", because.trim()));
            status.set_description(format!("{}\n{why}{}", verdict.id, because.unwrap_or_default()));
            status
        }
    };
    let mut case = TestCase::new(name, status);
    case.set_classname(class);
    if let Outcome::Foreseen { why, because, .. } = &verdict.outcome {
        case.set_system_out(format!("broken, as the scenario says, because {because}\n{why}"));
    }
    case
}
