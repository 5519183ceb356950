"""Command ``offkey info``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from offkey.cli.console import print_json, print_table, say
from offkey.cli.options import Json, TrustRemoteCode
from offkey.cli.outputs import check_not_inputs
from offkey.errors import ParameterError, UsageError

if TYPE_CHECKING:
    from onnx import ModelProto

    from offkey.model import Model

__all__ = ["info"]


def info(
    model: Annotated[Path, typer.Argument(help="The model file, or an ONNX file for the front end 'onnx'.")],
    set_false_alarm_rate: Annotated[
        float | None,
        typer.Option("--set-false-alarm-rate", help="Set the threshold for this false-alarm rate, in the file."),
    ] = None,
    set_threshold: Annotated[
        float | None, typer.Option("--set-threshold", help="Set the threshold to this score, in the file.")
    ] = None,
    recalibrate: Annotated[
        Path | None,
        typer.Option(
            "--recalibrate",
            help="Recalibrate the threshold, in the file, by a folder of 5, better 10 or more, new normal clips, as "
            "after another day or a moved microphone; the detector stays as it is.",
        ),
    ] = None,
    trust_remote_code: TrustRemoteCode = False,
    json: Json = False,
) -> None:
    """Show what a model learnt and promises; change its threshold without fitting again.

    Examples
    --------
    offkey info pump7.offkey
    offkey info pump7.offkey --set-false-alarm-rate 0.05
    offkey info pump7.offkey --recalibrate recordings/today
    """
    from offkey.archive import TYPES, kind_of
    from offkey.model.model_file import read_model

    given = {
        "--set-false-alarm-rate": set_false_alarm_rate,
        "--set-threshold": set_threshold,
        "--recalibrate": recalibrate,
    }
    wishes = [name for name, wish in given.items() if wish is not None]
    if len(wishes) > 1:
        raise UsageError(f"The options {' and '.join(wishes)} exclude each other: give one of them.")
    print_info = _onnx_info if model.suffix == ".onnx" else _types_info if kind_of(model) == TYPES else None
    if print_info is not None:
        if wishes:
            what = "an ONNX file" if model.suffix == ".onnx" else "a classifier of machine types"
            raise UsageError(f"{model} is {what}, which has no threshold to change.")
        print_info(model, json=json)
        return
    fitted = read_model(model)
    if set_false_alarm_rate is not None:
        fitted = fitted.with_false_alarm_rate(set_false_alarm_rate)
        caveat = fitted.calibration.caveat(set_false_alarm_rate)
        if caveat:
            say(f"note: {caveat}")
    if set_threshold is not None:
        fitted = fitted.with_threshold(set_threshold)
    if recalibrate is not None:
        fitted = _recalibrated(model, recalibrate, trust_remote_code)
    if wishes:
        fitted.save(model)
    if json:
        print_json(_report(fitted, model))
    else:
        from offkey.model.model_words import describe_model

        _print(describe_model(fitted))


def _recalibrated(path: Path, folder: Path, trust_remote_code: bool) -> Model:
    """Return a model that new normal clips recalibrated, and say what moved and what it promises."""
    from offkey.cli.inputs import read_inputs
    from offkey.model import load
    from offkey.model.shift import shift_of

    check_not_inputs({"MODEL": path}, [str(folder)])
    clips, chosen = read_inputs([str(folder)]).to_learn(include_labelled_anomalies=False)
    before = load(path, trust_remote_code=trust_remote_code)
    after = before.recalibrate(clips.files)
    moved = shift_of(before, before.results(clips.files)).reasons
    said = f"what moved: {', '.join(moved)}." if moved else f"{len(clips.files)} clips do not tell that anything moved."
    told = after.recalibration.notes(after.threshold.false_alarm_rate) if after.recalibration else []
    for note in (*chosen.notes, said, *told):
        say(f"note: {note}")
    return after


def _onnx_info(path: Path, *, json: bool) -> None:
    """Tell what an ONNX file takes, and which of its tensors can be the embedding."""
    from offkey.features.embedding.onnx_graph import described, read_graph

    graph = read_graph(path)
    kinds = dict(zip(("input", "output", "between"), described(graph), strict=True))
    layer, note = _default_layer(graph, path)
    if json:
        tensors = {kind: [tensor._asdict() for tensor in found] for kind, found in kinds.items()}
        print_json({"file": str(path), **tensors, "embedding": layer, "note": note})
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for name in ("", "tensor", "shape", "operator"):
        table.add_column(name)
    for kind, found in kinds.items():
        for tensor in found:
            table.add_row(kind, tensor.name, "x".join(str(size or "?") for size in tensor.shape), tensor.made_by)
    print_table(table)
    if layer:
        say(f"By default the embedding is {layer}.")
    if note:
        say(f"note: {note}")
    say(f"Any output or tensor between can be the embedding: --features onnx:{path} --features-param layer=TENSOR.")


def _default_layer(graph: ModelProto, path: Path) -> tuple[str | None, str]:
    """Return the tensor that is the embedding where none is named, and a note on it; None where one must be named."""
    from offkey.features.embedding.description import read_description
    from offkey.features.embedding.onnx_layer import choose_layer

    try:
        tensor, note = choose_layer(graph, read_description(path).layer, path)
    except ParameterError as error:
        return None, str(error)
    return tensor.name, note


def _types_info(path: Path, *, json: bool) -> None:
    """Tell what a classifier of machine types is."""
    from offkey.learned.identify.identifier_file import load_identifier

    identifier = load_identifier(path)
    model = identifier.model
    report = {
        "model": str(path),
        "types": list(identifier.types),
        "classifier": model.classifier.name,
        "classifier_params": model.classifier.params(),
        "scoring_needs": model.classifier.scoring_needs,
        "rate": identifier.rate,
        "channel": identifier.channel,
        "temperature": model.temperature,
        "unknown_rate": model.unknown_rate,
        "least_probability": model.least_probability,
        "fitted_on": identifier.fitted_on.model_dump(mode="json"),
    }
    if json:
        print_json(report)
        return
    from offkey.learned.identify.identifier_words import describe_identifier

    _print(describe_identifier(identifier))


def _report(fitted: Model, path: Path) -> dict[str, Any]:
    from offkey.decision import describe_p_value

    on, threshold = fitted.fitted_on, fitted.threshold
    return {
        "model": str(path),
        "features": fitted.front_end.name,
        "features_params": fitted.front_end.params(),
        "features_about": fitted.front_end.about(),
        "detector": fitted.detector.name,
        "detector_params": fitted.detector.params(),
        "n_features": fitted.detector.n_features_,
        "rate": fitted.rate,
        "channel": fitted.config.channel,
        "window_s": fitted.windowing.window_s,
        "hop_s": fitted.windowing.hop_s,
        "longest_s": fitted.windowing.longest_s,
        "threshold": threshold.value,
        "false_alarm_rate": threshold.false_alarm_rate,
        "extrapolated": threshold.extrapolated,
        "least_false_alarm_rate": fitted.calibration.least_rate,
        "least_p_value": describe_p_value(0.0, len(fitted.calibration.normal_scores)),
        "realised": fitted.calibration.realised(fitted.threshold.false_alarm_rate),
        "recalibration": None if fitted.recalibration is None else fitted.recalibration.about(),
        "fitted_on": on.model_dump(mode="json"),
    }


def _print(sentences: Mapping[str, str]) -> None:
    """Print sentences, each beside its heading."""
    from rich.table import Table

    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column()
    for heading, sentence in sentences.items():
        table.add_row(heading, sentence)
    print_table(table)
