//! Arabic numerals as Chinese ones.
//!
//! Source: the reading rules of the package cn2an (described, not copied), which misaki uses; the differences are in
//! `docs/native-phonemizer.md`.

use crate::text::{Rewrite, SourceMap};

const DIGITS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
/// Of four digits, from the last.
const UNITS: [&str; 4] = ["", "十", "百", "千"];
/// Of groups of four digits, from the last.
const GROUPS: [&str; 4] = ["", "万", "亿", "万"];
/// More digits are read one by one.
const MAX_DIGITS: usize = 16;
/// What is counted: a hyphen between two numbers before one of these is "to".
const MEASURES: &[&str] = &[
    "斤", "克", "千克", "公斤", "吨", "米", "厘米", "毫米", "公里", "升", "毫升", "元", "角", "分", "个",
    "只", "条", "张", "块", "瓶", "杯", "份", "本", "辆", "台", "匹", "头", "位", "亩", "小时", "分钟", "秒",
    "天", "岁", "年", "月", "日", "人", "次", "点", "%", "℃",
];

/// A whole number in words; `digits` are ASCII.
pub(super) fn cardinal(digits: &str) -> String {
    let significant = digits.trim_start_matches('0');
    if significant.is_empty() {
        return DIGITS[0].to_owned();
    }
    if significant.len() > MAX_DIGITS {
        return one_by_one(digits);
    }
    let mut words = String::new();
    let mut rest = significant;
    while !rest.is_empty() {
        let place = (rest.len() - 1) / 4;
        let (group, tail) = rest.split_at(rest.len() - 4 * place);
        rest = tail;
        let is_zero = group.bytes().all(|digit| digit == b'0');
        if !is_zero {
            // Thousands need no zero behind a group: its name says that they follow.
            push_group(group, !words.is_empty() && group.starts_with('0'), &mut words);
        }
        // 亿 is the name of what stands before it, groups and all.
        if !is_zero || place == 2 {
            words.push_str(GROUPS[place]);
        }
    }
    match words.strip_prefix("一十") {
        Some(rest) => format!("十{rest}"),
        None => words,
    }
}

/// Appends one to four digits that are not all zero; a zero among them, or `before` them, is said once.
fn push_group(group: &str, mut zero: bool, words: &mut String) {
    for (at, digit) in group.bytes().enumerate() {
        match digit {
            b'0' => zero |= group[..at].bytes().any(|digit| digit != b'0'),
            _ => {
                if std::mem::take(&mut zero) {
                    words.push_str(DIGITS[0]);
                }
                words.push_str(DIGITS[usize::from(digit - b'0')]);
                words.push_str(UNITS[group.len() - 1 - at]);
            }
        }
    }
}

/// Each digit by its name.
pub(super) fn one_by_one(digits: &str) -> String {
    digits.bytes().filter(u8::is_ascii_digit).map(|digit| DIGITS[usize::from(digit - b'0')]).collect()
}

/// A number with its sign and fraction in words.
fn number(minus: bool, integer: &str, fraction: Option<&str>) -> String {
    // What begins with zeros, mobile numbers and other long rows of digits are names, not amounts.
    let is_name = integer.len() > 1 && integer.starts_with('0')
        || integer.len() > MAX_DIGITS
        || integer.len() == 11 && ("13"..="19").contains(&&integer[..2]) && fraction.is_none();
    let mut words = if minus { "负".to_owned() } else { String::new() };
    words += &if is_name { one_by_one(integer) } else { cardinal(integer) };
    if let Some(fraction) = fraction {
        words.push('点');
        words += &one_by_one(fraction);
    }
    words
}

/// A number at the start of a text: the digits before and behind the point, and its bytes.
struct Scanned<'a> {
    integer: String,
    fraction: Option<&'a str>,
    len: usize,
}

/// Scans digits, commas between thousands and a decimal point.
fn scan(text: &str) -> Option<Scanned<'_>> {
    let digits = |from: usize| text[from..].bytes().take_while(u8::is_ascii_digit).count();
    let mut len = digits(0);
    if len == 0 {
        return None;
    }
    if len <= 3 {
        while text[len..].starts_with(',') && digits(len + 1) == 3 {
            len += 4;
        }
    }
    let integer = text[..len].replace(',', "");
    let fraction =
        text[len..].starts_with('.').then(|| &text[len + 1..][..digits(len + 1)]).filter(|f| !f.is_empty());
    len += fraction.map_or(0, |fraction| 1 + fraction.len());
    Some(Scanned { integer, fraction, len })
}

/// Replaces the numerals of `text[..]` by words; `text` has ASCII digits only.
pub(super) fn spell_out(text: &str) -> (String, SourceMap) {
    let mut rewrite = Rewrite::new(text);
    while let Some(at) = text[rewrite.position()..].find(|c: char| c.is_ascii_digit()) {
        let at = rewrite.position() + at;
        // A minus stands behind nothing that could be a number or a name.
        let before = &text[rewrite.position()..at];
        let minus = before.ends_with('-')
            && !before[..before.len() - 1].ends_with(char::is_alphanumeric)
            && (before.len() > 1 || rewrite.position() == 0);
        rewrite.keep_to(at - usize::from(minus));
        let Some(scanned) = scan(&text[at..]) else { break };
        let end = at + scanned.len;
        let after = &text[end..];
        let (words, end) = words(minus, &scanned, after, end);
        rewrite.replace_to(end, &words);
    }
    rewrite.finish()
}

/// The words of a number by what follows it, and where what they read ends.
fn words(minus: bool, scanned: &Scanned<'_>, after: &str, end: usize) -> (String, usize) {
    let Scanned { integer, fraction, .. } = scanned;
    let plain = || number(minus, integer, *fraction);
    if after.starts_with('%') {
        return (format!("百分之{}", plain()), end + 1);
    }
    if after.starts_with('℃') {
        let below = if minus { "零下" } else { "" };
        return (format!("{below}{}摄氏度", number(false, integer, *fraction)), end + "℃".len());
    }
    if fraction.is_none() && after.starts_with('年') && is_year(integer) {
        return (one_by_one(integer), end);
    }
    let second = after.get(1..).and_then(scan);
    match (after.chars().next(), second) {
        (Some('/'), Some(second)) if fraction.is_none() && second.fraction.is_none() => {
            let (over, under) = (number(minus, integer, None), number(false, &second.integer, None));
            (format!("{under}分之{over}"), end + 1 + second.len)
        }
        (Some('-' | '~'), Some(second))
            if MEASURES.iter().any(|m| after[1 + second.len..].starts_with(m)) =>
        {
            let percent = after[1 + second.len..].starts_with('%');
            let to = number(false, &second.integer, second.fraction);
            let per_cent = if percent { "百分之" } else { "" };
            (format!("{per_cent}{}到{per_cent}{to}", plain()), end + 1 + second.len + usize::from(percent))
        }
        _ => (plain(), end),
    }
}

/// Whether digits before 年 name a year rather than count years: 1998, 05, 98, but not 10.
fn is_year(digits: &str) -> bool {
    match digits.len() {
        4 => true,
        2 => digits.starts_with('0') || digits >= "50",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_said_as_cn2an_says_them() {
        let table = include_str!("../../../fixtures/text/chinese_numbers.tsv");
        assert!(table.lines().count() > 500);
        for line in table.lines() {
            let (digits, expected) = line.split_once('\t').expect("two columns");
            match digits.bytes().all(|c| c.is_ascii_digit()) {
                true => assert_eq!(cardinal(digits), expected, "{digits}"),
                false => assert_eq!(spell_out(digits).0, expected, "{digits}"),
            }
        }
    }

    #[test]
    fn what_follows_a_number_decides_how_it_is_said() {
        for (text, expected) in [
            ("1949年10月1日", "一九四九年十月一日"),
            ("98年，10年", "九八年，十年"),
            ("5%", "百分之五"),
            ("-5℃，36.5℃", "零下五摄氏度，三十六点五摄氏度"),
            ("1/3", "三分之一"),
            ("3-5个，5-10%", "三到五个，百分之五到百分之十"),
            ("1,234.5元", "一千二百三十四点五元"),
            ("007", "零零七"),
            ("13812345678", "一三八一二三四五六七八"),
            ("A-1 -7", "A-一 负七"),
            ("2.", "二."),
        ] {
            assert_eq!(spell_out(text).0, expected, "{text}");
        }
        let long = "9".repeat(40);
        assert_eq!(spell_out(&long).0, "九".repeat(40));
    }
}
