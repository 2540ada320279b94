//! What a trace means: claims, invariants, explanations, comparisons and the words for them.
//!
//! Takes traces; gives plain data. Every view shows what is worked out here, and works out nothing itself.

mod answer;
mod claims;
mod compare;
mod explain;
mod flip;
mod frontier;
mod invariants;
mod left_out;
mod metric;
mod moment;
mod outcomes;
mod past;
mod report;
mod story;
mod summary;
mod surprise;
#[cfg(test)]
mod tests;

pub use answer::answer;
pub use claims::{ClaimResult, checked, claims, holding};
pub use compare::{
    OverStarts, PolicyResult, ProblemDelay, compare, compare_cron, compare_here, compare_policy,
    cron_horizon,
};
pub use explain::{
    Explanation, ExplanationKind, Link, Step, asked, decision_words, explain, reading_text,
    run_reason, seen, source_words,
};
pub use flip::{Flip, FlipSearch, Question, Withdrawal, step};
pub use frontier::{Frontier, Point};
pub use invariants::{InvariantResult, Violation, invariants};
pub use left_out::left_out;
pub use metric::{Threshold, metric_words, thresholds};
pub use moment::{
    Cadence, Doing, Flow, Moment, cadences, decisions, flows, latest, moment, opening, severity,
    tier_note,
};
pub use outcomes::Outcomes;
pub use past::Past;
pub use report::{
    PhaseSummary, Snapshot, Totals, awake_at, minutes_a_row, phases, snapshots, totals,
};
pub use story::{ChapterTold, SentenceTold, answered, begins, chapters, told};
pub use summary::{Piece, plain, summary};
pub use surprise::{Surprise, blinder, surprise};
