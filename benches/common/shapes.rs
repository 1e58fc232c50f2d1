//! Shapes of Kokoro-82M's layers, by the layer's name in the published files.

/// A convolution over time, as a sum of products on shifted rows.
pub struct Convolution {
    /// Where it is.
    pub layer: &'static str,
    /// Inputs of a tap.
    pub in_channels: usize,
    /// Outputs.
    pub out_channels: usize,
    /// Taps.
    pub taps: usize,
}

const fn conv(layer: &'static str, in_channels: usize, out_channels: usize, taps: usize) -> Convolution {
    Convolution { layer, in_channels, out_channels, taps }
}

/// The generator's residual blocks, nine tenths of the work, and what is largest of the rest.
pub const CONVOLUTIONS: [Convolution; 10] = [
    conv("text_encoder.layers.0", 512, 512, 5),
    conv("decoder.encoder_block.conv2", 1024, 1024, 3),
    conv("decoder.decoder_blocks.0.conv1", 1090, 1024, 3),
    conv("generator.resblocks.0.convs1", 256, 256, 3),
    conv("generator.resblocks.1.convs1", 256, 256, 7),
    conv("generator.resblocks.2.convs1", 256, 256, 11),
    conv("generator.resblocks.3.convs1", 128, 128, 3),
    conv("generator.resblocks.4.convs1", 128, 128, 7),
    conv("generator.resblocks.5.convs1", 128, 128, 11),
    conv("generator.conv_post", 128, 22, 7),
];

/// Output rows of a product that is measured: a tile that a task works on.
pub const TILE_ROWS: usize = 48;

/// A matrix of the text half, kept in its stored type.
pub struct StoredMatrix {
    /// Where it is.
    pub layer: &'static str,
    /// Outputs.
    pub n: usize,
    /// Inputs.
    pub k: usize,
}

/// The matrices that a file's type is about.
pub const MATRICES: [StoredMatrix; 4] = [
    StoredMatrix { layer: "albert.layer.0.q", n: 768, k: 768 },
    StoredMatrix { layer: "albert.layer.0.ffn", n: 2048, k: 768 },
    StoredMatrix { layer: "albert.layer.0.ffn_out", n: 768, k: 2048 },
    StoredMatrix { layer: "duration_predictor.layers.0.lstm", n: 256, k: 640 },
];

/// Tokens of a short phrase with its boundaries, and a single vector.
pub const MATRIX_ROWS: [usize; 2] = [1, 27];

/// States of an LSTM direction.
pub const LSTM_HIDDEN: usize = 256;

/// A tile of activations that an elementwise kernel passes over.
pub struct Activations {
    /// Where it is.
    pub layer: &'static str,
    /// Time steps.
    pub rows: usize,
    /// Channels.
    pub channels: usize,
}

/// The generator's two stages.
pub const STAGES: [Activations; 2] = [
    Activations { layer: "generator.resblocks.0", rows: 64, channels: 256 },
    Activations { layer: "generator.resblocks.3", rows: 128, channels: 128 },
];
/// A decoder block's tile.
pub const DECODER: Activations = Activations { layer: "decoder.decoder_blocks.1", rows: 16, channels: 1024 };
/// ALBERT's feed-forward for a short phrase.
pub const FEED_FORWARD: Activations = Activations { layer: "albert.layer.0.ffn", rows: 27, channels: 2048 };
/// ALBERT's states for a short phrase.
pub const ALBERT: Activations = Activations { layer: "albert.layer.0", rows: 27, channels: 768 };
/// Attention weights of 100 tokens.
pub const ATTENTION: Activations = Activations { layer: "albert attention", rows: 102, channels: 102 };
/// Half a spectrum row each of magnitudes and phases, for 100 frames of 1/40 s.
pub const SPECTRUM: Activations = Activations { layer: "generator spectrum", rows: 1200, channels: 11 };
