from __future__ import annotations

import numpy as np
import pytest

from offkey.errors import DataError, ParameterError
from offkey.features import create
from offkey.features.embedding.frame_pooling import (
    PoolingRule,
    deviation_weights,
    parse_pooling,
    pool_frames,
    power_mean,
)
from offkey.features.pooling import pool

pytest.importorskip("onnx")

FRAMES = np.random.default_rng(0).normal(size=(5, 40)).astype(np.float32)


def naive_weights(frames: np.ndarray, gamma: float) -> list[float]:
    columns = [frames[:, t].astype(float) for t in range(frames.shape[1])]
    mu = sum(columns) / len(columns)
    away = [float(np.sqrt(((x - mu) ** 2).sum())) for x in columns]
    relative = [a / max(away) if max(away) >= 1e-8 else 0.0 for a in away]
    powers = [(1 + r) ** gamma for r in relative]
    return [one / sum(powers) for one in powers]


@pytest.mark.parametrize("gamma", [1, 10, 19.5])
def test_relative_deviation_weights_are_those_of_the_paper(gamma: float) -> None:
    expected = naive_weights(FRAMES, gamma)
    np.testing.assert_allclose(deviation_weights(FRAMES, gamma), expected, rtol=1e-12)
    pooled = pool_frames(FRAMES, [f"rdp:{gamma}"])
    np.testing.assert_allclose(pooled[0], FRAMES.astype(float) @ expected, rtol=1e-5, atol=1e-7)


def test_frames_that_are_alike_count_alike() -> None:
    alike = np.repeat(FRAMES[:, :1], 7, axis=1) + 1e-9 * np.arange(7)
    np.testing.assert_array_equal(deviation_weights(alike.astype(np.float32), 10), np.full(7, 1 / 7))
    np.testing.assert_allclose(pool_frames(FRAMES[:, :1], ["rdp:10", "gem:3"]), [FRAMES[:, 0]] * 2, rtol=1e-6)


def test_one_moment_that_differs_counts_for_more() -> None:
    frames = np.ones((3, 100), np.float32)
    frames[:, 50] = 2
    assert pool_frames(frames, ["rdp:10"])[0, 0] > 1.8  # its weight is 2^10 against 99 of about 1.01^10
    assert pool_frames(frames, [1.0])[0, 0] == pytest.approx(1.01)


def test_power_mean_of_positive_numbers_is_that_of_the_paper() -> None:
    positive = np.abs(FRAMES)
    np.testing.assert_allclose(power_mean(positive, 3), (positive.astype(float) ** 3).mean(axis=1) ** (1 / 3))
    np.testing.assert_allclose(power_mean(positive, 1), positive.mean(axis=1), rtol=1e-6)
    assert (power_mean(positive, 100) > 0.95 * positive.max(axis=1)).all()
    np.testing.assert_allclose(power_mean(-positive, 3), -power_mean(positive, 3))
    np.testing.assert_allclose(power_mean(1e30 * positive, 60), 1e30 * power_mean(positive, 60), rtol=1e-6)
    assert (power_mean(np.zeros((2, 4), np.float32), 3) == 0).all()


def test_the_hybrid_is_the_power_mean_by_these_weights() -> None:
    positive = np.abs(FRAMES)
    expected = (positive.astype(float) ** 3 @ naive_weights(positive, 8)) ** (1 / 3)
    np.testing.assert_allclose(pool_frames(positive, ["rdp:8+gem:3"])[0], expected, rtol=1e-6)


def test_rows_stand_in_the_order_that_is_asked_for() -> None:
    rows = pool_frames(FRAMES, ["gem:3", 0.0, "rdp:10", 1.0], deviation=True, change=True)
    by_rank = pool(FRAMES, [0.0, 1.0], deviation=True, change=True)
    np.testing.assert_array_equal(rows[[1, 3, 4, 5]], by_rank)
    np.testing.assert_array_equal(rows[[0, 2]], [pool_frames(FRAMES, [way])[0] for way in ("gem:3", "rdp:10")])
    assert pool_frames(FRAMES, [0.5, 1.0]).tobytes() == pool(FRAMES, [0.5, 1.0]).tobytes()


NO_NAMES = (
    "rdp",
    "rdp:",
    "rdp:0",
    "rdp:101",
    "gem:0.5",
    "gem:3+rdp:8",
    "+",
    "",
    "mean",
    "rdp:8gem:3",
    "rdp:-1",
    "+gem:3",
)


@pytest.mark.parametrize("name", NO_NAMES)
def test_other_names_are_refused(name: str) -> None:
    assert parse_pooling(name) is None
    assert not PoolingRule().holds(name)


def test_embeddings_take_them_as_an_option_or_from_the_description(yamnet_folder, tmp_path, hum) -> None:
    own = tmp_path / "own.onnx"
    own.write_bytes((yamnet_folder / "patches.onnx").read_bytes())
    named = f"onnx:{own}"
    vector = create(named, layer="relu1", pooling=["rdp:10", 1.0]).vector(hum(seconds=2.5), 16_000)
    own.with_suffix(".toml").write_text('layer = "relu1"\npooling = ["rdp:10", 1.0]\n')
    described = create(named)
    np.testing.assert_array_equal(described.vector(hum(seconds=2.5), 16_000), vector)
    assert described.about()["pooling"] == ["rdp:10", 1.0]
    assert np.abs(vector[:8] - vector[8:]).max() > 1e-4
    with pytest.raises(ParameterError, match=r"'rdp:GAMMA' \(up to 100\), 'gem:P' .* Got \['rdp'\] instead"):
        create(named, pooling=["rdp"])
    own.with_suffix(".toml").write_text('pooling = ["rdp"]')
    with pytest.raises(DataError, match=r"field 'pooling\.0' is wrong: .* 'rdp:GAMMA'"):
        create(named).vector(hum(), 16_000)
