//! The page as it opens, without a program: the sentence, the figure and the claims as HTML that stands in the page
//! before the simulation is there, and remains where it cannot run.

use super::markup::Html;
use super::parts::html;
use super::{Findings, Part, TERMS};
use crate::sim::Trace;
use crate::time::Instant;

/// The page of a run at the moment at which it opens.
#[must_use]
pub fn still(trace: &Trace, findings: &Findings, cursor: Instant) -> String {
    let drawn = |wanted| html(trace, findings, wanted, cursor);
    let mut out = Html::of(
        "<h1 class=\"summary\">{}</h1><p class=\"terms second\">{}</p>",
        &[&drawn(Part::Sentence), &TERMS],
    );
    out.put(
        "<div class=\"columns\"><section class=\"timeline\" aria-label=\"Timeline\">",
        &[],
    );
    for wanted in [Part::Ruler, Part::Metrics, Part::Timeline, Part::Cadence] {
        out.add(&drawn(wanted));
    }
    out.put(
        "</section><aside class=\"side\" aria-label=\"Claims\">{}</aside></div>",
        &[&drawn(Part::Claims)],
    );
    out.into_text()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{FLASH_SALE, Parameters, Scenario};
    use crate::sim::simulate;
    use std::sync::Arc;

    #[test]
    fn it_holds_sentence_marks_and_claims_and_no_style_that_a_policy_forbids() {
        let scenario = Arc::new(Scenario::parse(FLASH_SALE).expect("it is well-formed"));
        let trace = simulate(&scenario, &Parameters::new(&scenario)).expect("it runs");
        let findings = Findings::of(&trace).expect("it can be compared");
        let html = still(&trace, &findings, Instant::from_ms(1_205_000));
        assert!(html.contains("113 checks") && html.contains("woke"));
        assert_eq!(html.matches("class=\"row lane").count(), 10);
        assert_eq!(html.matches("M0 -6l6 6-6 6-6-6z").count(), 4, "actions");
        assert_eq!(html.matches("<tr><th scope=\"row\">✓").count(), 20);
        assert!(!html.contains("style="));
        assert!(html.len() < 60_000, "{}", html.len());
    }
}
