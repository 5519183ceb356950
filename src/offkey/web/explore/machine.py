"""The page of the machine in the explorer: the verdict of the model on the clips that it did not learn from."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

import polars as pl

from offkey.explain.machine_page import ClipCard, MachinePage, Player, machine_page, score_words
from offkey.model import Model
from offkey.model.result import Scored
from offkey.model.shift import shift_of
from offkey.model.verdict import Verdict, verdict_of
from offkey.model.verdict_words import place, shift_note
from offkey.web.explore.explorer import Explorer

__all__ = ["machine_of"]

_MOST_S = 20.0  # that are played of what is longer
_HINT = "Normal: the clip that sounds most alike among those that the model learnt from."


def machine_of(explorer: Explorer) -> MachinePage | None:
    """Return the page of the machine, None without a model or before any clip is scored."""
    model, catalogue = explorer.model, explorer.catalogue
    if model is None or not any(catalogue.windows.values()):
        return None
    return explorer.once("machine", catalogue.version, lambda: _made(explorer, model))


def _made(explorer: Explorer, model: Model) -> MachinePage:
    names, catalogue = explorer.library.name, explorer.catalogue
    learnt = {names(clip) for clip, rows in catalogue.windows.items() if rows and rows[0]["learnt"]}
    files = {names(clip): explorer.library.path(clip) for clip, rows in catalogue.windows.items() if rows}
    windows = list(_windows(explorer))
    verdict = verdict_of(model, windows, learnt=learnt, files=files)
    page = machine_page(explorer.machine, model, verdict)
    frame = explorer.frame()
    normal = frame.filter(pl.col("learnt") == 1)["row"].to_list()
    cards = [_card(explorer, model, verdict, window, normal) for window in verdict.listen]
    page = page.with_cards(cards, _HINT if normal else "")
    anomalies = set(frame.filter(pl.col("label") == "anomaly")["name"]) if "label" in frame.columns else set()
    shift = shift_of(model, [window for window in windows if window.file not in learnt | anomalies])
    return page.with_note(shift_note(shift, verdict))


def _windows(explorer: Explorer) -> Iterator[Scored]:
    for clip, rows in explorer.catalogue.windows.items():
        name = explorer.library.name(clip)
        for row in rows:
            yield Scored(
                *(name, row["start_s"], row["end_s"], row["score"], row["p_value"], bool(row["anomalous"])),
                traits=None if row["traits"] is None else tuple(row["traits"]),
            )


def _card(explorer: Explorer, model: Model, verdict: Verdict, window: Scored, normal: list[int]) -> ClipCard:
    """Return a clip to listen to, which leads to its own page, and the most alike of some normal clips."""
    clip = explorer.library.find(window.file)
    href, start, part = f"/clips/{clip}", window.start_s or 0.0, verdict.is_part(window)
    span = urlencode({"start": start, "end": min(window.end_s or start, start + _MOST_S)} if part else {"end": _MOST_S})
    players = [Player("This clip", f"{href}/audio.wav?{span}")]
    if clip is not None and (alike := explorer.space().nearest(explorer.catalogue.row(clip), normal)):
        other = explorer.library.ids[alike[0][0]]
        players.append(Player("Normal", f"/clips/{other}/audio.wav?{urlencode({'end': _MOST_S})}"))
    return ClipCard(
        title=place(verdict, window),
        score=score_words(model, window),
        href=f"{href}#t={start:g}" if part else href,
        picture="" if part else f"{href}/thumbnail.png",
        why_href=f"{href}/why?start={start}" if part else f"{href}/why",
        players=players,
    )
