#!/usr/bin/env python3
"""Makes the data of src/text/mandarin/ and its fixtures.

    pip install jieba==0.42.1 pypinyin==0.55.0 cn2an==0.5.24 ordered-set==4.1.0
    pip install --no-deps misaki==0.9.4
    python tools/make_mandarin.py data OUT            # assets/mandarin/mandarin.bin
    python tools/make_mandarin.py fixtures FOLDER     # fixtures/text/{mandarin,pinyin,chinese_numbers}.tsv

The data is jieba's dictionary (MIT) and pypinyin's readings of characters and phrases (MIT), compressed; see
`src/text/mandarin/data.rs` for its form. The fixtures are what misaki's own Mandarin code answers.
"""

import argparse
import json
import random
import struct
import zlib
from pathlib import Path

import jieba
import pypinyin
from pypinyin import Style, lazy_pinyin

FIRST, LAST = 0x4E00, 0x9FFF
SEED = 20251125


def prefix_coded(words):
    """Sorted words, each as the number of characters it shares with the one before (from '0') and the rest."""
    lines, last = [], ""
    for word in words:
        shared = 0
        while shared < min(len(word), len(last)) and word[shared] == last[shared]:
            shared += 1
        lines.append(chr(ord("0") + shared) + word[shared:])
        last = word
    return "\n".join(lines).encode()


def readings(text):
    return lazy_pinyin(text, style=Style.TONE3, neutral_tone_with_five=True)


def is_han(text):
    return all(FIRST <= ord(c) <= LAST for c in text)


def data():
    """The file before compression: sections with their lengths."""
    lines = Path(jieba.__file__).with_name("dict.txt").read_text("utf-8").splitlines()
    # Only runs of Chinese characters are ever segmented.
    words = dict(sorted((w, f) for w, f, *_ in (line.split(" ") for line in lines) if is_han(w)))
    phrases_file = Path(pypinyin.__file__).with_name("phrases_dict.json")
    phrases = {p: readings(p) for p in sorted(json.loads(phrases_file.read_text("utf-8"))) if is_han(p)}
    phrases = {p: r for p, r in phrases.items() if len(p) == len(r)}
    characters = [readings(chr(code)) for code in range(FIRST, LAST + 1)]
    characters = [r[0] if r and r[0][:1].isascii() or r[0][:1] == "ê" else "" for r in characters]
    syllables = sorted({*characters, *(s for r in phrases.values() for s in r)} - {""})
    index = {syllable: i + 1 for i, syllable in enumerate(syllables)} | {"": 0}
    default = {chr(FIRST + i): s for i, s in enumerate(characters)}
    tones = bytearray()
    for phrase, syllable_list in phrases.items():
        for character, syllable in zip(phrase, syllable_list):
            tones += struct.pack("<H", 0 if default[character] == syllable else index[syllable])
    sections = [
        prefix_coded(words),
        "\n".join(words.values()).encode(),
        "\n".join(syllables).encode(),
        struct.pack(f"<{len(characters)}H", *(index[s] for s in characters)),
        prefix_coded(phrases),
        bytes(tones),
    ]
    return b"".join(struct.pack("<I", len(s)) + s for s in sections), syllables


def sentences():
    """Sentences by hand, and frames with words of jieba's dictionary, frequent ones more often."""
    by_hand = Path(__file__).with_name("mandarin_sentences.txt").read_text("utf-8").split("\n")
    by_hand = [line for line in by_hand if line]
    frames = [line[1:] for line in by_hand if line.startswith("*")]
    by_hand = [line for line in by_hand if not line.startswith("*")]
    rng = random.Random(SEED)
    entries = [line.split(" ") for line in Path(jieba.__file__).with_name("dict.txt").read_text("utf-8").splitlines()]
    nouns = [(w, int(f)) for w, f, tag in entries if tag in ("n", "ns", "nz", "v", "a", "i", "l") and 2 <= len(w) <= 4 and is_han(w)]
    words, weights = zip(*((w, (f + 3) ** 0.5) for w, f in nouns))
    made = []
    for i in range(300):
        frame = frames[i % len(frames)]
        while "_" in frame:
            frame = frame.replace("_", rng.choices(words, weights)[0], 1)
        made.append(frame)
    return by_hand + made


def fixtures(folder):
    import cn2an
    from misaki.zh import ZHG2P

    g2p = ZHG2P()
    lines = []
    for sentence in sentences():
        phonemes, _ = g2p(sentence)
        lines.append(f"{sentence}\t{phonemes}\n")
    (folder / "mandarin.tsv").write_text("".join(lines), "utf-8")
    lines = []
    for syllable in data()[1]:
        try:
            lines.append(f"{syllable}\t{ZHG2P.py2ipa(syllable).replace(chr(815), '')}\n")
        except ValueError as error:
            print(f"misaki cannot say {syllable}: {error}")
    (folder / "pinyin.tsv").write_text("".join(lines), "utf-8")
    rng = random.Random(SEED)
    numbers = [str(n) for n in range(0, 130)] + [str(10**k + d) for k in range(2, 16) for d in (-1, 0, 1, 10, 100)]
    numbers += [str(rng.randrange(10 ** rng.randrange(1, 16))) for _ in range(300)]
    numbers += [str(int("".join(rng.choice("000012") for _ in range(rng.randrange(3, 16))) or 0)) for _ in range(200)]
    numbers += ["3.14", "0.5", "-7", "100.05", "-0.25"]
    lines = [f"{n}\t{cn2an.an2cn(n)}\n" for n in dict.fromkeys(numbers)]
    (folder / "chinese_numbers.tsv").write_text("".join(lines), "utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("what", choices=("data", "fixtures"))
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    if options.what == "fixtures":
        return fixtures(options.out)
    raw = data()[0]
    packed = zlib.compress(raw, 9)
    options.out.write_bytes(struct.pack("<I", len(raw)) + packed)
    print(f"{options.out}: {len(raw)} bytes, {len(packed)} compressed")


if __name__ == "__main__":
    main()
