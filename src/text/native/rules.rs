//! Words by letter groups: what a group is read as depends on its neighbours and, now and then, on the word.

use std::collections::HashSet;

use super::NativeData;
use crate::text::TextError;

/// Parts of a rule's key: the grapheme, the one before, the one behind, the word.
const MAX_PARTS: usize = 4;

/// The rules, as one sorted table of paths: a tree of half a million nodes would need ten times the memory.
#[derive(Debug)]
pub(super) struct Rules {
    graphemes: HashSet<Box<str>>,
    /// Length of the longest grapheme.
    longest: usize,
    /// All keys and phonemes.
    text: String,
    /// Where they are in `text`, sorted by key; of the same key the last counts.
    entries: Vec<Entry>,
    /// Paths with a child that is a pattern.
    patterned: HashSet<Box<str>>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    at: u32,
    key_bytes: u16,
    phoneme_bytes: u16,
}

impl Rules {
    /// Reads the rules of `data`, which has been checked.
    pub(super) fn new(data: &NativeData<'_>) -> Result<Rules, TextError> {
        let mut rules = Rules {
            graphemes: data.graphemes.iter().map(|&grapheme| grapheme.into()).collect(),
            longest: data.graphemes.iter().map(|grapheme| grapheme.len()).max().unwrap_or(0),
            text: String::with_capacity(data.rules.iter().map(|(key, value)| key.len() + value.len()).sum()),
            entries: Vec::with_capacity(data.rules.len()),
            patterned: HashSet::new(),
        };
        for (key, phonemes) in &data.rules {
            let parts: Vec<&str> = key.split('.').filter(|part| !part.is_empty()).collect();
            if parts.is_empty() || parts.len() > MAX_PARTS {
                let (expected, found) = (format!("one to {MAX_PARTS} parts, as a.b.c.d"), format!("{key:?}"));
                return Err(TextError::NativeData { what: "rule keys", expected, found });
            }
            let path = parts.join(".");
            for depth in (1..parts.len()).filter(|&depth| parts[depth].contains('*')) {
                rules.patterned.insert(parts[..depth].join(".").into());
            }
            // The sizes are bounded by `NativeData::check`.
            let at = rules.text.len() as u32;
            rules.entries.push(Entry {
                at,
                key_bytes: path.len() as u16,
                phoneme_bytes: phonemes.len() as u16,
            });
            rules.text.push_str(&path);
            rules.text.push_str(phonemes);
        }
        let text = std::mem::take(&mut rules.text);
        rules.entries.sort_by(|a, b| key(&text, a).cmp(key(&text, b)));
        rules.text = text;
        Ok(rules)
    }

    /// espeak-ng's phonemes of `word`, lower-case letters; `None` if there is no rule for one of its graphemes, or they
    /// come to nothing.
    pub(super) fn read(&self, word: &str) -> Option<String> {
        let graphemes = self.graphemes(word);
        let mut phonemes = String::new();
        for (i, grapheme) in graphemes.iter().enumerate() {
            let before = if i > 0 { graphemes[i - 1] } else { "^" };
            let after = graphemes.get(i + 1).copied().unwrap_or("$");
            phonemes.push_str(self.grapheme(grapheme, [before, after, word])?);
        }
        Some(phonemes).filter(|phonemes| !phonemes.is_empty())
    }

    /// Cuts `word`: each grapheme grows as long as what it has grown to is in the set.
    fn graphemes<'w>(&self, word: &'w str) -> Vec<&'w str> {
        let mut graphemes = Vec::new();
        let mut rest = word;
        while let Some(first) = rest.chars().next() {
            let ends = rest.char_indices().map(|(at, c)| at + c.len_utf8()).skip(1);
            let end = ends
                .take_while(|&end| end <= self.longest && self.graphemes.contains(&rest[..end]))
                .last()
                .unwrap_or(first.len_utf8());
            let (grapheme, tail) = rest.split_at(end);
            graphemes.push(grapheme);
            rest = tail;
        }
        graphemes
    }

    /// The phonemes of the deepest node that `steps` lead to from `grapheme`, without turning back.
    fn grapheme(&self, grapheme: &str, steps: [&str; 3]) -> Option<&str> {
        let mut path = grapheme.to_owned();
        if !self.has_node(&path) {
            return None;
        }
        for step in steps {
            match self.child(&path, step) {
                Some(child) => path = child,
                None => break,
            }
        }
        Some(self.value(&path).unwrap_or_default())
    }

    /// The child of `path` that `step` leads to: itself, else the longest pattern, `begins*` before `*ends`.
    fn child(&self, path: &str, step: &str) -> Option<String> {
        let exact = format!("{path}.{step}");
        // A step with a full stop or asterisk would be taken for more than one, or for a pattern.
        if !step.contains(['.', '*']) && self.has_node(&exact) {
            return Some(exact);
        }
        if !self.patterned.contains(path) {
            return None;
        }
        (0..=step.len()).rev().find_map(|n| {
            let begins = step.get(..n).map(|begin| format!("{path}.{begin}*"));
            let ends = step.get(step.len() - n..).map(|end| format!("{path}.*{end}"));
            [begins, ends].into_iter().flatten().find(|pattern| self.has_node(pattern))
        })
    }

    /// Whether there is a rule for `path` or one below it.
    fn has_node(&self, path: &str) -> bool {
        let from = self.entries.partition_point(|entry| key(&self.text, entry) < path);
        let is_below = |found: &str| {
            found.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        if self.entries.get(from).is_some_and(|entry| is_below(key(&self.text, entry))) {
            return true;
        }
        // Between `a` and `a.b` there may be `a!` and the like, which sort before the full stop.
        let below = format!("{path}.");
        let from = self.entries.partition_point(|entry| key(&self.text, entry) < below.as_str());
        self.entries.get(from).is_some_and(|entry| is_below(key(&self.text, entry)))
    }

    /// The phonemes of `path`, if there is a rule for it.
    fn value(&self, path: &str) -> Option<&str> {
        let behind = self.entries.partition_point(|entry| key(&self.text, entry) <= path);
        let entry = self.entries[..behind].last().filter(|entry| key(&self.text, entry) == path)?;
        let start = entry.at as usize + usize::from(entry.key_bytes);
        Some(&self.text[start..start + usize::from(entry.phoneme_bytes)])
    }
}

fn key<'a>(text: &'a str, entry: &Entry) -> &'a str {
    let start = entry.at as usize;
    &text[start..start + usize::from(entry.key_bytes)]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fixture of kokoro-gguf-layout.md, section 9.10.
    fn fixture() -> Rules {
        let letters: Vec<(String, String)> = ('a'..='z').map(|c| (c.to_string(), format!("<{c}>"))).collect();
        let mut rules: Vec<(&str, &str)> = letters.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        rules.extend([
            ("he", "<he>"),
            ("ll", "<ll>"),
            ("or", "<or>"),
            ("ld", "<ld>"),
            ("th", "<th>"),
            ("ing", "<ing>"),
            ("o.ll", "<o|ll>"),
            ("o.ll.$", "<o|ll|end>"),
            ("o.ll.$.he*", "<o|ll|end|he*>"),
            ("a.^", "<a|^>"),
            ("a.^.b.*cus", "<a*cus>"),
        ]);
        let graphemes = "th e he l ll o w or ld d a b c r s t ing n g i caf f".split(' ').collect();
        Rules::new(&NativeData { graphemes, rules, dictionary: Vec::new() }).unwrap()
    }

    #[test]
    fn rules_are_followed_as_tts_cpp_follows_them() {
        let rules = fixture();
        for (word, phonemes) in [
            ("hello", "<he><ll><o|ll|end|he*>"),
            ("world", "<w><or><ld>"),
            ("caf", "<c><a><f>"), // "ca" is no grapheme, so "caf" is not reached
            ("abacus", "<a*cus><b><a><c><u><s>"),
            ("away", "<a|^><w><a><y>"),
            ("thing", "<th><i><n><g>"), // nor is "ing", for want of "in"
        ] {
            assert_eq!(rules.read(word).as_deref(), Some(phonemes), "{word}");
        }
        assert_eq!(rules.read("é"), None);
        assert_eq!(rules.read(""), None);
    }

    #[test]
    fn the_last_of_equal_keys_counts_and_nodes_between_are_silent() {
        let rules =
            vec![("a", "1"), ("a", "2"), ("b.^.c", "x"), ("b", "b"), ("c", "c"), ("a!", "!"), ("a.b", "3")];
        let rules = Rules::new(&NativeData { rules, ..NativeData::default() }).unwrap();
        assert_eq!(rules.read("a").as_deref(), Some("2"));
        assert_eq!(rules.read("ba").as_deref(), Some("3"));
        assert_eq!(rules.read("bc").as_deref(), Some("xc"));
        let keys = vec![("a.b.c.d.e", "")];
        assert!(Rules::new(&NativeData { rules: keys, ..NativeData::default() }).is_err());
        assert!(Rules::new(&NativeData { rules: vec![("..", "")], ..NativeData::default() }).is_err());
    }
}
