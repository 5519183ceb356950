"""The picture of the tour: a normal clip, a clip with a fault, and the scores of both."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from offkey.audio import FileRecording
from offkey.features.mel import log_mel, mel_centres_hz
from offkey.files import write_bytes
from offkey.hearing.windows import read_windows
from offkey.model.result import Result, Scored
from offkey.pictures import new_figure, picture_bytes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from offkey.demo.machine_report import MachineReport

__all__ = ["draw"]

_N_MELS = 128
_NORMAL, _ANOMALOUS, _MARK = "#4477aa", "#cc3311", "#ffffff"


def draw(reports: list[MachineReport], path: Path) -> None:
    """Draw one row per machine as PNG: a normal clip, the anomaly that stands out most, and all scores."""
    figure = new_figure(13, 2.9 * len(reports))
    axes = figure.subplots(len(reports), 3, squeeze=False)
    for row, report in zip(axes, reports, strict=True):
        normal, anomalous = _examples(report)
        levels = _spectrogram(report, normal)
        limits = (float(np.percentile(levels, 2)), float(np.percentile(levels, 99.8)) + 6)
        _show(row[0], levels, report, limits, f"{report.machine}: a normal clip")
        fault = report.truth[anomalous.file]
        title = f"{report.machine}: {fault['fault'].replace('_', ' ')}, severity {float(fault['severity']):.2f}"
        _show(row[1], _spectrogram(report, anomalous), report, limits, title)
        _mark(row[1], fault, report.model.rate)
        _histogram(row[2], report)
    write_bytes(path, picture_bytes(figure, screen_dpi=90))


def _examples(report: MachineReport) -> tuple[Scored, Scored]:
    """Return the most typical normal clip and the most anomalous clip with a fault."""
    scored = sorted(
        (result for result in report.results if isinstance(result, Scored)), key=lambda result: result.score
    )
    normal = [result for result in scored if not report.truth[result.file]["fault"]]
    return normal[len(normal) // 2], next(one for one in reversed(scored) if report.truth[one.file]["fault"])


def _spectrogram(report: MachineReport, result: Result) -> NDArray[np.float32]:
    rate = report.model.rate
    sound = next(read_windows(FileRecording(Path(result.file)), rate=rate)).samples
    return log_mel(sound, rate, n_mels=_N_MELS, floor_db=-120.0)


def _show(
    axes: Axes, levels: NDArray[np.float32], report: MachineReport, limits: tuple[float, float], title: str
) -> None:
    seconds = levels.shape[1] * 0.032
    extent = (0.0, seconds, 0.0, float(_N_MELS))
    axes.imshow(levels, origin="lower", aspect="auto", extent=extent, vmin=limits[0], vmax=limits[1], cmap="magma")
    ticks_hz = [hz for hz in (250, 500, 1000, 2000, 4000, 8000) if hz < report.model.rate / 2]
    axes.set_yticks([_band(hz, report.model.rate) for hz in ticks_hz], [f"{hz:,} Hz" for hz in ticks_hz])
    axes.set_title(title, fontsize=10, loc="left")
    axes.set_xlabel("seconds", fontsize=8)
    axes.tick_params(labelsize=8)


def _band(hz: float, rate: int) -> float:
    return float(np.searchsorted(mel_centres_hz(rate, _N_MELS), hz))


def _mark(axes: Axes, fault: dict[str, str], rate: int) -> None:
    """Frame where the fault lies, in time and frequency."""
    from matplotlib.patches import Rectangle

    low, high = _band(float(fault["low_hz"]), rate), _band(float(fault["high_hz"]), rate)
    for start, end in zip(fault["start_s"].split(), fault["end_s"].split(), strict=True):
        width = float(end) - float(start)
        frame: Any = Rectangle((float(start), low), width, high - low, fill=False, edgecolor=_MARK, linewidth=0.8)
        axes.add_patch(frame)


def _histogram(axes: Axes, report: MachineReport) -> None:
    scores = {
        label: [r.score for r in report.results if bool(report.truth[r.file]["fault"]) == faulty]
        for label, faulty in (("normal", False), ("with a fault", True))
    }
    edges = np.histogram_bin_edges(np.concatenate([np.asarray(part, float) for part in scores.values()]), bins=24)
    for (label, part), colour in zip(scores.items(), (_NORMAL, _ANOMALOUS), strict=True):
        axes.hist(np.asarray(part, float), bins=edges.tolist(), alpha=0.75, color=colour, label=label)
    axes.axvline(report.model.threshold.value, color="black", linestyle="--", linewidth=1, label="threshold")
    axes.set_title(f"anomaly scores of test clips, AUC {report.figures['auc']:.3f}", fontsize=10, loc="left")
    axes.set_xlabel("anomaly score", fontsize=8)
    axes.tick_params(labelsize=8)
    axes.legend(fontsize=8, frameon=False)
