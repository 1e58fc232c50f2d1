//! `kokoro-gguf inspect MODEL`: what a GGUF file holds.

use std::io::{self, Write};
use std::path::Path;

use kokoro_gguf::Error;
use kokoro_gguf::gguf::{self, GgufFile};

use super::args::InspectArgs;
use super::output::printable;
use super::summary::Summary;
use super::{Failure, output};

/// Prints the report.
pub fn run(args: InspectArgs) -> Result<(), Failure> {
    let summary = load(&args.model, args.no_mmap)?;
    if args.json { output::print_json(&summary) } else { output::print(|out| report(out, &summary)) }
}

fn load(path: &Path, no_mmap: bool) -> Result<Summary, Error> {
    let (action, bytes) = if no_mmap { ("read", gguf::read(path)) } else { ("open", gguf::map(path)) };
    let bytes = bytes.map_err(|source| Error::Io { action, path: path.to_path_buf(), source })?;
    let file_bytes = bytes.len() as u64;
    let file = GgufFile::parse(bytes).map_err(|source| Error::Gguf { path: path.to_path_buf(), source })?;
    Ok(Summary::of(path, file_bytes, &file))
}

fn report(out: &mut dyn Write, summary: &Summary) -> io::Result<()> {
    let architecture = summary.architecture.as_deref();
    writeln!(out, "File          {}", printable(&summary.path))?;
    writeln!(
        out,
        "Format        GGUF version {}, {} bytes",
        summary.gguf_version,
        grouped(summary.file_bytes)
    )?;
    match architecture {
        Some("kokoro") => writeln!(out, "Architecture  kokoro")?,
        Some(other) => {
            writeln!(out, "Architecture  {} (this program speaks with kokoro only)", printable(other))?;
        }
        None => writeln!(out, "Architecture  not told (no general.architecture)")?,
    }
    if let Some(phonemizer) = summary.phonemizer {
        writeln!(out, "Phonemizer    {phonemizer}")?;
    }
    if !summary.voices.is_empty() {
        writeln!(out, "Voices        {}: {}", summary.voices.len(), printable(&summary.voices.join(" ")))?;
    }
    let (elements, bytes) = (grouped(summary.elements), grouped(summary.tensor_bytes));
    writeln!(out, "Tensors       {}, {elements} elements, {bytes} bytes", summary.tensor_count)?;

    if !summary.sizes.is_empty() {
        writeln!(out, "\nSizes")?;
    }
    let width = summary.sizes.keys().map(String::len).max().unwrap_or(0);
    for (name, value) in &summary.sizes {
        writeln!(out, "  {:width$}  {value}", printable(name))?;
    }
    families(out, summary)?;
    metadata(out, summary)
}

fn families(out: &mut dyn Write, summary: &Summary) -> io::Result<()> {
    let width = summary.families.iter().map(|family| family.name.chars().count()).max().unwrap_or(0).max(6);
    writeln!(
        out,
        "\n  {:width$}  {:5}  {:>7}  {:>13}  {:>13}",
        "FAMILY", "TYPE", "TENSORS", "ELEMENTS", "BYTES"
    )?;
    for family in &summary.families {
        for total in &family.types {
            writeln!(
                out,
                "  {:width$}  {:5}  {:>7}  {:>13}  {:>13}",
                printable(&family.name),
                total.type_name,
                total.tensors,
                grouped(total.elements),
                grouped(total.bytes)
            )?;
        }
    }
    Ok(())
}

fn metadata(out: &mut dyn Write, summary: &Summary) -> io::Result<()> {
    writeln!(out, "\nMetadata ({} keys)", summary.metadata.len())?;
    let width = summary.metadata.iter().map(|pair| pair.key.chars().count()).max().unwrap_or(0);
    for pair in &summary.metadata {
        writeln!(out, "  {:width$}  {:13}  {}", printable(&pair.key), pair.type_name, pair.shown)?;
    }
    Ok(())
}

/// `1234567` as `1,234,567`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        for (number, expected) in
            [(0, "0"), (999, "999"), (1000, "1,000"), (27_233_376, "27,233,376"), (100_000, "100,000")]
        {
            assert_eq!(grouped(number), expected);
        }
    }
}
