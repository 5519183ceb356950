"""What others turn a clip into: librosa's log-mel spectrogram, and the vector of PyOD's encoder for audio."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.peers import Clip, Peer, by_librosa, items
from benchmarks.proxy_clips import RATE

__all__ = ["ENCODERS", "LIBROSA", "PYOD", "Encode", "installed"]

Encode = Callable[[Clip], object]

LIBROSA, PYOD = "librosa's log-mel", "PyOD's encoder"


def librosa_log_mel() -> Encode:
    """Return librosa's mel spectrogram in dB, with the frames and the bands of offkey's."""
    import librosa

    options = {"sr": RATE, "n_fft": 1024, "hop_length": 512, "n_mels": 128}
    return lambda clip: librosa.power_to_db(librosa.feature.melspectrogram(y=by_librosa(clip), **options))


def pyod_encoder() -> Encode:
    """Return the encoder of `EmbeddingOD.for_audio()`: mean and deviation of 37 features, at 22,050 Hz."""
    from pyod.models.embedding import EmbeddingOD
    from pyod.utils.encoders import resolve_encoder

    encoder = resolve_encoder(EmbeddingOD.for_audio().encoder)
    return lambda clip: encoder.encode(items([clip]), show_progress=False)


def pyod_encoder_at_16_khz() -> Encode:
    """Return the same encoder, told the rate of the clips, so that it need not change it."""
    from pyod.utils.encoders.audio import AudioFeatureEncoder

    encoder = AudioFeatureEncoder(sr=RATE)
    return lambda clip: encoder.encode(items([clip]), show_progress=False)


ENCODERS = [
    Peer(LIBROSA, librosa_log_mel, ("librosa",), "librosa"),
    Peer(PYOD, pyod_encoder, ("pyod", "librosa"), "pyod librosa"),
    Peer(f"{PYOD}, told 16 kHz", pyod_encoder_at_16_khz, ("pyod", "librosa"), "pyod librosa"),
]


def installed() -> dict[str, Encode]:
    """Return those that can run here, by name."""
    return {peer.name: peer.does() for peer in ENCODERS if peer.installed}
