"""Events of machines that switch load, judged with and without the operating states that their shadow shows.

    python -m benchmarks.operating_states [--machines 20] [--days 30]

A window each 5 s; scores depend on those before them (correlation 0.9), and are higher and wider under high load, which
lasts for hours at a time. The sound is 8 dB louder then. After a week of shadow the share of high load stays, or is
doubled; in the last rows the machine stands still each night, which the model did not learn. A fault of two minutes is
planted under low load, 4 standard deviations high.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from benchmarks.events import DAY, HOP_S, WEEK_DAYS, raised
from benchmarks.tables import print_head, print_row
from offkey.decision import Calibration
from offkey.decision.events import Shadow
from offkey.decision.states import OperatingStates
from offkey.errors import ParameterError

MEMORY, SHADOW_DAYS, ALLOWED = 0.9, 7, 1
LOW, HIGH, OFF = 0, 1, 2
MEANS, SPREADS = np.array([0.0, 2.0, 9.0]), np.array([1.0, 1.5, 1.0])
LEVELS_DB = np.array([-42.0, -34.0, -65.0])
STAY_HOURS = 2.0
FAULTS, FAULT_WINDOWS, FAULT = 20, 24, 4.0
CASES = {  # share of high load in the shadow and after it, and whether the machine is off at night
    "as in the shadow": (0.3, 0.3, False),
    "twice the high load": (0.3, 0.6, False),
    "off at night": (0.3, 0.3, True),
}

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Sound:
    """Scores of windows, level and bands in dB, and the state that a machine was in."""

    scores: Array
    sounds: Array
    state: NDArray[np.int64]


def machine(days: int, high: float, rng: np.random.Generator, *, nights: bool) -> Sound:
    """Return the sound of a normal machine."""
    n = days * DAY
    state = np.empty(n, np.int64)
    at, now = 0, LOW
    while at < n:
        hours = STAY_HOURS * (high if now == HIGH else 1 - high)
        until = at + max(12, int(rng.exponential(hours) * 3600 / HOP_S))
        state[at:until] = now
        at, now = until, HIGH - now
    if nights:
        state[np.arange(n) % DAY < DAY // 3] = OFF
    noise = rng.standard_normal((n, 5)) * np.sqrt(1 - MEMORY**2)
    series = lfilter([1.0], [1.0, -MEMORY], noise, axis=0)
    sounds = 0.8 * series[:, 1:]
    sounds[:, 0] += LEVELS_DB[state]
    sounds[:, 1] += LEVELS_DB[state] / 2
    return Sound(MEANS[state] + SPREADS[state] * series[:, 0], sounds, state)


@dataclass(frozen=True)
class Outcome:
    """Bound and events a week, whether they are within, faults found, and minutes of a block."""

    bound: float
    raised: float
    found: int
    block_min: float


def outcome(number: int, case: tuple[float, float, bool], days: int, *, with_states: bool) -> Outcome | None:
    """Return what one machine promised and raised; None where its shadow is too short to promise anything."""
    before, after, nights = case
    calibration = _calibration()
    normal = machine(SHADOW_DAYS, before, np.random.default_rng([number, 0]), nights=nights)
    new = machine(days, after, np.random.default_rng([number, 1]), nights=nights)
    series = calibration.surprises(normal.scores)
    states = OperatingStates.find(normal.sounds, series, hop_s=HOP_S) if with_states else OperatingStates()

    def judged(scores: Array, sounds: Array) -> Array:
        return states.surprises(calibration.surprises(scores), states.of(sounds))

    try:
        shadow = Shadow(states.held_out(series, states.of(normal.sounds)), hop_s=HOP_S)
    except ParameterError:
        return None
    chosen = shadow.sensitivity(ALLOWED)
    rule, later = chosen.rule, judged(new.scores, new.sounds)
    weeks = np.isfinite(later).sum() / DAY / WEEK_DAYS
    found = 0
    for onset in _onsets(new, np.random.default_rng([number, 2])):
        first, last = onset - 10 * FAULT_WINDOWS, onset + FAULT_WINDOWS
        scores = new.scores[first:last].copy()
        scores[-FAULT_WINDOWS:] += FAULT
        smoothed = rule.smooth(judged(scores, new.sounds[first:last]))
        found += bool((smoothed[-FAULT_WINDOWS:] >= rule.open_at).any())
    return Outcome(chosen.bound(), raised(later, rule, shadow) / weeks, found, rule.block * HOP_S / 60)


def _calibration() -> Calibration:
    """Return the calibration of a model that learnt both loads, and not the machine that stands still."""
    rng = np.random.default_rng(0)
    state = rng.choice([LOW, HIGH], 400, p=[0.7, 0.3])
    return Calibration(MEANS[state] + SPREADS[state] * rng.standard_normal(400))


def _onsets(sound: Sound, rng: np.random.Generator) -> Array:
    low = np.flatnonzero(sound.state[:-FAULT_WINDOWS] == LOW)
    return rng.choice(low[low > 10 * FAULT_WINDOWS], FAULTS)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table of docs/events.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--machines", type=int, default=20)
    parser.add_argument("--days", type=int, default=30)
    args = parser.parse_args(arguments)
    print(f"\n{args.machines} machines, {args.days} days after a shadow of {SHADOW_DAYS} days; events a week:\n")
    print_head("after the shadow", "judged", "bound", "raised", "within", "faults found", "block", words=2)
    for name, case in CASES.items():
        for with_states in (False, True):
            found = [outcome(number, case, args.days, with_states=with_states) for number in range(args.machines)]
            rows = [one for one in found if one is not None]
            if not rows:
                print_row(name, "by state" if with_states else "alike", "-", "too short for 20 blocks", "-", "-", "-")
                continue
            within = sum(one.raised <= one.bound for one in rows)
            print_row(
                name,
                "by state" if with_states else "alike",
                f"{np.mean([one.bound for one in rows]):.2f}",
                f"{np.mean([one.raised for one in rows]):.2f}",
                f"{within} of {len(rows)}",
                f"{np.mean([one.found for one in rows]) / FAULTS:.0%}",
                f"{np.mean([one.block_min for one in rows]):.0f} min",
            )


if __name__ == "__main__":
    main()
