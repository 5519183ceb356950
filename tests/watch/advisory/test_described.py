"""Events as programs read them: each with its sentences, its sound and why it may have none."""

from __future__ import annotations

from dataclasses import replace

from offkey.watch.advisory.described import described, described_whole
from offkey.watch.findings import Findings
from offkey.watch.health.events import Change
from offkey.watch.rows import Clip, Explanation, Review
from offkey.watch.store.store import Store

AT = 1_800_000_010.0
CHANGE = Change("e1", "pump", "new", "fast", AT + 5, AT, None, 5.0, "0123456789abcdef every 5 s")
CLIP = Clip("e1", "clips/day/e1.flac", AT - 10, AT + 20, 16_000, 100, "d" * 64)
REGION = {"low_hz": 3100.0, "high_hz": 3600.0, "spans_s": [[2, 4]], "higher": True, "share": 1.0, "character": "clicks"}
WHY = Explanation("e1", AT + 6, "Higher than normal.", {"regions": [REGION], "timbre": [], "normal": None})


def test_an_event_is_described_by_what_is_known_of_it_by_now(store: Store) -> None:
    store.write(Findings([CHANGE]))
    (before,) = described(store, store.events(), "UTC")
    assert before["sentence"].startswith("pump has sounded wrong since 2027-01-15 08:00:10 UTC: a break or a burst.")
    assert (before["clip"], before["no_clip"], before["explanation"]) == (None, None, None)
    assert (before["model_digest"], before["seq"], before["kind"]) == ("0123456789abcdef", 1, "new")
    store.write(Findings([replace(CHANGE, kind="update")], clips=[CLIP], explanations=[WHY]))
    (after,) = described(store, store.events(), "UTC")
    assert "louder than normal around 3.1 to 3.6 kHz: clicks. Listen to its clip from 0:02 to 0:04" in after["sentence"]
    assert after["explanation"] == "Higher than normal."
    assert after["clip"] == {
        "path": "clips/day/e1.flac",
        "began": AT - 10,
        "ended": AT + 20,
        "rate": 16_000,
        "bytes": 100,
        "sha256": "d" * 64,
    }
    assert (after["event"], after["seq"], after["kind"]) == ("e1", 2, "update")


def test_an_event_without_a_clip_says_why(store: Store) -> None:
    lost = replace(CLIP, bytes=0, sha256="", removed_at=AT, reason="No space left on device.")
    store.write(Findings([CHANGE, replace(CHANGE, event="e2")], clips=[lost]))
    second, first = described(store, store.events(), "UTC")
    assert (first["clip"], first["no_clip"], second["no_clip"]) == (None, "No space left on device.", None)
    assert "Listen" not in first["sentence"]


def test_one_event_comes_with_all_that_happened_and_was_said(store: Store) -> None:
    store.write(Findings([CHANGE, replace(CHANGE, kind="end", ended=AT + 9)], clips=[CLIP], explanations=[WHY]))
    store.add(Review("e1", AT + 60, "true", "anna", "bearing replaced"))
    found = described_whole(store, store.events()[0], "UTC")
    assert [change["kind"] for change in found["changes"]] == ["new", "end"]
    assert found["details"]["regions"] == [REGION]
    assert [review["comment"] for review in found["reviews"]] == ["bearing replaced"]
    bare = described_whole(store, {**store.events()[0], "event": "none"}, "UTC")
    assert (bare["details"], bare["changes"]) == ({}, [])
