"""What can be done to a shard: its clips are scored, or turned into features."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from offkey._version import __version__
from offkey.scale.clips import ClipRef

if TYPE_CHECKING:
    import polars as pl

    from offkey.hearing.batch import ClipFeatures
    from offkey.model import Model
    from offkey.model.lengths import Lengths

__all__ = ["FeatureJob", "Job", "ScoreJob", "feature_schema", "feature_table", "score_schema"]


class Job(Protocol):
    """Work that a worker can do to clips; it travels to the worker, and so holds no more than it must."""

    @property
    def kind(self) -> str:
        """One word for the manifest."""
        ...

    def signature(self) -> str:
        """Return a digest of all that the rows depend on beside the clips."""
        ...

    def rows(self, clips: Sequence[ClipRef]) -> pl.DataFrame:
        """Return the rows of clips, in their order, a bad clip's with an `error`."""
        ...


@dataclass(frozen=True)
class ScoreJob:
    """Scoring by a model.

    Parameters
    ----------
    model : bytes
        The model file, so that a worker on another machine needs nothing else.
    window_s, hop_s : float or None
        How long recordings are cut, where not as the model says.
    trust_remote_code : bool, default False
        The consent of the person at work; see `offkey.load`.
    """

    model: bytes
    window_s: float | None = None
    hop_s: float | None = None
    trust_remote_code: bool = False
    kind = "score"

    def signature(self) -> str:
        """Return a digest of model, windows and version."""
        return _digest(self.kind, hashlib.sha256(self.model).hexdigest(), self.window_s, self.hop_s)

    def rows(self, clips: Sequence[ClipRef]) -> pl.DataFrame:
        """Return ``file, score, p_value, anomalous, error, start_s, end_s, note, traits``, a row a clip or window."""
        import polars as pl

        model = _load(self.model, self.trust_remote_code).with_windowing(self.window_s, self.hop_s)
        results = [asdict(result) for result in model.results((clip.source() for clip in clips), jobs=1)]
        return pl.DataFrame(results, schema=score_schema())


@dataclass(frozen=True)
class FeatureJob:
    """Feature extraction, to be fitted on later or looked at elsewhere.

    Parameters
    ----------
    config : str
        A `ModelConfig` as JSON.
    rate : int
        Sampling rate in Hz.
    lengths : Lengths, optional
        How long the clips are that a model is to learn from; None for features that no model is fitted on.
    n_clips : int, default 0
        How many clips there are in all, where lengths are known: so many of them are heard in shorter parts as well.
    fingerprints : bool, default False
        Whether fingerprints are taken as well, by which a fit tells near copies.
    """

    config: str
    rate: int
    lengths: Lengths | None = None
    n_clips: int = 0
    fingerprints: bool = False
    kind = "features"

    def signature(self) -> str:
        """Return a digest of front end, what is heard, rate and version."""
        config = json.loads(self.config)
        heard = ("features", "features_params", "channel", "window_s", "hop_s")
        lengths = None if self.lengths is None else [self.lengths.model_dump(), self.n_clips]
        return _digest(self.kind, self.rate, *(config[name] for name in heard), lengths, self.fingerprints)

    def rows(self, clips: Sequence[ClipRef]) -> pl.DataFrame:
        """Return the rows of `feature_table`."""
        from offkey.model import ModelConfig
        from offkey.model.fitting import make_extractor
        from offkey.model.lengths import with_shares

        config = ModelConfig.model_validate_json(self.config)
        extractor = make_extractor(config, self.rate, digest=True, lengths=self.lengths, fingerprints=self.fingerprints)
        if self.lengths is not None:
            extractor = with_shares(extractor, self.lengths, self.n_clips)
        return feature_table(extractor.all((clip.source() for clip in clips), jobs=1))


def feature_table(clips: Iterable[ClipFeatures]) -> pl.DataFrame:
    """Return the features of clips as ``file, digest, start_s, end_s, vector, error, shorter, fingerprint, traits``.

    A row is a clip or window. In ``shorter`` the features of its shorter parts stand one after the other.
    """
    import polars as pl

    rows: dict[str, list[Any]] = {name: [] for name in feature_schema()}
    for clip in clips:
        for window in clip.windows:
            vector = None if window.vector is None else pl.Series(window.vector)
            shorter = None if window.shorter is None else pl.Series(window.shorter.reshape(-1))
            mark = None if window.fingerprint is None else window.fingerprint.tobytes()
            about = (clip.name, clip.digest, window.start_s, window.end_s)
            values = (*about, vector, window.error, shorter, mark, window.traits)
            for name, value in zip(rows, values, strict=True):
                rows[name].append(value)
    return pl.DataFrame(rows, schema=feature_schema())


def score_schema() -> dict[str, Any]:
    """Return the columns of scored parts and their types."""
    import polars as pl

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


def feature_schema() -> dict[str, Any]:
    """Return the columns of parts with features and their types."""
    import polars as pl

    return {
        "file": pl.String,
        "digest": pl.String,
        "start_s": pl.Float64,
        "end_s": pl.Float64,
        "vector": pl.List(pl.Float32),
        "error": pl.String,
        "shorter": pl.List(pl.Float32),
        "fingerprint": pl.Binary,
        "traits": pl.List(pl.Float64),
    }


@lru_cache(maxsize=2)
def _load(content: bytes, trust_remote_code: bool) -> Model:
    """Read a model once in a process, however many shards it scores."""
    from offkey.model import load

    with tempfile.NamedTemporaryFile(suffix=".offkey") as file:
        file.write(content)
        file.flush()
        return load(file.name, trust_remote_code=trust_remote_code)


def _digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps([__version__, *parts], sort_keys=True).encode()).hexdigest()
