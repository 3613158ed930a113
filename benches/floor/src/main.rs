//! The floor: the flagship by hand, fused and vectorised, on all cores; with `--primitives` also what its parts cost alone.

mod cells;
#[cfg(feature = "contract")]
mod contract;
mod crossings;
mod layout;
mod members;
mod prefetch;
mod primitives;
mod row;
mod tables;
#[cfg(not(feature = "contract"))]
mod unbound;
mod world;

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Instant;

use cells::{Cells, Pilots};
use layout::{Layout, Pilot};
use members::{Chunk, OUTPUTS};
use row::Generator;
use tables::{N_YEARS, Tables};

/// Levels of the published quantiles: those of the forecasting hubs.
fn levels() -> Vec<f64> {
    let inner = (1..20).map(|k| f64::from(k) * 0.05);
    [0.01, 0.025]
        .into_iter()
        .chain(inner)
        .chain([0.975, 0.99])
        .collect()
}

/// Seconds that this thread has been on a processor: on a busy machine the wall clock counts others' work. Without Linux's figure, the wall clock.
fn busy_seconds() -> f64 {
    static START: OnceLock<Instant> = OnceLock::new();
    let wall = START.get_or_init(Instant::now).elapsed().as_secs_f64();
    std::fs::read_to_string("/proc/thread-self/schedstat")
        .ok()
        .and_then(|text| text.split(' ').next()?.parse::<f64>().ok())
        .map_or(wall, |nanoseconds| nanoseconds * 1e-9)
}

struct Arguments {
    model: PathBuf,
    out: Option<PathBuf>,
    trials: u64,
    seed: u64,
    threads: usize,
    blocks: usize,
    primitives: bool,
}

fn arguments() -> Result<Arguments, String> {
    let mut parsed = Arguments {
        model: PathBuf::from("models/flash-calling"),
        out: None,
        trials: 1_000_000,
        seed: 1,
        threads: 2,
        blocks: 1024 / row::B,
        primitives: false,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        if word == "--primitives" {
            parsed.primitives = true;
            continue;
        }
        let value = words
            .next()
            .ok_or_else(|| format!("{word} needs a value"))?;
        let number = || {
            value
                .parse::<u64>()
                .map_err(|_| format!("{word}: '{value}' is no number"))
        };
        match word.as_str() {
            "--model" => parsed.model = PathBuf::from(&value),
            "--out" => parsed.out = Some(PathBuf::from(&value)),
            "--trials" => parsed.trials = number()?,
            "--seed" => parsed.seed = number()?,
            "--threads" => parsed.threads = number()? as usize,
            "--blocks" => parsed.blocks = number()? as usize,
            _ => return Err(format!("unknown argument {word}")),
        }
    }
    if parsed.threads == 0 || parsed.blocks == 0 {
        return Err("threads and blocks are at least 1".to_owned());
    }
    if parsed.blocks * row::B > usize::from(u16::MAX) {
        return Err("a chunk has at most 65,535 trials".to_owned());
    }
    Ok(parsed)
}

fn main() {
    let arguments = arguments().unwrap_or_else(|message| {
        eprintln!("error: {message}");
        std::process::exit(2);
    });
    // Without it each `mul_add` is a call.
    if !cfg!(target_feature = "fma") {
        eprintln!("error: build the floor for this machine: RUSTFLAGS='-C target-cpu=native'");
        std::process::exit(1);
    }
    let tables = Tables::read(&arguments.model);
    let n_places = tables.n_countries + tables.regions.len() + 1;
    let n_cells = n_places * N_YEARS * OUTPUTS.len();
    let start = Instant::now();

    let mut pilots = Pilots(vec![Pilot::EMPTY; n_cells]);
    let mut chunk = Chunk::new(&tables, arguments.blocks);
    let mut generator = Generator::new(arguments.seed, u64::MAX);
    for k in 0..4096usize.div_ceil(chunk.n_trials()) {
        let first = (k * chunk.n_trials()) as u64;
        chunk.run(&tables, &mut generator, first, &mut pilots);
    }
    let layouts: Vec<Layout> = pilots.0.iter().map(Layout::new).collect();
    let pilot_seconds = start.elapsed().as_secs_f64();

    let n_chunks = arguments.trials.div_ceil(chunk.n_trials() as u64);
    let start = Instant::now();
    let (tables, layouts) = (&tables, &layouts[..]);
    let (seed, threads) = (arguments.seed, arguments.threads as u64);
    let blocks = arguments.blocks;
    let mut parts: Vec<(Cells, u64, f64)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|thread| {
                scope.spawn(move || {
                    let mut generator = Generator::new(seed, thread);
                    let mut chunk = Chunk::new(tables, blocks);
                    let mut cells = Cells::new(layouts, n_places);
                    let start = busy_seconds();
                    for k in (thread..n_chunks).step_by(threads as usize) {
                        let n = chunk.n_trials();
                        cells.reserve(n);
                        chunk.run(tables, &mut generator, k * n as u64, &mut cells);
                    }
                    cells.empty();
                    (cells, generator.rows, busy_seconds() - start)
                })
            })
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().expect("a worker has finished"))
            .collect()
    });
    let simulated = start.elapsed().as_secs_f64();
    let normals: u64 = parts.iter().map(|part| part.1 * row::B as u64).sum();
    let busy: f64 = parts.iter().map(|part| part.2).sum();
    let (mut cells, _, _) = parts.remove(0);
    for (part, _, _) in parts {
        cells.merge(part);
    }
    let levels = levels();
    let summaries: Vec<Vec<f64>> = (0..n_cells)
        .map(|cell| cells.summary(cell, &levels))
        .collect();
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "floor trials {} threads {} seconds {seconds:.6} simulate {simulated:.6} pilot {pilot_seconds:.6} us_per_trial {:.4}",
        cells.n,
        arguments.threads,
        seconds * 1e6 / cells.n as f64
    );
    if let Some(out) = &arguments.out {
        let text = table(tables, &cells, &summaries, &levels);
        std::fs::write(out, text).unwrap_or_else(|error| {
            eprintln!("error: {}: {error}", out.display());
            std::process::exit(1);
        });
    }
    if arguments.primitives {
        primitives::report(
            layouts,
            normals as f64 / cells.n as f64,
            n_places,
            tables,
            blocks,
            busy / cells.n as f64,
        );
    }
}

/// The results as CSV: one line for each cell, and one for each place and crossing.
fn table(tables: &Tables, cells: &Cells, summaries: &[Vec<f64>], levels: &[f64]) -> String {
    let mut text = String::from("quantity,place,year,mean,sd,sd_error,min,max");
    for level in levels {
        write!(text, ",{level}").expect("text can be written to");
    }
    text.push('\n');
    let regions = tables.regions.iter().map(|region| region.name.as_str());
    let countries = tables.countries.iter().map(String::as_str);
    for (place, name) in countries.chain(regions).chain(["world"]).enumerate() {
        for t in 0..N_YEARS {
            for (output, quantity) in OUTPUTS.iter().enumerate() {
                write!(text, "{quantity},{name},{}", 2023 + t).expect("text can be written to");
                for value in &summaries[(place * N_YEARS + t) * OUTPUTS.len() + output] {
                    write!(text, ",{value:e}").expect("text can be written to");
                }
                text.push('\n');
            }
        }
        // Of a crossing: the probability by each year, that of crossing back, and the date at the levels where it has one.
        for (quantity, crossing) in ["revenue_over_loss", "net_of_penalties"]
            .iter()
            .zip(cells.crossings(place))
        {
            let share = |count: u64| count as f64 / cells.n as f64;
            let by = crossing.by().map(share);
            for (t, share) in by.iter().enumerate() {
                writeln!(
                    text,
                    "{quantity},{name},{},{share:e}{}",
                    2023 + t,
                    ",".repeat(4 + levels.len())
                )
                .expect("text can be written to");
            }
            write!(
                text,
                "{quantity}.date,{name},2027,{:e},,,,",
                share(crossing.recross())
            )
            .expect("text can be written to");
            for &level in levels {
                match crossing.date(level, cells.n) {
                    Some(date) => write!(text, ",{:e}", 2023.0 + date),
                    None => write!(text, ","),
                }
                .expect("text can be written to");
            }
            text.push('\n');
        }
    }
    text
}
