//! The story that a scenario tells, chapter by chapter, and the questions at its end.

use super::*;
use crate::scenario::{Chapter, Line, Question};

pub(super) fn chapters(
    file: &mut Table<'_, '_>,
    endpoints: &[Endpoint],
    words: &Words,
) -> Vec<Chapter> {
    let ids: Vec<String> = endpoints.iter().map(|e| e.id.clone()).collect();
    let mut chapters = Vec::new();
    for value in file.limited("chapter", ("chapters", limits::CHAPTERS)) {
        let Some(table) = file.table_of("chapter", value) else {
            continue;
        };
        chapters.extend(file.nested(table, |t| {
            let id = t.needed_name("id", Name::Label)?;
            let known = chapters.iter().map(|chapter: &Chapter| chapter.id.as_str());
            t.unique("chapters", "duplicate_chapter", &id, known);
            let id = id.value;
            let title = t.needed_title("title")?.value;
            let at = t.needed_text("at")?;
            let at = moment_formula(t, &at, words);
            let mut sentences = Vec::new();
            for value in t.array("sentences") {
                if !t.count(Counted::Sentences, 1, place_of(value)) {
                    continue;
                }
                let Some(table) = t.table_of("sentences", value) else {
                    continue;
                };
                sentences.push(t.nested(table, |s| {
                    let text = s.needed_text("text");
                    Line {
                        text: text
                            .map(|text| template(s, &text, &words.plan))
                            .unwrap_or_default(),
                        when: s
                            .text("when")
                            .and_then(|when| condition(s, &when, &words.plan)),
                        look: endpoint_list(s, "look", &ids),
                        at: s.text("at").and_then(|at| moment_formula(s, &at, words)),
                    }
                }));
            }
            Some(Chapter {
                id,
                title,
                at: at?,
                sentences,
            })
        }));
    }
    chapters
}

pub(super) fn questions(file: &mut Table<'_, '_>, words: &Words) -> Vec<Question> {
    let mut questions = Vec::new();
    for value in file.limited("question", ("questions", limits::QUESTIONS)) {
        let Some(table) = file.table_of("question", value) else {
            continue;
        };
        questions.extend(file.nested(table, |t| {
            let text = t.needed_text("text")?.value;
            let hint = t.text("hint").map(|hint| hint.value).unwrap_or_default();
            let holds = t.needed_text("holds")?;
            let holds = condition(t, &holds, &words.plan)?;
            Some(Question { text, hint, holds })
        }));
    }
    questions
}

fn moment_formula(t: &mut Table<'_, '_>, text: &Text, words: &Words) -> Option<Formula> {
    formula(t, text, &words.plan, Some(Kind::Number(Unit::DURATION)))
}
