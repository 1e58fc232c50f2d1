//! Checked methods for the elementary functions.

use super::Kernels;

impl Kernels {
    /// `eˣ`, in place.
    ///
    /// # Accuracy
    /// Within [`EXP_ULP`](crate::accuracy::EXP_ULP) ulp over all f32 (test `exp_is_accurate`). NaN stays NaN.
    pub fn exp(&self, x: &mut [f32]) {
        // SAFETY: only `for_isa` hands out a table, after it has detected the table's instruction set.
        unsafe { (self.exp)(x) }
    }

    /// `1 / (1 + e⁻ˣ)`, in place.
    ///
    /// # Accuracy
    /// Within [`SIGMOID_ABSOLUTE`](crate::accuracy::SIGMOID_ABSOLUTE) over all f32 (test `sigmoid_is_accurate`). NaN
    /// stays NaN.
    pub fn sigmoid(&self, x: &mut [f32]) {
        // SAFETY: only `for_isa` hands out a table, after it has detected the table's instruction set.
        unsafe { (self.sigmoid)(x) }
    }

    /// `tanh x`, in place.
    ///
    /// # Accuracy
    /// Within [`TANH_ULP`](crate::accuracy::TANH_ULP) ulp over all f32 (test `tanh_is_accurate`). NaN stays NaN.
    pub fn tanh(&self, x: &mut [f32]) {
        // SAFETY: only `for_isa` hands out a table, after it has detected the table's instruction set.
        unsafe { (self.tanh)(x) }
    }

    /// `sin x` and `cos x`, x in radians.
    ///
    /// # Accuracy
    /// Within [`SIN_COS_ABSOLUTE`](crate::accuracy::SIN_COS_ABSOLUTE) over all finite f32 (tests `sin_is_accurate`,
    /// `cos_is_accurate`), and within [-1, 1]. NaN where `x` is not finite.
    ///
    /// # Panics
    /// If the lengths differ.
    pub fn sin_cos(&self, x: &[f32], sin: &mut [f32], cos: &mut [f32]) {
        assert_eq!([sin.len(), cos.len()], [x.len(); 2], "sin_cos: lengths differ");
        // SAFETY: only `for_isa` hands out a table, after it has detected the table's instruction set.
        unsafe { (self.sin_cos)(x, sin, cos) }
    }

    /// The angle of `(x, y)` in radians, from −π to π: `dst[i] = atan2(y[i], x[i])`.
    ///
    /// Signs of zero are IEEE 754's: with `y` = +0 the angle is +0 for positive `x` or +0, and the f32 nearest π for
    /// negative `x` or −0; with `y` = −0 these are −0 and −π.
    ///
    /// # Accuracy
    /// Within [`ATAN2_ULP`](crate::accuracy::ATAN2_ULP) ulp (test `atan2_is_accurate`). NaN where either is.
    ///
    /// # Panics
    /// If the lengths differ.
    pub fn atan2(&self, y: &[f32], x: &[f32], dst: &mut [f32]) {
        assert_eq!([y.len(), x.len()], [dst.len(); 2], "atan2: lengths differ");
        // SAFETY: only `for_isa` hands out a table, after it has detected the table's instruction set.
        unsafe { (self.atan2)(y, x, dst) }
    }
}
