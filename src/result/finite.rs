//! A guard against NaN and infinities, which JSON would silently turn into `null`.

use super::{LabelProbability, Labels, Probability, ResultDocument};

/// A number in a document that is not finite; the producer should have left it out (`None`).
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error(
    "the result holds {value} at {path}; a statistic that does not exist is null, never NaN or infinite"
)]
pub struct NotFinite {
    /// The number.
    pub value: f64,
    /// Where it stands.
    pub path: String,
}

impl ResultDocument {
    /// Checks that every number is finite.
    ///
    /// # Errors
    /// The first number that is not, with its place.
    pub fn check_finite(&self) -> Result<(), NotFinite> {
        numbers("run", [self.run.error_df])?;
        numbers(
            "quantile_levels",
            self.quantile_levels.iter().map(|level| Some(*level)),
        )?;
        for (name, output) in self.outputs.iter() {
            for cell in &output.cells {
                let path = || path(&["outputs", name], &cell.place, &cell.at);
                let scalars = [
                    cell.central,
                    cell.central_level,
                    cell.mean,
                    cell.mean_error,
                    cell.sd,
                    cell.sd_error,
                    cell.min,
                    cell.max,
                ];
                numbers(
                    path,
                    scalars
                        .into_iter()
                        .chain(cell.quantiles.iter().copied())
                        .chain(cell.quantile_errors.iter().copied()),
                )?;
            }
        }
        for (name, crossing) in self.crossings.iter() {
            for cell in &crossing.cells {
                let path = || path(&["crossings", name], &cell.place, &cell.at);
                let labelled = cell.first.iter().chain(&cell.by).flat_map(
                    |LabelProbability {
                         probability, error, ..
                     }| [Some(*probability), *error],
                );
                let single = [cell.never, cell.recross, cell.date.left_censored]
                    .into_iter()
                    .flat_map(|Probability { probability, error }| [Some(probability), error]);
                let date = cell
                    .date
                    .quantiles
                    .iter()
                    .chain(&cell.date.quantile_errors)
                    .copied();
                numbers(path, labelled.chain(single).chain(date))?;
            }
        }
        for (name, joint) in self.joint.iter() {
            for cell in &joint.cells {
                let matrices = cell
                    .covariance
                    .iter()
                    .chain(&cell.correlation)
                    .chain(&cell.correlation_errors);
                numbers(
                    || path(&["joint", name], &cell.place, &cell.at),
                    cell.mean.iter().chain(matrices.flatten()).copied(),
                )?;
            }
        }
        Ok(())
    }
}

/// A place that is only spelt out when it is needed.
trait Path {
    fn text(&self) -> String;
}

impl Path for &str {
    fn text(&self) -> String {
        (*self).to_owned()
    }
}

impl<F: Fn() -> String> Path for F {
    fn text(&self) -> String {
        self()
    }
}

fn numbers(
    path: impl Path,
    values: impl IntoIterator<Item = Option<f64>>,
) -> Result<(), NotFinite> {
    match values
        .into_iter()
        .flatten()
        .find(|value| !value.is_finite())
    {
        Some(value) => Err(NotFinite {
            value,
            path: path.text(),
        }),
        None => Ok(()),
    }
}

fn path(names: &[&str], place: &str, at: &Labels) -> String {
    let labels: Vec<String> = at
        .iter()
        .map(|(dimension, key)| format!("{dimension} = {key}"))
        .collect();
    format!("{}, {place} [{}]", names.join("."), labels.join(", "))
}

#[cfg(test)]
mod tests {
    use super::super::sample::sample;
    use super::*;

    #[test]
    fn a_nan_anywhere_is_found() {
        let document = sample();
        assert_eq!(document.check_finite(), Ok(()));
        let changes: Vec<fn(&mut ResultDocument)> = vec![
            |d| d.run.error_df = Some(f64::NAN),
            |d| d.quantile_levels[0] = f64::NAN,
            |d| d.outputs.get_mut("loss").unwrap().cells[3].central = Some(f64::NAN),
            |d| d.outputs.get_mut("loss").unwrap().cells[3].central_level = Some(f64::NAN),
            |d| d.outputs.get_mut("loss").unwrap().cells[3].mean = Some(f64::NEG_INFINITY),
            |d| d.outputs.get_mut("loss").unwrap().cells[3].mean_error = Some(f64::NAN),
            |d| d.outputs.get_mut("loss").unwrap().cells[3].sd = Some(f64::NAN),
            |d| d.outputs.get_mut("loss").unwrap().cells[3].sd_error = Some(f64::NAN),
            |d| d.outputs.get_mut("loss").unwrap().cells[3].min = Some(f64::NAN),
            |d| d.outputs.get_mut("loss").unwrap().cells[3].max = Some(f64::INFINITY),
            |d| d.outputs.get_mut("loss").unwrap().cells[3].quantiles[22] = Some(f64::NAN),
            |d| d.outputs.get_mut("loss").unwrap().cells[3].quantile_errors[22] = Some(f64::NAN),
            |d| {
                d.crossings.get_mut("revenue_over_loss").unwrap().cells[0].first[1].probability =
                    f64::NAN
            },
            |d| {
                d.crossings.get_mut("revenue_over_loss").unwrap().cells[0].by[1].error =
                    Some(f64::NAN)
            },
            |d| {
                d.crossings.get_mut("revenue_over_loss").unwrap().cells[0]
                    .never
                    .probability = f64::NAN
            },
            |d| {
                d.crossings.get_mut("revenue_over_loss").unwrap().cells[0]
                    .recross
                    .error = Some(f64::NAN)
            },
            |d| {
                d.crossings.get_mut("revenue_over_loss").unwrap().cells[0]
                    .date
                    .quantiles[0] = Some(f64::NAN)
            },
            |d| {
                d.crossings.get_mut("revenue_over_loss").unwrap().cells[0]
                    .date
                    .quantile_errors[0] = Some(f64::NAN)
            },
            |d| {
                d.crossings.get_mut("revenue_over_loss").unwrap().cells[0]
                    .date
                    .left_censored
                    .error = Some(f64::NAN)
            },
            |d| d.joint.get_mut("revenue_and_loss").unwrap().cells[0].mean[0] = Some(f64::NAN),
            |d| {
                d.joint.get_mut("revenue_and_loss").unwrap().cells[0].covariance[1][0] =
                    Some(f64::NAN)
            },
            |d| {
                d.joint.get_mut("revenue_and_loss").unwrap().cells[0].correlation[1][0] =
                    Some(f64::NAN)
            },
            |d| {
                d.joint.get_mut("revenue_and_loss").unwrap().cells[0].correlation_errors[1][0] =
                    Some(f64::NAN)
            },
        ];
        for (number, change) in changes.into_iter().enumerate() {
            let mut broken = document.clone();
            change(&mut broken);
            assert!(
                broken.check_finite().is_err(),
                "change {number} went unnoticed"
            );
        }
    }

    #[test]
    fn the_error_names_the_cell() {
        let mut broken = sample();
        broken.outputs.get_mut("loss").unwrap().cells[3].mean = Some(f64::INFINITY);
        let text = broken.check_finite().unwrap_err().to_string();
        assert!(text.contains("outputs.loss, world [year = 2026]"), "{text}");
    }
}
