"""A fit in a process of its own that yields to all others, so that scoring goes on while a machine is learnt."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from offkey.errors import OffkeyError
from offkey.files import make_folder, write_bytes
from offkey.watch.local_time import utc_stamp

__all__ = ["BackgroundFit", "Fitted", "install"]

_PATIENCE_S = 5.0
_LOWEST = 19  # priority
_KEPT = 4  # normal clips whose sound stays in the model, to compare an event with
_PARTLY_DONE = 3  # exit status of a fit that left clips out


@dataclass(frozen=True)
class Fitted:
    """The outcome of a fit.

    `report`: what ``offkey fit --json`` prints: clips, seconds, notes and what was left out.
    """

    report: dict[str, Any]

    def sentence(self) -> str:
        """Say what was learnt from, and what to listen to."""
        found = self.report
        left_out = f", {len(found['left_out'])} were left out" if found["left_out"] else ""
        notes = "".join(f" {note[:1].upper()}{note[1:]}" for note in found["notes"])
        return f"learnt from {found['clips']} clips, {found['seconds'] / 60:.0f} minutes of sound{left_out}.{notes}"


class BackgroundFit:
    """A fit that goes on by itself; it is over when `outcome` says so.

    `inputs`: clips, and folders of them.
    `model`: the file to write.
    `config`: fields of `ModelConfig`.
    """

    def __init__(self, inputs: Sequence[Path], model: Path, config: Mapping[str, Any]) -> None:
        self._config = model.with_suffix(".json")
        write_bytes(self._config, json.dumps(config).encode())
        arguments = [*inputs, "--model", model, "--config", self._config, "--jobs", 1, "--json"]
        arguments += ["--keep-references", _KEPT]
        self._out, self._errors = TemporaryFile(), TemporaryFile()  # noqa: SIM115 - closed with the outcome
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "offkey", "fit", *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=self._out,
            stderr=self._errors,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            start_new_session=True,
        )
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self._process.pid, _LOWEST)

    def outcome(self) -> Fitted | None:
        """Return what came of it, once; None while it goes on; an OffkeyError says why there is no model."""
        status = self._process.poll()
        return None if status is None else self._read(status)

    def wait(self) -> Fitted:
        """Wait until it is over; as `outcome`."""
        return self._read(self._process.wait())

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        try:
            self._process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._clear()

    def _read(self, status: int) -> Fitted:
        texts = []
        for file in (self._out, self._errors):
            file.seek(0)
            texts.append(file.read().decode("utf-8", "replace"))
        self._clear()
        if status in (0, _PARTLY_DONE):
            return Fitted(json.loads(texts[0]))
        lines = [line for line in texts[1].splitlines() if line.strip()]
        said = lines[-1].removeprefix("offkey: ") if lines else "it said nothing."
        raise OffkeyError(f"No model could be fitted (status {status}): {said}")

    def _clear(self) -> None:
        self._out.close()
        self._errors.close()
        self._config.unlink(missing_ok=True)


def install(new: Path, model: Path, at: float) -> Path | None:
    """Put a new model in the place of the one in use; return where that one is kept, None where there was none.

    `at`: now, in seconds since 1970 UTC, which names the old file.

    Raises
    ------
    OffkeyError
        If a file cannot be moved.
    """
    kept = model.with_name(f"{model.stem}.{utc_stamp(at)}{model.suffix}")
    make_folder(model.parent)
    is_there = model.exists()
    try:
        if is_there:
            model.replace(kept)
        new.replace(model)
    except OSError as error:
        raise OffkeyError(f"The model {new} cannot take the place of {model}: {error.strerror or error}.") from error
    return kept if is_there else None
