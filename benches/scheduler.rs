//! How fast the scheduler is: one table, each figure beside its target. `make bench`, or `cargo bench`.
//!
//! Ratios only, since machines differ: every system runs in its own process pinned to one core, at least seven
//! rounds, the order reversed each round; a figure is the median of the rounds' ratios, with lowest and highest.
//! Rounds are repeated when the measure of all others (A, a standard heap) itself spreads over 1.5 times.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a bench may end with a panic, and has no readers of its documentation"
)]

use std::path::Path;
use std::process::Command;
use std::time::Instant as Clock;

#[path = "peers/calendar.rs"]
mod calendar;
mod cases;
#[path = "peers/heap.rs"]
mod heap;
mod parts;
#[path = "peers/rules.rs"]
mod rules;
mod work;

use work::{Proof, Work};

/// What one process measured.
#[derive(Clone, Copy, Debug)]
struct Figure {
    proof: Proof,
    /// Nanoseconds an event, first pass.
    cold: f64,
    /// Nanoseconds an event, median of the later passes.
    warm: f64,
}

/// Everything that is compared; its name is what the worker is called with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum System {
    Heap,
    Calendar,
    Core,
    CoreFull,
    /// The product's queue, its governor and its log, each by itself.
    Queue,
    Plan,
    Log,
    /// What a call that changes a plan early is made of, each by itself.
    CallPart(parts::CallPart),
    CoreWasm,
    TypedJs,
    ObjectsJs,
    /// Calls that change a plan early; nanoseconds a call.
    Call(cases::Case),
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == "worker") {
        work_alone(&arguments[1..]);
    } else {
        let number = |name: &str| {
            let place = arguments.iter().position(|argument| argument == name)?;
            arguments.get(place + 1)?.parse().ok()
        };
        compare(
            number("--rounds").unwrap_or(7),
            arguments.iter().any(|argument| argument == "--million"),
        );
    }
}

// The side that measures.

fn work_alone(arguments: &[String]) {
    let [system, n, minutes, spread] = arguments else {
        panic!("worker SYSTEM N MINUTES SPREAD");
    };
    let work = Work {
        n: n.parse().unwrap(),
        minutes: minutes.parse().unwrap(),
        spread: spread == "1",
    };
    let calls = work.calls();
    let figure = match system.as_str() {
        "heap" => measure(|| heap::ready(&work), |heap| heap::run(heap, &work)),
        "calendar" => measure(
            || calendar::ready(&work),
            |calendar| calendar::run(calendar, &work),
        ),
        "core" => measure(
            || work.scheduler(),
            |core| work::run_product(core, &work, &calls, None),
        ),
        "core-full" => measure(
            || (work.scheduler(), Vec::new()),
            |(core, full)| work::run_product(core, &work, &calls, Some(full)),
        ),
        "queue" => measure(
            || parts::queue(&work),
            |calendar| parts::run_queue(calendar, &work),
        ),
        "plan" => {
            let runs = parts::runs(&work);
            measure(|| (), |()| parts::plan(&runs, &work))
        }
        "log" => {
            let runs = parts::runs(&work);
            measure(|| (), |()| parts::log(&runs))
        }
        name => match parts::CallPart::named(name) {
            Some(part) => measure(|| part.ready(&work), |ready| part.run(ready, &work)),
            None => cases::measure(cases::Case::named(name).unwrap(), &work),
        },
    };
    println!(
        "{} {} {:.2} {:.2}",
        figure.proof.events, figure.proof.order, figure.cold, figure.warm
    );
}

/// One pass cold, then passes up to a million events; `ready` is never on the clock.
fn measure<S>(mut ready: impl FnMut() -> S, mut pass: impl FnMut(&mut S) -> Proof) -> Figure {
    let mut once = || {
        let mut state = ready();
        let from = Clock::now();
        let proof = pass(&mut state);
        (from.elapsed().as_nanos() as f64, proof)
    };
    let (cold, proof) = once();
    let events = f64::from(proof.events);
    let each = (100_000.0 / events).ceil().max(1.0);
    let mut chunks = Vec::new();
    let mut total = 0.0;
    while total < 1_000_000.0 || chunks.len() < 3 {
        let mut took = 0.0;
        for _ in 0..each as u32 {
            let (again, same) = once();
            assert_eq!(proof, same, "not the same work twice");
            took += again;
        }
        chunks.push(took / (each * events));
        total += each * events;
    }
    Figure {
        proof,
        cold: cold / events,
        warm: median(&mut chunks),
    }
}

fn median(figures: &mut [f64]) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

// The side that compares.

impl System {
    fn command(self) -> Command {
        let worker = |name: &str| {
            let mut command = pinned(std::env::current_exe().unwrap());
            command.args(["worker", name]);
            command
        };
        let node = |file: &str| {
            let mut command = pinned("node");
            command
                .arg("--max-old-space-size=4096")
                .arg(benches().join(file));
            command
        };
        match self {
            Self::Heap => worker("heap"),
            Self::Calendar => worker("calendar"),
            Self::Core => worker("core"),
            Self::CoreFull => worker("core-full"),
            Self::Queue => worker("queue"),
            Self::Plan => worker("plan"),
            Self::Log => worker("log"),
            Self::CallPart(part) => worker(part.name()),
            Self::CoreWasm => node("wasm.mjs"),
            Self::TypedJs => node("peers/typed.mjs"),
            Self::ObjectsJs => node("peers/objects.mjs"),
            Self::Call(case) => worker(case.name()),
        }
    }

    fn measure(self, work: &Work) -> Option<Figure> {
        let output = self
            .command()
            .args([
                work.n.to_string(),
                work.minutes.to_string(),
                u8::from(work.spread).to_string(),
            ])
            .output()
            .ok()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let mut fields = text.split_whitespace();
        let figure = (|| {
            Some(Figure {
                proof: Proof {
                    events: fields.next()?.parse().ok()?,
                    order: fields.next()?.parse().ok()?,
                },
                cold: fields.next()?.parse().ok()?,
                warm: fields.next()?.parse().ok()?,
            })
        })();
        if figure.is_none() {
            eprintln!("{self:?}: {}", String::from_utf8_lossy(&output.stderr));
        }
        figure
    }
}

/// The last core: the first is where most of the system's own work lands.
fn core_number() -> usize {
    std::thread::available_parallelism().map_or(0, |cores| cores.get() - 1)
}

/// All rounds of one load: for each system, its figures in the order of the rounds.
struct Rounds {
    work: Work,
    systems: Vec<System>,
    figures: Vec<Vec<Figure>>,
}

impl Rounds {
    fn run(work: Work, systems: &[System], rounds: usize) -> Self {
        for attempt in 1.. {
            let mut figures = vec![Vec::new(); systems.len()];
            for round in 0..rounds {
                let mut order: Vec<usize> = (0..systems.len()).collect();
                if round % 2 == 1 {
                    order.reverse();
                }
                for place in order {
                    figures[place].extend(systems[place].measure(&work));
                }
            }
            let all = Self {
                work,
                systems: systems.to_vec(),
                figures,
            };
            all.assert_same_work();
            let (low, _, high) = range(all.warm(System::Heap));
            if high / low <= 1.5 || attempt == 3 {
                if high / low > 1.5 {
                    println!(
                        "  (A spread {:.2} times over at {}: take these with care)",
                        high / low,
                        work.n
                    );
                }
                return all;
            }
            eprintln!(
                "  (A spread {:.2} times over at {}: once more)",
                high / low,
                work.n
            );
        }
        unreachable!("it gives up after three attempts")
    }

    fn assert_same_work(&self) {
        let proofs: Vec<(System, Proof)> = self
            .systems
            .iter()
            .zip(&self.figures)
            .filter(|(system, _)| !matches!(system, System::Call(_) | System::CallPart(_)))
            .flat_map(|(system, figures)| figures.iter().map(|figure| (*system, figure.proof)))
            .collect();
        for pair in proofs.windows(2) {
            assert_eq!(
                pair[0].1, pair[1].1,
                "{:?} and {:?} differ at {:?}",
                pair[0].0, pair[1].0, self.work
            );
        }
    }

    fn of(&self, system: System) -> &[Figure] {
        let place = self.systems.iter().position(|other| *other == system);
        place.map_or(&[], |place| &self.figures[place])
    }

    fn warm(&self, system: System) -> Vec<f64> {
        self.of(system).iter().map(|figure| figure.warm).collect()
    }

    fn cold(&self, system: System) -> Vec<f64> {
        self.of(system).iter().map(|figure| figure.cold).collect()
    }

    fn ratio(&self, system: System, against: System) -> Vec<f64> {
        let (of, to) = (self.warm(system), self.warm(against));
        of.iter().zip(&to).map(|(of, to)| of / to).collect()
    }
}

/// Lowest, median, highest.
fn range(mut figures: Vec<f64>) -> (f64, f64, f64) {
    if figures.is_empty() {
        return (f64::NAN, f64::NAN, f64::NAN);
    }
    let middle = median(&mut figures);
    (figures[0], middle, figures[figures.len() - 1])
}

/// Which way a target lies.
#[derive(Clone, Copy)]
enum Target {
    AtMost(f64),
    AtLeast(f64),
    None,
}

fn line(what: &str, figures: Vec<f64>, target: Target, note: &str) {
    let (low, middle, high) = range(figures);
    let (wanted, verdict) = match target {
        Target::AtMost(most) => (
            format!("<= {most}"),
            if middle <= most { "ok" } else { "SHORT" },
        ),
        Target::AtLeast(least) => (
            format!(">= {least}"),
            if middle >= least { "ok" } else { "SHORT" },
        ),
        Target::None => (String::new(), ""),
    };
    println!("{what:<46} {wanted:>8} {middle:>8.2}  {low:>6.2} .. {high:<7.2} {verdict:<6}{note}");
}

fn compare(rounds: usize, million: bool) {
    println!(
        "{:<46} {:>8} {:>8}  {:>17}",
        "ratio of time an event", "target", "median", "lowest .. highest"
    );
    let sizes: &[u32] = if million {
        &[10, 1_000, 10_000, 100_000, 1_000_000]
    } else {
        &[10, 1_000, 10_000, 100_000]
    };
    for spread in [false, true] {
        println!(
            "-- {}",
            if spread {
                "each endpoint at its own milliseconds"
            } else {
                "all endpoints in step"
            }
        );
        let mut medians = Vec::new();
        for &n in sizes {
            let minutes = if n >= 100_000 { 10 } else { 40 };
            let warm = at_size(Work { n, minutes, spread }, rounds);
            medians.push((n, warm));
        }
        growth(rounds, spread, million);
    }
    flash_sale_in_wasm(rounds);
}

/// All comparisons at one size; gives the core's time an event.
fn at_size(work: Work, rounds: usize) -> f64 {
    let systems = [
        System::Heap,
        System::Calendar,
        System::Core,
        System::CoreWasm,
        System::TypedJs,
        System::ObjectsJs,
        System::CoreFull,
        System::Call(cases::Case::Nudge),
        System::Call(cases::Case::Pause),
        System::Call(cases::Case::Wake),
        System::Call(cases::Case::Clear),
    ];
    // Full records of a hundred thousand endpoints and more do not fit everywhere, and prove nothing new.
    let systems: Vec<System> = systems
        .into_iter()
        .filter(|system| {
            work.n < 100_000 || !matches!(system, System::CoreFull | System::ObjectsJs)
        })
        .collect();
    let all = Rounds::run(work, &systems, rounds);
    let n = work.n;
    let against_a = match n {
        10 => 2.5,
        1_000 => 0.8,
        10_000 => 0.7,
        100_000 => 1.0,
        _ => 0.3,
    };
    let (_, a, _) = range(all.warm(System::Heap));
    let (_, core, _) = range(all.warm(System::Core));
    let (_, cold, _) = range(all.cold(System::Core));
    let note = format!("A {a:.1} ns, core {core:.1} ns, cold {cold:.1} ns");
    line(
        &format!("core against A, {n}"),
        all.ratio(System::Core, System::Heap),
        Target::AtMost(against_a),
        &note,
    );
    if range(all.ratio(System::Core, System::Heap)).1 > against_a {
        profile(work, rounds);
    }
    line(
        &format!("bare calendar against A, {n}"),
        all.ratio(System::Calendar, System::Heap),
        Target::None,
        "",
    );
    line(
        &format!("wasm against native, {n}"),
        all.ratio(System::CoreWasm, System::Core),
        Target::AtMost(2.0),
        "",
    );
    line(
        &format!("typed-array JavaScript against A, {n}"),
        all.ratio(System::TypedJs, System::Heap),
        Target::None,
        "",
    );
    if systems.contains(&System::ObjectsJs) {
        let target = Target::AtLeast(if n == 10 { 2.0 } else { 10.0 });
        line(
            &format!("plain JavaScript against wasm, {n}"),
            all.ratio(System::ObjectsJs, System::CoreWasm),
            target,
            "",
        );
        line(
            &format!("full decision records against none, {n}"),
            all.ratio(System::CoreFull, System::Core),
            Target::AtMost(2.2),
            "",
        );
    }
    let mut short = false;
    for case in [
        cases::Case::Nudge,
        cases::Case::Pause,
        cases::Case::Wake,
        cases::Case::Clear,
    ] {
        let (_, call, _) = range(all.warm(System::Call(case)));
        let ratio = all.ratio(System::Call(case), System::Core);
        short |= range(ratio.clone()).1 > 1.0;
        line(
            &format!("{} against a run, {n}", case.name()),
            ratio,
            Target::AtMost(1.0),
            &format!("{call:.1} ns"),
        );
    }
    if short {
        call_profile(work, rounds);
    }
    core
}

/// Where the time of a call that changes a plan early goes, part by part.
fn call_profile(work: Work, rounds: usize) {
    let parts = parts::CallPart::ALL.map(System::CallPart);
    let systems: Vec<System> = std::iter::once(System::Heap).chain(parts).collect();
    let all = Rounds::run(work, &systems, rounds.min(3));
    let shares = parts::CallPart::ALL.map(|part| {
        format!(
            "{} {:.1}",
            part.words(),
            range(all.warm(System::CallPart(part))).1
        )
    });
    println!("    of a nudge, in ns: {}", shares.join(", "));
}

/// Where the time of a run goes, part by part.
fn profile(work: Work, rounds: usize) {
    let parts = [
        System::Heap,
        System::Core,
        System::Queue,
        System::Plan,
        System::Log,
    ];
    let all = Rounds::run(work, &parts, rounds.min(3));
    let of = |system| range(all.warm(system)).1;
    let known = of(System::Queue) + of(System::Plan) + of(System::Log);
    println!(
        "    of {:.1} ns a run: queue {:.1}, planning {:.1}, log {:.1}, the rest (state, timers, calls) {:.1}",
        of(System::Core),
        of(System::Queue),
        of(System::Plan),
        of(System::Log),
        of(System::Core) - known
    );
}

/// How the time an event grows with the number of endpoints, over the same simulated time.
fn growth(rounds: usize, spread: bool, million: bool) {
    let of = |n| {
        let work = Work {
            n,
            minutes: 10,
            spread,
        };
        Rounds::run(work, &[System::Heap, System::Core], rounds).warm(System::Core)
    };
    let (small, large) = (of(1_000), of(100_000));
    let ratios = |large: Vec<f64>| {
        large
            .iter()
            .zip(&small)
            .map(|(large, small)| large / small)
            .collect()
    };
    line(
        "growth of the core, 1,000 to 100,000",
        ratios(large),
        Target::AtMost(7.0),
        "",
    );
    if million {
        line(
            "growth of the core, 1,000 to 1,000,000",
            ratios(of(1_000_000)),
            Target::AtMost(14.0),
            "",
        );
    }
}

/// Simulation, claims and invariants of the flash sale in wasm, each round in a process of its own.
fn flash_sale_in_wasm(rounds: usize) {
    let passes = (0..rounds).map(|_| {
        let output = pinned("node").arg(benches().join("sale.mjs")).output();
        let output = output.expect("node can be started");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.trim()
            .parse()
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
    });
    line(
        "default flash sale in wasm, ms",
        passes.collect(),
        Target::AtMost(0.5),
        "simulation, claims and invariants; parsing apart",
    );
}

/// A program on one core, where that can be asked for.
fn pinned(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let can = Command::new("taskset").arg("--version").output().is_ok();
    if !can {
        return Command::new(program);
    }
    let mut command = Command::new("taskset");
    command
        .args(["-c", &core_number().to_string()])
        .arg(program);
    command
}

fn benches() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches")
}
