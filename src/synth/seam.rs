//! The pause between two pieces. The pieces themselves are the model's output, untouched; the pause runs smoothly from
//! the last sample of one to zero and on to the first sample of the next, so that no step clicks.

use super::SAMPLE_RATE_HZ;
use crate::text::Boundary;

/// Samples over which the signal falls to zero or rises from it: 5 ms.
const RAMP_SAMPLES: usize = 120;

/// Bound on the difference of neighbouring samples within a seam, as a share of the larger of the two samples it joins:
/// the steepest step of two raised cosines of 120 samples that overlap, `2 · (π/2) / 120`, and a hair for rounding.
pub const MAX_SEAM_SLOPE: f32 = 0.027;

/// Samples of the pause before a piece by what comes before it, where no option says otherwise: 400 ms after a paragraph, 100
/// ms after a sentence, 50 ms after a clause, 20 ms after a word, and 5 ms where a word had to be cut; none before the
/// first. The model adds silence of its own at both ends of a piece.
pub fn pause_samples(boundary: Boundary) -> usize {
    match boundary {
        Boundary::Start => 0,
        Boundary::Paragraph => 9600,
        Boundary::Sentence => 2400,
        Boundary::Clause => 1200,
        Boundary::Word => 480,
        _ => RAMP_SAMPLES,
    }
}

/// Samples of a pause of `seconds`; never less than a seam takes.
pub(super) fn samples(seconds: f32) -> usize {
    ((seconds * SAMPLE_RATE_HZ as f32).round() as usize).max(RAMP_SAMPLES)
}

/// `len` samples that lead from `last` to `first`, both exclusive.
pub(super) fn pause(last: f32, first: f32, len: usize) -> impl Iterator<Item = f32> {
    // From 1 at distance 0 to 0 at the ramp's end.
    let weight = |distance: usize| {
        let at = (distance as f32 / RAMP_SAMPLES as f32).min(1.0);
        0.5 + 0.5 * (std::f32::consts::PI * at).cos()
    };
    (0..len).map(move |i| last * weight(i + 1) + first * weight(len - i))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_step_in_a_seam_is_steeper_than_stated() {
        for boundary in
            [Boundary::Paragraph, Boundary::Sentence, Boundary::Clause, Boundary::Word, Boundary::Cut]
        {
            for (last, first) in [(0.8, -0.8), (0.8, 0.8), (-0.3, 0.0), (0.0, 0.5)] {
                let len = pause_samples(boundary);
                let signal: Vec<f32> = std::iter::once(last)
                    .chain(pause(last, first, len))
                    .chain(std::iter::once(first))
                    .collect();
                let bound = MAX_SEAM_SLOPE * last.abs().max(first.abs());
                for pair in signal.windows(2) {
                    assert!((pair[1] - pair[0]).abs() <= bound, "{boundary:?} {last} {first}: {pair:?}");
                }
            }
        }
    }

    #[test]
    fn long_pauses_are_silent_in_the_middle() {
        let pause: Vec<f32> = pause(0.5, 0.5, 2400).collect();
        assert!(pause[200..2200].iter().all(|&v| v == 0.0));
    }
}
