//! A measurement by criterion, told as a rate and as a share of the processor's peak.

use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput};

use super::peaks::Peaks;

/// What one call does, and so what its rate is compared with.
#[derive(Debug, Clone, Copy)]
pub enum Work {
    /// f32 operations.
    F32(usize),
    /// bf16 operations.
    Bf16(usize),
    /// int8 operations.
    Int8(usize),
    /// Bytes read and written.
    Bytes(usize),
}

impl Work {
    fn amount(self) -> u64 {
        match self {
            Self::F32(n) | Self::Bf16(n) | Self::Int8(n) | Self::Bytes(n) => n as u64,
        }
    }

    fn peak(self, peaks: &Peaks) -> Option<f64> {
        match self {
            Self::F32(_) => Some(peaks.f32_flops),
            Self::Bf16(_) => peaks.bf16_flops,
            Self::Int8(_) => peaks.int8_ops,
            Self::Bytes(_) => Some(peaks.copy_bytes),
        }
    }

    fn unit(self) -> &'static str {
        match self {
            Self::F32(_) | Self::Bf16(_) => "GFLOP/s",
            Self::Int8(_) => "GOP/s",
            Self::Bytes(_) => "GB/s",
        }
    }
}

/// Criterion with short runs: the machine's noise is larger than what longer ones would resolve.
pub fn criterion() -> Criterion {
    Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(800))
        .configure_from_args()
}

/// Measures `call` as `group`/`name`, and prints its best rate and that in per cent of the peak.
pub fn measure(
    criterion: &mut Criterion,
    peaks: &Peaks,
    group: &str,
    name: &str,
    work: Work,
    mut call: impl FnMut(),
) {
    measure_durations(criterion, peaks, group, name, work, |calls| {
        let started = Instant::now();
        (0..calls).for_each(|_| call());
        started.elapsed()
    });
}

/// As [`measure`], for calls that tell themselves how long they took.
pub fn measure_durations(
    criterion: &mut Criterion,
    peaks: &Peaks,
    group: &str,
    name: &str,
    work: Work,
    mut calls: impl FnMut(u64) -> Duration,
) {
    let mut best_s = f64::INFINITY;
    let mut measured = criterion.benchmark_group(group);
    measured.throughput(match work {
        Work::Bytes(n) => Throughput::Bytes(n as u64),
        _ => Throughput::Elements(work.amount()),
    });
    measured.bench_function(name, |bencher| {
        bencher.iter_custom(|n| {
            let elapsed = calls(n);
            best_s = best_s.min(elapsed.as_secs_f64() / n as f64);
            elapsed
        });
    });
    measured.finish();
    // A filter may have left it out.
    if best_s.is_finite() {
        let rate = work.amount() as f64 / best_s;
        let share =
            work.peak(peaks).map_or(String::new(), |peak| format!(", {:.0} % of peak", 100.0 * rate / peak));
        println!("{group}/{name}: {:.1} {}{share}", rate / 1e9, work.unit());
    }
}
