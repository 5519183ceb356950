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
        Its parameters that differ from the defaults.
    features : str, default "logmel"
        Name of the front end, one of `offkey.features.names`.
    features_params : mapping, optional
        Its parameters that differ from the defaults.
    false_alarm_rate : float, default 0.01
        Share of normal clips that may be called anomalous, between 0 and 1.
    rate : int, optional
        Sampling rate in Hz: that of the arrays, and that of the model. By default the lowest rate of the files, at most
        48,000.
    channel : int or str, default 0
        Which channel of a recording to use: its index, "mean", or "0-1" for a near and a far microphone: channel 0 less
        what channel 1 explains of it in each frequency bin (least squares).
    window_s : float, optional
        Length in seconds of the windows that longer recordings are cut into. By default recordings more than 1.5 times
        as long as the training clips are cut into windows of their length.
    hop_s : float, optional
        Seconds from the start of one window to the start of the next; by default the length of a window.
    domains : sequence of str, optional
        The domain of each clip, such as "source" and "target".
    groups : str or sequence of str, optional
        The group of each clip, such as its recording or session; at least 5 groups. Clips of a group are held out
        together and count as one clip, so that the promise holds for new recordings. "recording", "day", "folder" or a
        regular expression with one group in parentheses takes the groups from the names.
    origins : sequence of Origin, optional
        The machine, section and attributes of each clip, for a front end that learns from them. By default they are
        read from official file names.
    include_labelled_anomalies : bool, default False
        Whether to also learn from clips that their name or folder marks as anomalous, such as those in ``abnormal/``.
        By default they are left out and listed in `fitted_on`. The name of a given folder and all names below it count.
    base : Model, path, or sequence of them, optional
        Models of sister machines, or their files, for a new machine with 5 to 40 clips: the spread of normal clips is
        learnt from theirs as well. They must have the same front end, rate and channel; `domains` cannot be given.
    keep_references : int, default 0
        Number of training clips to keep with their sound, so that an explanation can play the nearest normal one.
    jobs : int, optional
        Number of clips processed in parallel; by default one per processor.
    progress : bool, optional
        Whether to show a progress bar; by default in notebooks and terminals, if it takes more than a second.
    advance : callable, optional
        Called after each recording.

    Returns
    -------
    Model
        The fitted model; its `fitted_on` lists what was used, and what was left out and why.

    Raises
    ------
    UsageError
        If a path does not exist, an option is unknown, has the wrong type or is out of range, there are too few groups,
        or a base has another front end, rate or channel.
    AudioError
        If fewer than `FEWEST_CLIPS` clips or windows can be used.
    DataError
        If names mark all clips as anomalous, or a name gives no group.

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
