"""From a machine to the recording: the room and the microphone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offkey.synthetic.spectrum import Samples, Shape, Spectrum, forward, frequencies, inverse, peaks, tilt, top_hz

__all__ = ["Room"]


@dataclass(frozen=True)
class Room:
    """The fixed transfer function from a machine to its microphone."""

    response: Spectrum  # spectrum, (n // 2 + 1,), of the impulse response
    n: int  # samples of a clip

    @classmethod
    def draw(cls, n: int, rate: int, rng: np.random.Generator, *, reverberation_s: float | None = None) -> Room:
        """Draw a room and a microphone.

        The impulse response is the direct sound, a few early reflections, and noise that decays exponentially (Polack's
        model of late reverberation: Jot, Cerveau, Warusfel, "Analysis and synthesis of room reverberation based on a
        statistical time-frequency model", AES 103rd convention, 1997). The decay by 60 dB takes `reverberation_s`, by
        default drawn from 0.15 to 0.4 s. The microphone rolls off below some 40 Hz and at the top, with two shallow
        bumps.
        """
        decay_s = rng.uniform(0.15, 0.4) if reverberation_s is None else reverberation_s
        impulse = np.zeros(n, dtype=np.float32)
        early = (rng.uniform(0.002, 0.03, size=6) * rate).astype(np.int64)
        late = np.arange(int(0.012 * rate), min(n, int(decay_s * rate)))
        fading = 10.0 ** (-3.0 * late / (decay_s * rate))
        impulse[late] = rng.standard_normal(len(late)) * fading * 1.2 / np.sqrt(decay_s * rate)
        np.add.at(impulse, early[early < n], rng.uniform(-0.35, 0.35, size=6)[early < n])
        impulse[0] = 1.0
        return cls(forward(impulse) * _microphone(frequencies(n, rate), rate, rng), n)

    def apply(self, sound: Samples) -> Samples:
        """Return what the microphone records of a sound made at the machine."""
        return inverse(self.spectrum(sound), self.n)

    def spectrum(self, sound: Samples) -> Spectrum:
        """Return the spectrum of what the microphone records of a sound made at the machine."""
        spectrum = forward(sound)
        spectrum *= self.response
        return spectrum


def _microphone(hz: Shape, rate: int, rng: np.random.Generator) -> Shape:
    bumps = [(float(rng.uniform(300.0, 0.4 * rate)), 1.0, float(rng.uniform(-2.0, 3.0))) for _ in range(2)]
    low_cut = float(rng.uniform(25.0, 45.0))
    below: Shape = ((hz / low_cut) ** 2 / np.sqrt(1.0 + (hz / low_cut) ** 4)).astype(np.float32)
    return below * tilt(hz, top_hz(rate), 24.0) * peaks(hz, bumps)
