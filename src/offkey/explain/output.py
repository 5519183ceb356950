"""An explanation as a file: a picture, a page or JSON, by its suffix."""

from __future__ import annotations

import json
from pathlib import Path, PurePath
from typing import Any

from offkey.errors import UsageError, check_installed
from offkey.explain.data_uris import common_gain, picture_uri, sound_uri
from offkey.explain.explanation import Explanation
from offkey.explain.phrases import span
from offkey.features.timbre import MEASURES
from offkey.files import atomic_text, write_bytes
from offkey.pictures import FORMATS, PictureForm

__all__ = ["SUFFIXES", "check_suffix", "shown", "write_explanation"]

SUFFIXES = (".png", ".svg", ".pdf", ".html", ".json")
"""Forms of an explanation."""


def check_suffix(path: Path) -> None:
    """Raise a UsageError if the suffix of a file is none of `SUFFIXES`."""
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError(f"The explanation's file must end in {', '.join(SUFFIXES)}, which names its form. Got {path}.")
    if path.suffix.lower() != ".json":
        check_installed("pictures", f"An explanation that ends in {path.suffix}", "matplotlib", "jinja2")


def write_explanation(explanation: Explanation, path: Path, form: PictureForm | None = None) -> None:
    """Write an explanation whole or not at all: as a picture of `form`, or in the form of the file's suffix."""
    suffix = path.suffix.lower()
    if form is None:
        check_suffix(path)
        form = PictureForm(suffix[1:]) if suffix[1:] in FORMATS else None
    if form is not None:
        from offkey.explain.drawing import draw_in

        write_bytes(path, draw_in(explanation, form))
        return
    if suffix == ".json":
        text = json.dumps(explanation.to_dict(), ensure_ascii=False, allow_nan=False)
    else:
        from offkey.pages import render

        text = render("offkey.explain", "explanation.html.j2", explained=shown(explanation))
    with atomic_text(path) as file:
        file.write(text + "\n")


def shown(explanation: Explanation, *, dpi: int = 110) -> dict[str, Any]:
    """Return what the templates show of an explanation; `dpi` is the fineness of its picture."""
    from offkey.explain.picture import figure_of

    nearest = explanation.nearest
    beside = nearest.samples if nearest is not None else None
    gain, gain_db = common_gain([explanation.samples] if beside is None else [explanation.samples, beside])
    return {
        "about": explanation,
        "name": PurePath(explanation.file).name,
        "picture": picture_uri(figure_of(explanation, bare=True), dpi=dpi),
        "sound": sound_uri(explanation.samples, explanation.rate, gain),
        "nearest_name": "" if nearest is None else PurePath(nearest.name).name,
        "nearest_sound": "" if beside is None else sound_uri(beside, explanation.rate, gain),
        "gain_db": gain_db,
        "measures": MEASURES,
        "span": span(explanation.start_s, explanation.end_s),
    }
