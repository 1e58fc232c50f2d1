"""Word error rate of synthesised speech by pocketsphinx: to compare builds and voices, not to quote.

  python tools/asr_wer.py --cli target/release/kokoro-gguf --voice am_rms --lists 1,2
  python tools/asr_wer.py --texts FILE         lines `name.wav|text`, paths relative to FILE
  python tools/asr_wer.py --npz FILE.npz       arrays `<case>_audio`, texts in FILE.json as [{case, text}, ...]

pocketsphinx is a small recogniser of US English and makes errors of its own; the floor is far from zero.
"""
import argparse
import json
import re
import subprocess
import tempfile
from pathlib import Path

import jiwer
import numpy as np
from pocketsphinx import Decoder
from scipy.signal import resample_poly
from wav_file import SAMPLE_RATE_HZ, as_float, read_audio

RECOGNISER_HZ = 16000
SENTENCES = Path(__file__).resolve().parent / "harvard_sentences.txt"
_ONES = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
         "seventeen eighteen nineteen").split()
_TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()


def number_words(n):
    """0 to 999,999 in words."""
    if n < 20:
        return _ONES[n]
    for unit, name in ((1000, "thousand"), (100, "hundred")):
        if n >= unit:
            rest = f" {number_words(n % unit)}" if n % unit else ""
            return f"{number_words(n // unit)} {name}{rest}"
    return _TENS[n // 10] + (f" {_ONES[n % 10]}" if n % 10 else "")


def normalise(text):
    """Lower case, digits as words, no punctuation but the apostrophe inside a word."""
    text = text.lower().replace("\u2019", "'")
    text = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    text = re.sub(r"\d{1,6}", lambda m: f" {number_words(int(m[0]))} ", text)
    text = re.sub(r"[^a-z' ]+", " ", text)
    return " ".join(word.strip("'") for word in text.split() if word.strip("'"))


def harvard(lists):
    out, current = {}, None
    for line in SENTENCES.read_text(encoding="utf-8").splitlines():
        if line.startswith("List "):
            current = out.setdefault(int(line.split()[1]), [])
        elif line and not line.startswith("#"):
            current.append(line)
    return [sentence for number in lists for sentence in out[number]]


class Recogniser:
    def __init__(self):
        self.decoder = Decoder(samprate=RECOGNISER_HZ, loglevel="FATAL")

    def words(self, samples, rate):
        common = np.gcd(rate, RECOGNISER_HZ)
        samples = resample_poly(samples, RECOGNISER_HZ // common, rate // common)
        pcm = np.clip(np.round(samples * 32767), -32768, 32767).astype("<i2")
        self.decoder.start_utt()
        self.decoder.process_raw(pcm.tobytes(), full_utt=True)
        self.decoder.end_utt()
        hypothesis = self.decoder.hyp()
        return normalise(hypothesis.hypstr) if hypothesis else ""


def from_cli(args, folder):
    for i, text in enumerate(harvard([int(n) for n in args.lists.split(",")])):
        wav = Path(folder) / f"{args.voice}_{i:02}.wav"
        command = [args.cli, "synth", text, "-o", str(wav), "-q", "-v", args.voice, "--seed", str(args.seed)]
        subprocess.run(command + args.extra.split(), check=True)
        yield text, *read_audio(wav)


def from_texts(path):
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            name, text = line.split("|", 1)
            yield text, *read_audio(path.parent / name)


def from_npz(path):
    arrays = np.load(path)
    for case in json.loads(path.with_suffix(".json").read_text(encoding="utf-8")):
        yield case["text"], as_float(arrays[case["case"] + "_audio"]), SAMPLE_RATE_HZ


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--cli", help="path of the kokoro-gguf binary")
    source.add_argument("--texts", type=Path)
    source.add_argument("--npz", type=Path)
    parser.add_argument("--voice", default="am_rms")
    parser.add_argument("--lists", default="1,2", help="Harvard lists, of 1 to 4")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--extra", default="", help="more options for the binary, e.g. '-m model.gguf'")
    parser.add_argument("--keep", type=Path, help="keep the WAV files here")
    args = parser.parse_args()
    recogniser, references, hypotheses = Recogniser(), [], []
    with tempfile.TemporaryDirectory() as scratch:
        if args.keep:
            args.keep.mkdir(parents=True, exist_ok=True)
        clips = from_cli(args, args.keep or scratch) if args.cli else \
            from_texts(args.texts) if args.texts else from_npz(args.npz)
        for text, samples, rate in clips:
            references.append(normalise(text))
            hypotheses.append(recogniser.words(samples, rate))
            print(f"{jiwer.wer(references[-1], hypotheses[-1]):.2f}  {references[-1]}  ->  {hypotheses[-1]}", flush=True)
    if not references:
        raise SystemExit("no clips")
    result = jiwer.process_words(references, hypotheses)
    print(f"WER {result.wer:.3f} over {len(references)} clips: {result.substitutions} substitutions, "
          f"{result.deletions} deletions, {result.insertions} insertions")


if __name__ == "__main__":
    main()
