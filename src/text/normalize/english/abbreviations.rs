//! Shortened words with a full stop, by what stands around them.

use super::super::Classes;
use super::super::scan::{Edits, Scan, Spoken};

/// When an abbreviation is one, besides that its full stop follows.
#[derive(Clone, Copy, PartialEq)]
enum When {
    /// A name with a capital follows.
    BeforeName,
    /// A number follows.
    BeforeNumber,
    /// A name with a capital stands before it.
    AfterName,
    /// Always; the full stop may end the sentence as well.
    Always,
}

use When::{AfterName, Always, BeforeName, BeforeNumber};

#[rustfmt::skip]
const ABBREVIATIONS: &[(&str, &str, When)] = &[
    ("Mr", "Mister", BeforeName), ("Mrs", "Missus", BeforeName), ("Mx", "Mix", BeforeName),
    ("Messrs", "Messieurs", BeforeName), ("Prof", "Professor", BeforeName), ("Rev", "Reverend", BeforeName),
    ("Hon", "Honorable", BeforeName), ("Gen", "General", BeforeName), ("Col", "Colonel", BeforeName),
    ("Capt", "Captain", BeforeName), ("Cpt", "Captain", BeforeName), ("Cmdr", "Commander", BeforeName),
    ("Lt", "Lieutenant", BeforeName), ("Sgt", "Sergeant", BeforeName), ("Cpl", "Corporal", BeforeName),
    ("Pvt", "Private", BeforeName), ("Maj", "Major", BeforeName), ("Adm", "Admiral", BeforeName),
    ("Gov", "Governor", BeforeName), ("Sen", "Senator", BeforeName), ("Rep", "Representative", BeforeName),
    ("Pres", "President", BeforeName), ("Supt", "Superintendent", BeforeName), ("Det", "Detective", BeforeName),
    ("Insp", "Inspector", BeforeName), ("Fr", "Father", BeforeName), ("Mt", "Mount", BeforeName), ("Ft", "Fort", BeforeName),
    ("Ste", "Sainte", BeforeName), ("Wm", "William", BeforeName),
    ("No", "Number", BeforeNumber), ("no", "number", BeforeNumber), ("Nos", "Numbers", BeforeNumber),
    ("nos", "numbers", BeforeNumber), ("Nr", "Number", BeforeNumber), ("Fig", "Figure", BeforeNumber),
    ("fig", "figure", BeforeNumber), ("Figs", "Figures", BeforeNumber), ("figs", "figures", BeforeNumber),
    ("Eq", "Equation", BeforeNumber), ("eq", "equation", BeforeNumber), ("Vol", "Volume", BeforeNumber),
    ("vol", "volume", BeforeNumber), ("Vols", "Volumes", BeforeNumber), ("Ch", "Chapter", BeforeNumber),
    ("ch", "chapter", BeforeNumber), ("Sec", "Section", BeforeNumber), ("sec", "section", BeforeNumber),
    ("Art", "Article", BeforeNumber), ("pp", "pages", BeforeNumber), ("p", "page", BeforeNumber), ("pg", "page", BeforeNumber),
    ("ext", "extension", BeforeNumber), ("Ext", "Extension", BeforeNumber), ("ca", "circa", BeforeNumber),
    ("c", "circa", BeforeNumber), ("Apt", "Apartment", BeforeNumber), ("apt", "apartment", BeforeNumber),
    ("Ste", "Suite", BeforeNumber), ("Rm", "Room", BeforeNumber), ("Tel", "Telephone", BeforeNumber),
    ("tel", "telephone", BeforeNumber), ("Op", "Opus", BeforeNumber), ("op", "opus", BeforeNumber),
    ("Jr", "Junior", AfterName), ("Sr", "Senior", AfterName), ("Esq", "Esquire", AfterName), ("Ave", "Avenue", AfterName),
    ("Av", "Avenue", AfterName), ("Blvd", "Boulevard", AfterName), ("Rd", "Road", AfterName), ("Ln", "Lane", AfterName),
    ("Hwy", "Highway", AfterName), ("Pkwy", "Parkway", AfterName), ("Sq", "Square", AfterName), ("Ct", "Court", AfterName),
    ("Pl", "Place", AfterName), ("Ter", "Terrace", AfterName), ("Inc", "Incorporated", AfterName),
    ("Ltd", "Limited", AfterName), ("Corp", "Corporation", AfterName), ("Co", "Company", AfterName),
    ("Bros", "Brothers", AfterName), ("Assn", "Association", AfterName), ("Univ", "University", AfterName),
    ("Inst", "Institute", AfterName), ("Dept", "Department", Always), ("dept", "department", Always),
    ("etc", "etc", Always), ("approx", "approximately", Always), ("Approx", "Approximately", Always),
    ("govt", "government", Always), ("Govt", "Government", Always), ("vs", "versus", Always), ("cf", "compare", Always),
    ("viz", "namely", Always), ("incl", "including", Always), ("excl", "excluding", Always), ("max", "maximum", Always),
    ("Max", "Maximum", BeforeNumber), ("Min", "Minimum", BeforeNumber), ("misc", "miscellaneous", Always),
    ("esp", "especially", Always), ("est", "established", BeforeNumber), ("Est", "Established", BeforeNumber),
    ("avg", "average", Always), ("Avg", "Average", Always), ("tbsp", "tablespoons", Always), ("tsp", "teaspoons", Always),
    ("Intl", "International", Always), ("intl", "international", Always), ("mgmt", "management", Always),
    ("yrs", "years", Always), ("hrs", "hours", Always), ("mins", "minutes", Always), ("secs", "seconds", Always),
    ("mos", "months", Always), ("wks", "weeks", Always), ("fwd", "forward", Always), ("seq", "sequence", BeforeNumber),
];

/// Abbreviations with full stops inside.
#[rustfmt::skip]
const DOTTED: &[(&str, &str)] = &[
    ("e.g.", "for example"), ("E.g.", "For example"), ("i.e.", "that is"), ("I.e.", "That is"), ("a.k.a.", "also known as"),
    ("w.r.t.", "with respect to"), ("p.p.s.", "P P S"),
];

/// Short forms with a slash.
const SLASHED: &[(&str, &str)] = &[
    ("w/o", "without"),
    ("w/", "with"),
    ("W/", "With"),
    ("b/c", "because"),
    ("c/o", "care of"),
    ("n/a", "not applicable"),
    ("N/A", "not applicable"),
    ("b/w", "between"),
];

/// Endings of the names of streets, before which "St." is "Street".
const DIRECTIONS: &[&str] = &["N", "S", "E", "W", "NE", "NW", "SE", "SW", "North", "South", "East", "West"];

pub(super) fn rule(scan: &Scan<'_>, at: usize) -> Option<Edits> {
    if !scan.has(Classes::ABBREVIATIONS) {
        return None;
    }
    // "news.misc.", "name@corp."
    if scan.before(at).is_some_and(|c| "./@_".contains(c)) {
        return None;
    }
    let rest = scan.rest(at);
    let word = scan.letters(at);
    let end = at + word.len();
    if rest[word.len()..].starts_with('/') {
        let (short, name) = SLASHED.iter().find(|(short, _)| rest.starts_with(short))?;
        let behind = at + short.len();
        let open = short.ends_with('/');
        let fits =
            if open { !scan.is_end(behind) || scan.spaces(behind) > behind } else { scan.is_end(behind) };
        // "w/ cheese" and "w/cheese".
        let tail = if open && !scan.is_end(behind) { " " } else { "" };
        return fits.then(|| Edits::put(behind, format!("{name}{tail}")));
    }
    if !rest[word.len()..].starts_with('.') {
        return bare(scan, at, word, end);
    }
    if let Some((short, name)) = DOTTED.iter().find(|(short, _)| rest.starts_with(short)) {
        let behind = at + short.len();
        if scan.is_end(behind) {
            return Some(Edits::put(behind, *name));
        }
    }
    let dot_end = end + 1;
    let next_at = scan.gap(dot_end);
    let next = scan.char(next_at);
    if !scan.is_end(dot_end) {
        // "Dr.Smith", "p.5", "No.5"
        let number = next.is_some_and(|c| c.is_ascii_digit());
        let entry = ABBREVIATIONS
            .iter()
            .find(|(short, _, when)| *short == word && number && *when == BeforeNumber)?;
        return Some(Edits::put(dot_end, format!("{} ", entry.1)));
    }
    let before_name = next_at > dot_end && next.is_some_and(char::is_uppercase);
    let before_number = next.is_some_and(|c| c.is_ascii_digit());
    let name_before = scan.word_before(at);
    let after_name = name_before.starts_with(char::is_uppercase)
        || scan.before(scan.spaces_before(at)).is_some_and(|c| c == ',' || c == ')')
        || is_ordinal_before(scan, at);
    let entry = |when: When| {
        ABBREVIATIONS.iter().find(|(short, _, is)| *short == word && *is == when).map(|(_, name, _)| *name)
    };
    if let Some(edits) = saint_or_street(scan, at, word, before_name, after_name) {
        return Some(edits);
    }
    if word == "al" && name_before == "et" {
        return Some(with_stop(scan, dot_end, "al"));
    }
    if before_name && word == "Ms" {
        return Some(ms(dot_end));
    }
    if before_name && let Some(name) = entry(BeforeName) {
        return Some(Edits::put(dot_end, name));
    }
    if before_number && let Some(name) = entry(BeforeNumber) {
        // "c. 1900" has a year behind it.
        let fits = !matches!(word, "c" | "ca" | "est" | "Est") || scan.digits(next_at).len() >= 3;
        let sentence = matches!(word, "no" | "No" | "art" | "Art") && next_at > dot_end + 1;
        return (fits && !sentence).then(|| Edits::put(dot_end, name));
    }
    if after_name && let Some(name) = entry(AfterName) {
        return Some(with_stop(scan, dot_end, name));
    }
    entry(Always).map(|name| with_stop(scan, dot_end, name))
}

/// "Ms", which misaki knows with its full stop only, in place of the text up to byte `to`.
fn ms(to: usize) -> Edits {
    let mut spoken = Spoken::default();
    spoken.word_read("Ms", Some("mˈɪz".to_owned()));
    Edits::put(to, spoken)
}

/// `name`, and the full stop before byte `dot_end` again if it ends the sentence.
fn with_stop(scan: &Scan<'_>, dot_end: usize, name: &'static str) -> Edits {
    let edits = Edits::put(dot_end - 1, name);
    // "Pennsylvania Ave. NW"
    let direction = DIRECTIONS.contains(&scan.letters(scan.spaces(dot_end)));
    if scan.ends_sentence(dot_end) && !direction { edits.then_keep(dot_end) } else { edits.then(dot_end, "") }
}

/// "Dr." and "St." before a name and behind one.
fn saint_or_street(
    scan: &Scan<'_>,
    at: usize,
    word: &str,
    before_name: bool,
    after_name: bool,
) -> Option<Edits> {
    let dot_end = at + word.len() + 1;
    let (title, street) = match word {
        "Dr" => ("Doctor", "Drive"),
        "St" => ("Saint", "Street"),
        "Drs" if before_name => return Some(Edits::put(dot_end, "Doctors")),
        _ => return None,
    };
    let next = scan.letters(scan.gap(dot_end));
    // "221 Baker St. London": a number stands before the name.
    let name = scan.word_before(at);
    let name_at = scan.spaces_before(at) - name.len();
    let numbered = after_name && scan.before(scan.spaces_before(name_at)).is_some_and(|c| c.is_ascii_digit());
    let ordinal = is_ordinal_before(scan, at);
    let directed = after_name && DIRECTIONS.contains(&next);
    let title_fits = before_name && !numbered && !ordinal && !directed;
    if title_fits {
        return Some(Edits::put(dot_end, title));
    }
    after_name.then(|| with_stop(scan, dot_end, street))
}

/// Whether an ordinal such as "42nd" stands before byte `at`.
fn is_ordinal_before(scan: &Scan<'_>, at: usize) -> bool {
    let end = scan.spaces_before(at);
    let letters = scan.letters_before(end);
    ["st", "nd", "rd", "th"].contains(&letters)
        && scan.before(end - letters.len()).is_some_and(|c| c.is_ascii_digit())
}

/// Abbreviations without a full stop.
fn bare(scan: &Scan<'_>, at: usize, word: &str, end: usize) -> Option<Edits> {
    let next_at = scan.spaces(end);
    let capital_next = next_at > end && scan.char(next_at).is_some_and(char::is_uppercase);
    let name = match word {
        "Mr" if capital_next => "Mister",
        "Mrs" if capital_next => "Missus",
        "Ms" if capital_next => return Some(ms(end)),
        "Dr" if capital_next => "Doctor",
        "Prof" if capital_next => "Professor",
        "St" if capital_next => "Saint",
        "Jr" if scan.word_before(at).starts_with(char::is_uppercase) => "Junior",
        "Blvd" => "Boulevard",
        "Ave" if scan.word_before(at).starts_with(char::is_uppercase) || is_ordinal_before(scan, at) => {
            "Avenue"
        }
        "St" if is_ordinal_before(scan, at) => "Street",
        "Rd" if scan.word_before(at).starts_with(char::is_uppercase) => "Road",
        "vs" | "Vs" => "versus",
        "approx" => "approximately",
        "govt" => "government",
        "dept" => "department",
        _ => return None,
    };
    scan.is_end(end).then(|| Edits::put(end, name))
}
