"""Spectrogram of a WAV file (or `file.npz:array`) as a PNG: `python tools/spectrogram.py IN OUT.png`."""
import argparse

import matplotlib
import numpy as np
from scipy.signal import stft
from wav_file import read_audio

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402

WINDOW, HOP = 1024, 128
RANGE_DB = 80


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("audio")
    parser.add_argument("png")
    args = parser.parse_args()
    samples, rate = read_audio(args.audio)
    frequencies, times, spectrum = stft(samples, rate, nperseg=WINDOW, noverlap=WINDOW - HOP)
    level = 20 * np.log10(np.maximum(np.abs(spectrum), 1e-9))
    figure, (wave, picture) = pyplot.subplots(2, 1, figsize=(12, 6), sharex=True, height_ratios=(1, 3))
    wave.plot(np.arange(len(samples)) / rate, samples, linewidth=0.4)
    wave.set_ylabel("amplitude")
    picture.pcolormesh(times, frequencies / 1000, level, vmin=level.max() - RANGE_DB, vmax=level.max(), cmap="magma")
    picture.set(xlabel="seconds", ylabel="kHz", xlim=(0, len(samples) / rate))
    figure.tight_layout()
    figure.savefig(args.png, dpi=100)


if __name__ == "__main__":
    main()
