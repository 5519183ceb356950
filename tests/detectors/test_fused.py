from __future__ import annotations

import numpy as np

from offkey.detectors import create


def test_members_are_joined_in_units_of_their_cross_validated_scores(clips, new_clips) -> None:
    fused = create("fused")
    cross_validated = fused.fit_scored(clips)
    by_hand, by_hand_cv = [], []
    for member in fused.members_:
        again = create(member.name, **member.params())
        out = again.fit_scored(clips)
        by_hand.append((again.score(new_clips) - out.mean()) / out.std())
        by_hand_cv.append((out - out.mean()) / out.std())
    assert np.allclose(fused.score(new_clips), np.mean(by_hand, axis=0), rtol=1e-9)
    assert np.allclose(cross_validated, np.mean(by_hand_cv, axis=0), rtol=1e-9)


def test_does_not_depend_on_scale_or_offset(clips, new_clips) -> None:
    plain = create("fused").fit(clips).score(new_clips)
    scaled = create("fused").fit(4.34 * clips - 100).score(4.34 * new_clips - 100)
    assert np.allclose(plain, scaled, rtol=1e-6)
