//! What a trace means: claims, invariants, explanations, comparisons and the words for them.
//!
//! Takes traces; gives plain data. Every view shows what is worked out here, and works out nothing itself.

mod claims;
mod invariants;
mod past;

pub use claims::{ClaimResult, claims, holding};
pub use invariants::{InvariantResult, Violation, invariants};
pub use past::Past;
