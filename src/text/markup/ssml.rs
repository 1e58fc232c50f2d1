//! The subset of SSML 1.1 that is understood.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::builder::{Builder, decimal, seconds};
use super::say_as;
use super::{Document, MAX_DEPTH, ipa};
use crate::text::normalize::Spoken;
use crate::text::{Language, MarkKind, TextError};

/// The silence of a `break` without attributes, and of each strength. SSML leaves them open; these are Azure's.
const BREAK_SECONDS: f32 = 0.75;
const STRENGTHS: [(&str, f32); 6] =
    [("none", 0.0), ("x-weak", 0.25), ("weak", 0.5), ("medium", 0.75), ("strong", 1.0), ("x-strong", 1.25)];

/// The words for rates. SSML leaves them open.
const RATES: [(&str, f32); 6] =
    [("x-slow", 0.5), ("slow", 0.75), ("medium", 1.0), ("default", 1.0), ("fast", 1.25), ("x-fast", 1.5)];

/// Marks that end a sentence, and those that separate its parts well enough.
const ENDS: &str = ".!?…:;,。！？。，、।॥—";

/// An element that is open.
struct Element {
    /// What its end does.
    end: AtEnd,
    /// Bytes written before it.
    start: usize,
    /// Whether it is the one that its content is silent for.
    silences: bool,
}

/// What the end of an element does.
enum AtEnd {
    Nothing,
    Sentence,
    Paragraph,
    Alias(String),
    Phonemes(String),
    /// `say-as`: how, in which format, and the text so far.
    SayAs(String, String, String),
    Rate(f32),
}

pub(super) fn parse(raw: &str, language: Language) -> Result<Document, TextError> {
    let mut reader = Reader::from_str(raw);
    let mut ssml = Ssml {
        raw,
        language,
        builder: Builder::new(raw),
        open: Vec::new(),
        silent: false,
        rate: 1.0,
        has_phonemes: false,
    };
    loop {
        let at = position(&reader, raw);
        let event = reader.read_event().map_err(|error| {
            let byte = usize::try_from(reader.error_position()).unwrap_or(raw.len());
            ssml.error(byte, error.to_string())
        })?;
        let end = position(&reader, raw);
        match event {
            Event::Start(tag) => ssml.start(&tag, at, end, false)?,
            Event::Empty(tag) => {
                ssml.start(&tag, at, end, true)?;
                ssml.end(end, end);
            }
            Event::End(_) => ssml.end(at, end),
            Event::Text(_) => ssml.text(at, end, None),
            Event::GeneralRef(name) => {
                let text = ssml.entity(&name, at)?;
                ssml.text(at, end, Some(&text));
            }
            Event::CData(_) => {
                let inside = at + "<![CDATA[".len()..end - "]]>".len();
                ssml.skip(at, inside.start);
                ssml.text(inside.start, inside.end, None);
                ssml.skip(inside.end, end);
            }
            Event::DocType(_) => ssml.ignore(at, end, "a document type is ignored"),
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) => ssml.skip(at, end),
            Event::Eof => break,
        }
    }
    if !ssml.open.is_empty() {
        let reason =
            format!("expected the end of {} open element(s), found the end of the text", ssml.open.len());
        return Err(ssml.error(raw.len(), reason));
    }
    Ok(ssml.builder.finish())
}

fn position(reader: &Reader<&[u8]>, raw: &str) -> usize {
    usize::try_from(reader.buffer_position()).map_or(raw.len(), |at| at.min(raw.len()))
}

struct Ssml<'a> {
    raw: &'a str,
    language: Language,
    builder: Builder<'a>,
    open: Vec<Element>,
    /// Whether text is not spoken, being inside of an element that says something else.
    silent: bool,
    rate: f32,
    /// Whether an open element settles the phonemes.
    has_phonemes: bool,
}

impl Ssml<'_> {
    /// Opens the element at bytes `at..end`.
    fn start(&mut self, tag: &BytesStart<'_>, at: usize, end: usize, empty: bool) -> Result<(), TextError> {
        if self.open.len() >= MAX_DEPTH {
            return Err(
                self.error(at, format!("expected elements at most {MAX_DEPTH} deep, found a deeper one"))
            );
        }
        let name = String::from_utf8_lossy(tag.local_name().into_inner()).into_owned();
        let mut then = AtEnd::Nothing;
        // Elements inside of one that is not spoken only balance.
        if !self.silent {
            self.builder.keep_to(at);
            match name.as_str() {
                "speak" => self.skip(at, end),
                "p" | "paragraph" => {
                    self.builder.paragraph_to(end);
                    then = AtEnd::Paragraph;
                }
                "s" | "sentence" => {
                    self.builder.blank_to(end);
                    then = AtEnd::Sentence;
                }
                "break" => self.pause(tag, at, end)?,
                "sub" => match self.attribute(tag, b"alias", at)? {
                    Some(alias) => then = AtEnd::Alias(alias.into_owned()),
                    None => self.ignore(at, end, "<sub> without alias is ignored"),
                },
                "say-as" => match self.attribute(tag, b"interpret-as", at)? {
                    Some(kind) if say_as::is_known(&kind) => {
                        let format = self.attribute(tag, b"format", at)?.unwrap_or_default().into_owned();
                        then = AtEnd::SayAs(kind.into_owned(), format, String::new());
                    }
                    Some(kind) => {
                        self.ignore(at, end, &format!("<say-as interpret-as={kind:?}> is ignored"));
                    }
                    None => self.ignore(at, end, "<say-as> without interpret-as is ignored"),
                },
                "phoneme" => then = self.phoneme(tag, at, end)?,
                "prosody" => then = self.prosody(tag, at, end)?,
                _ => self.ignore(at, end, &format!("<{name}> is ignored")),
            }
        }
        let silences = matches!(then, AtEnd::Alias(_) | AtEnd::SayAs(..));
        if silences {
            self.skip(at, end);
            self.silent = true;
        }
        if empty && silences {
            self.builder.warn(at..end, format!("<{name}> without text is ignored"));
            then = AtEnd::Nothing;
        }
        self.skip(at, end);
        self.has_phonemes |= matches!(then, AtEnd::Phonemes(_));
        self.open.push(Element { end: then, start: self.builder.len(), silences });
        Ok(())
    }

    /// Closes the innermost element by the tag at bytes `at..end`.
    fn end(&mut self, at: usize, end: usize) {
        // The reader has refused an end without a start.
        let Some(Element { end: then, start, silences }) = self.open.pop() else { return };
        if silences {
            self.silent = false;
        }
        if self.silent {
            return;
        }
        match then {
            AtEnd::Nothing if silences => self.builder.replace_to(at, ""),
            AtEnd::Nothing => {}
            AtEnd::Sentence => self.end_sentence(start),
            AtEnd::Paragraph => {
                self.end_sentence(start);
                self.builder.paragraph_to(end);
            }
            AtEnd::Alias(alias) => self.builder.replace_to(at, &alias),
            AtEnd::SayAs(kind, format, text) => match say_as::spoken(&kind, &format, &text, self.language) {
                Some(spoken) => self.say(&spoken, at),
                None => {
                    let message = format!("{text:?} cannot be read as {kind}; it is read as text");
                    self.builder.warn(at..end, message);
                    self.builder.replace_to(at, &text);
                }
            },
            AtEnd::Phonemes(phonemes) => {
                self.builder.keep_to(at);
                self.has_phonemes = false;
                if !self.builder.mark_since(start, MarkKind::Phonemes(phonemes)) {
                    self.builder.warn(at..end, "<phoneme> covers no word".to_owned());
                }
            }
            AtEnd::Rate(before) => {
                self.builder.keep_to(at);
                self.rate = before;
                self.builder.set_rate(before);
            }
        }
        self.skip(at, end);
    }

    /// Text at bytes `at..end` of the source, or what an entity there stands for.
    fn text(&mut self, at: usize, end: usize, entity: Option<&str>) {
        let text = entity.unwrap_or(&self.raw[at..end]);
        if !self.silent {
            self.builder.keep_to(at);
            match entity {
                Some(_) => self.builder.replace_to(end, text),
                // White space at the end is left for what comes: a full stop may have to go before it.
                None => self.builder.keep_to(at + text.trim_end().len()),
            }
            return;
        }
        let silencer = self.open.iter_mut().rev().find(|element| element.silences);
        if let Some(AtEnd::SayAs(_, _, content)) = silencer.map(|element| &mut element.end) {
            content.push_str(text);
        }
    }

    /// Takes out what is at bytes `at..end`, unless an element around it is taken out as a whole.
    fn skip(&mut self, at: usize, end: usize) {
        if !self.silent && end > self.builder.position() {
            self.builder.keep_to(at.max(self.builder.position()));
            self.builder.replace_to(end, "");
        }
    }

    /// Takes out what is at bytes `at..end`, and tells so.
    fn ignore(&mut self, at: usize, end: usize, message: &str) {
        self.builder.warn(at..end, message.to_owned());
        self.skip(at, end);
    }

    /// What was written since byte `start` ends like a sentence.
    fn end_sentence(&mut self, start: usize) {
        let is_end = |c: char| ENDS.contains(c) || matches!(c, '"' | '”' | '’' | '»' | ')');
        if self.builder.len() > start && self.builder.last_visible().is_some_and(|last| !is_end(last)) {
            self.builder.replace_to(self.builder.position(), ".");
        }
    }

    /// Puts what an element's content is read as in its place.
    fn say(&mut self, spoken: &Spoken, at: usize) {
        let start = self.builder.len();
        self.builder.replace_to(at, &spoken.text);
        if !self.has_phonemes {
            self.builder.add_marks(&spoken.marks, start);
        }
    }

    fn pause(&mut self, tag: &BytesStart<'_>, at: usize, end: usize) -> Result<(), TextError> {
        let strength = self.attribute(tag, b"strength", at)?;
        let time = self.attribute(tag, b"time", at)?;
        let of_strength = strength
            .as_deref()
            .and_then(|strength| STRENGTHS.iter().find(|(name, _)| *name == strength.trim()));
        let length = match (time.as_deref(), strength.as_deref()) {
            (Some(time), _) => seconds(time),
            (None, Some(_)) => of_strength.map(|(_, seconds)| *seconds),
            (None, None) => Some(BREAK_SECONDS),
        };
        self.builder.blank_to(end);
        match length {
            Some(length) => self.builder.pause(length, at..end),
            None => {
                let found = time.or(strength).unwrap_or_default();
                let message =
                    format!("expected a time such as 1.5s or a strength such as medium, found {found:?}");
                self.builder.warn(at..end, message);
            }
        }
        Ok(())
    }

    fn phoneme(&mut self, tag: &BytesStart<'_>, at: usize, end: usize) -> Result<AtEnd, TextError> {
        let alphabet = self.attribute(tag, b"alphabet", at)?;
        let ph = self.attribute(tag, b"ph", at)?;
        let message = match (alphabet.as_deref().unwrap_or("ipa"), ph) {
            _ if self.has_phonemes => "<phoneme> inside of another is ignored".to_owned(),
            (_, None) => "<phoneme> without ph is ignored".to_owned(),
            ("ipa", Some(ph)) => return Ok(AtEnd::Phonemes(ipa::to_kokoro(&ph, self.language))),
            ("kokoro" | "x-kokoro" | "misaki" | "x-misaki", Some(ph)) => {
                return Ok(AtEnd::Phonemes(ph.trim().to_owned()));
            }
            (other, _) => format!("<phoneme alphabet={other:?}> is ignored; ipa and kokoro are known"),
        };
        self.ignore(at, end, &message);
        Ok(AtEnd::Nothing)
    }

    fn prosody(&mut self, tag: &BytesStart<'_>, at: usize, end: usize) -> Result<AtEnd, TextError> {
        for attribute in tag.attributes().with_checks(false).flatten() {
            if attribute.key.local_name().as_ref() != b"rate" {
                let name = String::from_utf8_lossy(attribute.key.as_ref()).into_owned();
                self.builder.warn(at..end, format!("{name} of <prosody> is ignored"));
                break;
            }
        }
        let Some(value) = self.attribute(tag, b"rate", at)? else {
            self.skip(at, end);
            return Ok(AtEnd::Nothing);
        };
        match rate(value.trim()) {
            Some(factor) => {
                self.skip(at, end);
                let before = self.rate;
                self.rate = before * factor;
                self.builder.set_rate(self.rate);
                Ok(AtEnd::Rate(before))
            }
            None => {
                let message = format!("expected a rate such as slow, 80% or 1.2, found {value:?}");
                self.ignore(at, end, &message);
                Ok(AtEnd::Nothing)
            }
        }
    }

    /// The value of an attribute, with its entities resolved.
    fn attribute<'t>(
        &mut self,
        tag: &'t BytesStart<'_>,
        name: &[u8],
        at: usize,
    ) -> Result<Option<Cow<'t, str>>, TextError> {
        // The crate's search for repeated names takes quadratic time; the first one counts here.
        for attribute in tag.attributes().with_checks(false) {
            let attribute = attribute.map_err(|error| self.error(at, error.to_string()))?;
            if attribute.key.local_name().as_ref() == name {
                return attribute
                    .unescape_value()
                    .map(Some)
                    .map_err(|error| self.error(at, error.to_string()));
            }
        }
        Ok(None)
    }

    /// What `&name;` stands for.
    fn entity(&mut self, name: &BytesRef<'_>, at: usize) -> Result<String, TextError> {
        match name.resolve_char_ref() {
            Ok(Some(c)) => return Ok(c.to_string()),
            Ok(None) => {}
            Err(error) => return Err(self.error(at, error.to_string())),
        }
        let text = match &**name {
            b"lt" => "<",
            b"gt" => ">",
            b"amp" => "&",
            b"quot" => "\"",
            b"apos" => "'",
            other => {
                let other = String::from_utf8_lossy(other);
                let reason =
                    format!("expected one of XML's entities or a character's number, found &{other};");
                return Err(self.error(at, reason));
            }
        };
        Ok(text.to_owned())
    }

    fn error(&mut self, byte: usize, reason: String) -> TextError {
        let byte = byte.min(self.raw.len());
        let line = 1 + self.raw.as_bytes()[..byte].iter().filter(|&&byte| byte == b'\n').count();
        TextError::Ssml { byte, line, reason }
    }
}

/// Reads a rate: a word, a factor, or a percentage, which is a change if it has a sign.
fn rate(value: &str) -> Option<f32> {
    if let Some((_, factor)) = RATES.iter().find(|(name, _)| *name == value) {
        return Some(*factor);
    }
    let (number, is_percent) = match value.strip_suffix('%') {
        Some(number) => (number, true),
        None => (value, false),
    };
    let factor = match (number.strip_prefix('+'), number.strip_prefix('-')) {
        (Some(more), _) if is_percent => 1.0 + decimal(more)? / 100.0,
        (_, Some(less)) if is_percent => 1.0 - decimal(less)? / 100.0,
        _ if is_percent => decimal(number)? / 100.0,
        _ => decimal(number)?,
    };
    (factor > 0.0).then_some(factor)
}
