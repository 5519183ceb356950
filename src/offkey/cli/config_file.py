"""Configurations from a file, as ``offkey tune`` writes them, and the options that override them."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from offkey.components import CONSENT
from offkey.errors import UsageError

__all__ = ["Config", "configured", "read_components", "read_config"]

Config = Annotated[
    Path | None,
    typer.Option(
        "--config", help="JSON or TOML file, as written by 'offkey tune'; options on the command line take precedence."
    ),
]

_COMPONENTS = {"detector_params": "detector", "features_params": "features"}
_FIELDS = (*_COMPONENTS, *_COMPONENTS.values())


def read_config(path: Path) -> dict[str, Any]:
    """Return the fields of `offkey.model.ModelConfig` that a file ending in ``.json`` or ``.toml`` names."""
    from offkey.model.config import make_config
    from offkey.model.make_components import make_detector

    readers = {".json": json.loads, ".toml": tomllib.loads}
    if path.suffix.lower() not in readers:
        raise UsageError(f"The configuration {path} must end in .json or .toml; found {path.suffix or 'no ending'!r}.")
    try:
        content = readers[path.suffix.lower()](path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"The configuration {path} cannot be read: {error.strerror or error}.") from error
    except (ValueError, RecursionError) as error:  # also of JSON, TOML and UTF-8
        raise UsageError(f"The configuration {path} is no {path.suffix[1:].upper()} file: {error}.") from error
    if not isinstance(content, dict):
        raise UsageError(f"The configuration {path} must be an object with fields; found {type(content).__name__}.")
    content = {field: _without_consent(value) if field in _COMPONENTS else value for field, value in content.items()}
    try:
        make_detector(make_config(**content))
    except UsageError as error:
        raise UsageError(f"The configuration {path} cannot be used: {error}") from error
    return content


def configured(
    ctx: typer.Context, path: Path | None, options: Mapping[str, Any], names: Mapping[str, str]
) -> dict[str, Any]:
    """Join the fields of a configuration file with a command's options; what is given on the command line counts first.

    `options` go by field; `names` maps fields to parameters of the command with another name. Parameters of a detector
    or front end are joined one by one; those of the file are dropped where the command line names another detector or
    front end.
    """
    if path is None:
        return dict(options)
    content = read_config(path)
    given = {field for field in options if _is_given(ctx, names.get(field, field))}
    joined = {field: value if field in given else content.get(field, value) for field, value in options.items()}
    for params, component in _COMPONENTS.items():
        same = joined[component] == content.get(component, joined[component])
        joined[params] = {**(content.get(params, {}) if same else {}), **options[params]}
    return joined | {field: value for field, value in content.items() if field not in joined}


def read_components(
    path: Path | None,
    detectors: Sequence[str] | None,
    detector_params: Mapping[str, Any],
    features: Sequence[str] | None,
    features_params: Mapping[str, Any],
) -> tuple[list[str], dict[str, Any], list[str], dict[str, Any]]:
    """Join a file's detector and front end with those on the command line of a command that takes several.

    Names on the command line replace the file's; the file's parameters count where its component is among the names.
    Parameters go by ``NAME`` or ``COMPONENT.NAME``.
    """
    from offkey.model import ModelConfig

    content = {} if path is None else read_config(path)
    for field in content:
        if field not in _FIELDS:
            raise UsageError(
                f"The configuration {path} names {field!r}: expected no more than {', '.join(sorted(_FIELDS))} here."
            )
    config = ModelConfig(**content)
    chosen = list(detectors or [config.detector])
    fronts = list(features or [config.features])
    return (
        chosen,
        _beside(detector_params, config.detector, config.detector_params, chosen),
        fronts,
        _beside(features_params, config.features, config.features_params, fronts),
    )


def _beside(given: Mapping[str, Any], owner: str, params: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Add the parameters of a file's component to those that were given, which count more."""
    named = {f"{owner}.{name}": value for name, value in params.items() if owner in names and name not in given}
    return {**named, **given}


def _without_consent(params: Any) -> Any:
    """Leave out what would let code of others run: who gives the command says that, not the file."""
    return {name: value for name, value in params.items() if name != CONSENT} if isinstance(params, dict) else params


def _is_given(ctx: typer.Context, name: str) -> bool:
    source = ctx.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"
