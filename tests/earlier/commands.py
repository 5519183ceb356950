"""The commands by which the files of an earlier version were made, and those whose JSON was recorded.

Paths are relative to one folder, with the clips of `plant`, the folders of ``files/`` and room for what is written.
"""

from __future__ import annotations

from typing import Any

__all__ = ["FITS", "REPORTS", "RUNS", "keys_of"]

_SMALL = "--features-param n_mels=8"
_SET = "plant --dataset dcase2020"
_NET = "--param seconds=0.2 --param rate=4000 --param resolutions=[0.064] --param width=1 --param n_dims=4 --epochs 1"
_TRAINED = "--features-param n_mels=8 --detector-param widths=[8] --detector-param epochs=2 --detector-param folds=2"
_TINY = "--features-param n_mels=8 --features-param lulls=false --features-param pooling=[1.0]"
_EIGHT = " ".join(f"plant/fan/train/normal_id_00_{k:08d}.wav" for k in range(8))
_DETECTORS = (
    "band_agreement gmm isolation_forest knn local_density local_mahalanobis lof mahalanobis ocsvm pca_residual "
    "subband_density"
)

FITS = {
    "plant.offkeynet": f"embed {_SET} --out models/plant.offkeynet {_NET}",
    "types.offkey": f"identify fit {_SET} --split clip --classifier-param n_mels=16 --out models/types.offkey",
    "fused.offkey": f"fit {_EIGHT} --keep-references 2 --model models/fused.offkey",
    "windows.offkey": "fit long/0.wav long/1.wav long/2.wav --detector knn --window 0.5 --hop 0.25 "
    f"{_SMALL} --model models/windows.offkey",
    "stats.offkey": "fit plant/fan/train --detector gmm --features stats --model models/stats.offkey",
    "autoencoder.offkey": f"fit plant/fan/train --detector autoencoder --features frames {_TRAINED} "
    "--model models/autoencoder.offkey",
    "embedded.offkey": "fit plant/fan/train --detector knn --features discriminative:models/plant.offkeynet "
    "--model models/embedded.offkey",
    **{
        f"{name}.offkey": f"fit {_EIGHT} --detector {name} {_SMALL} --model models/{name}.offkey"
        for name in _DETECTORS.split()
    },
}
"""How each file in ``models/`` was made."""

_BENCHMARK = f"benchmark {_SET} --detector knn --detector gmm {_SMALL}"
_HERE = "--engine local --workers 1"
RUNS = {
    "benchmark": f"{_BENCHMARK} --out runs/benchmark --json",
    "spread": f"{_BENCHMARK} --machine fan --out runs/spread --run runs/spread-store {_HERE} --json",
    "score": f"score models/stats.offkey crowd --out scores.csv --run runs/score {_HERE} --json",
    "fit": f"fit plant/fan/train --detector knn {_SMALL} --model ran.offkey --run runs/fit {_HERE} --json",
    "fit-sample": f"fit crowd --most-clips 100 --detector mahalanobis {_TINY} --model ran.offkey "
    f"--run runs/fit-sample {_HERE} --json",
    "features": f"features crowd {_TINY} --rate 8000 --run runs/features {_HERE} --json",
    "tune": f"tune {_SET} --detector gmm --param n_components=1,2 {_SMALL} --out runs/tune --json",
    "study": f"study {_SET} --detector knn --param knn.n_neighbors=1,3 --out runs/study --json",
}
"""How each folder in ``runs/`` was made."""

REPORTS = {
    "embed": f"embed {_SET} --out new.offkeynet {_NET} --json",
    "fit": f"fit plant/fan/train --detector gmm {_SMALL} --keep-references 1 --model new.offkey --json",
    "identify fit": f"{FITS['types.offkey'].replace('models/', '')} --json",
    "identify score": "identify score models/types.offkey plant/fan/test plant/pump/test --json",
    "identify evaluate": "identify evaluate models/types.offkey plant --dataset dcase2020 --json",
    "info": "info models/fused.offkey --json",
    "info windows": "info models/windows.offkey --json",
    "info types": "info models/types.offkey --json",
    "score": "score models/fused.offkey plant/fan/test --json",
    "score windows": "score models/windows.offkey long --json",
    "evaluate": "evaluate scores/knn.csv --false-alarm-rate 0.01 --json",
    "explain": "explain models/fused.offkey plant/fan/test/anomaly_id_00_00000000.wav --json",
    "explain band_agreement": "explain models/band_agreement.offkey plant/fan/test/anomaly_id_00_00000000.wav --json",
    "report": "report scores/knn.csv --model models/knn.offkey --top 1 --out page.html --json",
    "compare": "compare runs/benchmark --resamples 50 --json",
    "data check": f"data check {_SET} --json",
    "data split": f"data split {_SET} --out split.csv --json",
    "data attributes": "data attributes attributed --json",
    "data download": "data download dcase2020 --to fetched --machine fan --part dev --list --server SERVER --json",
    "dcase-score": "dcase-score runs/benchmark/submission/logmel-n_mels=8-knn-seed0/dev --edition 2020 --json",
    "demo": "demo --out tour --train 8 --test 2 --json",
}
"""Commands of whose JSON the keys were recorded; SERVER is that of `zenodo`. That of `RUNS` was recorded whole."""


def keys_of(value: Any, where: str = "") -> set[str]:
    """Return where each key of a JSON value stands: ``rows[].score``."""
    if isinstance(value, list):
        return {key for one in value for key in keys_of(one, f"{where}[]")}
    if not isinstance(value, dict):
        return set()
    at = {key: f"{where}.{key}".lstrip(".") for key in value}
    return set(at.values()) | {key for name, one in value.items() for key in keys_of(one, at[name])}
