"""Command ``offkey watch sources``."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from offkey.cli.console import print_json, print_table, say
from offkey.cli.options import Json
from offkey.errors import check_installed

if TYPE_CHECKING:
    from offkey.watch.acquisition.microphones import Microphone

__all__ = ["sources"]

_MOST_CHANNELS = 8  # that are listened to; a sound server offers any number


def sources(json: Json = False) -> None:
    """List the microphones of this computer with identity and current level.

    Examples
    --------
    offkey watch sources
    offkey watch sources --json
    """
    from offkey.watch.acquisition.microphones import identity_of
    from offkey.watch.acquisition.sound_card import list_microphones

    check_installed("watch", "A list of microphones", "sounddevice")
    found = list_microphones()
    rows = [_row(one, identity_of(one, found)) for one in found]
    if json:
        print_json({"microphones": rows})
        return
    if not rows:
        say("There is no microphone, or another program holds it.")
        return
    _print(rows)
    if served := [row["microphone"] for row in rows if not row["hardware"]]:
        say(f"A sound server gives {' and '.join(served)}: it may take another microphone instead.")
    first = next((row for row in rows if row["hardware"] and row["problem"] is None), rows[0])
    say(f'In the file of a plant: source = {{ kind = "soundcard", microphone = "{first["microphone"]}" }}')


def _row(microphone: Microphone, identity: str) -> dict[str, Any]:
    """Return what is known of a microphone, with the level of a second of its sound."""
    from offkey.watch.acquisition.sound_card import level_db
    from offkey.watch.acquisition.source import SourceLostError

    level: float | None = None
    problem = None
    try:
        level = level_db(identity, microphone.rate, min(microphone.channels, _MOST_CHANNELS))
    except SourceLostError as error:
        problem = str(error)
    if level == -math.inf:
        level, problem = None, "digital silence: check the microphone and its cable"
    return {
        "microphone": identity,
        "known_by": list(microphone.known_by),
        "name": microphone.name,
        "hardware": microphone.is_hardware,
        "channels": microphone.channels,
        "rate": microphone.rate,
        "level_db": level,
        "problem": problem,
    }


def _print(rows: list[dict[str, Any]]) -> None:
    from rich.table import Table

    table = Table("microphone", "name", "channels", "rate", "level")
    for row in rows:
        level = row["problem"] if row["level_db"] is None else f"{row['level_db']:.1f} dB"
        table.add_row(row["microphone"], row["name"], str(row["channels"]), f"{row['rate']} Hz", level)
    print_table(table)
