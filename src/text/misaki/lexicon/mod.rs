//! Words to phonemes: the lexicons, and the rules for what they lack.
//!
//! The lexicons are misaki's, "gold" (checked by hand) and "silver", in one table for each dialect. Source: misaki 0.9.4,
//! `en.py`, class `Lexicon`.

mod number;
mod number_words;
mod packed;
mod special;
mod suffix;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::sync::OnceLock;

use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

use super::heteronyms::{self, Place};
use super::symbols::{PRIMARY, SECONDARY, apply_stress};
use super::tagger::Tag;
use crate::text::Origin;
use packed::{Packed, Reading};

/// What follows a word. Words are read from the last to the first, so that it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Context {
    /// Whether the next sound is a vowel; unknown before punctuation and at the end.
    pub future_vowel: Option<bool>,
    /// Whether the next word is "to".
    pub future_to: bool,
}

/// What is asked of the lexicon.
#[derive(Debug, Clone, Copy)]
pub(super) struct Query<'a> {
    pub text: &'a str,
    pub tag: Tag,
    /// The level of stress that the writer asks for.
    pub stress: Option<f32>,
    /// The currency of the amount that ends here.
    pub currency: Option<char>,
    /// Whether nothing is written together with it before it.
    pub is_head: bool,
    pub flags: NumberFlags,
    /// Where it stands, if that may decide where misaki's lexicon does not ask.
    pub place: Option<Place<'a>>,
}

/// How the writer wants numbers to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct NumberFlags {
    /// `&`: "and" is said.
    pub and: bool,
    /// `n`: "and" is ən, spoken with the word before.
    pub n: bool,
    /// `a`: a leading "one" is "a".
    pub a: bool,
}

impl NumberFlags {
    pub fn parse(flags: &str) -> Self {
        NumberFlags { and: flags.contains('&'), n: flags.contains('n'), a: flags.contains('a') }
    }

    pub fn union(self, other: Self) -> Self {
        NumberFlags { and: self.and || other.and, n: self.n || other.n, a: self.a || other.a }
    }
}

/// Phonemes, and where they come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spoken {
    pub phonemes: String,
    pub origin: Origin,
}

impl Spoken {
    fn word(phonemes: impl Into<String>) -> Spoken {
        Spoken { phonemes: phonemes.into(), origin: Origin::Lexicon }
    }
}

/// The lexicon of one dialect.
pub(super) struct Lexicon {
    table: Packed,
    british: bool,
}

impl Lexicon {
    /// The lexicon of American English.
    pub fn american() -> &'static Lexicon {
        static LEXICON: OnceLock<Lexicon> = OnceLock::new();
        LEXICON
            .get_or_init(|| Lexicon::new(include_bytes!("../../../../assets/misaki/american.lexicon"), false))
    }

    /// The lexicon of British English.
    pub fn british() -> &'static Lexicon {
        static LEXICON: OnceLock<Lexicon> = OnceLock::new();
        LEXICON
            .get_or_init(|| Lexicon::new(include_bytes!("../../../../assets/misaki/british.lexicon"), true))
    }

    fn new(data: &'static [u8], british: bool) -> Lexicon {
        Lexicon { table: Packed::new(data), british }
    }

    /// Reads a word or number.
    pub fn read(&self, query: &Query<'_>, context: Context) -> Option<Spoken> {
        let word = normalised(query.text);
        let stress = match (*word == word.to_lowercase(), *word == word.to_uppercase()) {
            (true, _) => None,
            (false, false) => Some(0.5),
            (false, true) => Some(2.0),
        };
        let asked = Asked {
            tag: Some(query.tag),
            stress,
            context: Some(context),
            place: query.place,
            is_base: false,
        };
        let mut spoken = if let Some(mut spoken) = self.word(&word, asked) {
            if let Some(currency) = query.currency.and_then(number::units) {
                let plural = self.plural_unit(currency.0)?;
                spoken.phonemes.extend([" ", &plural]);
            }
            spoken
        } else if number::is_number(&word, query.is_head) {
            self.number(&word, query)?
        } else {
            return None;
        };
        spoken.phonemes = apply_stress(&spoken.phonemes, query.stress);
        Some(spoken)
    }

    /// A word by the special cases, the lexicons and the endings, in this order.
    fn word(&self, word: &str, asked: Asked<'_>) -> Option<Spoken> {
        if let Some(spoken) = self.special(word, asked) {
            return Some(spoken);
        }
        let lower = word.to_lowercase();
        let word = if self.is_lower_in_disguise(word, &lower, asked) { &lower } else { word };
        if self.is_known(word) {
            return self.lookup(word, asked);
        }
        if let Some(stem) = word.strip_suffix("s'").map(|stem| format!("{stem}'s"))
            && self.is_known(&stem)
        {
            return self.lookup(&stem, asked);
        }
        if let Some(stem) = word.strip_suffix('\'')
            && self.is_known(stem)
        {
            return self.lookup(stem, asked);
        }
        self.with_s(word, asked)
            .or_else(|| self.with_ed(word, asked))
            .or_else(|| self.with_ing(word, Asked { stress: asked.stress.or(Some(0.5)), ..asked }))
    }

    /// Whether `word` is capitalised or in capitals only because of where it stands.
    fn is_lower_in_disguise(&self, word: &str, lower: &str, asked: Asked<'_>) -> bool {
        let mut letters = word.chars();
        let rest = if letters.next().is_some() { letters.as_str() } else { "" };
        !rest.is_empty()
            && word != lower
            && word.chars().all(|c| c == '\'' || is_letter(c))
            && (asked.tag != Some(Tag::NNP) || word.chars().count() > 7)
            && !self.has(word)
            && (word == word.to_uppercase() || rest == rest.to_lowercase())
            && (self.has(lower)
                || self.with_s(lower, asked).is_some()
                || self.with_ed(lower, asked).is_some()
                || self.with_ing(lower, asked).is_some())
    }

    fn has(&self, word: &str) -> bool {
        self.table.contains(word) || twin(word).is_some_and(|twin| self.table.contains(&twin))
    }

    fn gold(&self, word: &str) -> Option<Reading> {
        self.entry(word, true)
    }

    fn silver(&self, word: &str) -> Option<Reading> {
        self.entry(word, false)
    }

    /// The reading of `word`, or of the word that differs in its first letter's case, in the gold or the silver lexicon.
    fn entry(&self, word: &str, gold: bool) -> Option<Reading> {
        let of = |word: &str| self.table.get(word).filter(|entry| entry.gold == gold).map(|e| e.reading);
        of(word).or_else(|| of(&twin(word)?))
    }

    /// Whether the lexicons or the rules for initials read `word` as it is.
    fn is_known(&self, word: &str) -> bool {
        if special::symbol(word).is_some() || self.has(word) {
            return true;
        }
        if !word.bytes().all(|b| b.is_ascii_alphabetic()) || word.is_empty() {
            return false;
        }
        word.len() == 1
            || (word == word.to_ascii_uppercase() && self.gold(&word.to_ascii_lowercase()).is_some())
            || word.bytes().skip(1).all(|b| b.is_ascii_uppercase())
    }

    /// Reads `word` from the lexicons, or spells it.
    fn lookup(&self, word: &str, asked: Asked<'_>) -> Option<Spoken> {
        let lower;
        let (mut word, mut name) = (word, false);
        let mut gold = self.gold(word);
        if gold.is_none() && word == word.to_uppercase() {
            lower = word.to_lowercase();
            word = &lower;
            name = asked.tag == Some(Tag::NNP);
            gold = self.gold(word);
        }
        let reading = gold.or_else(|| if name { None } else { self.silver(word) });
        let phonemes = reading.and_then(|reading| match reading {
            Reading::One(phonemes) => Some(match self.heteronym(word, asked) {
                Some(other) => other.to_owned(),
                None => phonemes,
            }),
            Reading::ByTag(readings) => match self.heteronym(word, asked) {
                Some(other) => Some(other.to_owned()),
                None => by_tag(readings, asked),
            },
        });
        match phonemes {
            Some(phonemes) if !name || phonemes.contains(PRIMARY) => {
                Some(Spoken::word(apply_stress(&phonemes, asked.stress)))
            }
            // Upstream keeps a name that cannot be spelled, but every letter that gets here can be.
            _ => self.spell(word),
        }
    }

    fn heteronym(&self, word: &str, asked: Asked<'_>) -> Option<&'static str> {
        let tag = if asked.is_base { Tag::VB } else { asked.tag? };
        heteronyms::reading(word, tag, asked.place?, self.british)
    }

    /// The letters of `word` as one word, the last one stressed; nothing if one of them has no name.
    fn spell(&self, word: &str) -> Option<Spoken> {
        let mut phonemes = apply_stress(&self.letters(word)?.concat(), Some(0.0));
        if let Some(at) = phonemes.rfind(SECONDARY) {
            phonemes.replace_range(at..at + SECONDARY.len_utf8(), "ˈ");
        }
        Some(Spoken { phonemes, origin: Origin::Spelled })
    }

    /// The letters of `word` one by one, for what is no abbreviation; nothing if one of them has no name.
    pub fn spell_out(&self, word: &str) -> Option<Spoken> {
        Some(Spoken { phonemes: self.letters(word)?.join(" "), origin: Origin::Spelled })
    }

    /// The names of the letters of `word`.
    fn letters(&self, word: &str) -> Option<Vec<String>> {
        let name = |letter: char| match self.gold(&letter.to_uppercase().collect::<String>())? {
            Reading::One(name) => Some(name),
            Reading::ByTag(readings) => by_tag(readings, Asked::default()),
        };
        word.chars().filter(|c| is_letter(*c)).map(name).collect()
    }
}

/// What decides between the readings of a word.
#[derive(Debug, Clone, Copy, Default)]
struct Asked<'a> {
    tag: Option<Tag>,
    stress: Option<f32>,
    context: Option<Context>,
    place: Option<Place<'a>>,
    /// Whether it is the base of a verb's form that `tag` is the tag of.
    is_base: bool,
}

fn by_tag(readings: Vec<(&'static str, Option<String>)>, asked: Asked<'_>) -> Option<String> {
    let has = |condition: &str| readings.iter().any(|(c, _)| *c == condition);
    let tag = asked.tag.map_or("", Tag::name);
    let at_end = asked.context.is_some_and(|context| context.future_vowel.is_none());
    let wanted = if at_end && has("None") {
        "None"
    } else if has(tag) {
        tag
    } else {
        asked.tag.map_or("", Tag::parent)
    };
    let condition = if has(wanted) { wanted } else { "DEFAULT" };
    readings.into_iter().find(|(c, _)| *c == condition).and_then(|(_, phonemes)| phonemes)
}

/// The word that misaki takes for the same: `word` with its first letter in the other case, if the rest is lower case.
fn twin(word: &str) -> Option<String> {
    let first = *word.as_bytes().first()?;
    let rest = &word.as_bytes()[1..];
    if !first.is_ascii_alphabetic() || rest.is_empty() || rest.iter().any(u8::is_ascii_uppercase) {
        return None;
    }
    let mut twin = word.to_owned();
    let first =
        if first.is_ascii_uppercase() { first.to_ascii_lowercase() } else { first.to_ascii_uppercase() };
    twin.replace_range(..1, (first as char).encode_utf8(&mut [0; 4]));
    Some(twin)
}

/// `text` with straight apostrophes, compatibility characters and digits of other scripts made plain.
fn normalised(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let straight = text.replace(['‘', '’'], "'");
    Cow::Owned(
        straight.nfkc().map(|c| number::digit(c).map_or(c, |digit| char::from(b'0' + digit))).collect(),
    )
}

/// Whether `c` is a letter in the sense of Unicode's categories.
pub(super) fn is_letter(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphabetic();
    }
    c.general_category_group() == GeneralCategoryGroup::Letter
}
