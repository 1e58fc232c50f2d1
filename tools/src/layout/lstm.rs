//! Bidirectional LSTMs: 32 tensors each, gates i, f, g, o with even numbers for the input and odd ones for the state.

use super::{Fill, List};

/// Weights are uniform within this over √hidden, a little above PyTorch's own initialisation.
const SPREAD: f32 = 1.5;

/// The LSTM `{name}.0` with `inputs` inputs and `hidden` states in each direction.
pub(super) fn push(list: &mut List, name: &str, inputs: usize, hidden: usize) {
    let fill = Fill::Uniform { bound: SPREAD / (hidden as f32).sqrt() };
    for direction in ["", "reverse_"] {
        for (parity, columns) in [(0, inputs), (1, hidden)] {
            for gate in 0..4 {
                let name = format!("{name}.0.{direction}weights.{}", 2 * gate + parity);
                list.push(&name, &[hidden, columns], fill.clone());
            }
        }
        for parity in 0..2 {
            for gate in 0..4 {
                list.push(
                    &format!("{name}.0.{direction}biases.{}", 2 * gate + parity),
                    &[hidden],
                    fill.clone(),
                );
            }
        }
    }
}
