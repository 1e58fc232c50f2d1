"""Mono samples in -1 to 1 from a WAV file, or from an array of an .npz (`file.npz:name`)."""
import numpy as np
from scipy.io import wavfile

SAMPLE_RATE_HZ = 24000


def as_float(samples):
    samples = np.asarray(samples)
    if samples.dtype == np.uint8:
        samples = (samples.astype(np.float64) - 128) / 128
    elif np.issubdtype(samples.dtype, np.integer):
        samples = samples / -float(np.iinfo(samples.dtype).min)
    samples = samples.astype(np.float64)
    return samples.mean(axis=1) if samples.ndim == 2 else samples


def read_audio(source):
    """(samples float64, rate in Hz)."""
    path, _, name = str(source).partition(".npz:")
    if name:
        return as_float(np.load(path + ".npz")[name].squeeze()), SAMPLE_RATE_HZ
    rate, samples = wavfile.read(source)
    return as_float(samples), rate
