//! Tokens cut into pieces, and the pieces that are written together put into groups.
//!
//! A group is what the lexicon is asked about first as a whole. Source: misaki 0.9.4, `G2P.tokenize`, `fold_left`,
//! `retokenize`, `merge_tokens`.

use std::ops::Range;

use super::lexicon::{NumberFlags, Query, is_letter};
use super::subtoken;
use super::symbols::is_mark;
use super::tagger::Tag;
use crate::text::Origin;

/// The most pieces of a group, since the search in it takes the square of their number.
const MAX_PIECES: usize = 32;

/// A token of the text with what its writer has settled.
#[derive(Debug, Clone)]
pub(super) struct Tagged {
    pub range: Range<usize>,
    pub tag: Tag,
    pub space_after: bool,
    /// The user's phonemes.
    pub phonemes: Option<String>,
    pub stress: Option<f32>,
    pub flags: NumberFlags,
}

/// A part of a token.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    /// The token that it is a part of.
    pub token: usize,
    /// Bytes of the text.
    pub range: Range<usize>,
    pub tag: Tag,
    pub space_after: bool,
    /// What is said for it; none if that is not known yet.
    pub phonemes: Option<String>,
    pub origin: Origin,
    /// Read as this word instead of its own text.
    pub alias: Option<&'static str>,
    pub stress: Option<f32>,
    pub flags: NumberFlags,
    pub currency: Option<char>,
    /// Whether nothing is written together with it before it.
    pub is_head: bool,
    /// Whether it is said apart from the piece before it.
    pub space_before: bool,
}

/// A piece alone, or pieces written together.
#[derive(Debug)]
pub(super) enum Unit {
    Single(Piece),
    Group(Vec<Piece>),
}

/// Pieces seen as one.
#[derive(Debug, Clone)]
pub(super) struct Merged {
    pub range: Range<usize>,
    pub tokens: Range<usize>,
    pub tag: Tag,
    pub stress: Option<f32>,
    pub flags: NumberFlags,
    pub currency: Option<char>,
    pub is_head: bool,
}

impl Merged {
    /// `pieces` of `text`, which are not empty: the tag is that of the heaviest one, the stress one that all agree on.
    pub fn of(text: &str, pieces: &[Piece]) -> Merged {
        let (first, last) = (&pieces[0], &pieces[pieces.len() - 1]);
        let mut heaviest = (0, first.tag);
        for piece in pieces {
            let weight = weight(&text[piece.range.clone()]);
            if weight > heaviest.0 {
                heaviest = (weight, piece.tag);
            }
        }
        let mut stresses = pieces.iter().filter_map(|piece| piece.stress);
        let stress = stresses.next();
        Merged {
            range: first.range.start..last.range.end,
            tokens: first.token..last.token + 1,
            tag: heaviest.1,
            stress: stress.filter(|stress| stresses.all(|other| other == *stress)),
            flags: pieces.iter().fold(NumberFlags::default(), |flags, piece| flags.union(piece.flags)),
            currency: pieces.iter().filter_map(|piece| piece.currency).max(),
            is_head: first.is_head,
        }
    }

    pub fn query<'a>(&self, text: &'a str) -> Query<'a> {
        Query {
            text: &text[self.range.clone()],
            tag: self.tag,
            stress: self.stress,
            currency: self.currency,
            is_head: self.is_head,
            flags: self.flags,
            place: None,
        }
    }
}

/// Characters, capitals counting two.
fn weight(text: &str) -> usize {
    text.chars().map(|c| if c.to_lowercase().eq([c]) { 1 } else { 2 }).sum()
}

/// Pieces and groups of `tokens` of `text`.
pub(super) fn units(text: &str, tokens: &[Tagged]) -> Vec<Unit> {
    let mut grouping = Grouping { units: Vec::with_capacity(tokens.len()), open: Vec::new() };
    let mut currency = None;
    for (i, token) in tokens.iter().enumerate() {
        let mut pieces = cut(text, token, i);
        let next_is_number = tokens.get(i + 1).is_some_and(|next| next.tag == Tag::CD);
        for j in 0..pieces.len() {
            let is_last = j + 1 == pieces.len();
            let is_to = !is_last && j > 0 && is_two_between_letters(text, &pieces[j - 1..j + 2]);
            let piece = &mut pieces[j];
            if piece.phonemes.is_some() {
                continue;
            }
            let word = &text[piece.range.clone()];
            if piece.tag == Tag::DOLLAR && matches!(word, "$" | "£" | "€") {
                currency = word.chars().next();
                settle(piece, "");
            } else if piece.tag == Tag::COLON && matches!(word, "-" | "–") {
                settle(piece, "—");
            } else if piece.tag.is_punctuation() && !word.chars().any(char::is_alphanumeric) {
                // Upstream asks for letters only, and so drops numbers that are tagged as punctuation.
                match piece.tag.mark() {
                    Some(mark) => settle(piece, mark),
                    None => {
                        let marks: String = word.chars().filter(|c| is_mark(*c)).collect();
                        settle(piece, &marks);
                    }
                }
            } else if currency.is_some() {
                if piece.tag != Tag::CD {
                    currency = None;
                } else if is_last && !next_is_number {
                    piece.currency = currency;
                }
            } else if is_to {
                piece.alias = Some("to");
            }
        }
        pieces.into_iter().for_each(|piece| grouping.add(piece));
    }
    grouping.close();
    grouping.units
}

fn settle(piece: &mut Piece, phonemes: &str) {
    piece.phonemes = Some(phonemes.to_owned());
    piece.origin = Origin::Punctuation;
}

/// Whether the middle one of three pieces is a 2 that stands for "to".
fn is_two_between_letters(text: &str, pieces: &[Piece]) -> bool {
    let word = |i: usize| &text[pieces[i].range.clone()];
    word(1) == "2" && word(0).ends_with(is_letter) && word(2).starts_with(is_letter)
}

/// The pieces of a token; the token itself if its phonemes are settled.
fn cut(text: &str, token: &Tagged, index: usize) -> Vec<Piece> {
    let piece = |range: Range<usize>| Piece {
        token: index,
        range,
        tag: token.tag,
        space_after: false,
        phonemes: None,
        origin: Origin::Unknown,
        alias: None,
        stress: token.stress,
        flags: token.flags,
        currency: None,
        is_head: true,
        space_before: false,
    };
    let mut pieces: Vec<Piece> = match &token.phonemes {
        Some(phonemes) => vec![Piece {
            phonemes: Some(phonemes.clone()),
            origin: Origin::User,
            ..piece(token.range.clone())
        }],
        None => {
            let ranges = subtoken::pieces(&text[token.range.clone()]).into_iter();
            ranges
                .map(|range| piece(token.range.start + range.start..token.range.start + range.end))
                .collect()
        }
    };
    if let Some(last) = pieces.last_mut() {
        last.space_after = token.space_after;
    }
    pieces
}

struct Grouping {
    units: Vec<Unit>,
    /// Pieces of a group that may go on.
    open: Vec<Piece>,
}

impl Grouping {
    fn add(&mut self, mut piece: Piece) {
        if piece.alias.is_some() || piece.phonemes.is_some() || self.open.len() == MAX_PIECES {
            self.close();
        }
        if piece.alias.is_some() || piece.phonemes.is_some() {
            self.units.push(Unit::Single(piece));
            return;
        }
        piece.is_head = self.open.is_empty();
        let closes = piece.space_after;
        self.open.push(piece);
        if closes {
            self.close();
        }
    }

    fn close(&mut self) {
        let mut open = std::mem::take(&mut self.open);
        match open.len() {
            0 => {}
            1 => self.units.extend(open.pop().map(Unit::Single)),
            _ => self.units.push(Unit::Group(open)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tokens that follow each other without spaces.
    fn tagged(words: &[(&str, &str)]) -> (String, Vec<Tagged>) {
        let mut text = String::new();
        let mut tokens = Vec::new();
        for (word, tag) in words {
            let range = text.len()..text.len() + word.len();
            text.push_str(word);
            tokens.push(Tagged {
                range,
                tag: Tag::named(tag),
                space_after: false,
                phonemes: None,
                stress: None,
                flags: NumberFlags::default(),
            });
        }
        (text, tokens)
    }

    #[test]
    fn the_first_of_the_heaviest_pieces_gives_a_group_its_tag() {
        for (words, expected) in [
            ([("ab", "NN"), ("-", "HYPH"), ("cd", "JJ")], "NN"),
            ([("ab", "NN"), ("-", "HYPH"), ("Cd", "JJ")], "JJ"),
            ([("a", "DT"), ("-", "HYPH"), ("b", "LS")], "DT"),
        ] {
            let (text, tokens) = tagged(&words);
            let units = units(&text, &tokens);
            let [Unit::Group(pieces)] = &units[..] else { panic!("{units:?}") };
            assert_eq!(Merged::of(&text, pieces).tag.name(), expected, "{text}");
        }
    }

    #[test]
    fn the_currency_goes_to_the_last_of_the_numbers_behind_it() {
        let (text, tokens) = tagged(&[("$", "$"), ("5", "CD"), ("million", "CD"), ("man", "NN")]);
        let units = units(&text, &tokens);
        let [Unit::Single(sign), Unit::Group(pieces)] = &units[..] else { panic!("{units:?}") };
        assert_eq!(sign.phonemes.as_deref(), Some(""));
        assert_eq!(pieces.iter().map(|piece| piece.currency).collect::<Vec<_>>(), [None, Some('$'), None]);
    }

    #[test]
    fn a_group_has_so_many_pieces_at_most() {
        let words = [("a", "NN"), ("-", "HYPH")].repeat(MAX_PIECES);
        let (text, tokens) = tagged(&words);
        let sizes: Vec<usize> = units(&text, &tokens)
            .iter()
            .map(|unit| match unit {
                Unit::Single(_) => 1,
                Unit::Group(pieces) => pieces.len(),
            })
            .collect();
        assert_eq!(sizes, [MAX_PIECES, MAX_PIECES]);
    }
}
