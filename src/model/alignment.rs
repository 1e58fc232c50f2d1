//! Durations to frames.

/// For each frame the token it belongs to: token `i` repeated `durations[i]` times. A gather by these indices is the
/// product with upstream's 0/1 alignment matrix.
pub(super) fn frame_to_token(durations_frames: &[u32]) -> Vec<usize> {
    durations_frames.iter().enumerate().flat_map(|(i, &d)| std::iter::repeat_n(i, d as usize)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_repeated_by_their_durations() {
        assert_eq!(frame_to_token(&[2, 0, 1, 3]), [0, 0, 2, 3, 3, 3]);
    }
}
