//! From pinyin to IPA in Kokoro's notation, a syllable at a time.
//!
//! Source: misaki, `transcription.py` and `zh.py`; the tone's arrow stands behind the vowel it is heard on.

/// Initials, the two-letter ones first.
const INITIALS: [(&str, &str); 21] = [
    ("zh", "ꭧ"),
    ("ch", "ꭧʰ"),
    ("sh", "ʂ"),
    ("b", "p"),
    ("p", "pʰ"),
    ("m", "m"),
    ("f", "f"),
    ("d", "t"),
    ("t", "tʰ"),
    ("n", "n"),
    ("l", "l"),
    ("g", "k"),
    ("k", "kʰ"),
    ("h", "x"),
    ("j", "ʨ"),
    ("q", "ʨʰ"),
    ("x", "ɕ"),
    ("r", "ɻ"),
    ("z", "ʦ"),
    ("c", "ʦʰ"),
    ("s", "s"),
];

/// Finals in full spelling, and what is heard before and behind the tone.
const FINALS: [(&str, &str, &str); 36] = [
    ("a", "a", ""),
    ("ai", "ai", ""),
    ("an", "a", "n"),
    ("ang", "a", "ŋ"),
    ("ao", "au", ""),
    ("e", "ɤ", ""),
    ("ei", "ei", ""),
    ("en", "ə", "n"),
    ("eng", "ə", "ŋ"),
    ("i", "i", ""),
    ("ia", "ja", ""),
    ("ian", "jɛ", "n"),
    ("iang", "ja", "ŋ"),
    ("iao", "jau", ""),
    ("ie", "je", ""),
    ("in", "i", "n"),
    ("iou", "jou", ""),
    ("ing", "i", "ŋ"),
    ("iong", "jʊ", "ŋ"),
    ("ong", "ʊ", "ŋ"),
    ("ou", "ou", ""),
    ("u", "u", ""),
    ("uei", "wei", ""),
    ("ua", "wa", ""),
    ("uai", "wai", ""),
    ("uan", "wa", "n"),
    ("uen", "wə", "n"),
    ("uang", "wa", "ŋ"),
    ("ueng", "wə", "ŋ"),
    ("uo", "wo", ""),
    ("o", "wo", ""),
    ("ü", "y", ""),
    ("üe", "ɥe", ""),
    ("üan", "ɥɛ", "n"),
    ("ün", "y", "n"),
    ("ê", "ɛ", ""),
];

/// Whole syllables that are not an initial and a final.
const WHOLE: [(&str, &str); 9] = [
    ("er", "ɚ"),
    ("o", "ɔ"),
    ("ê", "ɛ"),
    ("io", "jɔ"),
    ("m", "m"),
    ("n", "n"),
    ("ng", "ŋ"),
    ("hm", "hm"),
    ("hng", "hŋ"),
];

/// The IPA of a syllable such as `zhong1` or `nv3`: 1 to 5 is the tone, 5 having none. `None` if it is no syllable.
pub(super) fn to_ipa(pinyin: &str) -> Option<String> {
    let tone = match pinyin.bytes().next_back()? {
        b'1' => "→",
        b'2' => "↗",
        b'3' => "↓",
        b'4' => "↘",
        b'5' => "",
        _ => return None,
    };
    let letters = &pinyin[..pinyin.len() - 1];
    if let Some((_, ipa)) = WHOLE.iter().find(|(whole, _)| *whole == letters) {
        return Some(format!("{ipa}{tone}"));
    }
    let (initial, spelled) = INITIALS
        .iter()
        .find_map(|(initial, _)| Some((*initial, letters.strip_prefix(initial)?)))
        .unwrap_or(("", letters));
    let (_, onset) = INITIALS.iter().find(|(known, _)| *known == initial).unwrap_or(&("", ""));
    let full = full_final(initial, spelled);
    if full == "i" && matches!(initial, "zh" | "ch" | "sh" | "r" | "z" | "c" | "s") {
        return Some(format!("{onset}ɨ{tone}"));
    }
    let (_, nucleus, coda) = FINALS.iter().find(|(known, ..)| *known == full)?;
    Some(format!("{onset}{nucleus}{tone}{coda}"))
}

/// The final as it is heard: pinyin shortens some, and writes y and w where there is no initial.
fn full_final(initial: &str, spelled: &str) -> String {
    if let Some(rest) = spelled.strip_prefix('y').filter(|_| initial.is_empty()) {
        return match rest.strip_prefix('u') {
            Some(rest) => format!("ü{rest}"),
            None if rest.starts_with('i') => rest.to_owned(),
            None if rest == "o" => rest.to_owned(),
            None => format!("i{rest}"),
        };
    }
    if let Some(rest) = spelled.strip_prefix('w').filter(|_| initial.is_empty()) {
        return if rest.starts_with('u') { rest.to_owned() } else { format!("u{rest}") };
    }
    match (initial, spelled) {
        ("j" | "q" | "x", _) if spelled.starts_with('u') => format!("ü{}", &spelled[1..]),
        (_, "iu") => "iou".to_owned(),
        (_, "ui") => "uei".to_owned(),
        (_, "un") => "uen".to_owned(),
        _ => spelled.replace('v', "ü"),
    }
}

#[cfg(test)]
mod tests {
    use super::to_ipa;

    #[test]
    fn every_syllable_is_said_as_misaki_says_it() {
        let table = include_str!("../../../fixtures/text/pinyin.tsv");
        assert!(table.lines().count() > 1400);
        for line in table.lines() {
            let (pinyin, ipa) = line.split_once('\t').expect("two columns");
            assert_eq!(to_ipa(pinyin).as_deref(), Some(ipa), "{pinyin}");
        }
    }

    #[test]
    fn what_is_no_syllable_is_refused() {
        for pinyin in ["", "1", "zhong", "xyz1", "é1", "zh2", "你"] {
            assert_eq!(to_ipa(pinyin), None, "{pinyin}");
        }
    }
}
