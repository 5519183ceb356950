"""The promise of a plant: simulated machines in fast time, from their scores on through the classes of the monitor.

    python -m benchmarks.plant [--machines 20] [--days 60] [--shadow-days 7] [--sensitivity 1]

A plant of so many machines for each correlation of scores, from 0 to 0.99; a window each 5 s, scores as of
`benchmarks.events`. Half of the machines are under load for some hours of each day, which shows in nothing but the
scores. The others have operating states: off at night, and by day two that take turns of some hours, each with its
level and its scores; a week is one of windows that are judged. Machines that stay normal show what was promised and
what was raised. Then faults are planted at noon in some of them, and the first change of an event after the onset
counts as finding them; the row without a fault shows what chance finds.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.events import DAY, HOP_S, LOAD, MEMORIES, Scores, k_of_n, raised, scores, slow_alarms, surprises
from benchmarks.tables import print_goal, print_head, print_row
from offkey.decision.events import ALLOWED, LEVELS, Level
from offkey.errors import ParameterError
from offkey.watch.health.events import Change, MachineEvents
from offkey.watch.health.judge import MachineJudge, Wanted
from offkey.watch.scored_window import SOUND, ScoredWindow

__all__ = ["FAULTS", "Fault", "Kept", "Machine", "main"]

AT, WEEK_S, DAY_S = 1_800_000_000.0, 604_800.0, 86_400.0
BEFORE_DAYS = 0.5  # that a machine is watched before a fault is planted
OFF_H, LONGER = (20.0, 5.0), 1.1
LEVELS_DB, SCORES = np.array([-60.0, -30.0, -20.0]), np.array([12.0, 0.0, 2.0])  # of off and of two states by day
LEAST_WITHIN, MOST_SLOW = 0.9, 1.0
FAULTY = 2  # machines of each row in which faults are planted

Shape = Callable[[Scores], NDArray[np.floating[Any]]]


@dataclass(frozen=True)
class Fault:
    """A kind of fault: what it adds to the scores, in parts of its size, by seconds since its onset.

    `sizes`: in standard deviations of the scores, from strong to weak.
    `days`: for how long after the onset it may be found.
    """

    shape: Shape
    sizes: tuple[float, ...]
    days: float


FAULTS = {
    "step": Fault(lambda since: np.ones_like(since), (2.0, 1.0, 0.5), 3.0),
    "drift over three days": Fault(lambda since: np.minimum(since / (3 * DAY_S), 1.0), (3.0, 2.0, 1.0), 6.0),
    "burst of a minute": Fault(lambda since: (since < 60) * 1.0, (9.0, 6.0, 4.0), 180 / DAY_S),
    "30 s in each 20 minutes": Fault(lambda since: (since % 1200 < 30) * 1.0, (6.0, 4.0, 3.0), 2.0),
    "none": Fault(lambda since: np.zeros_like(since), (0.0,), 3.0),
}
SEVERITIES = ("strong", "middle", "weak")


@dataclass(frozen=True)
class Kept:
    """The promise of a machine that stays normal, and what came of it; times in weeks.

    `slow_promised`, `slow_measured`: the time to a false alarm of the slow path; infinite where none came.
    `predicted`, `formula`: events of k of n windows, by the formula for independent windows and as they came.
    """

    bound: float
    raised: float
    slow_promised: float
    slow_measured: float
    predicted: float
    formula: float


@dataclass(frozen=True)
class Stretch:
    """Scores of a machine over time, in standard deviations, and its states, empty where it has none."""

    scores: Scores
    states: NDArray[np.int64]

    def sounds(self) -> Iterator[NDArray[np.float64]]:
        """Yield the sound of each day as `ScoredWindow.sound`; always the same."""
        for day, first in enumerate(range(0, len(self.states), DAY)):
            states = self.states[first : first + DAY]
            noise = np.random.default_rng([day, len(self.states)]).standard_normal((len(states), len(SOUND)))
            yield LEVELS_DB[states][:, None] + noise


class Machine:
    """A simulated machine after its shadow.

    `number`: seeds it.
    `memory`: correlation of a score with the one before it.
    `has_states`: whether it has operating states.
    """

    def __init__(self, number: int, memory: float, *, shadow_days: int, allowed: int, has_states: bool = False) -> None:
        self._number, self._memory, self.has_states = number, memory, has_states
        self._judge = self._learnt(shadow_days, allowed)
        self.sensitivity = self._judge.sensitivity

    def _learnt(self, days: float, allowed: int) -> MachineJudge:
        """Return the judge after a shadow; one that is too short goes on, as that of a monitor does."""
        heard = self.stretch(days, "shadow")
        sounds = np.concatenate([*heard.sounds(), np.zeros((0, len(SOUND)))])
        try:
            return MachineJudge(
                str(self._number),
                "simulated",
                surprises(heard.scores),
                sounds,
                hop_s=HOP_S,
                wanted=Wanted(allowed=allowed),
            )
        except ParameterError:
            return self._learnt(LONGER * days, allowed)

    def stretch(self, days: float, purpose: str) -> Stretch:
        """Return so many days that are normal, from midnight on; those of one purpose are always the same."""
        rng = np.random.default_rng([self._number, *purpose.encode()])
        load = 0.0 if self.has_states else LOAD
        found = scores(int(np.ceil(days)), self._memory, rng, load)[: int(days * DAY)]
        if not self.has_states:
            return Stretch(found, np.zeros(0, np.int64))
        states = turns(len(found), rng)
        return Stretch(found + SCORES[states], states)

    def judged(self, stretch: Stretch) -> NDArray[np.float64]:
        """Return how unusual windows are, each in its state; NaN where that is not judged."""
        found, states = surprises(stretch.scores), self._judge.states
        for day, sounds in enumerate(stretch.sounds()):
            here = slice(day * DAY, day * DAY + len(sounds))
            found[here] = states.surprises(found[here], states.of(sounds))
        return found

    def changes(self, of: NDArray[np.float64]) -> Iterator[Change]:
        """Watch further windows by how unusual they are; yield each change of an event."""
        events = MachineEvents(str(self._number), "simulated", self.sensitivity.rule, self._judge.shadow.blocks)
        for number, surprise in enumerate(of.tolist()):
            start = AT + number * HOP_S
            yield from events.feed(ScoredWindow(start, start + HOP_S, surprise=surprise))

    def kept(self, days: int) -> Kept:
        """Watch the machine for so many days in which it stays normal."""
        stretch, rule = self.stretch(days, "normal"), self.sensitivity.rule
        judged = self.judged(stretch)
        weeks, block_weeks = np.isfinite(judged).sum() * HOP_S / WEEK_S, rule.block * HOP_S / WEEK_S
        slow = len(slow_alarms(judged, rule, self._judge.shadow))
        predicted, formula = k_of_n(stretch.scores)
        return Kept(
            self.sensitivity.bound(),
            raised(judged, rule, self._judge.shadow) / weeks,
            rule.mean_blocks * block_weeks,
            weeks / slow if slow else np.inf,
            predicted,
            formula,
        )

    def found(self, fault: Fault, size: float) -> tuple[float, Level]:
        """Plant a fault; return seconds from its onset to the first change, infinite without any, and the level."""
        stretch = self.stretch(BEFORE_DAYS + fault.days, "faulty")
        onset = int(BEFORE_DAYS * DAY)
        stretch.scores[onset:] += size * fault.shape(np.arange(len(stretch.scores) - onset, dtype=np.float64) * HOP_S)
        changes = self.changes(self.judged(stretch))
        since = [change for change in changes if change.at > AT + onset * HOP_S and change.kind != "end"]
        if not since:
            return np.inf, "normal"
        return since[0].at - AT - onset * HOP_S, since[-1].level


def plants(args: argparse.Namespace) -> Iterator[tuple[float, bool, list[Machine]]]:
    """Yield the machines of each row of the table, each with a seed of its own."""
    how = {"shadow_days": args.shadow_days, "allowed": args.sensitivity}
    for plant, memory in enumerate(MEMORIES):
        numbers = range(plant * args.machines, (plant + 1) * args.machines)
        for has_states in (False, True):
            every = [Machine(number, memory, has_states=has_states, **how) for number in numbers[int(has_states) :: 2]]
            yield memory, has_states, every


def turns(windows: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return the state of each window: off from 20 h to 5 h, between them two in turns of one to four hours."""
    lengths = (rng.uniform(1, 4, windows * 24 // DAY + 2) * DAY / 24).astype(int)
    states = np.repeat(np.arange(len(lengths)) % 2 + 1, lengths)[:windows]
    hour = np.arange(windows) / DAY * 24 % 24
    states[(hour >= OFF_H[0]) | (hour < OFF_H[1])] = 0
    return states


def print_promise(plants: Iterable[tuple[float, bool, list[Machine]]], days: int) -> list[Machine]:
    """Print for each row whether machines stay within the bound, beside k of n windows; return some of each."""
    print("\nMachines that stay normal, events a week; the slow path by weeks to a false alarm:\n")
    columns = "correlation", "changes by", "machines", "bound", "raised", "within", "slow, promised", "slow, raised"
    print_head(*columns, "3 of 5, by the formula", "3 of 5, raised", words=2)
    within: dict[float, list[bool]] = {}
    slow, faulty = [], []
    for memory, has_states, machines in plants:
        kept = [machine.kept(days) for machine in machines]
        bound, came, promised, _, predicted, formula = np.mean([astuple(one) for one in kept], axis=0)
        inside = [one.raised <= one.bound for one in kept]
        figures = f"{bound:.2f}", f"{came:.2f}", f"{sum(inside)} of {len(kept)}", f"{promised:.1f}", _weeks(kept)
        by = "states" if has_states else "load"
        print_row(memory, by, len(kept), *figures, f"{predicted:.2f}", f"{formula:.1f}")
        within.setdefault(memory, []).extend(inside)
        slow.append(float(np.mean([one.slow_promised / one.slow_measured for one in kept])))
        faulty += machines[:FAULTY]
    print()
    worst = 100 * min(float(np.mean(inside)) for inside in within.values())
    print_goal(
        "machines of a plant within the bound, in the worst one", worst, 100 * LEAST_WITHIN, least=True, unit="%"
    )
    print_goal("alarms of the slow path over those that it may raise, in the worst row", max(slow), MOST_SLOW)
    return faulty


def _weeks(kept: list[Kept]) -> str:
    """Return the mean time to a false alarm of some machines together."""
    rate = np.mean([1 / one.slow_measured for one in kept])
    return f"{1 / rate:.1f}" if rate else "none"


def print_faults(machines: list[Machine]) -> None:
    """Print which planted faults are found, how soon, and which level they reach."""
    print(f"\nFaults planted in each of {len(machines)} machines:\n")
    print_head("fault", "severity", "found", "median delay", "nine of ten within", "called alarm", words=2)
    for name, fault in FAULTS.items():
        for severity, size in zip(SEVERITIES, fault.sizes, strict=False):
            results = [machine.found(fault, size) for machine in machines]
            delays = np.array([delay for delay, _ in results])
            alarms = sum(level == LEVELS[-1] for _, level in results)
            words = f"{severity}, +{size:g} sigma" if size else "-"
            shares = (f"{np.isfinite(delays).sum()} of {len(delays)}", _span(delays, 0.5), _span(delays, 0.9))
            print_row(name, words, *shares, alarms)


def _span(delays: Scores, share: float) -> str:
    """Return within which time so many are found, of all that were planted."""
    found = float(np.quantile(delays, share, method="higher"))
    if not np.isfinite(found):
        return "-"
    return f"{found / 60:.1f} min" if found < 7200 else f"{found / 3600:.1f} h"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables of docs/watch.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--machines", type=int, default=20)
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--shadow-days", type=int, default=7)
    parser.add_argument("--sensitivity", type=int, default=1, choices=ALLOWED)
    args = parser.parse_args(arguments)
    print(f"\n{args.machines} machines for each correlation, {args.days} days after a shadow of {args.shadow_days}:")
    print_faults(print_promise(plants(args), args.days))


if __name__ == "__main__":
    main()
