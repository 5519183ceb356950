"""Another day, another microphone: whether a batch of clips was recorded otherwise than those that were learnt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offkey.decision import realised_rate
from offkey.hearing.traits import TRAITS
from offkey.model.model import Model
from offkey.model.result import Result, Scored, by_recording
from offkey.model.sound_range import AT

__all__ = ["Shift", "ShiftTally", "shift_of"]

_LEAST_DB = (1.0, 3.0, 2.0, 6.0, 0.0)  # a difference that matters, of each trait
_FAR_DB = (3.0, 6.0, 6.0, 12.0, 0.0)  # beyond all clips learnt by so much, and by their range, one clip tells
_CHANCE = 1e-4  # that a trait of as many clips lies on one side, were they recorded as those learnt
_CHANCE_OF_ALARMS = 1e-3
_SAID = (
    ("the level is {:.1f} dB {}", "higher", "lower"),
    ("the noise floor is {:.1f} dB {}", "higher", "lower"),
    ("the upper half of the spectrum is {:.1f} dB {} beside the lowest bands", "stronger", "weaker"),
    ("the highest frequencies are {:.1f} dB {}", "stronger", "weaker"),
    ("the sampling rate of the files is {:.0f} Hz {}", "higher", "lower"),
)
_THEN = (
    "either the machine is faulty or changed for good, or the recording changed: check microphone, gain and position, "
    "or fit again"
)


@dataclass(frozen=True)
class Shift:
    """Whether a batch was recorded otherwise than what was learnt, and why it seems so.

    `clips`, `anomalous`, `beyond_all`: recordings that were scored; those most of whose windows are anomalous, and
        those beyond all normal scores.
    `moved`: the reasons that are of the recording and not of the scores.
    `measures`: of each trait its mean over the batch, and minimum, median and maximum of the clips learnt; empty if not
        known.
    """

    shifted: bool
    reasons: list[str]
    clips: int
    anomalous: int
    beyond_all: int
    measures: dict[str, dict[str, float]]
    moved: list[str] = field(default_factory=list)

    @property
    def sentence(self) -> str | None:
        """All of it in one sentence, None if nothing changed."""
        if not self.shifted:
            return None
        what = "this clip differs" if self.clips == 1 else f"these {self.clips} clips differ"
        return f"{what} as a whole from the training clips: {', '.join(self.reasons)}; {_THEN}."

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)


@dataclass
class ShiftTally:
    """Counts what a batch of recordings is like, while its results stream by."""

    model: Model
    clips: int = 0
    anomalous: int = 0
    beyond_all: int = 0
    _measured: int = 0
    _sum: NDArray[np.float64] = field(default_factory=lambda: np.zeros(len(TRAITS)))
    _beside: NDArray[np.intp] = field(default_factory=lambda: np.zeros((2, len(TRAITS)), np.intp))
    _far: NDArray[np.intp] = field(default_factory=lambda: np.zeros((2, len(TRAITS)), np.intp))

    def watch(self, results: Iterable[Result]) -> Iterator[Result]:
        """Pass results on, and count them; windows of a recording follow each other."""
        for windows in by_recording(results):
            self._count([window for window in windows if isinstance(window, Scored)])
            yield from windows

    def shift(self) -> Shift:
        """Return what the whole batch says."""
        moved, measures = self._moved(), dict[str, dict[str, float]]()
        alarms = self._alarms()
        known = self.model.sound
        if known is not None and self._measured:
            mean = self._sum / self._measured
            for name, value, (low, _, usual, _, high) in zip(TRAITS, mean, known.quantiles.T, strict=True):
                measures[name] = {"mean": value, "learnt_min": low, "learnt_median": usual, "learnt_max": high}
            measures = {name: {key: round(float(one), 2) for key, one in of.items()} for name, of in measures.items()}
        reasons = moved + alarms
        return Shift(bool(reasons), reasons, self.clips, self.anomalous, self.beyond_all, measures, moved)

    def _count(self, windows: Sequence[Scored]) -> None:
        """Count a recording by its windows."""
        if not windows:
            return
        least = self.model.calibration.least_rate * (1 + 1e-9)
        self.clips += 1
        self.anomalous += 2 * sum(one.anomalous for one in windows) > len(windows)
        self.beyond_all += 2 * sum(one.p_value <= least for one in windows) > len(windows)
        traits = [one.traits for one in windows if one.traits is not None]
        if traits and self.model.sound is not None:
            self._measure(np.mean(traits, axis=0), self.model.sound.quantiles)

    def _measure(self, traits: NDArray[np.float64], learnt: NDArray[np.float64]) -> None:
        """Count on which side of what was learnt the traits of a recording lie."""
        lowest, low, usual, high, highest = learnt
        least, far = np.array(_LEAST_DB), np.maximum(_FAR_DB, highest - lowest)
        far[-1] = 0  # a rate is another or it is not
        self._measured += 1
        self._sum += traits
        self._beside += np.array([traits < np.minimum(low, usual - least), traits > np.maximum(high, usual + least)])
        self._far += np.array([traits < lowest - far, traits > highest + far])

    def _moved(self) -> list[str]:
        """Say which traits of most clips lie on one side of those learnt, by more than chance explains."""
        if self.model.sound is None or not self._measured:
            return []
        rate = realised_rate(self.model.sound.n, AT[1]).high
        usual, mean = self.model.sound.quantiles[2], self._sum / self._measured
        sentences = []
        for trait, (text, higher, lower) in enumerate(_SAID):
            for side, word in ((0, lower), (1, higher)):
                beside, far = int(self._beside[side, trait]), int(self._far[side, trait])
                by_most = 2 * beside > self._measured and _chance(beside, self._measured, rate) < _CHANCE
                if 2 * far > self._measured or by_most:
                    than = "than in any clip learnt" if 2 * far > self._measured else "than usual"
                    sentences.append(f"{text.format(abs(mean[trait] - usual[trait]), word)} {than}")
        return sentences

    def _alarms(self) -> list[str]:
        """Say that more clips are anomalous than was promised, within what chance and few training clips explain."""
        n, rate = len(self.model.calibration.normal_scores), self.model.threshold.false_alarm_rate
        if not 0 < rate < 1:
            return []
        highest = self.model.calibration.realised_rate(rate).high
        if _chance(self.anomalous, self.clips, highest) >= _CHANCE_OF_ALARMS:
            return []
        if 2 * self.beyond_all > self.clips:
            return [f"{self.beyond_all} of {self.clips} score beyond all {n} normal clips"]
        return [f"{self.anomalous} of {self.clips} are anomalous, where a false-alarm rate of {rate:g} was promised"]


def shift_of(model: Model, results: Iterable[Result]) -> Shift:
    """Return whether a batch of results was recorded otherwise than what a model learnt from."""
    tally = ShiftTally(model)
    for _ in tally.watch(results):
        pass
    return tally.shift()


def _chance(count: int, n: int, rate: float) -> float:
    """Return the binomial chance of at least so many of n."""
    from scipy.special import bdtrc

    return 1.0 if count == 0 else float(bdtrc(count - 1, n, rate))
