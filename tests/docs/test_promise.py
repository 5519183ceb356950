"""The page of the promise says what the program computes."""

from __future__ import annotations

import re
from pathlib import Path

from offkey.decision.realised import realised_rate

PAGE = Path(__file__).parents[2] / "docs" / "promise.md"


def test_the_table_of_what_clips_can_promise_is_true() -> None:
    rows = re.findall(r"^\| ([\d,]+) \| 1 in ([\d,]+) \| (.+) \| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.M)
    assert len(rows) == 5
    for clips, lowest, of_twenty, of_hundred in rows:
        n = int(clips.replace(",", ""))
        assert int(lowest.replace(",", "")) == n + 1
        for told, rate in ((of_twenty, 0.05), (of_hundred, 0.01)):
            true = realised_rate(n, rate)
            assert told == f"{true.low:.2g} to {true.high:.2g}{', an estimate' * true.extrapolated}"
