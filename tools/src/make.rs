//! Makes a model: draws it, fits it by running it, and writes it.

use std::fs::{self, Permissions};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use kokoro_gguf::model::{ModelOptions, Precision};
use kokoro_kernels::WeightType;
use kokoro_kernels::quantize::quantize_row;
use rayon::prelude::*;
use tempfile::NamedTempFile;

use crate::ToolError;
use crate::calibrate::{self, Behaviour, Fitted};
use crate::draws::Draws;
use crate::gguf_writer::{Entry, GgufWriter};
use crate::layout::{Fill, Tensor, tensors};
use crate::preset::Preset;
use crate::published::type_of;
use crate::{metadata, voices};

/// What to make.
#[derive(Debug, Clone)]
pub struct Request {
    /// The sizes.
    pub preset: Preset,
    /// The file's type.
    pub kind: WeightType,
    /// Everything drawn depends on it, and nothing else does.
    pub seed: u64,
    /// How many of the published voices the file has, 1 to 50.
    pub voices: usize,
    /// A folder of raw voice packs to take them from; without it they are drawn.
    pub voice_folder: Option<PathBuf>,
}

/// What was made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Report {
    /// Tensors in the file.
    pub tensors: usize,
    /// Its size.
    pub bytes: u64,
    /// How it speaks, as F32.
    pub behaviour: Behaviour,
}

/// Elements that are drawn before they are written: 64 MB of floats, and the largest tensor is 12.
const WINDOW_ELEMENTS: u64 = 1 << 24;

/// Makes the model and lets it appear at `out` when it is complete.
///
/// Files of one preset and seed hold the same weights, each in its type.
///
/// # Errors
/// [`ToolError::IsFolder`], [`ToolError::NotAFile`] and [`ToolError::Io`] for the place, [`ToolError::VoiceSize`] and
/// [`ToolError::VoiceValue`] for a voice pack, [`ToolError::Model`] if what was drawn does not speak.
///
/// # Panics
/// If `request.voices` is not 1 to 50.
pub fn make(request: &Request, out: &Path) -> Result<Report, ToolError> {
    let Request { preset, kind, seed, voices: count, .. } = *request;
    let names: Vec<String> = voices::PUBLISHED[..count].iter().map(|&name| name.to_owned()).collect();
    assert!(!names.is_empty(), "make: a model without voices");
    let io = |action, source| ToolError::Io { action, path: out.to_owned(), source };
    // Before the work: the place may be none.
    let mut file = beside(out)?;
    let draws = Draws::new(seed);
    let packs = names
        .iter()
        .map(|name| match &request.voice_folder {
            None => Ok(voices::drawn(draws, name)),
            Some(folder) => voices::read(folder, name),
        })
        .collect::<Result<Vec<_>, _>>()?;

    let list = tensors(&preset, &names);
    let raw = beside(out)?;
    let drawn = Contents { preset: &preset, tensors: &list, names: &names, packs: &packs, draws };
    drawn.write(raw.as_file(), WeightType::F32, &Fitted::default()).map_err(|e| io("write", e))?;
    let (fitted, behaviour) = {
        // Not what this processor likes best, so that the file depends less on where it is made.
        let mut options = ModelOptions::default();
        options.precision = Precision::F32;
        let model = options.open(raw.path())?;
        let usual = names.iter().position(|name| name == model.default_voice()).unwrap_or_default();
        let (before, from) = packs.split_at(usual);
        calibrate::fit(&model, draws, &list, &[from, before].concat())?
    };
    raw.close().map_err(|e| io("remove the scratch file beside", e))?;

    let bytes = drawn.write(file.as_file_mut(), kind, &fitted).map_err(|e| io("write", e))?;
    // Some file systems report a full disk no earlier than here.
    file.as_file().sync_all().map_err(|e| io("write", e))?;
    file.persist(out).map_err(|e| io("write", e.error))?;
    Ok(Report { tensors: list.len(), bytes, behaviour })
}

/// A file beside `out` that deletes itself when dropped, with the mode of a newly created file.
fn beside(out: &Path) -> Result<NamedTempFile, ToolError> {
    match fs::metadata(out) {
        Ok(found) if found.is_dir() => return Err(ToolError::IsFolder { path: out.to_owned() }),
        Ok(found) if !found.is_file() => return Err(ToolError::NotAFile { path: out.to_owned() }),
        _ => {}
    }
    let folder = match out.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".make-model-").suffix(".part");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder).map_err(|source| ToolError::Io {
        action: "create a file in",
        path: folder.to_owned(),
        source,
    })
}

/// What every file of a preset and seed holds.
struct Contents<'a> {
    preset: &'a Preset,
    tensors: &'a [Tensor],
    names: &'a [String],
    packs: &'a [Vec<f32>],
    draws: Draws,
}

impl Contents<'_> {
    /// Writes a file of type `kind`; returns its size.
    fn write(&self, out: impl Write, kind: WeightType, fitted: &Fitted) -> std::io::Result<u64> {
        let entries: Vec<Entry> = self
            .tensors
            .iter()
            .map(|tensor| Entry {
                name: tensor.name.clone(),
                ne: tensor.ne(kind != WeightType::F32),
                kind: type_of(&tensor.name, kind),
            })
            .collect();
        let pairs = metadata::pairs(self.preset, self.tensors, self.names, kind);
        let mut writer = GgufWriter::start(BufWriter::new(out), &pairs, &entries)?;
        let mut left = self.tensors.iter().zip(&entries).peekable();
        while left.peek().is_some() {
            let (mut window, mut elements) = (Vec::new(), 0);
            while elements < WINDOW_ELEMENTS
                && let Some((tensor, entry)) = left.next()
            {
                elements += tensor.elements();
                window.push((tensor, entry));
            }
            let stored: Vec<Vec<u8>> =
                window.par_iter().map(|(tensor, entry)| self.stored(tensor, entry, fitted)).collect();
            stored.iter().try_for_each(|bytes| writer.tensor(bytes))?;
        }
        let (mut out, bytes) = writer.finish();
        out.flush()?;
        Ok(bytes)
    }

    fn stored(&self, tensor: &Tensor, entry: &Entry, fitted: &Fitted) -> Vec<u8> {
        let values = match tensor.fill {
            Fill::Voice => {
                let is_it = |name: &&String| tensor.name == format!("{}{name}", voices::PREFIX);
                let voice =
                    self.names.iter().position(|name| is_it(&name)).expect("tensors are made from names");
                self.packs[voice].clone()
            }
            _ => fitted.apply(&tensor.name, tensor.draw(self.draws)),
        };
        let mut bytes = Vec::with_capacity(entry.n_bytes());
        quantize_row(entry.kind, &values, &mut bytes);
        bytes
    }
}
