"""The description of an ONNX file, in a small TOML file beside it or as options."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PositiveFloat, ValidationError

from offkey.errors import DataError
from offkey.features.embedding.frame_pooling import PoolingRule
from offkey.features.embedding.patches import Patches

__all__ = ["ENCODERS", "Description", "read_description"]

_HERE = Path(__file__).parent / "encoders"
ENCODERS = tuple(sorted(path.stem for path in _HERE.glob("*.toml")))
"""Names of the descriptions that come with offkey; docs/encoders.md says what each is of."""


def _checked(way: float | str) -> float | str:
    rule = PoolingRule()
    if not rule.holds(way):
        raise ValueError(f"it must be {rule}")
    return way


_Way = Annotated[float | str, AfterValidator(_checked)]


class Description(BaseModel):
    """The input of a network, the tensor that is its embedding, and the pooling of it.

    `input`: {"waveform", "patches"}; what it takes; by default read off the shape of its input.
    `layer`: name of the tensor that is the embedding, an output or one between; by default the output named so,
        YAMNet's, or the only one.
    `axes`: a letter for each axis of that tensor: n patch, t time, b band, d embedding dimension; by default ``d``,
        ``nd``, ``ntd`` or ``ndtb``.
    `window_s`, `hop_s`: length and hop of the pieces that a waveform is cut into, in seconds; by default the whole
        clip, or where the input's length is fixed, that length and half of it.
    `pooling`: ways of pooling over time, one block each, as of `offkey.features.embedding.frame_pooling.pool_frames`.
    `deviation`, `change`: whether to add a block of standard deviations, of mean changes from frame to frame.
    `licence`, `source`: under which licence and from where it came, for people.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rate: Annotated[int, Field(ge=1000, le=384_000)] = 16_000  # sampling rate in Hz that it was trained at
    input: Literal["waveform", "patches"] | None = None
    layer: str | None = None
    axes: str | None = None
    window_s: PositiveFloat | None = None
    hop_s: PositiveFloat | None = None
    pooling: Annotated[tuple[_Way, ...], Field(min_length=1)] = (1.0,)
    deviation: bool = False
    change: bool = False
    keep_bands: bool = False
    patches: Patches = Patches()  # how patches are made, where it takes such
    licence: str = ""
    source: str = ""


def read_description(model: Path, encoder: str | None = None, **options: Any) -> Description:
    """Read the description of an ONNX file.

    `model`: the ONNX file; its description lies beside it, as ``yamnet.toml`` beside ``yamnet.onnx``, or nowhere.
    `encoder`: one of `ENCODERS`, whose description counts where the file beside it says nothing.
    `options`: fields of `Description` that count more than what the files say, unless they are None.
    """
    given = {name: value for name, value in options.items() if value is not None}
    known = {} if encoder is None else _content(_HERE / f"{encoder}.toml")
    try:
        return Description(**{**known, **_content(model.with_suffix(".toml")), **given})
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        reason = f"the field '{field}' is wrong: {first['msg']}. Got {first['input']!r}"
        raise DataError(f"The description of {model} cannot be used: {reason}.") from error


def _content(path: Path) -> dict[str, Any]:
    """Return what a description says; nothing where it is not there."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    except OSError as error:
        raise DataError(f"The description {path} cannot be read: {error.strerror or error}.") from error
    except (ValueError, RecursionError) as error:  # of TOML and UTF-8
        raise DataError(f"The description {path} is no TOML file: {error}.") from error
