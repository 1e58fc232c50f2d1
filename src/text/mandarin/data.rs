//! The words and readings in the program.
//!
//! `mandarin.bin` is made by tools/make_mandarin.py from jieba's dictionary and pypinyin's readings, both under the MIT
//! licence (see `LICENSES`). It is the size of the rest as u32, little-endian, and zlib-compressed sections,
//! each behind its size: words, their frequencies, syllables, the reading of each character from U+4E00 on, phrases, and
//! their readings. A word is the number of characters that it shares with the one before, from `0`, and the rest. A
//! reading is the number of a syllable, from 1; in a phrase 0 stands for the character's own.

use std::collections::HashMap;

use jieba_rs::Jieba;

use super::ipa::to_ipa;

const PACKED: &[u8] = include_bytes!("../../../assets/mandarin/mandarin.bin");

/// The first character with a reading.
const FIRST: u32 = 0x4e00;

/// Words, characters and phrases.
#[derive(Debug)]
pub(super) struct Data {
    jieba: Jieba,
    /// IPA by number; the first is empty.
    syllables: Vec<String>,
    characters: Vec<u16>,
    /// Phrases with a number for each character.
    phrases: HashMap<String, Box<[u16]>>,
    /// Bytes of the longest phrase.
    longest: usize,
}

impl Data {
    /// Takes the data apart, which takes some tenths of a second.
    pub(super) fn load() -> Data {
        Data::parse(PACKED).expect("the data in the program is what its test reads")
    }

    fn parse(packed: &[u8]) -> Option<Data> {
        let (size, packed) = packed.split_first_chunk()?;
        let size = u32::from_le_bytes(*size) as usize;
        let raw = miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(packed, size).ok()?;
        let mut rest = raw.as_slice();
        let mut section = || {
            let (size, tail) = rest.split_first_chunk()?;
            let (section, tail) = tail.split_at_checked(u32::from_le_bytes(*size) as usize)?;
            rest = tail;
            Some(section)
        };
        let words = words(std::str::from_utf8(section()?).ok()?)?;
        let mut dictionary = String::with_capacity(size);
        for (word, frequency) in words.iter().zip(std::str::from_utf8(section()?).ok()?.lines()) {
            dictionary.extend([word, " ", frequency, "\n"]);
        }
        let jieba = Jieba::with_dict(&mut dictionary.as_bytes()).ok()?;
        let names = std::str::from_utf8(section()?).ok()?.lines();
        let syllables: Vec<String> =
            std::iter::once(String::new()).chain(names.map(|s| to_ipa(s).unwrap_or_default())).collect();
        let characters = numbers(section()?, syllables.len())?;
        let mut phrases = HashMap::new();
        let spelled = self::words(std::str::from_utf8(section()?).ok()?)?;
        let readings = numbers(section()?, syllables.len())?;
        let mut readings = readings.as_slice();
        let mut longest = 0;
        for phrase in spelled {
            let (of_phrase, tail) = readings.split_at_checked(phrase.chars().count())?;
            readings = tail;
            longest = longest.max(phrase.len());
            phrases.insert(phrase, of_phrase.into());
        }
        (rest.is_empty() && readings.is_empty()).then_some(Data {
            jieba,
            syllables,
            characters,
            phrases,
            longest,
        })
    }

    /// Cuts Chinese characters into words.
    pub(super) fn cut<'t>(&self, text: &'t str) -> impl Iterator<Item = &'t str> + use<'t> {
        self.jieba.cut(text, true).into_iter().map(|token| token.word)
    }

    /// The IPA of a word: of the longest phrases in it from the left, and of characters where there is none. The second
    /// value is false if a character has no reading; the others are read.
    pub(super) fn ipa(&self, word: &str) -> (String, bool) {
        let (mut ipa, mut complete) = (String::new(), true);
        let mut rest = word;
        while let Some(first) = rest.chars().next() {
            let ends =
                rest.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|&end| end <= self.longest);
            let phrase = ends.filter_map(|end| Some((end, self.phrases.get(&rest[..end])?))).last();
            let end = phrase.map_or(first.len_utf8(), |(end, _)| end);
            let readings = phrase.map(|(_, readings)| &**readings).unwrap_or(&[0]);
            for (character, &reading) in rest[..end].chars().zip(readings) {
                let number = if reading > 0 { reading } else { self.character(character) };
                let syllable = &self.syllables[usize::from(number)];
                complete &= !syllable.is_empty();
                ipa.push_str(syllable);
            }
            rest = &rest[end..];
        }
        (ipa, complete)
    }

    fn character(&self, c: char) -> u16 {
        let at = u32::from(c).checked_sub(FIRST).and_then(|at| self.characters.get(at as usize));
        at.copied().unwrap_or(0)
    }
}

/// Words from their prefix-coded lines.
fn words(lines: &str) -> Option<Vec<String>> {
    let mut words: Vec<String> = Vec::new();
    for line in lines.lines() {
        let (&shared, _) = line.as_bytes().split_first()?;
        let shared = usize::from(shared.checked_sub(b'0')?);
        let last = words.last().map_or("", String::as_str);
        let end = last.char_indices().map(|(at, _)| at).chain([last.len()]).nth(shared)?;
        words.push(last[..end].to_owned() + line.get(1..)?);
    }
    Some(words)
}

/// Numbers below `bound`.
fn numbers(bytes: &[u8], bound: usize) -> Option<Vec<u16>> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let numbers: Vec<u16> = pairs.iter().map(|&pair| u16::from_le_bytes(pair)).collect();
    (rest.is_empty() && numbers.iter().all(|&number| usize::from(number) < bound)).then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_is_read_and_damage_is_noticed() {
        let data = Data::load();
        assert!(data.phrases.len() > 40_000 && data.characters.len() == 0xa000 - 0x4e00);
        assert_eq!(data.ipa("银行"), ("i↗nxa↗ŋ".to_owned(), true));
        assert_eq!(data.ipa("重庆行"), ("ꭧʰʊ↗ŋʨʰi↘ŋɕi↗ŋ".to_owned(), true));
        assert_eq!(data.ipa("").0, "");
        for packed in [&PACKED[..4], &PACKED[..1000], &PACKED[1..], &PACKED[..PACKED.len() - 5]] {
            assert!(Data::parse(packed).is_none());
        }
    }
}
