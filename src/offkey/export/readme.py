"""The contents of ``README.md`` of an exported folder: what it is, what it costs, what it promises, how to run it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from offkey._version import __version__
from offkey.export.folder import C_FOLDER, CALIBRATION, GRAPH, VECTORS
from offkey.export.sizes import GraphSize
from offkey.model import Model
from offkey.model.model_words import describe_model

if TYPE_CHECKING:
    from offkey.export.c import Sizes

__all__ = ["readme_text"]

_FILES = {
    GRAPH: "the model: ONNX, opset 17, from windows of sound to scores",
    CALIBRATION: "the decision: rate, windows, threshold, normal scores, events; may be edited",
    VECTORS: "ten clips, what offkey makes of them, and how near another program must come",
    f"{C_FOLDER}/offkey.h": "the model in C99: declarations",
    f"{C_FOLDER}/offkey.c": "the model in C99: code and tables",
    f"{C_FOLDER}/vectors.h": "clips and scores for replay.c",
    f"{C_FOLDER}/replay.c": "a program for a computer that replays them",
}


def readme_text(
    model: Model,
    calibration: Mapping[str, Any],
    files: Mapping[str, bytes],
    size: GraphSize | None,
    notes: list[str],
    room: Sizes | None = None,
) -> str:
    """Return the text.

    Parameters
    ----------
    model : Model
        What was exported.
    calibration : mapping
        As it stands in ``calibration.json``.
    files : mapping of str to bytes
        Content of the other files of the folder, by name.
    size : GraphSize or None
        Of the graph; None where there is none.
    notes : list of str
        Sentences on how it differs from the model that was fitted.
    room : Sizes, optional
        Of the C; by default there is none.

    Returns
    -------
    str
        Markdown.
    """
    parts = [
        _head(calibration, notes),
        _files(files),
        *([] if size is None else [_size(size)]),
        *([] if room is None else [_room(room)]),
        _about(model),
        _promise(calibration),
        *([] if size is None else [_PYTHON]),
        *([_C] if f"{C_FOLDER}/offkey.c" in files else []),
        _LICENCE,
    ]
    return "\n\n".join(parts) + "\n"


def _head(calibration: Mapping[str, Any], notes: list[str]) -> str:
    rate, window, name = calibration["rate"], calibration["window"], calibration["model"]["name"]
    return "\n\n".join(
        [
            f"# {name}: anomalous sound of one machine",
            f"Made by offkey {__version__}. It scores windows of {window} samples ({window / rate:g} s) at {rate} Hz, "
            f"channel {calibration['channel']}: the higher the score, the less the sound is like the normal sound that "
            f"it learnt. Scores above {calibration['threshold']:.6g} are called anomalous.",
            *notes,
        ]
    )


def _files(files: Mapping[str, bytes]) -> str:
    rows = [f"| {name} | {len(content):,} | {_FILES.get(name, '')} |" for name, content in files.items()]
    return "\n".join(["| file | bytes | holds |", "|---|---:|---|", *rows])


def _size(size: GraphSize) -> str:
    operators = ", ".join(f"{name} {count}" for name, count in size.operators.items())
    return "\n".join(
        [
            "## Cost of a window",
            "",
            f"- weights: {size.weights:,} numbers, {size.weight_bytes:,} bytes",
            f"- multiply-adds: {size.multiply_adds:,} in products of matrices and convolutions",
            f"- tensors: {size.tensor_bytes:,} bytes at most at one moment",
            f"- operators: {operators}",
        ]
    )


def _room(room: Sizes) -> str:
    return "\n".join(
        [
            "## Cost on a controller",
            "",
            f"- flash: about {room.flash:,} bytes, of which {room.tables:,} are tables",
            f"- memory: {room.state:,} bytes for each stream, and about {room.stack:,} of stack",
        ]
    )


def _about(model: Model) -> str:
    sentences = [f"- {heading}: {text}" for heading, text in describe_model(model).items() if heading != "Promises"]
    parts = f"- Front end `{model.front_end.name}`, detector `{model.detector.name}`."
    return "\n".join(["## Fitted on", "", *sentences, parts, f"- Digest of the recordings: {model.fitted_on.digest}"])


def _promise(calibration: Mapping[str, Any]) -> str:
    n, worth, rate = len(calibration["normal_scores"]), calibration["worth"], calibration["false_alarm_rate"]
    firm = (
        f"The rate of {rate:g} is an estimate: {worth} clips can promise 1 in {worth + 1} at the lowest."
        if calibration["extrapolated"]
        else f"At most {rate:g} of new normal windows are called anomalous, on average over such fits."
    )
    events = calibration["events"]
    return "\n".join(
        [
            "## What it promises",
            "",
            f"- A p-value is the rank of a score among {n} scores of normal clips that the detector had not learnt; it "
            f"never falls below 1 / {n + 1}.",
            f"- {firm}",
            "- This holds for new sound of the same machine, place, microphone and gain. Nothing is promised of which "
            "faults are found.",
            f"- Events: {events['from'] if events else 'none.'}",
            "- Windows are of one length: what is shorter has no score here, what is longer is cut.",
        ]
    )


_PYTHON = """\
## Run it

`offkey-runtime` needs numpy alone: `offkey-runtime FOLDER today.wav`. With onnxruntime in Python:

```python
import json, pathlib, numpy as np, onnxruntime
decision = json.loads(pathlib.Path("calibration.json").read_text())
session = onnxruntime.InferenceSession("model.onnx")
def score(samples):  # shape (window,), float32, full scale 1
    return float(session.run(["score"], {"samples": samples[None]})[0][0])
vectors = dict(np.load("vectors.npz"))
for clip, expected in zip(vectors["clips"], vectors["score"]):
    found = score(clip.astype(np.float32) / 32768)
    print(found, expected, found > decision["threshold"])
```

`offkey export --check FOLDER` replays the clips and compares every number."""

_C = """\
## Run it as C

`cc -std=c99 -O2 c/offkey.c c/replay.c -lm -o replay && ./replay` replays clips, and so does
`offkey export --check FOLDER --compile`. In a program: `offkey_init(&state)`,
then `offkey_push(&state, samples, n)` for each block of 16-bit samples; `c/offkey.h` says the rest."""

_LICENCE = """\
## Licence

offkey asks nothing for what it exports: graph, decision and C are yours, as far as the recordings' licence allows.
The weights of a pretrained encoder keep its own licence."""
