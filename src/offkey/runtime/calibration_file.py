"""The file ``calibration.json`` of an exported model: the decision, which a person may edit, and its form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .calibration import Calibration, EventRule, Tail
from .errors import FolderError
from .incomplete_gamma import SHAPES
from .json_fields import Fields
from .samples import Channel, is_channel

__all__ = ["PROTOCOL", "CalibrationFile", "read_calibration"]

PROTOCOL = 1
"""The newest form of ``calibration.json`` that is known here."""

_RATES = 400, 10_000_000  # Hz
_LONGEST = 1 << 26  # samples of a window or a hop
_MOST_HOLD = 1 << 31


@dataclass(frozen=True)
class CalibrationFile:
    """The content of ``calibration.json``.

    Parameters
    ----------
    calibration : Calibration
        Decides about scores.
    rate : int
        Sampling rate in Hz.
    window, hop : int
        Of a window, and from the start of one to the start of the next where files are cut, in samples.
    channel : int or str
        The channel of recordings with several.
    false_alarm_rate : float
        The share of normal clips above the threshold, as it was asked for.
    events : EventRule or None
        When events of a stream begin and end.
    sha256 : str or None
        Digest of ``model.onnx``; None where the folder has none.
    name : str
        Name of the model.
    """

    calibration: Calibration
    rate: int
    window: int
    hop: int
    channel: Channel
    false_alarm_rate: float
    events: EventRule | None
    sha256: str | None
    name: str


def read_calibration(content: bytes, place: str) -> CalibrationFile:
    """Read ``calibration.json``, whoever wrote it.

    Parameters
    ----------
    content : bytes
        Of the file.
    place : str
        The file in a sentence.

    Returns
    -------
    CalibrationFile

    Raises
    ------
    FolderError
        If it is of a later protocol, or a value is missing, of another type, not finite or out of range.
    """
    fields = Fields.parse(content, place)
    protocol = fields.whole("protocol", 1, 1 << 31)
    reader = _READERS.get(protocol)
    if reader is None:
        raise FolderError(
            f"{place} is of protocol {protocol}, and this version of offkey-runtime knows those up to {PROTOCOL}: "
            "install a later one."
        )
    return reader(fields, place)


def _protocol_1(fields: Fields, place: str) -> CalibrationFile:
    tail, model = fields.fields("tail"), fields.fields("model")
    calibration = Calibration(
        sorted(fields.numbers("normal_scores", 3)),
        fields.number("threshold"),
        Tail(tail.number("shape", *SHAPES), tail.above("scale", 0), tail.number("location")),
    )
    return CalibrationFile(
        calibration,
        rate=fields.whole("rate", *_RATES),
        window=fields.whole("window", 1, _LONGEST),
        hop=fields.whole("hop", 1, _LONGEST),
        channel=_channel(fields, place),
        false_alarm_rate=fields.number("false_alarm_rate", 0, 1),
        events=None if fields.any("events") is None else _rule(fields.fields("events"), place),
        sha256=None if model.any("sha256") is None else model.text("sha256"),
        name=model.text("name", ""),
    )


def _channel(fields: Fields, place: str) -> Channel:
    value = fields.any("channel")
    if not is_channel(value):
        raise FolderError(
            f"'channel' of {place} must be an index from 0, 'mean', or two indices such as '0-1'. Got {value!r:.60} "
            "instead."
        )
    found: Channel = value
    return found


def _rule(fields: Fields, place: str) -> EventRule:
    rule = EventRule(
        hop_s=fields.number("hop_s", 1e-6, 3600),
        half_life=fields.number("half_life", 1e-6, 1e12),
        open_at=fields.number("open_at"),
        close_at=fields.number("close_at"),
        hold=fields.whole("hold", 0, _MOST_HOLD),
        usual=fields.number("usual"),
        basis=fields.text("from", ""),
    )
    if rule.open_at < rule.close_at:
        raise FolderError(
            f"'open_at' of 'events' of {place} must be 'close_at' or more, {rule.close_at:g}. Got {rule.open_at:g} "
            "instead."
        )
    return rule


_READERS: dict[int, Callable[[Fields, str], CalibrationFile]] = {1: _protocol_1}
"""A reader of each protocol, those of earlier versions for ever."""
