from __future__ import annotations

import sys
import types
from pathlib import Path

import numpy as np
import pytest

from offkey.web.explore import projection
from offkey.web.explore.cache import Cache
from offkey.web.explore.projection import Umap
from offkey.web.explore.space import Space


class _Reducer:
    def __init__(self, **_: object) -> None:
        pass

    def fit_transform(self, points: np.ndarray) -> np.ndarray:
        return points[:, :2] * 2


def _space(n: int = 20) -> Space:
    rng = np.random.default_rng(0)
    return Space(rng.standard_normal((n, 128)).astype(np.float32), np.ones((n, 128), np.float32))


def _made(umap: Umap, space: Space) -> None:
    umap.start(space)
    if umap._thread is not None:
        umap._thread.join()


def test_a_map_is_made_once_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "umap", types.SimpleNamespace(UMAP=_Reducer))
    space, umap = _space(), Umap(Cache(tmp_path))
    assert umap.points(space) is None
    _made(umap, space)
    kept = Umap(Cache(tmp_path)).points(space)
    assert kept is not None
    np.testing.assert_allclose(kept, space.points[:, :2] * 2, atol=1e-3)
    assert umap.points(_space(21)) is None  # of other clips


def test_what_goes_wrong_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    umap = Umap(Cache(tmp_path))
    _made(umap, _space(5))
    assert umap.problem == "UMAP needs at least 10 measured clips; found 5."
    monkeypatch.setitem(sys.modules, "umap", None)
    _made(umap, _space())
    assert umap.problem is not None
    assert umap.problem.startswith("UMAP failed:")


def test_it_is_offered_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projection.importlib.util, "find_spec", lambda name: None)
    assert not projection.has_umap()
    monkeypatch.setattr(projection.importlib.util, "find_spec", lambda name: name)
    assert projection.has_umap()
