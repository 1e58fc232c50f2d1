"""How far two recordings are apart: `python tools/compare_wav.py A B`, each a WAV file or `file.npz:array`.

Prints the SNR of A against B (B is the reference), the log-spectral distance (RMS over bins, mean over frames) and
the ratio of RMS levels. The SNR of two correct runs is near 30 dB only, since the source phase is accumulated in
float32; the log-spectral distance is the robust one. --max-lsd and --min-snr make it a check.
"""
import argparse

import numpy as np
from scipy.signal import stft
from wav_file import read_audio

WINDOW, HOP = 1024, 256
FLOOR_DB = -80.0  # under the reference's loudest bin; quieter bins count as this


def snr_db(a, b):
    return 10 * np.log10((b ** 2).sum() / max(((a - b) ** 2).sum(), 1e-300))


def log_spectral_distance_db(a, b, rate):
    spectra = [np.abs(stft(x, rate, nperseg=WINDOW, noverlap=WINDOW - HOP)[2]) for x in (a, b)]
    floor = spectra[1].max() * 10 ** (FLOOR_DB / 20) or 1e-12
    levels = [20 * np.log10(np.maximum(s, floor)) for s in spectra]
    return float(np.sqrt(((levels[0] - levels[1]) ** 2).mean(axis=0)).mean())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("a")
    parser.add_argument("b")
    parser.add_argument("--max-lsd", type=float, help="fail above this many dB")
    parser.add_argument("--min-snr", type=float, help="fail below this many dB")
    args = parser.parse_args()
    (a, rate), (b, other_rate) = read_audio(args.a), read_audio(args.b)
    if rate != other_rate:
        raise SystemExit(f"sample rates differ: {rate} and {other_rate} Hz")
    if len(a) != len(b):
        print(f"lengths differ: {len(a)} and {len(b)} samples; compared over the shorter")
        n = min(len(a), len(b))
        a, b = a[:n], b[:n]
    snr, distance = snr_db(a, b), log_spectral_distance_db(a, b, rate)
    ratio = np.sqrt((a ** 2).mean() / max((b ** 2).mean(), 1e-300))
    print(f"SNR {snr:.2f} dB, log-spectral distance {distance:.3f} dB, RMS ratio {ratio:.5f}, "
          f"largest difference {np.abs(a - b).max():.3g}")
    if (args.max_lsd is not None and distance > args.max_lsd) or (args.min_snr is not None and snr < args.min_snr):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
