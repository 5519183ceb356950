"""Alerts are sent with what was found out since they were written."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.watch.advisory.conftest import NOON

from offkey.errors import OffkeyError
from offkey.watch.advisory.sentences import renewed_words, stored_words
from offkey.watch.findings import Findings
from offkey.watch.health.events import Change
from offkey.watch.rows import Explanation
from offkey.watch.store.store import Store

NEW = Change("e1", "pump", "new", "fast", NOON, NOON, None, 3.0, "m")
DETAILS = {"regions": [], "timbre": [{"word": "rougher"}]}


def test_an_alert_has_the_explanation_that_came_after_it_was_written(store: Store, alert) -> None:
    store.write(Findings([NEW]))
    written = alert(text=stored_words(store, "UTC")(NEW))
    assert "rougher" not in written.text
    store.write(Findings([replace(NEW, kind="update")], explanations=[Explanation("e1", NOON, "", DETAILS)]))
    store.write(Findings([replace(NEW, kind="end", ended=NOON + 5)]))
    sent = renewed_words(store, "UTC")(written)
    assert "It is rougher than normal." in sent.text
    assert "has sounded wrong since" in sent.text
    assert replace(sent, text=written.text) == written


def test_an_alert_that_is_about_no_open_event_stays_as_it_is(store: Store, alert) -> None:
    renewed = renewed_words(store, "UTC")
    store.write(Findings([NEW]))
    for one in (alert("end"), alert(scope="source"), alert(id="unknown"), alert("digest", id="digest-1")):
        assert renewed(one) == one


def test_a_database_that_cannot_be_read_leaves_the_sentences_without_an_explanation(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_event: str) -> None:
        raise OffkeyError("The disk is gone.")

    monkeypatch.setattr(store, "explanation", refuse)
    assert stored_words(store, "UTC")(NEW).startswith("pump has sounded wrong since")
