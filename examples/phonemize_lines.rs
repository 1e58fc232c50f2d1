//! Reads lines from standard input and prints each one's phonemes by espeak-ng: what tools/compare_espeak.py compares.
//!
//! `cargo run --example phonemize_lines -- es < sentences.txt`

use std::io::{self, BufRead, Write};

use kokoro_gguf::text::{Espeak, Language, Phonemizer};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let language: Language = std::env::args().nth(1).unwrap_or_default().parse()?;
    let espeak = Espeak::new()?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        writeln!(out, "{}", espeak.phonemize(&line?, language)?)?;
    }
    Ok(())
}
