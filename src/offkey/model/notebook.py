"""HTML for notebooks: a player and a spectrogram of a stretch of a recording, and tables of sentences."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from offkey.audio import FileRecording
from offkey.errors import AudioError, MissingExtraError
from offkey.features.frames import frame_sizes
from offkey.features.mel import log_mel, mel_bands_hz
from offkey.model.reference import flac_bytes
from offkey.pages import data_uri
from offkey.pictures import Picture, new_figure
from offkey.tables import path_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["sentences_html", "sound_html", "sound_picture"]

_MOST_S = 60.0  # that is played
_BANDS = 128
_FLOOR_DB, _RANGE_DB = -120.0, 60.0
_TICKS_HZ = (250, 500, 1000, 2000, 4000, 8000, 16000)
_WIDTH_IN, _SHAPE = 7.0, 0.32

Samples = NDArray[np.float32]


def sound_html(file: str, start_s: float | None, end_s: float | None) -> str:
    """Return a player and a spectrogram of a stretch of a recording as HTML.

    Where the recording cannot be read, such as sound that was an array, it says so; without the extra that draws
    pictures there is a player alone.
    """
    try:
        samples, rate = _read(file, start_s, end_s)
    except AudioError as error:
        return f"<p><small>{escape(str(error))}</small></p>"
    gain = np.float32(0.9 / max(float(np.abs(samples).max()), 1e-9))
    source = data_uri("audio/flac", flac_bytes(samples * gain, rate))
    player = f"<audio controls preload='none' src='{source}'></audio>"
    try:
        picture = Picture(partial(_figure, samples, rate, start_s or 0.0))._repr_png_()
    except MissingExtraError:
        return f"<p>{player}</p>"
    return f"<p>{player}<br><img alt='spectrogram' src='{data_uri('image/png', picture)}'></p>"


def sound_picture(file: str, start_s: float | None, end_s: float | None) -> Picture:
    """Return the spectrogram of a stretch of a recording; an AudioError if it cannot be read."""
    samples, rate = _read(file, start_s, end_s)
    return Picture(partial(_figure, samples, rate, start_s or 0.0))


def sentences_html(sentences: dict[str, str]) -> str:
    """Return sentences beside their headings as an HTML table."""
    rows = [
        f"<tr><th style='text-align:left;vertical-align:top'>{escape(heading)}</th>"
        f"<td style='text-align:left'>{escape(text)}</td></tr>"
        for heading, text in sentences.items()
    ]
    return f"<table>{''.join(rows)}</table>"


def _read(file: str, start_s: float | None, end_s: float | None) -> tuple[Samples, int]:
    """Return the first channel of a stretch of a recording, of a minute at most, and its rate in Hz."""
    recording = FileRecording(path_of(file), name=file)
    start = start_s or 0.0
    end = min(start + _MOST_S, start + _MOST_S if end_s is None else end_s)
    blocks = [block[:, 0] for block in recording.every_channel(start, end)]
    samples = np.concatenate(blocks) if blocks else np.empty(0, np.float32)
    if len(samples) < frame_sizes(recording.rate)[0]:
        raise AudioError(f"{file} holds no sound from {start:g} to {end:g} s: it has changed since it was scored.")
    return samples, recording.rate


def _figure(samples: Samples, rate: int, start_s: float, width_in: float | None) -> Figure:
    """Return the log-mel spectrogram of a sound, with time, frequency and level on its axes."""
    levels = log_mel(samples, rate, n_mels=_BANDS, floor_db=_FLOOR_DB)
    edges_hz = np.append(mel_bands_hz(rate, _BANDS)[:, 0], rate / 2)
    width = width_in or _WIDTH_IN
    figure = new_figure(width, width * _SHAPE)
    axes = figure.subplots()
    high = float(np.percentile(levels, 99.8))
    image = axes.imshow(
        levels,
        origin="lower",
        aspect="auto",
        extent=(start_s, start_s + len(samples) / rate, 0, _BANDS),
        vmin=high - _RANGE_DB,
        vmax=high,
        cmap="magma",
        rasterized=True,
    )
    ticks = [hz for hz in _TICKS_HZ if hz < rate / 2]
    axes.set_yticks(np.interp(ticks, edges_hz, np.arange(_BANDS + 1)), [f"{hz:,}" for hz in ticks])
    axes.set_xlabel("Time in s")
    axes.set_ylabel("Frequency in Hz")
    figure.colorbar(image, label="Level in dB")
    return figure
