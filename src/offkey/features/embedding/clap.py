"""The text side of a text-audio model (CLAP): what a prompt would sound like, and how probable that is of a clip."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offkey.errors import DataError, ParameterError, require
from offkey.features.embedding.hub_files import resolve
from offkey.features.embedding.hub_network import load
from offkey.features.embedding.torch_threads import one_torch_thread

__all__ = ["Contrast", "contrast"]

Floats = NDArray[np.float64]


class Contrast(NamedTuple):
    """Words for normal operation and for a fault, where clips can be compared with both.

    `normal`, `anomalous`: shape (n_features,); text embeddings of length 1.
    """

    normal: Floats
    anomalous: Floats
    scale: float  # what cosines are multiplied by before the softmax, learnt with the model

    def log_odds(self, clips: ArrayLike) -> Floats:
        """Return how much more a clip is like the words for a fault than those for normal operation.

        The softmax over the scaled cosines of both, as the model is trained with (Wu et al., "Large-scale
        contrastive language-audio pretraining", ICASSP 2023, eq. 1); as the logarithm of p / (1 - p), which never
        saturates.

        `clips`: shape (n_clips, n_features); audio embeddings of the same model.
        Returns: shape (n_clips,); natural logarithms of odds; above 0 where a fault is the more probable.
        """
        rows = np.asarray(clips, np.float64)
        if rows.shape[1] != len(self.normal):
            raise ParameterError(
                f"Words can be compared with the audio embedding of the same model, {len(self.normal)} features a "
                f"clip. Got {rows.shape[1]} instead."
            )
        lengths = np.maximum(np.linalg.norm(rows, axis=1), 1e-12)
        odds: Floats = self.scale * (rows * (self.anomalous - self.normal)).sum(axis=1) / lengths
        return odds


def contrast(
    model: str,
    normal: Sequence[str],
    anomaly: Sequence[str],
    *,
    revision: str | None = None,
    trust_remote_code: bool = False,
) -> Contrast:
    """Read prompts; those of one kind are averaged, as by Radford et al. (ICML 2021, section 3.1.4).

    `model`: a text-audio model of the hub, or a folder; as in ``hub:NAME``.
    `normal`, `anomaly`: descriptions of sounds, in the language of the model; at least one each.
    """
    embeddings, scale = _read(model, (*normal, *anomaly), revision, trust_remote_code)
    return Contrast(_unit(embeddings[: len(normal)]), _unit(embeddings[len(normal) :]), scale)


def _unit(embeddings: Floats) -> Floats:
    mean = embeddings.mean(axis=0)
    unit: Floats = mean / max(float(np.linalg.norm(mean)), 1e-12)
    return unit


@lru_cache(maxsize=16)
def _read(model: str, prompts: tuple[str, ...], revision: str | None, with_code: bool) -> tuple[Floats, float]:
    """Return the embeddings of prompts, of length 1, and the scale of the model."""
    files = resolve(model, revision, with_code=with_code)
    loaded = load(files.folder, with_code=with_code, device="auto")
    if not (hasattr(loaded.model, "get_text_features") and hasattr(loaded.model, "logit_scale_a")):
        raise ParameterError(f"The model {model} compares no sound with text: name a CLAP, such as {_EXAMPLE}.")
    if not any(one for pattern in _VOCABULARY for one in files.folder.glob(pattern)):
        raise DataError(f"The model in {files.folder} has no tokenizer: expected one of {', '.join(_VOCABULARY)}.")
    torch = require("torch", "hub", "A text-audio model")
    transformers = require("transformers", "hub", "A text-audio model")
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(files.folder, local_files_only=True)
    except Exception as error:  # transformers has many of its own
        raise DataError(f"The model in {files.folder} has no tokenizer that can be loaded: {_short(error)}.") from error

    def read(prompt: str) -> Floats:
        """Read one prompt, and no other with it, which would move the last digits of its embedding."""
        tokens = tokenizer([prompt], truncation=True, return_tensors="pt").to(loaded.device)
        output = loaded.model.get_text_features(**{name: tokens[name] for name in ("input_ids", "attention_mask")})
        found: Floats = getattr(output, "pooler_output", output).double().cpu().numpy()[0]
        return found

    with one_torch_thread(), torch.inference_mode():
        embeddings = np.array([read(prompt) for prompt in prompts])
        scale = float(loaded.model.logit_scale_a.exp())
    return embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True), scale


_EXAMPLE = "laion/clap-htsat-unfused"
_VOCABULARY = ("tokenizer.json", "vocab.json", "vocab.txt", "*.model")  # transformers makes one up where none is there


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200].rstrip(".")
