from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offkey.synthetic import Counts, faults, machines
from offkey.synthetic.orders import plan_clips

SHARES = st.floats(0.0, 1.0)


@given(st.sampled_from(machines()), st.integers(0, 9), st.integers(0, 5), st.integers(0, 30), SHARES)
def test_counts_are_kept(machine: str, train: int, target: int, test: int, share: float) -> None:
    counts = Counts(train, target, test, test, share)
    listed = list(plan_clips(0, machine, 1, counts, (0.2, 0.4)))
    kinds = Counter((order.split, order.label, order.domain) for order in listed)
    assert kinds["train", "normal", "source"] == train
    assert kinds["train", "normal", "target"] == target
    for label in ("normal", "anomaly"):
        assert kinds["test", label, "source"] + kinds["test", label, "target"] == test
        assert kinds["test", label, "target"] == round(share * test)
    assert all(0.2 <= order.severity <= 0.4 for order in listed if order.fault)
    assert len({(order.domain, order.number) for order in listed}) == len(listed)  # no clip twice


@pytest.mark.parametrize("machine_name", machines())
def test_each_fault_comes_equally_often_and_in_both_domains(machine_name: str) -> None:
    possible = faults(machine_name)
    listed = plan_clips(0, machine_name, 0, Counts(0, 0, 0, 4 * len(possible), 0.5), (0.5, 1.0))
    kinds = Counter((order.fault, order.domain) for order in listed)
    assert kinds == {(fault, domain): 2 for fault in possible for domain in ("source", "target")}


def test_the_test_part_does_not_depend_on_the_training_part() -> None:
    few, many = (
        [o for o in plan_clips(0, "fan", 0, Counts(train=train), (0.5, 1.0)) if o.split == "test"] for train in (1, 50)
    )
    assert few == many
