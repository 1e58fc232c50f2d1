"""The stages of one utterance from PyTorch (float32 and float64) and from ONNX Runtime, with given noise.

  python tools/reference/dump_golden.py MODEL --case golden --out DIR

MODEL is a GGUF of any type or the folder of a checkpoint. Writes into DIR
  stages.npz, stages.json   PyTorch's stages (names in stages.py), inputs, `audio` and `audio_f64`; their errors
  stages_onnx.npz           the same from ONNX Runtime, its audio as `audio_customstft`   (--no-onnx: not)
  speed.npz                 durations and samples at other speeds
"""
import argparse
import json
import tempfile
from pathlib import Path

import kokoro_package as kp
import numpy as np
import onnxruntime
import torch
from export_onnx import export
from load_gguf import load_model
from stages import StageRecorder, after_stft, duration_sums, relative_errors, snr_db, to_layout
from voices import load_voice

NOISE_SEED = 6
NOISE_STEP = 1 / 256  # draws are rounded to this, so that files compress
SPEEDS = (0.5, 0.8, 1.25, 2.0)
VOICED_THRESHOLD_HZ = 10.0


def given_draws(samples):
    """`[1, samples, 9]` standard normal draws, the same for every length."""
    generator = torch.Generator().manual_seed(NOISE_SEED)
    draws = torch.cat([torch.randn(1, 600, 9, generator=generator) for _ in range(-(-samples // 600))], dim=1)
    return (draws[:, :samples] / NOISE_STEP).round() * NOISE_STEP


@torch.no_grad()
def run_stages(model, ids, style, speed, noise, har=None):
    """Stages with PyTorch's axes, `durations` and `audio` included; `har` replaces the source spectrum."""
    convs, handles = model.decoder.generator.noise_convs, []
    if har is not None:
        handles = [conv.register_forward_pre_hook(lambda _m, _i: (har,)) for conv in convs]
    try:
        with kp.given_noise(noise), StageRecorder(model) as recorder:
            audio, durations = model.forward_with_tokens(torch.LongTensor([ids]), style, speed)
    finally:
        for handle in handles:
            handle.remove()
    return {**recorder.stages, "durations": durations, "audio": audio}


@torch.no_grad()
def run_f64(model, ids, style, speed, noise, har=None):
    """As `run_stages`, with everything in float64. The model stays in float64."""
    model.double()
    for module in model.modules():
        if hasattr(module, "window"):
            module.window = module.window.double()
    torch.set_default_dtype(torch.float64)
    try:
        return run_stages(model, ids, style.double(), speed, noise, None if har is None else har.double())
    finally:
        torch.set_default_dtype(torch.float32)


@torch.no_grad()
def run_onnx(path, ids, style, speed, noise):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = kp.THREADS, 3
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    names = [out.name for out in session.get_outputs()]
    values = session.run(names, {"input_ids": np.array([ids]), "style": style.numpy(),
                                 "speed": np.array([speed], np.float32), "noise": noise.numpy()})
    return dict(zip(names, values))


def layout(stages):
    return {name: to_layout(name, value) for name, value in stages.items()}


def errors_by_stage(stages, reference):
    """name -> [largest error over peak, RMS error over RMS], where the shapes agree."""
    return {name: relative_errors(stages[name], value) for name, value in reference.items()
            if name in stages and name != "durations" and np.shape(stages[name]) == np.shape(value)}


def tie_margin_frames(logits, speed):
    """How close the nearest sum of durations comes to a tie of rounding."""
    sums = duration_sums(logits, speed)
    return float(np.abs(sums - np.floor(sums) - 0.5).min())


def dump(model_path, case, voice_name, voice_source, speed, folder, with_onnx=True):
    folder.mkdir(parents=True, exist_ok=True)
    phonemes = kp.CASES[case]
    source = voice_source or (None if Path(model_path).is_dir() else model_path)
    ids, style = kp.token_ids(phonemes), kp.style_row(load_voice(voice_name, source), phonemes)
    model = load_model(model_path)
    samples = run_stages(model, ids, style, speed, None)["audio"].numel()
    noise = given_draws(samples)
    raw = run_stages(model, ids, style, speed, noise)
    stages = layout(raw)
    logits, f0 = stages["duration_logits"], stages["f0"]

    with torch.no_grad(), kp.given_noise():
        at_speed = [model.forward_with_tokens(torch.LongTensor([ids]), style, s) for s in SPEEDS]
    np.savez_compressed(folder / "speed.npz", speeds=np.array(SPEEDS, np.float32),
                        durations=np.stack([d.numpy() for _, d in at_speed]).astype(np.int32),
                        samples=np.array([audio.numel() for audio, _ in at_speed], np.int32))

    exact = layout(run_f64(model, ids, style, speed, noise))
    exact_har = layout(run_f64(model, ids, style, speed, noise, raw["har"]))
    if not np.array_equal(stages["durations"], exact["durations"]):
        raise SystemExit("durations differ between float32 and float64")
    inputs = {"input_ids": np.array(ids, np.int32), "style": style[0].numpy(), "speed": np.array([speed], np.float32),
              "noise": noise[0].numpy()}
    np.savez_compressed(folder / "stages.npz", **inputs, **stages, audio_f64=exact["audio"])
    report = {
        "case": case, "phonemes": phonemes, "voice": voice_name, "speed": speed, "tokens": len(ids),
        "frames": int(stages["durations"].sum()), "voiced_share": float((f0 > VOICED_THRESHOLD_HZ).mean()),
        "duration_tie_margin_frames": {str(s): tie_margin_frames(logits, s) for s in sorted({speed, *SPEEDS})},
        "f0_threshold_margin_hz": float(np.abs(f0 - VOICED_THRESHOLD_HZ).min()),
        "audio_f32_vs_f64_snr_db": snr_db(stages["audio"], exact["audio"]),
        "audio_f32_vs_f64_same_har_snr_db": snr_db(stages["audio"], exact_har["audio"]),
        "errors_are": "[largest difference / peak of the reference, RMS of the difference / RMS of the reference]",
        "f32_vs_f64": errors_by_stage(stages, exact),
        "f32_vs_f64_same_har": {name: error for name, error in errors_by_stage(stages, exact_har).items()
                                if after_stft(name)},
    }

    if with_onnx:
        with tempfile.TemporaryDirectory() as scratch:
            export(model_path, Path(scratch) / "stages.onnx", "noisein", True, source)
            ort = run_onnx(Path(scratch) / "stages.onnx", ids, style, speed, noise)
        ort["audio_customstft"] = ort.pop("waveform")
        ort = layout(ort)
        if not np.array_equal(ort["durations"], stages["durations"]):
            raise SystemExit("durations differ between PyTorch and ONNX Runtime")
        np.savez_compressed(folder / "stages_onnx.npz", **ort)
        # The same graph in PyTorch, with the exportable STFT and with ONNX Runtime's own source spectrum.
        custom = load_model(model_path, disable_complex=True)
        har = torch.from_numpy(ort["har"].T[None].copy())
        twin = layout(run_stages(custom, ids, style, speed, noise, har))
        twin["audio_customstft"] = twin.pop("audio")
        report["onnx_vs_f32"] = errors_by_stage(ort, {
            name: value for name, value in stages.items() if not after_stft(name) and name != "har"})
        report["onnx_har_vs_f32_har"] = relative_errors(ort["har"], stages["har"])
        report["onnx_vs_f32_same_har"] = {name: error for name, error in errors_by_stage(ort, twin).items()
                                          if after_stft(name)}
    (folder / "stages.json").write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return report


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--case", choices=kp.CASES, default="golden")
    parser.add_argument("--voice", default="af_heart")
    parser.add_argument("--voices", help="folder of .bin voice packs, or a GGUF (default: the model itself)")
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--no-onnx", action="store_true")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    report = dump(args.model, args.case, args.voice, args.voices, args.speed, args.out, not args.no_onnx)
    for key in ("f32_vs_f64", "f32_vs_f64_same_har", "onnx_vs_f32", "onnx_vs_f32_same_har"):
        worst = sorted(report.get(key, {}).items(), key=lambda item: -item[1][0])[:4]
        print(key, ", ".join(f"{name} {error[0]:.1e}" for name, error in worst))
    print({key: value for key, value in report.items() if not isinstance(value, dict)})


if __name__ == "__main__":
    main()
