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

/// The same summed over members, of one block.
#[derive(Clone, Copy)]
pub struct Sums {
    contacts: Row,
    flash: Row,
    identified: Row,
    monetised: Row,
    subscriptions: Row,
    revenue: Row,
    loss_undetected: Row,
    loss_monetised: Row,
    loss_blocked: Row,
    undetected_value: Row,
    wrongly: Row,
    penalty: Row,
    users: Row,
    gross: Row,
    displaced: Row,
}

impl Sums {
    pub const ZERO: Self = Self {
        contacts: Row::ZERO,
        flash: Row::ZERO,
        identified: Row::ZERO,
        monetised: Row::ZERO,
        subscriptions: Row::ZERO,
        revenue: Row::ZERO,
        loss_undetected: Row::ZERO,
        loss_monetised: Row::ZERO,
        loss_blocked: Row::ZERO,
        undetected_value: Row::ZERO,
        wrongly: Row::ZERO,
        penalty: Row::ZERO,
        users: Row::ZERO,
        gross: Row::ZERO,
        displaced: Row::ZERO,
    };

    #[inline(always)]
    fn add(&mut self, i: usize, p: &Point) {
        self.contacts.0[i] += p.contacts;
        self.flash.0[i] += p.flash;
        self.identified.0[i] += p.identified;
        self.monetised.0[i] += p.monetised;
        self.subscriptions.0[i] += p.subscriptions;
        self.revenue.0[i] += p.revenue;
        self.loss_undetected.0[i] += p.loss_undetected;
        self.loss_monetised.0[i] += p.loss_monetised;
        self.loss_blocked.0[i] += p.loss_blocked;
        self.undetected_value.0[i] += p.undetected_value;
        self.wrongly.0[i] += p.wrongly;
        self.penalty.0[i] += p.penalty;
        self.users.0[i] += p.users;
        self.gross.0[i] += p.gross;
        self.displaced.0[i] += p.displaced;
    }

    #[inline(always)]
    fn at(&self, i: usize) -> Point {
        Point {
            contacts: self.contacts.0[i],
            flash: self.flash.0[i],
            identified: self.identified.0[i],
            monetised: self.monetised.0[i],
            subscriptions: self.subscriptions.0[i],
            revenue: self.revenue.0[i],
            loss_undetected: self.loss_undetected.0[i],
            loss_monetised: self.loss_monetised.0[i],
            loss_blocked: self.loss_blocked.0[i],
            undetected_value: self.undetected_value.0[i],
            wrongly: self.wrongly.0[i],
            penalty: self.penalty.0[i],
            users: self.users.0[i],
            gross: self.gross.0[i],
            displaced: self.displaced.0[i],
        }
    }
}

/// Rows of one member over the years of one block.
struct MemberRows {
    weight: Row,
    subscriptions: Row,
    users: Row,
    price: Row,
    ratio: Row,
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
    area_sums: Vec<[Sums; N_YEARS]>,
    world_sums: Vec<[Sums; N_YEARS]>,
    scratch: Box<Scratch>,
}

/// Rows that are written before they are read.
struct Scratch {
    member: MemberRows,
    fresh: Row,
    outputs: Outputs,
    excess: [Row; 2],
}

fn zeroed(n: usize) -> Vec<[Sums; N_YEARS]> {
    (0..n).map(|_| [Sums::ZERO; N_YEARS]).collect()
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
            area_sums: zeroed(blocks),
            world_sums: zeroed(blocks),
            scratch: Box::new(Scratch {
                member: MemberRows::ZERO,
                fresh: Row::ZERO,
                outputs: [Row::ZERO; OUTPUTS.len()],
                excess: [Row::ZERO; 2],
            }),
        }
    }

    /// Trials of a chunk.
    pub fn n_trials(&self) -> usize {
        self.worlds.len() * B
    }

    /// One chunk of trials into `sink`.
    #[inline(always)]
    pub fn run(&mut self, tables: &Tables, g: &mut Generator, sink: &mut impl Sink) {
        let blocks = self.worlds.len();
        for block in 0..blocks {
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
                *sums = [Sums::ZERO; N_YEARS];
            }
            for member in &region.members {
                for block in 0..blocks {
                    let at = At {
                        block,
                        last: block + 1 == blocks,
                        world: &self.worlds[block],
                    };
                    one_member(
                        member,
                        region.arpu,
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
                    let sums = &self.area_sums[block][t];
                    let world_sums = &mut self.world_sums[block][t];
                    for i in 0..B {
                        world_sums.add(i, &sums.at(i));
                    }
                    place_year(t, at.world, sums, &mut scratch.outputs, &mut scratch.excess);
                    accept(place, t, &at, &scratch.outputs, sink);
                }
                end_place(place, &at, &scratch.excess, sink);
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
                place_year(t, at.world, sums, &mut scratch.outputs, &mut scratch.excess);
                accept(world_place, t, &at, &scratch.outputs, sink);
            }
            end_place(world_place, &at, &scratch.excess, sink);
        }
    }
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
    g: &mut Generator,
    at: &At,
    area: &Area,
    stash: &Stash,
    area_sums: &mut [Sums; N_YEARS],
    scratch: &mut Scratch,
    sink: &mut impl Sink,
) {
    let Scratch {
        member: m,
        fresh,
        outputs,
        excess,
    } = scratch;
    member_rows(member, arpu, g, at.world, area, stash, m);
    for t in 0..N_YEARS {
        if t > 0 {
            g.normals(fresh);
            for i in 0..B {
                m.shock.0[i] = 0.8 * m.shock.0[i] + 0.6 * fresh.0[i];
            }
        }
        let japan = member.key == "JPN";
        let (world, sums) = (at.world, &mut area_sums[t]);
        match member.country {
            Some(country) => {
                member_year::<true>(t, japan, world, area, stash, m, sums, outputs, excess);
                accept(country, t, at, outputs, sink);
            }
            None => member_year::<false>(t, japan, world, area, stash, m, sums, outputs, excess),
        }
    }
    if let Some(country) = member.country {
        end_place(country, at, excess, sink);
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
    g.normals(&mut m.subscriptions);
    g.normals(&mut m.ratio);
    g.normals(&mut m.rollout);
    g.normals(&mut m.shock);
    g.normals(&mut m.monetised);
    g.normals(&mut m.recall);
    g.normals(&mut m.wrongly);
    g.normals(&mut m.penalty);
    let key = member.key.as_str();
    let error = match key {
        "KWT" | "PHL" | "NGA" | "UKR" => 1.10f64,
        _ => 1.03,
    }
    .ln();
    let arpu = match key {
        "JPN" => 44.0,
        "ISR" | "KWT" | "QAT" | "SAU" | "ARE" => 13.0,
        _ => arpu,
    };
    let shift = if key == "IND" { 0.6 } else { 0.0 };
    let base_users = member.population * member.internet_percent / 100.0;
    let (x, own, recall_against) = (member.log_price, 0.4f64.sqrt(), 0.12 / 0.88);
    for i in 0..B {
        m.subscriptions.0[i] =
            member.subscriptions * exp(error * m.subscriptions.0[i]) * stash.start.0[i];
        m.users.0[i] = base_users * stash.start.0[i];
        m.ratio.0[i] = exp(0.20 * m.ratio.0[i] + world.ratio_slope.0[i] * x);
        m.rollout.0[i] =
            world.rollout_slope.0[i] * x + 0.50 * area.rollout.0[i] + 0.60 * m.rollout.0[i];
        m.monetised.0[i] = exp(shift - 0.40 * area.monetised.0[i] - 0.70 * m.monetised.0[i]);
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
    japan: bool,
    world: &World,
    area: &Area,
    stash: &Stash,
    m: &mut MemberRows,
    sums: &mut Sums,
    rows: &mut Outputs,
    excess: &mut [Row; 2],
) {
    if t == 0 {
        *excess = NO_EXCESS;
    }
    for i in 0..B {
        let contacts = world.contacts[t].0[i] * m.weight.0[i];
        let odds = world.odds[t].0[i] * stash.propensity.0[i];
        let flash = contacts * odds / (1.0 + odds);
        let price = world.price[t].0[i] * m.price.0[i];
        let flash_price = price * world.ratio[t].0[i] * m.ratio.0[i];
        let against = world.rollout[t].0[i] * exp(-m.rollout.0[i] - 0.20 * m.shock.0[i]);
        let rollout = 1.0 / (1.0 + against);
        let mut share = 1.0 / (1.0 + world.monetised[t].0[i] * m.monetised.0[i]);
        if japan {
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
        if REPORTED {
            outputs(i, world.ott[t].0[i], world, &point, rows, excess);
        }
    }
}

/// Outputs of a region or the world.
#[inline(always)]
fn place_year(t: usize, world: &World, sums: &Sums, rows: &mut Outputs, excess: &mut [Row; 2]) {
    if t == 0 {
        *excess = NO_EXCESS;
    }
    for i in 0..B {
        outputs(i, world.ott[t].0[i], world, &sums.at(i), rows, excess);
    }
}

const NO_EXCESS: [Row; 2] = [Row([f64::NEG_INFINITY; B]); 2];

#[inline(always)]
fn accept(place: usize, t: usize, at: &At, rows: &Outputs, sink: &mut impl Sink) {
    for (output, row) in rows.iter().enumerate() {
        sink.accept(place, t * OUTPUTS.len() + output, at.block, row);
    }
}

/// After the last year of a place and block.
#[inline(always)]
fn end_place(place: usize, at: &At, excess: &[Row; 2], sink: &mut impl Sink) {
    sink.accept_crossings(place, excess);
    sink.count(place, at.block, at.last);
}

/// The outputs of trial `i`, and by how much each crossing is exceeded in any year so far.
#[inline(always)]
fn outputs(
    i: usize,
    ott: f64,
    world: &World,
    p: &Point,
    rows: &mut Outputs,
    excess: &mut [Row; 2],
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
        p.users * ott,
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
    for (most, value) in excess.iter_mut().zip([margin, gain - p.loss_undetected]) {
        most.0[i] = if value > most.0[i] { value } else { most.0[i] };
    }
}
