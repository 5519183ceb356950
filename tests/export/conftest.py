"""Models of short clips to export."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from tests.conftest import Hum

import offkey
from offkey.model import Model

RATE, SECONDS = 8_000, 0.5
MakeModel = Callable[..., Model]


@pytest.fixture(scope="session")
def make_model(hum: Hum) -> MakeModel:
    """Fit a model of half a second at 8 kHz, once for each choice of options; not to be changed."""

    @cache
    def of(options: tuple[tuple[str, Any], ...]) -> Model:
        given: dict[str, Any] = {name: dict(value) if isinstance(value, tuple) else value for name, value in options}
        clips = [hum(number, seconds=SECONDS, rate=RATE) for number in range(24)]
        return offkey.fit(clips, rate=RATE, **given)

    def make(**options: Any) -> Model:
        plain = {name: tuple(value.items()) if isinstance(value, dict) else value for name, value in options.items()}
        return of(tuple(sorted(plain.items())))

    return make


@pytest.fixture(scope="session")
def model(make_model: MakeModel) -> Model:
    """A model of the mean of few mel bands, by Mahalanobis distance."""
    return make_model(detector="mahalanobis", features_params={"n_mels": 16}, false_alarm_rate=0.05)
