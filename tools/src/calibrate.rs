//! Fits what cannot be known ahead of a run: the heads of durations, F0 and energy, the levels of maps whose input is
//! not normalised, and the loudness.
//!
//! All of it is rounded to three digits, so that the rounding of another instruction set changes few of them.

use std::collections::HashMap;

use kokoro_gguf::Model;
use kokoro_gguf::model::{NoiseSource, Speech, Utterance};
use kokoro_gguf::tensor::Matrix;
use kokoro_gguf::text::Vocab;

use crate::ToolError;
use crate::draws::Draws;
use crate::layout::Tensor;
use crate::preset::{BINS, MAX_DURATION, UPSAMPLES};
use crate::probe::{
    CurveHead, DURATION_STATES, DurationHead, ENERGY_STATES, F0_STATES, Level, Probe, dot, rounded,
};
use crate::voices;

/// Sounds of running English.
const PHONEMES: &str = "ðə kwˈɪk bɹˈWn fˈɑks ʤˈʌmps ˈOvəɹ ðə lˈAzi dˈɔɡ. ʃi sˈɛlz sˈiʃˌɛlz bI ðə sˈiʃˌɔɹ, ænd ɪt ˈɪz fˈIn! \
                        hˈW mˈʌʧ wˈʊd kʊd ə wˈʊdʧˌʌk ʧˈʌk? ɪf ə wˈʊdʧˌʌk kʊd ʧˈʌk wˈʊd, ˈɔl ðə wˈʊd ɪn ðə wˈɜɹld. ";
/// Tokens of the utterances that the duration head is fitted on, and of the others.
const LENGTHS: [usize; 4] = [10, 25, 50, 100];
const PHRASE: usize = 25;

/// Frames of a token: 1/40 s each; real speech has about three.
const DURATION_MEAN_FRAMES: f32 = 3.0;
const DURATION_STD_FRAMES: f32 = 1.35;
/// From one duration logit to the next.
const DURATION_LOGIT_STEP: f32 = 1.6;
/// How much the rows of the duration head differ, beside what they share.
const DURATION_ROW_NOISE: f32 = 0.1;
/// A spread that leaves some of it below 10 Hz, which is unvoiced.
const F0_MEAN_HZ: f32 = 150.0;
const F0_STD_HZ: f32 = 80.0;
const ENERGY_STD: f32 = 1.0;
/// Spread of the log magnitudes: more, and `exp` has heavy tails.
const LOG_MAGNITUDE_LEVEL: f32 = 0.5;
const PHASE_LEVEL: f32 = 1.0;
const AUDIO_RMS: f64 = 0.1;

/// Utterances that the duration head is fitted on: voices of all kinds, each with another text.
const RUNS: usize = 25;
/// Share of the mean variance that a direction may keep of what differs from run to run.
const RIDGE: f64 = 0.01;

/// Changes to tensors as they are drawn.
#[derive(Debug, Default)]
pub struct Fitted {
    changes: HashMap<String, Change>,
}

#[derive(Debug)]
enum Change {
    Scale(f32),
    Replace(Vec<f32>),
}

impl Fitted {
    /// The values of tensor `name` with its change, if it has one.
    pub fn apply(&self, name: &str, mut values: Vec<f32>) -> Vec<f32> {
        match self.changes.get(name) {
            None => values,
            Some(Change::Replace(others)) => others.clone(),
            Some(Change::Scale(scale)) => {
                values.iter_mut().for_each(|v| *v *= scale);
                values
            }
        }
    }

    fn replace(&mut self, name: &str, values: Vec<f32>) {
        self.changes.insert(name.to_owned(), Change::Replace(values));
    }
}

/// How the model speaks, by the last run of the calibration.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Behaviour {
    /// Mean duration of a token.
    pub frames_per_token: f64,
    /// Root mean square of the samples.
    pub rms: f64,
}

/// Fits `model`, which holds `tensors` as drawn, for these voice packs. The first one is the model's usual voice.
///
/// # Errors
/// [`ToolError::Model`] if the model does not speak.
pub fn fit(
    model: &Model,
    draws: Draws,
    tensors: &[Tensor],
    packs: &[Vec<f32>],
) -> Result<(Fitted, Behaviour), ToolError> {
    let calibration = Calibration::new(model, draws, tensors);
    let duration = calibration.duration_head(packs)?;
    let few = &packs[..packs.len().min(2)];
    let (f0, energy) = calibration.curve_heads(few, &duration)?;

    let mut probe = Probe {
        duration: Some(&duration),
        f0: Some(&f0),
        energy: Some(&energy),
        levels: calibration.levels(),
        ..Probe::default()
    };
    let speech = calibration.run(&packs[0], 0, PHRASE, &mut probe)?;
    let frames: u32 = speech.durations_frames.iter().sum();
    let squares: f64 = speech.samples.iter().map(|&s| f64::from(s).powi(2)).sum();
    let rms = (squares / speech.samples.len() as f64).sqrt();
    // A shift of the log magnitudes is a factor of the samples, exactly.
    let shift = rounded((AUDIO_RMS / rms).ln() as f32);
    let behaviour = Behaviour {
        frames_per_token: f64::from(frames) / speech.durations_frames.len() as f64,
        rms: rms * f64::from(shift).exp(),
    };
    let levels = probe.levels;
    let mut fitted = calibration.levelled(&levels, shift);
    let predictor = "kokoro.duration_predictor";
    fitted.replace(&format!("{predictor}.duration_proj"), duration.weight);
    fitted.replace(&format!("{predictor}.duration_proj_bias"), duration.bias);
    fitted.replace(&format!("{predictor}.f0_proj_kernel"), f0.weight);
    fitted.replace(&format!("{predictor}.f0_proj_bias"), vec![f0.bias]);
    fitted.replace(&format!("{predictor}.n_proj_kernel"), energy.weight);
    fitted.replace(&format!("{predictor}.n_proj_bias"), vec![energy.bias]);
    Ok((fitted, behaviour))
}

struct Calibration<'a> {
    model: &'a Model,
    draws: Draws,
    tensors: HashMap<&'a str, &'a Tensor>,
    token_ids: Vec<u32>,
}

impl<'a> Calibration<'a> {
    fn new(model: &'a Model, draws: Draws, tensors: &'a [Tensor]) -> Self {
        let token_ids = Vocab::kokoro().encode(PHONEMES).ids;
        Self { model, draws, tensors: tensors.iter().map(|t| (t.name.as_str(), t)).collect(), token_ids }
    }

    fn drawn(&self, name: &str) -> Vec<f32> {
        self.tensors[name].draw(self.draws)
    }

    /// Speaks `length` tokens from the `start`th on, with the style that `pack` has for them.
    fn run(
        &self,
        pack: &[f32],
        start: usize,
        length: usize,
        probe: &mut Probe<'_>,
    ) -> Result<Speech, ToolError> {
        let ids = self.token_ids.iter().copied().cycle().skip(start).take(length);
        let token_ids: Vec<u32> = std::iter::once(0).chain(ids).chain(std::iter::once(0)).collect();
        let style = &pack[(length - 1) * voices::SHAPE[1]..][..voices::SHAPE[1]];
        let noise = NoiseSource::Seeded(0);
        let utterance = Utterance { token_ids: &token_ids, style, speed: 1.0, noise: &noise };
        Ok(self.model.forward_traced(&utterance, probe)?)
    }

    /// Rows that fall in steps, so that the sum of their sigmoids is a count of frames.
    fn duration_head(&self, packs: &[Vec<f32>]) -> Result<DurationHead, ToolError> {
        let mut runs = Vec::new();
        for (i, pack) in packs.iter().step_by(packs.len().div_ceil(RUNS)).cycle().take(RUNS).enumerate() {
            let mut probe = Probe::default();
            self.run(pack, 11 * i, LENGTHS[i % LENGTHS.len()], &mut probe)?;
            runs.push(probe.states.remove(DURATION_STATES).expect("every run has this stage"));
        }
        let steady = Steady::new(&runs);
        let along = self.along("duration direction", &steady, &runs);
        let gain = DURATION_LOGIT_STEP * DURATION_STD_FRAMES / along.std;
        let inputs = along.direction.len();
        let level = rms(&along.direction);
        let noise = self.draws.normal("duration noise", MAX_DURATION * inputs);
        let rows = noise.chunks_exact(inputs).map(|noise| steady.direction(noise));
        let weight = rows
            .flat_map(|row| {
                let noise = DURATION_ROW_NOISE * level / rms(&row);
                along
                    .direction
                    .iter()
                    .zip(row)
                    .map(move |(d, n)| rounded(gain * (d + noise * n)))
                    .collect::<Vec<_>>()
            })
            .collect();
        let mut head = DurationHead { weight, bias: vec![0.0; MAX_DURATION] };
        let mut centre = DURATION_MEAN_FRAMES;
        // Rounding, and at least one frame, move the mean.
        for _ in 0..20 {
            for (row, bias) in head.bias.iter_mut().enumerate() {
                *bias = DURATION_LOGIT_STEP * (rounded(centre) - row as f32 - 0.5) - gain * along.mean;
            }
            let frames: Vec<u32> = runs.iter().flat_map(|run| head.frames(run)).collect();
            let mean = frames.iter().sum::<u32>() as f32 / frames.len() as f32;
            centre += 0.7 * (DURATION_MEAN_FRAMES - mean);
        }
        Ok(head)
    }

    fn curve_heads(
        &self,
        packs: &[Vec<f32>],
        duration: &DurationHead,
    ) -> Result<(CurveHead, CurveHead), ToolError> {
        let (mut f0, mut energy) = (Vec::new(), Vec::new());
        for pack in packs {
            let mut probe = Probe { duration: Some(duration), ..Probe::default() };
            self.run(pack, 0, PHRASE, &mut probe)?;
            f0.push(probe.states.remove(F0_STATES).expect("every run has this stage"));
            energy.push(probe.states.remove(ENERGY_STATES).expect("every run has this stage"));
        }
        let head = |name: &str, runs: &[Matrix], mean: f32, std: f32| {
            let along = self.along(name, &Steady::new(runs), runs);
            let scale = std / along.std;
            CurveHead {
                weight: along.direction.iter().map(|d| rounded(scale * d)).collect(),
                bias: mean - scale * along.mean,
            }
        };
        let f0 = head("f0 direction", &f0, F0_MEAN_HZ, F0_STD_HZ);
        Ok((f0, head("energy direction", &energy, 0.0, ENERGY_STD)))
    }

    fn along(&self, name: &str, steady: &Steady, runs: &[Matrix]) -> Along {
        let direction = steady.direction(&self.draws.normal(name, runs[0].cols()));
        let along: Vec<f64> =
            runs.iter().flat_map(|run| run.iter_rows()).map(|row| f64::from(dot(row, &direction))).collect();
        let mean = along.iter().sum::<f64>() / along.len() as f64;
        let variance = along.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / along.len() as f64;
        Along { direction, mean: rounded(mean as f32), std: rounded(variance.sqrt() as f32) }
    }

    /// Maps whose input is not normalised: their stage, bias and level.
    fn levels(&self) -> Vec<Level> {
        let mut levels = Vec::new();
        let mut level = |stage: String, bias: &str, half: Option<usize>, target: f32| {
            let bias = self.drawn(bias);
            let columns = half.map_or(0..bias.len(), |half| half * BINS..(half + 1) * BINS);
            levels.push(Level { stage, bias: bias[columns.clone()].to_vec(), columns, target, scale: 1.0 });
        };
        let decoder = "kokoro.decoder";
        for (stage, tensor) in [("f0_conv", "f0_conv"), ("n_conv", "n_conv"), ("asr_res", "asr_conv")] {
            level(stage.into(), &format!("{decoder}.{tensor}_bias"), None, 1.0);
        }
        for i in 0..UPSAMPLES.len() {
            let noise = format!("{decoder}.generator.noise_blocks.{i}.conv_bias");
            level(format!("noise_convs.{i}"), &noise, None, 0.7);
            level(format!("ups.{i}"), &format!("{decoder}.generator.ups.{i}.bias"), None, 1.0);
        }
        let post = format!("{decoder}.generator.conv_post_bias");
        level("conv_post".into(), &post, Some(0), LOG_MAGNITUDE_LEVEL);
        level("conv_post".into(), &post, Some(1), PHASE_LEVEL);
        levels
    }

    /// The levels as changes of tensors, and `shift` of the log magnitudes.
    fn levelled(&self, levels: &[Level], shift: f32) -> Fitted {
        let mut fitted = Fitted::default();
        let decoder = "kokoro.decoder";
        let post = format!("{decoder}.generator.conv_post_weight");
        let mut weight = self.drawn(&post);
        let row = weight.len() / (2 * BINS);
        for level in levels {
            let name = match level.stage.split_once('.') {
                None if level.stage == "conv_post" => {
                    let own = &mut weight[level.columns.start * row..level.columns.end * row];
                    own.iter_mut().for_each(|w| *w *= level.scale);
                    continue;
                }
                None if level.stage == "asr_res" => "asr_conv_weight".to_owned(),
                None => format!("{}_weight", level.stage),
                Some(("noise_convs", i)) => format!("generator.noise_blocks.{i}.conv_weight"),
                Some((stage, i)) => format!("generator.{stage}.{i}.weight"),
            };
            fitted.changes.insert(format!("{decoder}.{name}"), Change::Scale(level.scale));
        }
        fitted.replace(&post, weight);
        let bias = format!("{decoder}.generator.conv_post_bias");
        let mut values = self.drawn(&bias);
        values[..BINS].iter_mut().for_each(|b| *b += shift);
        fitted.replace(&bias, values);
        fitted
    }
}

/// A direction, and the states' mean and standard deviation along it.
struct Along {
    direction: Vec<f32>,
    mean: f32,
    std: f32,
}

fn rms(x: &[f32]) -> f32 {
    (dot(x, x) / x.len() as f32).sqrt()
}

/// Turns directions away from where the means of the runs differ, so that the tokens move a head more than voices and
/// texts do: `u = (S + r·I)⁻¹ u₀`, `S` the covariance of the means, `r` a small part of its mean eigenvalue.
struct Steady {
    /// The runs' means less the mean of all, over √runs.
    means: Vec<Vec<f64>>,
    ridge: f64,
}

impl Steady {
    fn new(runs: &[Matrix]) -> Self {
        let (n, cols) = (runs.len() as f64, runs[0].cols());
        let mean = |run: &Matrix| {
            let mut sums = vec![0.0; cols];
            run.iter_rows().for_each(|row| sums.iter_mut().zip(row).for_each(|(s, &v)| *s += f64::from(v)));
            sums.iter_mut().for_each(|s| *s /= run.rows() as f64);
            sums
        };
        let mut means: Vec<Vec<f64>> = runs.iter().map(mean).collect();
        for c in 0..cols {
            let all = means.iter().map(|m| m[c]).sum::<f64>() / n;
            means.iter_mut().for_each(|m| m[c] = (m[c] - all) / n.sqrt());
        }
        let trace: f64 = means.iter().flatten().map(|v| v * v).sum();
        Self { means, ridge: RIDGE * trace / cols as f64 }
    }

    /// The steady direction of `start`, up to a factor. One run alone has nothing to turn away from.
    fn direction(&self, start: &[f32]) -> Vec<f32> {
        let start: Vec<f64> = start.iter().map(|&v| f64::from(v)).collect();
        let inner = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        // (r·I + MᵀM)⁻¹ u = (u − Mᵀ(r·I + M·Mᵀ)⁻¹M·u) / r
        let n = self.means.len();
        let mut system: Vec<Vec<f64>> = (0..n)
            .map(|i| {
                let mut row: Vec<f64> = self.means.iter().map(|m| inner(&self.means[i], m)).collect();
                // Rounding must not make the system singular.
                row[i] += self.ridge + f64::MIN_POSITIVE;
                row.push(inner(&self.means[i], &start));
                row
            })
            .collect();
        let mut direction = start;
        for (mean, y) in self.means.iter().zip(solve(&mut system)) {
            direction.iter_mut().zip(mean).for_each(|(d, m)| *d -= m * y);
        }
        direction.into_iter().map(|v| v as f32).collect()
    }
}

/// Solves a symmetric positive definite system whose rows end in their right-hand side, by elimination.
fn solve(system: &mut [Vec<f64>]) -> Vec<f64> {
    let n = system.len();
    for i in 0..n {
        let (done, rest) = system.split_at_mut(i + 1);
        for row in rest {
            let factor = row[i] / done[i][i];
            row[i..].iter_mut().zip(&done[i][i..]).for_each(|(v, d)| *v -= factor * d);
        }
    }
    let mut x = vec![0.0; n];
    for i in (0..n).rev() {
        let known: f64 = (i + 1..n).map(|j| system[i][j] * x[j]).sum();
        x[i] = (system[i][n] - known) / system[i][i];
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_is_solved() {
        let mut system =
            vec![vec![4.0, 2.0, 1.0, 11.0], vec![2.0, 5.0, 3.0, 21.0], vec![1.0, 3.0, 6.0, 25.0]];
        let x = solve(&mut system);
        assert!(x.iter().zip([1.0, 2.0, 3.0]).all(|(a, b)| (a - b).abs() < 1e-12), "{x:?}");
    }

    #[test]
    fn a_steady_direction_sees_tokens_and_not_runs() {
        // Runs differ along the first axis, tokens along all three.
        let run = |offset: f32| {
            let rows = [[1.0, 0.5, 0.0], [-1.0, 0.5, 0.5], [0.5, -1.0, 0.25], [-0.5, 0.0, -0.75]];
            Matrix::from_vec(4, 3, rows.iter().flat_map(|r| [r[0] + offset, r[1], r[2]]).collect())
        };
        let steady = Steady::new(&[run(-2.0), run(0.0), run(2.0)]);
        let direction = steady.direction(&[1.0, 1.0, 1.0]);
        assert!(direction[0].abs() < 0.02 * direction[1].abs(), "{direction:?}");
        // A single run has no differences, and nothing is turned.
        assert_eq!(Steady::new(&[run(0.0)]).direction(&[1.0, 2.0, 3.0]), [1.0, 2.0, 3.0]);
    }
}
