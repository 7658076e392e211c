//! Measures and their readings: what is measured, whether it can be held to account, how it goes, and what of it may be
//! shown to whom.
//!
//! A measure has a unit, a frequency and a polarity, a baseline and a history of targets. A reading is its figure for
//! one whole [`Period`]: of all, or of one category of a breakdown. Figures are exact ([`Decimal`]); nothing here is a
//! floating-point number, so that two databases and a client cannot disagree about the last digit.

mod course;
mod decimal;
mod figures;
mod period;
mod smart;
mod suppression;
mod trend;
mod words;

pub use course::{Point, Target, target_in_force, target_status};
pub use decimal::{Decimal, NotADecimal};
pub use figures::{Figures, FiguresField, FiguresProblem, MAX_COUNT, settle};
pub use period::{GRACE_DAYS, Period, PeriodProblem, is_stale, reading_due_on};
pub use smart::{Stated, smart};
pub use suppression::{Cell, Hidden, THRESHOLD, is_hidden_alone, suppress};
pub use trend::{TREND_AT_LEAST, TREND_OVER, trend};
pub use words::{BenchmarkKind, Frequency, MeasureGap, MeasureUnit, Polarity, TargetStatus, Trend};
