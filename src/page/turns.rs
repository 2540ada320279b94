//! Long work done a few milliseconds at a time, so that input is never kept waiting.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;

/// For how long input may be kept waiting, in milliseconds.
const SLICE: f64 = 4.0;

/// One piece of work that is done in turns; a new one takes the place of the one before.
#[derive(Clone, Copy)]
pub struct Turns(StoredValue<Option<Timeout>, LocalStorage>);

impl Turns {
    /// Nothing to do yet; what is begun ends with the present owner.
    pub fn new() -> Self {
        Self(StoredValue::new_local(None))
    }

    /// Stops what is being done.
    pub fn stop(self) {
        // Dropping the timer stops it.
        let _ = self.0.try_set_value(None);
    }

    /// Takes `step` again and again until it says that nothing is left, beginning after so many milliseconds.
    pub fn start(self, after: u32, step: impl FnMut() -> bool + 'static) {
        self.next(after, Box::new(step));
    }

    fn next(self, after: u32, step: Box<dyn FnMut() -> bool>) {
        let turn = Timeout::new(after, move || self.turn(step));
        let _ = self.0.try_set_value(Some(turn));
    }

    fn turn(self, mut step: Box<dyn FnMut() -> bool>) {
        // Without a clock, a turn is one step.
        let now = || {
            let clock = window().performance();
            clock.map_or(f64::NAN, |clock| clock.now())
        };
        let begun = now();
        let mut done = 0.0;
        while step() {
            done += 1.0;
            // One more like those so far must fit as well.
            let fits = (now() - begun) * (done + 1.0) / done <= SLICE;
            if !fits {
                return self.next(0, step);
            }
        }
    }
}
