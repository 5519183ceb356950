"""The fit of ``offkey fit``, here or in parts, and what people and programs get to know of it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offkey.cli.console import print_json, progress, say, say_left_out
from offkey.cli.engine_options import list_clips, make_run_executor, steps

if TYPE_CHECKING:
    from offkey.model import Model
    from offkey.model.fitting.sisters import Sisters

__all__ = ["fit_here", "fit_in_parts", "report_fit", "sisters_of"]


def sisters_of(base: Sequence[Path] | None, trust_remote_code: bool) -> Sisters | None:
    """Return the sisters that `--base` names, None where it names none."""
    if not base:
        return None
    from offkey.model.fitting.sisters import read_sisters

    return read_sisters(base, trust_remote_code=trust_remote_code)


def fit_here(
    bars: ExitStack,
    inputs: Sequence[str],
    include: dict[str, bool],
    group_by: str | None,
    *,
    keep_references: int,
    jobs: int | None,
    sisters: Sisters | None,
    **options: Any,
) -> Model:
    """Fit in this process."""
    from offkey.cli.inputs import groups_of, read_inputs
    from offkey.model.config import make_config
    from offkey.model.fitting.fit_sources import fit_chosen
    from offkey.tables import path_text

    clips, chosen = read_inputs(inputs).to_learn(**include)
    return fit_chosen(
        chosen,
        clips.files,
        make_config(**options),
        domains=clips.domains,
        groups=groups_of([path_text(clip.file) for clip in clips.clips], clips.clips, group_by),
        origins=clips.origins,
        keep_references=keep_references,
        jobs=jobs,
        advance=bars.enter_context(progress("Fitting", len(clips.files))),
        sisters=sisters,
    )


def fit_in_parts(
    bars: ExitStack,
    inputs: Sequence[str],
    where: tuple[str, str | None, int | None, str | None],
    include: dict[str, bool],
    group_by: str | None,
    **options: Any,
) -> Model:
    """Fit in parts that an executor extracts; `where` is engine, folder of the run, workers and address."""
    from offkey.cli.inputs import groups_of
    from offkey.scale.fitting import fit_run

    executor, folder = make_run_executor(*where)
    listing, chosen = list_clips(inputs).to_learn(**include)
    step = bars.enter_context(steps("Fitting", len(listing.clips)))
    names = [clip.name for clip in listing.clips]
    groups = groups_of(names, listing.inputs, group_by)
    return fit_run(
        listing.clips,
        folder,
        executor,
        domains=listing.domains,
        groups=None if groups is None else dict(zip(names, groups, strict=True)),
        chosen=chosen,
        advance=step,
        **options,
    ).model


def report_fit(fitted: Model, path: Path, *, json: bool) -> None:
    """Say or print what was learnt from, and what the threshold promises."""
    on = fitted.fitted_on
    say_left_out(on.left_out, f"; 'offkey info {path}' names them all")
    for note in on.notes:
        say(f"note: {note}")
    if json:
        print_json(
            {
                "model": str(path),
                "clips": on.clips,
                "windows": on.windows,
                "domains": on.domains,
                "seconds": on.seconds,
                "rate": fitted.rate,
                "threshold": fitted.threshold.value,
                "false_alarm_rate": fitted.threshold.false_alarm_rate,
                "extrapolated": fitted.threshold.extrapolated,
                "realised": fitted.calibration.realised(fitted.threshold.false_alarm_rate),
                "left_out": [{"file": name, "error": reason} for name, reason in on.left_out],
                "notes": list(on.notes),
            }
        )
        return
    say(
        f"{path}: fitted on {on.clips} clips, {on.seconds:.0f} s at {fitted.rate} Hz; "
        f"threshold {fitted.threshold.value:.4g} for a false-alarm rate of {fitted.threshold.false_alarm_rate:g}."
    )
    say(f"Next: 'offkey score {path} FOLDER' says which new clips sound wrong, and since when.")
