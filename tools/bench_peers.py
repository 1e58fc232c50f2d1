"""Kokoro runtimes side by side on the same weights, in turns, each measurement in a process of its own.

  python tools/bench_peers.py /tmp/82m_F32.gguf --csv benches/record/today.csv

prints a table in markdown: real-time factor (median, compute time over audio time), peak memory, and the time from starting a
process to the first audio. The ONNX files that the other runtimes take are exported from the same GGUF, beside it,
unless they are there or named; `--runtimes` and what is not installed decide who takes part. A model is made by

  cargo run --release -q -p kokoro-gguf-tools --bin make-model -- --preset 82m --type F32 --out /tmp/82m_F32.gguf

`--hide-avx512` holds everyone to AVX2: it hides AVX-512 and AMX from all that ask by CPUID (tools/hide_avx512.c).

A measurement waits until other programs use less than 0.15 of a core, and says how much they used while it ran.
"""
import argparse
import csv
import importlib.util
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

HERE = Path(__file__).resolve().parent
# The same utterances as `kokoro-gguf bench`, src/cli/bench.rs.
PHONEMES = "ðə kwˈɪk bɹˈWn fˈɑks ʤˈʌmps ˈOvəɹ ðə lˈAzi dˈɔɡ. "
SAMPLE_RATE_HZ = 24_000
COLD_TOKENS = 25
QUIET_CORES = 0.15
TICKS = os.sysconf("SC_CLK_TCK")

# Label -> (engine, variant). An engine is the package of a peer, or ours, whose variant is a precision and perhaps an
# instruction set.
RUNTIMES = {
    "kokoro-gguf auto": ("kokoro-gguf", "auto"),
    "kokoro-gguf auto without AMX": ("kokoro-gguf", "auto avx512_vnni"),
    "kokoro-gguf int8": ("kokoro-gguf", "int8"),
    "kokoro-gguf f32": ("kokoro-gguf", "f32"),
    "ONNX Runtime f32": ("onnxruntime", "f32"),
    "ONNX Runtime int8": ("onnxruntime", "int8"),
    "OpenVINO bf16": ("openvino", "bf16"),
    "OpenVINO f32": ("openvino", "f32"),
}
DEFAULT = "kokoro-gguf auto,kokoro-gguf f32,ONNX Runtime f32,OpenVINO bf16"


def busy_s():
    """Seconds of CPU that the whole machine has used; 0 where /proc does not tell."""
    try:
        fields = [int(x) for x in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    except OSError:
        return 0.0
    return (sum(fields) - fields[3] - fields[4]) / TICKS


def wait_until_quiet(max_wait_s):
    start = time.monotonic()
    while time.monotonic() - start < max_wait_s:
        before, began = busy_s(), time.monotonic()
        time.sleep(0.5)
        if (busy_s() - before) / (time.monotonic() - began) < QUIET_CORES:
            return


def hide_avx512():
    """The library that hides AVX-512 from whoever loads it."""
    library = Path(tempfile.gettempdir()) / "hide_avx512.so"
    source = HERE / "hide_avx512.c"
    subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", str(library), str(source)], check=True)
    return str(library)


# What runs in a process of its own: `worker` prints FIRST when the first audio is there, then RESULT.

def peer(args):
    """A function that speaks, and the version of what speaks."""
    import numpy as np
    ids, style = json.loads(args.ids), np.frombuffer(bytes.fromhex(args.style), dtype="<f4")[None].copy()
    feed = {"input_ids": np.array([ids], dtype=np.int64), "style": style, "speed": np.ones(1, dtype=np.float32)}
    if args.engine == "onnxruntime":
        import onnxruntime
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = args.threads, 1
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(args.model, options, providers=["CPUExecutionProvider"])
        feed = {i.name: feed[i.name] for i in session.get_inputs()}
        return lambda: session.run(["waveform"], feed)[0], onnxruntime.__version__
    import openvino
    settings = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": args.threads,
                "INFERENCE_PRECISION_HINT": args.variant}
    core = openvino.Core()
    compiled = core.compile_model(core.read_model(args.model), "CPU", settings)
    feed = {name: feed[name] for i in compiled.inputs if (name := i.get_any_name()) in feed}
    request, output = compiled.create_infer_request(), compiled.output("waveform")
    return lambda: request.infer(feed)[output], openvino.__version__.split("-")[0]


def peak_rss_bytes():
    status = Path("/proc/self/status").read_text()
    return 1024 * next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))


def worker(args):
    speak, version = peer(args)
    audio = speak()
    print("FIRST", flush=True)
    walls = []
    for _ in range(args.repeats):
        start = time.perf_counter()
        speak()
        walls.append(time.perf_counter() - start)
    print("RESULT " + json.dumps({
        "walls": walls, "audio_s": audio.size / SAMPLE_RATE_HZ, "peak_rss_bytes": peak_rss_bytes(),
        "version": version, "rms": float((audio.astype("f8") ** 2).mean() ** 0.5)}), flush=True)


# What measures.

class Bench:
    def __init__(self, args):
        import gguf
        import numpy as np
        self.args, self.rows, self.report = args, [], {}
        self.hiding = {"LD_PRELOAD": hide_avx512()} if args.hide_avx512 else {}
        reader = gguf.GGUFReader(args.model)
        tokens = reader.fields["tokenizer.ggml.tokens"].contents()
        self.vocabulary = {symbol: i for i, symbol in enumerate(tokens) if symbol}
        prefix = "kokoro.voice_tensors."
        packs = {t.name[len(prefix):]: t.data for t in reader.tensors if t.name.startswith(prefix)}
        # The voice that kokoro-gguf takes where none is named.
        self.pack = np.asarray(packs.get("af_heart", next(iter(packs.values()))), dtype="<f4").reshape(510, 256)

    def phonemes(self, tokens):
        return (PHONEMES * (tokens // len(PHONEMES) + 1))[:tokens]

    def onnx_file(self, engine, variant):
        """The file that this peer takes, made if it is not there."""
        args = self.args
        beside = Path(args.model).with_suffix("")
        portable = engine == "openvino"
        file = Path((args.portable_onnx if portable else args.onnx)
                    or f"{beside}_{'portable' if portable else 'rand'}.onnx")
        if not file.exists():
            command = [sys.executable, str(HERE / "reference" / "export_onnx.py"), args.model, "--mode", "rand",
                       "--out", str(file)] + ["--portable"] * portable
            subprocess.run(command, check=True, stdout=sys.stderr)
        if variant != "int8":
            return file
        quantised = Path(args.int8_onnx or f"{beside}_int8.onnx")
        if not quantised.exists():
            from onnxruntime.quantization import QuantType, quantize_dynamic
            quantize_dynamic(file, quantised, weight_type=QuantType.QUInt8)
        return quantised

    def command(self, label, tokens, repeats):
        args, (engine, variant) = self.args, RUNTIMES[label]
        if engine == "kokoro-gguf":
            variant = variant.split()[0]
            if repeats:
                return [args.cli, "bench", "-m", args.model, "--tokens", str(tokens), "--threads", str(args.threads),
                        "--precision", variant, "--repeats", str(repeats), "--json"]
            return [args.cli, "synth", "-m", args.model, "--threads", str(args.threads), "--precision", variant,
                    "--phonemes", self.phonemes(tokens), "-o", "-"]
        ids = [0, *(self.vocabulary[symbol] for symbol in self.phonemes(tokens)), 0]
        return [sys.executable, __file__, "--worker", "--engine", engine, "--variant", variant, "--ids", json.dumps(ids),
                "--style", self.pack[tokens - 1].tobytes().hex(), "--threads", str(args.threads),
                "--repeats", str(repeats), str(self.onnx_file(engine, variant))]

    def environment(self, label):
        engine, variant = RUNTIMES[label]
        isa = variant.split()[1:] if engine == "kokoro-gguf" else []
        return os.environ | self.hiding | ({"KOKORO_ISA": isa[0]} if isa else {})

    def cold_s(self, label):
        """From starting the process to the first audio it has."""
        command = self.command(label, COLD_TOKENS, 0)
        wait_until_quiet(self.args.max_wait)
        start = time.perf_counter()
        process = subprocess.Popen(command, env=self.environment(label), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        first = process.stdout.read(1)
        wall_s = time.perf_counter() - start
        _, errors = process.communicate()
        if process.returncode or not first:
            raise subprocess.CalledProcessError(process.returncode, command, stderr=errors.decode())
        return wall_s

    def measure(self, label, tokens):
        command = self.command(label, tokens, self.args.repeats)
        wait_until_quiet(self.args.max_wait)
        before, start = busy_s(), time.perf_counter()
        own = sum(os.times()[2:4])
        environment = self.environment(label)
        out = subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout
        wall_s = time.perf_counter() - start
        own = sum(os.times()[2:4]) - own
        if RUNTIMES[label][0] == "kokoro-gguf":
            self.report = report = json.loads(out)
            run = report["runs"][0]
            rtf, rss, version = run["rtf"], report["peak_rss_bytes"], report["precision"]
            least = run["wall_s_min"] / run["audio_s"]
            audio_s = run["audio_s"]
        else:
            result = json.loads(next(line[7:] for line in out.splitlines() if line.startswith("RESULT ")))
            audio_s = result["audio_s"]
            rtf, least = statistics.median(result["walls"]) / audio_s, min(result["walls"]) / audio_s
            rss, version = result["peak_rss_bytes"], result["version"]
        others = max(0.0, (busy_s() - before - own) / wall_s)
        return {"runtime": label, "version": version, "tokens": tokens, "audio_s": round(audio_s, 3),
                "rtf": rtf, "rtf_min": least, "peak_rss_mb": rss and rss / 1e6, "other_cores": others}

    def run(self, labels):
        """Everyone once, then everyone again: what the machine does to one round it does to all."""
        for number in range(self.args.rounds):
            for label in list(labels):
                try:
                    rows = [self.measure(label, tokens) for tokens in self.args.tokens]
                    cold_s = self.cold_s(label)
                except subprocess.CalledProcessError as error:
                    told = (error.stderr or "").strip().splitlines() or ["no message"]
                    print(f"{label} fails and is left out: {told[-1]}", file=sys.stderr)
                    labels.remove(label)
                    continue
                self.rows += [{"round": number, **row, "cold_s": cold_s} for row in rows]

    def median(self, label, tokens, field):
        values = [row[field] for row in self.rows if row["runtime"] == label and row["tokens"] == tokens]
        return statistics.median(values)

    def table(self, labels):
        lengths = self.args.tokens
        slash = " / ".join(map(str, lengths))
        base = "ONNX Runtime f32" if "ONNX Runtime f32" in labels else labels[0]
        yield f"| runtime | RTF at {slash} tokens | of {base} | peak RSS, MB | first audio of {COLD_TOKENS} tokens, s |"
        yield "|---|---|---|---|---|"
        for label in labels:
            def each(form, field):
                return " / ".join(form.format(self.median(label, n, field)) for n in lengths)
            ratios = (self.median(label, n, "rtf") / self.median(base, n, "rtf") for n in lengths)
            version = next(row["version"] for row in self.rows if row["runtime"] == label)
            name = label if label.endswith(version) else f"{label} ({version})"
            yield (f"| {name} | {each('{:.3f}', 'rtf')} | {' / '.join(f'{r:.2f}' for r in ratios)} "
                   f"| {each('{:.0f}', 'peak_rss_mb')} | {self.median(label, lengths[0], 'cold_s'):.2f} |")
        # Later reports carry the peaks that the processor reached in the same run.
        peaks = self.report.get("peaks") or {}
        for name, value in peaks.items():
            yield f"| peak {name} | {value:.0f} | | | |" if isinstance(value, (int, float)) else f"| peak {name} | {value} | | | |"

    def about(self):
        report = self.report
        cpu = report.get("cpu") or platform.processor()
        commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=HERE, capture_output=True, text=True)
        rustc = subprocess.run(["rustc", "--version"], capture_output=True, text=True)
        return [f"{cpu}; {report.get('isa', 'unknown')}; {self.args.threads} threads; "
                f"{' '.join(rustc.stdout.split()[:2])}; commit {commit.stdout.strip()}; {date.today()}",
                f"{Path(self.args.model).name}, {self.args.rounds} rounds of {self.args.repeats} repeats"]

    def write_csv(self, path):
        with open(path, "w", newline="", encoding="utf-8") as file:
            for line in self.about():
                file.write(f"# {line}\n")
            writer = csv.DictWriter(file, self.rows[0].keys())
            writer.writeheader()
            for row in self.rows:
                writer.writerow({k: f"{v:.4g}" if isinstance(v, float) else v for k, v in row.items()})


def takes_part(label, cli):
    engine = RUNTIMES[label][0]
    there = Path(cli).exists() if engine == "kokoro-gguf" else importlib.util.find_spec(engine) is not None
    if not there:
        print(f"{label} is left out: {cli if engine == 'kokoro-gguf' else engine} is not there", file=sys.stderr)
    return there


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="GGUF file")
    parser.add_argument("--runtimes", default=DEFAULT, help=f"of {', '.join(RUNTIMES)} (default: {DEFAULT})")
    parser.add_argument("--cli", default="target/release/kokoro-gguf")
    parser.add_argument("--onnx", help="for ONNX Runtime (default: FILE_rand.onnx beside the model)")
    parser.add_argument("--int8-onnx", help="for ONNX Runtime int8 (default: FILE_int8.onnx)")
    parser.add_argument("--portable-onnx", help="for OpenVINO (default: FILE_portable.onnx)")
    parser.add_argument("--tokens", default="10,25,100,400", help="phonemes of each utterance")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--max-wait", type=float, default=60.0, help="seconds to wait for a quiet machine")
    parser.add_argument("--hide-avx512", action="store_true", help="hold everyone to AVX2")
    parser.add_argument("--csv", help="every measurement, for benches/record")
    for internal in ("--engine", "--variant", "--ids", "--style"):
        parser.add_argument(internal, help=argparse.SUPPRESS)
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.worker:
        return worker(args)
    args.tokens = [int(n) for n in args.tokens.split(",")]
    labels = [label.strip() for label in args.runtimes.split(",")]
    if unknown := [label for label in labels if label not in RUNTIMES]:
        parser.error(f"unknown runtime {unknown[0]}, expected one of {', '.join(RUNTIMES)}")
    labels = [label for label in labels if takes_part(label, args.cli)]
    bench = Bench(args)
    bench.run(labels)
    if not labels:
        raise SystemExit("nobody is left to measure")
    print("\n".join([*bench.about(), "", *bench.table(labels)]))
    if args.csv:
        bench.write_csv(args.csv)


if __name__ == "__main__":
    main()
