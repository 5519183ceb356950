"""Another day, another microphone: whether a batch of clips was recorded otherwise than those that were learnt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offkey.decision import chance_of_alarms
from offkey.model.model import Model
from offkey.model.result import Result, Scored, by_recording
from offkey.model.trait_tally import TraitTally

__all__ = ["Shift", "ShiftTally", "shift_of"]

_RATES = (0.5, 0.2, 0.1, 0.05, 0.02, 0.01)  # at which new scores are held against those of normal clips
_CHANCE = 5e-3  # that scores of normal clips are said to be higher, were they recorded as those learnt
_THEN = (
    "either the machine is faulty or changed for good, or the recording changed: check microphone, gain and position, "
    "recalibrate by ten normal clips (offkey info MODEL --recalibrate FOLDER), or fit again"
)


@dataclass(frozen=True)
class Shift:
    """Whether a batch was recorded otherwise than what was learnt, and why it seems so.

    `most`: whether most of the clips moved; else more of them score high than chance explains.
    `alarms_alone`: whether nothing but the number of anomalous clips says so.
    `clips`, `anomalous`, `beyond_all`: recordings that were scored; those most of whose windows are anomalous, and
        those beyond all normal scores.
    `measures`: of each trait its mean over the batch, and minimum, median and maximum of the clips learnt; empty if not
        known.
    """

    shifted: bool
    reasons: list[str]
    most: bool
    alarms_alone: bool
    clips: int
    anomalous: int
    beyond_all: int
    measures: dict[str, dict[str, float]]

    @property
    def sentence(self) -> str | None:
        """All of it in one sentence, None if nothing changed."""
        if not self.shifted:
            return None
        differ = "differs" if self.clips == 1 else "differ"
        how = f"{differ} as a whole from the training clips" if self.most else "score higher than was promised"
        what = "this clip" if self.clips == 1 else f"these {self.clips} clips"
        return f"{what} {how}: {', '.join(self.reasons)}; {_THEN}."

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {**asdict(self), "sentence": self.sentence}


@dataclass
class ShiftTally:
    """Counts what a batch of recordings is like, while its results stream by."""

    model: Model
    clips: int = 0
    anomalous: int = 0
    beyond_all: int = 0
    _rates: NDArray[np.float64] = field(init=False)
    _above: NDArray[np.intp] = field(init=False)
    _traits: TraitTally | None = field(init=False)

    def __post_init__(self) -> None:
        least, known = self.model.calibration.least_rate, self.model.sound
        asked = {*_RATES, self.model.threshold.false_alarm_rate, least}
        self._rates = np.array(sorted(rate for rate in asked if least <= rate < 1))
        self._above = np.zeros(len(self._rates), np.intp)
        self._traits = None if known is None else TraitTally(known)

    def watch(self, results: Iterable[Result]) -> Iterator[Result]:
        """Pass results on, and count them; windows of a recording follow each other."""
        for windows in by_recording(results):
            self._count([window for window in windows if isinstance(window, Scored)])
            yield from windows

    def shift(self) -> Shift:
        """Return what the whole batch says."""
        higher, of_traits = self._higher(), self._traits
        moved = [] if of_traits is None else of_traits.moved(suspected=higher is not None)
        measures = {} if of_traits is None else of_traits.measures()
        of_most = of_traits is not None and bool(of_traits.moved(suspected=False))
        most = of_most or (higher is not None and 2 * higher[1] > self.clips)
        alarms = higher is not None and higher[1] == self.anomalous and not most
        reasons = moved if higher is None else [*moved, higher[0]]
        return Shift(bool(reasons), reasons, most, alarms, self.clips, self.anomalous, self.beyond_all, measures)

    def _count(self, windows: Sequence[Scored]) -> None:
        """Count a recording by what most of its windows are."""
        if not windows:
            return
        least = self.model.calibration.least_p_value * (1 + 1e-9)
        p_values = np.array([one.p_value for one in windows])
        self.clips += 1
        self.anomalous += 2 * sum(one.anomalous for one in windows) > len(windows)
        self.beyond_all += 2 * int((p_values <= least).sum()) > len(windows)
        self._above += 2 * (p_values[:, None] <= self._rates * (1 + 1e-9)).sum(axis=0) > len(windows)
        traits = [one.traits for one in windows if one.traits is not None]
        if traits and self._traits is not None:
            self._traits.count(np.mean(traits, axis=0))

    def _higher(self) -> tuple[str, int] | None:
        """Say how many clips score as high as few normal ones, where chance and few training clips do not explain it.

        If the clips and those learnt are exchangeable, the number of new scores above the k-th highest of n is
        distributed as beta-binomial (see `chance_of_alarms`), at each rank by itself; by the number of ranks the chance
        is divided (Bonferroni).
        """
        calibration, promised = self.model.calibration, self.model.threshold.false_alarm_rate
        chances = [
            chance_of_alarms(calibration.worth, rate, self.clips, count)
            for rate, count in zip(self._rates.tolist(), self._above.tolist(), strict=True)
        ]
        least = int(np.argmin(chances))
        if chances[least] >= _CHANCE / len(chances):
            return None
        if 2 * self.beyond_all > self.clips:
            n = len(calibration.normal_scores)
            return f"{self.beyond_all} of {self.clips} score beyond all {n} normal clips", self.beyond_all
        likely, above = self._rates[least], int(self._above[least])
        if likely > promised:
            return f"{above} of {self.clips} score as high as 1 in {1 / likely:.0f} normal clips", above
        told = f"{self.anomalous} of {self.clips} are anomalous, where a false-alarm rate of {promised:g} was promised"
        return told, self.anomalous


def shift_of(model: Model, results: Iterable[Result]) -> Shift:
    """Return whether a batch of results was recorded otherwise than what a model learnt from."""
    tally = ShiftTally(model)
    for _ in tally.watch(results):
        pass
    return tally.shift()
