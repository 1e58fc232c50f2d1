//! The arithmetic of the model's acoustic half: full precision, or what the processor multiplies faster.

use std::fmt;
use std::str::FromStr;

use kokoro_kernels::Isa;

use crate::error::{Error, Result};

/// The arithmetic of the decoder and generator, nine tenths of the work and more.
///
/// Whatever is chosen here, durations, F0 and energy are computed at full precision, so that timing and pitch do not change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Precision {
    /// The fastest that this processor's instructions allow and that has been measured to sound the same: see
    /// [`resolve`](Self::resolve).
    #[default]
    Auto,
    /// Single precision throughout.
    F32,
    /// Convolutions multiply brain floats (8 bits of precision) and add up in single precision.
    Bf16,
    /// Convolutions behind a normalisation multiply bytes and add up exactly; what lies between is stored as brain floats.
    Int8,
}

impl Precision {
    /// All of them.
    pub const ALL: [Precision; 4] = [Precision::Auto, Precision::F32, Precision::Bf16, Precision::Int8];

    /// The name used on the command line and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Precision::Auto => "auto",
            Precision::F32 => "f32",
            Precision::Bf16 => "bf16",
            Precision::Int8 => "int8",
        }
    }

    /// What is computed with on `isa`: `Auto` becomes one of the others.
    ///
    /// `Auto` is bf16 where there are AMX tiles, on which int8 is hardly faster; int8 where bytes are multiplied four at a time
    /// (VNNI); and f32 elsewhere, whose blocks with fewer multiplications outrun everything else there (docs/performance.md
    /// has the table).
    ///
    /// # Errors
    /// [`Error::Precision`] if bf16 is asked for by name and the instruction set has none.
    pub fn resolve(self, isa: Isa) -> Result<Precision> {
        match self {
            Precision::Auto if isa == Isa::Amx => Ok(Precision::Bf16),
            Precision::Auto if has_vnni(isa) => Ok(Precision::Int8),
            Precision::Auto | Precision::F32 => Ok(Precision::F32),
            Precision::Int8 => Ok(Precision::Int8),
            Precision::Bf16 if isa >= Isa::Avx512Bf16 => Ok(Precision::Bf16),
            Precision::Bf16 => Err(Error::Precision { wanted: self.name(), isa: isa.name() }),
        }
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Precision {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Precision::ALL.into_iter().find(|p| p.name() == name).ok_or_else(|| Error::OutOfRange {
            what: "precision",
            found: format!("{name:?}"),
            expected: Precision::ALL.map(Precision::name).join(", "),
        })
    }
}

/// Whether the instruction set multiplies bytes four at a time.
fn has_vnni(isa: Isa) -> bool {
    matches!(isa, Isa::Avx2Vnni | Isa::Avx512Vnni | Isa::Avx512Bf16 | Isa::Amx)
}
