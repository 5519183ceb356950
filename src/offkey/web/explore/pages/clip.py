"""The page of one clip: player, spectrogram, curves, label, neighbours and score."""

from __future__ import annotations

import json
from typing import Annotated, Any

import polars as pl
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from offkey.audio import FileRecording
from offkey.charts import Line, line_chart
from offkey.errors import AudioError
from offkey.web.explore.explorer import Explorer
from offkey.web.explore.labels import Label
from offkey.web.explore.palette import STOPS
from offkey.web.explore.query import Query
from offkey.web.explore.shape import curves
from offkey.web.failures import PageError
from offkey.web.forms import form_texts
from offkey.web.rendering import Renderer

__all__ = ["player_values", "router"]

_NEAREST = 5
_NO_ATTRIBUTE = frozenset({"row", "id", "name", "error", "digest", "size", "mtime_ns", "own_label", "comment"})


def router(explorer: Explorer, render: Renderer) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/clips/{clip}")
    _add_label(routes, explorer, render)

    @routes.get("")
    def page(request: Request, clip: str) -> Response:
        row = explorer.clip(clip)
        query = explorer.query(request.query_params.multi_items())
        recording, status, fault = _opened(explorer, clip)
        before, after, place, total = _around(explorer, query, clip)
        values = {
            "clip": row,
            "label": explorer.labels.get(clip),
            "fault": fault,
            "player": player_values(explorer, clip, recording) if recording else None,
            "attributes": {k: v for k, v in row.items() if k not in _NO_ATTRIBUTE and v is not None},
            "query": query,
            "before": before,
            "after": after,
            "place": place,
            "total": total,
            "nearest": _nearest(explorer, row),
            "explains": explorer.model is not None and recording is not None,
        }
        return render(request, "clip.html", values, status=status)

    @routes.get("/curves")
    def features(request: Request, clip: str, channel: str = "") -> Response:
        measured = curves(explorer.library.recording(clip), channel=explorer.channel(clip, channel))
        return render(request, "curves.html", {"charts": _charts(measured), "whole": measured["whole"]})

    return routes


def _add_label(routes: APIRouter, explorer: Explorer, render: Renderer) -> None:
    """Add how a label is given, changed and taken back."""

    @routes.post("/label")
    def label(
        request: Request,
        clip: str,
        fields: Annotated[dict[str, str], Depends(form_texts)],
    ) -> Response:
        before = explorer.labels.get(clip) or Label("")
        label, comment = fields.get("label", before.label), fields.get("comment", before.comment)
        if "label" not in fields and "comment" not in fields:
            raise PageError(400, "A label or a comment must be given; an empty one takes it back.")
        if fields.get("comment") and not label:
            raise PageError(400, "A comment belongs to a label: choose normal, anomaly or unsure first.")
        explorer.labels.set(clip, label, comment)
        after = explorer.labels.get(clip)
        if "hx-request" not in request.headers:
            return RedirectResponse(f"/clips/{clip}", 303)
        full = fields.get("full")
        answer = render(
            request, "label_full.html" if full else "label.html", {"clip": explorer.clip(clip), "label": after}
        )
        answer.headers["HX-Trigger"] = "labelled"
        if after != before and not (after is None and not before.label):
            replaced = {"clip": clip, "name": explorer.library.name(clip), **vars(before)}
            answer.headers["X-Offkey-Before"] = json.dumps(replaced)  # what Ctrl+Z brings back
        return answer


def player_values(explorer: Explorer, clip: str, recording: FileRecording) -> dict[str, Any]:
    """Return what the player of a page must know of a clip."""
    channel = explorer.channel(clip, "")
    channels = [str(index) for index in range(recording.channels)]
    if recording.channels > 1:
        channels += ["mean", "0-1"]
    return {
        "id": clip,
        "name": explorer.library.name(clip),
        "seconds": recording.seconds or 0.0,
        "rate": recording.rate,
        "channel": str(channel),
        "channels": channels,
        "stops": " ".join(STOPS),
    }


def _opened(explorer: Explorer, clip: str) -> tuple[FileRecording | None, int, str | None]:
    """Open a clip; where that fails its page is still shown, with the reason and its status."""
    try:
        recording = explorer.library.recording(clip)
        next(recording.parts([(0, 1)], explorer.channel(clip, "")))
    except PageError as error:
        return None, error.status, str(error)
    except AudioError as error:
        return None, 422, str(error)
    return recording, 200, explorer.clip(clip)["error"]


def _around(explorer: Explorer, query: Query, clip: str) -> tuple[str | None, str | None, int, int]:
    """Return the clips before and after one in the table that it was opened from, its place and their number."""
    ids = explorer.chosen(query)["id"]
    at = ids.index_of(clip)
    if at is None:
        return None, None, 0, len(ids)
    return ids[at - 1] if at else None, ids[at + 1] if at + 1 < len(ids) else None, at + 1, len(ids)


def _nearest(explorer: Explorer, row: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the clips of the same machine that sound most alike."""
    space = explorer.space()
    if row["row"] not in space:
        return []
    frame = explorer.frame()
    if row.get("machine") is not None:
        frame = frame.filter(pl.col("machine") == row["machine"])
    neighbours = space.nearest(row["row"], frame["row"].to_list(), _NEAREST)
    whole = explorer.frame()
    return [{**whole.row(other, named=True), "distance": distance} for other, distance in neighbours]


def _charts(measured: dict[str, Any]) -> list[tuple[str, Any]]:
    spectrum, level = measured["spectrum"], measured["level"]
    return [
        (
            "Spectrum",
            line_chart(
                "Mean spectrum of the clip, and its standard deviation over time",
                spectrum["hz"],
                [Line("mean", spectrum["db"], spectrum["deviation_db"])],
                x_label="frequency (Hz)",
                y_label="dB",
                log_x=True,
            ),
        ),
        (
            "Level over time",
            line_chart(
                "Level of the clip over time",
                level["s"],
                [Line("level", level["db"])],
                x_label="time (s)",
                y_label="dB re full scale",
            ),
        ),
        (
            "MFCC",
            line_chart(
                "Mean mel-frequency cepstral coefficients 1 to 19 of the clip",
                list(range(1, len(measured["mfcc"]))),
                [Line("coefficient", measured["mfcc"][1:])],
                x_label="coefficient",
                y_label="dB",
            ),
        ),
    ]
