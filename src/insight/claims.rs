//! The claims of a scenario, checked against a trace.

use super::past::Past;
use crate::scenario::Claim;
use crate::sim::Trace;
use crate::time::Instant;

/// A claim and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimResult {
    /// Its name.
    pub id: String,
    /// What is claimed.
    pub text: String,
    /// What is expected.
    pub expected: String,
    /// What came out.
    pub actual: String,
    /// Whether it holds.
    pub holds: bool,
    /// The moment that proves or breaks it, if there is one.
    pub at: Option<Instant>,
}

/// Checks all claims of a trace's scenario.
///
/// ```
/// use std::sync::Arc;
/// use accelerando::insight::{claims, holding};
/// use accelerando::scenario::{FLASH_SALE, Parameters, Scenario};
///
/// let scenario = Arc::new(Scenario::parse(FLASH_SALE).expect("it ships with the crate"));
/// let trace = accelerando::sim::simulate(&scenario, &Parameters::new(&scenario))?;
/// let results = claims(&trace);
/// assert_eq!((holding(&results), results.len()), (20, 20));
/// # Ok::<(), accelerando::sim::SimulationError>(())
/// ```
#[must_use]
pub fn claims(trace: &Trace) -> Vec<ClaimResult> {
    let each = trace.scenario.claims.iter();
    each.map(|claim| checked(claim, trace)).collect()
}

/// Checks one claim of a trace's scenario.
#[must_use]
pub fn checked(claim: &Claim, trace: &Trace) -> ClaimResult {
    let past = Past::at(trace, trace.end());
    ClaimResult {
        id: claim.id.clone(),
        text: claim.text.clone(),
        expected: claim.expected.clone(),
        actual: match claim.actual.is_known(&past) {
            true => claim.actual.text(&past),
            false => "it does not come to that".to_owned(),
        },
        holds: holds(claim, &past),
        at: claim
            .at
            .as_ref()
            .map(|at| at.value(&past))
            .filter(|ms| ms.is_finite())
            .map(|ms| Instant::from_ms(ms as i64)),
    }
}

fn holds(claim: &Claim, past: &Past<'_>) -> bool {
    claim
        .holds
        .check(past, past.instant(), &mut claim.holds.memory())
        .holds
}

/// How many claims hold.
#[must_use]
pub fn holding(results: &[ClaimResult]) -> usize {
    results.iter().filter(|result| result.holds).count()
}
