//! The phonemizer: text with its numbers spelled out, cut into words and marks.

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, LazyLock};

use super::data::Data;
use super::numerals;
use crate::text::passage_parts::{Part, parts, settled_token};
use crate::text::{Language, Letters, Origin, Passage, Phonemizer, SourceMap, TextError, Token, WordReader};

static DATA: LazyLock<Data> = LazyLock::new(Data::load);

/// Reads Mandarin: jieba's words, pypinyin's readings, misaki's notation. Latin words are read as English.
#[derive(Clone)]
pub struct Mandarin {
    english: Arc<dyn WordReader>,
}

impl Mandarin {
    /// Latin words are read by their letters.
    pub fn new() -> Mandarin {
        Mandarin::with_english(Arc::new(Letters::new()))
    }

    /// Latin words are read by `english`, in American English.
    pub fn with_english(english: Arc<dyn WordReader>) -> Mandarin {
        Mandarin { english }
    }
}

impl Default for Mandarin {
    fn default() -> Self {
        Mandarin::new()
    }
}

impl fmt::Debug for Mandarin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mandarin").finish_non_exhaustive()
    }
}

impl Phonemizer for Mandarin {
    /// One token for each word of jieba's, for each Latin word and mark. Words that share a number written in digits
    /// are one token.
    fn tokens(&self, passage: &Passage<'_>, language: Language) -> Result<Vec<Token>, TextError> {
        if language != Language::Mandarin {
            return Err(TextError::LanguageNotRead { phonemizer: "mandarin", language });
        }
        let mut tokens = Vec::new();
        for part in parts(passage) {
            match part {
                Part::Settled(range, phonemes) => tokens.push(settled_token(passage.text, range, phonemes)),
                Part::Open(range) => self.read(passage.text, range, &mut tokens)?,
            }
        }
        Ok(tokens)
    }
}

impl Mandarin {
    /// Appends the tokens of `text[range]`.
    fn read(&self, text: &str, range: Range<usize>, tokens: &mut Vec<Token>) -> Result<(), TextError> {
        let (narrow, to_text) = narrow(&text[range.clone()]);
        let (words, to_narrow) = numerals::spell_out(&narrow);
        let mut reader = Reader { mandarin: self, words: &words, tokens: Vec::new() };
        reader.read()?;
        for (new, mut token) in reader.tokens {
            let old = to_text.to_source(to_narrow.to_source(new.clone()));
            token.source = range.start + old.start..range.start + old.end;
            if is_replaced(&to_narrow, &new) && token.origin == Origin::Lexicon {
                token.origin = Origin::Number;
            }
            match tokens.last_mut() {
                Some(last) if last.source.end > token.source.start => join(last, token),
                _ => tokens.push(token),
            }
        }
        Ok(())
    }
}

/// Makes two tokens of the same number one.
fn join(last: &mut Token, token: Token) {
    if last.space_after && !token.phonemes.is_empty() {
        last.phonemes.push(' ');
    }
    last.phonemes.push_str(&token.phonemes);
    last.source.end = last.source.end.max(token.source.end);
    last.space_after = token.space_after;
    last.origin = Origin::Number;
}

/// Whether `range` of a text is, in part, what replaced something else.
fn is_replaced(map: &SourceMap, range: &Range<usize>) -> bool {
    let source = map.to_source(range.clone());
    source.len() != range.len()
}

/// Full-width digits, letters and signs in ASCII, and the zero that is no character of any dictionary.
fn narrow(text: &str) -> (String, SourceMap) {
    let mut rewrite = crate::text::Rewrite::new(text);
    for (at, c) in text.char_indices() {
        let plain = match c {
            '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' | '％' => char::from_u32(u32::from(c) - 0xfee0),
            '〇' => Some('零'),
            _ => None,
        };
        if let Some(plain) = plain {
            rewrite.keep_to(at);
            rewrite.replace_to(at + c.len_utf8(), plain.encode_utf8(&mut [0; 4]));
        }
    }
    rewrite.finish()
}

/// Reads a text without digits.
struct Reader<'a> {
    mandarin: &'a Mandarin,
    words: &'a str,
    /// With the bytes of `words` that they read.
    tokens: Vec<(Range<usize>, Token)>,
}

impl Reader<'_> {
    fn read(&mut self) -> Result<(), TextError> {
        let mut at = 0;
        while let Some(c) = self.words[at..].chars().next() {
            let run = |class: fn(char) -> bool| {
                let rest = &self.words[at..];
                rest.find(|c| !class(c)).unwrap_or(rest.len())
            };
            at += if is_han(c) {
                let len = run(is_han);
                self.han(at..at + len);
                len
            } else if is_latin(c) {
                let len = run(|c| is_latin(c) || matches!(c, '\'' | '’'));
                self.latin(at..at + len)?;
                len
            } else {
                self.mark(at, c);
                c.len_utf8()
            };
        }
        Ok(())
    }

    fn push(&mut self, range: Range<usize>, phonemes: String, space_after: bool, origin: Origin) {
        let token = Token { source: range.clone(), phonemes, space_after, origin };
        self.tokens.push((range, token));
    }

    /// Puts a space behind what has been read.
    fn space(&mut self) {
        if let Some((_, last)) = self.tokens.last_mut() {
            last.space_after = true;
        }
    }

    fn han(&mut self, range: Range<usize>) {
        let mut at = range.start;
        for word in DATA.cut(&self.words[range.clone()]) {
            let end = at + word.len();
            let (phonemes, complete) = DATA.ipa(word);
            let origin = if complete { Origin::Lexicon } else { Origin::Unknown };
            self.push(at..end, phonemes, end < range.end, origin);
            at = end;
        }
    }

    /// A Latin word stands apart from the characters around it.
    fn latin(&mut self, range: Range<usize>) -> Result<(), TextError> {
        if self.words[..range.start].ends_with(is_han) {
            self.space();
        }
        let read = self.mandarin.english.read_word(&self.words[range.clone()], Language::AmericanEnglish)?;
        let (phonemes, origin) = read.unwrap_or((String::new(), Origin::Unknown));
        let space_after = self.words[range.end..].starts_with(is_han);
        self.push(range, phonemes, space_after, origin);
        Ok(())
    }

    /// Full-width marks become what the model knows, with the space that belongs to them.
    fn mark(&mut self, at: usize, c: char) {
        let range = at..at + c.len_utf8();
        if c.is_whitespace() {
            return self.space();
        }
        let (space_before, mark, space_after) = match c {
            '、' | '，' => (false, ",", true),
            '。' | '．' | '｡' => (false, ".", true),
            '！' => (false, "!", true),
            '：' => (false, ":", true),
            '；' => (false, ";", true),
            '？' => (false, "?", true),
            '«' | '《' | '「' | '『' | '【' | '〈' => (true, "“", false),
            '»' | '》' | '」' | '』' | '】' | '〉' => (false, "”", true),
            '（' => (true, "(", false),
            '）' => (false, ")", true),
            '-' | '–' if !self.words[range.end..].starts_with(c) => (false, "", true),
            '—' | '―' | '–' | '-' => (false, "—", false),
            ';' | ':' | ',' | '.' | '!' | '?' | '…' | '"' | '(' | ')' | '“' | '”' => {
                let mark = self.words[range.clone()].to_owned();
                return self.push(range, mark, false, Origin::Punctuation);
            }
            '‘' | '’' | '\'' | '·' | '~' | '～' | '*' | '_' | '`' | '•' => return,
            _ => return self.push(range, String::new(), false, Origin::Unknown),
        };
        if space_before || mark.is_empty() {
            self.space();
        }
        if !mark.is_empty() {
            self.push(range, mark.to_owned(), space_after, Origin::Punctuation);
        }
    }
}

/// Whether misaki takes `c` for Chinese.
fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}')
}

fn is_latin(c: char) -> bool {
    matches!(c, 'a'..='z' | 'A'..='Z' | 'À'..='ɏ') && !matches!(c, '×' | '÷')
}
