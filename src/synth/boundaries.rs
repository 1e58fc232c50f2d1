//! The silence at both ends of a piece, which slow speech does not stretch.
//!
//! The boundary tokens have durations like all others, and those too are divided by the speed: at half speed a piece would
//! begin and end with twice the silence, on which the model hums.

use crate::model::Trace;

/// Gives the boundary tokens the duration that they would have at the trained speed.
#[derive(Debug)]
pub(super) struct Unstretched {
    /// What the durations are divided by.
    pub(super) speed: f32,
}

impl Trace for Unstretched {
    fn wants_every_stage(&self) -> bool {
        false
    }

    fn durations(&mut self, frames: &mut Vec<u32>) {
        if self.speed >= 1.0 {
            return;
        }
        let last = frames.len().saturating_sub(1);
        for at in [0, last] {
            if let Some(frames) = frames.get_mut(at) {
                *frames = (*frames as f32 * self.speed).round_ties_even().max(1.0) as u32;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(speed: f32) -> Vec<u32> {
        let mut frames = vec![20, 6, 8, 13];
        Unstretched { speed }.durations(&mut frames);
        frames
    }

    #[test]
    fn only_the_ends_of_slow_speech_change() {
        assert_eq!(frames(1.0), [20, 6, 8, 13]);
        assert_eq!(frames(2.0), [20, 6, 8, 13]);
        assert_eq!(frames(0.5), [10, 6, 8, 6]);
        let mut none = Vec::new();
        Unstretched { speed: 0.5 }.durations(&mut none);
        assert_eq!(none, [0; 0]);
    }
}
