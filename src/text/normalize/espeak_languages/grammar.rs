//! Agreement of numerals, and how each language tells the time and the day.

use super::super::digits::Number;
use crate::text::Language::{self, BrazilianPortuguese, French, Hindi, Italian, Spanish};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gender {
    Masculine,
    Feminine,
}

use Gender::{Feminine, Masculine};

/// How a time is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// `10:30`, `10h30`
    Clock,
    /// `10 h`
    Hours,
    /// `10 h 30 min`
    Duration,
}

/// The numeral `value` before a noun of `gender`, where it differs from what espeak-ng makes of the digits. Only numerals below 100 agree here; of the
/// hundreds of Spanish and Portuguese espeak-ng knows the masculine.
pub(super) fn agreeing(value: u64, gender: Gender, language: Language) -> Option<String> {
    let (tens, ones) = (value / 10, value % 10);
    if value >= 100 || tens == 1 {
        return None;
    }
    let feminine = gender == Feminine;
    match (language, ones) {
        (Spanish, 1) => {
            const TENS: [&str; 7] =
                ["treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"];
            let one = if feminine { "una" } else { "un" };
            Some(match tens {
                0 => one.to_owned(),
                2 => if feminine { "veintiuna" } else { "veintiún" }.to_owned(),
                _ => format!("{} y {one}", TENS[tens as usize - 3]),
            })
        }
        (French, 1) if feminine && tens < 7 => {
            const TENS: [&str; 5] = ["vingt", "trente", "quarante", "cinquante", "soixante"];
            Some(if tens == 0 { "une".to_owned() } else { format!("{} et une", TENS[tens as usize - 2]) })
        }
        (French, 1) if tens == 0 => Some("un".to_owned()),
        (Italian, 1) if tens == 0 => Some(if feminine { "una" } else { "un" }.to_owned()),
        (BrazilianPortuguese, 1 | 2) if feminine || value == 1 => {
            const TENS: [&str; 8] =
                ["vinte", "trinta", "quarenta", "cinquenta", "sessenta", "setenta", "oitenta", "noventa"];
            let last = match (ones, feminine) {
                (1, false) => "um",
                (1, true) => "uma",
                _ => "duas",
            };
            Some(if tens == 0 { last.to_owned() } else { format!("{} e {last}", TENS[tens as usize - 2]) })
        }
        _ => None,
    }
}

/// The word between an amount and its hundredths.
pub(super) fn and(language: Language) -> &'static str {
    match language {
        Spanish => "con",
        French => "et",
        Hindi => "और",
        _ => "e",
    }
}

/// What stands between a number of whole millions and `noun`: "5 millones de euros".
pub(super) fn of_millions(number: &Number<'_>, noun: &str, language: Language) -> &'static str {
    let millions = number.small().is_some_and(|value| value >= 1_000_000 && value % 1_000_000 == 0);
    match language {
        _ if !millions => "",
        French if noun.starts_with(['a', 'e', 'i', 'o', 'u', 'y', 'é']) => "d'",
        Italian => "di ",
        Hindi => "",
        _ => "de ",
    }
}

/// The day of a date: the first of a month is an ordinal in French, Italian and Portuguese.
pub(super) fn day(day: u64, language: Language) -> String {
    match (day, language) {
        (1, French) => "premier".to_owned(),
        (1, Italian) => "primo".to_owned(),
        (1, BrazilianPortuguese) => "primeiro".to_owned(),
        _ => day.to_string(),
    }
}

/// The hour as a number of hours, which are feminine in all four.
fn hour_words(hour: u64, language: Language) -> String {
    match (hour, language) {
        (0, French) => "zéro".to_owned(),
        (0, Spanish) => "cero".to_owned(),
        _ => agreeing(hour, Feminine, language).unwrap_or_else(|| hour.to_string()),
    }
}

/// A time of day. `morning` tells its half, `before` is the word before it, in small letters: where it is an article, none is
/// added.
pub(super) fn time(
    hour: u64,
    minute: u64,
    morning: Option<bool>,
    style: Style,
    before: &str,
    language: Language,
) -> Option<String> {
    let hours = hour_words(hour, language);
    let small = hour <= 12 && hour > 0;
    if style != Style::Clock {
        let (one, many, minutes) = match language {
            Spanish | BrazilianPortuguese => ("hora", "horas", "minutos"),
            French => ("heure", "heures", "minutes"),
            Italian => ("ora", "ore", "minuti"),
            _ => ("घंटा", "घंटे", "मिनट"),
        };
        let singular = hour == 1 || hour == 0 && language == French;
        let noun = if singular { one } else { many };
        let tail = match (style, language) {
            (Style::Hours, _) => String::new(),
            (_, French | Hindi) => format!(" {minute} {minutes}"),
            (_, Spanish) => format!(" y {minute} {minutes}"),
            _ => format!(" e {minute} {minutes}"),
        };
        return Some(format!("{hours} {noun}{tail}"));
    }
    Some(match language {
        Spanish => {
            let article = match before {
                "la" | "las" => "",
                _ if hour == 1 => "la ",
                _ => "las ",
            };
            let tail = match minute {
                0 if small => " en punto".to_owned(),
                0 => " horas".to_owned(),
                15 if small => " y cuarto".to_owned(),
                30 if small => " y media".to_owned(),
                _ => format!(" y {minute}"),
            };
            let half = morning.map_or("", |morning| if morning { " de la mañana" } else { " de la tarde" });
            // "las diez de la mañana"
            let tail = if minute == 0 && morning.is_some() { String::new() } else { tail };
            format!("{article}{hours}{tail}{half}")
        }
        French => {
            let noun = if hour <= 1 { "heure" } else { "heures" };
            let tail = if minute == 0 { String::new() } else { format!(" {minute}") };
            let half = morning.map_or("", |morning| if morning { " du matin" } else { " de l'après-midi" });
            format!("{hours} {noun}{tail}{half}")
        }
        Italian => {
            let article = match before {
                "le" | "alle" | "dalle" | "delle" | "ore" | "l" | "all" | "dall" | "sulle" => "",
                _ if hour == 1 => "l'",
                _ => "le ",
            };
            let tail = match minute {
                0 => String::new(),
                15 if small => " e un quarto".to_owned(),
                30 if small => " e mezza".to_owned(),
                _ => format!(" e {minute}"),
            };
            let half = morning.map_or("", |morning| if morning { " di mattina" } else { " di pomeriggio" });
            format!("{article}{hours}{tail}{half}")
        }
        BrazilianPortuguese => {
            let tail = match minute {
                0 if hour == 1 => " hora".to_owned(),
                0 => " horas".to_owned(),
                30 if small => " e meia".to_owned(),
                _ => format!(" e {minute}"),
            };
            let half = morning.map_or("", |morning| if morning { " da manhã" } else { " da tarde" });
            let tail = if minute == 0 && morning.is_some() { String::new() } else { tail };
            format!("{hours}{tail}{half}")
        }
        Hindi => {
            let next = if hour == 12 { 1 } else { hour + 1 };
            match (hour, minute) {
                (_, 0) => format!("{hour} बजे"),
                (1 | 13, 30) => "डेढ़ बजे".to_owned(),
                (2 | 14, 30) => "ढाई बजे".to_owned(),
                (1..=12, 30) => format!("साढ़े {hour} बजे"),
                (1..=12, 15) => format!("सवा {hour} बजे"),
                (1..=12, 45) => format!("पौने {next} बजे"),
                _ => format!("{hour} बजकर {minute} मिनट"),
            }
        }
        _ => return None,
    })
}

/// An ordinal from 1 to 10, and any in French.
pub(super) fn ordinal(value: u64, gender: Gender, language: Language) -> Option<String> {
    const SPANISH: [&str; 10] = [
        "primero", "segundo", "tercero", "cuarto", "quinto", "sexto", "séptimo", "octavo", "noveno", "décimo",
    ];
    const ITALIAN: [&str; 10] =
        ["primo", "secondo", "terzo", "quarto", "quinto", "sesto", "settimo", "ottavo", "nono", "decimo"];
    const PORTUGUESE: [&str; 10] = [
        "primeiro", "segundo", "terceiro", "quarto", "quinto", "sexto", "sétimo", "oitavo", "nono", "décimo",
    ];
    let words = match language {
        French if value == 1 => {
            return Some(if gender == Masculine { "premier" } else { "première" }.to_owned());
        }
        French => return Some(format!("{value}e")),
        Spanish => SPANISH,
        Italian => ITALIAN,
        BrazilianPortuguese => PORTUGUESE,
        _ => return None,
    };
    let word = words.get(usize::try_from(value).ok()?.checked_sub(1)?)?;
    Some(match gender {
        Masculine => (*word).to_owned(),
        Feminine => format!("{}a", word.trim_end_matches('o')),
    })
}
