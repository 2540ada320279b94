//! What an export does not hold, since there is more of it than a limit allows: told where the rest is shown.

use super::Findings;
use crate::diagnostic::counted;
use crate::insight::{left_out, minutes_a_row};
use crate::limits;
use crate::sim::Trace;

/// All that an export with both does not hold.
#[cfg(feature = "json")]
pub(super) fn all(trace: &Trace, findings: &Findings) -> Vec<String> {
    let notes = [minutes(trace), policies(trace, findings)];
    notes.into_iter().flatten().collect()
}

/// Why rows of the table of minutes stand for several, if they do.
pub(super) fn minutes(trace: &Trace) -> Option<String> {
    let each = minutes_a_row(trace);
    (each > 1).then(|| {
        format!(
            "Each row stands for {each} minutes: there may be at most {} rows with {} values.",
            counted(limits::MINUTES),
            counted(limits::MINUTE_VALUES)
        )
    })
}

/// Which fixed schedules the run is not compared with, if any.
pub(super) fn policies(trace: &Trace, findings: &Findings) -> Option<String> {
    let names = left_out(trace, &findings.comparison);
    let number = |most: u64| counted(usize::try_from(most).unwrap_or(usize::MAX));
    (!names.is_empty()).then(|| {
        format!(
            "Left out: {}. Fixed schedules may have at most {} starts and {} steps together.",
            names.join(", "),
            number(limits::FIXED_STARTS),
            number(limits::FIXED_STEPS)
        )
    })
}
