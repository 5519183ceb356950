"""Fixtures for messages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from offkey.watch.advisory.notice import Alert, Notice

NOON = 1_800_014_400.0  # 2027-01-15 12:00 UTC, a Friday


@pytest.fixture
def notice() -> Callable[..., Notice]:
    """Return a function: kind, level and further fields to a notice about the pump."""

    def make(kind: Any = "new", level: Any = "warning", **fields: Any) -> Notice:
        given = {"event": "e1", "machine": "pump", "at": NOON, "began": NOON, "text": "It hums.", "model": "abc"}
        return Notice(**{**given, "kind": kind, "level": level, "ended": NOON if kind == "end" else None, **fields})

    return make


@pytest.fixture
def alert() -> Callable[..., Alert]:
    """Return a function: kind and further fields to an alert about the pump."""

    def make(kind: Any = "new", **fields: Any) -> Alert:
        given: dict[str, Any] = {"id": "e1", "seq": 1, "machine": "pump", "level": "warning", "at": NOON, "began": NOON}
        given |= {"ended": None, "text": "It hums.", "scope": "machine", "model": "abc", "link": None}
        return Alert(**{**given, "details": {"path": "fast"}, "kind": kind, **fields})

    return make
