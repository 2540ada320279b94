//! The report as tables: minute by minute, phase by phase, alerts, recoveries; also as Markdown and CSV.

use super::markup::{Csv, Markdown};
use crate::insight::{cadences, minutes_a_row, phases, run_reason, snapshots, source_words};
use crate::rule::shown_value;
use crate::schedule::{EndpointId, Tier};
use crate::sim::Trace;

/// A table of words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// What it shows.
    pub title: &'static str,
    /// The names of its columns.
    pub head: Vec<String>,
    /// Its rows, each as long as the head.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn new(title: &'static str, head: &[&str], rows: Vec<Vec<String>>) -> Self {
        let head = head.iter().map(|name| (*name).to_owned()).collect();
        Self { title, head, rows }
    }

    /// The table in Markdown, with its title as a heading. What its cells hold is text there, and never a link, a mark or
    /// HTML.
    #[must_use]
    pub fn markdown(&self) -> String {
        self.in_markdown().into_text()
    }

    pub(super) fn in_markdown(&self) -> Markdown {
        let mut out = Markdown::default();
        let line = |out: &mut Markdown, cells: &[String]| {
            out.put("|", &[]);
            for cell in cells {
                out.put(" {} |", &[cell]);
            }
            out.put("\n", &[]);
        };
        out.put("## {}\n\n", &[&self.title]);
        line(&mut out, &self.head);
        out.put("|", &[]);
        for _ in &self.head {
            out.put("---|", &[]);
        }
        out.put("\n", &[]);
        for row in &self.rows {
            line(&mut out, row);
        }
        out
    }

    /// The table as comma-separated values, its head first. A cell that a spreadsheet would take for a formula begins
    /// with an apostrophe.
    #[must_use]
    pub fn csv(&self) -> String {
        let mut csv = Csv::new("\n");
        for row in std::iter::once(&self.head).chain(&self.rows) {
            csv.row(row);
        }
        csv.into_text()
    }
}

/// All tables of the report.
#[must_use]
pub fn tables(trace: &Trace) -> Vec<Table> {
    vec![
        minutes(trace),
        by_phase(trace),
        alerts(trace),
        recoveries(trace),
        every_run(trace),
        every_cadence(trace),
    ]
}

fn name_of(trace: &Trace, id: EndpointId) -> String {
    let endpoint = trace.scenario.endpoints.get(id.index());
    endpoint.map_or(String::new(), |endpoint| endpoint.name.clone())
}

fn minutes(trace: &Trace) -> Table {
    let shown: Vec<_> = trace
        .scenario
        .metrics
        .iter()
        .enumerate()
        .filter(|(_, metric)| !metric.hidden)
        .collect();
    let minute = match minutes_a_row(trace) {
        1 => "min".to_owned(),
        each => format!("min (each row is {each})"),
    };
    let mut head = vec![minute, "phase".to_owned()];
    head.extend(shown.iter().map(|(_, metric)| metric.name.clone()));
    head.extend(["investigating".to_owned(), "runs".to_owned()]);
    let rows = snapshots(trace).into_iter().map(|snapshot| {
        let phase = trace.scenario.phases.get(snapshot.phase);
        let mut row = vec![
            snapshot.minute.to_string(),
            phase.map_or(String::new(), |phase| phase.name.clone()),
        ];
        row.extend(shown.iter().map(|(index, metric)| {
            let value = snapshot.metrics.get(*index).copied();
            shown_value(value.unwrap_or(f64::NAN), metric.shown)
        }));
        let investigating = snapshot.awake.iter().filter(|id| {
            let endpoint = trace.endpoints.get(id.index());
            endpoint.is_some_and(|endpoint| endpoint.tier == Tier::Investigation)
        });
        let names: Vec<String> = investigating.map(|id| name_of(trace, *id)).collect();
        row.extend([names.join(", "), snapshot.runs.to_string()]);
        row
    });
    let rows = rows.collect();
    Table {
        title: "Minute by minute",
        head,
        rows,
    }
}

fn by_phase(trace: &Trace) -> Table {
    let rows = phases(trace).into_iter().map(|phase| {
        let name = trace.scenario.phases.get(phase.phase);
        let mut row = vec![
            name.map_or(String::new(), |phase| phase.name.clone()),
            phase.from.to_string(),
            phase.to.to_string(),
        ];
        row.extend(phase.by_tier.map(|count| count.to_string()));
        row.push(phase.fastest.map_or(String::new(), |gap| gap.to_string()));
        row
    });
    let head = [
        "phase",
        "from",
        "to",
        "health",
        "investigation",
        "recovery",
        "alert",
        "fastest gap",
    ];
    Table::new("Phase by phase", &head, rows.collect())
}

fn alerts(trace: &Trace) -> Table {
    let rows = trace.messages.iter().map(|message| {
        vec![
            message.at.to_string(),
            name_of(trace, message.endpoint),
            message.text.clone(),
            match message.cooldown_until {
                until if until < trace.end() => until.to_string(),
                _ => "after the run".to_owned(),
            },
        ]
    });
    let head = ["at", "who", "message", "cools down until"];
    Table::new("Alerts", &head, rows.collect())
}

fn recoveries(trace: &Trace) -> Table {
    let rows = trace.recoveries.iter().map(|attempt| {
        let outcome = match attempt.works_from {
            _ if !attempt.succeeded => "failed".to_owned(),
            Some(from) => format!("works from {from}"),
            None => "succeeded, worked already".to_owned(),
        };
        vec![
            attempt.at.to_string(),
            name_of(trace, attempt.endpoint),
            outcome,
        ]
    });
    Table::new("Recoveries", &["at", "what", "outcome"], rows.collect())
}

/// What the lanes show.
fn every_run(trace: &Trace) -> Table {
    let rows = trace.log.runs.iter().map(|run| {
        let tier = trace.endpoints.get(run.endpoint.index());
        vec![
            run.start.to_string(),
            tier.map_or(String::new(), |endpoint| endpoint.tier.to_string()),
            name_of(trace, run.endpoint),
            run.source.map_or("", source_words).to_owned(),
            if run.ok { "succeeded" } else { "failed" }.to_owned(),
            run_reason(trace, run),
        ]
    });
    let head = ["at", "tier", "endpoint", "from", "outcome", "why"];
    Table::new("All runs", &head, rows.collect())
}

/// What the cadence chart shows.
fn every_cadence(trace: &Trace) -> Table {
    let checks = (0..)
        .map(EndpointId)
        .zip(&trace.endpoints)
        .filter(|(_, endpoint)| endpoint.tier.is_check());
    let rows = checks.flat_map(|(id, _)| {
        let steps = cadences(trace, id);
        steps.into_iter().map(move |step| {
            vec![
                name_of(trace, id),
                step.from.to_string(),
                step.every
                    .map_or("asleep".to_owned(), |every| every.to_string()),
            ]
        })
    });
    Table::new("Cadence", &["endpoint", "from", "every"], rows.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{FLASH_SALE, Parameters, Scenario};
    use crate::sim::simulate;
    use std::sync::Arc;

    #[test]
    fn every_row_has_a_cell_for_each_column() {
        let scenario = Arc::new(Scenario::parse(FLASH_SALE).expect("it is well-formed"));
        let trace = simulate(&scenario, &Parameters::new(&scenario)).expect("it runs");
        let all = tables(&trace);
        let lengths: Vec<usize> = all.iter().map(|table| table.rows.len()).collect();
        assert_eq!(lengths[..5], [40, 6, 2, 2, 117]);
        for table in &all {
            assert!(table.rows.iter().all(|row| row.len() == table.head.len()));
        }
        let runs: usize = all[0]
            .rows
            .iter()
            .map(|row| row[row.len() - 1].parse::<usize>().expect("a number"))
            .sum();
        assert_eq!(runs, 117);
    }

    #[test]
    fn cells_are_written_so_that_they_can_be_read_again() {
        let table = Table::new(
            "T",
            &["a", "b"],
            vec![vec!["x|y".to_owned(), "1,000 \"ms\"".to_owned()]],
        );
        assert_eq!(table.csv(), "a,b\nx|y,\"1,000 \"\"ms\"\"\"\n");
        assert_eq!(
            table.markdown(),
            "## T\n\n| a | b |\n|---|---|\n| x\\|y | 1,000 \"ms\" |\n"
        );
    }
}
