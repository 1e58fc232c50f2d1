#!/usr/bin/env python3
"""Trains the letter-to-sound model of src/text/letters/ from misaki's pronunciation lexicons.

    python tools/train_letters.py LEXICONS OUT [--epochs N] [--held-out FIXTURE]

LEXICONS is the directory of {us,gb}_{gold,silver}.json: the `misaki/data` of the PyPI package misaki 0.9.4
(Apache-2.0). OUT is the model, as src/text/letters/model.rs reads it. FIXTURE receives the held-out words with their
pronunciations: word, dialect and phonemes, separated by tabs.

The model is a residual convolution over the letters of a word that says for each letter which phonemes it stands
for: none, one or up to three, the stress mark included. Both dialects share it up to the last layer. Numpy only; the
same machine, numpy and number of threads give the same model.

Steps: one phoneme sequence per word and lexicon; alignment of letters with groups of phonemes by expectation
maximisation (Viterbi paths); training with Adam on the aligned groups; eight-bit weights. Silver has its own last
layer, which is thrown away, so that it teaches spelling but not its habits of marking stress.
"""

import argparse
import hashlib
import json
import re
import struct
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np

SEED = 20251125
LETTERS = "abcdefghijklmnopqrstuvwxyz'"
BOUNDARY = len(LETTERS) + 1  # 0 is nothing, 1.. are the letters
HEADS = ("us_gold", "gb_gold", "us_silver", "gb_silver")
KEPT_HEADS = 2
MAX_LETTERS = 24
EXCEPTION_LETTERS = 6
MAX_GROUP = 3  # phonemes that one letter may stand for
RARE_GROUP = 4  # groups of fewer occurrences are not learnt
HELD_OUT_PER_CENT = 2.5

CHANNELS = 128
HIDDEN = 160
DILATIONS = (1, 2, 4, 1, 2, 4)
BATCH_LETTERS = 1200
DROPOUT = 26  # of 256
SILVER_SHARE = 0.5  # of the words that only silver has, in each epoch
KEPT_SCALE = np.float32(256 / (256 - DROPOUT))
PEAK_RATE = 2e-3
WARM_UP = 500
AVERAGE = 0.999


# --- Words -------------------------------------------------------------------------------------------------------


def read_lexicon(path):
    """Lower-case word to phonemes; a word in lower case goes before its capitalised form."""
    words = {}
    for word, phonemes in sorted(json.loads(path.read_text()).items(), key=lambda kv: (kv[0] != kv[0].lower(), kv[0])):
        if isinstance(phonemes, dict):
            phonemes = phonemes["DEFAULT"]
        if phonemes and re.fullmatch(r"[A-Za-z][A-Za-z']*", word) and not (len(word) > 1 and word.isupper()):
            words.setdefault(word.lower(), phonemes)
    return words


def units(phonemes):
    """Symbols with the stress mark before and the length mark behind them: `fˈIv` is f, ˈI, v."""
    return re.findall(r"[ˈˌ]?[^ˈˌː]ː?", phonemes)


def is_held_out(word):
    """Chosen by a hash, so that no other word moves when the lexicons change. Possessives go with their owners."""
    digest = hashlib.sha256(re.sub("'s?$", "", word).encode()).digest()
    return int.from_bytes(digest[:4]) < HELD_OUT_PER_CENT / 100 * 2**32


# --- Alignment ---------------------------------------------------------------------------------------------------


class Aligner:
    """Viterbi alignment of letters with groups of 0 to MAX_GROUP phonemes. A group is a number in base `base`."""

    def __init__(self, words):
        bare = [[unit.strip("ˈˌ") for unit in units(p)] for p in words.values()]
        self.symbols = sorted({symbol for word in bare for symbol in word})
        self.base = len(self.symbols) + 1
        index = {symbol: i + 1 for i, symbol in enumerate(self.symbols)}
        self.by_shape = defaultdict(list)
        for word, sounds in zip(words, bare):
            if len(word) <= MAX_LETTERS and len(sounds) <= MAX_GROUP * len(word):
                letters = [LETTERS.index(c) for c in word]
                self.by_shape[len(letters), len(sounds)].append((word, letters, [index[s] for s in sounds]))
        self.shapes = {
            shape: ([w for w, _, _ in rows], np.array([l for _, l, _ in rows]), np.array([s for _, _, s in rows]))
            for shape, rows in sorted(self.by_shape.items())
            if shape[1]
        }
        self.score = self.first_score()

    def first_score(self):
        """Single phonemes by how often they stand at the same place of the word as a letter."""
        counts = np.full((len(LETTERS), self.base), 0.1)
        for (n, m), (_, letters, sounds) in self.shapes.items():
            for i in range(n):
                for j in range(m):
                    weight = np.exp(-8 * abs((i + 0.5) / n - (j + 0.5) / m))
                    np.add.at(counts, (letters[:, i], sounds[:, j]), weight)
        counts[:, 0] = 0
        single = np.log(counts[:, 1:] / counts.sum(1, keepdims=True))
        single = np.concatenate([np.zeros((len(LETTERS), 1)), single], 1)
        score = np.full((len(LETTERS), self.base**MAX_GROUP), 0.0)
        codes = np.arange(self.base**MAX_GROUP)
        for _ in range(MAX_GROUP):
            score += single[:, codes % self.base] - 2.0 * (codes % self.base > 0)
            codes = codes // self.base
        score[:, 0] = -4.0
        return score

    def paths(self):
        """For each shape: words, letters and group codes `[words, n]`."""
        for (n, m), (words, letters, sounds) in self.shapes.items():
            count = len(words)
            best = np.full((n + 1, m + 1, count), -np.inf)
            back = np.zeros((n + 1, m + 1, count), np.int8)
            best[0, 0] = 0
            codes = {}
            for j in range(m + 1):
                for k in range(min(MAX_GROUP, j) + 1):
                    code = np.zeros(count, np.int64)
                    for s in range(j - k, j):
                        code = code * self.base + sounds[:, s]
                    codes[j, k] = code
            for i in range(1, n + 1):
                for j in range(max(0, m - MAX_GROUP * (n - i)), min(m, MAX_GROUP * i) + 1):
                    for k in range(min(MAX_GROUP, j) + 1):
                        value = best[i - 1, j - k] + self.score[letters[:, i - 1], codes[j, k]]
                        better = value > best[i, j]
                        best[i, j][better] = value[better]
                        back[i, j][better] = k
            groups = np.zeros((count, n), np.int64)
            at = np.full(count, m)
            for i in range(n, 0, -1):
                k = back[i, at, np.arange(count)]
                for (j, size), code in codes.items():
                    chosen = (at == j) & (k == size)
                    groups[chosen, i - 1] = code[chosen]
                at = at - k
            yield words, letters, groups

    def improve(self):
        counts = np.zeros_like(self.score)
        for _, letters, groups in self.paths():
            np.add.at(counts, (letters, groups), 1)
        # What was never seen costs by its length.
        codes, size = np.arange(self.base**MAX_GROUP), np.zeros(self.base**MAX_GROUP)
        for power in range(MAX_GROUP):
            size += codes // self.base**power > 0
        unseen = -9.0 - 4.0 * size
        total = counts.sum(1, keepdims=True) + 1
        with np.errstate(divide="ignore"):
            self.score = np.where(counts > 0, np.log(counts / total), unseen)

    def aligned(self, words):
        """Word to its groups, as strings with stress."""
        result = {}
        for names, _, groups in self.paths():
            for word, codes in zip(names, groups.tolist()):
                sounds, at, row = units(words[word]), 0, []
                for code in codes:
                    size = 0
                    while code:
                        code //= self.base
                        size += 1
                    row.append("".join(sounds[at : at + size]))
                    at += size
                assert at == len(sounds), word
                result[word] = row
        return result


def align(words, rounds=6):
    aligner = Aligner(words)
    for _ in range(rounds):
        aligner.improve()
    return aligner.aligned(words)


# --- The network -------------------------------------------------------------------------------------------------


def initial_weights(rng, label_counts):
    def matrix(rows, columns, gain=1.0):
        return (rng.standard_normal((rows, columns)) * gain / np.sqrt(rows)).astype(np.float32)

    weights = {"embedding": matrix(1, CHANNELS).repeat(BOUNDARY + 1, 0)}
    weights["embedding"] = rng.standard_normal((BOUNDARY + 1, CHANNELS)).astype(np.float32) * 0.5
    for i in range(len(DILATIONS)):
        weights[f"in{i}"] = matrix(3 * CHANNELS, HIDDEN, 1.4)
        weights[f"bias{i}"] = np.zeros(HIDDEN, np.float32)
        weights[f"out{i}"] = matrix(HIDDEN, CHANNELS, 0.5)
    for head in HEADS:
        weights[f"head_{head}"] = matrix(CHANNELS, label_counts[head], 0.3)
        weights[f"head_bias_{head}"] = np.zeros(label_counts[head], np.float32)
    return weights


def neighbours(x, dilation):
    """`[words, letters, c]` to `[words, letters, 3 c]`: the letters `dilation` before, here, and behind."""
    before, behind = np.zeros_like(x), np.zeros_like(x)
    if dilation < x.shape[1]:
        before[:, dilation:] = x[:, :-dilation]
        behind[:, :-dilation] = x[:, dilation:]
    return np.concatenate([before, x, behind], 2)


def neighbours_backward(d, dilation, channels):
    before, here, behind = d[..., :channels], d[..., channels : 2 * channels], d[..., 2 * channels :]
    dx = here.copy()
    if dilation < d.shape[1]:
        dx[:, :-dilation] += before[:, dilation:]
        dx[:, dilation:] += behind[:, :-dilation]
    return dx


def normalise(x):
    r = 1 / np.sqrt(np.einsum("wlc,wlc->wl", x, x)[..., None] / x.shape[-1] + np.float32(1e-6))
    return x * r, r


def normalise_backward(dy, y, r):
    return (dy - y * (np.einsum("wlc,wlc->wl", dy, y)[..., None] / y.shape[-1])) * r


def forward(weights, letters, rng=None):
    """The normalised features `[words, letters, CHANNELS]`, and what the backward pass needs."""
    x = weights["embedding"][letters]
    tape = []
    for i, dilation in enumerate(DILATIONS):
        y, r = normalise(x)
        near = neighbours(y, dilation)
        hidden = near @ weights[f"in{i}"] + weights[f"bias{i}"]
        keep = hidden > 0
        if rng is not None:
            keep &= rng.integers(0, 256, hidden.shape, np.uint8) >= DROPOUT
            hidden *= KEPT_SCALE
        hidden *= keep
        tape.append((y, r, near, hidden, keep))
        x = x + hidden @ weights[f"out{i}"]
    y, r = normalise(x)
    return y, (letters, tape, r)


def backward(weights, saved, y, dy):
    letters, tape, r = saved
    grads = {}
    dx = normalise_backward(dy, y, r)
    for i in reversed(range(len(DILATIONS))):
        y, r, near, hidden, keep = tape[i]
        flat = dx.reshape(-1, CHANNELS)
        grads[f"out{i}"] = hidden.reshape(-1, HIDDEN).T @ flat
        dh = (flat @ weights[f"out{i}"].T).reshape(hidden.shape)
        dh *= keep
        dh *= KEPT_SCALE
        dh = dh.reshape(-1, HIDDEN)
        grads[f"in{i}"] = near.reshape(-1, 3 * CHANNELS).T @ dh
        grads[f"bias{i}"] = dh.sum(0)
        dnear = (dh @ weights[f"in{i}"].T).reshape(near.shape)
        dx = dx + normalise_backward(neighbours_backward(dnear, DILATIONS[i], CHANNELS), y, r)
    grads["embedding"] = np.zeros_like(weights["embedding"])
    np.add.at(grads["embedding"], letters.reshape(-1), dx.reshape(-1, CHANNELS))
    return grads


def head_logits(weights, head, features):
    return features @ weights[f"head_{head}"] + weights[f"head_bias_{head}"]


def log_softmax(logits):
    logits = logits - logits.max(-1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(-1, keepdims=True))


def step(weights, batch, rng):
    """Loss and gradients of one batch: letters `[words, n]` and, for each head, rows and labels `[rows, n − 2]`."""
    letters, targets = batch
    y, saved = forward(weights, letters, rng)
    dy = np.zeros_like(y)
    grads, loss, count = {}, 0.0, 0
    total = sum(labels.size for _, labels in targets.values())
    for head in HEADS:
        grads[f"head_{head}"] = 0 * weights[f"head_{head}"]
        grads[f"head_bias_{head}"] = 0 * weights[f"head_bias_{head}"]
        if head not in targets:
            continue
        rows, labels = targets[head]
        features = y[rows, 1:-1].reshape(-1, CHANNELS)
        log_p = log_softmax(head_logits(weights, head, features))
        at = np.arange(labels.size)
        loss -= log_p[at, labels.reshape(-1)].sum()
        d = np.exp(log_p)
        d[at, labels.reshape(-1)] -= 1
        d /= total
        grads[f"head_{head}"] = features.T @ d
        grads[f"head_bias_{head}"] = d.sum(0)
        dfeatures = (d @ weights[f"head_{head}"].T).reshape(len(rows), -1, CHANNELS)
        dy[rows, 1:-1] += dfeatures
    grads.update(backward(weights, saved, y, dy))
    return loss / total, grads


def batches(rng, examples):
    """Words of the same length together, in random order: all of gold and a part of silver."""
    order = []
    for length, (letters, targets) in examples.items():
        size = max(1, BATCH_LETTERS // (length + 2))
        in_gold = np.any([targets[head][:, 0] >= 0 for head in HEADS[:KEPT_HEADS]], axis=0)
        shuffled = rng.permutation(np.flatnonzero(in_gold | (rng.random(len(letters)) < SILVER_SHARE)))
        order += [(length, shuffled[at : at + size]) for at in range(0, len(shuffled), size)]
    for i in rng.permutation(len(order)):
        length, rows = order[i]
        letters, targets = examples[length]
        chosen = {}
        for head, labels in targets.items():
            has = np.flatnonzero(labels[rows, 0] >= 0)
            if len(has):
                chosen[head] = (has, labels[rows][has])
        if chosen:
            yield letters[rows], chosen


def tabulate(aligned, labels):
    """By word length: letters with boundaries, and labels of each head, −1 where a lexicon lacks the word."""
    words = sorted(set().union(*aligned.values()))
    by_length = defaultdict(list)
    for word in words:
        by_length[len(word)].append(word)
    examples = {}
    for length, names in sorted(by_length.items()):
        letters = np.array([[BOUNDARY, *(LETTERS.index(c) + 1 for c in w), BOUNDARY] for w in names])
        targets = {}
        for head in HEADS:
            rows = np.full((len(names), length), -1)
            for row, word in zip(rows, names):
                groups = aligned[head].get(word)
                if groups and all(group in labels[head] for group in groups):
                    row[:] = [labels[head][group] for group in groups]
            targets[head] = rows
        examples[length] = letters, targets
    return examples


def train(examples, label_counts, epochs, evaluate):
    rng = np.random.default_rng(SEED)
    weights = initial_weights(rng, label_counts)
    first = {k: np.zeros_like(w) for k, w in weights.items()}
    second = {k: np.zeros_like(w) for k, w in weights.items()}
    average = {k: w.copy() for k, w in weights.items()}
    steps = epochs * sum(1 for _ in batches(np.random.default_rng(0), examples))
    at, start = 0, time.time()
    for epoch in range(epochs):
        losses = []
        for batch in batches(rng, examples):
            at += 1
            loss, grads = step(weights, batch, rng)
            losses.append(loss)
            rate = PEAK_RATE * min(at / WARM_UP, 0.5 * (1 + np.cos(np.pi * min(1, at / steps))))
            norm = np.sqrt(sum(float((g * g).sum()) for g in grads.values()))
            scale = np.float32(min(1, 1 / (norm + 1e-9)))
            keep = min(AVERAGE, at / (at + 10))
            for k, w in weights.items():
                g = grads[k] * scale
                first[k] += np.float32(0.1) * (g - first[k])
                second[k] += np.float32(0.01) * (g * g - second[k])
                bias = np.float32(rate * np.sqrt(1 - 0.99**at) / (1 - 0.9**at))
                w -= bias * first[k] / (np.sqrt(second[k]) + np.float32(1e-8))
                average[k] += np.float32(1 - keep) * (w - average[k])
        print(f"epoch {epoch + 1}: loss {np.mean(losses):.4f}, {time.time() - start:.0f} s", flush=True)
        if (epoch + 1) % 2 == 0 or epoch + 1 == epochs:
            evaluate(average)
    return average


# --- Reading -----------------------------------------------------------------------------------------------------


def read(log_p, labels, primaries):
    """The likeliest groups of a word with at most one primary stress, and exactly one if that is possible."""
    with_stress = np.where(primaries, log_p, -np.inf)
    without = np.where(primaries, -np.inf, log_p)
    a, b = without.max(1), with_stress.max(1)
    choice = without.argmax(1)
    gain = b - a
    if np.isfinite(gain).any():
        at = int(gain.argmax())
        choice[at] = with_stress[at].argmax()
    return "".join(labels[i] for i in choice)


def read_words(weights, head, words, names):
    """Each word with its phonemes."""
    primaries = np.array(["ˈ" in name for name in names])
    by_length = defaultdict(list)
    for word in words:
        by_length[len(word)].append(word)
    for group in by_length.values():
        letters = np.array([[BOUNDARY, *(LETTERS.index(c) + 1 for c in w), BOUNDARY] for w in group])
        features, _ = forward(weights, letters)
        log_p = log_softmax(head_logits(weights, head, features[:, 1:-1]))
        for word, rows in zip(group, log_p):
            yield word, read(rows, names, primaries)


def edit_distance(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a):
        last, row[0] = row[0], i + 1
        for j, y in enumerate(b):
            last, row[j + 1] = row[j + 1], min(last + (x != y), row[j] + 1, row[j + 1] + 1)
    return row[-1]


def accuracy(weights, held_out, label_names):
    """Prints words exact, words exact but for stress, and symbols right (1 − edits / symbols)."""
    for head in HEADS[:KEPT_HEADS]:
        exact = bare = edits = symbols = 0
        total = len(held_out[head])
        strip = str.maketrans("", "", "ˈˌ")
        for word, got in read_words(weights, head, held_out[head], label_names[head]):
            want = held_out[head][word]
            exact += want == got
            bare += want.translate(strip) == got.translate(strip)
            edits += edit_distance(want, got)
            symbols += len(want)
        print(
            f"  {head}: {total} words, {exact / total:.2%} exact, {bare / total:.2%} but for stress, "
            f"{1 - edits / symbols:.2%} symbols",
            flush=True,
        )


# --- The file ----------------------------------------------------------------------------------------------------


def quantised(matrix):
    """Eight-bit columns with a scale each: `matrix[i, j] ≈ scale[j] · q[i, j]`."""
    scale = np.abs(matrix).max(0) / 127
    scale[scale == 0] = 1
    return scale.astype("<f4"), np.clip(np.rint(matrix / scale), -127, 127).astype(np.int8)


def exceptions(weights, lexicons, label_names):
    """The short gold words and the contractions that the model misreads, for each kept head; many are common."""
    result = {}
    for head in HEADS[:KEPT_HEADS]:
        words = {
            w: p
            for w, p in lexicons[head].items()
            if (len(w) <= EXCEPTION_LETTERS or "'" in w and not w.endswith("'s")) and not is_held_out(w)
        }
        read_as = dict(read_words(weights, head, words, label_names[head]))
        result[head] = {w: p for w, p in words.items() if read_as[w] != p}
    return result


def write_model(path, weights, label_names, wrong):
    """See src/text/letters/model.rs. Matrices are stored with all outputs of one input after the other."""
    out = bytearray(b"KGLS")
    out += struct.pack("<5H", 1, CHANNELS, HIDDEN, len(DILATIONS), KEPT_HEADS)
    out += bytes(DILATIONS)

    def put(matrix):
        scale, q = quantised(matrix)
        out.extend(scale.tobytes())
        out.extend(q.tobytes())

    put(weights["embedding"])
    for i in range(len(DILATIONS)):
        put(weights[f"in{i}"])
        out += weights[f"bias{i}"].astype("<f4").tobytes()
        put(weights[f"out{i}"])
    for head in HEADS[:KEPT_HEADS]:
        names = "\n".join(label_names[head]).encode()
        out += struct.pack("<2H", len(label_names[head]), len(names)) + names
        put(weights[f"head_{head}"])
        out += weights[f"head_bias_{head}"].astype("<f4").tobytes()
        lines = "".join(f"{word}\t{phonemes}\n" for word, phonemes in sorted(wrong[head].items())).encode()
        out += struct.pack("<I", len(lines)) + lines
    path.write_bytes(out)
    print(f"{path}: {len(out)} bytes")


def dequantised(weights):
    """The weights as the runtime sees them."""
    result = {}
    for key, w in weights.items():
        if w.ndim == 2:
            scale, q = quantised(w)
            w = (q * scale).astype(np.float32)
        result[key] = w
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("lexicons", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--held-out", type=Path, help="where to write the held-out gold words")
    options = parser.parse_args()

    lexicons = {head: read_lexicon(options.lexicons / f"{head}.json") for head in HEADS}
    held_out = {
        head: {w: p for w, p in lexicons[head].items() if is_held_out(w) and 1 < len(w) <= MAX_LETTERS}
        for head in HEADS[:KEPT_HEADS]
    }
    if options.held_out:
        lines = [
            f"{word}\t{head[:2]}\t{phonemes}\n"
            for head in HEADS[:KEPT_HEADS]
            for word, phonemes in sorted(held_out[head].items())
        ]
        options.held_out.write_text("".join(lines))
    aligned, labels, label_names = {}, {}, {}
    for dialect in ("us", "gb"):
        # Both lexicons of a dialect are aligned by one model, gold going before silver.
        gold, silver = (
            {w: p for w, p in lexicons[f"{dialect}_{kind}"].items() if not is_held_out(w)}
            for kind in ("gold", "silver")
        )
        both = align({**silver, **gold})
        for kind, words in (("gold", gold), ("silver", silver)):
            head = f"{dialect}_{kind}"
            aligned[head] = {w: both[w] for w in words if w in both and (kind == "gold" or w not in gold)}
            counts = Counter(group for groups in aligned[head].values() for group in groups)
            label_names[head] = sorted(group for group, n in counts.items() if n >= RARE_GROUP)
            labels[head] = {group: i for i, group in enumerate(label_names[head])}
            print(f"{head}: {len(aligned[head])} words, {len(label_names[head])} groups", flush=True)
    examples = tabulate(aligned, labels)
    label_counts = {head: len(names) for head, names in label_names.items()}
    weights = train(examples, label_counts, options.epochs, lambda w: accuracy(w, held_out, label_names))
    weights = dequantised(weights)
    print("with eight-bit weights:")
    accuracy(weights, held_out, label_names)
    wrong = exceptions(weights, lexicons, label_names)
    print({head: len(words) for head, words in wrong.items()})
    write_model(options.out, weights, label_names, wrong)


if __name__ == "__main__":
    sys.exit(main())
