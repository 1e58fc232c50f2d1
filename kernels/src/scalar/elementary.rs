//! The reference for the elementary functions: the standard library's, in f64 where f32 loses digits.

/// See [`Kernels::exp`](crate::Kernels::exp).
pub fn exp(x: &mut [f32]) {
    x.iter_mut().for_each(|x| *x = f64::from(*x).exp() as f32);
}

/// See [`Kernels::sigmoid`](crate::Kernels::sigmoid).
pub fn sigmoid(x: &mut [f32]) {
    x.iter_mut().for_each(|x| *x = (1.0 / (1.0 + (-f64::from(*x)).exp())) as f32);
}

/// See [`Kernels::tanh`](crate::Kernels::tanh).
pub fn tanh(x: &mut [f32]) {
    x.iter_mut().for_each(|x| *x = f64::from(*x).tanh() as f32);
}

/// See [`Kernels::sin_cos`](crate::Kernels::sin_cos).
pub fn sin_cos(x: &[f32], sin: &mut [f32], cos: &mut [f32]) {
    for ((x, sin), cos) in x.iter().zip(sin).zip(cos) {
        let x = f64::from(*x);
        (*sin, *cos) = (x.sin() as f32, x.cos() as f32);
    }
}

/// See [`Kernels::atan2`](crate::Kernels::atan2).
pub fn atan2(y: &[f32], x: &[f32], dst: &mut [f32]) {
    for ((d, y), x) in dst.iter_mut().zip(y).zip(x) {
        *d = f64::from(*y).atan2(f64::from(*x)) as f32;
    }
}
