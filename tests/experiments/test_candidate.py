from __future__ import annotations

from offkey.experiments.candidate import Candidate


def test_names_are_those_of_files_and_tell_combinations_apart() -> None:
    one = Candidate("logmel", "gmm", features_params={"pooling": [1.0, 0.5]})
    other = Candidate("logmel", "gmm", features_params={"pooling": [1.0, 0.5], "keep": list(range(100))})
    for name in (one.name, other.name):
        assert not set(name) & set('/\\:*?"<>| []')
        assert len(name) < 120
    assert one.name == "logmel-pooling=1.0,0.5-gmm-seed0"
    assert one.name != other.name
    odd = Candidate("logmel", "gmm", features_params={"normalisation": "a/b"})
    assert odd.name.startswith("logmel-normalisation=ab-gmm-seed0-")
    assert Candidate("logmel", "gmm", features_params={"pooling": [1.0, 0.5]}).name == one.name


def test_the_seed_goes_to_detectors_that_draw() -> None:
    assert Candidate("logmel", "gmm", 3).config().detector_params == {"seed": 3}
    assert Candidate("logmel", "gmm", 3, detector_params={"seed": 5}).config().detector_params == {"seed": 5}
    assert Candidate("logmel", "knn", 3).config().detector_params == {}


def test_json_and_back() -> None:
    one = Candidate("mfcc", "gmm", 2, {"n_mfcc": 20}, {"n_components": 4})
    assert Candidate.from_json(one.to_json()) == one


def test_the_description_holds_defaults() -> None:
    spelt_out = Candidate("logmel", "knn", detector_params={"n_neighbors": 1})
    assert spelt_out.described() == Candidate("logmel", "knn").described()
    assert Candidate("logmel", "knn", 1).described() != Candidate("logmel", "knn").described()
