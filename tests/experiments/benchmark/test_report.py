from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

from offkey.evaluation.pictures import roc_picture, score_picture
from offkey.experiments.benchmark import Settings, run_benchmark
from offkey.experiments.benchmark.report import hardest_clips, write_report
from offkey.experiments.candidate import Candidate
from offkey.experiments.outcome import Outcome


class _Page(HTMLParser):
    """Collects tags and ids, and checks that every tag that is opened is closed."""

    VOID = frozenset({"meta", "br", "path", "use", "rect", "circle", "line", "polyline", "polygon", "image"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.ids: list[str] = []
        self.references: list[str] = []
        self.sounds: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        named = dict(attrs)
        self.ids += [named["id"]] if named.get("id") else []
        self.references += [value for name, value in attrs if name in ("src", "href", "xlink:href") and value]
        self.sounds += [named["src"] or ""] if tag == "audio" else []
        self.references += re.findall(r"url\(([^)]+)\)", named.get("clip-path") or "")
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag


def _parsed(picture: str) -> ET.Element:
    return ET.fromstring(picture)  # noqa: S314 - it is our own


def test_the_page_stands_by_itself(tiny_run) -> None:
    run = tiny_run(2023)
    text = (run.folder / "report.html").read_text()
    page = _Page(text)
    assert page.open == []
    assert page.tags["script"] == page.tags["link"] == page.tags["img"] == 0
    inside = set(page.references) - set(page.sounds)
    assert all(reference.startswith("#") for reference in inside)
    assert {reference[1:] for reference in inside} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert page.tags["svg"] == 2 * (1 + 2 + 2)  # of each part: ROC curves, and scores and intervals of two detectors
    assert 'name="viewport" content="width=device-width' in text


def test_figures_and_scores_stand_in_it(tiny_run) -> None:
    run = tiny_run(2023)
    text = (run.folder / "report.html").read_text()
    for row in run.measured.rows:
        assert f"{row['auc']:.4f}" in text
    for standing in run.measured.standings:
        assert f"{standing.official.score:.4f}" in text
    for outcome in run.measured.outcomes:
        for clip in hardest_clips(outcome):
            assert clip["file"] in text
    assert "The official score of 2023 is the harmonic mean of AUC (source), AUC (target) and pAUC" in text


def test_the_leaderboard_is_the_first_thing_and_the_hardest_clips_can_be_heard(tiny_run) -> None:
    run = tiny_run(2023)
    text = (run.folder / "report.html").read_text()
    assert text.index('aria-label="Leaderboard: dcase2023, development set') < text.index("<h2>")
    page = _Page(text)
    assert page.tags["audio"] == len(page.sounds) > 10
    for sound in page.sounds:
        assert (run.folder / unquote(sound)).is_file()
    assert text.count('preload="none"') == len(page.sounds)
    assert text.count('class="scroll') == text.count('role="region" tabindex="0" aria-label')


def test_the_hardest_clips_are_loud_normals_and_quiet_anomalies(tiny_run) -> None:
    outcome = tiny_run(2020).measured.outcomes[0]
    found = hardest_clips(outcome, 3)
    assert [clip["label"] for clip in found] == ["normal"] * 3 + ["anomalous"] * 3
    normal = sorted(outcome.scores[outcome.labels == 0], reverse=True)[:3]
    anomalous = sorted(outcome.scores[outcome.labels == 1])[:3]
    assert [clip["score"] for clip in found] == [*normal, *anomalous]
    assert all(0 < clip["p_value"] <= 1 for clip in found)


def test_pictures_are_well_formed_named_and_the_same_each_time(tiny_run) -> None:
    outcome = tiny_run(2023).measured.outcomes[0]
    for picture in (
        roc_picture([outcome, outcome], ["a <b>", "c & d"], ["#4477aa", "#cc3311"], 'x "y" <z>'),
        score_picture(outcome, "scores"),
    ):
        root = _parsed(picture)
        assert root.get("role") == "img"
        assert root.get("viewBox")
        assert root.get("width") is None
    assert _parsed(roc_picture([outcome], ["a"], ["#4477aa"], 'x "y"')).get("aria-label") == 'x "y"'
    assert score_picture(outcome, "scores") == score_picture(outcome, "scores")
    words = "".join(_parsed(score_picture(outcome, "scores")).itertext())
    for word in ("source", "target", "normal", "anomalous", "threshold", "anomaly score"):
        assert word in words


@pytest.mark.parametrize("level", [0.0, 1e-12, 1e9])
def test_scores_that_are_all_alike_can_be_drawn(tiny_run, level: float) -> None:
    outcome = tiny_run(2020).measured.outcomes[0]
    clips = [replace(clip, score=level) for clip in outcome.scored.clips]
    flat = Outcome(outcome.candidate, outcome.cell, replace(outcome.scored, clips=clips, threshold=level))
    assert _parsed(score_picture(flat, "flat")).get("viewBox")


def test_secret_labels_and_failed_machines_have_a_page_too(tiny_edition, tmp_path: Path, knn: Candidate) -> None:
    run = run_benchmark(Settings("dcase2022", tiny_edition(2022), tmp_path / "run", [knn], parts=("eval",)))
    text = (run.folder / "report.html").read_text()
    assert "The labels are secret." in text
    assert _Page(text).tags["svg"] == 0
    measured = replace(run.measured, notes=["a <note>"], failed=[(f"{k}.wav", "is <silent>") for k in range(300)])
    write_report(tmp_path / "r.html", measured)
    text = (tmp_path / "r.html").read_text()
    assert "a &lt;note&gt;" in text
    assert "Clips that could not be used: 300" in text
    assert "And 100 more" in text


def test_seeds_share_one_picture(tiny_edition, tmp_path: Path, knn: Candidate) -> None:
    settings = Settings("dcase2023", tiny_edition(2023), tmp_path / "run", [knn, replace(knn, seed=1)])
    text = (run_benchmark(settings).folder / "report.html").read_text()
    assert _Page(text).tags["svg"] == 2 + 2
    assert "seed 1" in text
