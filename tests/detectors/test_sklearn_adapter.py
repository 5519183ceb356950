from __future__ import annotations

import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

from offkey.detectors import as_sklearn, create
from offkey.errors import ParameterError


@pytest.mark.parametrize("detector", ["fused", "knn", create("local_density", form="difference")], ids=str)
def test_passes_the_checks_of_scikit_learn(detector) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of checks that it skips
        check_estimator(as_sklearn(detector))


def test_the_sign_is_turned_round(clips, new_clips) -> None:
    adapted = as_sklearn("knn", contamination=0.1).fit(clips)
    assert np.allclose(adapted.score_samples(new_clips), -create("knn").fit(clips).score(new_clips))
    assert np.allclose(adapted.decision_function(new_clips), adapted.score_samples(new_clips) - adapted.offset_)
    assert set(adapted.predict(new_clips)) == {1, -1}


def test_training_clips_are_judged_as_new_ones(clips) -> None:
    adapted = as_sklearn("knn", contamination=0.1).fit(clips)
    assert np.allclose(-adapted.score_samples(clips), create("knn").fit_scored(clips))
    assert (adapted.predict(clips) == -1).mean() == pytest.approx(0.1)


def test_works_in_a_pipeline_and_as_a_clone(clips, new_clips) -> None:
    detector = create("knn", n_neighbors=3)
    pipeline = make_pipeline(StandardScaler(), as_sklearn(detector))
    scores = clone(pipeline).fit(clips).score_samples(new_clips)
    assert np.allclose(scores, pipeline.fit(clips).score_samples(new_clips))
    assert not hasattr(detector, "n_features_")


@pytest.mark.parametrize("contamination", [0, 0.6, "much", True])
def test_contamination_has_a_rule(clips, contamination) -> None:
    with pytest.raises(ParameterError, match="'contamination' must be 'auto' or a float in the range"):
        as_sklearn("knn", contamination=contamination).fit(clips)


def test_what_is_no_detector_is_refused(clips) -> None:
    with pytest.raises(ParameterError, match="must be the name of a detector or a Detector"):
        as_sklearn(3).fit(clips)
    with pytest.raises(NotFittedError):
        as_sklearn("knn").score_samples(clips)
