//! Cron expressions in a time zone, as instants of a run.

use std::sync::Arc;
#[cfg(feature = "cron")]
use std::sync::Mutex;

#[cfg(feature = "cron")]
use chrono::DateTime;
use chrono::{TimeZone, Timelike, Utc};
#[cfg(feature = "cron")]
use croner::errors::CronError;
#[cfg(feature = "cron")]
use croner::parser::{CronParser, Seconds, Year};
#[cfg(feature = "cron")]
use croner::{CivilDateTime, CronDateTime, Resolution, Weekday};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::diagnostic::counted;
use crate::limits;
use crate::time::{Instant, Span};

/// The time zone that cron expressions are read in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// Coordinated Universal Time.
    Utc,
    /// A zone of the IANA database.
    #[cfg(feature = "zones")]
    Named(chrono_tz::Tz),
}

impl Zone {
    /// The zone of that name (`UTC`, `Europe/Berlin`), if it is known to this build.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        if name == "UTC" {
            return Some(Self::Utc);
        }
        #[cfg(feature = "zones")]
        {
            name.parse().ok().map(Self::Named)
        }
        #[cfg(not(feature = "zones"))]
        {
            None
        }
    }
}

impl Zone {
    /// The name of the zone, as [`Zone::named`] takes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Utc => "UTC",
            #[cfg(feature = "zones")]
            Self::Named(zone) => zone.name(),
        }
    }

    /// The time since midnight in this zone, `at` an instant of a run that started `epoch_ms` after 1970-01-01 UTC.
    #[must_use]
    pub fn time_of_day(self, epoch_ms: i64, at: Instant) -> Span {
        let Some(wall) = Utc
            .timestamp_millis_opt(epoch_ms.saturating_add(at.ms()))
            .single()
        else {
            return Span::ZERO;
        };
        let seconds = match self {
            Self::Utc => wall.num_seconds_from_midnight(),
            #[cfg(feature = "zones")]
            Self::Named(zone) => wall.with_timezone(&zone).num_seconds_from_midnight(),
        };
        Span::from_ms(i64::from(seconds) * 1_000 + i64::from(wall.timestamp_subsec_millis()))
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = <&str>::deserialize(deserializer)?;
        Self::named(name).ok_or_else(|| de::Error::custom("unknown time zone"))
    }
}

/// How far behind a moment from which no slot was found none is looked for again; a run is no longer.
#[cfg(feature = "cron")]
const REMEMBERED: Span = Span::from_mins(366 * 24 * 60);

/// A cron expression with the zone it is read in and the wall time of the run's start.
///
/// Five fields, or six with seconds first; 0 and 7 are Sunday.
#[derive(Clone, Debug)]
pub struct Cron {
    expression: String,
    slots: Slots,
    #[cfg(feature = "cron")]
    last: Last,
}

/// The last answer of a search, and the moment that it was asked for: all that is planned of an endpoint until its next
/// slot asks for the same one, and one that never comes takes longest to look for.
#[cfg(feature = "cron")]
#[derive(Debug, Default)]
struct Last(Mutex<Option<(Instant, Option<Instant>)>>);

#[cfg(feature = "cron")]
impl Clone for Last {
    fn clone(&self) -> Self {
        Self::default()
    }
}

#[cfg(feature = "cron")]
impl Last {
    /// The first slot at or after `from`, as far as it is known from the last answer.
    fn first_from(&self, from: Instant) -> Option<Option<Instant>> {
        let (asked, slot) = (*self.0.try_lock().ok()?)?;
        let known = match slot {
            Some(slot) => slot >= from,
            None => from - asked <= REMEMBERED,
        };
        (asked <= from && known).then_some(slot)
    }

    fn keep(&self, from: Instant, slot: Option<Instant>) {
        if let Ok(mut last) = self.0.try_lock() {
            *last = Some((from, slot));
        }
    }
}

/// Where the slots come from.
#[derive(Clone, Debug)]
enum Slots {
    #[cfg(feature = "cron")]
    Rule(Box<croner::Cron>, Zone, i64),
    /// All of them, in order.
    Listed(Arc<[Instant]>),
    /// There are none; why.
    None(String),
}

impl Serialize for Cron {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Only one whose slots were listed says all that it knows.
        let slots = match &self.slots {
            Slots::Listed(slots) => slots.to_vec(),
            Slots::None(_) => Vec::new(),
            #[cfg(feature = "cron")]
            Slots::Rule(..) => {
                return Err(serde::ser::Error::custom(
                    "the slots of a cron are listed before they are handed over",
                ));
            }
        };
        (&self.expression, slots).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Cron {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (expression, slots) = <(&str, Vec<Instant>)>::deserialize(deserializer)?;
        Ok(Self::listed(expression, slots))
    }
}

/// What is wrong with the number of an expression's fields, if anything; names such as `@daily` have one.
#[cfg(feature = "cron")]
fn fault_of(expression: &str) -> Option<String> {
    let fields = expression.split_whitespace().count();
    let right = matches!(fields, 5 | 6) || expression.trim_start().starts_with('@');
    (!right).then(|| {
        format!(
            "a cron has five fields (minute, hour, day, month, weekday), or six with seconds first; this has {fields}"
        )
    })
}

impl Cron {
    /// Reads `expression`; the run's start is `epoch_ms` milliseconds after 1970-01-01 UTC.
    ///
    /// An expression that cannot be read gives a cron without slots, so that one bad endpoint does not stop
    /// the others; [`Cron::fault`] says what is wrong with it.
    ///
    /// Without the feature `cron` no expression can be read.
    #[must_use]
    pub fn new(expression: &str, zone: Zone, epoch_ms: i64) -> Self {
        if expression.len() > limits::CRON_BYTES {
            let why = format!(
                "a cron expression may have at most {} bytes, and this has {}",
                limits::CRON_BYTES,
                counted(expression.len())
            );
            return Self {
                expression: String::new(),
                slots: Slots::None(why),
                #[cfg(feature = "cron")]
                last: Last::default(),
            };
        }
        #[cfg(feature = "cron")]
        let slots = CronParser::builder()
            .seconds(Seconds::Optional)
            .year(Year::Disallowed)
            .build()
            .parse(expression)
            .map_or_else(
                |error| Slots::None(fault_of(expression).unwrap_or_else(|| error.to_string())),
                |rule| Slots::Rule(Box::new(rule), zone, epoch_ms),
            );
        #[cfg(not(feature = "cron"))]
        let slots = {
            let _ = (zone, epoch_ms);
            Slots::None("this build reads no cron expressions".to_owned())
        };
        Self {
            expression: expression.to_owned(),
            slots,
            #[cfg(feature = "cron")]
            last: Last::default(),
        }
    }

    /// A cron whose slots are known: all of them, in order of time, as far as anybody will ask.
    #[must_use]
    pub fn listed(expression: &str, slots: Vec<Instant>) -> Self {
        Self {
            expression: expression.to_owned(),
            slots: Slots::Listed(slots.into()),
            #[cfg(feature = "cron")]
            last: Last::default(),
        }
    }

    /// The slots from the start of the run up to a moment, as far as somebody asks.
    pub fn slots(&self, until: Instant) -> impl Iterator<Item = Instant> {
        let first = self.first_from(Instant::START);
        std::iter::successors(first, |slot| self.first_after(*slot))
            .take_while(move |slot| *slot < until)
    }

    /// The slots from the start of the run up to a moment: at most [`limits::SLOTS`], and one to tell that there are more.
    #[must_use]
    pub fn slots_until(&self, until: Instant) -> Vec<Instant> {
        self.slots(until).take(limits::SLOTS + 1).collect()
    }

    /// The expression as it was written.
    #[must_use]
    pub fn expression(&self) -> &str {
        &self.expression
    }

    /// What is wrong with the expression, if anything.
    #[must_use]
    pub fn fault(&self) -> Option<&str> {
        match &self.slots {
            Slots::None(fault) => Some(fault),
            _ => None,
        }
    }

    /// The first slot at or after `from`.
    #[must_use]
    pub fn first_from(&self, from: Instant) -> Option<Instant> {
        match &self.slots {
            #[cfg(feature = "cron")]
            Slots::Rule(rule, zone, epoch_ms) => {
                if let Some(known) = self.last.first_from(from) {
                    return known;
                }
                let slot = |inclusive| slot(rule, (*zone, *epoch_ms), from, inclusive);
                // A slot lies on a whole second: one that began before `from` within the same second is past.
                let found = match slot(true) {
                    Some(first) if first < from => slot(false),
                    found => found,
                };
                self.last.keep(from, found);
                found
            }
            Slots::Listed(slots) => slots
                .get(slots.partition_point(|slot| *slot < from))
                .copied(),
            Slots::None(_) => None,
        }
    }

    /// The first slot after `after`.
    #[must_use]
    pub fn first_after(&self, after: Instant) -> Option<Instant> {
        self.first_from(Instant::from_ms(after.ms().checked_add(1)?))
    }
}

#[cfg(feature = "cron")]
fn slot(
    rule: &croner::Cron,
    (zone, epoch_ms): (Zone, i64),
    from: Instant,
    inclusive: bool,
) -> Option<Instant> {
    let wall = Utc
        .timestamp_millis_opt(epoch_ms.checked_add(from.ms())?)
        .single()?;
    let ms = match zone {
        Zone::Utc => next(rule, &wall, inclusive)?,
        #[cfg(feature = "zones")]
        Zone::Named(zone) => next(rule, &wall.with_timezone(&zone), inclusive)?,
    };
    Some(Instant::from_ms(ms.checked_sub(epoch_ms)?))
}

#[cfg(feature = "cron")]
fn next<Z: TimeZone>(rule: &croner::Cron, wall: &DateTime<Z>, inclusive: bool) -> Option<i64>
where
    DateTime<Z>: CronDateTime,
{
    let last = wall.checked_add_seconds(limits::CRON_DAYS * 86_400)?;
    let from = Near {
        at: wall.clone(),
        last,
    };
    let slot = rule.find_next_occurrence(&from, inclusive).ok()?;
    Some(slot.at.timestamp_millis())
}

/// A time from which no slot is looked for further than to a last one: the search itself would go on for 3,000 years.
#[cfg(feature = "cron")]
#[derive(Clone)]
struct Near<T> {
    at: T,
    last: T,
}

#[cfg(feature = "cron")]
impl<T: CronDateTime> CronDateTime for Near<T> {
    fn to_civil(&self) -> CivilDateTime {
        self.at.to_civil()
    }

    fn civil_weekday(&self) -> Weekday {
        self.at.civil_weekday()
    }

    fn resolve_civil(&self, civil: CivilDateTime) -> Result<Resolution<Self>, CronError> {
        let near = |at: T| match at.cmp_instant(&self.last).is_gt() {
            true => Err(CronError::TimeSearchLimitExceeded),
            false => Ok(Self {
                at,
                last: self.last.clone(),
            }),
        };
        Ok(match self.at.resolve_civil(civil)? {
            Resolution::Single(at) => Resolution::Single(near(at)?),
            Resolution::Ambiguous(first, second) => {
                Resolution::Ambiguous(near(first)?, near(second)?)
            }
            Resolution::Gap => Resolution::Gap,
        })
    }

    fn checked_add_seconds(&self, seconds: i64) -> Option<Self> {
        Some(Self {
            at: self.at.checked_add_seconds(seconds)?,
            last: self.last.clone(),
        })
    }

    fn cmp_instant(&self, other: &Self) -> std::cmp::Ordering {
        self.at.cmp_instant(&other.at)
    }
}

#[cfg(all(test, feature = "cron"))]
mod tests {
    use super::*;

    #[test]
    fn the_same_is_not_looked_for_again_and_nothing_is_missed() {
        let day = |days: i64| Instant::from_ms(days * 86_400_000);
        // From 2026-11-27; the next 29th of February but one is 1,920 days later.
        let leap = Cron::new("0 0 29 2 *", Zone::Utc, FRIDAY);
        let (first, second) = (day(459), day(459 + 1_461));
        for at in [0, 1, 300, 459, 0, 459] {
            assert_eq!(leap.first_from(day(at)), Some(first), "{at}");
        }
        assert_eq!(leap.first_after(first), Some(second));
        assert_eq!(leap.first_from(day(3)), Some(first));
        let never = Cron::new("0 0 31 2 *", Zone::Utc, FRIDAY);
        for at in [0, 366, 367, 10_000, 5] {
            assert_eq!(never.first_from(day(at)), None, "{at}");
        }
        let fresh = Cron::new("*/7 3-9 * * * *", Zone::Utc, FRIDAY);
        for ms in [0, 180_000, 180_001, 179_999, 7, 4_000_000, 180_000] {
            let at = Instant::from_ms(ms);
            assert_eq!(fresh.first_from(at), fresh.clone().first_from(at), "{ms}");
        }
    }

    #[test]
    fn a_slot_is_looked_for_so_far_ahead_and_no_further() {
        // 2024-03-01 and 2096-03-01: the next 29th of February is 1,460 days away, or eight years.
        let next = |epoch: i64| {
            let cron = Cron::new("0 0 29 2 *", Zone::Utc, epoch * 1_000);
            cron.first_from(Instant::START)
        };
        let far = Instant::from_ms(1_460 * 86_400_000);
        assert!(far.ms() <= limits::CRON_DAYS * 86_400_000);
        assert_eq!(next(1_709_251_200), Some(far));
        assert_eq!(next(3_981_398_400), None);
    }

    #[test]
    fn so_many_slots_are_listed_and_one_to_tell_that_there_are_more() {
        let cron = Cron::new("* * * * * *", Zone::Utc, FRIDAY);
        let listed = |seconds: usize| {
            let until = Instant::from_ms(seconds as i64 * 1_000);
            cron.slots_until(until).len()
        };
        assert_eq!(listed(limits::SLOTS), limits::SLOTS);
        assert_eq!(listed(limits::SLOTS + 1), limits::SLOTS + 1);
        assert_eq!(listed(limits::SLOTS + 9), limits::SLOTS + 1);
    }

    // 2026-11-27 00:00:00 UTC, a Friday.
    const FRIDAY: i64 = 1_795_737_600_000;

    fn minutes(cron: &Cron, from: i64, count: usize) -> Vec<i64> {
        let mut slots = Vec::new();
        let mut next = cron.first_from(Instant::from_ms(from));
        while let Some(slot) = next
            && slots.len() < count
        {
            slots.push(slot.ms() / 60_000);
            next = cron.first_after(slot);
        }
        slots
    }

    #[test]
    fn slots_are_counted_from_the_start_of_the_run() {
        let cron = Cron::new("*/5 * * * *", Zone::Utc, FRIDAY);
        assert_eq!(minutes(&cron, 0, 3), [0, 5, 10]);
        assert_eq!(minutes(&cron, 1, 3), [5, 10, 15]);
        assert_eq!(
            cron.first_after(Instant::from_ms(300_000)),
            Some(Instant::from_ms(600_000))
        );
    }

    #[test]
    fn zero_and_seven_are_sunday_and_five_is_friday() {
        for (expression, day) in [
            ("0 0 * * 5", 0),
            ("0 0 * * 0", 2),
            ("0 0 * * 7", 2),
            ("0 0 * * 1-4", 3),
        ] {
            let cron = Cron::new(expression, Zone::Utc, FRIDAY);
            assert_eq!(minutes(&cron, 0, 1), [day * 1_440], "{expression}");
        }
    }

    #[cfg(feature = "zones")]
    #[test]
    fn a_zone_moves_the_slots_and_its_clock_changes_with_the_seasons() {
        let zone = Zone::named("America/New_York").unwrap();
        let cron = Cron::new("0 9 * * *", zone, FRIDAY);
        assert_eq!(minutes(&cron, 0, 2), [14 * 60, 38 * 60]);
        // 2026-03-07 00:00 UTC: the next night the clocks go forward, so this day has 23 hours.
        let spring = Cron::new("0 9 * * *", zone, 1_772_841_600_000);
        assert_eq!(minutes(&spring, 0, 2), [14 * 60, 37 * 60]);
        assert_eq!(Zone::named("Mars/Olympus"), None);
    }

    #[test]
    fn a_list_of_slots_is_the_same_cron() {
        let cron = Cron::new("*/7 3-9 * * * *", Zone::Utc, FRIDAY);
        let until = Instant::from_ms(2 * 3_600_000);
        let listed = Cron::listed("*/7 3-9 * * * *", cron.slots_until(until));
        assert_eq!(listed.fault(), None);
        let mut at = Instant::START;
        while at < Instant::from_ms(3_600_000) {
            assert_eq!(listed.first_from(at), cron.first_from(at), "{at}");
            assert_eq!(listed.first_after(at), cron.first_after(at), "{at}");
            at += Span::from_ms(1_357);
        }
    }

    #[test]
    fn a_slot_is_looked_for_so_many_days_ahead() {
        // The first day of 2028 that is a 29th of February.
        let leap = Cron::new("0 0 29 2 *", Zone::Utc, FRIDAY);
        assert_eq!(minutes(&leap, 0, 1), [459 * 1_440]);
        let days = |days: i64| Instant::from_ms(days * 86_400_000);
        // After 2096-02-29 the next is in 2104, eight years on.
        let after = days(25_296 + 1);
        assert_eq!(leap.first_from(after), None);
        assert!(leap.first_from(days(25_296)).is_some());
    }

    #[test]
    fn an_expression_has_so_many_bytes_and_no_more() {
        let cron = |bytes: usize| {
            let text = "0 0 1 1 *".to_owned() + &" ".repeat(bytes - 9);
            Cron::new(&text, Zone::Utc, 0)
        };
        assert_eq!(cron(limits::CRON_BYTES).fault(), None);
        let long = cron(limits::CRON_BYTES + 1);
        assert_eq!(
            long.fault(),
            Some("a cron expression may have at most 256 bytes, and this has 257")
        );
    }

    #[test]
    fn a_bad_expression_has_no_slots_and_says_why() {
        let cron = Cron::new("every five minutes", Zone::Utc, 0);
        assert_eq!(cron.first_from(Instant::START), None);
        let fields = "a cron has five fields (minute, hour, day, month, weekday), or six with seconds first; this has 3";
        assert_eq!(cron.fault(), Some(fields));
        let seven = Cron::new("0 0 0 * * * 2026", Zone::Utc, 0);
        assert!(
            seven
                .fault()
                .is_some_and(|fault| fault.ends_with("this has 7"))
        );
        assert!(Cron::new("0 99 * * *", Zone::Utc, 0).fault().is_some());
        assert_eq!(Cron::new("@daily", Zone::Utc, 0).fault(), None);
        let never = Cron::new("0 0 30 2 *", Zone::Utc, 0);
        assert_eq!(never.first_from(Instant::START), None);
    }
}
