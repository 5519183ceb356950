"""The state of a plant in the text format of Prometheus, from a registry of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from offkey.decision.events import LEVELS
from offkey.watch.store.away import DatabaseAwayError
from offkey.web.watch.plant import Plant

__all__ = ["metrics_text"]

_GAUGES: dict[str, tuple[str, Callable[[dict[str, Any]], float | None]]] = {  # name to help text and value
    "offkey_fresh": ("1 where the newest window is as new as it should be.", lambda row: int(row["fresh"])),
    "offkey_source_healthy": ("1 where the source gives sound.", lambda row: int(row["source"] == "healthy")),
    "offkey_armed": ("1 where events are told, 0 in the shadow.", lambda row: int(row["phase"] == "armed")),
    "offkey_event": ("1 while an event goes on.", lambda row: int(row["event"])),
    "offkey_level": ("0 normal, 1 watch, 2 warning, 3 alarm.", lambda row: row["level"] and LEVELS.index(row["level"])),
    "offkey_health_index": ("100 where all of the last day was as usual, 0 at the worst.", lambda row: row["index"]),
    "offkey_score": ("Anomaly score of the newest window.", lambda row: row["score"]),
    "offkey_p_value": ("Conformal p-value of the newest window.", lambda row: row["p_value"]),
    "offkey_window_end_seconds": ("End of the newest window, Unix time.", lambda row: row["window_end"]),
}


def metrics_text(plant: Plant) -> bytes:
    """Return all metrics: of each machine, of its events, and of the messages of each channel.

    Parameters
    ----------
    plant : Plant
        The plant.

    Returns
    -------
    bytes
        Text format, version 0.0.4.
    """
    registry = CollectorRegistry()
    registry.register(_PlantCollector(plant))
    return generate_latest(registry)


class _PlantCollector(Collector):
    """Reads a plant once."""

    def __init__(self, plant: Plant) -> None:
        self._plant = plant

    def describe(self) -> list[Metric]:
        """Name nothing in advance, so that registering reads nothing."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Return the metrics of now."""
        rows, now = self._plant.monitor.status(), self._plant.clock.utc()
        for name, (help_text, value) in _GAUGES.items():
            values = {(row["machine"],): number for row in rows if (number := value(row)) is not None}
            yield _gauge(name, help_text, ["machine"], values)
        lags = {(row["machine"],): max(0.0, now - row["window_end"]) for row in rows if row["window_end"] is not None}
        yield _gauge("offkey_lag_seconds", "Age of the end of the newest window.", ["machine"], lags)
        try:
            kept = list(self._kept([row["machine"] for row in rows], now))
        except DatabaseAwayError:
            kept = []
        yield _gauge("offkey_database", "1 where the database answers.", [], {(): int(bool(kept))})
        yield from kept

    def _kept(self, machines: list[str], now: float) -> Iterator[Metric]:
        """Return the metrics of what is in the database."""
        events = CounterMetricFamily("offkey_events", "Events that were found.", labels=["machine"])
        counts = dict.fromkeys(machines, 0) | self._plant.store.event_counts()
        for machine, number in counts.items():
            events.add_metric([machine], number)
        yield events
        outbox = self._plant.store.outbox.counts()
        messages = {(row["channel"], row["status"]): row["number"] for row in outbox}
        yield _gauge("offkey_messages", "Messages that are kept.", ["channel", "status"], messages)
        waiting = {(row["channel"],): max(0.0, now - row["oldest"]) for row in outbox if row["status"] == "pending"}
        yield _gauge("offkey_message_waiting_seconds", "Age of the oldest message to be sent.", ["channel"], waiting)


def _gauge(name: str, help_text: str, labels: list[str], values: Mapping[Any, float]) -> Metric:
    family = GaugeMetricFamily(name, help_text, labels=labels)
    for label, value in values.items():
        family.add_metric(label, value)
    return family
