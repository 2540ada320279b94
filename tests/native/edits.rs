//! Whatever is done to a session can be undone, redone, and done again from its written commands.

use std::sync::Arc;

use accelerando::scenario::{Form, Scenario};
use accelerando::session::{Call, Command, Session, Setup, Wish};
use accelerando::sim::Engine;
use accelerando::time::Instant;
use proptest::prelude::*;

use crate::settings::flash_sale;

/// How many edits are made: fewer than can be undone.
const EDITS: usize = 200;

/// An edit as it is drawn: the numbers are fitted to what there is when it is made.
#[derive(Clone, Debug)]
enum Edit {
    /// Which parameter, and where in its range.
    Set(usize, f64),
    Do(Command),
}

fn wish() -> impl Strategy<Value = Wish> {
    // Calls that are refused are part of a run too.
    let length = -5_000..900_000_i64;
    prop_oneof![
        (length.clone(), length.clone())
            .prop_map(|(every_ms, ttl_ms)| Wish::Interval { every_ms, ttl_ms }),
        (length.clone(), length.clone()).prop_map(|(in_ms, ttl_ms)| Wish::Once { in_ms, ttl_ms }),
        proptest::option::of(length).prop_map(|for_ms| Wish::Pause { for_ms }),
        Just(Wish::Wake),
        Just(Wish::Clear),
    ]
}

/// A call by hand; now and then before or after the run, or on an endpoint that does not exist.
fn call() -> impl Strategy<Value = Call> {
    (-60_000..2_460_000_i64, 0..=10_u32, wish()).prop_map(|(at_ms, endpoint, wish)| Call {
        at_ms,
        endpoint,
        wish,
    })
}

fn edit() -> impl Strategy<Value = Edit> {
    let numbers = 0..4_usize;
    let set = |parameters: std::ops::Range<usize>| {
        (parameters, 0.0..=1.0_f64).prop_map(|(parameter, share)| Edit::Set(parameter, share))
    };
    prop_oneof![
        6 => set(0..usize::MAX),
        // Several in a row on one parameter are a drag.
        6 => set(0..2),
        3 => Just(Edit::Do(Command::Settle)),
        6 => call().prop_map(|call| Edit::Do(Command::Intervene { call })),
        3 => (numbers.clone(), call())
            .prop_map(|(index, call)| Edit::Do(Command::Amend { index, call })),
        3 => numbers.prop_map(|index| Edit::Do(Command::Withdraw { index })),
        1 => Just(Edit::Do(Command::ResetAll)),
        1 => Just(Edit::Do(Command::Keep)),
        6 => Just(Edit::Do(Command::Undo)),
        4 => Just(Edit::Do(Command::Redo)),
    ]
}

fn command(scenario: &Scenario, edit: &Edit) -> Command {
    match edit {
        Edit::Do(command) => command.clone(),
        Edit::Set(number, share) => {
            let index = number % scenario.parameters.len();
            let parameter = &scenario.parameters[index];
            let value = parameter.from + (parameter.to - parameter.from) * share;
            let value = match parameter.form {
                Form::Number(_) => value,
                Form::Truth | Form::Whole => value.round(),
            };
            Command::Set {
                parameter: index,
                value: value.clamp(parameter.from, parameter.to),
            }
        }
    }
}

fn new_session(scenario: &Scenario) -> Session {
    Session::new(scenario, Instant::START)
}

/// The session after all commands. One that cannot be done, such as a smallest gap over the largest, is left out.
fn after(scenario: &Scenario, commands: &[Command]) -> Session {
    let mut session = new_session(scenario);
    for command in commands {
        let before = session.clone();
        if session.apply(scenario, command).is_err() {
            assert_eq!(
                session, before,
                "{command:?} was refused and changed something"
            );
        }
    }
    session
}

/// The hash of the run of a setup; whatever can be set and called can be run.
fn trace(scenario: &Arc<Scenario>, setup: &Setup) -> u64 {
    Engine::new(scenario, &setup.parameters, setup.interventions())
        .and_then(Engine::finished)
        .map(|trace| trace.hash())
        .unwrap_or_else(|error| panic!("{error}: {setup:?}"))
}

/// Does a command as long as it can be done; says how often.
fn repeat(
    scenario: &Scenario,
    session: &mut Session,
    command: &Command,
    can: fn(&Session) -> bool,
) -> usize {
    let mut times = 0;
    while can(session) {
        session.apply(scenario, command).expect("always");
        times += 1;
    }
    times
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn everything_can_be_undone_redone_and_done_again(
        edits in prop::collection::vec(edit(), EDITS)
    ) {
        let scenario = flash_sale();
        let commands: Vec<Command> = edits.iter().map(|edit| command(&scenario, edit)).collect();
        let mut session = after(&scenario, &commands);
        let end = session.clone();
        let end_trace = trace(&scenario, &end.view.setup);

        let written = serde_json::to_string(&commands).expect("commands can be written");
        let read: Vec<Command> = serde_json::from_str(&written).expect("they can be read");
        let again = after(&scenario, &read);
        prop_assert_eq!(&again, &end);
        prop_assert_eq!(trace(&scenario, &again.view.setup), end_trace);

        let undone = repeat(&scenario, &mut session, &Command::Undo, Session::can_undo);
        let defaults = Setup::new(&scenario);
        prop_assert_eq!(&session.view.setup, &defaults);
        prop_assert_eq!(trace(&scenario, &session.view.setup), trace(&scenario, &defaults));

        for _ in 0..undone {
            session.apply(&scenario, &Command::Redo).expect("always");
        }
        prop_assert_eq!(&session.view.setup, &end.view.setup);
        prop_assert_eq!(trace(&scenario, &session.view.setup), end_trace);

        // What had been taken back before is still there to be made again, and all of it can be undone.
        let redone = repeat(&scenario, &mut session, &Command::Redo, Session::can_redo);
        let all = repeat(&scenario, &mut session, &Command::Undo, Session::can_undo);
        prop_assert_eq!(all, undone + redone);
        prop_assert_eq!(&session.view.setup, &defaults);
    }
}
