"""The state of the system below a monitor, and a bundle of it to send to who helps, without secrets."""

from __future__ import annotations

import importlib.metadata
import io
import json
import os
import platform
import re
import resource
import shutil
import sys
import time
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from offkey._version import __version__
from offkey.watch.settings import PlantSettings
from offkey.watch.store.store import Store

__all__ = ["journal_lines", "support_bundle", "system_facts"]

_PACKAGES = ("numpy", "scipy", "soundfile", "soxr", "sqlalchemy", "fastapi", "uvicorn", "paho-mqtt", "sounddevice")
_LINES = 200  # of the journal
_ROWS = 1000  # of events, states and messages
_USERINFO = re.compile(r"(?<=://)[^/@\s]+@")
_QUERY = re.compile(r"(?<=\?)[^\s\"']+")
_LINE = {"at": "", "what": "", "why": "", "version": ""}  # only an end by an error says why
_MB = 1e6


def system_facts(store: Store, folder: Path) -> dict[str, Any]:
    """Return how the system is doing.

    Parameters
    ----------
    store : Store
        Of the plant.
    folder : Path
        Of the plant, whose disk is looked at.

    Returns
    -------
    dict
        `offkey`, `python`, `system`, `packages` (versions); `processors`, `load` (over 1, 5 and 15 minutes; None where
        the system has none), `processor_s` (of this process), `memory_mb` (at most so far), `uptime_s` (of this
        process), `disk_free_mb`, `disk_mb`, `database_mb` and `messages` (how many of each channel and status).
    """
    usage, disk = resource.getrusage(resource.RUSAGE_SELF), shutil.disk_usage(folder)
    peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return {
        "offkey": __version__,
        "python": platform.python_version(),
        "system": platform.platform(),
        "packages": {name: version for name in _PACKAGES if (version := _version(name)) is not None},
        "processors": os.cpu_count(),
        "load": os.getloadavg() if hasattr(os, "getloadavg") else None,
        "processor_s": round(usage.ru_utime + usage.ru_stime, 1),
        "memory_mb": round(peak / _MB),
        "uptime_s": round(time.monotonic() - _BEGAN),
        "disk_free_mb": round(disk.free / _MB),
        "disk_mb": round(disk.total / _MB),
        "database_mb": round(store.database.size_bytes() / _MB, 1),
        "messages": store.outbox.counts(),
    }


def journal_lines(path: Path | None, most: int = _LINES) -> list[dict[str, Any]]:
    """Return the newest lines of a boot journal that are whole, the newest first; none where there is no journal.

    Each has `at`, `what`, `why` and `version`, empty where the line does not say, beside what else stands there.
    """
    try:
        lines = [] if path is None else path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    found = []
    for line in reversed(lines[-most:]):
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict):
            found.append({**_LINE, **entry})
    return found


def support_bundle(
    store: Store,
    folder: Path,
    settings: PlantSettings,
    status: Sequence[Mapping[str, Any]],
    journal: Path | None,
) -> bytes:
    """Return a zip of what somebody who helps needs: no sound, no model, and no secret.

    Addresses lose names, passwords and queries; settings hold the places of secrets alone.

    Parameters
    ----------
    store, folder
        As of `system_facts`.
    settings : PlantSettings
        That are in force.
    status : sequence of mapping
        As of `Monitor.status`.
    journal : Path, optional
        The boot journal.

    Returns
    -------
    bytes
        A zip of JSON files.
    """
    files = {
        "system.json": system_facts(store, folder),
        "status.json": list(status),
        "settings.json": _without_arguments(settings.model_dump(mode="json")),
        "journal.json": journal_lines(journal),
        "events.json": store.events(limit=_ROWS),
        "sources.json": store.source_states(limit=_ROWS),
        "messages.json": [
            {key: row[key] for key in row if key != "payload"} for row in store.outbox.messages(limit=_ROWS)
        ],
        "steps.json": store.life.steps(),
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, values in files.items():
            bundle.writestr(name, _without_secrets(json.dumps(values, indent=1, default=str)))
    return content.getvalue()


def _without_arguments(settings: dict[str, Any]) -> dict[str, Any]:
    """Leave of commands that are run their programs alone."""
    channels = settings["notify"]
    kept = [{**one, "command": [*one["command"][:1], "..."]} if "command" in one else one for one in channels]
    return {**settings, "notify": kept}


def _without_secrets(text: str) -> str:
    """Take names, passwords and queries out of addresses."""
    return _QUERY.sub("...", _USERINFO.sub("...@", text))


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


_BEGAN = time.monotonic()
