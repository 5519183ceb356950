from __future__ import annotations

import numpy as np
import pytest

from offkey.detectors import create
from offkey.detectors.pairs import Pairs, scored_together

RNG = np.random.default_rng(0)
BLOCKS = [RNG.normal(size=(70, 40)) @ RNG.normal(size=(40, width)) for width in (24, 24, 17)]
NEW = [block[:6] * RNG.uniform(0.5, 3, (6, 1)) for block in BLOCKS]
DOMAINS = np.repeat(["source", "target"], [55, 15])


@pytest.mark.parametrize("domains", [None, DOMAINS])
@pytest.mark.parametrize("n", [1, 6])
def test_pairs_score_as_each_detector_alone(domains, n: int) -> None:
    pairs = [
        (
            create("subband_density", group=5).fit(block, domains=domains),
            create("local_mahalanobis").fit(block, domains=domains),
        )
        for block in BLOCKS
    ]
    together = scored_together(pairs)
    assert isinstance(together, Pairs)
    found = together([new[:n] for new in NEW])
    alone = [[detector.score(new[:n]) for detector in pair] for pair, new in zip(pairs, NEW, strict=True)]
    np.testing.assert_allclose(found, alone, rtol=1e-12)


def test_many_clips_are_scored_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = [(create("subband_density").fit(block), create("local_mahalanobis").fit(block)) for block in BLOCKS[:2]]
    whole = scored_together(pairs)(NEW[:2])
    monkeypatch.setattr("offkey.detectors.pairs._NUMBERS", 1)
    np.testing.assert_allclose(scored_together(pairs)(NEW[:2]), whole, rtol=1e-12)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (create("subband_density"), create("local_mahalanobis", whitening=0.1)),
        (create("subband_density", memory=30), create("local_mahalanobis")),
        (create("local_mahalanobis"), create("subband_density")),
        (create("knn"), create("local_density")),
    ],
)
def test_detectors_that_see_clips_in_other_ways_are_scored_all_the_same(first, second) -> None:
    pair = first.fit(BLOCKS[0]), second.fit(BLOCKS[0])
    together = scored_together([pair])
    assert not isinstance(together, Pairs)
    np.testing.assert_allclose(together(NEW[:1]), [[detector.score(NEW[0]) for detector in pair]], rtol=1e-12)


def test_a_clip_too_large_for_single_precision_is_scored() -> None:
    pair = create("subband_density").fit(BLOCKS[0]), create("local_mahalanobis").fit(BLOCKS[0])
    far = 1e25 * NEW[0]
    np.testing.assert_allclose(scored_together([pair])([far]), [[detector.score(far) for detector in pair]], rtol=1e-12)
