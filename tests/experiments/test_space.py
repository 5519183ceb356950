from __future__ import annotations

import pytest

from offkey.errors import ParameterError, UsageError
from offkey.experiments.candidate import Candidate
from offkey.experiments.space import Space


def test_a_space_is_every_combination_the_front_end_outermost() -> None:
    space = Space("knn", "logmel", {"n_neighbors": [1, 2]}, {"n_mels": [32, 64], "change": [False]})
    found = [(c.features_params["n_mels"], c.detector_params["n_neighbors"]) for c in space]
    assert found == [(32, 1), (32, 2), (64, 1), (64, 2)]
    assert len(space) == 4
    assert all(candidate.features_params["change"] is False for candidate in space)
    space.check()


def test_a_default_that_is_spelt_out_is_the_default() -> None:
    plain, spelt = (
        Candidate("logmel", "knn"),
        Candidate("logmel", "knn", features_params={"n_mels": 128}, detector_params={"n_neighbors": 1}),
    )
    assert plain.key == spelt.key
    assert plain.features_key == spelt.features_key
    assert plain.key != Candidate("logmel", "knn", detector_params={"n_neighbors": 2}).key


def test_an_axis_knows_the_value_of_a_default() -> None:
    mels, neighbours = Space("knn", "logmel", {"n_neighbors": [2, 3]}, {"n_mels": [32]}).axes
    assert (mels.value_of(Candidate("logmel", "knn")), neighbours.value_of(Candidate("logmel", "knn"))) == (128, 1)
    assert neighbours.value_of(Candidate("logmel", "knn", detector_params={"n_neighbors": 3})) == 3


@pytest.mark.parametrize(
    ("space", "error", "words"),
    [
        (Space("knnn"), ParameterError, "There is no detector 'knnn'.*Did you mean 'knn'"),
        (Space("knn", "melspec"), ParameterError, "There is no front end 'melspec'"),
        (Space("knn", detector_values={"k": [1]}), ParameterError, "'knn' has no parameter 'k': it has n_neighbors"),
        (Space("knn", detector_values={"n_neighbors": [1, 0]}), ParameterError, r"in the range \[1, inf\)\. Got 0"),
        (Space("knn", detector_values={"n_neighbors": [1, 1]}), UsageError, "lists the value 1 twice"),
        (Space("knn", detector_values={"n_neighbors": []}), ParameterError, "needs at least one value"),
        (Space("knn", detector_values={"n_neighbors": list(range(1, 10_002))}), UsageError, "10001 combinations"),
        (
            Space("knn", features_values={"n_mels": [32, 128], "keep": [[5, 100]]}),
            ParameterError,
            "'keep' parameter of 'logmel' must name bands from 0 to 31. Got 100",
        ),
    ],
)
def test_what_cannot_be_tried_is_refused(space: Space, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        space.check()
