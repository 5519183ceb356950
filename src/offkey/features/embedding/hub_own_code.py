"""Models of the hub that bring their own code, where that departs from what `transformers` has agreed upon."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from offkey.errors import require

__all__ = ["base_of", "extractor_of", "features_of", "model_class"]

_EAT = {"mean": -4.268, "std": 4.569, "max_length": 1024, "num_mel_bins": 128, "sampling_rate": 16_000}
"""EAT's input (Chen et al., "EAT: self-supervised pre-training with efficient audio transformer", IJCAI 2024; the
normalisation that its authors publish with the weights): Kaldi's log-mel energies, as AST takes them."""


def extractor_of(folder: Path, model_type: str, options: Mapping[str, Any]) -> Any:
    """Return what prepares the input of a model: what it brings, or what its authors describe, for EAT."""
    transformers = require("transformers", "hub", "The front end 'hub'")
    if model_type == "eat" and not (folder / "preprocessor_config.json").is_file():
        return transformers.ASTFeatureExtractor(**_EAT)
    return transformers.AutoFeatureExtractor.from_pretrained(folder, **options)


def model_class(auto_map: Mapping[str, Any]) -> Any:
    """Return the class that loads a model: a classifier where its code, as CED's, has nothing else."""
    transformers = require("transformers", "hub", "The front end 'hub'")
    only_classifies = "AutoModel" not in auto_map and "AutoModelForAudioClassification" in auto_map
    return transformers.AutoModelForAudioClassification if only_classifies else transformers.AutoModel


def base_of(model: Any) -> Any:
    """Return the part of a classifier that makes the embedding; the model itself where it is no classifier."""
    base = getattr(model, "base_model", model)
    is_classifier = type(model).__name__.endswith("ForAudioClassification")
    return getattr(model, "encoder", model) if base is model and is_classifier else base


def features_of(model: Any, inputs: Mapping[str, Any]) -> Any:
    """Return the output of a model; of EAT its tokens, which it gives under another name for images of one channel."""
    if model.config.model_type == "eat" and hasattr(model, "extract_features"):
        return model.extract_features(inputs["input_values"][:, None])
    return model(**inputs)
