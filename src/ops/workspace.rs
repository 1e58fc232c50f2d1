//! Buffers that go from one layer, and one utterance, to the next: memory fresh from the system costs a page fault every four
//! kilobytes, which for a generator's activations is as much time as a convolution.

use std::sync::{Mutex, PoisonError};

use super::feature::Feature;
use crate::tensor::Matrix;

/// Bytes kept for the next utterance, of each type. That of eight seconds needs some 60 MB; longer ones give the rest back.
const MAX_KEPT_BYTES: usize = 64 << 20;

/// A store of matrices' memory. Several threads may use one.
#[derive(Debug, Default)]
pub struct Workspace {
    singles: Pool<f32>,
    halves: Pool<u16>,
}

/// Free buffers of one type.
#[derive(Debug, Default)]
struct Pool<T>(Mutex<Vec<Vec<T>>>);

/// A type that a [`Workspace`] has memory for.
#[expect(private_interfaces, reason = "only a workspace needs to reach its pools")]
pub trait Stored: Feature {
    /// Where its buffers are.
    fn pool(workspace: &Workspace) -> &Pool<Self>;
}

#[expect(private_interfaces, reason = "only a workspace needs to reach its pools")]
impl Stored for f32 {
    fn pool(workspace: &Workspace) -> &Pool<f32> {
        &workspace.singles
    }
}

#[expect(private_interfaces, reason = "only a workspace needs to reach its pools")]
impl Stored for u16 {
    fn pool(workspace: &Workspace) -> &Pool<u16> {
        &workspace.halves
    }
}

impl Workspace {
    /// A matrix whose values are left over from something else: each must be written before it is read.
    pub fn take<T: Stored>(&self, rows: usize, cols: usize) -> Matrix<T> {
        Matrix::from_vec(rows, cols, T::pool(self).take(rows * cols))
    }

    /// Gives a matrix's memory back.
    pub fn give<T: Stored>(&self, matrix: Matrix<T>) {
        T::pool(self).give(matrix.into_data());
    }

    /// Lets go of what exceeds the bytes kept, smallest buffers first.
    pub fn trim(&self) {
        self.singles.trim();
        self.halves.trim();
    }
}

impl<T: Copy + Default> Pool<T> {
    fn take(&self, len: usize) -> Vec<T> {
        let found = {
            let mut free = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let fitting = (0..free.len()).filter(|&i| free[i].capacity() >= len);
            let smallest = fitting.min_by_key(|&i| free[i].capacity());
            if smallest.is_none() {
                // Later layers are longer: the free ones have had their use.
                free.clear();
            }
            smallest.map(|i| free.swap_remove(i))
        };
        let mut buffer = found.unwrap_or_else(|| {
            // A little more, so that lengths that differ by a few rows share.
            let mut buffer = vec![T::default(); len + len / 16];
            buffer.truncate(len);
            buffer
        });
        buffer.resize(len, T::default());
        buffer
    }

    fn give(&self, buffer: Vec<T>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(buffer);
    }

    fn trim(&self) {
        let mut free = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        free.sort_by_key(|buffer| std::cmp::Reverse(buffer.capacity()));
        let mut kept = 0;
        free.retain(|buffer| {
            let bytes = buffer.capacity() * size_of::<T>();
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
        let matrix: Matrix = workspace.take(10, 7);
        let place = matrix.data().as_ptr();
        workspace.give(matrix);
        workspace.give(Matrix::zeros(1000, 1000));
        assert_eq!(workspace.take::<f32>(5, 4).data().as_ptr(), place, "the smallest that fits");
        let longer: Matrix = workspace.take(2000, 1000);
        assert!(workspace.singles.0.lock().expect("not poisoned").is_empty(), "short ones are let go");
        workspace.give(longer);
        workspace.give(Matrix::zeros(MAX_KEPT_BYTES / 4 + 1, 1));
        workspace.trim();
        assert_eq!(workspace.singles.0.lock().expect("not poisoned").len(), 1);
    }
}
