"""The front end ``onnx:FILE``: any ONNX model that takes a waveform or log-mel patches."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from offkey.components import Interval, Kind, Numbers, OneOf, SequenceOf, Text
from offkey.errors import DataError, ParameterError
from offkey.features.embedding.base import FOLDER_VARIABLE, Embedding, find_local
from offkey.features.embedding.description import ENCODERS, Description, read_description
from offkey.features.embedding.frame_pooling import PoolingRule
from offkey.features.embedding.onnx_graph import check_alone, cut_at, file_digest, read_graph
from offkey.features.embedding.onnx_head import gives_probabilities
from offkey.features.embedding.onnx_layer import choose_layer
from offkey.features.embedding.onnx_network import OnnxNetwork

__all__ = ["OnnxModel"]


class OnnxModel(Embedding):
    """The output of an ONNX network for a clip, pooled over time.

    A YAMNet file works unchanged, whether it takes a waveform or patches. Other files are described by a TOML file
    beside them (see `offkey.features.embedding.description.Description`) or by these parameters, which take precedence.
    A model file holds the part of the graph that leads to `layer`, and then no longer needs the ONNX file. If the graph
    is larger than `keep_mb`, it holds only the SHA-256 of the file.

    Parameters
    ----------
    file : str
        The ONNX file; written after a colon, ``onnx:FILE``.
    layer : str, optional
        Name of the tensor to use as embedding, an output or an inner one; ``offkey info FILE`` lists them. By default
        the output that is an embedding; for a classifier, the layer before its head, with a note.
    rate : int, optional
        Sampling rate in Hz that the network was trained at, 16,000 unless its description says otherwise.
    input : {"waveform", "patches"}, optional
        Kind of input; by default inferred from its shape.
    axes : str, optional
        One letter for each axis of the layer: n patch, t time, b band, d embedding dimension.
    window_s, hop_s : float, optional
        Length and hop in seconds of the pieces that a waveform is cut into.
    pooling : sequence of float or str, optional
        Ways of pooling over time, each giving one block; by default the mean. Each is a weight of the generalised
        weighted ranking pooling (1 the mean, 0 the maximum), ``"rdp:GAMMA"`` (relative deviation pooling), ``"gem:P"``
        (power mean) or ``"rdp:GAMMA+gem:P"``; see `offkey.features.embedding.frame_pooling.pool_frames`.
    deviation, change : bool, optional
        Whether to add a block of standard deviations over time, and one of mean changes from frame to frame.
    keep_bands : bool, optional
        Whether to pool bands separately instead of averaging them.
    normalisation : {"none", "standard"}, default "none"
        Whether to divide each feature by its standard deviation over the training clips.
    keep_mb : float, default 100
        Largest graph, in MB, that a model file holds itself.
    encoder : str, optional
        Name of a description included in offkey, for a file of that encoder; docs/encoders.md lists them.

    Attributes
    ----------
    sha256_ : str
        Of the ONNX file.
    description_ : dict
        What it expects, as far as it is known.
    model_ : ndarray of uint8, shape (n_bytes,)
        The graph up to the layer, unless it is larger than `keep_mb`.
    """

    name = "onnx"
    assumes = "a network that was trained on other sounds picks up what matters"
    cost = "the network (needs the extra `onnx`)"
    argument = "file"
    learnt: ClassVar = {"sha256_": Kind(str), "description_": Kind(dict), "model_": Numbers("bytes", optional=True)}
    rules: ClassVar = {
        "file": Text(),
        "layer": Text(or_none=True),
        "rate": Interval(int, 1000, 384_000, or_none=True),
        "input": OneOf(("waveform", "patches", None)),
        "axes": Text(or_none=True),
        "window_s": Interval(float, 0, open_low=True, or_none=True),
        "hop_s": Interval(float, 0, open_low=True, or_none=True),
        "pooling": SequenceOf(PoolingRule(), or_none=True),
        "deviation": OneOf((True, False, None)),
        "change": OneOf((True, False, None)),
        "keep_bands": OneOf((True, False, None)),
        "normalisation": OneOf(("none", "standard")),
        "keep_mb": Interval(float, 0),
        "encoder": OneOf((None, *ENCODERS)),
    }
    earlier: ClassVar = {"encoder": None}

    def __init__(
        self,
        *,
        file: str = "",
        layer: str | None = None,
        rate: int | None = None,
        input: str | None = None,  # noqa: A002 - the field's own word
        axes: str | None = None,
        window_s: float | None = None,
        hop_s: float | None = None,
        pooling: Sequence[float | str] | None = None,
        deviation: bool | None = None,
        change: bool | None = None,
        keep_bands: bool | None = None,
        normalisation: str = "none",
        keep_mb: float = 100.0,
        encoder: str | None = None,
    ) -> None:
        self.file = file
        self.layer = layer
        self.rate = rate
        self.input = input
        self.axes = axes
        self.window_s = window_s
        self.hop_s = hop_s
        self.pooling = pooling
        self.deviation = deviation
        self.change = change
        self.keep_bands = keep_bands
        self.normalisation = normalisation
        self.keep_mb = keep_mb
        self.encoder = encoder

    _note: str = ""
    sha256_: str
    description_: dict[str, Any]

    def pooled_by(self) -> dict[str, Any]:
        """Return how the output is pooled, as options and description say; see `Embedding.pooled_by`."""
        return {name: self.description_[name] for name in super().pooled_by()}

    def keeps_bands(self) -> bool:
        """Tell whether bands are pooled apart, as option and description say; see `Embedding.keeps_bands`."""
        if hasattr(self, "description_"):
            return bool(self.description_["keep_bands"])
        path = find_local(self.file)
        return super().keeps_bands() if path is None else self._description(path).keep_bands

    @property
    def stands_alone(self) -> bool:
        """Whether the graph was small enough to be kept; see `FrontEnd.stands_alone`."""
        return "model_" in vars(self)

    def about(self) -> dict[str, Any]:
        """Return the file's SHA-256 and description, with the full name of the layer; see `FrontEnd.about`."""
        if not hasattr(self, "sha256_"):
            self.network()
        return {"sha256": self.sha256_, **self.description_}

    def notes(self) -> list[str]:
        """Return whether the layer is a classifier's head, or stands before one; see `FrontEnd.notes`."""
        network = self.network()
        if not self._note and gives_probabilities(network):
            layer = self.description_["layer"]
            self._note = (
                f"The layer {layer!r} of {self.file} gives numbers that sum to one, as a classifier's head does, which "
                f"is no embedding: name a layer before it as 'layer'; 'offkey info {self.file}' lists them."
            )
        return [self._note] if self._note else []

    def _load(self) -> OnnxNetwork:
        kept = vars(self).get("model_")
        if kept is not None:
            content = kept.tobytes()
            check_alone(content, self.file)
            return OnnxNetwork(content, Description(**self.description_), self.file)
        path = self._path()
        digest = file_digest(path)
        if vars(self).get("sha256_", digest) != digest:
            raise DataError(
                f"{path} is not the file that the model was fitted with: expected SHA-256 {self.sha256_}, found "
                f"{digest}; put the right file there, or fit again."
            )
        how = self._description(path)
        graph = read_graph(path)
        try:
            tensor, self._note = choose_layer(graph, how.layer, path)
        except ParameterError as error:
            if self.encoder is None or self.layer is not None:
                raise
            raise ParameterError(
                f"{path} is no file of the encoder {self.encoder!r}, whose embedding is the tensor {how.layer!r}: name "
                "the file of that encoder, or leave the parameter 'encoder' out."
            ) from error
        how = how.model_copy(update={"layer": tensor.name})
        content = cut_at(graph, tensor.name, path)
        network = OnnxNetwork(content, how, str(path))
        self.sha256_, self.description_ = digest, how.model_dump(mode="json")
        if len(content) <= self.keep_mb * 1e6:
            self.model_ = np.frombuffer(content, np.uint8)
        return network

    def _path(self) -> Path:
        path = find_local(self.file)
        if path is None or not path.is_file():
            raise DataError(
                f"The ONNX file {self.file} does not exist: put it there, or into the folder that the environment "
                f"variable {FOLDER_VARIABLE} names."
            )
        return path

    def _description(self, path: Path) -> Description:
        if hasattr(self, "description_"):
            return Description(**self.description_)
        given = {name: value for name, value in self.params().items() if name in Description.model_fields}
        return read_description(path, self.encoder, **given)
