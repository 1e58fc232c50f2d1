//! Errors of the elementary functions against f64, over all f32: a sample always, every one of them on demand
//! (`cargo test --release -p kokoro-kernels --test exhaustive -- --ignored`, some minutes).

use std::f64::consts::PI;

use kokoro_kernels::accuracy::{
    ATAN2_ULP, EXP_ULP, GELU_RELATIVE, SIGMOID_ABSOLUTE, SIN_COS_ABSOLUTE, SIN_SQUARED_ABSOLUTE, TANH_ULP,
};
use kokoro_kernels::testing::noise;
use kokoro_kernels::{ChannelAffine, Isa, Kernels, Snake};

/// Bit patterns from one sample to the next; a prime, so that all exponents and mantissas are met.
const SAMPLE_STRIDE: u32 = 65_537;
/// Arguments evaluated at a time: not a multiple of any vector's lanes.
const BATCH: usize = 4_099;

/// Largest argument of sine and cosine in the sweeps: beyond, and from half of it on, the kernels call what the sweep
/// compares with, and a sample suffices.
const SWEPT_PHASE: f32 = 1_048_576.0;

/// Tables to test, but for those that only have other products: they share the elementary functions.
fn tables() -> impl Iterator<Item = &'static Kernels> {
    for isa in Isa::ALL.into_iter().filter(|isa| !isa.is_available()) {
        eprintln!("skipped: this CPU has no {isa}");
    }
    let shared = [Isa::Avx2Vnni, Isa::Avx512Vnni, Isa::Amx];
    Kernels::available().filter(move |kernels| !shared.contains(&kernels.isa()))
}

/// Distance of neighbouring f32 at `x`.
fn ulp(x: f64) -> f64 {
    let (least, greatest) = (-149, 104);
    let exponent = if x == 0.0 { least } else { x.abs().log2().floor().clamp(-126.0, 127.0) as i32 - 23 };
    2f64.powi(exponent.clamp(least, greatest))
}

/// A function of one variable and what is claimed of it.
struct Claim {
    name: &'static str,
    apply: fn(&Kernels, &mut [f32]),
    exact: fn(f64) -> f64,
    /// Largest error at an argument and its exact result.
    bound: fn(f64, f64) -> f64,
    /// Arguments of which it is claimed.
    domain: fn(f32) -> bool,
}

const EXP: Claim = Claim {
    name: "exp",
    apply: |kernels, x| kernels.exp(x),
    exact: f64::exp,
    bound: |_, exact| EXP_ULP * ulp(exact),
    domain: |_| true,
};

const SIGMOID: Claim = Claim {
    name: "sigmoid",
    apply: |kernels, x| kernels.sigmoid(x),
    exact: |x| 1.0 / (1.0 + (-x).exp()),
    bound: |_, _| SIGMOID_ABSOLUTE,
    domain: |_| true,
};

const TANH: Claim = Claim {
    name: "tanh",
    apply: |kernels, x| kernels.tanh(x),
    exact: f64::tanh,
    bound: |_, exact| TANH_ULP * ulp(exact),
    domain: |_| true,
};

const GELU: Claim = Claim {
    name: "gelu",
    apply: |kernels, x| kernels.gelu(x),
    exact: |x| 0.5 * x * (1.0 + ((2.0 / PI).sqrt() * (x + 0.044715 * x.powi(3))).tanh()),
    bound: |x, _| GELU_RELATIVE * x.abs().max(1.0),
    domain: f32::is_finite,
};

const SIN: Claim = Claim {
    name: "sin",
    apply: |kernels, x| {
        let radians = x.to_vec();
        kernels.sin_cos(&radians, x, &mut vec![0.0; radians.len()]);
    },
    exact: f64::sin,
    bound: |_, _| SIN_COS_ABSOLUTE,
    domain: |x| x.abs() <= SWEPT_PHASE,
};

const COS: Claim = Claim {
    name: "cos",
    apply: |kernels, x| {
        let radians = x.to_vec();
        kernels.sin_cos(&radians, &mut vec![0.0; radians.len()], x);
    },
    exact: f64::cos,
    bound: |_, _| SIN_COS_ABSOLUTE,
    domain: |x| x.abs() <= SWEPT_PHASE,
};

/// The snake of α = 1; its sum's rounding is allowed for.
const SIN_SQUARED: Claim = Claim {
    name: "sin²",
    apply: |kernels, x| {
        let (zero, one) = (vec![0.0; x.len()], vec![1.0; x.len()]);
        let affine = ChannelAffine { mean: &zero, scale: &one, shift: &zero };
        let y = x.to_vec();
        kernels.adain_snake(&y, &affine, &Snake::new(one.clone()), x);
    },
    exact: |x| x + x.sin().powi(2),
    bound: |_, exact| SIN_SQUARED_ABSOLUTE + ulp(exact),
    domain: |x| x.abs() <= 1e4,
};

/// The largest error found, as a share of what is allowed, and where.
#[derive(Default)]
struct Worst {
    share: f64,
    x: f32,
    error: f64,
}

/// Checks the claim at every `stride`-th f32, on every instruction set.
fn check(claim: &Claim, stride: u32) {
    let mut tables: Vec<_> = tables().map(|kernels| (kernels, Worst::default())).collect();
    let mut x = Vec::with_capacity(BATCH);
    let (mut bits, mut last) = (0u32, false);
    while !last {
        x.clear();
        while x.len() < BATCH && !last {
            let candidate = f32::from_bits(bits);
            if !candidate.is_nan() && (claim.domain)(candidate) {
                x.push(candidate);
            }
            (bits, last) = bits.overflowing_add(stride);
        }
        let exact: Vec<f64> = x.iter().map(|x| (claim.exact)(f64::from(*x))).collect();
        for (kernels, worst) in &mut tables {
            let mut found = x.clone();
            (claim.apply)(kernels, &mut found);
            for ((&x, &found), &exact) in x.iter().zip(&found).zip(&exact) {
                judge(claim, kernels, worst, (x, found, exact));
            }
        }
    }
    for (kernels, Worst { share, x, error }) in tables {
        println!("{} {}: {share:.2} of the bound at {x:e}, off by {error:e}", kernels.isa(), claim.name);
    }
}

fn judge(claim: &Claim, kernels: &Kernels, worst: &mut Worst, (x, found, exact): (f32, f32, f64)) {
    let as_f32 = exact as f32;
    if found == as_f32 {
        return;
    }
    let (bound, error) = ((claim.bound)(f64::from(x), exact), (f64::from(found) - exact).abs());
    // An infinity has no distance: the largest number is its neighbour.
    let within = if as_f32.is_infinite() { found == f32::MAX.copysign(as_f32) } else { error <= bound };
    let what =
        format_args!("{} {} of {x:e}: {found:e}, exactly {exact:e} ± {bound:e}", kernels.isa(), claim.name);
    assert!(within, "{what}");
    if as_f32.is_finite() && error > worst.share * bound {
        *worst = Worst { share: error / bound, x, error };
    }
}

macro_rules! claims {
    ($($claim:ident $sampled:ident $everywhere:ident;)*) => {
        $(
            #[test]
            fn $sampled() {
                check(&$claim, SAMPLE_STRIDE);
            }

            #[test]
            #[ignore = "every f32, some minutes"]
            fn $everywhere() {
                check(&$claim, 1);
            }
        )*
    };
}

claims! {
    EXP exp_is_accurate exp_is_accurate_everywhere;
    SIGMOID sigmoid_is_accurate sigmoid_is_accurate_everywhere;
    TANH tanh_is_accurate tanh_is_accurate_everywhere;
    GELU gelu_is_accurate gelu_is_accurate_everywhere;
    SIN sin_is_accurate sin_is_accurate_everywhere;
    COS cos_is_accurate cos_is_accurate_everywhere;
    SIN_SQUARED sin_squared_is_accurate sin_squared_is_accurate_everywhere;
}

#[test]
fn large_phases_keep_their_sine() {
    // What a long utterance's ninth harmonic reaches, denser than the sweep's sample, and what the sweep leaves out.
    for reach in [600_000.0, 5e6, 1e12, f32::MAX] {
        let x: Vec<f32> = noise(100_003, 1).iter().map(|v| v * reach).collect();
        for kernels in tables() {
            let (mut sin, mut cos) = (vec![0.0; x.len()], vec![0.0; x.len()]);
            kernels.sin_cos(&x, &mut sin, &mut cos);
            for ((x, sin), cos) in x.iter().zip(sin).zip(cos) {
                let error = (f64::from(sin) - f64::from(*x).sin()).abs();
                let error = error.max((f64::from(cos) - f64::from(*x).cos()).abs());
                assert!(error <= SIN_COS_ABSOLUTE, "{} {x}: off by {error:e}", kernels.isa());
            }
        }
    }
}

#[test]
fn atan2_is_accurate() {
    // All quadrants, ratios of all sizes, the largest and the smallest numbers.
    let ends = [1.0, 1e-3, 1e-20, 1e-38, 1e-44, 1e20, f32::MAX];
    for kernels in tables() {
        let mut worst = 0.0f64;
        for y_scale in ends {
            for x_scale in ends {
                let scaled = |seed, by: f32| noise(2_003, seed).iter().map(|v| v * by).collect::<Vec<_>>();
                let (y, x) = (scaled(1, y_scale), scaled(2, x_scale));
                let mut found = vec![0.0; y.len()];
                kernels.atan2(&y, &x, &mut found);
                for ((y, x), found) in y.iter().zip(&x).zip(found) {
                    let exact = f64::from(*y).atan2(f64::from(*x));
                    let error = (f64::from(found) - exact).abs() / ulp(exact);
                    worst = worst.max(error);
                    assert!(
                        error <= ATAN2_ULP,
                        "{} atan2({y:e}, {x:e}): {found:e}, exactly {exact:e}",
                        kernels.isa()
                    );
                }
            }
        }
        println!("{} atan2: {worst:.2} ulp", kernels.isa());
    }
}

#[test]
fn atan2_keeps_the_conventions_of_ieee_754() {
    let ends = [0.0, -0.0, 1.0, -1.0, 1e-45, -1e-45, f32::MAX, -f32::MAX, f32::INFINITY, -f32::INFINITY];
    for kernels in tables() {
        for y in ends {
            for x in ends {
                // Once in the first lane and once in the tail.
                let mut found = [0.0; 33];
                kernels.atan2(&[y; 33], &[x; 33], &mut found);
                let expected = y.atan2(x);
                for found in [found[0], found[32]] {
                    let same = if expected.abs() > 1e-30 {
                        f64::from((found - expected).abs()) <= ATAN2_ULP * ulp(f64::from(expected))
                    } else {
                        found == expected
                    };
                    let what = format!("{} atan2({y}, {x}): {found}, expected {expected}", kernels.isa());
                    assert!(same && found.is_sign_negative() == expected.is_sign_negative(), "{what}");
                }
            }
        }
        let mut found = [0.0; 6];
        let real = [0.0, -0.0, 3.0, -3.0, f32::MIN_POSITIVE, -f32::MIN_POSITIVE];
        kernels.atan2(&[0.0; 6], &real, &mut found);
        let pi = std::f32::consts::PI;
        assert_eq!(found, [0.0, pi, 0.0, pi, 0.0, pi], "{}", kernels.isa());
        kernels.atan2(&[-0.0; 6], &real, &mut found);
        assert_eq!(found, [0.0, -pi, 0.0, -pi, 0.0, -pi], "{}", kernels.isa());
        let mut nan = [0.0; 3];
        kernels.atan2(&[f32::NAN, 1.0, f32::NAN], &[1.0, f32::NAN, 0.0], &mut nan);
        assert!(nan.iter().all(|v| v.is_nan()), "{}: {nan:?}", kernels.isa());
    }
}

#[test]
fn what_is_not_a_number_stays_so() {
    for kernels in tables() {
        for claim in [EXP, SIGMOID, TANH, GELU, SIN, COS] {
            let mut x = [1.0; 37];
            (x[5], x[36]) = (f32::NAN, f32::NAN);
            (claim.apply)(kernels, &mut x);
            for (i, x) in x.iter().enumerate() {
                assert_eq!(x.is_nan(), i == 5 || i == 36, "{} {} at {i}", kernels.isa(), claim.name);
            }
        }
        let mut x = [f32::INFINITY, -f32::INFINITY];
        kernels.sin_cos(&x.clone(), &mut x, &mut [0.0; 2]);
        assert!(x.iter().all(|v| v.is_nan()), "{} sin ∞", kernels.isa());
    }
}
