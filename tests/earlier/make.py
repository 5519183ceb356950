"""How ``files/`` was made by offkey 0.1.0: ``python -m tests.earlier.make FOLDER``, from the root of the repository.

The files are kept as that version wrote them and are not made again: they stand for those that people have. The same
script makes those of a later version, in a folder of its own. It uses commands alone.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shlex
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any
from unittest import mock

from tests.earlier.commands import FITS, REPORTS, RUNS, keys_of
from tests.earlier.explorer import Explorer
from tests.earlier.plant import clips_digest, write_clips, write_crowd
from tests.earlier.zenodo import zenodo

import offkey
from offkey.cli.main import main
from offkey.cli.page import page

_SCORED = {"windows.offkey": "long", "types.offkey": "plant/fan/test plant/pump/test"}  # others: the tests of the fan
_LARGE = ("*.html", "*.png")


def make(folder: Path) -> None:
    """Make everything in an empty folder, from the current one, which then holds the clips as well."""
    write_clips(Path())
    write_crowd(Path())
    digest = clips_digest(Path())
    for name in ("models", "scores", "runs"):
        Path(name).mkdir()
    for line in FITS.values():
        _run(line)
    _score_all()
    (Path("runs") / "json").mkdir()
    for name, line in RUNS.items():
        _write_json(Path("runs") / "json" / f"{name}.json", _run(line))
    _explore()
    _train()
    for name in ("models", "scores", "runs"):
        shutil.copytree(name, folder / name, ignore=shutil.ignore_patterns(*_LARGE))
    (folder / "commands.md").write_text(page())
    _write_json(folder / "about.json", {"offkey": offkey.__version__, "clips": digest})
    with zenodo() as server:
        found = {name: _run(line.replace("SERVER", server)) for name, line in REPORTS.items()}
    _write_json(folder / "json_keys.json", {name: sorted(keys_of(one)) for name, one in found.items()})


def _score_all() -> None:
    """Keep what each model says of clips, and of itself."""
    for file in FITS:
        if file.endswith(".offkeynet"):
            continue
        clips, command = _SCORED.get(file, "plant/fan/test"), "score"
        if file == "types.offkey":
            command = "identify score"
        _write_json(Path("scores") / f"{file}.json", _run(f"{command} models/{file} {clips} --json"))
    _run("score models/knn.offkey plant/fan/test --out scores/knn.csv")
    _run("score models/windows.offkey long --out scores/windows.csv")


def _explore() -> None:
    """Open the explorer once, and label and note something."""
    with Explorer("plant", "--dataset", "dcase2020", "--cache", "runs/explore", "--model", "models/knn.offkey") as one:
        one.wait()
        first, second = one.clips()[:2]
        one.post(f"/clips/{first}/label", label="anomaly", comment="it hisses")
        one.post(f"/clips/{second}/label", label="unsure", comment="")
        one.post(f"/pairs/{first}/{second}", revision="0", same_note="the hum", difference_note="the hiss")
    Path("runs/beside").mkdir()
    for file in ("audio_labels.csv", "audio_labels_unsure.csv", "audio_pair_notes.json"):
        shutil.copy(Path("plant") / file, "runs/beside")
        (Path("plant") / file).unlink()


def _train() -> None:
    """Keep what a training hears before it begins, and takes away when it is done."""
    with mock.patch("shutil.rmtree"):
        _run(FITS["plant.offkeynet"])
    shutil.copytree("models/plant.offkeynet.training", "runs/embed", ignore=shutil.ignore_patterns("checkpoint.pt"))
    shutil.rmtree("models/plant.offkeynet.training")


def _run(line: str) -> Any:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        status = main(shlex.split(line))
    if status not in (0, 3):
        raise SystemExit(f"{line}: {status}")
    return json.loads(out.getvalue()) if "--json" in line else None


def _write_json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    target = Path(sys.argv[1]).absolute()
    with tempfile.TemporaryDirectory() as place, contextlib.chdir(place):
        os.environ["XDG_CACHE_HOME"] = f"{place}/cache"
        make(target)
