"""ONNX export of a GGUF or checkpoint, batch 1, with the package's exportable STFT (`CustomSTFT`).

  python tools/reference/export_onnx.py MODEL --mode noisein --stages --out model.onnx

noisein: one more input, `noise` `[1, samples or more, 9]`, the standard normal draws of the harmonic source
det:     no noise          rand: the draws stay in the graph, as in the package's own example
With --portable the same mathematics is written without sequences and conditionals, which OpenVINO cannot load.
With --stages every stage (see stages.py) is a named output with PyTorch's axes, after `waveform` and `durations`.
"""
import argparse
import time
import types
from pathlib import Path

import kokoro_package as kp
import onnx
import torch
from kokoro import custom_stft, istftnet, modules
from load_gguf import load_model
from stages import StageRecorder
from voices import load_voice, voice_names

OPSET = 17


def _sine_gen(noise_of):
    """`SineGen` and `SourceModuleHnNSF` without random draws: `noise_of()` gives them, or None for none.

    The initial phase is left out, since it never reaches the output.
    """
    functional = torch.nn.functional

    def f02sine(self, f0):
        scale = self.upsample_scale
        rad = (f0 / self.sampling_rate) % 1
        rad = functional.interpolate(rad.transpose(1, 2), scale_factor=1 / scale, mode="linear").transpose(1, 2)
        phase = torch.cumsum(rad, dim=1) * 2 * torch.pi
        phase = functional.interpolate(phase.transpose(1, 2) * scale, scale_factor=scale, mode="linear")
        return torch.sin(phase.transpose(1, 2))

    def forward(self, f0):
        harmonics = torch.multiply(f0, torch.FloatTensor([[list(range(1, self.harmonic_num + 2))]]))
        sines, uv = self._f02sine(harmonics) * self.sine_amp, self._f02uv(f0)
        sines = sines * uv
        noise = noise_of()
        if noise is not None:
            amplitude = uv * self.noise_std + (1 - uv) * self.sine_amp / 3
            sines = sines + amplitude * noise[:, :sines.shape[1]]
        return sines, uv, uv

    def merge(self, x):
        sines, uv, _ = self.l_sin_gen(x)
        return self.l_tanh(self.l_linear(sines)), uv, uv

    return f02sine, forward, merge


def _portable_speech(self, input_ids, style, speed):
    """`KModel.forward_with_tokens`; the alignment is compared, not scattered."""
    tokens = input_ids.shape[1]
    lengths = torch.full((1,), tokens, dtype=torch.long)
    mask = torch.arange(tokens).unsqueeze(0) + 1 > lengths.unsqueeze(1)
    predictor, half = self.predictor, style.shape[1] // 2
    d_en = self.bert_encoder(self.bert(input_ids, attention_mask=(~mask).int())).transpose(-1, -2)
    encoded = predictor.text_encoder(d_en, style[:, half:], lengths, mask)
    logits = predictor.duration_proj(predictor.lstm(encoded)[0])
    durations = torch.round(torch.sigmoid(logits).sum(dim=-1) / speed).clamp(min=1).long()[0]
    ends, frame = torch.cumsum(durations, 0)[:, None], torch.arange(durations.sum())[None]
    alignment = ((frame < ends) & (frame >= ends - durations[:, None])).float().unsqueeze(0)
    f0, energy = predictor.F0Ntrain(encoded.transpose(-1, -2) @ alignment, style[:, half:])
    asr = self.text_encoder(input_ids, lengths, mask) @ alignment
    return self.decoder(asr, f0, energy, style[:, :half])[0, 0], durations


def _portable_curves(self, x, style):
    """`ProsodyPredictor.F0Ntrain`; an axis is indexed, not squeezed, which becomes a conditional."""
    f0 = energy = self.shared(x.transpose(-1, -2))[0].transpose(-1, -2)
    for block in self.F0:
        f0 = block(f0, style)
    for block in self.N:
        energy = block(energy, style)
    return self.F0_proj(f0)[:, 0], self.N_proj(energy)[:, 0]


def _portable_transform(self, waveform):
    """`CustomSTFT.transform`; the phase of negative reals is selected, not assigned."""
    edge = self.n_fft // 2
    x = torch.nn.functional.pad(waveform, (edge, edge), mode=self.pad_mode).unsqueeze(1)
    real = torch.nn.functional.conv1d(x, self.weight_forward_real, stride=self.hop_length)
    imaginary = torch.nn.functional.conv1d(x, self.weight_forward_imag, stride=self.hop_length)
    on_cut = (imaginary == 0) & (real < 0)
    phase = torch.where(on_cut, torch.full_like(real, torch.pi), torch.atan2(imaginary, real))
    return torch.sqrt(real**2 + imaginary**2 + 1e-14), phase


class Exported(torch.nn.Module):
    def __init__(self, model, with_stages):
        super().__init__()
        self.model, self.with_stages, self.noise, self.stage_names = model, with_stages, None, []

    def forward(self, input_ids, style, speed, noise=None):
        self.noise = noise
        if not self.with_stages:
            return self.model.forward_with_tokens(input_ids, style, speed)
        with StageRecorder(self.model) as recorder:
            out = self.model.forward_with_tokens(input_ids, style, speed)
        self.stage_names = list(recorder.stages)
        return *out, *recorder.stages.values()


def export(model_path, out, mode, with_stages=False, voice_source=None, portable=False):
    model = load_model(model_path, disable_complex=True, attention="eager")
    exported = Exported(model, with_stages).eval()
    keep = istftnet.SineGen._f02sine, istftnet.SineGen.forward, istftnet.SourceModuleHnNSF.forward
    source = voice_source or (None if Path(model_path).is_dir() else model_path)
    phonemes = kp.CASES["t25"]
    style = kp.style_row(load_voice(voice_names(source)[0], source), phonemes)
    args = [torch.LongTensor([kp.token_ids(phonemes)]), style, torch.tensor([1.0])]
    inputs, dynamic = ["input_ids", "style", "speed"], {"input_ids": {1: "tokens"}}
    if mode == "noisein":
        args.append(torch.randn(1, 600 * 400, 9, generator=torch.Generator().manual_seed(5)))
        inputs.append("noise")
        dynamic["noise"] = {1: "noise_samples"}
    if mode != "rand":
        patched = _sine_gen(lambda: exported.noise)
        istftnet.SineGen._f02sine, istftnet.SineGen.forward, istftnet.SourceModuleHnNSF.forward = patched
    keep_portable = custom_stft.CustomSTFT.transform, modules.ProsodyPredictor.F0Ntrain
    if portable:
        custom_stft.CustomSTFT.transform, modules.ProsodyPredictor.F0Ntrain = _portable_transform, _portable_curves
        model.forward_with_tokens = types.MethodType(_portable_speech, model)
    try:
        with torch.no_grad():
            exported(*args)  # for the names of the stages
            outputs = ["waveform", "durations"] + exported.stage_names
            torch.onnx.export(exported, tuple(args), str(out), input_names=inputs, output_names=outputs,
                              opset_version=OPSET, dynamic_axes=dynamic, do_constant_folding=True, dynamo=False)
    finally:
        istftnet.SineGen._f02sine, istftnet.SineGen.forward, istftnet.SourceModuleHnNSF.forward = keep
        custom_stft.CustomSTFT.transform, modules.ProsodyPredictor.F0Ntrain = keep_portable
    onnx.checker.check_model(str(out))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="GGUF file or folder of a checkpoint")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--mode", choices=("noisein", "det", "rand"), default="noisein")
    parser.add_argument("--portable", action="store_true", help="a graph that OpenVINO loads as well")
    parser.add_argument("--stages", action="store_true", help="every stage as an output")
    parser.add_argument("--voices", help="folder of .bin voice packs, or a GGUF (default: the model itself)")
    args = parser.parse_args()
    args.out.parent.mkdir(parents=True, exist_ok=True)
    start = time.time()
    export(args.model, args.out, args.mode, args.stages, args.voices, args.portable)
    print(f"{args.out}: {args.mode}, {args.out.stat().st_size} bytes, {time.time() - start:.0f} s")


if __name__ == "__main__":
    main()
