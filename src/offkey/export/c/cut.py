"""Windows of a stream in whole frames: how long, how often, and of how many blocks that they share."""

from __future__ import annotations

from dataclasses import dataclass

from offkey.errors import ExportError
from offkey.export.c.pieces import Member, Piece
from offkey.features.frames import frame_sizes, n_frames
from offkey.features.overlapping import whole_frames_s
from offkey.model import Model

__all__ = ["Cut"]

_LARGEST_FACTOR = 512  # of half a frame: a transform takes as many products for each of its values
_LONGEST = 1 << 14  # samples of a frame: twice as many bytes, and four times as many of work
_EDGE_S = 0.05  # as the gate of files does, see `offkey.audio.gate`
_SAME = 1.05  # times the length of the clips learnt up to which a window is one, see `offkey.hearing.window_extractor`


@dataclass(frozen=True)
class Cut:
    """The length of windows and how often they come.

    `window`, `hop`: in samples; the hop is a whole number of frames.
    """

    rate: int
    window: int
    hop: int

    @classmethod
    def of(cls, model: Model, hop_s: float | None) -> Cut:
        """Return that of a model, with a hop in seconds; an ExportError says which model cannot be cut so."""
        n_fft = frame_sizes(model.rate)[0]
        if (largest := max(_prime_factors(n_fft // 2))) > _LARGEST_FACTOR or n_fft > _LONGEST:
            raise ExportError(
                f"A model of {model.rate} Hz cannot go to C, since a transform of its frames of {n_fft} samples "
                f"(largest prime factor {largest}) would take too long: fit with --rate 16000, 44100 or 48000."
            )
        if not isinstance(model.config.channel, int) and model.config.channel != "mean":
            raise ExportError(
                f"A model of two microphones ({model.config.channel}) cannot go to C, which takes one channel: fit "
                "with --channel 0."
            )
        window_s = model.windowing.window_s
        if model.lengths is not None and not _is_whole(window_s, model.lengths.clip_s):
            raise ExportError(
                f"A window of {window_s:g} s cannot go to C where clips of {model.lengths.clip_s:g} s were learnt: "
                f"take windows of {model.lengths.clip_s:g} s, or fit on clips of {window_s:g} s."
            )
        hop = round(whole_frames_s(1.0 if hop_s is None else hop_s, model.rate) * model.rate)
        return cls(model.rate, round(window_s * model.rate), hop)

    @property
    def fft(self) -> int:
        """Samples of a frame."""
        return frame_sizes(self.rate)[0]

    @property
    def factors(self) -> list[int]:
        """Prime factors of half a frame, the odd ones first."""
        return sorted(_prime_factors(self.fft // 2), key=lambda prime: prime == 2)

    @property
    def frames(self) -> int:
        """Frames of a window."""
        return n_frames(self.window, self.rate)

    @property
    def block(self) -> int:
        """Frames from the start of a window to the start of the next."""
        return self.hop // frame_sizes(self.rate)[1]

    @property
    def edge(self) -> int:
        """Samples at both ends of a window that may differ in digital silence."""
        return min(int(_EDGE_S * self.rate), self.window // 4)

    def piece(self) -> Piece:
        """Return what all programs remember of a stream."""
        return Piece(
            sizes={
                "RATE": self.rate,
                "WINDOW": self.window,
                "HOP": self.hop,
                "FFT": self.fft,
                "FRAMES": self.frames,
                "BLOCK": self.block,
            },
            numbers={"EDGE": self.edge},
            state=(
                Member("window", "uint32_t", "number of the next window"),
                Member("to_end", "uint32_t", "samples until it is whole"),
                Member("to_silence", "uint32_t", "samples until it is known to be silent"),
                Member("alike", "uint32_t", "equal samples in a row, the newest among them"),
                Member("filled", "uint16_t", "samples of the newest frame"),
                Member("silent", "uint8_t", "a bit for each of the newest windows"),
                Member("undecided", "uint8_t", "windows that are not whole, but known to be silent or not"),
                Member("frame", "int16_t", "the newest frame", ("OFFKEY_FFT",), self.fft),
                Member("work", "float", "its transform, and its power", ("OFFKEY_FFT",), self.fft),
            ),
        )


def _prime_factors(n: int) -> list[int]:
    """Return the prime factors of a whole number, from low to high; of 1 none but itself."""
    found, prime = list[int](), 2
    while prime * prime <= n:
        while n % prime == 0:
            found.append(prime)
            n //= prime
        prime += 1
    return [*found, n] if n > 1 or not found else found


def _is_whole(window_s: float, clip_s: float) -> bool:
    """Tell whether windows are scored as they are, neither as a shorter clip nor in parts."""
    return clip_s <= window_s * (1 + 1e-9) and window_s <= _SAME * clip_s
