"""Makes every file in fixtures/golden and fixtures/vectors again, and prints their sizes and SHA-256.

  python tools/make_fixtures.py                     the voice comes from the present tiny_f32.gguf
  python tools/make_fixtures.py --voices DIR        DIR holds the raw .bin voice packs

The checkpoint and the GGUF of each tensor type stay in --work.
"""
import argparse
import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SEED, FRAMES_PER_TOKEN = 2026, 2.4
LARGEST_TOTAL_BYTES = 18_000_000
# Nearer than this, another order of summation could change a duration or the voicing of a frame.
TIE_MARGIN_FRAMES, VOICED_MARGIN_HZ = 1e-3, 0.05


def run(script, *args):
    subprocess.run([sys.executable, "-W", "ignore", ROOT / "tools" / "reference" / script, *map(str, args)], check=True)


def check_margins(golden):
    stages = json.loads((golden / "stages.json").read_text(encoding="utf-8"))
    types = json.loads((golden / "types.json").read_text())
    ties = [*stages["duration_tie_margin_frames"].values(), *(t["duration_tie_margin_frames"] for t in types.values())]
    if min(ties) < TIE_MARGIN_FRAMES or stages["f0_threshold_margin_hz"] < VOICED_MARGIN_HZ:
        raise SystemExit("a duration or an F0 is too close to its threshold: choose another seed")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--voices", type=Path)
    parser.add_argument("--work", type=Path, default=ROOT / "target" / "fixtures-work")
    parser.add_argument("--out", type=Path, default=ROOT / "fixtures")
    args = parser.parse_args()
    golden, checkpoint, made = args.out / "golden", args.work / "checkpoint", args.work / "tiny_f32.gguf"
    golden.mkdir(parents=True, exist_ok=True)
    voices = ["--voices", args.voices.resolve()] if args.voices else []
    run("make_checkpoint.py", "--preset", "tiny", "--seed", SEED, "--frames", FRAMES_PER_TOKEN, "--out", checkpoint, *voices)
    run("convert_gguf.py", checkpoint, "--voice", "af_heart", "--out", made, *voices)
    shutil.copyfile(made, golden / "tiny_f32.gguf")
    run("dump_golden.py", golden / "tiny_f32.gguf", "--case", "golden", "--out", golden)
    run("dump_types.py", golden / "tiny_f32.gguf", "--stages", golden / "stages.npz", "--files", args.work / "types", "--out", golden)
    run("dump_blocks.py", "--out", args.out / "vectors" / "blocks.npz")
    check_margins(golden)
    made_files = sorted([*golden.iterdir(), *(args.out / "vectors").iterdir()])
    for path in made_files:
        print(f"| `{path.relative_to(args.out)}` | {path.stat().st_size:,} | `{hashlib.sha256(path.read_bytes()).hexdigest()}` |")
    total = sum(path.stat().st_size for path in made_files)
    print(f"{total:,} bytes")
    if total > LARGEST_TOTAL_BYTES:
        raise SystemExit("too large: choose a shorter utterance")


if __name__ == "__main__":
    main()
