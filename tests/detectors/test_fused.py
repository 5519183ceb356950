from __future__ import annotations

import numpy as np
import pytest

from offkey.detectors import create, restore
from offkey.detectors.domains import domain_moves
from offkey.detectors.fused import _AGREEMENT, _HIGHER, _STEADY, _TAIL


def _standard(cross_validated: np.ndarray, new: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    centre, spread = cross_validated.mean(axis=0), cross_validated.std(axis=0)
    return (cross_validated - centre) / spread, (new - centre) / spread


DOMAINS = np.repeat(["source", "target"], [60, 20])


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
    np.testing.assert_allclose(cross_validated, expected[0], rtol=1e-9)
    np.testing.assert_allclose(fused.score(new_clips), expected[1], rtol=1e-9)


RECORDINGS = np.repeat(np.arange(20), 4)


@pytest.mark.parametrize("groups", [None, RECORDINGS])
@pytest.mark.parametrize("domains", [None, DOMAINS])
def test_several_blocks_and_a_tail_are_joined_as_described(clips, new_clips, domains, groups) -> None:
    """Three blocks of six columns and four behind them, by hand, from the members alone."""
    told = {"domains": domains, "groups": groups, "folds": 7, "seed": 3}
    near = 0.3 * clips + clips[RECORDINGS * 4]  # alike within a recording, so that held out together they look stranger
    X, new = (np.hstack([Y, Y**2, np.abs(Y)])[:, :22] for Y in (near, new_clips))
    fused = create("fused", bands=6, tail=4)
    cross_validated = fused.fit_scored(X, **told)

    def scored(name: str, columns: slice) -> tuple[np.ndarray, np.ndarray]:
        member = create(name)
        return member.fit_scored(X[:, columns], **told), member.score(new[:, columns])

    blocks = []
    for columns in (slice(0, 6), slice(6, 12), slice(12, 18), slice(18, 22)):
        members = [scored(name, columns) for name in ("subband_density", "local_mahalanobis")]
        of_members = [_standard(*(np.log(scores) for scores in member)) for member in members]
        blocks.append(_standard(*(np.mean(part, axis=0) for part in zip(*of_members, strict=True))))
    first, *_, tail = blocks
    higher = [np.sort(np.stack(part), axis=0)[-2:].mean(axis=0) for part in zip(*blocks[:3], strict=True)]
    views = [_standard(*view) for view in (first, higher, scored("band_agreement", slice(0, 18)), tail)]
    weights = np.array([_STEADY, _HIGHER, _AGREEMENT, _TAIL])[:, None]
    expected = [np.log((weights * np.exp(3 * np.stack(view))).sum(axis=0)) / 3 for view in zip(*views, strict=True)]
    np.testing.assert_allclose(cross_validated, expected[0], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(fused.score(new), expected[1], rtol=1e-9, atol=1e-9)


def test_the_steady_view_is_trusted_most_and_the_agreement_of_all_more_than_the_higher_half() -> None:
    assert _STEADY > _AGREEMENT > _HIGHER > _TAIL > 0
    assert sum((_STEADY, _AGREEMENT, _HIGHER, _TAIL)) == pytest.approx(1)


def test_domains_are_moved_once_by_each_member(clips) -> None:
    wide = np.hstack([clips, clips**2]) + 4.0 * (DOMAINS == "target")[:, None]
    fused = create("fused", bands=clips.shape[1]).fit(wide, domains=DOMAINS)
    assert not hasattr(fused, "moves_")
    moves, _ = domain_moves(wide, DOMAINS)
    for member, columns in zip(
        [*fused.members_, *fused.agreement_], [*[range(10)] * 2, *[range(10, 20)] * 2, range(20)], strict=True
    ):
        np.testing.assert_allclose(member.moves_, moves[:, columns])


def test_a_model_of_an_earlier_version_that_moved_by_itself_still_does(clips, new_clips) -> None:
    fused = create("fused").fit(clips)
    moves = np.stack([np.zeros(10), np.full(10, 4.0)])
    expected = np.minimum(fused.score(new_clips), fused.score(new_clips - moves[1]))
    state = fused.state()
    state["learnt"]["moves_"] = moves
    np.testing.assert_array_equal(restore(state).score(new_clips), expected)


def test_several_blocks_have_members_each_and_agree_over_all(clips) -> None:
    wide = np.hstack([clips, clips**2, np.abs(clips)])
    fused = create("fused", bands=clips.shape[1]).fit(wide)
    assert [member.name for member in fused.members_] == ["subband_density", "local_mahalanobis"] * 3
    assert [member.name for member in fused.agreement_] == ["band_agreement"]
    assert create("fused", bands=7).fit(clips[:, :13]).agreement_ == []  # no whole number of blocks: one block


@pytest.mark.parametrize("columns", [slice(8, 24), slice(40, 56), slice(72, 88), slice(96, 108)])
def test_a_fault_in_any_one_block_or_the_tail_is_found(columns: slice) -> None:
    rng = np.random.default_rng(0)
    normal, new = rng.normal(size=(80, 108)), rng.normal(size=(40, 108))
    new[20:, columns] += 3
    fused = create("fused", bands=32, tail=12).fit(normal)
    assert len(fused.members_) == 2 * 4
    scores = fused.score(new)
    assert scores[20:].min() > scores[:20].max()


def test_the_tail_is_no_block_and_needs_columns_before_it(clips) -> None:
    fused = create("fused", bands=clips.shape[1], tail=5).fit(np.hstack([clips, clips[:, :5]]))
    assert len(fused.members_) == 4
    assert fused.agreement_ == []
    np.testing.assert_allclose(fused.weights_, [0.85 / 0.87, 0.02 / 0.87])
    alone = create("fused", tail=clips.shape[1]).fit(clips)
    np.testing.assert_array_equal(alone.score(clips), create("fused").fit(clips).score(clips))


def test_dynamics_are_views_of_their_own_that_count_as_their_logarithm_where_they_are_high() -> None:
    """A block, a tail of six columns and twelve and eight of dynamics: other columns are joined as without them."""
    rng = np.random.default_rng(0)
    X, new = rng.normal(size=(60, 42)), rng.normal(size=(30, 42))
    new[10:20, 22:34] += 1.5
    new[20:, 34:] += 40
    fused = create("fused", bands=16, tail=26, dynamics=[12, 8]).fit(X)
    assert [member.n_features_ for member in fused.members_] == [16, 16, 6, 6, 12, 12, 8, 8]
    np.testing.assert_allclose(fused.weights_, np.array([0.85, 0.02, 0.005, 0.005]) / 0.88)
    joined = np.log(0.87 / 0.88) + 3 * create("fused", bands=16, tail=6).fit(X[:, :22]).score(new[:, :22])
    for columns in (slice(22, 34), slice(34, 42)):
        high = create("fused").fit(X[:, columns]).score(new[:, columns])
        counted = np.where(high > 3, 3 + np.log1p(np.maximum(high - 3, 0)), high)
        joined = np.logaddexp(joined, np.log(0.005 / 0.88) + 3 * counted)
    scores = joined / 3
    np.testing.assert_allclose(fused.score(new), scores, rtol=1e-9)
    assert scores[20:].min() > scores[:10].max()
    for row, score in zip(new[::6], scores[::6], strict=True):
        values, rest = fused.contributions(row)
        assert values.sum() + rest == pytest.approx(score)
    assert fused.contributions(new[25]).values[34:].sum() > 0.5 * scores[25]


def test_a_fine_spectrum_is_a_view_before_the_dynamics_that_counts_as_the_agreement_does() -> None:
    rng = np.random.default_rng(0)
    X, new = rng.normal(size=(60, 36)), rng.normal(size=(30, 36))
    fused = create("fused", bands=8, tail=20, fine=10, dynamics=4).fit(X)
    assert [member.n_features_ for member in fused.members_[::2]] == [8, 8, 6, 10, 4]
    np.testing.assert_allclose(fused.weights_, np.array([0.85, 0.03, 0.1, 0.02, 0.1, 0.005]) / 1.105)
    new[:, 22:32] += 5
    without = create("fused", bands=8, tail=10, dynamics=4)
    others = [*range(22), *range(32, 36)]
    assert fused.score(new).min() > without.fit(X[:, others]).score(new[:, others]).max()


def test_the_join_is_a_soft_maximum_of_weighted_views(clips, new_clips) -> None:
    wide, new = (np.hstack([X, X**2, X[:, :5]]) for X in (clips, new_clips))
    fused = create("fused", bands=clips.shape[1], tail=5).fit(wide)
    soft = fused.score(new)
    weights, fused.weights_ = fused.weights_, None
    highest = fused.score(new)  # as models of earlier versions do
    assert ((highest + np.log(weights.min()) / 3 <= soft) & (soft <= highest)).all()
    assert weights.sum() == pytest.approx(1)
    assert weights[0] == weights.max()


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
