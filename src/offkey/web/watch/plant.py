"""The plant as pages show it: a card for each machine, the worst first."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from offkey.charts import sparkline
from offkey.decision.events import LEVELS, duration
from offkey.watch.advisory.words import nature
from offkey.watch.clock import REAL, Clock
from offkey.watch.edit.plant_editor import PlantEditor
from offkey.watch.health.events import Change
from offkey.watch.life.reviews import Verdict, verdicts
from offkey.watch.local_time import local
from offkey.watch.monitor import Monitor
from offkey.watch.settings import PlantSettings
from offkey.watch.store.away import DatabaseAwayError
from offkey.watch.store.store import Store

__all__ = ["Card", "Plant", "moment"]

_DAY_S = 86_400.0
_POINTS = 144  # of a sparkline: one per ten minutes of a day
_SPARKLINES_S = 60.0  # for which sparklines are kept
_LIVE_S = 0.5  # for which the state of the machines is kept, however many browsers ask
_LIVE = ("machine", "phase", "source", "fresh", "level", "index", "state", "event", "score", "p_value", "window_end")
_UNSETTLED = ("waiting", "stalled", "reconnecting", "flapping", "silent", "clipped")
_WITHOUT: dict[str, Any] = {"index": None, "state": None, "learning": None}  # where a machine has none


def moment(seconds: float | None, zone: ZoneInfo, *, now: float) -> str:
    """Return a moment for people: the time of today, else with the date; a dash where there is none."""
    if seconds is None or not math.isfinite(seconds):
        return "\N{EN DASH}"
    at, today = local(seconds, zone), local(now, zone)
    return f"{at:%H:%M:%S}" if at.date() == today.date() else f"{at:%Y-%m-%d %H:%M}"


@dataclass(frozen=True)
class Card:
    """A machine at a glance.

    `level`: "normal", "watch", "warning" or "alarm"; else its phase, or "unheard" where no sound is scored.
    `verdict`: one sentence.
    `event`: the newest event, as `Store.events` gives it; None without one.
    """

    name: str
    level: str
    verdict: str
    row: dict[str, Any]
    event: dict[str, Any] | None
    sparkline: Markup = field(repr=False)

    @property
    def urgency(self) -> tuple[int, float]:
        """By which cards are sorted: the level, then the health."""
        order = ("alarm", "warning", "watch", "unheard", "learning", "shadow", "normal", "out of service")
        index = self.row["index"]
        return order.index(self.level), 100.0 if index is None else index


class Plant:
    """The state of a plant for pages and streams: many browsers at a time cost one query.

    Parameters
    ----------
    monitor : Monitor
        The monitor.
    store : Store
        What it keeps.
    folder : Path
        Where relative paths start.
    editor : PlantEditor
        Changes its file.
    clock : Clock, optional
        By which what is kept grows old; by default the computer's.
    journal : Path, optional
        The boot journal; None where there is none.
    """

    def __init__(
        self,
        monitor: Monitor,
        store: Store,
        folder: Path,
        editor: PlantEditor,
        clock: Clock = REAL,
        journal: Path | None = None,
    ) -> None:
        self.monitor, self.store, self.folder, self.editor = monitor, store, folder, editor
        self.clock, self.journal = clock, journal
        self._locks = defaultdict[str, Lock](Lock)
        self._kept = dict[str, tuple[float, Any]]()
        self._seq = 0  # of the newest change of an event that was read

    @property
    def settings(self) -> PlantSettings:
        """The settings that are in force."""
        return self.monitor.settings

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the clocks on its walls."""
        return ZoneInfo(self.settings.plant.zone)

    def rows(self) -> list[dict[str, Any]]:
        """Return the state of each machine, as of `Monitor.status`."""
        return list(self.recent("rows", _LIVE_S, lambda: [_WITHOUT | row for row in self.monitor.status()]))

    def newest_events(self) -> dict[str, dict[str, Any]]:
        """Return the event of each machine that changed last."""
        return dict(self.recent("events", _LIVE_S, self.store.newest_events))

    def live_state(self) -> str:
        """Return the state of the machines as pages follow it, one text for all browsers.

        Returns
        -------
        str
            JSON of `machines`, and of `seq` of the newest change of an event, by which a page knows that there is more
            to fetch; the last that is known where the database cannot be reached.
        """

        def find() -> str:
            rows = [{key: row.get(key) for key in _LIVE} for row in self.rows()]
            with suppress(DatabaseAwayError):  # machines are listened to all the same
                self._seq = max((event["seq"] for event in self.newest_events().values()), default=0)
            return json.dumps({"machines": rows, "seq": self._seq}, allow_nan=False)

        return str(self.recent("live", _LIVE_S, find))

    def areas(self) -> list[tuple[str | None, list[Card]]]:
        """Return the machines by area, the worst area first; one list without a name where no area is set."""
        area_of = {machine.name: machine.area for machine in self.settings.machine}
        found = dict[str | None, list[Card]]()
        for card in self.cards():
            found.setdefault(area_of.get(card.name), []).append(card)
        return list(found.items())

    def cards(self) -> list[Card]:
        """Return the machines, the worst first."""
        events = self.newest_events()
        return sorted((self._card(row, events) for row in self.rows()), key=lambda card: (card.urgency, card.name))

    def card(self, name: str) -> Card | None:
        """Return one machine; None where there is none of this name."""
        events = self.newest_events()
        return next((self._card(row, events) for row in self.rows() if row["machine"] == name), None)

    def moment(self, seconds: float | None) -> str:
        """Return a moment for people, in the zone of the plant."""
        return moment(seconds, self.zone, now=self.clock.utc())

    def verdicts(self) -> dict[str, Verdict]:
        """Return the newest verdict of people on each event that has one."""
        return verdicts(self.store)

    def nature(self, event: dict[str, Any]) -> str:
        """Return in a few words what an event, as `Store.events` gives it, is."""
        return nature(Change.of(event))

    def common_events(self) -> list[dict[str, Any]]:
        """Return the events of the surroundings of areas that go on."""
        return [event for event in self.newest_events().values() if event["scope"] == "common" and not event["ended"]]

    def recent(self, what: str, seconds: float, find: Callable[[], Any]) -> Any:
        """Return a value that was found so recently, or find it once for all who wait for it."""
        with self._locks[what]:
            at, found = self._kept.get(what, (-math.inf, None))
            if self.clock.monotonic() - at >= seconds:
                found = find()
                self._kept[what] = self.clock.monotonic(), found
            return found

    def _card(self, row: dict[str, Any], events: dict[str, dict[str, Any]]) -> Card:
        name, event = row["machine"], events.get(row["machine"])
        level = _level(row)
        return Card(name, level, self._verdict(row, level, event), row, event, self._sparkline(name))

    def _verdict(self, row: dict[str, Any], level: str, event: dict[str, Any] | None) -> str:
        if level == "unheard":
            since = f" since {self.moment(row['window_end'])}" if row["window_end"] else " yet"
            reason = f": {row['reason']}" if row["reason"] else ""
            return f"No sound was scored{since}; its source is {row['source']}{reason}"
        if level == "shadow":
            heard, wanted = duration(row["shadow_days"]), duration(row["shadow_days_wanted"])
            return f"In the shadow: {heard} of {wanted} of normal sound."
        if level not in LEVELS:
            return f"{level.capitalize()}."
        if level == "normal" or event is None:
            return "Sounds normal."
        return f"{self.nature(event).capitalize()} since {self.moment(event['began'])}."

    def _sparkline(self, name: str) -> Markup:
        def draw() -> Markup:
            now = self.clock.utc()
            step = _DAY_S / _POINTS
            means = {row["at"]: row["mean"] for row in self.store.scores(name, now - _DAY_S, now, most=_POINTS)}
            first = (now - _DAY_S) // step + 1
            values = [means.get(round((first + number) * step)) for number in range(_POINTS)]
            begin = next((number for number, value in enumerate(values) if value is not None), None)
            if begin is None:
                return Markup()
            return sparkline(f"Scores of {name} over the last day", values[begin:])

        return Markup(self.recent(f"sparkline {name}", _SPARKLINES_S, draw))  # noqa: S704 - it is one already


def _level(row: dict[str, Any]) -> str:
    if row.get("level") in LEVELS[1:]:
        return str(row["level"])
    if not row["fresh"] and row["source"] in (*_UNSETTLED, "ended", "healthy"):
        return "unheard"
    return str(row["level"] or row["phase"])
