"""``offkey score --engine``: scoring cut into shards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from itertools import compress
from pathlib import Path
from typing import TYPE_CHECKING

from offkey.cli.console import print_json, say, tell_notes
from offkey.cli.engine_options import listed, make_engine, steps
from offkey.cli.score_like import Wanted
from offkey.errors import UsageError

if TYPE_CHECKING:
    from offkey.model import Result

__all__ = ["score_in_shards"]


def score_in_shards(
    model: Path,
    inputs: Sequence[str],
    where: tuple[str, str | None, int | None, str | None],
    how: tuple[str, float | None, float | None, bool],
    *,
    out: Path | None,
    json: bool,
    wanted: Wanted | None = None,
) -> int:
    """Score clips shard by shard, and gather the rows into one file if one is named.

    Parameters
    ----------
    model : Path
        The model file.
    inputs : sequence of str
        INPUT...
    where : tuple
        Engine, folder of the run, workers, address.
    how : tuple
        Style of the score file, window and hop in seconds, and whether code of others may run.
    out : Path or None
        The score file.
    json : bool
        Whether to print JSON.
    wanted : Wanted, optional
        The clips that a sample submission asks for.

    Returns
    -------
    int
        How many rows have an error, or no clip.
    """
    from offkey.files import atomic_text
    from offkey.model import load
    from offkey.model.score_table import write_scores
    from offkey.model.shift import Batch
    from offkey.scale.gather import results
    from offkey.scale.jobs import ScoreJob
    from offkey.scale.run import run_job

    if wanted is not None and out is None:
        raise UsageError("The option --like with --engine needs --out, the file of the submission.")
    does, folder = make_engine(*where)
    style, window, hop, trust_remote_code = how
    fitted = load(model, trust_remote_code=trust_remote_code).with_windowing(window, hop)
    found = listed(inputs)
    clips = found.clips
    tell_notes(found.notes)
    if wanted is not None:
        clips = list(compress(clips, wanted.among([clip.text for clip in clips])))
    job = ScoreJob(model.read_bytes(), window, hop, trust_remote_code)
    with steps("Scoring", len(clips)) as step:
        done = run_job(job, clips, folder, does, advance=step)
    batch = Batch(fitted)
    counts = {"scored": 0, "anomalous": 0, "errors": 0}
    with nullcontext() if out is None else atomic_text(out) as file:
        rows = batch.watch(_counted(results(done), counts))
        if file is None:
            for _ in rows:
                pass
        elif wanted is not None:
            counts["filled"] = len(wanted.write(rows, file))
        else:
            write_scores(rows, file, style)
    threshold, shift = fitted.threshold, batch.shift()
    if json:
        told = {"threshold": threshold.value, "false_alarm_rate": threshold.false_alarm_rate, "shift": shift.to_dict()}
        shards = {"run": done.folder, "shards": len(done.shards), "reused": done.reused}
        print_json(
            {
                **shards,
                "out": None if out is None else str(out),
                **counts,
                **told,
                "notes": found.notes,
            }
        )
    say(
        f"{done.folder}: {len(done.shards)} shards, {done.reused} of them there before; {counts['scored']} scored, "
        f"{counts['anomalous']} anomalous (score above {threshold.value:.4g}, false-alarm rate "
        f"{threshold.false_alarm_rate:g}), {counts['errors']} with an error."
    )
    if shift.sentence is not None:
        say(f"note: {shift.sentence}")
    return counts["errors"] + counts.get("filled", 0)


def _counted(rows: Iterator[Result], counts: dict[str, int]) -> Iterator[Result]:
    for row in rows:
        counts["errors" if row.error is not None else "scored"] += 1
        counts["anomalous"] += bool(row.anomalous)
        yield row
