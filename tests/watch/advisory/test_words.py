"""An event in plain words: the right band, the right moment, the right thing to do, in the zone of the plant."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
import pytest

import offkey
from offkey.model import Model
from offkey.synthetic import Plant, faults, machines
from offkey.watch.acquisition.simulated import Simulated
from offkey.watch.advisory.words import difference, event_sentences, evidence_sentences, headline
from offkey.watch.evidence.explaining import explain_window
from offkey.watch.evidence.gathering import Case
from offkey.watch.evidence.ring import Cut
from offkey.watch.evidence.worker import Evidence
from offkey.watch.health.events import Change
from offkey.watch.rows import Clip, Explanation

AT = 1_800_000_010.0
CHANGE = Change("e", "pump 7", "new", "fast", AT + 5, AT, None, 5.0, "m")
OVER = replace(CHANGE, kind="end", ended=AT + 40)
REGION = {
    "low_hz": 3100.0,
    "high_hz": 3600.0,
    "spans_s": [[12.2, 14.0], [15.0, 19.4]],
    "higher": True,
    "deviation": 6.0,
    "share": 0.8,
    "character": "broadband clicks, about 9 a second",
}
NORMAL = {"name": "normal/3.wav", "start_s": 0.0, "end_s": 10.0, "distance": 1.0, "sha256": None}
DETAILS: dict[str, Any] = {"regions": [REGION], "timbre": [], "normal": NORMAL}


def test_an_event_that_goes_on_is_told_with_band_moment_normal_clip_and_what_to_do() -> None:
    assert event_sentences(CHANGE, DETAILS, zone="Europe/Berlin", has_clip=True) == (
        "pump 7 has sounded wrong since 2027-01-15 09:00:10 CET: a break or a burst. It is louder than normal around "
        "3.1 to 3.6 kHz: broadband clicks, about 9 a second. Listen to its clip from 0:12 to 0:19, and compare it with "
        "the normal clip normal/3.wav. Look at it soon, and review the event: is it true, false, or expected?"
    )


def test_an_event_without_clip_and_explanation_has_its_sentence_all_the_same() -> None:
    assert event_sentences(CHANGE) == (
        "pump 7 has sounded wrong since 2027-01-15 08:00:10 UTC: a break or a burst. Look at it soon, and review the "
        "event: is it true, false, or expected?"
    )


def test_an_event_that_is_over_is_told_from_when_to_when() -> None:
    assert event_sentences(OVER).startswith(
        "pump 7 sounded wrong from 2027-01-15 08:00:10 UTC to 2027-01-15 08:00:50 UTC: a break or a burst. Look whether"
    )


@pytest.mark.parametrize(
    ("level", "look"), [("watch", "on the next round"), ("warning", "it soon"), ("alarm", "it now")]
)
def test_what_to_do_depends_on_the_level(level: Any, look: str) -> None:
    assert f"Look at {look}" in event_sentences(replace(CHANGE, level=level)).replace("at it on", "at on")


def test_wear_is_called_lasting_and_the_surroundings_are_no_machine() -> None:
    assert "a lasting change, such as wear." in headline(replace(CHANGE, path="slow"))
    common = replace(CHANGE, machine="hall 2", scope="common", area="hall 2")
    said = event_sentences(common, DETAILS, has_clip=True)
    assert said.startswith("hall 2: most machines sound different since 2027-01-15 08:00:10 UTC. Look at what changed")
    assert headline(replace(OVER, scope="common", area="hall 2")).startswith("hall 2: most machines sounded different")
    together = event_sentences(replace(CHANGE, area="hall 2"))
    assert "Other machines of hall 2 changed at the same time" in together


def test_the_hour_that_comes_twice_is_told_apart() -> None:
    """On 2026-10-25 the clocks of Berlin go from 3 back to 2."""
    first, second = 1_792_886_400.0, 1_792_890_000.0
    assert "2026-10-25 02:00:00 CEST" in headline(replace(CHANGE, began=first), "Europe/Berlin")
    assert "2026-10-25 02:00:00 CET" in headline(replace(CHANGE, began=second), "Europe/Berlin")


def test_what_is_missing_is_quieter_and_the_microphone_may_be_the_reason() -> None:
    details = {**DETAILS, "regions": [{**REGION, "higher": False, "character": ""}]}
    said = event_sentences(CHANGE, details)
    assert "It is quieter than normal around 3.1 to 3.6 kHz. Check that it runs as usual" in said


def test_adjoining_bands_are_one_and_those_of_little_evidence_are_left_out() -> None:
    adjoining = {**REGION, "low_hz": 3650.0, "high_hz": 4000.0, "share": 0.4}
    apart = {**REGION, "low_hz": 200.0, "high_hz": 300.0, "share": 0.35}
    weak = {**apart, "share": 0.1}
    quieter = {**apart, "higher": False}
    assert difference({"regions": [REGION, adjoining]}).startswith("louder than normal around 3.1 to 4 kHz:")
    assert "around 200 to 300 Hz and 3.1 to 3.6 kHz:" in difference({"regions": [REGION, apart]})
    for left_out in (weak, quieter):
        assert difference({"regions": [REGION, left_out]}).startswith("louder than normal around 3.1 to 3.6 kHz:")


def test_where_no_band_stands_out_the_sound_as_a_whole_is_described() -> None:
    findings = [{"word": "rougher"}, {"word": ""}, {"word": "duller"}]
    assert difference({"regions": [], "timbre": findings}) == "rougher and duller than normal"
    assert difference({"regions": [], "timbre": []}) == "unlike normal as a whole, and no band stands out"


def test_a_normal_clip_is_named_with_its_place_in_a_long_recording() -> None:
    details = {**DETAILS, "normal": {**NORMAL, "start_s": 200.0, "end_s": 210.0}}
    assert "the normal clip normal/3.wav at 3:20." in event_sentences(CHANGE, details, has_clip=True)
    without = {**DETAILS, "normal": None, "regions": [{**REGION, "spans_s": [[12.2, 12.8]]}]}
    assert "Listen to its clip at 0:12. Look" in event_sentences(CHANGE, without, has_clip=True)


def test_what_is_new_about_the_evidence_is_said_with_what_is_missing() -> None:
    case = Case(CHANGE, None, None, None)  # type: ignore[arg-type]
    clip = Clip("e", "clips/day/a.flac", AT, AT + 1, 16_000, 100, "d")
    lost = replace(clip, bytes=0, sha256="", removed_at=AT, reason="full")
    explained, failed = Explanation("e", AT, "Higher.", DETAILS), Explanation("e", AT, "No explanation.", {})
    band = "louder than normal around 3.1 to 3.6 kHz: broadband clicks, about 9 a second"
    assert evidence_sentences(Evidence(case, clip, explained)) == [f"{band}; listen to clips/day/a.flac"]
    assert evidence_sentences(Evidence(case, lost, explained, "not kept: full")) == [band, "not kept: full"]
    assert evidence_sentences(Evidence(case, clip, failed)) == ["No explanation."]
    assert evidence_sentences(Evidence(case, clip)) == []


@pytest.fixture(scope="module", params=machines())
def machine(request: pytest.FixtureRequest) -> tuple[str, Model]:
    sound = np.concatenate(list(islice(Simulated(request.param).sound(), 600)))
    return request.param, offkey.fit(sound, rate=16_000, window_s=10.0, jobs=1)


def test_the_band_that_is_named_is_the_one_that_a_fault_was_planted_in(machine: tuple[str, Model]) -> None:
    name, model = machine
    for fault in faults(name):
        clip = Plant(0, duration_s=10.0).clip(name, 0, 500, fault=fault)
        assert clip.fault is not None
        cut = Cut(np.rint(clip.samples * 32_767).astype(np.int16)[:, None], clip.rate, AT)
        _, details = explain_window(model, name, cut, cut)
        (low, high), region = clip.fault.band, details["regions"][0]
        assert low < (region["low_hz"] + region["high_hz"]) / 2 < high, fault
        assert region["higher"] == (fault != "missing_stroke"), fault
