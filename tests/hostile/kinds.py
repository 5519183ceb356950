"""Every kind of file that offkey reads: how a good one is made, how it is damaged, and what reads it."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from tests.hostile.mutation import BYTES, JSON, TEXT, ZIP
from tests.runtime.conftest import RATE, WINDOW, calibration_json, exported_files

import offkey
from offkey.cli.main import main
from offkey.datasets.editions.edition import read_edition
from offkey.errors import MissingExtraError
from offkey.features import create
from offkey.features.logmel import LogMel
from offkey.hearing.clips import list_clips
from offkey.hearing.identity import Identity
from offkey.runtime.folder import load
from offkey.runtime.replay import replay
from offkey.scale.jobs import ScoreJob, results
from offkey.work.here import Here
from offkey.work.runs import MANIFEST, run_job

Mutate = Callable[[np.random.Generator, bytes], bytes]


@dataclass(frozen=True)
class Kind:
    """A kind of file.

    Parameters
    ----------
    name : str
        Name that the damaged file gets.
    content : bytes
        A good one.
    ways : sequence of callable
        How it is damaged.
    read : callable
        Reads the file at a path; an OffkeyError, or a status of a command, says what is wrong.
    """

    name: str
    content: bytes
    ways: Sequence[Mutate]
    read: Callable[[Path], Any]


def hum(seed: int, seconds: float = 0.6) -> np.ndarray:
    """Return a machine that hums, at 16 kHz."""
    rng = np.random.default_rng(seed)
    t = np.arange(round(seconds * 16_000)) / 16_000
    sound = 0.2 * np.sin(2 * np.pi * 120 * t + rng.uniform(0, 6)) + 0.02 * rng.standard_normal(len(t))
    return sound.astype(np.float32)


def _command(*arguments: object) -> Callable[[Path], int]:
    """Return what runs a command on a file, FILE among its arguments."""
    return lambda path: main([str(path if one == "FILE" else one) for one in arguments])


def all_kinds(folder: Path) -> list[Kind]:
    """Make a good file of each kind, with what reading needs beside it in a folder."""
    clip = folder / "clip.wav"
    soundfile.write(clip, hum(99), 16_000)
    model = folder / "knn.offkey"
    return [
        *_models(folder, clip),
        *_sounds(model),
        *_texts(folder, model, clip),
        *_parts(folder, model, clip),
        *_networks(folder),
        *_exported(),
    ]


def _models(folder: Path, clip: Path) -> list[Kind]:
    clips = [hum(seed) for seed in range(12)]
    kinds = []
    for detector, params in (("knn", {}), ("fused", {}), ("isolation_forest", {"n_trees": 5}), ("gmm", {})):
        fitted = offkey.fit(
            clips, rate=16_000, detector=detector, detector_params=params, features="stats", keep_references=1
        )
        fitted.save(folder / f"{detector}.offkey")
        content = (folder / f"{detector}.offkey").read_bytes()
        kinds.append(Kind("m.offkey", content, ZIP, _command("score", "FILE", clip)))
    kinds.append(Kind("m.offkey", content, ZIP, _command("explain", "FILE", clip)))
    kinds.append(Kind("m.offkey", content, ZIP, _command("info", "FILE")))
    return [*kinds, _types(folder, clip), *_front_ends(folder)]


def _types(folder: Path, clip: Path) -> Kind:
    """Return a classifier of types, fitted as `offkey identify fit` does, but on features that are there."""
    from offkey.learned.identify.classifiers import Examples
    from offkey.learned.identify.classifiers import create as create_classifier
    from offkey.learned.identify.identifier import Identifier, TypesFittedOn
    from offkey.learned.identify.type_model import TypeModel

    classifier = create_classifier("linear", n_mels=16)
    front_end = classifier.front_end()
    X = np.array([front_end.vector(hum(seed) * (1 + seed % 2), 16_000) for seed in range(24)])
    examples = Examples(X, np.arange(24) % 2)
    fitted = TypeModel.fit(classifier, examples, examples, unknown_rate=0.05, least_probability=0.5)
    on = TypesFittedOn(train={}, held_out={}, split="ids", about_split="", unseen_ids={}, digest="0" * 64, measured={})
    Identifier(("fan", "pump"), fitted, 16_000, 0, on).save(folder / "types.offkey")
    content = (folder / "types.offkey").read_bytes()
    return Kind("t.offkey", content, ZIP, _command("identify", "score", "FILE", clip))


def _front_ends(folder: Path) -> list[Kind]:
    """Return trained embeddings of one layer, as they are kept and as earlier versions kept them."""
    from offkey.features.front_end_file import load_front_end, save_front_end
    from offkey.learned.discriminative.inputs import Inputs
    from offkey.learned.network.layer_graph import layer_graph
    from offkey.learned.network.layers import dense, flatten
    from offkey.learned.network.network import Network

    inputs = Inputs(16_000, 0.5, [0.064])
    about = {"inputs": vars(inputs), "classes": {"fan": 3}, "training": {"seconds": 1.0, "device": "cpu"}}
    networks = [
        ([flatten(), dense(size, 2)], {"1.weight": np.ones((2, size), np.float32), "1.bias": np.ones(2, np.float32)})
        for size in map(math.prod, inputs.shapes)
    ]
    flat = np.concatenate([array.ravel() for _, arrays in networks for array in arrays.values()])
    shapes = [{name: list(array.shape) for name, array in arrays.items()} for _, arrays in networks]
    earlier = [{"layers": layers, "shapes": one} for (layers, _), one in zip(networks, shapes, strict=True)]
    forms: list[dict[str, Any]] = [{"weights_": flat, "about_": {**about, "networks": earlier}}]
    with contextlib.suppress(MissingExtraError):
        graphs = [layer_graph(*one, shape) for one, shape in zip(networks, inputs.shapes, strict=True)]
        forms.append({"networks_": [Network(graph).state() for graph in graphs], "about_": about})
    kinds = []
    for learnt in forms:
        front_end = create("discriminative")
        vars(front_end).update(learnt)
        save_front_end(front_end, folder / "f.offkeynet")
        read = lambda path: load_front_end(path).vector(hum(0), 16_000)  # noqa: E731
        kinds.append(Kind("f.offkeynet", (folder / "f.offkeynet").read_bytes(), ZIP, read))
    return kinds


def _sounds(model: Path) -> list[Kind]:
    kinds = []
    forms = ("WAV", "FLAC", "AIFF", "W64", "CAF", "AU", "OGG", "MP3", "RF64", "WAVEX")
    for form in forms:
        file = io.BytesIO()
        subtype = {"OGG": "VORBIS", "MP3": "MPEG_LAYER_III"}.get(form, "PCM_16")
        soundfile.write(file, hum(5), 16_000, format=form, subtype=subtype)
        suffix = {"RF64": "wav", "WAVEX": "wav"}.get(form, form.lower())
        kinds.append(Kind(f"x.{suffix}", file.getvalue(), BYTES, _command("score", model, "FILE")))
    return kinds


def _texts(folder: Path, model: Path, clip: Path) -> list[Kind]:
    from offkey.cli.config_file import read_config
    from offkey.web.explore.notes import Notes

    rows = [f"{clip},{k / 7:.4f},0.{k}5,{k % 2},,," for k in range(8)]
    scores = "\n".join(["file,score,p_value,anomalous,error,start_s,end_s", *rows, ""]).replace(str(clip), "c{}.wav")
    for k in range(8):
        scores = scores.replace("c{}.wav", f"c{k}.wav", 1)
    (folder / "scores.csv").write_text(scores)
    labels = "file,label\n" + "".join(f"c{k}.wav,{'anomaly' if k > 4 else 'normal'}\n" for k in range(8))
    (folder / "labels.csv").write_text(labels)
    soundfile.write(folder / "other.wav", hum(98), 16_000)
    table = f"file,label,domain\n{clip},normal,source\n{folder / 'other.wav'},anomaly,target\n"
    toml = 'detector = "gmm"\nfalse_alarm_rate = 0.05\n[detector_params]\nn_components = 2\n'
    config = json.dumps({"detector": "gmm", "detector_params": {"n_components": 2}, "window_s": 10})
    note = {"a": "a.wav", "b": "b.wav", "same_note": "x", "difference_note": "y", "revision": 1, "changed": ""}
    notes = json.dumps({"form": 1, "notes": [note]})
    edition = files("offkey.datasets.editions").joinpath("dcase2026.toml").read_bytes()
    return [
        Kind("s.csv", scores.encode(), TEXT, _command("evaluate", "FILE", "--labels", folder / "labels.csv")),
        Kind("l.csv", labels.encode(), TEXT, _command("evaluate", folder / "scores.csv", "--labels", "FILE")),
        Kind("t.csv", table.encode(), TEXT, _command("score", model, "FILE")),
        Kind("d.csv", table.encode(), TEXT, _command("data", "check", "FILE", "--dataset", "table")),
        Kind("c.toml", toml.encode(), TEXT, read_config),
        Kind("dcase2026.toml", edition, TEXT, read_edition),
        Kind("c.json", config.encode(), JSON, read_config),
        Kind("audio_pair_notes.json", notes.encode(), JSON, lambda path: Notes(path).all()),
    ]


def _parts(folder: Path, model: Path, clip: Path) -> list[Kind]:
    clips = list_clips([str(clip)])
    done = run_job(ScoreJob(model.read_bytes()), clips, str(folder / "run"), Here())
    manifest, part = (folder / "run" / name for name in (MANIFEST, done.parts[0].name))

    def again(path: Path, name: str) -> None:
        """Go on with a run one of whose files is the damaged one."""
        for file in (manifest, part):
            (path.parent / file.name).write_bytes(file.read_bytes() if file.name != name else path.read_bytes())
        refs: Sequence[Identity] = clips
        list(results(run_job(ScoreJob(model.read_bytes()), refs, str(path.parent), Here())))

    return [
        Kind("x.json", manifest.read_bytes(), JSON, lambda path: again(path, manifest.name)),
        Kind("x.part", part.read_bytes(), BYTES, lambda path: again(path, part.name)),
        _features(folder, clip),
        _cache(folder),
    ]


def _features(folder: Path, clip: Path) -> Kind:
    """Return a part of the features of a benchmark."""
    from offkey.hearing.extractor import Extractor
    from offkey.hearing.feature_store import extract_into, feature_store, load_features
    from offkey.hearing.windows import Windowing

    (folder / "features").mkdir()
    extractor = Extractor(LogMel(), 16_000, 0, Windowing(10, 10), digest=True)
    extract_into(feature_store(str(folder / "features")), extractor, ["clip|1"], [clip], jobs=1)
    (part,) = (folder / "features").iterdir()

    def read(path: Path) -> None:
        place = path.parent / "features"  # the name belongs to the seal
        place.mkdir()
        path.rename(place / path.name)
        store = feature_store(str(place))
        load_features(store, store.keys())

    return Kind(part.name, part.read_bytes(), BYTES, read)


def _cache(folder: Path) -> Kind:
    """Return what the explorer keeps as JSON."""
    from offkey.web.explore.cache import Cache

    Cache(folder / "cache").write_json("scores-x", {"a.wav": {"key": [1, 2], "scores": {"score": 0.5}}})
    content = (folder / "cache" / "scores-x.json").read_bytes()
    return Kind("scores-x.json", content, JSON, lambda path: Cache(path.parent).read_json("scores-x"))


def _exported() -> list[Kind]:
    """Return the files of an exported folder, and a sound file, as the runtime reads them."""
    try:
        exported = exported_files()
    except MissingExtraError:
        return []
    sound = 0.1 * np.random.default_rng(0).standard_normal(3 * WINDOW)
    file = io.BytesIO()
    soundfile.write(file, sound, RATE, format="WAV")

    def folder_of(path: Path) -> Path:
        """Complete the folder of a damaged file; of a damaged graph the digest is right."""
        for name, content in exported.items():
            if name != path.name:
                (path.parent / name).write_bytes(content)
        if path.name == "model.onnx":
            values = calibration_json(hashlib.sha256(path.read_bytes()).hexdigest())
            (path.parent / "calibration.json").write_text(json.dumps(values))
        return path.parent

    def follow(path: Path) -> None:
        load(folder_of(path), engine="numpy").stream(events=False).push(sound)

    def score(path: Path) -> None:
        load(folder_of(path), engine="numpy").score(path)

    return [
        Kind("calibration.json", exported["calibration.json"], JSON, follow),
        Kind("model.onnx", exported["model.onnx"], BYTES, follow),
        Kind("vectors.npz", exported["vectors.npz"], ZIP, lambda path: replay(folder_of(path), engine="numpy")),
        Kind("sound.wav", file.getvalue(), BYTES, score),
    ]


def _networks(folder: Path) -> list[Kind]:
    """Return an ONNX file, where ONNX is installed."""
    try:
        import onnx
        import onnxruntime  # noqa: F401 - it is needed
    except ImportError:
        return []
    node = onnx.helper.make_node("MatMul", ["x", "w"], ["embedding"])
    weights = onnx.numpy_helper.from_array(np.ones((1600, 4), np.float32), "w")
    ends = [onnx.helper.make_tensor_value_info(name, 1, [1, size]) for name, size in (("x", 1600), ("embedding", 4))]
    graph = onnx.helper.make_graph([node], "g", [ends[0]], [ends[1]], [weights])
    made = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=9)

    def hear(path: Path) -> None:
        create(f"onnx:{path}").vector(hum(0), 16_000)

    return [
        Kind("n.onnx", made.SerializeToString(), BYTES, hear),
        Kind("n.onnx", made.SerializeToString(), BYTES, _command("info", "FILE")),
    ]
