//! `kokoro-gguf voices`: what a model can speak with, and blends as files.

use std::io::{self, Write};
use std::path::Path;

use kokoro_gguf::audio::WholeFile;
use kokoro_gguf::model::Precision;
use kokoro_gguf::text::Language;
use kokoro_gguf::voice::{Gender, VoiceFacts, VoiceFormat, VoiceSpec};
use kokoro_gguf::{Error, Model};
use serde::Serialize;

use super::args::VoicesArgs;
use super::model_source::ModelSource;
use super::output::printable;
use super::{Failure, output};

/// A voice and what is known by its name: `af_heart` is American English, female.
#[derive(Debug, Serialize, PartialEq)]
struct Voice<'a> {
    name: &'a str,
    language: Option<&'static str>,
    language_code: Option<char>,
    gender: Option<&'static str>,
    grade: Option<&'static str>,
    default: bool,
    /// Whether it is a file beside the model.
    file: bool,
}

impl<'a> Voice<'a> {
    fn new(name: &'a str, default: &str, file: bool) -> Self {
        // Names that do not follow the scheme, such as `narrator`, tell nothing.
        let facts = VoiceFacts::of(name);
        let language = facts.language_letter.and_then(|letter| Language::from_voice(&letter.to_string()));
        Self {
            name,
            language: language.map(Language::english_name),
            language_code: language.map(Language::letter),
            gender: facts.gender.map(Gender::name),
            grade: facts.grade,
            default: name == default,
            file,
        }
    }
}

/// Prints the voices, or saves a blend.
pub fn run(args: VoicesArgs) -> Result<(), Failure> {
    let model = ModelSource::choose(args.model, "voices")?.open(Precision::F32)?;
    if let (Some(blend), Some(path)) = (args.blend, args.save) {
        return save(&model, &blend, &path);
    }
    let beside = model.voices_beside();
    let own = model.voices().map(|name| Voice::new(name, model.default_voice(), false));
    let voices: Vec<Voice> = own.chain(beside.iter().map(|name| Voice::new(name, "", true))).collect();
    if args.json { output::print_json(&voices) } else { output::print(|out| table(out, &voices)) }
}

/// Writes a blend to a voice file.
fn save(model: &Model, blend: &str, path: &Path) -> Result<(), Failure> {
    let bad = |reason: String| Failure::usage("voices", format!("--save {}: {reason}", path.display()));
    let format = VoiceFormat::of_path(path).ok_or_else(|| bad("expected a name in .bin or .npy".into()))?;
    let voice = model.blend(&VoiceSpec::parse(blend)?)?;
    let bytes = voice.to_bytes(format).map_err(bad)?;
    let written = WholeFile::create(path).and_then(|mut file| {
        file.write(&bytes)?;
        file.finish()
    });
    written.map_err(|error| Failure::from(Error::from(error)))
}

fn table(out: &mut dyn Write, voices: &[Voice]) -> io::Result<()> {
    let name_width = voices.iter().map(|voice| voice.name.chars().count()).max().unwrap_or(0).max(4);
    writeln!(out, "{:name_width$}  {:20}  {:6}  GRADE", "NAME", "LANGUAGE", "GENDER")?;
    for Voice { name, language, gender, grade, default, file, .. } in voices {
        let (language, gender, grade) =
            (language.unwrap_or("-"), gender.unwrap_or("-"), grade.unwrap_or("-"));
        let note = match (default, file) {
            (true, _) => "     (default)",
            (_, true) => "     (file)",
            _ => "",
        };
        let name = printable(name);
        writeln!(
            out,
            "{}",
            format!("{name:name_width$}  {language:20}  {gender:6}  {grade}{note}").trim_end()
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_language_gender_and_grade_if_they_follow_the_scheme() {
        let tell = |name: &'static str| {
            let voice = Voice::new(name, "af_heart", false);
            (voice.language, voice.language_code, voice.gender, voice.grade, voice.default)
        };
        assert_eq!(tell("af_heart"), (Some("American English"), Some('a'), Some("female"), Some("A"), true));
        assert_eq!(tell("zm_yunxi"), (Some("Mandarin Chinese"), Some('z'), Some("male"), Some("D"), false));
        assert_eq!(tell("ef_dora"), (Some("Spanish"), Some('e'), Some("female"), None, false));
        assert_eq!(tell("ax_robot"), (Some("American English"), Some('a'), None, None, false));
        for name in ["narrator", "amy", "b", "", "émilie"] {
            assert_eq!(tell(name), (None, None, None, None, false), "{name}");
        }
    }

    #[test]
    fn table_is_aligned() {
        let voices = ["af_heart", "jf_gongitsune"].map(|name| Voice::new(name, "af_heart", false));
        let mut out = Vec::new();
        table(&mut out, &voices).unwrap();
        let expected = "\
NAME           LANGUAGE              GENDER  GRADE
af_heart       American English      female  A     (default)
jf_gongitsune  Japanese              female  C
";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
