"""A graph at work: a clip cut into what its input takes, run, and put together in time."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from offkey.errors import AudioError, DataError, ParameterError, require
from offkey.features.embedding.axes import arrange, default_axes
from offkey.features.embedding.description import Description
from offkey.features.embedding.patches import Patches, log_mel_patches
from offkey.features.frames import cut_frames

__all__ = ["OnnxNetwork"]

_AT_A_TIME = 64  # pieces that are run together where the input's first length is open
_LEAST_S = 0.1  # of a waveform of open length

Floats = NDArray[np.float32]


class OnnxNetwork:
    """A graph of one input and one output in ONNX Runtime, on one thread, as many clips run side by side."""

    def __init__(self, content: bytes, how: Description, name: str) -> None:
        self.rate, self._how, self._name = how.rate, how, name
        self._session = _session(content, name)
        inputs = self._session.get_inputs()
        if len(inputs) != 1 or inputs[0].type not in _TYPES:
            found = ", ".join(f"{one.name} {one.type} {one.shape}" for one in inputs)
            raise DataError(f"{name} must have one input of floating-point numbers; found {found or 'none'}.")
        self._input, self._type = inputs[0].name, _TYPES[inputs[0].type]
        self._shape = [size if isinstance(size, int) and size > 0 else None for size in inputs[0].shape]
        self._patches = _patches(self._shape, how, name)
        if self._patches is None:
            self._length, self._hop = self._piece()
            self.min_samples = self._length or round(_LEAST_S * self.rate)
        else:
            self.min_samples = self._patches.min_samples(self.rate)

    def __call__(self, samples: Floats) -> Floats:
        """Return the output for one clip, shape (n_dims, n_bands, n_frames)."""
        outputs = [self._run(batch) for batch in self._batches(samples)]
        axes = self._how.axes or default_axes(outputs[0].ndim)
        return np.concatenate([arrange(output, axes) for output in outputs], axis=2)

    def _batches(self, samples: Floats) -> list[Floats]:
        if self._patches is not None:
            pieces = log_mel_patches(samples, self.rate, self._patches)
            return _in_batches(_shaped(pieces, self._shape), alone=len(self._shape) == 2, fixed=self._shape[0])
        waves = samples[None] if self._length is None else cut_frames(samples, self._length, self._hop)
        if len(self._shape) == 3:  # batch, channel, sample
            waves = waves[:, None]
        return _in_batches(waves, alone=len(self._shape) == 1, fixed=self._shape[0])

    def _piece(self) -> tuple[int | None, int]:
        """Return length and hop in samples of what a waveform is cut into, no length for the whole clip."""
        fixed = self._shape[-1]
        wanted = None if self._how.window_s is None else round(self._how.window_s * self.rate)
        if fixed is not None and wanted not in (None, fixed):
            raise ParameterError(f"{self._name} takes {fixed} samples at a time, but 'window_s' gives {wanted}.")
        length = fixed or wanted
        hop = round(self._how.hop_s * self.rate) if self._how.hop_s else (length or 0) // 2
        return length, max(1, hop)

    def _run(self, batch: Floats) -> Floats:
        try:
            output = self._session.run(None, {self._input: np.ascontiguousarray(batch, self._type)})[0]
        except Exception as error:  # ONNX Runtime has several of its own
            reason = str(error).strip().splitlines()[0]
            raise AudioError(f"{self._name} cannot be run on an input of shape {batch.shape}: {reason}") from error
        return np.asarray(output, np.float32)


_TYPES = {"tensor(float)": np.float32, "tensor(double)": np.float64, "tensor(float16)": np.float16}


def _session(content: bytes, name: str) -> Any:
    runtime = require("onnxruntime", "onnx", "The front end 'onnx'")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.load_model_format", "ONNX")  # and no other, however it begins
    try:
        return runtime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime has several of its own
        reason = str(error).strip().splitlines()[0].rstrip(".")
        raise DataError(f"{name} cannot be loaded by ONNX Runtime: {reason}.") from error


def _patches(shape: list[int | None], how: Description, name: str) -> Patches | None:
    """Return how patches are made if the input takes such, None if it takes a waveform."""
    size = (how.patches.frames, how.patches.n_mels)
    fits = any(shape[k : k + 2] in ([*size], [*reversed(size)]) for k in range(len(shape) - 1))
    kind = how.input or ("patches" if fits else "waveform" if len(shape) <= 2 else None)
    if kind == "waveform" and len(shape) in (1, 2, 3):
        return None
    if kind == "patches" and 2 <= len(shape) <= 4:
        return how.patches
    raise DataError(
        f"{name} takes an input of shape {shape}, which is neither a waveform nor patches of {size[0]} frames and "
        f"{size[1]} bands: say in a TOML file beside it with 'input' and 'patches' what it takes."
    )


def _shaped(patches: Floats, shape: list[int | None]) -> Floats:
    """Give patches, shape (n, frames, bands), the axes of the input: turned, or with a channel, where it is so."""
    frames, bands = patches.shape[1:]
    first, second = shape[-3:-1] if _channel_last(shape) else shape[-2:]
    if frames != bands and first == bands and second in (frames, None):
        patches = patches.transpose(0, 2, 1)
    if len(shape) < 4:
        return patches
    return patches[..., None] if _channel_last(shape) else patches[:, None]


def _channel_last(shape: list[int | None]) -> bool:
    return len(shape) == 4 and shape[-1] == 1 and shape[1] != 1


def _in_batches(pieces: Floats, *, alone: bool, fixed: int | None) -> list[Floats]:
    """Divide pieces into what is run together: each alone, as many as the input's first length says, or many."""
    if alone:
        return list(pieces)
    at_a_time = fixed or _AT_A_TIME
    batches = [pieces[first : first + at_a_time] for first in range(0, len(pieces), at_a_time)]
    if fixed is not None and len(batches[-1]) < fixed:
        raise DataError(f"An input of a fixed batch of {fixed} cannot take {len(pieces)} pieces: export it with 1.")
    return batches
