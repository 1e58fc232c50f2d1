"""ONNX Runtime and kokoro-gguf on the same weights, in turns.

  python tools/bench_onnx.py target/full-reference/full_rand.onnx target/full-reference/82m_F32.gguf \
      --cli target/release/kokoro-gguf --tokens 25,100,400 --threads 2 --rounds 3

Each round measures ONNX Runtime, then `kokoro-gguf bench`, on the same phonemes and the same voice. Prints for each length
both real-time factors (compute time over audio time, the median of the rounds' best) and their ratio.
"""

import argparse
import json
import statistics
import subprocess
import time
from pathlib import Path

import gguf
import numpy as np
import onnxruntime

PHONEMES = "ðə kwˈɪk bɹˈWn fˈɑks ʤˈʌmps ˈOvəɹ ðə lˈAzi dˈɔɡ. "  # as in src/cli/bench.rs
VOCAB = json.loads((Path(__file__).parent / "reference" / "vocab.json").read_text(encoding="utf-8"))
SAMPLE_RATE_HZ = 24_000


def voice_pack(path):
    """The pack that `kokoro-gguf` speaks with by default: af_heart, else the first voice."""
    prefix = "kokoro.voice_tensors."
    packs = {t.name[len(prefix):]: t.data for t in gguf.GGUFReader(path).tensors if t.name.startswith(prefix)}
    return np.asarray(packs.get("af_heart", next(iter(packs.values()))), dtype=np.float32).reshape(-1, 256)


def onnx_rtf(session, pack, tokens, repeats):
    ids = [VOCAB[c] for c in (PHONEMES * (tokens // len(PHONEMES) + 2))[:tokens]]
    feed = {"input_ids": np.array([[0, *ids, 0]], dtype=np.int64), "style": pack[tokens - 1:tokens],
            "speed": np.ones(1, dtype=np.float32)}
    feed = {i.name: feed[i.name] for i in session.get_inputs()}
    samples = session.run(None, feed)[0].size
    walls = []
    for _ in range(repeats):
        start = time.perf_counter()
        session.run(None, feed)
        walls.append(time.perf_counter() - start)
    return min(walls) * SAMPLE_RATE_HZ / samples


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("onnx")
    parser.add_argument("gguf")
    parser.add_argument("--cli", default="target/release/kokoro-gguf")
    parser.add_argument("--tokens", default="25,100,400")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--repeats", type=int, default=3)
    args = parser.parse_args()
    lengths = [int(n) for n in args.tokens.split(",")]
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = args.threads, 1
    # Spinning threads of an idle session would take the cores from the other program.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0" if args.threads == 1 else "1")
    theirs, ours = {n: [] for n in lengths}, {n: [] for n in lengths}
    pack = voice_pack(args.gguf)
    for _ in range(args.rounds):
        session = onnxruntime.InferenceSession(args.onnx, options, providers=["CPUExecutionProvider"])
        for n in lengths:
            theirs[n].append(onnx_rtf(session, pack, n, args.repeats))
        del session
        command = [args.cli, "bench", "-m", args.gguf, "--tokens", args.tokens, "--threads", str(args.threads),
                   "--precision", "f32", "--repeats", str(args.repeats), "--json"]
        report = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        for run in report["runs"]:
            ours[run["tokens"]].append(run["wall_s_min"] / run["audio_s"])
    print(f"{report['cpu']}, {report['isa']}, {args.threads} threads; onnxruntime {onnxruntime.__version__}; "
          f"peak {report['peak_rss_bytes'] / 1e6:.0f} MB")
    print("| tokens | kokoro-gguf | ONNX Runtime f32 | ratio |\n|---|---|---|---|")
    for n in lengths:
        mine, other = statistics.median(ours[n]), statistics.median(theirs[n])
        print(f"| {n} | {mine:.3f} | {other:.3f} | {mine / other:.2f} |")


if __name__ == "__main__":
    main()
