//! What the parts of the floor cost alone, measured in the same run: a floor much above their sum would be a slow floor.

use std::hint::black_box;
use std::time::Instant;

use crate::cells::{Counts, KEPT, LINE, Moments, PLACE};
use crate::crossings::Crossings;
use crate::layout::{Layout, N_BINS};
use crate::members::OUTPUTS;
use crate::row::{B, Generator, Row, exp};
use crate::tables::{N_YEARS, Tables};

/// The floor may take this multiple of the sum of its primitives.
const LIMIT: f64 = 1.25;

/// How often the model uses each primitive in one trial, counted in the code of `world.rs` and `members.rs`.
struct Uses {
    normals: f64,
    exponentials: f64,
    divisions: f64,
    /// Additions, multiplications, comparisons, but for the sums of the regions.
    operations: f64,
    crossings: f64,
    values: f64,
    /// Doubles that are read from the second-level cache: nothing of a chunk stays in the first until it is used again.
    read: f64,
    /// Doubles that are changed there, among them all sums of the regions with their additions.
    changed: f64,
    /// Doubles that are changed in the third-level cache.
    far: f64,
}

impl Uses {
    fn new(normals: f64, n_places: usize, tables: &Tables, trials: usize) -> Self {
        let members = tables.regions.iter().flat_map(|region| &region.members);
        let starts = members.clone().filter(|m| m.years_to_first != 0.0).count() as f64;
        let reported = tables.n_countries as f64;
        let members = members.count() as f64;
        let regions = tables.regions.len() as f64;
        let (places, years) = (n_places as f64, N_YEARS as f64);
        let sums = 10.0;
        let values = places * years * OUTPUTS.len() as f64;
        // Doubles of the moments of a cell, and what its bins take as parts of a double.
        let moments = (size_of::<Moments>() / size_of::<f64>()) as f64;
        let bins = (size_of::<u16>() as f64) / size_of::<f64>() as f64;
        Self {
            normals,
            // World; region; member in the first pass and in the second; member and year.
            exponentials: 29.0 + 4.0 * regions + starts + members * (5.0 + 5.0 + years),
            // World; region; recall of a member; flash calls, rollout, monetised share; ratios of a place.
            divisions: 8.0
                + 4.0 * years
                + 2.0 * regions
                + members * (1.0 + 3.0 * years)
                + 3.0 * places * years,
            operations: 60.0
                + 16.0 * years
                + 22.0 * regions
                // First pass: draws; sums by year, those of the regions into those of the world.
                + members * (21.0 + 11.0 * years)
                + regions * 4.0 * years
                // Second pass: draws, shocks, equations, what only places need.
                + members * (34.0 + 3.0 * (years - 1.0) + 34.0 * years)
                + reported * 5.0 * years
                // What follows from sums, sums of the world.
                + regions * years * (8.0 + 15.0)
                // Outputs.
                + places * years * 23.0,
            crossings: 2.0 * places,
            values,
            // A member and block: 6 rows of the member, 8 of the region, 15 of the world; each year 4 of the world. Bins when they are counted.
            read: members * (29.0 + 4.0 * years) + values * bins,
            // Sums of the region; moments, once for a block of trials; bins as they are found.
            changed: members * years * sums + values * (moments / B as f64 + bins),
            // Rows of all members and sums of the regions, written in the first pass and read in the second; moments, once for a chunk.
            far: members * 6.0 + regions * years * 5.0 + values * moments / trials as f64,
        }
    }
}

/// Best time of several, in nanoseconds for each of `n` values.
fn nanoseconds(n: usize, mut work: impl FnMut()) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..60 {
        let start = Instant::now();
        work();
        best = best.min(start.elapsed().as_secs_f64());
    }
    best * 1e9 / n as f64
}

/// Rows of a primitive alone: few enough for the first-level cache.
const TURNS: usize = 400;

fn rows(n: usize) -> Vec<Row> {
    vec![Row([1.5; B]); n]
}

fn normal() -> f64 {
    let mut generator = Generator::new(1, 1);
    let mut row = Row::ZERO;
    nanoseconds(TURNS * B, || {
        for turn in 0..TURNS {
            generator.seek(turn, 0);
            generator.normals(black_box(&mut row));
        }
    })
}

fn exponential() -> f64 {
    let (mut from, mut to) = (Row([0.7; B]), Row::ZERO);
    nanoseconds(TURNS * B, || {
        for _ in 0..TURNS {
            let (from, to) = (black_box(&mut from), black_box(&mut to));
            for i in 0..B {
                to.0[i] = exp(from.0[i]);
            }
        }
    })
}

fn division() -> f64 {
    let (mut from, mut to) = (Row([0.7; B]), Row::ZERO);
    nanoseconds(TURNS * B, || {
        for _ in 0..TURNS {
            let (from, to) = (black_box(&mut from), black_box(&mut to));
            for i in 0..B {
                to.0[i] = 1.0 / from.0[i];
            }
        }
    })
}

/// A multiplication and an addition, three rows read and one written: the equations keep about this ratio.
fn operation() -> f64 {
    let mut rows = rows(4);
    nanoseconds(2 * TURNS * B, || {
        for _ in 0..TURNS {
            let [a, b, c, d] = black_box(&mut rows[..]) else {
                unreachable!("there are four");
            };
            for i in 0..B {
                d.0[i] = a.0[i] * b.0[i] + c.0[i];
            }
        }
    })
}

fn moment() -> f64 {
    let row = Row([1.5; B]);
    let mut moments = vec![Moments::EMPTY; 4];
    nanoseconds(TURNS * B, || {
        for k in 0..TURNS {
            black_box(&mut moments)[k % 4].update(1.25, black_box(&row));
        }
    })
}

/// Values of a cell, spread over the middle half of its bins.
fn spread(layout: &Layout) -> Row {
    let mut row = Row::ZERO;
    Generator::new(1, 1).uniforms(&mut row);
    for x in &mut row.0 {
        *x = layout.edge((N_BINS as f64 * (0.25 + 0.5 * *x)) as usize);
    }
    row
}

fn bin(layouts: &[Layout]) -> f64 {
    let layouts = &layouts[..OUTPUTS.len()];
    let rows: Vec<Row> = layouts.iter().map(spread).collect();
    let mut bins = [0; B];
    nanoseconds(TURNS * B, || {
        for (layout, row) in layouts.iter().zip(&rows).cycle().take(TURNS) {
            layout.bins(black_box(row), black_box(&mut bins));
        }
    })
}

fn increment(layouts: &[Layout], blocks: usize) -> f64 {
    let n = blocks.min(KEPT);
    let mut kept = Box::new([[[0; B]; KEPT]; PLACE]);
    let row = spread(&layouts[0]);
    for bins in kept.as_flattened_mut() {
        layouts[0].bins(&row, bins);
    }
    let mut counts = Counts::new(PLACE);
    nanoseconds(n * PLACE * B, || counts.count(black_box(&kept), n, 0))
}

/// The differences of a place, which cross at any time, if they do.
fn crossing() -> f64 {
    let mut generator = Generator::new(1, 1);
    let mut differences = [Row::ZERO; N_YEARS];
    for (t, row) in differences.iter_mut().enumerate() {
        generator.normals(row);
        for x in &mut row.0 {
            *x += t as f64 - 2.5;
        }
    }
    let mut crossings = Crossings::NONE;
    nanoseconds(TURNS * B, || {
        for _ in 0..TURNS {
            black_box(&mut crossings).update(black_box(&differences));
        }
    })
}

/// Bytes in the middle of the second-level cache, and of the third.
const NEAR: usize = 1 << 19;
const FAR: usize = 1 << 22;

/// An addition to each of so many bytes of rows, one after the other.
fn change(bytes: usize) -> f64 {
    let mut sums = rows(bytes / size_of::<Row>());
    let row = Row([1.5; B]);
    nanoseconds(sums.len() * B, || {
        let row = black_box(&row);
        for sum in black_box(&mut sums) {
            for i in 0..B {
                sum.0[i] += row.0[i];
            }
        }
    })
}

/// Rows of the second-level cache added up.
fn read() -> f64 {
    let rows = rows(NEAR / size_of::<Row>());
    nanoseconds(rows.len() * B, || {
        // A line at a time, in registers: the additions overlap.
        let mut sums = [0.0; B];
        for row in black_box(&rows) {
            for (sum, x) in sums.iter_mut().zip(row.0) {
                *sum += x;
            }
        }
        black_box(sums);
    })
}

/// Fetching a line of counts and writing it back, in the order of the cells: what no prefetch can do better.
fn line(n_lines: usize, n_cells: usize) -> f64 {
    let mut counts = Counts::new(n_cells);
    nanoseconds(n_lines, || black_box(&mut counts).pass())
}

/// Measures, prints, and ends the program with 1 if the floor is slow. `measured` is the floor's time in seconds for a trial on one thread, `blocks` those of its chunk.
pub fn report(
    layouts: &[Layout],
    normals: f64,
    n_places: usize,
    tables: &Tables,
    blocks: usize,
    measured: f64,
) {
    let trials = blocks * B;
    let uses = Uses::new(normals, n_places, tables, trials);
    let lines = layouts.len() * N_BINS / LINE;
    let parts = [
        ("normal scores", uses.normals, normal()),
        ("exponentials", uses.exponentials, exponential()),
        ("divisions", uses.divisions, division()),
        ("additions, multiplications", uses.operations, operation()),
        ("moments and extremes", uses.values, moment()),
        ("finding the bin", uses.values, bin(layouts)),
        (
            "counting in the bin",
            uses.values,
            increment(layouts, blocks),
        ),
        ("crossings", uses.crossings, crossing()),
        ("doubles read in the second-level cache", uses.read, read()),
        (
            "doubles changed in the second-level cache",
            uses.changed,
            change(NEAR),
        ),
        (
            "doubles changed in the third-level cache",
            uses.far,
            change(FAR),
        ),
        (
            "lines of counts, to and fro",
            lines as f64 / trials as f64,
            line(lines, layouts.len()),
        ),
    ];
    println!("| primitive | uses in a trial | ns each | µs a trial |\n|---|---|---|---|");
    let mut total = 0.0;
    for (name, uses, each) in parts {
        let micros = uses * each / 1e3;
        total += micros;
        println!("| {name} | {uses:.0} | {each:.3} | {micros:.2} |");
    }
    let floor = measured * 1e6;
    let ratio = floor / total;
    println!("| sum | | | {total:.2} |");
    println!("| the floor, one thread | | | {floor:.2} |");
    if cfg!(feature = "contract") {
        println!("\nThe floor takes {ratio:.2} times the sum.");
        return;
    }
    println!("\nThe floor takes {ratio:.2} times the sum; {LIMIT} is the limit.");
    if ratio > LIMIT {
        eprintln!("error: the floor takes {ratio:.2} times the sum of its primitives");
        std::process::exit(1);
    }
}
