"""Voice packs, `[510, 256]` float32: from a folder of raw `.bin` files or from any Kokoro GGUF.

The `.bin` files are those of the kokoro.js distribution (510 * 256 little-endian floats). Without a folder the
voices come from the tiny fixture, so that everything here runs from a fresh clone.
"""
from pathlib import Path

import gguf
import numpy as np

from kokoro_package import ROOT

DEFAULT_SOURCE = ROOT / "fixtures" / "golden" / "tiny_f32.gguf"
_PREFIX = "kokoro.voice_tensors."


def load_voice(name, source=None):
    source = Path(source or DEFAULT_SOURCE)
    if source.is_dir():
        return np.fromfile(source / f"{name}.bin", dtype="<f4").reshape(510, 256)
    for tensor in gguf.GGUFReader(source).tensors:
        if tensor.name == _PREFIX + name:
            return np.array(tensor.data, dtype=np.float32).reshape(510, 256)
    raise SystemExit(f"voice {name} is not in {source}; give a folder of .bin voice packs with --voices")


def voice_names(source=None):
    source = Path(source or DEFAULT_SOURCE)
    if source.is_dir():
        return sorted(path.stem for path in source.glob("*.bin"))
    return [t.name[len(_PREFIX):] for t in gguf.GGUFReader(source).tensors if t.name.startswith(_PREFIX)]
