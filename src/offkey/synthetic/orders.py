"""The clips that a written plant holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from offkey.components import Interval
from offkey.synthetic.arguments import check
from offkey.synthetic.plant import faults
from offkey.synthetic.seeding import stream

__all__ = ["ClipPlan", "Counts", "plan_clips"]

_TEST_NORMALS, _TEST_ANOMALIES = 100_000, 200_000
"""Clip numbers where the two parts of the test begin: it stays the same however many clips there are to train."""


@dataclass(frozen=True)
class Counts:
    """Numbers of clips per machine id; `train` are of the source domain, `train_target` of the target domain."""

    train: int = 60
    train_target: int = 0
    test_normal: int = 15
    test_anomaly: int = 15
    target_share: float = 0.0  # of either kind of test clips, 0 to 1

    def check(self) -> None:
        """Raise a ParameterError where a number is out of range."""
        for name in ("train", "train_target", "test_normal", "test_anomaly"):
            check(f"counts.{name}", getattr(self, name), Interval(int, 0, 99_999))
        check("counts.target_share", self.target_share, Interval(float, 0.0, 1.0))


@dataclass(frozen=True)
class ClipPlan:
    """One clip to be made: the arguments of `Plant.clip`, and the split that it belongs to."""

    machine: str
    machine_id: int
    number: int
    domain: str
    split: str
    fault: str | None = None
    severity: float = 1.0

    @property
    def label(self) -> str:
        """Either ``"normal"`` or ``"anomaly"``."""
        return "anomaly" if self.fault else "normal"


def plan_clips(
    seed: int, machine: str, machine_id: int, counts: Counts, severity: tuple[float, float]
) -> Iterator[ClipPlan]:
    """List the clips of one machine id: to train on, normal ones to test on, anomalous ones.

    The machine's faults take turns; each severity is drawn from the range `severity` by the plant's seed.
    """
    for number in range(counts.train):
        yield ClipPlan(machine, machine_id, number, "source", "train")
    for number in range(counts.train_target):
        yield ClipPlan(machine, machine_id, number, "target", "train")
    for k, domain in enumerate(_domains(counts.test_normal, counts.target_share)):
        yield ClipPlan(machine, machine_id, _TEST_NORMALS + k, domain, "test")
    possible, domains = faults(machine), _domains(counts.test_anomaly, counts.target_share)
    by_fault = sorted(range(counts.test_anomaly), key=lambda k: (k % len(possible), k))
    domain_of = dict(zip(by_fault, domains, strict=True))  # so that the clips of each fault share both domains
    for k in range(counts.test_anomaly):
        drawn = float(stream(seed, machine, machine_id, "severity", k).uniform(*severity))
        fault = possible[k % len(possible)]
        yield ClipPlan(machine, machine_id, _TEST_ANOMALIES + k, domain_of[k], "test", fault, drawn)


def _domains(count: int, target_share: float) -> Sequence[str]:
    """Return the domain of each of some clips, the target ones evenly among them."""
    targets = round(target_share * count)
    return ["target" if (k + 1) * targets // count > k * targets // count else "source" for k in range(count)]
