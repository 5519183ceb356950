"""What no page of the explorer would ask for: it is refused or answered, and never breaks the program."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
import soundfile
from fastapi.testclient import TestClient

from offkey.web.explore.explorer import Explorer, open_explorer
from offkey.web.explore.labels import DECIDED, UNSURE
from offkey.web.explore.notes import NOTES

VALUES = (
    *("", "0", "-1", "nan", "inf", "1e999", "1e7", "9" * 30, "abc", "\0", "../../etc/passwd", "(none)", "x" * 5000),
    *("[1]", "0-1", "1-0", "0-99999999999", "-", "mean", "\u0663", "\u00e9"),
)
FORMS = ("application/json", "text/plain", "multipart/form-data", "application/x-www-form-urlencoded", "")


@pytest.fixture(scope="module")
def explorer(tmp_path_factory: pytest.TempPathFactory, hum) -> Iterator[Explorer]:
    """A few clips, some of them odd: without sound, without finite samples, of two channels, with names of any kind."""
    root = tmp_path_factory.mktemp("odd")
    for k in range(4):
        soundfile.write(root / f"c{k}.wav", hum(k, seconds=0.3), 16_000)
    whole = (root / "c0.wav").read_bytes()
    soundfile.write(root / "stereo.wav", np.zeros((4000, 2)), 16_000)
    soundfile.write(root / "nan.wav", np.full(4000, np.nan, np.float32), 16_000, subtype="FLOAT")
    (root / "empty.wav").write_bytes(b"")
    try:
        (root / "line\nbreak\x1b[31m.wav").write_bytes(whole)
        Path(os.fsdecode(os.fsencode(root) + b"/gr\xfc\xdfe.wav")).write_bytes(whole)
    except OSError:
        pytest.skip("this file system does not take such names")
    explorer = open_explorer("folder", root, cache=tmp_path_factory.mktemp("cache"), jobs=1)
    explorer.background.start()
    explorer.background.wait()
    yield explorer
    explorer.background.stop()


@pytest.fixture
def client(explorer: Explorer, client_of) -> TestClient:
    return client_of(explorer)


def _clip(explorer: Explorer, name: str = "c0.wav") -> str:
    found = explorer.library.find(name)
    assert found is not None
    return found


def _fine(client: TestClient, method: str, address: str, **sent: object) -> None:
    answer = client.request(method, address, follow_redirects=False, **sent)  # type: ignore[arg-type]
    assert answer.status_code < 500, (method, address, sent, answer.text)


def test_names_and_sounds_of_any_kind_have_all_their_pages(client: TestClient, explorer: Explorer) -> None:
    for page in ("/", "/clips", "/clips?quality=duplicate", "/groups", "/pairs", "/map", "/map/points.json", "/labels"):
        assert client.get(page).status_code == 200
    for clip in explorer.library.ids:
        for part in (
            "",
            "/audio.wav",
            "/thumbnail.png",
            "/curves",
            "/waveform.json?start=0&end=1",
            "/tile/mel/0/0.png",
        ):
            _fine(client, "GET", f"/clips/{clip}{part}")


@pytest.mark.parametrize("value", VALUES, ids=lambda value: ascii(value[:20]))
def test_any_value_in_an_address_is_answered(client: TestClient, explorer: Explorer, value: str) -> None:
    v, clip, stereo, nan = (
        quote(value, safe=""),
        _clip(explorer),
        _clip(explorer, "stereo.wav"),
        _clip(explorer, "nan.wav"),
    )
    for address in (
        f"/clips?q={v}&page={v}&sort={v}&order={v}&quality={v}&rate={v}&is.level_db={v}&row={v}",
        *(f"/clips?selection={v}", f"/clips/{v}", f"/clips/{clip}?q={v}&seconds={v}", f"/labels/{v}", f"/{v}"),
        *(f"/clips/{stereo}/audio.wav?channel={v}", f"/clips/{clip}/audio.wav?start={v}&end={v}"),
        *(f"/clips/{clip}/waveform.json?start={v}&end={v}", f"/clips/{nan}/waveform.json?start=0&end={v}"),
        *(
            f"/clips/{clip}/tile/mel/{v}/0.png",
            f"/clips/{clip}/tile/{v}/0/{v}.png",
            f"/clips/{stereo}/curves?channel={v}",
        ),
        *(f"/groups?column={v}", f"/groups?column=rate&first={v}&second={v}&machine={v}", f"/?column={v}"),
        *(f"/pairs?kind={v}&taken={v}", f"/pairs/open?a={v}&b={v}", f"/pairs/{v}/{clip}", f"/pairs/{clip}/{v}"),
        *(f"/map?colour={v}&selection={v}", f"/map/points.json?colour={v}&projection={v}"),
    ):
        _fine(client, "GET", address)
    for span in (f"bytes={v}-", f"bytes=-{v}", f"bytes=0-{v}", f"bytes=0-1,{v}-", v):
        _fine(client, "GET", f"/clips/{clip}/audio.wav", headers={"range": span})


@pytest.mark.parametrize("value", VALUES, ids=lambda value: ascii(value[:20]))
def test_any_form_is_answered(client: TestClient, explorer: Explorer, value: str) -> None:
    clip, other = _clip(explorer), _clip(explorer, "c1.wav")
    for fields in ({"label": value}, {"comment": value}, {"label": "normal", "comment": value, "full": value}):
        _fine(client, "POST", f"/clips/{clip}/label", data=fields)
    for fields in ({"revision": value}, {"revision": "0", "same_note": value}, {"same_note": value}):
        _fine(client, "POST", f"/pairs/{clip}/{other}", data=fields)
    for body in (value, json.dumps({"clips": value}), json.dumps({"clips": [value]}), json.dumps([[value]])):
        for kind in FORMS:
            for address in (f"/clips/{clip}/label", f"/pairs/{clip}/{other}", "/pairs/notes.csv", "/map/selection"):
                _fine(client, "POST", address, content=body.encode(), headers={"content-type": kind})
    _fine(client, "POST", "/pairs/notes.csv", files={"file": ("n.csv", value.encode())})


@pytest.mark.parametrize("letters", [10_001, 131_073, 2_000_000])
def test_what_is_too_long_is_refused(client: TestClient, explorer: Explorer, letters: int) -> None:
    clip, other = _clip(explorer, "c2.wav"), _clip(explorer, "c3.wav")
    text = "x" * letters
    table = f"a,b,same_note,difference_note\nc2.wav,c3.wav,{text},\n"
    for answer in (
        client.post(f"/clips/{clip}/label", data={"label": "normal", "comment": text}),
        client.post(f"/pairs/{clip}/{other}", data={"revision": "0", "same_note": text}),
        client.post(f"/pairs/{clip}/{other}", files={"revision": (None, "0"), "difference_note": (None, text)}),
        client.post("/pairs/notes.csv", files={"file": ("n.csv", table)}),
    ):
        assert answer.status_code == 400
    assert explorer.labels.get(clip) is None
    assert explorer.notes.get("c2.wav", "c3.wav").revision == 0


@pytest.mark.parametrize(
    "content", [b"", b"{", b"null", b"[[", b"\xff\xfe\0", b"\0" * 9, b'file,label\n"c0', b"file\n1\n"]
)
def test_damaged_files_of_people_are_told_and_kept(client: TestClient, explorer: Explorer, content: bytes) -> None:
    clip, other = _clip(explorer), _clip(explorer, "c1.wav")
    for name in (DECIDED, UNSURE, NOTES):
        file = explorer.library.root / name
        file.write_bytes(content)
        for page in (
            "/",
            "/clips",
            "/pairs",
            "/labels",
            f"/clips/{clip}",
            f"/pairs/{clip}/{other}",
            "/pairs/notes.csv",
        ):
            _fine(client, "GET", page)
        answers = (
            client.post(f"/clips/{clip}/label", data={"label": "normal"}),
            client.post(f"/pairs/{clip}/{other}", data={"revision": 0, "same_note": "x"}),
        )
        assert all(answer.status_code < 500 for answer in answers)
        _fine(client, "GET", f"/labels/{name}")
        kept = file.read_bytes()
        assert kept == content or kept.startswith(content.rstrip(b"\n")) or not content
        file.unlink()
        for written in (DECIDED, UNSURE, NOTES):
            (explorer.library.root / written).unlink(missing_ok=True)


def test_a_pipe_among_the_clips_is_passed_over(tmp_path: Path, normal_folder: Path, opened, client_of) -> None:
    root = tmp_path / "pipes"
    root.mkdir()
    (root / "a.wav").write_bytes(min(normal_folder.iterdir()).read_bytes())
    os.mkfifo(root / "pipe.wav")
    explorer = opened(root)
    client = client_of(explorer)
    assert client.get("/").status_code == client.get("/clips").status_code == 200
    clip = explorer.library.find("pipe.wav")
    for part in ("", "/audio.wav", "/thumbnail.png") if clip else ():
        assert 400 <= client.get(f"/clips/{clip}{part}").status_code < 500


@pytest.mark.parametrize("name", [DECIDED, NOTES])
def test_a_pipe_in_place_of_a_file_of_people_is_told(client: TestClient, explorer: Explorer, name: str) -> None:
    file = explorer.library.root / name
    file.unlink(missing_ok=True)
    os.mkfifo(file)
    try:
        for page in ("/", "/labels", "/pairs", f"/labels/{name}", "/pairs/notes.csv"):
            _fine(client, "GET", page)
    finally:
        file.unlink()
