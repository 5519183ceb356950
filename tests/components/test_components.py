from __future__ import annotations

import math
from importlib.metadata import EntryPoint
from typing import ClassVar

import numpy as np
import pytest

from offkey.components import Component, Interval, OneOf, Registry, SequenceOf, Text
from offkey.errors import OffkeyError, ParameterError


class Thing(Component):
    name = "thing"
    rules: ClassVar = {"size": Interval(int, 1), "kind": OneOf(("a", "b"))}

    def __init__(self, *, size: int = 3, kind: str = "a") -> None:
        self.size = size
        self.kind = kind


class Labelled(Thing):
    name = "labelled"
    argument = "kind"


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Registry[Thing]:
    plugins = [
        EntryPoint("plugged", f"{__name__}:Thing", "test.things"),
        EntryPoint("labelled", f"{__name__}:Labelled", "test.things"),
        EntryPoint("broken", "no_such_module:Thing", "test.things"),
        EntryPoint("other", "math:sqrt", "test.things"),
    ]
    monkeypatch.setattr("offkey.components.registry.entry_points", lambda group: plugins)
    monkeypatch.setattr("importlib.metadata.EntryPoint.load", _load)
    return Registry("thing", Thing, "test.things", {"thing": "json:JSONDecoder"})


def _load(entry: EntryPoint) -> object:
    if entry.name == "broken":
        raise ModuleNotFoundError("No module named 'no_such_module'")
    return {"plugged": Thing, "labelled": Labelled, "other": math.sqrt}[entry.name]


def test_names_are_the_built_in_ones_and_then_those_of_other_packages(registry: Registry[Thing]) -> None:
    assert registry.names() == ["thing", "broken", "labelled", "other", "plugged"]
    assert registry.create("plugged", size=5).params() == {"size": 5, "kind": "a"}


def test_what_another_package_gets_wrong_is_named(registry: Registry[Thing]) -> None:
    with pytest.raises(OffkeyError, match=r"'broken' \(no_such_module:Thing\) cannot be loaded: No module"):
        registry.create("broken")
    with pytest.raises(OffkeyError, match=r"'other' \(math:sqrt\) must be a subclass of Thing"):
        registry.create("other")


def test_params_are_checked_by_their_rules(registry: Registry[Thing]) -> None:
    with pytest.raises(ParameterError, match=r"'size' parameter of 'thing' must be an int in the range \[1, inf\)"):
        registry.create("plugged", size=0)
    with pytest.raises(ParameterError, match=r"'kind' parameter of 'thing' must be one of 'a', 'b'\. Got 'c'"):
        registry.create("plugged", kind="c")
    assert repr(Thing(size=2)) == "Thing(size=2, kind='a')"


def test_names_and_values_may_be_spelled_as_elsewhere() -> None:
    from offkey.learned.identify.classifiers import create

    made = create("resnet34", optimizer="AdamW", schedule="Cosine", clip_gradient=0, normalization="NONE")
    assert (made.optimiser, made.schedule, made.clip_gradient, made.normalisation) == ("adamw", "cosine", 0, "none")
    with pytest.raises(ParameterError, match="'optimiser' parameter of 'resnet34' must be one of 'adam', 'adamw'"):
        create("resnet34", optimizer="sgd")


def test_what_follows_a_colon_in_a_name_is_an_argument(registry: Registry[Thing]) -> None:
    assert registry.find("labelled:b") is Labelled
    assert registry.create("labelled:b", size=2).params() == {"size": 2, "kind": "b"}
    with pytest.raises(ParameterError, match="'kind' parameter"):
        registry.create("labelled:c")
    with pytest.raises(ParameterError, match="'labelled:' misses its argument: write labelled:KIND"):
        registry.create("labelled:")
    with pytest.raises(ParameterError, match="The thing 'labelled' misses its argument: write labelled:KIND"):
        registry.create("labelled", kind="")
    with pytest.raises(ParameterError, match="'plugged:b' takes nothing behind a colon: write 'plugged'"):
        registry.create("plugged:b")


def test_a_component_is_restored_with_all_that_it_learnt(registry: Registry[Thing]) -> None:
    thing = registry.create("labelled", size=7)
    inner = registry.create("labelled")
    vars(inner).update(weights_=np.arange(3.0))
    vars(thing).update(parts_=[inner, 2], limit_=np.float64(0.5), _held_=1)
    restored = registry.restore(thing.state())
    assert restored.params() == thing.params()
    assert vars(restored)["limit_"] == 0.5
    assert "_held_" not in vars(restored)
    part, number = vars(restored)["parts_"]
    assert isinstance(part, Labelled)
    assert number == 2
    np.testing.assert_array_equal(vars(part)["weights_"], [0, 1, 2])


@pytest.mark.parametrize(
    ("rule", "good", "bad"),
    [
        (Interval(int, 1, 5), [1, 5], [0, 6, 2.0, True, "2", None]),
        (Interval(float, 0, 1, open_low=True), [1, 0.5, 1e-9], [0, 1.1, math.nan, math.inf, False]),
        (Interval(int, or_none=True), [None, -7], [1.5]),
        (OneOf((True, False)), [True], [1, 0, "True"]),
        (SequenceOf(Interval(float, 0)), [[1], (0.5, 2), [1, 1]], [[], [-1], "12", 3, [None], None]),
        (Text(), ["a"], ["", None, 3, b"a"]),
        (Text(or_none=True), ["a", None], [""]),
        (SequenceOf(Interval(int, 0), distinct=True, or_none=True), [[2, 1], None], [[1, 1], [], [0.5]]),
    ],
)
def test_rules_hold_for_what_they_say(rule, good: list, bad: list) -> None:
    assert all(rule.holds(value) for value in good)
    assert not any(rule.holds(value) for value in bad)
