"""Channels tried out beside a monitor, or before there is one."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from pathlib import Path
from typing import Any

from offkey.errors import OffkeyError
from offkey.watch.advisory.channels.base import Channel
from offkey.watch.advisory.channels.make import NO_MEMORY, make_channel, make_site
from offkey.watch.advisory.notice import Alert
from offkey.watch.clock import REAL
from offkey.watch.settings import PlantSettings

__all__ = ["channel_problems", "send_test"]


def channel_problems(settings: PlantSettings, folder: Path) -> dict[str, str | None]:
    """Return what is wrong with each channel; nothing is sent.

    Parameters
    ----------
    settings : PlantSettings
        The plant.
    folder : Path
        Where relative paths start.

    Returns
    -------
    dict of str to str or None
        Name to a sentence; None where the channel can be used.
    """
    site, found = make_site(settings.plant.name, folder, NO_MEMORY, list), dict[str, str | None]()
    for one in settings.notify:
        try:
            make_channel(one, site).check()
        except OffkeyError as error:
            found[one.title] = str(error)
        else:
            found[one.title] = None
    return found


def send_test(settings: PlantSettings, folder: Path, names: Collection[str]) -> list[dict[str, Any]]:
    """Send a message on channels.

    Parameters
    ----------
    settings, folder
        As in `channel_problems`.
    names : collection of str
        Names of the channels.

    Returns
    -------
    list of dict
        `channel`, `kind`, `arrived` (whether it was taken) and `answer` (in words).
    """
    site, rows = make_site(settings.plant.name, folder, NO_MEMORY, list), []
    for one in settings.notify:
        if one.title not in names:
            continue
        try:
            answer, arrived = _sent(make_channel(one, site), _test(settings, one.title)), True
        except OffkeyError as error:
            answer, arrived = str(error), False
        rows.append({"channel": one.title, "kind": one.kind, "arrived": arrived, "answer": answer})
    return rows


def _sent(channel: Channel, alert: Alert) -> str:
    channel.start(live=False)
    try:
        return channel.send(alert)
    finally:
        channel.stop()


def _test(settings: PlantSettings, title: str) -> Alert:
    now = REAL.utc()
    return Alert(
        id=f"test-{uuid.uuid4().hex}",
        seq=1,
        kind="test",
        machine="",
        level="watch",
        at=now,
        began=now,
        ended=now,
        text=f"This is a test of the channel {title} of {settings.plant.name}. No machine sounds wrong.",
        scope="machine",
        model=None,
        link=settings.messages.link,
        details={},
    )
