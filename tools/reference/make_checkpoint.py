"""A checkpoint with Kokoro's exact architecture and random weights that behave sanely.

  python tools/reference/make_checkpoint.py --preset tiny --seed 2026 --out DIR

writes DIR/kokoro-v1_0.pth in the nested layout of the official checkpoint (weight_g/weight_v pairs, `module.`
prefixes, no AdaIN affine), DIR/config.json and DIR/stats.json. Every parameter has a generator of its own, so the
draws depend on the seed and the name alone; one forward pass then rescales each linear map to a target level, so
that durations, F0 and loudness are in the range of speech. The rescaling is floating-point arithmetic: another CPU
or PyTorch version may differ in the last bits.
"""
import argparse
import json
import math
import re
import zlib
from pathlib import Path

import kokoro_package as kp
import torch
from kokoro.istftnet import AdaIN1d, AdainResBlk1d, AdaINResBlock1
from kokoro.modules import AdaLayerNorm
from torch import nn
from voices import load_voice

CALIBRATION_STYLES = 24
STYLE_SPREAD = 0.7  # of a style's own level; about how far the official voices lie apart
DURATION_STD_FRAMES, DURATION_LOGIT_STEP = 1.35, 1.6
F0_MEAN_HZ, F0_STD_HZ = 150.0, 80.0
AUDIO_RMS = 0.1


def rms(x):
    return float(x.detach().float().pow(2).mean().sqrt())


class Draws:
    """A generator for each name."""

    def __init__(self, seed):
        self.seed = seed

    def generator(self, name):
        generator = torch.Generator()
        generator.manual_seed((self.seed << 32) ^ zlib.crc32(name.encode()))
        return generator

    def normal(self, name, shape):
        return torch.randn(shape, generator=self.generator(name))

    def uniform(self, name, shape):
        return torch.rand(shape, generator=self.generator(name))


def initialise(model, draws):
    for name, p in model.named_parameters():
        last = name.rsplit(".", 1)[-1]
        normal = draws.normal(name, p.shape)
        if re.search(r"(adain|norm)[12]\.(\d\.)?norm\.(weight|bias)$", name):
            p.fill_(1.0 if last == "weight" else 0.0)  # the official training had no affine here
        elif re.match(r"(weight|bias)_[ih]h_l0", last):
            p.copy_((draws.uniform(name, p.shape) * 2 - 1) * 1.5 / math.sqrt(p.shape[0] // 4))
        elif re.search(r"(LayerNorm|layer_norm)\.weight$", name) or last == "gamma":
            p.copy_(1 + 0.1 * normal)
        elif re.search(r"(LayerNorm|layer_norm)\.bias$", name) or last == "beta":
            p.copy_(0.1 * normal)
        elif "alpha1" in name or "alpha2" in name:
            p.copy_(torch.exp(0.3 * normal))
        elif "embedding" in name and "mapping" not in name:
            p.copy_(normal * (0.3 if "position" in name or "token_type" in name else 1.0))
        elif last == "bias":
            p.copy_(0.05 * normal)
        elif last == "weight_g":  # not a constant vector; its level comes from the calibration
            p.copy_(torch.exp(0.1 * normal))
        elif last == "weight_v":
            p.copy_(normal)
        else:
            p.copy_(normal / math.sqrt(p[0].numel() if p.dim() > 1 else p.numel()))


def shape_source(decoder, bins):
    """Taps, harmonic weights and spectrum weights of the kind that training gives."""
    decoder.F0_conv.weight_v.copy_(torch.tensor([[[0.5, 1.0, 0.45]]]))
    decoder.N_conv.weight_v.copy_(torch.tensor([[[0.4, 1.0, 0.55]]]))
    linear = decoder.generator.m_source.l_linear
    linear.weight.copy_(torch.tensor([[0.9, 0.6, 0.45, 0.35, 0.3, 0.25, 0.2, 0.15, 0.1]]) * 1.2)
    linear.bias.fill_(0.01)
    for conv in decoder.generator.noise_convs:
        conv.weight[:, :bins] *= 4.0
        conv.weight[:, bins:] *= 0.05  # a wrapped phase jumps: keep it quiet


def calibration_targets(model):
    """(module, root mean square of its output without bias)."""
    for module in model.modules():
        if isinstance(module, (AdaIN1d, AdaLayerNorm)):
            yield module.fc, 0.35
        elif isinstance(module, AdainResBlk1d):
            yield module.conv1, 1.0
            yield module.conv2, 0.8
            if hasattr(module, "conv1x1"):
                yield module.conv1x1, 1.0
            if isinstance(module.pool, nn.ConvTranspose1d):
                with torch.no_grad():  # a dominant centre tap, like a smoothing upsampler
                    module.pool.weight_v.mul_(0.3)
                    module.pool.weight_v[:, :, 1] += 1.0
                yield module.pool, 0.7
        elif isinstance(module, AdaINResBlock1):
            yield from ((conv, 1.0) for conv in module.convs1)
            yield from ((conv, 0.45) for conv in module.convs2)
    layer = model.bert.encoder.albert_layer_groups[0].albert_layers[0]
    yield from ((layer.attention.query, 2.0), (layer.attention.key, 2.0), (layer.attention.value, 1.0),
                (layer.attention.dense, 0.12), (layer.ffn, 1.0), (layer.ffn_output, 0.25))
    yield model.bert.encoder.embedding_hidden_mapping_in, 1.0
    yield model.bert_encoder, 1.0
    yield from ((conv[0], 1.0) for conv in model.text_encoder.cnn)
    decoder, generator = model.decoder, model.decoder.generator
    yield from ((decoder.F0_conv, 1.0), (decoder.N_conv, 1.0), (decoder.asr_res[0], 1.0))
    yield from ((conv, 0.7) for conv in generator.noise_convs)
    yield from ((conv, 1.0) for conv in generator.ups)
    yield generator.conv_post, 1.0


def calibrate_on_first_call(module, target):
    """At its first call the module is rescaled so that its output (less the bias) has that level."""
    def hook(module, _inputs, out):
        handle.remove()
        shape = [1] * out.dim()
        shape[-1 if isinstance(module, nn.Linear) else 1] = -1
        bias = module.bias.detach().view(shape) if module.bias is not None else 0.0
        core = out.detach() - bias
        scale = target / max(rms(core), 1e-12)
        with torch.no_grad():
            (module.weight_g if hasattr(module, "weight_g") else module.weight).mul_(scale)
        return core * scale + bias
    handle = module.register_forward_hook(hook)
    return handle


class TextHalf:
    """The passes up to the alignment, for calibration."""

    def __init__(self, model):
        self.model = model

    def run(self, phonemes, style):
        model, ids = self.model, torch.LongTensor([kp.token_ids(phonemes)])
        lengths, mask = torch.tensor([ids.shape[1]]), torch.zeros_like(ids, dtype=torch.bool)
        d_en = model.bert_encoder(model.bert(ids, attention_mask=(~mask).int())).transpose(-1, -2)
        encoded = model.predictor.text_encoder(d_en, style[:, 128:], lengths, mask)
        return ids, lengths, mask, encoded, model.predictor.lstm(encoded)[0]

    def durations(self, features):
        logits = self.model.predictor.duration_proj(features)
        return torch.sigmoid(logits).sum(-1).round().clamp(min=1).long()

    def aligned(self, encoded, features):
        """`en` `[1, channels, T]` and the alignment `[1, n, T]`."""
        index = torch.repeat_interleave(torch.arange(encoded.shape[1]), self.durations(features)[0])
        alignment = torch.zeros(1, encoded.shape[1], len(index))
        alignment[0, index, torch.arange(len(index))] = 1
        return encoded.transpose(-1, -2) @ alignment, alignment


def calibrate_durations(text, runs, draws, frames):
    """Rows of the duration head fall in steps, so that the sum of sigmoids is a count of frames.

    The direction is chosen so that tokens move the durations more than styles do (u ~ S^-1 u0, S the covariance of
    the mean features of the runs).
    """
    per_run = [text.run(phonemes, style)[-1][0] for phonemes, style in runs]
    features = torch.cat([f[torch.linspace(0, len(f) - 1, 27).long()] for f in per_run])
    means = torch.stack([f.mean(0) for f in per_run])
    means = means - means.mean(0)
    spread = (means.T @ means / len(means)).double()
    ridge = 0.01 * spread.trace() / len(spread) * torch.eye(len(spread), dtype=torch.float64)
    projection = torch.linalg.inv(spread + ridge)
    projection = (projection / torch.linalg.eigvalsh(projection).max()).float()

    head = text.model.predictor.duration_proj.linear_layer
    direction = projection @ draws.normal("duration direction", features.shape[1])
    along = features @ direction
    gain = DURATION_LOGIT_STEP * DURATION_STD_FRAMES / float(along.std())
    noise = draws.normal("duration noise", head.weight.shape) * 0.1 * gain @ projection
    head.weight.copy_(gain * direction[None] + noise)
    row = torch.arange(head.weight.shape[0], dtype=torch.float32)
    mean = frames
    for _ in range(20):
        head.bias.copy_(DURATION_LOGIT_STEP * (mean - row - 0.5) - gain * along.mean() - (features @ noise.T).mean(0))
        mean += 0.7 * (frames - float(text.durations(features[None]).float().mean()))
    return [float(text.durations(f[None]).float().mean()) for f in per_run]


def calibrate_curves(text, runs):
    predictor, f0, energy = text.model.predictor, [], []
    for phonemes, style in runs:
        *_, encoded, features = text.run(phonemes, style)
        en, _ = text.aligned(encoded, features)
        shared = predictor.shared(en.transpose(-1, -2))[0].transpose(-1, -2)
        for blocks, out in ((predictor.F0, f0), (predictor.N, energy)):
            x = shared
            for block in blocks:
                x = block(x, style[:, 128:])
            out.append(x[0].T)
    for curves, head, mean, std in ((f0, predictor.F0_proj, F0_MEAN_HZ, F0_STD_HZ), (energy, predictor.N_proj, 0, 1)):
        along = torch.cat(curves) @ head.weight[0, :, 0]
        scale = std / float(along.std())
        head.weight.mul_(scale)
        head.bias.fill_(mean - scale * float(along.mean()))


def calibrate_spectrum(model, runs, draws, bins, seed):
    """Log magnitudes with a spread of about 0.5 (or `exp` has heavy tails), then the level."""
    post = model.decoder.generator.conv_post
    post.weight_g[:bins] *= 0.5
    post.bias[:bins] = 0.3 * draws.normal("magnitude bias", bins)
    post.bias[bins:] = draws.normal("phase bias", bins)
    for _ in range(3):
        levels = []
        for phonemes, style in runs:
            torch.manual_seed(seed)
            levels.append(rms(model.forward_with_tokens(torch.LongTensor([kp.token_ids(phonemes)]), style, 1.0)[0]))
        post.bias[:bins] -= math.log(sum(levels) / len(levels) / AUDIO_RMS)


def save(model, config, folder):
    state = {}
    for part in ("bert", "bert_encoder", "predictor", "decoder", "text_encoder"):
        state[part] = {"module." + key: value.detach().clone().contiguous()
                       for key, value in getattr(model, part).state_dict().items()
                       if not key.endswith((".norm.weight", ".norm.bias"))}
    torch.save(state, folder / "kokoro-v1_0.pth")
    (folder / "config.json").write_text(json.dumps(config, ensure_ascii=False, indent=1), encoding="utf-8")
    return sum(value.numel() for part in state.values() for value in part.values())


@torch.no_grad()
def make(preset, seed, folder, frames, voice):
    folder.mkdir(parents=True, exist_ok=True)
    config, draws = kp.PRESETS[preset](), Draws(seed)
    bins = config["istftnet"]["gen_istft_n_fft"] // 2 + 1
    model = kp.new_model(config)
    initialise(model, draws)
    shape_source(model.decoder, bins)
    hooks = [calibrate_on_first_call(*target) for target in calibration_targets(model)]

    def style(case, number):
        row = kp.style_row(voice, kp.CASES[case])
        return row if number == 0 else row + STYLE_SPREAD * rms(row) * draws.normal(f"style {number}", row.shape)

    def runs(case, numbers):
        return [(kp.CASES[case], style(case, number)) for number in numbers]

    text = TextHalf(model)
    means = calibrate_durations(text, runs("t25", range(CALIBRATION_STYLES)) + runs("t100", range(CALIBRATION_STYLES))
                                + runs("t400", (0, 5)), draws, frames)
    few = runs("t100", (0,)) + runs("t25", (1,)) + runs("t100", (2,))
    calibrate_curves(text, few)
    phonemes, first_style = few[0]
    torch.manual_seed(seed)
    ids, lengths, mask, encoded, features = text.run(phonemes, first_style)
    en, alignment = text.aligned(encoded, features)
    f0, energy = model.predictor.F0Ntrain(en, first_style[:, 128:])
    model.decoder(model.text_encoder(ids, lengths, mask) @ alignment, f0, energy, first_style[:, :128])
    for hook in hooks:
        hook.remove()
    calibrate_spectrum(model, few if preset == "tiny" else runs("t25", (0, 1)), draws, bins, seed)
    stats = {"preset": preset, "seed": seed, "parameters": save(model, config, folder),
             "mean_duration_frames": [min(means), max(means)], "rows": []}
    check(folder, stats, runs("t25", (0, 3)) + (runs("t100", (0,)) if preset == "tiny" else []))
    (folder / "stats.json").write_text(json.dumps(stats, indent=1))
    print(json.dumps(stats))


def check(folder, stats, runs):
    """Length, level and finiteness on a freshly loaded model."""
    model = kp.load_checkpoint(folder)
    for phonemes, style in runs:
        torch.manual_seed(0)
        audio, durations = model.forward_with_tokens(torch.LongTensor([kp.token_ids(phonemes)]), style, 1.0)
        frames = int(durations.sum())
        if not torch.isfinite(audio).all() or audio.numel() != 600 * frames:
            raise SystemExit("the model does not behave")
        stats["rows"].append({"tokens": len(durations), "frames": frames, "longest": int(durations.max()),
                              "rms": rms(audio), "peak": float(audio.abs().max())})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", choices=kp.PRESETS, default="full")
    parser.add_argument("--seed", type=int, default=1234)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--frames", type=float, default=3.0, help="mean duration of a token (1/40 s)")
    parser.add_argument("--voices", help="where the calibration voice af_heart comes from (default: the tiny fixture)")
    args = parser.parse_args()
    make(args.preset, args.seed, args.out, args.frames, load_voice("af_heart", args.voices))


if __name__ == "__main__":
    main()
