//! Numbers of telephones, accounts and the like, which are read digit by digit.

use super::super::Classes;
use super::super::scan::{Edits, Scan};
use super::words;

/// The most groups of digits in a number, and the most digits.
const MAX_GROUPS: usize = 8;
const MAX_DIGITS: usize = 24;

/// Groups of digits with single signs between them.
struct Groups<'a> {
    groups: Vec<&'a str>,
    /// The signs between them.
    signs: Vec<char>,
    end: usize,
}

impl Groups<'_> {
    fn digits(&self) -> usize {
        self.groups.iter().map(|group| group.len()).sum()
    }

    fn lengths(&self) -> Vec<usize> {
        self.groups.iter().map(|group| group.len()).collect()
    }

    fn signs_are(&self, allowed: &[char]) -> bool {
        self.signs.iter().all(|sign| allowed.contains(sign))
    }
}

/// Reads groups from `at`; brackets around one, with a space behind, are a sign as well.
fn groups<'a>(scan: &Scan<'a>, at: usize) -> Option<Groups<'a>> {
    let mut found = Groups { groups: Vec::new(), signs: Vec::new(), end: at };
    let mut at = at;
    let mut bracket = false;
    while found.groups.len() < MAX_GROUPS {
        if scan.rest(at).starts_with('(') && !bracket {
            bracket = true;
            at += 1;
        }
        let group = scan.digits(at);
        if group.is_empty() || group.len() > MAX_DIGITS {
            break;
        }
        at += group.len();
        let closes = bracket && scan.rest(at).starts_with(')');
        if bracket && !closes {
            break;
        }
        found.groups.push(group);
        found.end = at;
        if closes {
            bracket = false;
            at += 1;
            found.end = at;
            let space = scan.rest(at).starts_with([' ', '-', '\u{a0}']);
            let next = at + usize::from(space) * scan.char(at).map_or(0, char::len_utf8);
            if scan.digits(next).is_empty() {
                break;
            }
            found.signs.push(')');
            at = next;
            continue;
        }
        let Some(sign) = scan.char(at).filter(|c| matches!(c, '-' | '.' | ' ' | '\u{a0}' | '‑' | '–'))
        else {
            break;
        };
        let next = at + sign.len_utf8();
        let opens = scan.rest(next).starts_with('(') && !scan.digits(next + 1).is_empty();
        if scan.digits(next).is_empty() && !opens {
            break;
        }
        found.signs.push(if sign == '\u{a0}' { ' ' } else { sign });
        at = next;
    }
    found.signs.truncate(found.groups.len().saturating_sub(1));
    (!found.groups.is_empty()).then_some(found)
}

/// A telephone number.
pub(super) fn phone(scan: &Scan<'_>, at: usize) -> Option<Edits> {
    if !scan.has(Classes::PHONES) {
        return None;
    }
    let plus = scan.rest(at).starts_with('+');
    if scan.rest(at).starts_with('(') && scan.digits(at + 1).is_empty() {
        return None;
    }
    let start = at + usize::from(plus);
    // Emergency numbers behind a verb.
    let word = scan.word_before(at);
    if let "911" | "999" | "112" | "311" | "411" | "988" | "101" | "111" = scan.digits(start) {
        let verb =
            ["call", "dial", "called", "dialed", "calling", "dialled", "dialing", "Call", "Dial", "ring"];
        if verb.contains(&word) && scan.is_end(start + 3) && !scan.rest(start + 3).starts_with(['-', ' '])
            || verb.contains(&word) && scan.is_end(start + 3) && scan.digits(start + 4).is_empty()
        {
            return Some(Edits::put(start + 3, words::digits(scan.digits(start), "zero")));
        }
    }
    let found = groups(scan, start)?;
    if let Some(edits) = vanity(scan, start, &found, plus) {
        return Some(edits);
    }
    let lengths = found.lengths();
    let total = found.digits();
    let is_phone = if plus {
        (7..=15).contains(&total)
    } else {
        let area_in_brackets = found.signs.first() == Some(&')') || found.signs.get(1) == Some(&')');
        let signs = found.signs_are(&['-', '.', '‑', '–', ')', ' ']);
        let same = found.signs.windows(2).all(|pair| pair[0] == pair[1] || pair[0] == ')');
        let british = found.groups[0].starts_with('0') && (10..=11).contains(&total) && lengths.len() >= 2;
        let american = matches!(lengths.as_slice(), [3, 3, 4] | [1, 3, 3, 4])
            && (lengths.len() == 3 || found.groups[0] == "1");
        let local = lengths == [3, 4] && found.signs == ['-'];
        signs
            && (area_in_brackets && (7..=11).contains(&total)
                || american && (same || lengths.len() == 4)
                || british
                || local)
    };
    if !is_phone || !scan.is_end(found.end) || goes_on(scan, found.end) {
        return None;
    }
    let zero = if scan.british() { "oh" } else { "zero" };
    let mut parts: Vec<String> = Vec::new();
    for (index, group) in found.groups.iter().enumerate() {
        let toll_free =
            index + 2 < lengths.len() && group.len() == 3 && group.ends_with("00") && !group.starts_with('0');
        parts.push(if toll_free { words::integer(group) } else { words::digits(group, zero) });
    }
    let lead = if plus { "plus " } else { "" };
    let edits = Edits::put(found.end, format!("{lead}{}", parts.join(", ")));
    // "x45"
    let extension = scan.spaces(found.end);
    let digits = scan.rest(extension).strip_prefix('x').map_or("", |_| scan.digits(extension + 1));
    let end = extension + 1 + digits.len();
    if !digits.is_empty() && digits.len() <= 6 && scan.is_end(end) {
        return Some(edits.then(end, format!(", extension {}", words::digits(digits, zero))));
    }
    Some(edits)
}

/// `1-800-FLOWERS`
fn vanity(scan: &Scan<'_>, _start: usize, found: &Groups<'_>, plus: bool) -> Option<Edits> {
    if found.lengths() != [1, 3] || found.groups[0] != "1" || plus {
        return None;
    }
    let letters_at = scan.rest(found.end).strip_prefix('-').map(|_| found.end + 1)?;
    let letters = scan.letters(letters_at);
    let capitals = letters.len() >= 3 && letters.bytes().all(|byte| byte.is_ascii_uppercase());
    capitals.then(|| {
        let area = match found.groups[1] {
            group if group.ends_with("00") => words::integer(group),
            group => words::digits(group, "zero"),
        };
        Edits::put(letters_at, format!("one, {area}, "))
    })
}

/// Long numbers in groups: cards, accounts, books; and short ones counted, such as `1-2-3`.
pub(super) fn numbers(scan: &Scan<'_>, at: usize) -> Option<Edits> {
    let found = groups(scan, at)?;
    let lengths = found.lengths();
    if lengths.len() < 3 || !scan.is_end(found.end) || goes_on(scan, found.end) {
        return None;
    }
    // 1 000 000
    let thousands = lengths[0] <= 3 && lengths[1..].iter().all(|&len| len == 3) && found.signs_are(&[' ']);
    if thousands && scan.has(Classes::NUMBERS) && !found.groups[0].starts_with('0') {
        return Some(Edits::put(found.end, words::integer(&found.groups.concat())));
    }
    let hyphens = found.signs_are(&['-', '‑', '–']);
    let card = found.signs_are(&[' ', '-']) && lengths.iter().all(|&len| len == 4) && lengths.len() == 4;
    let total = found.digits();
    if scan.has(Classes::PHONES) && (hyphens && total >= 7 || card) {
        let parts = found.groups.iter().map(|group| words::digits(group, "zero"));
        return Some(Edits::put(found.end, parts.collect::<Vec<_>>().join(", ")));
    }
    if scan.has(Classes::NUMBERS) && hyphens && lengths.iter().all(|&len| len <= 2) {
        let parts = found.groups.iter().map(|group| words::integer(group));
        return Some(Edits::put(found.end, parts.collect::<Vec<_>>().join(" ")));
    }
    None
}

/// Whether the number goes on behind `end` with a sign and a digit.
fn goes_on(scan: &Scan<'_>, end: usize) -> bool {
    scan.goes_on(end, &['-', '/', '.', ',', ':'])
}
