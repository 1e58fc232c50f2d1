//! Full stops that do not end a sentence.

/// Stand before a name or an explanation; written with any capitals.
const BEFORE_A_WORD: &[&str] = &[
    "mr", "mrs", "ms", "mx", "dr", "prof", "vs", "cf", "viz", "e.g", "i.e", "eg", "ie", "p.ej", "messrs",
    "mme", "mmes", "mlle", "mlles", "sr", "sra", "srta", "dra", "srs", "sras", "dott", "dr.ssa", "sig.ra",
    "approx",
];

/// The same, but words of their own without a capital.
const TITLES: &[&str] = &[
    "St", "Mt", "Rev", "Hon", "Gen", "Col", "Capt", "Cmdr", "Lt", "Sgt", "Maj", "Gov", "Sen", "Rep", "Pres",
    "Sig", "Avv", "Ud", "Uds", "Vd", "Don", "Ste", "Msgr", "Fr", "Supt", "Det", "Insp", "Adm",
];

/// Stand before a number only: "No. 5", but "he said no. Then".
const BEFORE_A_NUMBER: &[&str] = &[
    "no", "nos", "nr", "fig", "figs", "vol", "vols", "ch", "sec", "pp", "p", "pg", "art", "eq", "ext", "ca",
    "c", "cap", "núm", "pág", "págs", "rev", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept",
    "oct", "nov", "dec", "tel",
];

/// End a sentence only if the next word has a capital.
const ANYWHERE: &[&str] = &[
    "etc", "inc", "ltd", "co", "corp", "jr", "bros", "dept", "est", "al", "apt", "ave", "blvd", "rd", "ft",
    "lb", "lbs", "oz", "hr", "hrs", "min", "mins", "a.m", "p.m", "am", "pm", "ph.d", "m.d", "b.a", "m.a",
    "b.sc", "m.sc", "ecc", "esq", "tsp", "tbsp", "jan", "feb", "apr", "aug", "sept", "oct", "nov",
];

/// Begin a sentence when they follow "U.S." or the like.
const OPENERS: &[&str] = &[
    "The", "This", "That", "These", "Those", "It", "He", "She", "They", "We", "You", "I", "In", "On", "At",
    "But", "And", "However", "If", "When", "A", "An", "As", "There", "Then", "So", "My", "His", "Her", "Our",
    "Their",
];

/// Longest abbreviation looked for, in bytes.
const LONGEST: usize = 24;

/// Whether a full stop between `before` and `after` belongs to an abbreviation and the sentence goes on.
pub(crate) fn goes_on(before: &str, after: &str) -> bool {
    let mut window = before.len().saturating_sub(LONGEST);
    while !before.is_char_boundary(window) {
        window += 1;
    }
    let word =
        before[window..].rsplit(|c: char| !(c.is_alphanumeric() || c == '.')).next().unwrap_or_default();
    let word = word.trim_start_matches('.');
    let Some(initial) = word.chars().next() else { return false };
    let next = after.trim_start();
    let Some(next_initial) = next.chars().next() else { return false };

    let lower = word.to_lowercase();
    if BEFORE_A_WORD.contains(&lower.as_str()) || TITLES.contains(&word) {
        return true;
    }
    if BEFORE_A_NUMBER.contains(&lower.as_str()) && next_initial.is_numeric() {
        return true;
    }
    if ANYWHERE.contains(&lower.as_str()) {
        return !next_initial.is_uppercase();
    }
    let is_letters =
        word.split('.').all(|part| part.chars().count() == 1 && part.chars().all(char::is_alphabetic));
    if !is_letters || !initial.is_uppercase() {
        return false;
    }
    if word.contains('.') {
        // "the U.S. Army", but "in the U.S. The".
        let next_word = next.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
        return !OPENERS.contains(&next_word);
    }
    // "J. Smith"; a single "I" is more often the pronoun.
    word != "I" && next_initial.is_uppercase()
}
