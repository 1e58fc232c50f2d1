//! Buffers that go from one layer, and one utterance, to the next: memory fresh from the system costs a page fault every four
//! kilobytes, which for a generator's activations is as much time as a convolution.

use std::sync::{Mutex, PoisonError};

use crate::tensor::Matrix;

/// Bytes kept for the next utterance. That of eight seconds needs some 90 MB; longer ones give the rest back.
const MAX_KEPT_BYTES: usize = 96 << 20;

/// A store of matrices' memory. Several threads may use one.
#[derive(Debug, Default)]
pub struct Workspace {
    free: Mutex<Vec<Vec<f32>>>,
}

impl Workspace {
    /// A matrix whose values are left over from something else: each must be written before it is read.
    pub fn take(&self, rows: usize, cols: usize) -> Matrix {
        let len = rows * cols;
        let mut buffer = {
            let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
            // The smallest that is large enough, else the largest.
            let fitting = |buffer: &Vec<f32>| (buffer.capacity() < len, buffer.capacity().abs_diff(len));
            let best = (0..free.len()).min_by_key(|&i| fitting(&free[i]));
            best.map(|i| free.swap_remove(i)).unwrap_or_default()
        };
        if buffer.capacity() < len {
            // Growing would copy what nobody wants.
            buffer = vec![0.0; len];
        }
        buffer.resize(len, 0.0);
        Matrix::from_vec(rows, cols, buffer)
    }

    /// Gives a matrix's memory back.
    pub fn give(&self, matrix: Matrix) {
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push(matrix.into_data());
    }

    /// Lets go of what exceeds the bytes kept, smallest buffers first.
    pub fn trim(&self) {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        free.sort_by_key(|buffer| std::cmp::Reverse(buffer.capacity()));
        let mut kept = 0;
        free.retain(|buffer| {
            let bytes = buffer.capacity() * size_of::<f32>();
            let keep = kept + bytes <= MAX_KEPT_BYTES;
            kept += if keep { bytes } else { 0 };
            keep
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_reused_and_the_rest_let_go() {
        let workspace = Workspace::default();
        let matrix = workspace.take(10, 7);
        let place = matrix.data().as_ptr();
        workspace.give(matrix);
        workspace.give(Matrix::zeros(1000, 1000));
        assert_eq!(workspace.take(5, 4).data().as_ptr(), place, "the smallest that fits");
        workspace.give(Matrix::zeros(MAX_KEPT_BYTES / 4 + 1, 1));
        workspace.trim();
        assert_eq!(workspace.free.lock().expect("not poisoned").len(), 1);
    }
}
