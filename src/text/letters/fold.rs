//! Letters of the Latin script as the 26 that English has.

/// Letters with more than an accent, and what they are written as without it.
const LIGATURES: [(char, &str); 20] = [
    ('æ', "ae"),
    ('œ', "oe"),
    ('ß', "ss"),
    ('ø', "o"),
    ('ł', "l"),
    ('đ', "d"),
    ('ð', "th"),
    ('þ', "th"),
    ('ı', "i"),
    ('ŋ', "ng"),
    ('ħ', "h"),
    ('ŧ', "t"),
    ('ĳ', "ij"),
    ('ſ', "s"),
    ('ŀ', "l"),
    ('ŉ', "n"),
    ('ƒ', "f"),
    ('ə', "e"),
    ('ɑ', "a"),
    ('ĸ', "k"),
];

/// The letters of U+00C0 to U+017F without their accents, in lower case; `.` where [`LIGATURES`] knows better or there
/// is no letter.
const ACCENTED: &str = "aaaaaa.ceeeeiiii.nooooo..uuuuy..aaaaaa.ceeeeiiii.nooooo..uuuuy.y\
    aaaaaaccccccccdd..eeeeeeeeeegggggggghh..iiiiiiiii...jjkk.llllll....nnnnnn...oooooo..rrrrrrssssssss\
    tttt..uuuuuuuuuuuuwwyyyzzzzzz.";

/// What `c` is in lower-case ASCII letters; empty if it is no Latin letter.
pub(in crate::text) fn fold(c: char) -> &'static str {
    const ALPHABET: &str = "abcdefghijklmnopqrstuvwxyz";
    let letter = |c: u8| {
        let at = usize::from(c - b'a');
        &ALPHABET[at..at + 1]
    };
    if c.is_ascii() {
        return if c.is_ascii_alphabetic() { letter(c.to_ascii_lowercase() as u8) } else { "" };
    }
    let lower = c.to_lowercase().next().unwrap_or(c);
    if let Some((_, folded)) = LIGATURES.iter().find(|(ligature, _)| *ligature == lower) {
        return folded;
    }
    let code = u32::from(c);
    match code {
        0xc0..=0x17f => match ACCENTED.as_bytes()[(code - 0xc0) as usize] {
            b'.' => "",
            plain => letter(plain),
        },
        // Romanian ș ț, Vietnamese letters (the block is alphabetical), full-width letters.
        0x218 | 0x219 => "s",
        0x21a | 0x21b => "t",
        0x1a0 | 0x1a1 => "o",
        0x1af | 0x1b0 => "u",
        0x1ea0..=0x1eb7 => "a",
        0x1eb8..=0x1ec7 => "e",
        0x1ec8..=0x1ecb => "i",
        0x1ecc..=0x1ee3 => "o",
        0x1ee4..=0x1ef1 => "u",
        0x1ef2..=0x1ef9 => "y",
        0xff21..=0xff3a => letter((code - 0xff21) as u8 + b'a'),
        0xff41..=0xff5a => letter((code - 0xff41) as u8 + b'a'),
        _ => "",
    }
}

/// Whether `c` is an accent of its own behind a letter.
pub(in crate::text) fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// Whether `c` is an apostrophe.
pub(in crate::text) fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | 'ʼ' | '＇')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_accented_letters_has_its_length() {
        assert_eq!(ACCENTED.len(), 0x17f - 0xc0 + 1);
    }

    #[test]
    fn accents_fold_and_other_scripts_do_not() {
        let folded = |text: &str| text.chars().map(fold).collect::<String>();
        assert_eq!(folded("ÀÉÎÕÜÇÑýÿŸŻžŁłØøÆœßÞ"), "aeioucnyyyzzlloo".to_owned() + "aeoessth");
        assert_eq!(folded("AbĐđĞğİıŞşŢţȘșȚțŐűŴŶƠưẾỹ"), "abddggiissttssttouwyouey");
        assert_eq!(folded("ＡｚĲĿ"), "azijl");
        assert_eq!(folded("Жλ漢字×÷ªŊ1-'"), "ng");
    }
}
