//! The classes of text that normalisation rewrites, each of which can be switched.

use std::fmt;
use std::ops::{BitOr, Sub};
use std::str::FromStr;

use crate::text::TextError;

/// A set of classes of text.
///
/// Reads from a list of names such as `dates,times`, where `-dates` takes one out; a list that begins with a class taken
/// out begins with all of them. `all` and `none` are sets as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Classes(u32);

macro_rules! classes {
    ($($(#[$doc:meta])* $constant:ident = $name:literal at $bit:literal;)*) => {
        impl Classes {
            $($(#[$doc])* pub const $constant: Classes = Classes(1 << $bit);)*

            /// Each class with its name, in the order of the documentation.
            pub const NAMED: &'static [(&'static str, Classes)] = &[$(($name, Classes::$constant)),*];
        }
    };
}

classes! {
    /// Markdown: `**bold**`, `# Heading`, `- item`, `` `code` ``, tables, links.
    MARKDOWN = "markdown" at 0;
    /// Emoji.
    EMOJI = "emoji" at 1;
    /// Curly apostrophes and foreign quotation marks.
    QUOTES = "quotes" at 2;
    /// Dashes made of hyphens, and hyphens of other kinds.
    DASHES = "dashes" at 3;
    /// Three full stops.
    ELLIPSES = "ellipses" at 4;
    /// Repeated punctuation, invisible characters.
    PUNCTUATION = "punctuation" at 5;
    /// `Dr.`, `St.`, `etc.`, `e.g.`
    ABBREVIATIONS = "abbreviations" at 6;
    /// `AT&T`, `w/`, `C++`
    ACRONYMS = "acronyms" at 7;
    /// Words in capitals throughout a sentence.
    CAPITALS = "capitals" at 8;
    /// `Henry VIII`, `Chapter IV`
    ROMAN = "roman" at 9;
    /// `2024-03-05`, `March 5`, `'90s`
    DATES = "dates" at 10;
    /// `10:30`, `5 p.m.`
    TIMES = "times" at 11;
    /// `5–10`, `1990-95`, `Mon-Fri`
    RANGES = "ranges" at 12;
    /// `1/2`, `5½`, `24/7`
    FRACTIONS = "fractions" at 13;
    /// `5 km/h`, `20 °C`
    UNITS = "units" at 14;
    /// `¥500`, `$5.5`, `5 €`, `$3bn`, `20 USD`
    CURRENCIES = "currencies" at 15;
    /// `555-123-4567`, `+44 20 7946 0958`
    PHONES = "phones" at 16;
    /// `name@example.com`
    EMAILS = "emails" at 17;
    /// `https://example.com`, `example.com`, `@name`, `#topic`, file names, addresses of computers
    URLS = "urls" at 18;
    /// `#5`, `007`, `3.10`, `1e6`, `v2.0`, `10x`
    NUMBERS = "numbers" at 19;
    /// `=`, `±`, `~`, `©`, `→`
    SYMBOLS = "symbols" at 20;
}

impl Classes {
    /// No class: the text stays as it is.
    pub const NONE: Classes = Classes(0);

    /// Every class.
    pub const ALL: Classes = Classes((1 << Self::NAMED.len()) - 1);

    /// Whether every class of `other` is in this set.
    pub fn contains(self, other: Classes) -> bool {
        self.0 & other.0 == other.0
    }
}

impl Default for Classes {
    fn default() -> Self {
        Classes::ALL
    }
}

impl BitOr for Classes {
    type Output = Classes;

    fn bitor(self, other: Classes) -> Classes {
        Classes(self.0 | other.0)
    }
}

impl Sub for Classes {
    type Output = Classes;

    fn sub(self, other: Classes) -> Classes {
        Classes(self.0 & !other.0)
    }
}

impl fmt::Display for Classes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> =
            Self::NAMED.iter().filter(|(_, class)| self.contains(*class)).map(|(name, _)| *name).collect();
        f.write_str(if names.is_empty() { "none" } else { "" })?;
        f.write_str(&names.join(","))
    }
}

impl FromStr for Classes {
    type Err = TextError;

    fn from_str(list: &str) -> Result<Self, TextError> {
        let mut classes = if list.trim_start().starts_with('-') { Classes::ALL } else { Classes::NONE };
        for item in list.split(',').map(str::trim).filter(|item| !item.is_empty()) {
            let (name, taken_out) = match item.strip_prefix('-') {
                Some(name) => (name, true),
                None => (item.strip_prefix('+').unwrap_or(item), false),
            };
            let class = match name {
                "all" => Classes::ALL,
                "none" => Classes::NONE,
                _ => {
                    Self::NAMED.iter().find(|(known, _)| *known == name).map(|(_, class)| *class).ok_or_else(
                        || TextError::UnknownClass {
                            found: name.to_owned(),
                            known: format!("{}, all, none", Classes::ALL),
                        },
                    )?
                }
            };
            classes = if taken_out { classes - class } else { classes | class };
        }
        Ok(classes)
    }
}

#[cfg(test)]
mod tests {
    use super::Classes;

    #[test]
    fn lists_of_names_are_sets() {
        let parse = |list: &str| list.parse::<Classes>();
        assert_eq!(parse("dates,times").unwrap(), Classes::DATES | Classes::TIMES);
        assert_eq!(parse("-dates").unwrap(), Classes::ALL - Classes::DATES);
        assert_eq!(parse("all, -dates,-times,+times").unwrap(), Classes::ALL - Classes::DATES);
        assert_eq!(parse("").unwrap(), Classes::NONE);
        assert_eq!(parse("none").unwrap().to_string(), "none");
        assert_eq!(parse(&Classes::ALL.to_string()).unwrap(), Classes::ALL);
        let error = parse("dates,colours").unwrap_err().to_string();
        assert!(
            error.starts_with("unknown class of normalisation \"colours\", expected one of markdown,"),
            "{error}"
        );
    }
}
