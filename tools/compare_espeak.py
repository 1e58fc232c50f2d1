"""Compares our espeak languages with what the official pipeline calls: misaki's EspeakG2P on phonemizer-fork and
espeakng-loader.

    pip install misaki==0.9.4 phonemizer-fork==3.3.2 espeakng-loader==0.2.4
    apt-get install manpages-es manpages-fr manpages-it manpages-pt-br
    cargo build --example phonemize_lines
    python tools/compare_espeak.py --lang e --sentences 5000 --out target/espeak-e.tsv

Sentences come from Debian's translated manual pages, and with --words from a list of words. A difference that goes when the
reference is given our data for espeak-ng comes from another version of that data, and is counted apart.
"""

import argparse
import glob
import gzip
import os
import random
import re
import subprocess
import sys

LANGUAGES = {"e": ("es", "es"), "f": ("fr-fr", "fr"), "h": ("hi", "hi"), "i": ("it", "it"), "p": ("pt-br", "pt_BR")}
SEED = 5

# Text of roff sources: macros and escapes go, and what is left of a page are its paragraphs.
MACRO = re.compile(r"^[.'].*$", re.M)
ESCAPE = re.compile(r"\\f[BIRP]|\\f\[[A-Z]*\]|\\s[-+]?\d|\\[&|^/,)%:!]|\\c")
SPECIAL = {r"\-": "-", r"\(aq": "'", r"\(em": "—", r"\(en": "–", r"\e": "\\", r"\(bu": "•", r"\ ": " ", r"\~": " "}
FONT = re.compile(r"^\.(B|I|BR|IR|RB|RI|BI|IB)\s+", re.M)


def manual_page_sentences(folder):
    for path in sorted(glob.glob(f"/usr/share/man/{folder}/man*/*.gz")):
        with gzip.open(path, "rt", encoding="utf-8", errors="replace") as page:
            text = page.read()
        text = FONT.sub("", text)
        for roff, plain in SPECIAL.items():
            text = text.replace(roff, plain)
        text = ESCAPE.sub("", text)
        for paragraph in MACRO.sub("\n", text).split("\n\n"):
            paragraph = " ".join(paragraph.split()).replace('"', "")
            if "\\" in paragraph:
                continue
            for sentence in re.split(r"(?<=[.!?])\s+", paragraph):
                if 20 <= len(sentence) <= 300 and re.search(r"[^\W\d_]{3}", sentence):
                    yield sentence


def reference(sentences, language, data_path):
    """Phonemes by misaki, in a process of its own: espeak-ng takes one data directory."""
    code = (
        "import sys\n"
        "import espeakng_loader\n"
        "from phonemizer.backend.espeak.wrapper import EspeakWrapper\n"
        "from misaki import espeak\n"
        "data = sys.argv[2]\n"
        "if data: EspeakWrapper.set_data_path(data)\n"
        "g2p = espeak.EspeakG2P(language=sys.argv[1])\n"
        "for line in sys.stdin:\n"
        "    out = g2p(line.rstrip('\\n'))\n"
        "    print((out[0] if isinstance(out, tuple) else out).replace('\\n', ' '), flush=False)\n"
    )
    command = [sys.executable, "-c", code, language, data_path]
    done = subprocess.run(command, input="\n".join(sentences) + "\n", capture_output=True, text=True, check=True)
    return done.stdout.split("\n")[: len(sentences)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lang", choices=sorted(LANGUAGES), required=True)
    parser.add_argument("--sentences", type=int, default=5000)
    parser.add_argument("--words", help="a file of words or sentences, one a line, instead of manual pages")
    parser.add_argument("--ours", default="target/debug/examples/phonemize_lines")
    parser.add_argument("--our-data", help="our data for espeak-ng [default: the newest in the cache]")
    parser.add_argument("--out", help="where differences go, tab-separated: kind, text, ours, reference")
    args = parser.parse_args()

    language, folder = LANGUAGES[args.lang]
    if args.words:
        with open(args.words, encoding="utf-8") as lines:
            found = [line.strip() for line in lines if line.strip()]
    else:
        found = list(dict.fromkeys(manual_page_sentences(folder)))
    random.Random(SEED).shuffle(found)
    sentences = found[: args.sentences]

    command = [args.ours, language]
    ours = subprocess.run(command, input="\n".join(sentences) + "\n", capture_output=True, text=True, check=True)
    ours = ours.stdout.split("\n")[: len(sentences)]
    theirs = reference(sentences, language, "")
    different = [i for i in range(len(sentences)) if ours[i] != theirs[i]]

    cache = os.environ.get("XDG_CACHE_HOME", os.path.expanduser("~/.cache"))
    folders = glob.glob(f"{cache}/kokoro-gguf/espeak-ng-data-*")
    our_data = args.our_data or max(folders, key=os.path.getmtime)
    with_our_data = reference([sentences[i] for i in different], language, our_data) if different else []
    counts = {"equal": len(sentences) - len(different), "data version": 0, "other": 0}
    rows = []
    for i, again in zip(different, with_our_data):
        kind = "data version" if again == ours[i] else "other"
        counts[kind] += 1
        rows.append((kind, sentences[i], ours[i], theirs[i]))
    if args.out:
        with open(args.out, "w", encoding="utf-8") as out:
            out.writelines("\t".join(row) + "\n" for row in rows)
    print(f"{args.lang}: {len(sentences)} of {len(found)} sentences: " + ", ".join(f"{n} {kind}" for kind, n in counts.items()))


if __name__ == "__main__":
    main()
