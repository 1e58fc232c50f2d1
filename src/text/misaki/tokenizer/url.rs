//! Which words the tokenizer leaves whole because they look like addresses on the web.
//!
//! Source: spaCy 3.8, `URL_PATTERN` of `lang/tokenizer_exceptions.py`.

/// Whether `word`, without white space, is an address: an optional scheme and user, a host with a dot in it, and an
/// optional port and path.
pub(super) fn is_url(word: &str) -> bool {
    if !word.contains('.') {
        return false;
    }
    let scheme = word.find("://").filter(|end| {
        word[..*end].chars().count() >= 2
            && word[..*end].chars().all(|c| c.is_alphanumeric() || "_+-.".contains(c))
    });
    let rests = [Some(word), scheme.map(|end| &word[end + 3..])];
    rests.into_iter().flatten().any(|rest| {
        is_host_and_path(rest)
            || rest.match_indices('@').any(|(at, _)| at > 0 && is_host_and_path(&rest[at + 1..]))
    })
}

fn is_host_and_path(rest: &str) -> bool {
    let end = rest.find(|c: char| !is_host_char(c)).unwrap_or(rest.len());
    let (host, tail) = rest.split_at(end);
    (is_domain(host) || is_address(host)) && is_tail(tail)
}

fn is_host_char(c: char) -> bool {
    c == '.' || c == '_' || c == '-' || is_label_end(c)
}

/// Whether a label of a domain may begin and end with `c`.
fn is_label_end(c: char) -> bool {
    c.is_ascii_alphanumeric() || ('\u{a1}'..='\u{ffff}').contains(&c)
}

fn is_domain(host: &str) -> bool {
    let Some((labels, top)) = host.rsplit_once('.') else { return false };
    let is_lower = |c: char| c.is_alphabetic() && !c.is_uppercase();
    (2..=63).contains(&top.chars().count())
        && top.chars().all(is_lower)
        && labels.split('.').all(|label| {
            label.starts_with(is_label_end) && label.ends_with(is_label_end) && label.chars().count() <= 64
        })
}

/// Whether `host` is a public IPv4 address.
fn is_address(host: &str) -> bool {
    let mut octets = [0_u16; 4];
    let mut parts = host.split('.');
    for octet in &mut octets {
        match parts.next().filter(|p| (1..=3).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit())) {
            Some(part) => *octet = part.parse().expect("three digits"),
            None => return false,
        }
    }
    let [a, b, _, d] = octets;
    let private = matches!((a, b), (10 | 127, _) | (169, 254) | (192, 168) | (172, 16..=31));
    parts.next().is_none()
        && (1..=223).contains(&a)
        && octets[1..].iter().all(|octet| *octet <= 255)
        && (1..=254).contains(&d)
        && !host.starts_with('0')
        && !private
}

/// Whether `tail` is a port and a path, either of which may be missing.
fn is_tail(tail: &str) -> bool {
    let path = match tail.strip_prefix(':') {
        Some(port) => {
            let path = port.trim_start_matches(|c: char| c.is_ascii_digit());
            if !(2..=5).contains(&(port.len() - path.len())) {
                return false;
            }
            path
        }
        None => tail,
    };
    path.is_empty() || path.starts_with(['/', '?', '#'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_words() {
        for url in [
            "example.com",
            "https://example.com/a?b=c",
            "www.example.co.uk:8080/x",
            "user@example.org",
            "ftp://user:word@example.org",
            "8.8.8.8",
            "end.next",
        ] {
            assert!(is_url(url), "{url}");
        }
        for word in ["example", "3.14", "U.S", "lower.Upper", "10.0.0.1", "a..b", "e.g", "x.y/", ".com", "@"]
        {
            assert!(!is_url(word), "{word}");
        }
    }
}
