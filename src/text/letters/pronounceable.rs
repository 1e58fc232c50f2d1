//! Whether letters can be said as a word, or only one by one.

/// Consonants that English words begin with (at least 8 of misaki's American gold words), besides none.
const ONSETS: &str = " b bh bl br c ch chl chr cl cr d dh dr dw f fl fr g gh gl gn gr h j k kh kl kn kr l m n p ph phl phr pl \
    pn pr ps pt q r rh s sc sch schl schm scl scr sh shl shr sk sl sm sn sp sph spl spr sq st str sv sw t th thr tr ts tw \
    v vl w wh wr x y z zh ";

/// Consonants that English words end in (at least 12 of them, and
/// Iraq), besides none.
const CODAS: &str = " b c ch ck cks ct cts cs d ds dsk f ff ft g gh ght gn h k l ld lds lf lk ll lm lp lt lz m mb mp mph ms n \
    nch nd nds ng ngs nk nks nx ns nt nth nts p ph pt ps q r rb rch rd rds rf rg rk rks rl rm rn rp rr rs rsk rst rt rth rts s \
    sh sk sm sp ss st sts t tch th ths tt ts tz v w wk wks wl wn ws x xt xts z zz ";

/// Whether `c` is a vowel letter.
pub(super) fn is_vowel(c: u8) -> bool {
    matches!(c, b'a' | b'e' | b'i' | b'o' | b'u' | b'y')
}

/// From this length on, letters with two vowels in five are a word whatever stands together, such as "NVIDIA".
const LONG: usize = 6;

/// Whether `word`, lower-case letters, has vowels and no consonants together that English words do not have together.
/// A word of nothing but vowels is no word.
pub(super) fn is_pronounceable(word: &str) -> bool {
    let mut runs = word.split(|c: char| c.is_ascii() && is_vowel(c as u8)).collect::<Vec<_>>();
    let listed = |list: &str, run: &str| run.is_empty() || list.split(' ').any(|known| known == run);
    let (Some(last), false) = (runs.pop(), runs.is_empty()) else { return false };
    let first = runs[0];
    if first.is_empty() && last.is_empty() && runs[1..].iter().all(|run| run.is_empty()) {
        return false;
    }
    let vowels = word.bytes().filter(|&c| is_vowel(c)).count();
    if word.len() >= LONG && 5 * vowels >= 2 * word.len() {
        return true;
    }
    // Between vowels a run is the end of one syllable and the beginning of the next.
    let between =
        |run: &&str| (0..=run.len()).any(|at| listed(CODAS, &run[..at]) && listed(ONSETS, &run[at..]));
    listed(ONSETS, first) && listed(CODAS, last) && runs[1..].iter().all(between)
}

#[cfg(test)]
mod tests {
    use super::is_pronounceable;

    #[test]
    fn words_are_and_initialisms_are_not() {
        for word in [
            "nasa", "unesco", "nvidia", "hello", "shrinks", "opec", "ikea", "laser", "nasdaq", "lego", "ebay",
        ] {
            assert!(is_pronounceable(word), "{word}");
        }
        for word in [
            "", "http", "html", "ibm", "oecd", "isbn", "fbi's", "aaa", "xkcd", "mqtt", "uefx", "wkrp", "adhd",
        ] {
            assert!(!is_pronounceable(word), "{word}");
        }
    }
}
