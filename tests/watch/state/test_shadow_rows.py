"""A shadow as it is kept in minutes, and read again."""

from __future__ import annotations

import numpy as np
import pytest

from offkey.watch.scored_window import SOUND, ScoredWindow
from offkey.watch.state.shadow_rows import ShadowRows, sounds_of, surprises_of


def minute(windows: int, first: int = 0) -> list[ScoredWindow]:
    level = [float(-40 - number) for number in range(first, first + windows)]
    return [ScoredWindow(0.0, 1.0, 0.1, 0.5, -db / 10, sound=(db, *range(len(SOUND) - 1))) for db in level]


def rows(*minutes: list[ScoredWindow]) -> ShadowRows:
    return ShadowRows([(surprises_of(one), sounds_of(one)) for one in minutes])


def test_each_window_has_its_surprise_and_its_sound() -> None:
    shadow = rows(minute(12), minute(6, first=12))
    np.testing.assert_allclose(shadow.surprises(), 4 + np.arange(18) / 10, rtol=1e-6)
    np.testing.assert_array_equal(shadow.sounds()[:, 0], -40.0 - np.arange(18))
    assert shadow.sounds().shape == (18, len(SOUND))


@pytest.mark.parametrize("windows", [13, 59, 60])
def test_of_many_windows_a_minute_twelve_sounds_are_kept_and_stand_for_those_after_them(windows: int) -> None:
    kept = sounds_of(minute(windows))
    assert len(kept) <= 12 * 2 * len(SOUND)
    levels = rows(minute(windows)).sounds()[:, 0]
    assert len(levels) == windows
    assert (np.abs(levels - (-40.0 - np.arange(windows))) <= 5).all()


def test_windows_without_a_score_and_minutes_of_earlier_versions_have_no_sound() -> None:
    silent = [ScoredWindow(0.0, 1.0, error="silence")] * 3
    shadow = rows(silent)
    shadow.add(surprises_of(minute(2)), None)
    assert np.isnan(shadow.sounds()).all()
    assert np.isnan(shadow.surprises()).tolist() == [True, True, True, False, False]


def test_an_empty_shadow_has_no_windows() -> None:
    assert ShadowRows().surprises().shape == (0,)
    assert ShadowRows().sounds().shape == (0, len(SOUND))
