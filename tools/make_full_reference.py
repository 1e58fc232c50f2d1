"""The full-size set for the ignored tests and for timing: a synthetic 82M checkpoint and all that follows from it.

  python tools/make_full_reference.py                                  (about 2.4 GB in target/full-reference)
  python tools/make_full_reference.py --voices DIR --out DIR           (DIR: raw .bin voice packs, two are taken)

Makes checkpoint/ (preset full, seed 1234), 82m_<TYPE>.gguf, stages.npz, stages_onnx.npz, stages.json and speed.npz of
the case t25, and the ONNX graphs full_noisein.onnx, full_det.onnx and full_rand.onnx.
"""
import argparse
import subprocess
import sys
from pathlib import Path

TOOLS = Path(__file__).resolve().parent
TYPES = ("F32", "F16", "Q8_0", "Q5_0", "Q4_0")


def run(script, *args):
    subprocess.run([sys.executable, "-W", "ignore", TOOLS / "reference" / script, *map(str, args)], check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=TOOLS.parent / "target" / "full-reference")
    parser.add_argument("--seed", type=int, default=1234)
    parser.add_argument("--voices", type=Path, help="with a folder of .bin packs, am_adam is included as well")
    args = parser.parse_args()
    voices = ["--voices", args.voices.resolve()] if args.voices else []
    names = ["--voice", "af_heart"] + (["--voice", "am_adam"] if args.voices else [])
    checkpoint = args.out / "checkpoint"
    run("make_checkpoint.py", "--preset", "full", "--seed", args.seed, "--out", checkpoint, *voices)
    for wanted in TYPES:
        run("convert_gguf.py", checkpoint, "--type", wanted, "--out", args.out / f"82m_{wanted}.gguf", *names, *voices)
    model = args.out / "82m_F32.gguf"
    run("dump_golden.py", model, "--case", "t25", "--out", args.out)
    for mode in ("noisein", "det", "rand"):
        run("export_onnx.py", model, "--mode", mode, "--out", args.out / f"full_{mode}.onnx")


if __name__ == "__main__":
    main()
