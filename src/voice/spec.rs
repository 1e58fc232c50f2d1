//! Voices as a user writes them.

use std::path::Path;

use super::VoiceFormat;
use crate::error::{Error, Result};

/// A voice as a user writes it: one name, or names with weights such as `af_heart:0.7+am_adam:0.3`. A part that ends like a
/// voice file, `voices/af_sky.bin`, is one.
#[derive(Debug, Clone, PartialEq)]
pub struct VoiceSpec {
    parts: Vec<(String, f64)>,
}

impl VoiceSpec {
    /// Reads a specification. A name without a weight counts 1. Weights are divided by their sum, which must be positive; a
    /// negative one takes a voice away from the others.
    ///
    /// # Errors
    /// [`Error::BadVoice`] for an empty name, a weight that is no finite number, and a sum that is not above 0.
    pub fn parse(spec: &str) -> Result<Self> {
        let bad = |reason: String| Error::BadVoice { spec: spec.to_owned(), reason };
        let mut parts = Vec::new();
        for part in spec.split('+') {
            let (name, weight) = match part.rsplit_once(':') {
                // A drive's colon is no weight's.
                Some((name, weight)) if !is_file(part) || name.is_empty() => {
                    let weight = weight.trim();
                    let value = weight
                        .parse::<f64>()
                        .map_err(|_| bad(format!("weight {weight:?} is not a number")))?;
                    (name.trim(), value)
                }
                _ => (part.trim(), 1.0),
            };
            if name.is_empty() {
                return Err(bad("expected a name, or name:weight joined by +".into()));
            }
            if !weight.is_finite() {
                return Err(bad(format!("weight of {name} is {weight}, expected a finite number")));
            }
            parts.push((name.to_owned(), weight));
        }
        let total: f64 = parts.iter().map(|(_, w)| w).sum();
        if total <= 0.0 || !total.is_finite() {
            return Err(bad(format!("weights sum to {total}, expected more than 0")));
        }
        Ok(Self { parts })
    }

    /// Names and weights, in the order written.
    pub fn parts(&self) -> impl ExactSizeIterator<Item = (&str, f64)> {
        self.parts.iter().map(|(name, weight)| (name.as_str(), *weight))
    }

    /// The names of the voices: of a file what it is called without folder and ending.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.parts.iter().map(|(part, _)| match is_file(part) {
            true => Path::new(part).file_stem().and_then(|stem| stem.to_str()).unwrap_or(part),
            false => part,
        })
    }

    /// The name of the first voice: it decides the language where none is given.
    pub fn first(&self) -> &str {
        self.names().next().unwrap_or_default()
    }
}

/// Whether a part of a specification is the path of a voice file.
pub(crate) fn is_file(part: &str) -> bool {
    VoiceFormat::of_path(Path::new(part.trim())).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specifications_are_read_and_refused() {
        let parts = |s: &str| VoiceSpec::parse(s).map(|v| v.parts);
        assert_eq!(parts("af_heart").unwrap(), [("af_heart".to_owned(), 1.0)]);
        assert_eq!(parts("a:0.7 + b:0.3").unwrap(), [("a".to_owned(), 0.7), ("b".to_owned(), 0.3)]);
        assert_eq!(parts("a:1.5+b:-0.5").unwrap(), [("a".to_owned(), 1.5), ("b".to_owned(), -0.5)]);
        for bad in
            ["", "a+", ":1", "a:x", "a:-1", "a:NaN", "a:inf", "a:0", "a:0+b:0", "a:1e308+b:1e308", "a:1+b:-1"]
        {
            assert!(matches!(parts(bad), Err(Error::BadVoice { .. })), "{bad:?}");
        }
    }

    #[test]
    fn files_are_told_by_their_ending() {
        let spec = VoiceSpec::parse("my voices/af_new.bin:0.5 + C:/x/bm_old.PT + am_adam").unwrap();
        let parts: Vec<_> = spec.parts().collect();
        assert_eq!(parts, [("my voices/af_new.bin", 0.5), ("C:/x/bm_old.PT", 1.0), ("am_adam", 1.0)]);
        assert_eq!(spec.names().collect::<Vec<_>>(), ["af_new", "bm_old", "am_adam"]);
        assert_eq!(spec.first(), "af_new");
    }
}
