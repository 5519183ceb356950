"""Command ``offkey export``."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from offkey.cli.console import print_json, print_table, say, say_notes
from offkey.cli.options import Json
from offkey.cli.outputs import check_not_inside
from offkey.errors import UsageError

if TYPE_CHECKING:
    from offkey.export import Checked, Exported
    from offkey.export.cost import Cost
    from offkey.model import Model

__all__ = ["export"]

_TARGETS = {"onnx": "ONNX", "c": "C"}
_UNITS = {"": 1, "k": 2**10, "m": 2**20}


class Target(StrEnum):
    """Forms of an exported model."""

    ONNX = "onnx"
    C = "c"
    ALL = "all"


def export(
    model: Annotated[Path | None, typer.Argument(help="The model file.")] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder to write: new, empty, or an earlier export, which is replaced."),
    ] = None,
    target: Annotated[
        Target,
        typer.Option(
            "--target", help="onnx: a graph for offkey-runtime or onnxruntime; c: one file of C99; all: both."
        ),
    ] = Target.ONNX,
    memory: Annotated[
        int | None,
        typer.Option(
            "--memory", help="Largest number of prototypes of normal clips to keep; the change in scores is printed."
        ),
    ] = None,
    int8: Annotated[
        bool,
        typer.Option(
            "--int8",
            help="Store large weights as 8-bit integers, in C those of the autoencoder only; the change in scores is "
            "printed.",
        ),
    ] = False,
    flash: Annotated[
        str | None,
        typer.Option("--flash", help="Flash of the controller, such as 256k; an export that does not fit is refused."),
    ] = None,
    ram: Annotated[str | None, typer.Option("--ram", help="RAM of the controller, such as 64k.")] = None,
    hop: Annotated[
        float | None,
        typer.Option("--hop", help="Seconds from one window of a stream to the next; by default 1."),
    ] = None,
    shadow: Annotated[
        Path | None,
        typer.Option("--shadow", help="Score file of normal sound in the order of time, used to count events."),
    ] = None,
    test: Annotated[
        list[str] | None,
        typer.Option(
            "--test",
            help="Folder or table of labelled clips to compare the exported model with the model; repeatable.",
        ),
    ] = None,
    check: Annotated[
        Path | None,
        typer.Option(
            "--check",
            help="Check an exported folder by its vectors; no code of it is run. Exit status 1 if it does not agree.",
        ),
    ] = None,
    compile_c: Annotated[
        bool,
        typer.Option(
            "--compile",
            help="With --check: also compile the folder's C by $CC, cc, gcc or clang and check it. This runs the "
            "folder's code: use it only if you trust the folder.",
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Export a model to run without offkey: as an ONNX graph, or as C for a controller.

    Examples
    --------
    offkey export pump7.offkey --out pump7-edge
    offkey export --check pump7-edge
    offkey export --check pump7-c --compile
    """
    if check is not None:
        others = (model, out, memory, flash, ram, hop, shadow, test)
        if any(one is not None for one in others) or int8 or target is not Target.ONNX:
            raise UsageError(
                "The option --check takes a folder that was exported, and no other option but --compile and --json."
            )
        _check(check, compile_c=compile_c, json=json)
        return
    if compile_c:
        raise UsageError("The option --compile goes with --check FOLDER.")
    if model is None or out is None:
        raise UsageError("An export takes a model file and a folder: offkey export MODEL --out FOLDER.")
    check_not_inside("--out", out, [model, shadow, *(test or [])])
    from offkey.export import export_model
    from offkey.model import load

    fitted = load(model)
    exported = export_model(
        fitted,
        out,
        targets=["onnx", "c"] if target is Target.ALL else [target.value],
        name=model.stem,
        memory=memory,
        int8=int8,
        flash=_bytes("--flash", flash),
        ram=_bytes("--ram", ram),
        hop_s=hop,
        shadow=shadow,
    )
    _report(exported, _measured(fitted, exported, test, is_other=memory is not None or int8), json=json)


def _bytes(option: str, text: str | None) -> int | None:
    """Read a size such as ``256k``."""
    if text is None:
        return None
    found = re.fullmatch(r"(\d+)\s*([km]?)b?", text.strip().lower())
    if found is None or not int(found[1]):
        raise UsageError(f"The option {option} must be a size such as 256k or 1M. Got {text!r} instead.")
    return int(found[1]) * _UNITS[found[2]]


def _measured(fitted: Model, exported: Exported, test: list[str] | None, *, is_other: bool) -> dict[str, Cost]:
    """Measure each target beside the model on labelled clips, or where it scores otherwise on its vectors."""
    if test is None and not is_other:
        return {}
    from offkey.cli.inputs import read_inputs
    from offkey.export.cost import cost_on_clips, cost_on_vectors, costs_by_target

    if test is None:
        return costs_by_target(exported, lambda one: cost_on_vectors(fitted, one))
    read = read_inputs(test)
    say_notes(read.notes)
    labels = [None if clip.label is None else clip.label.label for clip in read.clips]
    return costs_by_target(exported, lambda one: cost_on_clips(fitted, one, read.files, labels))


def _report(exported: Exported, costs: dict[str, Cost], *, json: bool) -> None:
    if json:
        about: dict[str, Any] = {"folder": str(exported.folder), "files": exported.files}
        about["size"] = None if exported.size is None else vars(exported.size)
        room = exported.room
        about["room"] = None if room is None else {"flash": room.flash, "ram": room.ram}
        by_target = {target: cost.as_json() for target, cost in costs.items()}
        print_json(
            {
                **about,
                "notes": exported.notes,
                "cost": next(iter(by_target.values()), None),
                "cost_by_target": by_target,
            }
        )
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column("file")
    table.add_column("bytes", justify="right")
    for name, count in exported.files.items():
        table.add_row(name, f"{count:,}")
    print_table(table)
    say_notes(exported.notes)
    if exported.size is not None:
        size = exported.size
        say(
            f"A window takes {size.multiply_adds:,} multiply-adds, {size.weight_bytes:,} bytes of weights and "
            f"{size.tensor_bytes:,} of tensors."
        )
    if (room := exported.room) is not None:
        say(f"On a controller the C takes about {room.flash:,} bytes of flash and {room.ram:,} of memory.")
    for target, cost in costs.items():
        say(f"{_TARGETS[target]}: {cost.sentence()}" if len(costs) > 1 else cost.sentence())
    say(f"Written to {exported.folder}; {_next(exported)} checks it.")


def _next(exported: Exported) -> str:
    """Return what checks the folder: of C alone its own code, since there is no graph to run."""
    return f"'offkey export --check {exported.folder}{' --compile' if exported.room is not None else ''}'"


def _check(folder: Path, *, compile_c: bool, json: bool) -> None:
    from offkey.export import check_export

    checked: Checked = check_export(folder, compile_c=compile_c)
    if json:
        print_json(checked.as_json())
    else:
        for sentence in checked.sentences():
            say(sentence)
    if not checked.agrees:
        raise typer.Exit(1)
