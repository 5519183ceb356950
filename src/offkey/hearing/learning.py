"""Front ends that learn: clips in the form in which they are learnt from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from offkey.errors import AudioError
from offkey.features.base import Samples
from offkey.features.learning import Origin, TrainingClip
from offkey.hearing.extractor import Extractor
from offkey.hearing.identity import Identity
from offkey.hearing.source import Source, open_recording, source_name

__all__ = ["training_clips"]


def training_clips(
    sources: Sequence[Source],
    extractor: Extractor,
    origins: Sequence[Origin] | None = None,
    keys: Sequence[str] | None = None,
    failed: Callable[[str, str], None] = lambda name, reason: None,
) -> list[TrainingClip]:
    """Return recordings as a front end learns from them.

    `origins`: where each comes from; by default nothing is known but its name.
    `keys`: what tells each from others and from what lay there before; by default name, size and time of change.
    `failed`: told of each window that cannot be used: the name of its recording, and the reason. By default nobody is:
        whoever extracts its features says what is wrong with it.
    """
    return [
        TrainingClip(
            source_name(source),
            keys[number] if keys else Identity.of_source(source).text_key,
            lambda source=source: _sounds(source, extractor, failed),  # type: ignore[misc]
            origins[number] if origins else Origin(),
        )
        for number, source in enumerate(sources)
    ]


def _sounds(source: Source, extractor: Extractor, failed: Callable[[str, str], None]) -> Iterator[Samples]:
    try:
        recording = open_recording(source)
        for window in extractor.read(recording):
            try:
                extractor.check(window, name=recording.name, recording=lambda: recording)
            except AudioError as error:
                failed(recording.name, str(error))
                continue
            yield window.samples
    except AudioError as error:
        failed(source_name(source), str(error))
