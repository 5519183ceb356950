"""The features of clips, without a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from offkey.audio import check_rate
from offkey.hearing.inputs import Clips
from offkey.hearing.named_table import list_sources, named_table
from offkey.hearing.rates import common_rate
from offkey.hearing.windows import Windowing
from offkey.model.config import make_config
from offkey.model.make_components import make_extractor
from offkey.work.progress import show_progress

if TYPE_CHECKING:
    import polars as pl

__all__ = ["extract"]


def extract(
    clips: Clips | pl.DataFrame,
    *,
    features: str = "logmel",
    features_params: Mapping[str, Any] | None = None,
    rate: int | None = None,
    channel: int | str = 0,
    window_s: float | None = None,
    hop_s: float | None = None,
    jobs: int | None = None,
    progress: bool | None = None,
    advance: Callable[[], None] | None = None,
) -> pl.DataFrame:
    """Return the features of clips as a table, with one named column per feature.

    `Model.extract` gives the features that a fitted model takes, at its rate and in its windows.

    Parameters
    ----------
    clips : path, array, iterable of them, or polars.DataFrame
        Folders (searched recursively), files, or arrays of shape (n,) or (n, channels). Or a table with a column
        ``file``, as from `offkey.datasets.read_dataset`; its columns are kept beside the features.
    features : str, default "logmel"
        Name of the front end, one of `offkey.features.names`.
    features_params : mapping, optional
        Its parameters that differ from the defaults.
    rate : int, optional
        Sampling rate in Hz: that of the arrays, and that to which all clips are resampled. By default the lowest rate
        of the files, at most 48,000.
    channel : int or str, default 0
        Which channel of a recording to use: its index, "mean", or "0-1" for a near and a far microphone: channel 0 less
        what channel 1 explains of it in each frequency bin (least squares).
    window_s : float, optional
        Length in seconds of the windows that longer recordings are cut into. By default recordings of over a minute are
        cut into windows of 10 s.
    hop_s : float, optional
        Seconds from the start of one window to the start of the next; by default the length of a window.
    jobs : int, optional
        Number of clips processed in parallel; by default one per processor.
    progress : bool, optional
        Whether to show a progress bar; by default in notebooks and terminals, if it takes more than a second.
    advance : callable, optional
        Called after each recording.

    Returns
    -------
    polars.DataFrame
        One row per clip, or per window of a long recording: ``file``, ``start_s``, ``end_s``, ``error``, and the
        features by name, of type Float32. If a clip cannot be used, ``error`` says why and its features are null. The
        columns of a table of clips come first, in its order. ``to_pandas()`` converts the result if pandas and pyarrow
        are installed.

    Raises
    ------
    UsageError
        If a path does not exist, or an option has the wrong type or is out of range.
    ParameterError
        If a table has no column ``file``, or something is not a clip.
    NotFittedError
        If the front end must learn from clips first.

    Examples
    --------
    >>> import offkey
    >>> table = offkey.extract("recordings/normal", features="mfcc", features_params={"n_mfcc": 2})
    >>> table.columns
    ['file', 'start_s', 'end_s', 'error', 'mfcc_00_mean', 'mfcc_01_mean', 'mfcc_00_std', 'mfcc_01_std']
    >>> len(table)
    24
    >>> from offkey.datasets import read_dataset
    >>> offkey.extract(read_dataset("folder", "recordings"), features="stats").columns[:3]
    ['file', 'machine', 'section']
    """
    config = make_config(
        features=features,
        features_params={} if features_params is None else features_params,
        rate=None if rate is None else check_rate(rate),
        channel=channel,
        window_s=window_s,
        hop_s=hop_s,
    )
    windowing = config.windowing if config.window_s is None else Windowing.every(config.window_s, config.hop_s)
    sources, listed = list_sources(clips, rate)
    common, _ = common_rate(sources, config.rate, jobs)
    extractor = replace(make_extractor(config, common), windowing=windowing)
    with show_progress("Extracting", len(sources), show=progress, advance=advance) as step:
        extracted = extractor.extract_all(sources, jobs=jobs, advance=step)
        return named_table(extractor.feature_names(), extracted, listed)
