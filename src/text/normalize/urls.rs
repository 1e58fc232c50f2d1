//! Addresses: of pages, mail, computers, files and people.

use super::Classes;
use super::english::words;
use super::scan::{Edits, Scan, Spoken, counted};
use crate::text::Language;

/// The longest address read as one.
const LONGEST: usize = 2048;

const SCHEMES: [&str; 12] =
    ["https", "http", "ftp", "ftps", "sftp", "ssh", "git", "ws", "wss", "file", "rtsp", "ipfs"];

/// Ends of names of computers that are hardly the beginning of a sentence after a missing space.
const DOMAINS: &[&str] = &[
    "com",
    "org",
    "net",
    "edu",
    "gov",
    "mil",
    "info",
    "biz",
    "io",
    "dev",
    "app",
    "ai",
    "co",
    "uk",
    "de",
    "fr",
    "br",
    "jp",
    "cn",
    "ru",
    "ch",
    "nl",
    "eu",
    "tv",
    "xyz",
    "tech",
    "online",
    "site",
    "blog",
    "cloud",
    "gg",
    "ly",
    "fm",
    "gl",
    "rs",
    "sh",
    "au",
    "nz",
    "ca",
    "kr",
    "tw",
    "hk",
    "sg",
    "pl",
    "se",
    "dk",
    "fi",
    "cz",
    "mx",
    "ar",
    "cl",
    "pt",
    "es",
    "local",
    "localhost",
];

/// Those that are words in one of the languages, taken only before a path or behind two other parts.
const WEAK_DOMAINS: &[&str] = &["it", "in", "me", "us", "is", "so", "to", "at", "be", "by", "no", "la", "id"];

const EXTENSIONS: &[&str] = &[
    "txt", "md", "pdf", "py", "rs", "js", "mjs", "ts", "tsx", "jsx", "json", "toml", "yaml", "yml", "html",
    "htm", "css", "csv", "tsv", "png", "jpg", "jpeg", "gif", "svg", "webp", "mp3", "mp4", "mkv", "wav",
    "ogg", "flac", "zip", "tar", "gz", "xz", "exe", "dll", "so", "sh", "bat", "c", "h", "cpp", "hpp", "java",
    "go", "rb", "php", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "xml", "log", "ini", "cfg", "conf",
    "gguf", "onnx", "bin", "iso", "deb", "rpm", "lock", "db", "sql", "ipynb", "tex", "srt", "vtt", "env",
];

/// Parts of addresses that are said letter by letter in English.
const SPELLED: &[&str] = &[
    "www", "http", "https", "ftp", "html", "htm", "php", "js", "css", "xml", "svg", "png", "jpg", "pdf",
    "csv", "tsv", "sql", "md", "py", "rs", "ts", "gz", "txt", "exe", "dll", "uk", "io", "de", "ai", "tv",
    "us", "ca", "eu", "fr", "br", "jp", "cn", "ru", "ch", "nl", "gg", "fm", "api", "ssh", "url", "id", "mp",
    "cpp", "db", "cfg", "faq", "rss", "cdn", "ip", "sh",
];

/// What signs are called: dot, slash, hyphen, underscore, at, colon, question mark, equals, and, hash, percent, tilde,
/// plus.
struct Names([&'static str; 13]);

fn names(language: Language) -> Option<Names> {
    Some(Names(match language {
        Language::AmericanEnglish | Language::BritishEnglish => [
            "dot",
            "slash",
            "dash",
            "underscore",
            "at",
            "colon",
            "question mark",
            "equals",
            "and",
            "hash",
            "percent",
            "tilde",
            "plus",
        ],
        Language::Spanish => [
            "punto",
            "barra",
            "guion",
            "guion bajo",
            "arroba",
            "dos puntos",
            "interrogación",
            "igual",
            "y",
            "almohadilla",
            "por ciento",
            "tilde",
            "más",
        ],
        Language::French => [
            "point",
            "slash",
            "tiret",
            "tiret bas",
            "arobase",
            "deux-points",
            "point d'interrogation",
            "égal",
            "et",
            "dièse",
            "pour cent",
            "tilde",
            "plus",
        ],
        Language::Italian => [
            "punto",
            "barra",
            "trattino",
            "trattino basso",
            "chiocciola",
            "due punti",
            "punto interrogativo",
            "uguale",
            "e",
            "cancelletto",
            "per cento",
            "tilde",
            "più",
        ],
        Language::BrazilianPortuguese => [
            "ponto",
            "barra",
            "hífen",
            "sublinhado",
            "arroba",
            "dois pontos",
            "interrogação",
            "igual",
            "e",
            "cerquilha",
            "por cento",
            "til",
            "mais",
        ],
        Language::Hindi => [
            "डॉट",
            "स्लैश",
            "डैश",
            "अंडरस्कोर",
            "ऐट",
            "कोलन",
            "प्रश्न चिह्न",
            "बराबर",
            "और",
            "हैश",
            "प्रतिशत",
            "टिल्ड",
            "प्लस",
        ],
        _ => return None,
    }))
}

/// Looks at each stretch between spaces once.
#[derive(Debug, Default)]
pub(super) struct Urls {
    /// Up to where stretches have been looked at.
    seen: usize,
    /// What was found there, and where it begins: marks before it are other rules' to read.
    found: Option<(usize, Edits)>,
}

impl Urls {
    pub(super) fn rule(&mut self, scan: &Scan<'_>, at: usize, c: char) -> Option<Edits> {
        if at >= self.seen {
            self.found = self.find(scan, at, c);
        }
        match self.found.take_if(|(start, _)| *start <= at)? {
            (start, edits) if start == at => Some(edits),
            // Another rule has gone over it.
            _ => None,
        }
    }

    /// An address in the stretch that begins at `at`, and where it begins itself.
    fn find(&mut self, scan: &Scan<'_>, at: usize, c: char) -> Option<(usize, Edits)> {
        if at < self.seen || c.is_whitespace() || !(scan.has(Classes::URLS) || scan.has(Classes::EMAILS)) {
            return None;
        }
        let rest = scan.rest(at);
        let len = rest.find(char::is_whitespace).unwrap_or(rest.len());
        self.seen = at + len;
        if len > LONGEST {
            return None;
        }
        let names = names(scan.language)?;
        let chunk = counted(&rest[..len]);
        // Two addresses in angle brackets or a link's parts do not belong together.
        let opened = chunk.trim_start_matches(['(', '[', '{', '<', '"', '\'', '“', '‘', '«', '*', '_', '`']);
        let mut start = at + (len - opened.len());
        let stop = opened.find(['<', '>', '"', '“', '”', '«', '»', '|', '`']).unwrap_or(opened.len());
        let mut core =
            opened[..stop].trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '’', '*', '…', '_']);
        // A closing bracket belongs to the address if its opening one does.
        while let Some(inner) = core.strip_suffix([')', ']', '}']) {
            if core.ends_with(')') && inner.contains('(') && !inner.contains("](") {
                break;
            }
            core = inner.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '’', '*']);
        }
        if let Some(link) = core.find("](") {
            core = &core[..link];
        }
        // "see:https://…"
        if let Some(scheme) = core.find("://") {
            let letters = core[..scheme].bytes().rev().take_while(u8::is_ascii_alphabetic).count();
            start += scheme - letters;
            core = &core[scheme - letters..];
        }
        let spoken = if is_email(core) {
            scan.has(Classes::EMAILS)
                .then(|| read(core.strip_prefix("mailto:").unwrap_or(core), scan, &names))?
        } else {
            let address = scan.has(Classes::URLS).then(|| address(core))??;
            // "Section 2.4.3.5"
            let is_part = ["section", "version", "release", "chapter", "step", "rule", "clause"]
                .iter()
                .any(|part| scan.word_before(at).eq_ignore_ascii_case(part));
            if is_part && is_internet_address(core) {
                return None;
            }
            match address {
                Address::Handle(name) => prefixed(names.0[4], name, scan, &names),
                Address::Topic(name) => {
                    let mut spoken =
                        Spoken::from(if scan.language.is_english() { "hashtag" } else { names.0[9] });
                    spoken.word(&name.replace('_', " "));
                    spoken
                }
                Address::Plain(address) => read(address, scan, &names),
            }
        };
        let end = start + core.len();
        let bracketed = scan.text[at..start].ends_with('<') && scan.rest(end).starts_with('>');
        Some(match bracketed && scan.has(Classes::MARKDOWN) {
            true => (start - 1, Edits::put(start, "").then(end, spoken).then(end + 1, "")),
            false => (start, Edits::put(end, spoken)),
        })
    }
}

fn prefixed(word: &str, name: &str, scan: &Scan<'_>, names: &Names) -> Spoken {
    let mut spoken = Spoken::from(word);
    read_into(&mut spoken, name, scan, names);
    spoken
}

fn is_email(text: &str) -> bool {
    let text = text.strip_prefix("mailto:").unwrap_or(text);
    let Some((local, domain)) = text.split_once('@') else { return false };
    let is_name = |c: char| c.is_ascii_alphanumeric() || "._%+-".contains(c);
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    !local.is_empty()
        && local.chars().all(is_name)
        && domain.contains('.')
        && domain.split('.').all(is_label)
        && domain
            .rsplit('.')
            .next()
            .is_some_and(|top| top.len() >= 2 && top.bytes().all(|b| b.is_ascii_alphabetic()))
}

enum Address<'a> {
    Plain(&'a str),
    Handle(&'a str),
    Topic(&'a str),
}

fn address(text: &str) -> Option<Address<'_>> {
    if let Some((scheme, rest)) = text.split_once("://") {
        let known = SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known));
        return (known && !rest.is_empty()).then(|| Address::Plain(rest.trim_end_matches('/')));
    }
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    if let Some(name) = text.strip_prefix('@') {
        let fits = name.len() <= 64
            && name.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && name.chars().all(|c| is_word(c) || c == '.');
        return fits.then_some(Address::Handle(name));
    }
    if let Some(name) = text.strip_prefix('#') {
        let fits = name.starts_with(char::is_alphabetic) && name.chars().all(is_word);
        return fits.then_some(Address::Topic(name));
    }
    if !text.is_ascii() || !text.contains(['.', '/', '\\']) {
        return None;
    }
    if is_path(text) || is_internet_address(text) || is_domain(text) || is_file(text) {
        return Some(Address::Plain(text.trim_end_matches('/')));
    }
    None
}

/// `/usr/bin`, `~/notes`, `./run`, `C:\Users`
fn is_path(text: &str) -> bool {
    let bytes = text.as_bytes();
    if let [drive, b':', b'\\', ..] = bytes
        && drive.is_ascii_alphabetic()
    {
        return true;
    }
    let is_part = |part: &str| part.chars().all(|c| c.is_ascii_alphanumeric() || "._-+@".contains(c));
    let relative = ["~/", "./", "../"].iter().any(|start| text.starts_with(start));
    let Some(rest) = text.strip_prefix('/').or_else(|| text.strip_prefix("~/").filter(|_| relative)) else {
        return relative && text.split('/').all(is_part) && text.contains(|c: char| c.is_ascii_alphabetic());
    };
    let parts = rest.trim_end_matches('/').split('/').filter(|part| !part.is_empty()).count();
    parts >= if relative { 1 } else { 2 }
        && rest.split('/').all(is_part)
        && rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '.')
}

/// `192.168.1.1`, with a port or the length of a prefix.
fn is_internet_address(text: &str) -> bool {
    let (host, port) = text.split_once([':', '/']).unwrap_or((text, "0"));
    let parts = host.split('.');
    parts.clone().count() == 4
        && parts.clone().all(|part| part.len() <= 3 && part.parse::<u8>().is_ok())
        && port.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_domain(text: &str) -> bool {
    let (host, path) = text.split_at(text.find(['/', '?', '#', ':']).unwrap_or(text.len()));
    if path.starts_with(':') && !path[1..].starts_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let labels: Vec<&str> = host.split('.').take(12).collect();
    let Some((&top, names)) = labels.split_last().filter(|(_, names)| !names.is_empty()) else {
        return false;
    };
    let is_label = |label: &&str| {
        !label.is_empty()
            && !label.starts_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let weak = WEAK_DOMAINS.contains(&top) && (path.len() > 1 || names.len() >= 2);
    // "p.es." is an abbreviation.
    let initials = top.len() == 2 && path.is_empty() && names.iter().all(|name| name.len() == 1);
    // "3.in" is the end of a sentence; names have letters.
    !initials
        && names.iter().all(is_label)
        && names.iter().any(|name| name.bytes().any(|byte| byte.is_ascii_alphabetic()))
        && (DOMAINS.contains(&top) || weak || text.starts_with("www."))
}

/// `README.md`, `src/main.rs`
fn is_file(text: &str) -> bool {
    let Some((name, extension)) = text.rsplit_once('.') else { return false };
    // "The end.So" is no file, "README.MD" is.
    let shouted = name.bytes().all(|byte| !byte.is_ascii_lowercase()) && name.len() > 1;
    EXTENSIONS.contains(&extension.to_ascii_lowercase().as_str())
        && (shouted || extension.bytes().all(|byte| !byte.is_ascii_uppercase()))
        && !name.is_empty()
        && !name.ends_with('/')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-/".contains(&byte))
        && name.bytes().any(|byte| byte.is_ascii_alphabetic())
        // "word.So", "the end.go": only extensions that are no words stand behind anything.
        && !(extension.len() == 1 && name.contains('.'))
}

/// An address in words.
fn read(address: &str, scan: &Scan<'_>, names: &Names) -> Spoken {
    let mut spoken = Spoken::default();
    read_into(&mut spoken, address, scan, names);
    spoken
}

fn read_into(spoken: &mut Spoken, address: &str, scan: &Scan<'_>, names: &Names) {
    let mut rest = address;
    while let Some(c) = rest.chars().next() {
        let class = |c: char| (c.is_alphabetic(), c.is_ascii_digit());
        let len = match class(c) {
            (false, false) => c.len_utf8(),
            kind => rest.find(|c| class(c) != kind).unwrap_or(rest.len()),
        };
        let (part, after) = rest.split_at(len);
        rest = after;
        match c {
            _ if c.is_alphabetic() => letters(spoken, part, scan),
            _ if c.is_ascii_digit() => digits(spoken, part, scan.language),
            '.' => spoken.word(names.0[0]),
            '/' | '\\' => spoken.word(names.0[1]),
            '-' => spoken.word(names.0[2]),
            '_' => spoken.word(names.0[3]),
            '@' => spoken.word(names.0[4]),
            ':' => spoken.word(names.0[5]),
            '?' => spoken.word(names.0[6]),
            '=' => spoken.word(names.0[7]),
            '&' => spoken.word(names.0[8]),
            '#' => spoken.word(names.0[9]),
            '%' => spoken.word(names.0[10]),
            '~' => spoken.word(names.0[11]),
            '+' => spoken.word(names.0[12]),
            _ => {}
        }
    }
}

fn letters(spoken: &mut Spoken, part: &str, scan: &Scan<'_>) {
    let lower = part.to_ascii_lowercase();
    if !scan.language.is_english() {
        let is_www = lower == "www";
        return if is_www { (0..3).for_each(|_| spoken.word("w")) } else { spoken.word(part) };
    }
    if part.len() == 1 || SPELLED.contains(&lower.as_str()) {
        let letters = part.to_ascii_uppercase();
        let phonemes = words::spelled(&letters, scan.british());
        spoken.word_read(&letters, phonemes);
    } else {
        spoken.word(part);
    }
}

fn digits(spoken: &mut Spoken, part: &str, language: Language) {
    let is_year = part.len() == 4 && (part.starts_with("19") || part.starts_with("20"));
    if !language.is_english() {
        if part.len() <= 2 || is_year {
            return spoken.word(part);
        }
        return part.split_inclusive(|_| true).for_each(|digit| spoken.word(digit));
    }
    match part.parse::<u64>() {
        Ok(value) if is_year => spoken.word(&words::year(value)),
        Ok(value) if part.len() <= 2 && !part.starts_with('0') => spoken.word(&words::cardinal(value)),
        _ => spoken.word(&words::digits(part, "zero")),
    }
}
