//! What one thread of this processor can do, measured in the run that is compared with it: the fastest products, of operands
//! that lie in the first-level cache, and copying within the second-level cache.

use std::hint::black_box;
use std::time::Instant;

use kokoro_kernels::bf16::{self, Bf16Product, Line};
use kokoro_kernels::int8::{self, ByteLine, Int8Panel, Int8Product};
use kokoro_kernels::testing::noise;
use kokoro_kernels::{Isa, Kernels};

/// Operations or bytes a second.
#[derive(Debug, Clone, Copy)]
pub struct Peaks {
    /// f32 multiplications and additions.
    pub f32_flops: f64,
    /// bf16 multiplications and additions, where the instruction set has them.
    pub bf16_flops: Option<f64>,
    /// int8 multiplications and additions, where the instruction set has them.
    pub int8_ops: Option<f64>,
    /// Bytes read and written by a copy.
    pub copy_bytes: f64,
}

/// Rows and bytes of inputs of the products: 24 and 16 KB a side, so that both lie in the first-level cache and sums are long
/// beside what storing them takes.
const ROWS: usize = 48;
const INPUT_BYTES: usize = 512;
/// Bytes of each side of the copy.
const COPY_BYTES: usize = 256 << 10;
/// Trials, of which the best counts, and what a trial takes.
const TRIALS: usize = 15;
const TRIAL_S: f64 = 0.01;

impl Peaks {
    /// Measures and prints them.
    pub fn measure(kernels: &'static Kernels) -> Self {
        let isa = kernels.isa();
        let peaks = Self {
            f32_flops: f32_flops(kernels),
            bf16_flops: (isa >= Isa::Avx512Bf16).then(|| bf16_flops(kernels)),
            int8_ops: [Isa::Avx2Vnni, Isa::Avx512Vnni, Isa::Avx512Bf16, Isa::Amx]
                .contains(&isa)
                .then(|| int8_ops(kernels)),
            copy_bytes: copy_bytes(),
        };
        let or_none = |rate: Option<f64>| rate.map_or("none".to_owned(), |r| format!("{:.1} G/s", r / 1e9));
        println!(
            "one thread, {isa}: f32 {:.1} GFLOP/s, bf16 {}, int8 {}, copy {:.1} GB/s",
            peaks.f32_flops / 1e9,
            or_none(peaks.bf16_flops),
            or_none(peaks.int8_ops),
            peaks.copy_bytes / 1e9
        );
        peaks
    }
}

/// The best rate of `work` a call.
fn best_rate(work: f64, mut call: impl FnMut()) -> f64 {
    let started = Instant::now();
    call();
    let calls = (TRIAL_S / started.elapsed().as_secs_f64().max(1e-9)).ceil() as usize;
    let trial = |_| {
        let started = Instant::now();
        (0..calls).for_each(|_| call());
        started.elapsed().as_secs_f64() / calls as f64
    };
    work / (0..TRIALS).map(trial).fold(f64::INFINITY, f64::min)
}

fn f32_flops(kernels: &Kernels) -> f64 {
    let (width, k) = (kernels.panel_width(), INPUT_BYTES / size_of::<f32>());
    let (a, panel) = (noise(ROWS * k, 1), noise(k * width, 2));
    let mut acc = vec![0.0; ROWS * width];
    best_rate((2 * ROWS * k * width) as f64, || {
        kernels.gemm_panel(black_box(&a), k, ROWS, k, &panel, &mut acc);
    })
}

fn bf16_flops(kernels: &Kernels) -> f64 {
    let steps = INPUT_BYTES / size_of::<Line>();
    let lines = |count: usize| vec![Line([bf16::from_f32(0.5); bf16::STEP]); count];
    let (lhs, panel) = (lines(ROWS * steps), lines(steps * bf16::STEP_LINES));
    let mut acc = vec![0.0; ROWS * bf16::PANEL];
    best_rate((2 * ROWS * steps * bf16::STEP * bf16::PANEL) as f64, || {
        let product = Bf16Product {
            lhs: black_box(&lhs),
            row_stride: steps,
            rows: ROWS,
            taps: 1,
            tap_stride: 0,
            steps,
            panels: &panel,
            accumulate: false,
        };
        kernels.gemm_bf16(&product, &mut acc, bf16::PANEL);
    })
}

fn int8_ops(kernels: &Kernels) -> f64 {
    let panel = Int8Panel::pack(
        &noise(int8::PANEL * INPUT_BYTES, 1),
        int8::PANEL,
        1,
        INPUT_BYTES,
        &[1.0; INPUT_BYTES],
    );
    let lhs = vec![ByteLine([200; int8::STEP]); ROWS * panel.steps()];
    let mut acc = vec![0.0; ROWS * int8::PANEL];
    best_rate((2 * ROWS * INPUT_BYTES * int8::PANEL) as f64, || {
        let product = Int8Product {
            lhs: black_box(&lhs),
            row_stride: panel.steps(),
            rows: ROWS,
            tap_stride: 0,
            panels: std::slice::from_ref(&panel),
            scale: 1.0,
        };
        kernels.gemm_int8(&product, &mut acc, int8::PANEL);
    })
}

fn copy_bytes() -> f64 {
    let source = vec![1u8; COPY_BYTES];
    let mut target = vec![0u8; COPY_BYTES];
    best_rate((2 * COPY_BYTES) as f64, || black_box(&mut target).copy_from_slice(black_box(&source)))
}
