//! Reference tensors, and a trace that compares the graph with them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use kokoro_gguf::Model;
use kokoro_gguf::model::{ModelOptions, NoiseSource, Precision, Speech, Trace, Utterance};
use kokoro_gguf::tensor::Matrix;

/// Arrays of one `.npz` file, `[time, channels]`; integers come as f32.
pub struct Golden {
    arrays: HashMap<String, Vec<f32>>,
}

/// Options for models that are compared with references in single precision, whatever this CPU does best.
pub fn exact() -> ModelOptions {
    let mut options = ModelOptions::default();
    options.precision = Precision::F32;
    options
}

/// A file of this repository's fixtures.
pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

impl Golden {
    pub fn load(path: &Path) -> Self {
        let mut archive =
            npyz::npz::NpzArchive::open(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let names: Vec<String> = archive.array_names().map(str::to_owned).collect();
        let arrays = names.into_iter().map(|name| {
            let array = archive.by_name(&name).expect("readable").expect("listed");
            let descr = array.dtype().descr();
            let data = match descr.trim_matches('\'') {
                "<f4" => array.into_vec::<f32>().expect("f32"),
                "<i4" => array.into_vec::<i32>().expect("i32").into_iter().map(|v| v as f32).collect(),
                "<i2" => array.into_vec::<i16>().expect("i16").into_iter().map(f32::from).collect(),
                "<i8" => array.into_vec::<i64>().expect("i64").into_iter().map(|v| v as f32).collect(),
                other => panic!("{name}: dtype {other}"),
            };
            (name, data)
        });
        Self { arrays: arrays.collect() }
    }

    pub fn get(&self, name: &str) -> Option<&[f32]> {
        self.arrays.get(name).map(Vec::as_slice)
    }

    pub fn slice(&self, name: &str) -> &[f32] {
        self.get(name).unwrap_or_else(|| panic!("no array {name}"))
    }

    pub fn integers(&self, name: &str) -> Vec<u32> {
        self.slice(name).iter().map(|&v| v as u32).collect()
    }

    /// Runs `model` on the inputs of this file: its tokens, style, speed 1 and noise.
    pub fn run(&self, model: &Model, trace: &mut dyn Trace) -> Speech {
        let noise = NoiseSource::Replay(self.slice("noise").into());
        let (ids, style) = (self.integers("input_ids"), self.slice("style"));
        let utterance = Utterance { token_ids: &ids, style, speed: 1.0, noise: &noise };
        model.forward_traced(&utterance, trace).expect("the golden utterance is sound")
    }
}

/// Compares every stage that a reference has, and puts the reference's tensor in its place where `inject` says so.
pub struct Comparison<'a> {
    pub reference: &'a Golden,
    pub inject: fn(&str) -> bool,
    /// Largest difference over the reference's peak, in the order of computation.
    pub errors: Vec<(String, f64)>,
    pub durations: Vec<u32>,
    /// Where the reference's own transform pads differently: frames at each end of `har` that are not compared.
    pub har_edge: usize,
}

impl<'a> Comparison<'a> {
    pub fn new(reference: &'a Golden, inject: fn(&str) -> bool) -> Self {
        Self { reference, inject, errors: Vec::new(), durations: Vec::new(), har_edge: 0 }
    }

    pub fn error(&self, stage: &str) -> f64 {
        let found = self.errors.iter().find(|(name, _)| name == stage);
        found.unwrap_or_else(|| panic!("stage {stage} was not compared")).1
    }

    /// Fails with the whole list if a stage that `covered` names is further off than `tolerance`.
    pub fn assert_within(&self, tolerance: f64, covered: impl Fn(&str) -> bool) {
        let far: Vec<_> =
            self.errors.iter().filter(|(n, e)| covered(n) && (e.is_nan() || *e > tolerance)).collect();
        assert!(far.is_empty(), "above {tolerance:e}: {far:?}\nof {:#?}", self.errors);
    }
}

impl Trace for Comparison<'_> {
    fn tensor(&mut self, name: &str, value: &mut Matrix) {
        let Some(expected) = self.reference.get(name) else { return };
        assert_eq!(value.data().len(), expected.len(), "{name} has another size");
        let error = if name == "har" {
            let cut = self.har_edge * value.cols();
            let inner = cut..expected.len() - cut;
            relative_peak(&complex(&value.data()[inner.clone()]), &complex(&expected[inner]))
        } else {
            relative_peak(value.data(), expected)
        };
        self.errors.push((name.to_owned(), error));
        if (self.inject)(name) {
            value.data_mut().copy_from_slice(expected);
        }
    }

    fn durations(&mut self, frames: &mut Vec<u32>) {
        self.durations.clone_from(frames);
    }
}

/// Magnitudes and phases `[frames, 22]` as real and imaginary parts: phases wrap, spectra do not.
fn complex(har: &[f32]) -> Vec<f32> {
    har.chunks_exact(22)
        .flat_map(|row| (0..11).flat_map(|k| [row[k] * row[11 + k].cos(), row[k] * row[11 + k].sin()]))
        .collect()
}

/// Largest difference over the expected peak; infinite if the lengths differ.
pub fn relative_peak(found: &[f32], expected: &[f32]) -> f64 {
    if found.len() != expected.len() {
        return f64::INFINITY;
    }
    let peak = expected.iter().fold(0.0f64, |a, &b| a.max(f64::from(b).abs()));
    let worst =
        found.iter().zip(expected).map(|(a, b)| (f64::from(*a) - f64::from(*b)).abs()).fold(0.0, f64::max);
    worst / peak
}

/// Signal-to-noise ratio in dB.
pub fn snr_db(found: &[f32], expected: &[f32]) -> f64 {
    assert_eq!(found.len(), expected.len(), "signals differ in length");
    let power = |x: f64| x * x;
    let signal: f64 = expected.iter().map(|&e| power(f64::from(e))).sum();
    let noise: f64 = found.iter().zip(expected).map(|(&a, &e)| power(f64::from(a) - f64::from(e))).sum();
    10.0 * (signal / noise).log10()
}

pub fn rms(x: &[f32]) -> f64 {
    (x.iter().map(|&v| f64::from(v).powi(2)).sum::<f64>() / x.len() as f64).sqrt()
}

/// Log-spectral distance in dB: the mean over frames of 256 samples of the root mean square difference of the log power
/// spectra, with a floor 60 dB below the expected signal's mean power.
pub fn log_spectral_distance_db(found: &[f32], expected: &[f32]) -> f64 {
    const N: usize = 256;
    let floor = 1e-6 * rms(expected).powi(2) * N as f64;
    let turn = |i: usize| std::f64::consts::TAU * i as f64 / N as f64;
    let waves: Vec<(f64, f64)> = (0..N).map(|i| turn(i).sin_cos()).collect();
    let spectrum = |frame: &[f32]| -> Vec<f64> {
        let windowed: Vec<f64> =
            frame.iter().zip(&waves).map(|(&x, (_, cos))| (0.5 - 0.5 * cos) * f64::from(x)).collect();
        (0..=N / 2)
            .map(|k| {
                let (mut re, mut im) = (0.0, 0.0);
                for (i, x) in windowed.iter().enumerate() {
                    let (sin, cos) = waves[k * i % N];
                    re += x * cos;
                    im += x * sin;
                }
                10.0 * (re * re + im * im + floor).log10()
            })
            .collect()
    };
    let frames: Vec<f64> = found
        .chunks_exact(N)
        .zip(expected.chunks_exact(N))
        .map(|(a, b)| {
            let squares: f64 = spectrum(a).iter().zip(spectrum(b)).map(|(a, b)| (a - b).powi(2)).sum();
            (squares / (N / 2 + 1) as f64).sqrt()
        })
        .collect();
    frames.iter().sum::<f64>() / frames.len() as f64
}
