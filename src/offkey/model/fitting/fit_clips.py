"""The one call that makes a model of a caller's clips: what is asked for is checked, the clips are read and fitted."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from numbers import Integral
from typing import Any, Never

import numpy as np

from offkey.audio import check_rate
from offkey.datasets.grouping import group_names
from offkey.errors import ParameterError
from offkey.features.learning import Origin
from offkey.hearing.inputs import Clips, read_clips
from offkey.hearing.source import source_name
from offkey.model.config import check_options, make_config
from offkey.model.fitting.fit_sources import fit_chosen
from offkey.model.fitting.sisters import Bases, read_sisters
from offkey.model.fitting.training_set import choose_by_name
from offkey.model.model import Model
from offkey.work.progress import show_progress

__all__ = ["fit"]


def fit(
    clips: Clips,
    *,
    detector: str = "fused",
    detector_params: Mapping[str, Any] | None = None,
    features: str = "logmel",
    features_params: Mapping[str, Any] | None = None,
    false_alarm_rate: float = 0.01,
    rate: int | None = None,
    channel: int | str = 0,
    window_s: float | None = None,
    hop_s: float | None = None,
    domains: Sequence[str] | None = None,
    groups: str | Sequence[str] | None = None,
    origins: Sequence[Origin] | None = None,
    include_labelled_anomalies: bool = False,
    base: Bases | None = None,
    keep_references: int = 0,
    jobs: int | None = None,
    progress: bool | None = None,
    advance: Callable[[], None] | None = None,
    **unknown: Never,
) -> Model:
    """Learn what a machine sounds like from recordings of its normal operation.

    Parameters
    ----------
    clips : path, array, or iterable of them
        Folders (searched recursively), files, or arrays of shape (n,) or (n, channels).
    detector : str, default "fused"
        Name of the detector, one of `offkey.detectors.names`.
    detector_params : mapping, optional
        Its constructor arguments, where they differ from its defaults.
    features : str, default "logmel"
        Name of the front end, one of `offkey.features.names`.
    features_params : mapping, optional
        Its constructor arguments, where they differ from its defaults.
    false_alarm_rate : float, default 0.01
        Share of normal clips that may be called anomalous, between 0 and 1.
    rate : int, optional
        Sampling rate in Hz: of the arrays, and of the model. By default the lowest rate of the
        files, at most 48,000.
    channel : int or str, default 0
        What of a recording is heard: the index of a channel, "mean", or a near and a far
        microphone, "0-1": the first without what the second explains of it in each bin (least squares).
    window_s : float, optional
        Length in seconds of the windows that longer recordings are cut into; by default the length of the clips
        learnt, for recordings that are more than half as long again as these.
    hop_s : float, optional
        From the start of a window to the start of the next, in seconds; by default they adjoin.
    domains : sequence of str, optional
        The domain of each clip, such as "source" and "target".
    groups : str or sequence of str, optional
        The group of each clip, at least 5 groups: pieces of one recording, or clips of one session. They are held out
        together and vouch as one clip, so that the promise holds for new recordings. "recording", "day", "folder" or a
        regular expression with a group in parentheses takes them from the names.
    origins : sequence of Origin, optional
        Where each clip comes from, for a front end that learns from it; by default what official names tell.
    include_labelled_anomalies : bool, default False
        Whether clips are learnt from whose name or folder calls them anomalous, such as those in ``abnormal/``; else
        they are left out, and named in `fitted_on`. In a folder that is given, the names below it count, and its own.
    base : Model, path, or sequence of them, optional
        Models of sister machines, or their files, for a new machine of which there are 5 to 40 clips: how normal clips
        vary is learnt from theirs as well. They must hear in the same way; domains cannot be told.
    keep_references : int, default 0
        How many clips to keep with their sound, so that an explanation can set a clip beside the nearest normal one.
    jobs : int, optional
        How many clips are heard at a time; by default one per processor.
    progress : bool, optional
        Whether to show how far it is; by default in notebooks and terminals, where it takes more than a second.
    advance : callable, optional
        Called after each recording.

    Returns
    -------
    Model
        With `fitted_on` telling what was used, what was left out and why.

    Raises
    ------
    UsageError
        If a path does not exist, an option is unknown, of another type or out of range, or there are too few groups; or
        if a base hears in another way.
    AudioError
        If fewer than `FEWEST_CLIPS` clips or windows can be used.
    DataError
        If all clips are called anomalous, or a name does not tell its group.

    Examples
    --------
    >>> import offkey
    >>> model = offkey.fit("recordings/normal", detector="gmm", false_alarm_rate=0.05)
    >>> model.fitted_on.clips
    24
    """
    check_options(unknown, inspect.signature(fit).parameters)
    config = make_config(
        detector=detector,
        detector_params={} if detector_params is None else detector_params,
        features=features,
        features_params={} if features_params is None else features_params,
        false_alarm_rate=false_alarm_rate,
        rate=None if rate is None else check_rate(rate),
        channel=channel,
        window_s=window_s,
        hop_s=hop_s,
    )
    if not isinstance(include_labelled_anomalies, bool | np.bool_):
        raise _wrong("include_labelled_anomalies", "True or False", include_labelled_anomalies)
    if not isinstance(keep_references, Integral) or keep_references < 0:
        raise _wrong("keep_references", "an int in the range [0, inf)", keep_references)
    if not (advance is None or callable(advance)):
        raise _wrong("advance", "a function without arguments, or None", advance)
    sisters = read_sisters(base)
    read = read_clips(clips, rate)
    sources = read.sources
    _check_one_a_clip("domains", domains, len(sources))
    _check_one_a_clip("origins", origins, len(sources))
    if not isinstance(groups, str):
        _check_one_a_clip("groups", groups, len(sources))
    chosen = choose_by_name(sources, read.given, include_labelled_anomalies=include_labelled_anomalies)
    sources = chosen.of(sources)
    if isinstance(groups, str):
        of_group = group_names([source_name(source) for source in sources], groups)
    else:
        of_group = None if groups is None else chosen.of(groups)
    with show_progress("Fitting", len(sources), show=progress, advance=advance) as step:
        return fit_chosen(
            chosen.with_notes(read.notes),
            sources,
            config,
            domains=None if domains is None else chosen.of(domains),
            groups=of_group,
            origins=None if origins is None else chosen.of(origins),
            keep_references=keep_references,
            jobs=jobs,
            advance=step,
            sisters=sisters,
        )


def _check_one_a_clip(name: str, values: Any, clips: int) -> None:
    if values is None:
        return
    if isinstance(values, str | bytes) or not hasattr(values, "__len__") or not hasattr(values, "__getitem__"):
        raise _wrong(name, "a list with one entry per clip, or None", values)
    if len(values) != clips:
        raise ParameterError(f"'{name}' must have one entry per clip, {clips}. Got {len(values)} instead.")


def _wrong(name: str, expected: str, value: object) -> ParameterError:
    return ParameterError(f"The parameter '{name}' must be {expected}. Got {value!r} instead.")
