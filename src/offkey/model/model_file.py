"""The model file: a zip of JSON and arrays, readable without offkey, never a pickle.

``manifest.json`` holds the protocol number, the version that wrote it, and everything that is not an
array; an array stands in it as ``{"array": "arrays/0.npy"}``. The same model gives the same bytes.
A later protocol must keep reading every earlier one.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from offkey import features
from offkey._version import __version__
from offkey.decision import Calibration, Threshold
from offkey.detectors import Detector
from offkey.errors import ModelFileError, ParameterError
from offkey.features.normalisation import Standardiser
from offkey.files import atomic_binary
from offkey.model.config import ModelConfig
from offkey.model.model import FittedOn, Model

__all__ = ["PROTOCOL", "load_model", "save_model"]

PROTOCOL = 1
"""Number of the file's form; it rises when an older offkey could no longer read the file."""

_MANIFEST = "manifest.json"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date that a zip can hold


class _Manifest(BaseModel):
    model_config = ConfigDict(extra="allow")  # a later version may add what this one does not need

    protocol: int
    offkey_version: str
    config: ModelConfig
    rate: int
    threshold: float
    false_alarm_rate: float
    extrapolated: bool
    fitted_on: FittedOn
    detector: dict[str, Any]
    normal_scores: Any
    standardiser: dict[str, Any] | None = None
    front_end: dict[str, Any] | None = None  # where it has learnt something


def save_model(model: Model, path: Path) -> None:
    """Write a model to a file, whole or not at all.

    Parameters
    ----------
    model : Model
        The model.
    path : Path
        The file; its folder must exist.

    Raises
    ------
    OffkeyError
        If it cannot be written.
    """
    arrays: dict[bytes, tuple[str, bytes]] = {}
    front_end = model.front_end.state()
    manifest = _Manifest(
        protocol=PROTOCOL,
        offkey_version=__version__,
        config=model.config,
        rate=model.rate,
        threshold=model.threshold.value,
        false_alarm_rate=model.threshold.false_alarm_rate,
        extrapolated=model.threshold.extrapolated,
        fitted_on=model.fitted_on,
        detector=_without_arrays(model.detector.state(), arrays),
        normal_scores=_without_arrays(model.calibration.normal_scores, arrays),
        standardiser=_without_arrays(vars(model.standardiser), arrays) if model.standardiser else None,
        front_end=_without_arrays(front_end, arrays) if front_end["learnt"] else None,
    )
    with atomic_binary(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(_MANIFEST, _EPOCH), json.dumps(manifest.model_dump(mode="json"), indent=1))
        for name, content in arrays.values():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED, compresslevel=1)


def load_model(path: str | PathLike[str]) -> Model:
    """Read a model from a file.

    Parameters
    ----------
    path : path
        A file that `Model.save` wrote, with this or an earlier version of offkey.

    Returns
    -------
    Model

    Raises
    ------
    ModelFileError
        If the file does not exist, is no model, is damaged, or was written by a later offkey.
    """
    path = Path(path)
    try:
        with zipfile.ZipFile(path) as archive:
            if _MANIFEST not in archive.namelist():
                raise ModelFileError(f"{path} is no offkey model: it is a zip file without {_MANIFEST}.")
            return _model(json.loads(archive.read(_MANIFEST)), archive, path)
    except OSError as error:
        raise ModelFileError(f"The model {path} cannot be read: {error.strerror or error}.") from error
    except zipfile.BadZipFile as error:
        raise ModelFileError(_not_a_zip(path)) from error
    except ModelFileError:
        raise
    except ParameterError as error:
        raise ModelFileError(f"The model {path} cannot be used here: {error}") from error
    except (ValueError, KeyError, TypeError, EOFError) as error:  # of json, numpy, or a manifest of another form
        raise ModelFileError(
            f"The model {path} is damaged ({_first_line(error)}): fit it again or copy it again."
        ) from error


def _model(content: Any, archive: zipfile.ZipFile, path: Path) -> Model:
    protocol = content.get("protocol") if isinstance(content, dict) else None
    if not isinstance(protocol, int) or "offkey_version" not in content:
        raise ModelFileError(f"{path} is no offkey model: its {_MANIFEST} names no protocol of offkey.")
    if protocol > PROTOCOL:
        raise ModelFileError(
            f"The model {path} was written by offkey {content['offkey_version']} with protocol {protocol}, this is "
            f"offkey {__version__}, which reads up to {PROTOCOL}: update offkey, or fit the model again."
        )
    manifest = _Manifest.model_validate(content)
    config = manifest.config
    return Model(
        config=config,
        rate=manifest.rate,
        front_end=_front_end(manifest, archive),
        standardiser=Standardiser(**_with_arrays(manifest.standardiser, archive)) if manifest.standardiser else None,
        detector=Detector.from_state(_with_arrays(manifest.detector, archive)),
        calibration=Calibration(_with_arrays(manifest.normal_scores, archive)),
        threshold=Threshold(manifest.threshold, manifest.false_alarm_rate, manifest.extrapolated),
        fitted_on=manifest.fitted_on,
    )


def _front_end(manifest: _Manifest, archive: zipfile.ZipFile) -> features.FrontEnd:
    if manifest.front_end is not None:
        return features.restore(_with_arrays(manifest.front_end, archive))
    return features.create(manifest.config.features, **manifest.config.features_params)


def _without_arrays(value: Any, arrays: dict[bytes, tuple[str, bytes]]) -> Any:
    """Replace each array by a reference and collect its bytes; equal arrays are stored once."""
    if isinstance(value, np.ndarray):
        content = _npy(value)
        name, _ = arrays.setdefault(content, (f"arrays/{len(arrays)}.npy", content))
        return {"array": name, "dtype": value.dtype.str}
    if isinstance(value, Mapping):
        return {key: _without_arrays(element, arrays) for key, element in value.items()}
    if isinstance(value, list | tuple):
        return [_without_arrays(element, arrays) for element in value]
    return value


def _with_arrays(value: Any, archive: zipfile.ZipFile) -> Any:
    if isinstance(value, Mapping):
        if set(value) == {"array", "dtype"}:
            array = np.load(io.BytesIO(archive.read(value["array"])), allow_pickle=False)
            return array.astype(np.dtype(value["dtype"]), copy=False)
        return {key: _with_arrays(element, archive) for key, element in value.items()}
    return [_with_arrays(element, archive) for element in value] if isinstance(value, list) else value


def _npy(array: NDArray[Any]) -> bytes:
    """Return an array as an ``.npy`` file, in single precision where that loses nothing, as for most features."""
    if array.dtype == np.float64:
        with np.errstate(over="ignore"):
            single = array.astype(np.float32)
        array = single if np.array_equal(single, array) else array
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def _not_a_zip(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(2)
    if not start:
        return f"The model {path} is empty: fit it again or copy it again."
    if start == b"PK":
        return f"The model {path} is truncated or damaged: fit it again or copy it again."
    return f"{path} is no offkey model: expected a file written by 'offkey fit', found something else."


def _first_line(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return str(error).splitlines()[0] if str(error) else type(error).__name__
