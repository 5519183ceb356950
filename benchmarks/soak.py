"""A soak: the monitor itself in fast time, while everything around it fails, and a count of what came of it.

    python -m benchmarks.soak [--minutes 4] [--seed 0] [--speed 60] [--machines 4]

Machines get faults that last until an event begins, and a while longer. Meanwhile the monitor is killed, its database
is locked, its disk is full, receivers refuse or vanish, microphones die, hang, fall silent or are absent, and the clock
is set; one trouble after the other, in an order that the seed draws. The first half passes the end of summer time in
Berlin, the second its begin. In the end each fault should have exactly one event, every alert should have arrived, and
no row should be lost or doubled.
"""

from __future__ import annotations

import argparse
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Literal

from benchmarks.soak_faults import Faults
from benchmarks.soak_ledger import Ledger
from benchmarks.soak_plant import MonitorProcess, make_plant, processes_of, put
from benchmarks.soak_receivers import Broker, Webhook, mosquitto
from benchmarks.tables import print_goal, print_head, print_row

__all__ = ["Soak", "main"]

CHANGES_OF_TIME = datetime(2026, 10, 25, 0, 50, tzinfo=UTC), datetime(2027, 3, 28, 0, 50, tzinfo=UTC)
LOOK_S, PATIENCE_S = 0.1, 90.0
APART_S, LASTING_S = (0.5, 2.5), (0.3, 1.5)  # real seconds between troubles, and that most of them last
WEEK_S = 604_800.0
BUSY_S = 12.0  # longer than a writer waits for a lock
AHEAD_S = 3637.0  # no whole number of turns of the sound that is played, which would give the same rows again
CHANNELS = """[[notify]]
kind = "webhook"
url = "{url}"
secret = {{ file = "secret" }}
levels = ["watch", "warning", "alarm"]
every_change = true

"""
BROKER = """[[notify]]
kind = "mqtt"
broker = "127.0.0.1:{port}"

"""


class Soak:
    """A plant, the monitor, and what happens to both.

    `minutes`: of real time, half of it for each change of summer time.
    """

    def __init__(self, folder: Path, *, minutes: float, seed: int, speed: float, machines: int) -> None:
        self._random, self._folder, self._speed, self._half_s = Random(seed), folder, speed, 30 * minutes  # noqa: S311
        self._webhook, self._broker = Webhook(), Broker(folder) if mosquitto() else None
        (folder / "secret").write_text("of the soak")
        notify = CHANNELS.format(url=self._webhook.url)
        notify += BROKER.format(port=self._broker.port) if self._broker else ""
        at = CHANGES_OF_TIME[0].timestamp()
        self._microphones, self._bound = make_plant(folder, machines, speed, at, notify)
        self._watched_s = 0.0
        self.monitor = MonitorProcess(folder, speed)
        self.ledger = Ledger(
            folder / "plant.db", self._webhook.received, self._broker.received if self._broker else None
        )
        self.faults = Faults(self._microphones, self._random, speed)
        self.troubles: dict[str, int] = {}
        self._clock: tuple[float, float] = at, time.time()
        self._ahead, self.left_behind = 0.0, 0

    def run(self) -> None:
        """Let both halves pass, and wait until all that was found is told."""
        for at in CHANGES_OF_TIME:
            self._clock = at.timestamp(), time.time()
            self._start()
            self.faults.again()
            self._half()
            self._watched_s += self._speed * (time.time() - self._clock[1])
            status = self.monitor.stop()
            self.left_behind += len(processes_of(self._folder / "pump"))
            if status:
                raise SystemExit(f"the monitor ended with status {status}: {self.monitor.log.read_text()[-2000:]}")
        self._webhook.close()
        if self._broker:
            self._broker.go()

    def settle(self) -> tuple[dict[str, str], dict[str, int]]:
        """Return figures, and what went wrong, each of which should be 0."""
        figures, failures = self.ledger.settle(self.faults)
        most, false = self._bound * len(self._microphones) * self._watched_s / WEEK_S, len(self.faults.false)
        figures["events without a fault"] = f"{false}, promised at most {most:.0f}"
        failures["events without a fault, beyond the promise"] = max(0, false - round(most))
        return figures, failures | {"microphones left behind by the monitor": self.left_behind}

    def _start(self) -> None:
        self.monitor.start(*self._clock)

    def _half(self) -> None:
        self._pass(lambda: self.ledger.is_listening(self.monitor), PATIENCE_S)
        until, troubles = time.monotonic() + self._half_s, self._drawn()
        while time.monotonic() < until:
            self._pass_s(self._random.uniform(*APART_S))
            name, trouble = next(troubles)
            self.troubles[name] = self.troubles.get(name, 0) + 1
            trouble()
        self.faults.no_more()
        self._pass(lambda: self.faults.are_over and not self.ledger.waiting(), PATIENCE_S)

    def _pass_s(self, seconds: float) -> None:
        self._pass(lambda: False, seconds)

    def _pass(self, is_over: Callable[[], bool], seconds: float) -> None:
        """Let time pass until something is so, at most for so many real seconds; faults come and go meanwhile."""
        until = time.monotonic() + seconds
        while not is_over() and time.monotonic() < until:
            self.faults.follow(self.ledger.changes())
            time.sleep(LOOK_S)

    def _drawn(self) -> Iterator[tuple[str, Callable[[], None]]]:
        """Give troubles without end: all of them in turn, each time in another order."""
        troubles = {
            "killed": self._killed,
            "killed again": self._killed,
            "database locked": lambda: self._locked(self._random.uniform(*LASTING_S)),
            "disk full": self._full_disk,
            "webhook busy": lambda: self._refused("busy"),
            "webhook broken": lambda: self._refused("broken"),
            **({"broker gone": self._no_broker} if self._broker else {}),
            **{f"microphone {how}": self._bad_microphone(how) for how in ("died", "hung", "absent", "silent")},
            "clock set": self._set_clock,
        }
        if self._half_s > 2 * BUSY_S:
            troubles["database locked for long"] = lambda: self._locked(BUSY_S)
        while True:
            yield from self._random.sample(sorted(troubles.items()), len(troubles))

    def _killed(self) -> None:
        self.ledger.look()
        self.monitor.kill()
        self._start()
        self._pass(lambda: self.ledger.is_listening(self.monitor), PATIENCE_S)

    def _locked(self, seconds: float) -> None:
        with closing(sqlite3.connect(self._folder / "plant.db", isolation_level=None, timeout=60)) as other:
            other.execute("BEGIN IMMEDIATE")
            self._pass_s(seconds)
            other.execute("ROLLBACK")

    def _full_disk(self) -> None:
        with self.monitor.full_disk():
            self._pass_s(self._random.uniform(*LASTING_S))

    def _refused(self, how: Literal["busy", "broken"]) -> None:
        self._webhook.answer = how
        self._pass_s(self._random.uniform(*LASTING_S))
        self._webhook.answer = "taken"

    def _no_broker(self) -> None:
        if self._broker:
            self._broker.go()
            self._pass_s(self._random.uniform(*LASTING_S))
            self._broker.come()

    def _bad_microphone(self, how: str) -> Callable[[], None]:
        def fail() -> None:
            quiet = [one for one in self._microphones if how != "silent" or not self.faults.has_fault(one)]
            if quiet:
                one = self._random.choice(quiet)
                one.fail(how)
                self._pass_s(self._random.uniform(*LASTING_S))
                one.fail("")

        return fail

    def _set_clock(self) -> None:
        self._ahead = AHEAD_S - self._ahead  # forward, and the next time back
        put(self._folder / "ahead", str(self._ahead))
        self._pass_s(LASTING_S[0])


def main(arguments: Sequence[str] | None = None) -> None:
    """Print what happened, and what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=4.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--speed", type=float, default=60.0)
    parser.add_argument("--machines", type=int, default=4)
    args = parser.parse_args(arguments)
    with TemporaryDirectory(prefix="soak-") as folder:
        soak = Soak(Path(folder), minutes=args.minutes, seed=args.seed, speed=args.speed, machines=args.machines)
        soak.run()
        figures, failures = soak.settle()
        print(f"\n{args.minutes:g} minutes at {args.speed:g} times the speed, {soak.monitor.starts} starts:\n")
        print_head("trouble", "times")
        for name, times in sorted(soak.troubles.items()):
            print_row(name, str(times))
        print()
        print_head("what came of it", "figure")
        for name, figure in figures.items():
            print_row(name, figure)
        print()
        for name, count in failures.items():
            print_goal(name, count, 0, unit="")


if __name__ == "__main__":
    main()
