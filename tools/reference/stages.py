"""The named stages of a synthesis, recorded from a running `KModel`, in the layout of the Rust runtime.

Recorded tensors keep PyTorch's axes, so that the same recorder serves ONNX export; `to_layout` then drops the batch
axis and puts time first, channels last. n: tokens, T: frames of 25 ms.
"""
import numpy as np
import torch

INTEGERS = ("input_ids", "durations")
# PyTorch has channels before time in these; the others are time-first already.
_CHANNELS_FIRST = ("f0_blocks", "f0", "n_blocks", "n", "text_encoder", "asr", "f0_conv", "n_conv", "asr_res",
                   "decoder", "har", "noise_convs", "noise_res", "ups", "stage_input", "resblocks", "stage_output",
                   "conv_post")
_AFTER_STFT = ("noise_convs", "noise_res", "ups.1", "stage_input", "resblocks", "stage_output", "conv_post", "audio",
               "audio_customstft")


def family(name):
    return name.split(".")[0]


def after_stft(name):
    """Whether the stage follows the source spectrum `har`, which two STFTs compute differently."""
    return name in _AFTER_STFT or family(name) in _AFTER_STFT


def to_layout(name, value):
    """`value` with PyTorch's axes and batch 1 -> `[time, channels]`, or `[time]` where there is one channel."""
    value = np.asarray(value)
    if name in INTEGERS:
        return np.ascontiguousarray(value.reshape(-1), dtype=np.int32)
    if value.ndim == 3:
        value = value[0]
        if family(name) in _CHANNELS_FIRST:
            value = value.T
    if value.ndim == 2 and (value.shape[1] == 1 or value.shape[0] == 1):
        value = value.reshape(-1)
    return np.ascontiguousarray(value, dtype=np.float32)


class StageRecorder:
    """While it is open, a call of the model fills `stages` in the order of computation."""

    def __init__(self, model):
        self.model, self.stages, self._handles = model, {}, []

    def _keep(self, name, value):
        self.stages[name] = value.detach().clone()  # the resblocks are summed in place

    def _output(self, name, module):
        def hook(_module, _inputs, out):
            self._keep(name, out[0] if isinstance(out, tuple) else out)
        self._handles.append(module.register_forward_hook(hook))

    def _input(self, name, module):
        def hook(_module, inputs):
            self._keep(name, inputs[0])
        self._handles.append(module.register_forward_pre_hook(hook))

    def _duration_step(self, name, module):
        def hook(_module, inputs, out):
            style = inputs[1][:, None, :].expand(-1, out.shape[1], -1)
            self._keep(name, torch.cat([out, style], dim=-1))
        self._handles.append(module.register_forward_hook(hook))

    def _stage_output(self, stage, last):
        def hook(_module, _inputs, out):
            first, second = (self.stages[f"resblocks.{3 * stage + i}"] for i in range(2))
            self._keep(f"stage_output.{stage}", (first + second + out) / 3)
        self._handles.append(last.register_forward_hook(hook))

    def __enter__(self):
        model, predictor, decoder = self.model, self.model.predictor, self.model.decoder
        generator = decoder.generator
        self._output("albert_embedding", model.bert.encoder.embedding_hidden_mapping_in)
        self._output("albert", model.bert)
        self._output("d_en", model.bert_encoder)
        for i in range(3):
            self._duration_step(f"duration_encoder.{i}", predictor.text_encoder.lstms[2 * i + 1])
        self._output("duration_lstm", predictor.lstm)
        self._output("duration_logits", predictor.duration_proj)
        self._input("en", predictor.shared)
        self._output("shared_lstm", predictor.shared)
        for name, blocks, projection in (("f0", predictor.F0, predictor.F0_proj), ("n", predictor.N, predictor.N_proj)):
            for i, block in enumerate(blocks):
                self._output(f"{name}_blocks.{i}", block)
            self._output(name, projection)
        for i, layer in enumerate(model.text_encoder.cnn):
            self._output(f"text_encoder.cnn.{i}", layer)
        self._output("text_encoder", model.text_encoder)
        self._input("asr", decoder)
        self._output("f0_conv", decoder.F0_conv)
        self._output("n_conv", decoder.N_conv)
        self._output("asr_res", decoder.asr_res)
        self._output("decoder.encode", decoder.encode)
        for i, block in enumerate(decoder.decode):
            self._output(f"decoder.decode.{i}", block)
        self._input("harmonics", generator.m_source.l_linear)
        self._output("source", generator.m_source)
        self._input("har", generator.noise_convs[0])
        for i in range(2):
            self._output(f"noise_convs.{i}", generator.noise_convs[i])
            self._output(f"noise_res.{i}", generator.noise_res[i])
            self._output(f"ups.{i}", generator.ups[i])
            self._input(f"stage_input.{i}", generator.resblocks[3 * i])
            for j in range(3 * i, 3 * i + 3):
                self._output(f"resblocks.{j}", generator.resblocks[j])
            self._stage_output(i, generator.resblocks[3 * i + 2])
        self._output("conv_post", generator.conv_post)
        return self

    def __exit__(self, *_):
        for handle in self._handles:
            handle.remove()


def duration_sums(logits, speed=1.0):
    """The sums that are rounded to frames, in float64."""
    return (1 / (1 + np.exp(-np.asarray(logits, np.float64)))).sum(-1) / speed


def relative_errors(value, reference):
    """(largest difference over the reference's peak, RMS of the difference over the reference's RMS)."""
    value, reference = np.asarray(value, np.float64), np.asarray(reference, np.float64)
    difference = np.abs(value - reference)
    peak, level = np.abs(reference).max(), np.sqrt((reference ** 2).mean())
    return float(difference.max() / peak), float(np.sqrt((difference ** 2).mean()) / level)


def snr_db(value, reference):
    value, reference = np.asarray(value, np.float64), np.asarray(reference, np.float64)
    return float(10 * np.log10((reference ** 2).sum() / max(((value - reference) ** 2).sum(), 1e-300)))
