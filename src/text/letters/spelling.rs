//! Letters said by their names, as misaki says initialisms.

/// Names of a to z without stress marks; `ˈ` stands before the vowel of the stressed syllable.
const AMERICAN: [&str; 26] = [
    "ˈA",
    "bˈi",
    "sˈi",
    "dˈi",
    "ˈi",
    "ˈɛf",
    "ʤˈi",
    "ˈAʧ",
    "ˈI",
    "ʤˈA",
    "kˈA",
    "ˈɛl",
    "ˈɛm",
    "ˈɛn",
    "ˈO",
    "pˈi",
    "kjˈu",
    "ˈɑɹ",
    "ˈɛs",
    "tˈi",
    "jˈu",
    "vˈi",
    "dˈʌbᵊlju",
    "ˈɛks",
    "wˈI",
    "zˈi",
];

/// Those of British English.
const BRITISH: [&str; 26] = [
    "ˈA",
    "bˈiː",
    "sˈiː",
    "dˈiː",
    "ˈiː",
    "ˈɛf",
    "ʤˈiː",
    "ˈAʧ",
    "ˈI",
    "ʤˈA",
    "kˈA",
    "ˈɛl",
    "ˈɛm",
    "ˈɛn",
    "ˈQ",
    "pˈiː",
    "kjˈuː",
    "ˈɑː",
    "ˈɛs",
    "tˈiː",
    "jˈuː",
    "vˈiː",
    "dˈʌbᵊljuː",
    "ˈɛks",
    "wˈI",
    "zˈɛd",
];

/// The names of the ASCII letters of `letters`, the last one stressed and the others half. Other characters are left out.
pub(super) fn spell(letters: &str, british: bool) -> String {
    let names = if british { &BRITISH } else { &AMERICAN };
    let mut letters = letters.bytes().filter(u8::is_ascii_alphabetic).peekable();
    let mut spelled = String::new();
    while let Some(letter) = letters.next() {
        let name = names[usize::from(letter.to_ascii_lowercase() - b'a')];
        match letters.peek() {
            Some(_) => spelled.extend(name.chars().map(|c| if c == 'ˈ' { 'ˌ' } else { c })),
            None => spelled.push_str(name),
        }
    }
    spelled
}

#[cfg(test)]
mod tests {
    use super::spell;

    #[test]
    fn initialisms_are_stressed_as_misaki_stresses_them() {
        // From frontend.md's vectors of misaki's own code.
        assert_eq!(spell("USB", false), "jˌuˌɛsbˈi");
        assert_eq!(spell("FBI", false), "ˌɛfbˌiˈI");
        assert_eq!(spell("w", true), "dˈʌbᵊljuː");
        assert_eq!(spell("", true), "");
    }
}
