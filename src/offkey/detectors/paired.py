"""A join whose members are pairs of sub-band density and local Mahalanobis distance, each in columns of its own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from offkey.detectors.base import Detector, Floats
from offkey.detectors.joining import standardised
from offkey.detectors.pairs import OfBlocks, scored_together

__all__ = ["TINY", "Paired"]

TINY = 1e-9
"""The least score whose logarithm is taken."""


class Paired(Detector):
    """Base of such joins: scores of the members, their means, and what features add to them.

    `members_`: the pairs, one member after the other.
    `member_scale_`: shape (2, n_members) or wider; mean and spread of the logarithms of cross-validated scores.
    """

    members_: list[Detector]
    member_scale_: Floats

    def _of_members(self, blocks: Sequence[Floats]) -> Floats:
        """Return the score of each member, a column each; each pair sees a block, shape (n_clips, n_columns)."""
        scores = np.empty((len(blocks[0]), len(self.members_)))
        for numbers, score in self._derived("together", self._together):
            found = score([blocks[number] for number in numbers])
            for number, of_pair in zip(numbers, found, strict=True):
                scores[:, 2 * number : 2 * number + 2] = of_pair.T
        return scores

    def _together(self) -> list[tuple[list[int], OfBlocks]]:
        """Return which pairs are scored in one go, and what does it: those that are no wider than the first."""
        pairs = list(zip(self.members_[::2], self.members_[1::2], strict=True))
        alike: dict[str, list[int]] = {}
        for number, pair in enumerate(pairs):
            sizes = [np.shape(getattr(member, "clips_", ()))[:1] for member in pair]
            kinds = [(member.name, member.params(), np.shape(getattr(member, "moves_", ()))[:1]) for member in pair]
            is_wider = pair[0].n_features_ > pairs[0][0].n_features_
            alike.setdefault(repr((sizes, kinds, is_wider)), []).append(number)
        return [(numbers, scored_together([pairs[number] for number in numbers])) for numbers in alike.values()]

    def _of_pairs(self, logs: Floats) -> Floats:
        """Return the mean of the two members of each pair in their units, shape (n_clips, n_pairs)."""
        standard = standardised(logs, self.member_scale_)[:, : len(self.members_)]
        means: Floats = standard.reshape(len(logs), -1, 2).mean(axis=2)
        return means

    def _divided(self, member: Detector, number: int, score: float, x: Floats) -> Floats:
        """Divide a member's standardised logarithm of a score in proportion to what features add to the score.

        `number`: place of the member's scale.
        `x`: shape (n_columns,); what the member sees.
        """
        score = max(score, TINY)
        above = (np.log(score) - self.member_scale_[0, number]) / self.member_scale_[1, number]
        shares: Floats = above / score * member.contributions(x).values
        return shares
