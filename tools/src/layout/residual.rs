//! Residual blocks: those of the decoder and of the prosody branches, and those of the generator.

use super::{Fill, List};
use crate::preset::{DILATIONS, STYLE};

/// Level of a style's values: that of the official voices.
const STYLE_LEVEL: f32 = 0.19;
/// Level of γ and β.
const AFFINE_LEVEL: f32 = 0.35;
/// Level behind AdaIN, `(1 + γ)·x + β`, and leaky ReLU of slope 0.2, for normal `x`.
const LEAKY_LEVEL: f32 = 0.81;
/// Level behind AdaIN and snake, for normal `x` and α as drawn here.
const SNAKE_LEVEL: f32 = 1.26;

/// The style's projections `{stem}gamma{suffix}` and `{stem}beta{suffix}` of level `level`, for `channels` channels.
pub(super) fn style(list: &mut List, stem: &str, suffix: &str, channels: usize, level: f32) {
    let std = level / (STYLE_LEVEL * (STYLE as f32).sqrt());
    for half in ["gamma", "beta"] {
        let name = format!("{stem}{half}{suffix}_weight");
        list.push(&name, &[channels, STYLE], Fill::Normal { mean: 0.0, std });
    }
    for half in ["gamma", "beta"] {
        list.bias(&format!("{stem}{half}{suffix}_bias"), channels);
    }
}

/// An `AdainResBlk1d` from `inputs` to `outputs` channels; `input` is the level of what enters, for the shortcut.
pub(super) fn block(list: &mut List, name: &str, [inputs, outputs]: [usize; 2], input: f32, pool: bool) {
    let conv1_input = if pool { POOL_LEVEL } else { LEAKY_LEVEL };
    list.bias(&format!("{name}.conv1_bias"), outputs);
    list.kernel(&format!("{name}.conv1_weight"), [outputs, inputs, 3], conv1_input, 1.0);
    list.bias(&format!("{name}.conv2_bias"), outputs);
    list.kernel(&format!("{name}.conv2_weight"), [outputs, outputs, 3], LEAKY_LEVEL, 0.8);
    style(list, &format!("{name}.norm1_"), "", inputs, AFFINE_LEVEL);
    style(list, &format!("{name}.norm2_"), "", outputs, AFFINE_LEVEL);
    if inputs != outputs {
        list.kernel(&format!("{name}.conv1x1_weight"), [outputs, inputs, 1], input, 1.0);
    }
    if pool {
        list.bias(&format!("{name}.pool_bias"), inputs);
        let gain = POOL_LEVEL / LEAKY_LEVEL;
        list.push(&format!("{name}.pool_weight"), &[inputs, 1, 3], Fill::Smoothing { gain });
    }
}

/// Level behind a block's pool.
const POOL_LEVEL: f32 = 0.7;

/// An `AdaINResBlock1` of `channels` channels.
pub(super) fn generator_block(list: &mut List, name: &str, channels: usize, kernel: usize) {
    let layers = 0..DILATIONS.len();
    for (conv, target) in [("convs1", 1.0), ("convs2", 0.45)] {
        for i in layers.clone() {
            list.bias(&format!("{name}.{i}.{conv}_bias"), channels);
            let shape = [channels, channels, kernel];
            list.kernel(&format!("{name}.{i}.{conv}_weight"), shape, SNAKE_LEVEL, target);
        }
    }
    for half in ["1", "2"] {
        for i in layers.clone() {
            style(list, &format!("{name}.{i}."), half, channels, AFFINE_LEVEL);
        }
    }
    for half in ["1", "2"] {
        for i in layers.clone() {
            list.push(&format!("{name}.{i}.alpha{half}"), &[1, channels, 1], Fill::LogNormal { sigma: 0.3 });
        }
    }
}
