"""Scores over HTTP: the same as from Python, and each mistake one sentence in one shape."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from tests.web.api.conftest import ClientOf

import offkey
from offkey.web.api.limits import Limits
from offkey.web.problems import PROBLEM_TYPE

MODEL = "/api/models/pump%207"


def test_a_model_says_what_it_is(client_of: ClientOf, model_path: Path) -> None:
    model = offkey.load(model_path)
    (facts,) = client_of().get("/api/models").json()
    assert facts["name"] == "pump 7"
    assert facts["threshold"] == model.threshold.value
    assert (facts["rate"], facts["window_s"], facts["hop_s"]) == (model.rate, 1.0, 1.0)
    assert facts["normal_clips"] == len(model.calibration.normal_scores)


@pytest.mark.parametrize("form", ["body", "multipart"])
def test_an_uploaded_clip_has_the_scores_of_the_file(
    client_of: ClientOf, model_path: Path, clip: Path, form: str
) -> None:
    expected = list(offkey.load(model_path).results([clip]))
    content = clip.read_bytes()
    if form == "body":
        answer = client_of().post(f"{MODEL}/score?called=today.wav", content=content)
    else:
        answer = client_of().post(f"{MODEL}/score", files={"file": ("a/b\\today.wav", content)})
    assert answer.status_code == 200
    rows = answer.json()["rows"]
    assert [row["score"] for row in rows] == [result.score for result in expected]
    assert {row["file"] for row in rows} == {"today.wav"}
    assert answer.json()["anomalous"] == any(result.anomalous for result in expected)


def test_an_explanation_is_that_of_the_library(client_of: ClientOf, model_path: Path, clip: Path) -> None:
    from offkey.explain import explain

    answer = client_of().post(f"{MODEL}/score?explain=true&called=x.wav", content=clip.read_bytes()).json()
    expected = explain(offkey.load(model_path), clip).to_dict()
    assert answer["explanation"]["sentence"].replace("x.wav", "") == expected["sentence"].replace(str(clip), "")
    assert answer["explanation"]["score"] == expected["score"]


def test_a_silent_clip_has_an_error_in_its_row(client_of: ClientOf, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "silent.wav", np.zeros(16_000), 16_000)
    answer = client_of().post(f"{MODEL}/score", content=(tmp_path / "silent.wav").read_bytes()).json()
    assert answer["anomalous"] is None
    assert "digital silence" in answer["rows"][0]["error"]


@pytest.mark.parametrize(
    ("path", "content", "status", "detail"),
    [
        ("/api/models/none/score", b"x", 404, "There is no model 'none'"),
        ("/api/none", b"x", 404, "There is no such address"),
        (f"{MODEL}/score", b"", 400, "There is no clip"),
        (f"{MODEL}/score", b"this is no sound", 422, "clip"),
        (f"{MODEL}/score?explain=perhaps", b"x", 400, "'explain' in the address"),
        (f"{MODEL}/stream", b"x", 400, "'rate' in the address"),
        (f"{MODEL}/stream?rate=1", b"x", 400, "'rate' in the address"),
        (f"{MODEL}/stream?rate=8000", b"x", 422, "sampled at 8000 Hz"),
    ],
)
def test_each_mistake_is_a_problem_with_one_sentence(
    client_of: ClientOf, path: str, content: bytes, status: int, detail: str
) -> None:
    answer = client_of().post(path, content=content)
    assert answer.status_code == status
    assert answer.headers["content-type"] == PROBLEM_TYPE
    assert answer.json()["status"] == status
    assert detail in answer.json()["detail"]


def test_another_method_is_a_problem(client_of: ClientOf) -> None:
    answer = client_of().delete("/api/models")
    assert (answer.status_code, answer.headers["content-type"]) == (405, PROBLEM_TYPE)


def test_a_form_without_a_clip_or_with_two_is_refused(client_of: ClientOf, clip: Path) -> None:
    content = clip.read_bytes()
    client = client_of()
    wrong = client.post(f"{MODEL}/score", files={"sound": ("today.wav", content)})
    assert (wrong.status_code, "field 'file'" in wrong.json()["detail"]) == (400, True)
    two = client.post(f"{MODEL}/score", files=[("file", ("a.wav", content)), ("file", ("b.wav", content))])
    assert two.status_code == 400
    torn = client.post(f"{MODEL}/score", content=b"--x", headers={"Content-Type": "multipart/form-data"})
    assert torn.status_code == 400


def test_a_clip_that_is_too_large_or_too_long_is_refused(client_of: ClientOf, clip: Path) -> None:
    content = clip.read_bytes()
    large = client_of(Limits(megabytes=0.05)).post(f"{MODEL}/score", content=content)
    assert (large.status_code, large.json()["detail"]) == (
        413,
        "The clip has more than 0.05 MB: send a shorter one, or FLAC.",
    )
    long = client_of(Limits(clip_s=2)).post(f"{MODEL}/score", files={"file": ("a.wav", content)})
    assert (long.status_code, "has 3 s, more than the 2 s" in long.json()["detail"]) == (413, True)


def test_a_stream_in_one_piece_has_the_scores_of_the_file(client_of: ClientOf, model_path: Path, clip: Path) -> None:
    samples, _ = soundfile.read(clip, dtype="int16")
    answer = client_of().post(f"{MODEL}/stream?rate=16000&hop_s=0.5", content=samples.tobytes())
    rows = [json.loads(line) for line in answer.text.splitlines()]
    expected = list(offkey.load(model_path).with_windowing(1.0, 0.5).results([clip]))
    assert [row["score"] for row in rows] == [result.score for result in expected]
    assert [row["anomalous"] for row in rows] == [result.anomalous for result in expected]
    assert [(row["start_s"], row["end_s"]) for row in rows] == [(one.start_s, one.end_s) for one in expected]


def test_the_description_names_each_route_and_has_examples(client_of: ClientOf) -> None:
    description = client_of().get("/api/openapi.json").json()
    assert set(description["paths"]) == {"/models", "/models/{name}/score", "/models/{name}/stream"}
    assert description["servers"] == [{"url": "/api"}]
    fields = description["components"]["schemas"]["StreamRow"]["properties"]
    assert all("examples" in facts for facts in fields.values())
