"""A Kokoro GGUF of any tensor type as a PyTorch `KModel`: the oracle for what a file says.

Quantised tensors are dequantised to float32 by gguf-py, so the model computes in float32 with the very weights
of the file. Weight norms are removed, hence no rounding between file and model. Widths come from the shapes.

  python tools/reference/load_gguf.py FILE.gguf        prints the configuration and the tensor types
"""
import argparse
import collections
import json
from pathlib import Path

import gguf
import numpy as np
import torch
from gguf.quants import dequantize
from torch.nn.utils import remove_weight_norm

import kokoro_package as kp
from tensor_map import PARTS, folded_parameters, gguf_tensors

_ALBERT = "kokoro.duration_predictor.albert."


def read_tensors(path):
    """Name without `kokoro.` -> float32 array with PyTorch's axis order."""
    out = {}
    for tensor in gguf.GGUFReader(path).tensors:
        shape = [int(n) for n in tensor.shape][::-1]
        out[tensor.name.removeprefix("kokoro.")] = \
            dequantize(tensor.data, tensor.tensor_type).reshape(shape).astype(np.float32)
    return out


def config_from(path, tensors):
    fields = gguf.GGUFReader(path).fields
    config = kp.full_config()
    config["hidden_dim"] = tensors["text_encoder.embedding_weight"].shape[1]
    config["istftnet"]["upsample_initial_channel"] = tensors["decoder.generator.ups.0.weight"].shape[0]
    config["plbert"].update(
        hidden_size=tensors["albert.layer.0.q"].shape[0],
        intermediate_size=tensors["albert.layer.0.ffn"].shape[0],
        num_attention_heads=fields[_ALBERT + "attn_heads"].contents(),
        num_hidden_layers=fields[_ALBERT + "recurrence"].contents())
    inner, asr_res = tensors["decoder.encoder_block.conv1_weight"].shape[0], tensors["decoder.asr_conv_bias"].shape[0]
    if (inner, asr_res) != (1024, 64):
        config["small_decoder"] = {"inner": inner, "asr_res": asr_res}
    return config


def load_gguf(path, disable_complex=False, attention=None):
    tensors = read_tensors(path)
    model = kp.new_model(config_from(path, tensors), disable_complex, attention)
    for module in model.modules():
        if hasattr(module, "weight_g"):
            remove_weight_norm(module)
    parameters = dict(model.named_parameters())
    with torch.no_grad():
        for name, value in folded_parameters(model).items():
            target = parameters[name]
            for tensor, rows in gguf_tensors(name, value.shape[0]):
                part = target if rows is None else target[rows]
                # A view, so that files whose trailing 1s were stripped load as well.
                part.copy_(torch.from_numpy(np.ascontiguousarray(tensors.pop(tensor))).reshape(part.shape))
    left = [name for name in tensors if not name.startswith("voice_tensors.")]
    if left:
        raise SystemExit(f"{path}: {len(left)} unknown tensors, the first is {left[0]}")
    return model


def load_model(path, disable_complex=False, attention=None):
    """A GGUF file, or the folder of a checkpoint."""
    load = kp.load_checkpoint if Path(path).is_dir() else load_gguf
    return load(path, disable_complex, attention)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("file")
    args = parser.parse_args()
    config = config_from(args.file, read_tensors(args.file))
    config.pop("vocab")
    print(json.dumps(config, indent=1))
    print(dict(collections.Counter(t.tensor_type.name for t in gguf.GGUFReader(args.file).tensors)))
    model = load_gguf(args.file)
    print(sum(p.numel() for part in PARTS for p in getattr(model, part).parameters()), "parameters in PyTorch")


if __name__ == "__main__":
    main()
