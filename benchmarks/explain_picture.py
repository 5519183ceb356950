"""The picture of `benchmarks.explain`: explanations of planted faults beside the truth."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks.proxy_clips import RATE, Machine
from offkey.audio import ArrayRecording
from offkey.explain import explain
from offkey.explain.picture import overlay, place
from offkey.model import Model
from offkey.pictures import new_figure, picture_bytes
from offkey.synthetic import mix_fault

__all__ = ["draw_examples"]

_FAULTS = ("rattle", "squeal", "bearing")
_SEVERITIES = (0.25, 0.5, 1.0)
_TRUTH = "#228833"
_CLIP = 0


def draw_examples(model: Model, machine: Machine, path: Path) -> None:
    """Draw the deviation of one clip with each of three faults at three severities, and where each really is."""
    from matplotlib.patches import Rectangle

    shown = [fault for fault in _FAULTS if fault in machine.faults]
    figure = new_figure(12, 2.3 * len(shown) + 0.4)
    axes = figure.subplots(len(shown), len(_SEVERITIES), squeeze=False, sharex=True)
    for row, fault in zip(axes, shown, strict=True):
        for axis, severity in zip(row, _SEVERITIES, strict=True):
            rng = np.random.default_rng((_CLIP, machine.faults.index(fault)))
            sound, truth = mix_fault(machine.test[_CLIP], RATE, fault=fault, severity=severity, rng=rng)
            found = explain(model, ArrayRecording(sound, RATE))
            overlay(axis, found)
            low, high = place(list(truth.band), found)
            for start, end in truth.spans:
                frame = Rectangle((start, low), end - start, high - low, fill=False, edgecolor=_TRUTH, linewidth=1.4)
                frame.set_linestyle((0, (3, 2)))
                axis.add_patch(frame)
            axis.set_title(f"{fault}, severity {severity:g}: score {found.score:.2f}", fontsize=9, loc="left")
            if axis is not row[0]:
                axis.tick_params(labelleft=False)
    for axis in axes[-1]:
        axis.set_xlabel("seconds", fontsize=8)
    figure.supxlabel(
        "Red: higher than normal; black: what the explanation names, A first; green, dashed: where the fault is.",
        x=0.01,
        ha="left",
        fontsize=8,
    )
    path.write_bytes(picture_bytes(figure, screen_dpi=80))
