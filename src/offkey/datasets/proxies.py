"""Clips with a synthetic fault mixed in, written as new files to stand in for anomalies."""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from offkey.audio import FileRecording
from offkey.errors import AudioError, ParameterError
from offkey.files import make_folder, write_bytes
from offkey.synthetic import faults as fault_names
from offkey.synthetic import mix_fault
from offkey.tables import path_of

__all__ = ["FaultMix", "mix_faults"]

_Row = dict[str, Any]


@dataclass(frozen=True)
class FaultMix:
    """The faults that are mixed into clips."""

    faults: tuple[str, ...]  # names of `offkey.synthetic.faults`; the clips of a section and split take turns
    snr_db: float = 0.0  # power of the fault over that of the clip, as in `offkey.synthetic.mix_fault`, in dB
    severity: float = 1.0

    def __post_init__(self) -> None:
        for fault in self.faults:
            if fault not in fault_names():
                raise ParameterError(f"There is no fault {fault!r}: expected one of {', '.join(fault_names())}.")
        if not self.faults:
            raise ParameterError(f"A mix needs at least one fault of {', '.join(fault_names())}; got none.")


def mix_faults(
    rows: Sequence[_Row], mix: FaultMix, folder: Path, *, seed: int, advance: Callable[[], None] = lambda: None
) -> tuple[list[_Row], list[tuple[str, str]]]:
    """Mix a fault into each clip and write it as a new file.

    `rows`: the clips, as rows of the table; of several channels the one that is heard gets the fault.
    `folder`: where the files go, as ``<machine>/<section>/<split>/<name>_<fault>.wav`` in 32-bit floats.
    Returns `rows`: a row for each new file: an anomaly, with ``proxy`` telling the fault.
    """
    proxies: list[_Row] = []
    left_out: list[tuple[str, str]] = []
    taken: set[Path] = set()
    turns: Counter[tuple[Any, ...]] = Counter()
    for row in rows:
        group = (row["machine"], row["section"], row["snr_db"], row["split"])
        fault = mix.faults[turns[group] % len(mix.faults)]
        turns[group] += 1
        path = _target(row, fault, folder, taken)
        try:
            content = _mixed(row, fault, mix, seed)
        except (AudioError, ParameterError) as error:
            left_out.append((row["file"], str(error)))
            advance()
            continue
        make_folder(path.parent)
        write_bytes(path, content)
        what = f"fault {fault} at {mix.snr_db:g} dB"
        proxies.append({**row, "file": str(path), "label": "anomaly", "proxy": what})
        advance()
    return proxies, left_out


def _target(row: _Row, fault: str, folder: Path, taken: set[Path]) -> Path:
    """Return the new file's path; clips of one name, such as those at several SNRs, get a number."""
    place = folder / str(row["machine"] or "machine") / str(row["section"] or "clips") / str(row["split"])
    stem = f"{Path(row['file']).stem}_{fault}"
    numbered = (place / f"{stem}{f'_{number}' if number > 1 else ''}.wav" for number in count(1))
    path = next(path for path in numbered if path not in taken)
    taken.add(path)
    return path


def _mixed(row: _Row, fault: str, mix: FaultMix, seed: int) -> bytes:
    """Return the clip with the fault as a WAV file's content."""
    from scipy.io import wavfile  # libsndfile would put the time of day into a file of floats

    recording = FileRecording(path_of(row["file"]))
    channels = [np.concatenate(list(recording.blocks(channel))) for channel in range(recording.channels)]
    heard_channel = row["channel"] or 0
    lot = hashlib.blake2b(Path(row["file"]).name.encode(), digest_size=8).digest()
    rng = np.random.default_rng([seed, int.from_bytes(lot)])
    channels[heard_channel], _ = mix_fault(
        channels[heard_channel], recording.rate, fault=fault, severity=mix.severity, snr_db=mix.snr_db, rng=rng
    )
    buffer = io.BytesIO()
    wavfile.write(buffer, recording.rate, np.stack(channels, axis=1).astype(np.float32))
    return buffer.getvalue()
