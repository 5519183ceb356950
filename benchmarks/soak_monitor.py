"""The monitor of the soak: the command ``offkey watch`` itself, with another clock, which runs fast and can be set.

    python -m benchmarks.soak_monitor PLANT.toml SPEED AT SINCE

`AT` and `SINCE` as of `FastClock`. The calendar is ahead by the seconds that the file ``ahead`` beside the plant holds.
"""

from __future__ import annotations

import sys
from pathlib import Path

from offkey.watch import clock

__all__ = ["SetClock", "main"]


class SetClock(clock.FastClock):
    """A fast clock whose calendar somebody sets, by the seconds in a file.

    `ahead`: the file; the others are of `FastClock`.
    """

    def __init__(self, speed: float, *, at: float, since: float, ahead: Path) -> None:
        super().__init__(speed, at=at, since=since)
        self._ahead = ahead

    def utc(self) -> float:
        """Return the calendar in seconds since 1970 UTC."""
        return super().utc() + float(self._ahead.read_text(encoding="utf-8"))


def main() -> None:
    """Watch the plant until a signal comes."""
    plant, speed, at, since = Path(sys.argv[1]), *map(float, sys.argv[2:5])
    clock.REAL = SetClock(speed, at=at, since=since, ahead=plant.with_name("ahead"))
    from offkey.cli.main import main as offkey  # after the clock, which becomes the default of others as they come

    sys.exit(offkey(["watch", "run", str(plant), "--port", "0"]))


if __name__ == "__main__":
    main()
