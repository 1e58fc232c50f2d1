//! A trace that runs the model with other heads and levels than those of its file.

use std::collections::HashMap;
use std::ops::Range;

use kokoro_gguf::model::Trace;
use kokoro_gguf::tensor::Matrix;

/// The duration head: `[rows, inputs]` and a bias for each row.
#[derive(Debug, Clone, PartialEq)]
pub struct DurationHead {
    /// Weights, row by row.
    pub weight: Vec<f32>,
    /// Biases.
    pub bias: Vec<f32>,
}

impl DurationHead {
    /// Frames of each token at speed 1, from the states `[tokens, inputs]`.
    pub fn frames(&self, states: &Matrix) -> Vec<u32> {
        let sigmoid = |z: f32| 1.0 / (1.0 + (-z).exp());
        let frames = |state: &[f32]| {
            let rows = self.weight.chunks_exact(state.len()).zip(&self.bias);
            let sum: f32 = rows.map(|(row, bias)| sigmoid(bias + dot(row, state))).sum();
            sum.round_ties_even().max(1.0) as u32
        };
        states.iter_rows().map(frames).collect()
    }
}

/// A projection to one curve.
#[derive(Debug, Clone, PartialEq)]
pub struct CurveHead {
    /// Weights.
    pub weight: Vec<f32>,
    /// Bias.
    pub bias: f32,
}

impl CurveHead {
    fn curve(&self, states: &Matrix) -> Vec<f32> {
        states.iter_rows().map(|state| self.bias + dot(&self.weight, state)).collect()
    }
}

pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Columns of a stage that are to have a level.
#[derive(Debug, Clone)]
pub struct Level {
    /// The stage.
    pub stage: String,
    /// Its columns.
    pub columns: Range<usize>,
    /// What was added to these columns last, and is no part of the level.
    pub bias: Vec<f32>,
    /// The root mean square wanted.
    pub target: f32,
    /// What the columns were multiplied by; 1 until the stage has run.
    pub scale: f32,
}

/// The trace.
#[derive(Debug, Default)]
pub struct Probe<'a> {
    /// Takes the place of the file's duration head; without it a few frames are made, which is cheap.
    pub duration: Option<&'a DurationHead>,
    /// Takes the place of the file's F0 head.
    pub f0: Option<&'a CurveHead>,
    /// Takes the place of the file's energy head.
    pub energy: Option<&'a CurveHead>,
    /// Levels to set.
    pub levels: Vec<Level>,
    /// What the heads get: by stage.
    pub states: HashMap<&'static str, Matrix>,
}

/// What the duration head gets, `[tokens, hidden]`.
pub const DURATION_STATES: &str = "duration_lstm";
/// What the F0 head gets, `[2·frames, hidden / 2]`.
pub const F0_STATES: &str = "f0_blocks.2";
/// What the energy head gets, `[2·frames, hidden / 2]`.
pub const ENERGY_STATES: &str = "n_blocks.2";

/// Frames of a run without a duration head: some, since the later stages take no empty sequence.
const UNFITTED_FRAMES: usize = 3;

/// Significant digits of what is fitted: few enough that another instruction set's rounding rarely shows.
const DIGITS: i32 = 3;

/// `x` with [`DIGITS`] significant digits.
pub(crate) fn rounded(x: f32) -> f32 {
    if x == 0.0 || !x.is_finite() {
        return x;
    }
    let unit = 10f64.powi(f64::from(x.abs()).log10().floor() as i32 + 1 - DIGITS);
    ((f64::from(x) / unit).round() * unit) as f32
}

impl Level {
    fn set(&mut self, value: &mut Matrix) {
        let mut squares = 0.0f64;
        for row in value.iter_rows() {
            let own = row[self.columns.clone()].iter().zip(&self.bias);
            squares += own.map(|(v, b)| f64::from(v - b).powi(2)).sum::<f64>();
        }
        let rms = (squares / (value.rows() * self.columns.len()) as f64).sqrt() as f32;
        self.scale = rounded(self.target / rms.max(f32::MIN_POSITIVE));
        for t in 0..value.rows() {
            let own = value.row_mut(t)[self.columns.clone()].iter_mut().zip(&self.bias);
            own.for_each(|(v, b)| *v = (*v - b) * self.scale + b);
        }
    }
}

impl Trace for Probe<'_> {
    fn tensor(&mut self, name: &str, value: &mut Matrix) {
        if let Some(stage) = [DURATION_STATES, F0_STATES, ENERGY_STATES].into_iter().find(|s| *s == name) {
            self.states.insert(stage, value.clone());
        }
        for (curve, head, stage) in [("f0", self.f0, F0_STATES), ("n", self.energy, ENERGY_STATES)] {
            if let (true, Some(head)) = (name == curve, head) {
                value.data_mut().copy_from_slice(&head.curve(&self.states[stage]));
            }
        }
        self.levels.iter_mut().filter(|level| level.stage == name).for_each(|level| level.set(value));
    }

    fn durations(&mut self, frames: &mut Vec<u32>) {
        match self.duration {
            None => {
                let spoken = frames.len().min(UNFITTED_FRAMES);
                frames[..spoken].fill(1);
                frames[spoken..].fill(0);
            }
            Some(head) => *frames = head.frames(&self.states[DURATION_STATES]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_to_three_digits() {
        for (x, expected) in
            [(0.0, 0.0), (123.456, 123.0), (-0.001_236_7, -0.001_24), (9.996, 10.0), (5.0e-20, 5.0e-20)]
        {
            let found = rounded(x);
            assert!((found - expected).abs() <= f32::EPSILON * expected.abs(), "{x}: {found}");
        }
    }

    #[test]
    fn a_level_is_set_without_the_bias() {
        let mut value = Matrix::from_vec(2, 3, vec![9.0, 5.0, 1.0, 9.0, 1.0, -3.0]);
        let mut level =
            Level { stage: "s".into(), columns: 1..3, bias: vec![3.0, -1.0], target: 4.0, scale: 1.0 };
        level.set(&mut value);
        assert_eq!(level.scale, 2.0);
        assert_eq!(value.data(), [9.0, 7.0, 3.0, 9.0, -1.0, -5.0]);
    }
}
