"""Command ``offkey explain``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from offkey.cli.console import print_json, say
from offkey.cli.options import Json, TrustRemoteCode
from offkey.cli.outputs import check_not_inputs, check_target
from offkey.cli.picture_options import Dpi, Format, Width, form_of_file
from offkey.tables import path_of, path_text

__all__ = ["explain"]


def explain(
    model: Annotated[Path, typer.Argument(help="The model file.")],
    clip: Annotated[Path, typer.Argument(help="The sound file to explain.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", help="File to write: .png, .svg or .pdf (picture), .html (page with players) or .json."),
    ] = None,
    at: Annotated[
        float | None,
        typer.Option(
            "--at",
            min=0,
            help="Explain the window at this second of a long recording; by default the most anomalous one.",
        ),
    ] = None,
    picture_format: Format = None,
    width: Width = None,
    dpi: Dpi = None,
    trust_remote_code: TrustRemoteCode = False,
    json: Json = False,
) -> None:
    """Explain the score of a clip: where in time and frequency it differs from normal, and how it sounds.

    Examples
    --------
    offkey explain pump7.offkey today.wav
    offkey explain pump7.offkey today.wav --out why.html
    """
    from offkey.explain.output import check_suffix, write_explanation

    form = form_of_file(out, picture_format, width, dpi)
    if out is not None:
        check_target("--out", out)
        if form is None:
            check_suffix(out)
        check_not_inputs({"--out": out}, [model, clip])
    clip = path_of(clip)
    from offkey.explain import explain as explain_clip
    from offkey.model import load

    explanation = explain_clip(load(model, trust_remote_code=trust_remote_code), clip, at)
    if out is not None:
        write_explanation(explanation, out, form)
    if json:
        print_json(explanation.to_dict())
        return
    say(explanation.sentence)
    say(
        f"{path_text(clip)} from {explanation.start_s:.1f} to {explanation.end_s:.1f} s: {explanation.decision}, "
        f"score {explanation.score:.4g}, threshold {explanation.threshold:.4g}, {explanation.p_value_words}."
    )
