//! Tokens put together from words, marks and spaces.

use std::ops::Range;

use crate::text::{Origin, Token};

/// Tokens as they come; a space belongs to the last that says something.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    tokens: Vec<Token>,
}

impl Tokens {
    /// Adds a token.
    pub(super) fn push(&mut self, source: Range<usize>, phonemes: String, origin: Origin) {
        self.tokens.push(Token { source, phonemes, space_after: false, origin });
    }

    /// Adds a space behind what has been said; none at the start.
    pub(super) fn space(&mut self) {
        if let Some(last) = self.tokens.iter_mut().rev().find(|token| !token.phonemes.is_empty()) {
            last.space_after = true;
        }
    }

    /// All tokens, in the order of their sources.
    pub(super) fn finish(self) -> Vec<Token> {
        self.tokens
    }
}
