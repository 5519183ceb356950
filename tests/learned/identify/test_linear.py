from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from offkey.learned.identify.classifiers import Examples, create, restore
from offkey.learned.identify.temperature import probabilities


def _examples(n_types: int) -> Examples:
    rng = np.random.default_rng(0)
    y = np.arange(60) % n_types
    return Examples((3 * rng.standard_normal((n_types, 8))[y] + rng.standard_normal((60, 8))).astype(np.float32), y)


@pytest.mark.parametrize("n_types", [2, 3])
def test_probabilities_are_those_of_scikit_learn(n_types: int) -> None:
    examples = _examples(n_types)
    classifier = create("linear", C=0.1)
    classifier.fit(examples, examples)
    Z = StandardScaler().fit_transform(examples.X.astype(float))
    expected = LogisticRegression(C=0.1, max_iter=2000).fit(Z, examples.y).predict_proba(Z)
    for one in (classifier, restore(classifier.state())):
        np.testing.assert_allclose(probabilities(one.logits(one.embed(examples.X))), expected, atol=1e-4)
    assert classifier.picture() is None


def test_how_near_the_microphone_stands_does_not_count(hum) -> None:
    near, far = hum(3), 0.1 * hum(3)
    of_level = create("linear", normalisation="none").front_end()
    without = create("linear").front_end()
    assert np.abs(of_level.vector(near, 16_000) - of_level.vector(far, 16_000)).max() > 10
    np.testing.assert_allclose(without.vector(near, 16_000), without.vector(far, 16_000), atol=0.01)
