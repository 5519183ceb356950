"""The description of the API of models is true."""

from __future__ import annotations

import pytest
from tests.web.describing import mistakes

from offkey.web.api.limits import Limits
from offkey.web.api.part import serve_part
from offkey.web.api.served import ServedModels


@pytest.mark.filterwarnings("default")  # of schemathesis itself
def test_a_server_of_models_answers_as_described(models: ServedModels) -> None:
    assert mistakes(serve_part(models, Limits(per_minute=1e9))) == ""
