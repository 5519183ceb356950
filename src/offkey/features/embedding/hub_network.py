"""A model of the hub at work: loaded once, asked window by window."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from offkey.errors import AudioError, DataError, OffkeyError, ParameterError, require
from offkey.features.embedding.axes import arrange, default_axes, grid
from offkey.features.embedding.hub_own_code import base_of, extractor_of, features_of, model_class
from offkey.features.embedding.torch_threads import one_torch_thread

__all__ = ["HubNetwork", "Loaded", "load"]

Floats = NDArray[np.float32]

_LEAST_S = 0.1  # shorter than this, convolutions in front of a transformer have nothing left
_SPECIAL_OF_AST = 2  # a class token and a distillation token
_WINDOW_S = 10.0  # of models that take any length


class Loaded(NamedTuple):
    """A model and what prepares its input."""

    model: Any
    extractor: Any
    device: str


@lru_cache(maxsize=2)
def load(folder: Path, *, with_code: bool = False, device: str = "auto") -> Loaded:
    """Load a model from its folder; that it is asked for again costs nothing.

    `folder`: as `offkey.features.embedding.hub_files.resolve` finds it.
    `device`: ``"cpu"``, ``"cuda"``, or ``"auto"``: a GPU if there is one.
    """
    torch = require("torch", "hub", "The front end 'hub'")
    transformers = require("transformers", "hub", "The front end 'hub'")
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    options = {"local_files_only": True, "trust_remote_code": with_code}
    transformers.utils.logging.disable_progress_bar()
    before = transformers.utils.logging.get_verbosity()
    transformers.utils.logging.set_verbosity_error()
    try:
        config = transformers.AutoConfig.from_pretrained(folder, **options)
        with warnings.catch_warnings():  # AST's lowest filters are empty, and are meant to be
            warnings.filterwarnings("ignore", "At least one mel filter has all zero values")
            extractor = extractor_of(folder, config.model_type, options)
        loader = model_class(getattr(config, "auto_map", {}))
        model, found = loader.from_pretrained(folder, output_loading_info=True, **options)
    except Exception as error:  # transformers has many of its own
        reason = " ".join(str(error).split())[:200].rstrip(".")
        raise DataError(
            f"transformers {transformers.__version__} cannot load the model in {folder}: {reason}."
        ) from error
    finally:
        transformers.utils.logging.set_verbosity(before)
    missing, whole = len(found["missing_keys"]), len(model.state_dict())
    if missing > whole / 2:
        raise DataError(f"The weights in {folder} do not fit the architecture: {missing} of {whole} are missing.")
    try:
        return Loaded(base_of(model).float().eval().to(device), extractor, device)
    except (RuntimeError, AssertionError) as error:
        raise OffkeyError(f"The device {device!r} cannot be used: {str(error).splitlines()[0]}") from error


class HubNetwork:
    """A loaded model as a `Network`.

    `layer`: index of a hidden state; None for what the model gives in the end.
    `token_bands`: how many bands the tokens of one time are; None where the architecture tells, or there are none.
    `window_s`: length of the windows that a clip is cut into, in seconds; None for what the model was trained on.
    """

    def __init__(
        self,
        loaded: Loaded,
        *,
        layer: int | None,
        token_bands: int | None,
        window_s: float | None,
        keep_bands: bool,
        name: str,
    ) -> None:
        self._model, self._extractor, self._device = loaded
        self._layer, self._name, self._keep_bands = layer, name, keep_bands
        self.rate = int(self._extractor.sampling_rate)
        self.min_samples = round(_LEAST_S * self.rate)
        longest_s = _longest_s(self._extractor)
        if window_s is not None and longest_s is not None and window_s > longest_s:
            raise ParameterError(f"{name} hears {longest_s:g} s at most. Got a 'window_s' of {window_s:g} instead.")
        self._window = round((window_s or longest_s or _WINDOW_S) * self.rate)
        self._padded = round(longest_s * self.rate) if longest_s else None
        config = self._model.config
        self._is_clap = config.model_type == "clap"
        self._has_decoder = bool(getattr(config, "is_encoder_decoder", False))
        self._of_patches = config.model_type == "audio-spectrogram-transformer"
        self._bands = token_bands
        if self._of_patches:
            self._bands = (config.num_mel_bins - config.patch_size) // config.frequency_stride + 1

    def __call__(self, samples: Floats) -> Floats:
        """Return the embedding of one clip, shape (n_dims, n_bands, n_frames)."""
        return np.concatenate([self._one(window) for window in self._windows(samples)], axis=2)

    def _windows(self, samples: Floats) -> list[Floats]:
        """Cut a clip into windows side by side, the last one at its end."""
        if len(samples) <= self._window:
            return [samples]
        starts = [*range(0, len(samples) - self._window, self._window), len(samples) - self._window]
        return [samples[start : start + self._window] for start in starts]

    def _one(self, window: Floats) -> Floats:
        import torch

        with one_torch_thread(), torch.inference_mode():
            try:
                inputs = self._extractor(window, sampling_rate=self.rate, return_tensors="pt").to(self._device)
                output = self._outputs(inputs)
            except OffkeyError:
                raise
            except (RuntimeError, TypeError, ValueError) as error:
                reason = " ".join(str(error).split())[:200].rstrip(".")
                raise AudioError(f"{self._name} cannot take {len(window)} samples: {reason}.") from error
            array = output.float().cpu().numpy()
        return self._arranged(array, len(window))

    def _outputs(self, inputs: Any) -> Any:
        """Return the tensor that is the embedding."""
        if self._is_clap and self._layer is None:
            output = self._model.get_audio_features(**inputs)
            return getattr(output, "pooler_output", output)
        encoder = self._model.audio_model if self._is_clap else self._model
        encoder = encoder.get_encoder() if self._has_decoder else encoder
        if self._layer is None:
            return _last(features_of(encoder, inputs), self._name)
        states = getattr(encoder(**inputs, output_hidden_states=True), "hidden_states", None)
        if not isinstance(states, tuple):
            raise ParameterError(f"{self._name} shows no hidden states: leave 'layer' out.")
        if not -len(states) <= self._layer < len(states):
            raise ParameterError(
                f"The 'layer' of {self._name} must be from {-len(states)} to {len(states) - 1}. Got {self._layer}."
            )
        return states[self._layer]

    def _arranged(self, array: Floats, n_samples: int) -> Floats:
        if array.ndim == 4:  # maps of CLAP's audio tower, which folds time into the rows
            folds = self._model.config.audio_config.spec_size // self._model.config.audio_config.num_mel_bins
            _, n_dims, rows, columns = array.shape
            folds = folds if self._is_clap and rows % folds == 0 else 1
            unfolded = array.reshape(n_dims, folds, rows // folds, columns).transpose(0, 2, 1, 3)
            return unfolded.reshape(n_dims, rows // folds, folds * columns)
        if array.ndim == 3 and self._bands is not None:
            special = _SPECIAL_OF_AST if self._of_patches else None
            return grid(array[0], self._bands, bands_first=self._of_patches, n_special=special)
        if self._keep_bands:
            raise ParameterError(
                f"The tokens of {self._name} have no bands that are known: say how many in 'token_bands'."
            )
        if array.ndim == 3 and self._has_decoder and self._padded:  # the rest of the window is silence
            array = array[:, : max(1, round(array.shape[1] * n_samples / self._padded))]
        return arrange(array, default_axes(array.ndim))


def _longest_s(extractor: Any) -> float | None:
    """Return the length in seconds that a model was trained on, None where it takes any."""
    if hasattr(extractor, "max_length_s"):  # CLAP
        return float(extractor.max_length_s)
    if hasattr(extractor, "chunk_length"):  # Whisper
        return float(extractor.chunk_length)
    if hasattr(extractor, "num_mel_bins") and hasattr(extractor, "max_length"):  # AST: frames of 10 ms
        return float(extractor.max_length) / 100
    return None


def _last(output: Any, name: str) -> Any:
    """Return what a model gives in the end: a tensor of two axes or more."""
    fields = ("last_hidden_state", "hidden_states", "pooler_output", "audio_embeds", "logits")
    held = output if isinstance(output, Mapping) else vars(output) if hasattr(output, "__dict__") else {}
    found = [output, *(held.get(field) for field in fields)]
    found += [value[-1] for value in found if isinstance(value, tuple | list) and value]
    for value in found:
        if hasattr(value, "ndim") and value.ndim >= 2:
            return value
    raise DataError(f"{name} gives no embedding that is known: expected one of {', '.join(fields)}.")
