//! Parts of speech of words, as spaCy's small English model gives them.
//!
//! misaki's lexicons are keyed by these tags (Penn Treebank), so that another tagger would read heteronyms, "the" and
//! quotation marks otherwise. Source: spaCy 3.8 `en_core_web_sm`: `MultiHashEmbed.v2`, `MaxoutWindowEncoder.v2`, `Tagger.v2`.

mod features;
mod network;

use network::Network;

use super::tokenizer::RawToken;

/// A part of speech.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Tag(&'static str);

/// The tags in the order of the network's outputs.
const LABELS: [&str; 50] = [
    "$", "''", ",", "-LRB-", "-RRB-", ".", ":", "ADD", "AFX", "CC", "CD", "DT", "EX", "FW", "HYPH", "IN",
    "JJ", "JJR", "JJS", "LS", "MD", "NFP", "NN", "NNP", "NNPS", "NNS", "PDT", "POS", "PRP", "PRP$", "RB",
    "RBR", "RBS", "RP", "SYM", "TO", "UH", "VB", "VBD", "VBG", "VBN", "VBP", "VBZ", "WDT", "WP", "WP$",
    "WRB", "XX", "_SP", "``",
];

impl Tag {
    pub const ADD: Tag = Tag("ADD");
    pub const CD: Tag = Tag("CD");
    pub const COLON: Tag = Tag(":");
    pub const DOLLAR: Tag = Tag("$");
    pub const DT: Tag = Tag("DT");
    pub const IN: Tag = Tag("IN");
    pub const JJ: Tag = Tag("JJ");
    pub const NNP: Tag = Tag("NNP");
    pub const PRP: Tag = Tag("PRP");
    pub const TO: Tag = Tag("TO");
    pub const VB: Tag = Tag("VB");
    pub const VBD: Tag = Tag("VBD");
    /// Not a word of the language.
    pub const XX: Tag = Tag("XX");

    /// The tag of this name.
    #[cfg(test)]
    pub fn named(name: &str) -> Tag {
        Tag(LABELS.into_iter().find(|label| *label == name).unwrap_or_else(|| panic!("no tag {name}")))
    }

    pub fn name(self) -> &'static str {
        self.0
    }

    /// The group that the tag belongs to in misaki's lexicons; itself if to none.
    pub fn parent(self) -> &'static str {
        match self.0 {
            tag if tag.starts_with("VB") => "VERB",
            tag if tag.starts_with("NN") => "NOUN",
            tag if tag.starts_with("RB") => "ADV",
            tag if tag.starts_with("JJ") => "ADJ",
            tag => tag,
        }
    }

    /// Whether words with it are punctuation.
    pub fn is_punctuation(self) -> bool {
        matches!(self.0, "." | "," | "-LRB-" | "-RRB-" | "``" | "''" | ":" | "$" | "NFP")
    }

    /// What punctuation with this tag is spoken as, whatever it is.
    pub fn mark(self) -> Option<&'static str> {
        match self.0 {
            "-LRB-" => Some("("),
            "-RRB-" => Some(")"),
            "``" => Some("“"),
            "''" => Some("”"),
            _ => None,
        }
    }
}

/// The tags of `tokens`, which follow each other in `text`.
pub(super) fn tags(text: &str, tokens: &[RawToken]) -> Vec<Tag> {
    let network = Network::get();
    let features: Vec<_> = tokens.iter().map(|token| features::of(text, token)).collect();
    network.classes(&features).into_iter().map(|class| Tag(LABELS[class])).collect()
}

/// Readies what the first call of [`tags`] would.
pub(super) fn load() {
    Network::get();
}
