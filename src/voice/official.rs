//! What is known about Kokoro's voices: the language and gender that a name tells, and the grade that its maker has given.
//!
//! Source: VOICES.md of hexgrad/Kokoro-82M v1.0. A grade judges the quality and length of the training data.

/// Whether a voice sounds like a woman's or a man's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Gender {
    /// `f` in a voice's name.
    Female,
    /// `m` in a voice's name.
    Male,
}

impl Gender {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Gender::Female => "female",
            Gender::Male => "male",
        }
    }
}

/// What is known about a voice by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct VoiceFacts {
    /// The letter of its language, such as `a`; `None` if the name does not follow Kokoro's scheme.
    pub language_letter: Option<char>,
    /// Its gender, from the name alike.
    pub gender: Option<Gender>,
    /// The grade of an official voice, from `A` to `F+`.
    pub grade: Option<&'static str>,
}

/// Grades of the official voices that have one.
const GRADES: [(&str, &str); 48] = [
    ("af_heart", "A"),
    ("af_alloy", "C"),
    ("af_aoede", "C+"),
    ("af_bella", "A-"),
    ("af_jessica", "D"),
    ("af_kore", "C+"),
    ("af_nicole", "B-"),
    ("af_nova", "C"),
    ("af_river", "D"),
    ("af_sarah", "C+"),
    ("af_sky", "C-"),
    ("am_adam", "F+"),
    ("am_echo", "D"),
    ("am_eric", "D"),
    ("am_fenrir", "C+"),
    ("am_liam", "D"),
    ("am_michael", "C+"),
    ("am_onyx", "D"),
    ("am_puck", "C+"),
    ("am_santa", "D-"),
    ("bf_alice", "D"),
    ("bf_emma", "B-"),
    ("bf_isabella", "C"),
    ("bf_lily", "D"),
    ("bm_daniel", "D"),
    ("bm_fable", "C"),
    ("bm_george", "C"),
    ("bm_lewis", "D+"),
    ("ff_siwis", "B-"),
    ("hf_alpha", "C"),
    ("hf_beta", "C"),
    ("hm_omega", "C"),
    ("hm_psi", "C"),
    ("if_sara", "C"),
    ("im_nicola", "C"),
    ("jf_alpha", "C+"),
    ("jf_gongitsune", "C"),
    ("jf_nezumi", "C-"),
    ("jf_tebukuro", "C"),
    ("jm_kumo", "C-"),
    ("zf_xiaobei", "D"),
    ("zf_xiaoni", "D"),
    ("zf_xiaoxiao", "D"),
    ("zf_xiaoyi", "D"),
    ("zm_yunjian", "D"),
    ("zm_yunxi", "D"),
    ("zm_yunxia", "D"),
    ("zm_yunyang", "D"),
];

impl VoiceFacts {
    /// What `name`, such as `af_heart`, tells: language letter, gender letter, underscore.
    pub fn of(name: &str) -> Self {
        let follows_scheme = name.as_bytes().get(2) == Some(&b'_') && name.is_ascii();
        let letter = |at: usize| name.chars().nth(at).filter(|_| follows_scheme);
        VoiceFacts {
            language_letter: letter(0),
            gender: match letter(1) {
                Some('f') => Some(Gender::Female),
                Some('m') => Some(Gender::Male),
                _ => None,
            },
            grade: GRADES.iter().find(|(official, _)| *official == name).map(|&(_, grade)| grade),
        }
    }
}
