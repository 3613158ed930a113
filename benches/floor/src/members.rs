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

/// Outputs that are more than a sum.
const N_COMPUTED: usize = 17;

/// Quantities of a member and year from which all outputs follow at every place, being sums.
#[derive(Clone, Copy)]
pub struct Sums {
    contacts: Row,
    flash: Row,
    identified: Row,
    monetised: Row,
    subscriptions: Row,
    revenue: Row,
    /// Undetected, monetised and blocked calls at the price of the messages they displace.
    loss_undetected: Row,
    loss_monetised: Row,
    loss_blocked: Row,
    /// Undetected calls at the price of a flash call.
    undetected_value: Row,
    wrongly: Row,
    penalty: Row,
    users: Row,
    /// Contacts at the average price.
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

    fn rows(&self) -> [&Row; 15] {
        let Self {
            contacts,
            flash,
            identified,
            monetised,
            subscriptions,
            revenue,
            loss_undetected,
            loss_monetised,
            loss_blocked,
            undetected_value,
            wrongly,
            penalty,
            users,
            gross,
            displaced,
        } = self;
        [
            contacts,
            flash,
            identified,
            monetised,
            subscriptions,
            revenue,
            loss_undetected,
            loss_monetised,
            loss_blocked,
            undetected_value,
            wrongly,
            penalty,
            users,
            gross,
            displaced,
        ]
    }

    fn rows_mut(&mut self) -> [&mut Row; 15] {
        let Self {
            contacts,
            flash,
            identified,
            monetised,
            subscriptions,
            revenue,
            loss_undetected,
            loss_monetised,
            loss_blocked,
            undetected_value,
            wrongly,
            penalty,
            users,
            gross,
            displaced,
        } = self;
        [
            contacts,
            flash,
            identified,
            monetised,
            subscriptions,
            revenue,
            loss_undetected,
            loss_monetised,
            loss_blocked,
            undetected_value,
            wrongly,
            penalty,
            users,
            gross,
            displaced,
        ]
    }

    #[inline(always)]
    fn add(&mut self, other: &Self) {
        for (sum, row) in self.rows_mut().into_iter().zip(other.rows()) {
            for i in 0..B {
                sum.0[i] += row.0[i];
            }
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
    /// [region × block], [member × block].
    areas: Vec<Vec<Area>>,
    stash: Vec<Vec<Stash>>,
    area_sums: Vec<[Sums; N_YEARS]>,
    world_sums: Vec<[Sums; N_YEARS]>,
    scratch: Box<Scratch>,
    group: usize,
}

/// Rows that are written before they are read.
struct Scratch {
    member: MemberRows,
    fresh: Row,
    sums: Sums,
    outputs: [Row; N_COMPUTED],
    excess: [Row; 2],
}

fn zeroed(n: usize) -> Vec<[Sums; N_YEARS]> {
    (0..n).map(|_| [Sums::ZERO; N_YEARS]).collect()
}

impl Chunk {
    /// `group` members of a region are taken together, block by block.
    pub fn new(tables: &Tables, blocks: usize, group: usize) -> Self {
        let n_members: usize = tables.regions.iter().map(|r| r.members.len()).sum();
        let fill = |n: usize| n;
        Self {
            worlds: (0..blocks).map(|_| World::ZERO).collect(),
            areas: (0..blocks)
                .map(|_| {
                    (0..fill(tables.regions.len()))
                        .map(|_| Area::ZERO)
                        .collect()
                })
                .collect(),
            stash: (0..blocks)
                .map(|_| (0..n_members).map(|_| Stash::ZERO).collect())
                .collect(),
            area_sums: zeroed(blocks),
            world_sums: zeroed(blocks),
            scratch: Box::new(Scratch {
                member: MemberRows::ZERO,
                fresh: Row::ZERO,
                sums: Sums::ZERO,
                outputs: [Row::ZERO; N_COMPUTED],
                excess: [Row::ZERO; 2],
            }),
            group,
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
                &mut self.areas[block],
                &mut self.stash[block],
            );
            self.world_sums[block] = [Sums::ZERO; N_YEARS];
        }
        let world_place = tables.n_countries + tables.regions.len();
        let scratch = &mut *self.scratch;
        let mut first_member = 0;
        for (r, region) in tables.regions.iter().enumerate() {
            for sums in &mut self.area_sums {
                *sums = [Sums::ZERO; N_YEARS];
            }
            for (k, group) in region.members.chunks(self.group).enumerate() {
                let first = first_member + k * self.group;
                for block in 0..blocks {
                    for (k, member) in group.iter().enumerate() {
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
                            &self.areas[block][r],
                            &self.stash[block][first + k],
                            &mut self.area_sums[block],
                            scratch,
                            sink,
                        );
                    }
                }
            }
            first_member += region.members.len();
            for block in 0..blocks {
                let at = At {
                    block,
                    last: block + 1 == blocks,
                    world: &self.worlds[block],
                };
                let place = tables.n_countries + r;
                for t in 0..N_YEARS {
                    let sums = &mut self.area_sums[block][t];
                    displace(at.world, &self.areas[block][r], sums);
                    self.world_sums[block][t].add(sums);
                    one_year(
                        place,
                        t,
                        &at,
                        sums,
                        &mut scratch.outputs,
                        &mut scratch.excess,
                        sink,
                    );
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
                one_year(
                    world_place,
                    t,
                    &at,
                    sums,
                    &mut scratch.outputs,
                    &mut scratch.excess,
                    sink,
                );
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

/// (18) displaced messages of a member or region: displacement · (calls − what falls back of the blocked).
#[inline(always)]
fn displace(world: &World, area: &Area, sums: &mut Sums) {
    for i in 0..B {
        let blocked = sums.identified.0[i] - sums.monetised.0[i];
        let calls = sums.flash.0[i] - blocked * world.fallback.0[i];
        sums.displaced.0[i] = area.displacement.0[i] * calls;
    }
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
        sums,
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
        member_year(t, japan, at.world, area, stash, m, sums, &mut area_sums[t]);
        if let Some(country) = member.country {
            displace(at.world, area, sums);
            one_year(country, t, at, sums, outputs, excess, sink);
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
fn member_year(
    t: usize,
    japan: bool,
    world: &World,
    area: &Area,
    stash: &Stash,
    m: &mut MemberRows,
    sums: &mut Sums,
    area_sums: &mut Sums,
) {
    let (per_weight, per_propensity) = (&world.contacts[t], &world.odds[t]);
    let (price, ratio) = (&world.price[t], &world.ratio[t]);
    let (rollout, monetised) = (&world.rollout[t], &world.monetised[t]);
    for i in 0..B {
        let contacts = per_weight.0[i] * m.weight.0[i];
        let odds = per_propensity.0[i] * stash.propensity.0[i];
        let flash = contacts * odds / (1.0 + odds);
        let price = price.0[i] * m.price.0[i];
        let flash_price = price * ratio.0[i] * m.ratio.0[i];
        let against = rollout.0[i] * exp(-m.rollout.0[i] - 0.20 * m.shock.0[i]);
        let rollout = 1.0 / (1.0 + against);
        let mut share = 1.0 / (1.0 + monetised.0[i] * m.monetised.0[i]);
        if japan {
            share *= world.japan.0[i];
        }
        let identified = flash * rollout * m.recall.0[i];
        let undetected = flash - identified;
        let monetised = identified * share;
        let blocked = identified - monetised;
        let displaced_price = area.displacement.0[i] * price;
        let subscriptions = m.subscriptions.0[i];
        let wrongly = subscriptions * m.wrongly.0[i] * rollout * (1.0 - share);
        let value = contacts;
        sums.contacts.0[i] = value;
        area_sums.contacts.0[i] += value;
        let value = flash;
        sums.flash.0[i] = value;
        area_sums.flash.0[i] += value;
        let value = identified;
        sums.identified.0[i] = value;
        area_sums.identified.0[i] += value;
        let value = monetised;
        sums.monetised.0[i] = value;
        area_sums.monetised.0[i] += value;
        let value = subscriptions;
        sums.subscriptions.0[i] = value;
        area_sums.subscriptions.0[i] += value;
        let value = monetised * flash_price;
        sums.revenue.0[i] = value;
        area_sums.revenue.0[i] += value;
        let value = undetected * displaced_price;
        sums.loss_undetected.0[i] = value;
        area_sums.loss_undetected.0[i] += value;
        let value = monetised * displaced_price;
        sums.loss_monetised.0[i] = value;
        area_sums.loss_monetised.0[i] += value;
        let value = blocked * displaced_price;
        sums.loss_blocked.0[i] = value;
        area_sums.loss_blocked.0[i] += value;
        let value = undetected * flash_price;
        sums.undetected_value.0[i] = value;
        area_sums.undetected_value.0[i] += value;
        let value = wrongly;
        sums.wrongly.0[i] = value;
        area_sums.wrongly.0[i] += value;
        let value = wrongly * m.penalty.0[i];
        sums.penalty.0[i] = value;
        area_sums.penalty.0[i] += value;
        let value = m.users.0[i];
        sums.users.0[i] = value;
        area_sums.users.0[i] += value;
        let value = contacts * price * world.inverse_premium.0[i];
        sums.gross.0[i] = value;
        area_sums.gross.0[i] += value;
        let growth = stash.growth.0[i];
        m.weight.0[i] *= growth;
        m.subscriptions.0[i] = subscriptions * growth;
        m.users.0[i] *= growth;
        m.price.0[i] *= area.drift.0[i];
    }
}

/// Outputs of one place, year and block.
#[inline(always)]
fn one_year(
    place: usize,
    t: usize,
    at: &At,
    sums: &Sums,
    rows: &mut [Row; N_COMPUTED],
    excess: &mut [Row; 2],
    sink: &mut impl Sink,
) {
    if t == 0 {
        *excess = [Row([f64::NEG_INFINITY; B]); 2];
    }
    outputs(&at.world.ott[t], at.world, sums, rows, excess);
    // In the order of `OUTPUTS`; nine are sums as they are.
    let rows: [&Row; OUTPUTS.len()] = [
        &rows[0],
        &sums.revenue,
        &rows[1],
        &rows[2],
        &rows[3],
        &rows[4],
        &sums.subscriptions,
        &sums.flash,
        &sums.identified,
        &sums.monetised,
        &rows[5],
        &rows[6],
        &rows[7],
        &rows[8],
        &rows[9],
        &sums.loss_undetected,
        &rows[10],
        &sums.wrongly,
        &sums.penalty,
        &rows[11],
        &rows[12],
        &rows[13],
        &rows[14],
        &rows[15],
        &rows[16],
        &sums.displaced,
    ];
    for (output, row) in rows.into_iter().enumerate() {
        sink.accept(
            (place * N_YEARS + t) * OUTPUTS.len() + output,
            at.block,
            row,
        );
    }
}

/// After the last year of a place and block.
#[inline(always)]
fn end_place(place: usize, at: &At, excess: &[Row; 2], sink: &mut impl Sink) {
    let cells = N_YEARS * OUTPUTS.len();
    sink.accept_crossings(place, excess);
    sink.count(place * cells..(place + 1) * cells, at.block, at.last);
}

#[inline(always)]
fn outputs(
    ott: &Row,
    world: &World,
    s: &Sums,
    rows: &mut [Row; N_COMPUTED],
    excess: &mut [Row; 2],
) {
    for i in 0..B {
        let (flash, identified, monetised) = (s.flash.0[i], s.identified.0[i], s.monetised.0[i]);
        let (revenue, loss) = (s.revenue.0[i], s.loss_undetected.0[i]);
        let recovered = s.loss_blocked.0[i] * world.fallback.0[i];
        let lost = s.loss_blocked.0[i] - recovered;
        let penalty = s.penalty.0[i];
        let displaced_value = loss + s.loss_monetised.0[i] + lost;
        let margin = revenue - loss;
        let gain = revenue + recovered - penalty;
        let undetected = flash - identified;
        let ott_calls = flash * world.ott_ratio.0[i];
        let potential = loss + s.loss_monetised.0[i] + s.loss_blocked.0[i];
        rows[0].0[i] = flash + ott_calls;
        rows[1].0[i] = loss + lost;
        rows[2].0[i] = margin;
        rows[3].0[i] = revenue - displaced_value - penalty;
        rows[4].0[i] = gain;
        rows[5].0[i] = identified - monetised;
        rows[6].0[i] = undetected;
        rows[7].0[i] = undetected / flash;
        rows[8].0[i] = monetised / identified;
        rows[9].0[i] = (revenue + s.undetected_value.0[i]) * world.inverse_share.0[i];
        rows[10].0[i] = recovered;
        rows[11].0[i] = s.users.0[i] * ott.0[i];
        rows[12].0[i] = ott_calls;
        rows[13].0[i] = potential * world.ott_ratio.0[i];
        rows[14].0[i] = s.contacts.0[i] - s.displaced.0[i];
        rows[15].0[i] = s.gross.0[i] - displaced_value;
        rows[16].0[i] = flash / s.contacts.0[i];
        let after_penalty = gain - loss;
        excess[0].0[i] = if margin > excess[0].0[i] {
            margin
        } else {
            excess[0].0[i]
        };
        excess[1].0[i] = if after_penalty > excess[1].0[i] {
            after_penalty
        } else {
            excess[1].0[i]
        };
    }
}
