"""Both losses against values by hand, and against their equations written out in numpy."""

from __future__ import annotations

import math

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the extra torch is not installed")

from offkey.learned.discriminative.adacos import SubClusterAdaCos  # noqa: E402
from offkey.learned.discriminative.adaproj import AdaProj  # noqa: E402
from offkey.learned.discriminative.adaptive_scale import adapted_scale, first_scale  # noqa: E402

EYE = np.eye(2, dtype=np.float32)


def _set(head: torch.nn.Module, centres: np.ndarray, scale: float) -> None:
    with torch.no_grad():
        head.centres.copy_(torch.from_numpy(centres))
        head.scale.fill_(scale)


def _loss(head: torch.nn.Module, embeddings: np.ndarray, labels: np.ndarray) -> float:
    return float(head(torch.from_numpy(embeddings), torch.from_numpy(labels)).detach())


def test_adacos_by_hand() -> None:
    """Two classes with a centre each at right angles: cosines 1 and 0, so the share is e^s / (e^s + 1)."""
    head = SubClusterAdaCos(2, 2, 1, trainable=True).eval()
    _set(head, EYE[:, None], 2.0)
    assert _loss(head, 7 * EYE[:1], EYE[:1]) == pytest.approx(math.log(1 + math.exp(-2)), rel=1e-6)
    assert _loss(head, EYE[:1], EYE[1:]) == pytest.approx(math.log(1 + math.exp(2)), rel=1e-6)
    half = np.full((1, 2), 0.5, np.float32)
    assert _loss(head, EYE[:1], half) == pytest.approx(math.log(1 + math.exp(-2)) + 1, rel=1e-6)


def test_adacos_sums_over_the_centres_of_a_class(unit_rows) -> None:
    x, centres = unit_rows(0, 5, 6), unit_rows(1, 3, 4, 6)
    labels = np.random.default_rng(2).dirichlet(np.ones(3), 5).astype(np.float32)
    head = SubClusterAdaCos(6, 3, 4, trainable=True).eval()
    _set(head, centres, 5.0)
    exponentials = np.exp(5.0 * np.einsum("nd,kcd->nkc", x, centres).astype(float)).sum(axis=2)
    expected = -(labels * np.log(exponentials / exponentials.sum(axis=1, keepdims=True))).sum(axis=1).mean()
    assert _loss(head, 3 * x, labels) == pytest.approx(expected, rel=1e-5)


def test_adaproj_by_hand() -> None:
    """A vector in the plane of its class has cosine 1 with its projection, one at right angles to it 0."""
    head = AdaProj(3, 2, 2, trainable=True).eval()
    planes = np.array([[[1, 0, 0], [0, 1, 0]], [[0, 1, 0], [0, 0, 1]]], np.float32)
    _set(head, planes, 3.0)
    x = np.array([[0.6, 0.0, 0.0]], np.float32)
    assert _loss(head, x, EYE[:1]) == pytest.approx(math.log(1 + math.exp(-3)), rel=1e-5)
    both = np.array([[0.0, 2.0, 0.0]], np.float32)
    assert _loss(head, both, EYE[:1]) == pytest.approx(math.log(2), rel=1e-5)


@pytest.mark.parametrize("trainable", [True, False])
def test_adaproj_projects_onto_the_span(unit_rows, trainable: bool) -> None:
    x, centres = unit_rows(0, 5, 6), unit_rows(1, 3, 2, 6)
    labels = np.eye(3, dtype=np.float32)[[0, 1, 2, 0, 1]]
    head = AdaProj(6, 3, 2, trainable=trainable).eval()
    if not trainable:  # those that are drawn are orthonormal
        centres = head.centres.numpy().copy()
        np.testing.assert_allclose(centres @ centres.transpose(0, 2, 1), np.tile(EYE, (3, 1, 1)), atol=1e-6)
    _set(head, centres, 5.0)
    projections = np.stack([c.T @ np.linalg.solve(c @ c.T, c @ x.T.astype(float)) for c in centres.astype(float)])
    cosines = np.einsum("kdn,nd->nk", projections, x) / np.linalg.norm(projections, axis=1).T
    expected = -(labels * np.log(np.exp(5 * cosines) / np.exp(5 * cosines).sum(axis=1, keepdims=True))).sum(1).mean()
    assert _loss(head, x, labels) == pytest.approx(expected, rel=1e-4)


def test_the_scale_follows_its_equation(unit_rows) -> None:
    x, centres = unit_rows(0, 7, 6), unit_rows(1, 20, 3, 6)
    labels = np.eye(20, dtype=np.float32)[np.arange(7)]
    labels[0, 5] = labels[0, 0] = 0.5
    cosines = np.einsum("nd,kcd->nkc", x, centres)
    nearest = cosines.max(axis=2)
    of_others = np.where(labels[:, :, None] > 0, 0, np.exp(6.0 * cosines.astype(float)))
    angle = np.median((labels * np.arccos(nearest)).sum(axis=1))
    expected = np.log(of_others.sum(axis=(1, 2)).mean()) / np.cos(min(np.pi / 4, angle))
    arrays = (torch.tensor(6.0), *map(torch.from_numpy, (cosines, nearest, labels)))
    assert float(adapted_scale(*arrays)) == pytest.approx(expected, rel=1e-5)


def test_the_scale_moves_in_training_alone_and_never_ends_learning() -> None:
    assert first_scale(101) == pytest.approx(math.sqrt(2) * math.log(100))
    assert first_scale(2) == first_scale(1) == 4.0
    for head in (SubClusterAdaCos(4, 30, 16, trainable=False), AdaProj(4, 30, 2, trainable=True)):
        before = float(head.scale)
        x, labels = torch.eye(4), torch.eye(30)[:4]
        head.eval()(x, labels)
        assert float(head.scale) == before
        head.train()(x, labels)
        assert float(head.scale) != before
    everything = torch.full((4, 2), 0.5)  # no other class is left
    assert float(adapted_scale(torch.tensor(9.0), torch.zeros(4, 2, 1), torch.zeros(4, 2), everything)) == 4.0


def test_fixed_centres_stay_and_trainable_ones_are_learnt() -> None:
    for trainable in (True, False):
        for head in (SubClusterAdaCos(4, 3, 2, trainable=trainable), AdaProj(4, 3, 2, trainable=trainable)):
            x = torch.randn(6, 4, requires_grad=True)
            head(x, torch.eye(3).repeat(2, 1)).backward()
            assert torch.isfinite(x.grad).all()
            assert (head.centres.grad is not None) == trainable
