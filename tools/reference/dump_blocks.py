"""Rows of numbers, their bytes in each block type and what these mean, by gguf-py: vectors/blocks.npz.

  python tools/reference/dump_blocks.py --out FILE.npz

`<TYPE>/input` [8, 64] float32, `<TYPE>/bytes` [8, row bytes] uint8, `<TYPE>/dequantized` [8, 64] float32. Rows: 0 normal,
1 zeros, 2 so small that the f16 scale is subnormal or 0, 3 extreme but finite in the type, 4 constant, 5 halves of a
step (ties of rounding), 6 one outlier in each block, 7 the level of trained weights. Within the first block of row 4
one sign is negative, so that a minimum other than the constant exists.
"""
import argparse
from pathlib import Path

import gguf
import numpy as np
from gguf.quants import dequantize, quantize

BLOCK_TYPES = ("Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "F16", "BF16")
COLUMNS = 64
F16_MAX = 65504.0


def rows(name, rng):
    normal = rng.standard_normal((8, COLUMNS))
    out = normal.copy()
    out[1] = 0
    out[2] = normal[2] * 3e-7
    largest = 3e38 if name == "BF16" else F16_MAX if name == "F16" else 3e4
    out[3] = np.sign(normal[3]) * np.geomspace(largest * 1e-9, largest, COLUMNS)
    out[4] = 0.75
    out[4, 3] = -0.75
    out[5] = (np.arange(COLUMNS) % 32 - 16) / 2
    out[6] = normal[6] * 1e-3
    out[6, [5, 40]] = 7.5, -3.25
    out[7] = normal[7] * 0.02
    return out.astype(np.float32)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=2026)
    args = parser.parse_args()
    args.out.parent.mkdir(parents=True, exist_ok=True)
    rng, arrays = np.random.default_rng(args.seed), {}
    for name in BLOCK_TYPES:
        block_type = gguf.GGMLQuantizationType[name]
        values = rows(name, rng)
        data = quantize(values, block_type)
        meaning = dequantize(data, block_type).astype(np.float32)
        if not np.isfinite(meaning).all():
            raise SystemExit(f"{name}: not finite")
        arrays.update({f"{name}/input": values, f"{name}/bytes": data.view(np.uint8).reshape(len(values), -1),
                       f"{name}/dequantized": meaning})
    np.savez_compressed(args.out, **arrays)
    print(args.out, args.out.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
