"""The long part of a benchmark: reads what is not read yet, then fits what is not fitted yet, in parallel."""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from offkey._version import __version__
from offkey.evaluation.benchmark.combinations import Combination
from offkey.evaluation.benchmark.feature_store import FeatureStore
from offkey.evaluation.benchmark.fitting import failed_group, fit_and_score
from offkey.evaluation.benchmark.front_ends import FrontEnds
from offkey.evaluation.benchmark.groups import Group
from offkey.evaluation.benchmark.scored_store import ScoredGroup, ScoredStore, digest_of
from offkey.evaluation.benchmark.supplemental import without_noise
from offkey.features import FrontEnd
from offkey.features.learning import Stage
from offkey.model import ModelConfig
from offkey.model.fitting import make_extractor
from offkey.model.rates import common_rate

__all__ = ["Task", "Worker"]


@dataclass(frozen=True)
class Task:
    """One combination on one group.

    Parameters
    ----------
    combination : Combination
        What is fitted.
    group : Group
        On what.
    config : ModelConfig
        The combination's configuration.
    learnt_from : str
        Digest of the clips that its front end learns from; empty for one that does not learn.
    """

    combination: Combination
    group: Group
    config: ModelConfig
    learnt_from: str = ""

    @property
    def digest(self) -> str:
        """What a finished task is found by."""
        return digest_of(self.combination, self.group, self.config, self.learnt_from)


class Worker:
    """Does tasks, and keeps what it finishes.

    Parameters
    ----------
    folder : Path
        Where features, trained front ends and finished tasks are kept.
    groups : sequence of Group
        All groups of the benchmark, those included that are finished.
    jobs : int
        Number of threads.
    stage : callable
        Told of each stage.
    """

    def __init__(self, folder: Path, groups: Sequence[Group], *, jobs: int, stage: Stage) -> None:
        self._folder, self._groups, self._jobs, self._stage = folder, groups, jobs, stage
        self._front_ends = FrontEnds(folder / "learned", groups, jobs=jobs, stage=stage)
        self._scored = ScoredStore(folder / "scored")
        self._stores: dict[Path, FeatureStore] = {}
        self._rates: dict[tuple[object, ...], tuple[int, list[str]]] = {}

    def find(self, task: Task) -> ScoredGroup | None:
        """Return what a task gave, None if it is not finished."""
        return self._scored.find(task.combination, task.group, task.digest)

    def do(self, tasks: Sequence[Task]) -> None:
        """Do tasks; `find` then finds each.

        Parameters
        ----------
        tasks : sequence of Task
            Those that are not finished.
        """
        self._read([task for task in tasks if task.group.train])
        self._fit(tasks)

    def _read(self, tasks: Sequence[Task]) -> None:
        """Read the clips of all tasks, each once for a front end."""
        learning = any(task.learnt_from for task in tasks)
        for group in self._groups if learning else [task.group for task in tasks]:
            if group.train and group.key not in self._rates:
                self._rates[group.key] = common_rate([clip.path for clip in group.train], None, self._jobs)
        by_store: dict[FeatureStore, list[Group]] = {}
        for task in tasks:
            by_store.setdefault(self._store(task), []).append(task.group)
        for store, groups in by_store.items():
            clips = store.missing(clip for group in groups for clip in (*group.train, *group.test, *group.noise))
            if clips:
                store.add(clips, jobs=self._jobs, advance=self._stage("Reading", len(clips)))

    def _fit(self, tasks: Sequence[Task]) -> None:
        from threadpoolctl import threadpool_limits

        if not tasks:
            return
        advance = self._stage("Fitting", len(tasks))
        # detectors that silence a warning restore all threads' filters when they are done, so here nothing warns at all
        with threadpool_limits(1), warnings.catch_warnings(action="ignore"), ThreadPoolExecutor(self._jobs) as pool:
            futures = [pool.submit(self._one, task) for task in tasks]
            try:
                for future in as_completed(futures):
                    future.result()
                    advance()
            finally:
                for future in futures:
                    future.cancel()

    def _one(self, task: Task) -> None:
        combination, group, digest = task.combination, task.group, task.digest
        if not group.train:
            scored = failed_group(group, digest, "there are no training clips.", [clip.name for clip in group.test])
        else:
            store, (rate, notes) = self._store(task), self._rates[group.key]
            train, test = store.load(group.train), store.load(group.test)
            if group.noise:
                train, test = without_noise(store.load(group.noise), train, test)
            scored = fit_and_score(
                combination,
                group,
                train,
                test,
                config=task.config,
                rate=rate,
                digest=digest,
                front_end=self._front_end(task),
                notes=notes,
            )
        self._scored.write(combination, group, scored)

    def _store(self, task: Task) -> FeatureStore:
        """Return where the features of a task are kept: one place a front end, channel and rate."""
        rate = self._rates[task.group.key][0]
        front_end = self._front_end(task)
        config = task.config.model_dump(include={"channel", "window_s", "hop_s"})
        depends = [__version__, front_end.params(), rate, config, *([about] if (about := front_end.about()) else [])]
        content = json.dumps(depends, sort_keys=True)
        name = f"{front_end.name}-{hashlib.sha256(content.encode()).hexdigest()[:12]}"
        folder = self._folder / "features" / name
        if folder not in self._stores:
            self._stores[folder] = FeatureStore(
                folder, make_extractor(task.config, rate, front_end=front_end, digest=True)
            )
        return self._stores[folder]

    def _front_end(self, task: Task) -> FrontEnd:
        return self._front_ends.get(task.config, {key: rate for key, (rate, _) in self._rates.items()})
