//! Writes GGUF version 3 files front to back, in the order of TTS.cpp's writers.
//!
//! Source: the GGUF specification (docs/gguf.md in ggml-org/ggml).

use std::io::{self, Write};

use kokoro_gguf::gguf::GgmlType;
use kokoro_kernels::WeightType;

/// Multiple that every tensor's bytes begin at: the format's default.
pub const ALIGNMENT: usize = 32;

const VERSION: u32 = 3;

/// A metadata value; Kokoro files hold no other kinds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A 32-bit unsigned integer.
    U32(u32),
    /// A string.
    String(String),
    /// An array of strings.
    Strings(Vec<String>),
}

/// A tensor's place in the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The name.
    pub name: String,
    /// Lengths of the axes, fastest first.
    pub ne: Vec<u64>,
    /// The storage type.
    pub kind: WeightType,
}

impl Entry {
    /// Bytes of the tensor, without padding.
    ///
    /// # Panics
    /// If a row is no whole number of blocks.
    pub fn n_bytes(&self) -> usize {
        let rows: u64 = self.ne[1..].iter().product();
        rows as usize * self.kind.row_bytes(self.ne[0] as usize)
    }
}

/// A file in progress: the header is written, and tensors follow in the directory's order.
#[derive(Debug)]
pub struct GgufWriter<'a, W> {
    out: W,
    left: &'a [Entry],
    written: u64,
}

impl<'a, W: Write> GgufWriter<'a, W> {
    /// Writes the header of a file with these pairs and tensors.
    ///
    /// # Errors
    /// What `out` answers.
    pub fn start(mut out: W, pairs: &[(String, Value)], entries: &'a [Entry]) -> io::Result<Self> {
        let header = header(pairs, entries);
        out.write_all(&header)?;
        Ok(Self { out, left: entries, written: header.len() as u64 })
    }

    /// Writes the next tensor and its padding.
    ///
    /// # Errors
    /// What the output answers.
    ///
    /// # Panics
    /// If all tensors are written, or this one has another size than its entry.
    pub fn tensor(&mut self, bytes: &[u8]) -> io::Result<()> {
        let (entry, left) = self.left.split_first().expect("more tensors than entries");
        assert_eq!(bytes.len(), entry.n_bytes(), "{}: bytes", entry.name);
        self.out.write_all(bytes)?;
        self.out.write_all(&[0; ALIGNMENT][..padding(bytes.len())])?;
        self.written += (bytes.len() + padding(bytes.len())) as u64;
        self.left = left;
        Ok(())
    }

    /// The output, and how many bytes it got.
    ///
    /// # Panics
    /// If a tensor is missing.
    pub fn finish(self) -> (W, u64) {
        assert!(self.left.is_empty(), "{} tensors are not written", self.left.len());
        (self.out, self.written)
    }
}

fn padding(len: usize) -> usize {
    len.next_multiple_of(ALIGNMENT) - len
}

fn header(pairs: &[(String, Value)], entries: &[Entry]) -> Vec<u8> {
    let mut out = b"GGUF".to_vec();
    out.extend(VERSION.to_le_bytes());
    out.extend((entries.len() as u64).to_le_bytes());
    out.extend((pairs.len() as u64).to_le_bytes());
    for (key, value) in pairs {
        string(&mut out, key);
        match value {
            Value::U32(v) => {
                out.extend(4u32.to_le_bytes());
                out.extend(v.to_le_bytes());
            }
            Value::String(v) => {
                out.extend(8u32.to_le_bytes());
                string(&mut out, v);
            }
            Value::Strings(v) => {
                out.extend(9u32.to_le_bytes());
                out.extend(8u32.to_le_bytes());
                out.extend((v.len() as u64).to_le_bytes());
                v.iter().for_each(|v| string(&mut out, v));
            }
        }
    }
    let mut offset = 0u64;
    for entry in entries {
        string(&mut out, &entry.name);
        out.extend((entry.ne.len() as u32).to_le_bytes());
        entry.ne.iter().for_each(|n| out.extend(n.to_le_bytes()));
        out.extend(ggml_type(entry.kind).code().to_le_bytes());
        out.extend(offset.to_le_bytes());
        offset += entry.n_bytes().next_multiple_of(ALIGNMENT) as u64;
    }
    out.resize(out.len() + padding(out.len()), 0);
    out
}

fn string(out: &mut Vec<u8>, text: &str) {
    out.extend((text.len() as u64).to_le_bytes());
    out.extend(text.as_bytes());
}

/// The file's word for a type of the kernels.
pub fn ggml_type(kind: WeightType) -> GgmlType {
    GgmlType::ALL.into_iter().find(|t| t.name() == kind.name()).expect("the kernels' types are the files'")
}
