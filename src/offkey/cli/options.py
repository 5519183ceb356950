"""Options that several commands share, and how their text is read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from offkey.components import CONSENT
from offkey.datasets.editions import edition_span
from offkey.errors import UsageError

__all__ = ["Inputs", "Jobs", "Json", "TrustRemoteCode", "check_not_empty", "consented", "params_of"]

Inputs = Annotated[
    list[str],
    typer.Argument(help="Sound files, folders of them (searched recursively), or tables with a 'file' column."),
]
Root = Annotated[
    Path,
    typer.Argument(
        help="Folder of the data set in its official layout, with dev_data and eval_data, or with machines."
    ),
]
Dataset = Annotated[
    str,
    typer.Option(
        "--dataset",
        help=f"{edition_span()}, mimii, toyadmos, toyadmos2, folder, or table (then ROOT is its file).",
    ),
]
Machines = Annotated[
    list[str] | None, typer.Option("--machine", help="Use only this machine; repeatable; by default all.")
]
Jobs = Annotated[
    int | None, typer.Option("--jobs", min=1, help="Number of clips read in parallel; by default one per processor.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object, and nothing else, on standard output.")]

ChannelOption = Annotated[
    str,
    typer.Option(
        "--channel",
        help="Channel to use: an index from 0, 'mean', or '0-1', a near microphone less what a far one explains.",
    ),
]
FalseAlarmRate = Annotated[
    float, typer.Option("--false-alarm-rate", help="Share of normal clips that may be called anomalous.")
]
GroundTruthPath = Annotated[
    Path | None,
    typer.Option("--ground-truth", help="The organisers' ground truth of the evaluation set: folder or list."),
]
DetectorName = Annotated[str, typer.Option("--detector", help="Name of the detector.")]
FrontEndName = Annotated[str, typer.Option("--features", help="Name of the front end, or onnx:FILE, hub:NAME.")]
BootstrapSeed = Annotated[int, typer.Option("--seed", min=0, help="Seed of the bootstrap.")]
Rate = Annotated[
    int | None, typer.Option("--rate", help="Sampling rate in Hz; by default the clips' lowest, at most 48000.")
]
FrontEndParams = Annotated[
    list[str] | None, typer.Option("--features-param", help="NAME=VALUE, a parameter of the front end; repeatable.")
]
TableOut = Annotated[Path | None, typer.Option("--out", help="CSV file to write; by default standard output.")]
TypedDataset = Annotated[
    str, typer.Option("--dataset", help=f"Layout of ROOT: folder, {edition_span()}, mimii, toyadmos, table.")
]

TrustRemoteCode = Annotated[
    bool,
    typer.Option(
        "--trust-remote-code",
        help="Run the code that comes with the front end's model from the hub. It runs with your rights; read it "
        "first.",
    ),
]


def consented(
    features_params: dict[str, Any], trust_remote_code: bool, *, of_component: bool = False
) -> dict[str, Any]:
    """Add to the parameters of a front end that the user consents to its code, where that was said."""
    return features_params | ({f"{'hub.' * of_component}{CONSENT}": True} if trust_remote_code else {})


def check_not_empty(arguments: Sequence[str]) -> None:
    """Refuse an empty argument, which as a path would be the current folder."""
    for before, argument in zip(["", *arguments], arguments, strict=False):
        name, equals, value = argument.partition("=")
        of_option = name.startswith("--") and bool(equals)
        if not (value if of_option else argument).strip():
            option = name if of_option else before if before.startswith("-") else ""
            raise UsageError(
                f"{f'What {option} is given' if option else 'An argument'} is empty, as a variable of the shell that "
                "is not set: expected a name or a value, and '.' for the current folder."
            )


def params_of(option: str, texts: list[str], *, of_component: bool = False) -> dict[str, Any]:
    """Read a repeated option NAME=VALUE; a value is JSON (4, 0.5, true, [1, 0.5]) or else text.

    With `of_component` a name may say which component it is for, as in ``gmm.n_components=4`` or, of all front ends
    ``onnx:FILE``, ``onnx.layer=conv9``.
    """
    params: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        owner, _, param = name.rpartition(".")
        if not equals or not param.isidentifier() or (owner and not of_component):
            raise UsageError(f"The option {option} must have the form NAME=VALUE. Got {text!r} instead.")
        try:
            params[name] = json.loads(value)
        except json.JSONDecodeError:
            params[name] = value
    return params
