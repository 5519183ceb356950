from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any, get_overloads, get_type_hints

import numpy as np
import pytest

import offkey
from offkey.errors import UsageError
from offkey.model import Model, ModelConfig, Results, Scored


def test_every_field_of_the_configuration_is_a_typed_argument_with_its_default() -> None:
    arguments = inspect.signature(offkey.fit).parameters
    for name, field in ModelConfig.model_fields.items():
        default = field.get_default(call_default_factory=True)
        assert arguments[name].default == (None if default == {} else default), name
        assert arguments[name].kind is inspect.Parameter.KEYWORD_ONLY
    assert all(hint is not Any for hint in get_type_hints(offkey.fit).values())


def test_scores_of_one_clip_and_of_several_are_told_apart_by_type() -> None:
    returned = [get_type_hints(overload)["return"] for overload in get_overloads(Model.score)]
    assert returned == [Scored, Scored | Any, Results]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"detectr": "knn"}, r"The option 'detectr' is wrong: there is none of this name; did you mean 'detector'\?"),
        ({"domain": ["source"]}, r"The option 'domain' is wrong: .* did you mean 'domains'\?"),
        ({"detector": "kmn"}, r"There is no detector 'kmn': .* Did you mean 'knn'\?"),
        ({"detector": 3}, "The option 'detector' is wrong: .* Got 3"),
        ({"detector_params": ["k"]}, "The option 'detector_params' is wrong"),
        ({"detector": "knn", "detector_params": {"k": 2}}, "The detector 'knn' has no parameter 'k'"),
        ({"features_params": 0}, "The option 'features_params' is wrong"),
        ({"false_alarm_rate": 1.5}, "The option 'false_alarm_rate' is wrong"),
        ({"window_s": "long"}, "The option 'window_s' is wrong"),
        ({"channel": -1}, "The option 'channel' is wrong"),
        ({"rate": "fast"}, "The parameter 'rate' must be a positive whole number of Hz. Got 'fast'"),
        ({"jobs": 0}, "The parameter 'jobs' must be an int"),
        ({"keep_references": -1}, r"The parameter 'keep_references' must be an int in the range \[0, inf\). Got -1"),
        ({"keep_references": "all"}, "The parameter 'keep_references' must be an int"),
        ({"include_labelled_anomalies": "no"}, "'include_labelled_anomalies' must be True or False. Got 'no'"),
        ({"advance": 1}, "The parameter 'advance' must be a function"),
        ({"domains": ["source"]}, r"'domains' must have one entry per clip, 24\. Got 1"),
        ({"domains": "source"}, "The parameter 'domains' must be a list with one entry per clip"),
        ({"origins": iter(())}, "The parameter 'origins' must be a list with one entry per clip"),
    ],
)
def test_a_wrong_name_type_or_value_is_one_sentence(normal_folder: Path, options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        offkey.fit(normal_folder, **options)


def test_arrays_need_their_rate() -> None:
    with pytest.raises(UsageError, match="needs its sampling rate"):
        offkey.fit([np.zeros(16_000)])


def test_numbers_of_numpy_are_numbers(normal_folder: Path) -> None:
    model = offkey.fit(normal_folder, detector="knn", keep_references=np.int64(2), rate=np.float64(16_000))
    assert model.rate == 16_000
    assert len(model.reference.sounds) == 2
