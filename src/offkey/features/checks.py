"""The common suite that every front end passes, also those of other packages."""

from __future__ import annotations

import inspect
import json
import pickle
import re
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from offkey.components.written import written_and_read
from offkey.features.base import FrontEnd
from offkey.features.parts import FeaturePart
from offkey.features.registry import create, find, restore

__all__ = ["check_front_end"]

_NAME = re.compile(r"[a-z0-9_.]+")
_RATES = (8_000, 16_000, 44_100, 48_000)


def check_front_end(name: str) -> None:
    """Check that a front end keeps the contract of `FrontEnd`.

    Parameters
    ----------
    name : str
        Its name in the registry, with its argument if it takes one: ``"onnx:small.onnx"``.

    Raises
    ------
    AssertionError
        If a check fails; the message says which.

    Examples
    --------
    >>> from offkey.features import check_front_end
    >>> check_front_end("mfcc")
    """
    for check in _CHECKS:
        check(name)


def _sound(seed: int, seconds: float, rate: int) -> NDArray[np.float32]:
    rng = np.random.default_rng(seed)
    t = np.arange(int(seconds * rate)) / rate
    return (0.1 * np.sin(2 * np.pi * 440 * t) + 0.01 * rng.standard_normal(len(t))).astype(np.float32)


def _expect(promise: str, kept: bool) -> None:
    if not kept:
        raise AssertionError(promise)


def _check_configuration(name: str) -> None:
    cls = find(name)
    parameters = [p for p in inspect.signature(cls).parameters.values() if p.kind is not inspect.Parameter.KEYWORD_ONLY]
    _expect(f"{name}: constructor arguments are keyword-only", not parameters)
    _expect(f"{name}: every constructor argument has a rule", set(cls.rules) == set(cls.defaults()))
    front_end = create(name)
    _expect(f"{name}: the class and the registry agree on the name", front_end.name == name.partition(":")[0])
    params = json.loads(json.dumps(front_end.params()))
    a, b = (f.vector(_sound(0, 1, 16_000), 16_000) for f in (front_end, create(name, **params)))
    _expect(f"{name}: parameters that went through JSON give the same features", np.array_equal(a, b))


def _check_saved(name: str) -> None:
    front_end, sound = create(name), _sound(0, 1, 16_000)
    vector = front_end.vector(sound, 16_000)
    state = front_end.state()
    restored = restore(written_and_read(state))
    _expect(f"{name}: restored from its state, it gives the same features", _same(restored, sound, vector))
    copied = pickle.loads(pickle.dumps(front_end))  # noqa: S301 - our own, made here
    _expect(f"{name}: sent to another process, it gives the same features", _same(copied, sound, vector))
    json.dumps([front_end.about(), front_end.detector_params(), front_end.notes()])


def _same(front_end: FrontEnd, sound: NDArray[np.float32], vector: NDArray[np.float32]) -> bool:
    return bool(np.array_equal(front_end.vector(sound, 16_000), vector))


def _check_vectors(name: str) -> None:
    front_end = create(name)
    for rate in _RATES:
        vectors = [front_end.vector(_sound(seed, seconds, rate), rate) for seed, seconds in ((0, 1), (0, 1), (1, 2.5))]
        _expect(f"{name}: a vector has one dimension", vectors[0].ndim == 1)
        _expect(f"{name}: clips of any length give vectors of one length", len({len(v) for v in vectors}) == 1)
        _expect(f"{name}: features are finite at {rate} Hz", all(np.isfinite(v).all() for v in vectors))
        _expect(f"{name}: the same clip gives the same features", np.array_equal(vectors[0], vectors[1]))
        _expect(f"{name}: another clip gives other features", not np.array_equal(vectors[0], vectors[2]))
        if front_end.bands is not None:
            blocks = len(vectors[0]) - front_end.tail
            _expect(f"{name}: before its tail, the vector is whole blocks of its bands", blocks % front_end.bands == 0)


def _check_parts(name: str) -> None:
    front_end = create(name)
    parts = front_end.parts(16_000)
    if "keep" not in front_end.params():
        _expect(f"{name}: a front end without a parameter 'keep' has no parts", not parts)
        return
    sound = _sound(0, 1, 16_000)
    whole = front_end.vector(sound, 16_000)
    columns = sorted(column for part in parts for column in part.columns)
    _expect(f"{name}: its parts make up the whole vector", columns == list(range(len(whole))))
    _expect(f"{name}: each part has its own name", len({part.name for part in parts}) == len(parts))
    some = parts[1::3]
    kept = create(name, keep=[part.keep for part in reversed(some)])
    expected = whole[sorted(column for part in some for column in part.columns)]
    _expect(f"{name}: what is kept is what it was", np.allclose(kept.vector(sound, 16_000), expected, atol=1e-3))
    _expect(f"{name}: its parts are those that are kept", _named(kept.parts(16_000)) == _named(some))
    if front_end.bands is not None:
        n_bands = sum(part.columns[0] < len(whole) - front_end.tail for part in some)
        _expect(f"{name}: a block is as long as there are bands kept", kept.bands == n_bands)


def _named(parts: list[FeaturePart]) -> list[tuple[object, ...]]:
    return [part[:4] for part in parts]


def _check_feature_names(name: str) -> None:
    front_end = create(name)
    for rate in _RATES:
        names, vector = front_end.feature_names(rate), front_end.vector(_sound(0, 1, rate), rate)
        _expect(f"{name}: there is a name for each feature at {rate} Hz", len(names) == len(vector))
        _expect(f"{name}: each feature has its own name", len(set(names)) == len(names))
        _expect(f"{name}: names are words without blanks", all(_NAME.fullmatch(one) for one in names))
        _expect(f"{name}: an equal front end gives the same names", create(name).feature_names(rate) == names)
    parts = front_end.parts(16_000)[1::3]
    if parts:
        names, columns = front_end.feature_names(16_000), sorted(column for part in parts for column in part.columns)
        kept = create(name, keep=[part.keep for part in parts])
        same = kept.feature_names(16_000) == [names[column] for column in columns]
        _expect(f"{name}: what is kept keeps its name", same)


def _check_in_time(name: str) -> None:
    front_end = create(name)
    for rate in _RATES:
        sound, rows = _sound(0, 1, rate), front_end.row_names(rate)
        if not rows:
            return
        frames, longer = front_end.in_time(sound, rate), front_end.in_time(_sound(0, 2.5, rate), rate)
        _expect(f"{name}: features in time have a row per name", len(frames) == len(rows) == len(set(rows)))
        _expect(f"{name}: features in time are float32 and finite", frames.dtype == np.float32 and _all_finite(frames))
        columns = 1.5 / front_end.column_s(rate)
        _expect(f"{name}: a column comes every hop", abs(longer.shape[1] - frames.shape[1] - columns) <= 1)


def _all_finite(values: NDArray[np.float32]) -> bool:
    return bool(np.isfinite(values).all())


def _check_limits(name: str) -> None:
    front_end = create(name)
    shortest = _sound(0, 1, 16_000)[: front_end.min_samples(16_000)]
    extremes = (shortest, np.float32(1e-7) * _sound(0, 1, 16_000), np.float32(1e6) * _sound(0, 1, 16_000))
    for sound in extremes:
        before = sound.copy()
        _expect(f"{name}: short, faint and loud clips give finite features", _finite(front_end.vector, sound))
        _expect(f"{name}: the samples are left as they were", np.array_equal(sound, before))


def _finite(vector: Callable[[NDArray[np.float32], int], NDArray[np.float32]], sound: NDArray[np.float32]) -> bool:
    return _all_finite(vector(sound, 16_000))


_CHECKS = (
    *(_check_configuration, _check_saved, _check_vectors, _check_parts, _check_feature_names, _check_in_time),
    _check_limits,
)
