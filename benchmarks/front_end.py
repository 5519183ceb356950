"""Cost of the front ends on one core, beside the bare FFTs of the same frames and librosa's log-mel."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
from scipy.fft import rfft
from threadpoolctl import threadpool_limits

from benchmarks.timing import median_s
from offkey.features import create, find, names

RATE, SECONDS = 16_000, 10


def main() -> None:
    """Print the median cost of each front end for a 10-s clip, and its ratio to the bare FFTs."""
    samples = np.random.default_rng(0).standard_normal(RATE * SECONDS).astype(np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(samples, 1024)[::512].copy()
    with threadpool_limits(1):
        fft_s = median_s(lambda: rfft(frames, axis=1))
        print(f"{'bare FFTs of the frames':36s} {1000 * fft_s:8.2f} ms   1.0 x")
        for name in (name for name in names() if find(name).argument is None):
            front_end = create(name)
            cost_s = median_s(lambda front_end=front_end: front_end.vector(samples, RATE))
            print(f"{name + ' with pooling':36s} {1000 * cost_s:8.2f} ms {cost_s / fft_s:5.1f} x")
        if find_spec("librosa") is None:
            print("librosa's melspectrogram              not installed here")
            return
        import librosa

        options = {"y": samples, "sr": RATE, "n_fft": 1024, "hop_length": 512, "n_mels": 128}
        peer_s = median_s(lambda: librosa.power_to_db(librosa.feature.melspectrogram(**options)))
        print(f"{'librosa melspectrogram in dB':36s} {1000 * peer_s:8.2f} ms {peer_s / fft_s:5.1f} x")


if __name__ == "__main__":
    main()
