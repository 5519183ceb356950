"""The page of the machine in the explorer: the verdict, what it is made of, and where it leads."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import soundfile

from offkey.web.explore.machine import machine_of


def test_the_overview_begins_with_the_verdict_on_new_clips(plant: Path, opened, client_of) -> None:
    explorer = opened(plant, model=plant.parent / "pump7.offkey")
    text = client_of(explorer).get("/").text
    assert '<h1 class="colour-anomaly">5 of 8 new clips sound wrong; the other 3 sound normal.</h1>' in text
    assert "pump7 · recorded 2026-03-01 to 2026-03-08" in text
    assert "Since 2026-03-04.wav: 5 of 5 clips from then on, 0 of 3 before." in text
    assert "24 normal clips promise 0 to 12 % false alarms" in text
    wide = text.split('<svg class="chart"')[1]
    assert (wide.count("<circle"), wide.count("colour-anomaly")) == (8, 5)
    assert "The model was fitted on 24 of the clips: their scores are cross-validated." in text


def test_what_it_proposes_to_hear_is_played_and_explained(plant: Path, opened, client_of) -> None:
    client = client_of(opened(plant, model=plant.parent / "pump7.offkey"))
    text = client.get("/").text
    cards = text.split('<ol class="clip-cards">')[1].split("</ol>")[0]
    assert cards.count("<li") == 3
    players = re.findall(r'<audio controls preload="none" [^>]*src="([^"]+)"', cards)
    assert len(players) == 6  # each with the normal clip that is most alike
    for address in (*players, *re.findall(r'(?:href|src|hx-get)="(/clips/[^"]+)"', cards)):
        assert client.get(address.replace("&amp;", "&")).status_code == 200, address
    why = re.search(r'hx-get="([^"]+)"', cards)
    assert why is not None
    assert "3 kHz" in client.get(why[1]).text


def test_the_highest_scores_come_first_and_again_when_the_column_is_chosen(plant: Path, opened, client_of) -> None:
    explorer = opened(plant, model=plant.parent / "pump7.offkey")
    scores = explorer.chosen(explorer.query([]))["score"].to_list()
    assert scores == sorted(scores, reverse=True)
    names = explorer.chosen(explorer.query([("sort", "name")]))["name"].to_list()
    assert names == sorted(names)
    assert "sort=score&amp;order=desc" in client_of(explorer).get("/clips?sort=name").text


def test_folders_are_groups_where_no_layout_says_what_they_are(plant: Path, opened, client_of) -> None:
    explorer = opened(plant)
    assert explorer.choices()["folder"] == ["new", "normal"]
    text = client_of(explorer).get("/").text
    assert '<option value="folder" selected>' in text
    assert '<h1 class="colour' not in text  # no model, no verdict
    assert text.count("<h1>") == 1


def test_the_windows_of_a_long_recording_are_kept(plant: Path, opened, client_of, tmp_path: Path, hum) -> None:
    root = tmp_path / "hour"
    root.mkdir()
    sound = np.concatenate([hum(600 + k % 5, tone_hz=3000 if k >= 60 else None) for k in range(90)])
    soundfile.write(root / "hour.wav", sound, 16_000)
    for _ in range(2):  # scored, then read from the cache
        explorer = opened(root, model=plant.parent / "pump7.offkey")
        page = machine_of(explorer)
        assert page is not None
        assert page.sentence == "30 of 90 windows of hour.wav sound wrong; the other 60 sound normal."
        assert page.since == "Since hour.wav at 1:00: 30 of 30 windows from then on, 0 of 60 before."
    start = float(page.cards[0].why_href.partition("start=")[2])
    assert page.cards[0].players[0].sound.endswith(f"?start={start}&end={start + 1}")
    why = client_of(explorer).get(page.cards[0].why_href).text
    assert "3 kHz" in why
    assert not re.search(r"\d:\d\d", why)  # moments count from where the player begins
