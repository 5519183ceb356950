"""Made-up sections, and the score files of other people's systems."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest

from offkey.datasets.names import parse_name
from offkey.evaluation.sections import SectionScores

SectionMaker = Callable[..., SectionScores]
VectorReader = Callable[..., list[SectionScores]]


@pytest.fixture(scope="session")
def make_section() -> SectionMaker:
    """Return a maker of one section with random scores: both domains and labels, ties on request."""

    def make(
        machine: str = "fan",
        section: str = "00",
        *,
        n: int = 40,
        seed: int = 0,
        lift: float = 1.0,
        ties: bool = False,
        domains: bool = True,
    ) -> SectionScores:
        rng = np.random.default_rng(seed)
        labels = np.tile([0, 1, 0, 1], n // 4).astype(np.int8)
        scores = rng.normal(size=len(labels)) + lift * labels
        names = np.tile(["source", "source", "target", "target"], n // 4) if domains else np.full(len(labels), "")
        return SectionScores(
            machine,
            section,
            tuple(f"clip_{number:04d}.wav" for number in range(len(labels))),
            np.round(scores, 1) if ties else scores,
            labels,
            names,
            (scores > 0.5).astype(np.int8),
        )

    return make


@pytest.fixture(scope="session")
def vectors(shared_data: Path) -> Path:
    """Folder of score files that other people's systems wrote, with the official results."""
    return shared_data / "vectors"


@pytest.fixture(scope="session")
def read_vector() -> VectorReader:
    """Return a plain reader of score files, which knows labels and domains by the clips' names alone."""

    def read(files: Iterable[Path], pattern: str) -> list[SectionScores]:
        found: dict[tuple[str, str], list[tuple[str, float, int | None]]] = {}
        for path in sorted(files):
            match = re.fullmatch(pattern, path.name)
            assert match, path
            beside = path.with_name(path.name.replace("anomaly_score", "decision_result"))
            decisions = dict(rows(beside)) if beside.exists() else {}
            found.setdefault((match["machine"], match["section"]), []).extend(
                (name, float(score), int(decisions[name]) if decisions else None) for name, score in rows(path)
            )
        return [section(machine, number, clips) for (machine, number), clips in found.items()]

    def rows(path: Path) -> list[list[str]]:
        with path.open(newline="") as file:
            return list(csv.reader(file))

    def section(machine: str, number: str, clips: list[tuple[str, float, int | None]]) -> SectionScores:
        names = [parse_name(clip[0]) for clip in clips]
        assert all(name.label for name in names)
        return SectionScores(
            machine,
            number,
            tuple(clip[0] for clip in clips),
            np.array([clip[1] for clip in clips]),
            np.array([name.label == "anomaly" for name in names], dtype=np.int8),
            np.array([name.domain or "" for name in names]),
            None if clips[0][2] is None else np.array([clip[2] for clip in clips], dtype=np.int8),
        )

    return read
