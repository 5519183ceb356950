"""False events a week beside what the shadow promised, and how soon planted faults are found, on simulated scores.

    python -m benchmarks.events [--machines 20] [--days 60]

A window each 5 s; scores are normal deviates that depend on those before them (autoregressive, 0 to 0.99), higher while
a machine runs under load, for some hours of each day. Beside it: 3 of 5 windows with a p-value of 0.01 or less under
the formula for windows that do not depend on each other.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter
from scipy.special import log_ndtr
from scipy.stats import binom, norm

from benchmarks.tables import print_head, print_row
from offkey.decision.events import ALLOWED, Excursion, Rule, Shadow, block_means, excursions
from offkey.errors import ParameterError

HOP_S = 5.0
DAY = int(86_400 / HOP_S)
WEEK_DAYS = 7
MEMORIES = (0.0, 0.5, 0.9, 0.95, 0.99)
SHADOWS_DAYS = (3, 7, 21)
LOAD = 0.5  # what load adds to the scores, in standard deviations
K, N, P = 3, 5, 0.01
BURST_S, STEP_DAYS = 60, 2
FAULTS = {
    "burst of a minute": {"+4 sigma": 4.0, "+6 sigma": 6.0, "+9 sigma": 9.0},
    "lasting shift": {"+0.5 sigma": 0.5, "+1 sigma": 1.0, "+2 sigma": 2.0},
}
SENSITIVITY, SHADOW_DAYS = 1, 7

Scores = NDArray[np.float64]


def scores(days: int, memory: float, rng: np.random.Generator, load: float = LOAD) -> Scores:
    """Return the scores of a normal machine, in standard deviations."""
    noise = rng.standard_normal(days * DAY) * np.sqrt(1 - memory**2)
    day = np.arange(len(noise)) / DAY
    is_loaded = np.sin(2 * np.pi * (day + rng.uniform())) > 0.3
    return np.asarray(lfilter([1.0], [1.0, -memory], noise) + load * is_loaded)


def surprises(of: Scores) -> Scores:
    """Return how unusual scores are under a standard normal calibration."""
    return np.asarray(np.minimum(-log_ndtr(-of), 30.0), np.float64)


def slow_alarms(series: Scores, rule: Rule, shadow: Shadow) -> list[int]:
    """Return the last window of each block that alarms."""
    alarms = rule.slow_path().alarms(shadow.blocks.p_values(block_means(series, rule.block)))
    return [(number + 1) * rule.block - 1 for number in alarms]


def raised(series: Scores, rule: Rule, shadow: Shadow, above: list[Excursion] | None = None) -> int:
    """Return how many events both paths raise; an alarm in whose block a fast event lies is no other one.

    `above`: excursions above the closing level, where they are known.
    """
    if above is None:
        above = excursions(rule.smooth(series), rule.close_at, rule.hold)
    fast = [one for one in above if one.peak >= rule.open_at]
    alarms = slow_alarms(series, rule, shadow)
    return len(fast) + sum(not any(one.first <= end < one.last + rule.block for one in fast) for end in alarms)


@dataclass
class Kept:
    """Promises and events of the machines of one row."""

    inside: list[bool]
    bounds: list[float]
    rates: list[float]
    slow: list[float]  # alarms of the slow path over those that its mean time to a false alarm allows


def counted(machines: int, days: int, memory: float, shadow_days: int) -> dict[int, Kept] | None:
    """Return what each sensitivity promised and raised on normal machines; None if the shadow is too short."""
    found = {allowed: Kept([], [], [], []) for allowed in ALLOWED}
    for machine in range(machines):
        series = surprises(scores(shadow_days + days, memory, np.random.default_rng(machine)))
        try:
            shadow = Shadow(series[: shadow_days * DAY], hop_s=HOP_S)
        except ParameterError:
            return None
        new = series[shadow_days * DAY :]
        every = shadow.sensitivities()
        above = excursions(every[0].rule.smooth(new), every[0].rule.close_at, every[0].rule.hold)
        for one in every:
            slow = len(slow_alarms(new, one.rule, shadow))
            rate = raised(new, one.rule, shadow, above) / days * WEEK_DAYS
            kept = found[one.allowed]
            kept.inside.append(rate <= one.bound())
            kept.bounds.append(one.bound())
            kept.rates.append(rate)
            kept.slow.append(slow / (len(new) / one.rule.block) * one.rule.mean_blocks)
    return found


def print_promises(machines: int, days: int) -> None:
    """Print how many machines stay within the bound, by correlation, shadow and sensitivity."""
    print(f"\n{machines} machines that stay normal, {days} days after the shadow; events a week:\n")
    columns = "correlation", "shadow, days", "allowed in it", "bound", "raised", "machines within", "slow over promised"
    print_head(*columns, words=1)
    for memory in MEMORIES:
        for shadow_days in SHADOWS_DAYS:
            found = counted(machines, days, memory, shadow_days)
            if found is None:
                print_row(memory, shadow_days, "-", "too short for 20 blocks", "-", "-", "-")
                continue
            for allowed, kept in found.items():
                row = f"{np.mean(kept.bounds):.2f}", f"{np.mean(kept.rates):.2f}", f"{np.mean(kept.inside):.0%}"
                print_row(memory, shadow_days, allowed, *row, f"{np.mean(kept.slow):.2f}")


def print_formula(machines: int, days: int) -> None:
    """Print the events of k of n windows beside what the formula for independent windows predicts."""
    print(f"\n{K} of {N} windows with a p-value of {P} or less, events a week:\n")
    print_head("correlation", "by the formula", "raised")
    for memory in MEMORIES:
        found = [k_of_n(scores(days, memory, np.random.default_rng(machine))) for machine in range(machines)]
        predicted, raised = np.mean(found, axis=0)
        print_row(memory, f"{predicted:.2f}", f"{raised:.1f}")


def k_of_n(of: Scores) -> tuple[float, float]:
    """Return the events a week of k of n windows: by the formula for independent windows, and as scores raise them."""
    begins = binom.pmf(K - 1, N - 1, P) * P * (1 - P)  # a window joins two of the four before it, and none falls out
    met = np.convolve(of > norm.isf(P), np.ones(N), "valid") > K - 0.5
    week = DAY * WEEK_DAYS
    return float(begins * week), float((met[1:] & ~met[:-1]).sum() / len(of) * week)


def delay_s(series: Scores, onset: int, rule: Rule, shadow: Shadow) -> float:
    """Return seconds from the onset of a fault to the first event, infinite without any."""
    opened = np.flatnonzero(rule.smooth(series)[onset:] >= rule.open_at)
    slow = slow_alarms(series, rule, shadow)
    ends = [*(onset + opened[:1]), *(end for end in slow if end > onset)]
    return (min(ends) - onset + 1) * HOP_S if ends else np.inf


def print_faults(machines: int) -> None:
    """Print which planted faults are found and after how long, by kind and severity."""
    print(
        f"\nFaults planted in {machines} machines, shadow of {SHADOW_DAYS} days, {SENSITIVITY} event allowed in it:\n"
    )
    print_head("fault", "severity", "correlation", "found", "median delay", words=2)
    every = {memory: [_delays(memory, machine) for machine in range(machines)] for memory in MEMORIES[:-1]}
    for fault, severities in FAULTS.items():
        for name in severities:
            for memory in MEMORIES[:-1]:
                delays = [of_one[fault, name] for of_one in every[memory]]
                found = [delay for delay in delays if np.isfinite(delay)]
                median = f"{np.median(found) / 60:.1f} min" if found else "-"
                print_row(fault, name, memory, f"{len(found)} of {machines}", median)


def _delays(memory: float, machine: int) -> dict[tuple[str, str], float]:
    """Return the delay with which each fault is found in a machine."""
    whole = scores(SHADOW_DAYS + 4, memory, np.random.default_rng(1000 + machine))
    shadow = Shadow(surprises(whole[: SHADOW_DAYS * DAY]), hop_s=HOP_S)
    rule, new = shadow.sensitivity(SENSITIVITY).rule, whole[SHADOW_DAYS * DAY :]
    return {
        (fault, name): _planted(fault, size, new.copy(), rule, shadow)
        for fault, severities in FAULTS.items()
        for name, size in severities.items()
    }


def _planted(fault: str, size: float, new: Scores, rule: Rule, shadow: Shadow) -> float:
    """Return the delay with which a fault at noon of the second day is found; a burst counts for another minute."""
    onset = DAY + DAY // 2
    lasts = int(BURST_S / HOP_S) if fault == "burst of a minute" else STEP_DAYS * DAY
    new[onset : onset + lasts] += size
    stop = onset + (2 * lasts if fault == "burst of a minute" else lasts)
    return delay_s(surprises(new[:stop]), onset, rule, shadow)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables of docs/events.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--machines", type=int, default=60)
    parser.add_argument("--days", type=int, default=60)
    args = parser.parse_args(arguments)
    print_promises(args.machines, args.days)
    print_formula(args.machines, args.days)
    print_faults(args.machines)


if __name__ == "__main__":
    main()
