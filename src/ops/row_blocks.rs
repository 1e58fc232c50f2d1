//! A tile of outputs, block of rows by block of rows: multiplied, then finished while the sums are in the first-level cache.

use kokoro_kernels::bf16::ROWS;
use kokoro_kernels::{BandStatistics, Finish, Kernels};

use super::conv1d::Epilogue;
use super::feature::Feature;
use crate::tensor::Tile;

/// Rows that are multiplied and finished together: enough that a panel of weights is used several times while it is near.
pub const BLOCK_ROWS: usize = 8 * ROWS;

/// How a tile is finished.
#[derive(Clone, Copy)]
pub struct Finishing<'a> {
    pub kernels: &'static Kernels,
    pub epilogue: Epilogue<'a>,
    /// Of all outputs of the layer.
    pub bias: &'a [f32],
    pub with_statistics: bool,
}

/// Rows of a block.
#[derive(Clone, Copy)]
pub struct Block {
    /// First one, counted from the start of the layer.
    pub row: usize,
    /// How many; a multiple of [`ROWS`], so that the last block may have more than the tile.
    pub rows: usize,
}

/// Has `multiply` overwrite the sums of each block, `sums_stride` apart, and finishes them into the tile. Returns the
/// statistics of what was stored.
pub fn multiply_and_finish<U: Feature>(
    finishing: Finishing<'_>,
    tile: &mut Tile<'_, U>,
    sums: &mut Vec<f32>,
    sums_stride: usize,
    mut multiply: impl FnMut(Block, &mut [f32]),
) -> Option<BandStatistics> {
    let Finishing { kernels, epilogue, bias, with_statistics } = finishing;
    let Epilogue { residual, accumulate, scale } = epilogue;
    let cols = tile.rows.first().map_or(0, |row| row.len());
    let mut statistics = with_statistics.then(|| BandStatistics::new(cols));
    sums.resize(BLOCK_ROWS * sums_stride, 0.0);
    for (block, out) in tile.rows.chunks_mut(BLOCK_ROWS).enumerate() {
        let row = tile.row + block * BLOCK_ROWS;
        let residual = residual.map(|m| (m.from(row, tile.col), m.cols));
        // What the end of this block reads comes from far away, while the products run.
        if accumulate {
            out.iter().for_each(|row| kernels.prefetch(U::values(row)));
        }
        if let Some((values, stride)) = residual {
            (0..out.len()).for_each(|r| kernels.prefetch(values.slice(r * stride..r * stride + cols)));
        }
        multiply(Block { row, rows: out.len().next_multiple_of(ROWS) }, sums);
        let how = Finish { bias: &bias[tile.col..tile.col + cols], residual, accumulate, scale };
        kernels.finish_rows(sums, sums_stride, &how, U::rows_mut(out), statistics.as_mut());
    }
    statistics
}
