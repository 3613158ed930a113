//! A distribution whose numbers are the same in every trial, as draws are made from it: by way of a table where quantiles are slow.

use std::sync::{Arc, OnceLock};

use super::Distribution;
use super::distribution::DrawBy;
use super::table::Table;

/// A distribution with fixed numbers. Families whose quantiles are searched for are drawn from by a table of polynomials in the score, whose
/// draws differ from those of [`Distribution::draw`] by at most 5e-13 of `|x| + |dx/dz|/10`.
///
/// The table is built at the first draw and follows from the distribution alone.
#[derive(Debug, Clone)]
pub struct FixedDistribution {
    distribution: Distribution,
    /// Shared by clones. `None` inside where no table holds the tolerance.
    table: Arc<OnceLock<Option<Table>>>,
}

impl FixedDistribution {
    /// Of this distribution.
    pub fn new(distribution: Distribution) -> Self {
        Self {
            distribution,
            table: Arc::default(),
        }
    }

    /// The distribution itself, with the exact quantile function.
    pub fn distribution(&self) -> &Distribution {
        &self.distribution
    }

    /// The draw at a standard normal score, as a run makes it; at score 0 that of [`Distribution::draw`] to the bit.
    ///
    /// ```
    /// use fanfare::dist::{FixedDistribution, ParameterValue, build, parametrisation};
    ///
    /// let pert = parametrisation("pert", &["low", "mode", "high"]).unwrap();
    /// let distribution = build(&pert, &[1.0, 2.0, 5.0].map(ParameterValue::Number)).unwrap();
    /// let fixed = FixedDistribution::new(distribution.clone());
    /// assert!(fixed.share_from_table() > 0.9999);
    /// assert_eq!(fixed.draw(0.0), distribution.draw(0.0));
    /// assert!((fixed.draw(1.3) - distribution.draw(1.3)).abs() < 1e-12);
    /// ```
    pub fn draw(&self, score: f64) -> f64 {
        let mut draw = [0.0];
        self.draw_row(DrawBy::Score, &[score], &mut draw);
        draw[0]
    }

    /// Whether draws are to be asked for by score, since that is what a table is read by.
    pub(crate) fn draws_by_score(&self) -> bool {
        self.distribution.is_slow()
    }

    /// The share of draws that are read from the table within its reach; 0 where the quantile function is computed for each.
    pub fn share_from_table(&self) -> f64 {
        self.table().map_or(0.0, |table| 1.0 - table.searched)
    }

    /// Builds the table now, where there is to be one: many are built on several threads before the first draw waits for any.
    pub(crate) fn prepare(&self) {
        self.table();
    }

    fn table(&self) -> Option<&Table> {
        let built = || Table::new(&self.distribution);
        if self.distribution.is_slow() {
            self.table.get_or_init(built).as_ref()
        } else {
            None
        }
    }

    /// The draws at a row of scores, or the quantiles at a row of levels.
    pub(crate) fn draw_row(&self, by: DrawBy, places: &[f64], out: &mut [f64]) {
        match (by, self.table()) {
            (DrawBy::Score, Some(table)) => table.draw_row(&self.distribution, places, out),
            _ => self.distribution.draw_row(by, places, out),
        }
    }
}
