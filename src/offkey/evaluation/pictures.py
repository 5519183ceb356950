"""The pictures of a report, as SVG text that stands in the page itself: ROC curves, and scores with the threshold."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from offkey.errors import check_installed
from offkey.evaluation.metrics import MAX_FPR, roc_curve

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["ANOMALOUS", "COLOURS", "NORMAL", "Judged", "roc_picture", "score_picture"]

COLOURS = ("#4477aa", "#ee6677", "#228833", "#aa3377", "#66ccee", "#ccbb44", "#666666")
"""Colours of the candidates, in turn; P. Tol's bright palette, which colour-blind readers can tell apart."""

NORMAL, ANOMALOUS, UNKNOWN = "#4477aa", "#cc3311", "#888888"
"""Colours of the labels."""

_WIDTH_IN = 3.6
_BINS = 28
_MARGIN = 0.08  # of the range of scores, that the threshold stays from the edge
_STYLE: Any = {
    "svg.fonttype": "none",  # text stays text: small files, the page's own font, readable by machines
    "font.family": "sans-serif",
    "font.size": 8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
}


class Judged(Protocol):
    """Scored clips: those of an `Outcome`, or of any table of scores."""

    @property
    def scores(self) -> NDArray[np.float64]:
        """Anomaly scores, shape (n,)."""
        ...

    @property
    def labels(self) -> NDArray[np.int8]:
        """0 for normal, 1 for anomalous, -1 where it is not known, shape (n,)."""
        ...

    @property
    def domains(self) -> NDArray[np.str_]:
        """Domains, empty where not known, shape (n,)."""
        ...

    @property
    def threshold(self) -> float | None:
        """The score above which a clip is called anomalous."""
        ...


def roc_picture(outcomes: Sequence[Judged], labels: Sequence[str], colours: Sequence[str], title: str) -> str:
    """Draw the ROC curves of several candidates on one cell as SVG; the part that the pAUC measures is shaded.

    Each candidate needs clips of both labels. `title` is for screen readers.
    """
    with _style():
        figure = _figure(3.0)
        axes = figure.add_axes((0.13, 0.14, 0.84, 0.83))
        axes.axvspan(0, MAX_FPR, color="#f0f0e6", linewidth=0)
        axes.plot([0, 1], [0, 1], color="#bbbbbb", linewidth=0.8, linestyle=":")
        for outcome, label, colour in zip(outcomes, labels, colours, strict=True):
            fpr, tpr, _ = roc_curve(outcome.labels, outcome.scores)
            axes.plot(fpr, tpr, color=colour, linewidth=1.3, label=label)
        axes.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01), xlabel="false alarms", ylabel="anomalies found")
        if len(outcomes) > 1:
            axes.legend(frameon=False, loc="lower right", fontsize=7)
        return _svg(figure, title)


def score_picture(outcome: Judged, title: str, normal: NDArray[np.float64] | None = None) -> str:
    """Draw the scores of normal and anomalous clips, one panel per domain, with the threshold, as SVG.

    Outliers are drawn at the right edge. `title` is for screen readers; `normal` are the cross-validated scores of
    the clips that were learnt: their distribution is drawn behind, in each panel with the area of the others.
    """
    domains = sorted(set(outcome.domains.tolist()))
    edges, highest = _edges(outcome)
    with _style():
        height = 0.55 + 1.25 * len(domains) if len(domains) > 1 else 2.2
        figure = _figure(height)
        bottom, gap = 0.4 / height, 0.2 / height
        panel = (1 - bottom - gap * len(domains)) / len(domains)
        for number, domain in enumerate(domains):
            low = bottom + (len(domains) - 1 - number) * (panel + gap)
            axes = figure.add_axes((0.11, low, 0.86, panel))
            if normal is not None:
                _draw_normal(axes, normal, int((outcome.domains == domain).sum()), edges, highest)
            _panel(axes, outcome, domain, edges, highest)
            axes.set_title(domain if len(domains) > 1 else "", fontsize=8, loc="left", pad=2)
            if number < len(domains) - 1:
                axes.tick_params(labelbottom=False)
            else:
                axes.set_xlabel("anomaly score")
            if number == 0:
                axes.legend(frameon=False, fontsize=7, loc="upper right")
        return _svg(figure, title)


def _draw_normal(axes: Axes, normal: NDArray[np.float64], n: int, edges: NDArray[np.float64], highest: float) -> None:
    counts, _ = np.histogram(np.clip(normal, edges[0], highest), edges)
    axes.stairs(counts * n / len(normal), edges, fill=True, color="#c9d5e0", linewidth=0, label="normal, learnt")


def _panel(axes: Axes, outcome: Judged, domain: str, edges: NDArray[np.float64], highest: float) -> None:
    words = ((0, "normal", NORMAL), (1, "anomalous", ANOMALOUS), (-1, "scored", UNKNOWN))
    for label, word, colour in (entry for entry in words if entry[0] in outcome.labels):
        inside = (outcome.labels == label) & (outcome.domains == domain)
        counts, _ = np.histogram(np.minimum(outcome.scores[inside], highest), edges)
        axes.stairs(counts, edges, fill=True, color=colour, alpha=0.6, linewidth=0, label=word)
    if outcome.threshold is not None:
        axes.axvline(min(outcome.threshold, highest), color="#222222", linewidth=1, linestyle="--", label="threshold")
    axes.set_xlim(float(edges[0]), float(edges[-1]))
    axes.set_ylabel("clips")
    axes.locator_params(axis="y", integer=True, nbins=4)
    axes.locator_params(axis="x", nbins=5)


def _edges(outcome: Judged) -> tuple[NDArray[np.float64], float]:
    """Return the edges of the bins, and the score at which those beyond are drawn."""
    scores = outcome.scores
    threshold = outcome.threshold
    inside = scores if threshold is None else np.append(scores, threshold)
    low, middle, most = np.quantile(inside, [0, 0.5, 0.97])
    highest, low = float(min(inside.max(), most + 0.5 * (most - middle))), float(low)
    if threshold is not None:  # which is seen as a line within the picture
        highest = max(highest, threshold + _MARGIN * (threshold - low))
    if highest <= low:
        low, highest = low - 0.5, low + 0.5
    return np.linspace(low, highest, _BINS + 1), highest


def _figure(height_in: float) -> Figure:
    from matplotlib.figure import Figure

    return Figure(figsize=(_WIDTH_IN, height_in))


def _style() -> Any:
    check_installed("pictures", "A picture", "matplotlib")
    from matplotlib import rc_context

    return rc_context(_STYLE)


def _svg(figure: Figure, title: str) -> str:
    """Return a figure as an element that takes its size from the page, with names of its own for its parts."""
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    FigureCanvasSVG(figure)
    buffer = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": title}):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Type": None, "Format": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    opening, body = text.split(">", 1)
    box = re.search(r'viewBox="[^"]+"', opening)
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(
        r' id="(?![pm][0-9a-f]{8,})[^"]*"', "", body
    )  # names that nothing refers to are the same in each picture
    label = title.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {box[0] if box else ""} '
        f'role="img" aria-label="{label}">{body.strip()}'
    )
