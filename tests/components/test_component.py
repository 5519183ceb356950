from __future__ import annotations

from offkey.features import create, restore

LATER = ("transients", "modulation", "fine_spectrum", "dynamics", "wobble", "cycle")


def test_an_argument_that_came_later_counts_for_a_digest_only_where_it_changes_something() -> None:
    """Else every run and store of an earlier version would be worked out anew."""
    front_end = create("logmel")
    assert front_end.params().keys() - front_end.effective_params().keys() == set(LATER)
    assert create("logmel", dynamics=True).effective_params()["dynamics"] is True
    earlier = create("logmel", lulls=False, low_hz=0.0, clip_s=None)
    assert earlier.effective_params() | dict.fromkeys(LATER, False) == earlier.params()


def test_a_state_can_be_read_by_versions_that_do_not_know_an_argument_that_changes_nothing() -> None:
    state = create("logmel").state()
    assert "dynamics" not in state["params"]
    assert restore(state).params() == create("logmel").params()
