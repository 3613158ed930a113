//! What the parts of the floor cost alone, measured in the same run: a floor much above their sum would be a slow floor.

use std::hint::black_box;
use std::time::Instant;

use fearless_simd::{Level, dispatch};

use crate::cells::{KEPT, Moments, count};
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
    /// Additions, multiplications, comparisons; sums over members are among them.
    operations: f64,
    values: f64,
}

impl Uses {
    fn new(normals: f64, n_places: usize, tables: &Tables) -> Self {
        let members = tables.regions.iter().flat_map(|region| &region.members);
        let starts = members.clone().filter(|m| m.years_to_first != 0.0).count() as f64;
        let members = members.count() as f64;
        let regions = tables.regions.len() as f64;
        let (places, years) = (n_places as f64, N_YEARS as f64);
        let sums = 15.0;
        Self {
            normals,
            // World; region; member in the first pass and in the second; member and year.
            exponentials: 31.0 + 4.0 * regions + starts + members * (4.0 + 6.0 + years),
            // World; region; recall of a member; flash calls, rollout, monetised share; ratios of a place.
            divisions: 12.0
                + 3.0 * years
                + 2.0 * regions
                + members * (1.0 + 3.0 * years)
                + 3.0 * places * years,
            operations: 60.0
                + 16.0 * years
                + 22.0 * regions
                // First pass: draws, sums. Second pass: draws, shocks, equations, sums of the region.
                + members * (14.0 + 30.0 + 3.0 * (years - 1.0))
                + members * years * (7.0 + 37.0 + sums)
                + regions * years * sums
                // Displaced messages and outputs with the comparisons of the crossings.
                + places * years * (4.0 + 28.0),
            values: places * years * OUTPUTS.len() as f64,
        }
    }
}

/// Best time of several, in nanoseconds for each of `n` values.
fn nanoseconds(n: usize, mut work: impl FnMut()) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..15 {
        let start = Instant::now();
        work();
        best = best.min(start.elapsed().as_secs_f64());
    }
    best * 1e9 / n as f64
}

/// Measures, prints, and ends the program with 1 if the floor is slow. `measured` is the floor's time in seconds for a trial on one thread.
pub fn report(
    level: Level,
    layouts: &[Layout],
    normals: f64,
    n_places: usize,
    tables: &Tables,
    measured: f64,
) {
    let uses = Uses::new(normals, n_places, tables);
    const TURNS: usize = 400;
    let n = TURNS * B;
    let mut generator = Generator::new(1, 1);
    let (mut a, mut b) = (Row::ZERO, Row::ZERO);
    let mut c = Row::ZERO;

    let normal = nanoseconds(n, || {
        dispatch!(level, _simd => {
            for _ in 0..TURNS {
                generator.normals(black_box(&mut a));
            }
        })
    });
    let exponential = nanoseconds(n, || {
        dispatch!(level, _simd => {
            for _ in 0..TURNS {
                let (a, b) = (black_box(&a), black_box(&mut b));
                for i in 0..B {
                    b.0[i] = exp(a.0[i]);
                }
            }
        })
    });
    let division = nanoseconds(n, || {
        dispatch!(level, _simd => {
            for _ in 0..TURNS {
                let (b, c) = (black_box(&b), black_box(&mut c));
                for i in 0..B {
                    c.0[i] = 1.0 / b.0[i];
                }
            }
        })
    });
    // A multiplication and an addition, three rows read and one written: the equations keep about this ratio.
    let mut d = Row::ZERO;
    let operation = nanoseconds(2 * n, || {
        dispatch!(level, _simd => {
            for _ in 0..TURNS {
                let (a, b, c, d) = (
                    black_box(&a),
                    black_box(&b),
                    black_box(&c),
                    black_box(&mut d),
                );
                for i in 0..B {
                    d.0[i] = a.0[i] * b.0[i] + c.0[i];
                }
            }
        })
    });
    // The statistics of one place: its counts are as large as they are in the floor.
    let cells = OUTPUTS.len() * N_YEARS;
    let layouts = &layouts[..cells];
    let rows: Vec<Row> = layouts
        .iter()
        .map(|layout| {
            let mut row = Row::ZERO;
            generator.uniforms(&mut row);
            for x in &mut row.0 {
                // Spread over the middle half of the bins.
                *x = layout.edge((N_BINS as f64 * (0.25 + 0.5 * *x)) as usize);
            }
            row
        })
        .collect();
    let mut moments = vec![Moments::EMPTY; cells];
    let moment = nanoseconds(20 * cells * B, || {
        dispatch!(level, _simd => {
            for _ in 0..20 {
                for (moments, row) in moments.iter_mut().zip(black_box(&rows)) {
                    moments.update(row);
                }
            }
        })
    });
    // The bins of a place, and their counting as often as it is done.
    let mut kept = vec![[[0u16; B]; KEPT]; cells];
    let mut counts = vec![[0u16; N_BINS]; cells];
    let update = nanoseconds(cells * KEPT * B, || {
        dispatch!(level, _simd => {
            for block in 0..KEPT {
                for ((kept, layout), row) in kept.iter_mut().zip(layouts).zip(black_box(&rows)) {
                    layout.bins(row, &mut kept[block]);
                }
            }
            for (kept, counts) in black_box(&kept).iter().zip(&mut counts) {
                count(kept, counts);
            }
        });
    });

    let parts = [
        ("normals", uses.normals, normal),
        ("exponentials", uses.exponentials, exponential),
        ("divisions", uses.divisions, division),
        ("operations", uses.operations, operation),
        ("moments", uses.values, moment),
        ("histogram updates", uses.values, update),
    ];
    let mut sum = 0.0;
    for (name, uses, each) in parts {
        let micros = uses * each / 1e3;
        sum += micros;
        println!("primitive {name}: {uses:.0} × {each:.4} ns = {micros:.3} µs");
    }
    let ratio = measured * 1e6 / sum;
    println!(
        "primitives {sum:.3} µs, floor {:.3} µs on one thread: ratio {ratio:.3}, at most {LIMIT}",
        measured * 1e6
    );
    if ratio > LIMIT {
        eprintln!("error: the floor takes {ratio:.2} times the sum of its primitives");
        std::process::exit(1);
    }
}
