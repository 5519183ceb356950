"""Clocks of computers that are set while sound comes, and those of converters that drift."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from offkey.watch.acquisition.feed import Feed
from offkey.watch.acquisition.sample_clock import Correction
from offkey.watch.acquisition.source import Begin, Item
from offkey.watch.clock import REAL, Clock, MovedClock

PROGRAM = """
import json, sys, time
from pathlib import Path
from threading import Event
import numpy as np
from offkey.watch.acquisition.feed import Feed
from offkey.watch.acquisition.source import Begin, End
class Ramp:
    waits, stalled_after_s = False, 30.0
    def listen(self, stopping, clock):
        yield Begin(1000, clock.utc())
        began = clock.monotonic()
        for number in range(20):
            if number in (6, 14):
                Path(sys.argv[1]).write_text("+3600s" if number == 6 else "-120s")
            while clock.monotonic() - began < number / 10:
                stopping.wait(0.005)
            yield np.arange(100 * number, 100 * number + 100, dtype=np.float32)[:, None]
arrived = Event()
feed = Feed(Ramp(), Event())
real, items = time.monotonic(), []
feed.start()
while not feed.has_ended and time.monotonic() - real < 30:
    if (item := feed.take()) is not None:
        items.append(item)
    else:
        arrived.wait(0.02)
print(json.dumps({
    "sound": np.concatenate([item[:, 0] for item in items if isinstance(item, np.ndarray)]).tolist(),
    "moves": [(item.kind, item.seconds) for item in items if hasattr(item, "kind")],
    "reasons": [item.reason for item in items if isinstance(item, End)],
}))
"""


def test_a_clock_that_is_set_is_told_and_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    library = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
    if library is None:
        pytest.skip("faketime is not installed")
    offset = tmp_path / "offset"
    offset.write_text("+0s")
    faked = {
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(offset),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    command = [sys.executable, "-c", PROGRAM, str(offset)]
    ran = subprocess.run(command, env={**os.environ, **faked}, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    assert found["reasons"] == []
    assert found["sound"] == list(range(2000))
    assert [kind for kind, _ in found["moves"]] == ["clock moved"] * 2
    assert [seconds for _, seconds in found["moves"]] == pytest.approx([3600, -3720], abs=2)


class Converter:
    """A converter that claims 4000 Hz and has another rate."""

    waits, stalled_after_s = False, 30.0

    def __init__(self, rate: int, clock: MovedClock) -> None:
        self.rate, self.clock = rate, clock

    def listen(self, stopping: Event, clock: Clock = REAL) -> Iterator[Item]:
        yield Begin(4000, clock.utc())
        sound = np.random.default_rng(0).standard_normal((self.rate, 1)).astype(np.float32)
        for _ in range(3700):
            self.clock.move(1)
            yield sound


@pytest.mark.parametrize(("rate", "kinds"), [(4000, []), (4001, ["clock drifts"]), (3998, ["clock drifts"])])
def test_drift_of_the_sample_clock_over_150_ppm_is_told_and_never_resampled_away(
    rate: int, kinds: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("offkey.watch.acquisition.feed._HELD_S", 1e9)
    clock = MovedClock()
    feed = Feed(Converter(rate, clock), Event(), clock)
    feed.start()
    feed._thread.join(600)
    items = list(feed._items)
    assert [one.kind for one in items if isinstance(one, Correction) and one.seconds == 0] == kinds
    assert sum(len(one) for one in items if isinstance(one, np.ndarray)) == 3700 * rate
