//! Pieces and groups to phonemes, from the last to the first.
//!
//! Source: misaki 0.9.4, `G2P.__call__`, `resolve_tokens`, `token_context`.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use super::group::{Merged, Piece, Tagged, Unit};
use super::heteronyms::Place;
use super::lexicon::{Context, Lexicon, Query, Spoken, is_letter};
use super::symbols::{PRIMARY, apply_stress, is_consonant, is_stop, is_vowel, weight};
use super::tagger::Tag;
use crate::text::{Language, Origin, TextError, Token, WordReader};

/// Characters that are not said where nothing reads them.
const JUNK: [char; 8] = ['\'', ',', '-', '.', '_', '‘', '’', '/'];
/// The most pieces of anything in the lexicon, its endings included, but for initials with points.
const MAX_ENTRY_PIECES: usize = 16;

/// What reads the pieces of one text.
pub(super) struct Resolver<'a> {
    pub text: &'a str,
    pub language: Language,
    pub lexicon: &'static Lexicon,
    pub fallback: Option<&'a dyn WordReader>,
    /// The tokens that the units are made of.
    pub tokens: &'a [Tagged],
    /// Whether the part of speech decides where misaki's lexicon does not ask for it.
    pub heteronyms: bool,
}

impl Resolver<'_> {
    /// The tokens of `units`, in order.
    pub fn resolve(&self, mut units: Vec<Unit>) -> Result<Vec<Token>, TextError> {
        let mut context = Context::default();
        for i in (0..units.len()).rev() {
            let (before, unit) = units[..=i].split_at_mut(i);
            let pieces = match &mut unit[0] {
                Unit::Single(piece) => std::slice::from_mut(piece),
                Unit::Group(pieces) => pieces.as_mut_slice(),
            };
            if let Some(ending) = before.last().and_then(|stem| self.ending(stem, &self.text[whole(pieces)]))
            {
                pieces.iter_mut().for_each(settle_silent);
                set(&mut pieces[0], Spoken { phonemes: ending, origin: Origin::Lexicon });
                context = self.context_before(
                    context,
                    pieces[0].phonemes.as_deref(),
                    &Merged::of(self.text, pieces),
                );
            } else if let [piece] = pieces {
                self.single(piece, &mut context)?;
            } else {
                self.group(pieces, &mut context)?;
            }
        }
        Ok(units.into_iter().map(|unit| self.token(unit)).collect())
    }

    /// How the ending `text` sounds behind a word of the user's phonemes, which no lexicon has with its ending.
    fn ending(&self, stem: &Unit, text: &str) -> Option<String> {
        let Unit::Single(stem) = stem else { return None };
        let phonemes =
            stem.phonemes.as_deref().filter(|_| stem.origin == Origin::User && !stem.space_after)?;
        if !matches!(text, "'s" | "’s" | "s") {
            return None;
        }
        self.lexicon.add_s(phonemes)?.strip_prefix(phonemes).map(str::to_owned)
    }

    fn word(&self, piece: &Piece) -> &str {
        &self.text[piece.range.clone()]
    }

    fn query(&self, merged: &Merged) -> Query<'_> {
        let Range { start, end } = merged.tokens;
        let place = self.heteronyms.then(|| Place::new(self.text, self.tokens, start, end));
        Query { place, ..merged.query(self.text) }
    }

    fn single(&self, piece: &mut Piece, context: &mut Context) -> Result<(), TextError> {
        if piece.phonemes.is_none() {
            let merged = Merged::of(self.text, std::slice::from_ref(piece));
            let query = self.query(&merged);
            let query = Query { text: piece.alias.unwrap_or(query.text), ..query };
            let spoken = match self.lexicon.read(&query, *context) {
                Some(spoken) => Some(spoken),
                None => self.fall_back(self.word(piece))?,
            };
            match spoken {
                Some(spoken) => set(piece, spoken),
                None if self.word(piece).chars().all(|c| JUNK.contains(&c)) => settle_silent(piece),
                None => self.spell(piece),
            }
        }
        let merged = Merged::of(self.text, std::slice::from_ref(piece));
        *context = self.context_before(*context, piece.phonemes.as_deref(), &merged);
        Ok(())
    }

    fn group(&self, pieces: &mut [Piece], context: &mut Context) -> Result<(), TextError> {
        let (mut left, mut right) = (0, pieces.len());
        while left < right {
            let span = &mut pieces[left..right];
            let merged = Merged::of(self.text, span);
            let spoken = if self.may_be_entry(span) {
                self.lexicon.read(&self.query(&merged), *context)
            } else {
                None
            };
            if let Some(spoken) = spoken {
                *context = self.context_before(*context, Some(&spoken.phonemes), &merged);
                for piece in &mut span[1..] {
                    piece.phonemes = Some(String::new());
                    piece.origin = spoken.origin;
                }
                set(&mut span[0], spoken);
                right = left;
                left = 0;
            } else if left + 1 < right {
                left += 1;
            } else {
                right -= 1;
                left = 0;
                if self.word(&pieces[right]).chars().all(|c| JUNK.contains(&c)) {
                    settle_silent(&mut pieces[right]);
                } else if let Some(spoken) = self.fall_back(&self.text[whole(pieces)])? {
                    for piece in &mut pieces[1..] {
                        piece.phonemes = Some(String::new());
                        piece.origin = spoken.origin;
                    }
                    set(&mut pieces[0], spoken);
                    return Ok(());
                } else {
                    let piece = &mut pieces[right];
                    self.spell(piece);
                    let merged = Merged::of(self.text, std::slice::from_ref(piece));
                    *context = self.context_before(*context, piece.phonemes.as_deref(), &merged);
                }
            }
        }
        self.reconcile(pieces);
        Ok(())
    }

    /// Whether the lexicon may read these pieces as one.
    fn may_be_entry(&self, pieces: &[Piece]) -> bool {
        pieces.len() <= MAX_ENTRY_PIECES || pieces.iter().any(|piece| self.word(piece) == ".")
    }

    fn fall_back(&self, word: &str) -> Result<Option<Spoken>, TextError> {
        let Some(fallback) = self.fallback else { return Ok(None) };
        let read = fallback.read_word(word, self.language)?;
        Ok(read
            .filter(|(phonemes, _)| !phonemes.trim().is_empty())
            .map(|(phonemes, origin)| Spoken { phonemes: phonemes.trim().to_owned(), origin }))
    }

    /// Says what nothing else reads letter by letter, or as the word that it is without its accents.
    fn spell(&self, piece: &mut Piece) {
        let word = &self.text[piece.range.clone()];
        let plain: String = word.nfkd().filter(|c| is_letter(*c) || c.is_ascii()).collect();
        let plain_word = if plain == word || plain.is_empty() {
            None
        } else {
            let merged = Merged::of(self.text, std::slice::from_ref(piece));
            let query = Query { text: &plain, ..self.query(&merged) };
            self.lexicon.read(&query, Context::default())
        };
        let spoken = plain_word.or_else(|| self.lexicon.spell_out(&plain)).filter(|s| !s.phonemes.is_empty());
        match spoken {
            Some(spoken) => set(piece, spoken),
            None => piece.origin = Origin::Unknown,
        }
    }

    fn context_before(&self, context: Context, phonemes: Option<&str>, merged: &Merged) -> Context {
        let first = phonemes
            .and_then(|phonemes| phonemes.chars().find(|c| is_vowel(*c) || is_consonant(*c) || is_stop(*c)));
        let word = &self.text[merged.range.clone()];
        Context {
            future_vowel: match first {
                Some(symbol) if is_stop(symbol) => None,
                Some(symbol) => Some(is_vowel(symbol)),
                None => context.future_vowel,
            },
            future_to: matches!(word, "to" | "To")
                || (word == "TO" && (merged.tag == Tag::TO || merged.tag == Tag::IN)),
        }
    }

    /// Settles what is left of a group, and weakens the stress of some of its pieces.
    fn reconcile(&self, pieces: &mut [Piece]) {
        let apart = self.is_said_apart(pieces);
        let last = pieces.len() - 1;
        for (i, piece) in pieces.iter_mut().enumerate() {
            let word = &self.text[piece.range.clone()];
            if piece.phonemes.is_some() {
                piece.space_before = i > 0 && apart;
            } else if i == last && word.chars().count() == 1 && word.chars().all(is_stop) {
                piece.phonemes = Some(word.to_owned());
                piece.origin = Origin::Punctuation;
            } else if word.chars().all(|c| JUNK.contains(&c)) {
                settle_silent(piece);
            }
        }
        if apart {
            return;
        }
        let mut said: Vec<(bool, usize, usize)> = Vec::new();
        for (i, piece) in pieces.iter().enumerate() {
            if let Some(phonemes) = piece.phonemes.as_deref().filter(|phonemes| !phonemes.is_empty()) {
                said.push((phonemes.contains(PRIMARY), weight(phonemes), i));
            }
        }
        if said.len() == 2 && self.word(&pieces[said[0].2]).chars().count() == 1 {
            weaken(&mut pieces[said[1].2]);
        } else if said.len() >= 2
            && said.iter().filter(|(primary, ..)| *primary).count() > said.len().div_ceil(2)
        {
            said.sort_unstable();
            said[..said.len() / 2].iter().for_each(|(_, _, i)| weaken(&mut pieces[*i]));
        }
    }

    /// Whether the pieces of a group are of several kinds, so that they are said like words.
    fn is_said_apart(&self, pieces: &[Piece]) -> bool {
        let text = &self.text[whole(pieces)];
        let kind = |c: char| match c {
            c if is_letter(c) => 0,
            c if c.is_ascii_digit() => 1,
            _ => 2,
        };
        let mut kinds = text.chars().filter(|c| !JUNK.contains(c)).map(kind);
        let first = kinds.next();
        text.contains([' ', '/']) || kinds.any(|kind| Some(kind) != first)
    }

    fn token(&self, unit: Unit) -> Token {
        let pieces = match unit {
            Unit::Single(piece) => vec![piece],
            Unit::Group(pieces) => pieces,
        };
        let mut phonemes = String::new();
        for piece in &pieces {
            let said = piece.phonemes.as_deref().unwrap_or_default();
            if piece.space_before && !phonemes.is_empty() && !phonemes.ends_with(' ') && !said.is_empty() {
                phonemes.push(' ');
            }
            phonemes.push_str(said);
        }
        let origin = origin(&pieces);
        if origin != Origin::User {
            // The v1.0 model writes the flap as T and the glottal stop as t.
            phonemes = phonemes.replace('ɾ', "T").replace('ʔ', "t");
        }
        Token {
            source: whole(&pieces),
            phonemes: phonemes.trim().to_owned(),
            space_after: pieces[pieces.len() - 1].space_after,
            origin,
        }
    }
}

/// The origin that says most about a group: a part that nothing could read, else the least certain of what is said.
fn origin(pieces: &[Piece]) -> Origin {
    let rank = |origin: Origin| match origin {
        Origin::Unknown => 8,
        Origin::User => 7,
        Origin::Spelled => 6,
        Origin::Rules | Origin::Native | Origin::Espeak => 5,
        Origin::Number => 4,
        Origin::Lexicon => 3,
        Origin::Punctuation => 2,
    };
    let said = |piece: &&Piece| piece.phonemes.as_deref() != Some("");
    let loudest = pieces.iter().filter(said).map(|piece| piece.origin).max_by_key(|origin| rank(*origin));
    loudest.unwrap_or(pieces[0].origin)
}

fn whole(pieces: &[Piece]) -> Range<usize> {
    pieces[0].range.start..pieces[pieces.len() - 1].range.end
}

fn set(piece: &mut Piece, spoken: Spoken) {
    piece.phonemes = Some(spoken.phonemes);
    piece.origin = spoken.origin;
}

fn settle_silent(piece: &mut Piece) {
    piece.phonemes = Some(String::new());
    piece.origin = Origin::Punctuation;
}

fn weaken(piece: &mut Piece) {
    piece.phonemes = piece.phonemes.as_deref().map(|phonemes| apply_stress(phonemes, Some(-0.5)));
}
