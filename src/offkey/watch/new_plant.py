"""The file of a new plant, with comments that say what each line is for."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from offkey.errors import UsageError
from offkey.synthetic import machines
from offkey.watch.life.normal_set import file_name
from offkey.watch.settings import PlantSettings

__all__ = ["SOURCES", "local_zone", "plant_text"]

SOURCES = (
    "an address such as rtsp://camera-7/audio, a microphone as 'offkey watch sources' names it, a folder where a "
    "recorder drops files, simulated:fan for a synthetic machine, or - for raw samples at 16 kHz on standard input"
)
"""Sources in words, for people."""

_MICROPHONE = re.compile(r"(usb|bus|name|alsa):.+")

_HEAD = """# A plant as 'offkey watch' listens to it. 'offkey watch check' says whether all is right; a monitor that
# runs reads this file again on SIGHUP. Relative paths start at the folder of this file.

database = "plant.db"          # or the URL of a PostgreSQL database

[plant]
name = {name}
zone = {zone}  # of the clocks on the walls: quiet hours and messages go by it
# alarms_per_week = 1          # budget of false alarms of all machines together, by which sensitivities are chosen
"""

_MACHINE = """
[[machine]]
name = {name}
model = {model}  # where it is not there, the machine learns first
source = {source}
learn_hours = 24               # of normal sound that it learns from, without a model
shadow_days = 3                # of sound after that, before anybody is told of events
# sensitivity = 1              # events that the shadow may hold: 0, 1, 3, 10 or 30
# area = "hall 1"              # machines of one area change together when their surroundings do
# kind = "pump"                # 'offkey watch fleet' compares machines of one kind with each other
"""

_NOTIFY = """
# Who is told; secrets come from files or the environment. 'offkey watch test-alert' tries it.
# [[notify]]
# kind = "mqtt"
# broker = "mqtt://broker.local"
"""


def plant_text(name: str, zone: str, sources: Sequence[tuple[str, str]]) -> str:
    """Return the file of a plant.

    Parameters
    ----------
    name, zone : str
        Of the plant; the zone by its IANA name.
    sources : sequence of (str, str)
        Name and source of each machine, the source as `SOURCES` says.

    Returns
    -------
    str
        TOML that `read_settings` accepts.

    Raises
    ------
    UsageError
        If a name or a source is not as it must be.
    """
    text = _HEAD.format(name=_quoted(name), zone=_quoted(zone))
    for machine, source in sources:
        model = _quoted(f"models/{file_name(machine)}.offkey")
        text += _MACHINE.format(name=_quoted(machine), model=model, source=_source(source))
    text += _NOTIFY
    try:
        PlantSettings.model_validate(tomllib.loads(text))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise UsageError(f"This makes no plant: {first['msg'].removeprefix('Value error, ')}.") from error
    return text


def local_zone(link: Path = Path("/etc/localtime")) -> str:
    """Return the IANA name of the zone of this computer, as far as its `link` tells; else UTC."""
    try:
        zone = link.resolve().as_posix().partition("zoneinfo/")[2]
    except OSError:
        return "UTC"
    return zone or "UTC"


def _source(text: str) -> str:
    """Return the table of a source."""
    if text == "-":
        return '{ kind = "stdin", rate = 16000 }'
    kind, field, value = "folder", "path", text
    if _MICROPHONE.fullmatch(text):
        kind, field = "soundcard", "microphone"
    elif text.startswith("simulated:"):
        kind, field, value = "simulated", "machine", text.partition(":")[2]
        if value not in machines():
            raise UsageError(f"There is no simulated machine {value!r}: expected one of {', '.join(machines())}.")
    elif "://" in text:
        kind, field = "ffmpeg", "url"
    return f'{{ kind = "{kind}", {field} = {_quoted(value)} }}'


def _quoted(text: str) -> str:
    """Return a text as TOML writes it: that of JSON, with signs as they are, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
