"""What a soak should come to, and what it came to: events, alerts and rows, read beside the monitor."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.process_memory import children_of
from benchmarks.soak_faults import Faults
from benchmarks.soak_plant import MonitorProcess, rows
from offkey.watch.store.store import Store

__all__ = ["Ledger"]


class Ledger:
    """The database of the plant, and what its receivers took, by the key of each alert.

    `webhook`, `broker`: how often each took each alert; None where there is none.
    """

    def __init__(self, database: Path, webhook: Counter[str], broker: Counter[str] | None) -> None:
        self._database = database
        self._received = {"webhook": webhook} | ({} if broker is None else {"mqtt": broker})
        self._newest, self._changes = 0, dict[int, dict[str, Any]]()
        self._minutes = Counter[tuple[Any, ...]]()

    def changes(self) -> list[dict[str, Any]]:
        """Return the changes of events that came since the last call."""
        found = rows(self._database, "select * from changes where seq > ? order by seq", self._newest)
        self._changes |= {row["seq"]: row for row in found}
        self._newest = max(self._changes, default=0)
        return found

    def look(self) -> None:
        """Remember the rows that are there now, which should be there in the end."""
        self._minutes |= self._minutes_now()

    def is_listening(self, monitor: MonitorProcess) -> bool:
        """Tell whether the monitor has microphones."""
        return bool(children_of(monitor.pid))

    def waiting(self) -> int:
        """Return the number of alerts that are not sent yet."""
        return len(rows(self._database, "select id from outbox where status = 'pending'"))

    def settle(self, faults: Faults) -> tuple[dict[str, str], dict[str, int]]:
        """Return figures, and what went wrong, each of which should be 0."""
        self.changes()
        figures, failures = self._of_faults(faults)
        for more, wrong in (self._of_rows(), self._of_alerts()):
            figures |= more
            failures |= wrong
        return figures, failures

    def _of_faults(self, faults: Faults) -> tuple[dict[str, str], dict[str, int]]:
        events = [len(fault.events) for fault in faults.planted]
        delays = faults.delays_s() or [float("nan")]
        figures = {
            "faults planted": str(len(events)),
            "found after, median": f"{np.median(delays):.0f} s",
            "found after, at most": f"{max(delays):.0f} s",
        }
        failures = {
            "faults without an event": events.count(0),
            "faults with two events": sum(count > 1 for count in events),
        }
        return figures, failures

    def _of_rows(self) -> tuple[dict[str, str], dict[str, int]]:
        now = {row["seq"]: row for row in rows(self._database, "select * from changes")}
        kinds = {event: [row["kind"] for row in now.values() if row["event"] == event] for event in self._events()}
        minutes, damages = self._minutes_now(), rows(self._database, "pragma quick_check")
        figures = {
            "changes of events": str(len(now)),
            "rows of minutes": str(minutes.total()),
            "windows scored": str(sum(key[2] * times for key, times in minutes.items())),
        }
        failures = {
            "changes lost or altered": sum(now.get(seq) != row for seq, row in self._changes.items()),
            "numbers of changes left out": max(now, default=0) - len(now),
            "events not begun once, or not ended once": sum(
                each.count("new") != 1 or each.count("end") != 1 or each[-1] != "end" for each in kinds.values()
            ),
            "rows of minutes lost": (self._minutes - minutes).total(),
            "rows of minutes doubled": sum(times - 1 for times in minutes.values()),
            "damages of the database": sum(row["quick_check"] != "ok" for row in damages),
        }
        return figures, failures

    def _of_alerts(self) -> tuple[dict[str, str], dict[str, int]]:
        alerts = rows(self._database, "select channel, event, status, payload from outbox")
        figures, failures = {}, {"alerts failed or held": sum(row["status"] in ("failed", "held") for row in alerts)}
        for channel, received in self._received.items():
            keys = [_key(json.loads(row["payload"])) for row in alerts if row["channel"] == channel]
            told = {row["event"] for row in alerts if row["channel"] == channel}
            twice = sum(received[key] - 1 for key in keys if received[key])
            figures[f"alerts by {channel}"] = f"{len(keys)}, and {twice} of them once more"
            failures[f"alerts by {channel} that never came"] = sum(not received[key] for key in keys)
            failures[f"events not told by {channel}"] = len(self._events() - told)
        return figures, failures

    def _events(self) -> set[str]:
        return {row["event"] for row in self._changes.values()}

    def _minutes_now(self) -> Counter[tuple[Any, ...]]:
        with closing(Store(self._database, read_only=True)) as store:
            machines = {row["machine"] for row in rows(self._database, "select distinct machine from changes")}
            found = [row for one in machines for row in store.minutes(one, limit=1_000_000)]
        return Counter((row["machine"], row["minute"], row["windows"], row["mean"], row["highest"]) for row in found)


def _key(payload: dict[str, Any]) -> str:
    return f"{payload['id']}-{payload['seq']}"
