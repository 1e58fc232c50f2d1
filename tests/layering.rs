//! Imports point down only: every `crate::` path in `src` is checked against the layers.

use std::fs;
use std::path::{Path, PathBuf};

/// Modules, and what each may name besides itself. `kokoro_kernels` is the member crate below all of them.
const LAYERS: [(&str, &[&str]); 13] = [
    ("error_kind", &[]),
    ("gguf", &["error_kind"]),
    ("text", &["error_kind"]),
    ("audio", &["error_kind"]),
    ("error", &["kokoro_kernels", "error_kind", "gguf", "text", "audio"]),
    ("threads", &[]),
    // The file's own words for types and bytes are gguf's, a leaf.
    ("tensor", &["kokoro_kernels", "gguf"]),
    ("ops", &["kokoro_kernels", "threads", "tensor"]),
    ("voice", &["gguf", "tensor", "error", "error_kind"]),
    ("model", &["kokoro_kernels", "threads", "gguf", "tensor", "ops", "voice", "error", "error_kind"]),
    ("synth", &["model", "text", "voice", "audio", "gguf", "error", "error_kind"]),
    ("cli", &["synth", "voice", "model", "tensor", "text", "audio", "gguf", "error", "error_kind"]),
    ("kokoro_kernels", &[]),
];

/// Names that lib.rs re-exports, and the module each is of.
const RE_EXPORTS: [(&str, &str); 6] = [
    ("Error", "error"),
    ("Result", "error"),
    ("ErrorKind", "error_kind"),
    ("Model", "model"),
    ("Chunk", "synth"),
    ("Synthesizer", "synth"),
];

/// They join the layers, so they may name all of them.
const EXEMPT: [&str; 2] = ["lib.rs", "main.rs"];

/// A path from a crate's root, such as `crate::model` on line 3.
#[derive(Debug, PartialEq)]
struct Import {
    line: usize,
    module: String,
}

#[test]
fn imports_point_down_only() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    assert!(files.len() > 10, "only {} files found in {}", files.len(), src.display());
    let mut broken = Vec::new();
    for file in files {
        let inside = file.strip_prefix(&src).expect("found below src");
        if EXEMPT.iter().any(|exempt| inside == Path::new(exempt)) {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        broken.extend(violations(inside, &text));
    }
    assert!(broken.is_empty(), "imports that do not point down:\n{}", broken.join("\n"));
}

#[test]
fn upward_imports_are_found() {
    let cases = [
        ("gguf/file.rs", "use crate::model::Model;", 1),
        ("gguf/file.rs", "use crate::error_kind::ErrorKind;", 0),
        ("gguf/file.rs", "use super::{reader::Reader, value};", 0),
        ("gguf/mod.rs", "\nuse super::model;", 1),
        ("gguf/mod.rs", "mod tests {\n    use super::*;\n    use super::super::model;\n}", 1),
        ("gguf/file.rs", "mod tests {\n    use super::super::model;\n}", 0), // gguf::model
        ("gguf/file.rs", "use super::super::model;", 1),
        ("tensor.rs", "use crate::{gguf::SharedBytes, Model};", 1),
        ("tensor.rs", "use crate::{\n    gguf,\n    ops::{linear, lstm},\n};", 1),
        ("ops/lstm.rs", "fn f() { crate::synth::run(); let x = \"crate::cli\"; }", 1),
        ("ops/lstm.rs", "// crate::synth\n/// [`crate::Model`]\n/* crate::cli */ fn f() {}", 0),
        ("ops/lstm.rs", "pub(crate) fn f() -> kokoro_kernels::Isa {}", 0),
        ("audio/wav.rs", "use kokoro_kernels::Isa;", 1),
        ("cli/synth.rs", "use kokoro_gguf::{Model, synth::Script};", 0),
        ("cli/synth.rs", "use kokoro_gguf::ops::lstm;", 1),
        ("synth/mod.rs", "use crate::{Model, Result};", 0),
        ("synth/mod.rs", "const C: char = '{'; use crate::cli;", 1),
        ("unheard_of.rs", "use crate::model;", 1),
    ];
    for (file, text, expected) in cases {
        let found = violations(Path::new(file), text);
        assert_eq!(found.len(), expected, "{file}: {text:?}: {found:?}");
    }
    let found = violations(Path::new("gguf/mod.rs"), "\n\nuse crate::ops;");
    assert_eq!(found, ["src/gguf/mod.rs:3: gguf names ops; it may name error_kind only"]);
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    for entry in entries {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// What in `text`, the content of `src/file`, breaks the rule.
fn violations(file: &Path, text: &str) -> Vec<String> {
    let mut path: Vec<String> =
        file.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if path.last().is_some_and(|last| last == "mod") {
        path.pop();
    }
    let own = path[0].as_str();
    let Some((_, allowed)) = LAYERS.iter().find(|(module, _)| *module == own) else {
        return vec![format!("src/{}: no layer is given for {own} in tests/layering.rs", file.display())];
    };
    let wrong = imports(text, path.len()).into_iter().filter_map(|Import { line, module }| {
        let home =
            RE_EXPORTS.iter().find(|(name, _)| *name == module).map_or(module.as_str(), |(_, home)| home);
        let may = match *allowed {
            [] => "nothing".to_owned(),
            allowed => allowed.join(", "),
        };
        (home != own && !allowed.contains(&home))
            .then(|| format!("src/{}:{line}: {own} names {home}; it may name {may} only", file.display()))
    });
    wrong.collect()
}

/// Every module that `text` names from the root of the crate, or as `kokoro_kernels`. `depth` is the number of
/// modules around the file: 1 for `gguf/mod.rs`, 2 for `gguf/file.rs`.
fn imports(text: &str, depth: usize) -> Vec<Import> {
    let tokens = tokens(text);
    let word = |at: usize| tokens.get(at).map_or("", |(_, token)| token.as_str());
    let mut found = Vec::new();
    // Braces that are open, and whether each belongs to an inline module.
    let mut braces: Vec<bool> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let start = at;
        match word(at) {
            "{" => braces.push(start >= 2 && word(start - 2) == "mod"),
            "}" => drop(braces.pop()),
            "kokoro_kernels" => {
                found.push(Import { line: tokens[at].0, module: "kokoro_kernels".to_owned() })
            }
            "crate" | "kokoro_gguf" if word(at + 1) == "::" => {
                at += 2;
                found.extend(names(&tokens, &mut at));
                continue;
            }
            "super" if word(at + 1) == "::" => {
                let mut climbed = 0;
                while word(at) == "super" && word(at + 1) == "::" {
                    climbed += 1;
                    at += 2;
                }
                let modules = depth + braces.iter().filter(|inline| **inline).count();
                if climbed >= modules {
                    found.extend(names(&tokens, &mut at));
                }
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// The first names of the paths at `at`: one, or those of a group in braces. Leaves `at` behind them, so that what
/// is nested in a group is skipped.
fn names(tokens: &[(usize, String)], at: &mut usize) -> Vec<Import> {
    let import = |(line, name): &(usize, String)| Import { line: *line, module: name.clone() };
    let Some(first) = tokens.get(*at) else { return Vec::new() };
    *at += 1;
    if first.1 != "{" {
        return vec![import(first)];
    }
    let (mut found, mut open, mut expected) = (Vec::new(), 1, true);
    while let Some(token) = tokens.get(*at).filter(|_| open > 0) {
        *at += 1;
        match token.1.as_str() {
            "{" => open += 1,
            "}" => open -= 1,
            "," if open == 1 => expected = true,
            _ if expected => {
                found.push(import(token));
                expected = false;
            }
            _ => {}
        }
    }
    found
}

/// Words, `::` and single signs with their lines, without comments, strings and characters.
fn tokens(text: &str) -> Vec<(usize, String)> {
    let chars: Vec<char> = text.chars().collect();
    let starts = |at: usize, what: &str| what.chars().enumerate().all(|(i, c)| chars.get(at + i) == Some(&c));
    let is_word = |c: &char| c.is_alphanumeric() || *c == '_';
    let (mut tokens, mut line, mut at) = (Vec::new(), 1, 0);
    while at < chars.len() {
        let start = at;
        if starts(at, "//") {
            while at < chars.len() && chars[at] != '\n' {
                at += 1;
            }
        } else if starts(at, "/*") {
            let mut open = 0;
            while at < chars.len() {
                let step = if starts(at, "/*") {
                    1
                } else if starts(at, "*/") {
                    -1
                } else {
                    0
                };
                open += step;
                at += if step == 0 { 1 } else { 2 };
                if open == 0 {
                    break;
                }
            }
        } else if let Some(end) = literal_end(&chars, at) {
            at = end;
        } else if is_word(&chars[at]) {
            while chars.get(at).is_some_and(is_word) {
                at += 1;
            }
            tokens.push((line, chars[start..at].iter().collect()));
        } else {
            at += if starts(at, "::") { 2 } else { 1 };
            if !chars[start].is_whitespace() {
                tokens.push((line, chars[start..at].iter().collect()));
            }
        }
        line += chars[start..at].iter().filter(|c| **c == '\n').count();
    }
    tokens
}

/// Behind the string or character that begins at `at`, if one does.
fn literal_end(chars: &[char], at: usize) -> Option<usize> {
    let get = |at: usize| chars.get(at).copied().unwrap_or('\0');
    let inside_word = at > 0 && (get(at - 1).is_alphanumeric() || get(at - 1) == '_');
    if !inside_word && (get(at) == 'r' || (get(at) == 'b' && get(at + 1) == 'r')) {
        let mut quote = at + if get(at) == 'b' { 2 } else { 1 };
        let first_hash = quote;
        while get(quote) == '#' {
            quote += 1;
        }
        let hashes = quote - first_hash;
        if get(quote) == '"' {
            let closes = |end: usize| get(end) == '"' && (1..=hashes).all(|i| get(end + i) == '#');
            let end = (quote + 1..chars.len()).find(|&end| closes(end)).unwrap_or(chars.len());
            return Some((end + 1 + hashes).min(chars.len()));
        }
    }
    let quote = get(at);
    // `'a'` and `'\n'` are characters, `'a` is a lifetime.
    if quote == '"' || (quote == '\'' && (get(at + 1) == '\\' || get(at + 2) == '\'')) {
        let mut end = at + 1;
        while end < chars.len() && chars[end] != quote {
            end += if chars[end] == '\\' { 2 } else { 1 };
        }
        return Some((end + 1).min(chars.len()));
    }
    None
}
