//! Units of measure behind a number.

use super::super::Classes;
use super::super::digits::Number;
use super::super::scan::{Edits, Scan};
use super::{number_at, reads_right, say, words};

/// A unit.
struct Unit {
    symbols: &'static [&'static str],
    /// The name, American; the word "metre" and its like are spelled for Britain by [`british`].
    name: &'static str,
    /// Behind the noun: "per hour".
    tail: &'static str,
    /// When the symbol is one.
    when: When,
}

/// When a symbol is a unit behind a number.
#[derive(Clone, Copy, PartialEq)]
enum When {
    /// Always.
    Always,
    /// Only with a space between, or behind a decimal.
    Spaced,
    /// Only behind a decimal.
    Decimal,
}

const fn unit(symbols: &'static [&'static str], name: &'static str) -> Unit {
    Unit { symbols, name, tail: "", when: When::Always }
}

const fn rate(symbols: &'static [&'static str], name: &'static str, tail: &'static str) -> Unit {
    Unit { symbols, name, tail, when: When::Always }
}

const fn rare(symbols: &'static [&'static str], name: &'static str, when: When) -> Unit {
    Unit { symbols, name, tail: "", when }
}

#[rustfmt::skip]
const UNITS: &[Unit] = &[
    unit(&["km"], "kilometer"), unit(&["m"], "meter"), unit(&["cm"], "centimeter"), unit(&["mm"], "millimeter"),
    unit(&["µm", "μm", "um"], "micrometer"), unit(&["nm"], "nanometer"), unit(&["mi"], "mile"),
    unit(&["ft"], "foot"), unit(&["yd", "yds"], "yard"), unit(&["nmi"], "nautical mile"),
    unit(&["kg", "kgs"], "kilogram"), unit(&["g"], "gram"), unit(&["mg"], "milligram"),
    unit(&["µg", "μg", "mcg"], "microgram"), unit(&["lb", "lbs"], "pound"), unit(&["oz"], "ounce"),
    rare(&["t"], "tonne", When::Spaced), unit(&["l", "L"], "liter"), unit(&["ml", "mL"], "milliliter"),
    unit(&["cl", "cL"], "centiliter"), unit(&["dl", "dL"], "deciliter"), unit(&["gal"], "gallon"),
    unit(&["qt"], "quart"), unit(&["tsp"], "teaspoon"), unit(&["tbsp"], "tablespoon"), unit(&["cc"], "cubic centimeter"),
    unit(&["h", "hr", "hrs"], "hour"), unit(&["min", "mins"], "minute"), unit(&["sec", "secs"], "second"),
    rare(&["s"], "second", When::Spaced), unit(&["ms"], "millisecond"), unit(&["µs", "μs"], "microsecond"),
    unit(&["ns"], "nanosecond"), unit(&["yr", "yrs"], "year"), unit(&["wk", "wks"], "week"), unit(&["mo", "mos"], "month"),
    unit(&["Hz"], "hertz"), unit(&["kHz", "khz"], "kilohertz"), unit(&["MHz"], "megahertz"), unit(&["GHz"], "gigahertz"),
    unit(&["THz"], "terahertz"), unit(&["W"], "watt"), unit(&["kW"], "kilowatt"), unit(&["MW"], "megawatt"),
    unit(&["GW"], "gigawatt"), unit(&["mW"], "milliwatt"), unit(&["Wh"], "watt hour"), unit(&["kWh", "kwh"], "kilowatt hour"),
    unit(&["MWh"], "megawatt hour"), unit(&["GWh"], "gigawatt hour"), unit(&["mAh"], "milliamp hour"),
    unit(&["Ah"], "amp hour"), unit(&["V"], "volt"), unit(&["kV"], "kilovolt"), unit(&["mV"], "millivolt"),
    rare(&["A"], "amp", When::Decimal), unit(&["mA"], "milliamp"), unit(&["Ω", "Ω"], "ohm"), unit(&["kΩ", "kΩ"], "kiloohm"),
    rare(&["J"], "joule", When::Decimal), unit(&["kJ"], "kilojoule"), unit(&["MJ"], "megajoule"), unit(&["cal"], "calorie"),
    unit(&["kcal"], "kilocalorie"), rare(&["N"], "newton", When::Decimal), unit(&["Nm"], "newton meter"),
    unit(&["Pa"], "pascal"), unit(&["kPa"], "kilopascal"), unit(&["hPa"], "hectopascal"), unit(&["MPa"], "megapascal"),
    rate(&["psi"], "pound", "per square inch"), unit(&["atm"], "atmosphere"), unit(&["KB", "kB"], "kilobyte"),
    unit(&["MB"], "megabyte"), unit(&["GB"], "gigabyte"), unit(&["TB"], "terabyte"), unit(&["PB"], "petabyte"),
    unit(&["KiB"], "kibibyte"), unit(&["MiB"], "mebibyte"), unit(&["GiB"], "gibibyte"), unit(&["TiB"], "tebibyte"),
    unit(&["kb", "Kb"], "kilobit"), unit(&["Mb"], "megabit"), unit(&["Gb"], "gigabit"), rate(&["bps"], "bit", "per second"),
    rate(&["kbps", "Kbps"], "kilobit", "per second"), rate(&["Mbps", "mbps"], "megabit", "per second"),
    rate(&["Gbps", "gbps"], "gigabit", "per second"), rate(&["mph", "MPH"], "mile", "per hour"),
    rate(&["kph", "kmh", "kmph"], "kilometer", "per hour"), rate(&["mpg"], "mile", "per gallon"),
    rate(&["rpm", "RPM"], "revolution", "per minute"), rate(&["bpm", "BPM"], "beat", "per minute"),
    rate(&["fps", "FPS"], "frame", "per second"), rate(&["dpi", "DPI"], "dot", "per inch"), rate(&["ppi"], "pixel", "per inch"),
    rate(&["ppm"], "part", "per million"), rate(&["ppb"], "part", "per billion"), unit(&["px"], "pixel"),
    unit(&["MP"], "megapixel"), unit(&["dB", "db"], "decibel"), unit(&["mol"], "mole"), unit(&["lm"], "lumen"),
    unit(&["lx"], "lux"), unit(&["ha"], "hectare"), unit(&["sqft"], "square foot"), unit(&["sqm"], "square meter"),
];

/// What may stand behind a slash.
#[rustfmt::skip]
pub(super) const PER: &[(&str, &str)] = &[
    ("s", "second"), ("sec", "second"), ("second", "second"), ("min", "minute"), ("minute", "minute"), ("h", "hour"),
    ("hr", "hour"), ("hour", "hour"), ("d", "day"), ("day", "day"), ("night", "night"), ("wk", "week"), ("week", "week"),
    ("mo", "month"), ("month", "month"), ("mth", "month"), ("yr", "year"), ("year", "year"), ("y", "year"), ("kg", "kilogram"),
    ("g", "gram"), ("mg", "milligram"), ("lb", "pound"), ("oz", "ounce"), ("l", "liter"), ("L", "liter"),
    ("ml", "milliliter"), ("mL", "milliliter"), ("dl", "deciliter"), ("dL", "deciliter"), ("gal", "gallon"), ("km", "kilometer"),
    ("m", "meter"), ("cm", "centimeter"), ("mi", "mile"), ("ft", "foot"), ("in", "inch"), ("person", "person"),
    ("user", "user"), ("kWh", "kilowatt hour"), ("GB", "gigabyte"), ("MB", "megabyte"), ("piece", "piece"), ("unit", "unit"),
    ("head", "head"), ("capita", "capita"), ("mol", "mole"), ("word", "word"), ("page", "page"), ("game", "game"),
];

/// A unit that was found.
pub(super) struct Found {
    /// Its name for one, and for another number than one.
    pub(super) singular: String,
    pub(super) plural: String,
    /// Byte behind it.
    pub(super) end: usize,
    /// Whether it stood behind a hyphen, as in "a 5-km run", which is read in the singular.
    pub(super) adjective: bool,
}

impl Found {
    /// The name for `number` of it.
    pub(super) fn for_number(&self, number: &Number<'_>) -> &str {
        if self.adjective || number.is_one() { &self.singular } else { &self.plural }
    }
}

pub(super) fn rule(scan: &Scan<'_>, at: usize, quote_open: bool) -> Option<Edits> {
    if !scan.has(Classes::UNITS) {
        return None;
    }
    let number = number_at(scan, at)?;
    if let Some(edits) = feet_and_inches(scan, at, &number, quote_open) {
        return Some(edits);
    }
    let mut found = find(scan, &number)?;
    found.adjective |= is_adjective(scan, at, found.end);
    let name = format!(" {}", found.for_number(&number));
    Some(if reads_right(&number) {
        Edits::keep(number.end).then(found.end, name)
    } else {
        Edits::put(found.end, say(&number) + &name)
    })
}

/// Whether the measure at bytes `at..end` is said of a noun behind it: "a 60 W bulb", but "the 5 km of road".
fn is_adjective(scan: &Scan<'_>, at: usize, end: usize) -> bool {
    const ARTICLES: &[&str] = &[
        "a", "A", "an", "An", "the", "The", "his", "her", "my", "your", "their", "our", "this", "that",
        "each", "every",
    ];
    const NO_NOUNS: &[&str] = &[
        "of", "and", "or", "in", "to", "is", "was", "are", "were", "at", "for", "from", "on", "by", "away",
        "per", "long", "wide", "high", "tall", "deep", "thick", "more", "less", "than", "with", "a", "an",
        "the", "as", "if", "but", "before", "after", "when", "that",
    ];
    let next = scan.spaces(end);
    let noun = scan.letters(next);
    next > end
        && noun.starts_with(char::is_lowercase)
        && !NO_NOUNS.contains(&noun)
        && ARTICLES.contains(&scan.word_before(at))
}

/// The unit behind `number`.
pub(super) fn find(scan: &Scan<'_>, number: &Number<'_>) -> Option<Found> {
    let spaced = scan.spaces(number.end);
    if let Some(found) = degrees(scan, number.end, spaced) {
        return Some(found);
    }
    let hyphen = scan.rest(number.end).starts_with('-');
    let start = if hyphen { number.end + 1 } else { spaced };
    let (square, start) = squared_before(scan, start);
    let symbol = symbol(scan, start);
    let mut end = start + symbol.len();
    if symbol == "in" {
        return inches(scan, number, start, hyphen);
    }
    let unit = UNITS.iter().find(|unit| unit.symbols.contains(&symbol))?;
    let fits = match unit.when {
        When::Always => true,
        When::Spaced => spaced > number.end || number.fraction.is_some(),
        When::Decimal => number.fraction.is_some(),
    };
    if !fits {
        return None;
    }
    let power = match scan.rest(end) {
        rest if rest.starts_with('²') => ("square ", '²'.len_utf8()),
        rest if rest.starts_with('³') => ("cubic ", '³'.len_utf8()),
        rest if rest.starts_with("^2") => ("square ", 2),
        rest if rest.starts_with("^3") => ("cubic ", 2),
        rest if rest.starts_with('2') && symbol.ends_with('m') => ("square ", 1),
        rest if rest.starts_with('3') && symbol.ends_with('m') => ("cubic ", 1),
        _ => (square, 0),
    };
    end += power.1;
    if !scan.is_end(end) || scan.rest(end).starts_with(['\'', '’']) {
        return None;
    }
    let mut tail = if unit.tail.is_empty() { String::new() } else { format!(" {}", unit.tail) };
    if let Some((per, behind)) = per(scan, end) {
        tail = format!("{tail} per {per}");
        end = behind;
    }
    // The full stop of "5 ft. tall".
    let stop = scan.rest(end).starts_with('.') && !scan.ends_sentence(end + 1);
    let dotted = matches!(
        symbol,
        "ft" | "lb" | "lbs" | "oz" | "min" | "sec" | "hr" | "hrs" | "yd" | "mi" | "gal" | "qt" | "yrs" | "yr"
    );
    if stop && dotted && scan.is_end(end + 1) {
        end += 1;
    }
    let name = spell(scan, unit.name);
    Some(Found {
        singular: format!("{}{name}{tail}", power.0),
        plural: format!("{}{}{tail}", power.0, plural(&name)),
        end,
        adjective: hyphen,
    })
}

/// The denominator behind a slash at `at`, and its end.
pub(super) fn per(scan: &Scan<'_>, at: usize) -> Option<(String, usize)> {
    let start = scan.rest(at).strip_prefix('/').map(|_| at + 1)?;
    let symbol = symbol(scan, start);
    let mut end = start + symbol.len();
    let (_, name) = PER.iter().find(|(known, _)| *known == symbol)?;
    let (power, len) = match scan.rest(end) {
        rest if rest.starts_with('²') => (("square ", " squared"), '²'.len_utf8()),
        rest if rest.starts_with('³') => (("cubic ", " cubed"), '³'.len_utf8()),
        rest if rest.starts_with("^2") => (("square ", " squared"), 2),
        _ => (("", ""), 0),
    };
    end += len;
    let name = spell(scan, name);
    let name = if name == "second" { name + power.1 } else { format!("{}{name}", power.0) };
    scan.is_end(end).then_some((name, end))
}

/// "sq ft", "cu m"
fn squared_before(scan: &Scan<'_>, start: usize) -> (&'static str, usize) {
    let (name, len) = match scan.letters(start) {
        "sq" => ("square ", 2),
        "cu" => ("cubic ", 2),
        _ => return ("", start),
    };
    let dot = usize::from(scan.rest(start + len).starts_with('.'));
    let next = scan.spaces(start + len + dot);
    if scan.letters(next).is_empty() { ("", start) } else { (name, next) }
}

fn symbol<'a>(scan: &Scan<'a>, at: usize) -> &'a str {
    // The micro sign is a letter, the ohm too.
    scan.letters(at)
}

fn degrees(scan: &Scan<'_>, at: usize, spaced: usize) -> Option<Found> {
    let sign = scan.char(spaced).filter(|c| matches!(c, '°' | 'º' | '˚' | '℃' | '℉'))?;
    let end = spaced + sign.len_utf8();
    let scale_at = scan.spaces(end);
    let (scale, end) = match (sign, scan.letters(scale_at)) {
        ('℃', _) | (_, "C") => (" Celsius", if sign == '℃' { end } else { scale_at + 1 }),
        ('℉', _) | (_, "F") => (" Fahrenheit", if sign == '℉' { end } else { scale_at + 1 }),
        (_, "K") if scale_at == end => (" Kelvin", end + 1),
        _ => ("", end),
    };
    let spaced_out = sign == '°' || spaced == at;
    spaced_out.then(|| Found {
        singular: format!("degree{scale}"),
        plural: format!("degrees{scale}"),
        end,
        adjective: false,
    })
}

/// "5 in" is a length only where no word follows that it could belong to.
fn inches(scan: &Scan<'_>, number: &Number<'_>, start: usize, adjective: bool) -> Option<Found> {
    let mut end = start + 2;
    let attached = start == number.end || adjective;
    let dot = scan.rest(end).starts_with('.') && !scan.ends_sentence(end + 1);
    let next = scan.text[end..].chars().find(|c| *c != ' ');
    let alone = next.is_none_or(|c| !c.is_alphanumeric()) || scan.rest(scan.spaces(end)).starts_with("x ");
    if !scan.is_end(end) || !(attached || dot || alone) {
        return None;
    }
    end += usize::from(dot);
    Some(Found { singular: "inch".to_owned(), plural: "inches".to_owned(), end, adjective })
}

/// `6'2"`, `6′`, `27"`
fn feet_and_inches(scan: &Scan<'_>, _at: usize, number: &Number<'_>, quote_open: bool) -> Option<Edits> {
    let sign = scan.char(number.end)?;
    let end = number.end + sign.len_utf8();
    let whole = number.small()?;
    match sign {
        '\'' | '’' | '′' => {
            let inches =
                number_at(scan, scan.spaces(end)).filter(|inches| inches.small().is_some_and(|n| n < 12));
            let closing = inches.as_ref().and_then(|inches| {
                let rest = scan.rest(inches.end);
                let mark = ["\"", "”", "″", "''"].iter().find(|mark| rest.starts_with(**mark))?;
                Some(inches.end + mark.len())
            });
            match (inches, closing) {
                (Some(inches), Some(close)) if scan.is_end(close) => {
                    let foot = if inches.whole == "0" { "feet" } else { "foot" };
                    let tail = if inches.whole == "0" { String::new() } else { format!(" {}", say(&inches)) };
                    Some(Edits::put(close, format!("{} {foot}{tail}", words::cardinal(whole))))
                }
                _ if sign == '′' && scan.is_end(end) => {
                    let foot = if whole == 1 { " foot" } else { " feet" };
                    Some(Edits::keep(number.end).then(end, foot))
                }
                _ => None,
            }
        }
        '″' | '"' if scan.is_end(end) && (sign == '″' || !quote_open) => {
            let inch = if whole == 1 { " inch" } else { " inches" };
            // A monitor is "27 inch", a rope "27 inches".
            let noun = scan.letters(scan.spaces(end));
            let inch = if noun.len() > 3 && !noun.starts_with("wide") { " inch" } else { inch };
            Some(Edits::keep(number.end).then(end, inch))
        }
        _ => None,
    }
}

/// The name as it is spelled in the language.
fn spell(scan: &Scan<'_>, name: &str) -> String {
    if !scan.british() {
        return name.to_owned();
    }
    match name.strip_suffix("meter").or_else(|| name.strip_suffix("liter")) {
        Some(stem) => format!("{stem}{}", if name.ends_with("meter") { "metre" } else { "litre" }),
        None => name.to_owned(),
    }
}

fn plural(name: &str) -> String {
    match name {
        _ if name.ends_with("foot") => name.replace("foot", "feet"),
        _ if name.ends_with("hertz") || name == "lux" => name.to_owned(),
        _ => words::plural(name),
    }
}
