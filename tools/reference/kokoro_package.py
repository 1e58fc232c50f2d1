"""The public `kokoro` 0.9.4 package as an oracle: import, configurations, models, given noise.

The package's text front end (misaki, spaCy) is not needed here and not installed, so it is replaced by
empty modules before the import. Import this module before anything from `kokoro`.
"""
import importlib.machinery
import json
import os
import sys
import types
import warnings
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
THREADS = int(os.environ.get("KOKORO_REF_THREADS", "2"))


def _stub(name, **attributes):
    module = types.ModuleType(name)
    module.__spec__ = importlib.machinery.ModuleSpec(name, None)
    module.__dict__.update(attributes)
    sys.modules[name] = module
    return module


if "misaki" not in sys.modules:
    class _NoG2P:
        def __init__(self, *args, **kwargs):
            pass

    _en = _stub("misaki.en", G2P=_NoG2P, MToken=object)
    _espeak = _stub("misaki.espeak", EspeakFallback=_NoG2P, EspeakG2P=_NoG2P)
    _stub("misaki", en=_en, espeak=_espeak).__path__ = []

warnings.filterwarnings("ignore", category=FutureWarning)
warnings.filterwarnings("ignore", message=".*dropout option adds dropout.*")
warnings.filterwarnings("ignore", message=".*weight_norm.*")

import torch  # noqa: E402
import kokoro.istftnet as istftnet  # noqa: E402
import kokoro.model as kokoro_model  # noqa: E402
from torch import nn  # noqa: E402
from torch.nn.utils import weight_norm  # noqa: E402

torch.set_num_threads(THREADS)

VOCAB = json.loads((HERE / "vocab.json").read_text(encoding="utf-8"))
CASES = json.loads((HERE / "cases.json").read_text(encoding="utf-8"))


def full_config():
    """`config.json` of hexgrad/Kokoro-82M."""
    return {
        "istftnet": {
            "upsample_kernel_sizes": [20, 12], "upsample_rates": [10, 6],
            "gen_istft_hop_size": 5, "gen_istft_n_fft": 20,
            "resblock_dilation_sizes": [[1, 3, 5], [1, 3, 5], [1, 3, 5]],
            "resblock_kernel_sizes": [3, 7, 11], "upsample_initial_channel": 512,
        },
        "dim_in": 64, "dropout": 0.2, "hidden_dim": 512, "max_conv_dim": 512, "max_dur": 50,
        "multispeaker": True, "n_layer": 3, "n_mels": 80, "n_token": 178, "style_dim": 128,
        "text_encoder_kernel_size": 5,
        "plbert": {"hidden_size": 768, "num_attention_heads": 12, "intermediate_size": 2048,
                   "max_position_embeddings": 512, "num_hidden_layers": 12, "dropout": 0.1},
        "vocab": VOCAB,
    }


def tiny_config():
    """The same architecture, narrow enough for a test fixture."""
    config = full_config()
    config["hidden_dim"] = 64
    config["istftnet"]["upsample_initial_channel"] = 64
    config["plbert"].update(hidden_size=96, num_attention_heads=4, intermediate_size=128, num_hidden_layers=3)
    # Not a key of the official file: the two widths that `Decoder` hard-codes as 1024 and 64.
    config["small_decoder"] = {"inner": 128, "asr_res": 16}
    return config


PRESETS = {"full": full_config, "tiny": tiny_config}


def _small_decoder(inner, asr_res):
    """`istftnet.Decoder` with its two hard-coded widths as parameters; `forward` is inherited."""
    class SmallDecoder(istftnet.Decoder):
        def __init__(self, dim_in, style_dim, dim_out, resblock_kernel_sizes, upsample_rates,
                     upsample_initial_channel, resblock_dilation_sizes, upsample_kernel_sizes,
                     gen_istft_n_fft, gen_istft_hop_size, disable_complex=False):
            nn.Module.__init__(self)
            block = istftnet.AdainResBlk1d
            wide = inner + 2 + asr_res
            self.encode = block(dim_in + 2, inner, style_dim)
            self.decode = nn.ModuleList([
                block(wide, inner, style_dim), block(wide, inner, style_dim), block(wide, inner, style_dim),
                block(wide, upsample_initial_channel, style_dim, upsample=True)])
            self.F0_conv = weight_norm(nn.Conv1d(1, 1, kernel_size=3, stride=2, groups=1, padding=1))
            self.N_conv = weight_norm(nn.Conv1d(1, 1, kernel_size=3, stride=2, groups=1, padding=1))
            self.asr_res = nn.Sequential(weight_norm(nn.Conv1d(dim_in, asr_res, kernel_size=1)))
            self.generator = istftnet.Generator(
                style_dim, resblock_kernel_sizes, upsample_rates, upsample_initial_channel,
                resblock_dilation_sizes, upsample_kernel_sizes, gen_istft_n_fft, gen_istft_hop_size,
                disable_complex=disable_complex)
    return SmallDecoder


def _build(config, path, disable_complex, attention):
    small = config.get("small_decoder")
    kokoro_model.Decoder = _small_decoder(**small) if small else istftnet.Decoder
    config = json.loads(json.dumps(config))
    if attention:
        config["plbert"]["attn_implementation"] = attention
    return kokoro_model.KModel(repo_id="hexgrad/Kokoro-82M", config=config, model=str(path),
                               disable_complex=disable_complex).eval()


def new_model(config, disable_complex=False, attention=None):
    """A model of that configuration whose weights are still to be set."""
    load, torch.load = torch.load, lambda *args, **kwargs: {}
    try:
        return _build(config, "unused", disable_complex, attention)
    finally:
        torch.load = load


def load_checkpoint(folder, disable_complex=False, attention=None):
    """The model in `folder` (`kokoro-v1_0.pth`, `config.json`)."""
    folder = Path(folder)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    return _build(config, folder / "kokoro-v1_0.pth", disable_complex, attention)


def token_ids(phonemes):
    """Ids with the two boundary zeros; symbols outside the vocabulary are skipped."""
    return [0] + [VOCAB[symbol] for symbol in phonemes if symbol in VOCAB] + [0]


def style_row(voice, phonemes):
    """Row `[1, 256]` of a `[510, 256]` voice for this phoneme string, as `KPipeline` picks it."""
    return torch.from_numpy(voice[len(phonemes) - 1:len(phonemes)].copy())


@contextmanager
def given_noise(noise=None):
    """Replaces the draws of `SineGen`: `noise` `[1, samples, 9]` (`None`: zeros), initial phase 0.

    The initial phase never reaches the output, whatever its value.
    """
    rand, randn_like = torch.rand, torch.randn_like

    def zero_rand(*size, **kwargs):
        return torch.zeros(*size, device=kwargs.get("device"))

    def given_randn_like(x, **_):
        # SineGen draws [1, samples, 9]; the module around it also draws an unused [1, samples, 1].
        if noise is None or x.shape[-1] != noise.shape[-1]:
            return torch.zeros_like(x)
        return noise[:, :x.shape[1]].to(x.dtype)

    torch.rand, torch.randn_like = zero_rand, given_randn_like
    try:
        yield
    finally:
        torch.rand, torch.randn_like = rand, randn_like
