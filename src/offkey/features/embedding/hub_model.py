"""The front end ``hub:NAME``: audio models of the Hugging Face hub, through transformers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from offkey.components import Interval, Kind, OneOf, SequenceOf, Text
from offkey.errors import DataError
from offkey.features.embedding.base import Embedding, find_local
from offkey.features.embedding.frame_pooling import PoolingRule
from offkey.features.embedding.hub_files import HubFiles, resolve
from offkey.features.embedding.hub_network import HubNetwork, load

__all__ = ["HubModel"]


class HubModel(Embedding):
    """The output of an audio model from the Hugging Face hub for a clip, pooled over time.

    Supports AST, CLAP, wav2vec 2.0, HuBERT, WavLM, Whisper and others that `transformers` knows, and with
    ``trust_remote_code`` BEATs, EAT, CED, Dasheng and others that bring their own code. For CLAP the embedding is the
    one that it compares with text, as the detector `zero_shot` needs it.

    A model file holds name, commit, licence and digests, but not the weights. They are read from the hub's cache;
    weights or code with another digest are refused. Code runs only with the consent of the person who fits or loads.

    Parameters
    ----------
    model : str
        Name on the hub, or a folder; written after a colon, ``hub:NAME``.
    revision : str, optional
        Branch, tag or commit; by default the main branch. The model file names the commit used.
    layer : int, optional
        Index of a hidden state: 0 is the input of the first layer, negative counts from the end. By default the final
        output.
    pooling : sequence of float or str, default (1.0,)
        Ways of pooling over time, each giving one block: a weight of the generalised weighted ranking pooling (1 the
        mean, 0 the maximum), ``"rdp:GAMMA"`` (relative deviation pooling), ``"gem:P"`` (power mean) or
        ``"rdp:GAMMA+gem:P"``; see `offkey.features.embedding.frame_pooling.pool_frames`.
    deviation, change : bool, default False
        Whether to add a block of standard deviations over time, and one of mean changes from frame to frame.
    keep_bands : bool, default False
        Whether to pool bands separately instead of averaging them; known for AST and the layers of CLAP.
    token_bands : int, optional
        Number of bands per time step, for models that read patches and do not state it: 8 for EAT and BEATs.
    window_s : float, optional
        Length in seconds of the windows that a clip is cut into; by default that of the model's training.
    normalisation : {"none", "standard"}, default "none"
        Whether to divide each feature by its standard deviation over the training clips.
    trust_remote_code : bool, default False
        Whether to run code that comes with the model. Only the person who fits or loads can allow it, never a file.
    device : {"auto", "cpu", "cuda"}, default "auto"
        Device to run on; `auto` uses a GPU if there is one.

    Attributes
    ----------
    revision_ : str
        The commit; empty for a folder.
    licence_ : str
        What the model card names; empty if it names none.
    digest_ : str
        SHA-256 over weights and configuration.
    code_ : str
        SHA-256 over the code that comes with the model; empty where none does.
    """

    name = "hub"
    assumes = "a network that was trained on other sounds picks up what matters"
    cost = "the network (needs the extra `hub`)"
    argument = "model"
    learnt: ClassVar = {
        "revision_": Kind(str, empty=True),
        "licence_": Kind(str, empty=True),
        "digest_": Kind(str),
        "code_": Kind(str, empty=True, optional=True),  # models of earlier versions name none
    }
    rules: ClassVar = {
        "model": Text(),
        "revision": Text(or_none=True),
        "layer": Interval(int, or_none=True),
        "pooling": SequenceOf(PoolingRule()),
        "deviation": OneOf((True, False)),
        "change": OneOf((True, False)),
        "keep_bands": OneOf((True, False)),
        "token_bands": Interval(int, 1, or_none=True),
        "window_s": Interval(float, 0.1, or_none=True),
        "normalisation": OneOf(("none", "standard")),
        "trust_remote_code": OneOf((True, False)),
        "device": OneOf(("auto", "cpu", "cuda")),
    }

    def __init__(
        self,
        *,
        model: str = "",
        revision: str | None = None,
        layer: int | None = None,
        pooling: Sequence[float | str] = (1.0,),
        deviation: bool = False,
        change: bool = False,
        keep_bands: bool = False,
        token_bands: int | None = None,
        window_s: float | None = None,
        normalisation: str = "none",
        trust_remote_code: bool = False,
        device: str = "auto",
    ) -> None:
        self.model = model
        self.revision = revision
        self.layer = layer
        self.pooling = pooling
        self.deviation = deviation
        self.change = change
        self.keep_bands = keep_bands
        self.token_bands = token_bands
        self.window_s = window_s
        self.normalisation = normalisation
        self.trust_remote_code = trust_remote_code
        self.device = device

    pooling: Sequence[float | str]
    keep_bands: bool
    revision_: str
    licence_: str
    digest_: str
    code_: str

    @property
    def foreign_code(self) -> str:
        """Digest of the code that came with the model and was run; see `FrontEnd.foreign_code`."""
        code: str = vars(self).get("code_", "")
        return code

    @property
    def stands_alone(self) -> bool:
        """Never: weights lie elsewhere; see `FrontEnd.stands_alone`."""
        return False

    def about(self) -> dict[str, Any]:
        """Return commit, licence and digest, and that of code where there is such; see `FrontEnd.about`."""
        files = None if hasattr(self, "digest_") else self._files()
        known = (self.revision_, self.licence_, self.digest_, self.foreign_code) if files is None else files[1:]
        about = dict(zip(("revision", "licence", "digest", "code"), known, strict=True))
        return {name: value for name, value in about.items() if value or name != "code"}

    def notes(self) -> list[str]:
        """Return under which licence the model may be used; see `FrontEnd.notes`."""
        about = self.about()
        revision = f" at revision {about['revision'][:12]}" if about["revision"] else ""
        licence = f"under the licence {about['licence']}" if about["licence"] else "and its model card names no licence"
        return [f"The embedding is that of {self.model}{revision}, {licence}: see that it allows what you do."]

    def detector_params(self) -> dict[str, Any]:
        """Return the model, for a detector that compares with text, where the vector can be, and frequency patches."""
        plain = self.layer is None and [*self.pooling] == [1.0] and not (self.deviation or self.change)
        params = {"model": self.model, "revision": self.revision, "trust_remote_code": self.trust_remote_code}
        comparable = params if plain and self.normalisation == "none" else {}
        return {**comparable, **super().detector_params()}

    def _files(self) -> HubFiles:
        if vars(self).get("revision_") == "" and find_local(self.model) is None:  # of a folder: nothing is fetched
            raise DataError(f"There is no folder {self.model}, which was fitted with: put it there again.")
        revision = vars(self).get("revision_") or self.revision
        return resolve(self.model, revision, with_code=self.trust_remote_code)

    def _load(self) -> HubNetwork:
        files = self._files()
        if vars(self).get("digest_", files.digest) != files.digest:
            raise DataError(
                f"The model in {files.folder} is not the one that was fitted with: expected SHA-256 {self.digest_}, "
                f"found {files.digest}; put the right one there, or fit again."
            )
        fitted_with = vars(self).get("code_", "") if hasattr(self, "digest_") else files.code
        if files.code != fitted_with:
            expected = f"SHA-256 {fitted_with}" if fitted_with else "none that is named by its digest"
            raise DataError(
                f"The code in {files.folder} is not that which was fitted with, so that no consent holds for it: "
                f"expected {expected}, found {files.code or 'none'}; put the right code there, or fit again."
            )
        network = HubNetwork(
            load(files.folder, with_code=self.trust_remote_code, device=self.device),
            layer=self.layer,
            token_bands=self.token_bands,
            window_s=self.window_s,
            keep_bands=self.keep_bands,
            name=self.model,
        )
        _, self.revision_, self.licence_, self.digest_, self.code_ = files
        return network
