//! Figures are stored as whole thousandths, which both databases compare exactly; the record writes them as people read them.

use serde::Serializer;

/// Writes 59184 as 59.184, and 60000 as 60.
pub(crate) fn always<S: Serializer>(thousandths: &i64, to: S) -> Result<S::Ok, S::Error> {
    if thousandths % 1000 == 0 {
        return to.serialize_i64(thousandths / 1000);
    }
    // Below two to the power of 53, so that the nearest double of the quotient prints as the decimal that was meant.
    #[allow(clippy::cast_precision_loss)]
    to.serialize_f64(*thousandths as f64 / 1000.0)
}

/// As [`always`], where there may be none.
pub(crate) fn maybe<S: Serializer>(thousandths: &Option<i64>, to: S) -> Result<S::Ok, S::Error> {
    match thousandths {
        Some(thousandths) => always(thousandths, to),
        None => to.serialize_none(),
    }
}
