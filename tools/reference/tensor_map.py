"""Which GGUF tensor is which PyTorch parameter, and which may be quantised: the published Kokoro layout.

One table serves both directions: `convert_gguf.py` cuts parameters into tensors, `load_gguf.py` puts them back.
A parameter name here is that of a `KModel` whose weight norms are folded (`g * v / |v|` as `.weight`).
The order of the tensors is that of TTS.cpp's converter.
"""
import re

import torch

PARTS = ("bert", "predictor", "bert_encoder", "text_encoder", "decoder")
GATES = 4  # rows i, f, g, o of PyTorch's packed LSTM weights

_ALBERT_LAYER = "bert.encoder.albert_layer_groups.0.albert_layers.0."
_LINEAR = {  # weight and bias, the bias with the suffix `_bias`
    "bert.embeddings.LayerNorm": "albert.norm",
    "bert.encoder.embedding_hidden_mapping_in": "albert.embd",
    # These two names read backwards: `attn_norm` follows the feed-forward, `ffn_norm` the attention.
    _ALBERT_LAYER + "full_layer_layer_norm": "albert.layer.0.attn_norm",
    _ALBERT_LAYER + "attention.LayerNorm": "albert.layer.0.ffn_norm",
    _ALBERT_LAYER + "attention.query": "albert.layer.0.q",
    _ALBERT_LAYER + "attention.key": "albert.layer.0.k",
    _ALBERT_LAYER + "attention.value": "albert.layer.0.v",
    _ALBERT_LAYER + "attention.dense": "albert.layer.0.o",
    _ALBERT_LAYER + "ffn": "albert.layer.0.ffn",
    _ALBERT_LAYER + "ffn_output": "albert.layer.0.ffn_out",
    "predictor.duration_proj.linear_layer": "duration_predictor.duration_proj",
    "bert_encoder": "duration_predictor.encode",
}
_WHOLE = {
    "bert.embeddings.word_embeddings.weight": "albert.token_embd",
    "bert.embeddings.position_embeddings.weight": "albert.position_embd",
    "predictor.F0_proj.weight": "duration_predictor.f0_proj_kernel",
    "predictor.N_proj.weight": "duration_predictor.n_proj_kernel",
    "text_encoder.embedding.weight": "text_encoder.embedding_weight",
}
_RENAMES = [(re.compile(pattern), replacement) for pattern, replacement in (
    # Even members of this list are LSTMs, odd ones AdaLayerNorms.
    (r"^predictor\.text_encoder\.lstms\.(\d*[02468])$", r"duration_predictor.layers.\1.lstm"),
    (r"^predictor\.lstm$", "duration_predictor.duration_lstm"),
    (r"^predictor\.shared$", "duration_predictor.shared_lstm"),
    (r"^predictor\.text_encoder\.lstms", "duration_predictor.layers"),
    (r"^predictor\.F0\.", "duration_predictor.f0_blocks."),
    (r"^predictor\.N\.", "duration_predictor.n_blocks."),
    (r"^predictor\.(F0|N)_proj", lambda m: f"duration_predictor.{m[1].lower()}_proj"),
    (r"^text_encoder\.cnn\.(\d)\.[01]\.(\w+)$", r"text_encoder.layers.\1.\2"),
    (r"^decoder\.encode\.", "decoder.encoder_block."),
    (r"^decoder\.decode\.", "decoder.decoder_blocks."),
    (r"^decoder\.(F0|N)_conv\.", lambda m: f"decoder.{m[1].lower()}_conv_"),
    (r"^decoder\.asr_res\.0\.", "decoder.asr_conv_"),
    (r"^decoder\.generator\.m_source\.l_linear\.", "decoder.generator.m_source_"),
    (r"^decoder\.generator\.noise_convs\.(\d)\.", r"decoder.generator.noise_blocks.\1.conv_"),
    (r"^decoder\.generator\.noise_res\.(\d)\.", r"decoder.generator.noise_blocks.\1.resblock."),
    (r"^decoder\.generator\.conv_post\.", "decoder.generator.conv_post_"),
    # Inside a block.
    (r"\.(convs[12])\.(\d)\.(weight|bias)$", r".\2.\1_\3"),
    (r"\.(alpha[12])\.(\d)$", r".\2.\1"),
    (r"\.(conv1|conv2|conv1x1|pool|f0_proj|n_proj)\.(weight|bias)$", r".\1_\2"),
)]

# AdaIN's affine is 1 and 0, the pooler is never used, the windows of the STFT are constants.
_UNUSED = re.compile(r"\.norm\.(weight|bias)$|\.pooler\.|\.position_ids$|\.stft\.")


def _rename(name):
    for pattern, replacement in _RENAMES:
        name = pattern.sub(replacement, name)
    return name


def gguf_tensors(parameter, rows):
    """The tensors of one parameter with `rows` rows: a list of (GGUF name without `kokoro.`, row slice or None)."""
    if parameter == "bert.embeddings.token_type_embeddings.weight":
        return [("albert.token_type_embd", 0)]
    if parameter in _WHOLE:
        return [(_WHOLE[parameter], None)]
    module, _, last = parameter.rpartition(".")
    if module in _LINEAR:
        return [(_LINEAR[module] + ("_bias" if last == "bias" else ""), None)]

    lstm = re.match(r"(weight|bias)_(ih|hh)_l0(_reverse)?$", last)
    if lstm:
        kind = ("reverse_" if lstm[3] else "") + {"weight": "weights", "bias": "biases"}[lstm[1]]
        size = rows // GATES
        return [(f"{_rename(module)}.0.{kind}.{2 * gate + (lstm[2] == 'hh')}", slice(gate * size, (gate + 1) * size))
                for gate in range(GATES)]

    if module.endswith(".fc"):  # a style projection: the first half of the rows is gamma, the second beta
        halves = (("gamma", slice(0, rows // 2)), ("beta", slice(rows // 2, rows)))
        owner = module[:-len(".fc")]
        in_resblock = re.match(r"(.*)\.adain([12])\.(\d)$", owner)
        if in_resblock:
            base = _rename(in_resblock[1] + ".")
            return [(f"{base}{in_resblock[3]}.{half}{in_resblock[2]}_{last}", cut) for half, cut in halves]
        base = _rename(owner)
        joint = "_" if re.search(r"\.norm[12]$", base) else "."
        return [(f"{base}{joint}{half}_{last}", cut) for half, cut in halves]
    return [(_rename(parameter), None)]


def folded_parameters(model):
    """Parameters by name in the converter's order, weight norms folded, unused ones left out."""
    out = {}
    for part in PARTS:
        state = getattr(model, part).state_dict()
        for key, value in state.items():
            name = f"{part}.{key}"
            if _UNUSED.search(name):
                continue
            if name.endswith(".weight_g"):
                continue
            if name.endswith(".weight_v"):
                name = name[:-len("_v")]
                value = torch._weight_norm(value, state[key[:-1] + "g"], 0)
            out[name] = value
    return out


def type_class(name):
    """`quantisable`, `half` or `float` for a full GGUF name: the rule of TTS.cpp's quantiser."""
    if any(word in name for word in ("voice_tensors", "bias", "gamma", "beta", "alpha")) \
            or name.endswith(("embd", "norm")):
        return "float"
    parts = name.split(".")
    if name.startswith(("kokoro.albert", "kokoro.text_encoder.lstm")):
        return "quantisable"
    if parts[1] == "duration_predictor" and \
            parts[2] in ("duration_proj", "encode", "shared_lstm", "duration_lstm", "layers"):
        return "quantisable"
    return "half"
