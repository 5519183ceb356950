"""Sparklines."""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree as ET

from offkey.charts import sparkline


def _paths(svg: str) -> list[str]:
    return [path.get("d", "") for path in ET.fromstring(svg).iter("path")]  # noqa: S314 - our own


def test_a_line_breaks_where_nothing_is_known_and_spans_the_height() -> None:
    (line,) = _paths(sparkline("scores", [0.0, 1.0, None, math.nan, 0.5, 1.0]))
    assert [len(re.findall("L", stretch)) for stretch in line.split("M")[1:]] == [1, 1]
    heights = [float(y) for y in re.findall(r" ([\d.]+)", line)]
    assert (max(heights), min(heights)) == (34.0, 2.0)


def test_a_limit_is_within_the_picture() -> None:
    limit, line = _paths(sparkline("scores", [0.0, 1.0], limit=2.0))
    assert limit == "M0 2.0H160"
    assert min(float(y) for y in re.findall(r" ([\d.]+)", line)) == 18.0


def test_nothing_known_is_an_empty_picture_and_a_title_is_escaped() -> None:
    assert _paths(sparkline("a < b", [None, None], limit=1.0)) == [""]
    assert "a &lt; b" in sparkline("a < b", [])
