//! How many sentences are spoken at once: as even a share of a paragraph as its sentences allow.

/// Sentences are put together to about this many phonemes: short pieces sound hurried or clipped, and near
/// [`MAX_PHONEMES`](super::MAX_PHONEMES) the model rushes.
pub const TARGET_PHONEMES: usize = 250;

/// Sentences are put together up to this many phonemes.
const MOST_TOGETHER: usize = 325;

/// A single sentence of more is cut where a clause ends.
pub(super) const LONG_SENTENCE: usize = 400;

/// Less than this is not left over as a piece of its own: the model speaks a few words alone poorly.
const LEAST: usize = 40;

/// How far the packer looks ahead, in phonemes.
pub(super) const LOOK_AHEAD: usize = 3 * TARGET_PHONEMES;

/// How many of the sentences with `lens` code points, which follow each other in a paragraph, make the next piece; at
/// least one. `complete`: the paragraph ends behind them.
pub(super) fn take(lens: &[usize], complete: bool) -> usize {
    let total = together(lens);
    if complete && total <= MOST_TOGETHER {
        return lens.len();
    }
    // What the rest of the paragraph will be cut into, and an even share of it.
    let pieces = ((total + TARGET_PHONEMES / 2) / TARGET_PHONEMES).max(1);
    let even = total / pieces;
    let (mut best, mut len) = ((usize::MAX, 1), 0);
    for (before, next) in lens.iter().enumerate() {
        len += next + usize::from(before > 0);
        if before > 0 && len > MOST_TOGETHER {
            break;
        }
        best = best.min((len.abs_diff(even), before + 1));
    }
    let (_, count) = best;
    let rest = together(&lens[count..]);
    let leaves_scrap = complete && rest > 0 && rest < LEAST && total <= LONG_SENTENCE;
    if leaves_scrap { lens.len() } else { count }
}

/// Code points of sentences put together, with the spaces between them.
fn together(lens: &[usize]) -> usize {
    lens.iter().sum::<usize>() + lens.len().saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(lens: &[usize]) -> Vec<usize> {
        let (mut rest, mut pieces) = (lens, Vec::new());
        while !rest.is_empty() {
            let count = take(rest, true);
            pieces.push(together(&rest[..count]));
            rest = &rest[count..];
        }
        pieces
    }

    #[test]
    fn a_paragraph_is_shared_out_evenly() {
        assert_eq!(packed(&[100, 100, 100]), [302]);
        assert_eq!(packed(&[80; 5]), [242, 161]);
        assert_eq!(packed(&[100; 7]), [201, 302, 201]);
        assert_eq!(packed(&[240, 20]), [261]);
        // No scrap of a few words at the end, even if the piece grows a little long.
        assert_eq!(packed(&[310, 30]), [341]);
        assert_eq!(packed(&[500, 30]), [500, 30]);
        assert_eq!(packed(&[450, 450]), [450, 450]);
    }

    #[test]
    fn nothing_is_taken_for_granted_about_what_has_not_been_seen() {
        assert_eq!(take(&[200, 200, 200, 200], false), 1);
        assert_eq!(take(&[10; 80], false), 20);
    }
}
