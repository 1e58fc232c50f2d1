//! What an utterance costs: the multiply-adds of each part of the graph, counted from the file's tensors.

use super::Model;
use crate::gguf::TensorInfo;

/// Multiply-adds of a part of the graph, as direct convolutions and matrix products do them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PartCost {
    /// The part: `albert`, `durations`, `prosody`, `text_encoder`, `decoder` or `generator`.
    pub part: &'static str,
    /// Multiply-adds.
    pub multiply_adds: u64,
}

/// How often a tensor's weights are each multiplied.
enum Rate {
    /// Once a token, some times over.
    Token(u64),
    /// So often a frame.
    Frame(u64),
}

impl Model {
    /// What an utterance of `tokens` tokens (with the boundary zeros) and `frames` frames costs, part by part. Faster algorithms
    /// do less; attention and what is done once an utterance are left out. Source: kokoro-graph.md section 16.
    pub fn multiply_adds(&self, tokens: usize, frames: usize) -> Vec<PartCost> {
        let mut costs: Vec<PartCost> =
            ["albert", "durations", "prosody", "text_encoder", "decoder", "generator"]
                .map(|part| PartCost { part, multiply_adds: 0 })
                .into();
        for info in self.file().tensors() {
            let Some((part, rate)) = self.rate(info) else { continue };
            let times = match rate {
                Rate::Token(times) => times * tokens as u64,
                Rate::Frame(times) => times * frames as u64,
            };
            let weights: u64 = info.ne().iter().product();
            let cost = costs.iter_mut().find(|cost| cost.part == part).expect("one of the parts listed");
            cost.multiply_adds += weights * times;
        }
        costs
    }

    /// The part that multiplies with a tensor, and how often; `None` for what is added or used once.
    fn rate(&self, info: &TensorInfo) -> Option<(&'static str, Rate)> {
        let name = info.name().strip_prefix("kokoro.")?;
        let is_matrix = info.ne()[1] > 1 || info.ne()[2] > 1;
        let once = ["gamma", "beta", "alpha", "embedding", "_embd", "voice_tensors", "pool", "m_source"];
        if !is_matrix || once.iter().any(|part| name.contains(part)) {
            return None;
        }
        let config = self.config();
        // Blocks that double the length do so before their convolutions, but for the one of a single tap.
        let doubled =
            |is_doubled: bool| Rate::Frame(if is_doubled && !name.contains("conv1x1") { 2 } else { 1 });
        let index =
            |prefix: &str| -> Option<usize> { name.strip_prefix(prefix)?.split('.').next()?.parse().ok() };
        if name.starts_with("albert.") {
            let passes = if name.contains("layer.") { config.albert_passes } else { 1 };
            return Some(("albert", Rate::Token(passes as u64)));
        }
        if let Some(block) =
            index("duration_predictor.f0_blocks.").or_else(|| index("duration_predictor.n_blocks."))
        {
            let file = self.file();
            let doubles = (0..=block).any(|i| {
                file.tensor(&format!("kokoro.duration_predictor.f0_blocks.{i}.pool_weight")).is_some()
            });
            return Some(("prosody", doubled(doubles)));
        }
        if name.starts_with("duration_predictor.shared_lstm") {
            return Some(("prosody", Rate::Frame(1)));
        }
        if name.contains("_proj_kernel") {
            return Some(("prosody", Rate::Frame(2)));
        }
        if name.starts_with("duration_predictor.") {
            return Some(("durations", Rate::Token(1)));
        }
        if name.starts_with("text_encoder.") {
            return Some(("text_encoder", Rate::Token(1)));
        }
        // Frames of each stage; the first sees two steps for every frame.
        let steps = |stage: usize| -> u64 {
            config.generator.upsample_rates.iter().take(stage).map(|&r| r as u64).product::<u64>() * 2
        };
        let stages = config.generator.upsample_rates.len();
        if let Some(stage) = index("decoder.generator.ups.") {
            return Some(("generator", Rate::Frame(steps(stage))));
        }
        if let Some(stage) = index("decoder.generator.noise_blocks.") {
            return Some(("generator", Rate::Frame(steps(stage + 1))));
        }
        if let Some(block) = index("decoder.generator.resblocks.") {
            return Some(("generator", Rate::Frame(steps(block / config.generator.kernels.max(1) + 1))));
        }
        if name.starts_with("decoder.generator.") {
            return Some(("generator", Rate::Frame(steps(stages))));
        }
        let is_last = index("decoder.decoder_blocks.") == Some(config.decoder_blocks.saturating_sub(1));
        Some(("decoder", doubled(is_last)))
    }
}
