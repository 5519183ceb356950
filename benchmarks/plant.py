"""The promise of a plant: simulated machines in fast time, from their scores on through the classes of the monitor.

    python -m benchmarks.plant [--machines 20] [--days 60] [--shadow-days 7] [--sensitivity 1]

A window each 5 s; scores as of `benchmarks.events`, with a correlation from 0 to 0.99 and load for some hours of each
day. A machine that stays normal shows what was promised and what was raised. Then faults are planted in each, and the
first change of an event after the onset counts as finding them; the row without a fault shows what chance finds.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass

import numpy as np

from benchmarks.events import DAY, HOP_S, MEMORIES, Scores, k_of_n, scores, slow_alarms, surprises
from benchmarks.tables import print_goal, print_head, print_row
from offkey.decision.events import ALLOWED, LEVELS, Level, Sensitivity, Shadow
from offkey.watch.health.events import Change, MachineEvents
from offkey.watch.scored_window import ScoredWindow

__all__ = ["FAULTS", "Fault", "Kept", "Machine", "main"]

AT, WEEK_S, DAY_S = 1_800_000_000.0, 604_800.0, 86_400.0
BEFORE_DAYS = 0.5  # that a machine is watched before a fault is planted
LEAST_WITHIN, MOST_SLOW = 0.9, 1.0

Shape = Callable[[Scores], Scores]


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


class Machine:
    """A simulated machine after its shadow.

    `number`: seeds it.
    `memory`: correlation of a score with the one before it.
    """

    def __init__(self, number: int, memory: float, *, shadow_days: int, allowed: int) -> None:
        self._number, self._memory = number, memory
        self._shadow = Shadow(surprises(self.scores(shadow_days, "shadow")), hop_s=HOP_S)
        self.sensitivity: Sensitivity = self._shadow.sensitivity(allowed)

    def scores(self, days: float, purpose: str) -> Scores:
        """Return scores of so many days that are normal; those of one purpose are always the same."""
        seed = [self._number, *purpose.encode()]
        return scores(int(np.ceil(days)), self._memory, np.random.default_rng(seed))[: int(days * DAY)]

    def changes(self, of: Scores) -> Iterator[Change]:
        """Watch further scores; yield each change of an event."""
        events = MachineEvents(str(self._number), "simulated", self.sensitivity.rule, self._shadow.blocks)
        for number, surprise in enumerate(surprises(of).tolist()):
            start = AT + number * HOP_S
            yield from events.feed(ScoredWindow(start, start + HOP_S, surprise=surprise))

    def kept(self, days: int) -> Kept:
        """Watch the machine for so many days in which it stays normal."""
        series, rule = self.scores(days, "normal"), self.sensitivity.rule
        weeks, block_weeks = days * DAY_S / WEEK_S, rule.block * HOP_S / WEEK_S
        raised = sum(change.kind == "new" for change in self.changes(series))
        slow = len(slow_alarms(surprises(series), rule, self._shadow))
        predicted, formula = k_of_n(series)
        return Kept(
            self.sensitivity.bound(),
            raised / weeks,
            rule.mean_blocks * block_weeks,
            weeks / slow if slow else np.inf,
            predicted,
            formula,
        )

    def found(self, fault: Fault, size: float) -> tuple[float, Level]:
        """Plant a fault; return seconds from its onset to the first change, infinite without any, and the level."""
        series = self.scores(BEFORE_DAYS + fault.days, "faulty")
        onset = int(BEFORE_DAYS * DAY)
        series[onset:] += size * fault.shape(np.arange(len(series) - onset) * HOP_S)
        since = [change for change in self.changes(series) if change.at > AT + onset * HOP_S and change.kind != "end"]
        if not since:
            return np.inf, "normal"
        return since[0].at - AT - onset * HOP_S, since[-1].level


def print_promise(plant: dict[float, list[Machine]], days: int) -> None:
    """Print by correlation whether machines stay within the bound, beside k of n windows."""
    print("\nMachines that stay normal, events a week; the slow path by weeks to a false alarm:\n")
    columns = "correlation", "machines", "bound", "raised", "within", "slow, promised", "slow, raised"
    print_head(*columns, "3 of 5, by the formula", "3 of 5, raised")
    everyone: list[Kept] = []
    for memory, machines in plant.items():
        kept = [machine.kept(days) for machine in machines]
        bound, raised, promised, _, predicted, formula = np.mean([astuple(one) for one in kept], axis=0)
        within = sum(one.raised <= one.bound for one in kept)
        figures = f"{bound:.2f}", f"{raised:.2f}", f"{within} of {len(kept)}", f"{promised:.1f}", _weeks(kept)
        print_row(memory, len(kept), *figures, f"{predicted:.2f}", f"{formula:.1f}")
        everyone += kept
    print()
    within = sum(one.raised <= one.bound for one in everyone) / len(everyone)
    print_goal("machines within the bound", 100 * within, 100 * LEAST_WITHIN, least=True, unit="%")
    slow = np.mean([one.slow_promised / one.slow_measured for one in everyone])
    print_goal("alarms of the slow path, over those that it may raise", float(slow), MOST_SLOW)


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
    plant: dict[float, list[Machine]] = {}
    for number in range(args.machines):
        memory = MEMORIES[number * len(MEMORIES) // args.machines]
        machine = Machine(number, memory, shadow_days=args.shadow_days, allowed=args.sensitivity)
        plant.setdefault(memory, []).append(machine)
    print(f"\n{args.machines} machines, {args.days} days after a shadow of {args.shadow_days}:")
    print_promise(plant, args.days)
    print_faults([machine for machines in plant.values() for machine in machines])


if __name__ == "__main__":
    main()
