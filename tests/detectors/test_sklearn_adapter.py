from __future__ import annotations

import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

from offkey.detectors import as_sklearn, create
from offkey.errors import ParameterError


@pytest.mark.parametrize("detector", ["fused", "knn", "gmm", create("local_density", form="difference")], ids=str)
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


def test_parameters_of_the_detector_are_given_set_and_cloned(clips, new_clips) -> None:
    adapted = as_sklearn("knn", n_neighbors=3)
    assert adapted.get_params()["detector__n_neighbors"] == 3
    assert clone(adapted).set_params(detector__n_neighbors=2).get_params()["detector__n_neighbors"] == 2
    assert adapted.detector.n_neighbors == 3
    scores = adapted.set_params(detector__n_neighbors=1).fit(clips).score_samples(new_clips)
    assert np.allclose(scores, -create("knn", n_neighbors=1).fit(clips).score(new_clips))
    other = adapted.set_params(detector="gmm", detector__n_components=2, contamination=0.2)
    assert repr(other.detector) == repr(create("gmm", n_components=2))
    assert "gmm" in repr(as_sklearn("knn").set_params(detector="gmm").fit(clips).detector_.name)


def test_the_detector_that_is_given_stays_as_it_is() -> None:
    detector = create("knn", n_neighbors=3)
    assert as_sklearn(detector, n_neighbors=2).set_params(detector__n_neighbors=1).detector.n_neighbors == 1
    assert detector.n_neighbors == 3


def test_wrong_parameters_of_the_detector_are_told(clips) -> None:
    with pytest.raises(ParameterError, match="The detector 'gmm' has no parameter 'n_component': it has n_components"):
        as_sklearn("gmm", n_component=2)
    with pytest.raises(ParameterError, match="has no parameter 'k'"):
        as_sklearn("knn").set_params(detector__k=2)
    with pytest.raises(ParameterError, match="The 'n_neighbors' parameter of 'knn' must be an int"):
        as_sklearn("knn").set_params(detector__n_neighbors=0).fit(clips)
    with pytest.raises(ValueError, match="Invalid parameter 'n_neighbors'"):
        as_sklearn("knn").set_params(n_neighbors=2)


def test_a_grid_search_ranks_parameters_by_auc(clips, new_clips) -> None:
    """Normal clips are learnt, both kinds judged; scikit-learn's own scorer takes the sign as it is."""
    X = np.concatenate([clips, clips[:30] + np.linspace(-1, 1, 10)])
    y = np.repeat([1, -1], [80, 30])
    fold = np.arange(60), np.arange(60, 110)
    pipeline = make_pipeline(StandardScaler(), as_sklearn("gmm"))
    grid = {"outlierdetector__detector__n_components": [1, 2], "outlierdetector__contamination": ["auto", 0.1]}
    search = GridSearchCV(pipeline, grid, scoring="roc_auc", cv=[fold], refit=False).fit(X, y)
    for params, auc in zip(search.cv_results_["params"], search.cv_results_["mean_test_score"], strict=True):
        scaler = StandardScaler().fit(X[:60])
        detector = create("gmm", n_components=params["outlierdetector__detector__n_components"])
        scores = detector.fit(scaler.transform(X[:60])).score(scaler.transform(X[60:]))
        assert auc == pytest.approx(roc_auc_score(y[60:] == -1, scores))


def test_a_notebook_can_show_it() -> None:
    assert "n_components=2" in repr(as_sklearn("gmm", n_components=2))
    assert "OutlierDetector" in as_sklearn("gmm")._repr_html_()


@pytest.mark.parametrize("contamination", [0, 0.6, "much", True])
def test_contamination_has_a_rule(clips, contamination) -> None:
    with pytest.raises(ParameterError, match="'contamination' must be 'auto' or a float in the range"):
        as_sklearn("knn", contamination=contamination).fit(clips)


def test_what_is_no_detector_is_refused(clips) -> None:
    with pytest.raises(ParameterError, match="must be the name of a detector or a Detector"):
        as_sklearn(3).fit(clips)
    with pytest.raises(NotFittedError):
        as_sklearn("knn").score_samples(clips)
