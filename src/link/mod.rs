//! What a page shows, as text for the fragment of its address.
//!
//! Version 1 is a list of fields, `name=value` with `&` between them, in which only what differs from a page as it opens
//! is written:
//!
//! | field | what it holds |
//! |---|---|
//! | `v` | the version; the first field |
//! | `s` | the scenario, if it is another than the one that the page opens with: its name, or what differs from one that ships |
//! | `l` | levers that were moved: key, `:`, value; `,` between them |
//! | `c` | calls by hand: key of the endpoint, `:`, when, `.`, what; `,` between them |
//! | `t` | the cursor |
//! | `w` | the stretch of time that is shown: from, `.`, to |
//! | `e` | what is explained: key of the endpoint, `:`, when |
//! | `p` | the panel that is open |
//! | `r` | what the run is compared with |
//! | `bl`, `bc` | levers and calls of the setup that was kept as B |
//! | `h` | the chapter of the story that is open |
//! | `z` | fields in short (deflate, base 64), where that is shorter than the fields themselves |
//! | `x` | what the run came to and a sum of the scenario's text, so that whoever opens the link can tell whether both are still so |
//! | `k` | a sum over everything before it |
//!
//! Times are whole milliseconds in base 36, values of levers are decimal. A key is the beginning of a hash of a name,
//! long enough to tell it from all others of the scenario, so that a link stays short and outlives a new order of names.
//!
//! Reading never fails: what cannot be read is skipped, part by part, and told.

#[cfg(feature = "links")]
mod key;
#[cfg(feature = "links")]
mod packed;
#[cfg(feature = "links")]
mod proof;
#[cfg(feature = "links")]
mod read;
#[cfg(feature = "links")]
mod source;
#[cfg(feature = "links")]
mod write;

#[cfg(feature = "links")]
pub use proof::{Proof, Verdict};
#[cfg(feature = "links")]
pub use read::{Read, Skipped, read};
#[cfg(feature = "links")]
pub use source::{is_own, scenario, source, source_of, text};
#[cfg(feature = "links")]
pub use write::write;

pub use crate::session::View;

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
