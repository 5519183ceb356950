"""The jobs of a run: to score its clips, or to extract their features."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from offkey._version import __version__
from offkey.hearing.batch import ClipFeatures
from offkey.hearing.clip_table import clips_of, feature_schema, feature_table
from offkey.hearing.identity import Identity
from offkey.model.config import ModelConfig
from offkey.model.fitting.learn_lengths import with_shares
from offkey.model.lengths import Lengths
from offkey.model.make_components import make_extractor
from offkey.model.model import Model
from offkey.model.model_file import load_model
from offkey.model.result import Result
from offkey.work.runs import Done

if TYPE_CHECKING:
    import polars as pl

__all__ = ["FeatureJob", "ScoreJob", "features", "results", "score_schema"]


@dataclass(frozen=True)
class ScoreJob:
    """Scoring by a model.

    `window_s`, `hop_s`: how long recordings are cut, where not as the model says.
    """

    model: bytes  # the model file, so that a worker on another machine needs nothing else
    window_s: float | None = None
    hop_s: float | None = None
    trust_remote_code: bool = False
    kind = "score"

    def signature(self) -> str:
        """Return a digest of model, windows and version."""
        return _digest(self.kind, hashlib.sha256(self.model).hexdigest(), self.window_s, self.hop_s)

    def rows(self, items: Sequence[Identity]) -> pl.DataFrame:
        """Return ``file, score, p_value, anomalous, error, start_s, end_s, note, traits``, a row per clip or window."""
        from offkey.tables.polars_extra import pl

        model = _load(self.model, self.trust_remote_code).with_windowing(self.window_s, self.hop_s)
        results = [asdict(result) for result in model.results((clip.source() for clip in items), jobs=1)]
        return pl.DataFrame(results, schema=score_schema())


@dataclass(frozen=True)
class FeatureJob:
    """Feature extraction, to be fitted on later or looked at elsewhere.

    `lengths`: how long the clips are that a model is to learn from; None for features that no model is fitted on.
    `n_clips`: how many clips there are in all, where lengths are known: so many of them are heard in shorter parts as
        well.
    """

    config: str
    rate: int
    lengths: Lengths | None = None
    n_clips: int = 0
    fingerprints: bool = False  # whether fingerprints are taken as well, by which a fit tells near copies
    kind = "features"

    def signature(self) -> str:
        """Return a digest of front end, channel, windows, rate and version."""
        config = json.loads(self.config)
        options = ("features", "features_params", "channel", "window_s", "hop_s")
        lengths = None if self.lengths is None else [self.lengths.model_dump(), self.n_clips]
        return _digest(self.kind, self.rate, *(config[name] for name in options), lengths, self.fingerprints)

    def rows(self, items: Sequence[Identity]) -> pl.DataFrame:
        """Return the rows of `feature_table`."""
        config = ModelConfig.model_validate_json(self.config)
        extractor = make_extractor(config, self.rate, digest=True, lengths=self.lengths, fingerprints=self.fingerprints)
        if self.lengths is not None:
            extractor = with_shares(extractor, self.lengths, self.n_clips)
        return feature_table(extractor.extract_all((clip.source() for clip in items), jobs=1))


def score_schema() -> dict[str, Any]:
    """Return the columns of scored parts and their types."""
    from offkey.tables.polars_extra import pl

    text, number = pl.String, pl.Float64
    return {
        "file": text,
        "score": number,
        "p_value": number,
        "anomalous": pl.Boolean,
        "error": text,
        "start_s": number,
        "end_s": number,
        "note": text,
        "traits": pl.List(number),
    }


def results(done: Done[Identity]) -> Iterator[Result]:
    """Yield the results of a run that scored, in order."""
    for table in done.tables(score_schema()):
        for row in table.iter_rows(named=True):
            yield Result.of({**row, "traits": None if row["traits"] is None else tuple(row["traits"])})


def features(done: Done[Identity]) -> Iterator[ClipFeatures]:
    """Yield the features of a run that extracted them, a clip at a time, in order."""
    return (clip for table in done.tables(feature_schema()) for clip in clips_of(table))


@lru_cache(maxsize=2)
def _load(content: bytes, trust_remote_code: bool) -> Model:
    """Read a model once in a process, however many parts it scores."""
    with tempfile.NamedTemporaryFile(suffix=".offkey") as file:
        file.write(content)
        file.flush()
        return load_model(file.name, trust_remote_code=trust_remote_code)


def _digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps([__version__, *parts], sort_keys=True).encode()).hexdigest()
