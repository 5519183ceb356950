from __future__ import annotations

import numpy as np
import pytest

from offkey.errors import ParameterError
from offkey.hearing.traits import TRAITS
from offkey.model.sound_range import SoundRange
from offkey.model.trait_tally import TraitTally


def test_what_is_no_range_is_refused() -> None:
    rising = np.arange(5.0)[:, None] + np.zeros(len(TRAITS))
    SoundRange(rising, 40)
    for quantiles, n in ((rising[:4], 40), (rising[::-1], 40), (rising * np.nan, 40), (rising, 0), (rising, "40")):
        with pytest.raises(ParameterError, match="The range of sound must be"):
            SoundRange(quantiles, n)
    assert SoundRange.of([(1.0,) * 5, None]) is None


def test_clips_that_an_earlier_version_measured_have_the_first_five_traits() -> None:
    mixed = SoundRange.of([(1.0,) * 5, (2.0,) * len(TRAITS)])
    assert mixed is not None
    assert mixed.quantiles.shape == (5, 5)
    whole = TraitTally(SoundRange(np.zeros((5, len(TRAITS))), 9))
    whole.count(np.ones(5))
    assert whole.clips == 0
    whole.count(np.ones(len(TRAITS)))
    assert whole.clips == 1
