"""The desk for labels: what filters, columns and labels of one clip and of many answer."""

from __future__ import annotations

import html
import json
import re
import shlex
from pathlib import Path

import pytest

import offkey
from offkey.cli.main import main
from offkey.web.explore.labels import DECIDED

FIRST = "fan/test/anomaly_id_00_00000000.wav"
SECOND = "fan/train/normal_id_00_00000002.wav"


def _id(explorer, name: str) -> str:
    found = explorer.library.find(name)
    assert found is not None
    return str(found)


def test_clips_are_chosen_by_several_values_and_ranges(root: Path, opened, client_of) -> None:
    client = client_of(opened(root))
    count = lambda address: re.findall(r"<strong>(\d+)</strong> clip", client.get(address).text)[0]  # noqa: E731
    assert count("/clips?machine=fan&machine=pump&label=anomaly") == "6"
    assert count("/clips?machine=fan&machine=nothing") == "12"
    levels = [row["level_db"] for row in opened(root).frame().iter_rows(named=True)]
    middle = sorted(levels)[12]
    assert count(f"/clips?from.level_db={middle!r}") == str(sum(level >= middle for level in levels))
    assert count(f"/clips?to.level_db={middle!r}") == str(sum(level <= middle for level in levels))
    assert count("/clips?from.machine=3&to.nonsense=4") == "24"


def test_columns_are_chosen_and_remembered(root: Path, opened, client_of) -> None:
    client = client_of(opened(root))
    heads = lambda text: re.findall(r">([\w ()-]+)(?: <span[^>]*>.</span>)?</a></th>", text)  # noqa: E731
    first = heads(client.get("/clips").text)
    assert first[:4] == ["name", "your label", "label", "machine"]
    chosen = client.get("/clips?column=&column=peak_db&column=machine&machine=fan")
    assert heads(chosen.text) == ["name", "your label", "peak", "machine"]
    assert "column=peak_db&amp;column=machine" in chosen.text  # every link keeps them
    assert heads(client.get("/clips").text) == ["name", "your label", "peak", "machine"]
    assert heads(client.get("/clips?column=&column=level_db").text)[2:] == ["level"]
    assert heads(client.get("/clips?column=").text) == first  # as at first
    assert heads(client.get("/clips").text) == first


def test_many_clips_are_labelled_and_that_is_taken_back(root: Path, opened, client_of) -> None:
    explorer = opened(root)
    client, clip = client_of(explorer), _id(explorer, FIRST)
    words = lambda: sorted(label.label for label in explorer.labels.all().values())  # noqa: E731
    explorer.labels.set(clip, "unsure", "hm")
    answer = client.post("/labels/many", data={"of": "machine=fan&label=anomaly", "label": "anomaly"})
    assert answer.status_code == 204
    assert words() == ["anomaly"] * 3
    assert explorer.labels.get(clip).comment == "hm"
    first = json.loads(answer.headers["x-offkey-before"])
    assert first["name"] == "3 clips"
    marked = [_id(explorer, SECOND), clip]
    part = client.post(
        "/labels/many", data={"of": "", "clip": marked, "label": "normal"}, headers={"hx-target": "table"}
    )
    assert part.text.count("<tr data-clip=") == 24
    assert words() == ["anomaly", "anomaly", "normal", "normal"]
    second = json.loads(part.headers["x-offkey-before"])
    assert client.post(f"/labels/undo/{second['batch']}").json() == {"n": 2}
    assert words() == ["anomaly"] * 3
    assert client.post(f"/labels/undo/{first['batch']}").json() == {"n": 3}
    assert words() == ["unsure"]
    again = client.post(f"/labels/undo/{first['batch']}", headers={"accept": "*/*"})
    assert (again.status_code, again.text) == (404, "This change cannot be taken back any more.")
    for wrong in ({"of": ""}, {"of": "", "label": "bad"}, {"label": ["normal", "anomaly"]}):
        assert client.post("/labels/many", data=wrong).status_code == 400
    assert client.post("/labels/many", data={"clip": "nothing", "label": "normal"}).status_code == 404
    assert words() == ["unsure"]


def test_labels_are_given_and_shown(root: Path, opened, client_of) -> None:
    explorer = opened(root)
    client, clip = client_of(explorer), _id(explorer, FIRST)
    address = f"/clips/{clip}/label"
    refused = client.post(address, data={"comment": "why"})
    assert refused.status_code == 400
    part = client.post(address, data={"label": "normal"}, headers={"hx-request": "true"})
    assert part.headers["hx-trigger"] == "labelled"
    assert 'value="" id="label-normal' in part.text  # the same button takes the label away again
    client.post(address, data={"comment": "a hum", "full": "1"}, headers={"hx-request": "true"})
    assert client.post(address, data={"label": "anomaly"}, follow_redirects=False).status_code == 303
    page = client.get("/labels").text
    assert "<strong>1</strong> anomaly" in page
    assert "a hum" in page
    assert "<strong>23</strong> not labelled" in page
    assert f"{FIRST},anomaly,a hum,fan,00,,test" in client.get(f"/labels/{DECIDED}").text
    assert client.get("/clips?own_label=anomaly").text.count("<tr data-clip=") == 1
    assert client.get("/labels/audio_labels_unsure.csv").status_code == 404
    assert client.post(address, data={"label": "bad"}).status_code == 400


def test_labels_and_comments_are_taken_back(root: Path, opened, client_of) -> None:
    explorer = opened(root)
    client, clip = client_of(explorer), _id(explorer, FIRST)

    def send(**fields: str) -> dict[str, str]:
        answer = client.post(f"/clips/{clip}/label", data=fields, headers={"hx-request": "true"})
        assert answer.status_code == 200
        return json.loads(answer.headers.get("x-offkey-before", "{}"))

    assert send(label="anomaly")["label"] == ""
    assert send(comment="größer") == {"clip": clip, "name": FIRST, "label": "anomaly", "comment": ""}
    assert send(comment="größer") == {}  # nothing was changed, so there is nothing to take back
    assert send(comment="")["comment"] == "größer"
    assert explorer.labels.get(clip).comment == ""
    before = send(label="unsure", comment="hm")
    assert send(label="", full="1")["label"] == "unsure"
    assert explorer.labels.get(clip) is None
    send(label=before["label"], comment=before["comment"])
    assert explorer.labels.get(clip).label == "anomaly"


def test_the_labels_page_gives_the_commands_that_evaluate(
    root: Path, opened, client_of, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "a folder"
    folder.mkdir()
    offkey.fit(root / "fan" / "train", detector="knn").save(folder / "fan.offkey")
    explorer = opened(root, model=folder / "fan.offkey")
    client = client_of(explorer)
    for word in ("normal", "anomaly"):
        client.post("/labels/many", data={"of": f"machine=fan&split=test&label={word}", "label": word})
    pre = re.findall(r"<pre[^>]*>(.*?)</pre>", client.get("/labels").text, re.S)[0]
    monkeypatch.chdir(tmp_path)
    for command in html.unescape(pre).splitlines():
        assert main(shlex.split(command)[1:]) == 0
    assert "1.000" in capsys.readouterr().out


@pytest.mark.parametrize("fields", [{}, {"full": "1"}, {"labels": "normal"}])
def test_a_form_without_label_and_comment_changes_nothing(root: Path, opened, client_of, fields) -> None:
    explorer = opened(root)
    client, clip = client_of(explorer), _id(explorer, FIRST)
    client.post(f"/clips/{clip}/label", data={"label": "normal"})
    answer = client.post(f"/clips/{clip}/label", data=fields)
    assert answer.status_code == 400
    assert "A label or a comment must be given" in answer.text
    assert explorer.labels.get(clip).label == "normal"
    assert client.post(f"/clips/{clip}/label", files={"label": ("x", b"normal")}).status_code == 400
