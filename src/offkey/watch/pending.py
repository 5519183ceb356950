"""Findings on their way to the database: written when they are due, and tried again where they are refused."""

from __future__ import annotations

import math
from collections.abc import Callable

from offkey.errors import OffkeyError
from offkey.watch.clock import Clock
from offkey.watch.findings import Findings
from offkey.watch.store.store import Store

__all__ = ["Pending"]

_TOGETHER_S = 120.0  # minutes are kept together after so long, which spares SD cards half of the writes
_RETRY_S = 10.0  # between tries to write what a database refused


class Pending:
    """Findings that are not in the database yet.

    `report`: called with a sentence where the database refuses them.
    `clock`: by which it is due.
    """

    def __init__(self, store: Store, report: Callable[[str], None], clock: Clock) -> None:
        self._store, self._report, self._clock = store, report, clock
        self._findings, self._retry_at, self._written_at = Findings(), -math.inf, self._clock.monotonic()
        self._reported = ""

    def add(self, findings: Findings) -> None:
        """Take what is to be kept."""
        self._findings += findings

    def write(self, *, is_last: bool = False, is_forced: bool = False) -> None:
        """Write all of it, when it is due or forced; what a database refuses stays, and is tried again."""
        now = self._clock.monotonic()
        is_due = self._findings.is_urgent or now - self._written_at >= _TOGETHER_S
        if not self._findings or not (is_last or is_forced or (is_due and now >= self._retry_at)):
            return
        reason = None if is_last or is_forced else self._store.database.reason_to_wait()
        findings, waiting = (self._findings, Findings()) if reason is None else self._findings.split()
        try:
            self._store.write(findings)
        except OffkeyError as error:
            self._retry_at = now + _RETRY_S
            lost = "what was not kept yet is lost" if is_last else "nothing is lost yet, and it is tried again"
            self._report_once(f"{lost}: {error}")
        else:
            self._findings, self._written_at = waiting, now
            self._report_once("" if reason is None else f"scores wait in memory, events do not: {reason}")

    def _report_once(self, sentence: str) -> None:
        """Report what is wrong, and not again as long as it lasts."""
        if sentence and sentence != self._reported:
            self._report(sentence)
        self._reported = sentence
