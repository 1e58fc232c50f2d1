//! The text half: ALBERT, the prosody predictor and the text encoder.

use super::residual::{block, style};
use super::{Fill, List, lstm};
use crate::preset::{
    ALBERT_EMBEDDING, MAX_DURATION, N_TOKEN, POSITIONS, PROSODY_BLOCKS, Preset, STYLE, TEXT_KERNEL,
    TEXT_LAYERS,
};

/// Level behind GELU, for a normal input of level 1.
const GELU_LEVEL: f32 = 0.65;
/// Level behind a layer norm and leaky ReLU of slope 0.2.
const LAYER_NORM_LEAKY_LEVEL: f32 = 0.72;
/// Level of a mean of normal values with the sharp weights that attention of these levels has.
const CONTEXT_LEVEL: f32 = 0.6;
/// Level of an LSTM's states with weights as drawn here.
pub(super) const STATE_LEVEL: f32 = 0.3;

/// Level of the duration encoder's γ and β: less than elsewhere, or a random head would answer a style with twice the
/// duration.
const DURATION_AFFINE_LEVEL: f32 = 0.1;

/// ALBERT.
pub(super) fn albert(list: &mut List, preset: &Preset) {
    let (embedding, hidden, inner) = (ALBERT_EMBEDDING, preset.albert_hidden, preset.albert_intermediate);
    let normal = |std| Fill::Normal { mean: 0.0, std };
    list.push("albert.token_embd", &[N_TOKEN, embedding], normal(1.0));
    list.push("albert.position_embd", &[POSITIONS, embedding], normal(0.3));
    list.push("albert.token_type_embd", &[embedding], normal(0.3));
    list.layer_norm("albert.norm", "albert.norm_bias", embedding);
    list.linear("albert.embd", [hidden, embedding], 1.0, 1.0);
    // The names of the norms read backwards: `attn_norm` follows the feed-forward, `ffn_norm` the attention.
    let layer = "albert.layer.0";
    list.layer_norm(&format!("{layer}.attn_norm"), &format!("{layer}.attn_norm_bias"), hidden);
    list.linear(&format!("{layer}.q"), [hidden, hidden], 1.0, 2.0);
    list.linear(&format!("{layer}.k"), [hidden, hidden], 1.0, 2.0);
    list.linear(&format!("{layer}.v"), [hidden, hidden], 1.0, 1.0);
    list.linear(&format!("{layer}.o"), [hidden, hidden], CONTEXT_LEVEL, 0.04);
    list.layer_norm(&format!("{layer}.ffn_norm"), &format!("{layer}.ffn_norm_bias"), hidden);
    list.linear(&format!("{layer}.ffn"), [inner, hidden], 1.0, 1.0);
    list.linear(&format!("{layer}.ffn_out"), [hidden, inner], GELU_LEVEL, 0.25);
}

/// Durations, F0 and energy. The three heads are placeholders of the right shape for [`calibrate`](crate::calibrate).
pub(super) fn duration_predictor(list: &mut List, preset: &Preset) {
    let hidden = preset.hidden;
    let (wide, half) = (hidden + STYLE, hidden / 2);
    let name = |rest: &str| format!("duration_predictor.{rest}");
    for i in 0..TEXT_LAYERS {
        lstm::push(list, &name(&format!("layers.{}.lstm", 2 * i)), wide, half);
        style(list, &name(&format!("layers.{}.", 2 * i + 1)), "", hidden, DURATION_AFFINE_LEVEL);
    }
    lstm::push(list, &name("duration_lstm"), wide, half);
    list.linear(&name("duration_proj"), [MAX_DURATION, hidden], 1.0, 1.0);
    lstm::push(list, &name("shared_lstm"), wide, half);
    for branch in ["f0", "n"] {
        // The second block halves the channels and doubles the length.
        let mut channels = hidden;
        for i in 0..PROSODY_BLOCKS {
            let outputs = if i == 0 { hidden } else { half };
            let input = if i == 0 { STATE_LEVEL } else { 0.9 };
            block(list, &name(&format!("{branch}_blocks.{i}")), [channels, outputs], input, i == 1);
            channels = outputs;
        }
    }
    for branch in ["f0", "n"] {
        list.kernel(&name(&format!("{branch}_proj_kernel")), [1, half, 1], 1.0, 1.0);
        list.bias(&name(&format!("{branch}_proj_bias")), 1);
    }
    list.linear(&name("encode"), [hidden, preset.albert_hidden], 1.0, 1.0);
}

/// The acoustic text encoder.
pub(super) fn text_encoder(list: &mut List, preset: &Preset) {
    let hidden = preset.hidden;
    list.push("text_encoder.embedding_weight", &[N_TOKEN, hidden], Fill::Normal { mean: 0.0, std: 1.0 });
    for i in 0..TEXT_LAYERS {
        let name = |rest: &str| format!("text_encoder.layers.{i}.{rest}");
        let input = if i == 0 { 1.0 } else { LAYER_NORM_LEAKY_LEVEL };
        list.bias(&name("bias"), hidden);
        list.kernel(&name("weight"), [hidden, hidden, TEXT_KERNEL], input, 1.0);
        list.layer_norm(&name("gamma"), &name("beta"), hidden);
    }
    lstm::push(list, "text_encoder.lstm", hidden, hidden / 2);
}
