//! The tokenizer's exceptions and the norms of words, from the program's own data.

use std::collections::HashMap;
use std::sync::OnceLock;

/// A part of an exception.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::text::misaki) struct Piece {
    pub text: &'static str,
    pub norm: Option<&'static str>,
}

pub(in crate::text::misaki) struct Tables {
    /// Sorted by their text; the pieces lie in `pieces`.
    exceptions: HashMap<String, (u32, u32)>,
    pieces: Vec<Piece>,
    longest: usize,
    /// Sorted by the hash of the word.
    norms: Vec<(u64, &'static str)>,
    ids: HashMap<&'static str, u64>,
}

impl Tables {
    pub fn get() -> &'static Tables {
        static TABLES: OnceLock<Tables> = OnceLock::new();
        TABLES.get_or_init(|| Tables::parse(include_str!("../../../../assets/misaki/tokenizer.txt")))
    }

    /// `x`, pieces, each with `=` and its norm if it has one; `n`, a hash and a norm, sorted; `i`, a name and an id.
    fn parse(text: &'static str) -> Tables {
        let (mut exceptions, mut pieces) = (HashMap::new(), Vec::new());
        let (mut norms, mut ids) = (Vec::new(), HashMap::new());
        for line in text.lines() {
            let (kind, fields) = line.split_once('\t').unwrap_or((line, ""));
            match kind {
                "x" => {
                    let first = pieces.len();
                    for field in fields.split('\t') {
                        // An exception `=)` begins with the sign that leads a norm.
                        match field.strip_prefix('=').filter(|_| pieces.len() > first) {
                            Some(norm) => {
                                let piece: &mut Piece = pieces.last_mut().expect("a norm follows its piece");
                                piece.norm = Some(norm);
                            }
                            None => pieces.push(Piece { text: field, norm: None }),
                        }
                    }
                    let key: String = pieces[first..].iter().map(|piece| piece.text).collect();
                    exceptions.insert(key, (first as u32, pieces.len() as u32));
                }
                "n" => {
                    let (hash, norm) = fields.split_once('\t').expect("a norm has two fields");
                    norms.push((u64::from_str_radix(hash, 16).expect("a hash is hexadecimal"), norm));
                }
                "i" => {
                    let (name, id) = fields.split_once('\t').expect("a name has an id");
                    ids.insert(name, id.parse().expect("an id is a number"));
                }
                _ => {}
            }
        }
        let longest = exceptions.keys().map(String::len).max().unwrap_or(0);
        Tables { exceptions, pieces, longest, norms, ids }
    }

    /// The pieces of an exception, which make up `word`.
    pub fn exception(&self, word: &str) -> Option<&[Piece]> {
        if word.len() > self.longest {
            return None;
        }
        let &(first, end) = self.exceptions.get(word)?;
        Some(&self.pieces[first as usize..end as usize])
    }

    /// Bytes of the longest exception.
    pub fn longest_exception(&self) -> usize {
        self.longest
    }

    /// The norm of the word with this hash, where it is not the word in lower case.
    pub fn norm(&self, hash: u64) -> Option<&'static str> {
        let at = self.norms.binary_search_by_key(&hash, |(hash, _)| *hash).ok()?;
        Some(self.norms[at].1)
    }

    /// The id of a string that is not known by its hash.
    pub fn fixed_id(&self, text: &str) -> Option<u64> {
        self.ids.get(text).copied()
    }
}
