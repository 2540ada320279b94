//! Chooses the door: the command line natively, the page in the browser.

use accelerando::{
    diagnostic, insight,
    scenario::{self, Parameters, Scenario},
    sim,
};
use std::sync::Arc;

fn main() {
    let scenario = match Scenario::parse(scenario::FLASH_SALE) {
        Ok(s) => Arc::new(s),
        Err(faults) => {
            for f in faults {
                println!(
                    "{}",
                    diagnostic::rendered(&f, "flash-sale.toml", scenario::FLASH_SALE)
                );
            }
            return;
        }
    };
    let mut p = Parameters::new(&scenario);
    for a in std::env::args().skip(1) {
        let (k, v) = a.split_once('=').unwrap();
        if let Err(e) = p.set_text(&scenario, k, v) {
            println!("{e}");
            return;
        }
    }
    let t = std::time::Instant::now();
    let trace = sim::simulate(&scenario, &p).unwrap();
    let el = t.elapsed();
    for (i, e) in trace.endpoints.iter().enumerate() {
        let runs: Vec<String> = trace
            .log
            .runs
            .iter()
            .filter(|r| r.endpoint.index() == i)
            .map(|r| r.start.to_string())
            .collect();
        println!("{} {} {}", e.name, runs.len(), runs.join(" "));
    }
    println!("total {} {:?}", trace.log.runs.len(), el);
    for m in &trace.messages {
        println!("{} {}", m.at, m.text);
    }
    for c in insight::claims(&trace) {
        println!(
            "{} {} | {} | {} {:?}",
            if c.holds { "ok  " } else { "FAIL" },
            c.text,
            c.expected,
            c.actual,
            c.at
        );
    }
    for c in insight::invariants(&trace) {
        println!(
            "{} {} {} {:?}",
            c.holds(),
            c.id,
            c.checked,
            c.violations.iter().take(3).collect::<Vec<_>>()
        );
    }
    println!("{:x}", trace.hash());
}
