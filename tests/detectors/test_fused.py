from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import offkey
from offkey.detectors import create, restore
from offkey.detectors.domains import domain_moves
from offkey.detectors.fused import Fused
from offkey.detectors.fused_earlier import EarlierFused
from offkey.detectors.joining import MOVING, STEADY
from offkey.errors import ParameterError

EARLIER = Path(__file__).parents[1] / "earlier" / "files" / "models" / "fused.offkey"


def _standard(cross_validated: np.ndarray, new: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    centre, spread = cross_validated.mean(axis=0), cross_validated.std(axis=0)
    return (cross_validated - centre) / spread, (new - centre) / spread


def _evidence(views: list[np.ndarray]) -> np.ndarray:
    expected = [STEADY, *[MOVING] * (len(views) - 1)]
    ratios = [
        np.log(1 - w + w * np.exp(rise * z - rise**2 / 2)) / rise for z, (w, rise) in zip(views, expected, strict=True)
    ]
    return np.sum(ratios, axis=0)


DOMAINS = np.repeat(["source", "target"], [60, 20])
RECORDINGS = np.repeat(np.arange(20), 4)


@pytest.mark.parametrize("domains", [None, DOMAINS])
def test_one_block_is_the_mean_of_log_scores_in_units_of_cross_validated_ones(clips, new_clips, domains) -> None:
    clips = clips + 4.0 * (DOMAINS == "target")[:, None]
    fused = create("fused")
    cross_validated = fused.fit_scored(clips, domains=domains)
    parts = []
    for name in ("subband_density", "local_mahalanobis"):
        member = create(name)
        out = np.log(member.fit_scored(clips, domains=domains))
        parts.append(_standard(out, np.log(member.score(new_clips))))
    block = _standard(np.mean([part[0] for part in parts], axis=0), np.mean([part[1] for part in parts], axis=0))
    expected = _standard(*block)  # the one view of one block
    np.testing.assert_allclose(cross_validated, _evidence([expected[0]]), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(fused.score(new_clips), _evidence([expected[1]]), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("groups", [None, RECORDINGS])
@pytest.mark.parametrize("domains", [None, DOMAINS])
def test_blocks_levels_and_views_are_joined_as_described(clips, new_clips, domains, groups) -> None:
    """Two blocks of levels and two others of six columns, and two views, by hand, from the members alone."""
    told = {"domains": domains, "groups": groups, "folds": 7, "seed": 3}
    near = 0.3 * clips + clips[RECORDINGS * 4]  # alike within a recording, so that held out together they look stranger
    X, new = (np.hstack([Y, Y**2, np.abs(Y), Y])[:, :33] for Y in (near, new_clips))
    fused = create("fused", bands=6, levels=2, views=(4, 5), trim=0.0)
    cross_validated = fused.fit_scored(X, **told)

    def scored(name: str, columns: slice) -> tuple[np.ndarray, np.ndarray]:
        member = create(name)
        both = member.fit_scored(X[:, columns], **told), member.score(new[:, columns])
        return _standard(*(np.log(np.maximum(scores, 1e-9)) for scores in both))

    pairs = []
    for columns in (slice(0, 6), slice(12, 18), slice(18, 24), slice(24, 28), slice(28, 33)):
        members = [scored(name, columns) for name in ("subband_density", "local_mahalanobis")]
        pairs.append(_standard(*(np.mean(part, axis=0) for part in zip(*members, strict=True))))
    angle, share = scored("spectral_angle", slice(0, 12)), 1 / (1 + (50 / 80) ** 2)  # of 80 clips
    steady = [share * pair + (1 - share) * of_angle for pair, of_angle in zip(pairs[0], angle, strict=True)]
    higher = [np.max(part, axis=0) for part in zip(pairs[1], pairs[2], strict=True)]
    views = [_standard(*view) for view in (steady, higher, pairs[3], pairs[4])]
    expected = [_evidence(list(view)) for view in zip(*views, strict=True)]
    np.testing.assert_allclose(cross_validated, expected[0], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(fused.score(new), expected[1], rtol=1e-9, atol=1e-9)


def test_the_more_clips_the_more_the_pair_counts() -> None:
    rng = np.random.default_rng(0)
    shares = [create("fused", bands=6, levels=1).fit(rng.normal(size=(n, 6))).shares_ for n in (20, 50, 300)]
    assert [share[0] for share in shares] == sorted(share[0] for share in shares)
    assert all(share.sum() == pytest.approx(1) for share in shares)


def test_domains_are_moved_once_by_each_member(clips) -> None:
    wide = np.hstack([clips, clips**2]) + 4.0 * (DOMAINS == "target")[:, None]
    fused = create("fused", bands=clips.shape[1], levels=2, trim=0.0).fit(wide, domains=DOMAINS)
    assert not hasattr(fused, "moves_")
    moves, _ = domain_moves(wide, DOMAINS)
    for member, columns in zip([*fused.members_, *fused.angle_], [range(10), range(10), range(20)], strict=True):
        np.testing.assert_allclose(member.moves_, moves[:, columns])


@pytest.mark.parametrize("columns", [slice(8, 24), slice(40, 56), slice(72, 88), slice(96, 108)])
def test_a_fault_in_any_one_block_or_view_is_found(columns: slice) -> None:
    rng = np.random.default_rng(0)
    normal, new = rng.normal(size=(80, 108)), rng.normal(size=(40, 108))
    new[20:, columns] += 4
    fused = create("fused", bands=32, views=(12,)).fit(normal)
    assert len(fused.members_) == 2 * 4
    scores = fused.score(new)
    assert scores[20:].min() > np.quantile(scores[:20], 0.9)


def test_views_need_columns_before_them(clips) -> None:
    alone = create("fused", views=[clips.shape[1]]).fit(clips)
    np.testing.assert_array_equal(alone.score(clips), create("fused").fit(clips).score(clips))


def test_evidence_of_views_adds_up_where_new_noise_lifts_them_all() -> None:
    """The steady view still tells clips apart that a view behind it finds equally odd."""
    rng = np.random.default_rng(0)
    X, new = rng.normal(size=(60, 22)), rng.normal(size=(30, 22))
    new[:, 16:] += 6
    new[15:, :16] += 2
    fused = create("fused", bands=16, views=(6,)).fit(X)
    scores = fused.score(new)
    assert scores[15:].min() > np.quantile(scores[:15], 0.9)


def test_contributions_sum_up_and_point_at_the_view_that_shows_the_fault() -> None:
    rng = np.random.default_rng(0)
    X, new = -40 + rng.normal(size=(60, 46)), -40 + rng.normal(size=(3, 46))
    new[1, 32:40] += 6
    new[2, :4] += 9
    fused = create("fused", bands=16, levels=2, views=(8, 6)).fit(X)
    for row, score in zip(new, fused.score(new), strict=True):
        values, rest = fused.contributions(row)
        assert values.sum() + rest == pytest.approx(score)
    assert fused.contributions(new[1]).values[32:40].sum() > 0.8 * fused.contributions(new[1]).values.sum()
    assert fused.contributions(new[2]).values[:4].sum() > 0.5 * fused.contributions(new[2]).values.sum()


def test_a_saved_one_is_of_the_class_that_fitted_it(clips, new_clips) -> None:
    fused = create("fused", bands=5, levels=1).fit(clips)
    again = restore(fused.state())
    assert type(again) is Fused
    np.testing.assert_array_equal(again.score(new_clips), fused.score(new_clips))


def test_one_of_an_earlier_version_is_joined_as_it_was() -> None:
    """That its scores are the same is tested with all files of that version."""
    detector = offkey.load(EARLIER).detector
    assert type(detector) is EarlierFused
    rows = np.random.default_rng(0).normal(-60, 6, (4, detector.n_features_))
    for row, score in zip(rows, detector.score(rows), strict=True):
        values, rest = detector.contributions(row)
        assert values.sum() + rest == pytest.approx(score)
    assert type(restore(detector.state())) is EarlierFused
    with pytest.raises(ParameterError, match=r"of an earlier version only scores: make a new one, create\('fused'\)"):
        restore(detector.state()).fit(np.vstack([rows, rows + 1]))
    moves = np.stack([np.zeros(rows.shape[1]), np.full(rows.shape[1], 4.0)])
    state = detector.state()
    state["learnt"]["moves_"] = moves
    expected = np.minimum(detector.score(rows), detector.score(rows - moves[1]))
    np.testing.assert_array_equal(restore(state).score(rows), expected)


def test_does_not_depend_on_scale_or_offset(clips, new_clips) -> None:
    plain = create("fused").fit(clips).score(new_clips)
    scaled = create("fused").fit(4.34 * clips - 100).score(4.34 * new_clips - 100)
    assert np.allclose(plain, scaled, rtol=1e-6)


def test_windows_of_one_recording_do_not_vouch_for_each_other() -> None:
    """Ten windows of each of twelve recordings, alike within: held out together, they look stranger."""
    rng = np.random.default_rng(0)
    recording = np.repeat(np.arange(12), 10)
    X = 3 * rng.normal(size=(12, 64))[recording] + 0.1 * rng.normal(size=(120, 64))
    for name in ("subband_density", "local_mahalanobis"):
        apart, together = create(name).fit_scored(X), create(name).fit_scored(X, groups=recording)
        assert np.median(together) > np.median(apart), name
    new = 3 * rng.normal(size=(200, 64)) + 0.1 * rng.normal(size=(200, 64))
    for groups, alarms in ((None, (0.9, 1.0)), (recording, (0.0, 0.2))):
        fused = create("fused")
        highest = fused.fit_scored(X, groups=groups).max()
        assert alarms[0] <= (fused.score(new) > highest).mean() <= alarms[1]  # of windows of other recordings
    apart, together = create("band_agreement"), create("band_agreement")
    apart.fit_scored(X)
    together.fit_scored(X, groups=recording)
    assert (together.centre_ > 2 * apart.centre_).all()  # its scores count in units of what is usual there


def test_it_is_cross_validated_in_the_folds_that_it_was_made_with(clips) -> None:
    own, told = create("fused", folds=4).fit_scored(clips), create("fused").fit_scored(clips, folds=4)
    np.testing.assert_array_equal(own, told)
    assert not np.array_equal(own, create("fused").fit_scored(clips))
