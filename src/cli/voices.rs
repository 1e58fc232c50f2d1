//! `kokoro-gguf voices`: what a model can speak with.

use std::io::{self, Write};

use serde::Serialize;

use super::args::VoicesArgs;
use super::model_source::ModelSource;
use super::output::printable;
use super::{Failure, output};
use kokoro_gguf::model::Precision;
use kokoro_gguf::text::Language;

/// A voice and what its name tells: `af_heart` is American English, female.
#[derive(Debug, Serialize, PartialEq)]
struct Voice<'a> {
    name: &'a str,
    language: Option<&'static str>,
    language_code: Option<char>,
    gender: Option<&'static str>,
    default: bool,
}

impl<'a> Voice<'a> {
    fn new(name: &'a str, default: &str) -> Self {
        // Names that do not follow the scheme, such as `narrator`, tell nothing.
        let follows_scheme = name.as_bytes().get(2) == Some(&b'_');
        let language = Language::from_voice(name).filter(|_| follows_scheme);
        let gender = match name.as_bytes().get(1) {
            Some(b'f') if follows_scheme => Some("female"),
            Some(b'm') if follows_scheme => Some("male"),
            _ => None,
        };
        Self {
            name,
            language: language.map(Language::english_name),
            language_code: language.map(Language::letter),
            gender,
            default: name == default,
        }
    }
}

/// Prints the voices.
pub fn run(args: VoicesArgs) -> Result<(), Failure> {
    let model = ModelSource::choose(args.model, "voices")?.open(Precision::F32)?;
    let voices: Vec<Voice> = model.voices().map(|name| Voice::new(name, model.default_voice())).collect();
    if args.json { output::print_json(&voices) } else { output::print(|out| table(out, &voices)) }
}

fn table(out: &mut dyn Write, voices: &[Voice]) -> io::Result<()> {
    let name_width = voices.iter().map(|voice| voice.name.chars().count()).max().unwrap_or(0).max(4);
    writeln!(out, "{:name_width$}  {:20}  GENDER", "NAME", "LANGUAGE")?;
    for Voice { name, language, gender, default, .. } in voices {
        let (language, gender) = (language.unwrap_or("-"), gender.unwrap_or("-"));
        let default = if *default { "  (default)" } else { "" };
        let name = printable(name);
        writeln!(out, "{name:name_width$}  {language:20}  {gender}{default}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_language_and_gender_if_they_follow_the_scheme() {
        let tell = |name: &'static str| {
            let voice = Voice::new(name, "af_heart");
            (voice.language, voice.language_code, voice.gender, voice.default)
        };
        assert_eq!(tell("af_heart"), (Some("American English"), Some('a'), Some("female"), true));
        assert_eq!(tell("zm_yunxi"), (Some("Mandarin Chinese"), Some('z'), Some("male"), false));
        assert_eq!(tell("ax_robot"), (Some("American English"), Some('a'), None, false));
        for name in ["narrator", "amy", "b", "", "émilie"] {
            assert_eq!(tell(name), (None, None, None, false), "{name}");
        }
    }

    #[test]
    fn table_is_aligned() {
        let voices = ["af_heart", "jf_gongitsune"].map(|name| Voice::new(name, "af_heart"));
        let mut out = Vec::new();
        table(&mut out, &voices).unwrap();
        let expected = "\
NAME           LANGUAGE              GENDER
af_heart       American English      female  (default)
jf_gongitsune  Japanese              female
";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
