"""Charts as SVG for pages: drawn without a script or a library, in the colours of the style sheet."""

from offkey.charts.frame import MINUS
from offkey.charts.lines import Line, bar_chart, line_chart
from offkey.charts.sparkline import sparkline
from offkey.charts.time_axis import time_ticks
from offkey.charts.timeline import Moment, timeline

__all__ = ["MINUS", "Line", "Moment", "bar_chart", "line_chart", "sparkline", "time_ticks", "timeline"]
