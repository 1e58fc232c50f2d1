//! Storage types of tensors: block sizes, codes and names.

use std::fmt;

/// A tensor's storage type, one that Kokoro files use or could use.
///
/// Block layouts: `ggml-common.h` in ggml-org/ggml.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GgmlType {
    /// IEEE 754 single precision.
    F32,
    /// IEEE 754 half precision.
    F16,
    /// The upper half of an [`F32`](Self::F32).
    BF16,
    /// 4 bits a weight, one f16 scale for 32.
    Q4_0,
    /// 4 bits a weight, one f16 scale and minimum for 32.
    Q4_1,
    /// 5 bits a weight, one f16 scale for 32.
    Q5_0,
    /// 5 bits a weight, one f16 scale and minimum for 32.
    Q5_1,
    /// 8 bits a weight, one f16 scale for 32.
    Q8_0,
}

impl GgmlType {
    /// Every type, ordered by code.
    pub const ALL: [Self; 8] =
        [Self::F32, Self::F16, Self::Q4_0, Self::Q4_1, Self::Q5_0, Self::Q5_1, Self::Q8_0, Self::BF16];

    pub(super) const ALL_NAMES: &str = "F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1 or Q8_0";

    /// The type with this code in files, or `None` if it is not one of these.
    pub fn from_code(code: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.code() == code)
    }

    /// The code in files: `enum ggml_type`.
    pub const fn code(self) -> u32 {
        match self {
            Self::F32 => 0,
            Self::F16 => 1,
            Self::Q4_0 => 2,
            Self::Q4_1 => 3,
            Self::Q5_0 => 6,
            Self::Q5_1 => 7,
            Self::Q8_0 => 8,
            Self::BF16 => 30,
        }
    }

    /// Elements in a block; a row is a whole number of blocks.
    pub const fn block_elements(self) -> usize {
        match self {
            Self::F32 | Self::F16 | Self::BF16 => 1,
            Self::Q4_0 | Self::Q4_1 | Self::Q5_0 | Self::Q5_1 | Self::Q8_0 => 32,
        }
    }

    /// Bytes of a block.
    pub const fn block_bytes(self) -> usize {
        match self {
            Self::F32 => 4,
            Self::F16 | Self::BF16 => 2,
            Self::Q4_0 => 2 + 16,
            Self::Q4_1 => 2 + 2 + 16,
            Self::Q5_0 => 2 + 4 + 16,
            Self::Q5_1 => 2 + 2 + 4 + 16,
            Self::Q8_0 => 2 + 32,
        }
    }

    /// ggml's name, such as `Q8_0`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::F32 => "F32",
            Self::F16 => "F16",
            Self::BF16 => "BF16",
            Self::Q4_0 => "Q4_0",
            Self::Q4_1 => "Q4_1",
            Self::Q5_0 => "Q5_0",
            Self::Q5_1 => "Q5_1",
            Self::Q8_0 => "Q8_0",
        }
    }
}

impl fmt::Display for GgmlType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Any code, displayed for a message: by name if ggml has or had one for it, else by number.
pub(super) struct Code(pub u32);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(known) = GgmlType::from_code(self.0) {
            return f.write_str(known.name());
        }
        let (name, retired) = match self.0 {
            4 => ("Q4_2", true),
            5 => ("Q4_3", true),
            9 => ("Q8_1", false),
            10 => ("Q2_K", false),
            11 => ("Q3_K", false),
            12 => ("Q4_K", false),
            13 => ("Q5_K", false),
            14 => ("Q6_K", false),
            15 => ("Q8_K", false),
            16 => ("IQ2_XXS", false),
            17 => ("IQ2_XS", false),
            18 => ("IQ3_XXS", false),
            19 => ("IQ1_S", false),
            20 => ("IQ4_NL", false),
            21 => ("IQ3_S", false),
            22 => ("IQ2_S", false),
            23 => ("IQ4_XS", false),
            24 => ("I8", false),
            25 => ("I16", false),
            26 => ("I32", false),
            27 => ("I64", false),
            28 => ("F64", false),
            29 => ("IQ1_M", false),
            31 => ("Q4_0_4_4", true),
            32 => ("Q4_0_4_8", true),
            33 => ("Q4_0_8_8", true),
            34 => ("TQ1_0", false),
            35 => ("TQ2_0", false),
            36 => ("IQ4_NL_4_4", true),
            37 => ("IQ4_NL_4_8", true),
            38 => ("IQ4_NL_8_8", true),
            39 => ("MXFP4", false),
            unknown => return write!(f, "{unknown}, which this version does not know"),
        };
        f.write_str(name)?;
        if retired { f.write_str(", which ggml has retired") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_lead_back_to_their_types() {
        for t in GgmlType::ALL {
            assert_eq!(GgmlType::from_code(t.code()), Some(t));
        }
        let accepted = (0..=1000).filter(|&code| GgmlType::from_code(code).is_some()).count();
        assert_eq!(accepted, GgmlType::ALL.len());
    }

    #[test]
    fn unusable_codes_are_described_by_name_or_number() {
        assert_eq!(Code(14).to_string(), "Q6_K");
        assert_eq!(Code(31).to_string(), "Q4_0_4_4, which ggml has retired");
        assert_eq!(Code(4000).to_string(), "4000, which this version does not know");
    }
}
