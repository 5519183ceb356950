"""What systems give to clips, and the cells of tables that follow: areas, who is ahead of the default, false alarms."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.peers import Case
from benchmarks.proxy_clips import Samples
from benchmarks.real_systems import RATES, Fitted, Floats, Hear, Kept, System, hear
from benchmarks.tables import areas
from offkey.evaluation.intervals import Interval, bootstrap_intervals, paired_differences

__all__ = ["Scores", "ahead", "alarms", "best_peer", "intervals", "of_case", "score", "scored"]

EVEN = 0.0005
"""Least lead in the mean of AUC and pAUC: half of the last digit that is printed."""


@dataclass(frozen=True)
class Scores:
    """Scores of normal and of anomalous clips by one system, and its threshold for each promised rate."""

    normal: Floats
    anomalous: Floats
    thresholds: dict[float, float]

    @property
    def areas(self) -> tuple[float, float]:
        """AUC and pAUC."""
        return areas(self.normal, self.anomalous)

    @property
    def both(self) -> tuple[list[int], Floats]:
        """Labels and scores of all clips."""
        labels = [0] * len(self.normal) + [1] * len(self.anomalous)
        return labels, np.concatenate([self.normal, self.anomalous])


def score(
    of: Sequence[System], train: Sequence[Samples], tests: Iterable[tuple[Hashable, Sequence[Samples]]], rate: int
) -> dict[str, tuple[Fitted, dict[Hashable, Floats]]]:
    """Fit each system, and score lists of clips by name."""
    learnt = hear(of, train, rate)
    fitted = {system.name: system.does.fit(learnt[system.does.hear], rate) for system in of}
    found: dict[str, tuple[Fitted, dict[Hashable, Floats]]] = {name: (one, {}) for name, one in fitted.items()}
    for label, clips in tests:
        heard = hear(of, clips, rate)
        for system in of:
            found[system.name][1][label] = fitted[system.name].score(heard[system.does.hear])
    return found


def of_case(of: Sequence[System], case: Case) -> dict[str, Scores]:
    """Fit each system on a case and score its clips."""
    tests = [("normal", case.normal), ("anomalous", case.anomalous)]
    return {
        name: Scores(by["normal"], by["anomalous"], fitted.thresholds)
        for name, (fitted, by) in score(of, case.train, tests, case.rate).items()
    }


def scored(system: System, fitted: Fitted, normal: dict[Hear, Kept], anomalous: dict[Hear, Kept]) -> Scores:
    """Score clips that are heard already."""
    way = system.does.hear
    return Scores(fitted.score(normal[way]), fitted.score(anomalous[way]), fitted.thresholds)


def best_peer(found: Mapping[str, Scores]) -> str | None:
    """Return the peer with the highest mean of AUC and pAUC, None without peers; the default stands first."""
    peers = list(found)[1:]
    return max(peers, key=lambda name: sum(found[name].areas)) if peers else None


def ahead(found: Mapping[str, Scores]) -> str:
    """Name the best peer and its lead in AUC and pAUC where it is ahead; a star is one that chance does not explain."""
    name, first = best_peer(found), next(iter(found.values()))
    if name is None or sum(found[name].areas) < sum(first.areas) + 2 * EVEN:
        return ""
    labels, scores = found[name].both
    leads = paired_differences(labels, scores, first.both[1])
    cells = [f"{lead.value:+.3f}{'*' * (not lead.interval[0] <= 0 <= lead.interval[1])}" for lead in leads]
    return f"{name} {' / '.join(cells)}"


def intervals(found: Scores) -> tuple[Interval, Interval]:
    """Return the 95 % intervals of AUC and pAUC."""
    ends = bootstrap_intervals(*found.both)
    return ends.auc, ends.pauc


def alarms(found: Scores) -> str:
    """Return the realised rates of false alarms at the promised ones, a dash where nothing is promised."""
    if not found.thresholds:
        return "-"
    return " / ".join(f"{float((found.normal > found.thresholds[rate]).mean()):.2f}" for rate in RATES)
