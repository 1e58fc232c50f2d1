"""What PyTorch computes from the dequantised weights of each tensor type, for the utterance of stages.npz.

  python tools/reference/dump_types.py F32.gguf --stages fixtures/golden/stages.npz --files DIR --out DIR

Writes types.npz (`<TYPE>/durations`, `f0`, `n`, `decoder.decode.3`, and for CONV_POST_TYPES `conv_post`, computed with
the source spectrum `har` of stages.npz) and types.json (SHA-256 of every GGUF and of some tensors' bytes, since the
tests make these files again by quantising the F32 one). The GGUF files themselves go to --files.
"""
import argparse
import hashlib
import json
from pathlib import Path

import gguf
import kokoro_package as kp
import numpy as np
import torch
from convert_gguf import TYPES, write_gguf
from dump_golden import layout, run_stages, tie_margin_frames
from load_gguf import config_from, load_gguf, read_tensors
from stages import relative_errors

STAGES = ("durations", "f0", "n", "decoder.decode.3")
CONV_POST_TYPES = ("F16", "Q8_0")  # not all, to keep the file small; only types with as many frames can be here
HASHED = ("albert.layer.0.ffn", "duration_predictor.duration_proj", "text_encoder.lstm.0.reverse_weights.3",
          "decoder.decoder_blocks.3.conv1_weight")


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def dump(source, golden, files, out):
    files.mkdir(parents=True, exist_ok=True)
    tensors = read_tensors(source)
    config = config_from(source, tensors)
    ids, style = [int(i) for i in golden["input_ids"]], torch.from_numpy(golden["style"][None])
    har = torch.from_numpy(golden["har"].T[None].copy())
    arrays, report = {}, {}
    for wanted in TYPES:
        if wanted == "F32":
            continue
        path = files / f"tiny_{wanted}.gguf"
        write_gguf(path, tensors, config, wanted)
        model = load_gguf(path)
        plain = run_stages(model, ids, style, 1.0, None)
        stages = layout(plain)
        same_frames = stages["durations"].sum() == golden["durations"].sum()
        if wanted in CONV_POST_TYPES and same_frames:
            stages["conv_post"] = layout(run_stages(model, ids, style, 1.0, None, har))["conv_post"]
        else:
            stages.pop("conv_post")
        arrays.update({f"{wanted}/{name}": stages[name] for name in (*STAGES, "conv_post") if name in stages})
        in_file = {t.name.removeprefix("kokoro."): t for t in gguf.GGUFReader(path).tensors}
        report[wanted] = {
            "bytes": path.stat().st_size, "sha256": sha256(path.read_bytes()),
            "tensors": {name: {"type": in_file[name].tensor_type.name, "bytes": int(in_file[name].n_bytes),
                               "sha256": sha256(np.ascontiguousarray(in_file[name].data).tobytes())}
                        for name in HASHED},
            "frames": int(stages["durations"].sum()),
            "durations_unlike_f32": int((stages["durations"] != golden["durations"]).sum()),
            "duration_tie_margin_frames": tie_margin_frames(stages["duration_logits"], 1.0),
            "against_f32": {name: relative_errors(stages[name], golden[name]) for name in stages
                            if name in STAGES[1:] + ("albert", "duration_logits", "conv_post")
                            and stages[name].shape == golden[name].shape},
        }
    np.savez_compressed(out / "types.npz", **arrays)
    (out / "types.json").write_text(json.dumps(report, indent=1) + "\n")
    return report


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("--stages", type=Path, required=True)
    parser.add_argument("--files", type=Path, required=True, help="folder for the GGUF of each type")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    for wanted, row in dump(args.source, np.load(args.stages), args.files, args.out).items():
        print(wanted, {key: row[key] for key in ("bytes", "frames", "durations_unlike_f32",
                                                 "duration_tie_margin_frames")})


if __name__ == "__main__":
    main()
