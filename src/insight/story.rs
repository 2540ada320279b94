//! The story that a scenario tells, with the numbers of a run in it.

use super::past::Past;
use crate::rule::Formula;
use crate::scenario::{Chapter, Line};
use crate::schedule::EndpointId;
use crate::sim::Trace;
use crate::time::Instant;

/// A chapter as it reads for a run.
#[derive(Clone, Debug, PartialEq)]
pub struct ChapterTold {
    /// The name that links use.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The moment to look at; nothing if what it is about did not happen in this run.
    pub at: Option<Instant>,
    /// Its sentences.
    pub sentences: Vec<SentenceTold>,
}

/// A sentence as it reads for a run.
#[derive(Clone, Debug, PartialEq)]
pub struct SentenceTold {
    /// The words.
    pub text: String,
    /// Whom they speak of.
    pub look: Vec<EndpointId>,
    /// When.
    pub at: Option<Instant>,
}

/// All chapters of a run's scenario.
#[must_use]
pub fn chapters(trace: &Trace) -> Vec<ChapterTold> {
    let each = trace.scenario.chapters.iter();
    each.map(|chapter| told(chapter, trace)).collect()
}

/// One chapter of a run's scenario.
#[must_use]
pub fn told(chapter: &Chapter, trace: &Trace) -> ChapterTold {
    let past = Past::at(trace, trace.end());
    let sentence = |sentence: &Line| SentenceTold {
        text: sentence.text.text(&past),
        look: sentence.look.clone(),
        at: sentence.at.as_ref().and_then(|at| moment(at, &past)),
    };
    let is_so = |sentence: &&Line| {
        let when = sentence.when.as_ref();
        when.is_none_or(|when| {
            let mut memory = when.memory();
            when.check(&past, past.instant(), &mut memory).holds
        })
    };
    let sentences = chapter.sentences.iter().filter(is_so);
    ChapterTold {
        id: chapter.id.clone(),
        title: chapter.title.clone(),
        at: moment(&chapter.at, &past),
        sentences: sentences.map(sentence).collect(),
    }
}

/// From when on a chapter is what goes on: the phase of its title, or else its moment.
#[must_use]
pub fn begins(chapter: &Chapter, trace: &Trace) -> Option<Instant> {
    let mut phases = trace.scenario.phases.iter();
    let phase = phases.find(|phase| phase.name == chapter.title);
    let own = || moment(&chapter.at, &Past::at(trace, trace.end()));
    phase.map(|phase| phase.from).or_else(own)
}

fn moment(formula: &Formula, past: &Past<'_>) -> Option<Instant> {
    let ms = formula.value(past);
    ms.is_finite().then(|| Instant::from_ms(ms as i64))
}

/// For each question of a run's scenario, whether the run answers it.
#[must_use]
pub fn answered(trace: &Trace) -> Vec<bool> {
    let past = Past::at(trace, trace.end());
    let answers = |question: &crate::scenario::Question| {
        let mut memory = question.holds.memory();
        question
            .holds
            .check(&past, past.instant(), &mut memory)
            .holds
    };
    trace.scenario.questions.iter().map(answers).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insight::tests::run;

    #[test]
    fn every_phase_has_its_chapter_with_numbers_of_the_run() {
        let trace = run(&[]);
        let told = chapters(&trace);
        assert_eq!(told.len(), trace.scenario.phases.len());
        let from = trace
            .scenario
            .chapters
            .iter()
            .map(|chapter| begins(chapter, &trace));
        assert!(from.eq(trace.scenario.phases.iter().map(|phase| Some(phase.from))));
        for (chapter, phase) in told.iter().zip(&trace.scenario.phases) {
            assert_eq!(chapter.title, phase.name);
            assert!(
                chapter.at.is_some_and(|at| at >= phase.from),
                "{}",
                chapter.id
            );
            for sentence in &chapter.sentences {
                assert!(!sentence.text.contains("unknown"), "{}", sentence.text);
            }
        }
        assert!(told[1].sentences.iter().any(|s| s.text.contains("5×")));
    }

    #[test]
    fn of_every_run_something_is_told_and_nothing_that_is_not_known() {
        for traffic in ["0", "0.2", "0.6", "1", "2", "5"] {
            for fails in ["false", "true"] {
                let trace = run(&[("traffic", traffic), ("cache_warm_up.fails", fails)]);
                for chapter in chapters(&trace) {
                    assert!(!chapter.sentences.is_empty(), "{traffic}: {}", chapter.id);
                    for sentence in &chapter.sentences {
                        let odd = ["unknown", "NaN", "no time"];
                        let found = odd.iter().any(|odd| sentence.text.contains(odd));
                        assert!(!found, "{traffic}: {}", sentence.text);
                    }
                }
            }
        }
    }

    #[test]
    fn the_questions_are_open_at_the_defaults_and_each_can_be_answered() {
        assert_eq!(answered(&run(&[])), [false, false, false]);
        assert_eq!(answered(&run(&[("traffic", "2")])), [true, false, false]);
        assert_eq!(
            answered(&run(&[("scale_checkout_workers.delay", "1min")])),
            [false, true, false]
        );
        // Whoever keeps visitors out has not kept them.
        assert_eq!(answered(&run(&[("traffic", "0.8")])), [false, false, false]);
        let rarely = [
            ("tight.traffic", "2min"),
            ("tight.orders", "3min"),
            ("tight.investigation", "10min"),
        ];
        assert!(answered(&run(&rarely))[2]);
    }
}
