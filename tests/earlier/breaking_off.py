"""What is there of a run that was killed in the middle: made of a finished one, in which files are the parts."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

__all__ = ["break_off_benchmark", "break_off_shards"]


def break_off_shards(run: Path) -> list[Path]:
    """Take the last shard, and what was made of all of them; return what stays."""
    first, *others = sorted(run.glob("part-*.parquet"))
    assert len(others) == 1
    others[0].unlink()
    shutil.rmtree(run / "summaries", ignore_errors=True)
    return [first]


def break_off_benchmark(run: Path, store: Path) -> list[Path]:
    """Take all of one detector and half of the other's fits, and what is written at the end; return what stays."""
    content = json.loads((run / "run.json").read_text())
    begun = {name: content[name] for name in ("form", "versions", "held", "combinations", "dataset", "edition")}
    (run / "run.json").write_text(json.dumps({**begun, "complete": False}))
    for name in ("results.csv", "official.json"):
        (run / name).unlink()
    for name in ("scores", "submission"):
        shutil.rmtree(run / name)
    (gmm,) = (store / "scored").glob("*-gmm-*")
    shutil.rmtree(gmm)
    for scored in (store / "scored").glob("*-knn-*/dev_pump_*"):
        scored.unlink()
    return sorted(path for path in store.rglob("*") if path.is_file())
