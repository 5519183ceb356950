"""Command ``offkey data pseudo-label``."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from offkey.cli.console import PARTLY_DONE, print_json, progress, say, say_left_out
from offkey.cli.options import Jobs, Json, Machines, Root
from offkey.cli.outputs import check_not_inputs, check_target

__all__ = ["pseudo_label"]


def pseudo_label(
    root: Root,
    out: Annotated[Path, typer.Option("--out", help="The labels file to write, a CSV.")],
    prompt_normal: Annotated[
        list[str] | None,
        typer.Option("--prompt-normal", help="Words for normal operation; repeatable, several are averaged."),
    ] = None,
    prompt_anomaly: Annotated[
        list[str] | None, typer.Option("--prompt-anomaly", help="Words for a fault; repeatable, several are averaged.")
    ] = None,
    model: Annotated[
        str, typer.Option("--model", help="Text-audio model from the hub, or a folder that holds one.")
    ] = "laion/clap-htsat-unfused",
    revision: Annotated[
        str | None, typer.Option("--revision", help="Branch, tag or commit of the model; by default its main branch.")
    ] = None,
    trust_remote_code: Annotated[
        bool, typer.Option("--trust-remote-code", help="Run code that comes with the model; read it first.")
    ] = False,
    dataset: Annotated[
        str, typer.Option("--dataset", help="Layout of ROOT, as for the other commands on data sets.")
    ] = "folder",
    machine: Machines = None,
    jobs: Jobs = None,
    json: Json = False,
) -> None:
    """Propose labels for unlabelled test clips by comparing their sound with words.

    Examples
    --------
    offkey data pseudo-label recordings --out proposed.csv
    """
    check_target("--out", out)
    check_not_inputs({"--out": out}, [root])
    from offkey.datasets.readers import read_dataset
    from offkey.detectors.zero_shot import PROMPTS_ANOMALY, PROMPTS_NORMAL
    from offkey.experiments.pseudo_labels import Words, propose_labels, write_proposals

    words = Words(
        model=model,
        normal=prompt_normal or PROMPTS_NORMAL,
        anomaly=prompt_anomaly or PROMPTS_ANOMALY,
        revision=revision,
        trust_remote_code=trust_remote_code,
    )
    table = read_dataset(dataset, root, machines=machine)
    with ExitStack() as bars:
        proposals, notes = propose_labels(
            table, words, jobs=jobs, progress=lambda total: bars.enter_context(progress("Listening", total))
        )
    write_proposals(proposals, out)
    failed = [one for one in proposals if one.error is not None]
    say_left_out((one.file, str(one.error)) for one in failed)
    for note in notes:
        say(f"note: {note}")
    counts = Counter(proposal.label for proposal in proposals if proposal.label is not None)
    if json:
        rows = [
            {
                "file": proposal.file,
                "label": proposal.label,
                "confidence": proposal.confidence,
                "anomaly_probability": proposal.probability,
            }
            for proposal in proposals
        ]
        errors = [{"file": proposal.file, "error": proposal.error} for proposal in failed]
        print_json({"labels": str(out), "counts": dict(counts), "rows": rows, "errors": errors, "notes": notes})
    say(
        f"{out}: {counts['normal']} clips proposed as normal, {counts['anomaly']} as anomaly. These are guesses of a "
        "model that never heard the machine: listen before you believe them."
    )
    if failed:
        raise typer.Exit(PARTLY_DONE)
