//! Letters with signs between, and names that misaki's pieces break.

use super::super::Classes;
use super::super::scan::{Edits, Scan, Spoken};
use super::words;

/// Names and how they are read.
#[rustfmt::skip]
const NAMES: &[(&str, &str)] = &[
    ("C++", "C plus plus"), ("C#", "C sharp"), ("F#", "F sharp"), (".NET", "dot net"), ("Wi-Fi", "Wi-Fi"), ("WiFi", "Wi-Fi"),
    ("COVID-19", "COVID nineteen"), ("Covid-19", "COVID nineteen"), ("H2O", "H two O"), ("CO2", "C O two"), ("CO₂", "C O two"),
    ("H₂O", "H two O"), ("O2", "O two"), ("O₂", "O two"), ("MP3", "M P three"), ("MP4", "M P four"), ("B2B", "B to B"),
    ("B2C", "B to C"), ("P2P", "P to P"), ("Y2K", "Y two K"), ("I/O", "I O"), ("TCP/IP", "T C P I P"), ("AC/DC", "A C D C"),
    ("A/C", "A C"), ("24x7", "twenty four seven"), ("Ph.D.", "P H D"), ("Ph.D", "P H D"), ("PhD", "P H D"), ("PhDs", "P H Ds"),
    ("mRNA", "M R N A"), ("rRNA", "R R N A"), ("tRNA", "T R N A"), ("pH", "P H"), ("PoC", "P O C"), ("IoT", "I O T"),
    ("SaaS", "sass"), ("LaTeX", "lay tech"), ("JSON", "jason"), ("PNG", "P N G"), ("LGBTQ+", "L G B T Q plus"),
    ("GGUF", "G G U F"), ("ChatGPT", "Chat G P T"), ("YouTube", "YouTube"), ("MySQL", "my sequel"), ("kubectl", "cube control"),
    ("nginx", "engine X"), ("sudo", "sudo"), ("macOS", "mac O S"), ("iOS", "I O S"), ("iPadOS", "I pad O S"), ("DoS", "D O S"),
    ("DDoS", "D dos"), ("eBay", "E bay"), ("R&B", "R and B"), ("R&D", "R and D"), ("Q&A", "Q and A"), ("Q&As", "Q and As"),
    ("AT&T", "A T and T"), ("M&Ms", "M and Ms"), ("B&B", "B and B"), ("B&Bs", "B and Bs"), ("P&L", "P and L"), ("S&P", "S and P"),
    ("H&M", "H and M"), ("D&D", "D and D"), ("A&E", "A and E"), ("M&A", "M and A"), ("T&C", "T and C"), ("T&Cs", "T and Cs"),
];

pub(super) fn rule(scan: &Scan<'_>, at: usize) -> Option<Edits> {
    if !scan.has(Classes::ACRONYMS) {
        return None;
    }
    let rest = scan.rest(at);
    let first = rest.as_bytes().first()?;
    let long = NAMES.iter().filter(|(name, _)| name.as_bytes()[0] == *first && rest.starts_with(name));
    let (name, read) = long.max_by_key(|(name, _)| name.len())?;
    let end = at + name.len();
    let goes_on = scan.rest(end).starts_with(['&', '+', '#', '-', '/'])
        && scan.text[end + 1..].starts_with(char::is_alphanumeric);
    if !scan.is_end(end) || goes_on || name == read {
        return None;
    }
    // The last full stop ends the sentence as well.
    let end = if name.ends_with('.') && scan.ends_sentence(end) { end - 1 } else { end };
    Some(Edits::put(end, spell(read, scan)))
}

/// `text` with its runs of single capitals as one word each, spelled.
fn spell(text: &str, scan: &Scan<'_>) -> Spoken {
    let mut spoken = Spoken::default();
    let mut letters = String::new();
    let flush = |letters: &mut String, spoken: &mut Spoken| {
        if !letters.is_empty() {
            spoken.word_read(letters, words::spelled(letters, scan.british()));
            letters.clear();
        }
    };
    for word in text.split(' ') {
        match word.as_bytes() {
            [letter] if letter.is_ascii_uppercase() => letters.push(char::from(*letter)),
            _ => {
                flush(&mut letters, &mut spoken);
                spoken.word(word);
            }
        }
    }
    flush(&mut letters, &mut spoken);
    spoken
}
