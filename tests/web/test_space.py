from __future__ import annotations

import numpy as np
import polars as pl

from offkey.web.explore.groups import compare_groups
from offkey.web.explore.projection import pca_points
from offkey.web.explore.space import Space
from offkey.web.explore.suggestions import suggest

RNG = np.random.default_rng(0)


def _space(n: int = 40) -> tuple[Space, np.ndarray]:
    mean = RNG.standard_normal((n, 128)).astype(np.float32)
    mean[1] = mean[0] + 1e-3
    mean[3] = np.nan
    return Space(mean, np.abs(RNG.standard_normal((n, 128))).astype(np.float32) * 0 + 1), mean


def test_the_nearest_is_the_one_that_differs_least() -> None:
    space, _ = _space()
    assert 3 not in space
    assert space.nearest(3, range(40)) == []
    (row, distance), *_ = space.nearest(0, range(40), 5)
    assert row == 1
    assert distance < 0.1
    assert [one[0] for one in space.nearest(0, [0, 3, 7])] == [7]


def test_pairs_are_those_of_a_search_through_all() -> None:
    space, _ = _space()
    first, second = [0, 2, 4, 3], list(range(5, 40))
    found = space.closest_pairs(first, second, 9)
    assert len(found) == 3
    for a, b, distance in found:
        ((expected, least),) = space.nearest(a, second)
        assert b == expected
        assert distance == np.float32(least) or abs(distance - least) < 1e-2
    assert [d for *_, d in found] == sorted(d for *_, d in found)
    assert space.closest_pairs([3], second, 1) == []


def test_principal_components_are_those_of_the_standardised_features() -> None:
    space, mean = _space()
    x = np.delete(mean.astype(float), 3, axis=0)
    x = (x - x.mean(0)) / x.std(0)
    singular = np.linalg.svd(x, compute_uv=False)
    np.testing.assert_allclose(space.shares[:5], (singular**2 / (singular**2).sum())[:5], rtol=1e-4)
    assert pca_points(space).shape == (39, 2)
    empty = Space(np.full((3, 128), np.nan, np.float32), np.full((3, 128), np.nan, np.float32))
    assert pca_points(empty).shape == (0, 2)


def test_suggestions_are_of_their_kind() -> None:
    space, _ = _space()
    frame = pl.DataFrame(
        {
            "row": range(40),
            "id": [f"c{k}" for k in range(40)],
            "machine": ["fan"] * 20 + ["pump"] * 20,
            "label": ["anomaly" if k % 5 == 0 else "normal" for k in range(40)],
            "domain": ["target" if k % 4 == 1 else "source" for k in range(40)],
            "attributes": ["vel_6" if k % 2 else "vel_8" for k in range(40)],
        }
    )
    told = {row["id"]: row for row in frame.iter_rows(named=True)}
    for one in suggest("anomaly", frame, space):
        assert (told[one.a]["label"], told[one.b]["label"]) == ("anomaly", "normal")
        assert told[one.a]["machine"] == told[one.b]["machine"] == one.why
    assert suggest("anomaly", frame, space)[0].b == "c1"
    across = suggest("domain", frame, space, ["attributes"])
    assert across
    for one in across:
        assert (told[one.a]["domain"], told[one.b]["domain"]) == ("source", "target")
        assert told[one.a]["attributes"] == told[one.b]["attributes"]
    assert {(one.a, one.b) for one in suggest("alike", frame, space)} >= {("c0", "c1")}
    assert suggest("domain", frame.drop("domain"), space) == []
    assert "no attribute in common" in suggest("domain", frame, space)[0].why


def test_groups_differ_where_they_were_made_to() -> None:
    bands = np.stack([np.arange(128) * 10.0, np.arange(128) * 10.0 + 10], axis=1)
    first = RNG.standard_normal((50, 128)).astype(np.float32)
    second = RNG.standard_normal((30, 128)).astype(np.float32)
    second[:, 40:45] += 6
    second[:, 90:92] -= 4
    second[4] = np.nan
    found = compare_groups(first, second, bands)
    assert found is not None
    assert found.n == (50, 29)
    up, down = found.bands[:2]
    assert (up.low_hz, up.high_hz, down.low_hz, down.high_hz) == (400, 450, 900, 920)
    assert abs(up.difference_db - 6) < 0.5
    assert abs(down.effect + 4) < 0.8
    assert compare_groups(first, second[4:5], bands) is None
