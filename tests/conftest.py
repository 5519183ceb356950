"""Fixtures for all tests."""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"  # before torch and BLAS are loaded: tests run side by side, a processor each

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import settings
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

settings.register_profile(
    "offkey", derandomize=True, deadline=None
)  # the same examples each time, on a busy machine too
settings.load_profile("offkey")

Hum = Callable[..., NDArray[np.float32]]


pytest_plugins = [
    "tests.sections",  # made-up sections, which metrics and experiments are tested on
    "tests.stores",  # object stores on this machine
    "tests.workers",  # clips to work on, executors, and workers that die
    "tests.zenodo",  # a server that archives are fetched from
]

_OWN = ("OFFKEY_", "OMP_", "AWS_", "AZURE_", "STORAGE_", "HF_")  # libraries add others when they are imported


class _Surroundings:
    """What a test may find, and must not change for those that come after it."""

    modules, controller = 0, None

    def __call__(self) -> dict[str, Any]:
        _wait_for_work()
        if len(sys.modules) != _Surroundings.modules:  # to look for libraries takes milliseconds
            _Surroundings.modules, _Surroundings.controller = len(sys.modules), ThreadpoolController()
        libraries = getattr(_Surroundings.controller, "lib_controllers", [])
        torch = sys.modules.get("torch")
        variables = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
        return {
            "the working folder": Path.cwd(),
            **{f"${name}": value for name, value in variables.items()},
            "names in the environment": [name for name in sorted(variables) if name.startswith(_OWN)],
            **{f"threads of {library.filepath}": library.num_threads for library in libraries},
            **({"threads of torch": torch.get_num_threads()} if torch and hasattr(torch, "get_num_threads") else {}),
        }


def _wait_for_work(most_s: float = 60.0) -> None:
    """Wait until no thread holds linear algebra to one thread, such as that of a server which other tests share."""
    threads = sys.modules.get("offkey.work.library_threads")
    until = time.monotonic() + most_s
    while threads is not None and threads._LIBRARIES._blocks and time.monotonic() < until:
        time.sleep(0.01)


@pytest.fixture(scope="session")
def ray_address() -> Iterator[str]:
    """A Ray cluster of this machine for all tests, since its start takes seconds."""
    ray = pytest.importorskip("ray", reason="ray is not installed")
    ray.init(num_cpus=2, include_dashboard=False, logging_level="error", log_to_driver=False)
    yield ray.get_runtime_context().gcs_address
    ray.shutdown()


@pytest.fixture(autouse=True)
def _leaves_no_trace() -> Iterator[None]:
    """Let the test fail that changes what the next one finds, rather than the next one."""
    look = _Surroundings()
    before = look()
    yield
    after = look()
    changed = {what: (before[what], after.get(what)) for what in before if after.get(what) != before[what]}
    assert changed == {}


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real recordings, spectra, score files and ground truth, outside the repository."""
    named = os.environ.get("OFFKEY_TEST_DATA")
    folder = Path(named) if named else Path(__file__).parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"the test data folder {folder} is absent (OFFKEY_TEST_DATA names another)")
    return folder


@pytest.fixture(scope="session")
def hum() -> Hum:
    """A machine in one line: two tones in noise; `tone_hz` adds a third, the fault."""

    def make(
        seed: int = 0, *, seconds: float = 1.0, rate: int = 16_000, tone_hz: float | None = None
    ) -> NDArray[np.float32]:
        rng = np.random.default_rng(seed)
        t = np.arange(round(seconds * rate)) / rate
        sound = 0.05 * np.sin(2 * np.pi * 120 * t) + 0.02 * np.sin(2 * np.pi * 1270 * t)
        sound += 0.01 * rng.standard_normal(len(t))
        if tone_hz is not None:
            sound += 0.05 * np.sin(2 * np.pi * tone_hz * t)
        return sound.astype(np.float32)

    return make


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Paths of the clips that are decoded, in their order."""
    from offkey.audio import FileRecording

    names: list[str] = []
    real = FileRecording.blocks

    def watched(self: FileRecording, channel: int | str) -> object:
        names.append(str(self.path))
        return real(self, channel)

    monkeypatch.setattr(FileRecording, "blocks", watched)
    return names


@pytest.fixture(scope="session")
def normal_folder(tmp_path_factory: pytest.TempPathFactory, hum: Hum) -> Path:
    """A folder of 24 normal clips of one second; not to be written to."""
    folder = tmp_path_factory.mktemp("normal")
    for number in range(24):
        soundfile.write(folder / f"normal_{number:02d}.wav", hum(number), 16_000)
    return folder


@pytest.fixture(scope="session")
def mixed_folder(tmp_path_factory: pytest.TempPathFactory, hum: Hum) -> Path:
    """Clips that are fine, each in its own way, and clips that are bad, each in its own way."""
    folder = tmp_path_factory.mktemp("mixed")
    good = hum(100)
    soundfile.write(folder / "good.wav", good, 16_000)
    soundfile.write(folder / "good_8_channels.wav", np.stack([hum(110 + k) for k in range(8)], axis=1), 16_000)
    soundfile.write(folder / "good_96_khz.wav", hum(101, rate=96_000), 96_000, subtype="FLOAT")
    soundfile.write(folder / "good Größe ü.flac", hum(102), 16_000, subtype="PCM_24")
    (folder / "bad_empty.wav").write_bytes(b"")
    soundfile.write(folder / "bad_header_only.wav", good[:0], 16_000)
    whole = (folder / "good.wav").read_bytes()
    (folder / "bad_truncated.wav").write_bytes(whole[: len(whole) // 2])
    (folder / "bad_text.wav").write_text("this is no sound\n")
    with_nan = good.copy()
    with_nan[4000] = np.nan
    soundfile.write(folder / "bad_nan.wav", with_nan, 16_000, subtype="FLOAT")
    soundfile.write(folder / "bad_silence.wav", np.zeros_like(good), 16_000)
    soundfile.write(folder / "bad_10_ms.wav", good[:160], 16_000)
    soundfile.write(folder / "bad_8_khz.wav", hum(103, rate=8_000), 8_000)
    (folder / "bad_unreadable.wav").symlink_to(folder / "nothing_there")  # unreadable for every user, root as well
    return folder


class _Edition:
    """A made-up set in the exact layout of one edition, with its ground truth beside it."""

    def __init__(self, year: int, root: Path, hum: Hum) -> None:
        self.year, self.root, self.hum, self.seed = year, root, hum, 0
        self.listed: dict[str, list[str]] = {}

    def write(self, folder: Path, name: str, *, anomalous: bool = False) -> None:
        """Write one clip of 0.3 s, of two channels in 2026."""
        folder.mkdir(parents=True, exist_ok=True)
        self.seed += 1
        sound = self.hum(self.seed, seconds=0.3, tone_hz=3000 if anomalous else None)
        if self.year == 2026:
            sound = np.stack([sound, 0.3 * self.hum(self.seed + 10_000, seconds=0.3)], axis=1)
        soundfile.write(folder / name, sound, 16_000)

    def train(self, folder: Path, section: str, attributes: str) -> None:
        """Write 20 training clips: 18 and 2 of the domains, 17 and 3 in 2021, one domain in 2020."""
        targets = {2020: 0, 2021: 3}.get(self.year, 2)
        for k in range(20):
            domain, number = ("target", k - 20 + targets) if k >= 20 - targets else ("source", k)
            name = f"section_{section}_{domain}_train_normal_{number:04d}{attributes}.wav"
            self.write(folder / "train", f"normal_id_{section}_{k:08d}.wav" if self.year == 2020 else name)

    def test(self, folder: Path, section: str, attributes: str, *, secret: bool) -> None:
        """Write 16 test clips: 4 a domain and label, 8 a label in 2020."""
        first = 1 if self.year == 2024 and secret else 0
        for k in range(16):
            label, domain = ("normal", "anomaly")[k % 2], ("source", "target")[k // 2 % 2]
            if self.year == 2020:
                split, original, hidden = "test", f"{label}_id_{section}_{k:08d}.wav", f"id_{section}_{k:08d}.wav"
            else:
                split = f"{domain}_test" if self.year == 2021 else "test"
                attributes = "" if self.year == 2021 else attributes
                original = f"section_{section}_{domain}_test_{label}_{k:04d}{attributes}.wav"
                hidden = f"section_{section}_{f'{domain}_test_' if self.year == 2021 else ''}{k + first:04d}.wav"
            self.write(folder / split, hidden if secret else original, anomalous=label == "anomaly")
            if secret:
                self.listed.setdefault(folder.name, []).append(f"{hidden},{original}")

    def truth(self) -> None:
        """Write the ground truth: a list in 2020 and 2025, folders in the other years."""
        folder = self.root / "ground_truth"
        folder.mkdir()
        if self.year in (2020, 2025):
            rows = [row for machine, clips in self.listed.items() for row in (machine, *clips)]
            (folder / f"eval_data_list_{self.year}.csv").write_text("\r\n".join(rows) + "\r\n")
            return
        for machine, clips in self.listed.items():
            for row in clips:
                hidden, original = row.split(",")
                domain = "_source" if "source" in original else "_target"
                name = f"ground_truth_{machine}_{hidden[:10]}{domain if self.year == 2021 else ''}_test.csv"
                for kind, word in (("data", "_anomaly_"), ("domain", "_target_")):
                    if kind == "data" or self.year > 2021:
                        (folder / f"ground_truth_{kind}").mkdir(exist_ok=True)
                        with (folder / f"ground_truth_{kind}" / name).open("a") as file:
                            file.write(f"{hidden},{int(word in original)}\n")


_TINY = {  # machine and sections of the development set, of the evaluation set, end of the names
    2020: ("fan", "00 02", "fan", "01 03", ""),
    2021: ("fan", "00 01", "fan", "03 04", "_strength_1_ambient"),
    2022: ("bearing", "00 01", "bearing", "03 04", "_vel_6"),
    2023: ("fan", "00", "Vacuum", "00", "_vel_6"),
    2024: ("ToyTrain", "00", "3DPrinter", "00", "_noAttribute"),
    2025: ("bearing", "00", "ToyPet", "00", "_noAttribute"),
    2026: ("ToyCarEmu", "00", "Sander", "00", "_"),
    2027: ("Kiln", "00 01", "ToyLoom", "00", "_heat_3"),  # made up: tests/datasets/editions/dcase2027.toml
}


@pytest.fixture(scope="session")
def tiny_edition(tmp_path_factory: pytest.TempPathFactory, hum: Hum) -> Callable[[int], Path]:
    """Return a function: year to the folder of a tiny set in that edition's layout; not to be written to.

    A section has 20 training and 16 test clips, half of these anomalous; ``ground_truth/`` tells the
    evaluation's labels.
    """
    made: dict[int, Path] = {}

    def make(year: int) -> Path:
        if year not in made:
            root = tmp_path_factory.mktemp(f"dcase{year}")
            edition = _Edition(year, root, hum)
            raw = "raw" if year >= 2023 else "."
            machine, sections, new_machine, new_sections, attributes = _TINY[year]
            for part, name, numbers in (("dev_data", machine, sections), ("eval_data", new_machine, new_sections)):
                for section in numbers.split():
                    edition.train(root / part / raw / name, section, attributes)
                    edition.test(root / part / raw / name, section, attributes, secret=part == "eval_data")
                for k in range(4 if year == 2025 else 0):
                    edition.write(root / part / raw / name / "supplemental", f"section_00_machine_{k:04d}_.wav")
            edition.truth()
            made[year] = root
        return made[year]

    return make


@pytest.fixture(scope="session")
def yamnet_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """YAMNet in the forms in which it is passed on, with few random weights inside; not to be written to.

    ``patches.onnx`` takes patches and gives scores and embeddings, ``waveform.onnx`` takes a waveform of any
    length and gives these and the log-mel spectrogram as well, ``fixed.onnx`` takes 15,600 samples.
    """
    onnx = pytest.importorskip("onnx", reason="the extra onnx is not installed")
    folder = tmp_path_factory.mktemp("yamnet")
    rng = np.random.default_rng(0)

    def weights(name: str, *shape: int) -> object:
        values = rng.standard_normal(shape).astype(np.float32) / np.sqrt(np.prod(shape[1:], dtype=np.float32))
        return onnx.numpy_helper.from_array(values, name)

    def write(
        name: str, inputs: list[object], outputs: dict[str, list[object]], nodes: list[str], *held: object
    ) -> None:
        made = [onnx.parser.parse_node(node) for node in nodes]
        ends = [onnx.helper.make_tensor_value_info(end, 1, shape) for end, shape in outputs.items()]
        given = onnx.helper.make_tensor_value_info(inputs[0], 1, inputs[1])
        graph = onnx.helper.make_graph(made, "yamnet", [given], ends, [one for one in held if one is not None])
        model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=9)
        onnx.checker.check_model(model, full_check=True)
        onnx.save(model, str(folder / name))

    heads = (
        "Identity_1 = Gemm <transB = 1> (pooled, dense)",
        "logits = Gemm <transB = 1> (Identity_1, classes)",
        "Identity = Sigmoid (logits)",
    )
    sizes = {"Identity": ["n", 521], "Identity_1": ["n", 1024]}
    dense, classes = weights("dense", 1024, 8), weights("classes", 521, 1024)
    convolved = [
        "images = Unsqueeze (mel, axis)",
        "layer1 = Conv <kernel_shape = [3, 3], strides = [4, 4]> (images, first)",
        "relu1 = Relu (layer1)",
        "average = GlobalAveragePool (relu1)",
        "pooled = Flatten (average)",
    ]
    axis = onnx.numpy_helper.from_array(np.array([1]), "axis")
    first = weights("first", 8, 1, 3, 3)
    write("patches.onnx", ["mel", ["n", 96, 64]], sizes, [*convolved, *heads], axis, first, dense, classes)
    framed = [
        "wave = Reshape (waveform, whole)",
        "frames = Conv <kernel_shape = [15600], strides = [7680]> (wave, long)",
        "turned = Transpose <perm = [0, 2, 1]> (frames)",
        "pooled = Squeeze (turned, zero)",
        "bands = Conv <kernel_shape = [400], strides = [160]> (wave, short)",
        "loud = Abs (bands)",
        "rows = Transpose <perm = [0, 2, 1]> (loud)",
        "Identity_2 = Squeeze (rows, zero)",
    ]
    held = [
        onnx.numpy_helper.from_array(np.array([1, 1, -1]), "whole"),
        onnx.numpy_helper.from_array(np.array([0]), "zero"),
        *(weights("long", 8, 1, 15_600), weights("short", 64, 1, 400), dense, classes),
    ]
    every = {**sizes, "Identity_2": ["m", 64]}
    write("waveform.onnx", ["waveform", ["samples"]], every, [*framed, *heads], *held)
    write("fixed.onnx", ["waveform", [1, 15_600]], every, [*framed, *heads], *held)
    return folder


@pytest.fixture(scope="session")
def hub_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Models of the hub in its form, small and with random weights: ``ast`` and ``clap``; not to be written to."""
    torch = pytest.importorskip("torch", reason="the extra hub is not installed")
    transformers = pytest.importorskip("transformers", reason="the extra hub is not installed")
    import tokenizers
    from tokenizers import models, pre_tokenizers, processors

    folder = tmp_path_factory.mktemp("hub")
    size = {"intermediate_size": 32, "num_attention_heads": 2, "num_hidden_layers": 2, "hidden_size": 16}
    with torch.random.fork_rng():
        torch.manual_seed(0)
        ast = transformers.ASTConfig(**size, max_length=128, num_mel_bins=32, frequency_stride=16, time_stride=16)
        transformers.ASTModel(ast).save_pretrained(folder / "ast")
        text = {**size, "vocab_size": 262, "max_position_embeddings": 90, "projection_dim": 12}
        audio = {"num_mel_bins": 16, "spec_size": 64, "patch_embeds_hidden_size": 8, "window_size": 4}
        depth = {"depths": [1, 1, 1], "num_attention_heads": [1, 2, 2], "hidden_size": 32, "projection_dim": 12}
        clap = transformers.ClapConfig(text_config=text, audio_config={**audio, **depth}, projection_dim=12)
        transformers.ClapModel(clap).save_pretrained(folder / "clap")
    transformers.ASTFeatureExtractor(num_mel_bins=32, max_length=128).save_pretrained(folder / "ast")
    heard = {"feature_size": 16, "sampling_rate": 16_000, "max_length_s": 2, "hop_length": 160, "fft_window_size": 512}
    heard |= {"frequency_max": 7_000}
    transformers.ClapFeatureExtractor(**heard, truncation="rand_trunc").save_pretrained(folder / "clap")
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    vocabulary = {word: number for number, word in enumerate([*special, *pre_tokenizers.ByteLevel.alphabet()])}
    letters = tokenizers.Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    letters.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    letters.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    words = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=letters, model_max_length=80, **words)
    tokenizer.save_pretrained(folder / "clap")
    (folder / "ast" / "README.md").write_text("---\nlicense: bsd-3-clause\ntags:\n- audio\n---\n\n# A model\n")
    return folder


@pytest.fixture(scope="session")
def embedding_folder(tmp_path_factory: pytest.TempPathFactory, hum: Hum) -> Path:
    """``tiny.offkeynet``, an embedding that learnt to tell two tones apart; not to be written to."""
    pytest.importorskip("torch", reason="the extra torch is not installed")
    from offkey.features import create
    from offkey.features.front_end_file import save_front_end
    from offkey.features.learning import Origin, TrainingClip

    def clip(number: int) -> TrainingClip:
        sound = hum(number, tone_hz=(500, 900)[number % 2])
        return TrainingClip(f"{number}.wav", str(number), lambda: [sound], Origin("fan", f"{number % 2:02d}"))

    folder = tmp_path_factory.mktemp("embedding")
    small = {"rate": 4000, "seconds": 1.0, "resolutions": (0.064,), "width": 1, "n_dims": 4, "epochs": 1}
    front_end = create("discriminative", **small)
    front_end.learn([clip(number) for number in range(8)], 16_000, jobs=1, stage=lambda _name, _steps: lambda: None)
    save_front_end(front_end, folder / "tiny.offkeynet")
    return folder
