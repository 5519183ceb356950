"""A model that is served, and clients of it."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of the test client's own dependencies, at import
    from starlette.testclient import TestClient

from tests.conftest import Hum

import offkey
from offkey.web.api.limits import Limits
from offkey.web.api.part import serve_part
from offkey.web.api.served import ServedModels
from offkey.web.app import create_app
from offkey.web.security import Guard
from offkey.web.server import listen, served

RATE = 16_000


@pytest.fixture(scope="session")
def model_path(tmp_path_factory: pytest.TempPathFactory, normal_folder: Path) -> Path:
    """The file of a model of the normal folder, with windows of one second; not to be written to."""
    path = tmp_path_factory.mktemp("served") / "pump 7.offkey"
    offkey.fit(normal_folder, detector="knn", window_s=1.0, progress=False).save(path)
    return path


@pytest.fixture(scope="session")
def models(model_path: Path) -> ServedModels:
    return ServedModels([model_path])


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory, hum: Hum) -> Path:
    """A clip of three seconds as a file."""
    path = tmp_path_factory.mktemp("clip") / "today.wav"
    soundfile.write(path, np.concatenate([hum(90), hum(91), hum(92)])[: 3 * RATE], RATE, subtype="PCM_16")
    return path


ClientOf = Callable[..., TestClient]


@pytest.fixture
def client_of(models: ServedModels) -> ClientOf:
    """Return a function that gives a client of a server with limits and a guard, without a network between."""

    def make(limits: Limits | None = None, guard: Guard | None = None) -> TestClient:
        app = create_app([serve_part(models, limits or Limits())], title="test", guard=guard or Guard(programs=True))
        return TestClient(app, base_url="http://127.0.0.1:8002", raise_server_exceptions=False)

    return make


@pytest.fixture(scope="session")
def address(models: ServedModels) -> Iterator[str]:
    """The address of a server in a thread."""
    guard, links = Guard(programs=True), list[str]()
    app = create_app([serve_part(models, Limits())], title="test", guard=guard)
    opened = listen("127.0.0.1", 0)
    with served(app, opened, host="127.0.0.1", guard=guard, announce=links.append):
        yield links[0].rstrip("/")
    opened.close()
