"""The page of a folder."""

from __future__ import annotations

from dataclasses import replace

from offkey.export.calibration import calibration_content
from offkey.export.events import event_rule
from offkey.export.readme import readme_text
from offkey.export.sizes import GraphSize
from offkey.model import Model

SIZE = GraphSize({"MatMul": 3}, 1000, 4000, 123_456, 7890)


def _text(
    model: Model,
    size: GraphSize | None = SIZE,
    files: tuple[str, ...] = ("model.onnx",),
    notes: list[str] | None = None,
) -> str:
    calibration = calibration_content(model, event_rule(model), name="pump7", digest="0" * 64)
    return readme_text(model, calibration, dict.fromkeys(files, b"12345"), size, notes or [])


def test_it_says_what_the_model_is_and_what_it_costs(model: Model) -> None:
    text = _text(model, notes=["It keeps 8 prototypes."])
    for part in (
        "# pump7: anomalous sound of one machine",
        "windows of 4000 samples (0.5 s) at 8000 Hz",
        "It keeps 8 prototypes.",
        "| model.onnx | 5 |",
        "123,456 in products",
        "MatMul 3",
        "24 normal clips",
        model.fitted_on.digest,
        "## Licence",
    ):
        assert part in text, part
    assert "## Run it as C" not in text


def test_it_says_whether_the_rate_is_a_promise(model: Model) -> None:
    assert "At most 0.05 of new normal windows" in _text(model)
    assert "The rate of 0.01 is an estimate: 24 clips can promise 1 in 25" in _text(model.with_false_alarm_rate(0.01))


def test_of_c_alone_it_says_how_to_compile_it(model: Model) -> None:
    text = _text(replace(model), None, ("c/offkey.h", "c/offkey.c"))
    assert "cc -std=c99" in text
    assert "onnxruntime.InferenceSession" not in text
    assert "Cost of a window" not in text
