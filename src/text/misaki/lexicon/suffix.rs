//! Words with the endings -s, -ed and -ing, read from their stems.
//!
//! Source: misaki 0.9.4, `Lexicon.stem_s`, `stem_ed`, `stem_ing`.

use super::{Asked, Lexicon, Spoken};
use crate::text::misaki::symbols::is_tau;

impl Lexicon {
    pub(super) fn with_s(&self, word: &str, asked: Asked<'_>) -> Option<Spoken> {
        let length = word.chars().count();
        let stem = word.strip_suffix('s').filter(|_| length >= 3)?;
        if !word.ends_with("ss") && self.is_known(stem) {
            return self.ended(stem, asked, |l, phonemes| l.add_s(phonemes));
        }
        let shorter =
            if word.ends_with("'s") || (length > 4 && word.ends_with("es") && !word.ends_with("ies")) {
                word.get(..word.len() - 2)
            } else {
                None
            };
        if let Some(stem) = shorter.filter(|stem| self.is_known(stem)) {
            return self.ended(stem, asked, |l, phonemes| l.add_s(phonemes));
        }
        let stem = format!("{}y", word.strip_suffix("ies").filter(|_| length > 4)?);
        self.is_known(&stem).then(|| self.ended(&stem, asked, |l, phonemes| l.add_s(phonemes)))?
    }

    pub(super) fn with_ed(&self, word: &str, asked: Asked<'_>) -> Option<Spoken> {
        let length = word.chars().count();
        let without_d = word.strip_suffix('d').filter(|_| length >= 4)?;
        let stem = if !word.ends_with("dd") && self.is_known(without_d) {
            without_d
        } else {
            word.strip_suffix("ed")
                .filter(|stem| length > 4 && !stem.ends_with('e') && self.is_known(stem))?
        };
        self.ended(stem, Asked { is_base: true, ..asked }, |l, phonemes| l.add_ed(phonemes))
    }

    pub(super) fn with_ing(&self, word: &str, asked: Asked<'_>) -> Option<Spoken> {
        let length = word.chars().count();
        let cut = word.strip_suffix("ing").filter(|_| length >= 5)?;
        let with_e = format!("{cut}e");
        let stem = if length > 5 && self.is_known(cut) {
            cut
        } else if self.is_known(&with_e) {
            &with_e
        } else {
            undoubled(cut).filter(|stem| length > 5 && self.is_known(stem))?
        };
        self.ended(stem, Asked { is_base: true, ..asked }, |l, phonemes| l.add_ing(phonemes))
    }

    fn ended(
        &self,
        stem: &str,
        asked: Asked<'_>,
        add: impl Fn(&Lexicon, &str) -> Option<String>,
    ) -> Option<Spoken> {
        let spoken = self.lookup(stem, asked)?;
        Some(Spoken { phonemes: add(self, &spoken.phonemes)?, ..spoken })
    }

    /// The plural of `unit`, a word of the lexicon.
    pub(super) fn plural_unit(&self, unit: &str) -> Option<String> {
        self.with_s(&format!("{unit}s"), Asked::default()).map(|spoken| spoken.phonemes)
    }

    /// `stem` with the ending -s as it sounds there.
    pub fn add_s(&self, stem: &str) -> Option<String> {
        let ending = match stem.chars().last()? {
            'p' | 't' | 'k' | 'f' | 'θ' => "s",
            's' | 'z' | 'ʃ' | 'ʒ' | 'ʧ' | 'ʤ' if self.british => "ɪz",
            's' | 'z' | 'ʃ' | 'ʒ' | 'ʧ' | 'ʤ' => "ᵻz",
            _ => "z",
        };
        Some(format!("{stem}{ending}"))
    }

    pub(super) fn add_ed(&self, stem: &str) -> Option<String> {
        let mut symbols = stem.chars().rev();
        let (last, before) = (symbols.next()?, symbols.next());
        Some(match last {
            'p' | 'k' | 'f' | 'θ' | 'ʃ' | 's' | 'ʧ' => format!("{stem}t"),
            'd' if self.british => format!("{stem}ɪd"),
            'd' => format!("{stem}ᵻd"),
            't' => match before {
                Some(_) if self.british => format!("{stem}ɪd"),
                None => format!("{stem}ɪd"),
                Some(before) if is_tau(before) => format!("{}ɾᵻd", &stem[..stem.len() - 1]),
                Some(_) => format!("{stem}ᵻd"),
            },
            _ => format!("{stem}d"),
        })
    }

    pub(super) fn add_ing(&self, stem: &str) -> Option<String> {
        let mut symbols = stem.chars().rev();
        let (last, before) = (symbols.next()?, symbols.next());
        if self.british {
            // The linking r that is heard here is not in the stem's phonemes.
            return (!matches!(last, 'ə' | 'ː')).then(|| format!("{stem}ɪŋ"));
        }
        Some(match before {
            Some(before) if last == 't' && is_tau(before) => format!("{}ɾɪŋ", &stem[..stem.len() - 1]),
            _ => format!("{stem}ɪŋ"),
        })
    }
}

/// `cut` without the second of two equal consonants, or without the `k` of `ck`.
fn undoubled(cut: &str) -> Option<&str> {
    let bytes = cut.as_bytes();
    let (&last, rest) = bytes.split_last()?;
    let &before = rest.last()?;
    let doubled = before == last && b"bcdgklmnprstvxz".contains(&last);
    (doubled || (before == b'c' && last == b'k')).then(|| &cut[..cut.len() - 1])
}
