//! How much anybody may ask for: every limit is a count, the same on every machine, and no limit is a time.
//!
//! Each is told by its own name where it is passed (`docs/language.md` lists them all, and a test holds that list
//! equal to this file). Together they keep the dearest scenario that is accepted within 2 s of processor time and
//! 500 MB; `make dearest` looks for that scenario and measures it.

/// Bytes of a scenario's file.
pub const FILE_BYTES: usize = 1 << 20;
/// Bytes of a link's fragment.
pub const LINK_BYTES: usize = 1 << 20;
/// Bytes that a packed part of a link may hold.
pub const UNPACKED_BYTES: usize = 1 << 20;
/// Parts of a link, levers and calls counted one by one.
pub const LINK_PARTS: usize = 4_000;
/// Calls of a setup in a link.
pub const LINK_CALLS: usize = 1_000;
/// Lines of a scenario that are compared with one that ships to make a link shorter.
pub const LINES_COMPARED: usize = 4_000;
/// Bytes of the message of one fault.
pub const FAULT_BYTES: usize = 1_000;
/// Bytes of a message on the command line.
pub const MESSAGE_BYTES: usize = 32_768;

/// Bytes of a moment, a duration or a number that is written as one value.
pub const VALUE_BYTES: usize = 64;
/// Letters of a title, and of a name that people read.
pub const TITLE_LETTERS: usize = 200;
/// Letters of any other text of a scenario.
pub const TEXT_LETTERS: usize = 8_000;
/// Letters of a reason that a caller of the scheduler's tools gives from JavaScript.
pub const REASON_LETTERS: usize = 1_000;
/// Marks over and under one letter of a title.
pub const MARKS: usize = 4;
/// Phases of a scenario.
pub const PHASES: usize = 64;
/// Columns of the phases.
pub const COLUMNS: usize = 64;
/// Constants of a scenario.
pub const CONSTANTS: usize = 256;
/// Thresholds of a scenario.
pub const THRESHOLDS: usize = 256;
/// Functions that a scenario defines.
pub const FUNCTIONS: usize = 64;
/// Metrics of a scenario.
pub const METRICS: usize = 64;
/// Endpoints of a scenario.
pub const ENDPOINTS: usize = 128;
/// Rules of a scenario.
pub const RULES: usize = 256;
/// Calls of all rules together.
pub const CALLS: usize = 1_024;
/// Claims of a scenario.
pub const CLAIMS: usize = 256;
/// Fixed schedules that a scenario is compared with.
pub const POLICIES: usize = 16;
/// Chapters of a scenario.
pub const CHAPTERS: usize = 64;
/// Questions of a scenario.
pub const QUESTIONS: usize = 64;
/// Sentences of all messages, reasons and chapters together.
pub const SENTENCES: usize = 1_024;
/// Names in all lists together: `observes`, `milder`, `requires`, `look`, and the endpoints of policies.
pub const LISTED: usize = 4_096;

/// Bytes of one expression.
pub const EXPRESSION_BYTES: usize = 4_000;
/// Parentheses, signs and words within each other in one expression.
pub const NESTED: usize = 64;
/// Steps within each other in one compiled expression, those of the functions that it calls included.
pub const LEVELS: usize = 200;
/// Steps of all expressions of a scenario together, those of the functions that they call included.
pub const NODES: usize = 20_000;

/// Faults that are told of one text; the rest are counted.
pub const FAULTS: usize = 20;
/// Faults after which a text is not read on.
pub const FAULTS_READ: usize = 200;
/// Letters of a name that is compared with others to find what was meant.
pub const NEAR_LETTERS: usize = 64;
/// Names that a wrong one is compared with to find what was meant.
pub const NEAR_NAMES: usize = 1_000;

/// Starts in one run of a scenario.
pub const RUNS: u64 = 250_000;
/// Events in one run of a scenario: starts, ends, expiries and tool calls.
pub const EVENTS: u64 = 1_000_000;
/// Steps of one run: for each event [`STEPS_AN_EVENT`], and those of all expressions that are worked out then.
pub const STEPS: u64 = 60_000_000;
/// Steps that an event counts as, besides the expressions that are worked out.
pub const STEPS_AN_EVENT: u64 = 20;
/// Bytes of all messages, reasons and findings of one run; a reason counts again for each start that it causes.
pub const TEXT_BYTES: u64 = 16 << 20;
/// Values that are observed in one run.
pub const OBSERVATIONS: u64 = 1_000_000;
/// Changes of rules, and of what holds them back, in one run.
pub const CHANGES: u64 = 500_000;

/// Bytes of a cron expression.
pub const CRON_BYTES: usize = 256;
/// Slots that all crons of a scenario have in its run together, in two days at least; slots that are listed of one cron.
pub const SLOTS: usize = 250_000;
/// Days from a moment in which the next slot of a cron is looked for: enough for a 29th of February.
pub const CRON_DAYS: i64 = 4 * 366;

/// Refused calls that a report lists; the rest are counted.
pub const REFUSALS: usize = 1_000;
/// Places that are told of one invariant that does not hold.
pub const VIOLATIONS: usize = 100;
/// Rows of a table that goes through a run minute by minute; in a longer run each stands for several minutes.
pub const MINUTES: usize = 10_080;
/// Values in such a table.
pub const MINUTE_VALUES: usize = 500_000;
/// Steps of looking for stretches in which something is wrong; in a longer run they are looked for less finely than to
/// the second.
pub const LOOKS: u64 = 8_000_000;
/// Arrows, observed values and true values in a file of trace events, each; where there are more they are thinned.
pub const EVENTS_SHOWN: usize = 150_000;
/// Stretches in which something is wrong; what is wrong after the last of them is not compared.
pub const STRETCHES: usize = 5_000;
/// Starts of all fixed schedules that a run is compared with; those that do not fit are left out.
pub const FIXED_STARTS: u64 = 2_000_000;
/// Steps of all fixed schedules that a run is compared with, for what they would have seen.
pub const FIXED_STEPS: u64 = 20_000_000;
/// Steps of all starts that a comparison is repeated over; if they do not fit, fewer starts are tried.
pub const SHIFT_STEPS: u64 = 20_000_000;
/// Starts that a comparison is repeated over.
pub const SHIFTS: u64 = 20_000;
