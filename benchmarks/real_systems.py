"""The default and its peers, each as what it keeps of a clip and how it learns: clips are heard once for many fits.

The promise of offkey is its own; a peer with a vector a clip is given one by the same calibration, of its scores
cross-validated in `FOLDS` folds. What takes the clips themselves is fitted once and promises nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray
from scipy.fft import dct

from benchmarks.detectors import mixture, neighbours, outlier_factor, shrunk_covariance, support_vectors
from benchmarks.peers import Peer, pyod_autoencoder, pyod_embedding
from benchmarks.proxy_clips import RATE, Samples
from offkey.decision import Calibration
from offkey.detectors.folds import fold_numbers
from offkey.features.frames import power_spectra
from offkey.features.mel import decibels, mel_filters
from offkey.features.pooling import pool
from offkey.hearing.inputs import read_clips
from offkey.model import fit
from offkey.work.jobs import default_jobs
from offkey.work.library_threads import one_blas_thread
from offkey.work.thread_pool import Threads

__all__ = ["FOLDS", "RATES", "Fitted", "Hear", "System", "hear", "offkey", "systems"]

FOLDS = 5
RATES = (0.01, 0.05)
"""The promised false-alarm rates that are measured."""
BANDS, COEFFICIENTS = 128, 20
YAMNET = "encoders/yamnet_256_64x96_tl.onnx"

Floats = NDArray[np.float64]
Kept = list[Any]
"""What is kept of each clip: the clip itself, or vectors by name."""
Hear = Callable[[Samples, int], Any]


@dataclass(frozen=True)
class Fitted:
    """What scores clips as they were heard, and its threshold for each promised rate, if it promises any."""

    score: Callable[[Kept], Floats]
    thresholds: dict[float, float]


@dataclass(frozen=True)
class Learner:
    """What is kept of a clip, and how it is learnt at a sampling rate."""

    hear: Hear
    fit: Callable[[Kept, int], Fitted]


System = Peer[Learner]


def hear(of: Iterable[System], clips: Sequence[Samples], rate: int) -> dict[Hear, Kept]:
    """Return what each way to hear keeps of the clips; each is used once, however many systems share it."""
    threads, ways = Threads(default_jobs()), list(dict.fromkeys(system.does.hear for system in of))
    heard = list(threads.map(lambda clip: [way(clip, rate) for way in ways], clips))
    return {way: [of_clip[place] for of_clip in heard] for place, way in enumerate(ways)}


def whole(clip: Samples, rate: int) -> Samples:
    """Keep the clip itself."""
    return clip


def textbook(clip: Samples, rate: int) -> dict[str, Floats]:
    """Keep mean magnitudes and levels of mel bands, levels pooled with .98, and mean and deviation of MFCCs."""
    power = np.concatenate([frames for _, frames in power_spectra(clip, rate)])
    filters = mel_filters(rate, BANDS).T.astype(np.float32)
    log_mel = decibels(power @ filters, -120.0)
    cepstra = dct(log_mel, norm="ortho", axis=1)[:, :COEFFICIENTS]
    vectors = {
        "magnitudes": (np.sqrt(power) @ filters).mean(axis=0),
        "log-mel": log_mel.mean(axis=0),
        "pooled": pool(np.ascontiguousarray(log_mel.T), [0.98])[0],
        "mfcc": np.concatenate([cepstra.mean(axis=0), cepstra.std(axis=0)]),
    }
    return {name: np.asarray(vector, np.float64) for name, vector in vectors.items()}


def standardised(learn: Callable[[Floats], Callable[[Floats], Any]]) -> Callable[[Floats], Callable[[Floats], Any]]:
    """Return a learner of columns less their mean, divided by their deviation."""

    def learnt(X: Floats) -> Callable[[Floats], Any]:
        centre, spread = X.mean(axis=0), X.std(axis=0)
        spread[spread < 1e-9] = 1.0
        score = learn((X - centre) / spread)
        return lambda new: score((new - centre) / spread)

    return learnt


def unit_length(learn: Callable[[Floats], Callable[[Floats], Any]]) -> Callable[[Floats], Callable[[Floats], Any]]:
    """Return a learner of rows of length 1, between which distances are those of the cosine."""

    def rows(X: Floats) -> Floats:
        return np.asarray(X / np.maximum(np.linalg.norm(X, axis=1, keepdims=True), 1e-12))

    def learnt(X: Floats) -> Callable[[Floats], Any]:
        score = learn(rows(X))
        return lambda new: score(rows(new))

    return learnt


def negative(learn: Callable[[Floats], Callable[[Floats], Any]]) -> Callable[[Floats], Callable[[Floats], Any]]:
    """Return a learner of scikit-learn whose scores are higher for what is more anomalous."""

    def learnt(X: Floats) -> Callable[[Floats], Any]:
        score = learn(X)
        return lambda new: -score(new)

    return learnt


def cross_validated(learn: Callable[[Floats], Callable[[Floats], Any]], name: str, kept: Kept, rate: int) -> Fitted:
    """Fit on the vectors of a name, and once more without each fold for the thresholds."""
    X = np.array([of_clip[name] for of_clip in kept])
    held_out, scores = fold_numbers(len(X), FOLDS), np.zeros(len(X))
    with one_blas_thread():
        for fold in np.unique(held_out):
            scores[held_out == fold] = learn(X[held_out != fold])(X[held_out == fold])
        fitted, calibration = learn(X), Calibration(scores)
    return Fitted(
        lambda new: np.asarray(fitted(np.array([of_clip[name] for of_clip in new]))),
        {promised: calibration.threshold(promised).value for promised in RATES},
    )


def once(fit_clips: Callable[[Kept, int], Callable[[Kept], Floats]], kept: Kept, rate: int) -> Fitted:
    """Fit what takes the clips themselves."""
    return Fitted(fit_clips(kept, rate), {})


def offkey(**options: Any) -> Learner:
    """Return offkey with options of `offkey.fit`, calibration included."""

    def learn(kept: Kept, rate: int) -> Fitted:
        model = fit(kept, rate=rate, **options)

        def score(clips: Kept) -> Floats:
            return np.array([result.score for result in model.results(read_clips(clips, rate).sources)])

        return Fitted(score, {promised: model.calibration.threshold(promised).value for promised in RATES})

    return Learner(whole, learn)


def _textbook(name: str, learn: Callable[[Floats], Callable[[Floats], Any]]) -> Learner:
    return Learner(textbook, partial(cross_validated, learn, name))


def _yamnet(data: Path) -> list[System]:
    """Return the encoder of the data folder; none where the folder has none."""
    path = data / YAMNET
    if not path.is_file():
        return []
    made: list[Any] = []

    def vector(clip: Samples, rate: int) -> dict[str, Floats]:
        from offkey import features

        if not made:
            made.append(features.create(f"onnx:{path}"))
        at_16_khz = np.asarray(soxr.resample(clip, rate, RATE), np.float32)
        short = max(0, RATE - len(at_16_khz))  # it hears 0.975 s: a shorter clip is repeated
        return {"mean": np.asarray(made[0].vector(np.pad(at_16_khz, (0, short), mode="wrap"), RATE), np.float64)}

    learner = Learner(vector, partial(cross_validated, standardised(shrunk_covariance), "mean"))
    return [System("YAMNet block 6", learner, ("onnx", "onnxruntime"), "'offkey[onnx]'")]


def systems(data: Path, detectors: Sequence[str] = ()) -> list[System]:
    """Return the default, other detectors of offkey that are asked for, and all peers, installed or not."""
    return [
        System("default", offkey()),
        *(System(f"`{name}`", offkey(detector=name)) for name in detectors),
        System("log-mel LW", _textbook("log-mel", standardised(shrunk_covariance))),
        System("raw spectrum", _textbook("magnitudes", unit_length(neighbours))),
        System("GWRP GMM", _textbook("pooled", negative(mixture))),
        System("MFCC LOF", _textbook("mfcc", negative(standardised(outlier_factor)))),
        System("MFCC OCSVM", _textbook("mfcc", negative(standardised(support_vectors)))),
        *_yamnet(data),
        System("PyOD for_audio", Learner(whole, partial(once, pyod_embedding)), ("pyod", "librosa"), "pyod[audio]"),
        System(
            "PyOD AudioAE",
            Learner(whole, partial(once, pyod_autoencoder)),
            ("pyod", "librosa", "torch", "tqdm"),
            "pyod[audio,torch] tqdm",
        ),
    ]
