//! Which words of a clause espeak-ng's phonemes belong to.
//!
//! Its answer has spaces, but not always between the words that were typed: "out of" is one word of phonemes, "25" are two,
//! and French binds words together. So the answer is aligned, symbol by symbol and at the least cost of edits, with what
//! espeak-ng makes of each word alone; words of the text and of the answer that share symbols belong together.

use std::ops::Range;

/// Words of a clause and words of its answer that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    /// Words of the text: more than one if the answer has no boundary between them.
    pub(super) words: Range<usize>,
    /// Words of the answer: none if nothing is said.
    pub(super) answer: Range<usize>,
}

/// The largest table of the alignment. A clause has some hundred symbols; what is beyond this is no speech.
const MAX_CELLS: usize = 4 << 20;

/// Groups of the words that are read alone as `readings` and together as `answer`. Every word of either side is in one
/// group, in order.
pub(super) fn align(readings: &[String], answer: &[&str]) -> Vec<Group> {
    let (words, symbols) = (letters(readings), letters(answer));
    let pairs = match (words.len() + 1).saturating_mul(symbols.len() + 1) > MAX_CELLS {
        true => proportional(readings.len(), answer.len()),
        false => links(&words, &symbols, readings.len(), answer.len()),
    };
    let mut groups: Vec<Group> = Vec::new();
    for (word, said) in pairs {
        match groups.last_mut() {
            Some(last) if word < last.words.end || said < last.answer.end => {
                last.words.end = last.words.end.max(word + 1);
                last.answer.end = last.answer.end.max(said + 1);
            }
            _ => groups.push(Group { words: word..word + 1, answer: said..said + 1 }),
        }
    }
    with_the_rest(groups, readings.len(), answer.len())
}

/// Symbols with the index of their word; stress, length and ties are left out, as they depend on the neighbours.
fn letters(words: &[impl AsRef<str>]) -> Vec<(usize, char)> {
    let is_kept =
        |c: &char| !c.is_whitespace() && !matches!(c, 'ˈ' | 'ˌ' | 'ː' | '\u{361}' | '_' | '-' | '(' | ')');
    let of_word =
        |(index, word)| <_ as AsRef<str>>::as_ref(word).chars().filter(is_kept).map(move |c| (index, c));
    words.iter().enumerate().flat_map(of_word).collect()
}

/// Pairs of a word and a word of the answer that belong together, ascending in both.
fn links(
    words: &[(usize, char)],
    symbols: &[(usize, char)],
    word_count: usize,
    answer_count: usize,
) -> Vec<(usize, usize)> {
    let shared = shared(words, symbols);
    let count = |side: &[(usize, char)], len: usize| {
        let mut counts = vec![0u32; len];
        side.iter().for_each(|&(index, _)| counts[index] += 1);
        counts
    };
    let (word_lens, answer_lens) = (count(words, word_count), count(symbols, answer_count));
    let (mut best_of_word, mut best_of_answer) = (vec![0; word_count], vec![0; answer_count]);
    for &(word, said, n) in &shared {
        best_of_word[word] = n.max(best_of_word[word]);
        best_of_answer[said] = n.max(best_of_answer[said]);
    }
    let is_link = |&(word, said, n): &(usize, usize, u32)| {
        let is_best = n == best_of_word[word] || n == best_of_answer[said];
        is_best || 2 * n >= word_lens[word] || 2 * n >= answer_lens[said]
    };
    shared.iter().filter(|&pair| is_link(pair)).map(|&(word, said, _)| (word, said)).collect()
}

/// How many symbols each word shares with each word of the answer, in the cheapest alignment.
fn shared(words: &[(usize, char)], symbols: &[(usize, char)]) -> Vec<(usize, usize, u32)> {
    const OTHER: u32 = 3;
    const GAP: u32 = 2;
    let columns = symbols.len() + 1;
    let mut cost = vec![0u32; (words.len() + 1) * columns];
    for (row, at) in cost.iter_mut().step_by(columns).zip(0..) {
        *row = at * GAP;
    }
    for (at, cell) in cost[..columns].iter_mut().enumerate() {
        *cell = at as u32 * GAP;
    }
    let step = |row: usize, column: usize| if words[row - 1].1 == symbols[column - 1].1 { 0 } else { OTHER };
    for row in 1..=words.len() {
        for column in 1..columns {
            let at = row * columns + column;
            let aligned = cost[at - columns - 1] + step(row, column);
            cost[at] = aligned.min(cost[at - 1] + GAP).min(cost[at - columns] + GAP);
        }
    }
    let mut shared: Vec<(usize, usize, u32)> = Vec::new();
    let (mut row, mut column) = (words.len(), symbols.len());
    while row > 0 && column > 0 {
        let at = row * columns + column;
        if cost[at] == cost[at - columns - 1] + step(row, column) {
            (row, column) = (row - 1, column - 1);
            let (word, said) = (words[row].0, symbols[column].0);
            match shared.last_mut() {
                Some(last) if (last.0, last.1) == (word, said) => last.2 += 1,
                _ => shared.push((word, said, 1)),
            }
        } else if cost[at] == cost[at - columns] + GAP {
            row -= 1;
        } else {
            column -= 1;
        }
    }
    shared.reverse();
    shared
}

/// Pairs by position alone.
fn proportional(words: usize, answer: usize) -> Vec<(usize, usize)> {
    let of = |index: usize, from: usize, to: usize| index * to / from;
    match answer == 0 || words == 0 {
        true => Vec::new(),
        false if words >= answer => (0..words).map(|word| (word, of(word, words, answer))).collect(),
        false => (0..answer).map(|said| (of(said, answer, words), said)).collect(),
    }
}

/// `groups` with the words that are in none: a word of the text alone says nothing, one of the answer belongs to the group
/// before it.
fn with_the_rest(groups: Vec<Group>, words: usize, answer: usize) -> Vec<Group> {
    let mut all: Vec<Group> = Vec::with_capacity(groups.len());
    let (mut word, mut said) = (0, 0);
    let end = Group { words: words..words, answer: answer..answer };
    for mut group in groups.into_iter().chain([end]) {
        let is_end = group.words.is_empty();
        if said < group.answer.start {
            match all.last_mut() {
                Some(before) if before.answer.end == said && !before.answer.is_empty() => {
                    before.answer.end = group.answer.start;
                }
                _ if !is_end => group.answer.start = said,
                // Nothing was aligned at all: what is said, all words say.
                _ if words > 0 => return vec![Group { words: 0..words, answer: 0..answer }],
                _ => {}
            }
        }
        let silent =
            |word: usize| Group { words: word..word + 1, answer: group.answer.start..group.answer.start };
        all.extend((word..group.words.start).map(silent));
        (word, said) = (group.words.end, group.answer.end);
        if !is_end {
            all.push(group);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn grouped(readings: &[&str], answer: &str) -> Vec<(Range<usize>, String)> {
        let readings: Vec<String> = readings.iter().map(|&reading| reading.to_owned()).collect();
        let answer: Vec<&str> = answer.split(' ').collect();
        let groups = align(&readings, &answer);
        groups.into_iter().map(|group| (group.words, answer[group.answer].join(" "))).collect()
    }

    fn expected(groups: &[(Range<usize>, &str)]) -> Vec<(Range<usize>, String)> {
        groups.iter().map(|(words, said)| (words.clone(), (*said).to_owned())).collect()
    }

    #[test]
    fn words_go_with_their_phonemes() {
        assert_eq!(grouped(&["ðə", "kˈæt"], "ðə kˈæt"), expected(&[(0..1, "ðə"), (1..2, "kˈæt")]));
        // Merged, split, and both at once so that the counts agree.
        assert_eq!(
            grouped(&["ˈaʊt", "ʌv", "twˈɛnti fˈaɪv"], "ˌaʊɾəv twˈɛnti fˈaɪv"),
            expected(&[(0..2, "ˌaʊɾəv"), (2..3, "twˈɛnti fˈaɪv")])
        );
        // French: liaison, and words bound together.
        assert_eq!(grouped(&["le", "amˈi"], "lez amˈi"), expected(&[(0..1, "lez"), (1..2, "amˈi")]));
        assert_eq!(
            grouped(&["kˈɛs", "kˈə", "sˈɛ"], "kɛskˌə sˈɛ"),
            expected(&[(0..2, "kɛskˌə"), (2..3, "sˈɛ")])
        );
    }

    #[test]
    fn a_word_that_says_nothing_has_no_phonemes() {
        assert_eq!(grouped(&["a", "", "bˈe"], "a bˈe"), expected(&[(0..1, "a"), (1..2, ""), (2..3, "bˈe")]));
        assert_eq!(grouped(&["", ""], "x y"), expected(&[(0..2, "x y")]));
        assert_eq!(align(&["a".to_owned()], &[]), [Group { words: 0..1, answer: 0..0 }]);
    }

    #[test]
    fn a_table_that_would_be_too_large_is_not_made() {
        let readings = vec!["pataka".to_owned(); 1000];
        let answer = vec!["pataka"; 1000];
        let groups = align(&readings, &answer);
        assert!(groups.iter().enumerate().all(|(at, group)| group.words == (at..at + 1)));
    }

    proptest! {
        #[test]
        fn every_word_of_both_sides_is_in_one_group(
            readings in proptest::collection::vec("[ptkaiuˈ]{0,5}", 0..12),
            answer in proptest::collection::vec("[ptkaiuˈ]{1,5}", 0..12),
        ) {
            let answer: Vec<&str> = answer.iter().map(String::as_str).collect();
            let groups = align(&readings, &answer);
            let (mut word, mut said) = (0, 0);
            for group in &groups {
                prop_assert_eq!((group.words.start, group.answer.start), (word, said));
                prop_assert!(!group.words.is_empty());
                (word, said) = (group.words.end, group.answer.end);
            }
            prop_assert_eq!(word, readings.len());
            prop_assert!(said == answer.len() || readings.is_empty());
        }
    }
}
