"""Sound that says more of its source than of the machine: silence, clipping, an offset, a gain that was turned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from offkey.audio.channel import Samples
from offkey.watch.acquisition.gain import Gain

__all__ = ["Doubt", "Flaw", "Quality", "is_clipped"]

Flaw: TypeAlias = Literal["silent", "clipped", "offset", "level moved"]

_FLAWS: tuple[Flaw, ...] = "silent", "clipped", "offset", "level moved"  # the worst first
_LASTING_S, _ROUNDING_S = 10.0, 1e-6
_FULL_SCALE, _CLIPPED_SHARE = 0.999, 0.001  # where a block is clipped: so many of its samples are at full scale
_OFFSET = 0.05  # of full scale: more than the electronics of any sound microphone leave


@dataclass(frozen=True)
class Doubt:
    """From here on the sound is no evidence about the machine; where `flaw` is None it is again.

    `is_certain`: whether the flaw has lasted; else it must be waited for, 10 s at most.
    """

    flaw: Flaw | None
    is_certain: bool = False


class Quality:
    """Follows the quality of what a source gives, by the time that the sound itself takes."""

    def __init__(self) -> None:
        self._gain = Gain()
        self._since: dict[Flaw, float] = {}
        self._sound_s = 0.0

    def received(self, block: Samples, rate: int) -> None:
        """Take a block of samples of shape (n, channels) at a rate in Hz."""
        is_silent = float(block.min()) == float(block.max())
        self._note("silent", is_silent)
        self._note("clipped", not is_silent and is_clipped(block))
        self._note("offset", not is_silent and bool((np.abs(block.mean(axis=0)) >= _OFFSET).any()))
        if not is_silent:
            self._gain.received(block, rate)
        self._note("level moved", self._gain.is_suspected or self._gain.has_moved)
        self._sound_s += len(block) / rate

    def interrupted(self) -> None:
        """Note a gap in the sound, behind which the level may be another."""
        self._gain.interrupted()

    @property
    def flaw(self) -> Flaw | None:
        """The worst flaw that has lasted."""
        return next((flaw for flaw in _FLAWS if flaw in self._since and self._is_lasting(flaw)), None)

    @property
    def doubt(self) -> Doubt:
        """Whether the newest block is evidence about the machine; of digital silence that is certain at once."""
        lasting = "silent" if "silent" in self._since else self.flaw
        return Doubt(lasting or next((flaw for flaw in _FLAWS if flaw in self._since), None), lasting is not None)

    def _note(self, flaw: Flaw, holds: bool) -> None:
        """Keep since when a flaw holds without a break."""
        if holds:
            self._since.setdefault(flaw, self._sound_s)
        else:
            self._since.pop(flaw, None)

    def _is_lasting(self, flaw: Flaw) -> bool:
        if flaw == "level moved":
            return self._gain.has_moved
        return self._sound_s - self._since[flaw] >= _LASTING_S - _ROUNDING_S


def is_clipped(block: Samples) -> bool:
    """Tell whether a block was too loud for its converter."""
    return float(np.mean(np.abs(block) >= _FULL_SCALE)) >= _CLIPPED_SHARE
