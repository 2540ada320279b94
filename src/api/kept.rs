//! The last scenarios and runs, so that several questions about one run do not make it several times.
//!
//! Invariant: never more than [`MOST`] of each, and no run of more than [`LARGE`] starts, whatever is asked for and
//! however often.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use wasm_bindgen::JsValue;

use super::fault::simulation_error;
use super::recipe::{self, Recipe};
use crate::export::Findings;
use crate::scenario::Scenario;
use crate::sim::Trace;

/// How many scenarios and how many runs are kept.
const MOST: usize = 2;
/// The most starts of a run that is kept.
const LARGE: usize = 50_000;

/// A run, and what is said about it once somebody has asked.
pub struct Made {
    pub trace: Trace,
    findings: OnceCell<Findings>,
}

impl Made {
    /// A run of which nothing has been said yet.
    pub fn new(trace: Trace) -> Rc<Self> {
        Rc::new(Self {
            trace,
            findings: OnceCell::new(),
        })
    }

    /// What is said about it.
    pub fn findings(&self) -> Result<&Findings, JsValue> {
        if let Some(found) = self.findings.get() {
            return Ok(found);
        }
        let found = Findings::of(&self.trace).map_err(|fault| simulation_error(&fault))?;
        Ok(self.findings.get_or_init(|| found))
    }
}

thread_local! {
    static SCENARIOS: RefCell<Vec<(String, Arc<Scenario>)>> = const { RefCell::new(Vec::new()) };
    static RUNS: RefCell<Vec<(Recipe, Rc<Made>)>> = const { RefCell::new(Vec::new()) };
}

fn found<K: PartialEq<Q>, Q: ?Sized, T: Clone>(kept: &RefCell<Vec<(K, T)>>, key: &Q) -> Option<T> {
    let kept = kept.borrow();
    kept.iter()
        .find(|(known, _)| known == key)
        .map(|(_, value)| value.clone())
}

fn keep<K, T>(kept: &RefCell<Vec<(K, T)>>, key: K, value: T) {
    let mut kept = kept.borrow_mut();
    if kept.len() >= MOST {
        kept.remove(0);
    }
    kept.push((key, value));
}

/// The scenario of that text.
pub fn scenario(toml: &str) -> Result<Arc<Scenario>, JsValue> {
    if let Some(scenario) = SCENARIOS.with(|kept| found(kept, toml)) {
        return Ok(scenario);
    }
    let scenario = recipe::parsed(toml)?;
    SCENARIOS.with(|kept| keep(kept, toml.to_owned(), scenario.clone()));
    Ok(scenario)
}

/// Keeps a run for as long as it is among the last.
pub fn run(recipe: &Recipe, made: &Rc<Made>) {
    if made.trace.log.runs.len() <= LARGE && RUNS.with(|kept| found(kept, recipe)).is_none() {
        RUNS.with(|kept| keep(kept, recipe.clone(), made.clone()));
    }
}

/// The run of a recipe: the one that is kept, or made again.
pub fn made(recipe: &Recipe) -> Result<Rc<Made>, JsValue> {
    if let Some(made) = RUNS.with(|kept| found(kept, recipe)) {
        return Ok(made);
    }
    let scenario = scenario(recipe::toml(&recipe.scenario)?)?;
    let made = Made::new(recipe.made(&scenario)?);
    run(recipe, &made);
    Ok(made)
}
