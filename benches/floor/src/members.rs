//! Second pass over a chunk of trials: members one after the other, their sums by region and world, and the 26 outputs of each place.

use crate::cells::Sink;
use crate::row::{B, Generator, Row, exp};
use crate::tables::{Member, N_YEARS, Tables};
use crate::world::{Area, Stash, World};

/// Names of the outputs, in the order of their cells.
pub const OUTPUTS: [&str; 26] = [
    "flash_calls_total",
    "revenue",
    "losses_unmonetised",
    "margin",
    "net_position",
    "detection_gain",
    "subscriptions",
    "flash_calls",
    "identified",
    "monetised",
    "blocked",
    "undetected",
    "undetected_share",
    "monetised_share",
    "platform_revenue",
    "losses_undetected",
    "recovered",
    "wrongly_blocked",
    "blocking_penalty",
    "ott_users",
    "ott_flash_calls",
    "ott_potential_loss",
    "authentication_sms",
    "authentication_revenue",
    "adoption",
    "displaced_sms",
];

/// Outputs of one place and year.
type Outputs = [Row; OUTPUTS.len()];

/// Quantities of a member and year from which all outputs follow at every place, being sums; of one trial.
#[derive(Clone, Copy)]
struct Point {
    contacts: f64,
    flash: f64,
    identified: f64,
    monetised: f64,
    subscriptions: f64,
    revenue: f64,
    /// Undetected, monetised and blocked calls at the price of the messages they displace.
    loss_undetected: f64,
    loss_monetised: f64,
    loss_blocked: f64,
    /// Undetected calls at the price of a flash call.
    undetected_value: f64,
    wrongly: f64,
    penalty: f64,
    users: f64,
    /// Contacts at the average price.
    gross: f64,
    displaced: f64,
}

/// Sums over the members of a region that only the second pass knows, of one block.
#[derive(Clone, Copy)]
struct Parts {
    flash: Row,
    identified: Row,
    monetised: Row,
    revenue: Row,
    loss_undetected: Row,
    loss_monetised: Row,
    loss_blocked: Row,
    undetected_value: Row,
    wrongly: Row,
    penalty: Row,
}

impl Parts {
    const ZERO: Self = Self {
        flash: Row::ZERO,
        identified: Row::ZERO,
        monetised: Row::ZERO,
        revenue: Row::ZERO,
        loss_undetected: Row::ZERO,
        loss_monetised: Row::ZERO,
        loss_blocked: Row::ZERO,
        undetected_value: Row::ZERO,
        wrongly: Row::ZERO,
        penalty: Row::ZERO,
    };

    #[inline(always)]
    fn add(&mut self, i: usize, p: &Point) {
        self.flash.0[i] += p.flash;
        self.identified.0[i] += p.identified;
        self.monetised.0[i] += p.monetised;
        self.revenue.0[i] += p.revenue;
        self.loss_undetected.0[i] += p.loss_undetected;
        self.loss_monetised.0[i] += p.loss_monetised;
        self.loss_blocked.0[i] += p.loss_blocked;
        self.undetected_value.0[i] += p.undetected_value;
        self.wrongly.0[i] += p.wrongly;
        self.penalty.0[i] += p.penalty;
    }

    /// The point of a region: all other sums follow from those of the first pass and from rows that its members share.
    #[inline(always)]
    fn point(&self, i: usize, t: usize, world: &World, area: &Area) -> Point {
        let totals = &area.totals[t];
        let (contacts, price) = (world.contacts[t].0[i], world.price[t].0[i]);
        let blocked = self.identified.0[i] - self.monetised.0[i];
        Point {
            contacts: contacts * totals.weight.0[i],
            subscriptions: totals.subscriptions.0[i],
            users: totals.users.0[i],
            gross: contacts * price * totals.relative.0[i] * world.inverse_premium.0[i],
            displaced: area.displacement.0[i] * (self.flash.0[i] - blocked * world.fallback.0[i]),
            flash: self.flash.0[i],
            identified: self.identified.0[i],
            monetised: self.monetised.0[i],
            revenue: self.revenue.0[i],
            loss_undetected: self.loss_undetected.0[i],
            loss_monetised: self.loss_monetised.0[i],
            loss_blocked: self.loss_blocked.0[i],
            undetected_value: self.undetected_value.0[i],
            wrongly: self.wrongly.0[i],
            penalty: self.penalty.0[i],
        }
    }
}

/// Sums over the world, of one block.
#[derive(Clone, Copy)]
struct Sums {
    contacts: Row,
    subscriptions: Row,
    users: Row,
    gross: Row,
    displaced: Row,
    parts: Parts,
}

impl Sums {
    const ZERO: Self = Self {
        contacts: Row::ZERO,
        subscriptions: Row::ZERO,
        users: Row::ZERO,
        gross: Row::ZERO,
        displaced: Row::ZERO,
        parts: Parts::ZERO,
    };

    #[inline(always)]
    fn add(&mut self, i: usize, p: &Point) {
        self.contacts.0[i] += p.contacts;
        self.subscriptions.0[i] += p.subscriptions;
        self.users.0[i] += p.users;
        self.gross.0[i] += p.gross;
        self.displaced.0[i] += p.displaced;
        self.parts.add(i, p);
    }

    #[inline(always)]
    fn point(&self, i: usize) -> Point {
        Point {
            contacts: self.contacts.0[i],
            subscriptions: self.subscriptions.0[i],
            users: self.users.0[i],
            gross: self.gross.0[i],
            displaced: self.displaced.0[i],
            flash: self.parts.flash.0[i],
            identified: self.parts.identified.0[i],
            monetised: self.parts.monetised.0[i],
            revenue: self.parts.revenue.0[i],
            loss_undetected: self.parts.loss_undetected.0[i],
            loss_monetised: self.parts.loss_monetised.0[i],
            loss_blocked: self.parts.loss_blocked.0[i],
            undetected_value: self.parts.undetected_value.0[i],
            wrongly: self.parts.wrongly.0[i],
            penalty: self.parts.penalty.0[i],
        }
    }
}

/// By how much each crossing is exceeded in each year, of one place and block.
pub type Differences = [[Row; N_YEARS]; 2];

/// Rows of one member over the years of one block.
struct MemberRows {
    weight: Row,
    subscriptions: Row,
    users: Row,
    price: Row,
    ratio: Row,
    /// (13) exponent of the odds against, but for the year's level and shock.
    rollout: Row,
    shock: Row,
    monetised: Row,
    recall: Row,
    wrongly: Row,
    penalty: Row,
}

impl MemberRows {
    const ZERO: Self = Self {
        weight: Row::ZERO,
        subscriptions: Row::ZERO,
        users: Row::ZERO,
        price: Row::ZERO,
        ratio: Row::ZERO,
        rollout: Row::ZERO,
        shock: Row::ZERO,
        monetised: Row::ZERO,
        recall: Row::ZERO,
        wrongly: Row::ZERO,
        penalty: Row::ZERO,
    };
}

/// Everything that one thread keeps for a chunk of `blocks` blocks.
pub struct Chunk {
    worlds: Vec<World>,
    /// [region × block], [member × block]: the blocks of a member are read one after the other.
    areas: Vec<Vec<Area>>,
    stash: Vec<Vec<Stash>>,
    area_sums: Vec<[Parts; N_YEARS]>,
    world_sums: Vec<[Sums; N_YEARS]>,
    scratch: Box<Scratch>,
}

/// Rows that are written before they are read.
struct Scratch {
    member: MemberRows,
    fresh: Row,
    outputs: Outputs,
    differences: Differences,
}

impl Chunk {
    pub fn new(tables: &Tables, blocks: usize) -> Self {
        let n_members: usize = tables.regions.iter().map(|r| r.members.len()).sum();
        Self {
            worlds: (0..blocks).map(|_| World::ZERO).collect(),
            areas: (0..tables.regions.len())
                .map(|_| (0..blocks).map(|_| Area::ZERO).collect())
                .collect(),
            stash: (0..n_members)
                .map(|_| (0..blocks).map(|_| Stash::ZERO).collect())
                .collect(),
            area_sums: (0..blocks).map(|_| [Parts::ZERO; N_YEARS]).collect(),
            world_sums: (0..blocks).map(|_| [Sums::ZERO; N_YEARS]).collect(),
            scratch: Box::new(Scratch {
                member: MemberRows::ZERO,
                fresh: Row::ZERO,
                outputs: [Row::ZERO; OUTPUTS.len()],
                differences: [[Row::ZERO; N_YEARS]; 2],
            }),
        }
    }

    /// Trials of a chunk.
    pub fn n_trials(&self) -> usize {
        self.worlds.len() * B
    }

    /// One chunk of trials from `first` on into `sink`.
    #[inline(always)]
    pub fn run(&mut self, tables: &Tables, g: &mut Generator, first: u64, sink: &mut impl Sink) {
        let blocks = self.worlds.len();
        for block in 0..blocks {
            g.seek(0, first + (block * B) as u64);
            crate::world::first_pass(
                tables,
                g,
                &mut self.worlds[block],
                self.areas.iter_mut().map(|blocks| &mut blocks[block]),
                self.stash.iter_mut().map(|blocks| &mut blocks[block]),
            );
            self.world_sums[block] = [Sums::ZERO; N_YEARS];
        }
        let world_place = tables.n_countries + tables.regions.len();
        let scratch = &mut *self.scratch;
        let mut k = 0;
        for (r, region) in tables.regions.iter().enumerate() {
            for sums in &mut self.area_sums {
                *sums = [Parts::ZERO; N_YEARS];
            }
            for member in &region.members {
                for block in 0..blocks {
                    let at = At {
                        block,
                        last: block + 1 == blocks,
                        world: &self.worlds[block],
                    };
                    g.seek(FIRST_PASS + k * MEMBER, first + (block * B) as u64);
                    one_member(
                        member,
                        region.arpu,
                        tables,
                        g,
                        &at,
                        &self.areas[r][block],
                        &self.stash[k][block],
                        &mut self.area_sums[block],
                        scratch,
                        sink,
                    );
                }
                k += 1;
            }
            for block in 0..blocks {
                let at = At {
                    block,
                    last: block + 1 == blocks,
                    world: &self.worlds[block],
                };
                let place = tables.n_countries + r;
                for t in 0..N_YEARS {
                    let (parts, area) = (&self.area_sums[block][t], &self.areas[r][block]);
                    let world_sums = &mut self.world_sums[block][t];
                    for i in 0..B {
                        let point = parts.point(i, t, at.world, area);
                        world_sums.add(i, &point);
                        outputs(
                            i,
                            t,
                            at.world,
                            &point,
                            &mut scratch.outputs,
                            &mut scratch.differences,
                        );
                    }
                    accept(place, t, &at, &scratch.outputs, sink);
                }
                end_place(place, &at, &scratch.differences, sink);
            }
        }
        for block in 0..blocks {
            let at = At {
                block,
                last: block + 1 == blocks,
                world: &self.worlds[block],
            };
            for t in 0..N_YEARS {
                let sums = &self.world_sums[block][t];
                for i in 0..B {
                    outputs(
                        i,
                        t,
                        at.world,
                        &sums.point(i),
                        &mut scratch.outputs,
                        &mut scratch.differences,
                    );
                }
                accept(world_place, t, &at, &scratch.outputs, sink);
            }
            end_place(world_place, &at, &scratch.differences, sink);
        }
    }
}

/// Numbers of the first pass of a block, and of a member in the second: addresses of normal scores where they have any.
pub const FIRST_PASS: usize = 1024;
pub const MEMBER: usize = 16;

/// What is the same in all trials of a member and year: whether it is Japan; (13) the odds against.
struct Constants {
    japan: bool,
    rollout: f64,
}

/// A block of the chunk.
struct At<'a> {
    block: usize,
    last: bool,
    world: &'a World,
}

#[inline(always)]
#[allow(
    clippy::too_many_arguments,
    reason = "each is one thing of the equations"
)]
fn one_member(
    member: &Member,
    arpu: f64,
    tables: &Tables,
    g: &mut Generator,
    at: &At,
    area: &Area,
    stash: &Stash,
    area_sums: &mut [Parts; N_YEARS],
    scratch: &mut Scratch,
    sink: &mut impl Sink,
) {
    let Scratch {
        member: m,
        fresh,
        outputs,
        differences,
    } = scratch;
    member_rows(member, arpu, g, at.world, area, stash, m);
    for t in 0..N_YEARS {
        if t > 0 {
            g.normals(fresh);
            for i in 0..B {
                m.shock.0[i] = 0.8 * m.shock.0[i] + 0.6 * fresh.0[i];
            }
        }
        let of = Constants {
            japan: member.key == "JPN",
            rollout: tables.rollout_against[t],
        };
        let (world, sums) = (at.world, &mut area_sums[t]);
        match member.country {
            Some(country) => {
                member_year::<true>(t, &of, world, area, stash, m, sums, outputs, differences);
                accept(country, t, at, outputs, sink);
            }
            None => member_year::<false>(t, &of, world, area, stash, m, sums, outputs, differences),
        }
    }
    if let Some(country) = member.country {
        end_place(country, at, differences, sink);
    }
}

#[inline(always)]
fn member_rows(
    member: &Member,
    arpu: f64,
    g: &mut Generator,
    world: &World,
    area: &Area,
    stash: &Stash,
    m: &mut MemberRows,
) {
    m.weight = stash.weight;
    m.price = stash.relative;
    m.subscriptions = stash.subscriptions;
    m.users = stash.users;
    g.normals(&mut m.ratio);
    g.normals(&mut m.rollout);
    g.normals(&mut m.shock);
    g.normals(&mut m.monetised);
    g.normals(&mut m.recall);
    g.normals(&mut m.wrongly);
    g.normals(&mut m.penalty);
    let key = member.key.as_str();
    let arpu = match key {
        "JPN" => 44.0,
        "ISR" | "KWT" | "QAT" | "SAU" | "ARE" => 13.0,
        _ => arpu,
    };
    let shift = if key == "IND" { 0.6 } else { 0.0 };
    let (x, own, recall_against) = (member.log_price, 0.4f64.sqrt(), 0.12 / 0.88);
    for i in 0..B {
        let ratio = exp(0.20 * m.ratio.0[i] + world.ratio_slope.0[i] * x);
        m.ratio.0[i] = world.ratio.0[i] * ratio;
        m.rollout.0[i] = world.rollout.0[i]
            - world.rollout_slope.0[i] * x
            - 0.50 * area.rollout.0[i]
            - 0.60 * m.rollout.0[i];
        m.monetised.0[i] = world.monetised.0[i]
            * exp(shift - 0.40 * area.monetised.0[i] - 0.70 * m.monetised.0[i]);
        let false_positive = 0.4 * m.recall.0[i] + 0.84f64.sqrt() * m.wrongly.0[i];
        let false_positive = area.false_positive.0[i] + own * false_positive;
        let rate = exp(world.false_level.0[i] + std::f64::consts::LN_2 * false_positive);
        m.wrongly.0[i] = area.calls.0[i] * if rate < 0.02 { rate } else { 0.02 };
        let recall = area.recall.0[i] + own * m.recall.0[i];
        m.recall.0[i] = 1.0 / (1.0 + recall_against * exp(-0.50 * recall));
        let lifetime = arpu * area.lifetime.0[i] * exp(0.30 * m.penalty.0[i]);
        m.penalty.0[i] = world.call_value.0[i] + world.churn.0[i] * lifetime;
    }
}

#[inline(always)]
#[allow(
    clippy::too_many_arguments,
    reason = "each is one thing of the equations"
)]
/// One year of a member: its part of the region's sums, and its outputs if it has a place of its own.
fn member_year<const REPORTED: bool>(
    t: usize,
    of: &Constants,
    world: &World,
    area: &Area,
    stash: &Stash,
    m: &mut MemberRows,
    sums: &mut Parts,
    rows: &mut Outputs,
    differences: &mut Differences,
) {
    for i in 0..B {
        let contacts = world.contacts[t].0[i] * m.weight.0[i];
        let odds = world.odds[t].0[i] * stash.propensity.0[i];
        let flash = contacts * odds / (1.0 + odds);
        let price = world.price[t].0[i] * m.price.0[i];
        let flash_price = price * m.ratio.0[i];
        let against = of.rollout * exp(m.rollout.0[i] - 0.20 * m.shock.0[i]);
        let rollout = 1.0 / (1.0 + against);
        let mut share = 1.0 / (1.0 + m.monetised.0[i]);
        if of.japan {
            share *= world.japan.0[i];
        }
        let identified = flash * rollout * m.recall.0[i];
        let undetected = flash - identified;
        let monetised = identified * share;
        let blocked = identified - monetised;
        let displacement = area.displacement.0[i];
        let displaced_price = displacement * price;
        let subscriptions = m.subscriptions.0[i];
        let wrongly = subscriptions * m.wrongly.0[i] * rollout * (1.0 - share);
        let point = Point {
            contacts,
            flash,
            identified,
            monetised,
            subscriptions,
            revenue: monetised * flash_price,
            loss_undetected: undetected * displaced_price,
            loss_monetised: monetised * displaced_price,
            loss_blocked: blocked * displaced_price,
            undetected_value: undetected * flash_price,
            wrongly,
            penalty: wrongly * m.penalty.0[i],
            users: m.users.0[i],
            gross: contacts * price * world.inverse_premium.0[i],
            displaced: displacement * (flash - blocked * world.fallback.0[i]),
        };
        sums.add(i, &point);
        let growth = stash.growth.0[i];
        m.weight.0[i] *= growth;
        m.subscriptions.0[i] = subscriptions * growth;
        m.users.0[i] *= growth;
        m.price.0[i] *= area.drift.0[i];
        m.ratio.0[i] *= world.ratio_step.0[i];
        m.rollout.0[i] += world.rollout_step.0[i];
        m.monetised.0[i] *= world.monetised_step.0[i];
        if REPORTED {
            outputs(i, t, world, &point, rows, differences);
        }
    }
}

#[inline(always)]
fn accept(place: usize, t: usize, at: &At, rows: &Outputs, sink: &mut impl Sink) {
    for (output, row) in rows.iter().enumerate() {
        sink.accept(place, t * OUTPUTS.len() + output, at.block, row);
    }
}

/// After the last year of a place and block.
#[inline(always)]
fn end_place(place: usize, at: &At, differences: &Differences, sink: &mut impl Sink) {
    sink.accept_crossings(place, differences);
    sink.count(place, at.block, at.last);
}

/// The outputs of trial `i` in year `t`, and the differences of its crossings.
#[inline(always)]
fn outputs(
    i: usize,
    t: usize,
    world: &World,
    p: &Point,
    rows: &mut Outputs,
    differences: &mut Differences,
) {
    let ott_ratio = world.ott_ratio.0[i];
    let recovered = p.loss_blocked * world.fallback.0[i];
    let lost = p.loss_blocked - recovered;
    let displaced_value = p.loss_undetected + p.loss_monetised + lost;
    let margin = p.revenue - p.loss_undetected;
    let gain = p.revenue + recovered - p.penalty;
    let undetected = p.flash - p.identified;
    let ott_calls = p.flash * ott_ratio;
    let potential = p.loss_undetected + p.loss_monetised + p.loss_blocked;
    // In the order of `OUTPUTS`.
    let values = [
        p.flash + ott_calls,
        p.revenue,
        p.loss_undetected + lost,
        margin,
        p.revenue - displaced_value - p.penalty,
        gain,
        p.subscriptions,
        p.flash,
        p.identified,
        p.monetised,
        p.identified - p.monetised,
        undetected,
        undetected / p.flash,
        p.monetised / p.identified,
        (p.revenue + p.undetected_value) * world.inverse_share.0[i],
        p.loss_undetected,
        recovered,
        p.wrongly,
        p.penalty,
        p.users * world.ott[t].0[i],
        ott_calls,
        potential * ott_ratio,
        p.contacts - p.displaced,
        p.gross - displaced_value,
        p.flash / p.contacts,
        p.displaced,
    ];
    for (row, value) in rows.iter_mut().zip(values) {
        row.0[i] = value;
    }
    differences[0][t].0[i] = margin;
    differences[1][t].0[i] = gain - p.loss_undetected;
}
