from __future__ import annotations

import numpy as np

from offkey.learned.autoencoder.inputs import Scaling, Windows

PLAIN = Scaling(np.zeros(2, np.float32), np.ones(2, np.float32))


def _clips() -> np.ndarray:
    return np.arange(2 * 6 * 2, dtype=np.float32).reshape(2, 12)  # 2 clips of 6 frames of 2 values


def test_an_input_is_frames_that_follow_each_other() -> None:
    windows = Windows(_clips(), 3, PLAIN)
    assert len(windows) == 2 * 4
    np.testing.assert_array_equal(windows.of_clip(1)[2], np.arange(16, 22))
    np.testing.assert_array_equal(windows[np.array([6])], [np.arange(16, 22)])


def test_each_band_is_scaled_over_all_frames() -> None:
    X = np.random.default_rng(0).normal([-20, 5], [3, 0.5], size=(9, 50, 2)).reshape(9, -1).astype(np.float32)
    scaling = Scaling.fit(X, 2)
    inputs = Windows(X, 1, scaling)[np.arange(9 * 50)]
    np.testing.assert_allclose(inputs.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(inputs.std(axis=0), 1, atol=1e-5)


def test_a_band_that_never_varies_is_not_blown_up() -> None:
    X = np.zeros((4, 10), np.float32)
    X[:, ::2] = np.random.default_rng(0).normal(size=(4, 5))
    X[:, 1::2] = -30.000001
    assert Scaling.fit(X, 2).scale[1] > 1e-4
    np.testing.assert_allclose(Scaling.fit(np.full((4, 10), -30, np.float32), 2).scale, 0.03)


def test_an_epoch_has_inputs_a_stride_apart_and_all_come_in_the_end() -> None:
    X = np.repeat(np.arange(20, dtype=np.float32), 2)[None] + np.array([[0], [100]], np.float32)
    windows = Windows(X, 5, PLAIN)
    of_epoch = windows.batches(4, stride=5, seed=0)
    seen: set[float] = set()
    for epoch in range(30):
        firsts = np.concatenate([batch[0][:, 0] for batch in of_epoch(epoch)])
        for clip in (firsts[firsts < 100], firsts[firsts >= 100]):
            assert set(np.diff(np.sort(clip))) <= {5}
        assert min(len(batch[0]) for batch in of_epoch(epoch)) >= 2
        np.testing.assert_array_equal(firsts, np.concatenate([batch[0][:, 0] for batch in of_epoch(epoch)]))
        seen |= set(firsts.tolist())
    assert seen == {float(clip + frame) for clip in (0, 100) for frame in range(16)}


def test_without_shuffling_every_epoch_is_the_same() -> None:
    of_epoch = Windows(_clips(), 2, PLAIN).batches(9, stride=2, seed=0, shuffle=False)
    firsts = [[row[0] for batch in of_epoch(epoch) for row in batch[0]] for epoch in (0, 7)]
    assert firsts[0] == firsts[1] == [0, 4, 8, 12, 16, 20]
