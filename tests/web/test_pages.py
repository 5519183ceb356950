"""Every route: what it shows, and what it says when something is the matter."""

from __future__ import annotations

import io
import os
import re
from pathlib import Path

import numpy as np
import pytest
import soundfile

import offkey
from offkey.errors import DataError
from offkey.web.explore.explorer import open_explorer
from offkey.web.explore.labels import DECIDED
from offkey.web.explore.notes import NOTES

ODD_NAME = "Größe %41 #1 \"q\" 'a' <b>&.wav"


def _id(explorer, name: str) -> str:
    found = explorer.library.find(name)
    assert found is not None
    return str(found)


FIRST = "fan/test/anomaly_id_00_00000000.wav"
SECOND = "fan/train/normal_id_00_00000002.wav"


def test_the_overview_counts_and_compares(root: Path, opened, client_of) -> None:
    page = client_of(opened(root)).get("/").text
    assert re.search(r"<strong>24</strong> clips", page)
    assert "Every clip is fit to be used" in page
    assert "Average spectra of clips with label normal and anomaly" in page
    low, high = re.findall(r"<li>([\d\u202f]+) to ([\d\u202f]+) Hz: <strong>anomaly</strong> is", page)[0]
    assert int(low.replace("\u202f", "")) < 3000 < int(high.replace("\u202f", ""))


PAGES = (
    "/",
    "/groups",
    "/clips",
    "/clips?quality=duplicate",
    "/pairs",
    "/map",
    "/map/points.json",
    "/labels",
    "/progress",
)


@pytest.mark.parametrize("page", PAGES)
def test_pages_stand_before_anything_is_measured_and_where_nothing_is_told(
    normal_folder: Path, tmp_path: Path, client_of, page: str
) -> None:
    explorer = open_explorer("folder", normal_folder, cache=tmp_path / "cache")
    client = client_of(explorer)
    assert client.get(page).status_code == 200
    assert client.get(f"/clips/{explorer.library.ids[3]}").status_code == 200
    assert "hours so far" in client.get("/").text
    explorer.background.start()
    explorer.background.wait()
    assert client.get(page).status_code == 200


def test_groups_are_chosen(root: Path, opened, client_of) -> None:
    client = client_of(opened(root))
    part = client.get("/groups", params={"column": "machine", "first": "fan", "second": "pump"}).text
    assert "Average spectra of clips with machine fan and pump" in part
    assert "<html" not in part
    nonsense = client.get("/groups", params={"column": "<b>", "first": "x", "second": "y", "machine": "z"})
    assert nonsense.status_code == 200
    assert "<b>" not in nonsense.text


def test_the_table_is_filtered_sorted_and_cut(root: Path, opened, client_of, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("offkey.web.explore.pages.clips.PAGE_ROWS", 5)
    client = client_of(opened(root))
    page = client.get("/clips", params={"machine": "fan", "label": "normal", "sort": "level_db", "order": "desc"}).text
    assert "<strong>9</strong> clips" in page
    assert "Page 1 of 2" in page
    levels = [float(v.replace("\u2212", "-")) for v in re.findall(r"([\d.\u2212]+) dB", page.split("<tbody>")[1])]
    assert levels == sorted(levels, reverse=True)
    part = client.get("/clips?page=2&machine=fan&label=normal", headers={"hx-target": "table"}).text
    assert part.count("<tr data-clip=") == 4
    assert "<html" not in part
    assert "No clip is like that" in client.get("/clips?q=nothing+such").text


def test_the_page_of_a_clip(root: Path, opened, client_of) -> None:
    explorer = opened(root)
    page = client_of(explorer).get(f"/clips/{_id(explorer, FIRST)}?label=anomaly").text
    assert "1 of 6" in page
    assert 'id="after"' in page
    assert 'id="before"' not in page
    assert "Sounds most alike" in page
    curves = client_of(explorer).get(f"/clips/{_id(explorer, FIRST)}/curves").text
    assert [title in curves for title in ("Spectrum", "Level over time", "MFCC")] == [True] * 3


def test_sound_comes_whole_and_in_parts(root: Path, opened, client_of, hum) -> None:
    explorer = opened(root)
    client, clip = client_of(explorer), _id(explorer, SECOND)
    whole = client.get(f"/clips/{clip}/audio.wav")
    sound, rate = soundfile.read(io.BytesIO(whole.content))
    assert (whole.status_code, rate, whole.headers["accept-ranges"]) == (200, 16_000, "bytes")
    np.testing.assert_allclose(sound, hum(2), atol=1e-4)
    part = client.get(f"/clips/{clip}/audio.wav", headers={"range": "bytes=1000-1999"})
    assert part.status_code == 206
    assert part.headers["content-range"] == f"bytes 1000-1999/{len(whole.content)}"
    assert part.content == whole.content[1000:2000]
    assert client.get(f"/clips/{clip}/audio.wav", headers={"range": "bytes=999999-"}).status_code == 416
    assert len(client.get(f"/clips/{clip}/audio.wav?start=0.5").content) == 44 + 16_000


def test_channels_are_chosen(odd_root: Path, opened, client_of, hum) -> None:
    explorer = opened(odd_root)
    client, clip = client_of(explorer), _id(explorer, "fan/test/eight.wav")
    assert '<option value="0-1">' in client.get(f"/clips/{clip}").text
    sound, _ = soundfile.read(io.BytesIO(client.get(f"/clips/{clip}/audio.wav?channel=5").content))
    np.testing.assert_allclose(sound, hum(5), atol=1e-4)
    for channel, sentence in (("9", "has no channel 9"), ("x", "The channel must be")):
        answer = client.get(f"/clips/{clip}/audio.wav", params={"channel": channel})
        assert answer.status_code in (400, 422)
        assert sentence in answer.text
    assert client.get(f"/clips/{clip}/tile/mel/0/0.png?channel=mean").status_code == 200


def test_pictures_are_png(root: Path, opened, client_of) -> None:
    explorer = opened(root)
    client, clip = client_of(explorer), _id(explorer, FIRST)
    for address in ("thumbnail.png", "tile/mel/0/0.png", "tile/linear/3/0.png", "tile/mel/12/999.png"):
        answer = client.get(f"/clips/{clip}/{address}")
        assert answer.status_code == 200
        assert answer.content.startswith(b"\x89PNG")
    assert client.get(f"/clips/{clip}/tile/mel/13/0.png").status_code == 404
    assert client.get(f"/clips/{clip}/tile/bark/0/0.png").status_code == 400
    assert client.get(f"/clips/{clip}/tile/mel/0/0.png?bands=320&window=16").status_code == 200
    wrong = client.get(f"/clips/{clip}/tile/mel/0/0.png?window=17", headers={"accept": "*/*"})
    assert wrong.status_code == 400
    assert wrong.text.startswith("A tile's window must be one of 16, 32, 64, 128, 256; found 17.")
    wave = client.get(f"/clips/{clip}/waveform.json?start=0&end=1").json()
    assert len(wave["low"]) == len(wave["high"]) == 800
    assert max(wave["high"]) > 0.05


@pytest.mark.parametrize("name", ["line\nbreak.wav", ODD_NAME, "gr\\xfc\\xdfe.wav"])
def test_odd_names_are_shown_and_heard(odd_root: Path, opened, client_of, name: str) -> None:
    explorer = opened(odd_root)
    client, clip = client_of(explorer), _id(explorer, f"fan/test/{name}")
    page = client.get(f"/clips/{clip}")
    assert page.status_code == 200
    assert "<b>&." not in page.text  # escaped
    assert client.get(f"/clips/{clip}/audio.wav").status_code == 200
    assert client.get("/clips").status_code == client.get("/pairs").status_code == 200
    client.post(f"/clips/{clip}/label", data={"label": "normal"})
    assert explorer.labels.get(clip).label == "normal"
    client.post(f"/pairs/{clip}/{_id(explorer, SECOND)}", data={"revision": 0, "same_note": "x"})
    assert explorer.notes.get(f"fan/test/{name}", SECOND).same_note == "x"


@pytest.mark.parametrize(
    ("name", "status", "sentence"),
    [
        ("fan/test/broken.wav", 422, "fan/test/broken.wav is no sound file that can be decoded"),
        ("fan/test/truncated.wav", 422, "fan/test/truncated.wav is truncated"),
        ("fan/test/leads_out.wav", 403, "leads out of the data set&#39;s folder"),
        ("fan/train/normal_id_00_00000001.wav", 404, "is not there any more"),
    ],
)
def test_a_clip_that_cannot_be_shown_says_why(
    odd_root: Path, opened, client_of, name: str, status: int, sentence: str
) -> None:
    explorer = opened(odd_root)
    (odd_root / "fan/train/normal_id_00_00000001.wav").unlink()
    client, clip = client_of(explorer), _id(explorer, name)
    page = client.get(f"/clips/{clip}")
    assert page.status_code == status
    assert sentence in page.text
    for part in ("audio.wav", "thumbnail.png", "tile/mel/0/0.png", "curves", "waveform.json?start=0&end=1"):
        answer = client.get(f"/clips/{clip}/{part}", headers={"accept": "*/*"})
        assert answer.status_code == status
        assert answer.headers["content-type"].startswith("text/plain")
    pair = client.get(f"/pairs/{clip}/{_id(explorer, FIRST)}")
    assert pair.status_code == status
    assert sentence in pair.text


@pytest.mark.parametrize(
    "address",
    [
        "/clips/..%2f..%2fetc%2fpasswd",
        "/clips/%2e%2e%2fsecret/audio.wav",
        "/clips/../../etc/passwd",
        "/static/../../../etc/passwd",
        "/labels/..%2f..%2fx",
        "/clips?selection=../../../etc/passwd",
        "/nothing",
        "/pairs/a/b",
    ],
)
def test_what_is_not_there_is_404_with_one_sentence(root: Path, opened, client_of, address: str) -> None:
    answer = client_of(opened(root)).get(address)
    assert answer.status_code == 404
    assert 'class="failure"' in answer.text
    assert "root:" not in answer.text


def test_a_folder_that_is_read_only_is_said(root: Path, opened, client_of, monkeypatch: pytest.MonkeyPatch) -> None:
    explorer = opened(root)
    client, clip = client_of(explorer), _id(explorer, FIRST)

    def refuse(*_: object, **__: object) -> int:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(os, "open", refuse)
    for answer in (
        client.post(f"/clips/{clip}/label", data={"label": "normal"}),
        client.post(f"/pairs/{clip}/{_id(explorer, SECOND)}", data={"revision": 0, "same_note": "x"}),
        client.post("/pairs/notes.csv", files={"file": ("n.csv", "a,b,same_note,difference_note\n1,2,3,4\n")}),
    ):
        assert answer.status_code == 403
        assert "cannot be written, and nothing was saved: Read-only file system." in answer.text
    assert not (root / DECIDED).exists()


def test_pairs_are_suggested_noted_and_exchanged(root: Path, opened, client_of) -> None:
    explorer = opened(root)
    client = client_of(explorer)
    a, b = _id(explorer, FIRST), _id(explorer, SECOND)
    for kind in ("anomaly", "alike", "domain", "nonsense"):
        assert client.get("/pairs", params={"kind": kind}).status_code == 200
    assert f"/pairs/{a}/" in client.get("/pairs").text
    saved = client.post(f"/pairs/{a}/{b}", data={"revision": 0, "same_note": "hum\r\n", "difference_note": "tone"})
    assert "hum</textarea>" in saved.text
    assert (root / NOTES).exists()
    late = client.post(f"/pairs/{a}/{b}", data={"revision": 0, "same_note": "mine"}, headers={"hx-request": "true"})
    assert late.status_code == 409
    assert "<dd>hum</dd>" in late.text
    assert "mine</textarea>" in late.text
    exported = client.get("/pairs/notes.csv").text
    assert f"{FIRST},{SECOND},hum,tone," in exported
    (root / NOTES).unlink()
    answer = client.post("/pairs/notes.csv", files={"file": ("notes.csv", exported)})
    assert "1 note was imported" in answer.text
    wrong = client.post("/pairs/notes.csv", files={"file": ("notes.csv", b"\xff\xfe")})
    assert wrong.status_code == 400
    found = client.get("/pairs/open", params={"a": FIRST, "b": b}, follow_redirects=False)
    assert found.headers["location"] == f"/pairs/{a}/{b}"
    assert client.get("/pairs/open?a=x&b=y").status_code == 404
    part = client.get("/pairs/open", params={"a": "FAN/test/anomaly_id_00_00000000", "b": b}, follow_redirects=False)
    assert part.headers["location"] == f"/pairs/{a}/{b}"
    several = client.get("/pairs/open", params={"a": "anomaly", "b": b})
    assert "&#39;anomaly&#39; is part of the names of 6 clips (fan/test/anomaly_id_00_00000000.wav" in several.text
    assert "No clip of this data set has &#39;&#39; in its name" in client.get("/pairs/open?a=").text
    assert client.get("/pairs/names.json?q=PUMP/test/anomaly").json() == [
        f"pump/test/anomaly_id_00_{k:08d}.wav" for k in range(3)
    ]
    assert len(client.get("/pairs/names.json").json()) == 20


def test_clips_that_a_model_calls_anomalous_are_paired_where_there_are_no_labels(
    normal_folder: Path, opened, client_of, tmp_path: Path, hum
) -> None:
    offkey.fit(normal_folder, detector="knn").save(tmp_path / "hum.offkey")
    (tmp_path / "new").mkdir()
    for number in range(6):
        soundfile.write(tmp_path / "new" / f"{number}.wav", hum(number, tone_hz=3000 if number == 5 else None), 16_000)
    explorer = opened(tmp_path / "new", model=tmp_path / "hum.offkey")
    assert "label" not in explorer.frame().columns
    assert f"/pairs/{_id(explorer, '5.wav')}/" in client_of(explorer).get("/pairs").text


def test_the_map_has_every_measured_clip_and_keeps_selections(root: Path, opened, client_of) -> None:
    explorer = opened(root)
    client = client_of(explorer)
    assert "Map of 24 clips" in client.get("/map").text
    points = client.get("/map/points.json?colour=machine").json()
    assert points["names_of_colours"] == ["fan", "pump"]
    assert len(points["x"]) == len(points["ids"]) == len(points["colours"]) == 24
    assert len(client.get("/map/points.json?colour=level_db").json()["numbers"]) == 24
    drawn = client.post("/map/selection", json={"clips": points["ids"][:3]}).json()
    assert drawn["n"] == 3
    again = client_of(opened(root))
    assert again.get(f"/clips?selection={drawn['selection']}").text.count("<tr data-clip=") == 3
    fan = client.get("/map/points.json?machine=fan&label=anomaly&colour=score").json()
    assert [explorer.library.name(clip)[:16] for clip in fan["ids"]] == ["fan/test/anomaly"] * 3
    page = client.get("/map?machine=fan&label=anomaly&colour=level_db").text
    assert "<strong>3</strong> of 24 clips" in page
    assert '<option value="level_db" selected>' in page
    assert 'name="label" value="anomaly"' in page  # a filter that the page has no control for is kept
    assert client.post("/map/selection", json={"clips": ["nothing"]}).status_code == 400
    assert client.post("/map/selection", json={"clips": 7}).status_code == 400


def test_progress_says_how_far_it_is(root: Path, opened, client_of) -> None:
    explorer = opened(root)
    client = client_of(explorer)
    assert 'id="progress"' not in client.get("/clips").text
    assert "All clips are measured." in client.get("/progress").text  # who waited for it is told
    from offkey.web.explore.background import Progress

    explorer.background.progress = Progress("Measuring", 3, 24, True)
    assert "Measuring: 3 of 24 clips" in client.get("/clips").text
    explorer.background.progress = Progress("Measuring", 3, 24, False, "The disk is full.")
    assert "The disk is full." in client.get("/progress").text


def test_a_model_scores_and_explains(
    root: Path, opened, client_of, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root.parent)  # from where the model calls its clips set/fan/train/...
    model = offkey.fit(Path(root.name) / "fan" / "train", detector="knn")
    model.save(tmp_path / "fan.offkey")
    explorer = opened(root, model=tmp_path / "fan.offkey")
    client, clip = client_of(explorer), _id(explorer, FIRST)
    assert explorer.frame()["score"].null_count() == 0
    assert explorer.clip(clip)["score"] == pytest.approx(model.score(root / FIRST).score)
    assert f"/clips/{clip}/explanation" in client.get(f"/clips/{clip}").text
    why = client.get(f"/clips/{clip}/explanation")
    assert why.status_code == 200
    assert "kHz" in why.text
    assert re.search(r'in the model: <a href="/clips/[0-9a-f]{16}">fan/<wbr>train/', why.text)
    layers = client.get(f"/clips/{clip}/layers.json").json()
    assert layers["regions"][0]["low_hz"] < 3000 < layers["regions"][0]["high_hz"]
    assert np.all(np.diff(layers["edges_hz"]) > 0)
    assert layers["deviations"].startswith("data:image/png;base64,")
    assert len(layers["score"]["spans_s"]) == len(layers["score"]["values"])
    assert not layers["window"]
    scores = client.get(f"/clips/{clip}/scores.json").json()
    assert scores["values"] == [pytest.approx(explorer.clip(clip)["score"])]
    assert scores["spans_s"] == [[0.0, 1.0]]
    for form, start in (("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")):
        assert client.get(f"/clips/{clip}/explanation.{form}?width=8.8cm").content.startswith(start)
    assert client.get(f"/clips/{clip}/explanation.png?width=8.8miles").status_code == 400
    (root / "fan" / "test" / "short.wav").write_bytes((root / FIRST).read_bytes()[:44])
    short = opened(root, model=tmp_path / "fan.offkey")
    part = client_of(short).get(f"/clips/{_id(short, 'fan/test/short.wav')}/explanation")
    assert "fan/test/short.wav is truncated" in part.text
    assert str(root) not in part.text
    (root / "fan" / "test" / "short.wav").unlink()
    kept = opened(root, model=tmp_path / "fan.offkey")
    assert kept.frame()["score"].to_list() == explorer.frame()["score"].to_list()


def test_clips_that_the_model_learnt_from_show_their_cross_validated_score(
    root: Path, opened, client_of, tmp_path: Path
) -> None:
    model = offkey.fit(root / "fan" / "train", detector="knn", detector_params={"n_neighbors": 1})
    model.save(tmp_path / "fan.offkey")
    explorer = opened(root, model=tmp_path / "fan.offkey")
    client, clip = client_of(explorer), _id(explorer, SECOND)
    row = explorer.clip(clip)
    assert row["score"] in model.calibration.normal_scores
    assert row["p_value"] == model.calibration.p_values([row["score"]])[0]
    assert "learnt from: cross-validated score" in client.get(f"/clips/{clip}").text
    assert f"Score {row['score']:.4g}" in client.get(f"/clips/{clip}/explanation").text
    assert "The model was fitted on 6 of the clips" in client.get("/").text
    assert "learnt from: cross" not in client.get(f"/clips/{_id(explorer, FIRST)}").text


def test_without_a_model_nothing_is_explained(root: Path, opened, client_of) -> None:
    explorer = opened(root)
    answer = client_of(explorer).get(f"/clips/{_id(explorer, FIRST)}/explanation")
    assert answer.status_code == 404
    assert "--model" in answer.text


def test_the_scores_of_a_run_are_shown(root: Path, opened, client_of, tmp_path: Path) -> None:
    run = tmp_path / "run"
    (run / "scores").mkdir(parents=True)
    (run / "run.json").write_text(
        '{"form": 1, "complete": true, "combinations": [{"combination": "a"}, {"combination": "b"}]}'
    )
    for name, score in (("a", 1.5), ("b", 2.5)):
        (run / "scores" / f"{name}.csv").write_text(f"file,score,p_value,anomalous,error\n{FIRST},{score},0.1,1,\n")
    explorer = opened(root, run=run)
    row = explorer.clip(_id(explorer, FIRST))
    assert (row["score"], row["anomalous"], row["score b"]) == (1.5, 1, 2.5)
    assert "1.5" in client_of(explorer).get("/clips?sort=score").text
    (run / "scores" / "a.csv").write_text("file,score\nelsewhere.wav,1\n")
    (run / "scores" / "b.csv").write_text("file,score\n")
    with pytest.raises(DataError, match="None of the clips of the run"):
        opened(root, run=run)


def test_a_set_that_differs_as_a_whole_from_what_was_learnt_is_said_to(
    normal_folder: Path, opened, client_of, tmp_path: Path, hum
) -> None:
    offkey.fit(normal_folder, detector="knn").save(tmp_path / "hum.offkey")
    for name, tone_hz in (("new", 3000), ("same", None)):
        (tmp_path / name).mkdir()
        for number in range(6):
            soundfile.write(tmp_path / name / f"{number}.wav", hum(400 + number, tone_hz=tone_hz), 16_000)
    new, same = (client_of(opened(tmp_path / name, model=tmp_path / "hum.offkey")).get("/") for name in ("new", "same"))
    assert "All 6 new clips are unlike the training clips: " in new.text
    assert "These 6 clips differ as a whole from the training clips: " in new.text
    assert "differ as a whole" not in same.text
