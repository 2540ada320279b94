//! What a call came to, in words: refused, moved by a clamp, without effect on somebody asleep, overtaken by another.

use crate::schedule::{Baseline, CallId, Candidate, HintEnd, PauseEnd, Tool};
use crate::sim::Trace;

/// What a call came to.
#[must_use]
pub fn answer(trace: &Trace, id: CallId) -> String {
    let Some(call) = trace.log.call(id) else {
        return String::new();
    };
    if let Some(refusal) = call.refused {
        return format!("Refused: {refusal}.");
    }
    let plan = trace.planned_at(call.endpoint, call.at);
    let definition = trace.endpoints.get(call.endpoint.index());
    let (Some(plan), Some(definition)) = (plan, definition) else {
        return "Accepted.".to_owned();
    };
    let mut words = String::from("Accepted.");
    if plan.pause.is_some() {
        words.push_str(match call.tool {
            Tool::PauseUntil(Some(PauseEnd::At(_))) => " It starts nothing until then.",
            Tool::PauseUntil(_) => " It starts nothing until it is woken.",
            _ => " But it is asleep or paused, so nothing follows: wake it first.",
        });
        return words;
    }
    if let Tool::ProposeInterval { every, .. } = call.tool {
        let raised = definition.min.max(definition.cooldown);
        let lowered = definition.max.max(definition.cooldown);
        if every < raised {
            let by = match definition.cooldown > definition.min {
                true => "cooldown",
                false => "smallest gap",
            };
            words.push_str(&format!(" Raised to {raised} by its {by}."));
        } else if every > lowered {
            words.push_str(&format!(" Lowered to {lowered} by its largest gap."));
        }
    }
    match (plan.at, plan.winner()) {
        (Some(next), Some(winner)) => {
            let hint = matches!(
                call.tool,
                Tool::ProposeInterval { .. } | Tool::ProposeNextTime { .. }
            );
            words.push_str(&match hint && winner.call != Some(id) {
                true => format!(
                    " But {} comes first: next run at {next}.",
                    winner_words(trace, winner)
                ),
                false => format!(" Next run at {next}."),
            });
        }
        _ if plan.running => {}
        _ if matches!(definition.baseline, Baseline::None) => {
            words.push_str(" It has no schedule of its own: ask for a run, too.");
        }
        _ => {}
    }
    let mut endings = trace.log.endings.iter();
    let runs = plan.winner().is_some_and(|winner| winner.call == Some(id));
    if let Some((at, HintEnd::Replaced(by))) = endings
        .find(|ending| runs && ending.call == id)
        .map(|ending| (ending.at, ending.how))
    {
        let reason = trace.log.call(by).map_or("", |call| call.reason);
        words.push_str(&format!(" At {at} another took its place: {reason}."));
    }
    words
}

/// Whose the run is that is planned.
fn winner_words(trace: &Trace, winner: &Candidate) -> String {
    match winner.call.and_then(|call| trace.log.call(call)) {
        Some(call) => format!("another call ({})", call.reason),
        None => "its own schedule".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::insight::tests::run;
    use crate::sim::{Engine, Intervention};
    use crate::time::{Instant, Span};

    /// What the one call of this trace by hand came to.
    fn answered(endpoint: &str, at: i64, tool: Tool) -> String {
        let scenario = run(&[]).scenario;
        let by_hand = Intervention {
            at: Instant::from_ms(at * 1_000),
            endpoint: scenario.endpoint(endpoint).expect("it exists"),
            tool,
            reason: Arc::from("by hand"),
        };
        let parameters = crate::scenario::Parameters::new(&scenario);
        let trace = Engine::new(&scenario, &parameters, vec![by_hand])
            .and_then(Engine::finished)
            .expect("it runs");
        let (id, _) = trace
            .log
            .all_calls()
            .find(|(id, _)| trace.cause(*id) == Some(crate::sim::Cause::Intervention(0)))
            .expect("it was made");
        answer(&trace, id)
    }

    fn every(secs: i64) -> Tool {
        Tool::ProposeInterval {
            every: Span::from_secs(secs),
            ttl: Span::from_mins(5),
        }
    }

    #[test]
    fn a_call_says_what_it_came_to() {
        let cases = [
            (
                "traffic_monitor",
                1_205,
                every(5),
                "Accepted. Raised to 20 s by its smallest gap. Next run at 20:20. \
                 At 20:20 another took its place: a surge of 6,000/min visitors.",
            ),
            // At the very moment of a run: after it, so that the rules do not take its place at once.
            (
                "traffic_monitor",
                1_200,
                every(20),
                "Accepted. Next run at 20:20. At 20:20 another took its place: a surge of 6,000/min visitors.",
            ),
            (
                "traffic_monitor",
                1_205,
                every(20),
                "Accepted. Next run at 20:20. At 20:20 another took its place: a surge of 6,000/min visitors.",
            ),
            (
                "traffic_monitor",
                10,
                every(3_600),
                "Accepted. Lowered to 15 min by its largest gap. But its own schedule comes first: next run at 5:00.",
            ),
            (
                "emergency_oncall_page",
                1_205,
                every(60),
                "Accepted. But it is asleep or paused, so nothing follows: wake it first.",
            ),
            (
                "emergency_oncall_page",
                1_205,
                Tool::PauseUntil(None),
                "Accepted. It has no schedule of its own: ask for a run, too.",
            ),
            (
                "traffic_monitor",
                1_205,
                Tool::PauseUntil(Some(PauseEnd::Forever)),
                "Accepted. It starts nothing until it is woken.",
            ),
        ];
        for (endpoint, at, tool, words) in cases {
            assert_eq!(answered(endpoint, at, tool), words, "{endpoint} {at}");
        }
        let once = Tool::ProposeNextTime {
            at: Instant::from_ms(1_210_000),
            ttl: Span::from_mins(2),
        };
        assert_eq!(
            answered("scale_checkout_workers", 1_205, once),
            "Refused: still cooling down until 33:20."
        );
    }
}
