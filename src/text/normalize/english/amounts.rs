//! Amounts of money. Whole amounts of `$`, `£` and `€`, and those with two decimals, are left to misaki.

use super::super::Classes;
use super::super::digits::{self, Number};
use super::super::scan::{Edits, Scan};
use super::{drops_zero, number_at, ranges, say, units, words};

/// A currency.
struct Currency {
    /// Signs and codes, before or behind the amount.
    signs: &'static [&'static str],
    one: &'static str,
    many: &'static str,
    /// A hundredth, one and many; empty if it is not used.
    cent: (&'static str, &'static str),
}

const fn currency(
    signs: &'static [&'static str],
    one: &'static str,
    many: &'static str,
    cent: (&'static str, &'static str),
) -> Currency {
    Currency { signs, one, many, cent }
}

const CENTS: (&str, &str) = ("cent", "cents");
const NONE: (&str, &str) = ("", "");

/// Longer signs stand before shorter ones that they begin with.
#[rustfmt::skip]
const CURRENCIES: &[Currency] = &[
    currency(&["US$", "USD", "U.S.$"], "US dollar", "US dollars", CENTS),
    currency(&["CA$", "C$", "CAD"], "Canadian dollar", "Canadian dollars", CENTS),
    currency(&["AU$", "A$", "AUD"], "Australian dollar", "Australian dollars", CENTS),
    currency(&["NZ$", "NZD"], "New Zealand dollar", "New Zealand dollars", CENTS),
    currency(&["HK$", "HKD"], "Hong Kong dollar", "Hong Kong dollars", CENTS),
    currency(&["S$", "SGD"], "Singapore dollar", "Singapore dollars", CENTS),
    currency(&["R$", "BRL"], "real", "reais", ("centavo", "centavos")),
    currency(&["MX$", "MXN"], "Mexican peso", "Mexican pesos", ("centavo", "centavos")),
    currency(&["$"], "dollar", "dollars", CENTS),
    currency(&["£", "GBP"], "pound", "pounds", ("penny", "pence")),
    currency(&["€", "EUR"], "euro", "euros", CENTS),
    currency(&["¥", "￥", "JPY"], "yen", "yen", NONE),
    currency(&["CNY", "RMB"], "yuan", "yuan", NONE),
    currency(&["₹", "INR", "Rs.", "Rs"], "rupee", "rupees", ("paisa", "paise")),
    currency(&["₩", "KRW"], "won", "won", NONE),
    currency(&["₽", "RUB"], "ruble", "rubles", ("kopek", "kopeks")),
    currency(&["₺", "TRY"], "lira", "lira", ("kurus", "kurus")),
    currency(&["₪", "ILS"], "shekel", "shekels", ("agora", "agorot")),
    currency(&["₫", "VND"], "dong", "dong", NONE),
    currency(&["₱", "PHP"], "Philippine peso", "Philippine pesos", ("centavo", "centavos")),
    currency(&["฿", "THB"], "baht", "baht", NONE),
    currency(&["₦", "NGN"], "naira", "naira", ("kobo", "kobo")),
    currency(&["₴", "UAH"], "hryvnia", "hryvnias", ("kopiyka", "kopiykas")),
    currency(&["₿", "BTC"], "bitcoin", "bitcoins", NONE),
    currency(&["ETH"], "ether", "ether", NONE),
    currency(&["CHF"], "Swiss franc", "Swiss francs", ("centime", "centimes")),
    currency(&["SEK"], "Swedish krona", "Swedish kronor", ("ore", "ore")),
    currency(&["NOK"], "Norwegian krone", "Norwegian kroner", ("ore", "ore")),
    currency(&["DKK"], "Danish krone", "Danish kroner", ("ore", "ore")),
    currency(&["PLN"], "zloty", "zlotys", ("grosz", "groszy")),
    currency(&["ZAR"], "rand", "rand", CENTS),
    currency(&["AED"], "dirham", "dirhams", ("fils", "fils")),
    currency(&["SAR"], "riyal", "riyals", ("halala", "halalas")),
    currency(&["¢"], "cent", "cents", NONE),
];

/// Words for powers of ten.
const MAGNITUDES: &[(&str, &str)] = &[
    ("k", "thousand"),
    ("K", "thousand"),
    ("m", "million"),
    ("M", "million"),
    ("mn", "million"),
    ("mm", "million"),
    ("MM", "million"),
    ("b", "billion"),
    ("B", "billion"),
    ("bn", "billion"),
    ("Bn", "billion"),
    ("tn", "trillion"),
    ("T", "trillion"),
    ("t", "trillion"),
    ("tr", "trillion"),
    ("cr", "crore"),
];

const MAGNITUDE_WORDS: &[&str] = &["hundred", "thousand", "million", "billion", "trillion", "lakh", "crore"];

/// Words that are tagged as numbers, which the currency would be put on as well.
const NUMBER_WORDS: &[&str] = &[
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety", "hundred", "thousand",
    "million", "billion",
];

/// An amount with its power of ten.
struct Amount<'a> {
    number: Number<'a>,
    magnitude: &'static str,
    end: usize,
}

/// The magnitude behind a number at `at`.
fn magnitude(scan: &Scan<'_>, at: usize) -> Option<(&'static str, usize)> {
    let attached = scan.letters(at);
    if let Some((_, name)) = MAGNITUDES.iter().find(|(short, _)| *short == attached) {
        let end = at + attached.len();
        return scan.is_end(end).then_some((*name, end));
    }
    let start = scan.gap(at);
    let word = scan.letters(start);
    if start == at {
        return None;
    }
    // "$5 bn"
    let spaced = MAGNITUDES.iter().find(|(short, _)| *short == word && word.len() > 1 && *short != "mm");
    let name = spaced.map(|(_, name)| *name);
    let name = name.or_else(|| MAGNITUDE_WORDS.iter().find(|name| word.eq_ignore_ascii_case(name)).copied());
    name.map(|name| (name, start + word.len()))
}

fn amount<'a>(scan: &Scan<'a>, at: usize) -> Option<Amount<'a>> {
    let number = number_at(scan, at)?;
    let (magnitude, end) = magnitude(scan, number.end).unwrap_or(("", number.end));
    Some(Amount { number, magnitude, end })
}

/// The currency whose sign is at `at`, and the byte behind it.
fn sign<'a>(scan: &Scan<'_>, at: usize) -> Option<(&'a Currency, usize)> {
    let rest = scan.rest(at);
    CURRENCIES.iter().find_map(|currency| {
        let sign = currency.signs.iter().find(|sign| rest.starts_with(**sign))?;
        Some((currency, at + sign.len()))
    })
}

/// An amount in words.
fn spoken(amount: &Amount<'_>, currency: &Currency) -> String {
    let Amount { number, magnitude, .. } = amount;
    if !magnitude.is_empty() {
        return format!("{} {magnitude} {}", say(number), currency.many);
    }
    let Some(fraction) =
        number.fraction.filter(|fraction| fraction.len() <= 2 && !currency.cent.0.is_empty())
    else {
        let name = if number.is_one() { currency.one } else { currency.many };
        return format!("{} {name}", say(number));
    };
    let cents: u64 = fraction.parse::<u64>().unwrap_or(0) * if fraction.len() == 1 { 10 } else { 1 };
    let whole = Number { fraction: None, ..number.clone() };
    let name = if whole.is_one() { currency.one } else { currency.many };
    let cent = if cents == 1 { currency.cent.0 } else { currency.cent.1 };
    let has_whole = whole.whole.bytes().any(|digit| digit != b'0');
    match (has_whole, cents) {
        (_, 0) => format!("{} {name}", say(&whole)),
        (false, _) => format!("{} {cent}", words::cardinal(cents)),
        _ => format!("{} {name} and {} {cent}", say(&whole), words::cardinal(cents)),
    }
}

/// Whether misaki would put the currency of an amount that ends at `at` on a further number as well, as it does in
/// "$5. 10 people": nothing but punctuation stands between.
fn runs_on(scan: &Scan<'_>, at: usize) -> bool {
    let rest = &scan.text[at..];
    let next = rest.char_indices().take(12).find(|(_, c)| c.is_alphanumeric() || "$£€".contains(*c));
    match next {
        Some((0, _)) | None => false,
        Some((_, c)) if c.is_ascii_digit() => true,
        Some((skip, _)) => {
            let word = scan.letters((at + skip).min(scan.limit));
            let between = rest[..skip].trim();
            !between.is_empty() && NUMBER_WORDS.iter().any(|number| word.eq_ignore_ascii_case(number))
        }
    }
}

/// An amount behind its sign: `$5.5`, `¥500`, `$5–10`, `$3bn`, `$5/month`.
pub(super) fn prefixed(scan: &Scan<'_>, at: usize, c: char) -> Option<Edits> {
    if !scan.has(Classes::CURRENCIES) || !is_sign(c) {
        return None;
    }
    with_sign(scan, at, at, "")
}

fn is_sign(c: char) -> bool {
    c == '$'
        || c == '£'
        || c == '¢'
        || ('\u{20a0}'..='\u{20bf}').contains(&c)
        || matches!(c, '¥' | '￥' | '฿')
}

/// The amount whose sign is at `sign_at`, in place of the text from `at`; `lead` goes before it.
fn with_sign(scan: &Scan<'_>, at: usize, sign_at: usize, lead: &str) -> Option<Edits> {
    let (currency, sign_end) = sign(scan, sign_at)?;
    let number_start = scan.spaces(sign_end);
    let first = amount(scan, number_start)?;
    // "$5-10", "$5–$10", "$5 million-$10 million"
    if scan.has(Classes::RANGES)
        && let Some((last_at, _)) = ranges::separator(scan, first.end)
    {
        let last_at = match sign(scan, last_at) {
            Some((other, end)) if std::ptr::eq(other, currency) => scan.spaces(end),
            Some(_) => scan.limit,
            None => last_at,
        };
        if let Some(last) = amount(scan, last_at).filter(|last| scan.is_end(last.end)) {
            let last_words = spoken(&last, currency);
            let first_words = if first.magnitude.is_empty() && first.number.fraction.is_none() {
                say(&first.number)
            } else if !first.magnitude.is_empty()
                && first.number.fraction.is_none()
                && first.magnitude == last.magnitude
            {
                format!("{} {}", say(&first.number), first.magnitude)
            } else if first.magnitude == last.magnitude
                || !last.magnitude.is_empty() && first.magnitude.is_empty()
            {
                if last.magnitude.is_empty() { spoken(&first, currency) } else { say(&first.number) }
            } else {
                spoken(&first, currency)
            };
            return Some(Edits::put(last.end, format!("{lead}{first_words} to {last_words}")));
        }
    }
    let short = &scan.text[first.number.end..first.end];
    let is_word =
        short.is_empty() || MAGNITUDE_WORDS.iter().any(|word| short.trim_start().eq_ignore_ascii_case(word));
    let decimals = first.number.fraction.map_or(0, str::len);
    let plain_sign = matches!(&scan.text[sign_at..sign_end], "$" | "£" | "€");
    let misaki_reads = plain_sign
        && number_start == sign_end
        && lead.is_empty()
        && at == sign_at
        && !first.number.whole.is_empty()
        && first.number.whole.len() <= 15
        && if first.magnitude.is_empty() {
            decimals == 0 || decimals == 2
        } else {
            is_word && !drops_zero(&first.number)
        }
        && !scan.before(at).is_some_and(char::is_alphanumeric);
    let per = units::per(scan, first.end);
    let whole = per.as_ref().map_or(first.end, |(_, end)| *end);
    if !scan.is_end(first.end) {
        return None;
    }
    let per = per.map(|(name, end)| (format!(" per {name}"), end));
    if misaki_reads && !runs_on(scan, first.end) {
        let edits = Edits::keep(first.end);
        return Some(match per {
            Some((text, end)) => edits.then(end, text),
            None => edits,
        });
    }
    let lead_space = if scan.before(at).is_some_and(char::is_alphanumeric) { " " } else { "" };
    let per = per.map_or(String::new(), |(text, _)| text);
    Some(Edits::put(whole, format!("{lead_space}{lead}{}{per}", spoken(&first, currency))))
}

/// `-$5`, `−£3`.
pub(super) fn negative(scan: &Scan<'_>, at: usize, c: char) -> Option<Edits> {
    let sign_at = at + c.len_utf8();
    let currency = scan.has(Classes::CURRENCIES) && scan.char(sign_at).is_some_and(is_sign);
    let begins = !scan.before(at).is_some_and(|c| c.is_alphanumeric());
    if !currency || !begins {
        return None;
    }
    with_sign(scan, at, sign_at, "minus ")
}

/// An amount with its sign or code behind: `5€`, `20 USD`, `50¢`.
pub(super) fn suffixed(scan: &Scan<'_>, at: usize) -> Option<Edits> {
    if !scan.has(Classes::CURRENCIES) {
        return None;
    }
    // "5,50 €", "1.234,56 €"
    let continental = digits::number(scan, at, digits::CONTINENTAL).filter(|number| {
        number.fraction.is_some_and(|cents| cents.len() == 2)
            && scan.rest(scan.spaces(number.end)).starts_with(is_sign)
    });
    let amount = match continental {
        Some(number) => Amount { end: number.end, magnitude: "", number },
        None => amount(scan, at)?,
    };
    let sign_at = scan.spaces(amount.end);
    let (currency, end) = sign(scan, sign_at)?;
    let symbol = &scan.text[sign_at..end];
    let is_code = symbol.bytes().all(|byte| byte.is_ascii_alphabetic());
    // "5 $10 bills": the sign belongs to what follows it.
    if !scan.is_end(end) || symbol.starts_with("Rs") || !is_code && !scan.digits(end).is_empty() {
        return None;
    }
    let glued = sign_at == amount.end;
    if matches!(symbol, "TRY" | "ETH" | "PHP" | "ILS") && glued {
        return None;
    }
    let per = units::per(scan, end);
    let end = per.as_ref().map_or(end, |(_, end)| *end);
    let per = per.map_or(String::new(), |(name, _)| format!(" per {name}"));
    Some(Edits::put(end, spoken(&amount, currency) + &per))
}

/// An amount behind a code: `USD 20`, `US$5`, `Rs. 500`.
pub(super) fn coded(scan: &Scan<'_>, at: usize) -> Option<Edits> {
    let begins = scan.char(at).is_some_and(|c| c.is_ascii_uppercase());
    if !scan.has(Classes::CURRENCIES) || !begins {
        return None;
    }
    let (_, end) = sign(scan, at)?;
    let symbol = &scan.text[at..end];
    // A word that begins like a code goes on.
    let number_at = scan.spaces(end);
    if scan.digits(number_at).is_empty()
        || symbol.ends_with(|c: char| c.is_ascii_alphabetic()) && number_at == end && symbol.len() > 2
    {
        return None;
    }
    if matches!(symbol, "TRY" | "PHP") && scan.number_is_version(number_at) {
        return None;
    }
    // Misaki reads none of these.
    with_sign(scan, at, at, "")
}

impl Scan<'_> {
    /// Whether the number at `at` is that of a version, as in "PHP 8.1".
    fn number_is_version(&self, at: usize) -> bool {
        self.digits(at).len() == 1
    }
}
