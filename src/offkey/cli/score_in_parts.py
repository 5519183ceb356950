"""``offkey score --engine``: scoring cut into parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import compress
from pathlib import Path

from offkey.cli.console import say, say_notes
from offkey.cli.engine_options import list_clips, make_run_executor, steps
from offkey.cli.score_outcome import Scoring
from offkey.listing import counted

__all__ = ["score_in_parts"]


@contextmanager
def score_in_parts(
    where: tuple[str, str | None, int | None, str | None],
    job: tuple[bytes, float | None, float | None, bool],
    inputs: Sequence[str],
    choose: Callable[[list[str]], list[bool]],
) -> Iterator[Scoring]:
    """Score clips part by part, and give the rows of all.

    `where` is executor, folder of the run, workers and address; `job` is the model file, window and hop in seconds, and
    whether code of others may run.
    """
    from offkey.scale.jobs import ScoreJob, results
    from offkey.work.folders import is_remote
    from offkey.work.runs import run_job

    executor, folder = make_run_executor(*where)
    listing = list_clips(inputs)
    say_notes(listing.notes)
    clips = list(compress(listing.clips, choose([clip.text for clip in listing.clips])))
    with steps("Scoring", len(clips)) as step:
        done = run_job(ScoreJob(*job), clips, folder, executor, advance=step)
    say(f"{done.folder}: {counted(len(done.parts), 'part')}, {done.reused} of them there before.")
    about = {"run": done.folder, "shards": len(done.parts), "reused": done.reused}
    yield Scoring(results(done), [Path(clip.name) for clip in clips if not is_remote(clip.name)], listing.notes, about)
