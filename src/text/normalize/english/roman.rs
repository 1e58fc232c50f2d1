//! Roman numerals behind names, titles and parts.

use super::super::Classes;
use super::super::scan::{Edits, Scan};
use super::words;

/// Given names of monarchs and popes, whose numerals are ordinals.
#[rustfmt::skip]
const REGNAL: &[&str] = &[
    "Henry", "George", "Elizabeth", "Charles", "James", "William", "Edward", "Richard", "John", "Paul", "Louis", "Napoleon",
    "Benedict", "Pius", "Francis", "Leo", "Gregory", "Innocent", "Clement", "Urban", "Catherine", "Peter", "Nicholas",
    "Alexander", "Philip", "Ferdinand", "Ivan", "Mary", "Victoria", "Anne", "Otto", "Frederick", "Wilhelm", "Ramses", "Rameses",
    "Ramesses", "Thutmose", "Ptolemy", "Cleopatra", "Robert", "Constantine", "Justinian", "Theodosius", "Gustav", "Christian",
    "Haakon", "Harald", "Olav", "Carl", "Carlos", "Felipe", "Alfonso", "Pedro", "Umberto", "Emmanuel", "Emanuel", "Franz",
    "Joseph", "Rudolf", "Maximilian", "Sixtus", "Julius", "Celestine", "Boniface", "Margaret", "Isabella", "David", "Albert",
    "Leopold", "Baldwin", "Stephen", "Martin", "Adrian", "Callixtus", "Selim", "Mehmed", "Murad", "Darius", "Xerxes",
    "Artaxerxes", "Antiochus", "Mithridates", "Suleiman", "Abdullah", "Hussein", "Mohammed", "Michael", "Basil", "Sigismund",
    "Casimir", "Ludwig", "Alfred", "Eric", "Canute", "Paulus", "Frederik", "Willem", "Juliana", "Rama", "Amenhotep",
];

/// Titles before a monarch's name, with which even the numeral I is safe.
const TITLES: &[&str] = &[
    "King", "Queen", "Pope", "Emperor", "Empress", "Tsar", "Czar", "Kaiser", "Prince", "Sultan", "Pharaoh",
    "Duke", "Archduke",
];

/// Words whose numerals are cardinals.
#[rustfmt::skip]
const COUNTED: &[&str] = &[
    "War", "Chapter", "Part", "Volume", "Vol", "Book", "Act", "Scene", "Section", "Article", "Title", "Type", "Class", "Phase",
    "Stage", "Level", "Grade", "Mark", "Player", "Episode", "Season", "Schedule", "Appendix", "Figure", "Table", "Theorem",
    "Lemma", "Apollo", "Gemini", "Bowl", "Group", "Unit", "Division", "Region", "Tier", "Step", "Factor", "Category", "Canto",
    "Movement", "Sonata", "Symphony", "Opus", "Vatican", "Annex", "Column", "Panel", "Day", "Week", "Year", "Round", "Rank",
    "Mission", "Generation", "Gen", "Model", "Zone", "Sector", "Corps", "Army", "Quantum", "Algebra", "Calculus", "Physics",
    "Chemistry", "Biology", "English", "Lesson", "Module", "Exhibit", "Paragraph", "Clause", "Amendment", "Note", "Plate", "Map",
];

/// Given names before a family name with a numeral: "John Smith III".
#[rustfmt::skip]
const GIVEN: &[&str] = &[
    "John", "James", "Robert", "William", "Charles", "George", "Thomas", "Henry", "Edward", "Richard", "Joseph", "David",
    "Michael", "Daniel", "Frank", "Walter", "Arthur", "Harry", "Albert", "Fred", "Louis", "Samuel", "Benjamin", "Andrew",
    "Peter", "Paul", "Mark", "Steven", "Kevin", "Brian", "Martin", "Cornelius", "Thurston", "Sammy", "Ken", "Griffin",
];

/// The value of a numeral of I, V, X and, for 40 and more, L and C.
fn value(numeral: &str) -> Option<u64> {
    let digit = |c: u8| match c {
        b'I' => Some(1),
        b'V' => Some(5),
        b'X' => Some(10),
        b'L' => Some(50),
        b'C' => Some(100),
        _ => None,
    };
    let digits: Vec<u64> = numeral.bytes().map(digit).collect::<Option<_>>()?;
    let mut value = 0;
    for (index, &one) in digits.iter().enumerate() {
        match digits.get(index + 1) {
            Some(&next) if next > one => value -= one as i64,
            _ => value += one as i64,
        }
    }
    let value = u64::try_from(value).ok()?;
    (canonical(value) == numeral).then_some(value)
}

fn canonical(mut value: u64) -> String {
    const STEPS: [(u64, &str); 9] =
        [(100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")];
    let mut numeral = String::new();
    for (step, digits) in STEPS {
        while value >= step && numeral.len() < 12 {
            numeral.push_str(digits);
            value -= step;
        }
    }
    numeral
}

pub(super) fn rule(scan: &Scan<'_>, at: usize) -> Option<Edits> {
    let numeral = scan.letters(at);
    let end = at + numeral.len();
    if !scan.has(Classes::ROMAN)
        || numeral.len() > 8
        || !matches!(numeral.as_bytes().first()?, b'I' | b'V' | b'X' | b'L' | b'C')
    {
        return None;
    }
    let value = value(numeral)?;
    // "I'm", "X-ray", "V8", "II/III"
    let possessive = scan.rest(end).starts_with("'s") || scan.rest(end).starts_with("’s");
    let next = scan.text[end..].chars().next();
    if !scan.is_end(end)
        || matches!(next, Some('-' | '/' | '&' | '@' | '_'))
        || matches!(next, Some('\'' | '’')) && !possessive
    {
        return None;
    }
    // "A.I.", "V. Putin"
    if next == Some('.') && scan.text[end + 1..].starts_with(char::is_alphabetic)
        || scan.before(at) == Some('.')
    {
        return None;
    }
    let gap = scan.spaces_before(at);
    let name = scan.letters_before(gap);
    if gap == at || !name.starts_with(char::is_uppercase) {
        return None;
    }
    let before_name = gap - name.len();
    let earlier = scan.word_before(before_name);
    let single = numeral.len() == 1;
    let all_capitals = name.len() > 1 && name.chars().all(char::is_uppercase);
    if COUNTED.contains(&name) || all_capitals && COUNTED.iter().any(|known| known.eq_ignore_ascii_case(name))
    {
        // "Part I" and "Part V", but "In this Part I show": a small word goes on.
        let verb = numeral == "I" && is_verb_next(scan, end);
        let letter = matches!(numeral, "L" | "C");
        return (!verb && !letter).then(|| Edits::put(end, words::cardinal(value)));
    }
    if value >= 40 || matches!(numeral, "C" | "L" | "XL" | "XC") {
        return None;
    }
    if REGNAL.contains(&name) {
        let titled = TITLES.contains(&earlier) || TITLES.contains(&name);
        let safe = match numeral {
            "I" => titled && !is_verb_next(scan, end) || ends_phrase(scan, end, possessive),
            "X" | "V" => true,
            _ => true,
        };
        return safe.then(|| Edits::put(end, format!("the {}", words::ordinal(value))));
    }
    if single {
        return None;
    }
    if value <= 5 && GIVEN.contains(&earlier) && (2..=5).contains(&value) {
        return Some(Edits::put(end, format!("the {}", words::ordinal(value))));
    }
    // "Rocky II", "Final Fantasy VII"; not "DVD II" or a sentence's first word.
    let fits = !all_capitals
        && name.len() > 2
        && !matches!(name, "The" | "And" | "But" | "This" | "That" | "See" | "From");
    fits.then(|| Edits::put(end, words::cardinal(value)))
}

/// Whether the word behind byte `end` is such that the I before it is a person.
fn is_verb_next(scan: &Scan<'_>, end: usize) -> bool {
    let start = scan.gap(end);
    let next = scan.letters(start);
    let follows = [
        "am", "was", "have", "had", "will", "would", "think", "thought", "say", "said", "know", "knew", "do",
        "did", "don", "can", "could", "should", "want", "like", "love", "show", "see", "saw", "mean", "went",
        "got", "met", "wrote", "hope", "never", "always", "just", "also", "really", "must", "might", "may",
        "need", "feel", "felt",
    ];
    start > end && follows.contains(&next)
}

/// Whether a noun phrase ends at byte `end`.
fn ends_phrase(scan: &Scan<'_>, end: usize, possessive: bool) -> bool {
    let next = scan.text[end..].chars().next();
    let start = scan.gap(end);
    possessive || next.is_none_or(|c| ".,;:!?)”\"".contains(c)) || scan.letters(start) == "of"
}

#[cfg(test)]
mod tests {
    use super::value;

    #[test]
    fn only_well_formed_numerals_have_a_value() {
        for (numeral, expected) in [
            ("I", Some(1)),
            ("IV", Some(4)),
            ("XIX", Some(19)),
            ("LVIII", Some(58)),
            ("IIII", None),
            ("VX", None),
            ("IC", None),
        ] {
            assert_eq!(value(numeral), expected, "{numeral}");
        }
    }
}
