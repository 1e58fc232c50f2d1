"""Kokoro checkpoint (or F32 GGUF) to GGUF, in the layout that TTS.cpp's converter and quantiser publish.

  python tools/reference/convert_gguf.py CHECKPOINT_DIR --type Q5_0 --voice af_heart --out model.gguf

F32 files have the names, shapes, keys and order of TTS.cpp's converter with the espeak phonemizer. The other types
are those of its quantiser with `--convert-non-quantized-to-f16`: the 104 matrices of its rule take the type, other
matrices become F16 (BF16 for BF16), the rest stays F32, trailing 1s of the shapes are stripped and
`general.quantization_type` is added. An F32 GGUF as the source gives the same file as the checkpoint it was made from.
"""
import argparse
import json
from pathlib import Path

import gguf
import numpy as np
from gguf.quants import quantize

import kokoro_package as kp
from load_gguf import config_from, read_tensors
from tensor_map import folded_parameters, gguf_tensors, type_class
from voices import load_voice

Type = gguf.GGMLQuantizationType
TYPES = ("F32", "F16", "BF16", "Q8_0", "Q5_0", "Q5_1", "Q4_0", "Q4_1")


def tensors_of_checkpoint(folder, voices, voice_source):
    """Name without `kokoro.` -> float32 array, in the converter's order, voices last."""
    model = kp.load_checkpoint(folder)
    out = {}
    for name, value in folded_parameters(model).items():
        for tensor, rows in gguf_tensors(name, value.shape[0]):
            out[tensor] = (value if rows is None else value[rows]).detach().numpy().astype(np.float32)
    for voice in voices:
        out[f"voice_tensors.{voice}"] = load_voice(voice, voice_source)
    return out


def _metadata(tensors, config):
    """Keys and values in the converter's order; strings and arrays as they are, numbers are u32."""
    bert, net = config["plbert"], config["istftnet"]
    yield "general.architecture", "kokoro"
    yield "kokoro.voices", [n.split(".", 1)[1] for n in tensors if n.startswith("voice_tensors.")]
    yield "general.type", "model"
    yield "general.name", "kokoro"
    yield "general.size_label", gguf.size_label(sum(t.size for t in tensors.values()), 0, 0, 0)
    yield "tokenizer.ggml.padding_token_id", 0
    yield "kokoro.decoder_start_token_id", 0
    predictor = "kokoro.duration_predictor."
    yield predictor + "albert.context_length", bert["max_position_embeddings"]
    yield predictor + "albert.layers", 1
    yield predictor + "albert.attn_heads", bert["num_attention_heads"]
    yield predictor + "albert.hidden_size", bert["hidden_size"]
    yield predictor + "albert.recurrence", bert["num_hidden_layers"]
    yield predictor + "hidden_size", config["hidden_dim"]
    yield predictor + "layers", config["n_layer"]
    yield predictor + "f0_n_blocks", 3
    yield "kokoro.text_encoder.layers", config["n_layer"]
    generator = "kokoro.decoder.generator."
    rates, hop = net["upsample_rates"], net["gen_istft_hop_size"]
    yield generator + "up_sampling_factor", 2 * int(np.prod(rates)) * hop  # decode.3 doubles the rate
    yield generator + "kernels", len(net["resblock_kernel_sizes"])
    yield generator + "upsamples", len(rates)
    yield generator + "layers", 4
    yield generator + "padding", 3
    yield generator + "n_fft", net["gen_istft_n_fft"]
    yield generator + "hop", hop

    def resblock(prefix, kernel, dilations):
        for i, dilation in enumerate(dilations):
            yield f"{prefix}.{i}.padding", dilation * (kernel - 1) // 2
            yield f"{prefix}.{i}.dilation", dilation

    for i, kernel in enumerate((7, 11)):  # the kernels of `noise_res` are fixed in `Generator`
        yield from resblock(f"{generator}noise_blocks.{i}.res_block", kernel, (1, 3, 5))
    for i in range(len(rates)):
        stride = int(np.prod(rates[i + 1:]))
        yield f"{generator}noise_blocks.{i}.stride", stride
        yield f"{generator}noise_blocks.{i}.padding", (stride + 1) // 2 if i + 1 < len(rates) else 0
    kernels = list(zip(net["resblock_kernel_sizes"], net["resblock_dilation_sizes"]))
    for i in range(len(rates) * len(kernels)):
        yield from resblock(f"{generator}res_blocks.{i}", *kernels[i % len(kernels)])
    for i, (rate, kernel) in enumerate(zip(rates, net["upsample_kernel_sizes"])):
        yield f"{generator}up_convs.{i}.padding", (kernel - rate) // 2
        yield f"{generator}up_convs.{i}.stride", rate
    yield "phonemizer.type", 1
    yield "phonemizer.phoneme_type", 1
    yield "general.file_type", 0
    tokens = [""] * config["n_token"]
    for symbol, token in config["vocab"].items():
        tokens[token] = symbol
    yield "tokenizer.ggml.tokens", tokens
    yield "tokenizer.ggml.eos_token_id", 0
    yield "general.quantization_version", 2


def type_of(name, wanted):
    """The type that the tensor `kokoro.{name}` takes in a file of type `wanted`."""
    wanted = Type[wanted]
    rule = type_class("kokoro." + name)
    if rule == "float" or wanted == Type.F32:
        return Type.F32
    if rule == "quantisable" or wanted == Type.BF16:
        return wanted
    return Type.F16


def _stripped(shape):
    shape = list(shape)
    while len(shape) > 1 and shape[0] == 1:  # trailing in GGUF's order is leading in NumPy's
        shape.pop(0)
    return shape


def write_gguf(path, tensors, config, wanted):
    writer = gguf.GGUFWriter(path, "kokoro")
    for key, value in _metadata(tensors, config):
        if key == "general.architecture":
            continue  # the constructor has written it
        add = writer.add_array if isinstance(value, list) else \
            writer.add_string if isinstance(value, str) else writer.add_uint32
        add(key, value)
    if wanted != "F32":
        writer.add_uint32("general.quantization_type", int(Type[wanted]))
    for name, value in tensors.items():
        tensor_type = type_of(name, wanted)
        if wanted != "F32":
            value = value.reshape(_stripped(value.shape))
        value = np.ascontiguousarray(value, dtype=np.float32)
        data = value if tensor_type == Type.F32 else quantize(value, tensor_type)
        writer.add_tensor("kokoro." + name, data, raw_dtype=tensor_type)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, help="folder of a checkpoint, or an F32 GGUF")
    parser.add_argument("--type", choices=TYPES, default="F32")
    parser.add_argument("--voice", action="append", help="voice to include, repeatable (default: af_heart)")
    parser.add_argument("--voices", help="folder of .bin voice packs, or a GGUF (default: the tiny fixture)")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    if args.source.is_dir():
        tensors = tensors_of_checkpoint(args.source, args.voice or ["af_heart"], args.voices)
        config = json.loads((args.source / "config.json").read_text(encoding="utf-8"))
    else:
        tensors = read_tensors(args.source)
        config = config_from(args.source, tensors)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    write_gguf(args.out, tensors, config, args.type)
    print(f"{args.out}: {args.type}, {len(tensors)} tensors, {args.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
