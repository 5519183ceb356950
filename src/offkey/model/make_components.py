"""The components that a configuration asks for: detector, front end and extractor."""

from __future__ import annotations

from offkey import detectors, features
from offkey.hearing.extractor import Extractor
from offkey.model.config import ModelConfig
from offkey.model.lengths import Lengths

__all__ = ["make_detector", "make_extractor", "make_front_end"]


def make_front_end(config: ModelConfig) -> features.FrontEnd:
    """Return the front end that a configuration asks for, which may have to learn first."""
    return features.create(config.features, **config.features_params)


def make_detector(config: ModelConfig) -> detectors.Detector:
    """Return the detector that a configuration asks for, if it can be fitted here.

    The front end sets parameters that follow from it.
    """
    front_end = make_front_end(config)
    taken = detectors.find(config.detector).defaults()
    following = {name: value for name, value in front_end.detector_params().items() if name in taken}
    detector = detectors.create(config.detector, **{**following, **config.detector_params})
    detector.check_extra()
    return detector


def make_extractor(
    config: ModelConfig,
    rate: int,
    *,
    front_end: features.FrontEnd | None = None,
    digest: bool = False,
    lengths: Lengths | None = None,
    fingerprints: bool = False,
) -> Extractor:
    """Return how a configuration turns recordings into features, at a sampling rate in Hz.

    The front end is made as the configuration says, unless one that has learnt something is given; parameters that
    follow from the lengths of the clips are set by them, where they are known.
    """
    if front_end is None:
        taken, known = features.find(config.features).defaults(), {} if lengths is None else lengths.front_end_params()
        following = {name: value for name, value in known.items() if name in taken}
        front_end = features.create(config.features, **{**following, **config.features_params})
    if lengths is None:
        return Extractor(front_end, rate, config.channel, config.windowing, digest=digest, fingerprints=fingerprints)
    windowing, clip_s = lengths.windowing(config.hop_s), lengths.clip_s
    return Extractor(
        front_end, rate, config.channel, windowing, digest=digest, fingerprints=fingerprints, clip_s=clip_s
    )
