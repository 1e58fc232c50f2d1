//! Instruction sets: names, detection, and the `KOKORO_ISA` variable that forces one.

use std::fmt;

/// Name of the environment variable that forces an instruction set, for tests and measurements.
pub const ISA_VARIABLE: &str = "KOKORO_ISA";

/// An instruction set for which there are kernels, slowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Isa {
    /// Plain loops; the reference.
    Scalar,
    /// The `wide` crate: whatever SIMD the compiler's baseline has (SSE2, NEON, SIMD128).
    Portable,
    /// AVX2, FMA and F16C.
    Avx2,
    /// [`Isa::Avx2`] with AVX-VNNI for integers.
    Avx2Vnni,
    /// AVX-512 F, BW, DQ and VL on top of [`Isa::Avx2`].
    Avx512,
    /// [`Isa::Avx512`] with AVX-512 VNNI for integers.
    Avx512Vnni,
    /// [`Isa::Avx512Vnni`] with AVX-512 BF16.
    Avx512Bf16,
    /// AMX tiles of bf16 and int8 on top of [`Isa::Avx512Bf16`].
    Amx,
}

impl Isa {
    /// All instruction sets, slowest first.
    pub const ALL: [Isa; 8] = [
        Isa::Scalar,
        Isa::Portable,
        Isa::Avx2,
        Isa::Avx2Vnni,
        Isa::Avx512,
        Isa::Avx512Vnni,
        Isa::Avx512Bf16,
        Isa::Amx,
    ];

    /// The name used by `KOKORO_ISA` and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Isa::Scalar => "scalar",
            Isa::Portable => "portable",
            Isa::Avx2 => "avx2",
            Isa::Avx2Vnni => "avx2_vnni",
            Isa::Avx512 => "avx512",
            Isa::Avx512Vnni => "avx512_vnni",
            Isa::Avx512Bf16 => "avx512_bf16",
            Isa::Amx => "amx",
        }
    }

    /// Whether this CPU (and operating system) can run it.
    pub fn is_available(self) -> bool {
        match self {
            Isa::Scalar | Isa::Portable => true,
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => {
                is_x86_feature_detected!("avx2")
                    && is_x86_feature_detected!("fma")
                    && is_x86_feature_detected!("f16c")
            }
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => {
                Isa::Avx2.is_available()
                    && is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx512vl")
            }
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2Vnni => Isa::Avx2.is_available() && is_x86_feature_detected!("avxvnni"),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512Vnni => Isa::Avx512.is_available() && is_x86_feature_detected!("avx512vnni"),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512Bf16 => Isa::Avx512Vnni.is_available() && is_x86_feature_detected!("avx512bf16"),
            #[cfg(target_arch = "x86_64")]
            Isa::Amx => Isa::Avx512Bf16.is_available() && crate::arch::amx::is_available(),
            #[cfg(not(target_arch = "x86_64"))]
            Isa::Avx2 | Isa::Avx2Vnni | Isa::Avx512 | Isa::Avx512Vnni | Isa::Avx512Bf16 | Isa::Amx => false,
        }
    }

    /// The instruction sets that this CPU can run, slowest first.
    pub fn available() -> impl DoubleEndedIterator<Item = Isa> {
        Isa::ALL.into_iter().filter(|isa| isa.is_available())
    }

    /// The instruction set named by `KOKORO_ISA`, else the best available.
    ///
    /// # Errors
    /// If the variable names an instruction set that does not exist or that this CPU lacks.
    pub fn from_environment() -> Result<Isa, IsaError> {
        match std::env::var_os(ISA_VARIABLE) {
            None => Ok(Isa::available().next_back().unwrap_or(Isa::Scalar)),
            Some(value) => {
                let name = value.to_string_lossy();
                Isa::available()
                    .find(|isa| isa.name() == name)
                    .ok_or_else(|| IsaError { found: name.into_owned() })
            }
        }
    }
}

impl fmt::Display for Isa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// `KOKORO_ISA` names an instruction set that cannot be used here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IsaError {
    found: String,
}

impl fmt::Display for IsaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = Isa::available().map(Isa::name).collect();
        write!(f, "{ISA_VARIABLE} is {:?}, this CPU has {}", self.found, names.join(", "))
    }
}

impl std::error::Error for IsaError {}
