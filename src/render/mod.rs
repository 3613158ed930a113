//! Results for readers: fan charts as SVG and a short text report, with no more digits than the Monte Carlo error supports.

mod axis;
mod crossing_strip;
mod fan;
mod fan_chart;
mod number;
mod report;
mod small_multiples;
mod svg;
mod text_width;

#[cfg(test)]
mod tests;

pub use fan::ChartError;
pub use fan_chart::{FanChart, fan_chart};
pub use number::{Scale, exact, percent, percent_with_error, supported, with_error};
pub use report::{Driver, ReportPlan, report};
pub use small_multiples::{SmallMultiples, small_multiples};
