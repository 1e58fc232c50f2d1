//! How `say-as` reads its text.

use crate::text::Language;
use crate::text::normalize::{self, Spoken};

/// Kinds that are understood.
const KINDS: &[&str] = &[
    "characters",
    "spell-out",
    "verbatim",
    "cardinal",
    "number",
    "ordinal",
    "digits",
    "telephone",
    "date",
    "time",
    "fraction",
    "unit",
    "currency",
];

pub(super) fn is_known(kind: &str) -> bool {
    KINDS.contains(&kind)
}

/// `text` as `kind` in `format` is read; `None` if it is not of that kind.
pub(super) fn spoken(kind: &str, format: &str, text: &str, language: Language) -> Option<Spoken> {
    let text = text.trim();
    let has_digits = text.bytes().any(|byte| byte.is_ascii_digit());
    match kind {
        "characters" | "spell-out" | "verbatim" => Some(normalize::spell_out(text, language)),
        "digits" => has_digits.then(|| normalize::spell_out(text, language)),
        "telephone" => has_digits.then(|| normalize::telephone(text, language)),
        "cardinal" | "number" if format == "ordinal" => normalize::ordinal(text, language),
        "cardinal" | "number" if format == "digits" => {
            has_digits.then(|| normalize::spell_out(text, language))
        }
        "cardinal" | "number" => normalize::cardinal(text, language),
        "ordinal" => normalize::ordinal(text, language),
        "date" => normalize::date(text, format, language),
        "time" => normalize::time(text, language),
        "fraction" | "unit" | "currency" => Some(normalize::whole(text, language)),
        _ => None,
    }
}
