"""Fixtures for the web app: a small data set with clips of every kind, an explorer of it, and a client."""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of the test client's own dependencies, at import
    from fastapi.testclient import TestClient

from tests.web.browsing import browser, described, open_page  # noqa: F401 - fixtures

import offkey
from offkey.web.app import create_app
from offkey.web.explore.explorer import Explorer, open_explorer
from offkey.web.explore.pages import explore_part
from offkey.web.security import Guard

ORIGIN = "http://127.0.0.1"
ODD_NAME = "Größe %41 #1 \"q\" 'a' <b>&.wav"


@pytest.fixture(scope="session")
def plain_set(tmp_path_factory: pytest.TempPathFactory, hum) -> Path:
    """Two machines in the layout of DCASE 2020, and clips with something the matter; not to be written to."""
    root = tmp_path_factory.mktemp("set")
    for machine, seed in (("fan", 0), ("pump", 100)):
        for split, label, n, tone_hz in (
            ("train", "normal", 6, None),
            ("test", "normal", 3, None),
            ("test", "anomaly", 3, 3000),
        ):
            (root / machine / split).mkdir(parents=True, exist_ok=True)
            for k in range(n):
                sound = hum(seed + k + (10 if split == "test" else 0), tone_hz=tone_hz)
                soundfile.write(root / machine / split / f"{label}_id_00_{k:08d}.wav", sound, 16_000)
    return root


@pytest.fixture
def root(plain_set: Path, tmp_path: Path) -> Path:
    """A copy of the set that may be written to."""
    return Path(shutil.copytree(plain_set, tmp_path / "set"))


@pytest.fixture
def odd_root(root: Path, tmp_path: Path, hum) -> Path:
    """The set with clips whose names or contents are odd, and links that lead out of it."""
    odd = root / "fan" / "test"
    soundfile.write(odd / ODD_NAME, hum(1), 16_000)
    (odd / "broken.wav").write_text("this is no sound\n")
    whole = (root / "fan" / "train" / "normal_id_00_00000000.wav").read_bytes()
    (odd / "truncated.wav").write_bytes(whole[:1000])
    soundfile.write(odd / "eight.wav", np.stack([hum(k) for k in range(8)], axis=1), 48_000, subtype="PCM_24")
    soundfile.write(tmp_path / "outside.wav", hum(2), 16_000)
    (odd / "leads_out.wav").symlink_to(tmp_path / "outside.wav")
    try:
        (odd / "line\nbreak.wav").write_bytes(whole)
        Path(os.fsdecode(os.fsencode(odd) + b"/gr\xfc\xdfe.wav")).write_bytes(whole)
    except OSError:
        pytest.skip("this file system does not take such names")
    return root


Opened = Callable[..., Explorer]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """Return a function that opens an explorer of a folder and waits until all is measured."""
    explorers: list[Explorer] = []

    def make(root: Path, **options: object) -> Explorer:
        options = {"cache": tmp_path / "cache", "jobs": 1, **options}
        explorer = open_explorer("folder", root, **options)  # type: ignore[arg-type]
        explorer.background.start()
        explorer.background.wait()
        explorers.append(explorer)
        return explorer

    yield make
    for explorer in explorers:
        explorer.background.stop()


@pytest.fixture
def client_of() -> Callable[[Explorer], TestClient]:
    """Return a function that gives a browser's client to an explorer."""

    def make(explorer: Explorer, guard: Guard | None = None) -> TestClient:
        app = create_app([explore_part(explorer)], title="offkey explore", guard=guard)
        headers = {"accept": "text/html", "origin": ORIGIN}
        return TestClient(app, base_url=ORIGIN, headers=headers, raise_server_exceptions=False)

    return make


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory, normal_folder: Path, hum) -> Path:
    """Twenty-four normal clips, which a model learnt, eight dated new ones, five of them with a tone, and the model."""
    root = tmp_path_factory.mktemp("plant") / "recordings"
    shutil.copytree(normal_folder, root / "normal")
    (root / "new").mkdir()
    for day in range(8):
        sound = hum(500 + day, tone_hz=3000 if day > 2 else None)
        soundfile.write(root / "new" / f"2026-03-0{day + 1}.wav", sound, 16_000)
    offkey.fit(root / "normal", detector="knn").save(root.parent / "pump7.offkey")
    return root
