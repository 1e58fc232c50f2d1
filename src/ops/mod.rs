//! The layers of the graph on matrices `[time, channels]`: they own their weights, split their work over the threads
//! of the current rayon pool in tiles that depend on shapes only, and know nothing of Kokoro.

pub mod ada_in;
pub mod attention;
pub mod block_filter;
pub mod conv1d;
pub mod conv_transpose1d;
pub mod feature;
pub mod half_filter;
mod half_packing;
pub mod int8_filter;
pub mod linear;
pub mod lstm;
pub mod moments;
pub mod panels;
mod row_blocks;
pub mod stft;
pub mod workspace;
